"""JSON Schemas (2020-12) of the files of a strategy, for editors that complete and check YAML.

Which fields there are, in which order, and which words they take comes from the code that reads
them; what is written here is the shape of each field and one sentence about it. A field without a
shape is a KeyError, so that none is left out.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from ..strategy import (
    actions,
    cases,
    definitions,
    due,
    header,
    parameters,
    portfolio,
    portfolio_cases,
    portfolio_reading,
    rules,
    standing_reading,
    tailoring,
)
from ..strategy.model import OPINIONS, SEVERITIES, STAGES, VERDICTS, Strategy
from ..strategy.supplied import OUTCOMES

Schema: TypeAlias = dict[str, Any]

KINDS: Final = ("rules", "strategy", "tests", "facts")
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_VERSION: Final = r"^[0-9]+(\.[0-9]+)*$"
_DATE: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_DURATION: Final = r"^P([0-9]+D|([0-9]+Y)?([0-9]+M)?)$"
_RULE_ID: Final = f"^{rules.RULE_ID.pattern}$"
_NAME: Final = f"^{definitions.NAME.pattern}$"
_DUE: Final = (
    r"^([1-9][0-9]{0,3} ((working )?days?|weeks?|months?)"
    rf"|before ({'|'.join(due.EVENTS)})|at the next ({'|'.join(due.MEETINGS)})|at once)$"
)


def schema(kind: str, strategy: Strategy, *, own: bool) -> Schema:
    """The schema of one kind of file (one of KINDS). The facts are those of `strategy`; with `own`
    its themes, rules and facts are among the words that other files may hold."""
    made = {"rules": _rules, "strategy": _header, "tests": _cases, "facts": _facts}[kind](
        strategy, own
    )
    return {"$schema": DIALECT, **made}


# pieces


def _text(description: str, **more: Any) -> Schema:
    return {"type": "string", "minLength": 1, "description": description, **more}


def _word(description: str, words: Sequence[str], **more: Any) -> Schema:
    return {"type": "string", "enum": list(words), "description": description, **more}


def _words(description: str, words: Sequence[str], **more: Any) -> Schema:
    items = {"type": "string", "enum": list(words)}
    return {
        "type": "array",
        "items": items,
        "uniqueItems": True,
        "description": description,
        **more,
    }


def _texts(description: str) -> Schema:
    one = {"type": "string", "minLength": 1}
    return {"anyOf": [one, {"type": "array", "items": one}], "description": description}


def _expression(description: str) -> Schema:
    # A plain `true` or a number is an expression too.
    return {
        "type": ["string", "boolean", "number"],
        "description": f"{description} (an expression in FEEL)",
    }


def _version(description: str) -> Schema:
    return {
        "anyOf": [{"type": "string", "pattern": _VERSION}, {"type": "number"}],
        "description": description,
    }


def _date(description: str) -> Schema:
    return _text(description, format="date", pattern=_DATE)


def _list(items: Schema, description: str, **more: Any) -> Schema:
    return {"type": "array", "items": items, "description": description, **more}


def _group(
    fields: Sequence[str],
    shapes: Mapping[str, Schema],
    required: Sequence[str] = (),
    description: str | None = None,
) -> Schema:
    """A group of these fields and no others."""
    made: Schema = {"type": "object", "additionalProperties": False}
    if description is not None:
        made["description"] = description
    if required:
        made["required"] = list(required)
    return {**made, "properties": {name: shapes[name] for name in fields}}


def _named(pattern: str, entry: Schema, description: str) -> Schema:
    """A group whose names fit a pattern."""
    return {
        "type": "object",
        "additionalProperties": False,
        "patternProperties": {pattern: entry},
        "description": description,
    }


# rules/*.yaml


def _rules(strategy: Strategy, own: bool) -> Schema:
    theme = _text("The theme of the rules, as strategy.yaml names it")
    if own:
        theme["enum"] = list(strategy.themes.values())
    shapes = {
        "theme": theme,
        "definitions": _named(
            _NAME,
            _group(
                definitions.DEFINITION_FIELDS,
                {
                    "means": _text("What the word means, in one sentence"),
                    "is": _expression("When it holds, or what it gives"),
                    "about": _about(),
                },
                ("means", "is"),
            ),
            "Words that rules and other definitions may use",
        ),
        "rules": _named(_RULE_ID, _rule(), "The rules, each under its id"),
        "portfolio": _named(_RULE_ID, _portfolio_rule(), "Rules over many partnerships at once"),
    }
    made = _group(rules.FILE_FIELDS, shapes, description="Rules of a collaboration strategy")
    return {"title": "Rules", **made}


def _about() -> Schema:
    return _word(
        "What it is about: the partnership, or what is known of it",
        definitions.ABOUT,
        default=definitions.ABOUT[0],
    )


def _shared() -> dict[str, Schema]:
    """The fields that every kind of rule has."""
    return {
        "title": _text("What the rule asks, as a statement that is true when all is well"),
        "when": _expression("The condition under which it applies; left out, it always does"),
        "require": _list(_requirement(rules.REQUIREMENT_FIELDS), "All that must hold", minItems=1),
        "severity": _word("The severity of a breach", SEVERITIES),
        "severity_when": _group(
            SEVERITIES,
            {level: _expression(f"When a breach is {level}") for level in SEVERITIES},
            description="What raises the severity; of several that hold the highest counts",
        ),
        "finding": _text(
            "The message of a breach; `{unmet}` and facts between braces are filled in"
        ),
        "actions": _list(_action(), "What to do about a breach"),
        "because": _text("Why the rule is there"),
        "excludes": _texts("When it does not apply, in words"),
        "assumes": _texts("What it takes for granted, in words"),
        "basis": _texts("Where it comes from: a standard, a law, a report"),
        "since": _version("The first version of the strategy in which it holds"),
        "until": _version("The last version of the strategy in which it holds"),
        "aliases": _list({"type": "string", "pattern": _RULE_ID}, "Ids that the rule had before"),
        "tags": _texts("Words to find rules by"),
    }


def _rule() -> Schema:
    shapes = {
        **_shared(),
        "stages": _words("The stages at which it applies", STAGES, minItems=1),
        "gate": _words("The stages at which a breach stops the commitment", STAGES, minItems=1),
        "effective": _group(
            ("from", "until"),
            {
                "from": _date("The first day on which it holds"),
                "until": _date("The last day on which it holds"),
            },
            description="For a rule of law: from when until when it holds",
        ),
        "jurisdictions": _list({"type": "string"}, "For a rule of law: where it holds"),
        "about": _about(),
    }
    required = ("title", "stages", "require", "severity", "finding", "because")
    return _group(rules.RULE_FIELDS, shapes, required, "A rule")


def _requirement(fields: Sequence[str]) -> Schema:
    shapes = {
        "is": _expression("What must hold"),
        "stages": _words("The stages at which it is asked", STAGES, minItems=1),
        "unmet": _text("How a report says that it is not met"),
    }
    asked = _expression("What must hold")
    return {
        "anyOf": [asked, _group(fields, shapes, ("is",))],
        "description": "Something that must hold",
    }


def _action() -> Schema:
    time = {"type": "string", "pattern": _DUE}
    stages = (*STAGES, actions.ELSE)
    shapes = {
        "do": _text("One deed"),
        "owner": _text("The role that does it"),
        "due": {
            "anyOf": [time, _group(stages, dict.fromkeys(stages, time))],
            "description": due.HELP,
        },
        "done_when": _text("How one knows that it is done"),
    }
    return _group(actions.ACTION_FIELDS, shapes, ("do", "owner", "due"), "An action")


def _portfolio_rule() -> Schema:
    figure = {
        "anyOf": [
            _expression("What it comes to"),
            {"type": "object", "required": ["is"], "properties": {"is": _expression("The figure")}},
        ]
    }
    shapes = {
        **_shared(),
        "of": _expression("Which partnerships it looks at"),
        "group_by": _expression("What parts them into groups"),
        "by": _word("The span of time into which they are parted", portfolio.SPANS),
        "provider_groups": {
            "type": "boolean",
            "description": "Are they parted by the group that stands behind the provider?",
        },
        "mark": _expression("Which of a group count"),
        "rank": _expression("What orders them"),
        "figures": _named(_NAME, figure, "Numbers that the rule works with"),
        "require": _list(_requirement(("is", "unmet")), "All that must hold", minItems=1),
        "actions": {"type": "array", "items": {"type": "object"}, "description": "What to do"},
    }
    required = ("title", "require", "severity", "finding", "because")
    return _group(portfolio_reading.RULE_FIELDS, shapes, required, "A rule over the portfolio")


# strategy.yaml


def _header(strategy: Strategy, own: bool) -> Schema:
    path = _path(strategy, own)
    shapes = {
        "strategy": _text("A short name", pattern=r"^[a-z][a-z0-9_-]*$"),
        "title": _text("The name that stands on reports"),
        "version": _version("Numbers with points, in quotes; raised with every change"),
        "approval": {"type": "object", "description": "By whom it was approved, on which day"},
        "extends": _text("The strategy that this one extends, by name or by its path from here"),
        "tailor": _tailor(),
        "themes": _named(
            r"^[A-Z][A-Z0-9]{1,7}$",
            {"type": "string", "minLength": 1},
            "For each theme the letters with which its rules' ids begin, and its name",
        ),
        "parameters": _named(_NAME, _parameter(), "The numbers that an owner may tune"),
        "mandatory": _group(
            STAGES,
            {stage: _list(path, f"What must be known at the stage {stage}") for stage in STAGES},
            description="The facts that must at least be known",
        ),
        "exceptions": _exceptions(),
        "verdict": _table("What the findings mean for a commitment", VERDICTS),
        "opinion": _table("How far the partnership can be relied on", OPINIONS),
        "spectrum": _spectrum(),
        "health": _health(),
        "bank_holidays": _list(_date("A bank holiday"), "Days that are no working days"),
    }
    made = _group(header.FIELDS, shapes, ("strategy", "title", "version"), "What all rules share")
    # What it extends may bring the rest.
    whole = {"required": ["themes", "verdict", "opinion"]}
    return {"title": "Strategy", **made, "anyOf": [{"required": ["extends"]}, whole]}


def _path(strategy: Strategy, own: bool) -> Schema:
    if own:
        return _word("A fact", list(strategy.model.facts))
    return _text("The path of a fact, such as `exit_plan.exists`")


def _parameter() -> Schema:
    one = {"type": ["number", "string"]}
    shapes = {
        "value": {
            "anyOf": [one, {"type": "array", "items": one, "minItems": 1}],
            "description": "A number, or what its unit says",
        },
        "unit": _text(
            "`duration`, `date`, `text`, `list`, or for a number any other word",
            examples=[*parameters.UNITS, "months", "ratio", "GBP", "count"],
        ),
        "means": _text("What it means, in one sentence"),
    }
    return _group(parameters.PARAMETER_FIELDS, shapes, parameters.PARAMETER_FIELDS, "A parameter")


def _exceptions() -> Schema:
    accepted = _group(
        ("approvers", "longest"),
        {
            "approvers": _list({"type": "string"}, "The roles that may accept it", minItems=1),
            "longest": _text("For how long at most, as in P6M", pattern=_DURATION),
        },
        ("approvers",),
    )
    return _group(
        SEVERITIES,
        dict.fromkeys(SEVERITIES, accepted),
        description="Who may accept a breach of which severity",
    )


def _table(description: str, answers: Sequence[str]) -> Schema:
    row = _group(
        ("is", "when", "means"),
        {
            "is": _word("The answer", answers),
            "when": _expression("When it is given; the last row has none"),
            "means": _text("What it means, in words"),
        },
        ("is",),
    )
    shapes = {
        "stages": _words("The stages for which it is given", STAGES),
        "table": _list(row, "The first row that holds gives the answer", minItems=1),
    }
    return _group(("stages", "table"), shapes, ("table",), description)


def _spectrum() -> Schema:
    criterion = {
        "anyOf": [
            _expression("What must hold"),
            _group(
                standing_reading.CRITERION_FIELDS,
                {"is": _expression("What must hold"), "means": _text("What that means")},
                ("is",),
            ),
        ]
    }
    level = _group(
        standing_reading.LEVEL_FIELDS,
        {
            "title": _text("The name of the level"),
            "means": _text("What it means"),
            "criteria": {"type": "object", "additionalProperties": criterion},
        },
        ("title",),
    )
    row = _group(
        standing_reading.JUSTIFIED_FIELDS,
        {
            "when": _expression("When it holds; the last row has none"),
            "from": _text("The lowest level"),
            "to": _text("The highest level"),
            "because": _text("Why"),
        },
        ("from", "to", "because"),
    )
    shapes = {
        "levels": {"type": "object", "additionalProperties": level, "minProperties": 2},
        "justified": _list(row, "Which levels a target may lie between"),
    }
    return _group(
        standing_reading.SPECTRUM_FIELDS, shapes, ("levels",), "The levels of collaboration"
    )


def _health() -> Schema:
    factor = _group(
        standing_reading.FACTOR_FIELDS,
        {
            "title": _text("The name of the factor"),
            "means": _text("What it means"),
            # A rule by its id, or all rules of a theme by its letters.
            "rules": {"type": "array", "items": {"type": "string", "pattern": "^[A-Z][A-Z0-9-]+$"}},
        },
    )
    shapes = {
        "factors": {"type": "object", "additionalProperties": factor},
        "weights": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
        "families": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    }
    return _group(
        standing_reading.HEALTH_FIELDS, shapes, description="How the rules make up its health"
    )


def _tailor() -> Schema:
    value = {"type": ["number", "string", "array"]}
    changed = {
        "anyOf": [
            value,
            _group(tailoring.PARAMETER_FIELDS, {"value": value, "means": _text("What it means")}),
        ]
    }
    off = _group(
        tailoring.OFF_FIELDS,
        {"because": _text("Why it is off"), "on": _date("The day since which it is off")},
        tailoring.OFF_FIELDS,
    )
    paths = _list(_text("A fact"), "Facts that need not be known")
    shapes = {
        "parameters": _named(_NAME, changed, "Other values of parameters"),
        "severities": _named(_RULE_ID, _word("The severity", SEVERITIES), "Other severities"),
        "gates": _named(_RULE_ID, _words("The stages", STAGES), "Other gates"),
        "off": _named(_RULE_ID, off, "Rules that are switched off"),
        "not_mandatory": _group(STAGES, dict.fromkeys(STAGES, paths)),
    }
    return _group(
        tailoring.TAILOR_FIELDS, shapes, description="What differs from the strategy it extends"
    )


# tests/*.yaml


def _cases(strategy: Strategy, own: bool) -> Schema:
    given = _partly(strategy)
    rule = _text("The rule that is tried", pattern=_RULE_ID)
    if own:
        rule["enum"] = sorted(one.id for one in (*strategy.rules, *strategy.retired))
    theme = _text("The theme of the rules")
    if own:
        theme["enum"] = list(strategy.themes.values())
    expected = {
        "rule": rule,
        "name": _text("What is special about the case"),
        "given": {"$ref": "#/$defs/facts", "description": "Its facts, laid over the base"},
        "on": _date("The day of the check; left out, the day of the facts"),
        "expect": _word("The outcome", OUTCOMES),
        "severity": _word("The severity that the answer must have", SEVERITIES),
        "severity_least": _word("The least that the severity may turn out to be", SEVERITIES),
        "gate": {"type": "boolean", "description": "Is it a gate here?"},
        "moot": {"type": "boolean", "description": "Can no fact make it a breach?"},
        "message": _text("Words that the message must hold"),
        "unmet": _text("Words that what is not met must hold"),
        "missing": _list({"type": "string"}, "The facts that it must call missing"),
    }
    one = _group(cases.CASE_FIELDS, expected, ("rule", "name", "expect"), "A case of a rule")
    anything: Schema = {}
    over = {
        **dict.fromkeys(portfolio_cases.CASE_FIELDS, anything),
        **{name: expected[name] for name in ("name", "expect", "severity", "message")},
    }
    many = _group(portfolio_cases.CASE_FIELDS, over, ("rule", "name", "expect"))
    fields = tuple(dict.fromkeys((*cases.FILE_FIELDS, *portfolio_cases.FILE_FIELDS)))
    shapes = {
        "theme": theme,
        "base": {"$ref": "#/$defs/facts", "description": "Facts that all cases of the file share"},
        "cases": _list(one, "The cases"),
        portfolio.PORTFOLIO: _list(many, "Cases of rules over the portfolio"),
    }
    made = _group(fields, shapes, description="Cases that say what rules must answer")
    choice = [{"required": ["theme", "cases"]}, {"required": [portfolio.PORTFOLIO]}]
    return {"title": "Cases of rules", **made, "anyOf": choice, "$defs": {"facts": given}}


def _partly(strategy: Strategy) -> Schema:
    """The facts of a case: any of them may be left out, and a blank takes one away."""
    whole = copy.deepcopy(strategy.model.schema)
    _loosen(whole)
    return {name: value for name, value in whole.items() if name not in ("$schema", "$id")}


def _loosen(part: Schema) -> None:
    # INVARIANT: the fact model is no deeper than the reader's MAX_DEPTH, so recursion is safe.
    part.pop("required", None)
    for name, member in part.get("properties", {}).items():
        _loosen(member)
        part["properties"][name] = {
            **{key: member[key] for key in ("title", "description") if key in member},
            "anyOf": [member, {"type": "null"}],
        }
    if "items" in part:
        _loosen(part["items"])


# *.facts.yaml


def _facts(strategy: Strategy, own: bool) -> Schema:
    found = copy.deepcopy(strategy.model.schema)
    found.pop("$schema", None)
    return found
