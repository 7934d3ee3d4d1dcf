"""rules/*.yaml: the definitions and rules of a theme."""

from __future__ import annotations

import re
from typing import Final

from ..problem import Code, Place, Problem
from ..source.quoting import listed, quoted
from ..source.tree import Located, Mapping, Sequence
from .actions import read_actions
from .definitions import ABOUT, Definitions
from .expressions import Expression, Expressions
from .fields import Fields, fields_of, suggestion
from .messages import Messages
from .model import (
    PARTNERSHIP,
    SEVERITIES,
    STAGES,
    Requirement,
    Rule,
    SeverityStep,
)
from .portfolio_reading import PortfolioRules

FILE_FIELDS: Final = ("theme", "definitions", "rules", "portfolio")
RULE_FIELDS: Final = (
    "title",
    "stages",
    "when",
    "require",
    "severity",
    "severity_when",
    "gate",
    "finding",
    "actions",
    "because",
    "excludes",
    "assumes",
    "basis",
    "since",
    "until",
    "effective",
    "jurisdictions",
    "aliases",
    "about",
    "tags",
)
REQUIREMENT_FIELDS: Final = ("is", "stages", "unmet")

RULE_ID: Final = re.compile(r"[A-Z][A-Z0-9]{1,7}-[0-9]{2,4}", re.ASCII)


