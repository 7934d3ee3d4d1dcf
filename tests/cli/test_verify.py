"""`accordance verify`: a run that is as it was, and one that is not."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Caller

DAY = ("--as-of", "2026-06-30", "--fail-on", "never")


def stored(call: Caller, folder: Path) -> tuple[Path, Path]:
    source, run = folder / "facts.ndjson", folder / "run"
    lines = [{"id": f"P{n}", "title": f"Partnership {n}", "stage": "new"} for n in range(3)]
    source.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    assert call("sweep", str(source), *DAY, "--out", str(run)).code == 0
    return source, run


def test_as_it_was_and_changed(call: Caller, tmp_path: Path) -> None:
    source, run = stored(call, tmp_path)
    done = call("verify", str(run))
    assert (done.code, done.err) == (0, "")
    assert "Verified." in done.out and "3 cases, 0 rejects" in done.out
    document = json.loads(call("verify", str(run), "--format", "json").out)
    assert document["verified"] and document["digest"] in done.out
    assert call("verify", str(run), "--digest", document["digest"]).code == 0
    source.write_text(source.read_text(encoding="utf-8").replace("P2", "P9"), encoding="utf-8")
    done = call("verify", str(run))
    assert done.code == 1
    told = " ".join(done.out.split())
    assert "NOT VERIFIED" in told and "this file is not as it was" in told


def test_what_is_no_run(call: Caller, tmp_path: Path) -> None:
    assert "there is no run of this name" in call("verify", str(tmp_path / "none")).err
    done = call("verify", str(tmp_path))
    assert done.code == 2 and "this folder holds no run of a sweep" in done.err
    _, run = stored(call, tmp_path)
    assert call("verify", str(run), "--sources", str(tmp_path / "none")).code == 2
    done = call("sweep", str(run))
    assert done.code == 2 and "this is a run of a sweep, not facts" in done.err


def test_sources_that_are_elsewhere(call: Caller, tmp_path: Path) -> None:
    source, run = stored(call, tmp_path)
    source.unlink()
    done = call("verify", str(run))
    assert done.code == 1
    told = " ".join(done.out.split())
    assert told.count("name the folder with `--sources`") == 1
    assert "not performed again, since something above is not as it was" in told
