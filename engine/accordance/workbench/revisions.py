"""Strategies as a user names them: a folder, a name, or a folder as it was in a git revision.

`HEAD~3:strategy_rules/public_body` is that folder three commits ago; `HEAD~3` alone means the
folder of the strategy that comes with the program, where the repository has it, or else the only
strategy in the revision. Files of a revision are read out of git's own store: nothing is checked
out, no link is followed, and no word of the user can become an option of git.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Final

from ..problem import Code, Place, Problem, Refused
from ..source.quoting import quoted
from ..source.text import MAX_FILE_BYTES
from ..strategy.chain import EXTENDS, MAX_LINKS
from ..strategy.folder import (
    CASES,
    HEADER,
    MAX_FILES,
    MAX_TOTAL_BYTES,
    NAME,
    RULES,
    SHIPPED,
    locate,
    named,
)
from ..strategy.model import Strategy
from ..strategy.reading import load_strategy

DEFAULT_PATH: Final = f"strategy_rules/{SHIPPED}"
GIT_SECONDS: Final = 60
_REVISION: Final = re.compile(r"[A-Za-z0-9_.~^@{}/+-]{1,200}", re.ASCII)
_PATH: Final = re.compile(r"[^\x00-\x1f\x7f\\:]{1,500}")
_FILE, _EXECUTABLE, _LINK = "100644", "100755", "120000"


@contextmanager
def strategies(names: Sequence[str | None]) -> Iterator[list[Strategy]]:
    """The strategies that a user names; None is the one that comes with the program.

    The files of revisions last as long as the context, for their rule cases. Raises Refused.
    """
    with ExitStack() as stack:
        yield [stack.enter_context(strategy_named(name)) for name in names]


@contextmanager
def strategy_named(name: str | None) -> Iterator[Strategy]:
    """One such strategy. A folder or name comes before a revision."""
    if name is None or os.path.exists(name) or _is_known(name):
        yield load_strategy(name)
        return
    revision, colon, path = name.partition(":")
    if not _REVISION.fullmatch(revision) or revision.startswith("-"):
        locate(name)  # says that there is no such folder
    if not colon and not _is_commit(revision):
        _no_such(name, revision)
    with tempfile.TemporaryDirectory(prefix="accordance-") as place:
        root = os.path.realpath(place)
        folder = _written(name, revision, path.rstrip("/") if colon else None, root)
        try:
            strategy = load_strategy(os.path.join(root, folder), cache=False)
        except Refused as refused:
            raise Refused(_placed(one, root, revision) for one in refused.problems) from None
        yield _shown_as(strategy, root, revision)


def _is_known(name: str) -> bool:
    return NAME.fullmatch(name) is not None and named(name) is not None


def _shown_as(strategy: Strategy, root: str, revision: str) -> Strategy:
    """The strategy under the name that the user gave it, not that of a folder soon gone."""
    prefix = f"{root}{os.sep}"

    def told(folder: str) -> str:
        return f"{revision}:{folder.removeprefix(prefix)}" if folder.startswith(prefix) else folder

    extended = tuple(replace(one, folder=told(one.folder)) for one in strategy.extends)
    return replace(strategy, folder=told(strategy.folder), extends=extended)


def _placed(problem: Problem, root: str, revision: str) -> Problem:
    """A problem in a file of a revision, at the place that the user can look up."""
    place = problem.place
    if place is None or not place.file.startswith(f"{root}/"):
        return problem
    file = f"{revision}:{place.file.removeprefix(f'{root}/')}"
    return problem.at(replace(place, file=file))


# git


def _git(*args: str, limit: int = MAX_TOTAL_BYTES) -> bytes | None:
    """What git writes, or None where it fails. Neither the user's settings nor a hook, pager or
    prompt takes part."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("GIT_")
    } | {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", "--no-pager", "--literal-pathspecs", *args],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=GIT_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise Refused(
            Problem(
                Code.STRATEGY_MISSING,
                "to read a revision git is needed, and it is not installed",
                None,
                "install git, or name two folders",
            )
        ) from None
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 and len(done.stdout) <= limit else None


def _is_commit(revision: str) -> bool:
    return _commit(revision) is not None


def _commit(revision: str) -> str | None:
    """The full id of the commit that a revision names."""
    found = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    text = (found or b"").decode("ascii", "replace").strip()
    return text if re.fullmatch(r"[0-9a-f]{40,64}", text) else None


def _no_such(name: str, revision: str) -> None:
    inside = _git("rev-parse", "--is-inside-work-tree")
    if inside is None:
        message = f"{quoted(name)} is neither a folder nor the name of a strategy"
        help = "for a revision, call it from inside a git repository"
    else:
        message = f"{quoted(revision)} is neither a folder, nor a strategy, nor a revision of git"
        help = "`git log --oneline` lists revisions; write `HEAD~3:strategy_rules/public_body`"
    raise Refused(Problem(Code.STRATEGY_MISSING, message, Place(name), help))


