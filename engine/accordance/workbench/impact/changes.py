"""Two runs over the same records, compared rule by rule in columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from ...strategy.model import Strategy
from ...sweep import answers

if TYPE_CHECKING:
    import pyarrow as pa

NOTHING, GAP, BREACH, ACCEPTED = range(4)
KINDS: Final = ("none", "gap", "breach", "accepted")
_KIND_OF: Final = {
    answers.NON_COMPLIANT: BREACH,
    answers.INSUFFICIENT: GAP,
    answers.ACCEPTED: ACCEPTED,
}
_LEVELS: Final = 8
"""More than there are severities: a state is its kind times this, plus its severity."""

APPEARS, VANISHES, TURNS, SEVERITY, OTHER = (
    "appears",
    "vanishes",
    "turns",
    "severity",
    "accepted",
)
WHATS: Final = (APPEARS, VANISHES, TURNS, SEVERITY, OTHER)
FACTS: Final = ("id", "title", "stage", answers.SOURCE, answers.LINE)
ANSWERS: Final = ("verdict", "opinion")

Read = Callable[[Sequence[str]], "pa.Table"]
"""Reads columns of a run's outcomes."""


@dataclass(frozen=True, slots=True)
class State:
    """What a rule says of a case, as far as it is a finding or an accepted one."""

    kind: str
    severity: str | None

    def to_json(self) -> dict[str, str | None]:
        return {"kind": self.kind, "severity": self.severity}


@dataclass(slots=True)
class RuleChange:
    """How often a rule came to say something else: by the state before and after."""

    rule: str
    counts: dict[tuple[State, State], int] = field(default_factory=dict)

    def tally(self) -> dict[str, int]:
        """How many findings appear, vanish and so on."""
        found = dict.fromkeys(WHATS, 0)
        for (before, after), number in self.counts.items():
            found[what(before, after)] += number
        return found


def what(before: State, after: State) -> str:
    """What becomes of a finding."""
    is_one, was_one = after.kind in KINDS[1:3], before.kind in KINDS[1:3]
    if is_one and not was_one:
        return APPEARS
    if was_one and not is_one:
        return VANISHES
    if not is_one:
        return OTHER
    return SEVERITY if before.kind == after.kind else TURNS


