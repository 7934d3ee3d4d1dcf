"""The sections `spectrum` and `health` of strategy.yaml."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Final

from ..problem import Code, Place, Problem
from ..source.quoting import listed, quoted
from ..source.tree import Located, Mapping, Scalar
from .expressions import Expressions
from .fields import Fields, fields_of, suggestion
from .model import PARTNERSHIP, SEVERITIES
from .standing import Criterion, Health, HealthFactor, JustifiedRow, Level, Spectrum

if TYPE_CHECKING:
    from ..facts.model import FactModel
    from .header import Header

FACTORS: Final = "review_factors"
"""The parameter that lists the factors which stakeholders score."""
LEVEL_FACTS: Final = ("spectrum.claimed", "spectrum.target")
FORMS: Final = "forms"
DEFAULT_WEIGHTS: Final = {"critical": 8, "high": 4, "medium": 2, "low": 1, "advisory": 1}
MAX_WEIGHT: Final = 1_000

SPECTRUM_FIELDS: Final = ("levels", "justified")
LEVEL_FIELDS: Final = ("title", "means", "criteria")
CRITERION_FIELDS: Final = ("is", "means")
JUSTIFIED_FIELDS: Final = ("when", "from", "to", "because")
HEALTH_FIELDS: Final = ("factors", "weights", "families")
FACTOR_FIELDS: Final = ("title", "means", "rules")


def read_spectrum(fields: Fields, expressions: Expressions) -> Spectrum | None:
    """The section `spectrum`; None where there is none."""
    part = fields.part("spectrum", SPECTRUM_FIELDS)
    if part is None:
        return None
    part.require("levels")
    levels = [_level(part, *entry, expressions) for entry in part.members("levels")]
    found = tuple(level for level in levels if level is not None)
    if len(found) < 2 and part.get("levels") is not None and len(found) == len(levels):
        part.note(
            Code.FIELD_VALUE,
            "a spectrum needs at least two levels",
            part.place,
            "write them from the loosest to the closest",
        )
    names = tuple(level.name for level in found)
    rows = [_justified(part, node, names, expressions) for node in part.items("justified")]
    _check_order(part, rows)
    return Spectrum(found, tuple(row for row in rows if row is not None))


def _level(
    part: Fields, name: str, node: Located, place: Place, expressions: Expressions
) -> Level | None:
    level = fields_of(node, f"the level {quoted(name)}", place, LEVEL_FIELDS, part.problems)
    if level is None:
        return None
    level.require("title")
    criteria = [
        _criterion(level, factor, entry, expressions)
        for factor, entry, _ in level.members("criteria")
    ]
    return Level(
        name,
        level.text("title") or name,
        level.text("means"),
        tuple(one for one in criteria if one is not None),
    )


def _criterion(
    level: Fields, factor: str, node: Located, expressions: Expressions
) -> Criterion | None:
    """An expression, or a group that has one and says what it means."""
    what = f"the criterion for {quoted(factor)}"
    means = None
    asked: Located | None = node
    if isinstance(node, Mapping):
        group = fields_of(node, what, node.place, CRITERION_FIELDS, level.problems)
        assert group is not None
        group.require("is")
        means, asked = group.text("means"), group.get("is")
    if asked is None:
        return None
    condition = expressions.condition(asked, what, PARTNERSHIP)
    if condition is None:
        return None
    return Criterion(factor, condition.text, condition.node, means, node.place)


def _justified(
    part: Fields, node: Located, names: tuple[str, ...], expressions: Expressions
) -> JustifiedRow | None:
    row = fields_of(node, "a row of `justified`", node.place, JUSTIFIED_FIELDS, part.problems)
    if row is None or not row.require("from", "to", "because"):
        return None
    lowest, highest = row.choice("from", names), row.choice("to", names)
    because = row.text("because")
    when = text = None
    condition_node = row.get("when")
    if condition_node is not None:
        condition = expressions.condition(condition_node, "`when`", PARTNERSHIP)
        if condition is None:
            return None
        when, text = condition.node, condition.text
    if lowest is None or highest is None or because is None:
        return None
    if names.index(lowest) > names.index(highest):
        row.note(
            Code.FIELD_VALUE,
            f"{quoted(lowest)} is a closer level than {quoted(highest)}",
            row.node.entries["from"].place,
            "write the looser level under `from`",
        )
    return JustifiedRow(when, text, lowest, highest, because, node.place)


def _check_order(part: Fields, rows: list[JustifiedRow | None]) -> None:
    """The last row, and no other, holds always."""
    for position, row in enumerate(rows, 1):
        if row is None:
            continue
        if row.when is None and position < len(rows):
            part.note(
                Code.FIELD_VALUE,
                f"row {position} always holds, so no row after it is ever reached",
                row.place,
                "give it a `when`, or move it to the end",
            )
        elif row.when is not None and position == len(rows):
            part.note(
                Code.FIELD_MISSING,
                "the last row of `justified` may not hold, and then no level is justified",
                row.place,
                "end with a row that has no `when`",
            )


def read_health(fields: Fields) -> tuple[Health | None, list[tuple[str, Place]]]:
    """The section `health` (None where there is none), and the rules and themes that it names with
    their places; whether they exist is asked later."""
    part = fields.part("health", HEALTH_FIELDS)
    if part is None:
        return None, []
    part.require("factors")
    named: list[tuple[str, Place]] = []
    factors = []
    for name, node, place in part.members("factors"):
        what = f"the factor {quoted(name)}"
        factor = fields_of(node, what, place, FACTOR_FIELDS, part.problems)
        if factor is None:
            continue
        factor.require("title", "rules")
        rules = []
        for item in factor.distinct("rules"):
            rule = factor.text_of(item, "an entry of `rules`")
            if rule:
                rules.append(rule)
                named.append((rule, item.place))
        title = factor.text("title") or name
        factors.append(HealthFactor(name, title, factor.text("means"), tuple(rules)))
    families = {
        name: tuple(
            form
            for item in _items(part, node, name)
            if (form := part.text_of(item, f"a form of {quoted(name)}"))
        )
        for name, node, _ in part.members("families")
    }
    return Health(tuple(factors), _weights(part), families), named


def _items(part: Fields, node: Located, name: str) -> list[Located]:
    from ..source.tree import Sequence

    if isinstance(node, Sequence):
        return node.items
    part.note(
        Code.FIELD_TYPE,
        f"the family {quoted(name)} must be a list of forms",
        node.place,
        "write it between `[` and `]`",
    )
    return []


def _weights(part: Fields) -> dict[str, int]:
    weights = dict(DEFAULT_WEIGHTS)
    for severity, node, place in part.members("weights"):
        if severity not in SEVERITIES:
            part.note(
                Code.FIELD_VALUE,
                f"{quoted(severity)} is not a severity",
                place,
                suggestion(severity, SEVERITIES) or f"write {listed(list(SEVERITIES), 'or')}",
            )
        elif (
            not isinstance(node, Scalar)
            or type(node.value) is not int
            or not 0 <= node.value <= MAX_WEIGHT
        ):
            part.note(
                Code.FIELD_VALUE,
                f"the weight of {quoted(severity)} must be a whole number from 0 to {MAX_WEIGHT:,}",
                node.place,
            )
        else:
            weights[severity] = node.value
    return weights


def check_standing(
    header: Header,
    named: Iterable[tuple[str, Place]],
    rules: Collection[str],
    model: FactModel,
    problems: list[Problem],
) -> None:
    """Check what the two sections name: rules and themes, factors, levels and forms."""
    for name, place in named:
        if name not in header.themes and name not in rules:
            problems.append(
                Problem(
                    Code.RULE_UNKNOWN,
                    f"{quoted(name)} is neither a theme nor a rule of this strategy",
                    place,
                    suggestion(name, [*header.themes, *rules])
                    or "write the letters of a theme, or the id of a rule",
                )
            )
    _check_factors(header, problems)
    _check_levels(header, model, problems)
    fact = model.facts.get(FORMS)
    for name, forms in header.health.families.items() if header.health else ():
        for form in forms:
            if fact is not None and fact.values and form not in fact.values:
                problems.append(
                    Problem(
                        Code.FIELD_VALUE,
                        f"{quoted(form)}, in the family {quoted(name)}, is not a form of the "
                        "fact model",
                        header.place,
                        suggestion(form, fact.values),
                    )
                )


def _check_factors(header: Header, problems: list[Problem]) -> None:
    parameter = header.parameters.get(FACTORS)
    if parameter is None or not isinstance(parameter.value, list | tuple):
        return
    used = [
        (one.factor, one.place)
        for level in (header.spectrum.levels if header.spectrum else ())
        for one in level.criteria
    ]
    used += [(one.name, header.place) for one in (header.health.factors if header.health else ())]
    for factor, place in used:
        if factor not in parameter.value:
            problems.append(
                Problem(
                    Code.FIELD_VALUE,
                    f"{quoted(factor)} is not a factor of this strategy",
                    place,
                    suggestion(factor, [str(one) for one in parameter.value])
                    or f"add it to the parameter `{FACTORS}`",
                )
            )


def _check_levels(header: Header, model: FactModel, problems: list[Problem]) -> None:
    if header.spectrum is None:
        return
    levels = [level.name for level in header.spectrum.levels]
    for path in LEVEL_FACTS:
        fact = model.facts.get(path)
        if fact is None or fact.values is None:
            continue
        for word in fact.values:
            if word not in levels:
                problems.append(
                    Problem(
                        Code.FIELD_VALUE,
                        f"the fact {quoted(path)} may be {quoted(word)}, which is no level of "
                        "the spectrum",
                        header.place,
                        suggestion(word, levels) or "add the level, or take the word out",
                    )
                )
        for name in levels:
            if name not in fact.values:
                problems.append(
                    Problem(
                        Code.FIELD_VALUE,
                        f"the level {quoted(name)} can never be stated: it is no word of the fact "
                        f"{quoted(path)}",
                        header.place,
                        suggestion(name, fact.values),
                    )
                )
