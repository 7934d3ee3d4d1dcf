"""A strategy that uses all of the language, and cases at the edges of what facts can be: wherever
databases are known to differ from one another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy
from tests.check.small import HEADER, rule

DAY = {"type": "string", "anyOf": [{"format": "date"}, {"const": "none"}]}
ITEM = {
    "n": {"type": "number"},
    "whole": {"type": "integer"},
    "text": {"type": "string"},
    "day": DAY,
    "ok": {"type": "boolean"},
    "share": {"type": "number", "x-derive": "n / whole"},
}
FACTS: dict[str, dict[str, Any]] = {
    "n": {"type": "number"},
    "m": {"type": "number"},
    "whole": {"type": "integer"},
    "text": {"type": "string"},
    "other_text": {"type": "string"},
    "word": {"type": "string", "enum": ["red", "green", "Red"]},
    "day": DAY,
    "other_day": {"type": "string", "format": "date"},
    "a": {"type": "boolean"},
    "b": {"type": "boolean"},
    "ratio": {"type": "number", "x-derive": "n / m"},
    "words": {"type": "array", "items": {"type": "string", "enum": ["red", "green", "Red"]}},
    "texts": {"type": "array", "items": {"type": "string"}},
    "numbers": {"type": "array", "items": {"type": "number"}},
    "days": {"type": "array", "items": {"type": "string", "format": "date"}},
}

CONDITIONS = (
    # numbers: exact, of any size, never divided by zero
    "n + m > 0.3",
    "n - m = 0.1",
    "n * m >= 1",
    "n * m * whole < 1000000",
    "n / m <= 0.333333",
    "n / m = 1 / 3",
    "ratio > 1",
    "n / (m - whole) >= 0",
    "(n + m) / 7 > whole / 3",
    "-n < m",
    "abs(n) = 1.5",
    "floor(n) = -2",
    "ceiling(n) = -1",
    "round half up(n, 1) = 2.3",
    "round half up(n, -1) = 10",
    "n between m and whole",
    "n in (1, 2, [3..5], > 100)",
    # texts: by code point, whatever stands in them
    "text = other_text",
    "text < other_text",
    'text >= "Z"',
    "string length(text) = 2",
    'text + other_text = "ab"',
    'contains(text, "\\\\")',
    'contains(text, "\'")',
    'contains(text, "\\n")',
    'contains(text, "%")',
    'starts with(text, "é")',
    "ends with(text, other_text)",
    'matches(text, "^a.c$")',
    'matches(text, "^[0-9]+\\\\.[0-9]$")',
    'matches(text, "\\\\w+\\\\W")',
    'upper case(text) = "AB"',
    'lower case(text) = "ab"',
    'word = "red"',
    'word in ("Red", "green")',
    # days: of all years, of none
    "day > other_day",
    "day = null",
    "day != null",
    'day < date("1582-10-10")',
    'other_day - day > duration("P30D")',
    'day + duration("P1M") = other_day',
    'day + duration("P1D") > date("9999-12-30")',
    'other_day - duration("P400D") < date("0001-01-02")',
    'years and months duration(day, other_day) >= duration("P1Y2M")',
    "date(text) = other_day",
    "other_day < today()",
    "(other_day - day) / (today() - other_day) > 1",
    # unknown
    "a and b",
    "a or b",
    "not(a) and not(b)",
    "if a then b else n > 0",
    "(if a then n else m) > 0",
    "has value(text)",
    "has value(items)",
    # lists
    "count(items) >= 2",
    "count(items[ok]) >= 1",
    "count(items[n > 0 and ok]) = count(items[whole > 0])",
    "some i in items satisfies i.ok",
    "every i in items satisfies i.ok",
    "every i in items satisfies i.n > 0 or i.day = null",
    "some i in items, j in items satisfies i.n = j.whole",
    "some i in items satisfies i.share > 0.5",
    "some i in items satisfies (some t in texts satisfies t = i.text)",
    "sum(items.n) > 0.3",
    "sum(items[ok].n) = 0.3",
    "min(items.n) < 0",
    "max(items.whole) > 5",
    "max(items[ok].n) > 1",
    "mean(items.n) = 0.1",
    'max(items.text) >= "b"',
    "min(items.day) < today()",
    "items[1].ok",
    "items[-1].n > 0",
    "items[ok][2].n > 0",
    "items[9].ok",
    "count(distinct values(items.text)) = 2",
    "count(distinct values(texts)) = count(texts)",
    'list contains(words, "Red")',
    'list contains(texts, "a\\\\b")',
    'list contains(items.text, "b")',
    "list contains(numbers, 0.3)",
    "list contains(numbers, n)",
    "list contains(days, other_day)",
    "numbers = [0.1, 0.2, 0.3]",
    "sum(numbers) = 0.6",
    "max(days) < other_day",
    "count(for i in items return i.n * 2) = 3",
    "sum(for i in items return i.n * i.whole) > 1",
    "all(for i in items return i.ok)",
    "any(items.ok)",
    "all(items.ok)",
    "texts = []",
    "mean(items[ok].n) > 0.1",
    "mean(items[n > 0].whole) = 1",
    "every t in distinct values(texts) satisfies count(items[text = t]) >= 1",
    'distinct values(items[ok].text)[1] = "a"',
    # definitions
    "good",
    "count(good_items) > 1",
    "total > 1",
    # lists of lists of facts
    "some chosen in items_by_text satisfies count(chosen) = 2",
    "every chosen in items_by_text satisfies (every i in chosen satisfies i.n > 0)",
    "some chosen in items_by_text satisfies mean(chosen.n) >= 0.1",
    "every days in days_by_text satisfies count(days) < 2",
    "some means in means_by_text satisfies (some a in means, b in means satisfies a - b > 0.1)",
)
DEFINITIONS = {
    "good": "a or (some i in items satisfies i.ok)",
    "good_items": "items[ok]",
    "total": "sum(items.n) + n",
    "items_by_text": 'for t in ["a", "b", "c"] return items[text = t]',
    "days_by_text": (
        "for chosen in items_by_text return "
        "distinct values(chosen.text)[some i in chosen satisfies i.ok and i.text = item]"
    ),
    "means_by_text": (
        "for chosen in items_by_text return "
        "(for t in distinct values(chosen.text) return mean(chosen[ok and text = t].n))"
    ),
}

ITEMS: list[dict[str, Any]] = [
    {"n": 0.1, "whole": 1, "text": "a", "day": "0001-01-01", "ok": True},
    {"n": 0.2, "whole": 0, "text": "b", "day": "none", "ok": True},
    {"n": 0.0, "text": "b", "day": "9999-12-31", "ok": False},
]
CASES: list[dict[str, Any]] = [
    {},
    {"n": 0.8, "m": 0.7, "whole": 0, "a": True, "b": False, "texts": [], "items": []},
    {"n": -1.5, "m": 0, "whole": -1, "text": "ab", "other_text": "b", "items": ITEMS},
    {"n": 1, "m": 3, "whole": 2, "text": "a", "other_text": "b", "items": ITEMS[:2]},
    {"n": 2.25, "m": 0.5, "text": "C:\\temp\\new", "other_text": "\\new", "items": ITEMS[1:]},
    {"n": 10.5, "m": -0.000001, "text": "it's 100%", "other_text": "\U0001f600", "word": "red"},
    {"n": 999999999999999999, "m": 0.000001, "whole": 999999999999999999, "word": "Red"},
    {"n": -14.5, "text": "é\u0301 \U0001f600", "other_text": "\uffff", "word": "green"},
    {"text": "a\nc", "other_text": "a\tc", "words": ["red", "Red"], "texts": ["a\\b", "b", "b"]},
    {"text": "abc\n", "texts": ["a", "b"], "items": [{"text": "b"}, {"ok": True}, {"n": 7}]},
    {"text": "12.5", "numbers": [0.1, 0.2, 0.3], "n": 0.3, "words": ["green"]},
    {"text": "2020-02-29", "day": "2020-01-31", "other_day": "2020-02-29"},
    {"text": "2020-2-29", "day": "0001-01-01", "other_day": "1582-10-05"},
    {"text": "1582-10-15", "day": "9999-12-31", "other_day": "1582-10-15"},
    {"text": "aéc", "day": "none", "other_day": "9999-12-31", "days": ["9999-12-30"]},
    {"day": "1900-02-28", "other_day": "0001-12-31", "days": ["0001-12-31", "1582-10-10"]},
    {"text": "Ab", "a": False, "items": [{"ok": False}, {}]},
    {"b": True, "n": 0, "m": 0, "items": [*ITEMS, {"n": 100, "whole": 100, "ok": True}]},
    {"texts": ["b", "a", "b"], "items": [{"text": "b", "n": 1, "ok": True}, *ITEMS]},
    {"texts": ["a"], "items": [{"text": "b", "n": 0.3}, {"text": "b", "ok": True}, *ITEMS]},
    {"items": [{"text": "a", "n": 0.1, "ok": True}, {"n": 3, "ok": True}]},
]


def strategy(folder: Path) -> Strategy:
    """The strategy, written to a folder; a rule for each condition."""
    groups = {"type": "object", "additionalProperties": False}
    plain = {"id": {"type": "string"}, "title": {"type": "string"}}
    stage = {"type": "string", "enum": ["new", "renewing", "established", "exiting"]}
    facts = {
        **plain,
        "stage": stage,
        "as_of": {"type": "string", "format": "date"},
        **FACTS,
        "items": {"type": "array", "items": {**groups, "properties": _titled(ITEM)}},
    }
    model = {**groups, "required": ["id", "title", "stage"], "properties": _titled(facts)}
    rules = {f"TT-{at:02}": rule([text]) for at, text in enumerate(CONDITIONS, start=1)}
    definitions = {
        name: {"means": f"what {name} means", "is": text} for name, text in DEFINITIONS.items()
    }
    (folder / "rules").mkdir(parents=True)
    for name, content in (
        ("facts.schema.yaml", model),
        ("strategy.yaml", HEADER),
        ("rules/theme.yaml", {"theme": "Theme", "definitions": definitions, "rules": rules}),
    ):
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return load_strategy(str(folder), cache=False)


def records() -> list[dict[str, Any]]:
    """The cases, each with what every case must have."""
    return [
        {"id": f"C{at}", "title": f"Case {at}", "stage": "new", **one}
        for at, one in enumerate(CASES)
    ]


def _titled(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {"title": name, "description": f"What is {name}?", **shape}
        for name, shape in facts.items()
    }
