"""Which names the expressions and messages of a strategy may use, and whether they do."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..feel.syntax import For, Name, Node, Quantified, children
from ..feel.types import (
    ANY,
    DATE,
    DAYS,
    MONTHS,
    TEXT,
    ContextType,
    ListType,
    NumberType,
    TextType,
    Type,
)
from ..feel.values import Months
from ..problem import Code, Place, Problem
from ..source.quoting import quoted
from .definitions import Definitions, Draft, definition_of
from .expressions import Expression, check_condition, check_expression
from .fields import suggestion
from .header import Header
from .model import EVIDENCE, PARTNERSHIP, Definition
from .supplied import EVIDENCE_NAMES, SUPPLIED, TABLE_NAMES

if TYPE_CHECKING:
    from ..facts.model import FactModel
    from ..feel.checking import Scope


class NameTable:
    """The facts, parameters and definitions of a strategy under their names.

    `complete` says that every file could be read: where it is not so, a name that is not known
    says nothing.
    """

    def __init__(
        self,
        model: FactModel,
        header: Header,
        definitions: Definitions,
        problems: list[Problem],
        *,
        complete: bool,
    ) -> None:
        self.model = model
        self.drafts = definitions
        self.problems = problems
        self.complete = complete
        parameters = header.parameter_names
        # What could not be read fits everywhere; a fact wins over what clashes with it.
        self.types: dict[str, Type] = {
            **dict.fromkeys(definitions.drafts, ANY),
            **dict.fromkeys(parameters, ANY),
            **{one.name: type_of_value(one.value) for one in header.parameters.values()},
            **model.type.fields,
        }
        self.evidence = frozenset(
            draft.name for draft in definitions.drafts.values() if draft.about == EVIDENCE
        )
        places = [*parameters.items()]
        places += [(draft.name, draft.place) for draft in definitions.drafts.values()]
        self._check_clashes(places, parameters)

    def _check_clashes(self, places: list[tuple[str, Place]], parameters: dict[str, Place]) -> None:
        from ..feel.advice import KEYWORDS
        from ..feel.functions import FUNCTIONS

        for name, place in places:
            taken = None
            if name in self.model.type.fields:
                taken = "a fact has this name already"
            elif name in SUPPLIED or name in FUNCTIONS or name in KEYWORDS:
                taken = "the expression language has a meaning for it"
            elif name in parameters and place != parameters[name]:
                taken = f"a parameter has this name already, at {parameters[name]}"
            if taken:
                self.problems.append(
                    Problem(
                        Code.NAME_CLASH,
                        f"{quoted(name)} cannot be used as a name here: {taken}",
                        place,
                        "choose another name",
                    )
                )

    def scope(self, about: str) -> Scope:
        """The names for an expression about the partnership, the evidence, or of a table."""
        from ..feel.checking import Scope

        if about in (PARTNERSHIP, EVIDENCE):
            return Scope(
                {**EVIDENCE_NAMES, **self.types}, self.evidence | frozenset(EVIDENCE_NAMES)
            )
        known = {
            name: type
            for name, type in self.types.items()
            if name not in self.model.type.fields and name not in self.drafts.drafts
        }
        return Scope({**known, **TABLE_NAMES})

    def definitions(self) -> dict[str, Definition]:
        """The definitions with their types, each after those that it uses."""
        found = {}
        for draft in self.drafts.ordered(outside_names):
            if draft.expression is None:
                continue
            type = check_expression(
                draft.expression,
                self.scope(draft.about),
                self.problems,
                names_complete=self.complete,
            )
            if self.types[draft.name] == ANY:
                self.types[draft.name] = type
            definition = definition_of(draft, type)
            if definition:
                found[draft.name] = definition
        return found

    def check_conditions(self, conditions: list[Expression]) -> None:
        """Check every condition of rules and tables."""
        scopes: dict[str, Scope] = {}
        for condition in conditions:
            scope = scopes.get(condition.about)
            if scope is None:
                scope = scopes[condition.about] = self.scope(condition.about)
            check_condition(condition, scope, self.problems, names_complete=self.complete)

    def type_of(self, path: str, about: str) -> Type | None:
        """The type of a name or dotted path, or None where there is no such."""
        first, *rest = path.split(".")
        type = self.types.get(first)
        if about == EVIDENCE:
            type = EVIDENCE_NAMES.get(first, type)
        for field in rest:
            group = type.item if isinstance(type, ListType) else type
            if group == ANY:
                return ANY
            type = group.fields.get(field) if isinstance(group, ContextType) else None
        return type

    def check_fact_paths(self, paths: list[tuple[str, Place]]) -> None:
        """Check that each path is one of the fact model's."""
        for path, place in paths:
            if path not in self.model.facts:
                help = suggestion(path, self.model.facts)
                members = [fact for fact in self.model.facts if fact.startswith(f"{path}.")]
                self.problems.append(
                    Problem(
                        Code.FACT_PATH,
                        f"{quoted(path)} is a group of facts, not a fact"
                        if members
                        else f"{quoted(path)} is not a fact of this strategy",
                        place,
                        f"name its facts, such as {quoted(members[0])}" if members else help,
                    )
                )

    def check_jurisdictions(self, names: list[tuple[str, Place]]) -> None:
        """Check that each jurisdiction is one that the fact `jurisdiction` can have."""
        fact = self.model.facts.get("jurisdiction")
        for name, place in names:
            if fact is None or fact.values is None:
                self.problems.append(
                    Problem(
                        Code.FIELD_VALUE,
                        "the fact model has no fact `jurisdiction` with a list of words",
                        place,
                        "add it, or leave `jurisdictions` out",
                    )
                )
            elif name not in fact.values:
                self.problems.append(
                    Problem(
                        Code.FIELD_VALUE,
                        f"{quoted(name)} is not a jurisdiction of the fact model",
                        place,
                        suggestion(name, fact.values) or f"it has {', '.join(fact.values)}",
                    )
                )


def type_of_value(value: Any) -> Type:
    """The type of a parameter's value; the value itself bounds it, for the checker's advice."""
    if isinstance(value, list):
        texts = [one for one in value if isinstance(one, str)]
        if texts:
            return ListType(item=TextType(values=tuple(texts)))
        return ListType(item=NumberType(low=min(value), high=max(value)))
    if isinstance(value, int | Fraction):
        return NumberType(low=value, high=value, whole=isinstance(value, int))
    if isinstance(value, str):
        return TEXT
    if isinstance(value, Months):
        return MONTHS
    return DATE if hasattr(value, "year") else DAYS


def outside_names(draft: Draft) -> set[str]:
    """The names that an expression takes from outside itself.

    A name in a filter may be a field of the list's items, which is not known here; it counts.
    """
    found: set[str] = set()
    if draft.expression:
        _collect(draft.expression.node, frozenset(), found)
    return found


def _collect(node: Node, local: frozenset[str], found: set[str]) -> None:
    # No recursion limit is near: the parser admits 64 levels.
    if isinstance(node, Name):
        if node.name not in local:
            found.add(node.name)
        return
    if isinstance(node, For | Quantified):
        for name, source in node.iterators:
            _collect(source, local, found)
            local = local | {name}
        _collect(node.result if isinstance(node, For) else node.condition, local, found)
        return
    for child in children(node):
        _collect(child, local, found)
