"""What a process is worth. An amount of 0 stands for one that is not known; no rate of exchange is
guessed; what is known of VAT stays with the figure."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from ...feel.values import Number, too_many_digits
from ...source.quoting import quoted
from .merging import Items, Merged, Told
from .standing import Standing
from .statement import Statement, shown

CURRENCY: Final = "GBP"


def state_values(statement: Statement, standing: Standing) -> None:
    """The sums of the awards and of the contracts, where every one of them states its value."""
    _state_sum(statement, "value.approved", standing.awards, "award")
    _state_sum(statement, "value.current", standing.contracts, "contract")
    estimate = statement.merged.at("tender", "value")
    amount = estimate.told("amount") if isinstance(estimate, Merged) else None
    if isinstance(estimate, Merged) and amount is not None and amount.value:
        currency = estimate.told("currency")
        said = f"{shown(amount.value)} {currency.value if currency else ''}".strip()
        statement.remark_on(amount, f"{said} is an estimate, which nobody has approved")


def _state_sum(statement: Statement, path: str, items: Items, what: str) -> None:
    total: Number = 0
    told: Told | None = None
    bases = set()
    missing = False
    for item in items.values():
        value = item.at("value")
        amount = _amount(statement, value) if isinstance(value, Merged) else None
        if amount is None or not isinstance(value, Merged):
            missing = True
            continue
        told = amount
        total += amount.value
        bases.add(_vat_basis(value))
    if told is None:
        return
    if missing:
        statement.remark_on(told, f"no sum is made: not every {what} states its value")
    elif len(bases) > 1:
        statement.remark_on(told, f"no sum is made: {' and '.join(sorted(bases))}")
    elif too_many_digits(total):
        statement.remark_on(told, f"{shown(total)} has more digits than a fact may have")
    else:
        note = f"sum of {len(items)}; " if len(items) > 1 else ""
        statement.state(path, total, told, note + bases.pop())


def _amount(statement: Statement, value: Merged) -> Told | None:
    """The amount of a value, where one is stated in pounds."""
    currency = value.told("currency")
    amount = value.told("amount") or value.told("amountNet") or value.told("amountGross")
    if amount is None:
        return None
    number = amount.value
    if not isinstance(number, int | Fraction) or isinstance(number, bool):
        statement.remark_on(amount, f"{quoted(number)} is no amount")
    elif number == 0:
        statement.remark_on(amount, "0 stands for a value that is not known")
    elif number < 0:
        statement.remark_on(amount, f"{shown(number)} is no value")
    elif currency is not None and currency.value != CURRENCY:
        statement.remark_on(amount, f"{shown(number)} {currency.value} is not in pounds")
    else:
        return amount
    return None


def _vat_basis(value: Merged) -> str:
    plain, net, gross = (value.told(name) for name in ("amount", "amountNet", "amountGross"))
    if gross is not None and (plain is not None or net is not None):
        return "without VAT" + (f"; with it {shown(gross.value)}" if plain is not None else "")
    if gross is not None:
        return "with VAT"
    if net is not None:
        return "without VAT"
    return "the data does not say whether VAT is included"
