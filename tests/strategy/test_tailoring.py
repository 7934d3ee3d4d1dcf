"""Strategies that extend others: what they take over, change and add, and what goes wrong."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from accordance.feel.values import Months
from accordance.problem import Place, Refused
from accordance.strategy.cases import read_rule_cases
from accordance.strategy.model import Extended, SwitchedOff
from accordance.strategy.reading import examine_strategy, load_strategy

SOUND = Path(__file__).parent / "sound"

HEADER = """
strategy: our_council
title: Strategy of Our Council
version: "1.0"
extends: ../upstream
"""
RULE = """
theme: Exit
rules:
  EXT-50:
    title: Our own rule
    stages: [new]
    require: [our.homes <= homes_max]
    severity: low
    finding: "{title} has too many homes."
    because: Homes matter.
"""
FACTS = """
properties:
  our:
    title: Ours
    type: object
    additionalProperties: false
    properties:
      homes: {title: Homes, description: How many homes?, type: integer, minimum: 0}
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A folder `ours` beside a copy of the sound strategy, with a header that goes on as given."""
    shutil.copytree(SOUND, tmp_path / "upstream")

    def written(more: str = "", **files: str) -> Path:
        folder = tmp_path / "ours"
        (folder / "rules").mkdir(parents=True, exist_ok=True)
        (folder / "strategy.yaml").write_text(HEADER.lstrip() + dedent(more).lstrip())
        for name, text in files.items():
            path = "facts.schema.yaml" if name == "facts" else f"rules/{name}.yaml"
            (folder / path).write_text(text.lstrip())
        return folder

    return written


def problems(folder: Path) -> list[str]:
    try:
        found = examine_strategy(str(folder)).problems
    except Refused as refused:
        found = refused.problems
    return [str(problem).replace(f"{folder.parent}/", "") for problem in found]


def test_what_is_not_tailored_is_taken_over(write: Write) -> None:
    folder = write()
    ours, theirs = load_strategy(str(folder)), load_strategy(str(SOUND))
    assert (ours.name, ours.title, ours.version) == (
        "our_council",
        "Strategy of Our Council",
        "1.0",
    )
    assert ours.extends == (
        Extended(theirs.name, theirs.title, theirs.version, f"{folder.parent}/upstream"),
    )
    assert [rule.id for rule in ours.rules] == [rule.id for rule in theirs.rules]
    assert [rule.id for rule in ours.retired] == [rule.id for rule in theirs.retired]
    assert ours.parameters.keys() == theirs.parameters.keys()
    assert ours.model.owner_schema == theirs.model.owner_schema
    assert ours.digest != theirs.digest  # the name counts
    assert ours.rules[0].place.file == f"{folder.parent}/upstream/rules/dependence.yaml"
    # Nothing of its own is unused; what upstream leaves unused is not ours to mend.
    assert problems(folder) == []
    assert len(read_rule_cases(str(folder), ours)) == len(read_rule_cases(str(SOUND), theirs))


def test_what_is_tailored(write: Write) -> None:
    folder = write(
        """
        tailor:
          parameters:
            replacement_months_max: 9
            review_age_max: {value: P6M, means: Reviews come twice a year}
          severities: {DEP-01: medium}
          gates: {DEP-01: [renewing]}
          off:
            EXT-01: {because: We have no exits, on: 2026-03-01}
          not_mandatory:
            new: [parties.name]
        mandatory:
          established: [exit_plan.exists]
        parameters:
          homes_max: {value: 10, unit: count, means: Most homes}
        bank_holidays: [2026-01-02]
        """,
        our=RULE,
        facts=FACTS,
    )
    assert problems(folder) == []
    ours = load_strategy(str(folder))
    months, age = ours.parameters["replacement_months_max"], ours.parameters["review_age_max"]
    assert (months.value, months.unit, months.means) == (
        9,
        "months",
        "Longest time to replace a provider",
    )
    assert (age.value, age.means) == (Months(6), "Reviews come twice a year")
    rule = ours.rule("DEP-01")
    assert rule and (rule.severity, rule.gate) == ("medium", frozenset(["renewing"]))
    assert ours.off == {
        "EXT-01": SwitchedOff(
            "We have no exits", dt.date(2026, 3, 1), Place(f"{folder}/strategy.yaml", 12, 5)
        )
    }
    assert "EXT-01" not in [one.id for one in ours.rules]
    assert ours.rule("EXT-01") in ours.retired
    assert ours.mandatory["new"] == ("service.critical",)
    assert "exit_plan.exists" in ours.mandatory["established"]
    assert ours.holidays == {dt.date(2026, 1, 2)}
    assert "our.homes" in ours.model.facts
    assert ours.rule("EXT-50")
    # The cases of rules that work as before are kept; the others have to be written anew.
    kept = {case.rule for case in read_rule_cases(str(folder), ours)}
    assert kept.isdisjoint({"DEP-01", "EXT-01"})


@pytest.mark.parametrize(
    "more",
    [
        "tailor: {parameters: {replacement_months_max: 9}}",
        "tailor: {severities: {DEP-01: low}}",
        "tailor: {gates: {DEP-01: []}}",
        "tailor: {off: {EXT-01: {because: So, on: 2026-03-01}}}",
        "tailor: {not_mandatory: {new: [parties.name]}}",
        "bank_holidays: [2026-01-02]",
        "mandatory: {established: [exit_plan.exists]}",
    ],
)
def test_the_digest_is_of_what_comes_of_it(more: str, write: Write) -> None:
    before = load_strategy(str(write())).digest
    assert load_strategy(str(write(more))).digest != before
    upstream = write().parent / "upstream/strategy.yaml"
    with open(upstream, "a") as file:
        file.write("# a remark changes nothing\n")
    assert load_strategy(str(write())).digest == before


def test_a_reason_for_switching_off_is_part_of_the_content(write: Write) -> None:
    text = "tailor: {off: {EXT-01: {because: REASON, on: 2026-03-01}}}"
    first, second = (
        load_strategy(str(write(text.replace("REASON", reason)))).digest for reason in ("A", "B")
    )
    assert first != second


def test_a_change_upstream_is_seen_at_once(write: Write) -> None:
    folder = write()
    before = load_strategy(str(folder))
    again = load_strategy(str(folder))
    assert again == before or again.digest == before.digest
    upstream = folder.parent / "upstream/strategy.yaml"
    upstream.write_text(
        upstream.read_text().replace("value: 12, unit: months", "value: 11, unit: months")
    )
    after = load_strategy(str(folder))
    assert after.parameters["replacement_months_max"].value == 11
    assert after.source_digest != before.source_digest


def test_it_comes_from_the_cache_as_it_was(write: Write) -> None:
    folder = write("tailor: {off: {EXT-01: {because: So, on: 2026-03-01}}}")
    first, second = load_strategy(str(folder)), load_strategy(str(folder))
    assert first is not second
    for name in ("rules", "retired", "extends", "off", "tailored", "parameters", "digest"):
        assert getattr(first, name) == getattr(second, name)


def test_a_row_of_strategies(write: Write, tmp_path: Path) -> None:
    folder = write("tailor: {parameters: {replacement_months_max: 9}}")
    third = tmp_path / "third"
    third.mkdir()
    (third / "strategy.yaml").write_text(
        'strategy: third\ntitle: Third\nversion: "0.1"\nextends: ../ours\n'
        "tailor: {parameters: {replacement_months_max: 6, large_value: 1}}\n"
    )
    strategy = load_strategy(str(third))
    assert [one.name for one in strategy.extends] == ["our_council", "small_body"]
    assert strategy.parameters["replacement_months_max"].value == 6
    assert strategy.parameters["review_age_max"].place.file == f"{tmp_path}/upstream/strategy.yaml"
    assert load_strategy(str(third)).parameters == strategy.parameters
    assert load_strategy(str(folder)).parameters["replacement_months_max"].value == 9


BROKEN = {
    "extends: public_bodies": [
        "ours/strategy.yaml:4:10: there is no folder and no installed strategy `public_bodies`;"
        " name the folder that holds `strategy.yaml`; strategies known by name: `public_body`; a"
        " folder is named by its path from here, such as `../public_bodies` [strategy-missing]"
    ],
    "extends: ../nowhere": [
        "ours/strategy.yaml:4:10: the strategy to extend is not there: `../nowhere` is no folder,"
        " seen from here; write a name such as `public_body`, or a path such as `../our_strategy`"
        " [strategy-missing]"
    ],
    "extends: /etc": [
        "ours/strategy.yaml:4:10: `/etc` is neither the name of a strategy nor a path from here;"
        " write a name such as `public_body`, or a path such as `../our_strategy`"
        " [strategy-missing]"
    ],
    "extends: [public_body]": [
        "ours/strategy.yaml:4:10: `extends` must name one strategy, but it is a list; write a name"
        " such as `public_body`, or a path such as `../our_strategy` [field-type]"
    ],
    "extends: ./": [
        "ours/strategy.yaml:4:10: this strategy extends itself; name another strategy to extend"
        " [circle]"
    ],
    "extends: ../ours": [
        "ours/strategy.yaml:4:10: this strategy extends itself; name another strategy to extend"
        " [circle]"
    ],
}


@pytest.mark.parametrize("line", BROKEN)
def test_what_cannot_be_extended(line: str, write: Write) -> None:
    folder = write()
    header = folder / "strategy.yaml"
    header.write_text(header.read_text().replace("extends: ../upstream", line))
    assert problems(folder) == BROKEN[line]


def test_a_circle_of_two(write: Write) -> None:
    folder = write()
    upstream = folder.parent / "upstream/strategy.yaml"
    upstream.write_text(upstream.read_text() + "extends: ../ours\n")
    [problem] = problems(folder)
    line = len(upstream.read_text().splitlines())
    assert problem.startswith(
        f"upstream/strategy.yaml:{line}:10: these strategies extend each other in a circle: `"
    )
    assert problem.endswith("; name another strategy to extend [circle]")


def test_there_is_an_end_to_it(write: Write, tmp_path: Path) -> None:
    write()
    for number in range(1, 10):
        folder = tmp_path / f"s{number}"
        folder.mkdir()
        below = "../ours" if number == 1 else f"../s{number - 1}"
        text = HEADER.lstrip().replace("../upstream", below)
        (folder / "strategy.yaml").write_text(text)
    [problem] = problems(tmp_path / "s9")
    assert problem.endswith("more than 8 strategies extend one another [strategy-missing]")


TAILORED_WRONGLY = {
    "parameters: {replacement_month_max: 9}": [
        "5:23: `replacement_month_max` is no parameter of `small_body`; did"
        " you mean `replacement_months_max`? [tailor]"
    ],
    "parameters: {replacement_months_max: nine}": [
        "5:47: a parameter of unit `months` must be a number, but it is text; write a number, or"
        " one of the units `duration`, `date`, `text`, `list` [field-value]"
    ],
    "parameters: {replacement_months_max: }": [
        "5:23: the parameter `replacement_months_max` of `tailor` is blank; write its value, or"
        " take it out [field-missing]"
    ],
    "parameters: {replacement_months_max: {value: 9, unit: days}}": [
        "5:58: `unit` is not a field of the parameter `replacement_months_max`; its fields are"
        " value, means [field-unknown]"
    ],
    "severities: {DEP-09: low}": [
        "5:23: `DEP-09` is no rule of `small_body`; did you mean `DEP-02`? [tailor]"
    ],
    "severities: {DEP-01: lower}": [
        "5:31: `severity` cannot be `lower`; did you mean `low`? [field-value]"
    ],
    "gates: {DEP-01: [exiting]}": [
        "5:26: `gate` names `exiting`, which is not among the stages of the rule; the rule has"
        " `new`, `renewing` and `established` [stage]"
    ],
    "off: {EXT-01: no longer needed}": [
        "5:24: the entry `EXT-01` of `off` must say `because` and `on`, but it is text; write"
        " `{because: REASON, on: YYYY-MM-DD}`, the day since which it is off [field-type]"
    ],
    "off: {EXT-01: {because: So}}": [
        "5:16: the entry `EXT-01` of `off` lacks the field `on` [field-missing]"
    ],
    "off: {EXT-77: {because: So, on: 2026-01-01}}": [
        "5:16: `EXT-77` is no rule of `small_body`; leave it out, or look up what it"
        " is called now [tailor]"
    ],
    "not_mandatory: {new: [exit_plan.exists]}": [
        "5:32: `exit_plan.exists` is no mandatory fact at the stage `new` of `small_body`;"
        " leave it out, or look up what it is called now [tailor]"
    ],
    "rules: {DEP-01: low}": [
        "5:10: `rules` is not a field of `tailor`; its fields are parameters, severities, gates,"
        " off, not_mandatory [field-unknown]"
    ],
}


@pytest.mark.parametrize("text", TAILORED_WRONGLY)
def test_what_cannot_be_tailored(text: str, write: Write) -> None:
    folder = write(f"tailor: {{{text}}}\n")
    expected = [f"ours/strategy.yaml:{line}" for line in TAILORED_WRONGLY[text]]
    assert problems(folder) == expected


def test_a_rule_that_was_renamed_upstream(write: Write) -> None:
    folder = write("tailor: {severities: {DEP-08: low}}\n")
    rules = folder.parent / "upstream/rules/dependence.yaml"
    text = rules.read_text()
    assert "aliases: [" in text
    alias = text.split("aliases: [")[1].split("]")[0].split(",")[0].strip()
    folder = write(f"tailor: {{severities: {{{alias}: low}}}}\n")
    [problem] = problems(folder)
    assert f"`{alias}` is no rule of `small_body`; it is now called `" in problem


def test_what_is_there_already_cannot_be_added(write: Write) -> None:
    folder = write(
        """
        themes: {EXT: Leaving}
        parameters:
          large_value: {value: 1, unit: GBP, means: Something else}
        """,
        our="""
