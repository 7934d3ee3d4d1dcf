"""One record checked by `check` itself, in the shape of a row of the sweep."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..check.checker import Checker
from ..check.judging import Assessment
from ..facts.case import Case
from ..facts.combining import combine
from ..facts.model import FactModel
from ..facts.reading import case_of_text
from ..facts.tables.reading import case_of
from ..feel.values import UNKNOWN, Value
from ..plan.formula import Formula
from ..plan.outcome import SEVERITY_RANK, Kind
from ..plan.planning import Plan, PlannedRule
from ..problem import Problem, Refused
from ..source.embedded import LineText, TextAtPlace
from ..source.json_reader import read_json
from ..source.limits import ProblemList
from ..source.reading import read_leniently
from ..source.text import decoded
from ..source.tree import Located, Mapping
from ..source.yaml_reader import read_yaml
from ..strategy.model import SEVERITIES
from . import answers
from .answers import (
    MOOT,
    OUTCOMES,
    PART_FALSE,
    PART_NOT_ASKED,
    PART_TRUE,
    PART_UNKNOWN,
    ROW,
)
from .records import Record, placed

if TYPE_CHECKING:
    from .features import CaseFeatures

Answered = dict[str, Any]
"""A row of the sweep: the columns of answers.py by name."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that `check` refuses, with all its problems in their places."""

    record: Record
    problems: tuple[Problem, ...]


def case_of_record(record: Record, model: FactModel) -> Case:
    """The case that a record states. Raises Refused with all its problems, in their places."""
    if record.problems:
        raise Refused(record.problems)
    if record.parts:
        (case,) = combine([statement_of(part, model) for part in record.parts], model)
        return case
    if record.stated is not None:
        found = case_of(record.stated, model)
        if isinstance(found, Case):
            return found
        raise Refused(found)
    return case_of_text(*_read(record), model)


def _read(record: Record) -> tuple[Located, ProblemList]:
    """The facts of a record as its text has them, and what leaves it readable."""
    place = record.place
    if record.text is not None:
        # A row of Parquet was written as JSON, what an import made as YAML.
        source = TextAtPlace(record.text, place)
        return read_json(source) if record.text.startswith("{") else read_yaml(source)
    assert record.data is not None
    if record.whole:
        return read_leniently(data=record.data, name=place.file)
    try:
        text = decoded(record.data, place.file).text
    except Refused as refused:
        raise Refused([placed(one, place) for one in refused.problems]) from None
    return read_json(LineText(place.file, text, place.line or 1))


def statement_of(record: Record, model: FactModel) -> Mapping:
    """What a record says of a partnership, not yet held to the fact model. Raises Refused."""
    if record.problems:
        raise Refused(record.problems)
    if record.stated is not None:
        if record.stated.problems:
            raise Refused(record.stated.problems)
        return record.stated.tree
    located, problems = _read(record)
    problems.refuse_if_any()
    if not isinstance(located, Mapping):
        case_of_text(located, problems, model)
    assert isinstance(located, Mapping)
    return located


class Singly:
    """Checks records one by one, as `accordance check` does."""

    def __init__(self, checker: Checker, today: dt.date) -> None:
        self.features: CaseFeatures | None = None
        """Reads from a case what the rules over the portfolio need, where columns tell them."""
        self.today = today
        self._checker = checker
        self._rows = RowWriter(checker.plan)

    def expect_many(self) -> None:
        """Take the time to make ready what pays with many records."""
        self._checker.expect_many()

    def answer(self, record: Record) -> Answered | Rejected:
        """The row of a record, or what is wrong with it."""
        try:
            case = self.case(record)
            assessment = self.assess(case)
            row = self._rows.row(case, assessment, record.row)
            return row if self.features is None else row | self.features.of(case, assessment)
        except Refused as refused:
            return Rejected(record, refused.problems)

    def case(self, record: Record) -> Case:
        return case_of_record(record, self._checker.strategy.model)

    def assess(self, case: Case) -> Assessment:
        return self._checker.assess(case, self.today)


class RowWriter:
    """Writes the assessments of a plan as rows."""

    def __init__(self, plan: Plan) -> None:
        strategy = plan.strategy
        prefixes = {theme: prefix for prefix, theme in strategy.themes.items()}
        kinds = [kind.value for kind in (Kind.BREACH, Kind.GAP)]
        counts = [f"{many} {severity}" for many in _COUNTED.values() for severity in SEVERITIES]
        themes = [
            answers.theme_column(prefix, kind) for prefix in strategy.themes for kind in kinds
        ]
        self._no_findings = dict.fromkeys([*counts, *themes], 0)
        self._columns = [
            _Columns(
                *answers.rule_columns(planned),
                {kind: answers.theme_column(prefixes[planned.rule.theme], kind) for kind in kinds},
            )
            for planned in plan.rules
        ]
        self._plan = plan
        self._asked: dict[str, list[_Asked]] = {}
        """What each rule asks at a stage."""

    def row(self, case: Case, assessment: Assessment, number: int) -> Answered:
        """An assessment as the row with a number."""
        made: Answered = {
            ROW: number,
            "id": case.id,
            "title": case.title,
            "stage": case.stage,
            "as_of": case.as_of,
            "verdict": assessment.verdict,
            "opinion": assessment.opinion,
            "opinion_at_worst": assessment.opinion_at_worst,
            **self._no_findings,
        }
        asked = self._asked.get(case.stage)
        if asked is None:
            asked = self._asked[case.stage] = [
                _asked(planned, case.stage) for planned in self._plan.rules
            ]
        state = assessment.reader.state
        for columns, (packed, parts), judgement in zip(
            self._columns, asked, assessment.judgements, strict=True
        ):
            outcome, severity, least, states, by_theme = columns
            rank = SEVERITY_RANK[judgement.severity]
            made[outcome] = MOOT if judgement.moot else OUTCOMES[judgement.outcome]
            made[severity] = rank
            made[least] = SEVERITY_RANK[judgement.severity_least]
            for place, formula in parts:
                packed |= _PARTS[state(formula)] << place
            made[states] = packed
            finding = judgement.kind
            if finding is not None:
                made[f"{_COUNTED[finding]} {judgement.severity}"] += 1
                column = by_theme[finding]
                made[column] = max(made[column], rank + 1)
        return made


_COUNTED: Final[dict[str, str]] = {Kind.BREACH: "breaches", Kind.GAP: "gaps"}
_PARTS: Final[dict[Value, int]] = {True: PART_TRUE, False: PART_FALSE, UNKNOWN: PART_UNKNOWN}


class _Columns(NamedTuple):
    """The columns of a rule, and by the kind of a finding that of its theme."""

    outcome: str
    severity: str
    least: str
    parts: str
    by_theme: dict[str, str]


class _Asked(NamedTuple):
    """The parts of a rule at a stage: their states as one number as far as they are not asked, and
    those that are asked, each with its place in that number."""

    packed: int
    parts: list[tuple[int, Formula]]


def _asked(rule: PlannedRule, stage: str) -> _Asked:
    here = bool(rule.requirements_at(stage)) and stage in rule.rule.stages
    parts = [(here, rule.when)]
    parts += [(here and stage in one.stages, one.formula) for one in rule.requirements]
    packed = 0
    asked: list[tuple[int, Formula]] = []
    for at, (is_asked, formula) in enumerate(parts):
        if is_asked:
            asked.append((2 * at, formula))
        else:
            packed |= PART_NOT_ASKED << 2 * at
    return _Asked(packed, asked)
