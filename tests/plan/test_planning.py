"""The plan: each distinct leaf once, definitions in an order of evaluation, facts that are read."""

from __future__ import annotations

from pathlib import Path

from accordance.feel.parsing import parse
from accordance.feel.printing import to_source
from accordance.plan.formula import All, Any, Defined, Leaf, Opposite
from accordance.plan.reading import FactsRead, path_node
from tests.check.small import checker, rule


def test_each_leaf_stands_once_and_the_skeleton_refers_to_it(tmp_path: Path) -> None:
    rules = {
        "TT-01": rule(["n > 1 and not(a or n > 1)"], when="d"),
        "TT-02": rule(["n > 1.0", "some i in items satisfies i.ok"]),
    }
    plan = checker(tmp_path / "s", rules, {"d": "a and b"}).plan
    texts = [to_source(leaf.expression) for leaf in plan.leaves]
    assert sorted(texts) == ["a", "b", "n > 1", "some i in items satisfies i.ok"]
    number = {text: index for index, text in enumerate(texts)}
    first, second = plan.rules
    assert first.when == Defined("d")
    more = Leaf(number["n > 1"])
    assert first.requirements[0].formula == All((more, Opposite(Any((Leaf(number["a"]), more)))))
    assert second.requirements[0].formula == more


def test_definitions_come_after_what_they_read(tmp_path: Path) -> None:
    definitions = {
        "z": "y or count(w) > 1",
        "y": "x and a",
        "x": "b",
        "w": "items[x]",
        "v": "some i in w satisfies y",
    }
    plan = checker(tmp_path / "s", {"TT-01": rule(["z and v"])}, definitions).plan
    order = list(plan.definitions)
    assert all(
        order.index(other) < order.index(name)
        for name, planned in plan.definitions.items()
        for other in planned.reads
    )
    levels = {name: planned.level for name, planned in plan.definitions.items()}
    assert levels == {"x": 0, "y": 1, "w": 1, "z": 2, "v": 2}


def test_the_facts_that_an_expression_reads(tmp_path: Path) -> None:
    plan = checker(
        tmp_path / "s",
        {"TT-01": rule(["some i in good satisfies i.group.x"])},
        {"good": "items[ok]", "by_name": 'for x in ["a", "b"] return items[name = x]'},
    ).plan

    def read(text: str) -> set[str]:
        return set(FactsRead(plan).of(parse(text)))

    assert read("a and n > 1") == {"a", "n"}
    assert read("some i in good satisfies i.group.x") == {"items", "items.ok", "items.group.x"}
    assert read("count(items[group.x]) = 0") == {"items", "items.group.x"}
    assert read("items.name = items[1].name") >= {"items.name"}
    assert read("some chosen in by_name satisfies all(chosen.ok)") == {
        "items",
        "items.name",
        "items.ok",
    }
    assert read("some i in (for j in good return j.group) satisfies i.x > 1") == {
        "items",
        "items.ok",
        "items.group",
        "items.group.x",
    }


def test_a_path_is_an_expression() -> None:
    assert path_node("items.group.x") == parse("items.group.x")
