"""The examples of the table of codes, laid over a small strategy without any problem."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from typing import Final

from ...strategy.header import FIELDS
from ...strategy.rules import RULE_FIELDS
from .diagnostics import Diagnostic, Example
from .finding import Finding
from .linting import lint

_HEADER: Final = {
    "strategy": "strategy: example_council",
    "title": "title: Strategy of Example Council",
    "version": 'version: "1.0"',
    "themes": "themes: {EXT: Exit}",
    "parameters": "parameters:\n"
    "  providers_max: {value: 3, unit: count, means: No more providers are easy to manage}",
    "verdict": "verdict: {table: [{is: proceed}]}",
    "opinion": "opinion: {table: [{is: substantial}]}",
}
_RULE: Final = {
    "title": "title: There is an exit plan",
    "stages": "stages: [new, established]",
    "when": "when: provider_count <= providers_max",
    "require": "require: [planned]",
    "severity": "severity: high",
    "finding": 'finding: "{title} has no exit plan."',
    "actions": "actions: [{do: Write the exit plan, owner: Contract owner, due: 30 days}]",
    "because": "because: Who cannot leave cannot bargain.",
}
_DEFINITION: Final = "planned: {means: There is an exit plan, is: exit_plan.exists}"
_MODEL: Final = """\
type: object
additionalProperties: false
required: [id, title, stage]
properties:
  id: {title: Identifier, description: Which?, type: string}
  title: {title: Title, description: What is it called?, type: string}
  stage:
    title: Stage
    description: How far is it?
    type: string
    enum: [new, renewing, established, exiting]
  as_of: {title: Facts as of, description: When?, type: string, format: date}
  regime: {title: Law, description: Which law?, type: string, enum: [act_2023, earlier_law]}
  provider_count: {title: Providers, description: How many?, type: integer, minimum: 0}
  exit_plan:
    type: object
    additionalProperties: false
    properties:
      exists: {title: Exit plan, description: Is there one?, type: boolean}
      reviewed_on:
        title: Reviewed
        description: When?
        type: string
        anyOf: [{format: date}, {const: none}]
"""
_CASES: Final = """\
theme: Exit
base: {stage: new, as_of: 2026-01-31, provider_count: 1}
cases:
- {rule: EXT-01, name: a plan, given: {exit_plan: {exists: true}}, expect: compliant}
"""
_FOLDER: Final = "example_council"


def files(example: Example | None, *, bad: bool) -> dict[str, str]:
    """The files of the small strategy with the bad or the good snippet in its place."""
    header, rule = dict(_HEADER), dict(_RULE)
    definitions, rules, cases = _DEFINITION, "", _CASES
    whole: dict[str, str] = {}
    if example is not None:
        snippet = example.bad if bad else example.good
        if bad:
            whole.update(example.others)
        if example.place == "rule":
            rule = _over(rule, snippet, RULE_FIELDS)
        elif example.place == "strategy":
            header = _over(header, snippet, FIELDS)
        elif example.place == "parameters":
            header["parameters"] += "\n" + _indented(snippet, 2)
        elif example.place == "definitions":
            if "planned:" not in snippet:
                snippet = f"{_DEFINITION}\n{snippet}"
            definitions = snippet
        elif example.place == "rules":
            rules = snippet
        elif example.place == "cases":
            cases = f"{_CASES}{snippet}\n"
        else:
            whole[example.place] = snippet + "\n"
    body = _indented("\n".join(rule.values()), 4)
    made = {
        "strategy.yaml": "\n".join(header.values()) + "\n",
        "facts.schema.yaml": _MODEL,
        "rules/exit.yaml": f"theme: Exit\ndefinitions:\n{_indented(definitions, 2)}\n"
        f"rules:\n  EXT-01:\n{body}\n{_indented(rules, 2)}",
        "tests/exit.yaml": cases,
    }
    return {**made, **whole}


def _over(fields: dict[str, str], snippet: str, order: tuple[str, ...]) -> dict[str, str]:
    """Fields with those of a snippet in their places; what is no field comes last."""
    made = dict(fields)
    name = ""
    fresh: dict[str, str] = {}
    for line in snippet.split("\n"):
        match = re.match(r"([A-Za-z_]+):", line)
        if match:
            name = match[1] if match[1] not in fresh else f"{match[1]} again"
            fresh[name] = line
        else:
            fresh[name] += f"\n{line}"
    unknown = [name for name in fresh if name not in order and not name.endswith("again")]
    for name in unknown:
        # A misspelt field takes the place of the one that was meant.
        for known in fields:
            if sorted(set(known)) == sorted(set(name)) or known.startswith(name[:4].lower()):
                made.pop(known, None)
    made.update(fresh)
    ranks = {name: rank for rank, name in enumerate(order)}
    return dict(
        sorted(made.items(), key=lambda item: ranks.get(item[0].partition(" ")[0], len(order)))
    )


def _indented(text: str, by: int) -> str:
    return "\n".join(f"{' ' * by}{line}" if line else line for line in text.split("\n"))


def findings(texts: Mapping[str, str]) -> tuple[list[Finding], str]:
    """What lint says of a strategy of these files, and the folder in which they stood."""
    with tempfile.TemporaryDirectory() as top:
        folder = os.path.join(top, _FOLDER)
        for name, text in texts.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
        return list(lint(folder).findings), f"{folder.replace(os.sep, '/')}/"


def said(diagnostic: Diagnostic) -> list[str]:
    """What lint says of the bad example under the code that it is for."""
    found, folder = findings(files(diagnostic.example, bad=True))
    return [
        f"{one.problem.level.value}: {str(one.problem).replace(folder, '')}"
        for one in found
        if one.problem.code.value == diagnostic.code
    ]
