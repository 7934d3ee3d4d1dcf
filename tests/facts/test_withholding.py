from __future__ import annotations

import pytest

from accordance.facts.model_reading import read_model
from accordance.facts.withholding import Withheld, without_sensitive
from accordance.problem import Refused
from accordance.source.reading import read
from tests.facts import small

PARTLY = """\
organisation: The council
plan: {owner: Treasurer, months: 4, costs: {planned: 4, spent: 5}}
parties: [{name: Acme, share: 0.5, checks: [{done_on: 2024-01-01}]}]
"""


def marked(schema: str, *lines: tuple[str, str]) -> str:
    """The small fact model with `x-sensitivity: secret` added after each `line`."""
    for line, indent in lines:
        assert schema.count(line) == 1, line
        schema = schema.replace(line, f"{line}\n{indent}x-sensitivity: secret")
    return schema


def test_a_sensitive_fact_becomes_unknown() -> None:
    case = small.case(PARTLY)
    public, withheld = without_sensitive(case)
    assert withheld == (Withheld("plan.owner", "personal"),)
    assert case.facts["plan"]["owner"] == "Treasurer"
    assert public.facts == case.facts | {
        "plan": {name: fact for name, fact in case.facts["plan"].items() if name != "owner"}
    }
    assert public.derived == case.derived
    assert public.digest != case.digest
    assert public.digest == small.case(PARTLY.replace("owner: Treasurer, ", "")).digest


def test_items_of_lists_keep_their_paths() -> None:
    public, _ = without_sensitive(small.case(PARTLY))
    party = public.facts["parties"][0]
    assert public.paths[id(party)] == "parties[1]"
    assert public.paths[id(party["checks"][0])] == "parties[1].checks[1]"


def test_a_list_or_group_is_withheld_as_a_whole_with_what_follows_from_it() -> None:
    schema = marked(small.SCHEMA, ("      costs:", "        "), ("    title: Parties", "    "))
    model = read_model(read(data=schema.encode(), name="facts.schema.yaml"))
    assert model.facts["plan.costs.planned"].sensitivity == "secret"
    assert model.facts["parties.checks.done"].sensitivity == "secret"
    from accordance.facts.reading import load_case

    case = load_case(model, data=(small.HEAD + PARTLY).encode(), name="c.yaml")
    public, withheld = without_sensitive(case)
    assert withheld == (
        Withheld("plan.owner", "personal"),
        Withheld("plan.costs", "secret"),
        Withheld("parties", "secret"),
    )
    assert public.facts == {
        "id": "C-1",
        "title": "The partnership",
        "stage": "new",
        "organisation": "The council",
        "plan": {"months": 4},
    }
    assert public.derived == {}


def test_a_sensitive_fact_is_not_derived_from_public_ones() -> None:
    schema = small.SCHEMA.replace("x-unit: ratio, x-derive", "x-sensitivity: secret, x-derive")
    model = read_model(read(data=schema.encode(), name="facts.schema.yaml"))
    from accordance.facts.reading import load_case

    case = load_case(model, data=(small.HEAD + PARTLY).encode(), name="c.yaml")
    assert set(case.derived) == {"plan.costs.ratio", "plan.costs.over"}
    public, withheld = without_sensitive(case)
    assert Withheld("plan.costs.ratio", "secret") in withheld
    assert public.facts["plan"]["costs"] == {"planned": 4, "spent": 5}


@pytest.mark.parametrize("name", ["id", "title", "stage", "as_of"])
def test_what_every_report_names_cannot_be_sensitive(name: str) -> None:
    line = next(line for line in small.SCHEMA.splitlines() if line.startswith(f"  {name}: {{"))
    schema = small.SCHEMA.replace(line, line[:-1] + ", x-sensitivity: secret}")
    with pytest.raises(Refused, match=f"`{name}` cannot be withheld"):
        read_model(read(data=schema.encode(), name="facts.schema.yaml"))
