"""`portfolio:` in rules/*.yaml: the rules over groups of cases."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, cast

from ..feel.syntax import Node
from ..feel.types import ANY, BOOLEAN, DATE, NUMBER, ContextType, ListType, TextType, Type
from ..problem import Code, Place, Problem
from ..source.quoting import listed, quoted
from ..source.tree import Located, Mapping
from .actions import read_actions
from .definitions import NAME
from .expressions import Expression, Expressions, check_expression
from .fields import Fields, fields_of, suggestion
from .messages import Messages
from .model import SEVERITIES, Definition, Requirement, SeverityStep
from .portfolio import (
    CASES,
    GROUP,
    MARKED,
    PEERS,
    PORTFOLIO,
    POSITION,
    SPANS,
    Figure,
    PortfolioRule,
    case_names,
    group_names,
)

if TYPE_CHECKING:
    from ..facts.model import FactModel
    from .names import NameTable

RULE_FIELDS: Final = (
    "title",
    "of",
    "group_by",
    "by",
    "provider_groups",
    "mark",
    "rank",
    "figures",
    "when",
    "require",
    "severity",
    "severity_when",
    "finding",
    "actions",
    "because",
    "excludes",
    "assumes",
    "basis",
    "since",
    "until",
    "aliases",
    "tags",
)
RESERVED: Final = (CASES, MARKED, PORTFOLIO, GROUP, POSITION, PEERS)


@dataclass(slots=True)
class _Draft:
    """A rule as it was read, and its expressions, which are checked once all names are known."""

    rule: PortfolioRule
    fields: Fields
    of: Expression | None
    group_by: Expression | None
    mark: Expression | None
    rank: Expression | None
    figures: list[tuple[Figure, Expression]]
    conditions: list[Expression]
    messages: Messages


class PortfolioRules:
    """The rules over the portfolio of all rule files."""

    def __init__(
        self, themes: dict[str, str] | None, problems: list[Problem], expressions: Expressions
    ) -> None:
        self.themes = themes
        self.problems = problems
        self.expressions = expressions
        self.drafts: list[_Draft] = []
        self.places: dict[str, Place] = {}

    def read(self, file: Fields) -> None:
        """Add what one file states."""
        for name, node, place in file.members("portfolio"):
            self._read_rule(name, node, place)

    def _read_rule(self, name: str, node: Located, place: Place) -> None:
        what = f"the rule {quoted(name)}"
        fields = fields_of(node, what, place, RULE_FIELDS, self.problems)
        if fields is None:
            return
        theme = self._theme(name, place)
        self.places[name] = place
        complete = fields.require("title", "require", "severity", "finding", "because")
        before = len(self.problems)
        messages = Messages(self.problems)
        severity = fields.choice("severity", SEVERITIES)
        parts = {
            key: self._parse(fields, key) for key in ("of", "group_by", "mark", "rank", "when")
        }
        figures = self._figures(fields)
        require, asked = self._requirements(fields, messages)
        steps, weighed = self._severity_when(fields, severity)
        by, providers = fields.choice("by", SPANS), bool(fields.boolean("provider_groups"))
        self._check_group(fields, parts["group_by"], providers)
        when = parts["when"]
        rule = PortfolioRule(
            id=name,
            title=fields.text("title") or "",
            theme=theme or "",
            of=_node(parts["of"]),
            of_text=_text(parts["of"]),
            group_by=_node(parts["group_by"]),
            group_text=_text(parts["group_by"]),
            by=by,
            providers=providers,
            mark=_node(parts["mark"]),
            mark_text=_text(parts["mark"]),
            rank=_node(parts["rank"]),
            rank_text=_text(parts["rank"]),
            figures=tuple(figure for figure, _ in figures),
            when=_node(when),
            when_text=_text(when),
            require=require,
            severity=severity or SEVERITIES[-1],
            severity_when=steps,
            finding=messages.read(fields, "finding", PORTFOLIO),
            actions=read_actions(fields, (PORTFOLIO,)),
            because=fields.text("because") or "",
            excludes=fields.texts("excludes"),
            assumes=fields.texts("assumes"),
            basis=fields.texts("basis"),
            since=fields.version("since"),
            until=fields.version("until"),
            aliases=fields.texts("aliases"),
            tags=fields.texts("tags"),
            place=place,
        )
        if complete and len(self.problems) == before:
            conditions = [*asked, *weighed, *([when] if when else [])]
            self.drafts.append(
                _Draft(
                    rule,
                    fields,
                    parts["of"],
                    parts["group_by"],
                    parts["mark"],
                    parts["rank"],
                    figures,
                    conditions,
                    messages,
                )
            )

    def _note(self, message: str, place: Place, help: str | None = None) -> None:
        self.problems.append(Problem(Code.FIELD_VALUE, message, place, help))

    def _theme(self, name: str, place: Place) -> str | None:
        """The theme of a rule, by the prefix of its id."""
        from .rules import RULE_ID

        prefix = name.partition("-")[0]
        if not RULE_ID.fullmatch(name):
            self._note(
                f"{quoted(name)} is not the id of a rule",
                place,
                "write the prefix of a theme, a hyphen and two digits, such as `DEP-08`",
            )
        elif self.themes is not None and prefix not in self.themes:
            known = listed([f"{one}-" for one in self.themes], "or")
            self._note(f"{quoted(name)} belongs to no theme", place, f"begin it with {known}")
        return None if self.themes is None else self.themes.get(prefix)

    def _parse(self, fields: Fields, name: str) -> Expression | None:
        node = fields.get(name)
        return None if node is None else self.expressions.parse(node, f"`{name}`", PORTFOLIO)

    def _figures(self, fields: Fields) -> list[tuple[Figure, Expression]]:
        found = []
        for name, node, place in fields.members("figures"):
            if not NAME.fullmatch(name) or name in RESERVED:
                self._note(
                    f"{quoted(name)} cannot name a figure",
                    place,
                    "use lower-case letters, digits and `_`, and no word that rules have already",
                )
            means = unit = None
            if isinstance(node, Mapping):
                part = Fields(
                    node,
                    f"the figure {quoted(name)}",
                    place,
                    ("is", "means", "unit"),
                    self.problems,
                )
                if not part.require("is"):
                    continue
                means, unit = part.text("means"), part.text("unit")
                node = node.entries["is"]
            expression = self.expressions.parse(node, f"the figure {quoted(name)}", PORTFOLIO)
            if expression:
                figure = Figure(name, means, unit, expression.text, expression.node, ANY)
                found.append((figure, expression))
        return found

    def _requirements(
        self, fields: Fields, messages: Messages
    ) -> tuple[tuple[Requirement, ...], list[Expression]]:
        found, parsed = [], []
        for node in fields.items("require"):
            place, unmet = node.place, None
            if isinstance(node, Mapping):
                part = Fields(node, "a requirement", place, ("is", "unmet"), self.problems)
                if not part.require("is"):
                    continue
                unmet = messages.read(part, "unmet", PORTFOLIO) or None
                node = node.entries["is"]
            expression = self.expressions.parse(node, "a requirement", PORTFOLIO)
            if expression:
                parsed.append(expression)
                found.append(Requirement(expression.text, expression.node, None, unmet, place))
        return tuple(found), parsed

    def _severity_when(
        self, fields: Fields, severity: str | None
    ) -> tuple[tuple[SeverityStep, ...], list[Expression]]:
        steps, parsed = {}, []
        for level, node, place in fields.members("severity_when"):
            if level not in SEVERITIES:
                help = suggestion(level, SEVERITIES) or f"write {listed(list(SEVERITIES), 'or')}"
                self._note(f"{quoted(level)} is not a severity", place, help)
            elif severity and SEVERITIES.index(level) >= SEVERITIES.index(severity):
                self._note(
                    f"`severity_when` can only raise the severity, and {quoted(level)} is not "
                    f"above {quoted(severity)}",
                    place,
                )
            expression = self.expressions.parse(node, "a condition of `severity_when`", PORTFOLIO)
            if expression:
                parsed.append(expression)
                steps[level] = SeverityStep(level, expression.node, expression.text)
        return tuple(steps[level] for level in SEVERITIES if level in steps), parsed

    def _check_group(self, fields: Fields, group_by: Expression | None, providers: bool) -> None:
        if group_by is None:
            for name in ("by", "provider_groups", "mark"):
                if fields.get(name) is not None:
                    place = fields.node.key_place(name)
                    self._note(f"`{name}` says how groups are made, and there are none", place)
        elif providers and fields.get("by") is not None:
            place = fields.node.key_place("by")
            self._note("provider groups are made of names, and `by` of dates", place)

    # once all names are known

    def check(
        self,
        names: NameTable,
        definitions: AbstractMapping[str, Definition],
        rules: AbstractMapping[str, Place],
    ) -> tuple[PortfolioRule, ...]:
        """The finished rules, by theme and number; `rules` are the ids that are taken."""
        from ..feel.checking import Scope

        model = names.model
        own = {*model.type.fields, *names.drafts.drafts}
        parameters = {name: kind for name, kind in names.types.items() if name not in own}
        one_case = Scope(case_names(model, definitions, parameters))
        for name, place in self.places.items():
            if name in rules:
                text = f"there are two rules {quoted(name)}, the first at {rules[name]}"
                help = "give one of them another number"
                self.problems.append(Problem(Code.DUPLICATE_ID, text, place, help))
        found = []
        for draft in self.drafts:
            known = {**parameters, **group_names(model, definitions, draft.rank is not None)}
            self._check_over_a_case(draft, one_case, names.complete)
            figures = []
            for figure, expression in draft.figures:
                kind = check_expression(
                    expression, Scope(known), self.problems, names_complete=names.complete
                )
                if figure.name in known or figure.name in own:
                    place = draft.fields.node.place
                    self._note(f"the name of the figure {quoted(figure.name)} is taken", place)
                known[figure.name] = kind
                figures.append(replace(figure, type=_plain(kind)))
            for condition in draft.conditions:
                self._check_type(condition, Scope(known), names.complete, (BOOLEAN,))
            draft.messages.check(cast("NameTable", _Words(known, model, names.complete)))
            found.append(replace(draft.rule, figures=tuple(figures)))
        prefixes = list(self.themes or {})
        return tuple(sorted(found, key=lambda rule: _position(rule.id, prefixes)))

    def _check_over_a_case(self, draft: _Draft, scope: object, complete: bool) -> None:
        if draft.of is not None:
            self._check_type(draft.of, scope, complete, (BOOLEAN,))
        if draft.rank is not None:
            self._check_type(draft.rank, scope, complete, (NUMBER,))
        if draft.mark is not None:
            self._check_type(draft.mark, scope, complete, (TextType(), ListType(item=TextType())))
        if draft.group_by is not None:
            kind = DATE if draft.rule.by is not None else TextType()
            self._check_type(draft.group_by, scope, complete, (kind, ListType(item=kind)))

    def _check_type(
        self, expression: Expression, scope: object, complete: bool, wanted: tuple[Type, ...]
    ) -> None:
        from ..feel.checking import Scope

        assert isinstance(scope, Scope)
        kind = check_expression(expression, scope, self.problems, names_complete=complete)
        if not any(_fits(kind, one) for one in wanted):
            words = " or ".join(f"a {one}" for one in wanted)
            place = expression.scalar.place_of(expression.node.start)
            message = f"{expression.what} must be {words}, but this is a {kind}"
            self.problems.append(Problem(Code.EXPRESSION_TYPE, message, place))


class _Words:
    """The names that the messages of a rule may use, as `Messages.check` asks for them."""

    def __init__(self, known: dict[str, Type], model: FactModel, complete: bool) -> None:
        self.types = known
        self.model = _NoFacts()
        self.complete = complete

    def type_of(self, path: str, about: str) -> Type | None:
        """The type of a name or dotted path, or None where there is no such."""
        first, *rest = path.split(".")
        kind = self.types.get(first)
        for field in rest:
            group = kind.item if isinstance(kind, ListType) else kind
            kind = group.fields.get(field) if isinstance(group, ContextType) else None
        return kind


class _NoFacts:
    facts: tuple[str, ...] = ()


def _fits(kind: Type, wanted: Type) -> bool:
    if kind == ANY:
        return True
    if isinstance(wanted, ListType):
        return isinstance(kind, ListType) and _fits(kind.item, wanted.item)
    return kind.name == wanted.name


def _plain(kind: Type) -> Type:
    """The type of a figure; what is known of groups of facts is too large to be kept with it."""
    item = kind.item if isinstance(kind, ListType) else kind
    return ANY if isinstance(item, ContextType | ListType) else kind


def _node(expression: Expression | None) -> Node | None:
    return None if expression is None else expression.node


def _text(expression: Expression | None) -> str | None:
    return None if expression is None else expression.text


def _position(name: str, prefixes: list[str]) -> tuple[int, int, str]:
    prefix, _, number = name.partition("-")
    place = prefixes.index(prefix) if prefix in prefixes else len(prefixes)
    return place, int(number) if number.isdigit() else 0, name
