"""docs/coverage.md: which rules cover which statement of the source article.

The page is written by hand, but for its column of rules: those whose basis names the statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ..strategy.model import Rule
from ..strategy.portfolio import PortfolioRule

SOURCE: Final = "seed"
"""What the basis of a rule calls the article: `seed R3`."""

_ROW: Final = re.compile(
    r'^(\| <a id="[a-z0-9]+"></a>([A-Z][0-9]+[a-z]?) \|[^|\n]*\|)[^|\n]*(\|[^|\n]*\|)$',
    re.MULTILINE,
)


def statements(page: str) -> list[str]:
    """The ids of the statements on the page, in its order."""
    return [row[2] for row in _ROW.finditer(page)]


def with_rules(page: str, rules: Iterable[Rule | PortfolioRule]) -> str:
    """The page with its column of rules filled in.

    Raises ValueError where the basis of a rule names a statement that is not on the page.
    """
    found: dict[str, list[str]] = {name: [] for name in statements(page)}
    for rule in rules:
        for entry in rule.basis:
            word, _, name = entry.partition(" ")
            if word != SOURCE:
                continue
            if name not in found:
                raise ValueError(f"{rule.id} is based on {entry}, which is not on the page")
            found[name].append(rule.id)

    def filled(row: re.Match[str]) -> str:
        links = ", ".join(f"[{rule}](rules/{rule}.md)" for rule in found[row[2]])
        return f"{row[1]} {links or '–'} {row[3]}"

    return _ROW.sub(filled, page)


def main() -> None:
    """Fill in the page that is named: `python -m accordance.workbench.coverage`."""
    import sys
    from pathlib import Path

    from ..strategy.reading import load_strategy

    page = Path(sys.argv[1])
    strategy = load_strategy()
    rules: list[Rule | PortfolioRule] = [*strategy.rules, *strategy.portfolio]
    text = with_rules(page.read_text(encoding="utf-8"), rules)
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
