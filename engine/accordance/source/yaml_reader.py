"""YAML to a located tree, without recursion, from libyaml's events.

Accordance reads the part of YAML that all its readers understand alike: no tags, no merge keys, no
several documents, no name twice, names that are text. Aliases stay, as long as they do not hold
themselves, and count as many values as they stand for.
"""

from __future__ import annotations

from typing import Any, Final

from yaml import YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from ..problem import Code, Problem, Refused
from .faults import character_fault, stated_twice, too_deep, too_many_values
from .limits import MAX_DEPTH, MAX_VALUES, ProblemList
from .quoting import quoted
from .scalars import WORDS, Unclear, plain_value
from .text import SourceText
from .tree import Located, Mapping, Scalar, Sequence
from .yaml_advice import syntax_problem

try:
    from yaml._yaml import CParser
except ImportError:  # pragma: no cover  # needs a machine without libyaml
    CParser = None


class _Missing:
    """What a mapping waits for instead of a value."""


_NAME: Final[Any] = _Missing()  # the next node is a name
_NOWHERE: Final[Any] = _Missing()  # the name was refused; its value is read and dropped


def read_yaml(source: SourceText) -> tuple[Located, ProblemList]:
    """The one document of a YAML file, and the problems that leave it readable.

    Raises Refused when it cannot be read at all.
    """
    if CParser is None:  # pragma: no cover
        raise Refused(
            Problem(
                Code.USAGE,
                "PyYAML was built without its C parser",
                help="install PyYAML from a wheel, or with libyaml's headers present",
            )
        )
    problems = ProblemList()
    try:
        root = _Reader(source, problems).read()
    except YAMLError as error:
        raise Refused([*problems.in_order(), syntax_problem(error, source)]) from None
    if root is None or (isinstance(root, Scalar) and root.value is None):
        problems.refuse_if_any()
        raise Refused(Problem(Code.FILE_EMPTY, "the file is empty", source.place(0)))
    return root, problems


