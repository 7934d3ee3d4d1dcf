"""A strategy as it was read: its header, parameters, definitions and rules, all frozen.

Mappings in here are never changed after loading. Texts are the owner's own, except `title` and
the like trimmed of white space at both ends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from ..feel.syntax import Node
from ..feel.types import Type
from ..feel.values import Months, Value
from ..problem import Place
from .due import Due
from .standing import Health, Spectrum

if TYPE_CHECKING:
    from ..facts.model import FactModel
    from .portfolio import PortfolioRule

STAGES: Final = ("new", "renewing", "established", "exiting")
SEVERITIES: Final = ("critical", "high", "medium", "low", "advisory")
"""From the highest to the lowest."""
VERDICTS: Final = ("proceed", "proceed_with_conditions", "undecided", "do_not_proceed")
OPINIONS: Final = ("substantial", "reasonable", "limited", "no_assurance")
PARTNERSHIP: Final = "partnership"
EVIDENCE: Final = "evidence"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A threshold of the strategy. `value` is a date, duration, text or list where the unit is
    `date`, `duration`, `text` or `list`, else a number."""

    name: str
    value: Value
    unit: str
    means: str
    place: Place


@dataclass(frozen=True, slots=True)
class Definition:
    """A named fact inferred from others; `about` is `partnership` or `evidence`."""

    name: str
    means: str
    text: str
    expression: Node
    type: Type
    about: str
    place: Place


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing a rule asks for; `stages` None means all stages of the rule.

    `unmet` is the phrase for `{unmet}` where the owner wrote one.
    """

    text: str
    expression: Node
    stages: frozenset[str] | None
    unmet: str | None
    place: Place


class SeverityStep(NamedTuple):
    """A condition that raises the severity of a breach to `level`."""

    level: str
    expression: Node
    text: str


@dataclass(frozen=True, slots=True)
class Action:
    """One deed; `due` has an entry for each stage in which it is due at a stated time."""

    do: str
    owner: str
    due: Mapping[str, Due]
    done_when: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """When it applies, what it requires, how severe a breach is, which actions follow.

    `theme` is the name of the theme. `severity_when` has the highest level first. `finding` is the
    message of a breach with its placeholders (see `strategy.message`).
    """

    id: str
    title: str
    theme: str
    stages: tuple[str, ...]
    when: Node | None
    when_text: str | None
    require: tuple[Requirement, ...]
    severity: str
    severity_when: tuple[SeverityStep, ...]
    gate: frozenset[str]
    finding: str
    actions: tuple[Action, ...]
    because: str
    excludes: tuple[str, ...]
    assumes: tuple[str, ...]
    basis: tuple[str, ...]
    since: str | None
    until: str | None
    effective_from: dt.date | None
    effective_until: dt.date | None
    jurisdictions: tuple[str, ...]
    aliases: tuple[str, ...]
    about: str
    tags: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of the verdict or opinion table; `when` None holds always."""

    answer: str
    when: Node | None
    when_text: str | None
    means: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """A verdict or opinion table: the first row that holds gives the answer."""

    stages: tuple[str, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Which roles may accept a breach of one severity, and for how long (None: no limit)."""

    approvers: tuple[str, ...]
    longest: dt.timedelta | Months | None


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved the strategy, when, by which minute, and the digest that was approved.

    `author` is who proposed it. It is in force from `starts` (None: from `on`) up to and including
    `until` (None: without end). `content` and `impact` are the files, within the strategy folder,
    that hold what was approved and what it meant for partnerships.
    """

    by: str
    on: dt.date
    minute: str | None
    digest: str
    place: Place
    author: str | None = None
    version: str | None = None
    starts: dt.date | None = None
    until: dt.date | None = None
    content: str | None = None
    impact: str | None = None

    @property
    def in_force_from(self) -> dt.date:
        return self.starts or self.on


@dataclass(frozen=True, slots=True)
class Extended:
    """A strategy that another extends, and its folder as its user knows it."""

    name: str
    title: str
    version: str
    folder: str


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """Why a rule of the strategy that is extended is switched off, and since when."""

    because: str
    on: dt.date
    place: Place


@dataclass(frozen=True, slots=True)
class Strategy:
    """A strategy folder, read and checked.

    `themes` maps the prefix of rule ids to the theme's name, in the order of results; `rules` are
    ordered by theme, then id, and `retired` are those whose `until` lies before this version: they
    are not checked. A definition comes after those that it uses. `exceptions` has an entry for each
    severity that may be accepted. `digest` is of the canonical content, `source_digest` of the
    bytes of the files; `status` is `approved` where an approval names this very digest, else
    `draft` (`strategy.standing` says more, for a day).

    `extends` are the strategies that this one builds on, the nearest first. `off` has the reason
    for each rule of theirs that is switched off; such rules stand among `retired`. `tailored` names
    their rules and parameters that were changed, `mandatory` where that was, and `rules` where
    there are rules beside theirs. `approvals` are all that are on record, the oldest first.
    `portfolio` are the rules over groups of cases, ordered like the others.
    """

    name: str
    title: str
    version: str
    approval: Approval | None
    themes: Mapping[str, str]
    parameters: Mapping[str, Parameter]
    definitions: Mapping[str, Definition]
    rules: tuple[Rule, ...]
    retired: tuple[Rule, ...]
    mandatory: Mapping[str, tuple[str, ...]]
    exceptions: Mapping[str, Acceptance]
    verdict: Table
    opinion: Table
    holidays: frozenset[dt.date]
    model: FactModel
    digest: str
    source_digest: str
    status: str
    folder: str
    extends: tuple[Extended, ...] = ()
    off: Mapping[str, SwitchedOff] = field(default_factory=dict)
    tailored: frozenset[str] = frozenset()
    approvals: tuple[Approval, ...] = ()
    spectrum: Spectrum | None = None
    health: Health | None = None
    portfolio: tuple[PortfolioRule, ...] = ()

    def rule(self, name: str) -> Rule | None:
        """The rule with that id, or that had it before; a retired one where there is no other."""
        every = (*self.rules, *self.retired)
        exact = [rule for rule in every if rule.id == name]
        renamed = [rule for rule in every if name in rule.aliases]
        return next(iter(exact + renamed), None)
