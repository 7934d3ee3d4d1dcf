"""What the pages about rules say in the same words on paper and on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from . import Json
from .wording import MARKS, OUTCOMES, day, listed, sentence, severity

STAGES: Final = ("new", "renewing", "established", "exiting")


def title(rule: Json) -> str:
    return f"{rule['rule']} {rule['title']}"


def range_of(rule: Json) -> str:
    """The severity of a breach: `high`, or `high to critical` where something can raise it."""
    least, most = rule["severity"], rule["severity_most"]
    return str(least) if most == least else f"{least} to {most}"


def partnerships(stages: Sequence[str]) -> str:
    """The partnerships at some stages: `new or renewing partnerships`."""
    if set(stages) == set(STAGES):
        return "partnerships at every stage"
    return f"{listed(stages, 'and')} partnerships"


def applies(rule: Json) -> str:
    """To which partnerships a rule applies, in one sentence."""
    where = f", where {rule['when']['words']}" if rule["when"] else ""
    return f"It applies to {partnerships(rule['stages'])}{where}."


def asked(rule: Json) -> list[str]:
    """What a rule asks for, one thing each."""
    return [part["words"] + _only(part, rule) for part in rule["require"]]


def unmet(rule: Json) -> list[str]:
    """What a finding says of each thing that is not met."""
    return [part["unmet"] + _only(part, rule) for part in rule["require"]]


def _only(part: Json, rule: Json) -> str:
    """The partnerships of which something is asked, where those are not all of the rule's."""
    if part["stages"] == rule["stages"]:
        return ""
    return f" ({partnerships(part['stages'])} only)"


def exclusions(rule: Json) -> list[str]:
    """When a rule does not apply: the owner's words, then what its stages, dates and
    jurisdictions leave out."""
    found = list(rule["excludes"])
    missing = [stage for stage in STAGES if stage not in rule["stages"]]
    if missing:
        found.append(f"{sentence(partnerships(missing))} are not asked.")
    if rule["jurisdictions"]:
        names = (name.replace("_", " ") for name in rule["jurisdictions"])
        found.append(f"It binds in {listed(names)} only.")
    if rule["effective_from"]:
        found.append(f"It does not bind before {day(rule['effective_from'])}.")
    if rule["effective_until"]:
        found.append(f"It does not bind after {day(rule['effective_until'])}.")
    return found


def seriousness(rule: Json) -> list[tuple[str, str]]:
    """Severity, gate, stages and the like, each with its name."""
    raised = [f"{step['level']} where {step['words']}" for step in rule["severity_when"]]
    gate = f"yes, it stops {partnerships(rule['gate'])}" if rule["gate"] else "no"
    rows = [
        ("Severity of a breach", "; ".join([rule["severity"], *raised])),
        ("Gate", gate),
        ("Stages", ", ".join(rule["stages"])),
    ]
    if rule["about"] == "evidence":
        rows.append(("About", "the evidence, not the partnership itself"))
    if rule["tags"]:
        rows.append(("Tags", ", ".join(rule["tags"])))
    if rule["aliases"]:
        rows.append(("Called before", ", ".join(rule["aliases"])))
    if rule["since"] or rule["until"]:
        parts = [f"since version {rule['since']}"] if rule["since"] else []
        parts += [f"retired after version {rule['until']}"] if rule["until"] else []
        rows.append(("In the strategy", ", ".join(parts)))
    if rule.get("off"):
        rows.append(("Switched off", f"since {day(rule['off']['on'])}: {rule['off']['because']}"))
    return rows


def gone(rule: Json) -> str:
    """Why a rule that is kept is no longer asked."""
    if rule.get("off"):
        return f"switched off on {day(rule['off']['on'])}: {rule['off']['because']}"
    return f"last in version {rule['until']}"


def due(action: Json, rule: Json) -> str:
    """When an action is due, once where it is the same at every stage."""
    times: dict[str, list[str]] = {}
    for stage, text in action["due"].items():
        times.setdefault(text, []).append(stage)
    if len(times) == 1 and len(action["due"]) == len(rule["stages"]):
        return next(iter(times))
    return "; ".join(f"{listed(stages)}: {text}" for text, stages in times.items())


def expressions(rule: Json) -> list[tuple[str, str]]:
    """Every expression of a rule in FEEL, with what it is for; what is asked has its number."""
    found = []
    if rule["when"]:
        found.append(("It applies where", rule["when"]["text"]))
    several = len(rule["require"]) > 1
    for number, part in enumerate(rule["require"], 1):
        found.append((f"It asks ({number})" if several else "It asks", part["text"]))
    for step in rule["severity_when"]:
        found.append((f"A breach is {step['level']} where", step["text"]))
    return found


def answer(example: Json) -> str:
    """What the checker says of an example: `✗ Breach, high, gate`."""
    outcome = example["outcome"]
    parts = [f"{MARKS[outcome]} {sentence(OUTCOMES[outcome])}"]
    if outcome in ("non_compliant", "insufficient_evidence", "accepted_exception"):
        parts += [severity(example), *(["gate"] if example["gate"] else [])]
    return ", ".join(parts)
