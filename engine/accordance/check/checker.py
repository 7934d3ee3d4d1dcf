"""Checking one case against a strategy, again and again in one process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from ..facts.case import Case
from ..feel.compiling import (
    DEFINED,
    SUPPLIED,
    Code,
    Frame,
    Names,
    Supplied,
    TooMuchWork,
    new_frame,
    renewed,
)
from ..feel.values import NONE, UNKNOWN, Value
from ..plan.formula import Formula
from ..plan.outcome import Kind, Outcome
from ..plan.planning import Plan, plan
from ..problem import Code as ProblemCode
from ..problem import Place, Problem, Refused
from ..strategy.model import Strategy
from .answer import Answer
from .driver import EngineFailure
from .evidence import EvidenceReader, Tracer
from .exceptions import Exceptions, Notice, NoticeCode
from .expressions import GENERATE_AFTER, Expressions
from .judging import Assessment, Grounds, Judgement, possible_severities
from .stage import Stage, Stratum, is_stated
from .tables import CompiledTable, lists_of

if TYPE_CHECKING:
    from ..plan.reading import FactsRead

FACTS_AGE_MAX = "facts_age_max"


class _Result(Supplied):
    """A judgement as rules about evidence see it: what it rests on is found out when asked for."""

    __slots__ = ("grounds", "judgement")

    grounds: Grounds
    judgement: Judgement

    def late(self, name: str) -> Value:
        value = self._read(name)
        # Until now it was shared by all cases.
        self.known = {**self.known, name: value}
        return value

    def _read(self, name: str) -> Value:
        if name == "rests_on":
            return self.grounds.facts_of(self.judgement)
        if name != "missing":
            return UNKNOWN
        gap = self.judgement.kind is Kind.GAP
        return self.grounds.missing_of(self.judgement) if gap else []


def _results(judgements: Iterable[Judgement], grounds: Grounds) -> list[Value]:
    """Judgements as rules about evidence see them."""
    results: list[Value] = []
    make = object.__new__
    for judgement in judgements:
        if judgement.planned is None:
            results.append(judgement.item)
            continue
        # There are many in each case: a constructor would take longer than all the rest.
        result = make(_Result)
        result.known, result.grounds, result.judgement = judgement.item, grounds, judgement
        results.append(result)
    return results


class Checker:
    """A strategy made ready to check cases: `check` for the full answer, `assess` for the bare
    outcomes. It holds one network for each stage it has met; `close()` frees them."""

    def __init__(self, strategy: Strategy, generate_after: int = GENERATE_AFTER) -> None:
        self.strategy = strategy
        self._generate_in = generate_after
        self.plan: Plan = plan(strategy)
        self.expressions = Expressions(self.plan)
        self.phrases: dict[object, str] = {}
        """Sentences about rules, and parameters in words, that do not depend on the case; made
        when first needed."""
        self._stages: dict[str, Stage] = {}
        self._tracer = Tracer(self.plan, self.expressions.leaves)

    def check(self, case: Case, evaluated_on: dt.date | None = None) -> Answer:
        """The full answer for a case: outcomes, explanations, actions, verdict and opinion.

        `evaluated_on` is the evaluation date; without it that of the facts, else today's. Raises
        Refused when the evaluation would be before the facts, or an expression would take too
        long, or the network failed: then nothing is concluded.
        """
        return Answer(self, case, self.assess(case, evaluated_on))

    def assess(self, case: Case, evaluated_on: dt.date | None = None) -> Assessment:
        """What every rule says of a case, without words. Raises Refused as `check` does."""
        notices: list[Notice] = []
        today = self._evaluation_date(case, evaluated_on, notices)
        try:
            assessment = self._assess(case, today)
        except TooMuchWork as error:
            raise Refused(
                Problem(
                    ProblemCode.ENGINE_LIMIT,
                    f"a rule {error} in this case",
                    Place(case.source),
                    "shorten the lists of the file, or simplify the rule",
                )
            ) from None
        except EngineFailure as error:
            raise Refused(
                Problem(ProblemCode.ENGINE_LIMIT, f"not checked: {error}", Place(case.source))
            ) from None
        assessment.notices[:0] = notices
        return assessment

    def expect_many(self) -> None:
        """Generate source at once: there are enough cases to come for that to pay."""
        self._generate_in = min(self._generate_in, 0)

    @property
    def names(self) -> Names:
        """The names that expressions may use."""
        return self.expressions.names

    def close(self) -> None:
        """Free what the networks hold."""
        for stage in self._stages.values():
            stage.close()
        self._stages.clear()

    # the strata

    def _assess(self, case: Case, today: dt.date) -> Assessment:
        if self._generate_in == 0:
            self.expressions.generate()
            for prepared in self._stages.values():
                prepared.prepare(self.expressions)
        self._generate_in -= 1
        stage = self._stage(case.stage)
        frame = new_frame(
            case.facts, today, paths=case.paths, codes=self.expressions.definitions, supplied={}
        )
        leaves: list[Value] = [UNKNOWN] * len(self.plan.leaves)
        judgements = [*stage.before]
        exceptions = Exceptions.of(case.facts)

        grounds = Grounds(case.stage, EvidenceReader(self._tracer, frame, leaves))
        found = Assessment(case.stage, today, frame, grounds, grounds, judgements)
        applying = stage.partnership.judge(frame, leaves, judgements)
        self._accept(case, found, stage.partnership, exceptions)
        if stage.evidence.positions:
            # A frame of its own: what the rules about the partnership rest on leads to the frame
            # in which they were judged, which therefore must not lead back to it.
            frame = renewed(frame)
            frame[SUPPLIED] = self._evidence_lists(case, found, stage, applying)
            found.frame = frame
            found.grounds = Grounds(case.stage, EvidenceReader(self._tracer, frame, leaves))
            stage.evidence.judge(frame, leaves, judgements)
            self._accept(case, found, stage.evidence, exceptions)

        if exceptions.items:
            breached = {judgement.rule.id for judgement in judgements if judgement.unmet}
            found.notices += exceptions.notices(self.strategy, breached, today)
        found.notices += _contradictions(case) + _overdue(case, today)
        lists = lists_of(judgements)
        found.verdict = self._verdict.answer(case.stage, lists)
        found.opinion = self._opinion.answer(case.stage, lists)
        if found.opinion is not None:
            at_worst = lists_of(judgements, at_worst=True)
            found.opinion_at_worst = self._opinion.answer(case.stage, at_worst)
        return found

    def _accept(self, case: Case, found: Assessment, stratum: Stratum, given: Exceptions) -> None:
        if not given.items:
            return
        for place in stratum.positions:
            judgement = found.judgements[place]
            if judgement.outcome is not Outcome.NON_COMPLIANT:
                continue
            acceptance = given.acceptance(
                judgement.rule,
                possible_severities(judgement),
                self.strategy,
                case.facts,
                found.evaluated_on,
            )
            found.notices += [one for one in acceptance.notices if one not in found.notices]
            if acceptance.open_points:
                # Whether the exception counts is not known, so neither is the outcome.
                found.judgements[place] = replace(
                    judgement,
                    outcome=Outcome.INSUFFICIENT_EVIDENCE,
                    acceptance_needs=acceptance.open_points,
                )
            elif acceptance.accepted_by is not None:
                found.judgements[place] = replace(
                    judgement,
                    outcome=Outcome.ACCEPTED_EXCEPTION,
                    accepted_by=acceptance.accepted_by,
                )

    def _evidence_lists(
        self, case: Case, found: Assessment, stage: Stage, applying: int
    ) -> dict[str, Value]:
        """The lists that rules about evidence read; `applying` has one bit for the place of each
        rule that applies."""
        about_partnership = map(found.judgements.__getitem__, stage.about_partnership)
        return {
            "results": _results(about_partnership, found.grounds),
            "mandatory": [one.item(found.frame, applying) for one in stage.mandatory],
            "contradictions": [one.path for one in case.contradictions],
        }

    def definition(self, name: str, frame: Frame) -> Value:
        """The value of a definition on a case that was assessed, whether a rule read it or not."""
        defined = frame[DEFINED]
        if name not in defined:
            planned = self.plan.definitions[name]
            for other in sorted(planned.reads):
                self.definition(other, frame)
            defined[name] = self.expressions.definition(name)(frame)
        return defined[name]

    def stated(self, path: str, frame: Frame) -> bool:
        """Is a fact stated: over a list, for every item of it?"""
        return is_stated(self._path_codes(path), frame)

    # what is made once

    def _stage(self, name: str) -> Stage:
        stage = self._stages.get(name)
        if stage is None:
            stage = Stage(self.plan, name, self.expressions, self._readers, self._path_codes)
            self._stages[name] = stage
        return stage

    @cached_property
    def favourable(self) -> dict[str, bool]:
        """Which value of a yes-or-no fact speaks for a partnership."""
        from ..plan.polarity import favourable_values

        return favourable_values(self.plan)

    @cached_property
    def _verdict(self) -> CompiledTable:
        return CompiledTable(self.strategy.verdict, self.names)

    @cached_property
    def _opinion(self) -> CompiledTable:
        return CompiledTable(self.strategy.opinion, self.names)

    @cached_property
    def _reads(self) -> FactsRead:
        from ..plan.reading import FactsRead

        return FactsRead(self.plan)

    @cached_property
    def _readers(self) -> dict[str, frozenset[str]]:
        """The rules that read each fact, by static path, through definitions too."""
        reads = self._reads
        readers: dict[str, set[str]] = {}
        for planned in self.plan.rules:
            formulas = (planned.when, *(one.formula for one in planned.requirements))
            paths = dict.fromkeys(path for one in formulas for path in reads.of_formula(one))
            for path in paths:
                readers.setdefault(path, set()).add(planned.rule.id)
        return {path: frozenset(rules) for path, rules in readers.items()}

    def facts_of_definition(self, name: str) -> tuple[str, ...]:
        """The facts that a definition reads, by static path."""
        return self._reads.of_definition(name)

    def can_change(self, formula: Formula) -> bool:
        """Could an action change whether this holds? Not what the partnership is, nor the day."""
        facts = self.strategy.model.facts
        return any(
            not facts[path].fixed for path in self._reads.of_formula(formula) if path in facts
        )

    def _path_codes(self, path: str) -> Code:
        code = self._paths.get(path)
        if code is None:
            from ..plan.reading import path_node

            code = self._paths[path] = self.expressions.compile(path_node(path))
        return code

    @cached_property
    def _paths(self) -> dict[str, Code]:
        return {}

    # dates

    def _evaluation_date(self, case: Case, asked: dt.date | None, notices: list[Notice]) -> dt.date:
        today = asked or case.as_of
        if today is None:
            today = dt.date.today()
            notices.append(
                Notice(
                    NoticeCode.DATE_ASSUMED,
                    f"neither the file nor the call gives a date; today, {today.isoformat()}, "
                    "was taken as the evaluation date",
                )
            )
        if case.as_of is None:
            text = "the file does not say on which day its facts were true"
            notices.append(Notice(NoticeCode.FACTS_UNDATED, text, path="as_of"))
            return today
        if today < case.as_of:
            raise Refused(
                Problem(
                    ProblemCode.EVALUATION_BEFORE_FACTS,
                    f"the evaluation date {today.isoformat()} is before the date of the facts, "
                    f"{case.as_of.isoformat()}",
                    case.places.get("as_of", Place(case.source)),
                    "give a later `--as-of`, or facts of an earlier day",
                )
            )
        limit = self.strategy.parameters.get(FACTS_AGE_MAX)
        if limit is not None:
            from ..feel import logic

            oldest = logic.subtract(today, limit.value)
            if oldest is not UNKNOWN and case.as_of < oldest:
                text = (
                    f"the facts are of {case.as_of.isoformat()}, older than "
                    f"{oldest.isoformat()}; have them confirmed"
                )
                notices.append(Notice(NoticeCode.FACTS_STALE, text, path="as_of"))
        return today


def _contradictions(case: Case) -> list[Notice]:
    return [
        Notice(
            NoticeCode.CONTRADICTION,
            f"`{one.path}` is stated otherwise "
            + (f"in {one.other}" if one.other else "than it follows from other facts"),
            path=one.path,
        )
        for one in case.contradictions
    ]


def _overdue(case: Case, today: dt.date) -> list[Notice]:
    found = []
    for number, item in enumerate(case.facts.get("actions") or [], start=1):
        due, status = item.get("due_on", NONE), item.get("status")
        if isinstance(due, dt.date) and due < today and status not in ("done", "risk_accepted"):
            deed = str(item.get("do", "an action"))
            found.append(
                Notice(
                    NoticeCode.ACTION_OVERDUE,
                    f"overdue since {due.isoformat()}: {deed}",
                    str(item["rule"]) if isinstance(item.get("rule"), str) else None,
                    f"actions[{number}]",
                )
            )
    return found
