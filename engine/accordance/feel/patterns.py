"""Regular expressions that mean the same to Python, RE2 and Java, and that end in good time.

What `matches` takes:

| written                    | means                                                              |
|----------------------------|--------------------------------------------------------------------|
| `abc`, `é`                 | the characters themselves                                          |
| `\\.` `\\(` `\\\\` ...     | a punctuation character itself; `\\n`, `\\t`, `\\r` as usual       |
| `.`                        | any character but the line feed                                    |
| `[a-z0-9_]`, `[^,]`        | one character of a set, or not of it                               |
| `\\d` `\\w` `\\D` `\\W`    | ASCII digits and word characters, and all others                   |
| `a?` `a*` `a+` `a{2}` `a{2,}` `a{2,4}` | repetition                                             |
| `a|b`, `(...)`, `(?:...)`  | alternatives, groups                                               |
| `^`, `$`                   | the start and the end of the text (never of a line)                |

Everything else is refused: look-around, references back, named groups, inline flags, lazy and
possessive repetition, `\\b` and `\\s` (the engines disagree), `\\p`, character codes. So are
repeated groups that hold a repetition or alternatives (`(a+)+`): their time can explode.

An engine whose `$` or `.` means something else takes the pattern through `rewritten`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple, NoReturn

MAX_PATTERN_CHARACTERS: Final = 200
MAX_REPETITION: Final = 100
MAX_OPEN_REPETITIONS: Final = 2

_PUNCTUATION: Final = frozenset(r"""!"#$%&'()*+,-./:;<=>?@[\]^`{|}~ """)
_LETTERS: Final = {"n": "\n", "t": "\t", "r": "\r"}
_WORD: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_DIGITS: Final = frozenset("0123456789")
_OTHERS: Final = "\U0010ffff"
"""Stands for every character beyond ASCII in a set of characters."""
_EVERY: Final = frozenset(map(chr, range(128))) | {_OTHERS}
_SETS: Final = {"d": _DIGITS, "w": _WORD, "D": _EVERY - _DIGITS, "W": _EVERY - _WORD}
_REPETITION: Final = re.compile(r"\{(\d{1,6})(,?)(\d{0,6})\}", re.ASCII)


@lru_cache(maxsize=256)
def compile_pattern(text: str) -> re.Pattern[str]:
    """The compiled pattern, for `search`. Raises ValueError for what lies outside the subset."""
    return re.compile(rewritten(text), re.ASCII)


def rewritten(text: str, end: str = r"\Z", any_character: str = ".") -> str:
    """The pattern for an engine that writes the end of the text (Python `\\Z`, RE2 `$`, Java
    `\\z`) and any character but the line feed (`.`; Java `[^\\n]`) as given.

    Raises ValueError for what lies outside the subset.
    """
    return _Reader(text, end, any_character).read()


class _Shape(NamedTuple):
    """What a part of a pattern is like."""

    characters: frozenset[str]
    fixed: bool = True
    """It holds neither alternatives nor a repetition of varying length."""
    repeatable: bool = True
    weight: int = 1
    """How often it is written when its counted repetitions are written out."""


