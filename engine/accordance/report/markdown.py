"""The report as Markdown (GitHub's dialect), for a paper, a ticket or a wiki.

Text that comes from files is made safe and escaped, so that it cannot become markup or HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from . import Json, markup
from .grounds import fact_lines, not_stated
from .outline import numbers_of, outline, questions
from .page import Page
from .wording import (
    MARKS,
    OPINIONS,
    OUTCOMES,
    VERDICTS,
    accepted_words,
    asked_of,
    count,
    dates,
    part_words,
    program_words,
    sentence,
    severity,
    standing_words,
    value,
)

_HOLDS: Final = {True: "✓", False: "✗", None: "? not known:"}


def check(reports: Sequence[Json], page: Page) -> str:
    parts = [_case(report) for report in reports]
    if len(reports) > 1:
        parts.insert(0, _overview(reports))
    return "\n\n---\n\n".join(parts) + "\n"


def explanation(explanation: Json, page: Page) -> str:
    case = explanation["case"]
    outcome, source = explanation["outcome"], case["source"]
    level = severity(explanation)
    lines = [
        f"# {markup.text(explanation['rule'])} {markup.text(explanation['title'])}",
        f"{markup.text(case['title'])} · {markup.text(dates(case))}",
        f"**{MARKS[outcome]} {sentence(OUTCOMES[outcome])}{f', {level}' if level else ''}**",
    ]
    if explanation.get("message"):
        lines.append(markup.text(explanation["message"]))
    if explanation.get("when"):
        lines += ["## Does the rule apply?", "\n".join(_part(explanation["when"], 0, source))]
    if explanation.get("require"):
        asks = [line for part in explanation["require"] for line in _part(part, 0, source)]
        lines += ["## What it asks", "\n".join(asks)]
    if explanation.get("remedy"):
        lines += [
            "## What would have to change",
            markup.bullets(map(markup.prose, explanation["remedy"])),
        ]
    if explanation.get("missing") and outcome == "insufficient_evidence":
        asked = (
            f"{markup.text(asked_of(one.text, one.of))} {markup.code(one.path)}"
            for one in questions(explanation["missing"])
        )
        lines += ["## What would decide it", markup.bullets(asked)]
    if explanation.get("because"):
        lines += ["## Why there is this rule", markup.text(explanation["because"])]
    lines.append(_foot(explanation))
    return "\n\n".join(lines) + "\n"


def cases(outcome: Json, page: Page) -> str:
    total = outcome["passed"] + outcome["failed"]
    lines = [
        f"# Rule cases: {outcome['failed']:,} of {count(total, 'case')} failed",
        markup.table(
            ["Theme", "Cases", "Failed"],
            (
                [t["theme"], str(t["passed"] + t["failed"]), str(t["failed"])]
                for t in outcome["themes"]
            ),
        ),
    ]
    for failure in outcome["failures"]:
        lines += [
            f"## {markup.text(failure['rule'])} {markup.text(failure['name'])}",
            markup.bullets(
                [
                    f"place: {markup.code(failure['source'] + ':' + str(failure['line']))}",
                    f"given: {_members(failure['given'])}",
                    f"expected: {_members(failure['expected'])}",
                    f"got: {_members(failure['got'])}",
                ]
            ),
        ]
    return "\n\n".join(lines) + "\n"


def backtest(outcome: Json, page: Page) -> str:
    from .backtest import HEAD, flaws, sums, table, total_words

    rows = ([cell.replace("\n", "; ") for cell in row] for row in table(outcome))
    lines = ["# Back-test", markup.text(total_words(outcome))]
    lines += [*map(markup.text, sums(outcome)), markup.table(HEAD, rows)]
    for case in outcome["cases"]:
        found = flaws(case)
        if found:
            lines += [f"## {markup.text(case['name'])}", markup.bullets(map(markup.text, found))]
    return "\n\n".join(lines) + "\n"


def catalogue(catalogue: Json, page: Page) -> str:
    from .rule_page import listing

    return listing(catalogue)


def rules(rules: Sequence[Json], page: Page) -> str:
    from . import rule_page

    return "\n---\n\n".join(map(rule_page.page, rules))


def _case(report: Json) -> str:
    shape, case = outline(report), report["case"]
    lines = [
        f"# {markup.text(case['title'] or case['id'] or '')}",
        markup.text(dates(case)),
        f"**{shape.mark} {shape.headline}**",
        markup.bullets(markup.text(sentence(text)) + "." for text in shape.summary),
    ]
    lines += _what_if(report)
    lines += _findings("What blocks", shape.blocks)
    undecided = shape.answer == "undecided"
    lines += _findings(
        "Why it is undecided" if undecided else "What could block as well", shape.opens
    )
    if not shape.blocks:
        lines += _findings("Breaches", shape.breaches)
    if shape.missing:
        rows = (
            [
                asked_of(one.text, one.of),
                markup.Code(one.path),
                " ".join(one.decides),
            ]
            for one in shape.missing
        )
        lines += ["## What is missing", markup.table(["Question", "Fact", "Decides"], rows)]
    if shape.deeds:
        rows = (
            [deed.by, deed.who, deed.what, " ".join(deed.rules), deed.done_when or ""]
            for deed in shape.deeds
        )
        lines += ["## What to do", markup.table(["By", "Who", "What", "Rule", "Done when"], rows)]
    if shape.blocks:
        lines += _findings("Other breaches", shape.breaches)
    lines += _findings("Not enough evidence", shape.gaps)
    lines += _findings("Accepted exceptions", shape.accepted)
    if shape.notices:
        lines += [
            "## To note",
            markup.bullets(markup.prose(sentence(notice["message"])) for notice in shape.notices),
        ]
    if shape.good:
        good = (f"{MARKS['compliant']} {markup.text(sentence(text))}" for text in shape.good)
        lines += ["## Good practice", markup.bullets(good)]
    lines += _every_rule(report["results"])
    lines.append(_foot(report))
    return "\n\n".join(lines)


def _overview(reports: Sequence[Json]) -> str:
    numbers = numbers_of(reports)
    rows = []
    for number, report in enumerate(reports):
        shape = outline(report)
        answer = f"{shape.mark} {shape.headline}"
        counts = (str(found[number]) for found in numbers.values())
        rows.append([answer, report["case"]["title"], report["case"]["stage"] or "", *counts])
    head = ["Answer", "Partnership", "Stage", *numbers]
    return f"# {count(len(reports), 'partnership')}\n\n{markup.table(head, rows)}"


def _what_if(report: Json) -> list[str]:
    what_if = report.get("what_if")
    if not what_if:
        return []
    lines = [
        "## What if (the file does not say so)",
        markup.bullets(map(markup.code, what_if["set"])),
    ]
    changed = what_if["changes"]
    rows = []
    for name, words in (
        ("verdict", VERDICTS),
        ("opinion", OPINIONS),
        ("opinion_at_worst", OPINIONS),
    ):
        if name in changed:
            old, new = (words.get(changed[name][end] or "", "none") for end in ("from", "to"))
            rows.append([sentence(name.replace("_", " ")), old, new])
    for change in changed["results"]:
        old, new = (_state(change[end]) for end in ("from", "to"))
        rows.append([f"{change['rule']} {change['title']}", old, new])
    for label, name in (("Answered", "missing_no_more"), ("Asked now", "newly_missing")):
        if changed[name]:
            rows.append([label, "", ", ".join(changed[name])])
    return [
        *lines,
        markup.table(["What changes", "From", "To"], rows) if rows else "Nothing changes.",
    ]


def _state(state: Json) -> str:
    level = f" ({state['severity']})" if state["severity"] else ""
    return f"{MARKS[state['outcome']]} {OUTCOMES[state['outcome']]}{level}"


def _findings(title: str, results: Sequence[Json]) -> list[str]:
    rows = []
    for result in results:
        text = result["message"] or result["title"]
        if result.get("accepted_by"):
            text = f"{text} ({accepted_words(result['accepted_by'])})"
        mark = f"{MARKS[result['outcome']]} {result['rule']}"
        rows.append([mark, severity(result), "gate" if result["gate"] else "", text])
    return [f"## {title}", markup.table(["Rule", "Severity", "", "Finding"], rows)] if rows else []


def _every_rule(results: Sequence[Json]) -> list[str]:
    rows = []
    for result in results:
        words = "cannot become a breach" if result["moot"] else OUTCOMES[result["outcome"]]
        rows.append([result["rule"], result["title"], f"{MARKS[result['outcome']]} {words}"])
    return ["## Every rule", markup.table(["Rule", "What it asks", "Outcome"], rows)]


def _part(part: Json, depth: int, source: str | None) -> list[str]:
    margin = "  " * depth
    lines = [f"{margin}- {_HOLDS[part['state']]} {markup.text(part_words(part))}"]
    lines += [
        f"{margin}  - {markup.text(words)}" for words in fact_lines(part.get("facts") or (), source)
    ]
    lines += [f"{margin}  - not stated: {markup.code(path)}" for path in not_stated(part)]
    lines += [
        f"{margin}  - cannot be told: {markup.text(why)}" for why in part.get("reasons") or ()
    ]
    for inner in part.get("parts") or ():
        lines += _part(inner, depth + 1, source)
    return lines


def _foot(answer: Json) -> str:
    strategy, case = answer["strategy"], answer["case"]
    status = standing_words(strategy)
    name = f"{markup.text(strategy['name'])} {markup.text(strategy['version'])} ({status})"
    lines = [f"Strategy {name}, {markup.code(strategy['digest'] or '')}"]
    if case.get("source"):
        lines.append(f"Facts {markup.code(case['source'])}, {markup.code(case['digest'] or '')}")
    if answer.get("program"):
        lines.append(markup.text(program_words(answer["program"])))
    return "---\n\n" + "  \n".join(lines)


def _members(members: dict[str, Any]) -> str:
    return "; ".join(
        f"{markup.code(name)} {markup.text(value(found))}" for name, found in members.items()
    )
