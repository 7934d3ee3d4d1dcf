"""A report for the public gives away no exempt fact, in whatever format."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import openpyxl
import pytest

from accordance.check.publication import public_answer
from accordance.report import FORMATS, PAPERS, format_named
from accordance.report.page import Page
from accordance.report.wording import day
from tests.check.test_publication import ENERGY, LEISURE, OUTSOURCING, checker, planted

Json = dict[str, Any]


def told(value: Any) -> set[str]:
    """How a planted value might be written."""
    if isinstance(value, bool) or value in ("none", None):
        return set()
    if isinstance(value, dt.date):
        text = value.isoformat()
        # Other dates of the file may stand there in their own right.
        return {text, day(text), day(text, short=True)} if value.year < 2000 else set()
    if isinstance(value, str):
        return {value} if value.startswith("sentinel") else set()
    if isinstance(value, int):
        return {str(value), f"{value:,}"}
    decimal = f"{float(value):.7f}".rstrip("0")
    percent = f"{round(float(value) * 100, 1)}"
    return {decimal, percent}


def sentinels(case: Any) -> set[str]:
    found: set[str] = set()

    def walk(value: Any, path: str) -> None:
        if path in case.model.sensitivities and not isinstance(value, (dict, list)):
            # A short number may stand on a page for other reasons.
            found.update(text for text in told(value) if len(text) > 3)
        if isinstance(value, dict):
            for name, member in value.items():
                walk(member, f"{path}.{name}" if path else name)
        elif isinstance(value, list):
            for item in value:
                walk(item, path)

    walk(case.facts, "")
    return found


@pytest.mark.parametrize("path", [ENERGY, LEISURE, OUTSOURCING], ids=lambda path: path.stem)
def test_no_format_tells_an_exempt_fact(path: Any) -> None:
    case = planted(path, 1)
    secrets = sentinels(case)
    assert len(secrets) > 15
    internal, public = checker().check(case).to_json(), public_answer(checker(), case)
    for name in (*FORMATS, *PAPERS):
        page = Page(full=True)
        text = words(format_named(name).check([public], page))
        assert sorted(secret for secret in secrets if found(secret, text)) == []
    for name in ("json", "html"):
        whole = words(format_named(name).check([internal], Page()))
        assert any(found(secret, whole) for secret in secrets), f"{name} shows no fact at all"


def words(written: str | bytes) -> str:
    """A report as text; of a workbook, all that stands in its cells."""
    if isinstance(written, str):
        return written
    book = openpyxl.load_workbook(io.BytesIO(written))
    return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)


def found(secret: str, text: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(secret)}(?![\w])", text) is not None


def test_every_format_says_how_much_is_withheld() -> None:
    public = public_answer(checker(), planted(ENERGY, 1))
    facts, rules = public["withheld"]["facts"], public["withheld"]["rules"]
    assert facts and rules
    for name in ("table", "markdown", "html", "xlsx"):
        text = " ".join(words(format_named(name).check([public], Page())).split())
        assert re.search(rf"withheld: {facts} facts exempt from publication", text, re.IGNORECASE)
        assert f"results of {rules} rules that rest on them" in text


def test_the_paper_says_for_whom_it_is() -> None:
    case = planted(ENERGY, 1)
    html = format_named("html")
    public = html.check([public_answer(checker(), case)], Page())
    internal = html.check([checker().check(case).to_json()], Page())
    assert "FOR PUBLICATION – withheld: " in public and "NOT FOR PUBLICATION" not in public
    assert "NOT FOR PUBLICATION – this paper rests on " in internal
    assert "Results withheld from publication" in public
    assert "(of the facts that may be published)" in public
