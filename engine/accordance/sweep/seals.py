"""Digests of the files of a run, and the seal by which a document vouches for itself."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

SEAL: Final = "seal"


def sealed(document: dict[str, Any]) -> str:
    """A document as JSON, with a digest of itself."""
    return text_of({**document, SEAL: seal_of(document)})


def seal_of(document: dict[str, Any]) -> str:
    """The digest of a document without its seal."""
    text = text_of({name: value for name, value in document.items() if name != SEAL})
    return "sha256:" + hashlib.sha256(text.encode("utf-8")).hexdigest()


def text_of(document: dict[str, Any]) -> str:
    """A document as it is written."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def long_text_of(document: dict[str, Any]) -> str:
    """A long document, without the blanks that take most of the time to write."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def file_digest(path: str) -> str:
    with open(path, "rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()
