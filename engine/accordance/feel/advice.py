"""What to write instead: the advice for text that the parser does not accept.

Most people who write a rule have met another language before this one. The tables below hold what
they bring along (`==`, `&&`, `'text'`, `is null`, `30 days`) and how it is written here.
"""

from __future__ import annotations

import re
from typing import Final

from ..problem import Code
from .errors import FeelError
from .functions import FUNCTIONS

SYNTAX: Final = Code.EXPRESSION_SYNTAX
OUTSIDE: Final = Code.EXPRESSION_OUTSIDE_PROFILE

KEYWORDS: Final = frozenset(
    {
        *("or", "and", "not", "between", "in", "true", "false", "null"),
        *("if", "then", "else", "for", "return", "some", "every", "satisfies"),
    }
)

_JOINING: Final = KEYWORDS - {"true", "false", "null", "not"}

OTHER_SPELLINGS: Final = {
    **dict.fromkeys(("True", "TRUE", "yes", "Yes", "YES"), "write `true`"),
    **dict.fromkeys(("False", "FALSE", "no", "No", "NO"), "write `false`"),
    **dict.fromkeys(
        ("None", "none", "Null", "NULL", "nil", "NIL", "undefined"),
        "write `= null` to ask whether it is none, `has value(...)` whether there is one",
    ),
}


def refusal(text: str, position: int, kind: str | None, expected: frozenset[str]) -> FeelError:
    """The error for text that stops being an expression at a position.

    `kind` is the terminal that stands there (None for a character that begins none), `expected`
    the terminals that could have stood there.
    """
    if kind == "$END":
        return _ends_early(text, expected)
    before = re.search(r"(?<![\w.])([a-z]+)\s*$", text[:position])
    if before and before[1] in _JOINING and "NUMBER" not in expected and expected:
        # Read as a name, because no keyword could stand there: it is the culprit.
        return _misplaced(text, before.start(1), before[1].upper(), frozenset())
    return (
        _other_sign(text, position, kind)
        or _other_spelling(text, position)
        or _number_with_unit(text, position)
        or _spaced_call(text, position)
        or _misplaced(text, position, kind, expected)
    )


def unknown_function(name: str, start: int, end: int) -> FeelError:
    """The error for the call of a function that the language does not have."""
    if name.lower() in KEYWORDS:
        return FeelError(SYNTAX, f"`{name}` is no word of the language", start, end, _lower(name))
    plain = re.sub(r"[\s_]+", "", name).lower()
    help = _OTHER_FUNCTIONS.get(plain)
    if help is None:
        close = _close_function(name)
        help = f"did you mean `{close}`?" if close else None
    return FeelError(OUTSIDE, f"there is no function `{name}`", start, end, help)


def _lower(word: str) -> str:
    return f"write `{word.lower()}`"


def _close_function(name: str) -> str | None:
    import difflib

    plain = {re.sub(r"\s+", "", known): known for known in FUNCTIONS}
    close = difflib.get_close_matches(re.sub(r"[\s_]+", "", name).lower(), plain, 1, 0.7)
    return plain[close[0]] if close else None


