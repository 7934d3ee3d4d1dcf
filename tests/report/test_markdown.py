from __future__ import annotations

import re

import pytest

from accordance.report import markdown
from accordance.report.page import Page
from tests.report import samples


def test_the_sections_come_in_the_reader_s_order() -> None:
    text = markdown.check([samples.do_not_proceed()], Page())
    assert re.findall(r"(?m)^#+ .*|^\*\*.*", text) == [
        "# London 2012 venue security",
        "**✗ Do not proceed**",
        "## What blocks",
        "## What could block as well",
        "## What is missing",
        "## What to do",
        "## Other breaches",
        "## Not enough evidence",
        "## To note",
        "## Every rule",
    ]
    assert "| ✗ DEP-07 | critical | gate | Capacity has to grow from 2,000 to 10,400" in text
    assert samples.DIGEST in text and samples.FACTS_DIGEST in text


def test_several_cases_begin_with_an_overview() -> None:
    text = markdown.check([samples.proceed(), samples.undecided()], Page())
    assert text.startswith(
        "# 2 partnerships\n\n"
        "| Answer | Partnership | Stage | Lower | Gaps |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| ✓ Proceed | Debt advice grant | new | 1 | 0 |\n"
        "| ? Undecided | Regional waste collection alliance | new | 0 | 4 |\n"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a | b", "a \\| b"),
        ("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"),
        ("[x](javascript:y)", "\\[x\\](javascript:y)"),
        ("# head", "\\# head"),
        ("1. item", "1\\. item"),
        ("- item", "\\- item"),
        ("see https://evil.example", "see https&#8203;://evil.example"),
        ("two\nlines", "two lines"),
        ("\x1b[31m", "\\\\x1b\\[31m"),
        ("&amp; @all", "\\&amp; \\@all"),
    ],
)
def test_text_from_files_stays_text(text: str, shown: str) -> None:
    report = samples.proceed()
    report["case"]["title"] = text
    assert markdown.check([report], Page()).startswith(f"# {shown}\n")


def test_a_path_with_backticks_stays_in_its_code_span() -> None:
    report = samples.proceed()
    report["case"]["source"] = "a`b|c.yaml"
    assert "Facts `` a`b|c.yaml ``" in markdown.check([report], Page())


def test_an_explanation() -> None:
    text = markdown.explanation(samples.explanation(), Page())
    assert re.findall(r"(?m)^ *- .*", text) == [
        "- ✓ there is a single provider",
        "  - ✓ at least one of these holds",
        "    - ✓ the number of providers is 1",
        "      - Number of providers (dependence.provider\\_count): 1 – line 31",
        "    - ? not known: the months needed to replace the provider are more than 12",
        "      - not stated: `dependence.substitutability_months`",
        "- ✓ there is an exit plan",
        "  - Exit plan exists (exit\\_plan.exists): yes – line 44",
        "- ✗ there is no fallback",
        "  - Fallback exists (continuity.fallback\\_exists): no – line 52",
        "- `continuity.fallback_exists` becomes true",
    ]


def test_rule_cases() -> None:
    text = markdown.cases(samples.rule_cases(), Page())
    assert "# Rule cases: 1 of 42 cases failed" in text
    assert "- expected: `outcome` non\\_compliant; `severity` critical" in text
