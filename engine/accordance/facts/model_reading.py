"""The owner's facts.schema.yaml becomes a FactModel, or is refused with all of its problems.

The fact model is a JSON Schema within a profile: groups, lists, texts, dates, numbers and booleans.
What lies outside would be checked by jsonschema and not by the fast walk, so it is refused.
"""

from __future__ import annotations

import re
from typing import Final

from ..feel.values import Number
from ..problem import Code, Problem
from ..source.limits import ProblemList
from ..source.quoting import listed, nearest, quoted
from ..source.tree import Located, Mapping, Scalar, Sequence, kind, plain
from .accepted_exceptions import EXCEPTION_FACTS
from .derivation_reading import read_derivation
from .model import FactModel

_ALWAYS = ("title", "description", "type", "$comment")
_FACT = (
    *("x-needed-at", "x-themes", "x-standard", "x-derive", "x-sensitivity", "x-unit", "x-fixed"),
)
_TEXTS = ("title", "description", "$comment", "x-standard", "x-sensitivity", "x-unit", "pattern")
_LISTS_OF_TEXTS = ("x-needed-at", "x-themes", "required", "enum")
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems")
_KEYWORDS: Final[dict[str, tuple[str, ...]]] = {
    "object": ("properties", "required", "additionalProperties"),
    "array": ("items", "uniqueItems", "minItems", "maxItems"),
    "string": ("enum", "format", "anyOf", "minLength", "maxLength", "pattern"),
    "number": _NUMBERS,
    "integer": _NUMBERS,
    "boolean": (),
}
_KINDS_OF_TEXT: Final = ("enum", "format", "anyOf")
_FORMS_OF_TEXT: Final = ("minLength", "maxLength", "pattern")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_IDENTITY = ("id", "title", "stage")
_PUBLIC = (
    *("", *_IDENTITY, "as_of", "exceptions"),
    *(f"exceptions.{name}" for name in EXCEPTION_FACTS if name != "reason"),
)
"""What every report of a case names, whoever reads it."""
_DATE_OR_NONE: Final = [{"format": "date"}, {"const": "none"}]


def read_model(located: Located) -> FactModel:
    """The fact model that a located JSON Schema describes.

    Raises Refused with every problem found.
    """
    reader = _Reader()
    reader.read_root(located)
    reader.problems.refuse_if_any()
    without = FactModel(plain(located), {})
    derivations = {
        path: node
        for path, text in reader.derived.items()
        if (node := read_derivation(text, path, without, reader.problems)) is not None
    }
    reader.problems.refuse_if_any()
    return FactModel(without.owner_schema, derivations)


