"""A check as a workbook: the partnerships side by side, and behind them every finding, action and
question, to sort and to filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from . import Json
from .findings import COLUMNS, due, rows
from .outline import questions
from .overview import Overview, Standing, overview
from .page import Page
from .sheets import MOST_ROWS, Cell, Column, Sheet, workbook
from .wording import DRAFT, MARKS, OPINIONS, OUTCOMES, SEVERITIES, VERDICTS, day

_WIDE: Final = {
    "title": 34,
    "rule_title": 34,
    "message": 70,
    "unmet": 40,
    "missing": 34,
    "to_do": 50,
    "who": 26,
    "accepted_by": 30,
    "source": 34,
    "theme": 22,
    "verdict": 22,
    "outcome": 20,
    "id": 26,
}


def check(reports: Sequence[Json], page: Page) -> bytes:
    """The workbook of one or more reports."""
    return whole(overview(reports), reports)


def whole(found: Overview, reports: Iterable[Json], more: Iterable[Sheet] = ()) -> bytes:
    """The workbook of an overview and of the reports of its cases, which are gone through once;
    `more` are sheets to put between them."""
    details = _Details()
    for report in reports:
        details.add(report)
    return workbook(
        [*sheets(found), *more, *details.sheets()], "Check against the collaboration strategy"
    )


def sheets(found: Overview) -> Iterator[Sheet]:
    """What an overview of partnerships fills: themselves, and the heat map."""
    yield _partnerships(found)
    yield _heat_map(found)


class _Details:
    """What the reports of cases say one by one, as far as a sheet holds it."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Sequence[Any]]] = {name: [] for name in _SHEETS}
        self._left: Counter[str] = Counter()

    def add(self, report: Json) -> None:
        """The findings, actions, questions and results of one case."""
        made = {
            "Findings": map(_finding, rows(report)),
            "Actions": _actions(report),
            "Missing facts": _missing(report),
            "Every rule": _rules(report),
        }
        for name, more in made.items():
            for row in more:
                if len(self._rows[name]) < MOST_ROWS:
                    self._rows[name].append(row)
                else:
                    self._left[name] += 1

    def sheets(self) -> Iterator[Sheet]:
        for name, (note, columns) in _SHEETS.items():
            left = self._left[name]
            if left:
                note = (
                    f"{note} {left:,} more rows do not fit here; the CSV form holds all findings."
                )
            yield Sheet(name, columns, self._rows[name], note)


def _finding(row: dict[str, Any]) -> list[Any]:
    shown = dict(row)
    shown["verdict"] = VERDICTS.get(row["verdict"], row["verdict"])
    shown["opinion"] = OPINIONS.get(row["opinion"], row["opinion"])
    if row["outcome"] is not None:
        shown["outcome"] = f"{MARKS[row['outcome']]} {OUTCOMES[row['outcome']]}"
    if row["severity"] is not None:
        shown["severity"] = Cell(row["severity"], row["severity"])
    return list(shown.values())


def _partnerships(found: Overview) -> Sheet:
    columns = [Column("Reference", 14), Column("Partnership", 36), Column("Stage", 12)]
    columns += [Column("Facts of", 12), Column("Verdict", 26), Column("Opinion", 23)]
    columns.append(Column("Opinion at worst", 23))
    for kind in ("Breaches", "Gaps"):
        columns += [Column(f"{kind} {severity}", 10) for severity in SEVERITIES]
    strategy = found.strategy
    note = f"{strategy['title']}, version {strategy['version']}"
    note += "" if strategy["status"] == "approved" else f" ({DRAFT})"
    note += f". Evaluated on {found.evaluated}. {found.program}. Digest {strategy['digest']}."
    note = " ".join((note, *found.withheld))
    return Sheet("Partnerships", columns, map(_partnership, found.cases), note)


def _partnership(case: Standing) -> list[Any]:
    return [
        case.id,
        case.title,
        case.stage,
        day(case.as_of, short=True),
        _answer(case.verdict, VERDICTS),
        _answer(case.opinion, OPINIONS),
        _answer(case.opinion_at_worst, OPINIONS),
        *(_number(case.breaches[severity], severity) for severity in SEVERITIES),
        *(_number(case.gaps[severity], "unknown") for severity in SEVERITIES),
    ]


def _answer(code: str | None, words: dict[str, str]) -> str:
    return "–" if code is None else f"{MARKS[code]} {words[code]}"


def _number(number: int, state: str) -> Cell:
    return Cell(number or "–", state if number else None)


def _heat_map(found: Overview) -> Sheet:
    columns = [Column("Reference", 14), Column("Partnership", 36)]
    columns += [Column(theme, 12) for theme in found.themes]
    note = (
        "The most severe finding of each theme: ✗ breach, ? not enough evidence, ! accepted, "
        "✓ all that applies is met, – nothing applies."
    )
    return Sheet(
        "Heat map",
        columns,
        (
            [case.id, case.title, *(Cell(*case.themes[theme].shown()) for theme in found.themes)]
            for case in found.cases
        ),
        note,
    )


def _actions(report: Json) -> Iterator[list[Any]]:
    case = report["case"]
    for result in report["results"]:
        for action in result["actions"] if result["kind"] == "breach" else ():
            yield [
                case["id"],
                case["title"],
                due(action),
                action["owner"],
                action["do"],
                result["rule"],
                Cell(result["severity"], result["severity"]),
                action.get("done_when"),
                None,
            ]


def _missing(report: Json) -> Iterator[list[Any]]:
    for question in questions(report["missing"]):
        yield [
            report["case"]["id"],
            report["case"]["title"],
            question.text,
            question.path,
            ", ".join(question.of),
            ", ".join(question.decides),
        ]


def _rules(report: Json) -> Iterator[list[Any]]:
    for result in report["results"]:
        yield [
            report["case"]["id"],
            report["case"]["title"],
            result["rule"],
            result["title"],
            result["theme"],
            f"{MARKS[result['outcome']]} {OUTCOMES[result['outcome']]}",
        ]


_OF_CASE: Final = (Column("Reference"), Column("Partnership", 34))
_SHEETS: Final = {
    "Findings": (
        "One row for each breach, gap and notice.",
        [Column(name.replace("_", " "), _WIDE.get(name, 13)) for name in COLUMNS],
    ),
    "Actions": (
        "What the breaches ask to be done.",
        [
            *_OF_CASE,
            Column("By", 16),
            Column("Who", 28),
            Column("What", 70),
            Column("Rule", 10),
            Column("Severity", 10),
            Column("Done when", 50),
            Column("Management response", 30),
        ],
    ),
    "Missing facts": (
        "What nobody has stated, and which rules it decides; the most decisive first.",
        [
            *_OF_CASE,
            Column("Question", 70),
            Column("Fact", 40),
            Column("Of", 30),
            Column("Decides", 24),
        ],
    ),
    "Every rule": (
        "What every rule says of every partnership.",
        [
            *_OF_CASE,
            Column("Rule", 10),
            Column("Title", 50),
            Column("Theme", 22),
            Column("Outcome", 22),
        ],
    ),
}
