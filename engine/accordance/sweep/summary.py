"""What a sweep says of a whole portfolio, for one screen and one page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from ..plan.outcome import SEVERITY_RANK
from ..strategy.model import OPINIONS, SEVERITIES, VERDICTS
from .answers import ANSWERS, INSUFFICIENT, NON_COMPLIANT

if TYPE_CHECKING:
    import pyarrow as pa

WORST_RULES: Final = 10
NAMED: Final = 8
"""So many cases of a group are named on a page."""
MOST_SHOWN: Final = 41
"""So many cases and rejects are kept; one more than any page shows."""
REASONS: Final = {
    "text": "read by `check`, since the scan was not sure of their text",
    "numbers": "with numbers too large to calculate with in columns",
    "lists": "with very long lists",
    "letters": "with letters whose case engines change differently",
    "sources": "put together from several sources",
    "evidence": "where rules about evidence depend on what other results rest on",
}


class Counting:
    """Counts what a run came to, table by table, and keeps the first cases and rejects to show;
    `rules` as in the manifest."""

    def __init__(self, rules: Sequence[dict[str, Any]]) -> None:
        self.cases: list[dict[str, Any]] = []
        self.rejects: list[dict[str, Any]] = []
        self.count = 0
        self._told = rules
        self._rules: dict[str, Counter[int]] = {rule["rule"]: Counter() for rule in rules}
        self._answers: dict[str, Counter[str]] = {name: Counter() for name in ANSWERS}
        self._findings: Counter[tuple[str, str]] = Counter()
        self._reasons: Counter[str] = Counter()

    def add(self, outcomes: pa.Table) -> None:
        """More rows of outcomes."""
        import pyarrow.compute as pc

        self.count += outcomes.num_rows
        counters: dict[str, Counter[Any]] = {**self._rules, **self._answers}
        for name, counter in counters.items():
            for one in pc.value_counts(outcomes[name]).to_pylist():
                counter[one["values"]] += one["counts"]
        for kind in ("breaches", "gaps"):
            for severity in SEVERITIES:
                found = pc.sum(outcomes[f"{kind} {severity}"]).as_py()
                self._findings[kind, severity] += found or 0
        room = MOST_SHOWN - len(self.cases)
        if room > 0:
            self.cases += outcomes.slice(0, room).to_pylist()

    def add_rejected(self, rejected: pa.Table) -> None:
        """More problems of records that could not be read."""
        self._reasons.update(rejected["code"].to_pylist())
        room = MOST_SHOWN - len(self.rejects)
        if room > 0:
            self.rejects += rejected.slice(0, room).to_pylist()

    def summary(self, manifest: dict[str, Any]) -> dict[str, Any]:
        """The counts: verdicts, opinions, findings, the worst rules, and why records were
        rejected."""
        rules: list[dict[str, Any]] = []
        for rule in self._told:
            codes = self._rules[rule["rule"]]
            if codes[NON_COMPLIANT] or codes[INSUFFICIENT]:
                rules.append(
                    {
                        "rule": rule["rule"],
                        "title": rule["title"],
                        "breaches": codes[NON_COMPLIANT],
                        "gaps": codes[INSUFFICIENT],
                        "severity": rule["severity"],
                    }
                )
        rules.sort(key=_urgency)
        return {
            "schema": "accordance/sweep-summary/1",
            "strategy": manifest["strategy"],
            "evaluated_on": manifest["evaluated_on"],
            "counts": manifest["counts"],
            "combined": manifest["combined"],
            "engine": manifest["engine"],
            "performed_again": manifest["performed_again"],
            "baseline": manifest["baseline"],
            "verdicts": {word: self._answers["verdict"][word] for word in VERDICTS},
            "opinions": {word: self._answers["opinion"][word] for word in OPINIONS},
            "findings": {
                kind: {severity: self._findings[kind, severity] for severity in SEVERITIES}
                for kind in ("breaches", "gaps")
            },
            "worst_rules": rules[:WORST_RULES],
            "rejected": [
                {"code": code, "problems": count}
                for code, count in sorted(self._reasons.items(), key=lambda one: (-one[1], one[0]))
            ],
        }


def _urgency(rule: dict[str, Any]) -> tuple[int, int, int, str]:
    rank = SEVERITY_RANK[rule["severity"]]
    return -rule["breaches"], -rank, -rule["gaps"], rule["rule"]


def markdown(summary: dict[str, Any]) -> str:
    """The summary as a page."""
    return "\n".join(_page(summary)) + "\n"


STANDING: Final = {
    "draft": "DRAFT: the strategy is not approved as it stands",
    "approved_later": "NOT YET IN FORCE: the strategy was approved for a later day",
    "expired": "NO LONGER IN FORCE: the approval of the strategy has ended",
}
"""How a strategy stands that is not approved and in force on the day of the sweep."""


def _page(summary: dict[str, Any]) -> list[str]:
    strategy, counts = summary["strategy"], summary["counts"]
    lines = ["# Sweep of the portfolio", ""]
    if strategy["status"] != "approved":
        lines += [f"**{STANDING.get(strategy['status'], STANDING['draft'])}.**", ""]
    state = strategy["status"].replace("_", " ")
    lines += [
        f"{strategy['title']}, version {strategy['version']} ({state}), evaluated on"
        f" {summary['evaluated_on']}.",
        "",
        f"{_many(counts['records'], 'record')}: {_many(counts['cases'], 'case')} checked,"
        f" {counts['rejected']:,} rejected.",
        "",
    ]
    if summary["combined"]:
        lines[-1:] = [f"{combined_in_words(summary['combined'])}.", ""]
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
    lines += _across(summary)
    if summary["rejected"]:
        lines += ["", "## Rejected", "", "| reason | problems |", "|---|---:|"]
        lines += [f"| {one['code']} | {one['problems']:,} |" for one in summary["rejected"]]
    return lines


def _across(summary: dict[str, Any]) -> list[str]:
    """What the rules over the portfolio found."""
    portfolio = summary.get("portfolio")
    if portfolio is None:
        return []
    lines = ["", "## Across the portfolio", ""]
    lines += _findings(portfolio) or ["The rules over the portfolio found nothing."]
    if portfolio["accepted"]:
        lines += ["", "Accepted by those who may:", ""]
        lines += ["| rule | | by | until |", "|---|---|---|---|"]
        for one in portfolio["accepted"]:
            by = one["accepted_by"]
            cells = (one["rule"], one["message"], by["approver"], by["expires"])
            lines.append(f"| {' | '.join(map(_cell, cells))} |")
        if portfolio["accepted_more"]:
            lines += ["", f"{portfolio['accepted_more']:,} more stand in the run."]
    if portfolio["notices"]:
        lines += ["", *(f"- To note: {one['message']}." for one in portfolio["notices"])]
    return lines


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _findings(portfolio: dict[str, Any]) -> list[str]:
    if not portfolio["shown"]:
        return []
    lines = ["| rule | severity | | cases |", "|---|---|---|---|"]
    for one in portfolio["shown"]:
        text = _cell(one["message"])
        severity = one["severity"] if one["kind"] == "breach" else f"{one['severity']} if so"
        named = [_cell(case["id"]) for case in one["cases"][:NAMED]]
        more = len(one["cases"]) + one["cases_more"] - len(named)
        named += [f"{more:,} more"] if more else []
        about = one["case"] or one["group"]
        about = f"**{_cell(about)}**: " if about else ""
        lines.append(f"| {one['rule']} | {severity} | {about}{text} | {', '.join(named)} |")
    found = sum(sum(counts.values()) for counts in portfolio["findings"].values())
    if found > len(portfolio["shown"]):
        lines += ["", f"{found - len(portfolio['shown']):,} more findings stand in the run."]
    return lines


def _said(summary: dict[str, Any]) -> list[str]:
    """How the cases were checked, and what performing some again showed."""
    engine, again = summary["engine"], summary["performed_again"]
    if not engine["by_columns"]:
        return ["Every case was checked by `check` itself.", *_compared(summary)]
    said = [f"{_many(engine['by_columns'], 'case')} answered by the relational plan."]
    for reason, count in engine["singly"].items():
        said.append(f"{_many(count, 'record')} checked singly, {REASONS.get(reason, reason)}.")
    said.append(
        f"{_many(again['cases'], 'case')} performed again by `check` (seed {again['seed']}):"
        f" {again['differences']} differences."
    )
    return said + _compared(summary)


def _compared(summary: dict[str, Any]) -> list[str]:
    baseline = summary["baseline"]
    if baseline is None:
        return []
    return [
        f"Against the run of {baseline['evaluated_on']}: {_many(baseline['changed'], 'case')}"
        f" changed, {baseline['new']:,} new, {baseline['gone']:,} gone;"
        f" {_many(baseline['performed_again'], 'changed case')} performed again by `check`:"
        f" {baseline['differences']} differences."
    ]


def combined_in_words(combined: dict[str, int]) -> str:
    """How many records were put together, and into what."""
    records, cases = combined["records"], combined["cases"]
    return f"{_many(records, 'record')} put together into {_many(cases, 'case')}"


def _words(code: str) -> str:
    return code.replace("_", " ")


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
