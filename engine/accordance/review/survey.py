"""The export of a survey: its views are added to the partnerships that they are about.

Two layouts are read. Long: one row for each group and factor, with the columns partnership, group,
factor, score and respondents. Wide: one row for each group, with a column for each factor; without
a column of respondents each row is the answer of one person, and answers are put together by group.
A row with a problem is left out, and all others count.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from ..check.prose import round_to
from ..check.small_groups import VIEWS
from ..facts.case import Case
from ..facts.importing import Import, Made, Reject
from ..facts.reading import read_case
from ..facts.tables.reading import is_workbook, read_csv_file, read_workbook_file
from ..facts.yaml_writing import yaml_text
from ..feel.values import Number, Value, date, number
from ..problem import Code, Place, Problem, Refused
from ..source.joined import JoinedSource, moved
from ..source.quoting import listed, nearest, quoted
from ..source.table import Row, Table
from ..source.text import read_bytes
from ..source.tree import Located, Mapping, Scalar
from ..source.tree import Sequence as Listed
from ..strategy.model import Strategy
from .portfolio_reading import Portfolio
from .triangulation import SCALE, factors_of, titles_of

HEADINGS: Final = {
    "partnership": ("partnership", "id", "reference", "partnership id", "partnership reference"),
    "group": ("group", "stakeholder group", "stakeholders", "respondent group"),
    "factor": ("factor", "question", "theme"),
    "score": ("score", "mean", "mean score", "average", "rating"),
    "respondents": ("respondents", "n", "answers", "responses", "number of respondents"),
    "date": ("date", "survey date", "asked on"),
}
"""The headings that say what a column holds; case and white space do not matter."""
NEEDED: Final = ("partnership", "group")
MAX_RESPONDENTS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class _Given:
    """One score of one group (or person) on one factor of one partnership, with its cells."""

    partnership: str
    group: str
    factor: str
    score: Number
    respondents: int | None
    day: str | None
    cell: Scalar

    def facts(self) -> dict[str, Value]:
        """The view as a fact file states it."""
        stated = {
            "group": self.group,
            "factor": self.factor,
            "score": self.score,
            "respondents": self.respondents,
            "date": None if self.day is None else date(self.day),
        }
        return {name: value for name, value in stated.items() if value is not None}


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where each thing stands: the columns by name, and the columns of factors."""

    named: dict[str, int]
    factors: dict[str, int]

    @property
    def personal(self) -> bool:
        """Is each row the answer of one person?"""
        return not self.named.keys() & {"factor", "respondents"}


def read_survey(file: str, strategy: Strategy) -> tuple[list[_Given], list[Problem]]:
    """The views of a survey, and what is wrong with the rows that are left out. Raises Refused for
    a file that cannot be read as a survey at all."""
    problems: list[Problem] = []
    given: list[_Given] = []
    for table in _tables(file):
        columns, first = _columns(table, strategy)
        for row in table.rows[first:]:
            given += _row(row, table, columns, strategy, problems)
        if columns.personal:
            given = list(_put_together(given))
    return list(_without_twins(given, problems)), problems


def import_survey(file: str, strategy: Strategy) -> Import:
    """The views of a survey as facts, one file for each partnership, to be put together with its
    fact file; rows with a problem are rejects. Raises Refused as `read_survey` does."""
    views, problems = read_survey(file, strategy)
    digest = hashlib.sha256(read_bytes(file, file)).hexdigest()
    done = Import("survey", "views", len(views) + len(problems), {file: f"sha256:{digest}"})
    by_id: dict[str, list[_Given]] = {}
    for one in views:
        by_id.setdefault(one.partnership, []).append(one)
    for name, own in by_id.items():
        facts = {"id": name, VIEWS: [one.facts() for one in own]}
        sources = tuple(str(one.cell.place) for one in own)
        done.cases.append(Made(name, yaml_text(facts), sources, own[0].cell.place))
    for problem in problems:
        reason = f"{problem.message}; {problem.help}" if problem.help else problem.message
        place = problem.place
        done.rejects.append(Reject(None, (reason,), (str(place or file),), place, (problem,)))
    return done


def add_views(portfolio: Portfolio, file: str, strategy: Strategy) -> None:
    """Add the views of a survey to the cases of a portfolio; what is wrong with a row is noted
    among its problems. Raises Refused for a file that cannot be read as a survey at all."""
    given, problems = read_survey(file, strategy)
    cases = {case.id: case for case in portfolio.cases}
    titles = {case.title.casefold(): case.id for case in portfolio.cases}
    wanted: dict[str, list[_Given]] = {}
    for one in given:
        found = (
            one.partnership if one.partnership in cases else titles.get(one.partnership.casefold())
        )
        if found is None:
            near = nearest(one.partnership, [*cases])
            problems.append(
                Problem(
                    Code.SURVEY,
                    f"{quoted(one.partnership)} is not a partnership under review",
                    one.cell.place,
                    f"did you mean {quoted(near)}?" if near else "write its reference or its title",
                )
            )
        else:
            wanted.setdefault(found, []).append(one)
    for case_id, views in wanted.items():
        cases[case_id] = _with_views(cases[case_id], views, problems)
    portfolio.cases = [cases[case.id] for case in portfolio.cases]
    portfolio.problems += dict.fromkeys(problems)


