"""The report for the terminal. The expected pages lie in `pages/`; after a change on purpose,
`python -m tests.report.test_table` writes them anew, to be read before they are committed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accordance.report import table
from accordance.report.page import Page
from tests.report import samples

PAGES = Path(__file__).parent / "pages"
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def pages() -> dict[str, str]:
    """Every sample on the pages that are kept, by file name."""
    made = {
        f"{name}-80.txt": table.check([sample()], Page(80)) for name, sample in samples.ALL.items()
    }
    made["do_not_proceed-120.txt"] = table.check([samples.do_not_proceed()], Page(120))
    made["several-100.txt"] = table.check([samples.proceed(), samples.undecided()], Page(100))
    made["what_if-80.txt"] = table.check([samples.what_if()], Page(80))
    made["explanation-80.txt"] = table.explanation(samples.explanation(), Page(80))
    made["unknown-80.txt"] = table.explanation(samples.explanation_of_unknown(), Page(80))
    made["rule_cases-80.txt"] = table.cases(samples.rule_cases(), Page(80))
    return made


@pytest.mark.parametrize("name", pages())
def test_pages(name: str) -> None:
    assert pages()[name] == (PAGES / name).read_text(encoding="utf-8")


def test_every_page_kept_is_made() -> None:
    assert sorted(path.name for path in PAGES.iterdir()) == sorted(pages())


@pytest.mark.parametrize("width", [60, 80, 97, 120])
@pytest.mark.parametrize("name", samples.ALL)
def test_no_line_is_wider_than_the_page(name: str, width: int) -> None:
    text = table.check([samples.ALL[name]()], Page(width))
    # The command that explains a finding is never broken: it is there to be copied.
    lines = [line for line in text.splitlines() if not line.startswith("Why? ")]
    assert [line for line in lines if len(line) > width] == []


@pytest.mark.parametrize("name", samples.ALL)
def test_colour_adds_nothing_but_colour(name: str) -> None:
    report = samples.ALL[name]()
    plain = table.check([report], Page(80))
    coloured = ANSI.sub("", table.check([report], Page(80, colour=True)))
    squeezed = [re.sub(r"\s+", " ", text).strip() for text in (plain, coloured)]
    assert squeezed[0] == squeezed[1]


def test_what_is_not_known_is_never_green() -> None:
    text = table.check([samples.undecided()], Page(100, colour=True))
    green = re.findall(r"\x1b\[[0-9;]*\b32m([^\x1b]*)", text)
    assert green == ["✓ 4 met"]


def test_symbols_are_replaced_where_the_page_lacks_them() -> None:
    text = table.check([samples.do_not_proceed()], Page(80, symbols=False))
    text.encode("ascii")
    assert "x DO NOT PROCEED" in text


def test_text_from_files_cannot_steer_the_terminal() -> None:
    report = samples.do_not_proceed()
    report["case"]["title"] = "\x1b[2J\x1b]0;owned\x07Title\nwith a line"
    report["results"][6]["message"] = "\x9b31mmessage"
    report["missing"][0]["question"] = "\x1b[8mhidden"
    text = table.check([report], Page(100))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    assert "\\x1b[2J\\x1b]0;owned\\x07Title with a line" in text


if __name__ == "__main__":
    PAGES.mkdir(exist_ok=True)
    for old in PAGES.iterdir():
        old.unlink()
    for name, page in pages().items():
        (PAGES / name).write_text(page, encoding="utf-8")
