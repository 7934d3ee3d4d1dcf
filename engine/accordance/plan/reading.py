"""Which facts an expression reads."""

from __future__ import annotations

from collections.abc import Iterator

from ..feel import syntax
from ..feel.syntax import Node
from ..feel.types import ContextType, ListType, Type
from .formula import Defined, Formula, Leaf, atoms
from .planning import Plan


def path_node(path: str) -> Node:
    """The expression that a dotted path is."""
    first, *rest = path.split(".")
    node: Node = syntax.Name(first)
    for name in rest:
        node = syntax.Path(node, name)
    return node


class FactsRead:
    """Says which facts the expressions of a plan read; each definition is looked at once.

    `through` says whether what definitions read counts as read by those who use them.
    """

    def __init__(self, plan: Plan, through: bool = True) -> None:
        self._plan = plan
        self._defined: dict[str, tuple[str, ...]] = (
            {} if through else dict.fromkeys(plan.definitions, ())
        )

    def of(self, node: Node) -> tuple[str, ...]:
        """The static paths of the facts that an expression reads, through definitions too.

        A whole list that is only counted or looped over is read as such (`parties`), its items'
        facts by their own paths (`parties.name`).
        """
        return tuple(dict.fromkeys(self._read(node, {})))

    def of_formula(self, formula: Formula) -> tuple[str, ...]:
        """The same for a formula of the plan."""
        paths: dict[str, None] = {}
        for atom in atoms(formula):
            if isinstance(atom, Leaf):
                paths.update(dict.fromkeys(self.of(self._plan.leaves[atom.index].expression)))
            elif isinstance(atom, Defined):
                paths.update(dict.fromkeys(self.of_definition(atom.name)))
        return tuple(paths)

    def of_definition(self, name: str) -> tuple[str, ...]:
        """The same for a definition."""
        known = self._defined.get(name)
        if known is None:
            # A circle among definitions is refused when the strategy is read.
            known = self.of(self._plan.definitions[name].definition.expression)
            self._defined[name] = known
        return known

    def _read(self, node: Node, local: dict[str, str | None]) -> Iterator[str]:
        path = self._path(node, local)
        if path is not None:
            yield path
            return
        if isinstance(node, syntax.Name):
            if node.name in self._plan.definitions and node.name not in local:
                yield from self.of_definition(node.name)
        elif isinstance(node, syntax.Quantified | syntax.For):
            inner = dict(local)
            for name, source in node.iterators:
                yield from self._read(source, inner)
                inner[name] = self._place(source, inner)
            body = node.condition if isinstance(node, syntax.Quantified) else node.result
            yield from self._read(body, inner)
        elif isinstance(node, syntax.Filter):
            yield from self._read(node.base, local)
            inner = dict(local)
            base = self._place(node.base, local)
            inner["item"] = base
            for name in self._fields(base):
                inner[name] = f"{base}.{name}"
            yield from self._read(node.condition, inner)
        elif isinstance(node, syntax.Path):
            owner = self._place(node.base, local)
            if owner is not None:
                yield f"{owner}.{node.field}"
            yield from self._read(node.base, local)
        else:
            for child in syntax.children(node):
                yield from self._read(child, local)

    def _place(self, node: Node, local: dict[str, str | None]) -> str | None:
        """The path of a list below filters, loops and definitions, which its items keep, and the
        items of its items."""
        if isinstance(node, syntax.Filter):
            return self._place(node.base, local)
        if isinstance(node, syntax.For):
            inner = dict(local)
            for name, source in node.iterators:
                inner[name] = self._place(source, inner)
            return self._place(node.result, inner)
        if isinstance(node, syntax.Name) and node.name not in local:
            planned = self._plan.definitions.get(node.name)
            if planned is not None:
                return self._place(planned.definition.expression, {})
        return self._path(node, local)

    def _path(self, node: Node, local: dict[str, str | None]) -> str | None:
        steps: list[str] = []
        while isinstance(node, syntax.Path):
            steps.append(node.field)
            node = node.base
        if not isinstance(node, syntax.Name):
            return None
        root: str | None = node.name
        if node.name in local:
            root = local[node.name]
        elif node.name not in self._plan.strategy.model.type.fields:
            root = None
        return None if root is None else ".".join([root, *reversed(steps)])

    def _fields(self, path: str | None) -> tuple[str, ...]:
        kind: Type = self._plan.strategy.model.type
        for name in path.split(".") if path is not None else ():
            kind = kind.item if isinstance(kind, ListType) else kind
            if not isinstance(kind, ContextType) or name not in kind.fields:
                return ()
            kind = kind.fields[name]
        kind = kind.item if isinstance(kind, ListType) else kind
        return tuple(kind.fields) if isinstance(kind, ContextType) and path is not None else ()
