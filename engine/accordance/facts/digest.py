"""The digest of facts: of what they say, not of how their file is written."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from fractions import Fraction
from typing import Any

from ..feel.values import NONE, Value, number_text


def canonical(facts: dict[str, Value]) -> str:
    """Facts as JSON with sorted names and no blanks: a date as text, a number that is not whole as
    decimal text, none as null. What is unknown is left out, so null can mean nothing else."""
    return json.dumps(
        facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_written
    )


def digest_of(facts: dict[str, Value]) -> str:
    """`sha256:` and the hash of the canonical facts."""
    # Half a character is refused, but after its facts were read for what else is wrong.
    data = canonical(facts).encode("utf-8", "surrogatepass")
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _written(value: Any) -> str | None:
    if value is NONE:
        return None
    if isinstance(value, Fraction):
        return number_text(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no fact")
