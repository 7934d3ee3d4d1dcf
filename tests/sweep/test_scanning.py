"""The scan against `check`: what it vouches for, `check` takes, and reads as the same facts."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from accordance.check.checker import Checker
from accordance.facts.reading import load_case
from accordance.facts.stating import stated_facts
from accordance.problem import Refused
from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy
from accordance.sweep.answers import ROW
from accordance.sweep.database import FACTS, Columns
from accordance.sweep.parquet import Rows, read_rows
from tests.check.small import HEADER, rule
from tests.sweep.relation import rows_of
from tests.sweep.sweeping import TODAY


def fact(**shape: Any) -> dict[str, Any]:
    return {"title": "A fact", "description": "Which?", **shape}


def text(**more: Any) -> dict[str, Any]:
    return fact(type="string", **more)


def group(**members: Any) -> dict[str, Any]:
    return {"title": "G", "type": "object", "additionalProperties": False, "properties": members}


def several(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    items = {name: value for name, value in items.items() if name not in ("title", "description")}
    return fact(type="array", items=items, **more)


DAY_OR_NONE = text(anyOf=[{"format": "date"}, {"const": "none"}])
ONE_OF_EACH = {
    "text": text(),
    "short": text(minLength=2, maxLength=5),
    "formed": text(pattern="^[A-Z]+$"),
    "word": text(enum=["yes", "no", "7", "true", "a:b", "it's", "[x]", ""]),
    "day": text(format="date"),
    "ended": DAY_OR_NONE,
    "flag": fact(type="boolean"),
    "number": fact(type="number"),
    "share": fact(type="number", minimum=0, exclusiveMaximum=1),
    "whole": fact(type="integer", minimum=-5, maximum=10**12),
}
MODEL = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "title", "stage"],
    "properties": {
        "id": text(),
        "title": text(),
        "stage": text(enum=["new", "renewing", "established", "exiting"]),
        "as_of": text(format="date"),
        "lead_officer": text(),
        **ONE_OF_EACH,
        "group": group(**ONE_OF_EACH),
        "strict": {**group(flag=ONE_OF_EACH["flag"], text=text()), "required": ["flag"]},
        "texts": several(text()),
        "words": several(ONE_OF_EACH["word"], uniqueItems=True, minItems=1, maxItems=3),
        "days": several(text(format="date")),
        "numbers": several(fact(type="number"), uniqueItems=True),
        "items": several(
            {
                **group(
                    **ONE_OF_EACH,
                    texts=several(text()),
                    group=group(flag=ONE_OF_EACH["flag"]),
                    parts=several(group(flag=ONE_OF_EACH["flag"], text=text())),
                )
            }
        ),
        "exceptions": several(
            group(
                rule=text(), reason=text(), approver=text(), approved_on=DAY_OR_NONE,
                expires=DAY_OR_NONE,
            )
        ),
    },
}  # fmt: skip
PLACES = [
    "{%s}",
    '{"group": {%s}}',
    '{"items": [{%s}]}',
    '{"items": [{"flag": true, %s}, {"text": "x"}]}',
]
LISTS = ["texts", "words", "days", "numbers"]
"""Where a fact of ONE_OF_EACH can stand, and the lists of such."""

TOKENS = [
    *("true", "false", "null", "1", "0", "7", "-1", "-6", "7.0", "7.5", "7.9", "-0", "-0.0"),
    "1.50",
    *("1e2", "1E+2", "1e-7", "5e-1", "0.5", "0.123456", "0.1234567", "0.0000001", "0.9999999"),
    *("1234567890.5", "123456789.123456", "123456789012345", "1234567890123456", "1e400", "1e15"),
    *("99999999999999999999.5", "123456789012345678901234567890", "30000000000000001e-17"),
    *("30000000000.000001e-11", "0.30000000000000001", "9007199254740993.0", "1000000000000"),
    *("NaN", "nan", "-Infinity", "[]", "{}", "[1]", '["x"]', "[null]", "[[]]", "[{}]", "[[1]]"),
    *('{"flag": true}', '{"x": 1}', '[{"flag": 1}]', "[true, 1]", "[1, 1.0]", '["yes", "yes"]'),
    *('"7"', '"0"', '"1.5"', '"true"', '"false"', '"null"', '"NaN"', '"[x]"', '"[1]"', '"{}"'),
    *('"none"', '"None"', '"NONE"', '"nOne"', '" none"', '"none "', '"nil"', '"tbc"', '" TBC\\n"'),
    *('"to be confirmed"', '"Unknown"', '"un\u212anown"', '"n/a"', '"??"', '""', '" "', '"\\t"'),
    *('"\u3000"', '"\\u3000"', '"\\u0020"', '"tbc\u00a0"', '"\u0085"', '"\u0085x"', '"x\\u0085"'),
    *('"x"', '"yes"', '"YES"', '"a:b"', '"it\'s"', '"12345"', '"123456"', '"ABC"', '"abc\\n"'),
    *('"x: y"', '"a\\": 1, \\"b\\": \\"c"', '"\\"x\\""', '"C:\\\\x"', '"\\\\"', '"\\\\u0041"'),
    *('"\\u0041"', '"\\u003a"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\b"', '"a\\/b"', '"a\\nb"'),
    *('"\u00e9"', '"\U0001f600"', '"\ufeffx"', '"\ufffe"', '"\ufb01x"', '"\x7f"', '"x\x7f"'),
    '"\\u007f"', '"to be con\ufb01rmed"',
    *('"2026-01-01"', '"2026-1-1"', '"2026/01/01"', '"2026 01 01"', '"2026-02-30"', '"0000-01-01"'),
    *('"0001-01-01"', '"9999-12-31"', '"10000-01-01"', '"2026-01-01 "', '" 026-01-01"', '"epoch"'),
    *('"2026-01-01T00:00:00"', '"infinity"', '"-001-01-01"', '"2026-W1-1"', "2026"),
    '"\uff12026-01-01"',
]  # fmt: skip
NO_JSON = [
    *("+1", "01", ".5", "1.", "tru", "True", '"x', "'x'", "0x1", "1 2", '"a" "b"', "/* 1 */ 1"),
    *('"a\tb"', '"a\x00b"', '"a\x0bb"', "\x0b1", "\x0c1", "\xa01", "1,", "[1,]", '{"x": 1,}'),
    *("[1 2]", "[,1]", "{,}", '{"x" 1}', "{x: 1}", "1}", "1]", "//", "#", "-", "[", '"\\x41"'),
]


@pytest.fixture(scope="module")
def strategy(tmp_path_factory: pytest.TempPathFactory) -> Strategy:
    folder = tmp_path_factory.mktemp("strategy") / "shapes"
    (folder / "rules").mkdir(parents=True)
    (folder / "facts.schema.yaml").write_text(yaml.safe_dump(MODEL, allow_unicode=True))
    (folder / "strategy.yaml").write_text(yaml.safe_dump(HEADER))
    rules = {"theme": "Theme", "rules": {"TT-01": rule(["flag or number > 3"])}}
    (folder / "rules" / "theme.yaml").write_text(yaml.safe_dump(rules))
    return load_strategy(str(folder), cache=False)


@pytest.fixture
def columns(strategy: Strategy) -> Iterator[Columns]:
    checker = Checker(strategy)
    made = Columns(checker.plan, TODAY, threads=1)
    yield made
    made.close()
    checker.close()


Facts = Mapping[str, Any]


def stated(value: Any) -> Any:
    """The same without what is unknown."""
    if isinstance(value, dict):
        found = {name: stated(part) for name, part in value.items()}
        return {name: part for name, part in found.items() if part is not None} or None
    return [stated(item) for item in value] if isinstance(value, list) else value


def by_row(table: pa.Table) -> dict[int, Facts]:
    rows = table.to_pylist()
    return {row.pop(ROW): stated(row) for row in rows}


def vouched_for(columns: Columns, facts: pa.Table | Rows) -> dict[int, Facts]:
    """The facts that the scan holds, by the row of the record."""
    columns.vouch(facts)
    return by_row(columns._connection.table(FACTS).to_arrow_table())


def by_check(strategy: Strategy, texts: list[str]) -> dict[int, Facts]:
    """The facts of those records that `check` takes."""
    taken: dict[int, dict[str, Any]] = {}
    for row, line in enumerate(texts):
        try:
            case = load_case(
                strategy.model, data=line.encode("utf-8", "surrogatepass"), name="x.json"
            )
        except Refused:
            continue
        if case.as_of is None or case.as_of <= TODAY:
            taken[row] = stated_facts(case)
    found = by_row(rows_of(strategy, list(taken.values())))
    return {row: found[at] for at, row in enumerate(taken)}


def lines(texts: list[str]) -> pa.Table:
    return pa.table({ROW: pa.array(range(len(texts)), pa.int64()), "line": texts})


def record(facts: str) -> str:
    """A record with this beside what every record states."""
    assert facts[0] == "{"
    comma = "" if facts.strip() == "{}" else ", "
    return '{"id": "A", "title": "B", "stage": "new"' + comma + facts[1:]


def records(tokens: list[str]) -> list[str]:
    """Each token as each fact in each place."""
    facts = [
        place % f'"{name}": {one}' for place in PLACES for name in ONE_OF_EACH for one in tokens
    ]
    facts += [f'{{"{name}": [{one}]}}' for name in LISTS for one in tokens]
    names = ["strict", "group", "items", *LISTS, "as_of", "exceptions"]
    facts += [f'{{"{name}": {one}}}' for name in names for one in tokens]
    facts += [f'{{"strict": {{"text": "x", "flag": {one}}}}}' for one in tokens]
    facts += [f'{{"items": [{{"parts": [{{"text": {one}}}]}}]}}' for one in tokens]
    facts += [f'{{"items": [{{"texts": ["a", {one}]}}]}}' for one in tokens]
    return [record(one) for one in facts]


def test_what_is_vouched_for_is_what_check_reads(columns: Columns, strategy: Strategy) -> None:
    texts = records(TOKENS)
    taken = by_check(strategy, texts)
    found = vouched_for(columns, lines(texts))
    assert found == {row: taken.get(row) for row in found}
    # Even of these odd ones, most that are good are not doubted.
    assert len(found) > 0.7 * len(taken) > 500


def test_what_is_no_json_is_never_vouched_for(columns: Columns, strategy: Strategy) -> None:
    texts = [record("{}"), *records(NO_JSON), record("{}")]
    found = vouched_for(columns, lines(texts))
    assert sorted(found) == [0, len(texts) - 1]


EXCEPTION = {
    "rule": "TT-01", "reason": "x", "approver": "Cabinet", "approved_on": "2026-01-01",
    "expires": "2026-02-01",
}  # fmt: skip
WHOLE = record('{"flag": true, "items": [{"text": "x", "number": 0.5}], "group": {"whole": 7}}')
ODD_RECORDS = [
    # names: twice, unknown, of another place, spelt by codes, apart from their colon
    *(record(f'{{"flag": true, "{name}": true}}') for name in ("flag", "Flag", "nix", "", "a:b")),
    record('{"flag": 1, "number": true}'),
    record('{"text": 5, "number": "5"}'),
    record('{"text": 5, "nix": 5}'),
    record('{"text": "a:b", "flag": 1, "day": "2026-1-1"}'),
    record('{"items": [{"text": "x"}, {"flag": 1}]}'),
    record('{"items": [{"text": "x", "nix": "a:b"}]}'),
    record('{"items": ["text:x"]}'),
    record('{"group": "flag:1"}'),
    record('{"strict": {"text": "x"}}'),
    record('{"\\u0066lag": true}'),
    record('{"flag" : true, "group" :{"flag":true}}'),
    # what may be between facts
    *(WHOLE.replace(mark, mark + blank) for mark in ",:{[" for blank in " \t\r\n\x0b\x0c\x00\xa0"),
    *(WHOLE.replace(mark, "," + mark) for mark in "]}"),
    *(WHOLE.replace(mark, ", " + mark) for mark in "]}"),
    *(WHOLE.replace('"number": 0.5', f'"number":{blank}1e2') for blank in ("", " ", "\t", "\n")),
    *(WHOLE[:at] for at in range(0, len(WHOLE), 7)),
    *(before + WHOLE + after for before in " \t\ufeff" for after in ("\r", " ", "{}", "x", "\x00")),
    *("[]", "{}", "5", '"x"', "null", f"[{WHOLE}]", WHOLE + WHOLE, "{}" + WHOLE),
    # exceptions
    *(
        record(json.dumps({"exceptions": [{**EXCEPTION, name: value}]}))
        for name in EXCEPTION
        for value in (None, "none", "", "2025-12-31", "2026-01-01", 5)
    ),
    record(json.dumps({"exceptions": [EXCEPTION, {}]})),
    record(json.dumps({"exceptions": [EXCEPTION, EXCEPTION]})),
]  # fmt: skip


def test_records_that_are_odd_as_a_whole(columns: Columns, strategy: Strategy) -> None:
    texts = [one for one in ODD_RECORDS if _is_json(columns, one)]
    assert 0 < len(texts) < len(ODD_RECORDS)
    # What is no JSON changes how the others are read, so those come alone first.
    for given in (texts, ODD_RECORDS):
        taken = by_check(strategy, given)
        found = vouched_for(columns, lines(given))
        assert found == {row: taken.get(row) for row in found}
        assert len(found) > 10


def _is_json(columns: Columns, line: str) -> bool:
    """Is this JSON, as far as the database is concerned?"""
    (found,) = columns._connection.execute("SELECT json_valid(?)", [line]).fetchall()
    return bool(found[0])


@pytest.mark.parametrize(
    "facts",
    [
        '{"flag":true,"number":1.5,"items":[{"text":"x"}]}',
        '{ "flag" : true , "items" :\t[ { "text" : "x" } ] }\r',
        '{"text": "Note: see http://x.y:80/", "texts": ["a: b"], "items": [{"text": ":"}]}',
        '{"text": "\\"quoted\\"", "short": "a\\\\c", "texts": ["a\\nb", "[x]", "{x}"]}',
        '{"text": "0", "items": [{"text": "true"}, {"text": "null"}]}',
        '{"text": "Zo\u00eb \U0001f600", "word": "a:b", "words": ["7", "true", "[x]"]}',
        '{"number": 123456789.123456, "whole": 1000000000000, "numbers": [1, 1.5, -7]}',
        '{"text": "none", "ended": "none", "day": "0001-01-01", "days": ["9999-12-31"]}',
        '{"texts": [], "items": [], "exceptions": [' + json.dumps(EXCEPTION) + "]}",
    ],
)
def test_good_records_are_vouched_for(columns: Columns, strategy: Strategy, facts: str) -> None:
    taken = by_check(strategy, [record(facts)])
    assert len(taken) == 1
    assert vouched_for(columns, lines([record(facts)])) == taken


def test_after_a_line_that_is_no_json(columns: Columns) -> None:
    good = record('{"flag": true}')
    for texts, rows in (([good, "{", good], [0, 2]), ([good], [0]), (["{"], []), ([good], [0])):
        assert sorted(vouched_for(columns, lines(texts))) == rows


# --- rows of Parquet ----------------------------------------------------------------------------

DAYS = [dt.date(1, 1, 1), dt.date(2026, 1, 1), dt.date(9999, 12, 31), None]
NUMBERS = [
    *(0, 1, -1, 7, 0.5, 7.9, 1.50, -0.0, 0.1, 0.3, 1 / 3, 2 / 3, 1e-7, 1e300, 0.123456, 0.1234567),
    *(123456789.123456, 1234567890.5, 123456789012345.0, 999999999999999.0, 1e15, 1e18, 2.0**53),
    *(float("nan"), float("inf"), float("-inf"), 4.35, 1000000.000001, 99999999.999999, None),
]
WHOLES = [0, 1, -1, -6, 10**12, 10**12 + 1, 10**15 - 1, 10**15, -(10**15), 2**63 - 1, None]
TEXTS = [json.loads(one) for one in TOKENS if one[0] == '"' and "ud8" not in one]
COLUMNS = {
    "bool": pa.array([True, False, None]),
    "int8": pa.array([0, 7, -6, None], pa.int8()),
    "int64": pa.array(WHOLES, pa.int64()),
    "uint64": pa.array([0, 7, 10**15, 2**64 - 1, None], pa.uint64()),
    "float": pa.array([0.5, 0.1, 7.0, 1 / 3, None], pa.float32()),
    "double": pa.array(NUMBERS, pa.float64()),
    "decimal": pa.array([Decimal("1.50"), Decimal("7.00"), None], pa.decimal128(10, 2)),
    "fine": pa.array([Decimal("0.5"), Decimal("0.1234567"), None], pa.decimal128(38, 10)),
    "large": pa.array([Decimal(10**17), Decimal(7), None], pa.decimal128(38, 0)),
    "date": pa.array(DAYS, pa.date32()),
    "time": pa.array([dt.datetime(2026, 1, 1), None], pa.timestamp("us")),
    "text": pa.array([*TEXTS, "a\x00b", "\x01", "x\x1f", "\x1d", None], pa.string()),
    "words": pa.array(["yes", "no", "x", None], pa.string()).dictionary_encode(),
    "null": pa.nulls(2),
}


def written(rows: int, columns: dict[str, pa.Array], path: str) -> None:
    given = {name: pa.array([name] * rows) for name in ("id", "title")}
    pq.write_table(pa.table({**given, "stage": pa.array(["new"] * rows), **columns}), path)


def one_by_one(column: pa.Array, names: list[str]) -> dict[str, pa.Array]:
    """The values as one fact after the other, so that a row states but one."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    rows = len(column)
    return {
        name: pa.concat_arrays(
            [
                pa.nulls(at * rows, column.type),
                column,
                pa.nulls((len(names) - at - 1) * rows, column.type),
            ]
        )
        for at, name in enumerate(names)
    }


