"""What a sweep says of a whole portfolio, for one screen and one page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from ..plan.outcome import SEVERITY_RANK
from ..strategy.model import OPINIONS, SEVERITIES, VERDICTS, Strategy
from .answers import INSUFFICIENT, NON_COMPLIANT

if TYPE_CHECKING:
    import pyarrow as pa

WORST_RULES: Final = 10
REASONS: Final = {
    "text": "read by `check`, since the scan was not sure of their text",
    "numbers": "with numbers too large to calculate with in columns",
    "lists": "with very long lists",
    "letters": "with letters whose case engines change differently",
    "evidence": "where rules about evidence depend on what other results rest on",
}


def summary_of(
    strategy: Strategy, manifest: dict[str, Any], outcomes: pa.Table, rejected: pa.Table
) -> dict[str, Any]:
    """Counts of a run: verdicts, opinions, findings, the worst rules, and why records were
    rejected."""
    import pyarrow.compute as pc

    rules: list[dict[str, Any]] = []
    for rule in strategy.rules:
        codes = Counter(
            {one["values"]: one["counts"] for one in pc.value_counts(outcomes[rule.id]).to_pylist()}
        )
        if codes[NON_COMPLIANT] or codes[INSUFFICIENT]:
            rules.append(
                {
                    "rule": rule.id,
                    "title": rule.title,
                    "breaches": codes[NON_COMPLIANT],
                    "gaps": codes[INSUFFICIENT],
                    "severity": rule.severity,
                }
            )
    rules.sort(key=_urgency)
    reasons = Counter(rejected["code"].to_pylist())
    return {
        "schema": "accordance/sweep-summary/1",
        "strategy": manifest["strategy"],
        "evaluated_on": manifest["evaluated_on"],
        "counts": manifest["counts"],
        "engine": manifest["engine"],
        "performed_again": manifest["performed_again"],
        "verdicts": _counted(outcomes, "verdict", VERDICTS),
        "opinions": _counted(outcomes, "opinion", OPINIONS),
        "findings": {
            kind: {
                severity: int(pc.sum(outcomes[f"{kind} {severity}"]).as_py() or 0)
                for severity in SEVERITIES
            }
            for kind in ("breaches", "gaps")
        },
        "worst_rules": rules[:WORST_RULES],
        "rejected": [{"code": code, "problems": count} for code, count in reasons.most_common()],
    }


def _urgency(rule: dict[str, Any]) -> tuple[int, int, int, str]:
    rank = SEVERITY_RANK[rule["severity"]]
    return -rule["breaches"], -rank, -rule["gaps"], rule["rule"]


def _counted(outcomes: pa.Table, name: str, words: tuple[str, ...]) -> dict[str, int]:
    import pyarrow.compute as pc

    counts = {one["values"]: one["counts"] for one in pc.value_counts(outcomes[name]).to_pylist()}
    return {word: counts.get(word, 0) for word in words}


def markdown(summary: dict[str, Any]) -> str:
    """The summary as a page."""
    return "\n".join(_page(summary)) + "\n"


def _page(summary: dict[str, Any]) -> list[str]:
    strategy, counts = summary["strategy"], summary["counts"]
    lines = ["# Sweep of the portfolio", ""]
    if strategy["status"] != "approved":
        lines += ["**DRAFT: the strategy is not approved as it stands.**", ""]
    lines += [
        f"{strategy['title']}, version {strategy['version']} ({strategy['status']}), evaluated on"
        f" {summary['evaluated_on']}.",
        "",
        f"{_many(counts['records'], 'record')}: {_many(counts['cases'], 'case')} checked,"
        f" {counts['rejected']:,} rejected.",
        "",
    ]
    lines += _said(summary)
    for title, name in (("Verdicts", "verdicts"), ("Opinions", "opinions")):
        if any(summary[name].values()):
            lines += ["", f"## {title}", "", "| | cases |", "|---|---:|"]
            lines += [f"| {_words(word)} | {count:,} |" for word, count in summary[name].items()]
    lines += ["", "## Findings", "", "| severity | breaches | gaps |", "|---|---:|---:|"]
    findings = summary["findings"]
    lines += [
        f"| {severity} | {findings['breaches'][severity]:,} | {findings['gaps'][severity]:,} |"
        for severity in SEVERITIES
    ]
    if summary["worst_rules"]:
        lines += ["", "## Rules most often broken", ""]
        lines += ["| rule | | breaches | gaps |", "|---|---|---:|---:|"]
        lines += [
            f"| {one['rule']} | {one['title']} | {one['breaches']:,} | {one['gaps']:,} |"
            for one in summary["worst_rules"]
        ]
    if summary["rejected"]:
        lines += ["", "## Rejected", "", "| reason | problems |", "|---|---:|"]
        lines += [f"| {one['code']} | {one['problems']:,} |" for one in summary["rejected"]]
    return lines


def _said(summary: dict[str, Any]) -> list[str]:
    """How the cases were checked, and what performing some again showed."""
    engine, again = summary["engine"], summary["performed_again"]
    if not engine["by_columns"]:
        return ["Every case was checked by `check` itself."]
    said = [f"{_many(engine['by_columns'], 'case')} answered by the relational plan."]
    for reason, count in engine["singly"].items():
        said.append(f"{_many(count, 'record')} checked singly, {REASONS.get(reason, reason)}.")
    said.append(
        f"{_many(again['cases'], 'case')} performed again by `check` (seed {again['seed']}):"
        f" {again['differences']} differences."
    )
    return said


def _words(code: str) -> str:
    return code.replace("_", " ")


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
