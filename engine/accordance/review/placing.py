"""Where the evidence puts a partnership on the collaboration spectrum.

It stands on the highest level whose criteria, and those of all lower levels, hold by its facts.
What is unknown makes the place a range: its lower end is what is certain, its upper end what may
be. What a partnership claims plays no part. Less known can only widen the range, since a criterion
that is true or false stays so when an unknown fact becomes known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..check.judging import Assessment
from ..facts.case import Case
from ..feel.compiling import Code, Evidence
from ..feel.syntax import Name, Node, walk
from ..feel.values import Value
from ..strategy.standing import Criterion, Spectrum

if TYPE_CHECKING:
    from ..check.answer import Answer
    from ..check.checker import Checker

CLAIMED: Final = "claimed"
TARGET: Final = "target"


@dataclass(frozen=True, slots=True)
class CriterionState:
    """Whether a criterion holds (None: not known), and the facts that would settle it."""

    level: int
    criterion: Criterion
    state: bool | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Justified:
    """The levels between which a target is justified whatever is unknown (`lowest`, `highest`) or
    by one reading of it (`least`, `most`)."""

    lowest: int
    highest: int
    least: int
    most: int
    because: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """The levels (from 0) that the evidence allows, from `low` to `high`; what was claimed and is
    aimed at, None where that is not known."""

    low: int
    high: int
    claimed: int | None
    target: int | None
    criteria: tuple[CriterionState, ...]
    justified: Justified | None

    @property
    def definite(self) -> bool:
        return self.low == self.high

    @property
    def settles(self) -> tuple[str, ...]:
        """The facts that would narrow the range, those of the lowest level first."""
        return tuple(
            dict.fromkeys(
                path
                for one in self.criteria
                if one.state is None and self.low < one.level <= self.high
                for path in one.missing
            )
        )

    @property
    def lacking(self) -> tuple[CriterionState, ...]:
        """What keeps it from the level above: criteria of that level that are known not to hold."""
        return tuple(
            one for one in self.criteria if one.level == self.high + 1 and one.state is False
        )


class Placer:
    """Places the cases of one checker; the criteria are compiled once."""

    def __init__(self, checker: Checker) -> None:
        self.checker = checker
        self._codes: dict[int, Code] = {}

    def place(self, case: Case, assessment: Assessment) -> Placement | None:
        """Where a case stands; None where the strategy has no spectrum."""
        spectrum = self.checker.strategy.spectrum
        if spectrum is None:
            return None
        criteria = tuple(
            self._state(number, criterion, assessment)
            for number, level in enumerate(spectrum.levels)
            for criterion in level.criteria
        )
        low = high = len(spectrum.levels) - 1
        for number in range(len(spectrum.levels)):
            states = [one.state for one in criteria if one.level == number]
            if low >= number and not all(state is True for state in states):
                low = number - 1
            if high >= number and any(state is False for state in states):
                high = number - 1
        stated = case.facts.get("spectrum")
        stated = stated if isinstance(stated, dict) else {}
        return Placement(
            # The lowest level is where every partnership stands at least.
            low=max(low, 0),
            high=max(high, 0),
            claimed=_position(spectrum, stated.get(CLAIMED)),
            target=_position(spectrum, stated.get(TARGET)),
            criteria=criteria,
            justified=self._justified(spectrum, assessment),
        )

    def _state(self, level: int, criterion: Criterion, assessment: Assessment) -> CriterionState:
        value, missing = self._evaluate(criterion.expression, assessment)
        return CriterionState(level, criterion, value, missing)

    def _justified(self, spectrum: Spectrum, assessment: Assessment) -> Justified | None:
        rows, missing = [], dict[str, None]()
        for row in spectrum.justified:
            state: bool | None = True
            if row.when is not None:
                state, needs = self._evaluate(row.when, assessment)
                if state is None:
                    missing.update(dict.fromkeys(needs))
            if state is not False:
                rows.append(row)
            if state is True:
                break
        if not rows:
            return None
        lows = [spectrum.position(row.lowest) or 0 for row in rows]
        highs = [spectrum.position(row.highest) or 0 for row in rows]
        return Justified(
            lowest=max(lows),
            highest=min(highs),
            least=min(lows),
            most=max(highs),
            because=tuple(row.because for row in rows),
            missing=tuple(missing),
        )

    def _evaluate(self, node: Node, assessment: Assessment) -> tuple[bool | None, tuple[str, ...]]:
        """Whether a condition holds, and the facts that it lacks where that is not known."""
        checker, frame = self.checker, assessment.frame
        code = self._codes.get(id(node))
        if code is None:
            # Expressions live as long as the strategy, so that their identity will do.
            code = self._codes[id(node)] = checker.expressions.compile(node)
        for part in walk(node):
            if isinstance(part, Name) and part.name in checker.plan.definitions:
                checker.definition(part.name, frame)
        value: Value = code.value(frame)
        if value is True or value is False:
            return value, ()
        evidence = Evidence()
        code.evidence(frame, evidence)
        return None, tuple(evidence.missing)


def _position(spectrum: Spectrum, word: Value) -> int | None:
    return spectrum.position(word) if isinstance(word, str) else None


def spectrum_json(found: Placement, spectrum: Spectrum, answer: Answer) -> dict[str, Any]:
    """The place of a partnership as an output has it."""
    names = [level.name for level in spectrum.levels]

    def name(position: int | None) -> str | None:
        return None if position is None else names[position]

    return {
        "low": names[found.low],
        "high": names[found.high],
        "definite": found.definite,
        "claimed": name(found.claimed),
        "target": name(found.target),
        "settles": [_question(path, answer) for path in found.settles],
        "lacking": [
            {"factor": one.criterion.factor, "means": words(one.criterion, answer)}
            for one in found.lacking
        ],
        "criteria": [
            {
                "level": names[one.level],
                "factor": one.criterion.factor,
                "means": words(one.criterion, answer),
                "is": one.criterion.text,
                "state": one.state,
                "missing": list(one.missing),
            }
            for one in found.criteria
        ],
        "justified": None
        if found.justified is None
        else {
            "from": name(found.justified.least),
            "to": name(found.justified.most),
            "because": list(found.justified.because),
            "missing": list(found.justified.missing),
        },
        "findings": findings(found, spectrum),
    }


def words(criterion: Criterion, answer: Answer) -> str:
    """A criterion in the owner's words, or in ours."""
    return criterion.means or answer.in_words(criterion.expression)