def _tables(file: str) -> Iterator[Table]:
    if is_workbook(file):
        sheets = list(read_workbook_file(file).values())
        if not sheets:
            raise Refused(Problem(Code.FILE_EMPTY, "the workbook is empty", Place(file)))
        # Further sheets of an export are summaries and charts.
        yield sheets[0]
    else:
        yield read_csv_file(file)


def _columns(table: Table, strategy: Strategy) -> tuple[_Columns, int]:
    """What the columns hold, and the number of the first row below the headings. Raises Refused
    where the headings do not say enough."""
    factors = factors_of(strategy)
    known = {word: name for name, words in HEADINGS.items() for word in words}
    by_title = {title.casefold(): name for name, title in titles_of(strategy).items()}
    by_title |= {name.casefold(): name for name in factors}
    best: tuple[_Columns, int] | None = None
    for at, row in enumerate(table.rows[:10]):
        columns = _Columns({}, {})
        for column, cell in row.cells.items():
            word = " ".join(cell.text.casefold().replace("_", " ").split())
            if word in known:
                columns.named.setdefault(known[word], column)
            elif word in by_title:
                columns.factors.setdefault(by_title[word], column)
        size = len(columns.named) + len(columns.factors)
        if size and (best is None or size > len(best[0].named) + len(best[0].factors)):
            best = columns, at + 1
    merged = [fault for fault in table.faults.values() if "merged" in fault.message]
    head = table.rows[0]
    first = min(head.cells)
    if best is None or not _is_enough(best[0]):
        lacks = _lacks(best[0] if best else _Columns({}, {}))
        raise Refused(
            [
                Problem(
                    Code.SURVEY,
                    f"the headings do not say which column holds {lacks}",
                    head.cells[first].place,
                    "head the columns partnership, group, factor, score and respondents, or "
                    f"partnership, group and the factors ({listed(list(factors))}), in English",
                ),
                *merged,
            ]
        )
    return best


def _is_enough(columns: _Columns) -> bool:
    named = columns.named
    return all(name in named for name in NEEDED) and (
        bool(columns.factors) or {"factor", "score"} <= named.keys()
    )


def _lacks(columns: _Columns) -> str:
    missing = [name for name in NEEDED if name not in columns.named]
    if not columns.factors:
        missing += [name for name in ("factor", "score") if name not in columns.named]
    return listed([f"the {name}" for name in missing])


def _row(
    row: Row, table: Table, columns: _Columns, strategy: Strategy, problems: list[Problem]
) -> Iterator[_Given]:
    faults = [table.faults[cell.start] for cell in row.cells.values() if cell.start in table.faults]
    if faults:
        problems += faults
        return
    cells = {name: row.cells.get(column) for name, column in columns.named.items()}
    before = len(problems)
    for name in NEEDED:
        if cells[name] is None:
            problems.append(
                Problem(
                    Code.SURVEY,
                    f"the row has no {name}",
                    table.source.place(row.start),
                    "write it into every row; merged or blank cells are not filled down",
                )
            )
    answered = _respondents(cells.get("respondents"), problems)
    day = _day(cells.get("date"), problems)
    if len(problems) > before:
        return
    partnership, group = cells["partnership"], cells["group"]
    assert partnership is not None and group is not None
    for factor, cell in _scores(row, columns, cells, strategy, problems):
        score = _score(cell, problems)
        if score is not None:
            yield _Given(
                partnership.text.strip(),
                " ".join(group.text.split()),
                factor,
                score,
                1 if columns.personal else answered,
                day,
                cell,
            )


def _scores(
    row: Row,
    columns: _Columns,
    cells: dict[str, Scalar | None],
    strategy: Strategy,
    problems: list[Problem],
) -> Iterator[tuple[str, Scalar]]:
    """The cells with scores, each with its factor; a blank cell is no answer."""
    for factor, column in columns.factors.items():
        cell = row.cells.get(column)
        if cell is not None:
            yield factor, cell
    named, score = cells.get("factor"), cells.get("score")
    if columns.factors or named is None or score is None:
        return
    word = " ".join(named.text.casefold().split())
    titles = {title.casefold(): name for name, title in titles_of(strategy).items()}
    names = {name.casefold(): name for name in factors_of(strategy)}
    factor_name = names.get(word) or titles.get(word)
    if factor_name is None:
        near = nearest(word, list(names))
        problems.append(
            Problem(
                Code.SURVEY,
                f"{quoted(named.text)} is not a factor of the review",
                named.place,
                f"did you mean {quoted(near)}?"
                if near
                else f"its factors are {listed(list(names))}",
            )
        )
        return
    yield factor_name, score


