"""Approvals: what is recorded, what follows from them on a day, and what was approved when."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from accordance.problem import Refused
from accordance.strategy.digest import canonical_content
from accordance.strategy.folder import locate
from accordance.strategy.in_force import standing
from accordance.strategy.model import Strategy
from accordance.strategy.reading import examine_strategy, load_strategy
from accordance.workbench.approved import contents, digest_of, record
from accordance.workbench.publishing import Form, history, publication, write

SOUND = Path(__file__).parents[1] / "strategy" / "sound"
TODAY = dt.date(2026, 11, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sound strategy without the approval in its header."""
    copy = shutil.copytree(SOUND, tmp_path / "ours")
    header = copy / "strategy.yaml"
    lines = header.read_text().splitlines(keepends=True)
    header.write_text("".join(line for line in lines if not line.startswith("approval:")))
    return copy


def publish(folder: Path, on: str, **more: str) -> Strategy:
    dates = {
        name: dt.date.fromisoformat(more[name]) for name in ("starts", "until") if name in more
    }
    form = Form("Head of Policy", "Cabinet", dt.date.fromisoformat(on), more.get("minute"), **dates)
    place = locate(str(folder))
    write(publication(load_strategy(str(folder)), place, form, TODAY, more.get("impact")), place)
    return load_strategy(str(folder))


def edit(folder: Path, old: str, new: str, name: str = "strategy.yaml") -> None:
    path = folder / name
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def status(strategy: Strategy, day: str) -> str:
    return standing(strategy, dt.date.fromisoformat(day)).status


def test_an_approval_is_recorded_as_its_owner_reads_it(folder: Path) -> None:
    strategy = publish(
        folder, "2026-04-15", minute="Minute 12", starts="2026-05-01", until="2028-04-30"
    )
    assert (folder / "approvals.yaml").read_text() == (
        "# The approvals of this strategy, the oldest first. `accordance publish` adds one; each"
        " names the\n"
        "# digest of the content that was approved. Any change since makes the strategy a draft.\n"
        "approvals:\n"
        '  - version: "1.2"\n'
        '    author: "Head of Policy"\n'
        '    by: "Cabinet"\n'
        "    on: 2026-04-15\n"
        '    minute: "Minute 12"\n'
        "    from: 2026-05-01\n"
        "    until: 2028-04-30\n"
        f"    digest: {strategy.digest}\n"
        "    content: approvals/2026-04-15-1.2.json\n"
    )
    assert strategy.status == "approved"
    kept = json.loads((folder / "approvals/2026-04-15-1.2.json").read_text())
    assert (kept["digest"], kept["since"], kept["gone"]) == (strategy.digest, None, [])


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-04-30", "approved_later"),
        ("2026-05-01", "approved"),
        ("2028-04-30", "approved"),
        ("2028-05-01", "expired"),
    ],
)
def test_the_status_follows_from_the_day(day: str, expected: str, folder: Path) -> None:
    strategy = publish(folder, "2026-04-15", starts="2026-05-01", until="2028-04-30")
    assert status(strategy, day) == expected


def test_any_change_makes_a_draft_and_a_comment_none(folder: Path) -> None:
    publish(folder, "2026-04-15")
    with open(folder / "strategy.yaml", "a") as file:
        file.write("# a remark\n")
    assert status(load_strategy(str(folder)), "2026-06-01") == "approved"
    edit(folder, "value: 12, unit: months", "value: 11, unit: months")
    strategy = load_strategy(str(folder))
    found = standing(strategy, dt.date(2026, 6, 1))
    assert found.status == "draft"
    assert found.approval and found.approval.by == "Cabinet"  # who approved what it was


def test_a_new_version_takes_the_place_of_the_old(folder: Path) -> None:
    old = publish(folder, "2026-04-15")
    edit(folder, "value: 12, unit: months", "value: 9, unit: months")
    edit(folder, 'version: "1.2"', 'version: "1.3"')
    new = publish(folder, "2026-06-01", starts="2026-07-01")
    assert [one.version for one in new.approvals] == ["1.2", "1.3"]
    assert (status(new, "2026-06-15"), status(new, "2026-07-01")) == ("approved_later", "approved")
    # Whoever goes back to the old content stands with an approval that was replaced.
    edit(folder, "value: 9, unit: months", "value: 12, unit: months")
    edit(folder, 'version: "1.3"', 'version: "1.2"')
    back = load_strategy(str(folder))
    assert back.digest == old.digest
    assert (status(back, "2026-06-15"), status(back, "2026-07-01")) == ("approved", "expired")


