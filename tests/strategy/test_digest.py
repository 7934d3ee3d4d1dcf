"""The digest of a strategy: the same for the same content, another for any other."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accordance.source.reading import read
from accordance.source.tree import Located, Mapping, Scalar, Sequence
from accordance.strategy.reading import load_strategy

SOUND = Path(__file__).parent / "sound"
FILES = ("strategy.yaml", "facts.schema.yaml", *(f"rules/{p.name}" for p in SOUND.glob("rules/*")))


def digest(folder: Path) -> str:
    return load_strategy(str(folder), cache=False).digest


@pytest.fixture(scope="module")
def known() -> str:
    return digest(SOUND)


def rewritten(node: Located, order: random.Random, *, name: str = "") -> str:
    """The same content in flow style, with the fields in another order."""
    if isinstance(node, Scalar):
        return json.dumps(node.value) if isinstance(node.value, str) else node.text
    if isinstance(node, Sequence):
        return f"[{', '.join(rewritten(item, order) for item in node.items)}]"
    assert isinstance(node, Mapping)
    entries = list(node.entries.items())
    # The order of the themes is the order of results: it means something.
    if name != "themes":
        order.shuffle(entries)
    parts = (f"{json.dumps(key)}: {rewritten(one, order, name=key)}" for key, one in entries)
    return "{" + ",\n ".join(parts) + "}"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_the_order_of_fields_and_the_style_of_yaml_do_not_matter(order: random.Random) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "again"
        shutil.copytree(SOUND, folder)
        for file in FILES:
            tree = read(str(SOUND / file))
            (folder / file).write_text(rewritten(tree, order))
        assert digest(folder) == digest(SOUND)


def edited(folder: Path, file: str, old: str, new: str) -> Path:
    text = (folder / file).read_text()
    assert text.count(old) >= 1, old
    (folder / file).write_text(text.replace(old, new, 1))
    return folder


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("strategy.yaml", "# A small", "# A very small"),
        ("strategy.yaml", "bank_holidays:", "\n\n# when offices are closed\nbank_holidays:"),
        ("strategy.yaml", "value: 500000.50", "value: 500000.5"),
        ("strategy.yaml", "value: 12,", "value: 12.0,"),
        ("strategy.yaml", "[2026-01-01, 2026-04-03]", "[2026-04-03, 2026-01-01]"),
        ("strategy.yaml", "minute: Minute 12", "minute: Minute 13"),
        ("strategy.yaml", "P12M", "P1Y"),
        ("strategy.yaml", "b.gate,", "(b.gate) ,"),
        (
            "rules/dependence.yaml",
            "provider_count = 1 or slow_to_replace",
            "provider_count=1  or (slow_to_replace)",
        ),
        (
            "rules/dependence.yaml",
            "because: Suppliers can fail and",
            "because: >-\n      Suppliers can fail\n      and",
        ),
        (
            "rules/dependence.yaml",
            "title: Private partners are few",
            "title: 'Private  partners are few'",
        ),
        ("rules/dependence.yaml", "stages: [established, new]", "stages: [new, established]"),
        ("rules/dependence.yaml", "stages: [new, established]", "stages: [established, new]"),
    ],
)
def test_how_it_is_written_does_not_matter(
    file: str, old: str, new: str, sound: Path, known: str
) -> None:
    assert digest(edited(sound, file, old, new)) == known


def test_the_spread_over_files_does_not_matter(sound: Path, known: str) -> None:
    rules = sound / "rules"
    text = (rules / "dependence.yaml").read_text()
    start, end = text.index("definitions:"), text.index("rules:")
    (rules / "words.yaml").write_text(text[start:end])
    (rules / "dependence.yaml").write_text(text[:start] + text[end:])
    assert digest(sound) == known


def test_cases_of_rules_do_not_matter(sound: Path, known: str) -> None:
    shutil.rmtree(sound / "tests")
    assert digest(sound) == known


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("strategy.yaml", "strategy: small_body", "strategy: other_body"),
        ("strategy.yaml", "of a small body", "of another body"),
        ("strategy.yaml", '"1.2"', '"1.2.1"'),
        ("strategy.yaml", "  DEP: Dependence\n  EXT: Exit\n", "  EXT: Exit\n  DEP: Dependence\n"),
        ("strategy.yaml", "value: 12,", "value: 13,"),
        ("strategy.yaml", "unit: GBP", "unit: EUR"),
        ("strategy.yaml", "Longest time between", "Longest wait between"),
        ("strategy.yaml", "[performance, divergence]", "[divergence, performance]"),
        ("strategy.yaml", "exiting: [exit_plan.exists]", "exiting: [exit_plan.reviewed_on]"),
        ("strategy.yaml", "[Full Council, Cabinet]", "[Cabinet]"),
        ("strategy.yaml", "longest: P6M", "longest: P180D"),
        ("strategy.yaml", "stages: [new, renewing]", "stages: [new]"),
        ("strategy.yaml", "count(gaps) > 0", "count(gaps) > 1"),
        ("strategy.yaml", "A gate is broken", "A gate was broken"),
        ("strategy.yaml", "2026-04-03", "2026-04-06"),
        ("facts.schema.yaml", "How many providers?", "How many?"),
        ("facts.schema.yaml", "minimum: 0", "minimum: 1"),
        ("rules/dependence.yaml", "over a year", "over two years"),
        ("rules/dependence.yaml", "provider_count = 1 or", "provider_count = 2 or"),
        ("rules/dependence.yaml", "A single provider has", "A sole provider has"),
        ("rules/dependence.yaml", "when: single_provider", "when: slow_to_replace"),
        ("rules/dependence.yaml", "unmet: no fallback", "unmet: no replacement"),
        ("rules/dependence.yaml", "severity: medium", "severity: low"),
        ("rules/dependence.yaml", "critical: service.critical", "critical: exit_plan.exists"),
        ("rules/dependence.yaml", "gate: [new, renewing]", "gate: [new]"),
        ("rules/dependence.yaml", "and {unmet}.", "as {unmet}."),
        ("rules/dependence.yaml", "do: Write", "do: Draft"),
        ("rules/dependence.yaml", "owner: Contract owner", "owner: Head of service"),
        ("rules/dependence.yaml", "else: 30 days", "established: 30 days"),
        ("rules/dependence.yaml", "by the joint board", "by the board"),
        ("rules/dependence.yaml", "in limbo", "in trouble"),
        ("rules/dependence.yaml", "serve themselves", "help themselves"),
        ("rules/dependence.yaml", "Two are two", "Two are few"),
        ("rules/dependence.yaml", "seed R3", "seed R4"),
        ("rules/dependence.yaml", 'since: "1.0"', 'since: "1.1"'),
        ("rules/dependence.yaml", 'until: "1.2"', 'until: "1.3"'),
        ("rules/dependence.yaml", "from: 2011-04-05", "from: 2011-04-06"),
        ("rules/dependence.yaml", "[scotland]", "[england]"),
        ("rules/dependence.yaml", "[DEP-91]", "[DEP-92]"),
        ("rules/dependence.yaml", "[supply]", "[supply, exit]"),
        ("rules/dependence.yaml", "DEP-02:", "DEP-03:"),
        ("rules/exit.yaml", "It was so in the first version", "So it was in the first version"),
    ],
)
def test_what_it_says_does_matter(file: str, old: str, new: str, sound: Path, known: str) -> None:
    assert digest(edited(sound, file, old, new)) != known


def test_the_digest_is_fixed_for_good(known: str) -> None:
    """An approval names this digest: a program that computes another makes every strategy a draft.

    Where the canonical content has to change, its format number goes up with it.
    """
    assert known == "sha256:65f50071c3b83755c3566bcd957b42d39a93af995037abfbc192e95e7af86dbb"
