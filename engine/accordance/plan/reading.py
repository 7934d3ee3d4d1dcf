"""Which facts an expression reads."""

from __future__ import annotations

from collections.abc import Iterator

from ..feel import syntax
from ..feel.syntax import Node
from ..feel.types import ContextType, ListType, Type
from .planning import Plan


def path_node(path: str) -> Node:
    """The expression that a dotted path is."""
    first, *rest = path.split(".")
    node: Node = syntax.Name(first)
    for name in rest:
        node = syntax.Path(node, name)
    return node


def facts_read(plan: Plan, node: Node) -> Iterator[str]:
    """The static paths of the facts that an expression reads, through definitions too.

    A whole list that is only counted or looped over is read as such (`parties`), its items' facts
    by their own paths (`parties.name`).
    """
    yield from dict.fromkeys(path for path, _ in _Reader(plan).read(node, {}))


class _Reader:
    """Walks an expression knowing which path each local variable stands for."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._open: set[str] = set()

    def read(self, node: Node, local: dict[str, str | None]) -> Iterator[tuple[str, None]]:
        path = self._path(node, local)
        if path is not None:
            yield path, None
            return
        if isinstance(node, syntax.Name):
            yield from self._definition(node.name, local)
        elif isinstance(node, syntax.Quantified | syntax.For):
            inner = dict(local)
            for name, source in node.iterators:
                yield from self.read(source, inner)
                inner[name] = self._path(self._source(source), inner)
            body = node.condition if isinstance(node, syntax.Quantified) else node.result
            yield from self.read(body, inner)
        elif isinstance(node, syntax.Filter):
            yield from self.read(node.base, local)
            inner = dict(local)
            base = self._path(self._source(node.base), local)
            inner["item"] = base
            for name in self._fields(base):
                inner[name] = f"{base}.{name}"
            yield from self.read(node.condition, inner)
        elif isinstance(node, syntax.Path):
            owner = self._path(self._source(node.base), local)
            if owner is not None:
                yield f"{owner}.{node.field}", None
            yield from self.read(node.base, local)
        else:
            for child in syntax.children(node):
                yield from self.read(child, local)

    def _definition(self, name: str, local: dict[str, str | None]) -> Iterator[tuple[str, None]]:
        planned = self._plan.definitions.get(name)
        if planned is not None and name not in local and name not in self._open:
            self._open.add(name)
            yield from self.read(planned.definition.expression, {})
            self._open.discard(name)

    def _source(self, node: Node) -> Node:
        """The list below filters and definitions, so that items keep the path of their list."""
        while True:
            if isinstance(node, syntax.Filter):
                node = node.base
            elif isinstance(node, syntax.Name) and node.name in self._plan.definitions:
                node = self._plan.definitions[node.name].definition.expression
            else:
                return node

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