def test_the_approval_in_the_header_counts_as_before(folder: Path) -> None:
    digest = load_strategy(str(folder)).digest
    with open(folder / "strategy.yaml", "a") as file:
        file.write(f"approval: {{by: Full Council, on: 2026-04-15, digest: '{digest}'}}\n")
    strategy = load_strategy(str(folder))
    assert (status(strategy, "2026-04-14"), status(strategy, "2026-04-15")) == (
        "approved_later",
        "approved",
    )
    assert [one["note"] for one in history(strategy, locate(str(folder)))["approvals"]] == [
        "no record of what was approved was kept"
    ]


def test_the_history_tells_what_changed(folder: Path) -> None:
    publish(folder, "2026-04-15")
    edit(folder, "value: 12, unit: months", "value: 9, unit: months")
    edit(folder, 'version: "1.2"', 'version: "1.3"')
    publish(folder, "2026-06-01")
    edit(folder, "large_value: {value: 500000.50", "large_value: {value: 250000")
    told = history(load_strategy(str(folder)), locate(str(folder)))
    assert [one["note"] for one in told["approvals"]][1:] == [None]
    between = [
        (one["id"], [(field["field"], field["old"], field["new"]) for field in one["fields"]])
        for one in told["approvals"][1]["edits"]
    ]
    assert between == [
        ("parameter:replacement_months_max", [("value", "12", "9")]),
        ("header:strategy", [("version", "1.2", "1.3")]),
    ]
    assert [(one["id"], one["fields"][0]["new"]) for one in told["since"]] == [
        ("parameter:large_value", "250000")
    ]
    # A later record holds only what changed.
    first, second = sorted((folder / "approvals").iterdir())
    assert json.loads(second.read_text())["set"].keys() == {
        "parameters/replacement_months_max",
        "version",
    }
    assert len(second.read_text()) < len(first.read_text()) / 10


def test_every_content_can_be_told_from_its_record() -> None:
    before = canonical_content(load_strategy(str(SOUND)))
    after = canonical_content(load_strategy())
    for content, since in ((before, None), (after, None), (after, before), (before, after)):
        kept = json.loads(record(content, since))
        assert kept["digest"] == digest_of(content)
    assert digest_of(after) == load_strategy().digest


def test_records_give_back_what_was_approved(folder: Path) -> None:
    publish(folder, "2026-04-15")
    edit(folder, "value: 12, unit: months", "value: 9, unit: months")
    edit(folder, 'version: "1.2"', 'version: "1.3"')
    strategy = publish(folder, "2026-06-01")
    kept = contents(str(folder), "ours", strategy.approvals)
    assert kept[1] == canonical_content(strategy)
    assert kept[0] and kept[0]["parameters"]["replacement_months_max"]["value"] == {"number": "12"}


@pytest.mark.parametrize(
    "harm",
    [
        lambda text: text.replace('"12"', '"13"', 1),
        lambda text: text[:-20],
        lambda text: "[]",
        lambda text: text.replace('"gone": []', '"gone": ["nothing"]'),
        lambda text: text.replace("accordance/approved-content/1", "another"),
    ],
)
def test_a_record_that_was_touched_is_noticed(harm: object, folder: Path) -> None:
    strategy = publish(folder, "2026-04-15")
    path = folder / "approvals/2026-04-15-1.2.json"
    path.write_text(harm(path.read_text()))  # type: ignore[operator]
    with pytest.raises(Refused) as refused:
        history(strategy, locate(str(folder)))
    [problem] = refused.value.problems
    assert str(problem.place) == f"{folder}/approvals/2026-04-15-1.2.json"
    assert problem.help == "take the file as it was from version control"


def test_one_version_is_one_content(folder: Path) -> None:
    publish(folder, "2026-04-15")
    edit(folder, "value: 12, unit: months", "value: 9, unit: months")
    with pytest.raises(Refused) as refused:
        publish(folder, "2026-06-01")
    assert [problem.message for problem in refused.value.problems] == [
        "version 1.2 was approved on 2026-04-15 with other content"
    ]


