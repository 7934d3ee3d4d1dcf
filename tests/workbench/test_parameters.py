"""Parameters out to a sheet and back in: the same values, nothing else moved, and every mistake."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from accordance.feel.values import Months, number
from accordance.problem import Refused
from accordance.report.parameter_sheet import as_csv, as_workbook
from accordance.strategy.reading import load_strategy
from accordance.workbench.parameters.applying import prepared, write
from accordance.workbench.parameters.listing import parameters
from accordance.workbench.parameters.sheet import read_sheet

SOUND = Path(__file__).parents[1] / "strategy" / "sound"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(SOUND, tmp_path / "ours")


def wanted(folder: Path, text: str) -> dict[str, object]:
    return read_sheet(text.encode(), "sheet.csv", load_strategy(str(folder)))


def test_the_list_says_which_rules_follow_a_number(folder: Path) -> None:
    listed = parameters(load_strategy(str(folder)))["parameters"]
    assert {one["parameter"]: one["rules"] for one in listed} == {
        "replacement_months_max": ["DEP-01"],
        "large_value": [],
        "review_age_max": [],
        "law_from": [],
        "exit_triggers": ["EXT-01"],
        "contact": [],
    }
    assert [one["value"] for one in listed] == [
        *("12", "500000.5", "P12M", "2023-01-04"),
        *("performance; divergence", "Monitoring Officer"),
    ]


@pytest.mark.parametrize("shipped", [False, True])
def test_what_goes_out_comes_back(shipped: bool, folder: Path) -> None:
    strategy = load_strategy(None if shipped else str(folder))
    document = parameters(strategy)
    values = {name: one.value for name, one in strategy.parameters.items()}
    assert read_sheet(as_csv(document).encode(), "sheet.csv", strategy) == values
    pytest.importorskip("openpyxl")
    assert read_sheet(as_workbook(document), "sheet.xlsx", strategy) == values
    assert as_workbook(document) == as_workbook(document)


def test_only_the_values_move(folder: Path) -> None:
    header = folder / "strategy.yaml"
    before = header.read_bytes().replace(b"\n", b"\r\n").replace(b"P12M", b'"P12M"')
    before = before.replace(b"parameters:\r\n", b"parameters:  # ours\r\n")
    header.write_bytes(b"\xef\xbb\xbf" + before)
    change = prepared(
        str(folder),
        wanted(
            folder,
            "parameter,value\nreplacement_months_max,9\nlarge_value,250000.25\n"
            "review_age_max,P2Y\nlaw_from,2024-02-29\nexit_triggers,performance; notice\n"
            'contact,"Head of ""Law"": #1"\n',
        ),
    )
    assert header.read_bytes() == b"\xef\xbb\xbf" + before  # nothing is written yet
    write(change)
    expected = before
    for old, new in (
        (b"value: 12,", b"value: 9,"),
        (b"value: 500000.50,", b"value: 250000.25,"),
        (b'value: "P12M",', b'value: "P24M",'),
        (b"value: 2023-01-04,", b"value: 2024-02-29,"),
        (b"value: [performance, divergence],", b"value: [performance, notice],"),
        (b"value: Monitoring Officer,", b'value: "Head of \\"Law\\": #1",'),
    ):
        assert expected.count(old) == 1
        expected = expected.replace(old, new)
    assert header.read_bytes() == b"\xef\xbb\xbf" + expected
    found = load_strategy(str(folder)).parameters
    assert found["review_age_max"].value == Months(24)
    assert found["contact"].value == 'Head of "Law": #1'
    assert [edit.name for edit in change.edits] == [
        *("replacement_months_max", "large_value", "review_age_max", "law_from"),
        *("exit_triggers", "contact"),
    ]


def test_the_same_value_written_otherwise_is_no_change(folder: Path) -> None:
    text = "parameter,value\nlarge_value,500000.500\nreview_age_max,P1Y\n"
    change = prepared(str(folder), wanted(folder, text))
    assert (change.after, change.diff(), change.edits) == (change.before, [], ())


def test_a_parameter_that_is_extended_is_tailored(folder: Path, tmp_path: Path) -> None:
    ours = tmp_path / "tailored"
    ours.mkdir()
    header = ours / "strategy.yaml"
    header.write_text('strategy: t\ntitle: T\nversion: "1"\nextends: ../ours\n# the end')
    write(prepared(str(ours), wanted(ours, "parameter,value\nlarge_value,7\n")))
    assert header.read_text().endswith("# the end\n\ntailor:\n  parameters:\n    large_value: 7\n")
    write(
        prepared(str(ours), wanted(ours, "parameter,value\nlarge_value,8\nlaw_from,2024-01-01\n"))
    )
    assert header.read_text().endswith(
        "tailor:\n  parameters:\n    law_from: 2024-01-01\n    large_value: 8\n"
    )
    header.write_text(
        'strategy: t\ntitle: T\nversion: "1"\nextends: ../ours\n'
        "tailor:\n  severities: {DEP-02: medium}  # why\n"
    )
    write(prepared(str(ours), wanted(ours, "parameter,value\nlarge_value,7\n")))
    assert header.read_text().endswith(
        "tailor:\n  parameters:\n    large_value: 7\n  severities: {DEP-02: medium}  # why\n"
    )
    header.write_text(
        'strategy: t\ntitle: T\nversion: "1"\nextends: ../ours\n'
        "tailor: {parameters: {law_from: 2024-01-01}}\n"
    )
    with pytest.raises(Refused, match="there is no place for `large_value`"):
        prepared(str(ours), wanted(ours, "parameter,value\nlarge_value,7\n"))
    assert load_strategy(str(folder)).parameters["large_value"].value == number("500000.5")


def test_a_strategy_that_would_not_be_sound_is_refused(folder: Path) -> None:
    """What a value means for the rules is checked with it: here a word that no fact can have."""
    with pytest.raises(Refused) as refused:
        prepared(str(folder), wanted(folder, "parameter,value\nexit_triggers,weather\n"))
    assert "have no value in common [expression-never]" in str(refused.value)


def test_a_file_that_changed_meanwhile_is_left_alone(folder: Path) -> None:
    change = prepared(str(folder), wanted(folder, "parameter,value\nlarge_value,7\n"))
    with open(folder / "strategy.yaml", "a") as file:
        file.write("# someone else\n")
    with pytest.raises(Refused, match="changed meanwhile"):
        write(change)


WRONG = {
    "parameter,value\nlarge_valu,7\n": "2:1: `large_valu` is not a parameter of `small_body`; did"
    " you mean `large_value`? [field-unknown]",
    "parameter,value\nlarge_value,\n": "2:1: `large_value` has no value; write it, or take the"
    " whole row out: then it stays as it is [field-missing]",
    'parameter,value\nlarge_value,"7,5"\n': "2:13: `large_value`: `7,5` is not a number; did you"
    " mean 7.5? [field-value]",
    "parameter,value\nlarge_value,=1+1\n": "2:13: `large_value`: `=1+1` is not a number",
    "parameter,value\nlarge_value,1e9\n": "2:13: `large_value`: `1e9` is not a number",
    "parameter,value\nlarge_value,0.1234567\n": "2:13: `large_value`: at most 18 digits before the"
    " decimal point and 6 after it are kept [field-value]",
    "parameter,value\nreview_age_max,12\n": "2:16: `review_age_max`: `12` is not a duration",
    "parameter,value\nreview_age_max,P1M3D\n": "2:16: `review_age_max`: ",
    "parameter,value\nlaw_from,2024-02-30\n": "2:10: `law_from`: ",
    "parameter,value\nlaw_from,04/01/2023\n": "2:10: `law_from`: ",
    "parameter,value\ncontact,=HYPERLINK(1)\n": "2:9: `contact`: `=HYPERLINK(1)` is what a"
    " spreadsheet takes for a formula [field-value]",
    "parameter,value\nexit_triggers,performance; @x\n": "2:15: `exit_triggers`: `@x` is what a"
    " spreadsheet takes for a formula; write the entries",
    "parameter,value,unit\nlarge_value,7,EUR\n": "2:15: the unit of `large_value` is `GBP`, not"
    " `EUR`; a unit is changed in YAML, since rules compare by it [field-value]",
    "parameter,value\nlarge_value,7\nlarge_value,8\n": "3:1: `large_value` stands here twice, first"
    " at sheet.csv:2:1; leave one out [duplicate-id]",
    "parameter,value\n,7\n": "2:1: this row names no parameter; take it out [row]",
    "name,number\nlarge_value,7\n": " no row names the columns `parameter` and `value`",
    "": "1:1: the table is empty [file-empty]",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_sheet_that_is_wrong(text: str, folder: Path) -> None:
    with pytest.raises(Refused) as refused:
        wanted(folder, text)
    [problem] = refused.value.problems
    assert str(problem).removeprefix("sheet.csv:").startswith(WRONG[text])


def test_all_problems_of_a_sheet_come_at_once(folder: Path) -> None:
    with pytest.raises(Refused) as refused:
        wanted(folder, "parameter,value\nlarge_valu,7\nlaw_from,soon\ncontact,\n")
    assert [str(problem.place) for problem in refused.value.problems] == [
        *("sheet.csv:2:1", "sheet.csv:3:10", "sheet.csv:4:1")
    ]


def test_a_formula_in_a_workbook_is_not_believed(folder: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["parameter", "value"])
    book.active.append(["large_value", "=1+1"])
    raw = io.BytesIO()
    book.save(raw)
    with pytest.raises(Refused, match="the cell holds the formula `=1"):
        read_sheet(raw.getvalue(), "sheet.xlsx", load_strategy(str(folder)))


def test_a_text_that_looks_like_a_formula_goes_out_defused(folder: Path) -> None:
    header = folder / "strategy.yaml"
    header.write_text(header.read_text().replace("value: Monitoring Officer", "value: '=cmd()'"))
    strategy = load_strategy(str(folder))
    document = parameters(strategy)
    assert "contact,'=cmd(),text" in as_csv(document)
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(document)))
    kinds = {cell.data_type for row in book.active.iter_rows() for cell in row}
    assert "f" not in kinds


def test_block_values_are_left_to_their_owner(folder: Path) -> None:
    header = folder / "strategy.yaml"
    text = header.read_text()
    old = "{value: [performance, divergence], unit: list, means: Reasons to leave}"
    assert old in text
    block = "\n    value:\n    - performance\n    - divergence\n    unit: list\n    means: Reasons"
    header.write_text(text.replace(old, block))
    with pytest.raises(Refused, match="written in a form that is not replaced"):
        prepared(str(folder), wanted(folder, "parameter,value\nexit_triggers,performance\n"))
