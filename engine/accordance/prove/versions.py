"""Two versions of a strategy: what the new one asks more, and what it asks less.

A rule is stricter where it turns a pass, or a case it left alone, into a gap or a breach, a gap
into a breach, or makes a finding more severe or a gate; looser the other way round.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..check.judging import Judgement
from ..check.prose import spoken
from ..feel.printing import to_source
from ..feel.syntax import Name, Node, walk
from ..feel.values import Months
from ..plan.outcome import SEVERITY_RANK, Kind, Outcome
from ..plan.planning import PlannedRule
from ..strategy.model import STAGES, Rule, Strategy, Table
from ..strategy.rule_digest import portfolio_rule_digests
from .answers import Answer, Question, Shown, Verdict
from .deriving import derivations
from .investigation import FAILED, Ground, Limits, Subject, judgement_of
from .rulings import RANKS, Encoding, Ruling
from .solving import Solver, Undecided
from .terms import Bit, Terms
from .witness import NotConfirmed, Request, Witness, find

OLD, NEW = "old", "new"
Track = Callable[[Sequence[PlannedRule], str], Iterable[PlannedRule]]
Shows = Callable[[Judgement, Judgement], bool]

_SAYS: Final = {
    Verdict.EQUIVALENT: "{} asks the same",
    Verdict.STRICTER: "{} is stricter",
    Verdict.LOOSER: "{} is looser",
    Verdict.NEITHER: "{} is stricter for some partnerships and looser for others",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A rule in both versions."""

    old: PlannedRule
    new: PlannedRule