def _question(path: str, answer: Answer) -> dict[str, Any]:
    from ..check.judging import static_path

    fact = answer.case.model.facts.get(static_path(path))
    return {
        "path": path,
        "title": answer.title_of(path),
        "question": fact.question if fact is not None else None,
    }


def findings(found: Placement, spectrum: Spectrum) -> list[dict[str, str]]:
    """What does not fit between claim, evidence and target. Staying loose is none in itself."""
    titles = [level.title for level in spectrum.levels]
    said = []

    def note(code: str, message: str) -> None:
        said.append({"code": code, "message": message})

    justified = found.justified
    if found.target is not None and justified is not None:
        between = (
            titles[justified.least]
            if justified.least == justified.most
            else f"{titles[justified.least]} to {titles[justified.most]}"
        )
        if found.target > justified.most:
            note(
                "target_above",
                f"it aims at {titles[found.target]}, closer than its form and weight justify "
                f"({between})",
            )
        elif found.target < justified.least:
            note(
                "target_below",
                f"it aims at {titles[found.target]}, looser than its form and weight call for "
                f"({between})",
            )
    if found.claimed is not None and found.claimed > found.high:
        note(
            "claims_more",
            f"it sees itself as {titles[found.claimed]}, but the evidence goes no further than "
            f"{titles[found.high]}",
        )
    elif found.claimed is not None and found.claimed < found.low:
        note(
            "claims_less",
            f"it sees itself as {titles[found.claimed]}, and the evidence shows at least "
            f"{titles[found.low]}",
        )
    if found.target is not None and found.target > found.high:
        steps = found.target - found.high
        note(
            "target_ahead",
            f"the target, {titles[found.target]}, is {steps} level{'s' if steps > 1 else ''} "
            "above what the evidence can show",
        )
    return said