def test_the_same_content_can_be_approved_for_longer(folder: Path) -> None:
    publish(folder, "2026-04-15", until="2026-06-30")
    strategy = publish(folder, "2026-06-15", starts="2026-07-01")
    assert [status(strategy, day) for day in ("2026-06-30", "2026-07-01")] == ["approved"] * 2
    assert len(list((folder / "approvals").iterdir())) == 2


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (("Cabinet", "cabinet ", "2026-04-15"), "`cabinet ` is both author and approver"),
        (("A", "B", "2026-11-02"), "2026-11-02 lies ahead, and nobody approved anything then"),
        (("A\nB", "B", "2026-04-15"), "`A\\nB` cannot stand in an approval"),
        (
            ("A", "B", "2026-04-15", None, "2026-04-14"),
            "it would be in force from 2026-04-14, before it was approved on 2026-04-15",
        ),
        (
            ("A", "B", "2026-04-15", None, "2026-05-01", "2026-04-30"),
            "it would end on 2026-04-30, before it is in force from 2026-05-01",
        ),
    ],
)
def test_what_is_no_approval(form: tuple[str, ...], message: str, folder: Path) -> None:
    author, by, on, *rest = form
    minute = rest[0] if rest else None
    dates = [dt.date.fromisoformat(one) for one in rest[1:]]
    made = Form(author, by, dt.date.fromisoformat(on), minute, *dates)
    with pytest.raises(Refused) as refused:
        publication(load_strategy(str(folder)), locate(str(folder)), made, TODAY)
    assert [problem.message for problem in refused.value.problems] == [message]
    assert not (folder / "approvals.yaml").exists()


def test_words_of_an_approval_cannot_become_yaml(folder: Path) -> None:
    form = Form('Head: "of" #policy', "- {x: *y}", dt.date(2026, 4, 15), "Minute 1\\n")
    place = locate(str(folder))
    write(publication(load_strategy(str(folder)), place, form, TODAY), place)
    [approval] = load_strategy(str(folder)).approvals
    assert (approval.author, approval.by, approval.minute) == (
        'Head: "of" #policy',
        "- {x: *y}",
        "Minute 1\\n",
    )


def test_notes_in_the_file_of_approvals_are_kept(folder: Path) -> None:
    (folder / "approvals.yaml").write_text("# our own note\napprovals: []\n")
    publish(folder, "2026-04-15")
    text = (folder / "approvals.yaml").read_text()
    assert text.startswith("# our own note\napprovals:\n  - version:")
    assert publish(folder, "2026-04-16").approvals[1].on == dt.date(2026, 4, 16)


def test_approvals_that_are_written_otherwise_are_left_alone(folder: Path) -> None:
    digest = load_strategy(str(folder)).digest
    text = (
        'approvals: [{version: "1.2", author: A, by: B, on: 2026-01-01, digest: "'
        + digest
        + '"}]\n'
    )
    (folder / "approvals.yaml").write_text(text)
    with pytest.raises(Refused, match="not written one below the other"):
        publish(folder, "2026-04-15")
    assert (folder / "approvals.yaml").read_text() == text


BROKEN = {
    "approvals: {}": ["1:12: `approvals` must be a list, but it is a group of names; write it"],
    "approvals: [1]": ["1:13: an approval must be a group of fields, but it is a number"],
    "others: []": [
        "1:1: the file of approvals lacks the field `approvals`",
        "1:1: `others` is not a field of the file of approvals",
    ],
    "approvals: [{author: A, by: a, version: '1', on: 2026-01-01, digest: x, content: ../x}]": [
        "1:13: `a` is both author and approver",
        "1:70: `x` is not a digest",
        "1:82: `content` names no file in the folder `approvals`",
    ],
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_file_of_approvals(text: str, folder: Path) -> None:
    (folder / "approvals.yaml").write_text(text + "\n")
    found = [str(one) for one in examine_strategy(str(folder)).problems if one.level == "error"]
    expected = [f"{folder}/approvals.yaml:{line}" for line in BROKEN[text]]
    assert len(found) == len(expected), found
    for line, start in zip(sorted(found), sorted(expected), strict=True):
        assert line.startswith(start)
