"""Survey exports: what is right in them counts, what is wrong is named with its cell."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from accordance.problem import Refused
from accordance.review.portfolio_reading import Portfolio
from accordance.review.survey import add_views
from accordance.review.triangulation import triangulate
from tests.review.small import case_of, strategy

LONG = "partnership,group,factor,score,respondents"


def added(tmp_path: Path, text: str, facts: str = "") -> tuple[list[Any], list[str]]:
    """The views of the case X-1 after a survey, and the problems, each without its advice."""
    file = tmp_path / "survey.csv"
    file.write_text(text, encoding="utf-8")
    return added_from(file, facts)


def added_from(file: Path, facts: str = "") -> tuple[list[Any], list[str]]:
    portfolio = Portfolio([case_of(facts)])
    add_views(portfolio, str(file), strategy())
    names = ("group", "factor", "score", "respondents")
    views = portfolio.cases[0].facts.get("stakeholder_views", [])
    shown = [str(one).replace(f"{file.parent}/", "").split("; ")[0] for one in portfolio.problems]
    return [tuple(view.get(name) for name in names) for view in views], shown


def test_the_long_layout(tmp_path: Path) -> None:
    text = f"{LONG}\nX-1,users,strategy,3.5,40\nexample,partner,Delivery,4,\n"
    assert added(tmp_path, text) == (
        [("users", "strategy", 7 / 2, 40), ("partner", "delivery", 4, None)],
        [],
    )


def test_the_wide_layout_of_groups(tmp_path: Path) -> None:
    text = "Reference;Group;n;Strategy;Outcomes\nX-1;users;40;3;4\nX-1;partner;7;;2\n"
    assert added(tmp_path, text) == (
        [
            ("users", "strategy", 3, 40),
            ("users", "outcomes", 4, 40),
            ("partner", "outcomes", 2, 7),
        ],
        [],
    )


def test_answers_of_persons_are_put_together(tmp_path: Path) -> None:
    text = "partnership,group,strategy,delivery\n" + "X-1,users,3,4\n" * 4 + "X-1,users,4,\n"
    assert added(tmp_path, text) == (
        [("users", "strategy", Fraction(16, 5), 5), ("users", "delivery", 4, 4)],
        [],
    )


def test_views_join_those_of_the_file(tmp_path: Path) -> None:
    facts = "stakeholder_views:\n- {group: officers, factor: strategy, score: 4, respondents: 9}\n"
    views, problems = added(tmp_path, f"{LONG}\nX-1,users,strategy,3,40\n", facts)
    assert [view[0] for view in views] == ["officers", "users"]
    assert problems == []


def test_the_place_of_a_view_is_its_cell(tmp_path: Path) -> None:
    file = tmp_path / "survey.csv"
    file.write_text(f"{LONG}\nX-1,users,strategy,3,40\n", encoding="utf-8")
    portfolio = Portfolio([case_of("")])
    add_views(portfolio, str(file), strategy())
    place = portfolio.cases[0].places["stakeholder_views[1].score"]
    assert str(place) == f"{file}:2:20"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("X-1,users,strategy,6,40", "survey.csv:3:20: the score `6` lies outside the scale"),
        ("X-1,users,strategy,0.5,40", "survey.csv:3:20: the score `0.5` lies outside the scale"),
        ("X-1,users,strategy,good,40", "survey.csv:3:20: `good` is not a score"),
        ("X-1,users,strategy,3,-4", "survey.csv:3:22: `-4` is not how many answered"),
        ("X-1,users,strategy,3,4.5", "survey.csv:3:22: `4.5` is not how many answered"),
        ("X-1,users,strategie,3,4", "survey.csv:3:11: `strategie` is not a factor of the review"),
        ("X-9,users,strategy,3,4", "survey.csv:3:20: `X-9` is not a partnership under review"),
        (",users,strategy,3,4", "survey.csv:3:1: the row has no partnership"),
        ("X-1,,strategy,3,4", "survey.csv:3:1: the row has no group"),
    ],
)
def test_a_wrong_row_is_named_and_the_rest_counts(tmp_path: Path, row: str, problem: str) -> None:
    text = f"{LONG}\nX-1,partner,delivery,4,9\n{row}\nX-1,members,delivery,3,8\n"
    views, problems = added(tmp_path, text)
    assert problems == [problem]
    assert [view[0] for view in views] == ["partner", "members"]


def test_of_a_group_that_scores_twice_neither_counts(tmp_path: Path) -> None:
    text = f"{LONG}\nX-1,users,strategy,3,40\nX-1,Users,strategy,4,40\nX-1,users,delivery,3,40\n"
    views, problems = added(tmp_path, text)
    assert views == [("users", "delivery", 3, 40)]
    assert problems == [
        "survey.csv:3:20: `Users` scores `strategy` of `X-1` twice, first at survey.csv:2:20"
    ]


@pytest.mark.parametrize(
    "head", ["Partnerschaft;Gruppe;Faktor;Wert", "partnership,group,score", "a,b,c"]
)
def test_headings_that_are_not_understood_refuse_the_file(tmp_path: Path, head: str) -> None:
    with pytest.raises(Refused) as refused:
        added(tmp_path, f"{head}\nX-1,users,strategy,3\n")
    (problem,) = refused.value.problems
    assert "the headings do not say which column holds" in problem.message
    assert str(problem.place).endswith("survey.csv:1:1")


def test_a_workbook_with_merged_cells(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Results of the survey"])
    sheet.append(["Partnership", "Group", "Respondents", "Strategy", "Delivery"])
    sheet.append(["X-1", "users", 40, 3, 4])
    sheet.append([None, "partner", 9, 4, 4])
    sheet.append(["X-1", "members", 8, 2.5, 3])
    sheet.merge_cells("A3:A4")
    file = tmp_path / "survey.xlsx"
    book.save(file)
    views, problems = added_from(file)
    assert views == [("members", "strategy", 5 / 2, 8), ("members", "delivery", 3, 8)]
    assert problems == [
        "survey.xlsx, sheet Sheet, cell A3: the cells A3:A4 are merged",
        "survey.xlsx, sheet Sheet, cell A4: the row has no partnership",
    ]


def test_what_was_added_is_triangulated_like_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "survey.csv"
    rows = "X-1,users,strategy,2,40\nX-1,partner,strategy,4,10\nX-1,board,strategy,5,2\n"
    file.write_text(f"{LONG}\n{rows}", encoding="utf-8")
    portfolio = Portfolio([case_of("")])
    add_views(portfolio, str(file), strategy())
    found = triangulate(portfolio.cases[0], strategy()).factor("strategy")
    assert ([one.group for one in found.means], found.gap, found.too_few) == (
        ["users", "partner"],
        2,
        ("board",),
    )


def test_views_become_facts_that_join_the_file(tmp_path: Path) -> None:
    import yaml

    from accordance.facts.importing import write_import
    from accordance.review.survey import import_survey

    file = tmp_path / "survey.csv"
    rows = "X-1,users,strategy,2.5,40\nX-1,partner,strategy,9,10\nX-2,users,delivery,4,\n"
    file.write_text(f"{LONG}\n{rows}", encoding="utf-8")
    done = import_survey(str(file), strategy())
    write_import(str(tmp_path / "views"), done)
    assert (done.read, len(done.cases), len(done.rejects)) == (3, 2, 1)
    assert yaml.safe_load((tmp_path / "views" / "X-1.facts.yaml").read_text()) == {
        "id": "X-1",
        "stakeholder_views": [
            {"group": "users", "factor": "strategy", "score": 2.5, "respondents": 40}
        ],
    }
    rejected = (tmp_path / "views" / "rejects.json").read_text()
    assert "the score `9` lies outside the scale" in rejected
