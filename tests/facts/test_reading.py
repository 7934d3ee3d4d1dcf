"""Fact files become cases."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accordance.facts.model_reading import read_model
from accordance.facts.reading import load_case, read_case
from accordance.feel.values import NONE
from accordance.problem import Refused
from accordance.source.reading import read
from tests.facts.small import HEAD, case, model, stated

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = ROOT.parent / "shared" / "domain"
SCHEMAS = [
    path
    for path in (
        ROOT / "strategy_rules" / "public_body" / "facts.schema.yaml",
        DOMAIN / "facts.schema.yaml",
    )
    if path.exists()
]
FACT_FILES = sorted([*DOMAIN.rglob("*.facts.yaml"), *(ROOT / "cases").rglob("*.facts.yaml")])


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("", {}),
        ("organisation: Northborough Council", {"organisation": "Northborough Council"}),
        ("as_of: 2026-01-31", {"as_of": dt.date(2026, 1, 31)}),
        ("as_of: '2024-02-29'", {"as_of": dt.date(2024, 2, 29)}),
        ("forms: [alliance]", {"forms": ["alliance"]}),
        ("forms: []", {"forms": []}),
        # blank is unknown, wherever it stands
        ("forms:\nplan:\nparties: ~\nregime: null", {}),
        ("plan: {}", {}),
        ("plan: {exists: , costs: {planned: }}", {}),
        ("parties: [{name: A, share: }]", {"parties": [{"name": "A"}]}),
        # none
        ("plan: {reviewed_on: none, owner: none}", {"plan": {"reviewed_on": NONE, "owner": NONE}}),
        ("plan: {owner: 'none'}", {"plan": {"owner": NONE}}),
        ("rating: none", {"rating": NONE}),
        ("code: none", {"code": NONE}),
        ("regime: none", {"regime": "none"}),
        ("regime: unknown", {"regime": "unknown"}),
        ("plan: {owner: None of the above}", {"plan": {"owner": "None of the above"}}),
        # numbers
        ("plan: {months: 12}", {"plan": {"months": 12}}),
        ("plan: {months: 12.0}", {"plan": {"months": 12}}),
        (
            "parties: [{name: A, share: 0.35}]",
            {"parties": [{"name": "A", "share": Fraction(7, 20)}]},
        ),
        ("parties: [{name: A, share: 1.0}]", {"parties": [{"name": "A", "share": 1}]}),
        (
            "plan: {costs: {planned: 999999999999999999.999999}}",
            {"plan": {"costs": {"planned": Fraction(999999999999999999999999, 10**6)}}},
        ),
        ("plan: {costs: {planned: -3}}", {"plan": {"costs": {"planned": -3}}}),
        ("plan: {exists: true}", {"plan": {"exists": True}}),
        ("notes: [&n x, *n]\nforms: []", {"notes": ["x", "x"], "forms": []}),
        (
            "parties: [&p {name: A, checks: []}, *p]",
            {"parties": [{"name": "A", "checks": []}, {"name": "A", "checks": []}]},
        ),
    ],
)
def test_facts(text: str, facts: dict[str, Any]) -> None:
    assert repr(stated(text)) == repr(facts)


def test_a_case_knows_itself() -> None:
    found = case(
        "as_of: 2026-01-31\n"
        "plan:\n"
        "  exists: true\n"
        "  owner: >\n"
        "    The board\n"
        "parties:\n"
        "- name: A\n"
        "- name: B\n"
        "  checks:\n"
        "  - done_on: none\n"
    )
    assert (found.id, found.title, found.stage) == ("C-1", "The partnership", "new")
    assert (found.as_of, found.source) == (dt.date(2026, 1, 31), "c.yaml")
    assert {path: str(place) for path, place in found.places.items()} == {
        "id": "c.yaml:1:1",
        "title": "c.yaml:2:1",
        "stage": "c.yaml:3:1",
        "as_of": "c.yaml:4:1",
        "plan": "c.yaml:5:1",
        "plan.exists": "c.yaml:6:3",
        "plan.owner": "c.yaml:7:3",
        "parties": "c.yaml:9:1",
        "parties[1]": "c.yaml:10:3",
        "parties[1].name": "c.yaml:10:3",
        "parties[2]": "c.yaml:11:3",
        "parties[2].name": "c.yaml:11:3",
        "parties[2].checks": "c.yaml:12:3",
        "parties[2].checks[1]": "c.yaml:13:5",
        "parties[2].checks[1].done_on": "c.yaml:13:5",
    }
    first, second = found.facts["parties"]
    assert {found.paths[id(item)] for item in (first, second, second["checks"][0])} == {
        "parties[1]",
        "parties[2]",
        "parties[2].checks[1]",
    }


def test_yaml_and_json_say_the_same() -> None:
    facts = {
        "id": "C-1",
        "title": "The partnership",
        "stage": "new",
        "plan": {"reviewed_on": "none", "months": 3, "exists": None},
        "parties": [{"name": "A", "share": 0.25}],
    }
    from_json = load_case(model(), data=json.dumps(facts).encode(), name="c.json")
    from_yaml = case("plan: {reviewed_on: none, months: 3}\nparties: [{name: A, share: 0.25}]")
    assert from_json.facts == from_yaml.facts
    assert from_json.digest == from_yaml.digest


def test_what_reports_call_the_file() -> None:
    located = read(data=HEAD.encode(), name="standard input")
    assert read_case(located, model()).source == "standard input"
    assert read_case(located, model(), source="cases/c.yaml").source == "cases/c.yaml"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "f:1:1: the file holds a list, not the facts of one partnership"),
        ("text", "f:1:1: the file holds text, not the facts of one partnership"),
        ("3", "f:1:1: the file holds a number, not the facts of one partnership"),
        ("", "f:1:1: the file is empty"),
        ("{}", "f:1:1: `id`, `title` and `stage` are not stated; a fact file needs them"),
        ("id: a\nstage:\ntitle: b", "f:1:1: `stage` is not stated; a fact file needs it"),
    ],
)
def test_files_that_hold_no_facts(text: str, message: str) -> None:
    with pytest.raises(Refused) as caught:
        load_case(model(), data=text.encode(), name="f")
    assert len(caught.value.problems) == 1
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: path.parent.name)
def test_every_known_fact_file_fits(schema: Path) -> None:
    facts_model = read_model(read(str(schema)))
    assert len(facts_model.facts) > 300
    for file in FACT_FILES:
        if schema == SCHEMAS[0] or DOMAIN in file.parents:
            assert load_case(facts_model, str(file)).id


def test_a_good_file_needs_neither_jsonschema_nor_the_parser(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(json.dumps(model().to_json()))
    (tmp_path / "c.yaml").write_text(HEAD + "plan: {costs: {planned: 4, spent: 6}}")
    program = (
        "import json, sys\n"
        "from accordance.facts.model import FactModel\n"
        "from accordance.facts.reading import load_case\n"
        "model = FactModel.from_json(json.load(open('model.json')))\n"
        "assert load_case(model, 'c.yaml').facts['plan']['costs']['over'] is True\n"
        "slow = {'jsonschema', 'lark', 'difflib'} & set(sys.modules)\n"
        "assert not slow, slow\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=True)


@settings(deadline=None)
@given(st.text(alphabet="idtlesagn: \n-[]{},'\"&*0.#|>~!?", max_size=80))
def test_any_text_becomes_a_case_or_is_refused_in_printable_words(text: str) -> None:
    for data in (text, HEAD + text):
        try:
            assert load_case(model(), data=data.encode(), name="c.yaml").id
        except Refused as refused:
            assert refused.problems
            assert all(str(problem).isprintable() for problem in refused.problems)
