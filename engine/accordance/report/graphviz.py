"""Graphviz draws: text in its language becomes SVG, with a title and description to be read out."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Final
from xml.sax.saxutils import escape

from ..problem import Code, Problem, Refused
from .text import safe

PROGRAM: Final = "dot"
SECONDS: Final = 120
"""How long a drawing may take."""

_COMMENT: Final = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_ROOT: Final = re.compile(r"<svg\b")
_FIRST_TITLE: Final = re.compile(r"<title>rules</title>\s*")


def can_draw() -> bool:
    """Is Graphviz installed?"""
    return shutil.which(PROGRAM) is not None


def svg(text: str, title: str, description: str) -> str:
    """The drawing as SVG. Raises Refused where Graphviz fails or is not there."""
    try:
        done = subprocess.run(
            [PROGRAM, "-Tsvg"],
            input=text.encode(),
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
    except FileNotFoundError:
        raise _refused("Graphviz is not installed", "install it, or ask for `mermaid`") from None
    except subprocess.TimeoutExpired:
        raise _refused(
            f"Graphviz did not finish within {SECONDS} seconds", "draw fewer rules at a time"
        ) from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _refused(f"Graphviz failed: {said[0] if said else 'no reason given'}", None) from None
    return readable(done.stdout.decode("utf-8", "replace"), title, description)


def readable(drawn: str, title: str, description: str) -> str:
    """SVG with what a screen reader says, and without what tells one Graphviz from the next."""
    drawn = _FIRST_TITLE.sub("", _COMMENT.sub("", drawn), count=1)
    start = _ROOT.search(drawn)
    if start is None:
        raise _refused("Graphviz gave no drawing", None)
    head = ' role="img" aria-labelledby="graph-title graph-description"'
    end = drawn.index(">", start.end())
    said = (
        f'\n<title id="graph-title">{escape(safe(title))}</title>'
        f'\n<desc id="graph-description">{escape(safe(description))}</desc>'
    )
    return drawn[: start.end()] + head + drawn[start.end() : end + 1] + said + drawn[end + 1 :]


def _refused(message: str, help: str | None) -> Refused:
    return Refused(Problem(Code.USAGE, message, help=help))
