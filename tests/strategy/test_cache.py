"""The cache: what it gives back is what was read, and what cannot be trusted is read afresh."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from accordance.strategy import cache, reading
from accordance.strategy.coding import decode, encode
from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy

SOUND = Path(__file__).parent / "sound"
PARTS = [field.name for field in fields(Strategy) if field.name != "model"]


def parts(strategy: Strategy) -> dict[str, object]:
    return {name: getattr(strategy, name) for name in PARTS}


@pytest.fixture
def read_afresh(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the folders that were read and not found in the cache."""
    read: list[str] = []
    original = reading._read

    def noted(folder: reading.Folder, *rest: object) -> reading.Reading:
        read.append(folder.name)
        return original(folder, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "_read", noted)
    return read


@pytest.mark.parametrize("folder", [str(SOUND), None], ids=["sound", "public_body"])
def test_a_strategy_comes_back_as_it_was(folder: str | None, read_afresh: list[str]) -> None:
    first = load_strategy(folder)
    second = load_strategy(folder)
    assert len(read_afresh) == 1
    assert second is not first
    assert parts(second) == parts(first)
    assert second.model.owner_schema == first.model.owner_schema
    assert second.model.derivations == first.model.derivations
    # Trees compare without their offsets, so these are compared as they are written.
    assert encode(second) == encode(first)


def test_a_definition_has_the_very_group_of_the_fact_model() -> None:
    data = json.loads(json.dumps(encode(load_strategy(str(SOUND)))))
    strategy = decode(data, "elsewhere")
    private = strategy.definitions["private_parties"].type
    assert private == strategy.model.type.fields["parties"]
    assert private.item is strategy.model.type.fields["parties"].item  # type: ignore[attr-defined]
    assert str(strategy.rules[0].place) == "elsewhere/rules/dependence.yaml:20:3"


def test_places_follow_the_folder(sound: Path, read_afresh: list[str]) -> None:
    load_strategy(str(SOUND))
    copy = load_strategy(str(sound))
    assert read_afresh == [str(SOUND)]
    assert copy.folder == str(sound)
    assert copy.rules[0].place.file == f"{sound}/rules/dependence.yaml"
    assert parts(copy) == parts(load_strategy(str(sound), cache=False))


def test_a_changed_file_is_read_afresh(sound: Path, read_afresh: list[str]) -> None:
    load_strategy(str(sound))
    with open(sound / "rules/exit.yaml", "a") as file:
        file.write("# a remark\n")
    load_strategy(str(sound))
    assert len(read_afresh) == 2


def test_another_program_reads_afresh(
    read_afresh: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    load_strategy(str(SOUND))
    monkeypatch.setattr(cache, "__version__", "99.0")
    load_strategy(str(SOUND))
    monkeypatch.setattr(cache, "_program", lambda: "another")
    load_strategy(str(SOUND))
    assert len(read_afresh) == 3


def cut_short(entry: Path) -> None:
    entry.write_bytes(entry.read_bytes()[:-10])


def empty(entry: Path) -> None:
    entry.write_bytes(b"")


def one_byte(entry: Path) -> None:
    data = bytearray(entry.read_bytes())
    data[-100] ^= 1
    entry.write_bytes(data)


def of_another_form(entry: Path) -> None:
    entry.write_bytes(cache._sealed(b'{"model": {}, "strategy": [1, 2]}'))


def no_json(entry: Path) -> None:
    entry.write_bytes(cache._sealed(b"\xff\x00"))


def deep(entry: Path) -> None:
    entry.write_bytes(cache._sealed(b"[" * 100_000))


def of_another_strategy(entry: Path) -> None:
    text = entry.read_bytes().partition(b"\n")[2].decode()
    data = json.loads(text)
    data["strategy"]["source_digest"] = "sha256:other"
    entry.write_bytes(cache._sealed(json.dumps(data).encode()))


def a_folder(entry: Path) -> None:
    entry.unlink()
    entry.mkdir()


def a_link(entry: Path) -> None:
    entry.rename(entry.with_suffix(".moved"))
    entry.symlink_to(entry.with_suffix(".moved"))


def a_pipe(entry: Path) -> None:
    entry.unlink()
    os.mkfifo(entry)


def open_to_others(entry: Path) -> None:
    entry.parent.chmod(0o777)


def a_linked_folder(entry: Path) -> None:
    entry.parent.rename(entry.parent.with_name("moved"))
    entry.parent.symlink_to("moved")


@pytest.mark.parametrize(
    "harm",
    [
        cut_short,
        empty,
        one_byte,
        of_another_form,
        no_json,
        deep,
        of_another_strategy,
        a_folder,
        a_link,
        a_pipe,
        open_to_others,
        a_linked_folder,
    ],
)
def test_what_cannot_be_trusted_is_read_afresh(
    harm: Callable[[Path], None], own_cache: Path, read_afresh: list[str]
) -> None:
    first = load_strategy(str(SOUND))
    [entry] = own_cache.iterdir()
    harm(entry)
    again = load_strategy(str(SOUND))
    assert len(read_afresh) == 2
    assert parts(again) == parts(first)


def test_the_cache_is_private(own_cache: Path) -> None:
    mask = os.umask(0)
    try:
        load_strategy(str(SOUND))
    finally:
        os.umask(mask)
    assert own_cache.stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in own_cache.iterdir()] == [0o600]


@pytest.mark.parametrize("word", ["off", "OFF", "0", "no", "false"])
def test_it_can_be_turned_off(
    word: str, own_cache: Path, read_afresh: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCORDANCE_CACHE", word)
    load_strategy(str(SOUND))
    load_strategy(str(SOUND))
    assert len(read_afresh) == 2
    assert not own_cache.exists()


def test_a_call_can_do_without(own_cache: Path) -> None:
    load_strategy(str(SOUND), cache=False)
    assert not own_cache.exists()


@pytest.mark.parametrize("home", ["relative", "/proc/nowhere"])
def test_where_nothing_can_be_kept_nothing_is(
    home: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    monkeypatch.setenv("XDG_CACHE_HOME", home)
    assert load_strategy(str(SOUND)).name == "small_body"
    assert not (tmp_path / "relative").exists()


def test_a_refused_strategy_is_not_kept(sound: Path, own_cache: Path) -> None:
    (sound / "rules/exit.yaml").write_text("theme: Exits\n")
    with pytest.raises(reading.Refused):
        load_strategy(str(sound))
    assert not own_cache.exists()


def test_the_oldest_entries_make_room(
    sound: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "MAX_ENTRIES", 3)
    strategy = load_strategy(str(SOUND))
    for number in range(5):
        (own_cache / f"{number}.json").write_text("old")
        os.utime(own_cache / f"{number}.json", (number, number))
    cache.keep(strategy)
    assert len(list(own_cache.iterdir())) == 3


def test_a_known_strategy_is_not_parsed(own_cache: Path) -> None:
    load_strategy(str(SOUND))
    code = (
        "import sys; from accordance.strategy.reading import load_strategy;"
        f"print(load_strategy({str(SOUND)!r}).name,"
        " *({'lark', 'jsonschema', 'yaml'} & sys.modules.keys()))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == "small_body\n"


def test_a_strategy_that_was_moved_away_is_not_found(sound: Path) -> None:
    load_strategy(str(sound))
    shutil.rmtree(sound)
    with pytest.raises(reading.Refused):
        load_strategy(str(sound))
