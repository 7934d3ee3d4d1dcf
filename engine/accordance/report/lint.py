"""What lint found: for the terminal with the line and a caret, for GitHub, and as SARIF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from . import Json
from . import json as written
from .paint import Paint
from .sarif import Fix, Location, Replacement, Result, Rule, Run, sarif
from .text import safe
from .wording import count

FORMATS: Final = ("text", "json", "sarif", "github")
_COMMANDS: Final = {"error": "error", "warning": "warning", "note": "notice"}
_STATES: Final = {
    "error": "non_compliant",
    "warning": "insufficient_evidence",
    "note": "not_applicable",
}
_LONGEST_LINE: Final = 140


def text(linted: Json, paint: Paint, symbols: bool) -> str:
    """Each problem with its place, the line and a caret below it; then what there is in all."""
    lines: list[str] = []
    for problem in linted["problems"]:
        lines += [*_problem(problem, paint), ""]
    return "\n".join([*lines, *_total(linted, symbols)]) + "\n"


def _problem(problem: Json, paint: Paint) -> list[str]:
    advice = f"; {problem['help']}" if problem["help"] else ""
    where = ":".join(str(problem[key]) for key in ("file", "line", "column") if problem[key])
    place = f"{where}: " if where else ""
    head = safe(f"{place}{problem['level']}: {problem['message']}{advice} [{problem['code']}]")
    shown = [paint.state(head, _STATES[problem["level"]])]
    source = problem["source"]
    if source and problem["column"]:
        shown += _pointed(source, problem["column"], problem, len(str(problem["line"])))
    if problem["fix"] and problem["fix"]["safe"]:
        shown.append(f"  --fix can do this: {problem['fix']['description']}")
    return shown


def _pointed(source: str, column: int, problem: Json, width: int) -> list[str]:
    """The line, cut to what surrounds the place, and a caret below it."""
    at = column - 1
    length = 1
    if problem["end_line"] == problem["line"]:
        length = max(1, problem["end_column"] - column)
    elif problem["end_line"] is not None:
        length = max(1, len(source) - at)
    start = max(0, at - _LONGEST_LINE + 40) if len(source) > _LONGEST_LINE else 0
    cut = source[start : start + _LONGEST_LINE]
    before, marked = cut[: at - start], cut[at - start : at - start + length]
    # What is shown of a character may be longer than it is.
    lead, under = len(safe(before)), max(1, len(safe(marked)))
    margin = " " * width
    dots = "…" if start else ""
    return [
        f"  {problem['line']} | {dots}{safe(cut)}",
        f"  {margin} | {' ' * (lead + len(dots))}{'^' * under}",
    ]


def _total(linted: Json, symbols: bool) -> list[str]:
    problems = linted["problems"]
    lines = []
    if problems:
        levels = [
            count(number, level)
            for level in ("error", "warning", "note")
            if (number := sum(one["level"] == level for one in problems))
        ]
        fixable = sum(bool(one["fix"] and one["fix"]["safe"]) for one in problems)
        mend = f"; --fix mends {fixable}" if fixable else ""
        lines.append(f"{count(len(problems), 'problem')}: {', '.join(levels)}{mend}")
    if linted["suppressed"]:
        lines.append(f"{count(len(linted['suppressed']), 'problem')} ignored by comments")
    if linted["unselected"]:
        lines.append(f"{count(linted['unselected'], 'problem')} of other codes not shown")
    strategy = linted["strategy"]
    if strategy is None:
        return lines
    hidden = linted["unselected"]
    if not problems:
        state = "nothing is wrong" if not hidden else "nothing is wrong among the codes asked for"
    else:
        state = "no error" if all(one["level"] != "error" for one in problems) else "not usable"
    rules = count(strategy["rules"], "rule")
    if strategy["portfolio"]:
        rules += f" and {strategy['portfolio']} over the portfolio"
    others = (count(strategy[f"{name}s"], name) for name in ("definition", "parameter"))
    parts = ", ".join([rules, *others])
    good, bad = ("✓", "✗") if symbols else ("+", "x")
    mark = bad if state == "not usable" else good
    return [
        *lines,
        f"{mark} {strategy['name']} {strategy['version']} ({strategy['status']})",
        # An approval names this digest, so an owner must be able to copy it from somewhere.
        f"  {strategy['digest']}",
        f"  {parts}; {state}",
    ]


def json(linted: Json) -> str:
    return written.write(linted)


def github(linted: Json) -> str:
    """Annotations as GitHub's workflows read them, one a line."""
    lines = []
    for problem in linted["problems"]:
        fields = {
            "file": problem["file"],
            "line": problem["line"],
            "endLine": problem["end_line"],
            "col": problem["column"],
            "endColumn": problem["end_column"],
            "title": f"accordance {problem['code']}",
        }
        given = ",".join(
            f"{name}={_escaped(str(value), ':,')}" for name, value in fields.items() if value
        )
        advice = f"; {problem['help']}" if problem["help"] else ""
        message = _escaped(problem["message"] + advice)
        lines.append(f"::{_COMMANDS[problem['level']]} {given}::{message}\n")
    return "".join(lines)


