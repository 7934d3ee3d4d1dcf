"""Rules over the portfolio: what they say, and the names that their expressions read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..feel.syntax import Literal, Name, Node, Path, walk
from ..feel.types import NUMBER, TEXT, ContextType, ListType, Type
from ..problem import Place
from .model import PARTNERSHIP, Action, Requirement, SeverityStep

if TYPE_CHECKING:
    from ..facts.model import FactModel
    from .model import Definition

PORTFOLIO: Final = "portfolio"
"""What such a rule is about; also the name of the list of all cases that it looks at."""
CASES: Final = "cases"
GROUP: Final = "group"
MARKED: Final = "marked"
RESULT: Final = "result"
POSITION: Final = "position"
PEERS: Final = "peers"
TITLE: Final = "title"

SPANS: Final = ("month", "quarter", "year")
"""The spans of time into which dates can be grouped."""

RESULT_TYPE: Final = ContextType(
    fields={"broken": ListType(item=TEXT), "breaches": NUMBER, "serious": NUMBER}
)
"""What the check of a case came to. `broken`: the rules that are broken, those among them as only
possible of which too little is known. `breaches`: how many, `serious`: how many of these are high
or critical. Opinion and verdict are not among them: they may change as more is known."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A named figure of a group, for use in the rule and in its messages."""

    name: str
    means: str | None
    unit: str | None
    text: str
    expression: Node
    type: Type


@dataclass(frozen=True, slots=True)
class PortfolioRule:
    """A rule over groups of cases.

    `of` says which cases it looks at (None: all), `group_by` to which groups a case belongs (None:
    all are one group) and `by` into which spans of time dates are put. `providers` brings names
    under the provider groups of the body's alias table first. `mark` gives names too: the cases of
    a group whose marks have its name are the list `marked`. With `rank` there is an answer for
    every case, from the place that its number has among those of its group; else one for every
    group.
    """

    id: str
    title: str
    theme: str
    of: Node | None
    of_text: str | None
    group_by: Node | None
    group_text: str | None
    by: str | None
    providers: bool
    mark: Node | None
    mark_text: str | None
    rank: Node | None
    rank_text: str | None
    figures: tuple[Figure, ...]
    when: Node | None
    when_text: str | None
    require: tuple[Requirement, ...]
    severity: str
    severity_when: tuple[SeverityStep, ...]
    finding: str
    actions: tuple[Action, ...]
    because: str
    excludes: tuple[str, ...]
    assumes: tuple[str, ...]
    basis: tuple[str, ...]
    since: str | None
    until: str | None
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    place: Place

    @property
    def about(self) -> str:
        """What the rule is about, as other rules say it."""
        return PORTFOLIO


def case_names(
    model: FactModel, definitions: Mapping[str, Definition], parameters: Mapping[str, Type]
) -> dict[str, Type]:
    """The names of an expression over one case: `of`, `group_by`, `mark` and `rank`."""
    return {**parameters, **item_fields(model, definitions)}


def item_fields(model: FactModel, definitions: Mapping[str, Definition]) -> dict[str, Type]:
    """What an item of `cases` has: the facts of the case, what its definitions come to, and what
    its check came to."""
    defined = {name: one.type for name, one in definitions.items() if one.about == PARTNERSHIP}
    return {**defined, **model.type.fields, RESULT: RESULT_TYPE}


def group_names(
    model: FactModel, definitions: Mapping[str, Definition], rank: bool
) -> dict[str, Type]:
    """The names of an expression over a group, beside parameters and figures."""
    items = ListType(item=ContextType(fields=item_fields(model, definitions)))
    found: dict[str, Type] = {CASES: items, MARKED: items, PORTFOLIO: items, GROUP: TEXT}
    return {**found, TITLE: TEXT, POSITION: NUMBER, PEERS: NUMBER} if rank else found


def words_and_texts(rule: PortfolioRule) -> tuple[set[str], set[str]]:
    """The names and the texts in the expressions of a rule, whatever they stand for."""
    nodes = [rule.of, rule.group_by, rule.mark, rule.rank, rule.when]
    nodes += [figure.expression for figure in rule.figures]
    nodes += [one.expression for one in rule.require]
    nodes += [step.expression for step in rule.severity_when]
    words: set[str] = set()
    texts: set[str] = set()
    for part in (part for node in nodes if node is not None for part in walk(node)):
        if isinstance(part, Name):
            words.add(part.name)
        elif isinstance(part, Path):
            words.add(part.field)
        elif isinstance(part, Literal) and isinstance(part.value, str):
            texts.add(part.value)
    return words, texts
