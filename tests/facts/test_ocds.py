"""Open contracting data: what becomes a fact, what does not, and that nothing is lost."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accordance.facts.importing import Import, write_import
from accordance.facts.model import FactModel
from accordance.facts.ocds.importing import import_ocds
from accordance.facts.ocds.packages import day_and_moment
from accordance.facts.reading import load_case
from accordance.problem import Refused
from accordance.source.reading import read
from accordance.source.tree import plain
from accordance.strategy.reading import load_strategy
from tests.facts.small import model as small_model

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "cases" / "imports" / "open-contracting.json"
SAMPLES = ROOT.parent / "shared" / "domain" / "ocds"

Release = dict[str, Any]


@pytest.fixture(scope="module")
def model() -> FactModel:
    return load_strategy(None).model


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def release(**more: Any) -> Release:
    """An award to one supplier, with parts replaced."""
    made: Release = {
        "ocid": "ocds-x-1",
        "id": "r1",
        "date": "2026-01-10T09:00:00Z",
        "tag": ["award"],
        "buyer": {"id": "B", "name": "Northbridge"},
        "parties": [
            {"id": "B", "name": "Northbridge", "roles": ["buyer"]},
            {"id": "S", "name": "Saltmarsh Ltd", "roles": ["supplier"]},
        ],
        "tender": {"id": "t", "title": "Gritting", "status": "complete"},
        "awards": [
            {
                "id": "a",
                "status": "active",
                "value": {"amount": 1000, "currency": "GBP"},
                "suppliers": [{"id": "S", "name": "Saltmarsh Ltd"}],
                "contractPeriod": {"startDate": "2026-01-01", "endDate": "2027-12-31"},
            }
        ],
    }
    return made | more


def award(**more: Any) -> list[dict[str, Any]]:
    return [release()["awards"][0] | more]


def imported(model: FactModel, *releases: Any) -> Import:
    Path("p.json").write_text(json.dumps({"releases": releases}), encoding="utf-8")
    done = import_ocds(["p.json"], model)
    assert done.in_cases + done.in_rejects == done.read == len(releases)
    return done


def facts(done: Import, model: FactModel) -> dict[str, Any]:
    (made,) = done.cases
    return load_case(model, data=made.text.encode(), name="c.yaml").facts


def flat(value: Any, path: str = "") -> dict[str, Any]:
    """Facts by concrete path, without the evidence."""
    if isinstance(value, dict):
        found = {}
        for name, part in value.items():
            if (path, name) != ("", "evidence"):
                found |= flat(part, f"{path}.{name}" if path else name)
        return found
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {
            key: fact
            for number, item in enumerate(value, 1)
            for key, fact in flat(item, f"{path}[{number}]").items()
        }
    return {path: value}


def test_an_award(place: Path, model: FactModel) -> None:
    found = facts(imported(model, release()), model)
    assert flat(found) == {
        "id": "ocds-x-1/B",
        "title": "Gritting",
        "organisation": "Northbridge",
        "stage": "established",
        "as_of": dt.date(2026, 1, 10),
        "basis": "contractual",
        "ocids": ["ocds-x-1"],
        "service.name": "Gritting",
        "service.start_date": dt.date(2026, 1, 1),
        "period.start_date": dt.date(2026, 1, 1),
        "period.end_date": dt.date(2027, 12, 31),
        "value.approved": 1000,
        "parties[1].name": "Northbridge",
        "parties[1].ourselves": True,
        "parties[1].roles": ["buyer"],
        "parties[2].name": "Saltmarsh Ltd",
        "parties[2].ourselves": False,
        "parties[2].roles": ["supplier"],
    }
    backed = {entry["fact"] for entry in found["evidence"]}
    assert backed == {name.replace("[1]", "").replace("[2]", "") for name in flat(found)}
    assert {
        "fact": "value.approved",
        "reference": "ocds-x-1, release r1, awards[a].value.amount",
        "date": dt.date(2026, 1, 10),
        "type": "notice",
        "note": "the data does not say whether VAT is included",
    } in found["evidence"]


STATED = [
    ({"tender": {"title": "G", "procurementMethod": "open"}}, "procurement.method", "open"),
    ({"tender": {"title": "G", "procurementMethod": "open"}}, "procurement.bids_received", None),
    ({"tender": {"title": "G", "numberOfTenderers": 3}}, "procurement.bids_received", 3),
    ({"tender": {"title": "G", "numberOfTenderers": 0}}, "procurement.bids_received", None),
    (
        {"bids": {"statistics": [{"id": "1", "measure": "validBids", "value": 2}]}},
        "procurement.bids_received",
        2,
    ),
    ({"tender": {"title": "G", "procurementMethod": "best"}}, "procurement.method", None),
    (
        {"tender": {"title": "G", "classification": {"scheme": "CPV", "id": "90620000-9"}}},
        "service.category",
        "90620000",
    ),
    ({"tender": {"title": "G", "legalBasis": {"id": "2023/54"}}}, "regime", "procurement_act_2023"),
    ({"tender": {"title": "G", "legalBasis": {"id": "32014L0024"}}}, "regime", None),
    (
        {"ocid": "ocds-r6ebe6-1", "tender": {"title": "G", "legalBasis": {"id": "32014L0024"}}},
        "regime",
        "scottish_regulations",
    ),
    ({"awards": award(value={"amount": 0, "currency": "GBP"})}, "value.approved", None),
    ({"awards": award(value={"amount": -5, "currency": "GBP"})}, "value.approved", None),
    ({"awards": award(value={"amount": 5, "currency": "EUR"})}, "value.approved", None),
    (
        {"awards": award(value={"amount": 71220.31, "currency": "GBP"})},
        "value.approved",
        "71220.31",
    ),
    ({"awards": award(value={"amount": 0.1234567, "currency": "GBP"})}, "value.approved", None),
    ({"awards": [*award(), *award(id="b")]}, "value.approved", 2000),
    ({"awards": [*award(), *award(id="b", value=None)]}, "value.approved", None),
    ({"awards": [*award(), *award(id="b", status="cancelled")]}, "value.approved", 1000),
    (
        {"awards": award(contractPeriod={"endDate": "2026-08-31T23:59:59+01:00"})},
        "period.end_date",
        dt.date(2026, 8, 31),
    ),
    ({"awards": award(contractPeriod={"endDate": "31/08/2026"})}, "period.end_date", None),
    (
        {"awards": award(contractPeriod={"startDate": "2027-01-01", "endDate": "2026-06-30"})},
        "period.end_date",
        None,
    ),
    (
        {
            "awards": award(
                contractPeriod={"endDate": "2026-08-31", "maxExtentDate": "2028-02-29T00:00:00Z"}
            )
        },
        "period.extension_months",
        18,
    ),
    (
        {"tender": {"title": "G", "lots": [{"id": "1", "hasRenewal": False}]}},
        "period.extension_months",
        0,
    ),
    (
        {"tender": {"title": "G", "lots": [{"id": "1", "renewal": {"description": "2 years"}}]}},
        "period.extension_months",
        None,
    ),
    ({"awards": award(suppliers=[])}, "parties[1].name", None),
    (
        {"awards": award(contractPeriod={"endDate": "9999-12-31", "maxExtentDate": "9999-12-31"})},
        "period.extension_months",
        0,
    ),
    (
        {"awards": award(contractPeriod={"endDate": "2026-01-01", "maxExtentDate": "2027-01-01"})},
        "stage",
        "established",
    ),
    ({"awards": award(status="pending")}, "stage", "new"),
    ({"awards": award(status="pending")}, "parties[1].name", None),
    (
        {"awards": [*award(), *award(id="b", value={"amountGross": 6, "currency": "GBP"})]},
        "value.approved",
        None,
    ),
    ({"parties": [{"name": "Northbridge"}]}, "parties[1].name", "Northbridge"),
    ({"parties": [{"name": "Northbridge"}]}, "parties[1].ourselves", True),
    ({"parties": [{"id": "S", "name": "A"}, {"id": "S", "name": "B"}]}, "parties[2].name", None),
    ({"awards": award(suppliers=[{"id": "Z", "name": None}])}, "parties[2].roles", ["supplier"]),
    ({"awards": award(suppliers=[{"id": "Z", "name": "TBC"}])}, "parties[2].name", None),
    ({"buyer": {"id": "B", "name": "unknown"}}, "organisation", None),
    ({"awards": award(contractPeriod={"startDate": "2026-03-01"})}, "stage", "new"),
    (
        {
            "awards": award(contractPeriod={"startDate": "2026-03-01"}),
            "contracts": [{"id": "c", "status": "active", "dateSigned": "2026-01-09T12:00:00Z"}],
        },
        "agreement.signed_on",
        dt.date(2026, 1, 9),
    ),
    (
        {"tag": ["tender"], "awards": [], "tender": {"title": "G", "status": "active"}},
        "stage",
        "new",
    ),
    (
        {"tag": ["tender"], "awards": [], "tender": {"title": "G", "status": "active"}},
        "parties[1].name",
        None,
    ),
    (
        {
            "awards": [],
            "tender": {"title": "G", "status": "active", "value": {"amount": 9, "currency": "GBP"}},
        },
        "value.approved",
        None,
    ),
]


@pytest.mark.parametrize(("parts", "path", "value"), STATED, ids=range(len(STATED)))
def test_what_becomes_a_fact(
    place: Path, model: FactModel, parts: Release, path: str, value: Any
) -> None:
    found = flat(facts(imported(model, release(**parts)), model))
    stated = found.get(path)
    assert (str(float(stated)) if isinstance(value, str) and value[:1] == "7" else stated) == value


UNFIT = [
    ({"tender": {"status": "complete"}}, "it has no title"),
    ({"awards": [], "tender": {"title": "G", "status": "withdrawn"}}, "its tender is withdrawn"),
    (
        {"awards": [], "tender": {"title": "G", "status": "complete"}},
        "its tender is over, and the data names no award",
    ),
    (
        {"awards": [], "tag": ["tenderCancellation"], "tender": {"title": "G"}},
        "its latest release is a tenderCancellation",
    ),
    ({"awards": award(status="cancelled")}, "all its awards were called off or have ended"),
    (
        {"contracts": [{"id": "c", "status": "terminated"}]},
        "all its contracts were called off or have ended",
    ),
    (
        {"awards": award(contractPeriod={"endDate": "2026-01-09T23:59:59Z"})},
        "its agreement ended on 2026-01-09, before its latest release of 2026-01-10",
    ),
    ({"awards": [], "tender": {}}, "it says nothing of a tender, an award or a contract"),
    (
        {"awards": [*award(), *award(status="cancelled")]},
        "the data contradicts itself on whether one of its awards is in force",
    ),
    ({"ocid": None}, "the release has no `ocid`"),
    ({"date": None}, "the release has no date"),
    ({"date": "10/01/2026"}, "`10/01/2026` is no date"),
]


@pytest.mark.parametrize(("parts", "reason"), UNFIT, ids=[reason for _, reason in UNFIT])
def test_what_cannot_become_a_case(
    place: Path, model: FactModel, parts: Release, reason: str
) -> None:
    done = imported(model, release(**parts))
    (reject,) = done.rejects
    assert reject.reasons == (reason,)
    assert done.cases == []


def test_releases_are_merged_in_the_order_of_their_dates(place: Path, model: FactModel) -> None:
    late = release(id="r2", date="2026-02-01T08:00:00Z", awards=award(value={"amount": 1500}))
    early = release(id="r1", date="2026-02-01T08:30:00+01:00", tender={"title": "Old title"})
    del late["tender"]
    done = imported(model, late, early)
    found = facts(done, model)
    assert found["title"] == "Old title"
    assert found["value"] == {"approved": 1500}
    assert done.left_out == []
    assert done.cases[0].sources == ("p.json:1:471 r1", "p.json:1:15 r2")
    references = {entry["fact"]: entry["reference"] for entry in found["evidence"]}
    assert references["title"] == "ocds-x-1, release r1, tender.title"
    assert references["value.approved"] == "ocds-x-1, release r2, awards[a].value.amount"


def test_null_takes_a_value_away(place: Path, model: FactModel) -> None:
    done = imported(
        model,
        release(),
        release(id="r2", date="2026-02-01", awards=award(value={"amount": None})),
    )
    assert "value" not in facts(done, model)


@pytest.mark.parametrize(
    ("second", "text"),
    [
        ({}, "contradicts itself: `1000` (release r1) and `2000` (release r1)"),
        ({"id": "r2"}, "contradicts itself: `1000` (release r1) and `2000` (release r2)"),
        ({"date": "2026-02-01"}, "contradicts itself: `1000` (release r1) and `2000` (release r1)"),
    ],
    ids=["same release twice", "same moment", "same id later"],
)
def test_contradictions_are_reported_and_not_settled(
    place: Path, model: FactModel, second: Release, text: str
) -> None:
    value = {"amount": 2000, "currency": "GBP"}
    done = imported(model, release(), release(awards=award(value=value), **second))
    assert "value" not in facts(done, model)
    assert [(one.path, one.reason) for one in done.left_out] == [("awards[a].value.amount", text)]
    assert f"# - awards[a].value.amount: {text}\n" in done.cases[0].text


def test_a_later_release_settles_a_contradiction(place: Path, model: FactModel) -> None:
    value = {"amount": 2000, "currency": "GBP"}
    done = imported(
        model,
        release(),
        release(awards=award(value=value)),
        release(id="r3", date="2026-03-01", awards=award(value=value)),
    )
    assert facts(done, model)["value"] == {"approved": 2000}


def test_one_ocid_can_cover_processes_of_several_buyers(place: Path, model: FactModel) -> None:
    other = release(buyer={"id": "C", "name": "Tarnwick"}, id="r2")
    unnamed = release(id="r3", ocid="ocds-x-2", buyer={}, parties=[])
    done = imported(model, release(), other, unnamed)
    assert [made.id for made in done.cases] == ["ocds-x-1/B", "ocds-x-1/C", "ocds-x-2"]


def test_a_release_without_a_buyer_belongs_to_the_only_one(place: Path, model: FactModel) -> None:
    done = imported(model, release(), release(id="r2", date="2026-02-01", buyer={}, parties=[]))
    assert [(made.id, len(made.sources)) for made in done.cases] == [("ocds-x-1/B", 2)]


def test_the_vat_basis_is_kept(place: Path, model: FactModel) -> None:
    def note(value: dict[str, Any]) -> str:
        found = facts(imported(model, release(awards=award(value=value))), model)
        (entry,) = (one for one in found["evidence"] if one["fact"] == "value.approved")
        return str(entry["note"])

    assert note({"amount": 100, "amountGross": 120}) == "without VAT; with it 120"
    assert note({"amountGross": 120}) == "with VAT"
    assert note({"amountNet": 100, "amountGross": 120}) == "without VAT"


def test_a_strategy_without_such_facts(place: Path) -> None:
    done = imported(small_model(), release())
    assert {one.path for one in done.left_out} >= {"value.approved", "period.end_date", "basis"}
    (made,) = done.cases
    assert set(load_case(small_model(), data=made.text.encode(), name="c").facts) == {
        *("id", "title", "organisation", "stage", "as_of", "parties"),
    }


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (json.dumps([release()]), 1),
        (json.dumps(release()), 1),
        (json.dumps({"records": [{"ocid": "x", "compiledRelease": release()}]}), 1),
        (json.dumps({"records": [{"ocid": "x", "releases": [release(), release(id="2")]}]}), 1),
        (json.dumps({"records": [{"ocid": "x", "releases": [{"url": "u"}]}]}), 0),
        (json.dumps({"records": [7]}), 0),
        (json.dumps({"releases": [None]}), 0),
    ],
    ids=["list", "release", "compiled", "embedded", "links", "no record", "no release"],
)
def test_kinds_of_packages(place: Path, model: FactModel, text: str, count: int) -> None:
    Path("p.json").write_text(text, encoding="utf-8")
    done = import_ocds(["p.json"], model)
    assert (len(done.cases), done.in_cases + done.in_rejects) == (count, done.read)
    Path("p.jsonl").write_text(f"{text}\n\n{text}\n", encoding="utf-8")
    twice = import_ocds(["p.jsonl"], model)
    assert (len(twice.cases), twice.read) == (count, 2 * done.read)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "p.json:1:1: this holds no open contracting data; give a package with `releases`"),
        ('{"releases": 3}', "p.json:1:14: this holds no open contracting data"),
        ("7", "p.json:1:1: this holds no open contracting data"),
        ("", "p.json:1:1: the file is empty"),
        ('{"releases": [', "p.json:1:15: the JSON ends too early"),
        ("a: 1", "p.json:1:1: this is not valid JSON"),
        ('{"releases": [{"ocid": "a", "ocid": "b"}]}', "p.json:1:29: `ocid` is stated twice"),
        ("[" * 100, "p.json:1:41: values are nested more than 40 deep"),
    ],
)
def test_files_that_are_no_such_data(
    place: Path, model: FactModel, text: str, message: str
) -> None:
    Path("p.json").write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as caught:
        import_ocds(["p.json"], model)
    assert str(caught.value.problems[0]).startswith(message)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-01-31", ("2026-01-31", "2026-01-31T00:00:00+00:00")),
        ("2026-08-31T23:59:59+01:00", ("2026-08-31", "2026-08-31T22:59:59+00:00")),
        ("2026-01-01T00:30:00.123+0100", ("2026-01-01", "2025-12-31T23:30:00+00:00")),
        ("2026-02-30", None),
        ("2026-01-31T25:00:00Z", None),
        ("0001-01-01T00:00:00+10:00", None),
        ("31 January 2026", None),
    ],
)
def test_days_are_those_of_their_own_zone(text: str, found: tuple[str, str] | None) -> None:
    when = day_and_moment(text)
    assert (when and (when[0].isoformat(), when[1].isoformat())) == found


# --- laws, and real data ----------------------------------------------------------------------

JUNK = st.sampled_from([None, True, 0, -1, "", "x", "2026-13-01", [], {}, [None], [{}], {"id": 1}])


@st.composite
def damaged(draw: Any) -> Release:
    """A release some part of which says something else than the standard has."""
    made = copy.deepcopy(release())
    for _ in range(draw(st.integers(1, 3))):
        here: Any = made
        while True:
            keys = list(here) if isinstance(here, dict) else list(range(len(here)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(here[key], dict | list) and here[key] and draw(st.booleans()):
                here = here[key]
                continue
            here[key] = copy.deepcopy(draw(JUNK))
            break
    return made


@settings(max_examples=60, deadline=None)
@given(st.lists(damaged(), min_size=1, max_size=3))
def test_whatever_the_data_nothing_is_lost(releases: list[Release]) -> None:
    import tempfile

    model = load_strategy(None).model
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.json"
        path.write_text(json.dumps({"releases": releases}), encoding="utf-8")
        done = import_ocds([str(path)], model)
        assert done.in_cases + done.in_rejects == done.read == len(releases)
        for made in done.cases:
            load_case(model, data=made.text.encode(), name="c.yaml")
        out = Path(folder) / "out"
        write_import(str(out), done)
        assert len(list(out.glob("*.facts.yaml"))) == len(done.cases)


def test_the_same_input_gives_the_same_bytes(place: Path, model: FactModel) -> None:
    folders = [place / "one", place / "two"]
    for folder in folders:
        write_import(str(folder), import_ocds([str(EXAMPLE)], model))
    names = sorted(path.name for path in folders[0].iterdir())
    assert len(names) == 3 + 2
    for name in names:
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not part of the project")
@pytest.mark.parametrize(
    ("files", "cases", "rejected"),
    [
        (["contracts_finder.json"], 115, 4),
        (["public_contracts_scotland.json"], 90, 0),
        (["documentation_example/ocds-213czf-000-00001.json"], 1, 0),
    ],
)
def test_real_data(
    place: Path, model: FactModel, files: list[str], cases: int, rejected: int
) -> None:
    done = import_ocds([str(SAMPLES / file) for file in files], model)
    assert (len(done.cases), len(done.rejects)) == (cases, rejected)
    assert done.in_cases + done.in_rejects == done.read
    write_import("out", done)
    document = plain(read("out/rejects.json"))
    assert len(document["cases"]) == cases
    stages: Counter[str] = Counter()
    for path in Path("out").glob("*.facts.yaml"):
        case = load_case(model, path=str(path))
        stages[case.stage] += 1
        assert case.facts.get("value", {}).get("approved") != 0
        assert "bids_received" not in case.facts.get("procurement", {}) or "213czf" in case.id
        assert "provider_count" not in case.facts.get("dependence", {})
    assert set(stages) <= {"new", "established"}


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not part of the project")
def test_releases_and_their_record_give_the_same_facts(place: Path, model: FactModel) -> None:
    folder = SAMPLES / "documentation_example"
    parts = sorted(str(path) for path in folder.glob("*-0?-*.json"))
    merged = flat(facts(import_ocds(parts, model), model))
    record = flat(facts(import_ocds([str(folder / "ocds-213czf-000-00001.json")], model), model))
    different = {name for name in merged.keys() | record if merged.get(name) != record.get(name)}
    # The record was compiled with ids and codes as decimal numbers.
    assert different <= {"parties[2].identifier", "service.category"}
