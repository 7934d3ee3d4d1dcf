"""A small fact model with one fact of every kind, and cases on it."""

from __future__ import annotations

from functools import cache
from typing import Any

from accordance.facts.case import Case
from accordance.facts.model import FactModel
from accordance.facts.model_reading import read_model
from accordance.facts.reading import load_case
from accordance.problem import Refused
from accordance.source.reading import read

SCHEMA = """\
$schema: https://json-schema.org/draft/2020-12/schema
type: object
additionalProperties: false
required: [id, title, stage]
properties:
  id: {title: Identifier, description: "Which reference?", type: string, minLength: 1}
  title: {type: string, minLength: 1}
  organisation: {type: string}
  stage: {type: string, enum: [new, renewing, established, exiting]}
  as_of: {type: string, format: date}
  forms: {type: array, items: {type: string, enum: [alliance, framework]}, uniqueItems: true}
  regime: {type: string, enum: [act, none, unknown]}
  rating: {type: string, enum: [strong, weak]}
  code: {type: string, pattern: '^[A-Z]{2}', maxLength: 4}
  reference: {type: string, minLength: 6}
  notes: {type: array, items: {type: string}, minItems: 1, maxItems: 3}
  plan:
    type: object
    additionalProperties: false
    properties:
      exists: {type: boolean, x-needed-at: [new], x-themes: [EXT]}
      reviewed_on: {type: string, anyOf: [{format: date}, {const: none}]}
      owner: {type: string, x-sensitivity: personal}
      months: {type: integer, minimum: 0, x-unit: months}
      costs:
        type: object
        additionalProperties: false
        properties:
          planned: {type: number, x-unit: GBP}
          spent: {type: number, x-unit: GBP}
          ratio: {type: number, x-unit: ratio, x-derive: plan.costs.spent / plan.costs.planned}
          over: {type: boolean, x-derive: plan.costs.ratio > 1}
  parties:
    title: Parties
    type: array
    items:
      type: object
      additionalProperties: false
      required: [name]
      properties:
        name: {type: string}
        share: {type: number, minimum: 0, maximum: 1, x-unit: ratio}
        margin: {type: number, exclusiveMinimum: -0.5, exclusiveMaximum: 0.5}
        ourselves: {type: boolean}
        signed_on: {type: string, anyOf: [{format: date}, {const: none}]}
        signed: {type: boolean, x-derive: signed_on <= as_of}
        checks:
          type: array
          items:
            type: object
            additionalProperties: false
            properties:
              done_on: {type: string, anyOf: [{format: date}, {const: none}]}
              done: {type: boolean, x-derive: done_on != null and not(ourselves)}
  exceptions:
    type: array
    items:
      type: object
      additionalProperties: false
      properties:
        rule: {type: string}
        reason: {type: string}
        approver: {type: string}
        approved_on: {type: string, anyOf: [{format: date}, {const: none}]}
        expires: {type: string, anyOf: [{format: date}, {const: none}]}
"""
HEAD = "id: C-1\ntitle: The partnership\nstage: new\n"


@cache
def model() -> FactModel:
    return read_model(read(data=SCHEMA.encode(), name="facts.schema.yaml"))


def case(text: str, head: str = HEAD) -> Case:
    """The case of a YAML text; `head` gives what every case needs."""
    return load_case(model(), data=(head + text).encode(), name="c.yaml")


def stated(text: str) -> dict[str, Any]:
    """The facts of a YAML text, without those that every case needs."""
    facts = case(text).facts
    return {name: fact for name, fact in facts.items() if name not in ("id", "title", "stage")}


def problems(text: str, head: str = HEAD) -> list[str]:
    """What is wrong with a YAML text, with lines counted from its own first line."""
    try:
        case(text, head)
    except Refused as refused:
        found = []
        for problem in refused.problems:
            place = problem.place
            assert place is not None and place.line is not None
            advice = f"; {problem.help}" if problem.help else ""
            line = place.line - head.count("\n")
            found.append(f"{line}:{place.column}: {problem.message}{advice} [{problem.code.value}]")
        return found
    return []
