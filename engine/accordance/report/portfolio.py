"""A sweep for the terminal: every case of a small portfolio, the counts of a large one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from . import Json
from .page import Page
from .paint import INDENT, Paint
from .wording import (
    MARKS,
    OPINIONS,
    VERDICTS,
    accepted_words,
    count,
    sentence,
    standing_mark,
)

MOST_CASES: Final = 40
"""So many cases are listed one by one."""
MOST_RULES: Final = 8
BESIDE: Final = 90
"""On a page so wide findings, verdicts and opinions stand side by side."""
MOST_REJECTS: Final = 10
MOST_ACROSS: Final = 12
NAMED: Final = 8
SOME: Final = 3
NOTHING: Final = "No record could be read, so nothing is said of any partnership."
EMPTY: Final = "There is no record in what was named, so nothing is said of any partnership."
NARROW: Final = 20
"""A column of titles is not narrower; where it would be, references are left out."""
HEAD: Final = ("Reference", "Case", "Stage", "Verdict", "Opinion", "Breaches", "Gaps")
WORDS: Final = {**VERDICTS, **OPINIONS}
SEVERITIES: Final = ("critical", "high", "medium", "low", "advisory")


def text(summary: Json, cases: Sequence[Json], rejects: Sequence[Json], page: Page) -> str:
    """The summary of a sweep; `cases` are its rows, or none where they are too many, and `rejects`
    the first problems of records that could not be read."""
    paint = Paint(page)
    lines = [*_head(summary, paint), ""]
    if not summary["counts"]["cases"]:
        lines += paint.paragraph(NOTHING if rejects else EMPTY, 0)
        lines += _rejects(summary, rejects, paint)
        return paint.finish("\n".join(lines) + "\n")
    if cases:
        lines += [*_cases(cases, paint), ""]
    lines += _counts(summary, paint)
    lines += _rules(summary, paint)
    lines += _across(summary, paint)
    lines += _rejects(summary, rejects, paint)
    lines += ["", *_trust(summary, paint)]
    return paint.finish("\n".join(lines) + "\n")


def _head(summary: Json, paint: Paint) -> list[str]:
    strategy, counts = summary["strategy"], summary["counts"]
    mark = standing_mark(strategy)
    draft = f"  {mark}" if mark else ""
    lines = [
        paint.strong(f"{strategy['title']} {strategy['version']}{draft}"),
        f"{count(counts['cases'], 'partnership')} evaluated on {summary['evaluated_on']}",
    ]
    if counts["rejected"]:
        said = f"{count(counts['rejected'], 'record')} rejected"
        lines.append(paint.state(said, "non_compliant"))
    return lines


def _cases(cases: Sequence[Json], paint: Paint) -> list[str]:
    rows = [
        [
            case["id"],
            case["title"],
            case["stage"],
            _answer(case["verdict"]),
            _answer(case["opinion"]),
            _several(case, "breaches"),
            _several(case, "gaps"),
        ]
        for case in cases
    ]
    widest = [max(column, key=len) for column in zip(HEAD, *rows, strict=True)]
    room = paint.room(widest[0], *widest[2:])
    named = room >= NARROW
    if not named:
        room = max(paint.room(*widest[2:]), NARROW)
    for row in rows:
        row[1] = paint.fold(row[1], room, hyphens=True)
    return paint.grid(rows if named else [row[1:] for row in rows], HEAD if named else HEAD[1:])


def _answer(code: str | None) -> str:
    return "–" if code is None else WORDS.get(code, code.replace("_", " "))


def _several(case: Json, kind: str) -> str:
    return str(sum(case[f"{kind} {severity}"] for severity in SEVERITIES) or "–")


def _counts(summary: Json, paint: Paint) -> list[str]:
    """Findings, verdicts and opinions side by side, so that all fit on one screen."""
    findings = summary["findings"]
    blocks: list[list[tuple[str, ...]]] = [
        [
            ("Findings", "Breaches", "Gaps"),
            *(
                (one, f"{findings['breaches'][one]:,}", f"{findings['gaps'][one]:,}")
                for one in SEVERITIES
            ),
        ]
    ]
    for title, name in (("Verdict", "verdicts"), ("Opinion", "opinions")):
        if any(summary[name].values()):
            counted = [
                (paint.state(_answer(word), word), f"{cases:,}")
                for word, cases in summary[name].items()
            ]
            blocks.append([(title, "Cases"), *counted])
    if paint.page.width < BESIDE:
        alone = ([*paint.grid(block[1:], block[0]), ""] for block in blocks)
        return [line for lines in alone for line in lines][:-1]
    rows = [
        [
            cell
            for block in blocks
            for cell in (block[at] if at < len(block) else ("",) * len(block[0]))
        ]
        for at in range(len(SEVERITIES) + 1)
    ]
    return paint.grid(rows[1:], rows[0])


def _rules(summary: Json, paint: Paint) -> list[str]:
    rules = summary["worst_rules"][:MOST_RULES]
    if not rules:
        return []
    rows = [
        [rule["rule"], paint.fold(rule["title"], 60), f"{rule['breaches']:,}", f"{rule['gaps']:,}"]
        for rule in rules
    ]
    return ["", *paint.grid(rows, ("Most broken", "", "Breaches", "Gaps"))]


def of_cases(reports: Sequence[Json], page: Page) -> str:
    """What a stored sweep found across the portfolio of cases that were checked."""
    paint = Paint(page)
    lines: list[str] = []
    for report in reports:
        portfolio = report["portfolio"]
        findings = [one for one in portfolio["results"] if one["kind"] is not None]
        accepted = [one for one in portfolio["results"] if one["accepted_by"] is not None]
        head = f"Across the portfolio on {portfolio['evaluated_on']} ({portfolio['run']})"
        lines += ["", paint.strong(head)]
        if len(reports) > 1:
            lines += paint.paragraph(report["case"]["title"], INDENT)
        if not findings:
            lines += paint.paragraph("Nothing was found of it.", INDENT)
        for one in findings:
            lines += _finding(one, paint)
        for one in accepted:
            lines += _accepted(one, paint)
    return paint.finish("\n".join(lines) + "\n")


def _across(summary: Json, paint: Paint) -> list[str]:
    """What the rules over the portfolio found: the worst first, each with its cases."""
    portfolio = summary.get("portfolio")
    if portfolio is None:
        return []
    lines = ["", paint.strong("Across the portfolio")]
    if not any(sum(counts.values()) for counts in portfolio["findings"].values()):
        lines += paint.paragraph("The rules over the portfolio found nothing.", INDENT)
    told: Counter[str] = Counter()
    for one in portfolio["shown"]:
        if one["kind"] == "breach" and told[one["rule"]] < SOME and told.total() < MOST_ACROSS:
            told[one["rule"]] += 1
            lines += _finding(one, paint)
            lines += paint.paragraph(_named(one), INDENT + 2)
    lines += _more_breaches(portfolio["rules"], told, paint)
    for rule in sorted(portfolio["rules"], key=lambda one: SEVERITIES.index(one["severity"])):
        lines += _open(rule, portfolio["shown"], paint)
    for one in portfolio["accepted"][:MOST_ACROSS]:
        lines += _accepted(one, paint)
    for notice in portfolio["notices"]:
        lines += paint.paragraph(sentence(notice["message"]), INDENT, 2)
    alike = portfolio["providers"]["alike"]
    if alike:
        pairs = "1 pair of names looks" if alike == 1 else f"{alike} pairs of names look"
        lines += paint.paragraph(
            f"{pairs} like one provider spelt in two ways; the run names them.", INDENT
        )
    return lines


def _more_breaches(rules: Sequence[Json], told: Counter[str], paint: Paint) -> list[str]:
    """How many breaches of each rule are not told one by one."""
    left = {rule["rule"]: rule["groups"]["non_compliant"] - told[rule["rule"]] for rule in rules}
    said = [f"{number:,} of {rule}" for rule, number in left.items() if number]
    if not said:
        return []
    total = count(sum(left.values()), "more breach", "more breaches")
    return paint.paragraph(f"and {total}: {', '.join(said)}", INDENT)


def _open(rule: Json, shown: Sequence[Json], paint: Paint) -> list[str]:
    """What a rule cannot decide yet: of one group in full, of several how many they are."""
    groups = rule["groups"]["insufficient_evidence"]
    alike = [one for one in shown if one["rule"] == rule["rule"] and one["kind"] == "gap"]
    if groups == 1 and alike:
        return [*_finding(alike[0], paint), *paint.paragraph(_named(alike[0]), INDENT + 2)]
    if not groups:
        return []
    mark = paint.state("? open", "insufficient_evidence")
    answers = count(groups, "answer is open", "answers are open")
    said = f"{rule['rule']}  {rule['title']}: {answers}."
    lines = paint.paragraph(f"{mark}  {said}", INDENT, 2)
    named = [about(one) for one in alike[:SOME]]
    more = f" and {groups - len(named):,} more" if groups > len(named) else ""
    return lines + (paint.paragraph(f"{'; '.join(named)}{more}", INDENT + 2) if named else [])


def about(one: Json) -> str:
    """Of which group a rule over the portfolio speaks, and of which case in it."""
    return ", ".join(part for part in (one["group"], one["case"]) if part)


def _finding(one: Json, paint: Paint) -> list[str]:
    breach = one["kind"] == "breach"
    mark = paint.state(
        f"{'✗' if breach else '?'} {one['severity'] if breach else 'open'}",
        "non_compliant" if breach else "insufficient_evidence",
    )
    said = one["message"] if breach or not about(one) else f"{about(one)}: {one['message']}"
    return paint.paragraph(f"{mark}  {one['rule']}  {said}", INDENT, 2)


def _accepted(one: Json, paint: Paint) -> list[str]:
    mark = paint.state(f"{MARKS['accepted_exception']} accepted", "accepted_exception")
    said = f"{one['message']} {sentence(accepted_words(one['accepted_by']))}"
    return paint.paragraph(f"{mark}  {one['rule']}  {said}", INDENT, 2)


def _named(one: Json) -> str:
    """The cases of a result: those that decide, and how many there are."""
    if one["case"] is not None:
        return f"compared with {count(len(one['cases']) + one['cases_more'] - 1, 'other')}"
    named = [case["id"] for case in one["cases"] if case["decides"]][:NAMED]
    total = len(one["cases"]) + one["cases_more"]
    more = f" and {total - len(named):,} more" if total > len(named) else ""
    return f"{', '.join(named)}{more}" if named else count(total, "case")


def _rejects(summary: Json, rejects: Sequence[Json], paint: Paint) -> list[str]:
    if not rejects:
        return []
    lines = ["", paint.strong("Rejected")]
    for one in rejects[:MOST_REJECTS]:
        advice = f"; {one['help']}" if one["help"] else ""
        said = f"{one['place']}: {one['message']}{advice}"
        lines += paint.paragraph(said, INDENT, 2)
    problems = sum(one["problems"] for one in summary["rejected"])
    if problems > MOST_REJECTS:
        lines += paint.paragraph(f"and {problems - MOST_REJECTS:,} more", INDENT)
    return lines


def _trust(summary: Json, paint: Paint) -> list[str]:
    engine, again = summary["engine"], summary["performed_again"]
    if not engine["by_columns"]:
        return paint.paragraph("Every case was checked by `check` itself.", 0)
    singly = sum(engine["singly"].values())
    said = f"{count(engine['by_columns'], 'case')} answered by the relational plan"
    if singly:
        said += f", {count(singly, 'record')} checked singly"
    said += (
        f"; {count(again['cases'], 'case')} performed again by `check` (seed {again['seed']}), "
        f"{count(again['differences'], 'difference')}."
    )
    return paint.paragraph(said, 0)
