from __future__ import annotations

import json
import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from accordance.report.rule_page import MARK
from accordance.strategy.reading import load_strategy
from tests.cli.conftest import ROOT, Caller

SMALL = ROOT / "tests" / "strategy" / "sound"


def ids(text: str) -> list[str]:
    """The rules that have a row, in order."""
    return re.findall(r"(?m)^  ([A-Z]+-\d+)  ", text)


@pytest.fixture
def strategy(tmp_path: Path) -> Path:
    """A copy of the shipped strategy, to be changed."""
    return shutil.copytree(ROOT / "strategy_rules" / "public_body", tmp_path / "ours")


def test_every_rule_is_listed_under_its_theme(call: Caller) -> None:
    done = call("rules")
    shipped = load_strategy()
    assert (done.code, done.err) == (0, "")
    assert ids(done.out) == [rule.id for rule in (*shipped.rules, *shipped.portfolio)]
    assert [line for line in done.out.split("\n") if line in shipped.themes.values()] == list(
        shipped.themes.values()
    )
    assert f"{len(shipped.rules)} rules and {len(shipped.portfolio)} over the portfolio" in done.out


def test_a_row_says_severity_gate_and_stages(call: Caller) -> None:
    done = call("rules", "--theme", "DEP")
    assert "  DEP-01  high to critical  G  G  ·     A single provider has an exit plan" in done.out
    assert "  DEP-05  critical          G  G  ·  ·  A sign of distress is acted on" in done.out
    assert "· asked, G asked and a gate; N new, R renewing, E established, X exiting" in done.out


@pytest.mark.parametrize(
    "filters",
    [
        ("--theme", "exit"),
        ("--theme", "EXT", "--theme", "Dependence"),
        ("--severity", "critical"),
        ("--severity", "low", "--severity", "advisory"),
        ("--stage", "exiting"),
        ("--gate",),
        ("--gate", "--stage", "renewing"),
        ("--gate", "--stage", "established"),
        ("--theme", "law", "--stage", "new", "--gate"),
        ("--tag", "ours"),
    ],
    ids=" ".join,
)
def test_filters(call: Caller, filters: tuple[str, ...]) -> None:
    done = call("rules", *filters, "--format", "json")
    found = {one["rule"] for one in json.loads(done.out)["rules"]}
    expected = set()
    themes, severities, stages, tags = (
        {value for name, value in pairwise(filters) if name == option}
        for option in ("--theme", "--severity", "--stage", "--tag")
    )
    for rule in load_strategy().rules:
        levels = {rule.severity, *(step.level for step in rule.severity_when)}
        at = rule.gate if "--gate" in filters else set(rule.stages)
        names = {rule.theme, rule.theme.lower(), rule.id.partition("-")[0]}
        if (
            (not themes or names & themes)
            and (not severities or levels & severities)
            and ("--gate" not in filters or rule.gate)
            and (not stages or at & stages)
            and (not tags or tags & set(rule.tags))
        ):
            expected.add(rule.id)
    assert found == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("replacement_months_max",), ["DEP-01"]),  # a parameter, through a definition
        (("dependence.ramp_up_months",), ["DEP-07"]),  # a fact
        (
            ("COLLAPSE of Carillion",),
            ["DEP-02", "DEP-05", "DEP-08", "DEP-09"],
        ),  # a basis; upper and lower case alike
        (("ramp-up", "readiness"), ["DEP-07"]),  # all of the words
        (("ramp-up", "merger"), []),
    ],
)
def test_search(call: Caller, words: tuple[str, ...], expected: list[str]) -> None:
    done = call("rules", *(part for word in words for part in ("--search", word)))
    assert ids(done.out) == expected
    assert ("no rule is like that" in done.out) is (not expected)


def test_a_rule_is_told_in_full(call: Caller) -> None:
    done = call("rules", "dep-01")
    assert (done.code, done.err) == (0, "")
    heads = re.findall(r"(?m)^([A-Z][A-Za-z ]+?)(?:  .*)?$", done.out)
    assert heads == [
        *("Dependence", "What it asks", "Why", "When it does not apply", "What it assumes"),
        *("Basis", "How serious it is", "What a breach says", "What to do about a breach"),
        *("In FEEL", "Parameters", "Facts that it reads", "Example", "Cases"),
    ]
    for text in (
        "DEP-01 A single provider has an exit plan and a fallback",
        "It applies to new, renewing and established partnerships, where",
        "1. there is an exit plan",
        "(title) depends on one provider, and …",
        "· there is no exit plan",
        "external_delivery and single_provider",
        "replacement_months_max  12 months",
        "(dependence.provider_count)",
        "✗ Breach, high",
        "Northbridge Partnership depends on one provider, and there is no exit plan.",
        "✓ met                  one provider with exit plan and fallback",
    ):
        assert text in done.out


