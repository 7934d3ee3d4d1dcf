"""Registers of bodies: columns, words, dates and numbers by a mapping."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accordance.facts.importing import Import, Made, Reject
from accordance.facts.reading import load_case
from accordance.facts.tables.forms import FormFault, date_form, day_in, number_form
from accordance.facts.tables.importing import import_table
from accordance.facts.tables.mapping_reading import load_mapping
from accordance.problem import Refused
from tests.facts.small import model

BASE = """\
columns:
  Ref: id
  Name: title
constants: {stage: new}
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def imported(table: str, mapping: str = "") -> Import:
    Path("r.csv").write_text(table, encoding="utf-8")
    Path("m.yaml").write_text(BASE.replace("columns:\n", f"columns:\n{mapping}"), encoding="utf-8")
    return import_table("r.csv", model(), "m.yaml")


def facts(made: Made) -> dict[str, Any]:
    case = load_case(model(), data=made.text.encode(), name=made.id)
    return {name: fact for name, fact in case.facts.items() if name not in ("id", "title", "stage")}


def refusals(mapping: str) -> list[str]:
    Path("m.yaml").write_text(mapping, encoding="utf-8")
    with pytest.raises(Refused) as caught:
        load_mapping("m.yaml", model())
    return [str(problem) for problem in caught.value.problems]


CELLS = [
    ("rating", "weak", {"rating": "weak"}),
    ("{fact: rating, values: {Poor: weak, Good: strong}}", " poor ", {"rating": "weak"}),
    ("{fact: rating, values: {Poor: weak, 'n/a': unknown, '?': }}", "N/A", {}),
    ("{fact: rating, values: {Poor: weak, '?': }}", "?", {}),
    ("{fact: plan.exists, values: {J: true, N: false}}", "J", {"plan": {"exists": True}}),
    ("{fact: regime, values: {None yet: unknown}}", "None yet", {"regime": "unknown"}),
    ("{fact: as_of, dates: DD/MM/YYYY}", "31/01/2026", {"as_of": dt.date(2026, 1, 31)}),
    ("{fact: as_of, dates: DD/MM/YYYY}", "2026-01-31", {"as_of": dt.date(2026, 1, 31)}),
    (
        "{fact: plan.costs.planned, numbers: '£1,234.56'}",
        '"£1,200.50"',
        {"plan": {"costs": {"planned": Fraction(2401, 2)}}},
    ),
    ("{fact: plan.owner, none: [nobody]}", "Nobody", {"plan": {"owner": "NONE"}}),
    ("{fact: parties, none: ['-']}", "-", {"parties": []}),
    ("{fact: plan.owner, unknown: [tbc]}", "TBC", {}),
    ("plan.owner", " Head  of\tPlace ", {"plan": {"owner": "Head of Place"}}),
    ("[plan.owner, 'parties[1].name']", "A", {"plan": {"owner": "A"}, "parties": [{"name": "A"}]}),
    ("forms", "alliance; framework", {"forms": ["alliance", "framework"]}),
]


@pytest.mark.parametrize(("target", "cell", "found"), CELLS)
def test_cells(place: Path, target: str, cell: str, found: dict[str, Any]) -> None:
    done = imported(f"Ref,Name,X\nA,B,{cell}\n", f"  X: {target}\n")
    assert done.rejects == []
    assert _shown(facts(done.cases[0])) == found


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shown(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_shown(part) for part in value]
    return "NONE" if repr(value) == "NONE" else value


def test_rows_that_do_not_fit_are_rejected_and_the_rest_is_made(place: Path) -> None:
    done = imported(
        "Ref,Name,Rating\nA,One,Poor\nB,Two,Fair\n,Three,Poor\nC,,Poor\nA2,Five,Poor\nA2,Six,\n",
        "  Rating: {fact: rating, values: {Poor: weak}}\n",
    )
    assert [made.id for made in done.cases] == ["A"]
    twice = "2 rows have the id `A2`; give each partnership one row"
    assert done.rejects == [
        Reject(
            "B",
            (
                "r.csv:3:7: `Fair` is none of the words that the mapping gives for this column;"
                " add it under `values`, or under `unknown`",
            ),
            ("r.csv:3:1",),
        ),
        Reject(None, ("r.csv:4:1: the row has no `id`; give each case its own",), ("r.csv:4:1",)),
        Reject("C", ("r.csv:5:1: `title` is not stated; a fact file needs it",), ("r.csv:5:1",)),
        Reject("A2", (f"r.csv:6:1: {twice}",), ("r.csv:6:1",)),
        Reject("A2", (f"r.csv:7:1: {twice}",), ("r.csv:7:1",)),
    ]
    assert (done.read, done.in_cases, done.in_rejects) == (6, 1, 5)