class Comparison:
    """Two versions over one space of cases."""

    def __init__(self, old: Subject, new: Subject, limits: Limits) -> None:
        self.old, self.new = old, new
        self.ground = Ground(limits)
        self.encodings = (
            Encoding(old.plan, self.ground.space, "old "),
            Encoding(new.plan, self.ground.space, "new "),
        )
        self.pairs, self.added, self.removed = _matched(old.rules, new.rules)
        self.rulings: dict[str, tuple[Ruling, Ruling]] = {
            pair.new.rule.id: (
                self.encodings[0].ruling(pair.old),
                self.encodings[1].ruling(pair.new),
            )
            for pair in self.pairs
        }
        demands = [derivations(self.ground.space, subject.strategy.model) for subject in (old, new)]
        self.exactly = [bit for one in demands for bit in one.exactly]
        limits_ = [bit for one in demands for bit in one.limits]
        self.solver = Solver(self.ground.space, limits_)

    def answers(self, track: Track) -> Iterator[Answer]:
        """An answer for each rule of either version, in the order of the new one."""
        pairs = {pair.new.rule.id: pair for pair in self.pairs}
        for planned in track(self.new.rules, "comparing"):
            pair = pairs.get(planned.rule.id)
            if pair is None:
                says = f"{planned.rule.id} is new"
                yield _single(Verdict.ADDED, says, planned.rule)
            else:
                yield self._compared(pair)
        yield from self._evidence()
        for planned in self.removed:
            says = f"{planned.rule.id} is gone"
            yield _single(Verdict.REMOVED, says, planned.rule)

    def _evidence(self) -> Iterator[Answer]:
        """Rules about the evidence have no constraints: a change to one is only said."""
        pairs, added, removed = _matched(self.old.evidence_rules, self.new.evidence_rules)
        for pair in pairs:
            rule = pair.new.rule
            changed = changes(self.old.strategy, self.new.strategy, pair)
            if changed:
                says = f"whether {rule.id} asks the same is not decided"
                why = ("rules about the evidence have no constraints", *changed)
                yield Answer(
                    Question.VERSION,
                    Verdict.NOT_DECIDED,
                    says,
                    (rule.id,),
                    rule.theme,
                    because=why,
                )
        for planned in added:
            yield _single(Verdict.ADDED, f"{planned.rule.id} is new", planned.rule)
        for planned in removed:
            yield _single(Verdict.REMOVED, f"{planned.rule.id} is gone", planned.rule)

    def elsewhere(self) -> tuple[str, ...]:
        """What else differs, which is not compared here."""
        old, new = self.old.strategy, self.new.strategy
        parts = (
            ("the verdict table", _table(old.verdict), _table(new.verdict)),
            ("the opinion table", _table(old.opinion), _table(new.opinion)),
            ("the facts that each stage asks for", old.mandatory, new.mandatory),
            ("who may accept a breach", old.exceptions, new.exceptions),
            ("the fact model", old.model.owner_schema, new.model.owner_schema),
        )
        found = [what for what, before, after in parts if before != after]
        before, after = portfolio_rule_digests(old), portfolio_rule_digests(new)
        changed = [
            name for name in dict.fromkeys((*after, *before)) if before.get(name) != after.get(name)
        ]
        if changed:
            found.append(
                f"what the rules over the portfolio {', '.join(changed)} ask; `accordance impact`"
                " tells what becomes of their findings"
            )
        return tuple(found)

    def _compared(self, pair: Pair) -> Answer:
        rule = pair.new.rule
        old, new = self.rulings[rule.id]
        more, less = _harder(self.terms, old, new), _harder(self.terms, new, old)
        open_: list[str] = []
        shown: list[Shown] = []
        terms = self.terms
        stricter = self._found(
            pair, more, terms.both(old.passes, new.fails), (_up, _met_then_not), open_, shown
        )
        looser = self._found(
            pair, less, terms.both(old.fails, new.passes), (_down, _not_then_met), open_, shown
        )
        verdict = {
            (True, True): Verdict.NEITHER,
            (True, False): Verdict.STRICTER,
            (False, True): Verdict.LOOSER,
            (False, False): Verdict.EQUIVALENT,
        }[bool(stricter), bool(looser)]
        if stricter is None or looser is None:
            says = f"whether {rule.id} asks the same is not decided"
            known = "stricter" if stricter else "looser" if looser else None
            if known:
                says = f"{rule.id} is {known} for some partnerships; the rest is not decided"
            verdict = Verdict.NOT_DECIDED
        else:
            says = _SAYS[verdict].format(rule.id)
        items = {} if more is False and less is False else self._items(pair)
        return Answer(
            Question.VERSION,
            verdict,
            says,
            (rule.id,),
            rule.theme,
            (),
            items,
            (
                *open_,
                *(
                    changes(self.old.strategy, self.new.strategy, pair)
                    if verdict is not Verdict.EQUIVALENT
                    else ()
                ),
            ),
            tuple(shown),
        )

    @property
    def terms(self) -> Terms:
        return self.ground.terms

    def _items(self, pair: Pair) -> dict[str, int]:
        facts = self.old.facts_of(pair.old) | self.new.facts_of(pair.new)
        return {
            path: count
            for path, count in self.ground.space.bounded.items()
            if any(fact == path or fact.startswith(f"{path}.") for fact in facts)
        }

    def _found(
        self,
        pair: Pair,
        bit: Bit,
        plainly: Bit,
        shows: tuple[Shows, Shows],
        open_: list[str],
        shown: list[Shown],
    ) -> bool | None:
        """Is there a partnership for which it is so, at best one for which it is `plainly` so (met
        in one version, failing in the other)? None where that is not decided."""
        if bit is False:
            return False
        new = pair.new.rule.id
        try:
            plain = self.solver.possible(bit, plainly)
            witness = self._witness(pair, plainly if plain else bit, shows[plain])
        except (Undecided, NotConfirmed) as reason:
            rulings = self.rulings[new]
            open_ += [str(reason), *rulings[0].obscure, *rulings[1].obscure]
            return None
        if witness is None:
            return False
        shown.append(Shown(witness, (new,), (OLD, NEW), {new: pair.old.rule.id}))
        return True

    def _witness(self, pair: Pair, bit: Bit, shows: Shows) -> Witness | None:
        old, new = pair.old.rule.id, pair.new.rule.id
        return find(
            self.solver,
            self.exactly,
            Request(
                [bit],
                f"{new} in the old and the new version",
                [self.old.checker, self.new.checker],
                lambda before, after: shows(judgement_of(before, old), judgement_of(after, new)),
            ),
        )


def _single(verdict: Verdict, says: str, rule: Rule) -> Answer:
    return Answer(Question.VERSION, verdict, says, (rule.id,), rule.theme)


def _table(table: Table) -> Any:
    return table.stages, tuple((row.answer, row.when) for row in table.rows)


def _matched(
    old: Sequence[PlannedRule], new: Sequence[PlannedRule]
) -> tuple[list[Pair], list[PlannedRule], list[PlannedRule]]:
    """The rules that are in both (a renamed one by its aliases), the added and the removed."""
    left = {one.rule.id: one for one in old}
    pairs: list[Pair] = []
    added: list[PlannedRule] = []
    for planned in new:
        names = [planned.rule.id, *planned.rule.aliases]
        name = next((name for name in names if name in left), None)
        if name is None:
            added.append(planned)
        else:
            pairs.append(Pair(left.pop(name), planned))
    return pairs, added, list(left.values())


def _harder(terms: Terms, one: Ruling, other: Ruling) -> Bit:
    """Does the other ask more of the case than the one?"""
    if _same(one, other):
        return False
    found = terms.either(one.fails, one.open)
    more_severe = terms.either(
        *(terms.both(other.severity[rank], terms.opposite(one.severity[rank])) for rank in RANKS),
        terms.both(other.gate, terms.opposite(one.gate)),
    )
    return terms.either(
        terms.both(other.fails, terms.opposite(one.fails)),
        terms.both(other.open, terms.opposite(found)),
        terms.both(other.fails, one.fails, more_severe),
        terms.both(other.open, one.open, more_severe),
    )


