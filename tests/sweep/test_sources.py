"""Which files are read, and as what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accordance.problem import Refused
from accordance.strategy.model import Strategy
from accordance.sweep.sources import FILE, LINES, PACKAGE, ROWS, TABLE, Source, find_sources

FACTS = '{"id": "A", "title": "A", "stage": "new"}'
RELEASE = '{"releases": [{"ocid": "ocds-1", "date": "2026-01-01"}]}'


def put(*names: str, text: str = FACTS) -> None:
    for name in names:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_a_folder_of_everything(workplace: Path, small: Strategy) -> None:
    put("f/b.yaml", "f/a.json", "f/c/d.ndjson", "f/c/e.JSONL.gz", "f/g.parquet")
    put("f/h.csv", "f/h.items.csv", "f/r.csv", "f/w.xlsx", text="id,title\n")
    put("f/r.mapping.yaml", text="columns: {}\n")
    put("f/o.json", text=RELEASE)
    # Beside the facts stands what is none.
    put("f/b.expected.yaml", "f/.hidden.yaml", "f/.git/x.yaml", "f/README.md", "f/rejects.json")
    put("f/run/outcomes.parquet", "f/run/manifest.json", "f/x.partial/part-00000.json")
    assert find_sources(["f"], small.model) == [
        Source("f/a.json", FILE),
        Source("f/b.yaml", FILE),
        Source("f/g.parquet", ROWS),
        Source("f/h.csv", TABLE, beside=("f/h.items.csv",)),
        Source("f/o.json", PACKAGE),
        Source("f/r.csv", TABLE, "f/r.mapping.yaml"),
        Source("f/w.xlsx", TABLE),
        Source("f/c/d.ndjson", LINES),
        Source("f/c/e.JSONL.gz", LINES),
    ]


def test_a_mapping_for_those_without_their_own(workplace: Path, small: Strategy) -> None:
    put("a.csv", "b.csv", text="id\n")
    put("a.mapping.yaml", "m.yaml", text="columns: {}\n")
    assert [one.mapping for one in find_sources(["a.csv", "b.csv"], small.model, "m.yaml")] == [
        "a.mapping.yaml",
        "m.yaml",
    ]


@pytest.mark.parametrize(
    ("given", "mapping", "said"),
    [
        (["none.yaml"], None, "none.yaml: there is no such file"),
        (["e"], None, "e: there is no file of facts in this folder"),
        (["a.docx"], None, "a.docx: this is no source of facts"),
        (["a.yaml", "./a.yaml"], None, "named twice, first as `a.yaml`"),
        (["a.yaml"], "m.yaml", "m.yaml: there is no table for this mapping"),
    ],
)
def test_what_is_refused(
    workplace: Path, small: Strategy, given: list[str], mapping: str | None, said: str
) -> None:
    put("a.yaml", "a.docx")
    Path("e").mkdir()
    with pytest.raises(Refused) as refused:
        find_sources(given, small.model, mapping)
    assert said in str(refused.value)


def test_a_fact_of_that_name_is_no_open_contracting_data(workplace: Path, small: Strategy) -> None:
    put("a.json", text=json.dumps({"id": "A", "title": "about an ocid", "stage": "new"}))
    assert [one.kind for one in find_sources(["a.json"], small.model)] == [FILE]
