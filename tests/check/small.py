"""A small strategy written for one test: the model, the header and whatever rules are given."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import yaml

from accordance.check.checker import Checker
from accordance.facts.case import Case
from accordance.facts.reading import load_case
from accordance.strategy.reading import load_strategy

TODAY = dt.date(2026, 1, 31)

MODEL = Path(__file__).parent / "facts.schema.yaml"

HEADER: dict[str, Any] = {
    "strategy": "small",
    "title": "A small strategy",
    "version": "1.0",
    "themes": {"TT": "Theme"},
    "parameters": {},
    "exceptions": {"high": {"approvers": ["Cabinet"], "longest": "P6M"}},
    "verdict": {
        "stages": ["new", "renewing"],
        "table": [
            {
                "is": "do_not_proceed",
                "when": 'some b in breaches satisfies b.gate or b.severity_least = "critical"',
            },
            {
                "is": "undecided",
                "when": "(some g in gaps satisfies g.gate) or "
                '(some f in findings satisfies f.severity = "critical")',
            },
            {
                "is": "proceed_with_conditions",
                "when": '(some f in findings satisfies f.severity in ("high", "medium")) or '
                "(some x in accepted satisfies x.gate)",
            },
            {"is": "proceed"},
        ],
    },
    "opinion": {
        "stages": ["renewing", "established", "exiting"],
        "table": [
            {
                "is": "no_assurance",
                "when": 'some b in breaches satisfies b.severity = "critical"',
            },
            {
                "is": "limited",
                "when": '(some b in breaches satisfies b.severity = "high") or '
                'count(serious[outcome = "insufficient_evidence"]) * 4 > count(serious)',
            },
            {
                "is": "reasonable",
                "when": '(some b in breaches satisfies b.severity in ("medium", "low")) or '
                '(some g in gaps satisfies g.severity in ("critical", "high"))',
            },
            {"is": "substantial"},
        ],
    },
}


def rule(require: list[Any], **fields: Any) -> dict[str, Any]:
    """A rule with what every rule must have."""
    return {
        "title": "A rule",
        "stages": ["new", "renewing", "established"],
        "require": require,
        "severity": "high",
        "finding": "{title}: {unmet}.",
        "because": "It is a test.",
        "actions": [{"do": "Mend it", "owner": "Somebody", "due": "30 days"}],
        **fields,
    }


def checker(
    folder: Path,
    rules: dict[str, Any],
    definitions: dict[str, str] | None = None,
    header: dict[str, Any] | None = None,
) -> Checker:
    """A checker of a strategy with these rules, written to `folder`."""
    (folder / "rules").mkdir(parents=True)
    (folder / "facts.schema.yaml").write_text(MODEL.read_text())
    (folder / "strategy.yaml").write_text(yaml.safe_dump({**HEADER, **(header or {})}))
    content: dict[str, Any] = {"theme": "Theme", "rules": rules}
    if definitions:
        content["definitions"] = {
            name: {"means": f"what {name} means", "is": text} for name, text in definitions.items()
        }
    (folder / "rules" / "theme.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    return Checker(load_strategy(str(folder), cache=False))


def case(made: Checker, **facts: Any) -> Case:
    """A case with these facts, at the stage `new` unless they say otherwise."""
    stated = {"id": "one", "title": "One", "stage": "new", "as_of": TODAY.isoformat(), **facts}
    return load_case(made.strategy.model, data=json.dumps(stated).encode(), name="one.json")


def outcomes(made: Checker, **facts: Any) -> dict[str, str]:
    """The outcome of every rule on a case with these facts."""
    found = made.assess(case(made, **facts))
    return {judgement.rule.id: judgement.outcome.value for judgement in found.judgements}