def _score(cell: Scalar, problems: list[Problem]) -> Number | None:
    lowest, highest = SCALE
    value = _number_of(cell)
    if value is not None and lowest <= value <= highest:
        return value
    problems.append(
        Problem(
            Code.SURVEY,
            f"{quoted(cell.text)} is not a score"
            if value is None
            else f"the score {quoted(cell.text)} lies outside the scale",
            cell.place,
            f"write a number from {lowest} to {highest}, or leave the cell blank",
        )
    )
    return None


def _respondents(cell: Scalar | None, problems: list[Problem]) -> int | None:
    if cell is None:
        return None
    value = _number_of(cell)
    if isinstance(value, int) and 0 <= value <= MAX_RESPONDENTS:
        return value
    problems.append(
        Problem(
            Code.SURVEY,
            f"{quoted(cell.text)} is not how many answered",
            cell.place,
            "write a whole number from 0 on, or leave the cell blank",
        )
    )
    return None


def _number_of(cell: Scalar) -> Number | None:
    if isinstance(cell.value, int | Fraction) and not isinstance(cell.value, bool):
        return cell.value
    try:
        return number(cell.text.strip())
    except ValueError:
        return None


def _day(cell: Scalar | None, problems: list[Problem]) -> str | None:
    if cell is None:
        return None
    try:
        return date(cell.text.strip()).isoformat()
    except ValueError as error:
        problems.append(Problem(Code.SURVEY, str(error), cell.place, "write it as 2026-01-31"))
        return None


def _put_together(given: Iterable[_Given]) -> Iterator[_Given]:
    """The answers of persons as means of their groups. Nothing of a single person goes further."""
    by_group: dict[tuple[str, str, str, str | None], list[_Given]] = {}
    for one in given:
        by_group.setdefault((one.partnership, one.group, one.factor, one.day), []).append(one)
    for own in by_group.values():
        total = sum((Fraction(one.score) for one in own), Fraction(0))
        mean = Fraction(round_to(total / len(own), 2))
        score: Number = mean.numerator if mean.denominator == 1 else mean
        yield replace(own[0], score=score, respondents=len(own))


def _without_twins(given: Sequence[_Given], problems: list[Problem]) -> Iterator[_Given]:
    """Each group once for each factor of a partnership and day; none of several that differ."""
    met: dict[tuple[str, str, str, str | None], list[_Given]] = {}
    for one in given:
        key = one.partnership, one.group.casefold(), one.factor, one.day
        met.setdefault(key, []).append(one)
    for own in met.values():
        if len(own) == 1:
            yield own[0]
            continue
        for one in own[1:]:
            problems.append(
                Problem(
                    Code.SURVEY,
                    f"{quoted(one.group)} scores {quoted(one.factor)} of "
                    f"{quoted(one.partnership)} twice, first at {own[0].cell.place}",
                    one.cell.place,
                    "keep one of them; until then neither counts",
                )
            )


def _with_views(case: Case, views: Sequence[_Given], problems: list[Problem]) -> Case:
    """The case with views added behind those that it states."""
    source = views[0].cell.source
    joined = JoinedSource(case.source)
    start = joined.add(case.located.source)
    other = joined.add(source)
    tree = moved(case.located, joined, start)
    assert isinstance(tree, Mapping)
    items: list[Located] = []
    for one in views:
        first, last = one.cell.start + other, one.cell.end + other
        entries: dict[str, Located] = {}
        for name, value in (
            ("group", one.group),
            ("factor", one.factor),
            ("score", one.score),
            ("respondents", one.respondents),
            ("date", one.day),
        ):
            if value is not None:
                entries[name] = Scalar(value, str(value), False, first, last, joined)
        items.append(Mapping(entries, dict.fromkeys(entries, first), first, last, joined))
    stated = tree.entries.get(VIEWS)
    if isinstance(stated, Listed):
        stated.items += items
    else:
        first = views[0].cell.start + other
        tree.entries[VIEWS] = Listed(items, first, first, joined)
        tree.key_starts[VIEWS] = first
    try:
        made = read_case(tree, case.model, case.source)
    except Refused as refused:
        problems += refused.problems
        return case
    disputed = tuple(one for one in case.contradictions if one.other)
    return replace(made, contradictions=made.contradictions + disputed)
