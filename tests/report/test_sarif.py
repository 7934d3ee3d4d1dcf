"""SARIF: the whole log, and fingerprints that outlive a move."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest

from accordance import __version__
from accordance.report.sarif import (
    Fix,
    Location,
    Replacement,
    Result,
    Rule,
    Run,
    fingerprint,
    sarif,
)

RULE = Rule(
    "unused",
    "a name that nothing uses",
    name="Unused",
    text="Nothing uses it.",
    help="Take it out.",
    page="https://example.org/unused",
    level="warning",
    tags=("meaning",),
)
PLACE = Location("rules/of exit.yaml", 3, 5, 3, 9, "  - ünused: 1")
RESULT = Result(
    "unused",
    "nothing uses the parameter `ünused`",
    locations=(PLACE,),
    related=(Location("strategy.yaml", message="the header"),),
    identity=("  - ünused: 1",),
    fixes=(Fix("take it out", (Replacement(PLACE, ""),)),),
    suppressed="kept for next year",
    properties={"rule": "EXT-01"},
)


def test_the_whole_log() -> None:
    run = Run("lint", [Rule("syntax", "cannot be read"), RULE], [RESULT], {"strategy": "small"})
    region = {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 9}
    region |= {"snippet": {"text": "  - ünused: 1"}}  # type: ignore[dict-item]
    file = {"uri": "rules/of%20exit.yaml"}
    assert json.loads(sarif(run)) == {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Accordance",
                        "version": __version__,
                        "semanticVersion": __version__,
                        "rules": [
                            {
                                "id": "syntax",
                                "shortDescription": {"text": "cannot be read"},
                                "defaultConfiguration": {"level": "warning"},
                            },
                            {
                                "id": "unused",
                                "name": "Unused",
                                "shortDescription": {"text": "a name that nothing uses"},
                                "fullDescription": {
                                    "text": "Nothing uses it.",
                                    "markdown": "Nothing uses it.",
                                },
                                "help": {"text": "Take it out.", "markdown": "Take it out."},
                                "helpUri": "https://example.org/unused",
                                "defaultConfiguration": {"level": "warning"},
                                "properties": {"tags": ["meaning"]},
                            },
                        ],
                    }
                },
                "automationDetails": {"id": "accordance/lint/"},
                "columnKind": "unicodeCodePoints",
                "results": [
                    {
                        "ruleId": "unused",
                        "ruleIndex": 1,
                        "kind": "fail",
                        "level": "warning",
                        "message": {"text": "nothing uses the parameter `ünused`"},
                        "locations": [
                            {"physicalLocation": {"artifactLocation": file, "region": region}}
                        ],
                        "relatedLocations": [
                            {
                                "id": 1,
                                "physicalLocation": {"artifactLocation": {"uri": "strategy.yaml"}},
                                "message": {"text": "the header"},
                            }
                        ],
                        "partialFingerprints": {"accordance/v1": fingerprint(RESULT, Counter())},
                        "fixes": [
                            {
                                "description": {"text": "take it out"},
                                "artifactChanges": [
                                    {
                                        "artifactLocation": file,
                                        "replacements": [
                                            {
                                                "deletedRegion": region,
                                                "insertedContent": {"text": ""},
                                            }
                                        ],
                                    }
                                ],
                            }
                        ],
                        "suppressions": [
                            {
                                "kind": "inSource",
                                "status": "accepted",
                                "justification": "kept for next year",
                            }
                        ],
                        "properties": {"rule": "EXT-01"},
                    }
                ],
                "properties": {"strategy": "small"},
            }
        ],
    }


def test_what_could_not_be_decided_is_open_and_has_no_level() -> None:
    [result] = json.loads(
        sarif(Run("check", [RULE], [replace(RESULT, kind="open", level="error")]))
    )["runs"][0]["results"]
    assert (result["kind"], result["level"]) == ("open", "none")


def test_a_result_of_a_rule_that_the_run_lacks_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        sarif(Run("lint", [], [RESULT]))


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"locations": (replace(PLACE, line=30),)}, True),
        ({"identity": ("- ünused:  1",)}, True),
        ({"message": "said otherwise"}, True),
        ({"identity": ("- used: 1",)}, False),
        ({"rule": "syntax"}, False),
        ({"locations": (replace(PLACE, file="rules/other.yaml"),)}, False),
    ],
)
def test_a_fingerprint_outlives_a_move(change: dict[str, object], same: bool) -> None:
    changed = replace(RESULT, **change)  # type: ignore[arg-type]
    assert (fingerprint(RESULT, Counter()) == fingerprint(changed, Counter())) is same


def test_results_that_are_alike_are_told_apart() -> None:
    results = json.loads(sarif(Run("lint", [RULE], [RESULT, RESULT])))["runs"][0]["results"]
    assert len({one["partialFingerprints"]["accordance/v1"] for one in results}) == 2
