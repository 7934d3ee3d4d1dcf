"""What the parser reads, and what it says about the rest."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accordance.feel import syntax as s
from accordance.feel.parsing import (
    MAX_EXPRESSION_CHARACTERS,
    MAX_EXPRESSION_DEPTH,
    FeelError,
    parse,
)
from accordance.feel.values import Months
from accordance.problem import Code

A, B, C, X = (s.Name(name) for name in "abcx")
ONE, TWO = s.Literal(1), s.Literal(2)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        # literals
        ("1.50", s.Literal(Fraction(3, 2))),
        (".5", s.Literal(Fraction(1, 2))),
        ("-5", s.Literal(-5)),
        ("-(5)", s.Negate(s.Literal(5))),
        ("--5", s.Negate(s.Literal(-5))),
        ("-a", s.Negate(A)),
        ("true", s.Literal(True)),
        (r'"a\"\\\n\tA\U01F600"', s.Literal('a"\\\n\tA😀')),
        (r'"\uD83D\uDE00"', s.Literal("😀")),
        ('date("2024-02-29")', s.Literal(dt.date(2024, 2, 29))),
        ("date(2024, 2, 29)", s.Literal(dt.date(2024, 2, 29))),
        ('@"2024-02-29"', s.Literal(dt.date(2024, 2, 29))),
        ('@"-P1Y6M"', s.Literal(Months(-18))),
        ('duration("P30D")', s.Literal(dt.timedelta(days=30))),
        ("date(a)", s.Call("date", (A,))),
        # precedence
        ("a or b and c", s.Or((A, s.And((B, C))))),
        ("a and b and c", s.And((A, B, C))),
        ("(a and b) and c", s.And((A, B, C))),
        (
            "1 + 2 * a",
            s.Arithmetic("+", ONE, s.Arithmetic("*", TWO, A)),
        ),
        ("1 - 2 - a", s.Arithmetic("-", s.Arithmetic("-", ONE, TWO), A)),
        ("-a * b", s.Arithmetic("*", s.Negate(A), B)),
        ("-a.b", s.Negate(s.Path(A, "b"))),
        ("a + 1 = b", s.Comparison("=", s.Arithmetic("+", A, ONE), B)),
        ("a between 1 and 2 and b", s.And((s.Between(A, ONE, TWO), B))),
        ("not(a) and b", s.And((s.Not(A), B))),
        ("a = null", s.Comparison("=", A, s.Null())),
        # in
        ("x in 1", s.In(X, (ONE,))),
        ("x in (1)", s.In(X, (ONE,))),
        ("x in (1, 2)", s.In(X, (ONE, TWO))),
        ("x in [1, 2]", s.In(X, (s.ListLiteral((ONE, TWO)),))),
        ("x in [1..2]", s.In(X, (s.Range(ONE, TWO),))),
        ("x in (1..2)", s.In(X, (s.Range(ONE, TWO, True, True),))),
        ("x in ]1..2[", s.In(X, (s.Range(ONE, TWO, True, True),))),
        ("x in [1..2)", s.In(X, (s.Range(ONE, TWO, False, True),))),
        ("x in ((1..2])", s.In(X, (s.Range(ONE, TWO, True, False),))),
        ("x in < 1", s.In(X, (s.UnaryTest("<", ONE),))),
        ("x in (< 1, = 2)", s.In(X, (s.UnaryTest("<", ONE), s.UnaryTest("=", TWO)))),
        ("x in ([1..2], a or b)", s.In(X, (s.Range(ONE, TWO), s.Or((A, B))))),
        # forms that reach to the right
        ("if a then b else c and x", s.If(A, B, s.And((C, X)))),
        (
            "a and some x in b satisfies x or c",
            s.And((A, s.Quantified("some", (("x", B),), s.Or((X, C))))),
        ),
        (
            "every x in a, y in x.b satisfies c",
            s.Quantified("every", (("x", A), ("y", s.Path(X, "b"))), C),
        ),
        ("for x in 1..2 return x", s.For((("x", s.Range(ONE, TWO)),), X)),
        # lists, paths, filters, calls
        ("[]", s.ListLiteral(())),
        ("a.in.null", s.Path(s.Path(A, "in"), "null")),
        ("a[1].b[c]", s.Filter(s.Path(s.Filter(A, ONE), "b"), C)),
        ("a[b > 1]", s.Filter(A, s.Comparison(">", B, ONE))),
        ("list\n contains(a, 1)", s.Call("list contains", (A, ONE))),
        ("today()", s.Call("today", ())),
        ("min(a, b)", s.Call("min", (A, B))),
        ("a.date", s.Path(A, "date")),
        # a keyword is a whole word
        ("order", s.Name("order")),
        ("inner or android", s.Or((s.Name("inner"), s.Name("android")))),
    ],
)
def test_reads(text: str, tree: s.Node) -> None:
    assert parse(text) == tree


def test_flattened_connectives_hold_none_of_their_kind() -> None:
    assert parse("(a or b) or (c or (x or a))") == s.Or((A, B, C, X, A))


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("a + (b.c)", ["a + (b.c)", "a", "b.c", "b"]),
        ("(a or b) and not(c)", ["(a or b) and not(c)", "a or b", "a", "b", "not(c)", "c"]),
        ("x in (< 1, [a..b])", ["x in (< 1, [a..b])", "x", "< 1", "1", "[a..b]", "a", "b"]),
        ("a = null", ["a = null", "a", "null"]),
        ('min("é", date("2024-02-29"))', None),
        (
            "some p in a satisfies count(p.b) > -1",
            [
                "some p in a satisfies count(p.b) > -1",
                *("a", "count(p.b) > -1", "count(p.b)", "p.b", "p", "-1"),
            ],
        ),
    ],
)
def test_every_node_knows_its_text(text: str, marked: list[str] | None) -> None:
    found = [text[node.start : node.end] for node in s.walk(parse(text))]
    assert found == (marked or [text, '"é"', 'date("2024-02-29")'])


SYNTAX, OUTSIDE, VALUE = (
    Code.EXPRESSION_SYNTAX,
    Code.EXPRESSION_OUTSIDE_PROFILE,
    Code.EXPRESSION_VALUE,
)

REFUSED = [
    # other languages: text, what is marked, code, what to write instead
    ("a == b", "==", SYNTAX, "write `=`"),
    ("a <> b", "<>", SYNTAX, "write `!=`"),
    ("a && b", "&&", SYNTAX, "write `and`"),
    ("a || b", "||", SYNTAX, "write `or`"),
    ("!a", "!", SYNTAX, "write `not(...)`"),
    ("not a", "not", SYNTAX, "write `not(...)` around it all"),
    ("NOT(a)", "NOT", SYNTAX, "write `not`"),
    ("a AND b", "AND", SYNTAX, "write `and`"),
    ("If a then b else c", "If", SYNTAX, "write `if`"),
    ("a = True", "True", SYNTAX, "write `true`"),
    ("a = 'x'", "'", SYNTAX, "write `\"` instead of `'`"),
    ("a = “x”", "“", SYNTAX, 'write `"`'),
    ("a is null", "is null", SYNTAX, "write `= null`"),
    ("a is not null", "is not null", SYNTAX, "write `!= null`"),
    ("a is b", "is", SYNTAX, "write `=`"),
    ("a not in (1)", "not in", SYNTAX, "write `not(... in ...)`"),
    ("a ≥ 1", "≥", SYNTAX, "write `>=`"),
    ("a like b", "like", SYNTAX, "write `matches(text, pattern)`"),
    (
        "a contains b",
        "contains",
        SYNTAX,
        "write it before its arguments, as in `contains(text, part)`",
    ),
    ("a ? b : c", "?", SYNTAX, "write `if ... then ... else ...`"),
    ("a // b", "//", SYNTAX, "say it in `means:`, or in a YAML comment"),
    ("a\u200b and b", "\u200b", SYNTAX, "delete it"),
    # numbers and durations
    ("25% < a", "25%", SYNTAX, "write `0.25`"),
    ("a % 2", "%", OUTSIDE, "write `n - d * floor(n / d)`"),
    ("a < 30 days", "30 days", SYNTAX, 'write `duration("P30D")`'),
    ("a < 2 weeks", "2 weeks", SYNTAX, 'write `duration("P14D")`'),
    ("a < 1e5", "1e5", OUTSIDE, "write the number out"),
    ("a < 1_000", "1_000", SYNTAX, "write its digits without them"),
    (
        "max(1,000)",
        "000",
        SYNTAX,
        "write the number without them, and without separators for thousands",
    ),
    ("0.1234567", "0.1234567", OUTSIDE, None),
    ("a = 1234567890123456789", "1234567890123456789", OUTSIDE, None),
    ("£5", "£", SYNTAX, "write the number alone"),
    # outside the profile
    ("a ** 2", "**", OUTSIDE, "write the factors out, as in `x * x`"),
    ("a ^ 2", "^", OUTSIDE, "write the factors out, as in `x * x`"),
    ("{a: 1}", "{", OUTSIDE, "name each part as a definition of its own"),
    ("a instance of b", "instance of", OUTSIDE, "types are known from the fact model"),
    ('time("10:00")', "time", OUTSIDE, "times of day lie outside the language; write a date"),
    ('@"10:00:00"', '@"10:00:00"', OUTSIDE, 'write a date, as in @"2026-01-31"'),
    (
        "contains(string: a, match: b)",
        ":",
        OUTSIDE,
        "give them in order, separated by commas",
    ),
    ("null = a", "null", OUTSIDE, "write `... = null`"),
    (
        "if a then b else null",
        "null",
        OUTSIDE,
        "it asks whether a fact is none, as in `x = null`; unknown needs no word",
    ),
    ("average(a)", "average", OUTSIDE, "write `mean(list)`"),
    ("cuont(a)", "cuont", OUTSIDE, "did you mean `count`?"),
    ("a.b = has vlaue(a)", "has vlaue", OUTSIDE, "did you mean `has value`?"),
    ("list_contains(a, b)", "list_contains", OUTSIDE, "did you mean `list contains`?"),
    ("frobnicate(a)", "frobnicate", OUTSIDE, None),
    (
        "matches(a, b)",
        "b",
        OUTSIDE,
        'write it between double quotes, as in matches(service.code, "^[A-Z]{3}$")',
    ),
    ('matches(a, "(?i)x")', '"(?i)x"', OUTSIDE, None),
    # broken off, or out of place
    ("", "", SYNTAX, None),
    (" \n ", " \n ", SYNTAX, None),
    ("(a and b", "(", SYNTAX, "write `)` where it ends"),
    ('[a, ")"', "[", SYNTAX, "write `]` where it ends"),
    ("a)", ")", SYNTAX, None),
    ("(a]", "]", SYNTAX, None),
    ("a and", "", SYNTAX, "a value is missing"),
    ("and a", "and", SYNTAX, None),
    ("a = = b", "=", SYNTAX, None),
    ("a b", "b", SYNTAX, "write an operator between two names; a name holds no spaces"),
    ("if a b", "b", SYNTAX, "`then` is missing"),
    (
        "if a then b",
        "",
        SYNTAX,
        "say what holds otherwise, or write `and` for a condition alone",
    ),
    ("some x in a b", "b", SYNTAX, "`satisfies` is missing"),
    ("a between 1", "", SYNTAX, "`and` is missing"),
    (
        "1 < a < 5",
        "<",
        SYNTAX,
        "write them apart with `and`, as in `a < b and b < c`",
    ),
    ("a in 1..5", "..", SYNTAX, "write `x in [1..5]`"),
    (
        "a in [1..b[1]]",
        "1",
        SYNTAX,
        "put the upper end of the range in brackets, as in `[1..(xs[1])]`",
    ),
    ('"abc', '"abc', SYNTAX, 'write `"` where it ends'),
    (r'"\d"', r"\d", SYNTAX, "write `\\\\` for a backslash"),
    (r'"\uD83D"', r'"\uD83D"', SYNTAX, "write `\\U` and six hexadecimal digits"),
    ("count()", "count()", SYNTAX, "write `count(list)`"),
    ("a.b(c)", "(", SYNTAX, None),
    # values that do not exist
    ('date("2026-02-30")', 'date("2026-02-30")', VALUE, None),
    ("date(2026, 2, 30)", "date(2026, 2, 30)", VALUE, None),
    ('duration("12 months")', 'duration("12 months")', VALUE, None),
    ('@"P1Y2D"', '@"P1Y2D"', VALUE, None),
]


@pytest.mark.parametrize(
    ("text", "marked", "code", "help"), REFUSED, ids=[case[0] for case in REFUSED]
)
def test_refuses_and_says_what_to_write(
    text: str, marked: str, code: Code, help: str | None
) -> None:
    with pytest.raises(FeelError) as caught:
        parse(text)
    error = caught.value
    assert (text[error.start : error.end], error.code, error.help) == (marked, code, help)
    assert error.message
    assert not error.message.endswith(".")


def test_the_second_sign_is_marked_where_it_stands() -> None:
    with pytest.raises(FeelError) as caught:
        parse("a = b\n  and c == d")
    assert (caught.value.start, caught.value.end) == (14, 16)


@pytest.mark.parametrize(
    "text",
    [
        "a" * (MAX_EXPRESSION_CHARACTERS + 1),
        "-" * 200 + "a",
        "[" * 100 + "]" * 100,
        "not(" * 100 + "a" + ")" * 100,
        "1" + "+1" * 200,
        "if a then b else " * 100 + "c",
    ],
)
def test_what_is_too_long_or_too_deep_is_refused(text: str) -> None:
    with pytest.raises(FeelError):
        parse(text)


def test_the_limits_themselves_are_read() -> None:
    assert parse("a" * MAX_EXPRESSION_CHARACTERS)
    assert parse("-" * (MAX_EXPRESSION_DEPTH - 1) + "a")
    assert parse("(" * 1000 + "a" + ")" * 1000) == A
    assert len(parse(" and ".join(["a"] * 1000)).parts) == 1000  # type: ignore[attr-defined]


TOKENS = re.findall(
    r"\S+",
    """
    a . b , ( ) [ ] .. < <= = != > >= + - * / ** == in and or not not( if then else for return
    some every satisfies between null true item today() count( list contains( date( @ 1 2.5 .5
    "t" "P1D" @"P1D" " ' % { } ? ! \\ & is NOT days 1e5
    """,
)


@given(
    st.one_of(
        st.text(max_size=40),
        st.lists(st.sampled_from(TOKENS), max_size=14).map(" ".join),
        st.lists(st.sampled_from(TOKENS), max_size=14).map("".join),
    )
)
def test_any_text_is_read_or_refused_in_one_way(text: str) -> None:
    try:
        node = parse(text)
    except FeelError as error:
        assert 0 <= error.start <= error.end <= len(text)
    else:
        assert 0 <= node.start < node.end <= len(text)