@pytest.mark.parametrize(
    ("header", "mapping", "problem"),
    [
        (
            "Ref,Name,Dept",
            "",
            "r.csv:1:10: the mapping does not name the column `Dept`; map it, or",
        ),
        (
            "Ref,Name",
            "  Nane: rating\n",
            "m.yaml:2:3: the table has no column `Nane`; did you mean",
        ),
        ("Ref,Name,Name", "", "r.csv:1:10: the column `Name` stands there twice; rename one"),
    ],
)
def test_columns_and_mapping_must_agree(
    place: Path, header: str, mapping: str, problem: str
) -> None:
    with pytest.raises(Refused) as caught:
        imported(f"{header}\nA,B,C\n", mapping)
    (found,) = caught.value.problems
    assert str(found).startswith(problem)


MAPPINGS = [
    ("- id\n", "m.yaml:1:1: the mapping is a list; write `columns:`"),
    ("columns: {Ref: id}\n", "m.yaml:1:1: nothing states `title` and `stage`; map a column to it"),
    (BASE + "colums: {}\n", "m.yaml:5:1: `colums` is nothing that a mapping says here; did you"),
    (BASE + "header: top\n", "m.yaml:5:9: `header` is no number of a row; count rows from 1"),
    (BASE + "delimiter: '|'\n", "m.yaml:5:12: `|` is no delimiter; write `comma`, `semicolon` or"),
    (BASE + "dates: DD/MM/YY\n", "m.yaml:5:8: two digits of a year could mean two centuries"),
    (BASE + "dates: DD/MM\n", "m.yaml:5:8: a form of dates needs a day, a month and a year"),
    (BASE + "dates: [DD/MM/JJJJ]\n", "m.yaml:5:9: `JJJJ` is no part of a date; write it with"),
    (BASE + "numbers: '1000'\n", "m.yaml:5:10: `1000` does not show how 1234.56 is written;"),
    (BASE + "numbers: '1.234.56'\n", "m.yaml:5:10: `1.234.56` parts thousands and decimals alike"),
    (BASE + "ignored: some\n", "m.yaml:5:10: `ignored` is text; list the names of columns, or"),
    (
        "columns: {A: idd}\n",
        "m.yaml:1:14: `idd` is not a fact of this strategy; did you mean `id`?",
    ),
    (
        "columns: {A: zebra}\n",
        "m.yaml:1:14: `zebra` is not a fact of this strategy; `accordance schema facts` lists them",
    ),
    ("columns: {A: plan}\n", "m.yaml:1:14: `plan` is a group of facts; name one of them"),
    ("columns: {A: 7}\n", "m.yaml:1:14: a column states a number; write the path of a fact"),
    ("columns: {A: {values: {}}}\n", "m.yaml:1:14: `fact` is missing; write `fact:` and the path"),
    ("columns: {A: {fact: id, value: x}}\n", "m.yaml:1:25: `value` is nothing that a mapping says"),
    ("columns: {A: id, B: id}\n", "m.yaml:1:21: `id` is stated twice; keep one of them"),
    (BASE.replace("new", "old"), "m.yaml:4:20: `stage` cannot be `old`; write `new`, `renewing`"),
    (
        "columns: {A: {fact: rating, values: {Poor: weakk}}}\n",
        "m.yaml:1:44: `rating` cannot be `weakk`; write `strong` or `weak`",
    ),
    (
        "columns: {A: {fact: plan.exists, values: {J: yes}}}\n",
        "m.yaml:1:46: `yes` is text to some programs and true or false to others",
    ),
    (
        "columns: {A: {fact: organisation, values: {a: 7}}}\n",
        'm.yaml:1:47: `organisation` is `7`, not text; write it in quotes: `"7"`',
    ),
]


@pytest.mark.parametrize(("mapping", "problem"), MAPPINGS, ids=range(len(MAPPINGS)))
def test_mappings_that_cannot_be_meant(place: Path, mapping: str, problem: str) -> None:
    found = refusals(mapping)
    assert found[0].startswith(problem), found


