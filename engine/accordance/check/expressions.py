"""The leaves and definitions of a plan, ready to be evaluated on cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from ..feel.compiling import (
    DEFINED,
    Code,
    Compiler,
    Frame,
    Names,
    is_silent,
)
from ..feel.syntax import Node
from ..feel.values import Value
from ..plan.planning import Plan

if TYPE_CHECKING:
    from ..feel.evidence_source import EvidenceWriter
    from ..feel.generating import Generator

GENERATE_AFTER: Final = 100
"""Cases after which source is generated; for fewer it takes longer than it saves."""

Evaluate: TypeAlias = Callable[[Frame, list[Value], list[str]], None]
"""Enters definitions into the frame, and the states of leaves into the two lists."""


class LeafPlace(NamedTuple):
    """Where the state of a leaf is entered: by its index, and by its place among the properties of
    a network, there as one of two texts."""

    leaf: int
    place: int
    true: str
    false: str


class Expressions:
    """The compiled expressions of a plan: closures at first, each made when first needed; after
    `generate` source (see feel/generating.py and feel/evidence_source.py)."""

    def __init__(self, plan: Plan) -> None:
        self.names: Names = plan.names
        self.leaves: dict[int, Code] = {}
        self._plan = plan
        self._compiler = Compiler(self.names)
        self._generator: Generator | None = None
        self._writer: EvidenceWriter | None = None
        self._alone: dict[str, Callable[[Frame], Value]] = {}

    def leaf(self, index: int) -> Code:
        """A leaf by its index."""
        self.definitions  # noqa: B018  they say which names are silent
        code = self.leaves.get(index)
        if code is None:
            code = self.leaves[index] = self._whole(self._plan.leaves[index].expression)
        return code

    def compile(self, expression: Node) -> Code:
        """Any expression over the names of the plan."""
        return self._compiler.compile(expression, None)

    def _whole(self, expression: Node) -> Code:
        """A leaf or definition."""
        code = self.compile(expression)
        if self._writer is not None:
            self._writer.replace(code)
        return code

    @cached_property
    def definitions(self) -> dict[str, Code]:
        """All definitions by their names."""
        codes: dict[str, Code] = {}
        for name, planned in self._plan.definitions.items():
            codes[name] = self.compile(planned.definition.expression)
            if is_silent(codes[name]):
                self.names = replace(self.names, silent=self.names.silent | {name})
                self._compiler = Compiler(self.names)
        return codes

    def definition(self, name: str) -> Callable[[Frame], Value]:
        """What computes a definition alone, such as one that only messages name."""
        code = self.definitions[name]
        if self._generator is None:
            return code.value
        value = self._alone.get(name)
        if value is None:
            value = self._alone[name] = self._generator.function(self._generator.write(code))
        return value

    def evaluator(self, definitions: Sequence[str], leaves: Sequence[LeafPlace]) -> Evaluate:
        """What evaluates definitions, then leaves, one after the other."""
        if self._generator is not None:
            return self._generated(self._generator, definitions, leaves)
        values = [(name, self.definitions[name].value) for name in definitions]
        states = [(*one, self.leaf(one.leaf).value) for one in leaves]

        def evaluate(frame: Frame, known: list[Value], texts: list[str]) -> None:
            defined = frame[DEFINED]
            for name, value in values:
                defined[name] = value(frame)
            for leaf, place, true, false, value in states:
                given = value(frame)
                if given is True:
                    known[leaf], texts[place] = True, true
                elif given is False:
                    known[leaf], texts[place] = False, false

        return evaluate

    def generate(self) -> None:
        """Compile anew what was compiled so far, and from now on all, as source."""
        from ..feel.evidence_source import EvidenceWriter
        from ..feel.generating import Generator

        self._compiler = self._generator = Generator(self.names)
        self._writer = EvidenceWriter(self._generator)
        for name in self.definitions:
            expression = self._plan.definitions[name].definition.expression
            self.definitions[name] = self._whole(expression)
        for index in self.leaves:
            self.leaves[index] = self._whole(self._plan.leaves[index].expression)

    def _generated(
        self, generator: Generator, definitions: Sequence[str], leaves: Sequence[LeafPlace]
    ) -> Evaluate:
        from ..feel.generating import needed_fact

        before: set[str] = set()
        lines: list[str] = []
        for name in definitions:
            text = generator.write(self.definitions[name])
            before |= text.before
            lines.append(f"defined[{name!r}] = {text.text}")
        by_need: dict[str | None, list[str]] = {}
        for leaf, place, true, false in leaves:
            code = self.leaf(leaf)
            text = generator.write(code)
            before |= text.before
            by_need.setdefault(needed_fact(code), []).extend(
                (
                    f"if (given := {text.text}) is True:",
                    f"    known[{leaf}], texts[{place}] = True, {true!r}",
                    "elif given is False:",
                    f"    known[{leaf}], texts[{place}] = False, {false!r}",
                )
            )
        for need, states in by_need.items():
            # What is unknown for want of one fact or group is passed over together.
            lines += [f"if {need!r} in facts:"] if need is not None else ["if True:"]
            lines += [f"    {line}" for line in states]
        opening = [f"defined = frame[{DEFINED}]", *sorted(before)]
        evaluate: Evaluate = generator.define("frame, known, texts", [*opening, *lines])
        return evaluate
