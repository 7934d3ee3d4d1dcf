"""What the rules over the portfolio say, as JSON: the form `accordance/portfolio/1`.

A result has the fields of a result of `check`, and with them the group it is about, its cases and
its figures; a fact, and what is missing, names its case. Findings are listed, of all other groups
only how many there are.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from ..check.answer import PROGRAM, open_exception, strategy_stamp
from ..check.checker import Checker
from ..check.exceptions import LEAD, SEVERITY
from ..check.judging import Judgement, static_path
from ..check.prose import joined, plain, round_to, spoken
from ..check.small_groups import WITHHELD, SmallGroups
from ..feel.compiling import Evidence
from ..feel.functions import pairs_of
from ..feel.logic import exact
from ..feel.syntax import Literal, Name, walk
from ..feel.values import UNKNOWN, Span, Uncertain, Value
from ..plan.outcome import SEVERITY_RANK, Kind, Outcome, kind_of
from ..strategy.due import due_on
from ..strategy.message import UNMET, fill
from ..strategy.model import EVIDENCE
from ..strategy.portfolio import GROUP, PORTFOLIO, RESULT, TITLE, PortfolioRule
from ..strategy.portfolio_exceptions import GroupException
from .exceptions import Accepting
from .judging import GroupCodes, GroupJudgement, Said, judgements
from .members import Member, Reader, over_a_group

SCHEMA: Final = "accordance/portfolio/1"
MOST_CASES: Final = 100
"""So many cases of a group are named; of the others only their number is."""
MOST_FACTS: Final = 200
MOST_MISSING: Final = 200
"""So many missing facts of a result are listed; whether there are more is said."""
MOST_RESULTS: Final = 1_000
"""So many findings of one rule are told in full, the others in brief."""
UNNAMED: Final = "not known"
_OPEN_POINTS: Final = {
    LEAD: "who leads on each partnership of the group",
    SEVERITY: "how severe the breach is",
}
_CASE: Final = re.compile(r"\[(\d+)\]\.?(.*)", re.DOTALL)


class Answering:
    """Puts what the rules say into words and JSON."""

    def __init__(
        self,
        reader: Reader,
        members: Sequence[Member],
        today: dt.date,
        exceptions: Sequence[GroupException] = (),
    ) -> None:
        self.reader = reader
        self.checker: Checker = reader.checker
        self.strategy = reader.checker.strategy
        self.members = members
        self.today = today
        self._accepting = Accepting(exceptions, self.strategy, reader.providers, today)
        self._codes = [
            GroupCodes.of(rule, self.strategy, self.checker.names) for rule in reader.rules
        ]
        self._paths: dict[int, str] = {}
        self._numbers = {id(member): number for number, member in enumerate(members)}
        self._known: set[int] = set()
        self._behind: dict[tuple[str, int], tuple[str, ...]] = {}
        self._named: dict[str, frozenset[str]] = {}

    def document(self, names: Iterable[str]) -> dict[str, Any]:
        """The documented form. `names` are those of the providers, for the report on their
        spellings."""
        rules, results, more = [], [], []
        for codes in self._codes:
            counts: Counter[str] = Counter()
            listed = 0
            for one in self._judgements(codes):
                counts["moot" if one.said.moot else one.outcome.value] += 1
                if not is_listed(one.rule, one.said):
                    continue
                listed += 1
                if listed <= MOST_RESULTS:
                    results.append(self.result(one))
                else:
                    case = None if one.member is None else one.member.case.id
                    more.append(in_brief(one.rule, one.scene.group, case, one.said))
            entry = rule_entry(codes.rule, counts)
            rules.append(entry | {"results_more": max(0, listed - MOST_RESULTS)})
        return document(self.checker, self.today, len(self.members), rules, results, more) | {
            "notices": self._accepting.notices(),
            "providers": self.reader.providers.report(names),
        }

    def _judgements(self, codes: GroupCodes) -> Iterator[GroupJudgement]:
        return judgements(codes, self.members, self.today, self._accepting)

    def judgements(self) -> Iterator[GroupJudgement]:
        """What the rules say of every group."""
        for codes in self._codes:
            yield from self._judgements(codes)

    # one result

    def result(self, one: GroupJudgement) -> dict[str, Any]:
        """What a rule says of a group, with its explanation."""
        rule, kind = one.rule, one.kind
        evidence = one.evidence(self._paths_of(one))
        unmet = self._unmet(one)
        facts, deciding = self._facts(one.rule, evidence)
        if not deciding:
            # Nothing but how many there are decides, so those that are certain do.
            deciding = {self._numbers[id(member)] for member, sure in one.scene.cases if sure}
        missing, missing_more = self._missing(one, evidence) if kind is Kind.GAP else ([], False)
        head = result_head(
            rule, one.scene.group, None if one.member is None else one.member.case.id
        )
        return head | {
            "outcome": one.outcome.value,
            "kind": None if kind is None else kind.value,
            "moot": one.said.moot,
            "severity": one.said.severity,
            "severity_least": one.said.severity_least,
            "gate": False,
            "message": self._message(one, unmet, missing, missing_more, evidence),
            "unmet": unmet,
            "missing": missing,
            "missing_more": missing_more,
            "reasons": list(evidence.reasons) if kind is Kind.GAP and not missing else [],
            "figures": {name: figure(value) for name, value in one.figures.items()},
            "cases": self._cases(one, deciding),
            "cases_more": max(0, len(one.scene.cases) - MOST_CASES),
            "facts": facts,
            "actions": actions(rule, self.today, self.strategy.holidays) if kind else [],
            "because": rule.because,
            "basis": list(rule.basis),
            "accepted_by": accepted_by(one.said),
        }

    def _paths_of(self, one: GroupJudgement) -> Mapping[int, str]:
        """Where the groups of facts of its cases stand: `[3].parties[2]` is of the fourth case."""
        cases = [member for member, _ in one.scene.cases]
        if PORTFOLIO in self._reads(one.rule):
            cases += self.members
        for member in cases:
            number = self._numbers[id(member)]
            if number in self._known:
                continue
            self._known.add(number)
            self._paths[id(member.item)] = f"[{number}]"
            for key, path in member.case.paths.items():
                self._paths[key] = f"[{number}].{path}"
        return self._paths

    def _reads(self, rule: PortfolioRule) -> set[str]:
        return {
            part.name
            for node in over_a_group(rule)
            for part in walk(node)
            if isinstance(part, Name)
        }

    def _facts(
        self, rule: PortfolioRule, evidence: Evidence
    ) -> tuple[list[dict[str, Any]], set[int]]:
        """The facts that decide, each with its case and place, and the numbers of these cases."""
        facts: list[dict[str, Any]] = []
        deciding: set[int] = set()
        for path, value in evidence.facts.items():
            match = _CASE.fullmatch(path)
            if match is None or not match[2]:
                continue
            number, name = int(match[1]), match[2]
            if name.startswith(f"{RESULT}."):
                if self._gaps_or_breaches(rule, self.members[number]):
                    deciding.add(number)
                continue
            deciding.add(number)
            member = self.members[number]
            if len(facts) < MOST_FACTS:
                facts.append(self._fact(member, name, value))
        return facts, deciding

    def _fact(self, member: Member, path: str, value: Value) -> dict[str, Any]:
        case = member.case
        known = case.model.facts.get(static_path(path))
        place = case.places.get(path)
        small = SmallGroups(case, self.strategy)
        hidden = small.hides(path)
        made = {
            "case": case.id,
            "path": path,
            "title": self._title(path),
            "value": WITHHELD if hidden else figure(small.shown(path, value)),
            "unit": None if known is None else known.unit,
            "source": case.source if place is None else place.file,
            "line": None if place is None else place.line,
        }
        if known is not None and known.sensitivity is not None:
            made["sensitivity"] = known.sensitivity
        return made

    def _title(self, path: str) -> str:
        known = self.strategy.model.facts.get(static_path(path))
        if known is not None:
            return known.title
        definition = self.strategy.definitions.get(path)
        return path if definition is None else definition.means

    def _missing(
        self, one: GroupJudgement, evidence: Evidence
    ) -> tuple[list[dict[str, str]], bool]:
        """What would decide, as far as it is listed, and whether there is more."""
        found: dict[tuple[str, str], None] = {}
        for pair in self._undecided(one, evidence):
            found[pair] = None
            if len(found) > MOST_MISSING:
                break
        listed = list(found)[:MOST_MISSING]
        return [{"case": case, "path": path} for case, path in listed], len(found) > len(listed)

    def _undecided(self, one: GroupJudgement, evidence: Evidence) -> Iterator[tuple[str, str]]:
        """Cases with the facts that the conditions miss, and with those that would tell whether a
        case belongs to the group at all."""

        def behind(member: Member, path: str) -> Iterator[tuple[str, str]]:
            for name in self._facts_behind(one.rule, member, path):
                yield member.case.id, name

        for path in evidence.missing:
            match = _CASE.fullmatch(path)
            if match is not None and match[2]:
                yield from behind(self.members[int(match[1])], match[2])
        for path in evidence.facts:
            match = _CASE.fullmatch(path)
            if match is not None and match[2].startswith(f"{RESULT}."):
                yield from behind(self.members[int(match[1])], match[2])
        cases = one.scene.cases
        if one.rule.rank is not None:
            for member, _ in cases:
                if isinstance(member.ranks[one.rule.id], Span):
                    yield from behind(member, RESULT)
        if LEAD in one.said.acceptance_needs:
            yield from self._leads_open(one)
        if one.said.unmet:
            return
        if PORTFOLIO in self._reads(one.rule):
            rule = one.rule.id
            within = {id(member) for member, _ in cases}
            cases = (
                *cases,
                *(
                    (member, member.memberships[rule].belongs is True)
                    for member in self.members
                    if member.memberships[rule].belongs is UNKNOWN and id(member) not in within
                ),
            )
        for member, sure in cases:
            if not sure or one.rule.mark is not None:
                for name in self.reader.doubts(one.rule, member).missing:
                    yield member.case.id, name

    def _leads_open(self, one: GroupJudgement) -> Iterator[tuple[str, str]]:
        """Cases of which it is not known who leads on them, and whether those belong to the group
        that are led by who approved an exception to it."""
        case = None if one.member is None else one.member.case.id
        approvers = self._accepting.approvers(one.rule, one.scene.group, case)
        for member, sure in one.scene.cases if one.member is None else ((one.member, True),):
            lead = member.lead
            if lead is UNKNOWN:
                yield member.case.id, LEAD
            elif not isinstance(lead, str) or lead.casefold() not in approvers:
                continue
            if not sure:
                for name in self.reader.doubts(one.rule, member).missing:
                    yield member.case.id, name

    def _facts_behind(self, rule: PortfolioRule, member: Member, path: str) -> Iterable[str]:
        """The facts behind a path: of a definition those that it misses, of what the check came to
        those that its gaps miss."""
        first = path.partition(".")[0]
        if first in self.strategy.definitions:
            found = Evidence()
            code = self.checker.expressions.definitions[first]
            code.evidence(member.assessment.frame[:], found)
            return found.missing
        if first != RESULT:
            return (path,)
        key = rule.id, self._numbers[id(member)]
        known = self._behind.get(key)
        if known is None:
            gaps = [one for one in self._gaps_or_breaches(rule, member) if one.kind is Kind.GAP]
            known = self._behind[key] = tuple(
                dict.fromkeys(
                    path for gap in gaps for path in member.assessment.evidence(gap).missing
                )
            )
        return known

    def _rules_named(self, rule: PortfolioRule) -> frozenset[str]:
        """The rules on one case whose results a rule asks for by their ids."""
        known = self._named.get(rule.id)
        if known is None:
            texts = {
                part.value
                for node in over_a_group(rule)
                for part in walk(node)
                if isinstance(part, Literal) and isinstance(part.value, str)
            }
            known = self._named[rule.id] = frozenset(
                one.id for one in self.strategy.rules if one.id in texts
            )
        return known

    def _gaps_or_breaches(self, rule: PortfolioRule, member: Member) -> list[Judgement]:
        """What a case's own check found: of the rules that are named, where any is."""
        named = self._rules_named(rule)
        return [
            one
            for one in member.assessment.judgements
            if one.kind is not None
            and one.rule.about != EVIDENCE
            and (not named or one.rule.id in named)
        ]

    def _cases(self, one: GroupJudgement, deciding: set[int]) -> list[dict[str, Any]]:
        return [
            {
                "id": member.case.id,
                "title": member.case.title,
                "certain": sure,
                "decides": self._numbers[id(member)] in deciding,
            }
            for member, sure in one.scene.cases[:MOST_CASES]
        ]

    # words

    def _unmet(self, one: GroupJudgement) -> list[str]:
        found = []
        for index in one.said.unmet:
            requirement = one.rule.require[index]
            phrase = requirement.unmet
            if phrase is None:
                found.append(f"it does not hold that {requirement.text}")
            else:
                found.append(fill(phrase, lambda name: self._value_of(one, name)))
        return found

    def _message(
        self,
        one: GroupJudgement,
        unmet: list[str],
        missing: list[dict[str, str]],
        missing_more: bool,
        evidence: Evidence,
    ) -> str:
        if one.outcome in (Outcome.NON_COMPLIANT, Outcome.ACCEPTED_EXCEPTION):
            phrase = joined(unmet)
            return fill(one.rule.finding, lambda name: self._value_of(one, name, phrase))
        reasons = [] if missing else list(evidence.reasons)
        return other_message(one.said, len(missing), missing_more, reasons)

    def _units(self, rule: PortfolioRule) -> dict[str, str | None]:
        return {figure.name: figure.unit for figure in rule.figures}

    def _value_of(self, one: GroupJudgement, name: str, unmet: str = "") -> str:
        if name == UNMET:
            return unmet
        first, *steps = name.split(".")
        if first == GROUP:
            return UNNAMED if one.scene.group is None else one.scene.group
        if first == TITLE and one.member is not None:
            return one.member.case.title
        if first in one.figures:
            return said(one.figures[first], self._units(one.rule).get(first))
        if first in self.strategy.parameters:
            parameter = self.strategy.parameters[first]
            return spoken(self.checker.names.parameters[first], parameter.unit)
        # A message names what is certain.
        pairs = pairs_of(one.scene.facts.get(first, UNKNOWN)) or ()
        value: Value = [item for item, sure in pairs if sure]
        for step in steps:
            value = [part.get(step, UNKNOWN) for part in value if isinstance(part, dict)]
        return said([part for part in value if part is not UNKNOWN])


