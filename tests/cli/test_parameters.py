"""`accordance parameters`, as a policy owner calls it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Caller

SOUND = ROOT / "tests" / "strategy" / "sound"


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    return shutil.copytree(SOUND, tmp_path / "ours")


def test_a_number_goes_out_and_comes_back(call: Caller, ours: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    done = call("parameters", str(ours), "--output", str(sheet))
    assert (done.code, done.out, done.err) == (0, "", f"written to {sheet}\n")
    assert call("parameters", str(ours), "--apply", str(sheet)).out == "the sheet changes nothing\n"
    text = sheet.read_text(encoding="utf-8")
    sheet.write_text(text.replace("replacement_months_max,12", "replacement_months_max,9"))
    before = (ours / "strategy.yaml").read_bytes()
    shown = call("parameters", str(ours), "--apply", str(sheet))
    assert (shown.code, shown.err) == (0, "")
    assert "· number replacement_months_max: 12 → 9 months\n" in shown.out
    assert "\n+  replacement_months_max: {value: 9, unit: months," in shown.out
    assert "nothing is written yet" in shown.out
    assert (ours / "strategy.yaml").read_bytes() == before
    done = call("parameters", str(ours), "--apply", str(sheet), "--write", "--format", "json")
    assert json.loads(done.out)["written"] is True
    assert (ours / "strategy.yaml").read_bytes() == before.replace(b"value: 12,", b"value: 9,")


def test_from_standard_input(call: Caller, ours: Path) -> None:
    done = call("parameters", str(ours), "--apply", "-", stdin=b"parameter,value\nlarge_value,7\n")
    assert "number large_value: 500000.5 → 7 GBP" in done.out


def test_the_list(call: Caller) -> None:
    done = call("parameters", "--format", "json")
    listed = json.loads(done.out)["parameters"]
    assert {"parameter": "review_max_age", "value": "P36M"}.items() <= {
        key: value
        for one in listed
        if one["parameter"] == "review_max_age"
        for key, value in one.items()
    }.items()
    assert "review_max_age = P36M\n" in call("parameters").out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--write",), "--write goes with --apply FILE"),
        (("--apply", "x.csv"), "values are put into a strategy of your own"),
        (("public_body", "--apply", "x.csv"), "values are put into a strategy of your own"),
        (("tests/strategy/sound", "--apply", "nowhere.csv"), "nowhere.csv: cannot be read"),
        (("nowhere",), "there is no folder and no installed strategy `nowhere`"),
        (("--output", "x.html"), "parameters are not written as html"),
        (("--format", "xlsx"), "a workbook needs a file: add --output FILE"),
    ],
)
def test_wrong_calls(words: tuple[str, ...], message: str, call: Caller) -> None:
    done = call("parameters", *words)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