def _same(one: Ruling, other: Ruling) -> bool:
    bits = [(getattr(one, name), getattr(other, name)) for name in ("fails", "open", "gate")]
    bits += [(one.severity[rank], other.severity[rank]) for rank in RANKS]
    return not (one.obscure or other.obscure) and all(_identical(*pair) for pair in bits)


def _identical(one: Bit, other: Bit) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one.eq(other))


def _rank(judgement: Judgement) -> tuple[int, int, int]:
    if judgement.outcome in FAILED:
        found = 2
    else:
        found = 1 if judgement.kind is Kind.GAP else 0
    if not found:
        return 0, 0, 0
    return found, SEVERITY_RANK[judgement.severity], int(judgement.gate)


def _up(before: Judgement, after: Judgement) -> bool:
    """Does the new version find more?"""
    old, new = _rank(before), _rank(after)
    if old[0] != new[0]:
        return new[0] > old[0]
    return new[1] > old[1] or new[2] > old[2]


def _down(before: Judgement, after: Judgement) -> bool:
    return _up(after, before)


def _met_then_not(before: Judgement, after: Judgement) -> bool:
    return before.outcome is Outcome.COMPLIANT and after.outcome in FAILED


def _not_then_met(before: Judgement, after: Judgement) -> bool:
    return _met_then_not(after, before)


# what was changed


def changes(old: Strategy, new: Strategy, pair: Pair) -> tuple[str, ...]:
    """What an owner changed that the rule depends on, in words."""
    found: list[str] = []
    before, after = pair.old.rule, pair.new.rule
    if _texts(before) != _texts(after):
        found.append("its own text")
    if before.stages != after.stages:
        found.append(f"its stages: {', '.join(before.stages)} → {', '.join(after.stages)}")
    if before.severity != after.severity:
        found.append(f"its severity: {before.severity} → {after.severity}")
    if before.gate != after.gate:
        found.append(f"its gate: {_gate(before)} → {_gate(after)}")
    names = dict.fromkeys((*_names(before, old), *_names(after, new)))
    for name in names:
        one, other = old.parameters.get(name), new.parameters.get(name)
        if one is not None and other is not None and one.value != other.value:
            found.append(f"{name}: {_shown(one.value)} → {_shown(other.value)}")
        first, second = old.definitions.get(name), new.definitions.get(name)
        if first is not None and second is not None and first.expression != second.expression:
            found.append(f"{name}: {to_source(first.expression)} → {to_source(second.expression)}")
    return tuple(f"changed: {one}" for one in found)


def _gate(rule: Rule) -> str:
    return ", ".join(stage for stage in STAGES if stage in rule.gate) or "none"


def _texts(rule: Rule) -> Any:
    return (
        rule.when,
        tuple((one.expression, one.stages) for one in rule.require),
        tuple((one.level, one.expression) for one in rule.severity_when),
        rule.effective_from,
        rule.effective_until,
        rule.jurisdictions,
    )


def _names(rule: Rule, strategy: Strategy) -> Iterator[str]:
    """The definitions and parameters that a rule reads, through definitions too."""
    left: list[Node] = [one.expression for one in rule.require]
    left += [one.expression for one in rule.severity_when]
    left += [rule.when] if rule.when is not None else []
    seen: set[str] = set()
    while left:
        for part in walk(left.pop()):
            if isinstance(part, Name) and part.name not in seen:
                seen.add(part.name)
                if part.name in strategy.definitions:
                    left.append(strategy.definitions[part.name].expression)
                    yield part.name
                elif part.name in strategy.parameters:
                    yield part.name


def _shown(value: Any) -> str:
    from ..feel.syntax import Literal

    if isinstance(value, list | tuple):
        return "[" + ", ".join(_shown(one) for one in value) + "]"
    if isinstance(value, Months | dt.timedelta):
        return spoken(value)
    return to_source(Literal(value))


def overall(answers: Sequence[Answer]) -> Verdict:
    """What the new version as a whole is to the old one."""
    verdicts = {answer.verdict for answer in answers} - {Verdict.EQUIVALENT}
    if not verdicts:
        return Verdict.EQUIVALENT
    if Verdict.NOT_DECIDED in verdicts:
        return Verdict.NOT_DECIDED
    if verdicts <= {Verdict.STRICTER, Verdict.ADDED}:
        return Verdict.STRICTER
    if verdicts <= {Verdict.LOOSER, Verdict.REMOVED}:
        return Verdict.LOOSER
    return Verdict.NEITHER
