"""Releases by contracting process: those of one ocid and one buyer belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...source.tree import Mapping, Scalar
from ...source.tree import Sequence as Listed
from .merging import Merged, merge
from .packages import Release, text_of


@dataclass(frozen=True, slots=True, eq=False)
class Process:
    """One contracting process of one buyer: its releases in the order of their dates, and what
    they say together. `buyer` is empty where no release names one."""

    ocid: str
    buyer: str
    releases: tuple[Release, ...]
    merged: Merged

    @property
    def id(self) -> str:
        """The reference of the case: one ocid can cover processes of several buyers."""
        return f"{self.ocid}/{self.buyer}" if self.buyer else self.ocid


def processes(releases: Sequence[Release]) -> list[Process]:
    """The processes of the releases, in the order of their ids."""
    by_key: dict[tuple[str, str], list[Release]] = {}
    buyers: dict[str, set[str]] = {}
    for release in releases:
        buyer = buyer_of(release)
        by_key.setdefault((release.ocid, buyer), []).append(release)
        buyers.setdefault(release.ocid, set()).add(buyer)
    for ocid, known in buyers.items():
        named = known - {""}
        if "" in known and len(named) == 1:
            # A release that leaves its buyer out belongs to the only one there is.
            by_key[ocid, named.pop()] += by_key.pop((ocid, ""))
    found = []
    for (ocid, buyer), own in sorted(by_key.items()):
        # Of one moment, the order of the files counts.
        ordered = sorted(own, key=lambda release: release.moment)
        found.append(Process(ocid, buyer, tuple(ordered), merge(ordered)))
    return found


def buyer_of(release: Release) -> str:
    """What tells one buyer from another: its id, else its name; empty where neither is stated."""
    buyer = release.node.entries.get("buyer")
    if isinstance(buyer, Mapping):
        found = text_of(buyer, "id") or text_of(buyer, "name")
        if found is not None:
            return _key(found)
    parties = release.node.entries.get("parties")
    for party in parties.items if isinstance(parties, Listed) else ():
        if isinstance(party, Mapping) and "buyer" in _roles(party):
            found = text_of(party, "id") or text_of(party, "name")
            if found is not None:
                return _key(found)
    return ""


def _key(text: str) -> str:
    return " ".join(text.split())


def _roles(party: Mapping) -> list[str]:
    roles = party.entries.get("roles")
    items = roles.items if isinstance(roles, Listed) else []
    return [item.text for item in items if isinstance(item, Scalar)]