class Comparison:
    """The outcomes of two runs side by side. `renamed` maps the ids of the new strategy's rules to
    those that they had in the old one, where these differ."""

    def __init__(
        self,
        old: Strategy,
        new: Strategy,
        read_old: Read,
        read_new: Read,
        renamed: Mapping[str, str],
    ) -> None:
        self._old_rules = [rule.id for rule in old.rules]
        self._new_rules = [rule.id for rule in new.rules]
        self._read_old, self.read_new = read_old, read_new
        self.renamed = renamed
        self._codes: dict[str, tuple[pa.Array, pa.Array]] = {}

    # rows

    @cached_property
    def _rows(self) -> tuple[pa.Array | None, pa.Array | None, int, int, int]:
        """Which rows of each run to take so that both have the same records in the same order
        (None: all as they stand), how many these are, and how many only one run has."""
        import pyarrow as pa
        import pyarrow.compute as pc

        first = _one(self._read_old([answers.ROW]), answers.ROW)
        second = _one(self.read_new([answers.ROW]), answers.ROW)
        if first.equals(second):
            return None, None, len(first), 0, 0
        kept = pc.indices_nonzero(pc.is_in(first, value_set=second))
        same = pc.index_in(first.take(kept), value_set=second)
        return (
            kept,
            same.cast(pa.uint64()),
            len(kept),
            len(first) - len(kept),
            len(second) - len(kept),
        )

    @property
    def records(self) -> int:
        return self._rows[2]

    @property
    def only_old(self) -> int:
        """Records that only the old strategy's fact model admits."""
        return self._rows[3]

    @property
    def only_new(self) -> int:
        return self._rows[4]

    def _old(self, names: Sequence[str]) -> pa.Table:
        kept = self._rows[0]
        table = self._read_old(names)
        return table if kept is None else table.take(kept)

    def _new(self, names: Sequence[str]) -> pa.Table:
        kept = self._rows[1]
        table = self.read_new(names)
        return table if kept is None else table.take(kept)

    # rules

    def rules(self) -> list[str]:
        """Every rule of either strategy, the new one's first; a renamed one under its new id."""
        before = {self.renamed.get(rule, rule) for rule in self._new_rules}
        return [*self._new_rules, *(rule for rule in self._old_rules if rule not in before)]

    def codes(self, rule: str) -> tuple[pa.Array, pa.Array]:
        """What a rule says of each record before and after, as numbers of states."""
        known = self._codes.get(rule)
        if known is None:
            name = self.renamed.get(rule, rule)
            first = self._code(self._old, name if name in self._old_rules else None)
            second = self._code(self._new, rule if rule in self._new_rules else None)
            known = self._codes[rule] = first, second
        return known

    def _code(self, read: Callable[[Sequence[str]], pa.Table], rule: str | None) -> pa.Array:
        import pyarrow as pa
        import pyarrow.compute as pc

        if rule is None:
            return pa.nulls(self.records, pa.int8()).fill_null(0)
        table = read([rule, answers.severity_column(rule)])
        outcome = _one(table, rule)
        kinds = pa.array(
            [_KIND_OF.get(code, NOTHING) for code in range(len(answers.OUTCOME_WORDS))], pa.int8()
        )
        kind = kinds.take(outcome.cast(pa.int64()).fill_null(0))
        severity = _one(table, answers.severity_column(rule)).fill_null(0).cast(pa.int8())
        held = pc.if_else(pc.equal(kind, NOTHING), pa.scalar(0, pa.int8()), severity)
        return pc.add(pc.multiply(kind, pa.scalar(_LEVELS, pa.int8())), held)

    def changed(self, progress: Callable[[int], None] = lambda done: None) -> list[RuleChange]:
        """The rules that say something else of any record."""
        import pyarrow as pa
        import pyarrow.compute as pc

        found = []
        self._count = pa.nulls(self.records, pa.int16()).fill_null(0)
        for done, rule in enumerate(self.rules(), 1):
            first, second = self.codes(rule)
            if first.equals(second):
                del self._codes[rule]
                continue
            differs = pc.not_equal(first, second)
            self._count = pc.add(self._count, differs.cast(pa.int16()))
            wide = pa.scalar(256, pa.int16())
            both = pc.add(pc.multiply(first.cast(pa.int16()), wide), second.cast(pa.int16()))
            change = RuleChange(rule)
            for one in both.filter(differs).value_counts().to_pylist():
                before, after = divmod(one["values"], 256)
                change.counts[state(before), state(after)] = one["counts"]
            change.counts = dict(sorted(change.counts.items(), key=lambda item: str(item[0])))
            found.append(change)
            progress(done)
        return found

    # answers

    def flips(self, name: str) -> dict[tuple[str, str], int]:
        """How many records have another verdict or opinion, by what it was and is."""
        first, second = self._answers[name]
        table = _table(old=first, new=second).filter(self._flipped(name))
        counted = table.group_by(["old", "new"]).aggregate([([], "count_all")]).to_pylist()
        found = {(one["old"], one["new"]): one["count_all"] for one in counted}
        return dict(sorted(found.items()))

    def totals(self, name: str) -> tuple[dict[str, int], dict[str, int]]:
        """How many records have each verdict or opinion, before and after."""
        first, second = (
            {one["values"]: one["counts"] for one in array.value_counts().to_pylist()}
            for array in self._answers[name]
        )
        return first, second

    @cached_property
    def _answers(self) -> dict[str, tuple[pa.Array, pa.Array]]:
        first, second = self._old(ANSWERS), self._new(ANSWERS)
        return {
            name: (_one(first, name).fill_null(""), _one(second, name).fill_null(""))
            for name in ANSWERS
        }

    def _flipped(self, name: str) -> pa.Array:
        import pyarrow.compute as pc

        return pc.not_equal(*self._answers[name])

    # records

    def concerned(self) -> int:
        """How many records have a finding, verdict or opinion that changed; after `changed`."""
        import pyarrow.compute as pc

        return pc.sum(self._any).as_py() or 0

    @cached_property
    def _any(self) -> pa.Array:
        import pyarrow.compute as pc

        return pc.or_(
            pc.greater(self._count, 0), pc.or_(self._flipped("verdict"), self._flipped("opinion"))
        )

    def foremost(self, most: int, ranks: Mapping[str, int]) -> list[int]:
        """The positions of the records to show: those whose verdict or opinion moves furthest
        first, then those with most changes, then in their order."""
        import pyarrow as pa
        import pyarrow.compute as pc

        moves = []
        words = pa.array(list(ranks))
        values = pa.array([ranks[word] for word in ranks], pa.int32())
        for name in ANSWERS:
            first, second = (
                values.take(pc.index_in(array, value_set=words).fill_null(0))
                for array in self._answers[name]
            )
            moves.append(pc.subtract(second, first))
        order = pa.table(
            {
                "verdict": pc.abs(moves[0]),
                "opinion": pc.abs(moves[1]),
                "count": self._count,
                "at": pa.array(range(self.records), pa.int64()),
            }
        ).filter(self._any)
        keys = [(name, "descending") for name in ("verdict", "opinion", "count")]
        best = pc.sort_indices(order, sort_keys=[*keys, ("at", "ascending")])
        return list(order["at"].take(best.slice(0, most)).to_pylist())

    def facts(self, at: Sequence[int]) -> list[dict[str, Any]]:
        """What is known of the records at these positions, and their answers before and after."""
        import pyarrow as pa

        rows = pa.array(at, pa.int64())
        facts: list[dict[str, Any]] = self._new(FACTS).take(rows).to_pylist()
        for name in ANSWERS:
            first, second = (array.take(rows).to_pylist() for array in self._answers[name])
            for row, before, after in zip(facts, first, second, strict=True):
                row[name] = (before or None, after or None)
        return facts

    def states(self, rule: str, at: Sequence[int]) -> list[tuple[State, State]]:
        """What a rule says of the records at these positions."""
        import pyarrow as pa

        rows = pa.array(at, pa.int64())
        first, second = (codes.take(rows).to_pylist() for codes in self.codes(rule))
        return [(state(a), state(b)) for a, b in zip(first, second, strict=True)]

    def where_changed(self, rule: str) -> list[int]:
        """The positions of the records of which a rule says something else."""
        import pyarrow.compute as pc

        first, second = self.codes(rule)
        return list(pc.indices_nonzero(pc.not_equal(first, second)).to_pylist())


def state(code: int) -> State:
    kind, severity = divmod(code, _LEVELS)
    return State(KINDS[kind], answers.SEVERITY_WORDS[severity] if kind else None)


def _one(table: pa.Table, name: str) -> pa.Array:
    """A column in one piece."""
    column = table[name].combine_chunks()
    return column if not hasattr(column, "chunks") else column.chunk(0)


def _table(**columns: pa.Array) -> pa.Table:
    import pyarrow as pa

    return pa.table(columns)
