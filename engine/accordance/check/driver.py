"""A thin driver of durable_rules' C engine, inside the profile in which it is right.

Measured on durable_rules 2.0.28: only flat alpha productions over one fact, only string equality,
facts and never events, one assert at a time. `durable.engine.Host` is not used: it starts threads,
swallows exceptions and asserts events of its own. Beyond each limit below the C code answers
wrongly, hangs or crashes, so a network that would pass one is refused before it is built.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from string import ascii_letters, digits
from typing import Any, Final, NamedTuple

import durable_rules_engine as engine

MAX_BRANCHES: Final = 56
"""True branches that may match one fact at one node (the engine's own limit is 64)."""
MAX_PROPERTIES: Final = 200
"""Properties of a fact (the engine's own limit is 252)."""
MAX_MARKERS: Final = 32
"""And/or markers in one production."""
MAX_FIRINGS: Final = 20_000
"""Firings for one fact; more means that the network does not end."""
MAX_NAME: Final = 48

_SESSION: Final = "s"
_LETTERS: Final = ascii_letters + digits
_numbers = itertools.count(1)


class EngineFailure(Exception):
    """The network could not be built or did not answer as it must: no outcome is to be had."""


class Production(NamedTuple):
    """A name that fires when a tree of property tests holds for one fact.

    `tree` is `{property: "T" or "F"}`, `{"$and": [...]}`, `{"$or": [...]}`, or empty where it holds
    always; `branches` is the most often it can fire for one fact.
    """

    name: str
    tree: Mapping[str, Any]
    branches: int
    properties: frozenset[str]


class Pack(NamedTuple):
    """Productions that all look at the same fact; `group` is its id."""

    group: str
    productions: tuple[Production, ...]
    properties: tuple[str, ...]

    def lettered(self) -> dict[str, Production]:
        """The productions by the letters by which the engine calls them: nothing is quicker to read
        from what it says."""
        return dict(zip(_LETTERS, self.productions, strict=False))


def packs(productions: Iterable[Production], prefix: str) -> tuple[Pack, ...]:
    """Productions in packs that keep within the engine's limits."""
    made: list[Pack] = []
    held: list[Production] = []
    names: set[str] = set()
    branches = 0

    def close() -> None:
        if held:
            made.append(Pack(f"{prefix}{len(made)}", tuple(held), tuple(sorted(names))))

    for production in productions:
        full = branches + production.branches > MAX_BRANCHES
        if held and (full or len(names | production.properties) > MAX_PROPERTIES):
            close()
            held, names, branches = [], set(), 0
        held.append(production)
        names |= production.properties
        branches += production.branches
    close()
    return tuple(made)


def guard(packs: Iterable[Pack]) -> None:
    """Refuse packs that the engine would not handle rightly. Raises EngineFailure."""
    hashes: dict[int, str] = {}
    names: set[str] = set()
    productions: set[str] = set()
    for pack in packs:
        if sum(production.branches for production in pack.productions) > MAX_BRANCHES:
            raise EngineFailure(f"pack `{pack.group}` has more than {MAX_BRANCHES} branches")
        if len(pack.productions) > len(_LETTERS):
            raise EngineFailure(f"pack `{pack.group}` has more than {len(_LETTERS)} productions")
        if len(pack.properties) > MAX_PROPERTIES:
            raise EngineFailure(f"pack `{pack.group}` has more than {MAX_PROPERTIES} properties")
        _guard_name(pack.group)
        for name in (f"{_SESSION}!{pack.group}", *pack.properties):
            if name in names:
                continue
            names.add(name)
            if name in pack.properties:
                _guard_name(name)
            other = hashes.setdefault(name_hash(name), name)
            if other != name:
                raise EngineFailure(f"the names `{name}` and `{other}` have the same hash")
        properties = set(pack.properties)
        for production in pack.productions:
            _guard_name(production.name)
            if production.name in productions:
                raise EngineFailure(f"two productions are named `{production.name}`")
            productions.add(production.name)
            if _markers(production.tree) > MAX_MARKERS:
                raise EngineFailure(f"`{production.name}` has more than {MAX_MARKERS} connectives")
            if not production.properties <= properties:
                raise EngineFailure(f"`{production.name}` reads what its pack does not hold")


def stated(name: str, state: str) -> str:
    """A property and its state, `"T"` or `"F"`, as a fact holds it."""
    return f',"{name}":"{state}"'


def name_hash(name: str) -> int:
    """The 32-bit FNV-1a hash by which the engine tells names apart."""
    value = 0x811C9DC5
    for byte in name.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


def _guard_name(name: str) -> None:
    slug = name.replace("_", "").replace(".", "").replace(":", "").replace("-", "")
    reserved = name in ("id", "sid", "g") or name.startswith("$")
    if reserved or not (slug.isascii() and slug.isalnum()) or len(name) > MAX_NAME:
        raise EngineFailure(f"`{name}` cannot be a name in the network")


def _on(group: str, tree: Mapping[str, Any]) -> dict[str, Any]:
    """The tree for the fact of one pack; an empty tree holds always."""
    return {"$and": [{"g": group}, tree]} if tree else {"g": group}


def _markers(tree: Mapping[str, Any]) -> int:
    parts = tree.get("$and") or tree.get("$or")
    return 1 + sum(_markers(part) for part in parts) if parts else 0


class _Ruleset(NamedTuple):
    """A pack in the engine: its handle, what the text of its fact begins with, and the text by
    which that is taken back."""

    handle: int
    opening: str
    identity: str


class Network:
    """A set of packs in the engine: give it the facts of a pack, get what fired.

    Each pack is a ruleset of its own, since for every firing the engine looks through all rules of
    the ruleset. Not to be shared between threads. `close()` frees the engine's memory.
    """

    def __init__(self, packs: tuple[Pack, ...]) -> None:
        guard(packs)
        self.packs = packs
        self._rulesets: dict[str, _Ruleset] = {}
        """The ruleset of a pack, by the pack's group."""
        self._build()

    def _build(self) -> None:
        for pack in self.packs:
            self._rulesets[pack.group] = self._create(pack)

    def _create(self, pack: Pack) -> _Ruleset:
        rules = {
            letter: {
                "all": [{"m": _on(pack.group, production.tree)}],
                "pri": index,
            }
            for index, (letter, production) in enumerate(pack.lettered().items())
        }
        try:
            handle: int = engine.create_ruleset(f"accordance{next(_numbers)}", json.dumps(rules))
        except Exception as error:
            raise EngineFailure(f"the network could not be built: {error}") from error
        identity = f'{{"id":"{pack.group}","sid":"{_SESSION}"'
        return _Ruleset(handle, f'{identity},"g":"{pack.group}"', f"{identity}}}")

    def fire(self, pack: Pack, known: str) -> list[str]:
        """The productions of a pack that hold, by their letters; one may be named several times.

        `known` is the text of `stated` for each property of the pack that is known, one after the
        other; one that it does not have is unknown and satisfies no test. Raises EngineFailure
        when the engine reports an error; the network is rebuilt then and can be used again.
        """
        try:
            return self._fire(pack.group, known)
        except Exception as error:
            self.close()
            self._build()
            if isinstance(error, EngineFailure):
                raise
            raise EngineFailure(f"the network failed: {error}") from error

    def _fire(self, group: str, known: str) -> list[str]:
        handle, opening, identity = self._rulesets[group]
        # INVARIANT: facts are asserted one by one; a batch drops what follows a bad one.
        code, offset = engine.assert_fact(handle, f"{opening}{known}}}")
        fired: list[str] = []
        if code == 0:
            following = engine.complete_and_start_action
            started = engine.start_action_for_state(handle, offset)
            message = started[1] if started else None
            for _ in range(MAX_FIRINGS):
                if message is None:
                    break
                # It is '{"letter":{"m":{...}}}'; each true branch of an `or` fires again.
                fired.append(message[2])
                message = following(handle, offset)
            else:
                raise EngineFailure(f"pack `{group}` fired more than {MAX_FIRINGS} times")
        elif code != 1:
            raise EngineFailure(f"pack `{group}` was taken for one seen before")
        engine.retract_fact(handle, identity)
        return fired

    def close(self) -> None:
        """Free the network. It is not to be used afterwards."""
        rulesets, self._rulesets = self._rulesets, {}
        for ruleset in rulesets.values():
            engine.delete_ruleset(ruleset.handle)
