"""What changed between two runs, for the terminal, for a page and for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from . import Json, markup
from .csv import BYTE_ORDER_MARK, line
from .json import write
from .markup import text
from .outline import rank
from .page import Page
from .paint import INDENT, Paint
from .text import safe_throughout
from .wording import MARKS, OPINIONS, OUTCOMES, VERDICTS, count, day, listed, standing_words

FEW: Final = 12
"""So many changes are told on a terminal, unless all are asked for."""
REASONS: Final = {
    "facts": "its facts changed",
    "rule": "the rule changed",
    "date": "time passed",
    "program": "another version of the program",
    "portfolio": "other partnerships changed",
}
COLUMNS: Final = (
    "case",
    "title",
    "rule",
    "rule_title",
    "theme",
    "change",
    "from",
    "from_severity",
    "to",
    "to_severity",
    "because",
    "id",
)
_HEADS: Final = {
    "new": "New findings, the most severe first",
    "changed": "Changed findings",
    "resolved": "Resolved findings",
}
_ANSWERS: Final = {
    "verdict": ("Verdicts", VERDICTS),
    "opinion": ("Opinions", OPINIONS),
    "opinion_at_worst": ("Opinions at worst", OPINIONS),
}


def table(found: Json, page: Page) -> str:
    """The comparison for a terminal."""
    found = safe_throughout(found)
    paint = Paint(page)
    lines = [paint.strong(_title(found)), *_about(found, paint), ""]
    lines += [f"  {said}" for said in _totals(found)]
    for name, (heading, words) in _ANSWERS.items():
        rows = [[*_step(step, words, paint), f"{step['cases']:,}"] for step in found[name]]
        if rows:
            lines += ["", paint.strong(heading), *paint.grid(rows)]
    lines += _by_rule(found, paint)
    causes = {tuple(change["because"]) for change in found["changes"]}
    for kind, heading in _HEADS.items():
        changes = _of(found, kind)
        if changes:
            shown = changes if page.full else changes[:FEW]
            lines += ["", paint.strong(heading)]
            for change in shown:
                lines += _change(change, paint, len(causes) > 1)
            left = found["findings"][kind] - len(shown)
            if left:
                lines += paint.paragraph(f"and {left:,} more", INDENT)
    lines += _across(found, paint)
    if len(causes) == 1:
        said = f"In each case {_because(found['changes'][0])}."
        lines += ["", *paint.paragraph(said, 0)]
    return paint.finish("\n".join(lines) + "\n")


def _title(found: Json) -> str:
    old, new = found["old"], found["new"]
    return f"From {day(old['evaluated_on'])} to {day(new['evaluated_on'])}"


def _about(found: Json, paint: Paint) -> list[str]:
    return [one for said in _remarks(found) for one in paint.paragraph(said, 0, 2)]


def _remarks(found: Json) -> Iterator[str]:
    """What else differs between the runs, so that nobody takes one cause for another."""
    old, new = found["old"], found["new"]
    before, after = old["strategy"], new["strategy"]
    said = f"{after['title']} {after['version']}"
    if before["digest"] != after["digest"]:
        said += f", compared with {before['title']} {before['version']}: the rules differ"
    else:
        said += ", the same rules in both runs"
    yield said + ("." if after["status"] == "approved" else f" ({standing_words(after)}).")
    cases = found["cases"]
    parts = [f"{count(cases['in_both'], 'partnership')} in both runs"]
    if cases["with_other_facts"]:
        parts.append(f"{cases['with_other_facts']:,} of them with other facts")
    for name, words in (("added", "new"), ("removed", "gone")):
        if cases[name]["count"]:
            parts.append(f"{cases[name]['count']:,} {words}")
    yield listed(parts) + "."
    for name, words in (("rules_added", "new"), ("rules_removed", "gone")):
        if found[name]:
            ids = listed(rule["rule"] for rule in found[name])
            yield f"{count(len(found[name]), 'rule')} {words}, not compared: {ids}."


def _totals(found: Json) -> list[str]:
    findings = found["findings"]
    if not any(findings.values()):
        return ["No finding is new, changed or resolved."]
    return [
        f"{MARKS['non_compliant']} {findings['new']:,} new   "
        f"{MARKS['insufficient_evidence']} {findings['changed']:,} changed   "
        f"{MARKS['compliant']} {findings['resolved']:,} resolved"
    ]


def _step(step: Json, words: dict[str, str], paint: Paint) -> list[str]:
    def said(code: str | None) -> str:
        return "–" if code is None else f"{MARKS[code]} {words[code]}"

    return [
        paint.state(said(step["from"]), step["from"]),
        "→",
        paint.state(said(step["to"]), step["to"]),
    ]


def _by_rule(found: Json, paint: Paint) -> list[str]:
    """The rules of which most has changed; all of them where nothing may be left out."""
    rules = sorted(found["rules"], key=lambda rule: -sum(rule[kind] for kind in _HEADS))
    shown = rules if paint.page.full else rules[:FEW]
    if not shown:
        return []
    anew = any(rule["asks_something_else"] for rule in rules)
    rows = [
        [
            rule["rule"],
            paint.fold(rule["title"], 52),
            *(f"{rule[kind]:,}" if rule[kind] else "–" for kind in _HEADS),
            *(["asks something else" if rule["asks_something_else"] else "as before"] * anew),
        ]
        for rule in shown
    ]
    head = ["Rule", "", "New", "Changed", "Resolved", *["The rule itself"] * anew]
    lines = ["", *paint.grid(rows, head)]
    if len(rules) > len(shown):
        lines += paint.paragraph(f"and {count(len(rules) - len(shown), 'more rule')}", INDENT)
    return lines


def _across(found: Json, paint: Paint) -> list[str]:
    """What the rules over the portfolio say of groups, the most severe first."""
    changes = _across_in_order(found)
    if not changes:
        return []
    shown = changes if paint.page.full else changes[:FEW]
    lines = ["", paint.strong("Across the portfolio")]
    for change in shown:
        state = change["to"]["outcome"] or "compliant"
        about = f"{change['rule']}  {_about_group(change)}"
        said = f"{about}: {_group_said(change['from'])} → {_group_said(change['to'])}"
        told = paint.paragraph(f"{MARKS[state]} {said}", INDENT, 2)
        told[0] = told[0].replace(MARKS[state], paint.state(MARKS[state], state), 1)
        lines += told
    left = sum(found["across"]["findings"].values()) - len(shown)
    return [*lines, *(paint.paragraph(f"and {left:,} more", INDENT) if left else ())]


def _across_in_order(found: Json) -> list[Json]:
    changes: list[Json] = found["across"]["changes"] if found["across"] else []

    def weight(change: Json) -> tuple[bool, int]:
        end = change["from" if change["change"] == "resolved" else "to"]
        return change["change"] == "resolved", rank(end["severity"])

    return sorted(changes, key=weight)


def _about_group(change: Json) -> str:
    """What a rule over the portfolio speaks of."""
    named = [one for one in (change["group"], change["case"]) if one is not None]
    return ", ".join(named) or "the whole portfolio"


def _group_said(state: Json) -> str:
    if state["outcome"] is None:
        return "no finding"
    return _said({**state, "severity": state["severity"] if state["kind"] else None, "moot": False})


def _of(found: Json, kind: str) -> list[Json]:
    """The changes of a kind, the most severe first, a breach before a gap."""
    end = "from" if kind == "resolved" else "to"
    return sorted(
        (change for change in found["changes"] if change["change"] == kind),
        key=lambda change: (rank(change[end]["severity"]), change[end]["kind"] != "breach"),
    )


def _change(change: Json, paint: Paint, with_cause: bool) -> list[str]:
    state = change["to"]["outcome"]
    mark = MARKS[state]
    said = f"{change['rule']}  {change['title']}: {_said(change['from'])} → {_said(change['to'])}"
    lines = paint.paragraph(f"{mark} {said}", INDENT, 2)
    lines[0] = lines[0].replace(mark, paint.state(mark, state), 1)
    return [*lines, *(paint.aside(_because(change), INDENT + 2) if with_cause else ())]


def _said(state: Json) -> str:
    words = "cannot become a breach" if state["moot"] else OUTCOMES[state["outcome"]]
    return f"{words} ({state['severity']})" if state["severity"] else words


def _because(change: Json) -> str:
    return listed((REASONS[one] for one in change["because"]), "or")


def json(found: Json, page: Page) -> str:
    """The comparison as it is."""
    return write(found)


def markdown(found: Json, page: Page) -> str:
    """The comparison as a page."""
    lines = [f"# {_title(found)}", ""]
    for said in _remarks(found):
        lines += [text(said), ""]
    lines += [f"**{' '.join(_totals(found))}**", ""]
    for name, (heading, words) in _ANSWERS.items():
        if found[name]:
            rows = [
                [*(words.get(step[end], "–") for end in ("from", "to")), f"{step['cases']:,}"]
                for step in found[name]
            ]
            lines += [f"## {heading}", "", markup.table(("from", "to", "partnerships"), rows), ""]
    for kind, heading in _HEADS.items():
        rows = [
            [
                change["rule"],
                change["title"],
                _said(change["from"]),
                _said(change["to"]),
                _because(change),
            ]
            for change in _of(found, kind)
        ]
        if rows:
            head = ("rule", "partnership", "from", "to", "because")
            lines += [f"## {heading}", "", markup.table(head, rows), ""]
    rows = [
        [
            change["rule"],
            _about_group(change),
            _group_said(change["from"]),
            _group_said(change["to"]),
            change["message"] or "",
        ]
        for change in _across_in_order(found)
    ]
    if rows:
        head = ("rule", "of", "from", "to", "what is the case")
        lines += ["## Across the portfolio", "", markup.table(head, rows), ""]
    if found["changes_left_out"]:
        lines += [f"{found['changes_left_out']:,} more are not listed.", ""]
    return "\n".join(lines)


def csv(found: Json, page: Page) -> str:
    """The changes as a table, one row each."""
    rules = {rule["rule"]: rule for rule in found["rules"]}
    rows: list[Sequence[Any]] = [
        (
            change["case"],
            change["title"],
            change["rule"],
            rules[change["rule"]]["title"],
            rules[change["rule"]]["theme"],
            change["change"],
            change["from"]["outcome"],
            change["from"]["severity"],
            change["to"]["outcome"],
            change["to"]["severity"],
            "; ".join(change["because"]),
            change["id"],
        )
        for change in found["changes"]
    ]
    return BYTE_ORDER_MARK + "".join(map(line, [COLUMNS, *rows]))
