"""What differs between two strategies, by what an owner changes: rules, numbers, words, facts.

It compares canonical contents (`strategy.digest`), so that layout, comments and the spread over
files are no difference, and a strategy that was approved long ago can be compared by its record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
SWITCHED_OFF, SWITCHED_ON = "switched_off", "switched_on"

GROUPS: Final = {
    "rules": "rule",
    "parameters": "parameter",
    "definitions": "definition",
    "mandatory": "mandatory",
    "exceptions": "exceptions",
    "portfolio": "portfolio",
}
"""The parts of a content that have members by name, and what one member is called."""
RULES: Final = ("rule", "portfolio")
WHOLE: Final = {
    "verdict": "verdict",
    "opinion": "opinion",
    "bank_holidays": "bank_holidays",
    "themes": "themes",
    "spectrum": "spectrum",
    "health": "health",
}
HEADER: Final = ("strategy", "title", "version")
KINDS: Final = (*GROUPS.values(), "fact", *WHOLE.values(), "header", "other")
_SILENT: Final = ("format", "off", "facts")
_DESCRIBED: Final = ("title", "description")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of what was changed; None where it was not, or is no longer, stated."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a strategy: of what (`kind` and `name`), and how."""

    kind: str
    name: str
    change: str
    title: str | None = None
    fields: tuple[FieldChange, ...] = ()
    unit: str | None = None
    """The unit of a parameter."""

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.name}"

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind,
            "name": self.name,
            "title": self.title,
            "unit": self.unit,
            "change": self.change,
            "fields": [
                {"field": one.field, "old": said(one.old), "new": said(one.new)}
                for one in self.fields
            ],
        }


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Edit]:
    """What was changed from one canonical content to another, rules first."""
    found: list[Edit] = []
    for group, kind in GROUPS.items():
        if kind in RULES:
            found += _rules(kind, group, old, new)
        else:
            found += _members(kind, old.get(group) or {}, new.get(group) or {})
    found += _members("fact", dict(_facts(old.get("facts"))), dict(_facts(new.get("facts"))))
    for name, kind in WHOLE.items():
        found += _whole(kind, old.get(name), new.get(name))
    header = [
        FieldChange(name, old.get(name), new.get(name))
        for name in HEADER
        if old.get(name) != new.get(name)
    ]
    if header:
        found.append(Edit("header", "strategy", CHANGED, None, tuple(header)))
    known = {*GROUPS, *WHOLE, *HEADER, *_SILENT}
    for name in sorted({*old, *new} - known):
        found += _whole("other", old.get(name), new.get(name), name)
    return found


def _rules(kind: str, group: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Edit]:
    before, after = old.get(group) or {}, new.get(group) or {}
    off_before, off_after = old.get("off") or {}, new.get("off") or {}
    renamed = {
        alias: name
        for name, rule in after.items()
        if name not in before
        for alias in rule.get("aliases", ())
        if alias in before and alias not in after
    }
    for name in _in_order(before, after):
        was: Any = before.get(renamed_from(name, renamed, before))
        now: Any = after.get(name)
        if name in renamed:
            continue  # told under its new name
        title = _title(now if now is not None else was)
        if was is not None and now is not None:
            fields = [
                *(
                    [FieldChange("id", _old_name(name, renamed), name)]
                    if name not in before
                    else ()
                ),
                *_fields(was, now),
            ]
            if fields:
                yield Edit(kind, name, CHANGED, title, tuple(fields))
            if off_before.get(name) != off_after.get(name):
                yield _switched(kind, name, title, off_before.get(name), off_after.get(name))
        elif now is not None:
            yield Edit(kind, name, ADDED, title)
        else:
            yield Edit(kind, name, REMOVED, title)


def renamed_from(name: str, renamed: Mapping[str, str], before: Mapping[str, Any]) -> str:
    """The id that a rule had before."""
    return name if name in before else _old_name(name, renamed) or name


def _old_name(name: str, renamed: Mapping[str, str]) -> str | None:
    return next((alias for alias, now in renamed.items() if now == name), None)


def _switched(kind: str, name: str, title: str | None, was: Any, now: Any) -> Edit:
    change = SWITCHED_ON if now is None else SWITCHED_OFF
    fields = tuple(
        FieldChange(field, (was or {}).get(field), (now or {}).get(field))
        for field in ("because", "on")
        if (was or {}).get(field) != (now or {}).get(field)
    )
    return Edit(kind, name, change, title, fields)


