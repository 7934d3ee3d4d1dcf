"""Small strategies written for one question, and what was answered, in few words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from accordance.prove import proving
from accordance.prove.answers import Answer
from accordance.prove.investigation import Limits
from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy
from tests.check.small import HEADER, MODEL, rule

ALL_STAGES = ["new", "renewing", "established", "exiting"]
FEW = Limits()


def strategy(
    folder: Path,
    rules: dict[str, Any],
    definitions: dict[str, str] | None = None,
    header: dict[str, Any] | None = None,
    facts: dict[str, Any] | None = None,
) -> Strategy:
    """A strategy with these rules (a list of requirements will do for a rule) and further facts."""
    (folder / "rules").mkdir(parents=True)
    model = yaml.load(MODEL.read_text(), yaml.CSafeLoader)
    model["properties"] |= facts or {}
    (folder / "facts.schema.yaml").write_text(yaml.safe_dump(model, sort_keys=False))
    (folder / "strategy.yaml").write_text(yaml.safe_dump({**HEADER, **(header or {})}))
    content: dict[str, Any] = {
        "theme": "Theme",
        "rules": {
            name: one if isinstance(one, dict) else rule(one, stages=ALL_STAGES)
            for name, one in rules.items()
        },
    }
    if definitions:
        content["definitions"] = {
            name: {"means": f"what {name} means", "is": text} for name, text in definitions.items()
        }
    (folder / "rules" / "theme.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    return load_strategy(str(folder), cache=False)


def audited(made: Strategy, limits: Limits = FEW, **more: Any) -> list[Answer]:
    """The answers about a strategy, without the partnerships that its theme leaves out."""
    answers = proving.audit(made, limits, **more).answers
    return [one for one in answers if one.question != "gap"]


def said(answers: list[Answer]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Question, answer and rules."""
    return [(one.question.value, one.verdict.value, one.rules) for one in answers]
