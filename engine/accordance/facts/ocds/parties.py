"""The parties of a process. A list that is stated is complete, so it is stated only once every
award names its suppliers; before the award nobody knows the partner."""

from __future__ import annotations

from typing import Any

from ...feel.values import Value
from ...source.tree import Mapping, Scalar
from ...source.tree import Sequence as Listed
from ..shapes import stands_for_nothing
from .merging import Contradiction, Merged, Told
from .standing import Standing
from .statement import Statement

PARTIES = "parties"


def state_parties(statement: Statement, standing: Standing) -> None:
    """States buyers and suppliers, or remarks why not."""
    if PARTIES not in statement.model.facts:
        statement.remark(PARTIES, "the strategy has no such fact")
        return
    if not standing.awards:
        why = "no award names the suppliers" if standing.contracts else "nothing is awarded yet"
        statement.remark(PARTIES, f"left out: {why}")
        return
    suppliers: dict[str, tuple[str, Told]] = {}
    for award in standing.awards.values():
        told = award.told("suppliers")
        named = _references(told) if told is not None else {}
        if told is None or not named:
            statement.remark(PARTIES, "left out: an award does not name its suppliers")
            return
        for key, name in named.items():
            suppliers.setdefault(key, (name, told))
    known = statement.merged.items_of(PARTIES)
    entries = _buyers(statement)
    if not entries:
        statement.remark(PARTIES, "left out: the data does not name the buyer")
        return
    for key, (name, told) in suppliers.items():
        entry = _Entry(statement)
        entry.name(known.get(key, Merged()), name, told)
        entry.put("ourselves", False, told)
        entry.put("roles", ["supplier"], told)
        entry.more(known.get(key, Merged()))
        entries.append(entry.facts)
    statement.facts[PARTIES] = entries


def _buyers(statement: Statement) -> list[dict[str, Value]]:
    merged = statement.merged
    buyer_id = merged.told("buyer", "id")
    entries = []
    for key, party in merged.items_of(PARTIES).items():
        roles = party.told("roles")
        if roles is None or not isinstance(roles.value, list) or "buyer" not in roles.value:
            continue
        entry = _Entry(statement)
        entry.name(party, "", roles)
        if buyer_id is not None and str(buyer_id.value) == key:
            entry.put("ourselves", True, buyer_id)
        entry.put("roles", ["buyer"], roles)
        entry.more(party)
        entries.append(entry.facts)
    name = statement.text(merged.told("buyer", "name"))
    if not entries and name is not None:
        entry = _Entry(statement)
        entry.put("name", name.value, name)
        entry.put("ourselves", True, name)
        entry.put("roles", ["buyer"], name)
        entries.append(entry.facts)
    return entries


class _Entry:
    """The facts of one party; each kind of fact gets evidence once."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.facts: dict[str, Value] = {}

    def put(self, name: str, value: Value, told: Told) -> None:
        path = f"{PARTIES}.{name}"
        fact = self.statement.model.facts.get(path)
        if fact is None:
            self.statement.remark(path, "the strategy has no such fact", told.release)
            return
        words = value if isinstance(value, list) else [value]
        if fact.values is not None and not all(word in fact.values for word in words):
            return
        self.facts[name] = value
        if path not in self.statement.evidence:
            self.statement.back(path, told)

    def name(self, party: Merged, referred: str, reference: Told) -> None:
        """The party's own name, else the one by which an award refers to it."""
        own = self.statement.text(party.told("name"))
        if own is not None:
            self.put("name", own.value, own)
        elif isinstance(party.at("name"), Contradiction):
            return
        elif not stands_for_nothing(referred):
            self.put("name", referred.strip(), reference)

    def more(self, party: Merged) -> None:
        number = party.told("identifier", "id")
        text = number.node.text.strip() if number and isinstance(number.node, Scalar) else ""
        if number is not None and not stands_for_nothing(text):
            self.put("identifier", text, number)
            scheme = self.statement.text(party.told("identifier", "scheme"))
            if scheme is not None:
                self.put("identifier_scheme", scheme.value, scheme)
        voluntary = party.told("details", "vcse")
        if voluntary is not None and voluntary.value is True:
            self.put("sector", "civil_society", voluntary)


def _references(told: Told) -> dict[str, str]:
    """The organisations that a list refers to: their names by id, or by name where they have no
    id. Empty where one of them has neither."""
    found: dict[str, str] = {}
    items: list[Any] = told.node.items if isinstance(told.node, Listed) else []
    for item in items:
        if not isinstance(item, Mapping):
            return {}
        key, name = item.entries.get("id"), item.entries.get("name")
        words = name.value if isinstance(name, Scalar) and isinstance(name.value, str) else ""
        identity = key.text if isinstance(key, Scalar) and key.value is not None else words
        if not identity:
            return {}
        found[identity] = words
    return found
