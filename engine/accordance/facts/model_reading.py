"""The owner's facts.schema.yaml becomes a FactModel, or is refused with all of its problems.

The fact model is a JSON Schema within a profile: groups, lists, texts, dates, numbers and booleans.
What lies outside would be checked by jsonschema and not by the fast walk, so it is refused.
"""

from __future__ import annotations

import re
from typing import Any, Final

from ..feel.syntax import Node
from ..problem import Code, Problem
from ..source.limits import ProblemList
from ..source.quoting import listed, nearest, quoted
from ..source.tree import Located, Mapping, Scalar, Sequence, kind, plain
from .deriving import forbidden_call
from .model import FactModel

_ALWAYS = ("title", "description", "type", "$comment")
_FACT = ("x-needed-at", "x-themes", "x-standard", "x-derive", "x-sensitivity", "x-unit")
_KEYWORDS: Final[dict[str, tuple[str, ...]]] = {
    "object": ("properties", "required", "additionalProperties"),
    "array": ("items", "uniqueItems", "minItems", "maxItems"),
    "string": ("enum", "format", "anyOf", "minLength", "maxLength", "pattern"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    "boolean": (),
}
_KINDS_OF_TEXT: Final = ("enum", "format", "anyOf")
_FORMS_OF_TEXT: Final = ("minLength", "maxLength", "pattern")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_IDENTITY = ("id", "title", "stage")
_NEEDED: Final = {"id": "string", "title": "string", "stage": "string", "as_of": "string"}
_DATE_OR_NONE: Final = [{"format": "date"}, {"const": "none"}]


def read_model(located: Located) -> FactModel:
    """The fact model that a located JSON Schema describes.

    Raises Refused with every problem found.
    """
    reader = _Reader()
    reader.read_root(located)
    reader.problems.refuse_if_any()
    model = FactModel(plain(located), {})
    for path, text in reader.derived.items():
        node = reader.read_derivation(text)
        if node is not None:
            model.derivations[path] = node
    reader.problems.refuse_if_any()
    return model


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
        properties = plain(located)["properties"]
        for name, sort in _NEEDED.items():
            if properties.get(name, {}).get("type") != sort:
                self.refuse(located, f"the fact model has no text `{name}`", f"add `{name}`")
        missing = [name for name in _IDENTITY if name not in plain(located).get("required", [])]
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
        if sort == "object":
            self.read_group(part, path)
        elif sort == "array":
            self.read_list(part, path)
        else:
            self.read_scalar(part, sort, path)

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
            for item in self.texts(required, f"`required` of {quoted(path or 'the fact model')}"):
                if item.value not in properties.entries:
                    self.refuse(item, f"{quoted(item.value)} is required but not described")

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

    def read_scalar(self, part: Mapping, sort: str, path: str) -> None:
        entries = part.entries
        kinds = [key for key in entries if key in _KINDS_OF_TEXT]
        forms = [key for key in entries if key in _FORMS_OF_TEXT] if kinds else []
        if len(kinds) + len(forms) > 1:
            clash = listed(kinds + forms)
            self.refuse(part, f"{quoted(path)} has {clash}, which do not go together")
        if "enum" in entries:
            words = self.texts(entries["enum"], f"`enum` of {quoted(path)}")
            values = [word.value for word in words]
            if not values:
                self.refuse(entries["enum"], f"`enum` of {quoted(path)} names no value")
            if len(set(values)) < len(values):
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
        for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            bound = entries.get(key)
            if bound is not None and (
                not isinstance(bound, Scalar)
                or isinstance(bound.value, bool | str)
                or bound.value is None
            ):
                self.refuse(bound, f"`{key}` is {kind(bound)}, not a number")
        derive = entries.get("x-derive")
        if derive is not None:
            if isinstance(derive, Scalar) and isinstance(derive.value, str):
                self.derived[path] = derive
            else:
                self.refuse(derive, f"`x-derive` of {quoted(path)} is no expression")

    def read_derivation(self, text: Scalar) -> Node | None:
        # Imported here: the parser is slow to import, and a cached strategy does not need it.
        from ..feel.parsing import FeelError, parse

        try:
            node = parse(text.text)
        except FeelError as error:
            self.problems.append(
                Problem(error.code, error.message, text.place_of(error.start), error.help)
            )
            return None
        forbidden = forbidden_call(node)
        if forbidden:
            call, help = forbidden
            self.problems.append(
                Problem(
                    Code.EXPRESSION_EVIDENCE,
                    f"`{call.function}` cannot stand in `x-derive`",
                    text.place_of(call.start),
                    help,
                )
            )
            return None
        return node

    def read_pattern(self, pattern: Located) -> None:
        try:
            re.compile(plain(pattern))
        except (re.error, TypeError, RecursionError, OverflowError):
            self.refuse(pattern, "`pattern` is no regular expression")

    def texts(self, node: Located, what: str) -> list[Any]:
        """The texts of a list; anything else in it is a problem."""
        if not isinstance(node, Sequence):
            self.refuse(node, f"{what} is {kind(node)}, not a list")
            return []
        found = []
        for item in node.items:
            if isinstance(item, Scalar) and isinstance(item.value, str):
                found.append(item)
            else:
                self.refuse(item, f"{what} holds {kind(item)}", "write it in quotes")
        return found