class _Reader:
    def __init__(self) -> None:
        self.problems = ProblemList()
        self.derived: dict[str, Scalar] = {}

    def refuse(self, node: Located, message: str, help: str | None = None) -> None:
        self.problems.append(Problem(Code.MODEL, message, node.place, help))

    def read_root(self, located: Located) -> None:
        if not isinstance(located, Mapping):
            self.refuse(located, f"the fact model is {kind(located)}, not a JSON Schema")
            return
        kept = {key: part for key, part in located.entries.items() if key not in ("$schema", "$id")}
        root = Mapping(kept, located.key_starts, located.start, located.end, located.source)
        self.read_part(root, "", outermost=True)
        if self.problems:
            return
        properties = plain(located.entries["properties"])
        places = located.entries["properties"]
        assert isinstance(places, Mapping)
        for name in _IDENTITY:
            if name in properties and properties[name]["type"] != "string":
                self.refuse(places.entries[name], f"`{name}` is not a text", "write `type: string`")
        if "stage" in properties and "enum" not in properties["stage"]:
            self.refuse(
                places.entries["stage"], "`stage` does not say which stages there are", "add `enum`"
            )
        if properties.get("as_of", {}).get("format") != "date":
            self.refuse(located, "the fact model has no date `as_of`", "add it")
        required = plain(located).get("required", [])
        missing = [name for name in _IDENTITY if name not in required]
        if missing:
            self.refuse(
                located,
                f"{listed(missing)} must be required, since every report names them",
                "write `required: [id, title, stage]`",
            )

    def read_part(self, part: Located, path: str, outermost: bool = False) -> None:
        if not isinstance(part, Mapping):
            self.refuse(part, f"{quoted(path)} is {kind(part)}, not a description of a fact")
            return
        stated = part.entries.get("type")
        sort = stated.value if isinstance(stated, Scalar) else None
        if not isinstance(sort, str) or sort not in _KEYWORDS or (outermost and sort != "object"):
            self.refuse(
                stated or part,
                f"{quoted(path or 'the fact model')} has no type that facts can have",
                "write `type: object`"
                if outermost
                else f"write one of {listed([*_KEYWORDS], 'or')}",
            )
            return
        known = (*_ALWAYS, *_FACT, *_KEYWORDS[sort])
        for key in part.entries:
            if key not in known:
                meant = nearest(key, list(known))
                self.problems.append(
                    Problem(
                        Code.MODEL,
                        f"{quoted(key)} is no keyword for a fact of type `{sort}`",
                        part.key_place(key),
                        f"did you mean `{meant}`?" if meant else "leave it out",
                    )
                )
        self.read_keywords(part, path)
        if "x-sensitivity" in part.entries and path in _PUBLIC:
            self.refuse(
                part.entries["x-sensitivity"],
                f"{quoted(path or 'the fact model')} cannot be withheld from a public report, "
                "which could not do without it",
                "leave `x-sensitivity` out",
            )
        if sort in ("object", "array"):
            what = "a list" if sort == "array" else "a group"
            self.refuse_derivation(part, f"{quoted(path)} is {what}, which cannot be derived")
        if sort == "object":
            self.read_group(part, path)
        elif sort == "array":
            self.read_list(part, path)
        else:
            self.read_scalar(part, sort, path)

    def read_keywords(self, part: Mapping, path: str) -> None:
        """The values of the keywords that mean the same whatever the type."""
        for key, node in part.entries.items():
            value = node.value if isinstance(node, Scalar) else None
            what = f"`{key}` of {quoted(path)}" if path else f"`{key}`"
            is_number = isinstance(value, Number) and not isinstance(value, bool)
            if key in _TEXTS and not isinstance(value, str):
                self.refuse(node, f"{what} is {kind(node)}", "write it in quotes")
            elif key in _LISTS_OF_TEXTS:
                self.texts(node, what)
            elif key in _NUMBERS and not is_number:
                self.refuse(node, f"`{key}` is {kind(node)}, not a number")
            elif key in _COUNTS and not (isinstance(value, int) and is_number and value >= 0):
                self.refuse(node, f"`{key}` is no count", "write 0 or more")
            elif key in ("uniqueItems", "x-fixed") and not isinstance(value, bool):
                self.refuse(node, f"`{key}` is {kind(node)}, not `true` or `false`")

    def read_group(self, part: Mapping, path: str) -> None:
        closed = part.entries.get("additionalProperties")
        if not (isinstance(closed, Scalar) and closed.value is False):
            self.refuse(
                closed or part,
                f"{quoted(path or 'the fact model')} admits any name, so a misspelt one would pass",
                "write `additionalProperties: false`",
            )
        properties = part.entries.get("properties")
        if not isinstance(properties, Mapping):
            self.refuse(properties or part, f"{quoted(path or 'the fact model')} has no properties")
            return
        prefix = f"{path}." if path else ""
        for name, member in properties.entries.items():
            if not _NAME.fullmatch(name):
                self.problems.append(
                    Problem(
                        Code.MODEL,
                        f"{quoted(name)} cannot be the name of a fact",
                        properties.key_place(name),
                        "write letters, digits and `_`, a letter first",
                    )
                )
            self.read_part(member, prefix + name)
        required = part.entries.get("required")
        if required is not None:
            for item in _texts_of(required):
                if item.text not in properties.entries:
                    self.refuse(item, f"{quoted(item.text)} is required but not described")

    def read_list(self, part: Mapping, path: str) -> None:
        items = part.entries.get("items")
        if items is None:
            self.refuse(part, f"{quoted(path)} does not say what its items are", "add `items`")
            return
        self.read_part(items, path)
        if isinstance(items, Mapping):
            sort = items.entries.get("type")
            if isinstance(sort, Scalar) and sort.value == "array":
                self.refuse(sort, f"{quoted(path)} is a list of lists, which no rule could read")
            self.refuse_derivation(items, f"an item of {quoted(path)} cannot be derived")

    def refuse_derivation(self, part: Mapping, message: str) -> None:
        derive = part.entries.get("x-derive")
        if derive is not None:
            self.refuse(derive, message, "leave `x-derive` out")

    def read_scalar(self, part: Mapping, sort: str, path: str) -> None:
        entries = part.entries
        kinds = [key for key in entries if key in _KINDS_OF_TEXT]
        forms = [key for key in entries if key in _FORMS_OF_TEXT] if kinds else []
        if len(kinds) + len(forms) > 1:
            clash = listed(kinds + forms)
            self.refuse(part, f"{quoted(path)} has {clash}, which do not go together")
        if "enum" in entries:
            words = [word.text for word in _texts_of(entries["enum"])]
            if not plain(entries["enum"]):
                self.refuse(entries["enum"], f"`enum` of {quoted(path)} names no value")
            if len(set(words)) < len(words):
                self.refuse(entries["enum"], f"`enum` of {quoted(path)} names a value twice")
        if "format" in entries and plain(entries["format"]) != "date":
            self.refuse(entries["format"], "the only format is `date`")
        if "anyOf" in entries and plain(entries["anyOf"]) != _DATE_OR_NONE:
            self.refuse(
                entries["anyOf"],
                "`anyOf` is only for dates that may be none",
                "write `anyOf: [{format: date}, {const: none}]`",
            )
        if "pattern" in entries:
            self.read_pattern(entries["pattern"])
        derive = entries.get("x-derive")
        if derive is not None:
            if isinstance(derive, Scalar) and isinstance(derive.value, str):
                self.derived[path] = derive
            else:
                self.refuse(derive, f"`x-derive` of {quoted(path)} is no expression")

    def read_pattern(self, pattern: Located) -> None:
        try:
            re.compile(plain(pattern))
        except (re.error, TypeError, RecursionError, OverflowError):
            self.refuse(pattern, "`pattern` is no regular expression")

    def texts(self, node: Located, what: str) -> None:
        """A list of texts; anything else is a problem."""
        if not isinstance(node, Sequence):
            self.refuse(node, f"{what} is {kind(node)}, not a list")
            return
        for item in node.items:
            if not (isinstance(item, Scalar) and isinstance(item.value, str)):
                self.refuse(item, f"{what} holds {kind(item)}", "write it in quotes")


def _texts_of(node: Located) -> list[Scalar]:
    items = node.items if isinstance(node, Sequence) else []
    return [item for item in items if isinstance(item, Scalar) and isinstance(item.value, str)]