def _escaped(text: str, more: str = "") -> str:
    for character in f"%\r\n{more}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def as_sarif(linted: Json, diagnostics: Mapping[str, Json]) -> str:
    """The log of one run; `diagnostics` says of each code what it means."""
    everything = [*linted["problems"], *linted["suppressed"]]
    codes = sorted({problem["code"] for problem in everything})
    rules = [
        Rule(
            code,
            diagnostics[code]["title"],
            name="".join(part.capitalize() for part in code.split("-")),
            text=diagnostics[code]["means"],
            help=diagnostics[code]["fix"],
            level=diagnostics[code]["level"],
            tags=(diagnostics[code]["group"],),
        )
        for code in codes
    ]
    properties = {} if linted["strategy"] is None else {"strategy": linted["strategy"]}
    return sarif(Run("lint", rules, [_result(one) for one in everything], properties))


def _result(problem: Json) -> Result:
    locations = (_location(problem),) if problem["file"] else ()
    advice = f"; {problem['help']}" if problem["help"] else ""
    fix = problem["fix"]
    return Result(
        problem["code"],
        problem["message"] + advice,
        problem["level"],
        locations=locations,
        identity=(problem["source"] or "", problem["message"]),
        fixes=(_fix(fix),) if fix else (),
        suppressed=problem["suppressed"],
    )


def _location(problem: Json) -> Location:
    return Location(
        problem["file"],
        problem["line"],
        problem["column"],
        problem["end_line"],
        problem["end_column"],
        problem["source"],
    )


def _fix(fix: Json) -> Fix:
    return Fix(
        fix["description"],
        tuple(
            Replacement(Location(edit["file"], *edit["from"], *edit["to"]), edit["text"])
            for edit in fix["edits"]
        ),
    )


def explained(diagnostic: Json, paint: Paint) -> str:
    """What one code means, for the terminal."""
    lines = [
        f"{diagnostic['code']}  {diagnostic['level']}: {diagnostic['title']}",
        "",
        *paint.paragraph(diagnostic["means"], 0, 0),
    ]
    example = diagnostic["example"]
    if example:
        lines += ["", f"In {example['where']}:", "", *_indented(example["bad"])]
        lines += ["", "lint says:", ""]
        lines += [f"  {line}" for line in _wrapped(example["says"], paint)]
        lines += ["", "Write instead:", "", *_indented(example["good"])]
    lines += ["", *paint.paragraph(diagnostic["fix"], 0, 0)]
    return "\n".join(safe(line) for line in lines) + "\n"


def _indented(text: str) -> list[str]:
    return [f"  {line}".rstrip() for line in text.rstrip("\n").split("\n")]


def _wrapped(lines: Sequence[str], paint: Paint) -> list[str]:
    return [piece for line in lines for piece in paint.paragraph(line, 0, 2)]
