"""`accordance check` on the project's own cases and on bad input."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accordance.cli.check import exit_code
from accordance.report import table
from accordance.report.page import Page
from tests.cli.conftest import Caller
from tests.report import samples
from tests.report.samples import result

OLYMPICS = "cases/backtest/g4s-olympics-2012-t1-scale-up.facts.yaml"
LEGAL = "cases/proposals/shared-legal-service.facts.yaml"


def documented(document: Any) -> set[str]:
    """The names that DESIGN section 6 promises, as dotted paths."""

    def names(value: Any, path: str) -> Iterator[str]:
        if isinstance(value, list):
            for item in value[:1]:
                yield from names(item, path + "[]")
        elif isinstance(value, dict):
            for name, member in value.items():
                yield f"{path}.{name}".lstrip(".")
                yield from names(member, f"{path}.{name}")

    return set(names(document, ""))


def test_the_documented_json(call: Caller) -> None:
    done = call("check", OLYMPICS, "--format", "json")
    assert (done.code, done.err) == (1, "")
    report = json.loads(done.out)
    promised = {
        *("schema", "strategy.name", "strategy.version", "strategy.digest", "strategy.status"),
        *("case.id", "case.title", "case.stage", "case.as_of", "case.evaluated_on"),
        *("case.source", "case.digest", "verdict", "opinion", "opinion_at_worst", "results"),
        *(f"results[].{name}" for name in ("id", "rule", "title", "theme", "outcome", "kind")),
        *(f"results[].{name}" for name in ("moot", "severity", "severity_least", "gate")),
        *(f"results[].{name}" for name in ("message", "unmet", "missing", "facts", "actions")),
        *("results[].remedy", "missing[].path", "missing[].question", "missing[].decides"),
    }
    assert promised - documented(report) == set()
    facts = [fact for found in report["results"] for fact in found["facts"]]
    assert {"path", "value", "source", "line"} <= set(facts[0])
    actions = [action for found in report["results"] for action in found["actions"]]
    assert {"do", "owner", "due", "due_on"} <= set(actions[0])
    outcomes = {found["rule"]: (found["outcome"], found["severity"]) for found in report["results"]}
    assert outcomes["DEP-01"] == ("insufficient_evidence", "critical")
    assert outcomes["REP-01"] == ("non_compliant", "critical")
    assert report["schema"] == "accordance/check/1"
    assert report["case"]["source"] == OLYMPICS
    assert report["verdict"] == "do_not_proceed"


def test_the_same_call_gives_the_same_bytes(call: Caller) -> None:
    one, two = (call("check", OLYMPICS, "--format", "json").out for _ in range(2))
    assert one == two


def test_the_table_is_made_from_the_json(call: Caller) -> None:
    report = json.loads(call("check", LEGAL, "--format", "json").out)
    assert call("check", LEGAL).out == table.check([report], Page(100))


def test_several_files_are_a_list_and_begin_with_an_overview(call: Caller) -> None:
    done = call("check", OLYMPICS, LEGAL, "--format", "json")
    assert [report["case"]["source"] for report in json.loads(done.out)] == [OLYMPICS, LEGAL]
    assert call("check", OLYMPICS, LEGAL).out.startswith("2 partnerships\n")


def test_standard_input_gives_the_same_answer_as_the_file(call: Caller) -> None:
    from_file = json.loads(call("check", LEGAL, "-f", "json").out)
    from_stdin = json.loads(
        call("check", "-", "-f", "json", stdin=Path(LEGAL).read_bytes()).out.replace(
            '"standard input"', json.dumps(LEGAL)
        )
    )
    assert from_stdin == from_file


def test_what_if(call: Caller) -> None:
    done = call("check", OLYMPICS, "--set", "exit_plan.exists=true", "--format", "json")
    report = json.loads(done.out)
    dep = next(found for found in report["results"] if found["rule"] == "DEP-01")
    assert dep["outcome"] == "compliant"
    assert report["what_if"]["set"] == ["exit_plan.exists=true"]
    assert [
        (change["rule"], change["from"]["outcome"], change["to"]["outcome"])
        for change in report["what_if"]["changes"]["results"]
        if change["rule"] == "DEP-01"
    ] == [("DEP-01", "insufficient_evidence", "compliant")]
    page = call("check", OLYMPICS, "--set", "exit_plan.exists=true").out
    assert "What if  (the file does not say so)\n  ! exit_plan.exists=true" in page
    assert "not enough evidence (critical) → ✓ met" in page


@pytest.mark.parametrize(
    ("results", "fail_on", "fail_on_gaps", "code"),
    [
        ([], "advisory", "advisory", 0),
        ([result("DEP-01", "non_compliant", severity="high")], "high", "never", 1),
        ([result("DEP-01", "non_compliant", severity="medium")], "high", "never", 0),
        ([result("DEP-01", "non_compliant", severity="critical")], "never", "advisory", 0),
        ([result("DEP-01", "insufficient_evidence", severity="critical")], "low", "never", 0),
        ([result("DEP-01", "insufficient_evidence", severity="critical")], "never", "high", 1),
        ([result("DEP-01", "insufficient_evidence", moot=True)], "low", "low", 0),
        ([result("DEP-01", "accepted_exception", severity="critical")], "low", "low", 0),
    ],
)
def test_exit_code(results: list[samples.Json], fail_on: str, fail_on_gaps: str, code: int) -> None:
    assert exit_code([samples.report({}, results)], fail_on, fail_on_gaps) == code


def test_output_file_takes_its_format_from_its_ending(call: Caller, tmp_path: Path) -> None:
    target = tmp_path / "report.md"
    done = call("check", LEGAL, "--output", str(target), "--fail-on", "never")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert target.read_text(encoding="utf-8").startswith("# ")


def test_the_facts_are_not_overwritten(call: Caller, tmp_path: Path) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_bytes(Path(LEGAL).read_bytes())
    done = call("check", str(facts), "--output", str(facts))
    assert (done.code, done.out) == (2, "")
    assert "would overwrite the facts" in done.err
    assert facts.read_bytes() == Path(LEGAL).read_bytes()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"{}\n", "standard input"),
        (b"", "empty"),
        (b"- a\n- b\n", "a list, not the facts of one partnership"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff", "standard input"),
        (b"x" * 20_000_000, "larger than 16 MB"),
        (b"{" * 20_000, "standard input"),
        (b"id: a\nid: b\n", "`id`"),
        (b"a: &a [*a]\n", "standard input"),
        (b"id: \xff\xfe\n", "UTF-8"),
        (b"--- !!python/object:os.system {}\n", "standard input"),
    ],
)
def test_input_that_is_no_fact_file(call: Caller, data: bytes, says: str) -> None:
    done = call("check", "-", stdin=data)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert "Traceback" not in done.err
    first = done.err.splitlines()[0]
    assert first.startswith("standard input") and len(first) < 400


def test_problems_of_all_files_come_in_one_run(call: Caller, tmp_path: Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text("id: a\ntitle: A\nstage: new\nexit_plan: {exist: true}\n", encoding="utf-8")
    two.write_text("id: b\ntitle: B\nstage: newish\n", encoding="utf-8")
    done = call("check", str(one), str(two), LEGAL)
    assert (done.code, done.out) == (2, "")
    assert f"{one}:4:13: `exit_plan.exist` is not a fact" in done.err
    assert f"{two}:3:8: " in done.err
    assert done.err.endswith("2 problems, so nothing was done\n")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("check",), "missing argument 'FILE...'"),
        (("check", "nowhere.yaml"), "nowhere.yaml: cannot be read: no such file or directory"),
        (("check", "cases"), "cases: this is a folder, not a file"),
        (("check", "-", "-"), "standard input (`-`) can be read only once"),
        (("check", LEGAL, "--as-of", "2026-02-30"), "`2026-02-30` is a date that does not exist"),
        (("check", LEGAL, "--as-of", "yesterday"), "`yesterday` is not a date; write it as"),
        (("check", LEGAL, "--as-of", "1990-01-01"), "before the date of the facts"),
        (("check", LEGAL, "--fail-on", "urgent"), "'urgent' is not one of"),
        (
            ("check", LEGAL, "--strategy", "nowhere"),
            "nowhere: there is no folder and no installed strategy `nowhere`",
        ),
        (("check", LEGAL, "--set", "exit_plan.exist=true"), "--set"),
        (("check", LEGAL, "--set", "nonsense"), "`nonsense` does not set a fact"),
        (("check", LEGAL, "--output", "nowhere/report.md"), "nowhere/report.md: no such file"),
        (("chek", LEGAL), "`chek` is not a command; did you mean `check`?"),
        (("check", LEGAL, "--formt", "json"), "no such option '--formt'"),
    ],
)
def test_wrong_calls(call: Caller, args: tuple[str, ...], says: str) -> None:
    done = call(*args)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert "Traceback" not in done.err
