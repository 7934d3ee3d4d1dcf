"""What was made in memory, as the files that an owner and an officer would write."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from accordance.feel.printing import to_source
from accordance.feel.syntax import Node
from accordance.feel.types import (
    BOOLEAN,
    DATE,
    ContextType,
    ListType,
    NumberType,
    TextType,
    Type,
)
from accordance.feel.values import NONE, Months, Value, duration_text
from accordance.strategy.model import Rule, Strategy


def schema_of(
    model: Type, derivations: Mapping[str, Node] | None = None, path: str = ""
) -> dict[str, Any]:
    """The JSON Schema of a fact model; derivations are the facts that follow from others."""
    schema: dict[str, Any] = {"title": path.rpartition(".")[2] or "Facts"}
    if derivations and path in derivations:
        schema["x-derive"] = to_source(derivations[path])
    if isinstance(model, ContextType):
        prefix = f"{path}." if path else ""
        schema |= {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                name: schema_of(of, derivations, prefix + name) for name, of in model.fields.items()
            },
        }
        return schema if path else schema | {"required": ["id", "title", "stage"]}
    if isinstance(model, ListType):
        return schema | {"type": "array", "items": schema_of(model.item, derivations, path)}
    if isinstance(model, NumberType):
        return schema | {"type": "integer" if model.whole else "number"}
    if isinstance(model, TextType):
        if model.values is None:
            return schema | {"type": "string", "minLength": 1}
        return schema | {"type": "string", "enum": list(model.values)}
    if path == "as_of":
        return schema | {"type": "string", "format": "date"}
    if model == DATE:
        return schema | {"type": "string", "anyOf": [{"format": "date"}, {"const": "none"}]}
    assert model == BOOLEAN
    return schema | {"type": "boolean"}


def plain(value: Value) -> Any:
    """A value as YAML and JSON write it."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if value is NONE:
        return "none"
    if isinstance(value, dt.timedelta | Months):
        return duration_text(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return float(value) if isinstance(value, Fraction) else value


def case_text(facts: dict[str, Value]) -> str:
    """A fact file."""
    return json.dumps(plain(facts), indent=1)


def files_of(strategy: Strategy) -> dict[str, str]:
    """A strategy folder: the text of each file by its name (JSON, which is YAML too)."""
    folder = {
        "strategy.yaml": _header(strategy),
        "facts.schema.yaml": strategy.model.owner_schema,
    }
    for prefix, theme in strategy.themes.items():
        rules = {rule.id: _rule(rule) for rule in strategy.rules if rule.theme == theme}
        if rules or prefix == "EXT":
            folder[f"rules/{theme.lower()}.yaml"] = {"theme": theme, "rules": rules}
    # The definitions stand where they are used least, and the last one first.
    folder["rules/exit.yaml"] |= {
        "definitions": {
            definition.name: {"means": definition.means, "is": definition.text}
            for definition in reversed(strategy.definitions.values())
        }
    }
    return {name: json.dumps(content, indent=1) for name, content in folder.items()}


def _header(strategy: Strategy) -> dict[str, Any]:
    return {
        "strategy": strategy.name,
        "title": strategy.title,
        "version": strategy.version,
        "themes": dict(strategy.themes),
        "parameters": {
            parameter.name: {
                "value": plain(parameter.value),
                "unit": parameter.unit,
                "means": parameter.means,
            }
            for parameter in strategy.parameters.values()
        },
        "exceptions": {
            level: {
                "approvers": list(acceptance.approvers),
                **({"longest": plain(acceptance.longest)} if acceptance.longest else {}),
            }
            for level, acceptance in strategy.exceptions.items()
        },
        **{
            name: {
                "stages": list(table.stages),
                "table": [
                    {"is": row.answer, **({"when": row.when_text} if row.when_text else {})}
                    for row in table.rows
                ],
            }
            for name, table in (("verdict", strategy.verdict), ("opinion", strategy.opinion))
        },
    }


def _rule(rule: Rule) -> dict[str, Any]:
    written: dict[str, Any] = {
        "title": rule.title,
        "stages": list(rule.stages),
        "when": rule.when_text,
        "require": [
            requirement.text
            if requirement.stages is None
            else {"is": requirement.text, "stages": sorted(requirement.stages)}
            for requirement in rule.require
        ],
        "severity": rule.severity,
        "severity_when": {step.level: step.text for step in rule.severity_when},
        "gate": sorted(rule.gate),
        "finding": rule.finding,
        "because": rule.because,
        "basis": list(rule.basis),
        "aliases": list(rule.aliases),
        "about": rule.about if rule.about == "evidence" else None,
    }
    return {name: value for name, value in written.items() if value}


def shown(strategy: Strategy) -> str:
    """A strategy for a person to read, when a law is broken."""
    lines = [
        f"{parameter.name} = {plain(parameter.value)}" for parameter in strategy.parameters.values()
    ]
    lines += [
        f"{path} follows from {to_source(node)}"
        for path, node in strategy.model.derivations.items()
    ]
    lines += [f"{one.name} is {one.text}" for one in strategy.definitions.values()]
    for rule in strategy.rules:
        lines.append(f"{rule.id} ({rule.severity}) at {', '.join(rule.stages)}")
        lines += [f"  about {rule.about}"] if rule.about == "evidence" else []
        lines += [f"  gate at {', '.join(sorted(rule.gate))}"] if rule.gate else []
        lines += [f"  when {rule.when_text}"] if rule.when_text else []
        lines += [
            f"  require {one.text}"
            + (f" (at {', '.join(sorted(one.stages))})" if one.stages else "")
            for one in rule.require
        ]
        lines += [f"  {step.level} when {step.text}" for step in rule.severity_when]
    lines += [
        f"{level} accepted by {', '.join(one.approvers)}"
        + (f" for {plain(one.longest)}" if one.longest else "")
        for level, one in strategy.exceptions.items()
    ]
    return "\n".join(lines)