def _members(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Edit]:
    for name in _in_order(old, new):
        was: Any = old.get(name)
        now: Any = new.get(name)
        if was == now:
            continue
        part = now if now is not None else was
        unit = part.get("unit") if kind == "parameter" else None
        fields: Iterable[FieldChange]
        if was is None:
            change, fields = ADDED, [FieldChange(_main(kind), None, _core(now))]
        elif now is None:
            change, fields = REMOVED, [FieldChange(_main(kind), _core(was), None)]
        elif isinstance(was, Mapping) and isinstance(now, Mapping):
            change, fields = CHANGED, _fields(was, now)
        else:
            change, fields = CHANGED, _lists(_main(kind), was, now)
        yield Edit(kind, name, change, _title(part), tuple(fields), unit)


def _whole(kind: str, was: Any, now: Any, name: str | None = None) -> Iterator[Edit]:
    if was == now:
        return
    change = ADDED if was is None else REMOVED if now is None else CHANGED
    fields: tuple[FieldChange, ...] = ()
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        fields = tuple(_fields(was, now))
    elif isinstance(was, list) and isinstance(now, list):
        fields = tuple(_lists(name or kind, was, now))
    yield Edit(kind, name or kind, change, None, fields)


def _fields(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[FieldChange]:
    for field in _in_order(was, now):
        first: Any = was.get(field)
        second: Any = now.get(field)
        if first == second:
            continue
        if isinstance(first, list) and isinstance(second, list):
            yield from _lists(field, first, second)
        elif _is_group(first) and _is_group(second):
            for one in _fields(first, second):
                yield FieldChange(f"{field}.{one.field}", one.old, one.new)
        else:
            yield FieldChange(field, first, second)


def _is_group(value: Any) -> bool:
    return isinstance(value, Mapping) and not isinstance(said(value), str)


def _lists(field: str, was: Any, now: Any) -> Iterator[FieldChange]:
    """What left a list and what came into it; one that only changed places is told as a whole."""
    if not isinstance(was, list) or not isinstance(now, list):
        yield FieldChange(field, was, now)
        return
    gone = [one for one in was if one not in now]
    come = [one for one in now if one not in was]
    if not gone and not come:
        yield FieldChange(field, was, now)
        return
    for index in range(max(len(gone), len(come))):
        first = gone[index] if index < len(gone) else None
        second = come[index] if index < len(come) else None
        if isinstance(first, Mapping) and isinstance(second, Mapping):
            for one in _fields(first, second):
                yield FieldChange(f"{field}.{one.field}", one.old, one.new)
        else:
            yield FieldChange(field, first, second)


def _facts(schema: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every fact of a fact model by its path, as far as groups go."""
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    for name, part in (properties or {}).items():
        path = f"{prefix}{name}"
        inner = part.get("items") if isinstance(part, Mapping) and "items" in part else part
        if isinstance(inner, Mapping) and "properties" in inner:
            # What is said of the group itself, apart from its members.
            yield path, {key: value for key, value in part.items() if key not in _INNER}
            yield from _facts(inner, f"{path}.")
        else:
            yield path, part


_INNER: Final = ("properties", "items")


def _in_order(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The names of both, those of the new one first, in their orders."""
    return list(dict.fromkeys((*new, *old)))


def _title(part: Any) -> str | None:
    if isinstance(part, Mapping):
        return part.get("title") or part.get("means")
    return None


def _main(kind: str) -> str:
    return {"parameter": "value", "definition": "is", "mandatory": "facts"}.get(kind, kind)


def _core(part: Any) -> Any:
    """What says most of a thing that came or went."""
    if isinstance(part, Mapping):
        for name in ("value", "is", "type"):
            if name in part:
                return part[name]
        return None
    return part


def said(value: Any) -> Any:
    """A canonical value as a reader has it: numbers, dates and durations as text."""
    if isinstance(value, Mapping):
        if len(value) == 1:
            [(kind, inner)] = value.items()
            if kind in ("number", "date", "duration") and isinstance(inner, str):
                return inner
        return {name: said(part) for name, part in value.items()}
    if isinstance(value, list):
        return [said(part) for part in value]
    return value
