"""The type checker: what an expression gives, and what it says of one that cannot be meant."""

from __future__ import annotations

import pytest
from hypothesis import given

from accordance.feel.checking import RESULTS, Scope, TypeFault, check
from accordance.feel.parsing import parse
from accordance.feel.printing import to_source
from accordance.feel.syntax import Node
from accordance.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DAYS,
    MONTHS,
    NUMBER,
    TEXT,
    ContextType,
    ListType,
    NumberType,
    TextType,
    Type,
)
from accordance.problem import Code, Level
from tests.feel.trees import trees

SECTOR = TextType(values=("public", "private", "civil_society"))
SHARE = NumberType(low=0, high=1)
COUNT = NumberType(low=0, whole=True)
TIER = TextType(values=("gold", "silver", "none"))

PARTY = ContextType(
    fields={
        "name": TEXT,
        "sector": SECTOR,
        "cost_share": SHARE,
        "roles": ListType(item=TextType(values=("buyer", "supplier"))),
        "financial": ContextType(fields={"assessed_on": DATE, "net_assets": NUMBER}),
        "agrees": BOOLEAN,
    }
)
SCOPE = Scope(
    {
        "title": TEXT,
        "stage": TextType(values=("new", "renewing", "established", "exiting")),
        "as_of": DATE,
        "forms": ListType(item=TextType(values=("framework", "alliance"))),
        "parties": ListType(item=PARTY),
        "service": ContextType(fields={"critical": BOOLEAN, "tier": TIER, "start_date": DATE}),
        "exit_plan": ContextType(fields={"exists": BOOLEAN, "reviewed_on": DATE}),
        "dependence": ContextType(fields={"provider_count": COUNT, "share": SHARE}),
        "single_provider": BOOLEAN,
        "max_age": MONTHS,
        "lead": DAYS,
        "weak_grounds": ListType(item=TEXT),
    },
    evidence=frozenset({"weak_grounds"}),
)


def faults(text: str, evidence: bool = False) -> list[TypeFault]:
    return check(parse(text), SCOPE, evidence=evidence)[1]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("exit_plan.exists and not(single_provider)", BOOLEAN),
        ("parties.name", ListType(item=TEXT)),
        ("parties[1]", PARTY),
        ("parties[1].cost_share", SHARE),
        ('parties[sector = "public"].cost_share', ListType(item=SHARE)),
        ("parties[item.agrees]", ListType(item=PARTY)),
        ("count(parties)", COUNT),
        ("sum(parties.cost_share)", NUMBER),
        ("max(as_of, service.start_date)", DATE),
        ("min(parties.cost_share)", SHARE),
        ("today() - max_age", DATE),
        ("lead + as_of", DATE),
        ("as_of - service.start_date", DAYS),
        ("max_age * 2", MONTHS),
        ("lead / lead", NUMBER),
        ("years and months duration(as_of, today())", MONTHS),
        ('if service.critical then "a" else "b"', TextType(values=("a", "b"))),
        ("for p in parties return p.financial.assessed_on", ListType(item=DATE)),
        ("for i in 1..3 return i * 2", ListType(item=NumberType(whole=True))),
        ('"a" + title', TEXT),
        ("[]", ListType(item=ANY)),
        ("string length(title)", COUNT),
        ("abs(-1)", COUNT),
        ("distinct values(forms)", SCOPE.names["forms"]),
        ("dependence.provider_count between 1 and 3", BOOLEAN),
        ("service.start_date in (< today(), [as_of..today()])", BOOLEAN),
        ("exit_plan.reviewed_on = null", BOOLEAN),
        ("parties = null", BOOLEAN),
        ("has value(parties.name)", BOOLEAN),
        ("every p in parties, q in parties satisfies p.name != q.name", BOOLEAN),
        ("parties.roles[1]", ListType(item=TextType(values=("buyer", "supplier")))),
        ("all(parties.agrees)", BOOLEAN),
        ("any(single_provider, service.critical)", BOOLEAN),
        ("date(2026, dependence.provider_count, 1)", DATE),
        ("round half up(dependence.share, 2)", NUMBER),
    ],
)
def test_types(text: str, kind: Type) -> None:
    assert check(parse(text), SCOPE) == (kind, [])


NAME, TYPE, VALUE, NEVER, EVIDENCE = (
    Code.EXPRESSION_NAME,
    Code.EXPRESSION_TYPE,
    Code.EXPRESSION_VALUE,
    Code.EXPRESSION_NEVER,
    Code.EXPRESSION_EVIDENCE,
)

