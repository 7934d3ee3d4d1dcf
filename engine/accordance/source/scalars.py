"""What a value without quotes means: only what every reader of YAML reads alike.

YAML 1.1 and 1.2 disagree on many plain values (`no` is false or text, `012` is ten or twelve,
`12:30` is 750 or text). Those are refused, with what to write instead, rather than guessed.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import Final

from ..feel.values import Number
from ..problem import Code
from .quoting import quoted

MAX_NUMERAL_CHARACTERS: Final = 1_000
"""Also the largest exponent: Python refuses to print whole numbers of more than 4,300 digits."""

WORDS: Final[dict[str, bool | None]] = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "false": False,
}
_BLANK_WORDS = frozenset(("Null", "NULL"))
_SWITCH_WORDS = frozenset(
    form
    for word in ("y", "n", "yes", "no", "on", "off", "true", "false")
    for form in (word, word.capitalize(), word.upper())
) - {"true", "false"}

_DECIMAL = re.compile(r"([-+]?)(0|[1-9]\d*)?(?:\.(\d*))?(?:[eE]([-+]?)(\d+))?", re.ASCII)
_AMBIGUOUS_NUMBER = re.compile(
    r"""[-+]?(?:
        0[xX][0-9a-fA-F_]+ | 0[oO][0-7_]+ | 0[bB][01_]+      # other bases
      | 0[0-9_]+(?:\.[0-9_]*)?(?:[eE][-+]?\d+)?              # a leading zero
      | [0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?\d+)?          # underscores
      | \.[0-9_]+
      | [0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?          # base sixty
      | \.(?:inf|Inf|INF)
    )|\.(?:nan|NaN|NAN)""",
    re.ASCII | re.VERBOSE,
)
_FIRST_OF_NUMBER = frozenset("+-.0123456789")


class Unclear(Exception):
    """A plain value that could be read in two ways."""

    def __init__(self, code: Code, message: str, help: str) -> None:
        self.code = code
        self.message = message
        self.help = help
        super().__init__(message)


@lru_cache(maxsize=4096)
def plain_value(text: str) -> bool | Number | str | None:
    """The value of unquoted YAML text. Raises Unclear where readers of YAML disagree."""
    # Kept, since the same names, words and days stand in file after file.
    if text in WORDS:
        return WORDS[text]
    if text[0] in _FIRST_OF_NUMBER:
        found = decimal(text)
        if found is not None:
            return found
        if _AMBIGUOUS_NUMBER.fullmatch(text):
            raise Unclear(
                Code.AMBIGUOUS_NUMBER,
                f"{quoted(text)} is read as different numbers by different programs",
                "write digits with a decimal point, or in quotes if it is text",
            )
    elif text in _SWITCH_WORDS:
        raise Unclear(
            Code.AMBIGUOUS_WORD,
            f"{quoted(text)} is text to some programs and true or false to others",
            f'write `true` or `false`, or in quotes if it is text: `"{text}"`',
        )
    elif text in _BLANK_WORDS:
        raise Unclear(
            Code.AMBIGUOUS_WORD,
            f"{quoted(text)} is text to some programs and blank to others",
            f'leave it blank, or write it in quotes if it is text: `"{text}"`',
        )
    return text


def decimal(text: str) -> Number | None:
    """The exact number that a decimal numeral states, or None when the text is none.

    Raises Unclear when it is longer, or its exponent larger, than any number that could be meant.
    """
    match = _DECIMAL.fullmatch(text)
    if not match:
        return None
    sign, whole, fraction, exponent_sign, exponent = match.groups()
    if not whole and not fraction:
        return None
    if len(text) > MAX_NUMERAL_CHARACTERS or (
        exponent and (len(exponent) > 4 or int(exponent) > MAX_NUMERAL_CHARACTERS)
    ):
        raise Unclear(
            Code.AMBIGUOUS_NUMBER,
            f"{quoted(text)} is too large or too exact a number",
            "write at most 18 digits before the decimal point and 6 after it",
        )
    if fraction is None and exponent is None:
        return int(text)
    digits = int((whole or "") + (fraction or ""))
    power = int((exponent_sign or "") + (exponent or "0")) - len(fraction or "")
    if sign == "-":
        digits = -digits
    if power >= 0:
        return int(digits * 10**power)
    number = Fraction(digits, 10**-power)
    return number.numerator if number.denominator == 1 else number