class RuleFiles:
    """What the rule files state, as far as it could be read."""

    def __init__(
        self, themes: dict[str, str] | None, problems: list[Problem], expressions: Expressions
    ) -> None:
        self.themes = themes
        self.problems = problems
        self.expressions = expressions
        self.definitions = Definitions(problems, expressions)
        self.portfolio = PortfolioRules(themes, problems, expressions)
        self.rules: dict[str, Rule] = {}
        self.ids: dict[str, Place] = {}
        self.aliases: dict[str, Place] = {}
        self.messages = Messages(problems)
        self.jurisdictions: list[tuple[str, Place]] = []

    def read(self, node: Located) -> None:
        """Add what one file states."""
        fields = fields_of(node, "a rule file", node.place, FILE_FIELDS, self.problems)
        if fields is None:
            return
        self.definitions.read(fields)
        self.portfolio.read(fields)
        rules = fields.members("rules")
        if rules:
            # A file that only holds definitions, or rules over the portfolio, whose ids name their
            # theme, belongs to every theme.
            fields.require("theme")
        theme = self._theme(fields)
        for rule_id, entry, place in rules:
            self._read_rule(rule_id, entry, place, theme)

    def _note(self, code: Code, message: str, place: Place, help: str | None = None) -> None:
        self.problems.append(Problem(code, message, place, help))

    def _theme(self, fields: Fields) -> str | None:
        if self.themes is None:
            return fields.text("theme")
        return fields.choice("theme", list(self.themes.values()))

    def _read_rule(self, rule_id: str, node: Located, place: Place, theme: str | None) -> None:
        self._check_id(rule_id, place, theme)
        fields = fields_of(node, f"the rule {quoted(rule_id)}", place, RULE_FIELDS, self.problems)
        if fields is None:
            return
        complete = fields.require("title", "stages", "require", "severity", "finding", "because")
        before = len(self.problems)
        about = fields.choice("about", ABOUT) or PARTNERSHIP
        stages = self._stages(fields, "stages")
        severity = fields.choice("severity", SEVERITIES)
        when = self._when(fields, about)
        require = self._requirements(fields, about, stages)
        effective = fields.part("effective", ("from", "until"))
        rule = Rule(
            id=rule_id,
            title=fields.text("title") or "",
            theme=theme or "",
            stages=stages,
            when=when.node if when else None,
            when_text=when.text if when else None,
            require=require,
            severity=severity or SEVERITIES[-1],
            severity_when=self._severity_when(fields, about, severity),
            gate=frozenset(self._among(fields, "gate", stages)),
            finding=self.messages.read(fields, "finding", about),
            actions=read_actions(fields, stages),
            because=fields.text("because") or "",
            excludes=fields.texts("excludes"),
            assumes=fields.texts("assumes"),
            basis=fields.texts("basis"),
            since=fields.version("since"),
            until=fields.version("until"),
            effective_from=effective.date("from") if effective else None,
            effective_until=effective.date("until") if effective else None,
            jurisdictions=self._jurisdictions(fields),
            aliases=self._aliases(fields),
            about=about,
            tags=fields.texts("tags"),
            place=place,
        )
        self._check_dates(rule, fields)
        # A rule with a problem is never used: the strategy is refused. It is kept out as well, so
        # that what follows needs no thought about half a rule.
        if complete and len(self.problems) == before:
            self.rules[rule_id] = rule

    def _check_id(self, rule_id: str, place: Place, theme: str | None) -> None:
        first = self.ids.get(rule_id)
        if first:
            self._note(
                Code.DUPLICATE_ID,
                f"there are two rules {quoted(rule_id)}, the first at {first}",
                place,
                "give one of them another number",
            )
        self.ids.setdefault(rule_id, place)
        if not RULE_ID.fullmatch(rule_id):
            self._note(
                Code.RULE_ID,
                f"{quoted(rule_id)} is not the id of a rule",
                place,
                "write the prefix of the theme, a hyphen and two digits, such as `DEP-01`",
            )
        elif self.themes is not None and theme is not None:
            prefix = rule_id.partition("-")[0]
            wanted = [key for key, name in self.themes.items() if name == theme]
            if prefix not in wanted:
                self._note(
                    Code.RULE_ID,
                    f"{quoted(rule_id)} does not belong to the theme {quoted(theme)}",
                    place,
                    f"the ids of its rules begin with {listed([f'{key}-' for key in wanted])}",
                )

    def _when(self, fields: Fields, about: str) -> Expression | None:
        node = fields.get("when")
        return None if node is None else self.expressions.condition(node, "`when`", about)

    def _requirements(
        self, fields: Fields, about: str, stages: tuple[str, ...]
    ) -> tuple[Requirement, ...]:
        found = []
        items = fields.items("require")
        for node in items:
            place = node.place
            limited: frozenset[str] | None = None
            unmet: str | None = None
            if isinstance(node, Mapping):
                part = Fields(node, "a requirement", place, REQUIREMENT_FIELDS, self.problems)
                if not part.require("is"):
                    continue
                if "stages" in node.entries:
                    limited = frozenset(self._among(part, "stages", stages))
                unmet = self.messages.read(part, "unmet", about) or None
                node = node.entries["is"]
            expression = self.expressions.condition(node, "a requirement", about)
            if expression:
                found.append(Requirement(expression.text, expression.node, limited, unmet, place))
        if len(found) == len(items) and isinstance(fields.get("require"), Sequence):
            self._check_covered(fields, found, stages)
        return tuple(found)

    def _check_covered(
        self, fields: Fields, require: list[Requirement], stages: tuple[str, ...]
    ) -> None:
        """A stage without any requirement would always be met."""
        bare = [
            stage
            for stage in stages
            if not any(part.stages is None or stage in part.stages for part in require)
        ]
        if bare:
            stage = "stage" if len(bare) == 1 else "stages"
            self._note(
                Code.FIELD_VALUE,
                f"{fields.what} requires nothing at the {stage} {listed(bare)}",
                fields.node.key_place("require"),
                "add a requirement, or take the stage out of `stages`",
            )

    def _severity_when(
        self, fields: Fields, about: str, severity: str | None
    ) -> tuple[SeverityStep, ...]:
        steps = {}
        for level, entry, place in fields.members("severity_when"):
            if level not in SEVERITIES:
                self._note(
                    Code.FIELD_VALUE,
                    f"{quoted(level)} is not a severity",
                    place,
                    suggestion(level, SEVERITIES) or f"write {listed(list(SEVERITIES), 'or')}",
                )
            elif severity and SEVERITIES.index(level) >= SEVERITIES.index(severity):
                self._note(
                    Code.FIELD_VALUE,
                    f"`severity_when` can only raise the severity, and {quoted(level)} is not "
                    f"above {quoted(severity)}",
                    place,
                )
            expression = self.expressions.condition(entry, "a condition of `severity_when`", about)
            if expression:
                steps[level] = SeverityStep(level, expression.node, expression.text)
        return tuple(steps[level] for level in SEVERITIES if level in steps)

    def _stages(self, fields: Fields, name: str) -> tuple[str, ...]:
        """A list of stages, at least one."""
        node = fields.get(name)
        if isinstance(node, Sequence) and not node.items:
            help = f"name one of {listed(list(STAGES), 'or')}"
            self._note(Code.STAGE, f"{quoted(name)} names no stage", node.place, help)
        return fields.choices(name, STAGES, Code.STAGE)

    def _among(self, fields: Fields, name: str, stages: tuple[str, ...]) -> tuple[str, ...]:
        """A list of stages, each one that the rule has."""
        found = self._stages(fields, name)
        odd = [stage for stage in found if stage not in stages]
        if odd and stages:
            self._note(
                Code.STAGE,
                f"{quoted(name)} names {listed(odd)}, which is not among the stages of the rule",
                fields.node.entries[name].place,
                f"the rule has {listed(list(stages))}",
            )
        return found

    # validity

    def _check_dates(self, rule: Rule, fields: Fields) -> None:
        start, end = rule.effective_from, rule.effective_until
        if start and end and end < start:
            self._note(
                Code.FIELD_VALUE,
                "`effective` ends before it begins",
                fields.node.key_place("effective"),
            )

    def _jurisdictions(self, fields: Fields) -> tuple[str, ...]:
        found = []
        for item in fields.distinct("jurisdictions"):
            name = fields.text_of(item, "a jurisdiction")
            if name:
                found.append(name)
                self.jurisdictions.append((name, item.place))
        return tuple(found)

    def _aliases(self, fields: Fields) -> tuple[str, ...]:
        found: list[str] = []
        for item in fields.distinct("aliases"):
            name = fields.text_of(item, "an alias")
            if name is None or name in found:
                continue
            found.append(name)
            if not RULE_ID.fullmatch(name):
                self._note(
                    Code.FIELD_VALUE,
                    f"{quoted(name)} is not the id of a rule",
                    item.place,
                    "write the id that the rule had before, such as `DEP-01`",
                )
            elif name in self.aliases:
                self._note(
                    Code.DUPLICATE_ID,
                    f"{quoted(name)} is an alias already, at {self.aliases[name]}",
                    item.place,
                )
            self.aliases.setdefault(name, item.place)
        return tuple(found)

    def check_aliases(self) -> None:
        """An alias is the id of no rule."""
        for alias, place in self.aliases.items():
            if alias in self.ids:
                self._note(
                    Code.DUPLICATE_ID,
                    f"the alias {quoted(alias)} is the id of a rule, at {self.ids[alias]}",
                    place,
                    "an alias is an id that is no longer used",
                )
