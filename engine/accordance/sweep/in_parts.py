"""Definitions that stand in several columns: lists whose items are known when the plan is made.

What an item is is said again wherever the definition is read; only what costs much to compute is
taken from the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

import ibis

from .carriers import Carrier, Column, Listed
from .gathering import Gatherer
from .items import Item, Listing, Source, Unrolled


class InParts(NamedTuple):
    """A way to put a value into columns, and to read it from there."""

    columns: Callable[[Carrier, str], Mapping[str, Column]]
    """The columns for a value, by a name to begin theirs; none where it is no such value."""
    read: Callable[[Carrier, str, ibis.Table, Gatherer], Carrier]
    """The same value, said again, as it stands in these columns of a table."""


def _column(name: str, at: int) -> str:
    return f"value {name} {at}"


def _items(carrier: Carrier) -> tuple[Item, ...]:
    """The items of a list that are known when the plan is made."""
    if isinstance(carrier, Listed) and isinstance(carrier.items, Unrolled):
        return carrier.items.items
    return ()


def _with_items(carrier: Carrier, change: Callable[[int, Item], Item]) -> Carrier:
    assert isinstance(carrier, Listed) and isinstance(carrier.items, Unrolled)
    items = (change(at, item) for at, item in enumerate(carrier.items.items))
    return Listed(Unrolled(tuple(items), carrier.items.known))


# --- lists of facts, each without the items that are certain not to be there -------------------


def _filtered(item: Item) -> Listing | None:
    """A list of facts of which some items may be left out."""
    found = item.value.items if isinstance(item.value, Listed) else None
    if isinstance(found, Listing) and found.source is not None and not found.is_certain:
        return found
    return None


def _shortened(carrier: Carrier, name: str) -> dict[str, Column]:
    lists = [_filtered(item) for item in _items(carrier)]
    if None in lists:
        return {}
    return {_column(name, at): one.shortened() for at, one in enumerate(lists) if one is not None}


def _from_shortened(carrier: Carrier, name: str, table: ibis.Table, gatherer: Gatherer) -> Carrier:
    def read(at: int, item: Item) -> Item:
        found = _filtered(item)
        assert found is not None
        source = Source(gatherer, _column(name, at), table.__getitem__)
        return replace(item, value=Listed(found.read_from(source)))

    return _with_items(carrier, read)


LISTS: Final = InParts(_shortened, _from_shortened)


# --- whether each item is there ----------------------------------------------------------------


def _presences(carrier: Carrier, name: str) -> dict[str, Column]:
    return {
        _column(name, at): item.there.cast("boolean")
        for at, item in enumerate(_items(carrier))
        if item.there is not None
    }


def _from_presences(carrier: Carrier, name: str, table: ibis.Table, gatherer: Gatherer) -> Carrier:
    def read(at: int, item: Item) -> Item:
        return item if item.there is None else replace(item, there=table[_column(name, at)])

    return _with_items(carrier, read)


PRESENCES: Final = InParts(_presences, _from_presences)
