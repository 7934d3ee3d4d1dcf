"""Drawing for charts: SVG as text, every word in it escaped, every chart with its words beside it.

Charts differ by lightness, pattern and shape, never by colour alone, so that grey print does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final

INK: Final = "#1b1f24"
SOFT: Final = "#4a525b"
LINE: Final = "#b9c0c7"
FAINT: Final = "#eef1f4"
ACCENT: Final = "#1f3a5f"
PAPER: Final = "#fff"


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart: `described` says in words all that it shows; `wide` charts may be scrolled
    sideways on a small screen."""

    name: str
    title: str
    described: str
    svg: str
    wide: bool = False
    legend: tuple[tuple[str, str], ...] = ()
    """Pairs of a small drawing and what it stands for."""


class Drawing:
    """A drawing in the making."""

    def __init__(self, name: str, width: int, height: int, title: str, described: str) -> None:
        self._name = name
        self._head = (
            f'<svg class="drawn" viewBox="0 0 {width} {height}" role="img" '
            f'aria-labelledby="{name}-t {name}-d" xmlns="http://www.w3.org/2000/svg">'
            f'<title id="{name}-t">{escape(title)}</title>'
            f'<desc id="{name}-d">{escape(described)}</desc>'
            f"<defs>{hatch(name)}</defs>"
        )
        self._parts: list[str] = []

    @property
    def hatched(self) -> str:
        """The fill for what is not known."""
        return f"url(#{self._name}-h)"

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        stroke: str | None = None,
        *,
        radius: float = 0,
        line: float = 0.8,
    ) -> None:
        edge = f' stroke="{stroke}" stroke-width="{line}"' if stroke else ""
        round_ = f' rx="{radius}"' if radius else ""
        self._parts.append(
            f'<rect x="{n(x)}" y="{n(y)}" width="{n(max(width, 0))}" height="{n(height)}"'
            f'{round_} fill="{fill}"{edge}/>'
        )

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        stroke: str = LINE,
        width: float = 1,
        dash: str = "",
    ) -> None:
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<line x1="{n(x1)}" y1="{n(y1)}" x2="{n(x2)}" y2="{n(y2)}" stroke="{stroke}" '
            f'stroke-width="{width}"{dashed}/>'
        )

    def path(
        self,
        points: Iterable[tuple[float, float]],
        *,
        closed: bool = False,
        fill: str = "none",
        stroke: str = INK,
        width: float = 1,
        dash: str = "",
    ) -> None:
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        way = " ".join(
            f"{'M' if at == 0 else 'L'}{n(x)} {n(y)}" for at, (x, y) in enumerate(points)
        )
        self._parts.append(
            f'<path d="{way}{"Z" if closed else ""}" fill="{fill}" stroke="{stroke}" '
            f'stroke-width="{width}" stroke-linejoin="round"{dashed}/>'
        )

    def circle(
        self, x: float, y: float, radius: float, fill: str, stroke: str = INK, line: float = 1
    ) -> None:
        self._parts.append(
            f'<circle cx="{n(x)}" cy="{n(y)}" r="{n(radius)}" fill="{fill}" stroke="{stroke}" '
            f'stroke-width="{line}"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        anchor: str = "start",
        fill: str = INK,
        size: float = 11,
        bold: bool = False,
        halo: bool = False,
    ) -> None:
        weight = ";font-weight:700" if bold else ""
        around = ";stroke:#fff;stroke-width:3px;paint-order:stroke" if halo else ""
        at = f' text-anchor="{anchor}"' if anchor != "start" else ""
        self._parts.append(
            f'<text x="{n(x)}" y="{n(y)}"{at} '
            f'style="font-size:{n(size)}px;fill:{fill}{weight}{around}">{escape(words)}</text>'
        )

    def svg(self) -> str:
        return self._head + "".join(self._parts) + "</svg>"


def n(number: float) -> str:
    """A coordinate with as many digits as one can see."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def hatch(name: str) -> str:
    """The pattern that stands for what is not known."""
    return (
        f'<pattern id="{name}-h" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="5" height="5" fill="#fff"/>'
        '<rect width="1.6" height="5" fill="#7a828a"/></pattern>'
    )


def brief(words: str, most: int) -> str:
    """Words that fit: cut with an ellipsis."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def shade(share: float) -> tuple[str, str]:
    """The fill for a share from 0 (dark) to 1 (pale), and the colour of writing on it. The
    lightness rises with the share, so that grey print keeps the order."""
    steps = (
        (0.35, "#6e1420", "#fff"),
        (0.5, "#a23a24", "#fff"),
        (0.65, "#d98a4e", INK),
        (0.8, "#f0c67c", INK),
        (0.9, "#f7e7bf", INK),
        (2.0, "#eef6ec", INK),
    )
    return next((fill, ink) for limit, fill, ink in steps if share < limit)