def in_structs(column: pa.Array) -> pa.Array:
    columns = one_by_one(column, list(ONE_OF_EACH))
    return pa.StructArray.from_arrays(list(columns.values()), list(columns))


def in_lists(column: pa.Array) -> pa.Array:
    """Each value in a list of its own."""
    return pa.ListArray.from_arrays(pa.array(range(len(column) + 1), pa.int32()), column)


def tables(column: pa.Array) -> Iterator[dict[str, pa.Array]]:
    """Columns with these values as all facts, in all places."""
    yield one_by_one(column, list(ONE_OF_EACH))
    yield one_by_one(column, [f"group.{name}" for name in ONE_OF_EACH])
    yield {"group": in_structs(column)}
    yield {"items": in_lists(in_structs(column))}
    yield one_by_one(in_lists(one_by_one(column, [""])[""]), LISTS)
    yield one_by_one(column, ["group", "items", "strict", *LISTS])


@pytest.mark.usefixtures("libraries_may_warn")
@pytest.mark.parametrize("kind", COLUMNS)
def test_rows_that_are_vouched_for_are_what_check_reads(
    columns: Columns, strategy: Strategy, workplace: Path, kind: str
) -> None:
    for given in tables(COLUMNS[kind]):
        written(len(next(iter(given.values()))), given, "r.parquet")
        (rows,) = read_rows("r.parquet", strategy.model, 0, 10_000, "")
        taken = by_check(strategy, [one.text or "" for one in rows])
        found = vouched_for(columns, rows)
        assert found == {row: taken.get(row) for row in found}, given


