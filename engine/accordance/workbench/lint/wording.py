"""Wording: titles and messages as reports show them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ...problem import Code, Level
from ...source.quoting import quoted
from ...source.tree import Located, Scalar
from ..anatomy import Named, Span, entries, items, offset_of, text_of
from .finding import Edit, Finding, Fix
from .subject import Subject

_TWICE: Final = re.compile(r"(?i)\b([a-z]{2,})\s+\1\b")
_MEANT: Final = frozenset(("that", "had", "is"))
"""Words that may well stand twice in a row."""
_CUT: Final = re.compile(r"[ \t]+(#[^\s#!][^\r\n]*)")
"""What cuts off the end of a text: a comment that does not look like one."""


def check(subject: Subject) -> Iterator[Finding]:
    """Everything about wording."""
    for rule in subject.body.rules.values():
        fields = entries(rule.node)
        yield from _sentence(subject, rule, fields.get("finding"), "finding", stop=True)
        yield from _sentence(subject, rule, fields.get("title"), "title", stop=False)
        for node in items(fields.get("require")):
            yield from _sentence(subject, rule, entries(node).get("unmet"), "unmet", stop=False)
        for name in ("title", "finding", "because"):
            yield from _twice(subject, rule, fields.get(name))
    for file, tree in subject.trees.items():
        yield from _cut_off(subject, file, tree)


def _cut_off(subject: Subject, file: str, tree: Located) -> Iterator[Finding]:
    """A text without quotes ends where a `#` stands after a space."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Scalar):
            inside = entries(node).values() or items(node)
            waiting += inside
            continue
        text = node.source.text
        cut = _CUT.match(text, node.end)
        if cut is None or not isinstance(node.value, str) or text[node.start] in "\"'|>":
            continue
        rest = cut[1].rstrip()
        yield subject.found(
            Code.COMMENT_IN_TEXT,
            f"the text ends here, since {quoted(rest)} is a comment",
            Span(file, cut.start(1), cut.start(1) + len(rest)),
            "put the whole text in quotes",
        )


def _sentence(
    subject: Subject, rule: Named, node: Located | None, name: str, *, stop: bool
) -> Iterator[Finding]:
    """A finding is a sentence and ends as one; a title and a phrase end without a full stop."""
    words = text_of(node)
    if words is None or not isinstance(node, Scalar):
        return
    last = offset_of(node, len(node.text.rstrip()) - 1)
    span = Span(rule.file, last, last + 1)
    as_written = node.source.text[last : last + 1] == words[-1]
    if stop and words[-1] not in ".!?":
        fix = Fix("add the full stop", (Edit(Span(rule.file, last + 1, last + 1), "."),))
        yield subject.found(
            Code.MESSAGE_WORDING,
            f"`{name}` of {quoted(rule.name)} ends without a full stop",
            span,
            "it is shown as a sentence",
            fix if as_written else None,
            Level.NOTE,
        )
    elif not stop and words[-1] == "." and not words.endswith("..."):
        fix = Fix("take the full stop out", (Edit(span, ""),))
        yield subject.found(
            Code.MESSAGE_WORDING,
            f"`{name}` of {quoted(rule.name)} ends with a full stop",
            span,
            "it is shown as a heading" if name == "title" else "it is shown within a sentence",
            fix if as_written else None,
            Level.NOTE,
        )


def _twice(subject: Subject, rule: Named, node: Located | None) -> Iterator[Finding]:
    if not isinstance(node, Scalar) or text_of(node) is None:
        return
    for match in _TWICE.finditer(node.text):
        if match[1].lower() not in _MEANT:
            start = offset_of(node, match.start())
            end = offset_of(node, match.end() - 1) + 1
            yield subject.found(
                Code.MESSAGE_WORDING,
                f"the word {quoted(match[1])} stands twice in a row",
                Span(rule.file, start, end),
                "leave one out",
                level=Level.NOTE,
            )
