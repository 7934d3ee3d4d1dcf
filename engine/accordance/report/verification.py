"""What was verified of a run, for the terminal."""

from __future__ import annotations

from typing import Final

from . import Json
from .page import Page
from .paint import INDENT, Paint
from .wording import count

SOUND: Final = {
    "digest": "the one that was named",
    "files": "as they were written",
    "sources": "as they were",
    "strategy": "as it was",
    "performed again": "no difference",
}
MOST_FAULTS: Final = 10


def text(found: Json, page: Page) -> str:
    """Each check with what it looked at, and what is not as it was."""
    paint = Paint(page)
    lines = [*_head(found, paint), ""]
    for check in found["checks"]:
        lines += _check(check, paint)
    lines += ["", _verdict(found, paint)]
    if found["digest"]:
        lines.append(f"Digest of the run: {found['digest']}")
    return paint.finish("\n".join(lines) + "\n")


def _head(found: Json, paint: Paint) -> list[str]:
    lines = [paint.strong(f"Run {found['run']}")]
    if found["counts"]:
        cases = count(found["counts"]["cases"], "partnership")
        lines.append(f"{cases} evaluated on {found['evaluated_on']}")
    return lines


def _check(check: Json, paint: Paint) -> list[str]:
    faults = check["faults"]
    if not check["done"]:
        mark, state, outcome = "–", "insufficient_evidence", ""
    elif faults:
        mark, state, outcome = "✗", "non_compliant", count(len(faults), "fault")
    else:
        mark, state, outcome = "✓", "compliant", SOUND[check["check"]]
    said = f"{check['said']}: {outcome}" if outcome else check["said"]
    lines = [paint.state(line, state) for line in paint.paragraph(f"{mark} {said}", 0, 2)]
    advised = None
    for fault in faults[:MOST_FAULTS]:
        advice = f"; {fault['help']}" if fault["help"] and fault["help"] != advised else ""
        advised = fault["help"]
        where = f"{fault['place']}: " if fault["place"] else ""
        lines += paint.paragraph(f"{where}{fault['message']}{advice}", 2 * INDENT, 2)
    if len(faults) > MOST_FAULTS:
        lines += paint.paragraph(f"and {len(faults) - MOST_FAULTS:,} more", 2 * INDENT)
    return lines


def _verdict(found: Json, paint: Paint) -> str:
    if found["verified"]:
        return paint.strong("Verified.")
    return paint.strong("NOT VERIFIED. Do not rely on this run as it stands.")
