"""`accordance lint`: what is wrong in a strategy, or could be better."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..problem import Level
from . import options
from .stream import page_for, write

if TYPE_CHECKING:
    from ..workbench.lint.linting import Linted

_FORMATS = ("text", "json", "sarif", "github")
_NEVER = options.NEVER


@click.command(
    "lint",
    short_help="What is wrong in a strategy, each problem with its file, line and column.",
    epilog="""\b
Examples:
  accordance lint our_strategy
  accordance lint our_strategy --fix
  accordance lint our_strategy --ignore order,law-date
  accordance lint our_strategy --format sarif --output lint.sarif
  accordance lint --explain gate-severity
""",
)
@click.argument("folder", required=False)
@options.together(
    options.strategy,
    click.option(
        "--select",
        multiple=True,
        metavar="CODES",
        help="Only problems of these codes, or whose codes begin so. By commas, or repeated.",
    ),
    click.option("--ignore", multiple=True, metavar="CODES", help="No problems of these codes."),
    click.option("--fix", is_flag=True, help="Mend what can be mended mechanically."),
    click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing."),
    click.option("--explain", metavar="CODE", help="Say what a code means, with an example."),
    click.option(
        "--fail-on",
        type=click.Choice([*(level.value for level in Level), _NEVER]),
        default=Level.WARNING.value,
        show_default=True,
        help="Leave with exit code 1 on a problem of this level or above.",
    ),
    click.option(
        "--format",
        "-f",
        "format_name",
        type=click.Choice(_FORMATS),
        help="[default: by the ending of the output file, else text]",
    ),
    options.output,
)
def command(
    folder: str | None,
    strategy: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fix: bool,
    diff: bool,
    explain: str | None,
    fail_on: str,
    format_name: str | None,
    output: str | None,
) -> int:
    """Read the strategy in FOLDER and say everything that is wrong in it.

    An error makes it unusable; a warning is mostly a mistake; a note says what could be better.
    Exit code: 0 nothing of the level of --fail-on, 1 something, 2 there is no strategy to read.
    """
    if explain is not None:
        return _explain(explain, output)
    if folder is not None and strategy is not None:
        raise click.UsageError("name the strategy once, as FOLDER or with --strategy")
    from ..workbench.lint.linting import as_json, lint, selected
    from ..workbench.lint.mending import mended, write_files

    try:
        codes = selected(_parted(select), _parted(ignore))
    except ValueError as unknown:
        raise click.UsageError(_no_such(str(unknown))) from None
    place = folder or strategy
    linted = lint(place, codes)
    if diff:
        texts, _ = mended(linted.subject, linted.findings)
        write(_diff(linted, texts), output)
        return int(bool(texts))
    if fix:
        mended_so_far = 0
        # What one run leaves (two fixes that touch, an order that another fix disturbs) the next
        # ones mend; each only ever takes something away, so that they end.
        for _ in range(10):
            texts, done = mended(linted.subject, linted.findings)
            if not texts:
                break
            write_files(linted.subject, texts)
            mended_so_far += len(done)
            linted = lint(place, codes)
        from ..report.wording import count
        from .stream import say

        say(f"{count(mended_so_far, 'problem')} mended" if mended_so_far else "nothing to mend")
    name = format_name or _by_ending(output)
    told = as_json(linted)
    write(_rendered(told, name, output), output, "table" if name == "text" else name)
    return _code(linted, fail_on)


def _code(linted: Linted, fail_on: str) -> int:
    if linted.subject.strategy is None:
        return 1
    if fail_on == _NEVER or linted.worst is None:
        return 0
    levels = list(Level)
    return int(levels.index(linted.worst) <= levels.index(Level(fail_on)))


def _parted(codes: Sequence[str]) -> list[str]:
    return [code.strip() for one in codes for code in one.split(",") if code.strip()]


def _by_ending(output: str | None) -> str:
    ending = (output or "").lower()
    if ending.endswith(".sarif"):
        return "sarif"
    return "json" if ending.endswith(".json") else "text"


def _rendered(told: dict[str, object], name: str, output: str | None) -> str:
    from ..report import lint
    from ..report.paint import Paint

    if name == "json":
        return lint.json(told)
    if name == "github":
        return lint.github(told)
    if name == "sarif":
        return lint.as_sarif(told, _table())
    page = page_for(output)
    return lint.text(told, Paint(page), page.symbols)


def _table() -> dict[str, dict[str, str]]:
    """What each code means, also one that is no code of lint and only comes with a file."""
    from ..problem import Code
    from ..workbench.lint.diagnostics import diagnostics

    table = diagnostics()
    return {
        code.value: {
            "title": table[code.value].title if code.value in table else code.value,
            "means": table[code.value].means if code.value in table else code.value,
            "fix": table[code.value].fix if code.value in table else "see the message",
            "level": table[code.value].level if code.value in table else Level.ERROR.value,
            "group": table[code.value].group if code.value in table else "file",
        }
        for code in Code
    }


def _diff(linted: Linted, texts: dict[str, str]) -> str:
    from difflib import unified_diff

    from ..report.text import safe

    lines: list[str] = []
    for file in sorted(texts):
        name = linted.subject.folder.shown(file)
        before = linted.subject.text(file).text.splitlines()
        lines += unified_diff(
            before, texts[file].splitlines(), f"a/{name}", f"b/{name}", lineterm=""
        )
    return "".join(f"{safe(line)}\n" for line in lines)


def _explain(code: str, output: str | None) -> int:
    from ..report.lint import explained
    from ..report.paint import Paint
    from ..workbench.lint.diagnostics import diagnostics, told

    found = diagnostics().get(code.strip().lower())
    if found is None:
        raise click.UsageError(_no_such(code))
    write(explained(told(found), Paint(page_for(output))), output)
    return 0


def _no_such(code: str) -> str:
    from ..source.quoting import nearest
    from ..workbench.lint.diagnostics import diagnostics

    near = nearest(code, list(diagnostics()))
    return f"`{code}` is no code of lint" + (f"; did you mean `{near}`?" if near else "")
