"""Fact files named on the command line become cases; all their problems come in one run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..problem import Problem, Refused
from ..report.wording import STDIN_NAME
from .progress import with_progress
from .stream import STDIN, read_stdin

if TYPE_CHECKING:
    from ..facts.case import Case
    from ..facts.model import FactModel


def read_cases(files: Sequence[str], model: FactModel) -> list[Case]:
    """The case of each file; raises Refused with the problems of all files that have any."""
    if files.count(STDIN) > 1:
        raise click.UsageError("standard input (`-`) can be read only once")
    cases: list[Case] = []
    problems: list[Problem] = []
    for file in with_progress(files, "reading"):
        try:
            cases.append(read_case(file, model))
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(problems)
    return cases


def read_case(file: str, model: FactModel) -> Case:
    """The case of one file, or of standard input for `-`."""
    from ..facts.reading import load_case

    if file == STDIN:
        return load_case(model, data=read_stdin(), name=STDIN_NAME)
    return load_case(model, path=file)