class _Reader:
    """One pass over the events. A frame of the stack is what a container must remember:
    node, its name in waiting (mappings), name's offset, anchor, values before it, its height."""

    def __init__(self, source: SourceText, problems: ProblemList) -> None:
        self.source = source
        self.problems = problems
        self.anchors: dict[str, tuple[Located, int, int] | None] = {}

    def read(self) -> Located | None:
        source = self.source
        next_event = CParser(source.text).get_event
        stack: list[list[Any]] = []
        root: Located | None = None
        count = 0
        documents = 0
        while (event := next_event()) is not None:
            sort = event.__class__
            node: Located
            if sort is ScalarEvent:
                start = event.start_mark.index
                if event.tag is not None:
                    self._refuse_tag(event)
                frame = stack[-1] if stack else None
                if frame is not None and frame[1] is _NAME:
                    self._take_name(frame, event, start)
                    continue
                text = event.value
                value = text
                plain = event.style == ""
                if plain:
                    if text in WORDS:
                        value = WORDS[text]
                    else:
                        try:
                            value = plain_value(text)
                        except Unclear as unclear:
                            self._refuse(unclear.code, unclear.message, start, unclear.help)
                elif not text.isprintable():
                    self._check_characters(text, start)
                node = Scalar(value, text, plain, start, event.end_mark.index, source)
                count += 1
                if event.anchor is not None:
                    self.anchors[event.anchor] = (node, 1, 0)
            elif sort is MappingStartEvent or sort is SequenceStartEvent:
                start = event.start_mark.index
                if event.tag is not None:
                    self._refuse_tag(event)
                if len(stack) >= MAX_DEPTH:
                    raise Refused([*self.problems, too_deep(source.place(start))])
                if event.anchor is not None:
                    self.anchors[event.anchor] = None
                if sort is MappingStartEvent:
                    stack.append(
                        [Mapping({}, {}, start, start, source), _NAME, 0, event.anchor, count, 0]
                    )
                else:
                    stack.append(
                        [Sequence([], start, start, source), None, 0, event.anchor, count, 0]
                    )
                count += 1
                continue
            elif sort is MappingEndEvent or sort is SequenceEndEvent:
                node, _, _, anchor, before, height = stack.pop()
                node.end = event.end_mark.index
                height += 1
                if anchor is not None:
                    self.anchors[anchor] = (node, count - before, height)
                if stack and stack[-1][5] < height:
                    stack[-1][5] = height
            elif sort is AliasEvent:
                start = event.start_mark.index
                found = self._aliased(event.anchor, start)
                node = found[0]
                count += found[1]
                if len(stack) + found[2] > MAX_DEPTH:
                    raise Refused([*self.problems, too_deep(source.place(start))])
                if stack and stack[-1][5] < found[2]:
                    stack[-1][5] = found[2]
            elif sort is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self._refuse(
                        Code.SEVERAL_DOCUMENTS,
                        "the file holds several documents, parted by `---`",
                        event.start_mark.index,
                        "give each a file of its own",
                    )
                    return root
                continue
            else:
                continue
            if count > MAX_VALUES:
                raise Refused([*self.problems, too_many_values(source.place(start))])
            # a finished value: to its place in the container above
            if not stack:
                root = node
                continue
            frame = stack[-1]
            name = frame[1]
            if name is None:
                frame[0].items.append(node)
            elif name is _NAME:
                self._refuse_name(node.start)
                frame[1] = _NOWHERE
            else:
                if name is not _NOWHERE:
                    frame[0].entries[name] = node
                    frame[0].key_starts[name] = frame[2]
                frame[1] = _NAME
        return root

    def _take_name(self, frame: list[Any], event: ScalarEvent, start: int) -> None:
        name = event.value
        frame[1] = _NOWHERE
        if event.anchor is not None:
            node = Scalar(name, name, False, start, event.end_mark.index, self.source)
            self.anchors[event.anchor] = (node, 1, 0)
        if event.style == "":
            if name == "<<":
                self._refuse(
                    Code.ALIAS,
                    "merge keys (`<<`) are not read",
                    start,
                    "write the values out",
                )
                return
            try:
                is_text = isinstance(plain_value(name), str)
            except Unclear as unclear:
                # `on`, `no` and `y` make good names; numbers do not
                is_text = unclear.code is Code.AMBIGUOUS_WORD
            if not is_text:
                self._refuse_name(start, name)
                return
        elif not name.isprintable():
            self._check_characters(name, start)
        if name in frame[0].entries:
            first = self.source.place(frame[0].key_starts[name])
            self.problems.append(stated_twice(name, first, self.source.place(start)))
            return
        frame[1] = name
        frame[2] = start

    def _aliased(self, anchor: str, start: int) -> tuple[Located, int, int]:
        found = self.anchors.get(anchor)
        if found is not None:
            return found
        if anchor in self.anchors:
            self._refuse(
                Code.ALIAS,
                f"`*{anchor[:40]}` stands inside what it stands for",
                start,
                "write the values out",
            )
        else:
            self._refuse(
                Code.ALIAS,
                f"`*{anchor[:40]}` stands for nothing: no `&{anchor[:40]}` comes before it",
                start,
                "put text that starts with `*` in quotes",
            )
        return Scalar(None, "", True, start, start, self.source), 1, 0

    def _check_characters(self, text: str, start: int) -> None:
        fault = character_fault(text, self.source.place(start))
        if fault:
            self.problems.append(fault)

    def _refuse_tag(self, event: Any) -> None:
        shown = event.tag.replace("tag:yaml.org,2002:", "!!")
        self._refuse(
            Code.TAG, f"the tag {quoted(shown)} is not read", event.start_mark.index, "take it out"
        )

    def _refuse_name(self, start: int, name: str | None = None) -> None:
        if name is None:
            self._refuse(
                Code.KEY_NOT_TEXT,
                "a list or group stands where a name should",
                start,
                "write `name: value`; put text with brackets in quotes",
            )
        elif name == "":
            self._refuse(Code.KEY_NOT_TEXT, "a name is missing", start, "write `name: value`")
        else:
            self._refuse(
                Code.KEY_NOT_TEXT,
                f"{quoted(name)} is no text and cannot be a name",
                start,
                f'write it in quotes: `"{name[:40]}"`',
            )

    def _refuse(self, code: Code, message: str, start: int, help: str) -> None:
        self.problems.append(Problem(code, message, self.source.place(start), help))
