"""Files named on the command line become cases; all their problems come in one run.

A fact file holds one case. A CSV file or a workbook holds one case a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..problem import Code, Place, Problem, Refused
from ..report.wording import STDIN_NAME
from .progress import with_progress
from .stream import STDIN, read_stdin

if TYPE_CHECKING:
    from ..facts.case import Case
    from ..facts.model import FactModel
    from ..source.tree import Mapping


def read_cases(files: Sequence[str], model: FactModel) -> list[Case]:
    """The cases of all files; raises Refused with the problems of all files that have any."""
    if files.count(STDIN) > 1:
        raise click.UsageError("standard input (`-`) can be read only once")
    cases: list[Case] = []
    problems: list[Problem] = []
    for file in with_progress(files, "reading"):
        try:
            if _is_table(file):
                cases += _table_cases(file, files, model)
            else:
                cases.append(read_case(file, model))
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(problems)
    return cases


def read_together(files: Sequence[str], model: FactModel) -> list[Case]:
    """The cases that all files state together, by id; raises Refused with all their problems."""
    from ..facts.combining import combine

    statements: list[Mapping] = []
    problems: list[Problem] = []
    for file in with_progress(files, "reading"):
        try:
            statements += _statements(file, files, model)
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(problems)
    return combine(statements, model)


def _statements(file: str, files: Sequence[str], model: FactModel) -> list[Mapping]:
    """What a file says of partnerships, not yet held to the fact model."""
    if _is_table(file):
        from ..facts.tables.reading import companion_of, load_tables

        if companion_of(file, files, model):
            return []
        assembled = load_tables(model, file)
        found = [*assembled.strays, *(one for row in assembled.stated for one in row.problems)]
        if found:
            raise Refused(found)
        return [row.tree for row in assembled.stated]
    from ..source.reading import read
    from ..source.tree import Mapping, kind

    tree = read(data=read_stdin(), name=STDIN_NAME) if file == STDIN else read(file)
    if isinstance(tree, Mapping):
        return [tree]
    raise Refused(
        Problem(
            Code.FILE_KIND,
            f"the file holds {kind(tree)}, not the facts of one partnership",
            tree.place,
            "write one fact a line, as in `stage: new`",
        )
    )


def read_case(file: str, model: FactModel) -> Case:
    """The one case of a file, or of standard input for `-`."""
    if _is_table(file):
        cases = _table_cases(file, [file], model)
        if len(cases) > 1:
            raise Refused(
                Problem(
                    Code.USAGE,
                    f"the table holds {len(cases):,} cases, and one is wanted",
                    Place(file),
                    "write each to a file of its own with `accordance import`",
                )
            )
        return cases[0]
    from ..facts.reading import load_case

    if file == STDIN:
        return load_case(model, data=read_stdin(), name=STDIN_NAME)
    return load_case(model, path=file)


def _is_table(file: str) -> bool:
    # Spelt out here: most calls name fact files, and need not import what reads tables.
    return file.lower().endswith((".csv", ".tsv", ".xlsx", ".xlsm"))


def _table_cases(file: str, files: Sequence[str], model: FactModel) -> list[Case]:
    """The cases of a table; none for a file that only brings items to another that is named."""
    from ..facts.tables.reading import companion_of, load_table_cases

    return [] if companion_of(file, files, model) else load_table_cases(model, file)
