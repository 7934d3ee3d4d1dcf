"""One record checked by `check` itself, in the shape of a row of the sweep."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..check.checker import Checker
from ..check.judging import Assessment
from ..facts.case import Case
from ..facts.combining import combine
from ..facts.model import FactModel
from ..facts.reading import case_of_text
from ..facts.tables.reading import case_of
from ..feel.values import UNKNOWN
from ..plan.outcome import SEVERITY_RANK, Outcome
from ..plan.planning import Plan
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
        self._checker = checker
        self._today = today

    def answer(self, record: Record) -> Answered | Rejected:
        """The row of a record, or what is wrong with it."""
        try:
            case = self.case(record)
            assessment = self.assess(case)
            row = row_of(self._checker.plan, case, assessment, record.row)
            return row if self.features is None else row | self.features.of(case, assessment)
        except Refused as refused:
            return Rejected(record, refused.problems)

    def case(self, record: Record) -> Case:
        return case_of_record(record, self._checker.strategy.model)

    def assess(self, case: Case) -> Assessment:
        return self._checker.assess(case, self._today)


def row_of(plan: Plan, case: Case, assessment: Assessment, row: int) -> Answered:
    """An assessment as a row."""
    made: Answered = {
        ROW: row,
        "id": case.id,
        "title": case.title,
        "stage": case.stage,
        "as_of": case.as_of,
        "verdict": assessment.verdict,
        "opinion": assessment.opinion,
        "opinion_at_worst": assessment.opinion_at_worst,
    }
    for kind in ("breaches", "gaps"):
        made |= {f"{kind} {severity}": 0 for severity in SEVERITIES}
    prefixes = {theme: prefix for prefix, theme in plan.strategy.themes.items()}
    for prefix in prefixes.values():
        made |= {answers.theme_column(prefix, kind): 0 for kind in ("breach", "gap")}
    planned = {rule.rule.id: rule for rule in plan.rules}
    for judgement in assessment.judgements:
        name = judgement.rule.id
        rank = SEVERITY_RANK[judgement.severity]
        made[name] = MOOT if judgement.moot else OUTCOMES[judgement.outcome.value]
        made[answers.severity_column(name)] = rank
        made[answers.least_column(name)] = SEVERITY_RANK[judgement.severity_least]
        made[answers.parts_column(name)] = _parts(planned[name], case.stage, assessment)
        finding = judgement.kind
        if finding is not None:
            many = "breaches" if judgement.outcome is Outcome.NON_COMPLIANT else "gaps"
            made[f"{many} {judgement.severity}"] += 1
            column = answers.theme_column(prefixes[judgement.rule.theme], finding.value)
            made[column] = max(made[column], rank + 1)
    return made


def _parts(rule: Any, stage: str, assessment: Assessment) -> int:
    """The states of a rule's parts as one number."""
    asked = rule.requirements_at(stage) if stage in rule.rule.stages else ()
    here = bool(asked)
    parts = [(here, rule.when)]
    parts += [(here and stage in one.stages, one.formula) for one in rule.requirements]
    packed = 0
    for place, (at, formula) in enumerate(parts):
        code = PART_NOT_ASKED
        if at:
            state = assessment.reader.state(formula)
            code = PART_TRUE if state is True else PART_FALSE if state is False else PART_UNKNOWN
            assert state is UNKNOWN or isinstance(state, bool)
        packed |= code << 2 * place
    return packed