theme: Exit
definitions:
  single_provider: {means: Something else, is: exit_plan.exists}
rules:
  EXT-01:
    title: A rule with a number that is taken
    stages: [new]
    require: [exit_plan.exists]
    severity: low
    finding: "{title}"
    because: So.
""",
        facts="""
properties:
  exit_plan:
    properties:
      exists: {title: Exists, description: Is there one?, type: boolean}
""",
    )
    up = folder.parent / "upstream"
    codes = [line.rpartition(" ")[2] for line in problems(folder)]
    places = [line.partition(": ")[0] for line in problems(folder)]
    assert list(zip(places, codes, strict=True)) == [
        ("ours/facts.schema.yaml:4:7", "[name-clash]"),
        ("ours/rules/our.yaml:3:3", "[duplicate-id]"),
        ("ours/rules/our.yaml:5:3", "[duplicate-id]"),
        ("ours/strategy.yaml:5:10", "[name-clash]"),
        ("ours/strategy.yaml:7:3", "[name-clash]"),
    ]
    assert up.is_dir()


def test_a_rule_that_is_off_keeps_its_number(write: Write) -> None:
    folder = write(
        "tailor: {off: {EXT-01: {because: So, on: 2026-03-01}}}\n",
        our=RULE.replace("EXT-50", "EXT-01").replace("our.homes <= homes_max", "exit_plan.exists"),
    )
    [problem] = problems(folder)
    assert "there are two rules `EXT-01`, the first at upstream/rules/exit.yaml" in problem


def test_tailor_needs_something_to_tailor(tmp_path: Path) -> None:
    folder = shutil.copytree(SOUND, tmp_path / "alone")
    with open(folder / "strategy.yaml", "a") as file:
        file.write("tailor: {severities: {DEP-01: low}}\n")
    [problem] = problems(folder)
    assert "`tailor` changes a strategy that this one extends, and it extends none" in problem


def test_the_word_in_a_comment_extends_nothing(tmp_path: Path) -> None:
    folder = shutil.copytree(SOUND, tmp_path / "alone")
    with open(folder / "strategy.yaml", "a") as file:
        file.write("# extends: nothing\n")
    assert load_strategy(str(folder)).extends == ()
    (folder / "facts.schema.yaml").unlink()
    [problem] = problems(folder)
    assert problem == "alone/facts.schema.yaml: the strategy lacks this file [strategy-missing]"


def test_a_header_that_cannot_be_read(write: Write) -> None:
    folder = write("tailor: {parameters: [\n")
    [problem] = problems(folder)
    assert problem.startswith("ours/strategy.yaml:6:1: ") and problem.endswith("[syntax]")


# packages


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages, with one that offers a strategy."""
    site = tmp_path / "site"
    package = site / "our_package"
    package.mkdir(parents=True)
    # It would not do to run this for looking up a folder.
    (package / "__init__.py").write_text("raise SystemExit('imported')\n")
    shutil.copytree(SOUND, package / "strategies" / "small")
    info = site / "our_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: our-package\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[accordance.strategies]\n"
        "small = our_package:strategies.small\n"
        "gone = our_package:strategies.gone\n"
        "public_body = our_package:strategies.small\n"
    )
    monkeypatch.syspath_prepend(str(site))
    return site


