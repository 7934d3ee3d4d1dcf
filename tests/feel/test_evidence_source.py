"""The evidence of expressions, by closures and from source: what each rests on, in full."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accordance.feel.codes import Evidence, new_frame
from accordance.feel.compiling import Names, compile_expression
from accordance.feel.evidence_source import EvidenceWriter
from accordance.feel.generating import Generator
from accordance.feel.parsing import parse
from accordance.feel.types import BOOLEAN, DATE, NUMBER, TEXT, ContextType, ListType
from accordance.feel.values import NONE, Value

PARTY = ContextType(
    fields={
        "name": TEXT,
        "agrees": BOOLEAN,
        "share": NUMBER,
        "skills": ContextType(fields={"level": NUMBER, "plan": BOOLEAN}),
    }
)
MODEL = ContextType(
    fields={
        "owner": TEXT,
        "reviewed_on": DATE,
        "value": ContextType(fields={"now": NUMBER, "then": NUMBER}),
        "triggers": ListType(item=TEXT),
        "parties": ListType(item=PARTY),
    }
)
TODAY = dt.date(2026, 1, 31)
A: dict[str, Value] = {"name": "A", "agrees": True, "share": 1, "skills": {"level": 2}}
B: dict[str, Value] = {"name": "B", "agrees": False, "skills": {"plan": True}}
C: dict[str, Value] = {"name": "C"}


@pytest.mark.parametrize(
    ("expression", "facts", "rests_on", "missing", "reasons"),
    [
        # facts and comparisons
        ("value.now > 3", {"value": {"now": 4}}, ["value.now"], [], []),
        ("value.now > 3", {}, [], ["value.now"], []),
        ("value.now / value.then > 3", {"value": {"now": 4}}, ["value.now"], ["value.then"], []),
        (
            "value.now / value.then > 3",
            {"value": {"now": 4, "then": 0}},
            ["value.now", "value.then"],
            [],
            ["division by zero"],
        ),
        # the deciding parts of connectives, also inside one another
        (
            "value.now > 3 or not(value.then > 3) or owner = null",
            {"value": {"now": 4, "then": 1}},
            ["value.now", "value.then"],
            [],
            [],
        ),
        (
            "value.now > 3 and (value.then > 3 or owner = null)",
            {"value": {"now": 4, "then": 1}},
            [],
            ["owner"],
            [],
        ),
        # functions without a result
        (
            'not(contains(owner, "e"))',
            {"owner": NONE},
            ["owner"],
            [],
            ["`contains` has no result for these values"],
        ),
        ('list contains(triggers, "loss")', {}, [], ["triggers"], []),
        # what is missing in a list, or beyond a loop, is the reason, not the function
        (
            "count(distinct values(parties[agrees].name)) = 1",
            {"parties": [A, C]},
            ["parties[1].agrees", "parties[1].name", "parties[2].name"],
            ["parties[2].agrees"],
            [],
        ),
        (
            "some list in [parties] satisfies count(distinct values(list.name)) = 1",
            {},
            [],
            ["parties"],
            [],
        ),
        (
            'sum(duration("P30D") / duration("P0D"), 1) < 1',
            {},
            [],
            [],
            ["`/` has no meaning for a days duration"],
        ),
        # a reason does not hang on what else is missing
        (
            'has value(reviewed_on) and contains(parties.name[1], "e")',
            {"parties": []},
            ["parties"],
            ["reviewed_on"],
            ["there is no item at this position"],
        ),
        # loops: the items that decide
        (
            "every p in parties satisfies p.agrees",
            {"parties": [A, B, C]},
            ["parties[2].agrees"],
            [],
            [],
        ),
        (
            "some p in parties satisfies p.agrees and p.share > 2",
            {"parties": [A, C]},
            [],
            ["parties[2].agrees", "parties[2].share"],
            [],
        ),
        (
            "every p in parties satisfies has value(p.skills.level) or p.skills.plan",
            {"parties": [A, B]},
            ["parties[1].skills.level", "parties[2].skills.plan"],
            [],
            [],
        ),
        ("every p in parties satisfies p.agrees", {"parties": []}, ["parties"], [], []),
        ("every p in parties satisfies p.agrees", {}, [], ["parties"], []),
        (
            "count(parties[agrees]) >= 1",
            {"parties": [A, B]},
            ["parties[1].agrees", "parties[2].agrees"],
            [],
            [],
        ),
        (
            "every name in parties[agrees].name satisfies list contains(triggers, name)",
            {"parties": [A, C], "triggers": ["A"]},
            ["parties[1].agrees", "parties[1].name", "parties[2].name", "triggers"],
            ["parties[2].agrees"],
            [],
        ),
        # a loop inside another over the same list: each fact once, in the order it is first read
        (
            "every t in triggers satisfies count(parties[name = t]) = 1",
            {"parties": [A, B], "triggers": ["A", "B"]},
            ["triggers", "parties[1].name", "parties[2].name"],
            [],
            [],
        ),
        (
            "every t in triggers satisfies some p in parties satisfies p.name = t and p.share = 1",
            {"parties": [B, A], "triggers": ["A"]},
            ["triggers", "parties[2].name", "parties[2].share"],
            [],
            [],
        ),
        (
            "every t in triggers satisfies count(parties[name = t and agrees]) < 2",
            {"parties": [A, B], "triggers": ["A", "B"]},
            [
                "triggers",
                "parties[1].name",
                "parties[1].agrees",
                "parties[2].name",
                "parties[2].agrees",
            ],
            [],
            [],
        ),
        (
            "every t in triggers satisfies some p in parties satisfies p.name = t",
            {"parties": [A, {"agrees": True}], "triggers": ["A", "B"]},
            ["triggers"],
            ["parties[2].name"],
            [],
        ),
    ],
)
def test_evidence(
    expression: str,
    facts: dict[str, Any],
    rests_on: list[str],
    missing: list[str],
    reasons: list[str],
) -> None:
    names = Names(facts=MODEL)
    closures = compile_expression(parse(expression), names)
    generator = Generator(names)
    generated = EvidenceWriter(generator).function(generator.compile(parse(expression), None))
    paths = {id(item): f"parties[{n}]" for n, item in enumerate(facts.get("parties", ()), 1)}
    state = closures.value(new_frame(facts, TODAY))
    for gather, found in (
        (closures.evidence, Evidence()),
        (generated, Evidence()),
        (generated, Evidence(state)),
    ):
        gather(new_frame(facts, TODAY, paths=paths), found)
        assert [list(found.facts), list(found.missing), list(found.reasons)] == [
            rests_on,
            missing,
            reasons,
        ]


def test_evidence_of_several_cases_in_one() -> None:
    generator = Generator(Names(facts=MODEL))
    expression = "every t in triggers satisfies count(parties[name = t]) < 2"
    gather = EvidenceWriter(generator).function(generator.compile(parse(expression), None))
    found = Evidence()
    for number, party in enumerate((A, B), start=1):
        facts = {"parties": [party], "triggers": ["A", "C"]}
        gather(new_frame(facts, TODAY, paths={id(party): f"case{number}"}), found)
    assert list(found.facts) == ["triggers", "case1.name", "case2.name"]
