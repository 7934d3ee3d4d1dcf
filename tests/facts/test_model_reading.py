"""The fact model's own file: its profile of JSON Schema, and what is refused."""

from __future__ import annotations

import json

import pytest

from accordance.facts.model import Fact, FactModel
from accordance.facts.model_reading import read_model
from accordance.feel.parsing import parse
from accordance.feel.types import BOOLEAN, DATE, ContextType, ListType, NumberType, TextType
from accordance.problem import Refused
from accordance.source.reading import read
from tests.facts.small import SCHEMA, model

WHOLE = """\
type: object
additionalProperties: false
required: [id, title, stage]
properties:
  id: {type: string}
  title: {type: string}
  stage: {type: string, enum: [new]}
  as_of: {type: string, format: date}
"""


def refusals(text: str) -> list[str]:
    with pytest.raises(Refused) as caught:
        read_model(read(data=text.encode(), name="m.yaml"))
    return [str(problem) for problem in caught.value.problems]


def test_what_a_fact_is() -> None:
    facts = model().facts
    assert facts["plan.exists"] == Fact(
        path="plan.exists",
        title="plan.exists",
        question="",
        type=BOOLEAN,
        needed_at=("new",),
        themes=("EXT",),
    )
    assert facts["plan.costs.ratio"] == Fact(
        path="plan.costs.ratio",
        title="plan.costs.ratio",
        question="",
        type=NumberType(unit="ratio"),
        unit="ratio",
        derive="plan.costs.spent / plan.costs.planned",
        derivation=parse("plan.costs.spent / plan.costs.planned"),
    )
    assert facts["id"].question == "Which reference?"
    assert facts["plan.owner"].sensitivity == "personal"
    assert facts["forms"].values == ("alliance", "framework")
    assert [path for path in facts if path.startswith("parties")] == [
        "parties",
        "parties.name",
        "parties.share",
        "parties.margin",
        "parties.ourselves",
        "parties.signed_on",
        "parties.signed",
        "parties.checks",
        "parties.checks.done_on",
        "parties.checks.done",
    ]
    assert list(model().groups) == ["plan", "plan.costs"]


def test_which_facts_may_be_none() -> None:
    assert [path for path, fact in model().facts.items() if fact.may_be_none] == [
        "rating",
        "code",
        "reference",
        "plan.reviewed_on",
        "plan.owner",
        "parties.name",
        "parties.signed_on",
        "parties.checks.done_on",
        "exceptions.rule",
        "exceptions.reason",
        "exceptions.approver",
        "exceptions.approved_on",
        "exceptions.expires",
    ]


def test_the_types_that_expressions_see() -> None:
    fields = model().type.fields
    plan, parties = fields["plan"], fields["parties"]
    assert isinstance(plan, ContextType) and isinstance(parties, ListType)
    assert isinstance(parties.item, ContextType)
    assert fields["as_of"] == DATE
    assert fields["rating"] == TextType(values=("strong", "weak"))
    assert fields["forms"] == ListType(item=TextType(values=("alliance", "framework")))
    assert plan.fields["months"] == NumberType(low=0, whole=True, unit="months")
    assert parties.item.fields["share"] == NumberType(low=0, high=1, unit="ratio")


def test_the_schema_for_files_admits_none_where_facts_may_be_none() -> None:
    properties = model().schema["properties"]
    assert properties["rating"]["enum"] == ["strong", "weak", "none"]
    assert properties["regime"]["enum"] == ["act", "none", "unknown"]
    assert properties["stage"]["enum"] == ["new", "renewing", "established", "exiting"]
    assert properties["forms"]["items"]["enum"] == ["alliance", "framework"]
    assert properties["code"] == {
        "type": "string",
        "anyOf": [{"pattern": "^[A-Z]{2}", "maxLength": 4}, {"const": "none"}],
    }
    assert properties["title"] == {"type": "string", "minLength": 1}
    assert model().owner_schema["properties"]["rating"]["enum"] == ["strong", "weak"]