# The text before the position that belongs to the sign, the sign from there on, what is said of it.
_SIGNS: Final[tuple[tuple[str, str, str, str | None, Code], ...]] = (
    (r"=", r"==?", "`==` is no operator", "write `=`", SYNTAX),
    (r"=", r"~", "`=~` is no operator", "write `matches(text, pattern)`", SYNTAX),
    (r"=", r">", "`=>` is no operator", "write `>=`", SYNTAX),
    (r"=", r"<", "`=<` is no operator", "write `<=`", SYNTAX),
    (r"=", r"!", "`=!` is no operator", "write `!=`", SYNTAX),
    (r"!=", r"=", "`!==` is no operator", "write `!=`", SYNTAX),
    (r"<", r">", "`<>` is no operator", "write `!=`", SYNTAX),
    (r":?", r":=", "`:=` is no operator", "write `=`", SYNTAX),
    (r"", r"~=", "`~=` is no operator", "write `!=`", SYNTAX),
    (
        r"\*",
        r"\*",
        "exponentiation (`**`) lies outside the language",
        "write the factors out, as in `x * x`",
        OUTSIDE,
    ),
    (
        r"",
        r"\^",
        "exponentiation (`^`) lies outside the language",
        "write the factors out, as in `x * x`",
        OUTSIDE,
    ),
    (
        r"/",
        r"[/*]",
        "an expression holds no comments",
        "say it in `means:`, or in a YAML comment",
        SYNTAX,
    ),
    (r"", r"&&?", "`&` is no operator", "write `and`", SYNTAX),
    (r"", r"\|\|?", "`|` is no operator", "write `or`", SYNTAX),
    (r"", r"!", "`!` is no operator", "write `not(...)`", SYNTAX),
    (
        r"",
        r"\{",
        "contexts (`{...}`) lie outside the language",
        "name each part as a definition of its own",
        OUTSIDE,
    ),
    (r"", r"'", "a text stands between double quotes", "write `\"` instead of `'`", SYNTAX),
    (
        r"",
        "[\u2018-\u201f\u00ab\u00bb]",
        "a text stands between straight double quotes",
        'write `"`',
        SYNTAX,
    ),
    (r"", "\u2264", "`\u2264` is no operator", "write `<=`", SYNTAX),
    (r"", "\u2265", "`\u2265` is no operator", "write `>=`", SYNTAX),
    (r"", "\u2260", "`\u2260` is no operator", "write `!=`", SYNTAX),
    (r"", "\u00d7", "`\u00d7` is no operator", "write `*`", SYNTAX),
    (r"", "\u00f7", "`\u00f7` is no operator", "write `/`", SYNTAX),
    (r"", "[\u2010-\u2015\u2212]", "this dash is no minus", "write `-`", SYNTAX),
    (r"", "\u2026", "`\u2026` is one character", "write `..`", SYNTAX),
    (
        r"",
        "[\u00a3\u20ac$]",
        "a sum of money has no currency sign",
        "write the number alone",
        SYNTAX,
    ),
    (
        r"",
        "[\u00ad\u200b-\u200f\u2060\ufeff]",
        "there is an invisible character here",
        "delete it",
        SYNTAX,
    ),
    (
        r"",
        r":",
        "arguments have no names here",
        "give them in order, separated by commas",
        OUTSIDE,
    ),
    (r"", r"\?", "`?` is no operator", "write `if ... then ... else ...`", SYNTAX),
    (r"", r";", "`;` separates nothing here", "write `,` between arguments and items", SYNTAX),
    (r"", r"#", "an expression holds no comments", "say it in `means:`", SYNTAX),
)


def _other_sign(text: str, position: int, kind: str | None) -> FeelError | None:
    percent = re.compile(r"\s*%").match(text, position)
    if percent:
        return _percent(text, position, percent.end())
    for before, here, message, help, code in _SIGNS:
        start = re.search(f"(?:{before})$", text[:position])
        end = re.compile(here).match(text, position)
        if start and end:
            return FeelError(code, message, start.start(), end.end(), help)
    if kind is None and text.startswith('"', position):
        return _open_text(text, position)
    return None


def _percent(text: str, position: int, end: int) -> FeelError:
    from .values import number, number_text

    before = re.search(r"(\d{1,18}(?:\.\d{1,4})?)$", text[:position])
    if before:
        share = number_text(number(f"{before[1]}e-2"))
        return FeelError(
            SYNTAX, "a share is written as a number", before.start(), end, f"write `{share}`"
        )
    return FeelError(
        OUTSIDE,
        "the remainder (`%`) lies outside the language",
        position,
        end,
        "write `n - d * floor(n / d)`",
    )


def _open_text(text: str, position: int) -> FeelError:
    line = re.compile(r'"(?:[^"\\\n]|\\.)*\\?').match(text, position)
    end = line.end() if line else position + 1
    if text[end : end + 1] == "\n":
        return FeelError(
            SYNTAX, "a text ends on the line where it begins", position, end, "write `\\n`"
        )
    return FeelError(SYNTAX, "the text is never closed", position, end, 'write `"` where it ends')


# A word (or two) from the position on, and how what it says is written here.
_WORDS: Final[tuple[tuple[str, str, str | None, Code], ...]] = (
    (r"is\s+not\s+(null|none|empty)\b", "`is not` is no operator", "write `!= null`", SYNTAX),
    (r"is\s+(null|none|empty)\b", "`is` is no operator", "write `= null`", SYNTAX),
    (r"is\s+not\b", "`is not` is no operator", "write `!=`", SYNTAX),
    (r"is\b", "`is` is no operator", "write `=`", SYNTAX),
    (r"not\s+in\b", "`not in` is no operator", "write `not(... in ...)`", SYNTAX),
    (r"not\s+between\b", "`not between` is no operator", "write `not(...)` around it", SYNTAX),
    (
        r"instance\s+of\b",
        "`instance of` lies outside the language",
        "types are known from the fact model",
        OUTSIDE,
    ),
    (r"(equals|eq)\b", "there is no such operator", "write `=`", SYNTAX),
    (r"xor\b", "there is no such operator", "write `!=` between the two", SYNTAX),
    (r"(mod|div)\b", "there is no such operator", "use `floor(a / b)`", OUTSIDE),
    (r"like\b", "there is no such operator", "write `matches(text, pattern)`", SYNTAX),
    (
        r"(contains|matches|starts\s+with|ends\s+with|list\s+contains)\b",
        "this is a function, not an operator",
        "write it before its arguments, as in `contains(text, part)`",
        SYNTAX,
    ),
    (r"exists\b", "there is no such operator", "write `has value(...)`", SYNTAX),
)