@pytest.mark.usefixtures("libraries_may_warn")
def test_good_rows_are_vouched_for(columns: Columns, strategy: Strategy, workplace: Path) -> None:
    given = {
        "flag": [True, None],
        "number": [0.1, 123456789.123456],
        "whole": [7, 10**12],
        "day": [dt.date(2026, 1, 1), None],
        "ended": ["none", "2026-01-01"],
        "text": ["0", "Zo\u00eb: \U0001f600"],
        "word": ["a:b", "[x]"],
        "words": [["7", "true"], None],
        "numbers": [[1.5, 2.0], []],
        "strict": [{"flag": True, "text": "x"}, None],
        "items": [[{"flag": True, "number": None}, {"flag": None, "number": 1}], []],
        "exceptions": [[EXCEPTION], None],
    }
    written(2, {name: pa.array(values) for name, values in given.items()}, "r.parquet")
    (rows,) = read_rows("r.parquet", strategy.model, 0, 1000, "")
    taken = by_check(strategy, [one.text or "" for one in rows])
    assert len(taken) == 2
    assert vouched_for(columns, rows) == taken


@pytest.mark.usefixtures("libraries_may_warn")
def test_a_group_in_which_nothing_is_stated_lacks_what_is_required(
    columns: Columns, strategy: Strategy, workplace: Path
) -> None:
    kind = pa.struct([("flag", pa.bool_()), ("text", pa.string())])
    groups = pa.array([{"flag": None, "text": None}, {"flag": None, "text": "x"}, None], kind)
    written(3, {"strict": groups}, "r.parquet")
    (rows,) = read_rows("r.parquet", strategy.model, 0, 1000, "")
    assert list(by_check(strategy, [one.text or "" for one in rows])) == [2]
    assert list(vouched_for(columns, rows)) == [2]