class _Reader:
    """Reads a pattern once, from left to right, and writes it again."""

    def __init__(self, text: str, end: str, any_character: str) -> None:
        self.text = text
        self.position = 0
        self.out: list[str] = []
        self.end = end
        self.any_character = any_character
        self.open_repetitions: list[frozenset[str]] = []

    def read(self) -> str:
        if len(self.text) > MAX_PATTERN_CHARACTERS:
            raise ValueError(f"the pattern has more than {MAX_PATTERN_CHARACTERS} characters")
        self._alternatives(depth=0)
        if self.position < len(self.text):
            self._refuse("`)` closes nothing in the pattern; write `\\)` for the character")
        return "".join(self.out)

    def _refuse(self, message: str) -> NoReturn:
        raise ValueError(message)

    def _peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def _take(self) -> str:
        character = self._peek()
        self.position += 1
        self.out.append(character)
        return character

    def _alternatives(self, depth: int) -> _Shape:
        fixed = True
        weight = 1
        characters: frozenset[str] = frozenset()
        while True:
            here = self._peek()
            if here == "" or here == ")":
                return _Shape(characters, fixed, weight=weight)
            if here == "|":
                self._take()
                fixed = False
                continue
            start = self.position
            atom = self._atom(depth)
            whole = self._repeated(self.text[start : self.position], atom)
            characters |= whole.characters
            fixed = fixed and whole.fixed
            weight = max(weight, whole.weight)

    def _atom(self, depth: int) -> _Shape:
        here = self._peek()
        if here == "(":
            return self._group(depth)
        if here == "[":
            return _Shape(self._set())
        if here == "\\":
            return _Shape(self._escape())
        if here == ".":
            self.position += 1
            self.out.append(self.any_character)
            return _Shape(_EVERY - {"\n"})
        if here == "^":
            self._take()
            return _Shape(frozenset(), repeatable=False)
        if here == "$":
            self.position += 1
            self.out.append(self.end)
            return _Shape(frozenset(), repeatable=False)
        if here in "*+?":
            self._refuse(f"`{here}` repeats nothing in the pattern; write `\\{here}` for itself")
        if here in "{}]":
            self._refuse(f"write `\\{here}` in the pattern for the character `{here}`")
        self._take()
        return _Shape(frozenset({here if here < "\x80" else _OTHERS}))

    def _group(self, depth: int) -> _Shape:
        if depth >= 10:
            self._refuse("the groups of the pattern are nested deeper than 10 levels")
        self._take()
        if self._peek() == "?":
            if not self.text.startswith("?:", self.position):
                kind = self.text[self.position - 1 : self.position + 2]
                self._refuse(
                    f"`{kind}` lies outside the patterns; "
                    "write a plain group `(...)`, and further conditions apart with `and`"
                )
            self._take()
            self._take()
        inner = self._alternatives(depth + 1)
        if self._peek() != ")":
            self._refuse("a `(` of the pattern is never closed; write `\\(` for the character")
        self._take()
        return inner

    def _escape(self) -> frozenset[str]:
        self._take()
        letter = self._peek()
        if letter == "":
            self._refuse("the pattern ends in a lone backslash; write `\\\\` for the character")
        if letter in _SETS:
            self._take()
            return _SETS[letter]
        if letter in _LETTERS:
            self._take()
            return frozenset({_LETTERS[letter]})
        if letter in _PUNCTUATION:
            self._take()
            return frozenset({letter})
        advice = {
            "s": "; write a space, or `[ \\t]`",
            "S": "; write `[^ ]`",
            "b": "; write what stands there, as in `(^|[^a-z])`",
        }.get(letter, "; references back do not exist" if letter.isdigit() else "")
        self._refuse(f"`\\{letter}` lies outside the patterns{advice}")

    def _set(self) -> frozenset[str]:
        self._take()
        excluded = self._peek() == "^"
        if excluded:
            self._take()
        characters: frozenset[str] = frozenset()
        first = True
        while True:
            here = self._peek()
            if here == "":
                self._refuse("a `[` of the pattern is never closed; write `\\[` for the character")
            if here == "]":
                if first:
                    self._refuse("write `\\]` for the character `]` in a set of a pattern")
                self._take()
                return _EVERY - characters if excluded else characters
            low = self._member(first)
            first = False
            if self._peek() == "-" and self.text[self.position + 1 : self.position + 2] != "]":
                self._take()
                if self._peek() == "-":
                    self._refuse("write `\\-` for the character `-` in a set of a pattern")
                high = self._member(False)
                if len(low) != 1 or len(high) != 1:
                    self._refuse("a range in a set of a pattern runs between two characters")
                start, stop = min(low), min(high)
                source = self.text[: self.position]
                if stop < start:
                    self._refuse(f"the range `{start}-{stop}` in the pattern runs backwards")
                if self._peek() == "-" and not source.endswith("\\-"):
                    follows = self.text[self.position + 1 : self.position + 2]
                    if follows != "]":
                        self._refuse("write `\\-` for the character `-` in a set of a pattern")
                low = frozenset(map(chr, range(ord(start), min(ord(stop), 127) + 1)))
                if stop >= "\x80":
                    low |= {_OTHERS}
            characters |= frozenset(one if one < "\x80" else _OTHERS for one in low)

    def _member(self, first: bool) -> frozenset[str]:
        here = self._peek()
        if here == "\\":
            return self._escape()
        if here == "":
            self._refuse("a `[` of the pattern is never closed; write `\\[` for the character")
        if here == "[" or (here == "-" and not first and self._after(here) != "]"):
            self._refuse(f"write `\\{here}` for the character `{here}` in a set of a pattern")
        if here in "&|~-" and self._after(here) == here:
            self._refuse(f"`{here}{here}` in a set lies outside the patterns; write `{here}` once")
        if here == "^" and first:
            self._refuse("write `\\^` for the character `^` at the start of a set of a pattern")
        self._take()
        return frozenset({here})

    def _after(self, here: str) -> str:
        return self.text[self.position + len(here) : self.position + len(here) + 1]

    def _repeated(self, text: str, atom: _Shape) -> _Shape:
        """The atom with the `*`, `+`, `?` or `{n,m}` that follows it, where one does."""
        here = self._peek()
        if here == "" or here not in "*+?{":
            return atom
        if not atom.repeatable:
            self._refuse(f"`{text}` cannot be repeated in a pattern")
        least, most = self._bounds()
        if self._peek() in ("*", "+", "?", "{"):
            self._refuse(
                f"a repetition cannot be followed by `{self._peek()}` in a pattern "
                "(lazy and possessive ones make no difference to `matches`)"
            )
        if not atom.fixed and (most is None or most > 1):
            self._refuse(
                f"`{text}` is repeated and holds a repetition or alternatives; "
                "write a set such as `[a-z,]*` instead, or several conditions"
            )
        weight = atom.weight * max(least, most or 0, 1)
        if weight > MAX_REPETITION:
            self._refuse(f"repetitions in a pattern go up to {MAX_REPETITION} in all")
        if most is None or most - least > 10:
            self.open_repetitions.append(atom.characters)
            overlapping = sum(1 for other in self.open_repetitions if other & atom.characters)
            if overlapping > MAX_OPEN_REPETITIONS:
                self._refuse(
                    "the pattern repeats the same characters without end more than "
                    f"{MAX_OPEN_REPETITIONS} times; write several conditions joined by `and`"
                )
        return _Shape(atom.characters, most == least and atom.fixed, weight=weight)

    def _bounds(self) -> tuple[int, int | None]:
        sign = self._peek()
        if sign in "*+?":
            self._take()
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        bounds = _REPETITION.match(self.text, self.position)
        if not bounds:
            self._refuse("write a repetition as `{2}`, `{2,}` or `{2,4}`, the character as `\\{`")
        least = int(bounds[1])
        most = int(bounds[3]) if bounds[3] else (None if bounds[2] else least)
        if max(least, most or 0) > MAX_REPETITION:
            self._refuse(f"a repetition in a pattern goes up to {MAX_REPETITION}")
        if most is not None and most < least:
            self._refuse(f"the repetition `{bounds[0]}` in the pattern runs backwards")
        self.position = bounds.end()
        self.out.append(bounds[0])
        return least, most
