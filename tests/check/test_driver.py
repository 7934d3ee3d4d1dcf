"""The guards around durable_rules: each limit is refused before the engine meets it."""

from __future__ import annotations

from typing import Any

import pytest

from accordance.check import driver
from accordance.check.driver import (
    MAX_BRANCHES,
    MAX_MARKERS,
    MAX_PROPERTIES,
    EngineFailure,
    Network,
    Pack,
    Production,
    guard,
    name_hash,
    packs,
    stated,
)


def production(name: str, *properties: str, branches: int = 1) -> Production:
    tree = {"$and": [{one: "T"} for one in properties]}
    return Production(name, tree, branches, frozenset(properties))


def known(**states: str) -> str:
    return "".join(stated(name, state) for name, state in states.items())


def pack(*productions: Production, group: str = "g0") -> Pack:
    names = sorted({name for one in productions for name in one.properties})
    return Pack(group, productions, tuple(names))


def fired(network: Network, made: Pack, facts: str) -> set[str]:
    """The names of what fires."""
    lettered = made.lettered()
    return {lettered[letter].name for letter in network.fire(made, facts)}


def nested(depth: int) -> dict[str, Any]:
    tree: dict[str, Any] = {"p1": "T"}
    for _ in range(depth):
        tree = {"$and": [tree, {"p2": "T"}]}
    return tree


COLLIDING = ("costarring", "liquid")
"""Two words with the same 32-bit FNV-1a hash."""


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ([pack(production("r", "p1", branches=MAX_BRANCHES + 1))], "branches"),
        ([pack(*(production(f"r{i}", "p1", branches=0) for i in range(63)))], "62 productions"),
        ([pack(production("r", *(f"p{i}" for i in range(MAX_PROPERTIES + 1))))], "properties"),
        ([pack(production("r", "p1"), production("r", "p2"))], "two productions"),
        ([pack(production("r", "sid"))], "cannot be a name"),
        ([pack(production("r", "g"))], "cannot be a name"),
        ([pack(production("r", "$p"))], "cannot be a name"),
        ([pack(production("r", "p 1"))], "cannot be a name"),
        ([pack(production("r", "p" * 100))], "cannot be a name"),
        ([pack(production("r'", "p1"))], "cannot be a name"),
        ([pack(production("r", *COLLIDING))], "same hash"),
        (
            [Pack("g0", (Production("r", nested(MAX_MARKERS + 1), 1, frozenset({"p1", "p2"})),),
                  ("p1", "p2"))],
            "connectives",
        ),
        ([Pack("g0", (production("r", "p1"),), ())], "does not hold"),
    ],
)  # fmt: skip
def test_a_network_outside_the_profile_is_refused(made: list[Pack], message: str) -> None:
    with pytest.raises(EngineFailure, match=message):
        guard(made)


def test_the_hash_is_the_engines() -> None:
    # Published test vectors of 32-bit FNV-1a.
    assert name_hash("") == 0x811C9DC5
    assert name_hash("a") == 0xE40C292C
    assert name_hash("foobar") == 0xBF9CF968
    assert name_hash(COLLIDING[0]) == name_hash(COLLIDING[1])


def test_packs_keep_within_the_limits() -> None:
    many = [production(f"r{i}", f"p{i}", f"q{i}", branches=1 + i % 8) for i in range(400)]
    made = packs(many, "g")
    guard(made)
    assert [one for pack in made for one in pack.productions] == many
    assert len({pack.group for pack in made}) == len(made) > 1


def test_what_holds_fires_and_what_is_unknown_does_not() -> None:
    both, either = production("both", "p1", "p2"), pack()
    either_tree = Production(
        "either", {"$or": [{"p1": "T"}, {"p2": "F"}]}, 2, frozenset(("p1", "p2"))
    )
    made = pack(both, either_tree)
    network = Network((made,))
    assert fired(network, made, known(p1="T", p2="T")) == {"both", "either"}
    assert fired(network, made, known(p1="T", p2="F")) == {"either"}
    assert fired(network, made, known(p1="T")) == {"either"}
    assert fired(network, made, known(p2="T")) == set()
    assert fired(network, made, "") == set()
    # Nothing of an earlier case is left.
    assert fired(network, made, known(p1="T", p2="T")) == {"both", "either"}
    network.close()
    assert either.productions == ()


class Stub:
    """An engine that misbehaves in one way."""

    def __init__(self, real: Any, **replaced: Any) -> None:
        self._real = real
        self._replaced = replaced

    def __getattr__(self, name: str) -> Any:
        return self._replaced.get(name) or getattr(self._real, name)


@pytest.mark.parametrize(
    ("replaced", "message"),
    [
        ({"assert_fact": lambda handle, fact: (2, 0)}, "seen before"),
        ({"complete_and_start_action": lambda handle, offset: '{"a":{"m":{}}}'}, "fired more than"),
    ],
)
def test_an_engine_that_answers_oddly_is_a_failure_and_is_rebuilt(
    monkeypatch: pytest.MonkeyPatch, replaced: dict[str, Any], message: str
) -> None:
    made = pack(production("r", "p1"))
    network = Network((made,))
    with monkeypatch.context() as patch:
        patch.setattr(driver, "engine", Stub(driver.engine, **replaced))
        with pytest.raises(EngineFailure, match=message):
            fired(network, made, known(p1="T"))
    # Rebuilt, it answers again.
    assert fired(network, made, known(p1="T")) == {"r"}
    network.close()


def test_an_error_of_the_engine_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(handle: int, fact: str) -> tuple[int, int]:
        raise RuntimeError("error 303")

    made = pack(production("r", "p1"))
    network = Network((made,))
    with monkeypatch.context() as patch:
        patch.setattr(driver, "engine", Stub(driver.engine, assert_fact=broken))
        with pytest.raises(EngineFailure, match="303"):
            fired(network, made, known(p1="T"))
    assert fired(network, made, known(p1="T")) == {"r"}
    network.close()