def document(
    checker: Checker,
    today: dt.date,
    cases: int,
    rules: list[dict[str, Any]],
    results: list[dict[str, Any]],
    more: list[dict[str, Any]],
) -> dict[str, Any]:
    """The documented form of what the rules over a portfolio say; `more` are the findings beyond
    those in `results`, in brief."""
    return {
        "schema": SCHEMA,
        "program": PROGRAM,
        "strategy": strategy_stamp(checker.strategy),
        "evaluated_on": today.isoformat(),
        "cases": cases,
        "rules": rules,
        "results": results,
        "more": more,
    }


def rule_entry(rule: PortfolioRule, counts: Mapping[str, int]) -> dict[str, Any]:
    """A rule, and of how many groups it says what."""
    outcomes = (
        Outcome.COMPLIANT,
        Outcome.NON_COMPLIANT,
        Outcome.INSUFFICIENT_EVIDENCE,
        Outcome.NOT_APPLICABLE,
        Outcome.ACCEPTED_EXCEPTION,
    )
    return {
        "rule": rule.id,
        "title": rule.title,
        "theme": rule.theme,
        "aliases": list(rule.aliases),
        "severity": rule.severity,
        "groups": {
            **{one.value: counts.get(one.value, 0) for one in outcomes},
            "moot": counts.get("moot", 0),
        },
    }


