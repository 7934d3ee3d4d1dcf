"""Two runs side by side: which findings are new, resolved or changed, and what may have done it.

Partnerships are matched by their id, rules by theirs or by an alias. DuckDB reads both tables of
outcomes where they are, so that runs of any size can be compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .answers import DIGEST, INSUFFICIENT, MOOT, OUTCOME_WORDS, SEVERITY_WORDS, severity_column
from .comparing_across import compare_across
from .run_files import OUTCOMES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from .run_reading import Run

SCHEMA: Final = "accordance/compare/1"
KINDS: Final = ("new", "resolved", "changed")
REASONS: Final = ("facts", "rule", "date", "program", "portfolio")
"""What may have changed an outcome: what the record says, what the rule asks, the day of the
evaluation, the program, or (where none of these did) the other partnerships."""
MOST: Final = 10_000
"""So many changes are told one by one; the counts are of all."""

_ANSWERS: Final = ("verdict", "opinion", "opinion_at_worst")
_FINDINGS: Final = {"non_compliant": "breach", "insufficient_evidence": "gap"}
_NONE: Final = 7
_BASE: Final = 8
"""An outcome and a severity before and after are packed into one number, of digits below this."""


@dataclass(frozen=True, slots=True)
class State:
    """What a rule said of a case in one run."""

    outcome: str
    moot: bool
    severity: str | None

    @property
    def kind(self) -> str | None:
        """`breach`, `gap`, or None where it is no finding."""
        return None if self.moot else _FINDINGS.get(self.outcome)

    def told(self) -> dict[str, Any]:
        """The severity counts only where there is something to act on."""
        return {
            "outcome": self.outcome,
            "moot": self.moot,
            "kind": self.kind,
            "severity": self.severity if self.kind else None,
        }


def compare(old: Run, new: Run, most: int = MOST) -> dict[str, Any]:
    """What differs between two runs, as plain JSON values; the same runs give the same."""
    import duckdb

    with duckdb.connect() as connection:
        for name, run in (("o", old), ("n", new)):
            path = run.path(OUTCOMES).replace("'", "''")
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{path}')")
        found = _Comparison(connection, old.manifest, new.manifest, most).document()
    return found | {"across": compare_across(old.portfolio(), new.portfolio(), most)}


class _Comparison:
    def __init__(
        self,
        connection: DuckDBPyConnection,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        most: int,
    ) -> None:
        self.connection = connection
        self.old, self.new, self.left = old, new, most
        before = {one["rule"]: one for one in old["rules"]}
        self.pairs: list[tuple[dict[str, Any], dict[str, Any]]] = []
        for rule in new["rules"]:
            names = (rule["rule"], *rule.get("aliases", ()))
            found = next((before.pop(name) for name in names if name in before), None)
            if found is not None:
                self.pairs.append((found, rule))
        self.removed = list(before.values())
        matched = {rule["rule"] for _, rule in self.pairs}
        self.added = [rule for rule in new["rules"] if rule["rule"] not in matched]
        self._join()

    def _join(self) -> None:
        """A row for each partnership of both runs: what was said, packed, rule by rule."""
        packed = ", ".join(
            f"{_packed('o', old['rule'])} * {_BASE * _BASE}::SMALLINT "
            f"+ {_packed('n', new['rule'])} AS {_name(new['rule'])}"
            for old, new in self.pairs
        )
        answers = ", ".join(f"o.{one} AS old_{one}, n.{one} AS new_{one}" for one in _ANSWERS)
        self.connection.execute(
            f"CREATE TABLE joined AS SELECT n.id, n.title, n.stage, "
            f"o.{_name(DIGEST)} IS DISTINCT FROM n.{_name(DIGEST)} AS other_facts, "
            f"{answers}{', ' if packed else ''}{packed} FROM o JOIN n USING (id) ORDER BY n.id"
        )

    def document(self) -> dict[str, Any]:
        changes: list[dict[str, Any]] = []
        rules: list[dict[str, Any]] = []
        for old, new in self.pairs:
            rule, told = self._compared(old, new)
            changes += told
            if any(rule[kind] for kind in KINDS):
                rules.append(rule)
        totals = {kind: sum(rule[kind] for rule in rules) for kind in KINDS}
        return {
            "schema": SCHEMA,
            "old": _brief(self.old),
            "new": _brief(self.new),
            "cases": self._cases(),
            "findings": totals,
            **{name: self._answers(name) for name in _ANSWERS},
            "rules": rules,
            "rules_added": [_titled(rule) for rule in self.added],
            "rules_removed": [_titled(rule) for rule in self.removed],
            "changes": changes,
            "changes_left_out": sum(totals.values()) - len(changes),
        }

    def _cases(self) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for name, there, other in (("added", "n", "o"), ("removed", "o", "n")):
            rows = self.connection.execute(
                f"SELECT id, title FROM {there} ANTI JOIN {other} USING (id) ORDER BY id"
            )
            found = rows.fetchmany(MOST)
            count = len(found) + len(rows.fetchall())
            told[name] = {
                "count": count,
                "cases": [{"id": case, "title": title} for case, title in found],
            }
        counted = self.connection.execute(
            "SELECT count(*), coalesce(sum(CAST(other_facts AS INT)), 0) FROM joined"
        ).fetchone()
        assert counted is not None
        return {"in_both": counted[0], "with_other_facts": int(counted[1]), **told}

    def _answers(self, name: str) -> list[dict[str, Any]]:
        """How many partnerships went from which answer to which other, and the first of them."""
        rows = self.connection.execute(
            f"SELECT old_{name}, new_{name}, count(*), min_by(id, id, {MOST}) FROM joined "
            f"WHERE old_{name} IS DISTINCT FROM new_{name} "
            f"GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        return [
            {"from": old, "to": new, "cases": count, "ids": sorted(ids)}
            for old, new, count, ids in rows
        ]

    def _compared(
        self, old: dict[str, Any], new: dict[str, Any]
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        column = _name(new["rule"])
        counts: Counter[str] = Counter()
        kinds: dict[int, str] = {}
        for packed, number in self.connection.execute(
            f"SELECT {column}, count(*) FROM joined GROUP BY 1"
        ).fetchall():
            kind = _kind(*_states(packed))
            if kind is not None:
                kinds[packed] = kind
                counts[kind] += number
        rule = {
            **_titled(new),
            "was": old["rule"] if old["rule"] != new["rule"] else None,
            **{kind: counts[kind] for kind in KINDS},
            "asks_something_else": old.get("digest") != new.get("digest"),
        }
        told = list(self._changes(rule, kinds)) if kinds and self.left else []
        self.left -= len(told)
        return rule, told

    def _changes(self, rule: dict[str, Any], kinds: dict[int, str]) -> Iterator[dict[str, Any]]:
        wanted = ", ".join(map(str, sorted(kinds)))
        column = _name(rule["rule"])
        rows = self.connection.execute(
            f"SELECT id, title, other_facts, {column} FROM joined WHERE {column} IN ({wanted}) "
            f"ORDER BY id LIMIT {self.left}"
        ).fetchall()
        for case, title, other_facts, packed in rows:
            before, after = _states(packed)
            yield {
                "id": f"{case}/{rule['rule']}",
                "case": case,
                "title": title,
                "rule": rule["rule"],
                "change": kinds[packed],
                "from": before.told(),
                "to": after.told(),
                "because": self._because(other_facts, rule["asks_something_else"]),
            }

    def _because(self, other_facts: bool, other_rule: bool) -> list[str]:
        found = {
            "facts": other_facts,
            "rule": other_rule,
            "date": self.old["evaluated_on"] != self.new["evaluated_on"],
            "program": self.old["program"]["version"] != self.new["program"]["version"],
        }
        return [name for name, is_so in found.items() if is_so] or ["portfolio"]


def _packed(side: str, rule: str) -> str:
    severity = f"{side}.{_name(severity_column(rule))}"
    return f"({side}.{_name(rule)}::SMALLINT * {_BASE} + coalesce({severity}, {_NONE}))"


def _states(packed: int) -> tuple[State, State]:
    before, after = divmod(packed, _BASE * _BASE)
    return _state(before), _state(after)


def _state(packed: int) -> State:
    code, severity = divmod(packed, _BASE)
    outcome = OUTCOME_WORDS[INSUFFICIENT if code == MOOT else code]
    return State(outcome, code == MOOT, None if severity == _NONE else SEVERITY_WORDS[severity])


def _kind(before: State, after: State) -> str | None:
    """What became of a finding; None where it is as it was, or there is none."""
    if before.kind is None or after.kind is None:
        return None if before.kind is after.kind else ("resolved" if before.kind else "new")
    return None if before == after else "changed"


def _name(column: str) -> str:
    """The name of a column as SQL has it."""
    return '"' + column.replace('"', '""') + '"'


def _brief(manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "program": manifest["program"]["version"],
        "strategy": dict(manifest["strategy"]),
        "evaluated_on": manifest["evaluated_on"],
        "cases": manifest["counts"]["cases"],
        "rejected": manifest["counts"]["rejected"],
    }


def _titled(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {name: rule[name] for name in ("rule", "title", "theme")}
