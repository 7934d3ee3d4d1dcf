"""Order: rules by number, fields as the documents list them, files by theme."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from ...problem import Code, Level
from ...source.quoting import quoted
from ...source.tree import Mapping as Group
from ...source.tree import Scalar
from ...source.tree import Sequence as Items
from ...strategy.actions import ACTION_FIELDS, ELSE
from ...strategy.definitions import DEFINITION_FIELDS
from ...strategy.folder import CASES, RULES
from ...strategy.model import SEVERITIES, STAGES
from ...strategy.rules import FILE_FIELDS, REQUIREMENT_FIELDS, RULE_FIELDS
from ..anatomy import Anatomy, Named, Span, entries, items
from .finding import Edit, Finding, Fix
from .subject import Subject

_NUMBERED: Final = re.compile(r"([A-Z0-9]+)-([0-9]+)")
_ANYWHERE: Final = "about"
"""A field that may stand wherever it reads best."""
_LOOSE: Final = re.compile(r"(?<![^\s\[{,])[&*]\w|[|>][0-9]*\+")
"""Anchors, references to them, and blocks whose blank lines count."""


def check(subject: Subject) -> Iterator[Finding]:
    """Everything about order."""
    for part in subject.body.files.values():
        if part.file.startswith(f"{RULES}/"):
            yield from _rules(subject, part)
            yield from _definitions(subject, part)
            yield from _file_fields(subject, part)
    yield from _theme_files(subject)


# rules


def _rules(subject: Subject, part: Anatomy) -> Iterator[Finding]:
    group = entries(part.root).get("rules")
    if isinstance(group, Group) and len(part.rules) > 1:
        found = [_number(one.name) for one in part.rules]
        for before, one, number in zip(found, part.rules[1:], found[1:], strict=False):
            if number[0] == before[0] and number < before:
                yield subject.found(
                    Code.RULE_ORDER,
                    f"{quoted(one.name)} stands behind a rule with a higher number",
                    one.span,
                    "put the rules of a file in the order of their ids",
                    _reordered(group, part.file, _number, "sort the rules of the file"),
                    Level.NOTE,
                )
                break
    for rule in part.rules:
        yield from _rule(subject, rule)


def _number(name: str) -> tuple[str, int, str]:
    match = _NUMBERED.fullmatch(name)
    return (match[1], int(match[2]), name) if match else (name, 0, name)


def _rule(subject: Subject, rule: Named) -> Iterator[Finding]:
    if not isinstance(rule.node, Group):
        return
    file, fields = rule.file, rule.node.entries
    yield from _fields(subject, file, rule.node, RULE_FIELDS, quoted(rule.name))
    for node in items(fields.get("require")):
        if isinstance(node, Group):
            yield from _fields(subject, file, node, REQUIREMENT_FIELDS, "the requirement")
    for node in items(fields.get("actions")):
        if isinstance(node, Group):
            yield from _fields(subject, file, node, ACTION_FIELDS, "the action")
            due = node.entries.get("due")
            if isinstance(due, Group):
                yield from _fields(subject, file, due, (*STAGES, ELSE), "`due`")
        stages = entries(node).get("stages")
        yield from _listed(subject, file, "stages", stages)
    levels = fields.get("severity_when")
    if isinstance(levels, Group):
        yield from _fields(subject, file, levels, SEVERITIES, "`severity_when`")
    for name in ("stages", "gate"):
        yield from _listed(subject, file, name, fields.get(name))
    for node in items(fields.get("require")):
        yield from _listed(subject, file, "stages", entries(node).get("stages"))


def _file_fields(subject: Subject, part: Anatomy) -> Iterator[Finding]:
    if isinstance(part.root, Group):
        yield from _fields(subject, part.file, part.root, FILE_FIELDS, "the file")


def _fields(
    subject: Subject, file: str, group: Group, order: Sequence[str], what: str
) -> Iterator[Finding]:
    """The fields of a group stand in the order in which the documents list them."""
    names = [name for name in group.entries if name in order and name != _ANYWHERE]
    if names == sorted(names, key=order.index):
        return
    misplaced = next(
        later for name, later in pairwise(names) if order.index(later) < order.index(name)
    )
    before = next(name for name in names if order.index(name) > order.index(misplaced))

    def position(name: str) -> tuple[int, int]:
        return (order.index(name) if name in order else len(order), 0)

    start = group.key_starts[misplaced]
    yield subject.found(
        Code.FIELD_ORDER,
        f"`{misplaced}` of {what} stands behind `{before}`",
        Span(file, start, start + len(misplaced)),
        f"the order is {', '.join(name for name in order if name in names)}",
        _reordered(group, file, position, f"sort the fields of {what}"),
        Level.NOTE,
    )


def _listed(subject: Subject, file: str, name: str, node: object) -> Iterator[Finding]:
    """A list of stages follows the life of a partnership."""
    if not isinstance(node, Items):
        return
    scalars = [one for one in node.items if isinstance(one, Scalar) and one.text in STAGES]
    words = [one.text for one in scalars]
    wanted = sorted(words, key=STAGES.index)
    if len(scalars) != len(node.items) or words == wanted or len(set(words)) < len(words):
        return
    edits = tuple(
        Edit(Span(file, one.start, one.end), word)
        for one, word in zip(scalars, wanted, strict=True)
        if one.text != word
    )
    yield subject.found(
        Code.LIST_ORDER,
        f"{quoted(name)} names the stages out of order",
        Span(file, node.start, node.start + 1),
        f"write {', '.join(wanted)}",
        Fix("sort the stages", edits),
        Level.NOTE,
    )


# definitions


def _definitions(subject: Subject, part: Anatomy) -> Iterator[Finding]:
    group = entries(part.root).get("definitions")
    if not isinstance(group, Group):
        return
    for one in part.definitions:
        if isinstance(one.node, Group):
            yield from _fields(
                subject,
                part.file,
                one.node,
                DEFINITION_FIELDS,
                f"the definition {quoted(one.name)}",
            )
    sites = {site.owner: site for site in part.expressions if site.role == "is"}
    order = {one.name: place for place, one in enumerate(part.definitions)}
    uses = {
        name: [found.name for found in subject.names_at(site) if found.name in order]
        for name, site in sites.items()
    }
    rank = _after_what_they_use(list(order), uses)
    if rank is None:
        return  # a circle, which is a problem of its own
    for one in part.definitions:
        later = [name for name in uses.get(one.name, ()) if order[name] > order[one.name]]
        if later:
            yield subject.found(
                Code.DEFINITION_ORDER,
                f"{quoted(one.name)} uses {quoted(later[0])}, which is defined below it",
                one.span,
                "let a definition stand behind those that it uses",
                _reordered(group, part.file, lambda name: rank[name], "sort the definitions"),
                Level.NOTE,
            )
            return


def _after_what_they_use(order: list[str], uses: dict[str, list[str]]) -> dict[str, int] | None:
    """A place for each, behind those that it uses and otherwise as it was; None in a circle."""
    placed: dict[str, int] = {}
    waiting = list(order)
    while waiting:
        ready = next(
            (name for name in waiting if all(use in placed for use in uses.get(name, ()))), None
        )
        if ready is None:
            return None
        placed[ready] = len(placed)
        waiting.remove(ready)
    return placed


# files


def _theme_files(subject: Subject) -> Iterator[Finding]:
    """The rules of a theme stand in one file that is called after it, and so do its cases."""
    for folder in (RULES, CASES):
        first: dict[str, str] = {}
        for part in subject.body.files.values():
            if not part.file.startswith(f"{folder}/") or part.theme is None:
                continue
            theme = entries(part.root).get("theme")
            assert isinstance(theme, Scalar)
            if folder == RULES and not part.rules:
                continue
            span = Span(part.file, theme.start, theme.end)
            name = part.file.partition("/")[2].rpartition(".")[0]
            known = first.setdefault(part.theme, part.file)
            if known != part.file:
                yield subject.found(
                    Code.THEME_FILE,
                    f"the theme {quoted(part.theme)} has a file already: `{known}`",
                    span,
                    "put all its rules in one file"
                    if folder == RULES
                    else "put all its cases in one file",
                    level=Level.NOTE,
                )
            elif subject.strategy is not None and not _called_after(subject, name, part.theme):
                yield subject.found(
                    Code.THEME_FILE,
                    f"the file `{part.file}` is not called after its theme {quoted(part.theme)}",
                    span,
                    f"call it `{folder}/{_slug(part.theme)}.yaml`",
                    level=Level.NOTE,
                )


def _called_after(subject: Subject, name: str, theme: str) -> bool:
    """Does the file have the theme's name, a part of it, or one that begins like its rules' ids?"""
    given, words = _slug(name), _slug(theme)
    prefixes = (
        []
        if subject.strategy is None
        else [prefix.lower() for prefix, one in subject.strategy.themes.items() if one == theme]
    )
    return (
        words.startswith(given)
        or set(given.split("_")) <= set(words.split("_"))
        or given.startswith(tuple(prefixes))
    )


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")


# moving entries


def _reordered(
    group: Group, file: str, key: Callable[[str], object], description: str
) -> Fix | None:
    """A fix that sorts the entries of a group; None where they do not stand in lines of their own,
    or something could come loose: a comment above the first, an anchor."""
    text = group.source.text
    names = list(group.entries)
    wanted = sorted(names, key=key)  # type: ignore[arg-type]  # each caller's keys are of one kind
    if wanted == names:
        return None
    if text[group.start : group.start + 1] == "{":
        return _reordered_inline(group, file, wanted, description)
    blocks = _blocks(group, text, names)
    if blocks is None:
        return None
    begin, finish = blocks[names[0]][0], blocks[names[-1]][1]
    if _LOOSE.search(text[begin:finish]) or (wanted[0] != names[0] and _commented(text, begin)):
        return None
    bodies = {name: text[slice(*blocks[name])].rstrip() for name in names}
    # The blank lines stay where they are, between the entries.
    gaps = [text[slice(*blocks[name])][len(bodies[name]) :] for name in names]
    joined = "".join(bodies[name] + gap for name, gap in zip(wanted, gaps, strict=True))
    return Fix(description, (Edit(Span(file, begin, finish), joined),))


def _blocks(group: Group, text: str, names: list[str]) -> dict[str, tuple[int, int]] | None:
    """The lines of each entry, with the comments right above it (but for the first); None where an
    entry does not begin its line, as in `- do: ...`."""
    starts = []
    for index, name in enumerate(names):
        start = text.rfind("\n", 0, group.key_starts[name]) + 1
        if text[start : group.key_starts[name]].strip():
            return None
        while index and _commented(text, start):
            start = text.rfind("\n", 0, start - 1) + 1
        starts.append(start)
    return dict(zip(names, zip(starts, [*starts[1:], _end(group, text)], strict=True), strict=True))


def _commented(text: str, start: int) -> bool:
    """Is the line above this one a comment?"""
    return start > 0 and text[text.rfind("\n", 0, start - 1) + 1 : start].lstrip().startswith("#")


def _end(group: Group, text: str) -> int:
    """Where the last line of a group ends, without blank lines and comments behind it."""
    finish = max(_finish(node) for node in group.entries.values())
    line_end = text.find("\n", max(finish - 1, 0))
    return len(text) if line_end < 0 else line_end + 1


def _finish(node: object) -> int:
    """Where the last scalar within a node ends: what the reader takes for the end of a group may
    lie behind blank lines and comments."""
    if isinstance(node, Scalar):
        written = node.source.text[node.start : node.end]
        return node.start + len(written.rstrip())
    if isinstance(node, Group):
        opening = node.source.text[node.start : node.start + 1]
        if opening == "{" or not node.entries:
            return node.end
        return max(max(node.key_starts.values()), *(_finish(one) for one in node.entries.values()))
    assert isinstance(node, Items)
    if node.source.text[node.start : node.start + 1] == "[" or not node.items:
        return node.end
    return max(_finish(one) for one in node.items)


def _reordered_inline(group: Group, file: str, wanted: list[str], description: str) -> Fix | None:
    """The same for a group between braces: each entry trades places with another."""
    text = group.source.text
    names = list(group.entries)
    regions = {}
    for name in names:
        start = group.key_starts[name]
        finish = _finish(group.entries[name])
        if finish <= start or "#" in text[start:finish]:
            return None
        regions[name] = (start, finish)
    edits = tuple(
        Edit(Span(file, *regions[there]), text[slice(*regions[name])])
        for there, name in zip(names, wanted, strict=True)
        if there != name
    )
    return Fix(description, edits)