def test_the_json_of_a_rule(call: Caller) -> None:
    document = json.loads(call("rules", "DEP-07", "--format", "json").out)
    require, example = document["require"], document["example"]
    assert document["schema"] == "accordance/rule/1"
    assert [one["stages"] for one in require] == [["new", "renewing"]]
    assert [one["name"] for one in document["parameters"]] == [
        "ramp_up_ratio_max",
        "ramp_up_months_max",
    ]
    assert {"dependence.required_capacity", "forms"} <= {one["path"] for one in document["facts"]}
    assert (example["outcome"], example["severity"]) == ("non_compliant", "high")
    assert example["message"].startswith("Northbridge Partnership needs the provider to grow")
    assert {case["expect"] for case in document["cases"]} > {"compliant", "non_compliant"}


def test_several_rules_are_a_list(call: Caller) -> None:
    found = json.loads(call("rules", "EXT-01", "DEP-01", "--format", "json").out)
    assert [one["rule"] for one in found] == ["EXT-01", "DEP-01"]
    table = call("rules", "EXT-01", "DEP-01").out
    assert table.index("EXT-01 The partners") < table.index("DEP-01 A single")


def test_markdown_is_the_page_of_the_docs_but_for_its_links(call: Caller) -> None:
    done = call("rules", "DEP-01", "--format", "markdown")
    page = (ROOT / "docs" / "rules" / "DEP-01.md").read_text(encoding="utf-8")
    bare = re.sub(r"\[(seed \w+)\]\([^)]+\)", r"\1", page.partition("\n\n# ")[2])
    assert done.out == f"# {bare}"


def test_the_format_follows_the_file(call: Caller, tmp_path: Path) -> None:
    target = tmp_path / "rules.md"
    assert call("rules", "--theme", "exit", "--output", str(target)) == (0, "", "")
    text = target.read_text(encoding="utf-8")
    assert text.startswith("# Rules: Collaboration strategy of a public body\n")
    assert "| EXT-01 | The partners have agreed" in text


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("DEP-99",), "`DEP-99` is not a rule of this strategy; did you mean `DEP-"),
        (("nothing",), "`accordance rules` lists the rules"),
        (("--theme", "Exits"), "`Exits` is not a theme of this strategy; did you mean `Exit`?"),
        (("--theme", "??"), "the themes are REG Register and agreement, OBJ Objectives"),
        (("--severity", "awful"), "'awful' is not one of 'critical'"),
        (("DEP-01", "--gate"), "name rules or filter them, not both"),
        (("--pages", "somewhere", "DEP-01"), "--pages writes every rule"),
        (
            ("--strategy", "nowhere"),
            "nowhere: there is no folder and no installed strategy `nowhere`",
        ),
    ],
)
def test_wrong_calls(call: Caller, args: tuple[str, ...], says: str) -> None:
    done = call("rules", *args)
    assert (done.code, done.out) == (2, "")
    assert says in done.err


def test_text_of_a_strategy_cannot_become_markup(call: Caller, strategy: Path) -> None:
    rules = strategy / "rules" / "exit.yaml"
    text = rules.read_text(encoding="utf-8")
    title = "title: The partners have agreed an exit plan and keep it current"
    assert title in text
    rules.write_text(text.replace(title, 'title: "<b>[x](y)|*z*"'), encoding="utf-8")
    for args in (("EXT-01",), ("--theme", "exit")):
        plain = call("rules", *args, "--strategy", str(strategy)).out
        marked = call("rules", *args, "--strategy", str(strategy), "--format", "markdown").out
        assert "<b>[x](y)|*z*" in plain
        assert "\\<b\\>\\[x\\](y)\\|\\*z\\*" in marked


# pages


