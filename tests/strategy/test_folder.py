"""Strategy folders that mean harm, or were left in disorder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from accordance.problem import Code, Refused
from accordance.source.text import MAX_FILE_BYTES
from accordance.strategy.folder import MAX_FILES, locate, read_strategy_files, source_digest
from accordance.strategy.reading import load_strategy

SECRET = "theme: Exit  # nobody else may read this\n"


def link_out(folder: Path) -> None:
    (folder.parent / "secret.yaml").write_text(SECRET)
    (folder / "rules/exit.yaml").unlink()
    (folder / "rules/exit.yaml").symlink_to("../../secret.yaml")


def link_folder_out(folder: Path) -> None:
    other = folder.parent / "other"
    (folder / "rules").rename(other)
    (folder / "rules").symlink_to(other)


def link_in_a_circle(folder: Path) -> None:
    (folder / "rules/loop.yaml").symlink_to("loop.yaml")


def link_to_nothing(folder: Path) -> None:
    (folder / "rules/gone.yaml").symlink_to("exit2.yaml")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "rules/pipe.yaml")


def folder_as_file(folder: Path) -> None:
    (folder / "rules/old.yaml").mkdir()


def old_rules(folder: Path) -> None:
    (folder / "rules/exit.yaml.bak").write_text("theme: Exit\n")


def odd_name(folder: Path) -> None:
    (folder / "rules/a\x1b[2J.yaml").write_text("theme: Exit\n")


def huge(folder: Path) -> None:
    with open(folder / "rules/exit.yaml", "r+b") as file:
        file.truncate(MAX_FILE_BYTES + 1)


def many(folder: Path) -> None:
    for number in range(MAX_FILES + 1):
        (folder / f"rules/{number}.yaml").touch()


def no_rules(folder: Path) -> None:
    for path in (folder / "rules").iterdir():
        path.unlink()


def no_rules_folder(folder: Path) -> None:
    no_rules(folder)
    (folder / "rules").rmdir()


def no_header(folder: Path) -> None:
    (folder / "strategy.yaml").unlink()
    (folder / "facts.schema.yaml").unlink()


@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        (link_out, [("rules/exit.yaml", Code.FILE_UNREADABLE)]),
        (link_folder_out, [("rules", Code.FILE_UNREADABLE)]),
        (link_in_a_circle, [("rules/loop.yaml", Code.FILE_UNREADABLE)]),
        (link_to_nothing, [("rules/gone.yaml", Code.STRATEGY_MISSING)]),
        (pipe, [("rules/pipe.yaml", Code.FILE_KIND)]),
        (folder_as_file, [("rules/old.yaml", Code.FILE_KIND)]),
        (old_rules, [("rules/exit.yaml.bak", Code.FILE_KIND)]),
        (odd_name, [("rules/a\\x1b[2J.yaml", Code.FILE_KIND)]),
        (huge, [("rules/exit.yaml", Code.FILE_TOO_LARGE)]),
        (many, [("rules", Code.FILE_TOO_LARGE)]),
        (no_rules, [("rules", Code.STRATEGY_MISSING)]),
        (no_rules_folder, [("rules", Code.STRATEGY_MISSING)]),
        (
            no_header,
            [
                ("strategy.yaml", Code.STRATEGY_MISSING),
                ("facts.schema.yaml", Code.STRATEGY_MISSING),
            ],
        ),
    ],
)
def test_harm_is_refused(
    harm: Callable[[Path], None], expected: list[tuple[str, Code]], sound: Path
) -> None:
    harm(sound)
    with pytest.raises(Refused) as refused:
        load_strategy(str(sound))
    found = [
        (str(problem.place).removeprefix(f"{sound}/"), problem.code)
        for problem in refused.value.problems
    ]
    assert found == expected
    assert SECRET.strip() not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "a: &a [1,1,1,1,1,1,1,1,1]\n"
        + "".join(
            f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n"
            for n in range(12)
        ),
        "rules: &all {EXT-01: *all}\n",
        "theme: Exit\nrules: !!python/object/apply:os.system ['true']\n",
        "theme: Exit\n---\ntheme: Exit\n",
        f"theme: Exit\nrules: {{EXT-01: {{when: '{'(' * 5000}'}}}}\n",
        f"theme: Exit\nrules: {{EXT-01: {{when: '{'not ' * 5000}x'}}}}\n",
        f"theme: Exit\ndefinitions: {{word: {{means: M, is: '1{'+1' * 4900}'}}}}\n",
    ],
    ids=["nesting", "bomb", "circle", "object", "documents", "brackets", "words", "sum"],
)
def test_poison_in_a_rule_file_ends_in_a_message(text: str, sound: Path) -> None:
    (sound / "rules/poison.yaml").write_text(text)
    with pytest.raises(Refused) as refused:
        load_strategy(str(sound))
    assert {problem.place.file for problem in refused.value.problems if problem.place} == {
        f"{sound}/rules/poison.yaml"
    }


def test_links_within_the_folder_are_followed(sound: Path) -> None:
    # Settings that a cluster mounts look like this.
    (sound / "..data").mkdir()
    for path in list((sound / "rules").iterdir()):
        path.rename(sound / "..data" / path.name)
        path.symlink_to(f"../..data/{path.name}")
    assert len(load_strategy(str(sound)).rules) == 4


def test_what_editors_leave_behind_is_passed_over(sound: Path) -> None:
    for name in (".exit.yaml.swp", ".#exit.yaml", "#exit.yaml#", "exit.yaml~", "README.md"):
        (sound / "rules" / name).write_text("not: [yaml")
    assert len(load_strategy(str(sound)).rules) == 4


def test_a_file_may_end_in_yml(sound: Path) -> None:
    before = load_strategy(str(sound))
    (sound / "rules/exit.yaml").rename(sound / "rules/exit.YML")
    after = load_strategy(str(sound))
    assert after.digest == before.digest
    assert after.source_digest != before.source_digest


def test_the_source_digest_tells_names_from_bytes(sound: Path) -> None:
    def digest() -> str:
        return source_digest(read_strategy_files(locate(str(sound))))

    seen = {digest()}
    (sound / "rules/a.yaml").write_text("b.yaml")
    seen.add(digest())
    (sound / "rules/a.yaml").write_text("")
    (sound / "rules/b.yaml").write_text("b.yaml")
    seen.add(digest())
    assert len(seen) == 3
    (sound / "tests/dependence.yaml").write_text("cases are no part of a strategy")
    assert digest() in seen
