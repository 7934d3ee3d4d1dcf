"""What can be told of a compiled expression from its form."""

from __future__ import annotations

from typing import Any

import pytest

from accordance.feel.codes import Code, Evidence, deciding_fact, fact_needed, new_frame
from accordance.feel.compiling import Names, compile_expression
from accordance.feel.parsing import parse
from accordance.feel.types import BOOLEAN, NUMBER, TEXT, ContextType, ListType
from accordance.feel.values import NONE, UNKNOWN, Value

PARTY = ContextType(fields={"name": TEXT, "agrees": BOOLEAN})
MODEL = ContextType(
    fields={
        "owner": TEXT,
        "value": ContextType(fields={"now": NUMBER, "then": NUMBER}),
        "parties": ListType(item=PARTY),
    }
)
NAMES = Names(facts=MODEL, definitions={"agreeing": ListType(item=PARTY)})
DEFINITIONS = {"agreeing": compile_expression(parse("parties[agrees]"), NAMES)}


def compiled(expression: str) -> Code:
    return compile_expression(parse(expression), NAMES)


@pytest.mark.parametrize(
    ("expression", "deciding", "needed"),
    [
        ("owner", "owner", "owner"),
        ("value.now > 3", "value.now", "value.now"),
        ("has value(parties)", "parties", "parties"),
        ('owner in ("a", "b")', "owner", "owner"),
        # They may be unknown although the fact is known.
        ("value.now between 1 and 3", None, "value.now"),
        ('parties.name[1] = "a"', None, None),
        ("count(parties) > 1", None, "parties"),
        ("every p in parties satisfies p.agrees", None, "parties"),
        ("every p in agreeing satisfies has value(p.name)", None, "parties"),
        ('list contains(parties[agrees].name, "a")', None, "parties"),
        # They lack more than one.
        ("value.now > value.then", None, None),
        ("value.now / value.then > 3", None, None),
        ("value.now > 3 or value.then > 3", None, None),
        ("sum(value.now, value.then) > 3", None, None),
    ],
)
def test_what_a_fact_decides(expression: str, deciding: str | None, needed: str | None) -> None:
    code = compiled(expression)
    fact = fact_needed(code, DEFINITIONS)
    path = None if fact is None else ".".join(fact.names or ())
    assert (deciding_fact(code), path) == (deciding, needed)
    if needed is not None:
        value, missing = stated(code, {})
        assert (value, missing) == (UNKNOWN, [needed])
    if deciding is not None:
        for given in (NONE, 3, "a", []):
            facts: dict[str, Any] = {}
            group, _, name = deciding.rpartition(".")
            (facts.setdefault(group, {}) if group else facts)[name] = given
            if given is NONE or isinstance(given, kind_of_fact(deciding)):
                assert stated(code, facts)[1] == []


def kind_of_fact(path: str) -> type:
    return {"owner": str, "value.now": int, "parties": list}[path]


def stated(code: Code, facts: dict[str, Any]) -> tuple[Value, list[str]]:
    """The value of an expression, and the facts that are missing for it."""
    defined: dict[str, Value] = {}
    frame = new_frame(facts, defined=defined, codes=DEFINITIONS)
    defined["agreeing"] = DEFINITIONS["agreeing"].value(frame)
    found = Evidence()
    code.evidence(frame, found)
    return code.value(frame), list(found.missing)
