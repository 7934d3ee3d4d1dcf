"""Under which group the names of providers go, and which names look alike."""

from __future__ import annotations

import pytest

from accordance.portfolio.providers import Providers, bare, load_table, stated_groups

TABLE = {"acme ltd": "Acme Group", "acme group": "Acme Group", "acme plc": "Acme Group"}


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("Acme Ltd", "Acme Group"),
        ("ACME  LTD", "Acme Group"),
        ("Acme Group", "Acme Group"),
        ("Bolt", "Bolt Holdings"),  # as a file states
        ("Cask", "Acme Group"),  # a file states a name of the table
        ("Dale", "Dale"),  # files state two groups
        ("Elm", "Elm"),  # nobody says anything
    ],
)
def test_the_group_of_a_name(name: str, group: str) -> None:
    stated = {
        "Bolt": frozenset({"Bolt Holdings"}),
        "Cask": frozenset({"Acme plc", "acme ltd"}),
        "Dale": frozenset({"Dale One", "Dale Two"}),
    }
    assert Providers(TABLE, stated).group(name) == group


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("Tallow Mere Digital Limited", "tallowmeredigital"),
        ("Tallowmere Digital Ltd", "tallowmeredigital"),
        ("O'Hara & Sons (UK) plc", "oharasons"),
        ("The Company Ltd", "thecompanyltd"),  # nothing else would be left
        ("株式会社", "株式会社"),
    ],
)
def test_what_tells_names_apart(name: str, left: str) -> None:
    assert bare(name) == left


def test_the_report() -> None:
    names = ["Acme Ltd", "ACME Ltd", "Tallowmere Digital Ltd", "Tallow Mere Digital Limited"]
    names += ["Brackenfold Roads Ltd", "Brackenfold Raods Ltd", "Elm"]
    assert Providers(TABLE, {"Elm": frozenset({"A", "B"})}).report(names) == {
        "groups": [{"group": "Acme Group", "names": ["ACME Ltd", "Acme Ltd"]}],
        "several_groups": [{"name": "Elm", "groups": ["A", "B"]}],
        "alike": [
            {"names": ["Tallow Mere Digital Limited", "Tallowmere Digital Ltd"], "likeness": 1.0},
            {"names": ["Brackenfold Raods Ltd", "Brackenfold Roads Ltd"], "likeness": 0.94},
        ],
        "alike_complete": True,
    }


def test_very_many_names_take_no_longer_than_they_may() -> None:
    report = Providers().report(f"Acme Services {number:05}" for number in range(3_000))
    assert report["alike_complete"] is False
    assert report["alike"]


def test_no_table() -> None:
    assert load_table(None) == {}
    assert load_table(None, "/nowhere") == {}


def test_groups_that_files_state() -> None:
    parties = [{"name": "A", "group": "G"}, {"name": "B"}, {"group": "H"}]
    assert stated_groups([{"parties": parties}, {"id": "none"}]) == {"A": frozenset({"G"})}
