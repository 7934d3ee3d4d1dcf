"""Lint as a whole: what is shown, silenced and mended."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from accordance.problem import Refused
from accordance.workbench.lint import subject
from accordance.workbench.lint.diagnostics import Example
from accordance.workbench.lint.examples import files
from accordance.workbench.lint.linting import Linted, lint, selected
from accordance.workbench.lint.mending import mended, write_files


def lay(folder: Path, texts: dict[str, str]) -> str:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return str(folder)


def with_rule(folder: Path, snippet: str) -> str:
    return lay(folder, files(Example("rule", snippet, snippet), bad=False))


def codes(linted: Linted) -> list[str]:
    return [one.problem.code.value for one in linted.findings]


def test_the_shipped_strategy_is_clean_under_all_codes() -> None:
    linted = lint(None)
    assert codes(linted) == []
    assert all(reason for _, reason in linted.suppressed)


def test_a_comment_silences_its_line_and_the_next_one(tmp_path: Path) -> None:
    behind = with_rule(
        tmp_path / "a", "gate: [established]  # accordance: ignore gate-stage: so be it"
    )
    above = with_rule(
        tmp_path / "b",
        "severity: high\n# accordance: ignore gate-stage: so be it\ngate: [established]",
    )
    for folder in (behind, above):
        linted = lint(folder)
        assert codes(linted) == []
        assert [(one.problem.code.value, why) for one, why in linted.suppressed] == [
            ("gate-stage", "so be it")
        ]


def test_a_comment_can_be_about_the_whole_file(tmp_path: Path) -> None:
    texts = files(None, bad=False)
    texts["rules/exit.yaml"] = "# accordance: ignore-file list-order: as in the minutes\n" + texts[
        "rules/exit.yaml"
    ].replace("[new, established]", "[established, new]")
    assert codes(lint(lay(tmp_path, texts))) == []


@pytest.mark.parametrize(
    "text",
    [
        'because: "# accordance: ignore unused: no comment"',
        "because: >-\n  Said\n  # accordance: ignore unused: no comment",
        "because: a#accordance: ignore unused: no comment",
    ],
)
def test_what_stands_in_a_value_is_no_comment(tmp_path: Path, text: str) -> None:
    assert "suppression-unused" not in codes(lint(with_rule(tmp_path, text)))


def test_an_error_cannot_be_silenced(tmp_path: Path) -> None:
    folder = with_rule(tmp_path, "severity: hgh  # accordance: ignore field-value: please")
    assert codes(lint(folder)) == ["field-value", "suppression-unused"]


def test_codes_are_chosen_by_their_beginnings(tmp_path: Path) -> None:
    folder = with_rule(tmp_path, "gate: [established]\nstages: [established, new]")
    assert codes(lint(folder, selected(["gate"], []))) == ["gate-stage"]
    assert codes(lint(folder, selected([], ["gate", "list-order"]))) == []
    assert lint(folder, selected(["gate"], [])).unselected == 1
    with pytest.raises(ValueError, match="gat3"):
        selected(["gat3"], [])


MENDED = [
    ("stages: [established, new]", "stages: [new, established]"),
    ('finding: "{title} has no exit plan" # why', 'finding: "{title} has no exit plan." # why'),
    ("title: There is a plan.", "title: There is a plan"),
    ("Severity: high", "severity: high"),
    (
        "actions: [{do: Write it, owner: Head of IT, due: Within 1 Days}]",
        "actions: [{do: Write it, owner: Head of IT, due: 1 day}]",
    ),
    (
        "actions: [{owner: Head of IT, do: Write it, due: at once}]",
        "actions: [{do: Write it, owner: Head of IT, due: at once}]",
    ),
    (
        "when: provider_count <= providers_max and exit_plan.exists = true",
        "when: provider_count <= providers_max and exit_plan.exists",
    ),
    (
        "when: not(not(provider_count <= providers_max))",
        "when: provider_count <= providers_max",
    ),
    ("severity: high # accordance: ignore due: no", "severity: high"),
    ("severity: high\n# accordance: ignore due: no", "severity: high"),
]


def mend(folder: str) -> Linted:
    for _ in range(5):
        linted = lint(folder)
        texts, _done = mended(linted.subject, linted.findings)
        if not texts:
            return linted
        write_files(linted.subject, texts)
    raise AssertionError("mending does not end")


@pytest.mark.parametrize(("bad", "good"), MENDED)
def test_the_mechanical_is_mended_in_the_text(tmp_path: Path, bad: str, good: str) -> None:
    folder = with_rule(tmp_path / "bad", bad)
    whole = with_rule(tmp_path / "good", good)
    assert codes(mend(folder)) == []
    assert Path(folder, "rules/exit.yaml").read_text() == Path(whole, "rules/exit.yaml").read_text()


def test_rules_move_with_their_comments_and_blank_lines_stay(tmp_path: Path) -> None:
    texts = files(None, bad=False)
    head, first = texts["rules/exit.yaml"].split("rules:\n")
    second = first.replace("EXT-01", "EXT-02")
    texts["rules/exit.yaml"] = f"{head}rules:\n\n{second}\n  # the first\n{first}# the end\n"
    texts["tests/exit.yaml"] += (
        texts["tests/exit.yaml"].splitlines()[-1].replace("EXT-01", "EXT-02")
    )
    folder = lay(tmp_path, texts)
    assert codes(lint(folder)) == ["rule-order"]
    assert codes(mend(folder)) == []
    expected = f"{head}rules:\n\n  # the first\n{first}\n{second}# the end\n"
    assert Path(folder, "rules/exit.yaml").read_text() == expected


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    folder = with_rule(tmp_path, "stages: [established, new]")
    linted = lint(folder)
    path = tmp_path / "rules" / "exit.yaml"
    path.write_text(path.read_text() + "# somebody else was here\n")
    texts, _ = mended(linted.subject, linted.findings)
    with pytest.raises(Refused, match="changed while it was being mended"):
        write_files(linted.subject, texts)
    assert "[established, new]" in path.read_text()
    assert sorted(one.name for one in path.parent.iterdir()) == ["exit.yaml"]


def test_line_ends_and_the_mark_at_the_start_stay(tmp_path: Path) -> None:
    folder = with_rule(tmp_path, "stages: [established, new]")
    path = tmp_path / "rules" / "exit.yaml"
    windows = b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n")
    path.write_bytes(windows)
    assert codes(mend(folder)) == []
    assert path.read_bytes() == windows.replace(b"established, new", b"new, established")


def test_a_folder_that_changes_while_it_is_read_is_seen_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lay(tmp_path, files(None, bad=False))
    whole = subject.examine_strategy

    def edited_meanwhile(path: str | None) -> object:
        (tmp_path / "rules" / "exit.yaml").write_text("theme: [half")
        return whole(path)

    monkeypatch.setattr(subject, "examine_strategy", edited_meanwhile)
    assert codes(lint(folder)) == []


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("rules/exit.yaml", b"", "file-empty"),
        ("rules/exit.yaml", b"theme: Exit\nrules:\n  EXT-01: {title: a", "syntax"),
        ("rules/exit.yaml", "theme: Ex\u00e4t".encode("latin-1"), "file-not-text"),
        ("tests/exit.yaml", b"theme: Exit\ncases: [", "syntax"),
        ("strategy.yaml", b"\x00\x01", "file-not-text"),
        ("facts.schema.yaml", b"- a", "fact-model"),
    ],
)
def test_bad_files_are_one_clear_problem(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    folder = lay(tmp_path, files(None, bad=False))
    (tmp_path / name).write_bytes(data)
    assert code in codes(lint(folder))
    assert sum(one.problem.level.value == "error" for one in lint(folder).findings) <= 2


def test_mending_changes_nothing_that_the_strategy_says(tmp_path: Path) -> None:
    shipped = lint(None).subject
    shutil.copytree(shipped.folder.path, tmp_path / "turned")
    rules = sorted((tmp_path / "turned" / "rules").glob("*.yaml"))
    before = {path: path.read_text() for path in rules}
    for path, text in before.items():
        turned = re.sub(r"stages: \[(\w+), (\w+)\]", r"stages: [\2, \1]", text)
        turned = re.sub(r"(    severity: .*\n)((?:    gate: .*\n))", r"\2\1", turned)
        path.write_text(turned)
    assert any(path.read_text() != text for path, text in before.items())
    after = mend(str(tmp_path / "turned"))
    assert codes(after) == []
    assert {path: path.read_text() for path in rules} == before
    assert after.subject.strategy is not None and shipped.strategy is not None
    assert after.subject.strategy.digest == shipped.strategy.digest