def result_head(rule: PortfolioRule, group: str | None, case: str | None) -> dict[str, Any]:
    """Which rule says something, and of what."""
    named = rule.group_by is not None
    parts = [PORTFOLIO, rule.id]
    parts += [UNNAMED if group is None else group] if named else []
    parts += [case] if case is not None else []
    return {
        "id": "/".join(parts),
        "rule": rule.id,
        "title": rule.title,
        "theme": rule.theme,
        "group": group,
        "group_known": group is not None if named else None,
        "case": case,
    }


def in_brief(
    rule: PortfolioRule, group: str | None, case: str | None, said: Said
) -> dict[str, Any]:
    """A finding as it is told beyond the first of a rule: which it is, its kind and severity."""
    kind = kind_of(said.outcome, said.moot)
    return {
        "rule": rule.id,
        "group": group,
        "case": case,
        "outcome": said.outcome.value,
        "kind": None if kind is None else kind.value,
        "severity": said.severity,
    }


def is_listed(rule: PortfolioRule, said: Said) -> bool:
    """Does it stand among the results: a finding, an accepted breach, or what is said of the whole
    portfolio?"""
    accepted = said.outcome is Outcome.ACCEPTED_EXCEPTION
    return accepted or kind_of(said.outcome, said.moot) is not None or rule.group_by is None


