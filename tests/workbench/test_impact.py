"""What a change does to partnerships: who is concerned, by which edit, and what is not said."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow")

from accordance.feel.values import Months
from accordance.report.impact import rendered
from accordance.report.page import Page
from accordance.strategy.reading import load_strategy
from accordance.workbench.impact.assessing import assess
from accordance.workbench.revisions import strategies

DAY = dt.date(2026, 6, 30)
HEADER = """\
strategy: small
title: A small strategy
version: "1.0"
themes: {REV: Review, VAL: Value, EVD: Evidence}
parameters:
  review_max_age: {value: P36M, unit: duration, means: A review counts for this long}
  large: {value: 1000, unit: GBP, means: Above this a partnership is large}
  small: {value: 10, unit: GBP, means: Below this it is small}
mandatory: {new: [value]}
exceptions:
  high: {approvers: [Cabinet]}
verdict:
  table:
    - {is: do_not_proceed, when: some b in breaches satisfies b.gate}
    - {is: undecided, when: some g in gaps satisfies g.gate}
    - {is: proceed_with_conditions, when: count(findings) > 0}
    - {is: proceed}
opinion:
  table:
    - {is: limited, when: 'some b in breaches satisfies b.severity = "high"'}
    - {is: reasonable, when: count(findings) > 0}
    - {is: substantial}
"""
RULES = """\
theme: Review
definitions:
  is_large: {means: It is large, is: value > large}
rules:
  REV-01:
    title: The last review is recent
    stages: [new, renewing, established]
    when: is_large
    require: [reviewed_on >= today() - review_max_age]
    severity: high
    severity_when: {critical: value > large * 100}
    gate: [new, renewing]
    finding: "{title} was not reviewed."
    because: So.
"""
VALUE = """\
theme: Value
rules:
  VAL-01:
    title: It is not too small
    stages: [new, renewing, established]
    require: [value >= small]
    severity: low
    finding: "{title} is small."
    because: So.
"""
EVIDENCE = """\
theme: Evidence
rules:
  EVD-01:
    title: What must be known is known
    about: evidence
    stages: [new]
    require: [every m in mandatory satisfies m.stated]
    severity: low
    finding: "{title} lacks facts."
    because: So.
"""
FACTS = """\
type: object
additionalProperties: false
required: [id, title, stage]
properties:
  id: {title: Id, description: Id?, type: string}
  title: {title: Title, description: Title?, type: string}
  stage: {title: Stage, description: Stage?, type: string, enum: [new, renewing, established]}
  as_of: {title: As of, description: When?, type: string, format: date}
  value: {title: Value, description: Value?, type: number}
  reviewed_on: {title: Reviewed, description: When?, type: string, format: date}
