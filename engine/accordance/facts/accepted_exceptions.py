"""Accepted exceptions: what each of them must state, whatever the fact model leaves open."""

from __future__ import annotations

from typing import Final

from ..feel.values import NONE, Value

EXCEPTION_FACTS: Final = ("rule", "reason", "approver", "approved_on", "expires")


def are_complete(facts: dict[str, Value]) -> bool:
    """Does each exception state all it must, and expire no earlier than it was approved?"""
    for exception in facts.get("exceptions", ()):
        for name in EXCEPTION_FACTS:
            if exception.get(name, NONE) is NONE:
                return False
        if exception["expires"] < exception["approved_on"]:
            return False
    return True
