"""The digest of a strategy's content: what it says, however it is written.

Two strategies with the same digest give the same results. Comments, white space, the order of
fields and definitions, the spread over files and the layout of an expression do not matter; every
word that a reader of a report may see does. The approval names a digest, so it takes no part.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..feel.values import Months, duration_text, number_text

if TYPE_CHECKING:
    from ..feel.syntax import Node
    from .model import Action, Rule, Strategy, Table

FORMAT = "accordance/strategy/1"


def content_digest(strategy: Strategy) -> str:
    """The digest of the canonical content of a strategy."""
    import json

    text = json.dumps(
        canonical_content(strategy), sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def canonical_content(strategy: Strategy) -> dict[str, Any]:
    """What a strategy says, as plain JSON values without floating-point numbers."""
    from ..feel.printing import to_source

    return {
        "format": FORMAT,
        "strategy": strategy.name,
        "title": _words(strategy.title),
        "version": strategy.version,
        # The order of the themes is the order of results, so it is part of the content.
        "themes": [[prefix, _words(name)] for prefix, name in strategy.themes.items()],
        "parameters": {
            one.name: {"value": _value(one.value), "unit": one.unit, "means": _words(one.means)}
            for one in strategy.parameters.values()
        },
        "definitions": {
            one.name: {
                "means": _words(one.means),
                "is": to_source(one.expression),
                "about": one.about,
            }
            for one in strategy.definitions.values()
        },
        "rules": {rule.id: _rule(rule) for rule in (*strategy.rules, *strategy.retired)},
        "mandatory": {stage: sorted(paths) for stage, paths in strategy.mandatory.items()},
        "exceptions": {
            severity: {
                "approvers": sorted(_words(role) for role in one.approvers),
                "longest": _value(one.longest),
            }
            for severity, one in strategy.exceptions.items()
        },
        "verdict": _table(strategy.verdict),
        "opinion": _table(strategy.opinion),
        "bank_holidays": sorted(day.isoformat() for day in strategy.holidays),
        "facts": _value(strategy.model.owner_schema),
        **_standing(strategy),
        **_switched_off(strategy),
        **_portfolio(strategy),
    }


def _rule(rule: Rule) -> dict[str, Any]:
    from ..feel.printing import to_source

    return {
        "title": _words(rule.title),
        "theme": _words(rule.theme),
        "stages": list(rule.stages),
        "when": to_source(rule.when) if rule.when is not None else None,
        "require": [
            {
                "is": to_source(one.expression),
                "stages": sorted(one.stages) if one.stages is not None else None,
                "unmet": _words(one.unmet),
            }
            for one in rule.require
        ],
        "severity": rule.severity,
        "severity_when": {step.level: to_source(step.expression) for step in rule.severity_when},
        "gate": sorted(rule.gate),
        "finding": _words(rule.finding),
        "actions": [_action(one) for one in rule.actions],
        "because": _words(rule.because),
        "excludes": [_words(text) for text in rule.excludes],
        "assumes": [_words(text) for text in rule.assumes],
        "basis": [_words(text) for text in rule.basis],
        "since": rule.since,
        "until": rule.until,
        "effective": [_value(rule.effective_from), _value(rule.effective_until)],
        "jurisdictions": sorted(rule.jurisdictions),
        "aliases": sorted(rule.aliases),
        "about": rule.about,
        "tags": sorted(rule.tags),
    }


def _action(action: Action) -> dict[str, Any]:
    return {
        "do": _words(action.do),
        "owner": _words(action.owner),
        "due": {stage: due.text for stage, due in action.due.items()},
        "done_when": _words(action.done_when),
    }


def _table(table: Table) -> dict[str, Any]:
    from ..feel.printing import to_source

    return {
        "stages": list(table.stages),
        "table": [
            {
                "is": row.answer,
                "when": to_source(row.when) if row.when is not None else None,
                "means": _words(row.means),
            }
            for row in table.rows
        ],
    }


def _standing(strategy: Strategy) -> dict[str, Any]:
    """How the strategy tells where a partnership stands, as far as it does."""
    from ..feel.printing import to_source

    content: dict[str, Any] = {}
    if strategy.spectrum is not None:
        content["spectrum"] = {
            "levels": [
                {
                    "level": level.name,
                    "title": _words(level.title),
                    "means": _words(level.means),
                    "criteria": {
                        one.factor: {"is": to_source(one.expression), "means": _words(one.means)}
                        for one in level.criteria
                    },
                }
                for level in strategy.spectrum.levels
            ],
            "justified": [
                {
                    "when": to_source(row.when) if row.when is not None else None,
                    "from": row.lowest,
                    "to": row.highest,
                    "because": _words(row.because),
                }
                for row in strategy.spectrum.justified
            ],
        }
    if strategy.health is not None:
        content["health"] = {
            "factors": [
                [one.name, _words(one.title), _words(one.means), sorted(one.rules)]
                for one in strategy.health.factors
            ],
            "weights": {name: _value(weight) for name, weight in strategy.health.weights.items()},
            "families": {
                _words(name): sorted(forms) for name, forms in strategy.health.families.items()
            },
        }
    return content


def _switched_off(strategy: Strategy) -> dict[str, Any]:
    """Which rules of the strategy that is extended are switched off, as far as there are any."""
    if not strategy.off:
        return {}
    return {
        "off": {
            name: {"because": _words(one.because), "on": _value(one.on)}
            for name, one in strategy.off.items()
        }
    }


def _portfolio(strategy: Strategy) -> dict[str, Any]:
    """The rules over the portfolio, as far as there are any."""
    from ..feel.printing import to_source

    def source(node: Node | None) -> str | None:
        return None if node is None else to_source(node)

    return (
        {
            "portfolio": {
                rule.id: {
                    "title": _words(rule.title),
                    "theme": _words(rule.theme),
                    "of": source(rule.of),
                    "group_by": source(rule.group_by),
                    "by": rule.by,
                    "provider_groups": rule.providers,
                    "mark": source(rule.mark),
                    "rank": source(rule.rank),
                    # The order matters: a figure may use those before it.
                    "figures": [
                        [one.name, to_source(one.expression), _words(one.means), one.unit]
                        for one in rule.figures
                    ],
                    "when": source(rule.when),
                    "require": [
                        {"is": to_source(one.expression), "unmet": _words(one.unmet)}
                        for one in rule.require
                    ],
                    "severity": rule.severity,
                    "severity_when": {
                        one.level: to_source(one.expression) for one in rule.severity_when
                    },
                    "finding": _words(rule.finding),
                    "actions": [_action(one) for one in rule.actions],
                    "because": _words(rule.because),
                    "excludes": [_words(text) for text in rule.excludes],
                    "assumes": [_words(text) for text in rule.assumes],
                    "basis": [_words(text) for text in rule.basis],
                    "since": rule.since,
                    "until": rule.until,
                    "aliases": sorted(rule.aliases),
                    "tags": sorted(rule.tags),
                }
                for rule in strategy.portfolio
            }
        }
        if strategy.portfolio
        else {}
    )


def _words(text: str | None) -> str | None:
    """A text with one space between words: where its lines break is layout."""
    return None if text is None else " ".join(text.split())


def _value(value: Any) -> Any:
    """A value as JSON; numbers as decimal text, apart from text by their own kind of entry."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | Fraction):
        return {"number": number_text(value)}
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    if isinstance(value, dt.timedelta | Months):
        return {"duration": duration_text(value)}
    if isinstance(value, Mapping):
        return {key: _value(part) for key, part in value.items()}
    return [_value(part) for part in value]