def _written(name: str, revision: str, path: str | None, root: str) -> str:
    """Write the files of a strategy in a revision below `root`; the path of its folder there."""
    commit = _commit(revision)
    if commit is None:
        _no_such(name, revision)
        raise AssertionError
    # Paths are those from the top of the repository, as `git show` has them, or from here (`./`).
    path = _from_top(name, path)
    if path is None:
        path = _only_strategy(name, commit)
    written: set[str] = set()
    waiting = [path]
    while waiting and len(written) <= MAX_LINKS:
        folder = waiting.pop()
        if folder in written:
            continue
        written.add(folder)
        header = _write_folder(name, commit, folder, root)
        below = _extends(header)
        if below and not NAME.fullmatch(below) and not os.path.isabs(below):
            next_folder = os.path.normpath(os.path.join(folder, below)).replace(os.sep, "/")
            if not next_folder.startswith("../"):
                waiting.append(next_folder)
    return path


def _from_top(name: str, path: str | None) -> str | None:
    if path is None:
        return None
    if path.startswith(("./", "../")):
        prefix = (_git("rev-parse", "--show-prefix") or b"").decode("utf-8", "replace").strip()
        path = os.path.normpath(os.path.join(prefix, path)).replace(os.sep, "/")
    path = path.strip("/") or "."
    if not _PATH.fullmatch(path) or path.startswith("-") or ".." in path.split("/"):
        raise Refused(
            Problem(
                Code.STRATEGY_MISSING, f"{quoted(path)} is no path in a repository", Place(name)
            )
        )
    return path


def _only_strategy(name: str, commit: str) -> str:
    """The folder of the strategy in a revision of which only one can be meant."""
    if _is_file(commit, f"{DEFAULT_PATH}/{HEADER}"):
        return DEFAULT_PATH
    if _is_file(commit, HEADER):
        return "."
    raise Refused(
        Problem(
            Code.STRATEGY_MISSING,
            f"the revision has no strategy in `{DEFAULT_PATH}`",
            Place(name),
            f"name its folder, as in `{name}:our_strategy`",
        )
    )


def _is_file(commit: str, path: str) -> bool:
    return _git("cat-file", "-e", f"{commit}:{path}") is not None


def _write_folder(name: str, commit: str, folder: str, root: str) -> bytes:
    """Write the files of one folder that belong to a strategy; gives those of its header."""
    prefix = "" if folder == "." else f"{folder}/"
    pathspec = [] if folder == "." else ["--", prefix]
    listing = _git(
        "ls-tree", "-r", "-z", "-l", "--full-tree", "--end-of-options", commit, *pathspec
    )
    header = b""
    count, total = 0, 0
    for line in (listing or b"").split(b"\0"):
        if not line:
            continue
        about, _, raw = line.partition(b"\t")
        mode, _, blob, size = about.decode("ascii").split()
        path = raw.decode("utf-8", "surrogateescape").removeprefix(prefix)
        if not _belongs(path):
            continue
        shown = f"{name.partition(':')[0]}:{prefix}{path}"
        if mode not in (_FILE, _EXECUTABLE):
            what = "a link, which is not followed" if mode == _LINK else "not an ordinary file"
            raise Refused(Problem(Code.FILE_KIND, f"in the revision this is {what}", Place(shown)))
        count, total = count + 1, total + int(size)
        if count > MAX_FILES or int(size) > MAX_FILE_BYTES or total > MAX_TOTAL_BYTES:
            raise Refused(
                Problem(
                    Code.FILE_TOO_LARGE, "the strategy of the revision is too large", Place(shown)
                )
            )
        data = _git("cat-file", "blob", blob)
        if data is None:
            raise Refused(Problem(Code.FILE_UNREADABLE, "git cannot read this", Place(shown)))
        target = os.path.join(root, prefix, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(data)
        header = data if path == HEADER else header
    if not count:
        raise Refused(
            Problem(
                Code.STRATEGY_MISSING,
                f"the revision has no folder {quoted(folder)} with a strategy in it",
                Place(name),
                "write the path from the top of the repository",
            )
        )
    return header


def _belongs(path: str) -> bool:
    """Is a path within a folder one of a strategy's files? Anything else is left alone."""
    parts = path.split("/")
    if not path.isprintable() or any(part in ("", ".", "..", ".git") for part in parts):
        return False
    if len(parts) == 1:
        return path.endswith((".yaml", ".yml"))
    return len(parts) == 2 and parts[0] in (RULES, CASES)


def _extends(header: bytes) -> str | None:
    """The path that a header extends, where it can be read."""
    from ..source.reading import read
    from ..source.tree import Mapping, Scalar

    if EXTENDS.encode() not in header:
        return None
    try:
        tree = read(data=header, name=HEADER)
    except Refused:
        return None  # the reader of the strategy says what is wrong with it
    node = tree.entries.get(EXTENDS) if isinstance(tree, Mapping) else None
    return node.text.strip() if isinstance(node, Scalar) else None