"""
CASES = {
    "recent": {"stage": "new", "value": 5000, "reviewed_on": "2026-01-31"},
    "thirty-months": {"stage": "new", "value": 5000, "reviewed_on": "2023-12-30"},
    "on-the-day": {"stage": "renewing", "value": 5000, "reviewed_on": "2024-06-30"},
    "long-ago": {"stage": "established", "value": 5000, "reviewed_on": "2020-01-31"},
    "silent": {"stage": "established", "value": 5000},
    "modest": {"stage": "established", "value": 500, "reviewed_on": "2020-01-31"},
    "tiny": {"stage": "established", "value": 15},
}

Changed = Callable[..., dict[str, Any]]


def write_strategy(folder: Path, changes: dict[str, str]) -> str:
    """The strategy with texts of its files replaced."""
    parts = {
        "strategy.yaml": HEADER,
        "facts.schema.yaml": FACTS,
        "rules/review.yaml": RULES,
        "rules/value.yaml": VALUE,
        "rules/evidence.yaml": EVIDENCE,
    }
    used = set()
    for name, text in parts.items():
        for old, new in changes.items():
            if old in text:
                assert text.count(old) == 1
                text = text.replace(old, new)
                used.add(old)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert used == changes.keys()
    return str(folder)


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "cases.ndjson"
    lines = [
        json.dumps({"id": name, "title": name.title(), "as_of": "2026-01-31", **facts})
        for name, facts in CASES.items()
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def changed(tmp_path: Path, cases: Path) -> Changed:
    """`changed({old: new})`: the impact of a strategy in which these texts are replaced."""

    def assessed(changes: dict[str, str], day: dt.date = DAY, **options: Any) -> dict[str, Any]:
        old = load_strategy(write_strategy(tmp_path / "old", {}))
        new = load_strategy(write_strategy(tmp_path / "new", changes))
        return assess(old, new, [str(cases)], day, **options)

    return assessed


def told(document: dict[str, Any]) -> dict[str, list[tuple[str, str, list[str], bool]]]:
    """For each partnership what changed, by which edits."""
    return {
        one["id"]: [
            (change["rule"], change["what"], change["edits"], change["together"])
            for change in one["changes"]
        ]
        for one in document["partnerships"]
    }


def test_a_number_names_the_partnerships_that_it_concerns(changed: Changed) -> None:
    """36 months become 24: of the large ones those reviewed in between, and no others."""
    document = changed({"P36M": "P24M"})
    by_number = [("REV-01", "appears", ["parameter:review_max_age"], False)]
    assert told(document) == {"thirty-months": by_number}
    [one] = document["partnerships"]
    assert one["verdict"] == {"from": "proceed", "to": "do_not_proceed"}
    assert one["edits"] == ["parameter:review_max_age"]
    assert document["edits"][0]["fields"] == [{"field": "value", "old": "P3Y", "new": "P2Y"}]
    assert document["edits"][0]["rules"] == ["REV-01"]
    assert document["counts"] == {
        "partnerships": 7,
        "concerned": 1,
        "rules": 1,
        "findings": {"appears": 1, "vanishes": 0, "turns": 0, "severity": 0, "accepted": 0},
        "verdicts": 1,
        "opinions": 0,
        "groups": 0,
    }
    assert document["verdicts"]["flips"] == [
        {"from": "proceed", "to": "do_not_proceed", "partnerships": 1}
    ]


def test_nothing_comes_of_words(changed: Changed) -> None:
    document = changed({"title: It is not too small": "title: It is large enough"})
    assert [edit["id"] for edit in document["edits"]] == ["rule:VAL-01"]
    assert (document["rules"], document["partnerships"]) == ([], [])
    text = rendered(document, "table", Page(100))
    assert "No finding, verdict or opinion changes." in text


def test_what_vanishes_turns_and_changes_severity(changed: Changed) -> None:
    document = changed(
        {
            "when: is_large\n": "when: is_large and value < 4000\n",
            'low\n    finding: "{title} is small': 'medium\n    finding: "{title} is small',
            "value: 10,": "value: 20,",
        }
    )
    assert told(document) == {
        "long-ago": [("REV-01", "vanishes", ["rule:REV-01"], False)],
        "silent": [("REV-01", "vanishes", ["rule:REV-01"], False)],
        # Only both edits together make it a finding, and of that severity.
        "tiny": [("VAL-01", "appears", ["rule:VAL-01", "parameter:small"], True)],
    }
    changes = {rule["rule"]: rule["changes"] for rule in document["rules"]}
    assert changes["REV-01"] == [
        {
            "from": {"kind": "breach", "severity": "high"},
            "to": {"kind": "none", "severity": None},
            "partnerships": 1,
        },
        {
            "from": {"kind": "gap", "severity": "high"},
            "to": {"kind": "none", "severity": None},
            "partnerships": 1,
        },
    ]


def test_of_several_edits_the_one_that_does_it_alone_is_named(changed: Changed) -> None:
    document = changed({"P36M": "P24M", "value: 1000,": "value: 400,"})
    assert told(document) == {
        "thirty-months": [("REV-01", "appears", ["parameter:review_max_age"], False)],
        "modest": [("REV-01", "appears", ["parameter:large"], False)],
    }
    [rule] = document["rules"]
    assert rule["alone"] == {"parameter:review_max_age": 1, "parameter:large": 1}


def test_an_edit_of_a_definition_is_found_through_it(changed: Changed) -> None:
    document = changed({"is: value > large": "is: value > 100"})
    assert told(document) == {"modest": [("REV-01", "appears", ["definition:is_large"], False)]}


def test_a_gate_and_a_table_flip_answers_without_a_finding(changed: Changed) -> None:
    document = changed({"P36M": "P1M", "gate: [new, renewing]": "gate: [renewing]"})
    flips = {one["id"]: (one["verdict"]["to"], one["edits"]) for one in document["partnerships"]}
    assert flips["thirty-months"][0] == "proceed_with_conditions"
    assert "rule:REV-01" in flips["thirty-months"][1]
    document = changed(
        {"{is: reasonable, when: count(findings) > 0}": "{is: limited, when: count(findings) > 0}"}
    )
    assert {one["id"]: one["edits"] for one in document["partnerships"]} == {
        "silent": ["opinion:opinion"]
    }


def test_rules_that_come_go_and_are_renamed(changed: Changed) -> None:
    document = changed({"  VAL-01:\n": "  VAL-02:\n    aliases: [VAL-01]\n"})
    assert [(edit["id"], edit["fields"][0]["field"]) for edit in document["edits"]] == [
        ("rule:VAL-02", "id")
    ]
    assert document["rules"] == []
    document = changed({"  REV-01:\n": "  REV-03:\n"})
    assert [(edit["id"], edit["change"]) for edit in document["edits"]] == [
        ("rule:REV-03", "added"),
        ("rule:REV-01", "removed"),
    ]
    tallies = {rule["rule"]: (rule["appears"], rule["vanishes"]) for rule in document["rules"]}
    assert tallies == {"REV-03": (2, 0), "REV-01": (0, 2)}
    assert document["counts"]["verdicts"] == 0


def test_mandatory_facts_concern_the_rules_about_evidence(changed: Changed) -> None:
    document = changed({"new: [value]": "new: [value, reviewed_on]"})
    assert told(document) == {}
    document = changed({"new: [value]": "new: [value, as_of, id]"}, most=0)
    assert document["partnerships"] == [] and document["more"] == 0


def test_a_rule_that_binds_later_can_be_previewed(changed: Changed) -> None:
    later = {
        "require: [value >= small]": "require: [value >= 20]\n    effective: {from: 2027-01-01}"
    }
    assert told(changed(later)) == {}
    assert list(told(changed(later, dt.date(2027, 1, 1)))) == ["tiny"]


def test_the_foremost_are_told_and_the_rest_counted(changed: Changed) -> None:
    document = changed({"value: 10,": "value: 100000,"}, most=2)
    assert (len(document["partnerships"]), document["more"]) == (2, 5)
    assert document["counts"]["findings"]["appears"] == 7
    # Those whose answers move furthest come first.
    assert (
        document["partnerships"][0]["verdict"]["to"]
        != document["partnerships"][0]["verdict"]["from"]
    )


def test_records_that_one_strategy_cannot_read_are_said(changed: Changed, cases: Path) -> None:
    with open(cases, "a") as file:
        file.write(json.dumps({"id": "odd", "title": "Odd", "stage": "new", "homes": 5}) + "\n")
    added = "  homes: {title: Homes, description: Homes?, type: integer}\n  value: {title: Value"
    document = changed({"  value: {title: Value": added, "P36M": "P24M"})
    assert document["cases"]["partnerships"] == 7
    assert (document["cases"]["only_old"], document["cases"]["only_new"]) == (0, 1)
    assert list(told(document)) == ["thirty-months"]
    assert "1 record could be read by one of the strategies only" in rendered(
        document, "markdown", Page(100)
    )


def test_columns_and_check_tell_the_same(changed: Changed, monkeypatch: pytest.MonkeyPatch) -> None:
    from accordance.workbench.impact import sweeping

    changes = {"P36M": "P24M", "value: 10,": "value: 600,"}
    by_check = changed(changes)
    original = sweeping.sweep

    def by_columns(*args: Any, **options: Any) -> Any:
        return original(*args, **{**options, "engine": "duckdb"})

    monkeypatch.setattr(sweeping, "sweep", by_columns)
    by_duckdb = changed(changes)
    assert by_duckdb["cases"].pop("engine") == "duckdb"
    assert by_check["cases"].pop("engine") == "check"
    assert by_duckdb == by_check


def test_two_processes_tell_the_same_as_one(
    changed: Changed, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accordance.workbench.impact import sweeping

    one = changed({"P36M": "P24M"})
    monkeypatch.setattr(sweeping, "MUCH", 0)
    monkeypatch.setattr(sweeping, "_processors", lambda: 2)
    assert changed({"P36M": "P24M"}) == one


def test_a_process_that_dies_is_done_without(
    changed: Changed, monkeypatch: pytest.MonkeyPatch
) -> None:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    from accordance.workbench.impact import sweeping

    class Broken(ProcessPoolExecutor):
        def submit(self, *args: Any, **options: Any) -> Any:
            from concurrent.futures import Future

            future: Future[Any] = Future()
            future.set_exception(BrokenProcessPool())
            return future

    one = changed({"P36M": "P24M"})
    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", Broken)
    monkeypatch.setattr(sweeping, "MUCH", 0)
    monkeypatch.setattr(sweeping, "_processors", lambda: 2)
    assert changed({"P36M": "P24M"}) == one


def test_what_is_refused_in_the_other_process_is_refused(
    changed: Changed, cases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accordance.problem import Refused
    from accordance.workbench.impact import sweeping

    cases.unlink()
    monkeypatch.setattr(sweeping, "MUCH", 0)
    monkeypatch.setattr(sweeping, "_processors", lambda: 2)
    with pytest.raises(Refused):
        changed({"P36M": "P24M"})


def test_the_same_input_gives_the_same_bytes(changed: Changed) -> None:
    first, second = (
        [
            rendered(changed({"P36M": "P24M"}), name, Page(100))
            for name in ("json", "html", "markdown")
        ]
        for _ in range(2)
    )
    assert first == second


def test_the_page_says_in_words_what_the_charts_show(changed: Changed) -> None:
    page = rendered(
        changed({"P36M": "P24M", "title: A small": 'title: "<b>x</b>" #'}), "html", Page(100)
    )
    assert "REV-01: 1 findings that appear." in page
    assert "Before: " in page and "After: " in page
    assert "<b>x</b>" not in page and "&lt;b&gt;x" in page
    assert "http" not in page.replace("http-equiv", "")


def test_the_minute_has_names_and_reasons(changed: Changed) -> None:
    text = rendered(changed({"P36M": "P24M"}), "markdown", Page(100))
    assert "- number review\\_max\\_age: 36 months → 24 months – moves REV-01" in text
    assert (
        "- Thirty-Months (new, `thirty-months`)\n"
        "  - verdict: Proceed → Do not proceed\n"
        "  - REV-01 appears (breach, high) – number review\\_max\\_age\n"
    ) in text


# git revisions


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the strategy in two versions."""
    root = tmp_path / "repository"
    root.mkdir()
    monkeypatch.chdir(root)
    monkeypatch.setenv("HOME", str(tmp_path))

    def git(*args: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *args],
            check=True,
            capture_output=True,
        )

    git("init", "-q")
    write_strategy(root / "rules of ours", {})
    (root / "rules of ours" / "notes.txt").write_text("no part of it")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    write_strategy(root / "rules of ours", {"P36M": "P24M"})
    extending = root / "extending"
    extending.mkdir()
    (extending / "strategy.yaml").write_text(
        'strategy: more\ntitle: More\nversion: "1.0"\nextends: "../rules of ours"\n'
    )
    (extending / "rules").mkdir()
    (extending / "rules" / "link.yaml").symlink_to("/etc/passwd")
    git("add", ".")
    git("commit", "-q", "-m", "two")
    return root


