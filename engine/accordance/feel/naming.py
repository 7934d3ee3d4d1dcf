"""Names that do not exist: which one was meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .types import ContextType, ListType, Type


@dataclass(frozen=True, slots=True)
class Names:
    """The names that may stand at a place: those of the scope, and the local ones (inner last; the
    item of a filter has no name)."""

    scope: Mapping[str, Type]
    local: tuple[tuple[str | None, Type], ...] = ()

    def paths(self) -> Iterator[str]:
        """Every name and dotted path that leads to a fact without passing a list."""
        for name, kind in reversed(self.local):
            if name is not None:
                yield from _paths(name, kind)
            else:
                yield "item"
                if isinstance(kind, ContextType):
                    for field, inner in kind.fields.items():
                        yield from _paths(field, inner)
        for name, kind in self.scope.items():
            yield from _paths(name, kind)

    def lists(self) -> Iterator[tuple[str, ContextType]]:
        """Every path to a list whose items are groups of facts."""
        for name, kind in self.scope.items():
            yield from _lists(name, kind)


def _paths(path: str, kind: Type) -> Iterator[str]:
    yield path
    if isinstance(kind, ContextType):
        for field, inner in kind.fields.items():
            yield from _paths(f"{path}.{field}", inner)


def _lists(path: str, kind: Type) -> Iterator[tuple[str, ContextType]]:
    if isinstance(kind, ListType) and isinstance(kind.item, ContextType):
        yield path, kind.item
    elif isinstance(kind, ContextType):
        for field, inner in kind.fields.items():
            yield from _lists(f"{path}.{field}", inner)


def missing_name(name: str, names: Names) -> tuple[str, str | None]:
    """Message and advice for a name that does not exist."""
    message = f"`{name}` is no fact, definition or parameter"
    return message, _same_end(name, names) or _close(name, names) or _in_list(name, names)


def missing_field(
    source: str, field: str, owner: ContextType, names: Names
) -> tuple[str, str | None]:
    """Message and advice for the last name of a path, where what stands before it exists."""
    import difflib

    message = f"`{source}` is not a fact"
    prefix = source[: len(source) - len(field)]
    close = difflib.get_close_matches(field, owner.fields, 1, 0.6)
    if close:
        return message, f"did you mean `{prefix}{close[0]}`?"
    found = _same_end(field, names) or _close(source, names) or _in_list(field, names)
    if found:
        return message, found
    shown = ", ".join(f"`{one}`" for one in list(owner.fields)[:8])
    more = " ..." if len(owner.fields) > 8 else ""
    return message, f"`{prefix[:-1]}` holds {shown}{more}" if shown else None


def _same_end(name: str, names: Names) -> str | None:
    found = [path for path in names.paths() if path.endswith(f".{name}")]
    return f"did you mean {_or(found[:3])}?" if found else None


def _close(name: str, names: Names) -> str | None:
    import difflib

    # What stands before the missing field is no answer.
    paths = [path for path in dict.fromkeys(names.paths()) if not name.startswith(f"{path}.")]
    found = difflib.get_close_matches(name, paths, 2, 0.75)
    if not found:
        ends = {path.rpartition(".")[2]: path for path in reversed(paths)}
        found = [ends[end] for end in difflib.get_close_matches(name, ends, 1, 0.75)]
    return f"did you mean {_or(found)}?" if found else None


def _in_list(name: str, names: Names) -> str | None:
    for path, item in names.lists():
        if name in item.fields:
            return (
                f"it is a fact of each item of `{path}`; "
                f"write `some x in {path} satisfies x.{name} ...`, or every"
            )
    return None


def _or(paths: list[str]) -> str:
    return " or ".join(f"`{path}`" for path in paths)