FAULTY = [
    # names: text, code, what is marked, what to write instead
    ("exit_plan.exist", NAME, "exist", "did you mean `exit_plan.exists`?"),
    ("exists", NAME, "exists", "did you mean `exit_plan.exists`?"),
    ("single_providr", NAME, "single_providr", "did you mean `single_provider`?"),
    ("reviewd_on = as_of", NAME, "reviewd_on", "did you mean `exit_plan.reviewed_on`?"),
    (
        'sector = "public"',
        NAME,
        "sector",
        "it is a fact of each item of `parties`; "
        "write `some x in parties satisfies x.sector ...`, or every",
    ),
    (
        "some p in parties satisfies sector = p.sector",
        NAME,
        "sector",
        "did you mean `p.sector`?",
    ),
    (
        "some p in parties satisfies p.sectr = p.sector",
        NAME,
        "sectr",
        "did you mean `p.sector`?",
    ),
    ("parties[sectr = sector]", NAME, "sectr", "did you mean `sector`?"),
    (
        "parties.financial.assessed",
        NAME,
        "assessed",
        "did you mean `parties.financial.assessed_on`?",
    ),
    ("service.zzz", NAME, "zzz", "`service` holds `critical`, `tier`, `start_date`"),
    ("zzz", NAME, "zzz", None),
    (
        "for item in parties return item.name",
        NAME,
        "for item in parties return item.name",
        "choose another name for the variable",
    ),
    # kinds
    ("exit_plan.reviewed_on.year = 2026", TYPE, "year", None),
    ("exit_plan", None, "", None),
    (
        "exit_plan and single_provider",
        TYPE,
        "exit_plan",
        "name one of its facts, as in `exit_plan.exists`",
    ),
    (
        "exit_plan.reviewed_on or single_provider",
        TYPE,
        "exit_plan.reviewed_on",
        "compare it, or write `has value(exit_plan.reviewed_on)`",
    ),
    (
        "not(dependence.provider_count)",
        TYPE,
        "dependence.provider_count",
        "compare it, as in `dependence.provider_count > 0`",
    ),
    (
        "if parties then 1 else 2",
        TYPE,
        "parties",
        "write `count(parties) > 0`, or `some x in parties satisfies ...`",
    ),
    (
        'stage = "new" or "renewing"',
        TYPE,
        '"renewing"',
        'to compare with several texts, write `... in (..., "renewing")`',
    ),
    ('if single_provider then 1 else "a"', TYPE, '"a"', "let both give the same kind"),
    ('[1, "a"]', TYPE, '"a"', "let all items be of one kind"),
    (
        "parties.name = title",
        TYPE,
        "parties.name = title",
        "write `list contains(parties.name, title)`, "
        "or `some x in parties.name satisfies x = title`",
    ),
    ("parties > 2", TYPE, "parties > 2", "write `count(parties) > 2`"),
    ("some f in stage satisfies f = stage", TYPE, "stage", None),
    ("stage[1] = stage", TYPE, "stage", None),
    ("count(title) = 1", TYPE, "title", None),
    ("string length(as_of) > 1", TYPE, "as_of", None),
    ("sum(parties.name) > 1", TYPE, "sum(parties.name)", None),
    ("all(parties.name)", TYPE, "all(parties.name)", None),
    ("exit_plan.exists < true", TYPE, "exit_plan.exists < true", None),
    (
        "exit_plan = service",
        TYPE,
        "exit_plan = service",
        "compare a fact of it, as in `exit_plan.exists`",
    ),
    ('service.critical = "yes"', TYPE, 'service.critical = "yes"', "write `true`, without quotes"),
    (
        'dependence.provider_count = "1"',
        TYPE,
        'dependence.provider_count = "1"',
        "write `1`, without quotes",
    ),
    ('as_of > "2026-01-31"', TYPE, 'as_of > "2026-01-31"', 'write `date("2026-01-31")`'),
    (
        'exit_plan.reviewed_on = "none"',
        TYPE,
        'exit_plan.reviewed_on = "none"',
        "write `exit_plan.reviewed_on = null`",
    ),
    (
        "as_of + 30 > today()",
        TYPE,
        "as_of + 30",
        'write the number as a duration, as in `duration("P30D")`',
    ),
    (
        "today() - as_of > 30",
        TYPE,
        "today() - as_of > 30",
        'write the number as a duration, as in `duration("P30D")`',
    ),
    (
        "today() - as_of > max_age",
        TYPE,
        "today() - as_of > max_age",
        "a month has no fixed number of days; compare dates, as in "
        '`a <= b - duration("P12M")`, or use `years and months duration(from, to)`',
    ),
    (
        "max_age + lead",
        TYPE,
        "max_age + lead",
        "a month has no fixed number of days; use one kind of duration",
    ),
    ("as_of > max_age", TYPE, "as_of > max_age", "count from a day, as in `today() - max_age`"),
    ("as_of > today() - duration(max_age)", TYPE, "duration(max_age)", "write `max_age` alone"),
    ("date(as_of) = today()", TYPE, "date(as_of)", "write `as_of` alone"),
    ('stage < "renewing"', TYPE, 'stage < "renewing"', "name the values, as in `stage in (...)`"),
    ("has value(1 + 1)", TYPE, "1 + 1", None),
    # values
    ('stage = "renewal"', VALUE, '"renewal"', 'did you mean `"renewing"`?'),
    ('stage in ("new", "Established")', VALUE, '"Established"', 'did you mean `"established"`?'),
    ('list contains(forms, "framwork")', VALUE, '"framwork"', 'did you mean `"framework"`?'),
    (
        'some f in forms satisfies f = "zzz"',
        VALUE,
        '"zzz"',
        'write one of `"framework"`, `"alliance"`',
    ),
    ('parties[sector = "publik"]', VALUE, '"publik"', 'did you mean `"public"`?'),
    ("parties[0]", VALUE, "0", None),
    ("parties[1.5]", VALUE, "1.5", None),
    ('as_of + duration("PT2H")', VALUE, 'duration("PT2H")', None),
    # what can never be true
    ("dependence.share > 1", NEVER, "dependence.share > 1", None),
    ("dependence.provider_count < 0", NEVER, "dependence.provider_count < 0", None),
    ("dependence.provider_count = 1.5", NEVER, "dependence.provider_count = 1.5", None),
    ("count(parties) = -1", NEVER, "count(parties) = -1", None),
    ("dependence.share in (0.5..0.5)", NEVER, "(0.5..0.5)", "write the lower end first"),
    ("dependence.share in [2..3]", NEVER, "[2..3]", None),
    (
        "dependence.share between 0.5 and 0.1",
        NEVER,
        "dependence.share between 0.5 and 0.1",
        "write the lower end first",
    ),
    ("some p in parties satisfies p.sector = stage", NEVER, "p.sector = stage", None),
    (
        'title = "none"',
        NEVER,
        'title = "none"',
        "write `title = null` to ask whether it is stated that there is none",
    ),
    ("service.tier = null", NEVER, "service.tier = null", 'write `service.tier = "none"`'),
    (
        "exit_plan.exists = null",
        NEVER,
        "exit_plan.exists = null",
        "`null` asks whether there is none; what is not stated is unknown without asking",
    ),
    ("dependence.share / 0 > 1", NEVER, "dependence.share / 0", None),
    # about the evidence
    (
        "count(weak_grounds) = 0",
        EVIDENCE,
        "weak_grounds",
        "only rules and definitions marked `about: evidence` may use it",
    ),
    ("count(results) = 0", EVIDENCE, "results", "write `about: evidence` beside it"),
    (
        "is defined(exit_plan.exists)",
        EVIDENCE,
        "is defined(exit_plan.exists)",
        "an unknown fact already makes a condition unknown; "
        "`has value(...)` asks whether there is one",
    ),
]


