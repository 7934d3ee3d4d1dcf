"""`accordance new`: a fact file, table or workbook to fill in, or the first files of a strategy."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import click

from . import options
from .stream import say, write, write_bytes

if TYPE_CHECKING:
    from ..facts.asking import Questions
    from ..feel.values import Value

STRATEGY: Final = "strategy"
"""The word before the name of a new strategy."""

FORMATS: Final = ("yaml", "xlsx", "csv")
ENDINGS: Final = {".yaml": "yaml", ".yml": "yaml", ".xlsx": "xlsx", ".csv": "csv"}


@click.command(
    "new",
    short_help="A fact file or workbook to fill in; `new strategy NAME` starts a strategy.",
    epilog="""\b
Examples:
  accordance new proposal.facts.yaml --stage new
  accordance new --format xlsx --output portfolio.xlsx
  accordance new portfolio.xlsx --from cases/portfolio/home-care-framework.facts.yaml
  accordance new strategy our_council
  accordance new strategy our_council --empty
""",
)
@click.argument("words", nargs=-1, metavar="[FILE | strategy NAME]")
@options.together(
    options.strategy,
    click.option(
        "--stage",
        metavar="STAGE",
        help="Only what is worth asking at this stage. [default: every fact]",
    ),
    click.option(
        "--from",
        "known",
        multiple=True,
        metavar="FILE",
        help="Begin with the facts of this file. May be repeated for a table or workbook.",
    ),
    click.option(
        "--format",
        "-f",
        "format_name",
        type=click.Choice(FORMATS),
        help="[default: by the ending of the file, else yaml]",
    ),
    click.option(
        "--empty",
        is_flag=True,
        help="The new strategy extends no other. [default: it extends --strategy]",
    ),
    options.output,
    click.option("--force", is_flag=True, help="Overwrite a file that is there already."),
)
def command(
    words: tuple[str, ...],
    strategy: str | None,
    stage: str | None,
    known: tuple[str, ...],
    format_name: str | None,
    empty: bool,
    output: str | None,
    force: bool,
) -> int:
    """Write a fact file to FILE, with every fact that is worth asking for under its question, those
    first that must be known before a decision.

    As a workbook (xlsx) or table (csv) it holds one partnership a row. Both can be checked and
    imported. With `strategy NAME`, write the first files of a strategy into a new folder NAME: it
    extends another, and has one rule of its own and the cases that try it.

    Exit code: 0 done, 2 a file or the call is wrong.
    """
    if words[:1] == (STRATEGY,):
        if stage or known or format_name or output or force:
            raise click.UsageError("a new strategy takes only a name, --strategy and --empty")
        return _new_strategy(words[1:], strategy, empty)
    if len(words) > 1 or empty:
        raise click.UsageError("name one file, or write `new strategy NAME`")
    file = words[0] if words else None
    from ..facts.asking import Questions
    from ..facts.stating import stated_facts
    from ..strategy.reading import load_strategy
    from .reading import read_cases

    if file is not None and output is not None:
        raise click.UsageError("name the file once, as FILE or with --output")
    target = output or file
    name = format_name or ENDINGS.get(os.path.splitext(target or "")[1].lower(), "yaml")
    _refuse_bad_target(target, name, force)
    loaded = load_strategy(strategy)
    _refuse_unknown_stage(stage, loaded.model.root.members["stage"].schema["enum"])
    needed = loaded.mandatory.get(stage, ()) if stage else ()
    if stage is None:
        needed = tuple(dict.fromkeys(path for paths in loaded.mandatory.values() for path in paths))
    questions = Questions(loaded.model, stage, needed)
    facts = [stated_facts(case) for case in read_cases(known, loaded.model)]
    if name == "yaml":
        if len(facts) > 1:
            raise click.UsageError("a fact file holds one case; give --from one file")
        of = f"stage {stage}" if stage else "any stage"
        heading = f"Facts of one partnership ({of}), for the strategy {loaded.name}."
        write(_fact_file(questions, heading, facts, stage), target, "yaml")
    elif name == "csv":
        write(_table(questions, facts), target, "csv")
    else:
        from ..facts.tables.workbook import workbook_bytes

        write_bytes(workbook_bytes(loaded.model, questions, facts), target)
    if target is not None and target != "-":
        say(f"written to {target}")
    return 0


def _new_strategy(words: tuple[str, ...], strategy: str | None, empty: bool) -> int:
    """Write the first files of a strategy."""
    from ..strategy.folder import NAME, SHIPPED
    from ..strategy.reading import load_strategy
    from ..workbench.starting import first_files, title_of

    if len(words) != 1:
        raise click.UsageError("give the new strategy one name, as in `new strategy our_council`")
    folder = words[0].replace(os.sep, "/").rstrip("/")
    name = os.path.basename(folder)
    if not NAME.fullmatch(name):
        raise click.UsageError(
            f"`{name}` cannot name a strategy; use lower-case letters, digits and `_`"
        )
    if empty and strategy is not None:
        raise click.UsageError("a strategy that extends another is not --empty")
    if os.path.lexists(folder):
        raise click.UsageError(f"`{folder}` is there already; choose another name")
    base = None if empty else load_strategy(strategy)
    upstream = extends = strategy or SHIPPED
    if not NAME.fullmatch(extends) or (strategy and os.path.isdir(extends)):
        extends = os.path.relpath(os.path.abspath(extends), os.path.abspath(folder))
        extends = extends.replace(os.sep, "/")
    files = first_files(name, title_of(name), folder, base, extends, upstream)
    for path, text in files.items():
        target = os.path.join(folder, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        write(text, target)
    say(f"the strategy {name} starts in {folder}")
    return 0


def _fact_file(
    questions: Questions, heading: str, facts: list[dict[str, Value]], stage: str | None
) -> str:
    from ..facts.template import template

    known = facts[0] if facts else {}
    if stage is not None:
        known = known | {"stage": stage}
    return template(questions, heading, known)


def _table(questions: Questions, facts: list[dict[str, Value]]) -> str:
    """A table with a column for each fact that is asked for or known. The items of lists have
    columns only where they are known: how many there will be, nobody can say."""
    from ..facts.tables.writing import csv_text, one_table

    table = one_table(facts, questions.model)
    asked = [question.fact.path for question in questions.all() if not question.list_path]
    numbered = {name.partition("[")[0] for name in table.columns if "[" in name}
    columns = dict.fromkeys(name for name in asked if name not in numbered)
    table.columns = list(columns | dict.fromkeys(table.columns))
    return csv_text(table)


def _refuse_bad_target(target: str | None, name: str, force: bool) -> None:
    if target is None or target == "-":
        if name == "xlsx" and target is None:
            raise click.UsageError("a workbook needs a file: add --output FILE")
        return
    ending = os.path.splitext(target)[1].lower()
    if ENDINGS.get(ending, name) != name:
        raise click.UsageError(f"`{target}` does not end like a file in the format {name}")
    if os.path.exists(target) and not force:
        raise click.UsageError(f"`{target}` is there already; --force overwrites it")


def _refuse_unknown_stage(stage: str | None, stages: list[str]) -> None:
    if stage is not None and stage not in stages:
        from ..source.quoting import listed, nearest

        meant = nearest(stage, stages)
        advice = f"did you mean `{meant}`?" if meant else f"write {listed(stages, 'or')}"
        raise click.BadParameter(f"`{stage}` is not a stage; {advice}", param_hint="--stage")