def test_each_fact_is_backed_by_its_cell(place: Path) -> None:
    """With the fact model that comes with the program, which has evidence."""
    from accordance.strategy.reading import load_strategy

    own = load_strategy(None).model
    Path("r.csv").write_text("Ref;Name;End\nA;B;31.01.2027\n", encoding="utf-8")
    Path("m.yaml").write_text(
        "dates: DD.MM.YYYY\ncolumns: {Ref: id, Name: title, End: period.end_date}\n"
        "constants: {stage: established, as_of: 2026-01-31}\n",
        encoding="utf-8",
    )
    (made,) = import_table("r.csv", own, "m.yaml").cases
    case = load_case(own, data=made.text.encode(), name="c.yaml")
    backed = {entry["fact"]: entry["reference"] for entry in case.facts["evidence"]}
    assert backed == {
        "id": "r.csv:2:1",
        "title": "r.csv:2:3",
        "stage": "m.yaml:3:20",
        "as_of": "m.yaml:3:40",
        "period.end_date": "r.csv:2:5",
    }
    assert {entry["date"] for entry in case.facts["evidence"]} == {dt.date(2026, 1, 31)}


def test_a_register_in_a_workbook(place: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    page = book.active
    page.title = "Register"
    page.append(["Contracts of the council"])
    page.append(["Ref", "Name\n(short)", "Signed", "Cost", "Left"])
    page.append([2201, "One", dt.date(2026, 1, 31), 1200.5, "=A3"])
    page.merge_cells("A1:C1")
    book.create_sheet("Notes").append(["nothing"])
    book.save("r.xlsx")
    Path("m.yaml").write_text(
        "sheet: Register\nheader: 2\nignored: others\n"
        "columns: {Ref: id, Name (short): title, Signed: as_of, Cost: plan.costs.planned}\n"
        "constants: {stage: new, forms: [alliance], parties: []}\n",
        encoding="utf-8",
    )
    done = import_table("r.xlsx", model(), "m.yaml")
    (made,) = done.cases
    assert (made.id, facts(made)) == (
        "2201",
        {
            "as_of": dt.date(2026, 1, 31),
            "forms": ["alliance"],
            "plan": {"costs": {"planned": Fraction(2401, 2)}},
            "parties": [],
        },
    )
    assert made.sources == ("r.xlsx, sheet Register, cell A3",)


# --- forms ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "text", "day"),
    [
        ("DD/MM/YYYY", "01/02/2026", (2026, 2, 1)),
        ("MM/DD/YYYY", "01/02/2026", (2026, 1, 2)),
        ("D.M.YYYY", "1.2.2026", (2026, 2, 1)),
        ("D MMM YYYY", "1 Sept 2026", (2026, 9, 1)),
        ("D MMMM YYYY", "1 september 2026", (2026, 9, 1)),
        ("YYYYMMDD", "20260201", (2026, 2, 1)),
        ("DD/MM/YYYY hh:mm", "01/02/2026 09:30", (2026, 2, 1)),
        ("DD/MM/YYYY", "31/02/2026", None),
        ("DD/MM/YYYY", "1/2/2026", None),
        ("D MMM YYYY", "1 Foo 2026", None),
        ("DD/MM/YYYY", "2026-02-01", (2026, 2, 1)),
    ],
)
def test_dates(form: str, text: str, day: tuple[int, int, int] | None) -> None:
    assert day_in(text, [date_form(form)]) == (dt.date(*day) if day else None)


def test_forms_that_read_two_days_are_refused() -> None:
    forms = [date_form("DD/MM/YYYY"), date_form("MM/DD/YYYY")]
    assert day_in("31/01/2026", forms) == dt.date(2026, 1, 31)
    with pytest.raises(FormFault, match="could be 2026-02-01"):
        day_in("01/02/2026", forms)


@pytest.mark.parametrize(
    ("example", "text", "number"),
    [
        ("£1,234.56", "£1,200,000", 1200000),
        ("£1,234.56", "1200.50", Fraction(2401, 2)),
        ("£1,234.56", "-£5", -5),
        ("£1,234.56", "£-5", -5),
        ("£1,234.56", "(£5.00)", -5),
        ("£1,234.56", "£1,20", None),
        ("£1,234.56", "$5", None),
        ("1.234,56 EUR", "1.200,50 EUR", Fraction(2401, 2)),
        ("1 234,56", "1 200,5", Fraction(2401, 2)),
        ("1,234.56%", "12.5%", Fraction(1, 8)),
        ("1234", "007", 7),
        ("1234", "1e5", None),
        ("1234", "٣", None),
        ("1234", "5.", None),
    ],
)
def test_numbers(example: str, text: str, number: Fraction | int | None) -> None:
    assert number_form(example).number(text) == number


@given(st.integers(-(10**15), 10**15), st.sampled_from([",", ".", " ", "'"]))
def test_grouped_numbers_are_read_back(value: int, mark: str) -> None:
    example = f"1{mark}234" + (",56" if mark == "." else ".56")
    assert number_form(example).number(f"{value:,}".replace(",", mark)) == value
