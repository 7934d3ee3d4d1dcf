from __future__ import annotations

from xml.etree import ElementTree

from accordance.report.junit import cases

OUTCOME = {
    "strategy": {"name": "small"},
    "passed": 1,
    "failed": 1,
    "themes": [{"theme": 'Exit & "end"', "source": "tests/exit.yaml", "passed": 1, "failed": 1}],
    "cases": [
        {
            "rule": "EXT-01",
            "name": "a < b",
            "theme": 'Exit & "end"',
            "source": "tests/exit.yaml",
            "line": 3,
            "passed": True,
        },
        {
            "rule": "EXT-01",
            "name": "steers \x1b[2J",
            "theme": 'Exit & "end"',
            "source": "tests/exit.yaml",
            "line": 9,
            "passed": False,
        },
    ],
    "failures": [
        {
            "rule": "EXT-01",
            "name": "steers \x1b[2J",
            "source": "tests/exit.yaml",
            "line": 9,
            "given": {"exit_plan.exists": True},
            "on": None,
            "expected": {"outcome": "compliant"},
            "got": {"outcome": "non_compliant"},
        }
    ],
}


def test_suites_of_themes_and_classes_of_rules() -> None:
    text = cases(OUTCOME)
    root = ElementTree.fromstring(text)
    assert (root.tag, root.attrib) == (
        "testsuites",
        {"name": "small", "tests": "2", "failures": "1", "errors": "0"},
    )
    (suite,) = root
    assert suite.attrib == {
        "name": 'Exit & "end"',
        "file": "tests/exit.yaml",
        "tests": "2",
        "failures": "1",
        "errors": "0",
        "skipped": "0",
    }
    assert [
        (one.get("classname"), one.get("name"), one.get("line"), len(one)) for one in suite
    ] == [
        ("EXT-01", "a < b", "3", 0),
        ("EXT-01", "steers \\x1b[2J", "9", 1),
    ]
    failure = suite[1][0]
    assert failure.attrib == {"message": "expected compliant, got non_compliant"}
    assert (failure.text or "").splitlines() == [
        "✗ EXT-01  steers \\x1b[2J",
        "  tests/exit.yaml:9",
        "  given     exit_plan.exists: yes",
        "  expected  met",
        "  got       breach",
    ]