def test_a_revision_is_a_strategy(repository: Path, cases: Path) -> None:
    with strategies(["HEAD~1:rules of ours", "rules of ours"]) as (old, new):
        assert old.folder == "HEAD~1:rules of ours"
        assert old.rules[0].place.file.endswith("rules of ours/rules/review.yaml")
        document = assess(old, new, [str(cases)], DAY)
    assert list(told(document)) == ["thirty-months"]


def test_what_a_revision_extends_is_that_of_the_revision(repository: Path) -> None:
    (repository / "extending" / "rules" / "link.yaml").unlink()
    subprocess.run(["git", "commit", "-aqm", "x"], check=True, env=_author(repository))
    write_strategy(repository / "rules of ours", {"P36M": "P12M"})
    with strategies(["HEAD:extending"]) as [strategy]:
        assert strategy.parameters["review_max_age"].value == Months(24)
        assert strategy.extends[0].folder == "HEAD:rules of ours"


def _author(home: Path) -> dict[str, str]:
    import os

    who = {
        f"GIT_{one}_{part}": "a@example.org"
        for one in ("AUTHOR", "COMMITTER")
        for part in ("NAME", "EMAIL")
    }
    return {**os.environ, **who, "HOME": str(home)}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "HEAD~7:rules of ours",
            "`HEAD~7` is neither a folder, nor a strategy, nor a revision of git",
        ),
        ("nothing", "`nothing` is neither a folder, nor a strategy, nor a revision of git"),
        ("HEAD:nowhere", "the revision has no folder `nowhere` with a strategy in it"),
        ("HEAD", "the revision has no strategy in `strategy_rules/public_body`"),
        ("HEAD:extending", "in the revision this is a link, which is not followed"),
        ("HEAD:../other", "`../other` is no path in a repository"),
        ("HEAD:-x", "`-x` is no path in a repository"),
        ("--output=/tmp/x", "the strategy does not exist"),
        ("-n:rules", "the strategy does not exist"),
        ("HEAD\n:rules", "the strategy does not exist"),
        ("@{upstream}:rules", "`@{upstream}` is neither a folder, nor a strategy"),
    ],
)
def test_what_is_no_revision(name: str, message: str, repository: Path) -> None:
    from accordance.problem import Refused

    with pytest.raises(Refused) as refused, strategies([name]):
        pass
    [problem] = refused.value.problems
    assert problem.message.startswith(message)


def test_a_problem_in_a_revision_has_its_place(repository: Path) -> None:
    from accordance.problem import Refused

    header = repository / "rules of ours" / "strategy.yaml"
    header.write_text(header.read_text().replace("value: 10,", "value: ten,"))
    subprocess.run(["git", "commit", "-aqm", "x"], check=True, env=_author(repository))
    with pytest.raises(Refused) as refused, strategies(["HEAD:rules of ours"]):
        pass
    assert [str(problem.place) for problem in refused.value.problems] == [
        "HEAD:rules of ours/strategy.yaml:8:18"
    ]


def test_outside_a_repository_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from accordance.problem import Refused

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with (
        pytest.raises(Refused, match="neither a folder nor the name of a strategy"),
        strategies(["HEAD~1"]),
    ):
        pass
