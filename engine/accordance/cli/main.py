"""`accordance`: the commands by their reader, and the one place where a call ends."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from keyword import iskeyword
from typing import Final

import click

from .. import __version__
from ..problem import Problem, Refused
from .stream import say, silence

COMMANDS: Final = {
    "Procurement officer": ("check", "explain", "new"),
    "Policy owner": (
        "rules",
        "lint",
        "test",
        "prove",
        "parameters",
        "impact",
        "publish",
        "schema",
        "lsp",
    ),
    "Auditor": ("sweep", "verify", "compare", "review", "export", "import"),
}
"""Every command under the reader it is made for; its module in this package has the same name,
with `_` behind it where that is a word of Python."""

PROBLEMS_SHOWN: Final = 100

DONE, FOUND, WRONG = 0, 1, 2
"""Exit codes: done and nothing found, done and something found, the input or the call is wrong."""
INTERRUPTED: Final = 130


class Commands(click.Group):
    """The commands, each imported when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for names in COMMANDS.values() for name in names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        suffix = "_" if iskeyword(cmd_name) else ""
        module = import_module(f"{__package__}.{cmd_name}{suffix}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            from difflib import get_close_matches

            close = get_close_matches(name, self.list_commands(ctx), 1)
            advice = f"did you mean `{close[0]}`?" if close else "`accordance --help` lists them"
            raise click.UsageError(f"`{name}` is not a command; {advice}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        longest = max(map(len, self.list_commands(ctx)))
        for reader, names in COMMANDS.items():
            rows = []
            for name in names:
                command = self.get_command(ctx, name)
                if command is not None:
                    room = formatter.width - 6 - longest
                    rows.append((name.ljust(longest), command.get_short_help_str(room)))
            with formatter.section(reader):
                formatter.write_dl(rows)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Every command has a page of its own: accordance check --help",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def accordance() -> None:
    """Is this partnership in accordance with our collaboration strategy?"""


def main(args: Sequence[str] | None = None) -> None:
    """The entry point of the `accordance` command; leaves with an exit code of DESIGN."""
    # Most of what a command makes it keeps until it ends, so that looking for waste rarely pays.
    gc.set_threshold(100_000, 20, 20)
    try:
        sys.exit(run(args))
    finally:
        # The process ends: what is left need not be looked through once more. DuckDB's objects
        # are, since it complains of those that are left.
        if "duckdb" not in sys.modules:
            gc.freeze()


def run(args: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; whatever goes wrong ends in a message."""
    try:
        code = accordance.main(args=args, prog_name="accordance", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else DONE
    except Refused as refused:
        _say_problems(refused.problems)
        return WRONG
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.exceptions.NoArgsIsHelpError as asked:
        say(asked.format_message())
        return WRONG
    except click.ClickException as fault:
        _say_usage(fault)
        return WRONG
    except (KeyboardInterrupt, click.Abort):
        say("accordance: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        silence()
        return WRONG
    except OSError as fault:
        where = f"{fault.filename}: " if fault.filename else ""
        say(f"accordance: {where}{(fault.strerror or str(fault)).lower()}")
        return WRONG
    except ImportError as fault:
        say(f"accordance: {_what_is_missing(fault)}")
        return WRONG
    except Exception as fault:
        if os.environ.get("ACCORDANCE_DEBUG"):
            raise
        kind = type(fault).__name__
        text = f"{kind}: {fault}" if str(fault) else kind
        say(f"accordance: a fault in the program, nothing was decided: {text}")
        say("set ACCORDANCE_DEBUG=1 to see where, and report it with the file that shows it")
        return WRONG


def _say_problems(problems: Sequence[Problem]) -> None:
    """Each problem in a line of its own, then how many there are."""
    for problem in problems[:PROBLEMS_SHOWN]:
        say(str(problem))
    if len(problems) > PROBLEMS_SHOWN:
        say(f"... and {len(problems) - PROBLEMS_SHOWN:,} more")
    if len(problems) > 1:
        say(f"{len(problems):,} problems, so nothing was done")


def _say_usage(fault: click.ClickException) -> None:
    context = getattr(fault, "ctx", None)
    path = context.command_path if context is not None else "accordance"
    message = fault.format_message().strip().rstrip(".")
    say(f"{path}: {message[:1].lower()}{message[1:]}")
    if isinstance(fault, click.UsageError):
        say(f"see {path} --help")


def _what_is_missing(fault: ImportError) -> str:
    if fault.name == "durable_rules_engine" or "PyEval_CallObject" in str(fault):
        return (
            "durable-rules is not installed as it has to be; install it with"
            " CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject"
            " pip install --force-reinstall --no-cache-dir durable-rules==2.0.28"
        )
    return f"{fault}; install what Accordance needs with pip install accordance"