def _other_spelling(text: str, position: int) -> FeelError | None:
    before = re.search(r"(\w+)\s*$", text[:position])
    for word in (before, re.compile(r"(\w+)").match(text, position)):
        if word and word[1] not in KEYWORDS and word[1].lower() in KEYWORDS:
            return FeelError(
                SYNTAX, f"`{word[1]}` is no word of the language", *word.span(1), _lower(word[1])
            )
    if before and before[1] == "not" and text[position] != "(":
        return FeelError(
            SYNTAX, "`not` needs brackets", *before.span(1), "write `not(...)` around it all"
        )
    for pattern, message, help, code in _WORDS:
        here = re.compile(pattern).match(text, position)
        if here:
            said = " ".join(here[0].split())
            message = message.replace("there is no such operator", f"`{said}` is no operator")
            message = message.replace("this is a function", f"`{said}` is a function")
            return FeelError(code, message, position, here.end(), help)
    return None


def _number_with_unit(text: str, position: int) -> FeelError | None:
    before = re.search(r"([\d.]+)\s*$", text[:position])
    if not before or not re.match(r"\w", text[position]):
        return None
    count = before[1]
    word = re.compile(r"\w+").match(text, position)
    assert word
    start, end = before.start(), word.end()
    unit = word[0].lower()
    designator = {"day": "D", "week": "W", "month": "M", "year": "Y"}.get(unit.rstrip("s"))
    if designator and count.isdigit():
        if designator == "W":
            count, designator = str(7 * int(count[:6])), "D"
        return FeelError(
            SYNTAX,
            f"`{text[start:end]}` is no duration",
            start,
            end,
            f'write `duration("P{count}{designator}")`',
        )
    if re.fullmatch(r"e\d*", unit) and before.end() == position:
        return FeelError(
            OUTSIDE,
            "numbers with an exponent lie outside the language",
            start,
            end,
            "write the number out",
        )
    if unit.startswith("_"):
        return FeelError(
            SYNTAX, "a number holds no underscores", start, end, "write its digits without them"
        )
    return FeelError(
        SYNTAX, f"`{word[0]}` is not expected after a number", position, end, "write an operator"
    )


def _spaced_call(text: str, position: int) -> FeelError | None:
    """A function whose name holds spaces, misspelt: the parser sees names side by side."""
    for call in re.finditer(r"(?<![\w.])([^\W\d]\w*(?:\s+\w+){1,4})\s*\(", text):
        if call.start(1) <= position < call.end(1):
            words = call[1].split()
            for first in range(len(words) - 1):
                close = _close_function(" ".join(words[first:]))
                if close and " " in close:
                    start = call.end(1) - len(" ".join(words[first:]))
                    return unknown_function(" ".join(words[first:]), max(start, 0), call.end(1))
    return None


def _ends_early(text: str, expected: frozenset[str]) -> FeelError:
    end = len(text)
    opened = _last_open_bracket(text)
    if opened is not None:
        closing = ")" if text[opened] == "(" else "]"
        return FeelError(
            SYNTAX,
            f"`{text[opened]}` is never closed",
            opened,
            opened + 1,
            f"write `{closing}` where it ends",
        )
    stop = len(text.rstrip())
    if "NUMBER" in expected:
        return FeelError(SYNTAX, "the expression ends too early", stop, end, "a value is missing")
    missing = _missing_word(text)
    if missing == "else":
        return FeelError(
            SYNTAX,
            "`if` has no `else`",
            stop,
            end,
            "say what holds otherwise, or write `and` for a condition alone",
        )
    if missing:
        return FeelError(SYNTAX, "the expression ends too early", stop, end, _is_missing(missing))
    return FeelError(SYNTAX, "the expression ends too early", stop, end)


def _is_missing(word: str) -> str:
    return f"`{word}` is missing"


_FOLLOWERS: Final = {
    "if": "then",
    "then": "else",
    "for": "return",
    "some": "satisfies",
    "every": "satisfies",
    "between": "and",
}


