"""Which regular expressions `matches` takes, and that they end in good time."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accordance.feel.patterns import compile_pattern, rewritten


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("^[A-Z]{3}$", "ABC", True),
        ("^[A-Z]{3}$", "ABC\n", False),  # `$` is the end of the text, not of its last line
        ("^b", "a\nb", False),
        ("a.c", "a\nc", False),
        (r"\d+", "٣", False),  # digits are ASCII
        (r"^\w+$", "naïve", False),
        ("é+", "caféé", True),
        ("[à-ü]", "ö", True),
        (r"[\w.-]+@[\w.-]+", "a.b@c.d", True),
        ("(?:ab)+c", "ababc", True),
        (r"^(\.[0-9]+)?$", "", True),
        ("^(-[0-9]{2}){1,3}$", "-12-34", True),
        ("a|b", "cb", True),
        (r"\.\*\[\]\{\}\(\)\\", r".*[]{}()\\", True),
        ("[a-]", "-", True),
        ("[^,]", ",", False),
        ("", "anything", True),
    ],
)
def test_takes(pattern: str, text: str, found: bool) -> None:
    assert (compile_pattern(pattern).search(text) is not None) is found


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(a+)+", "`(a+)` is repeated"),
        ("(a|a)*", "`(a|a)` is repeated"),
        ("(a?){2,9}", "`(a?)` is repeated"),
        ("a*?", "cannot be followed by `?`"),
        ("a*+", "cannot be followed by `+`"),
        ("a{2}{3}", "cannot be followed by `{`"),
        ("(?=a)", "`(?=` lies outside"),
        ("(?<!a)b", "`(?<` lies outside"),
        ("(?i)a", "`(?i` lies outside"),
        ("(?P<n>a)", "`(?P` lies outside"),
        (r"(a)\1", r"`\1` lies outside"),
        (r"\p{L}", r"`\p` lies outside"),
        (r"\bfoo", r"`\b` lies outside"),
        (r"a\sb", r"`\s` lies outside"),
        (r"\Aa\Z", r"`\A` lies outside"),
        (r"\x41", r"`\x` lies outside"),
        ("[[:alpha:]]", "write `\\[`"),
        ("[a&&b]", "`&&` in a set"),
        ("[a--b]", "write `\\-`"),
        ("[]a]", "write `\\]`"),
        ("[a-c-e]", "write `\\-`"),
        ("[z-a]", "runs backwards"),
        (r"[\d-z]", "runs between two characters"),
        ("{", "write `\\{`"),
        ("a{,3}", "write a repetition as"),
        ("a{101}", "up to 100"),
        ("(a{20}){20}", "up to 100"),
        ("a{3,2}", "runs backwards"),
        (".*a.*b.*", "more than 2 times"),
        ("*a", "repeats nothing"),
        ("^*", "cannot be repeated"),
        ("(", "never closed"),
        (")", "closes nothing"),
        ("[a", "never closed"),
        ("a\\", "lone backslash"),
        ("(" * 12 + ")" * 12, "nested deeper"),
        ("a" * 201, "more than 200"),
    ],
)
def test_refuses(pattern: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        compile_pattern(pattern)


@given(st.text(st.sampled_from(r"ab0.^$[](){}|*+?-\dwW,:=!&~ é"), max_size=12))
def test_what_is_taken_compiles_without_a_warning(pattern: str) -> None:
    try:
        rewritten(pattern)
    except ValueError:
        return
    compile_pattern(pattern).search("ab0 é")  # a warning of `re` would be an error here


@pytest.mark.parametrize("pattern", ["a*a*b", "[a-z]*[a-z]+!", "(aa){1,20}b", "a{0,50}a{0,50}b"])
def test_the_worst_that_is_taken_ends(pattern: str) -> None:
    begun = time.monotonic()
    compile_pattern(pattern).search("a" * 300)
    assert time.monotonic() - begun < 5
