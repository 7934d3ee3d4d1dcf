"""The oracle has no second implementation to be held to, so its tables stand here, made by hand."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from accordance.feel import syntax as s
from accordance.feel.parsing import parse
from accordance.feel.types import BOOLEAN, DATE, NUMBER, TEXT, ContextType, ListType
from accordance.feel.values import NONE, UNKNOWN, Months, Span, Uncertain, date, duration

from . import oracle

TODAY = dt.date(2026, 1, 31)
PARTY = ContextType(
    fields={"name": TEXT, "public": BOOLEAN, "share": NUMBER, "stage": TEXT, "joined": DATE}
)
MODEL = ContextType(
    fields={
        "good": BOOLEAN,
        "bad": BOOLEAN,
        "stage": TEXT,
        "n": NUMBER,
        "nobody": TEXT,
        "day": DATE,
        "group": ContextType(fields={"stated": NUMBER, "left_out": NUMBER}),
        "parties": ListType(item=PARTY),
        "empty": ListType(item=PARTY),
        "gone": ListType(item=PARTY),
        "words": ListType(item=TEXT),
        "numbers": ListType(item=NUMBER),
    }
)
FACTS: dict[str, Any] = {
    "good": True,
    "bad": False,
    "stage": "new",
    "n": 3,
    "nobody": NONE,
    "day": dt.date(2024, 1, 31),
    "group": {"stated": Fraction(1, 2)},
    # one public for certain, one certainly not, one perhaps
    "parties": [
        {"name": "A", "public": True, "share": 10},
        {"name": "B", "public": False, "share": 20, "stage": "exiting"},
        {"name": "C", "share": 5},
    ],
    "empty": [],
    "words": ["a", "b", "a"],
    "numbers": [3, -1, 2],
}
U = UNKNOWN


def of(text: str, **definitions: str) -> Any:
    return oracle.evaluate(
        parse(text),
        FACTS,
        TODAY,
        definitions={name: parse(written) for name, written in definitions.items()},
        parameters={"limit": 2, "choices": ["a", "c"], "grace": dt.timedelta(30)},
        types=MODEL.fields,
    )


def same(left: Any, right: Any) -> bool:
    """Equal, where true is not 1."""
    return isinstance(left, bool) == isinstance(right, bool) and left == right


KLEENE = [True, False, U]


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (True, U, U, True),
        (False, False, False, False),
        (False, U, False, U),
        (U, U, U, U),
    ],
)
def test_and_or(left: Any, right: Any, both: Any, either: Any) -> None:
    for pair in ((left, right), (right, left)):
        assert oracle.every(pair) is both
        assert oracle.some(pair) is either


def test_not() -> None:
    assert [oracle.opposite(truth) for truth in (True, False, U, NONE, 3)] == [
        False, True, U, U, U,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # known, none, unknown
        ("good and gone_fact", U),
        ("bad and gone_fact", False),
        ("good or gone_fact", True),
        ("not(gone_fact)", U),
        ("group.stated = 0.5", True),
        ("group.left_out = 0.5", U),
        ("group.left_out != 0.5", U),
        ("nobody = null", True),
        ("nobody != null", False),
        ("nobody = stage", False),
        ("nobody != stage", True),
        ("gone_fact = null", U),
        ("stage = null", False),
        ("empty = null", True),
        ("parties = null", False),
        ("nobody < 3", False),
        ("nobody >= 3", False),
        ("not(nobody < 3)", True),
        ("nobody + 1", U),
        ("has value(nobody)", False),
        ("has value(empty)", False),
        ("has value(parties)", True),
        ("has value(gone_fact)", U),
        ("is defined(nobody)", True),
        ("is defined(gone_fact)", False),
        ("nobody in (\"a\", \"b\")", False),
        ("string length(nobody)", U),
        # comparisons
        ("n = 3", True),
        ("n = \"3\"", U),
        ("n != \"3\"", U),
        ("n < \"4\"", U),
        ("good < bad", U),
        ("\"ab\" < \"ab \"", True),
        ("0.8 - 0.7 <= 0.1", True),
        ("n between 1 and 3", True),
        ("n between 4 and gone_fact", False),
        ("n between 3 and gone_fact", U),
        ("n in (1, 3)", True),
        ("n in (1, gone_fact)", U),
        ("n in [1..3]", True),
        ("n in [1..3)", False),
        ("n in (< 3, > 5)", False),
        ("n in (2, [3..4])", True),
        ("stage in (\"new\", gone_fact)", True),
        ("\"a\" in choices", True),
        # arithmetic
        ("1 / 3 * 3", 1),
        ("1 / 0", U),
        ("-n", -3),
        ("\"a\" + \"b\"", "ab"),
        ("1 + \"b\"", U),
        ("day + duration(\"P1M\")", dt.date(2024, 2, 29)),
        ("day + duration(\"P1Y1M\")", dt.date(2025, 2, 28)),
        ("day - duration(\"P2M\")", dt.date(2023, 11, 30)),
        ("day + duration(\"P30D\")", dt.date(2024, 3, 1)),
        ("day - day", dt.timedelta()),
        ("today() - grace", dt.date(2026, 1, 1)),
        ("day + duration(\"P8000Y\")", U),
        ("day - duration(\"P1000000D\")", U),
        ("duration(\"P10D\") / 4", dt.timedelta(days=2, hours=12)),
        ("duration(\"P1Y\") * 0.5", Months(6)),
        ("duration(\"P1M\") * -1.5", Months(-1)),
        ("duration(\"P1D\") / 7 * 7", dt.timedelta(days=1, microseconds=-6)),
        ("day + duration(\"PT36H\")", U),
        ("day - duration(\"PT48H\")", dt.date(2024, 1, 29)),
        ("duration(\"P1M\") < duration(\"P31D\")", U),
        ("-duration(\"P1M\")", Months(-1)),
        # if
        ("if good then 1 else 2", 1),
        ("if gone_fact then 1 else 2", U),
        ("if gone_fact then 2 else 2", 2),
        ("if nobody = null then 1 else gone_fact", 1),
        ("if gone_fact then gone_fact else gone_fact", U),
        # items that may or may not be there
        ("count(parties)", 3),
        ("count(gone)", U),
        ("count(nobody)", U),
        ("count(n)", 1),
        ("count(parties[public])", Span(1, 2)),
        ("count(parties[public]) >= 1", True),
        ("count(parties[public]) >= 2", U),
        ("count(parties[public]) >= 3", False),
        ("count(parties[public]) = 3", False),
        ("count(parties[public]) = 2", U),
        ("count(parties[public]) - 1 >= 0", True),
        ("count(parties[public]) * -2 >= -4", True),
        ("count(parties[public]) / 2 <= 1", True),
        ("count(parties[public]) * count(parties[public]) <= 9", U),
        ("2 / count(parties[public]) > 0", U),
        ("sum(parties[public].share)", Span(10, 15)),
        ("sum(parties.share)", 35),
        ("sum(empty.share)", U),
        ("sum([count(parties[public]), 1])", Span(2, 3)),
        ("max([count(parties[public]), 1])", U),
        ("sum(parties[public and name = \"C\"].share)", U),
        ("sum(parties.joined)", U),
        ("min(parties[public].share)", Span(5, 10)),
        ("max(parties[public].share)", 10),
        ("mean(parties[public].share)", U),
        ("mean(numbers)", Fraction(4, 3)),
        ("min(3, 2)", 2),
        ("max(empty.share)", U),
        ("distinct values(words)", ["a", "b"]),
        ("distinct values(parties[public].name)", U),
        ("count(distinct values(words))", 2),
        ("list contains(words, \"a\")", True),
        ("list contains(words, gone_fact)", U),
        ("list contains(empty, gone_fact)", False),
        ("list contains(parties[public].name, \"A\")", True),
        ("list contains(parties[public].name, \"B\")", False),
        ("list contains(parties[public].name, \"C\")", U),
        ("\"C\" in parties[public].name", U),
        ("all([good, gone_fact])", U),
        ("all([bad, gone_fact])", False),
        ("any([good, gone_fact])", True),
        ("all(empty)", True),
        ("any(empty)", False),
        ("all(parties[public].public)", U),
        ("parties[public] = null", False),
        ("parties[public and name = \"C\"] = null", U),
        ("parties[public and name = \"B\"] = null", True),
        # quantifiers
        ("some p in parties satisfies p.public", True),
        ("every p in parties satisfies p.public", False),
        ("some p in parties satisfies p.joined = today()", U),
        ("some p in parties[public] satisfies p.name = \"C\"", U),
        ("every p in parties[public] satisfies p.name != \"B\"", True),
        ("every p in parties[public] satisfies p.name = \"A\"", U),
        ("some p in gone satisfies true", U),
        ("some p in empty, q in gone satisfies true", False),
        ("some p in parties, w in words satisfies p.name = upper case(w)", True),
        # filters, positions, for
        ("parties[name = \"A\"].share", [10]),
        ("parties[stage = \"new\"].name", Uncertain((("A", False), ("C", False)))),
        ("numbers[item > 0]", [3, 2]),
        ("numbers[1]", 3),
        ("numbers[-1]", 2),
        ("numbers[0]", U),
        ("numbers[4]", U),
        ("numbers[n]", 2),
        ("numbers[limit]", -1),
        ("numbers[group.left_out]", U),
        ("count(parties[group.left_out])", U),
        ("empty[1]", U),
        ("parties[public][1].name", U),
        ("for p in parties return p.share * 2", [20, 40, 10]),
        ("for p in parties[public] return p.name", Uncertain((("A", True), ("C", False)))),
        ("for i in 1..3 return i * i", [1, 4, 9]),
        ("for x in gone return 1", U),
        # functions
        ("abs(-2.5)", Fraction(5, 2)),
        ("floor(-2.5)", -3),
        ("ceiling(-2.5)", -2),
        ("round half up(2.5, 0)", 3),
        ("round half up(-2.5, 0)", -3),
        ("round half up(1.25, 1)", Fraction(13, 10)),
        ("date(stage)", U),
        ("years and months duration(date(\"2024-01-31\"), date(\"2024-02-29\"))", Months(0)),
        ("years and months duration(date(\"2024-03-15\"), date(\"2024-01-20\"))", Months(-1)),
        ("upper case(\"ab\")", "AB"),
        ("matches(\"abc\", \"b\")", True),
        ("floor(count(parties[public]))", U),
    ],
)  # fmt: skip
def test_values(text: str, expected: Any) -> None:
    found = of(text)
    assert same(found, expected), found


def test_definitions_build_on_each_other_and_see_no_local_name() -> None:
    chained = {"public": "some p in parties satisfies p.public", "settled": "public and n = 3"}
    assert of("settled", **chained) is True
    assert of("every p in empty satisfies p", name="n") is True
    assert of("for n in words return three", three="n") == [3, 3, 3]


def test_a_filter_knows_the_fields_that_an_item_leaves_out() -> None:
    # `stage` is a fact of the case too; inside the filter it is the party's own, unknown for A.
    assert of('count(parties[stage = "new"])') == Span(0, 2)
    assert of('count(public_ones[stage = "new"])', public_ones="parties[public]") == Span(0, 2)


def test_every_kind_of_node_is_known() -> None:
    kinds = {
        kind for kind in vars(s).values() if isinstance(kind, type) and issubclass(kind, s.Node)
    }
    texts = [
        'x = null', '-x', 'x + 1', 'x between 1 and 2', 'x in ([1..2], > 3)', 'a and b', 'a or b',
        'not(a)', 'if a then 1 else 2', 'for x in xs return x', 'some x in xs satisfies x',
        '[1]', 'xs[1]', 'x.y', 'count(xs)',
    ]  # fmt: skip
    shown = {type(node) for text in texts for node in s.walk(parse(text))}
    assert kinds - shown == {s.Node}
    for text in texts:
        oracle.evaluate(parse(text), {}, TODAY)


# --- the tables of docs/logic.md, which are the norm for every engine -------------------------

PAGE = Path(__file__).parents[1] / "docs" / "logic.md"


def tables() -> Iterator[tuple[str, list[list[str]]]]:
    """Each table of the page under its heading, as rows of cells without their marks."""
    made = PAGE.read_text(encoding="utf-8").partition("<!-- tables: begin")[2]
    for section in made.split("\n### ")[1:]:
        heading, _, body = section.partition("\n")
        for block in re.findall(r"(?:^\|.*\n)+", body, re.MULTILINE):
            lines = [line for line in block.splitlines() if not set(line) <= set("|- ")]
            rows = [re.sub(r"[*`]", "", line).strip()[1:-1].split("|") for line in lines]
            yield heading.replace("`", ""), [[cell.strip() for cell in row] for row in rows]


def cell(text: str) -> Any:
    """The value that a cell of a table shows."""
    if text.startswith("["):
        shown = [item for item in text.strip("[]").split(", ") if item]
        return oracle.list_of([(cell(item.rstrip("?")), not item.endswith("?")) for item in shown])
    if ".." in text:
        return Span(*(int(end) for end in text.split("..")))
    words = {"unknown": UNKNOWN, "none": NONE, "true": True, "false": False}
    if text in words:
        return words[text]
    try:
        return date(text)
    except ValueError:
        literal = parse(text)
        return duration(text) if text.startswith("P") else oracle.evaluate(literal, {}, TODAY)


def questions() -> Iterator[tuple[str, dict[str, Any], Any]]:
    """An expression, the facts it is asked of, and the answer that the page gives."""
    for heading, (head, *rows) in tables():
        for first, *cells in rows:
            if heading == "Dates":
                yield re.sub(r"(\S+) ([-+]) (\S+)", r"a \2 b", first), *_dates(first, cells[0])
            elif heading.startswith("if"):
                facts = dict(zip("cab", map(cell, (first, *cells)), strict=False))
                yield heading, facts, cell(cells[-1])
            elif "x" in heading:
                yield heading, {"x": cell(first)}, cell(cells[0])
            elif heading.startswith("Lists"):
                yield from _lists(head, first, cells)
            else:
                for right, shown in zip(head[1:], cells, strict=True):
                    facts = {"a": cell(first), "b": cell(right)}
                    yield f"a {heading} b", facts, cell(shown)


def _dates(text: str, shown: str) -> tuple[dict[str, Any], Any]:
    left, _, right = text.split()
    return {"a": cell(left), "b": cell(right)}, cell(shown)


def _lists(head: list[str], first: str, cells: list[str]) -> Iterator[tuple[str, Any, Any]]:
    for top, shown in zip(head[1:], cells, strict=True):
        if first.startswith("["):
            yield top.replace("count", "count(x)"), {"x": cell(first)}, cell(shown)
        else:
            asked = first if "(" in first else f"{first}(x)"
            yield asked, {"x": cell(top)}, cell(shown)


def test_the_oracle_gives_the_tables_of_the_page() -> None:
    asked = 0
    for text, facts, expected in questions():
        found = oracle.evaluate(parse(text), facts, TODAY)
        assert same(found, expected), f"{text} of {facts}: {found}, the page says {expected}"
        asked += 1
    assert asked > 200