def _missing_word(text: str) -> str | None:
    """The keyword that the innermost open form of a text still needs (`if` needs `then`)."""
    open_forms: list[str] = []
    for sign in re.finditer(r'"(?:[^"\\\n]|\\.)*"|[()\[\]]|(?<![\w.])\w+', text):
        word = sign[0]
        if word in "([":
            open_forms.append(word)
        elif word in ")]":
            while open_forms and open_forms.pop() not in "([":
                pass
        else:
            if open_forms and open_forms[-1] == word:
                open_forms.pop()
            if word in _FOLLOWERS:
                open_forms.append(_FOLLOWERS[word])
    return open_forms[-1] if open_forms and open_forms[-1] not in "([" else None


def _last_open_bracket(text: str) -> int | None:
    opened: list[int] = []
    for sign in re.finditer(r'"(?:[^"\\\n]|\\.)*"|[()\[\]]', text):
        if sign[0] in "([":
            opened.append(sign.start())
        elif sign[0] in ")]" and opened:
            opened.pop()
    return opened[-1] if opened else None


def _misplaced(text: str, position: int, kind: str | None, expected: frozenset[str]) -> FeelError:
    token = re.compile(r'\w+|"(?:[^"\\\n]|\\.)*"|\.\.|[<>!]=|.', re.DOTALL).match(text, position)
    assert token
    here = token[0]
    end = token.end()
    value_expected = not expected or "NUMBER" in expected
    message = f"`{here}` is not expected here"
    help: str | None = None
    code = SYNTAX
    if kind == "NULL":
        message, code = "`null` stands only after `=` and `!=`", OUTSIDE
        swapped = re.compile(r"null\s*!?=").match(text, position)
        help = (
            "write `... = null`"
            if swapped
            else "it asks whether a fact is none, as in `x = null`; unknown needs no word"
        )
    elif here == "..":
        message = "a range stands only after `in`, in brackets"
        help = "write `x in [1..5]`"
    elif kind in ("EQUALITY", "ORDER", "BETWEEN", "IN") and not value_expected:
        message = "comparisons cannot be chained"
        help = "write them apart with `and`, as in `a < b and b < c`"
    elif value_expected and kind in ("RPAR", "RSQB", "COMMA", "AND", "OR", "EQUALITY", "ORDER"):
        message = f"a value is missing before `{here}`"
    elif kind in ("RPAR", "RSQB"):
        opened = _last_open_bracket(text[:position])
        message = (
            f"`{here}` closes nothing"
            if opened is None
            else f"`{here}` does not close the `{text[opened]}` before it"
        )
    elif not value_expected:
        missing = _missing_word(text[:position])
        if expected == {"IN"}:
            help = _is_missing("in")
        elif missing:
            help = _is_missing(missing)
        elif re.search(r"\.\.[^\[\]()]*\[\s*$", text[:position]):
            help = "put the upper end of the range in brackets, as in `[1..(xs[1])]`"
        elif kind == "NAME" and re.search(r"\w\s+$", text[:position]):
            help = "write an operator between two names; a name holds no spaces"
        elif kind in ("NAME", "TEXT", "NUMBER", "TRUE", "FALSE"):
            help = "write an operator before it"
    return FeelError(code, message, position, end, help)


_TIMES: Final = "times of day lie outside the language; write a date"
_OTHER_FUNCTIONS: Final = {
    "now": "write `today()`",
    "time": _TIMES,
    "dateandtime": _TIMES,
    "function": "functions cannot be defined; write a definition",
    "len": "write `count(list)` or `string length(text)`",
    "length": "write `count(list)` or `string length(text)`",
    "size": "write `count(list)`",
    "average": "write `mean(list)`",
    "avg": "write `mean(list)`",
    "total": "write `sum(list)`",
    "exists": "write `has value(...)`, or `count(...) > 0` for a list",
    "isnull": "write `... = null`",
    "isempty": "write `count(...) = 0`",
    "empty": "write `count(...) = 0`",
    "round": "write `round half up(number, digits)`",
    "decimal": "write `round half up(number, digits)`",
    "ceil": "write `ceiling(number)`",
    "lower": "write `lower case(text)`",
    "upper": "write `upper case(text)`",
    "substring": "write `starts with`, `ends with`, `contains` or `matches`",
    "modulo": "write `n - d * floor(n / d)`",
    "year": "compare with a date, or use `years and months duration(from, to)`",
    "month": "compare with a date, or use `years and months duration(from, to)`",
    "in": "write `... in (...)`",
    "coalesce": "write `if has value(a) then a else b`",
}