def test_a_model_survives_json() -> None:
    before = model()
    after = FactModel.from_json(json.loads(json.dumps(before.to_json())))
    assert after.owner_schema == before.owner_schema
    assert after.schema == before.schema
    assert after.derivations == before.derivations
    # types of groups compare by identity, so lists are compared by what they print
    assert {path: repr(fact.type)[:40] for path, fact in after.facts.items()} == {
        path: repr(fact.type)[:40] for path, fact in before.facts.items()
    }


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            "{type: text}",
            "9:13: `x` has no type that facts can have; write one of `object`, `array`, "
            "`string`, `number`, `integer` or `boolean` [fact-model]",
        ),
        (
            "{title: No type}",
            "9:6: `x` has no type that facts can have; write one of `object`, `array`, "
            "`string`, `number`, `integer` or `boolean` [fact-model]",
        ),
        ("yes or no", "9:6: `x` is text, not a description of a fact [fact-model]"),
        (
            "{type: number, maximun: 3}",
            "9:21: `maximun` is no keyword for a fact of type `number`; "
            "did you mean `maximum`? [fact-model]",
        ),
        (
            "{type: string, oneOf: []}",
            "9:21: `oneOf` is no keyword for a fact of type `string`; leave it out [fact-model]",
        ),
        ("{type: string, format: email}", "9:29: the only format is `date` [fact-model]"),
        (
            "{type: string, anyOf: [{format: date}]}",
            "9:28: `anyOf` is only for dates that may be none; "
            "write `anyOf: [{format: date}, {const: none}]` [fact-model]",
        ),
        (
            "{type: string, enum: [a], pattern: b}",
            "9:6: `x` has `enum` and `pattern`, which do not go together [fact-model]",
        ),
        ("{type: string, enum: []}", "9:27: `enum` of `x` names no value [fact-model]"),
        ("{type: string, enum: [a, a]}", "9:27: `enum` of `x` names a value twice [fact-model]"),
        (
            "{type: string, enum: [a, 1]}",
            "9:31: `enum` of `x` holds a number; write it in quotes [fact-model]",
        ),
        ("{type: string, pattern: '['}", "9:30: `pattern` is no regular expression [fact-model]"),
        ("{type: number, minimum: low}", "9:30: `minimum` is text, not a number [fact-model]"),
        (
            "{type: string, minLength: -1}",
            "9:32: `minLength` is no count; write 0 or more [fact-model]",
        ),
        (
            "{type: array, items: {type: string}, uniqueItems: 1}",
            "9:56: `uniqueItems` is a number, not `true` or `false` [fact-model]",
        ),
        ("{type: array}", "9:6: `x` does not say what its items are; add `items` [fact-model]"),
        (
            "{type: array, items: {type: array, items: {type: string}}}",
            "9:34: `x` is a list of lists, which no rule could read [fact-model]",
        ),
        (
            "{type: object, properties: {a: {type: string}}}",
            "9:6: `x` admits any name, so a misspelt one would pass; "
            "write `additionalProperties: false` [fact-model]",
        ),
        (
            "{type: object, additionalProperties: false}",
            "9:6: `x` has no properties [fact-model]",
        ),
        (
            "{type: object, additionalProperties: false, required: [b], "
            "properties: {a: {type: string}}}",
            "9:61: `b` is required but not described [fact-model]",
        ),
        (
            "{type: object, additionalProperties: false, properties: {a b: {type: string}}}",
            "9:63: `a b` cannot be the name of a fact; "
            "write letters, digits and `_`, a letter first [fact-model]",
        ),
        ("{type: number, x-derive: 3}", "9:31: `x-derive` of `x` is no expression [fact-model]"),
        (
            "{type: array, items: {type: string}, x-derive: as_of}",
            "9:53: `x` is a list, which cannot be derived; leave `x-derive` out [fact-model]",
        ),
        (
            "{type: array, items: {type: string, x-derive: as_of}}",
            "9:52: an item of `x` cannot be derived; leave `x-derive` out [fact-model]",
        ),
        (
            "{type: boolean, x-derive: 'as_of < today()'}",
            "9:41: `today` cannot stand in `x-derive`; "
            "a fact cannot depend on the day of the check; write `as_of` [expression-evidence]",
        ),
        (
            "{type: number, x-derive: as_of}",
            "9:31: `x` is a number, and its `x-derive` gives a date [expression-type]",
        ),
        (
            "{type: string, x-needed-at: new}",
            "9:34: `x-needed-at` of `x` is text, not a list [fact-model]",
        ),
        (
            "{type: string, title: 3}",
            "9:28: `title` of `x` is a number; write it in quotes [fact-model]",
        ),
    ],
)
def test_what_is_refused(line: str, problem: str) -> None:
    assert refusals(f"{WHOLE}  x: {line}\n") == [f"m.yaml:{problem}"]


@pytest.mark.parametrize(
    ("expression", "place", "code"),
    [
        ("as_of < < 3", "9:41", "expression-syntax"),
        ("id = titel", "9:38", "expression-name"),
        ("as_of < 3", "9:33", "expression-type"),
    ],
)
def test_faults_in_expressions_point_into_the_file(expression: str, place: str, code: str) -> None:
    (found,) = refusals(f"{WHOLE}  x: {{type: boolean, x-derive: '{expression}'}}\n")
    assert found.startswith(f"m.yaml:{place}: ")
    assert found.endswith(f"[{code}]")


def test_all_problems_come_in_one_run() -> None:
    found = refusals(
        "type: object\n"
        "properties:\n"
        "  id: {type: string}\n"
        "  title: {type: txt}\n"
        "  x: {type: number, pattern: a}\n"
    )
    assert [line.split(" ")[0] for line in found] == ["m.yaml:1:1:", "m.yaml:4:17:", "m.yaml:5:21:"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "m.yaml:1:1: the fact model is a list, not a JSON Schema [fact-model]"),
        (
            WHOLE.replace("required: [id, title, stage]\n", ""),
            "m.yaml:1:1: `id`, `title` and `stage` must be required, since every report names "
            "them; write `required: [id, title, stage]` [fact-model]",
        ),
        (
            WHOLE.replace("  as_of: {type: string, format: date}\n", ""),
            "m.yaml:1:1: the fact model has no date `as_of`; add it [fact-model]",
        ),
        (
            WHOLE.replace("stage: {type: string, enum: [new]}", "stage: {type: string}"),
            "m.yaml:7:10: `stage` does not say which stages there are; add `enum` [fact-model]",
        ),
        (
            WHOLE.replace("title: {type: string}", "title: {type: integer}"),
            "m.yaml:6:10: `title` is not a text; write `type: string` [fact-model]",
        ),
    ],
)
def test_what_every_model_must_have(text: str, message: str) -> None:
    assert refusals(text) == [message]


def test_the_small_model_of_these_tests_is_refused_nothing() -> None:
    assert len(read_model(read(data=SCHEMA.encode(), name="m.yaml")).facts) == len(model().facts)
