"""Values of parameters are put into strategy.yaml where the old ones stand, and nothing else moves.

What is not changed keeps its bytes: comments, order, quotes. What comes of it is read again before
anything is written: the strategy must be the same but for these values.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import stat
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ...feel.values import Value
from ...problem import Code, Level, Place, Problem, Refused
from ...source.quoting import quoted
from ...source.reading import read
from ...source.tree import Located, Mapping
from ...strategy.chain import EXTENDS, TAILOR, Chain, read_chain
from ...strategy.digest import canonical_content
from ...strategy.folder import HEADER, SourceFile
from ...strategy.model import Strategy
from ...strategy.reading import Reading, examine_chain
from ..edits import Edit, compare
from .listing import written

_BARE = re.compile(r"[A-Za-z][A-Za-z0-9_ -]*[A-Za-z0-9]|[A-Za-z]", re.ASCII)
_WORDS: Final = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")


@dataclass(frozen=True, slots=True)
class Change:
    """New values, made ready: the header before and after, what differs, and warnings that were
    not there before."""

    path: str
    name: str
    before: bytes
    after: bytes
    edits: tuple[Edit, ...]
    warnings: tuple[Problem, ...]

    def diff(self) -> list[str]:
        """The lines of the header that change, as `diff -u` shows them."""
        old, new = (text.decode("utf-8").splitlines() for text in (self.before, self.after))
        return list(difflib.unified_diff(old, new, self.name, self.name, n=1, lineterm=""))


def prepared(folder: str | None, wanted: AbstractMapping[str, Value]) -> Change:
    """The header of a strategy with other values of its parameters.

    Raises Refused where a value cannot be put there, or the strategy would not be sound with it.
    """
    chain = read_chain(folder)
    before = examine_chain(chain)
    if before.strategy is None:
        raise Refused(one for one in before.problems if one.level is Level.ERROR)
    strategy = before.strategy
    changed = {
        name: value
        for name, value in wanted.items()
        if _differs(strategy.parameters[name].value, value)
    }
    name = chain.own.folder.shown(HEADER)
    [header] = [file.data for file in chain.own.files if file.name == HEADER]
    after = _rewritten(header, name, strategy, chain, changed) if changed else header
    found = examine_chain(_with_header(chain, after))
    warnings = _checked(strategy, changed, before, found)
    edits: tuple[Edit, ...] = ()
    if found.strategy is not None:
        edits = tuple(compare(canonical_content(strategy), canonical_content(found.strategy)))
    path = os.path.join(chain.own.folder.path, HEADER)
    return Change(path, name, header, after, edits, warnings)


def write(change: Change) -> None:
    """Put the new header in the place of the old. Raises Refused where it changed meanwhile."""
    with open(change.path, "rb") as file:
        if file.read() != change.before:
            raise Refused(
                Problem(
                    Code.FILE_UNREADABLE,
                    "the file was changed meanwhile",
                    Place(change.name),
                    "look at the changes again",
                )
            )
    mode = stat.S_IMODE(os.stat(change.path).st_mode)
    beside = f"{change.path}.{os.getpid()}.new"
    with open(beside, "xb") as file:
        file.write(change.after)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(beside, mode)
    os.replace(beside, change.path)


def _differs(old: Value, new: Value) -> bool:
    return written(old) != written(new)


def _with_header(chain: Chain, header: bytes) -> Chain:
    files = tuple(
        SourceFile(HEADER, header) if file.name == HEADER else file for file in chain.own.files
    )
    return Chain((replace(chain.own, files=files), *chain.links[1:]))


def _checked(
    strategy: Strategy, changed: AbstractMapping[str, Value], before: Reading, found: Reading
) -> tuple[Problem, ...]:
    """Raises Refused where the strategy is not sound with the new values, or anything else would
    change with them; gives the warnings that come with them."""
    known = {(one.code, one.message) for one in before.problems}
    fresh = [one for one in found.problems if (one.code, one.message) not in known]
    if found.strategy is None:
        raise Refused([one for one in fresh if one.level is Level.ERROR] or found.problems)
    expected = dict(canonical_content(strategy))
    expected["parameters"] = {
        name: part for name, part in expected["parameters"].items() if name not in changed
    }
    got = dict(canonical_content(found.strategy))
    values = got["parameters"]
    got["parameters"] = {name: part for name, part in values.items() if name not in changed}
    wrong = [
        name
        for name, value in changed.items()
        if _differs(found.strategy.parameters[name].value, value)
    ]
    if got != expected or wrong:
        raise Refused(
            Problem(
                Code.FILE_KIND,
                "the values cannot be put into this file without changing anything else",
                Place(f"{strategy.folder.rstrip('/')}/{HEADER}"),
                "change it by hand",
            )
        )
    return tuple(one for one in fresh if one.level is not Level.ERROR)


# the text of the header


def _rewritten(
    data: bytes,
    name: str,
    strategy: Strategy,
    chain: Chain,
    changed: AbstractMapping[str, Value],
) -> bytes:
    tree = read(data=data, name=name)
    assert isinstance(tree, Mapping)
    text = tree.source.text
    pieces: list[tuple[int, int, str]] = []
    added: dict[str, Value] = {}
    problems: list[Problem] = []
    for parameter, value in changed.items():
        node = _value_node(tree, parameter)
        if node is None:
            added[parameter] = value
            continue
        old = text[node.start : node.end]
        if isinstance(node, Mapping) or old[:1] in ("|", ">", "-", "&", "*", "!"):
            problems.append(
                Problem(
                    Code.FIELD_TYPE,
                    f"the value of {quoted(parameter)} is written in a form that is not replaced",
                    node.place,
                    "write it in one line, or change it by hand",
                )
            )
            continue
        pieces.append((node.start, node.end, _yaml(value, old)))
    if problems:
        raise Refused(problems)
    if added:
        pieces.append(_insertion(tree, text, added, strategy))
    for start, end, new in sorted(pieces, reverse=True):
        text = text[:start] + new + text[end:]
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    return mark + text.encode("utf-8")


def _value_node(tree: Mapping, parameter: str) -> Located | None:
    """Where the value of a parameter stands in the header: as its own, or as it is tailored."""
    for group in (_member(tree, "parameters"), _member(_member(tree, TAILOR), "parameters")):
        node = _member(group, parameter)
        if node is not None:
            return _member(node, "value") if isinstance(node, Mapping) else node
    return None


def _member(node: Located | None, name: str) -> Located | None:
    return node.entries.get(name) if isinstance(node, Mapping) else None


def _insertion(
    tree: Mapping, text: str, added: AbstractMapping[str, Value], strategy: Strategy
) -> tuple[int, int, str]:
    """Values of the strategy that is extended are tailored: where, and the lines to put there."""
    end = "\r\n" if "\r\n" in text else "\n"
    tailor = _member(tree, TAILOR)
    group = _member(tailor, "parameters")
    if tailor is None and EXTENDS in tree.entries and text[tree.start :][:1] != "{":
        lines = [f"{TAILOR}:", "  parameters:", *(_line(4, one, added[one]) for one in added)]
        before = "" if text.endswith("\n") else end
        return len(text), len(text), before + end.join(["", *lines, ""])
    if isinstance(tailor, Mapping) and text[tailor.start : tailor.start + 1] != "{":
        if isinstance(group, Mapping) and group.entries and text[group.start] != "{":
            column = group.source.place(min(group.key_starts.values())).column or 1
            at = _line_start(text, min(group.key_starts.values()))
            lines = [_line(column - 1, one, added[one]) for one in added]
            return at, at, "".join(line + end for line in lines)
        if group is None:
            column = tailor.source.place(min(tailor.key_starts.values())).column or 1
            at = _line_start(text, min(tailor.key_starts.values()))
            lines = [" " * (column - 1) + "parameters:"]
            lines += [_line(column + 1, one, added[one]) for one in added]
            return at, at, "".join(line + end for line in lines)
    first = next(iter(added))
    raise Refused(
        Problem(
            Code.FIELD_TYPE,
            f"there is no place for {quoted(first)}, which a strategy that is extended states",
            (tailor or tree).place,
            f"write under `{TAILOR}` in lines of their own: `parameters:`, and below it "
            f"`{first}: {_yaml(added[first])}`",
        )
    )


def _line(indent: int, name: str, value: Value) -> str:
    return f"{' ' * indent}{name}: {_yaml(value)}"


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _yaml(value: Any, old: str = "") -> str:
    """A value in YAML, in the quotes that the old one had where it had some."""
    if isinstance(value, list):
        return f"[{', '.join(_yaml(part) for part in value)}]"
    text = written(value)
    if isinstance(value, str) and not (_BARE.fullmatch(text) and text.lower() not in _WORDS):
        return json.dumps(text, ensure_ascii=False)
    return f"{old[0]}{text}{old[0]}" if old[:1] in ("'", '"') else text