def test_pages_of_another_strategy(call: Caller, tmp_path: Path) -> None:
    folder = tmp_path / "made" / "pages"
    done = call("rules", "--strategy", str(SMALL), "--pages", str(folder))
    rules = load_strategy(str(SMALL)).rules
    assert (done.code, done.out) == (0, "")
    assert done.err == f"{len(rules) + 1} pages written to {folder}\n"
    assert {path.name for path in folder.iterdir()} == {
        "README.md",
        *(f"{rule.id}.md" for rule in rules),
    }


def test_only_pages_made_here_are_taken_away(call: Caller, tmp_path: Path) -> None:
    old, own = tmp_path / "OLD-01.md", tmp_path / "notes.md"
    old.write_text(f"{MARK}\n\n# A rule that is no more\n")
    own.write_text("# My notes\n")
    assert call("rules", "--strategy", str(SMALL), "--pages", str(tmp_path)).code == 0
    assert not old.exists()
    assert own.read_text() == "# My notes\n"


def test_the_basis_leads_to_the_page_that_explains_it(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "coverage.md").write_text('<a id="r3"></a>R3\n')
    assert call("rules", "--pages", str(tmp_path / "rules")).code == 0
    text = (tmp_path / "rules" / "DEP-01.md").read_text(encoding="utf-8")
    assert "- [seed R3](../coverage.md#r3)\n- BS 11000 stage 8\n" in text


# retired


def test_a_retired_rule_is_shown_and_its_cases_are_passed_over(
    call: Caller, strategy: Path
) -> None:
    header, rules = strategy / "strategy.yaml", strategy / "rules" / "dependence.yaml"
    header.write_text(header.read_text().replace('version: "1.0"', 'version: "1.1"'))
    rules.write_text(rules.read_text().replace('since: "1.0"', 'since: "1.0"\n    until: "1.0"', 1))
    listed = call("rules", "--theme", "dependence", "--strategy", str(strategy))
    assert "DEP-01" not in ids(listed.out)
    assert "retired: DEP-01 A single provider" in listed.out
    told = call("rules", "DEP-01", "--strategy", str(strategy))
    assert "since version 1.0, retired after version 1.0" in told.out
    tested = call("test", str(strategy / "tests" / "dependence.yaml"))
    assert tested.code == 0, tested.out


def test_a_graph_as_mermaid_dot_and_json(call: Caller, tmp_path: Path) -> None:
    done = call("rules", "dep-01", "--graph", "--format", "mermaid")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("flowchart LR\n  accTitle: What DEP-01 reads\n")
    assert call("rules", "--theme", "exit", "--graph", "-f", "dot").out.startswith(
        "digraph rules {"
    )
    file = tmp_path / "graph.mmd"
    assert call("rules", "DEP-01", "--graph", "-o", str(file)).code == 0
    assert file.read_text(encoding="utf-8") == done.out
    document = json.loads(call("rules", "--graph", "-f", "json").out)
    assert (document["schema"], len(document["nodes"]) > 50) == ("accordance/graph/1", True)


def test_a_graph_without_graphviz_is_mermaid(
    call: Caller, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = call("rules", "DEP-01", "--graph")
    assert (done.code, done.err) == (0, "Graphviz is not installed, so this is Mermaid text\n")
    assert done.out.startswith("flowchart LR\n")
    asked = call("rules", "DEP-01", "--graph", "--format", "svg")
    assert (asked.code, asked.out) == (2, "")
    assert "Graphviz is not installed; install it, or ask for `mermaid`" in asked.err


@pytest.mark.needs("graphviz")
def test_a_graph_as_svg(call: Caller, tmp_path: Path) -> None:
    file = tmp_path / "graph.svg"
    assert call("rules", "--graph", "-o", str(file)).code == 0
    text = file.read_text(encoding="utf-8")
    assert '<title id="graph-title">' in text
    assert "DEP-01" in text


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--format", "svg"), "svg goes with --graph"),
        (("--graph", "--format", "table"), "--graph is drawn as svg, dot, mermaid or json"),
        (("--graph", "--pages", "x"), "--graph draws"),
        (("--graph", "--search", "no such word anywhere"), "nothing to draw"),
    ],
)
def test_wrong_calls_of_graph(call: Caller, args: tuple[str, ...], says: str) -> None:
    done = call("rules", *args)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
