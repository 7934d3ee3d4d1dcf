"""`accordance new`: files to fill in, which the other commands read."""

from __future__ import annotations

from pathlib import Path

import pytest

from accordance.facts.reading import load_case
from accordance.facts.tables.reading import load_table_cases
from accordance.problem import Code, Refused
from accordance.strategy.reading import load_strategy
from tests.cli.conftest import Caller

HOME_CARE = "cases/portfolio/home-care-framework.facts.yaml"
LEGAL = "cases/proposals/shared-legal-service.facts.yaml"


def test_a_fact_file_asks_for_what_must_be_known_first(call: Caller, tmp_path: Path) -> None:
    path = tmp_path / "case.facts.yaml"
    done = call("new", str(path), "--stage", "new")
    assert (done.code, done.out, done.err) == (0, "", f"written to {path}\n")
    text = path.read_text(encoding="utf-8")
    assert "# ! Is there an exit plan (or exit strategy)? (true or false)\n  exists:\n" in text
    exit_plan = text[text.index("\nexit_plan:") :]
    assert exit_plan.index("  exists:") < exit_plan.index("  jointly_agreed:")
    assert "\nstage: new\n" in text
    assert "notice_given_on" not in text  # asked only while a partnership runs or ends


def test_a_fact_file_is_read_as_it_is(call: Caller) -> None:
    model = load_strategy(None).model
    text = call("new", "--stage", "renewing").out
    with pytest.raises(Refused) as caught:
        load_case(model, data=text.encode(), name="new.yaml")
    assert [problem.code for problem in caught.value.problems] == [Code.FACT_MISSING]
    named = text.replace("\nid:\n", "\nid: A\n").replace("\ntitle:\n", "\ntitle: B\n")
    case = load_case(model, data=named.encode(), name="new.yaml")
    assert case.facts == {"id": "A", "title": "B", "stage": "renewing"}


@pytest.mark.parametrize("file", [HOME_CARE, LEGAL])
@pytest.mark.parametrize("ending", ["facts.yaml", "xlsx", "csv"])
def test_known_facts_are_taken_over(call: Caller, tmp_path: Path, file: str, ending: str) -> None:
    model = load_strategy(None).model
    path = str(tmp_path / f"case.{ending}")
    assert call("new", path, "--from", file).code == 0
    known = load_case(model, path=file)
    if ending == "facts.yaml":
        found = load_case(model, path=path)
    else:
        (found,) = load_table_cases(model, path)
    assert found.digest == known.digest


def test_an_empty_workbook_has_a_sheet_for_each_list(call: Caller, tmp_path: Path) -> None:
    import openpyxl

    path = tmp_path / "portfolio.xlsx"
    assert call("new", "--format", "xlsx", "--output", str(path)).code == 0
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:2] == ["partnerships", "parties"]
    assert {"parties.distress_events", "reviews", "evidence", "guide"} <= set(book.sheetnames)
    page = book["parties.distress_events"]
    heads = [[cell.value for cell in row[:4]] for row in page.iter_rows(max_row=3)]
    assert heads[2] == ["id", "parties[n]", "date", "type"]
    assert heads[0][2:] == ["Date of the sign of distress", "Kind of distress"]
    rules = book["partnerships"].data_validations.dataValidation
    assert {rule.type for rule in rules} == {"list"} and len(rules) > 50
    done = call("check", str(path))
    assert (done.code, done.err) == (
        2,
        f"{path}, sheet partnerships: the table holds no case; write one a row, below the names of"
        " the columns [file-empty]\n",
    )


def test_the_same_call_gives_the_same_bytes(call: Caller, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.xlsx", "b.xlsx")]
    for path in paths:
        assert call("new", str(path), "--from", HOME_CARE).code == 0
    first, second = (path.read_bytes() for path in paths)
    assert first == second


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--stage", "renew"], "`renew` is not a stage; did you mean `renewing`?"),
        (["--format", "xlsx"], "a workbook needs a file: add --output FILE"),
        (["a.yaml", "--output", "b.yaml"], "name the file once"),
        (["a.csv", "--format", "xlsx"], "`a.csv` does not end like a file in the format xlsx"),
        (["README.md"], "`README.md` is there already; --force overwrites it"),
        (["--from", HOME_CARE, "--from", LEGAL], "a fact file holds one case"),
    ],
)
def test_calls_that_cannot_be_meant(call: Caller, args: list[str], message: str) -> None:
    done = call("new", *args)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


# strategies


@pytest.mark.parametrize("options", [(), ("--empty",), ("--strategy", "tests/strategy/sound")])
def test_a_new_strategy_is_clean_and_tested(
    options: tuple[str, ...], call: Caller, tmp_path: Path
) -> None:
    folder = str(tmp_path / "our_council")
    done = call("new", "strategy", folder, *options)
    assert (done.code, done.out) == (0, "")
    assert done.err == f"the strategy our_council starts in {folder}\n"
    linted = call("lint", folder)
    assert linted.code == 0, linted.out
    assert "nothing is wrong" in linted.out
    strategy = load_strategy(folder)
    [rule] = [rule.id for rule in strategy.rules if rule.id.startswith("OWN-")]
    tested = call("test", folder, "--rule", rule)
    assert tested.code == 0, tested.out
    assert "6 cases passed" in tested.out
    assert [one.name for one in strategy.extends] == {
        (): ["public_body"],
        ("--empty",): [],
        ("--strategy", "tests/strategy/sound"): ["small_body"],
    }[options]


def test_a_new_strategy_can_extend_one_that_was_begun_here(call: Caller, tmp_path: Path) -> None:
    first, second = str(tmp_path / "first"), str(tmp_path / "second")
    assert call("new", "strategy", first, "--empty").code == 0
    assert call("new", "strategy", second, "--strategy", first).code == 0
    strategy = load_strategy(second)
    assert [one.name for one in strategy.extends] == ["first"]
    assert list(strategy.themes.items()) == [("OWN", "Our own rules"), ("OWN2", "Rules of second")]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("strategy",), "give the new strategy one name, as in `new strategy our_council`"),
        (("strategy", "a", "b"), "give the new strategy one name"),
        (("strategy", "Our Council"), "`Our Council` cannot name a strategy"),
        (("strategy", "docs"), "`docs` is there already; choose another name"),
        (("strategy", "x", "--stage", "new"), "takes only a name, --strategy and --empty"),
        (("strategy", "x", "--empty", "--strategy", "y"), "that extends another is not --empty"),
        (("a.yaml", "b.yaml"), "name one file, or write `new strategy NAME`"),
        (("--empty",), "name one file, or write `new strategy NAME`"),
    ],
)
def test_a_strategy_that_cannot_be_begun(
    words: tuple[str, ...], message: str, call: Caller
) -> None:
    done = call("new", *words)
    assert done.code == 2
    assert message in done.err
