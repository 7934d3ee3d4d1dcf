"""Rule cases as JUnit XML, which build servers read: a suite for each theme, a class for each rule.

No time of day and no duration is written, so that the same cases give the same bytes.
"""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape, quoteattr

from . import Json
from .page import Page
from .text import safe, safe_throughout
from .trial import lines_of_failure

WIDTH: Final = 100


def cases(outcome: Json) -> str:
    """The document of the outcome of a test."""
    failures = {(one["rule"], one["name"]): one for one in outcome["failures"]}
    total = len(outcome["cases"])
    text = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites name={_value(outcome['strategy']['name'])}"
        f' tests="{total}" failures="{outcome["failed"]}" errors="0">',
    ]
    for theme in outcome["themes"]:
        text.append(
            f"  <testsuite name={_value(theme['theme'])} file={_value(theme['source'])}"
            f' tests="{theme["passed"] + theme["failed"]}" failures="{theme["failed"]}"'
            ' errors="0" skipped="0">'
        )
        for case in outcome["cases"]:
            if case["theme"] == theme["theme"]:
                text += _case(case, failures.get((case["rule"], case["name"])))
        text.append("  </testsuite>")
    return "\n".join([*text, "</testsuites>"]) + "\n"


def _case(case: Json, failure: Json | None) -> list[str]:
    start = (
        f"    <testcase classname={_value(case['rule'])} name={_value(case['name'])}"
        f' file={_value(case["source"])} line="{case["line"]}"'
    )
    if failure is None:
        return [f"{start}/>"]
    expected, got = failure["expected"]["outcome"], failure["got"]["outcome"]
    said = "\n".join(lines_of_failure(safe_throughout(failure), Page(WIDTH)))
    message = _value(f"expected {expected}, got {got}")
    return [
        f"{start}>",
        f"      <failure message={message}>{_text(said)}</failure>",
        "    </testcase>",
    ]


def _value(text: str) -> str:
    return quoteattr(safe(str(text)))


def _text(text: str) -> str:
    return escape("\n".join(safe(line) for line in text.split("\n")))
