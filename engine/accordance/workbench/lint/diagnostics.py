"""The table of all codes of lint, and the page of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from ...problem import Code

GROUPS: Final = {
    "file": "Files",
    "structure": "Structure",
    "expression": "Expressions",
    "meaning": "Meaning",
    "order": "Order and comments",
    "case": "The facts of cases",
}
PLACES: Final = {
    "rule": "a rule",
    "rules": "the rules of a file",
    "definitions": "`definitions` of a rule file",
    "parameters": "`parameters` of strategy.yaml",
    "strategy": "strategy.yaml",
    "cases": "the cases of a file in `tests`",
}
MARK: Final = "<!-- Made from the table of diagnostics; `make docs` writes it anew. -->"


@dataclass(frozen=True, slots=True)
class Example:
    """Two snippets: one that triggers the code, and the same put right. `place` says what they are
    (see PLACES), or names a file; `also` are codes that an incomplete snippet triggers beside."""

    place: str
    bad: str
    good: str
    also: tuple[str, ...] = ()
    others: Mapping[str, str] = field(default_factory=dict)
    """Whole files beside it, in the bad state only."""

    @property
    def where(self) -> str:
        return PLACES.get(self.place, f"`{self.place}`")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What a code means and how to mend it; `shown` stands for an example that no text can show."""

    code: str
    level: str
    group: str
    title: str
    means: str
    fix: str
    example: Example | None = None
    shown: str | None = None


@cache
def diagnostics() -> Mapping[str, Diagnostic]:
    """Every code of lint, in the order of the table."""
    import pkgutil

    import yaml

    data = pkgutil.get_data(__package__, "diagnostics.yaml")
    assert data is not None
    table: dict[str, dict[str, Any]] = yaml.load(data, Loader=yaml.CSafeLoader)
    return {code: _diagnostic(code, entry) for code, entry in table.items()}


def _diagnostic(code: str, entry: dict[str, Any]) -> Diagnostic:
    example = entry.get("example")
    return Diagnostic(
        Code(code).value,
        entry["level"],
        entry["group"],
        entry["title"],
        entry["means"],
        entry["fix"],
        None
        if example is None
        else Example(
            example["in"],
            example["bad"].rstrip("\n"),
            example["good"].rstrip("\n"),
            tuple(example.get("also", ())),
            example.get("and", {}),
        ),
        entry.get("shown"),
    )


def told(diagnostic: Diagnostic) -> dict[str, Any]:
    """A diagnostic as JSON values, with what lint says of its example."""
    from .examples import said

    example = diagnostic.example
    return {
        "code": diagnostic.code,
        "level": diagnostic.level,
        "group": diagnostic.group,
        "title": diagnostic.title,
        "means": diagnostic.means,
        "fix": diagnostic.fix,
        "shown": diagnostic.shown,
        "example": None
        if example is None
        else {
            "where": example.where,
            "bad": example.bad,
            "good": example.good,
            "says": said(diagnostic),
        },
    }


def pages() -> dict[str, str]:
    """The page of every code, and the list of all, by file name."""
    found = {f"{code}.md": _page(told(one)) for code, one in diagnostics().items()}
    return {"README.md": _list(), **found}


def _page(one: dict[str, Any]) -> str:
    parts = [
        MARK,
        f"# {one['code']}",
        f"{one['title']}. ({one['level'].capitalize()})",
        one["means"],
    ]
    example = one["example"]
    if example is None:
        parts += ["## Example", one["shown"]]
    else:
        parts += [
            "## Example",
            f"In {example['where']}:",
            f"```yaml\n{example['bad']}\n```",
            "Lint says:",
            "```text\n" + "\n".join(example["says"]) + "\n```",
        ]
    parts += ["## What to do", one["fix"]]
    if example is not None:
        parts.append(f"```yaml\n{example['good']}\n```")
    parts.append("[All codes](README.md)")
    return "\n\n".join(parts) + "\n"


def _list() -> str:
    lines = [
        MARK,
        "",
        "# The codes of lint",
        "",
        "`accordance lint` reports each problem with one of these codes; `accordance lint "
        "--explain CODE` shows its page. `--select` and `--ignore` take codes or beginnings of "
        "codes (`expression`). A warning or note can be silenced where it stands, with a reason:",
        "",
        "```yaml",
        "basis: [Companies Act 2006]  # accordance: ignore law-date: good practice anyhow",
        "```",
    ]
    for group, title in GROUPS.items():
        lines += ["", f"## {title}", "", "| code | | what it means |", "|---|---|---|"]
        for code, one in diagnostics().items():
            if one.group == group:
                lines.append(f"| [`{code}`]({code}.md) | {one.level} | {one.title} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the pages: `python -m accordance.workbench.lint.diagnostics docs/lint`."""
    import sys
    from pathlib import Path

    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    made = pages()
    for path in folder.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
