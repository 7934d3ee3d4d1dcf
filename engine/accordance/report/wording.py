"""The words and symbols of an answer, the same in every format."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from . import Json

SEVERITIES: Final = ("critical", "high", "medium", "low", "advisory")

VERDICTS: Final = {
    "do_not_proceed": "Do not proceed",
    "undecided": "Undecided",
    "proceed_with_conditions": "Proceed with conditions",
    "proceed": "Proceed",
}
OPINIONS: Final = {
    "substantial": "Substantial assurance",
    "reasonable": "Reasonable assurance",
    "limited": "Limited assurance",
    "no_assurance": "No assurance",
}
OUTCOMES: Final = {
    "compliant": "met",
    "non_compliant": "breach",
    "insufficient_evidence": "not enough evidence",
    "not_applicable": "does not apply",
    "accepted_exception": "accepted exception",
    "withheld": "withheld from publication",
}
MARKS: Final = {
    "compliant": "✓",
    "non_compliant": "✗",
    "insufficient_evidence": "?",
    "not_applicable": "–",
    "accepted_exception": "!",
    "withheld": "■",
    "do_not_proceed": "✗",
    "undecided": "?",
    "proceed_with_conditions": "!",
    "proceed": "✓",
    "no_assurance": "✗",
    "limited": "✗",
    "reasonable": "!",
    "substantial": "✓",
}
"""The symbol of an outcome, verdict or opinion; a report never tells state by colour alone."""

_JOINED: Final = {
    ("all", True): "all of these hold",
    ("all", False): "not all of these hold",
    ("all", None): "all of these would have to hold",
    ("any", True): "at least one of these holds",
    ("any", False): "none of these holds",
    ("any", None): "one of these would have to hold",
}

_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_LONG_DECIMAL: Final = re.compile(r"-?\d+\.\d+")

STDIN_NAME: Final = "standard input"
"""What facts are called that came from no file."""

DRAFT: Final = "DRAFT, not approved as it stands"
"""The status of a strategy that has changed since its approval, or has none."""
_MARKS_OF_STANDING: Final = {
    "approved": None,
    "approved_later": "NOT YET IN FORCE",
    "expired": "NO LONGER IN FORCE",
}


def standing_mark(strategy: Json) -> str | None:
    """What every page says where the strategy is not approved and in force on the day."""
    return _MARKS_OF_STANDING.get(strategy.get("status") or "draft", DRAFT.partition(",")[0])


def standing_words(strategy: Json) -> str:
    """How the strategy stands: approved, a draft, not yet or no longer in force."""
    status, approval = strategy.get("status"), strategy.get("approval") or {}
    if status == "approved":
        return "approved"
    if status == "approved_later":
        return f"NOT YET IN FORCE, approved from {day(approval['from'])}"
    if status == "expired":
        ended = approval.get("until")
        return "NO LONGER IN FORCE" + (f", approved until {day(ended)}" if ended else "")
    return DRAFT


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 fact`, `2 facts`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(parts: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    items = list(parts)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def part_words(part: Json) -> str:
    """What a part of a condition says; where it joins other parts, how it joins them."""
    return joined_words(part) or part["words"] or part["text"]


def joined_words(part: Json) -> str | None:
    """How a part joins the parts below it; None for a part that does not."""
    return _JOINED.get((part["kind"], part["state"])) if part.get("parts") else None


def asked_of(question: str, names: Sequence[str]) -> str:
    """A question with the items that it asks about, `question – A, B and C`."""
    some = [*names[:3], f"{len(names) - 3} more"] if len(names) > 4 else names
    return " – ".join(part for part in (question, listed(some)) if part)


def sentence(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def day(text: str | None, short: bool = False) -> str:
    """`31 January 2026` (or `31 Jan 2026`) for `2026-01-31`; any other text as it is."""
    if not text:
        return ""
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        return text
    month = _MONTHS[date.month - 1]
    return f"{date.day} {month[:3] if short else month} {date.year}"


def by_when(action: Json) -> str:
    """When an action is due: the date where it could be computed, else the owner's words."""
    return day(action.get("due_on"), short=True) or str(action.get("due") or "")


def severity(result: Json) -> str:
    """`high`, or `high to critical` where an unknown fact decides between them."""
    top, least = result.get("severity"), result.get("severity_least")
    if not top:
        return ""
    return top if least in (None, top) else f"{least} to {top}"


def dates(case: Json) -> str:
    """The stage and both dates of a case, in one line."""
    as_of, evaluated = case.get("as_of"), case.get("evaluated_on")
    parts = [str(case.get("stage") or "stage not stated")]
    if as_of:
        parts.append(f"facts of {day(as_of)}")
    else:
        parts.append("facts not dated")
    if evaluated and evaluated == as_of:
        parts[-1] += ", evaluated on the same day"
    elif evaluated:
        parts.append(f"evaluated on {day(evaluated)}")
    return " · ".join(parts)


def program_words(program: Any) -> str:
    """The name and version of the program that made an answer."""
    if isinstance(program, dict):
        return f"{program.get('name', 'accordance')} {program.get('version', '')}".strip()
    return str(program)


def value(found: Any) -> str:
    """A fact's value as a reader says it: yes, no, 86,000,000, `text`, none."""
    if found is None:
        return "not stated"
    if found is True:
        return "yes"
    if found is False:
        return "no"
    if isinstance(found, int):
        return f"{found:,}"
    if isinstance(found, float) or (isinstance(found, str) and _LONG_DECIMAL.fullmatch(found)):
        return _decimal(found)
    if isinstance(found, str):
        if found and all(character.isalnum() or character in "_-+" for character in found):
            return day(found)
        return f"“{found}”"
    if isinstance(found, list):
        return listed(value(item) for item in found) if found else "none (an empty list)"
    if isinstance(found, dict):
        return (
            ", ".join(f"{name} {value(member)}" for name, member in found.items())
            or "nothing stated"
        )
    return str(found)


def _decimal(found: float | str) -> str:
    """A decimal as it is, or rounded where it has more places than one reads."""
    from decimal import Decimal

    exact = Decimal(str(found))
    rounded = round(exact, 4)
    return f"{exact:,f}" if exact == rounded else f"about {rounded:,f}"


def accepted_words(exception: Json) -> str:
    """Who accepted a breach, when, until when and why."""
    parts = [f"accepted by {exception['approver']}"]
    if exception.get("approved_on"):
        parts.append(f"on {day(exception['approved_on'])}")
    if exception.get("expires"):
        parts.append(f"until {day(exception['expires'])}")
    reason = exception.get("reason")
    return " ".join(parts) + (f": {reason}" if reason else "")
