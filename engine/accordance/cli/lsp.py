"""`accordance lsp`: a strategy in an editor."""

from __future__ import annotations

import os
import sys

import click

from ..problem import Code, Problem, Refused


@click.command(
    "lsp",
    short_help="The language server: an editor starts it and speaks to it.",
)
@click.option(
    "--stdio", is_flag=True, help="Speak over standard input and output (it always does)."
)
def command(stdio: bool) -> int:
    """Answer an editor over standard input and output: what is wrong as one types, completion,
    hover, where a name stands, and renaming. docs/editors.md says how to set an editor up.

    Exit code: 0 the editor ended it, 2 the extra `lsp` is not installed.
    """
    try:
        import pygls  # noqa: F401
    except ImportError:
        raise Refused(
            Problem(
                Code.USAGE,
                "the language server needs the package pygls",
                help="install it with pip install 'accordance[lsp]'",
            )
        ) from None
    from ..workbench.language.server import make_server

    make_server().start_io()
    # The connection has closed the streams, and nobody is there to read what others would say.
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  it lives as long as all
    return 0
