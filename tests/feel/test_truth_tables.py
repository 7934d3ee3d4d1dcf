"""docs/logic.md holds the tables that the functions give, and a few that we know by heart."""

from pathlib import Path

import pytest

from accordance.feel.truth_tables import replace_tables, truth_tables

PAGE = Path(__file__).parents[2] / "docs" / "logic.md"


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert replace_tables(page) == page, "run `make docs`"


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no marks"):
        replace_tables("# a page")


@pytest.mark.parametrize(
    "row",
    [
        # and: true and unknown is unknown, false and unknown is false
        "| **true** | true | false | *unknown* |",
        "| **false** | false | false | false |",
        # =: none equals only none; nothing is known to equal what is unknown
        "| **none** | false | false | false | false | true | *unknown* |",
        # order against none is false
        "| **none** | false | false | false | *unknown* |",
        # both readings of a count
        "| [1, 2?] | 1..2 | true | *unknown* | false | *unknown* | false |",
        # a month after the 31st
        "| 2024-01-31 + P1M | 2024-02-29 |",
    ],
)
def test_the_tables_say_what_the_design_settles(row: str) -> None:
    assert row in truth_tables()
