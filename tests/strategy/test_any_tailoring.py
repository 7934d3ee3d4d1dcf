"""Whatever stands under `extends` and `tailor`: it is read, or refused with places."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from accordance.problem import Refused
from accordance.strategy.cases import read_rule_cases
from accordance.strategy.reading import load_strategy

SOUND = Path(__file__).parent / "sound"
NAMES = ["DEP-01", "EXT-01", "EXT-02", "DEP-91", "large_value", "exit_triggers", "new", "x y"]
FIELDS = ["parameters", "severities", "gates", "off", "not_mandatory", "because", "on", "value"]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**20)
    | st.sampled_from(["", "new", "low", "critical", "P6M", "2026-02-28", "parties.name", "a: b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*NAMES, *FIELDS]), inner, max_size=4)
    ),
    max_leaves=12,
)
PROPERTIES = st.recursive(
    st.sampled_from(["string", "object", "array", "integer", True, False]),
    lambda inner: st.dictionaries(
        st.sampled_from(
            ["properties", "items", "type", "service", "parties", "name", "ours", "required"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=10,
)
TAILOR = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=5) | VALUES


def read_all(header: dict[str, Any], model: Any, extends: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        shutil.copytree(SOUND, Path(place) / "sound")
        folder = Path(place) / "ours"
        folder.mkdir()
        whole = {"strategy": "ours", "title": "Ours", "version": "1.0", "extends": extends}
        (folder / "strategy.yaml").write_text(json.dumps(whole | header))
        if model is not None:
            (folder / "facts.schema.yaml").write_text(json.dumps(model))
        try:
            read_rule_cases(str(folder), load_strategy(str(folder), cache=False))
        except Refused as refused:
            assert refused.problems
            assert all(problem.place for problem in refused.problems)


@settings(max_examples=80, deadline=None)
@given(TAILOR, st.none() | PROPERTIES, st.dictionaries(st.sampled_from(FIELDS[:1]), VALUES))
def test_anything_that_is_tailored(tailor: Any, model: Any, header: dict[str, Any]) -> None:
    read_all({"tailor": tailor, **header}, model, "../sound")


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=12) | st.sampled_from(["..", ".", "../", "../sound/rules", "~", "a/../.."]))
def test_anything_that_is_extended(extends: str) -> None:
    read_all({}, None, extends)
