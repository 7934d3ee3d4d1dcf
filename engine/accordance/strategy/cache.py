"""Strategies that were read before, kept in the user's cache folder as JSON.

An entry is found by the digest of the files it was read from and by the program that read it, so a
changed strategy or program never meets an old reading. What cannot be trusted (a folder that others
may write to, a file cut short) is passed over and read afresh. ACCORDANCE_CACHE=off does without.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from .. import __version__
from .model import Strategy

FORMAT: Final = 3
"""Goes up whenever the form of an entry changes."""
MAX_ENTRIES: Final = 16
MAX_ENTRY_BYTES: Final = 64 * 1024 * 1024

_LAYERS: Final = (".", "feel", "source", "facts", "strategy")
_UNFIT = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)


def find(source_digest: str, folders: Sequence[str]) -> Strategy | None:
    """The strategy that was read from files with this digest, or None; `folders` are the names of
    its own folder and of those that it extends."""
    directory = _directory()
    if directory is None or not _is_private(directory):
        return None
    try:
        data = _read(os.path.join(directory, _entry(source_digest)))
    except OSError:
        return None
    import json

    from .coding import decode

    body = _unsealed(data)
    if body is None:
        return None
    try:
        strategy = decode(json.loads(body), *folders)
    except _UNFIT:
        return None
    return strategy if strategy.source_digest == source_digest else None


def keep(strategy: Strategy) -> None:
    """Keep a strategy for the next time; does nothing where that is not possible."""
    directory = _directory()
    if directory is None:
        return
    import json

    from .coding import encode

    try:
        body = json.dumps(encode(strategy), ensure_ascii=False, separators=(",", ":")).encode()
    except ValueError:
        return  # a number longer than JSON is written with
    with suppress(OSError):
        os.makedirs(directory, mode=0o700, exist_ok=True)
        if _is_private(directory):
            _write(directory, _entry(strategy.source_digest), _sealed(body))
            _prune(directory)


def find_text(key: str) -> str | None:
    """What was kept under a key that says all that it depends on, or None."""
    directory = _directory()
    if directory is None or not _is_private(directory):
        return None
    try:
        body = _unsealed(_read(os.path.join(directory, _named(key))))
        return None if body is None else body.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def keep_text(key: str, text: str) -> None:
    """Keep a text for the next time; does nothing where that is not possible."""
    directory = _directory()
    if directory is None:
        return
    with suppress(OSError):
        os.makedirs(directory, mode=0o700, exist_ok=True)
        if _is_private(directory):
            _write(directory, _named(key), _sealed(text.encode("utf-8")))
            _prune(directory)


def _directory() -> str | None:
    if os.environ.get("ACCORDANCE_CACHE", "").lower() in ("off", "0", "no", "false"):
        return None
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "accordance") if os.path.isabs(base) else None


def _is_private(directory: str) -> bool:
    """Is it a folder of this user's, which nobody else may write to or look into?"""
    try:
        status = os.lstat(directory)
    except OSError:
        return False
    if not stat.S_ISDIR(status.st_mode):
        return False
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & 0o077


def _entry(source_digest: str) -> str:
    """The name of the entry for files with this digest, read by this very program."""
    return _named(f"{FORMAT} {__version__} {source_digest} {_program()}")


def _named(key: str) -> str:
    import hashlib

    return f"{hashlib.sha256(key.encode()).hexdigest()}.json"


def _program() -> str:
    return program(_LAYERS)


def program(layers: Sequence[str]) -> str:
    """What tells some layers of this program from those whose files were changed without a new
    version."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    newest, count, total = 0, 0, 0
    for layer in layers:
        with suppress(OSError), os.scandir(os.path.join(root, layer)) as entries:
            for entry in entries:
                if entry.name.endswith((".py", ".lark")):
                    status = entry.stat()
                    newest = max(newest, status.st_mtime_ns)
                    total += status.st_size
                    count += 1
    return f"{count} {total} {newest}"


def _read(path: str) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(path, flags | getattr(os, "O_BINARY", 0))
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_ENTRY_BYTES:
        os.close(handle)
        raise OSError("not an entry of the cache")
    with os.fdopen(handle, "rb") as stream:
        return stream.read(MAX_ENTRY_BYTES)


def _write(directory: str, name: str, data: bytes) -> None:
    """Write a file so that a reader sees it whole or not at all."""
    path = os.path.join(directory, name)
    unfinished = f"{path}.{os.getpid()}.part"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with suppress(FileNotFoundError):
        os.unlink(unfinished)  # left behind by an earlier process of the same number
    handle = os.open(unfinished, flags, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.replace(unfinished, path)
    except OSError:
        with suppress(OSError):
            os.unlink(unfinished)
        raise


def _prune(directory: str) -> None:
    """Keep the newest entries only."""
    with os.scandir(directory) as entries:
        found = [(entry.stat().st_mtime_ns, entry.path) for entry in entries if entry.is_file()]
    for _, path in sorted(found, reverse=True)[MAX_ENTRIES:]:
        with suppress(OSError):
            os.unlink(path)


def _sealed(body: bytes) -> bytes:
    """The body after its digest, by which an entry that was damaged is known."""
    import hashlib

    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def _unsealed(data: bytes) -> bytes | None:
    import hashlib

    seal, _, body = data.partition(b"\n")
    return body if hashlib.sha256(body).hexdigest().encode() == seal else None