def test_an_installed_package_offers_a_strategy(site: Path, write: Write) -> None:
    strategy = load_strategy("small")
    assert strategy.name == "small_body"
    assert strategy.rules[0].place.file == "our_package/strategies/small/rules/dependence.yaml"
    folder = write()
    header = folder / "strategy.yaml"
    header.write_text(header.read_text().replace("../upstream", "small"))
    assert [one.folder for one in load_strategy(str(folder)).extends] == [
        "our_package/strategies/small"
    ]


def test_the_shipped_strategy_cannot_be_replaced(site: Path) -> None:
    assert load_strategy("public_body").title == load_strategy().title


def test_a_package_that_has_not_what_it_offers(site: Path) -> None:
    with pytest.raises(Refused) as refused:
        load_strategy("gone")
    assert str(refused.value) == (
        "gone: the installed package says that it lies in `our_package:strategies.gone`, but it"
        " does not; install the package again, or ask who keeps it [strategy-missing]"
    )


def test_a_folder_comes_before_a_name(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SOUND, tmp_path / "small")
    monkeypatch.chdir(tmp_path)
    assert load_strategy("small").folder == "small"


def test_no_name_is_looked_up_for_the_shipped_strategy() -> None:
    code = (
        "import sys; from accordance.strategy.reading import load_strategy; load_strategy();"
        " load_strategy(); print('importlib.metadata' in sys.modules)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == "False\n"


def test_rules_over_the_portfolio_are_tailored_like_others(tmp_path: Path) -> None:
    shipped = load_strategy()
    first, second = shipped.portfolio[:2]
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "strategy.yaml").write_text(
        'strategy: ours\ntitle: Ours\nversion: "1.0"\nextends: public_body\ntailor:\n'
        f"  severities: {{{first.id}: advisory}}\n"
        f"  off: {{{second.id}: {{because: So, on: 2026-03-01}}}}\n"
    )
    ours = load_strategy(str(folder))
    assert [rule.id for rule in ours.portfolio] == [
        rule.id for rule in shipped.portfolio if rule is not second
    ]
    assert ours.portfolio[0].severity == "advisory"
    assert load_strategy(str(folder)).portfolio == ours.portfolio  # from the cache