@pytest.mark.parametrize(
    ("text", "code", "marked", "help"), FAULTY, ids=[case[0] for case in FAULTY]
)
def test_faults(text: str, code: Code | None, marked: str, help: str | None) -> None:
    found = [
        (fault.code, text[fault.start : fault.end], fault.help)
        for fault in faults(text)
        if fault.level is Level.ERROR
    ]
    assert found == ([(code, marked, help)] if code else [])


@pytest.mark.parametrize(
    ("text", "help"),
    [
        (
            "dependence.share >= 0",
            "write `has value(dependence.share)` to ask whether it is stated",
        ),
        (
            "dependence.share != 2",
            "write `has value(dependence.share)` to ask whether it is stated",
        ),
        ('title != ""', "write `has value(title)` to ask whether there is one"),
        ('service.tier != ""', "write `has value(service.tier)` to ask whether there is one"),
        ("1 < 2", None),
        ("title = title", None),
        (
            'service.tier in ("gold", "silver", "none")',
            "write `has value(service.tier)` to ask whether it is stated",
        ),
        ('stage in ("new", "new")', None),
        ("some p in parties satisfies single_provider", "write `p.` before the facts of an item"),
        ("parties[single_provider]", "name a fact of the items, or `item`"),
        (
            "some service in parties satisfies service.agrees",
            "choose another name for the variable",
        ),
    ],
)
def test_warnings(text: str, help: str | None) -> None:
    [fault] = faults(text)
    assert (fault.level, fault.help) == (Level.WARNING, help)


def test_message_and_place_of_a_misspelt_fact() -> None:
    assert faults("single_provider and exit_plan.exist") == [
        TypeFault(
            Code.EXPRESSION_NAME,
            "`exit_plan.exist` is not a fact",
            30,
            35,
            "did you mean `exit_plan.exists`?",
        )
    ]


def test_one_mistake_is_reported_once_and_several_all_at_once() -> None:
    text = 'zzz.a.b > 3 and stage = "x" and dependence.share > 1'
    assert [fault.code for fault in faults(text)] == [NAME, VALUE, NEVER]


def test_evidence_may_use_what_is_about_the_evidence() -> None:
    text = (
        'count(results[severity = "critical" and list contains(rests_on, "a.b")]) > 0 '
        "and count(weak_grounds) = 0 and is defined(exit_plan.exists)"
    )
    assert check(parse(text), SCOPE, evidence=True) == (BOOLEAN, [])
    assert check(parse("results"), SCOPE, evidence=True)[0] is RESULTS


def test_nested_filters_are_checked_in_good_time() -> None:
    text = "parties"
    for _ in range(15):
        text = f"parties[count({text}) > 1 and agrees]"
    assert faults(text) == []


@given(trees())
def test_any_tree_is_judged(tree: Node) -> None:
    source = to_source(tree)
    node = parse(source)
    for evidence in (False, True):
        for fault in check(node, SCOPE, evidence=evidence)[1]:
            assert 0 <= fault.start <= fault.end <= len(source)
