"""`accordance check`: how partnerships stand against the strategy."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from ..problem import Problem, Refused
from . import options
from .options import NEVER
from .progress import with_progress
from .reading import read_cases, read_together
from .stream import page_for, write, write_bytes

PUBLIC = "public"

if TYPE_CHECKING:
    from ..check.checker import Checker
    from ..facts.case import Case
    from ..report import Json


@click.command(
    "check",
    short_help="How partnerships stand: verdict, what blocks, what is missing, what to do.",
    epilog="""\b
Examples:
  accordance check cases/proposals/*.yaml
  accordance check proposal.yaml --set exit_plan.exists=true
  accordance check - --format json < proposal.yaml
  accordance check proposal.yaml --audience public --output paper.html
""",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@options.together(
    options.strategy,
    options.as_of,
    options.sets,
    options.paper,
    options.audience,
    options.everything,
    options.output,
    options.fail_on,
    options.fail_on_gaps,
    click.option(
        "--combine",
        is_flag=True,
        help="Put together what the files say of one partnership, by its id.",
    ),
    click.option(
        "--with",
        "run",
        metavar="RUN",
        help="Add what a stored sweep found across the portfolio of the same partnership.",
    ),
)
def command(
    files: tuple[str, ...],
    strategy: str | None,
    as_of: dt.date | None,
    sets: tuple[str, ...],
    format_name: str | None,
    audience: str,
    everything: bool,
    output: str | None,
    fail_on: str,
    fail_on_gaps: str,
    combine: bool,
    run: str | None,
) -> int:
    """Check one or more partnerships, each a file of facts (YAML or JSON); `-` reads standard
    input. A table (.csv) or workbook (.xlsx) holds one partnership a row.

    The report leads with the verdict, then what blocks, what is missing, and what to do by when and
    by whom. Exit code: 0 no breach at or above --fail-on, 1 there is one, 2 a file or the call is
    wrong, and then nothing is reported as checked.
    """
    from ..check.checker import Checker
    from ..report import format_named
    from ..strategy.reading import load_strategy

    name = options.chosen_format(format_name, output, papers=True)
    if name == "xlsx" and output is None:
        raise click.UsageError("a workbook needs a file: add --output FILE")
    if run is not None and (audience == PUBLIC or name not in ("table", "json")):
        raise click.UsageError("--with goes with the internal table or JSON")
    _refuse_to_overwrite(output, files)
    across = None if run is None else _across(run)
    checker = Checker(load_strategy(strategy))
    read = read_together if combine else read_cases
    cases = read(files, checker.strategy.model)
    reports: list[Json] = []
    shown: list[Json] = []
    problems: list[Problem] = []
    for case in with_progress(cases, "checking"):
        try:
            reports.append(answer(checker, case, as_of, sets))
            if audience == PUBLIC:
                shown.append(answer(checker, case, as_of, sets, PUBLIC))
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(problems)
    if across is not None:
        reports = [report | {"portfolio": across(report["case"]["id"])} for report in reports]
    written = format_named(name).check(shown or reports, page_for(output, everything))
    if across is not None and name == "table" and isinstance(written, str):
        from ..report.portfolio import of_cases

        written += of_cases(reports, page_for(output, everything))
    if isinstance(written, bytes):
        write_bytes(written, output)
    else:
        write(written, output, name)
    return exit_code(reports, fail_on, fail_on_gaps)


def _across(folder: str) -> Callable[[str], Json]:
    """What a stored sweep found across the portfolio, of one partnership by its id."""
    from ..sweep.across import of_case
    from ..sweep.run_reading import open_run

    run = open_run(folder)
    return lambda case: of_case(run, case)


def answer(
    checker: Checker,
    case: Case,
    evaluated_on: dt.date | None,
    sets: Sequence[str],
    audience: str = "internal",
) -> Json:
    """The report of one case; with `sets`, of the case as it would be, and what that changes."""

    def report(case: Case) -> Json:
        if audience == PUBLIC:
            from ..check.publication import public_answer

            return public_answer(checker, case, evaluated_on)
        return checker.check(case, evaluated_on).to_json()

    if not sets:
        return report(case)
    from ..facts.setting import with_set
    from ..report.changes import changes

    before, after = report(case), report(with_set(case, list(sets)))
    said = list(sets)
    if audience == PUBLIC:
        from ..check.publication import public_settings

        said = public_settings(checker, sets)
    return after | {"what_if": {"set": said, "changes": changes(before, after)}}


def exit_code(reports: Sequence[Json], fail_on: str, fail_on_gaps: str) -> int:
    """1 where a report holds a breach (or gap) at or above the severity that counts, else 0."""
    from ..report.outline import rank

    limits = {"breach": fail_on, "gap": fail_on_gaps}
    return int(
        any(
            limits.get(result["kind"], NEVER) != NEVER
            and rank(result["severity"]) <= rank(limits[result["kind"]])
            for report in reports
            for result in report["results"]
        )
    )


def _refuse_to_overwrite(output: str | None, files: Sequence[str]) -> None:
    if output is None or not os.path.exists(output):
        return
    for file in files:
        if os.path.exists(file) and os.path.samefile(output, file):
            raise click.UsageError(f"--output `{output}` would overwrite the facts")