def accepted_by(said: Said) -> dict[str, Any] | None:
    """The exception to a breach, None where there is none."""
    return None if said.accepted_by is None else dict(said.accepted_by)


def other_message(said: Said, missing: int, missing_more: bool, reasons: Sequence[str]) -> str:
    """One sentence for an outcome that is no breach; `missing` is how many facts would decide, or
    the least number of them where there are more."""
    if said.outcome is Outcome.COMPLIANT:
        return "All that the rule asks for is there."
    if said.outcome is Outcome.NOT_APPLICABLE:
        return "Does not apply to this group."
    if said.acceptance_needs:
        return open_exception([_OPEN_POINTS[point] for point in said.acceptance_needs])
    if said.moot:
        return "Nothing to find out: whatever the missing facts are, this is no breach."
    parts = [*reasons]
    if missing:
        facts = "1 fact is" if missing == 1 else f"{missing:,} facts are"
        parts.insert(0, f"{'more than ' if missing_more else ''}{facts} not known")
    return f"Cannot be decided yet; {joined(parts) or 'something is not known'}."


def actions(
    rule: PortfolioRule, today: dt.date, holidays: Iterable[dt.date]
) -> list[dict[str, Any]]:
    """What is to be done, by whom and until when."""
    found = []
    days = frozenset(holidays)
    for action in rule.actions:
        due = action.due.get(PORTFOLIO)
        day = None if due is None else due_on(due, today, {}, days)
        found.append(
            {
                "do": action.do,
                "owner": action.owner,
                "due": None if due is None else due.text,
                "due_on": None if day is None else day.isoformat(),
                "done_when": action.done_when,
            }
        )
    return found


def figure(value: Value) -> Any:
    """A value as JSON has it, numbers with at most six decimal places; one of which only the
    bounds are known as `from` and `to`."""
    if isinstance(value, Span):
        return {"from": figure(value.low), "to": figure(value.high)}
    if isinstance(value, Fraction):
        return plain(exact(round_to(value, 6)))
    if isinstance(value, Uncertain):
        return {"certain": plain(value.certain), "possible": plain(value.possible)}
    return plain(value)


def said(value: Value, unit: str | None = None) -> str:
    """A value as one says it, of what is uncertain what is certain."""
    if isinstance(value, Uncertain):
        value = value.certain
    return "(not known)" if value is UNKNOWN else spoken(value, unit)


def worst(results: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """How many findings there are, by kind and severity."""
    counts = {
        kind: dict.fromkeys(sorted(SEVERITY_RANK, key=lambda word: -SEVERITY_RANK[word]), 0)
        for kind in ("breaches", "gaps")
    }
    for one in results:
        if one["kind"] is not None:
            counts["breaches" if one["kind"] == "breach" else "gaps"][one["severity"]] += 1
    return counts
