"""Whatever stands in the buffers, an editor gets an answer."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from accordance.problem import Level, Refused
from accordance.workbench.language.completing import proposals
from accordance.workbench.language.context import context_at
from accordance.workbench.language.describing import described
from accordance.workbench.language.renaming import Unfit, renamed
from accordance.workbench.language.session import Session
from accordance.workbench.lint.linting import as_json
from accordance.workbench.lint.mending import mended

SOUND = Path(__file__).parents[2] / "strategy" / "sound"
SCRAPS = [*"{}[]'\"#\n|ü😀", ": ", "- ", ">-", "= ", "&a", "*a"]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(str(shutil.copytree(SOUND, tmp_path / "sound")))


def test_any_text_gets_an_answer(session: Session) -> None:
    chance = random.Random(7)
    session.lint()
    for _ in range(150):
        name = chance.choice(sorted(session.disk))
        text = session.disk[name].decode()
        for _ in range(chance.randint(1, 3)):
            start = chance.randrange(len(text))
            end = start + chance.choice([0, 0, 1, 10, 60])
            text = text[:start] + chance.choice(SCRAPS) + text[end:]
        session.buffers = {name: text}
        try:
            linted = session.lint()
        except Refused as refused:
            assert refused.problems
        else:
            as_json(linted)
            mended(linted.subject, linted.findings)
        offset = chance.randrange(len(text) + 1)
        assert all(one.start <= one.end == offset for one in proposals(session, name, offset))
        reference = session.reference_at(name, offset)
        assert reference is None or described(session, reference)


def test_every_reference_stands_where_it_says(session: Session) -> None:
    found = list(session.references())
    assert {one.kind for one in found} == {"fact", "definition", "parameter", "rule"}
    for one in found:
        written = session.text(one.span.file)[one.span.start : one.span.end]
        assert written == (one.name.rpartition(".")[2] if one.kind == "fact" else one.name)


@pytest.mark.parametrize(
    ("new", "why"),
    [("two words", "is no name"), ("count", "has a meaning"), ("9", "is no name")],
)
def test_a_name_that_does_not_fit_is_refused(session: Session, new: str, why: str) -> None:
    reference = next(one for one in session.references() if one.kind == "definition")
    with pytest.raises(Unfit, match=why):
        renamed(session, reference, new)


NEW_RULE = """\
  DEP-90:
    title: One
    stages: [new]
    require: [exit_plan.exists]
    severity: low
    finding: "{title}."
    because: So
"""
ALIASES = [
    ("", "    aliases: [DEP-90]"),
    ('    since: "1.0"  # so', '    since: "1.0"\n    aliases: [DEP-90]  # so'),
    ("    basis:\n    - one", "    basis:\n    - one\n    aliases: [DEP-90]"),
    ("    tags: [one]", "    aliases: [DEP-90]\n    tags: [one]"),
    ("    aliases: [DEP-33]", "    aliases: [DEP-90, DEP-33]"),
    ("    aliases:\n      - DEP-33", "    aliases:\n      - DEP-90\n      - DEP-33"),
    ("    aliases: [DEP-33, DEP-77]", "    aliases: [DEP-33, DEP-90]"),
]


@pytest.mark.parametrize(("before", "after"), ALIASES)
def test_a_rule_that_is_renamed_keeps_its_old_id(session: Session, before: str, after: str) -> None:
    name = "rules/dependence.yaml"
    head = session.text(name).rstrip() + "\n" + NEW_RULE
    session.buffers[name] = f"{head}{before}\n" if before else head
    reference = next(one for one in session.references() if one.name == "DEP-90")
    text = session.text(name)
    for edit in reversed(renamed(session, reference, "DEP-77")):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert text.startswith(head.replace("DEP-90", "DEP-77"))
    assert text.removeprefix(head.replace("DEP-90", "DEP-77")).rstrip("\n") == after
    session.buffers[name] = text
    findings = [one.problem for one in session.lint().findings]
    assert [one for one in findings if one.level is Level.ERROR] == []


def test_a_rule_in_one_line_keeps_its_old_id(session: Session) -> None:
    name = "rules/dependence.yaml"
    line = (
        "  DEP-90: {title: One, stages: [new], require: [exit_plan.exists], severity: low,"
        ' finding: "{title}.", because: So}\n'
    )
    session.buffers[name] = session.text(name).rstrip() + "\n" + line
    reference = next(one for one in session.references() if one.name == "DEP-90")
    [_, alias] = renamed(session, reference, "DEP-91")
    text = session.text(name)
    assert text[: alias.span.start].endswith("because: So")
    assert alias.text == ", aliases: [DEP-90]"


RULE = "rules:\n  A-01:\n"
CONTEXTS = [
    (f"{RULE}    sta", ("rules", "A-01"), "sta", True),
    (f"{RULE}    when: a and\n      b", ("rules", "A-01", "when"), "a and b", False),
    (f"{RULE}    when: >-\n      a\n      and b", ("rules", "A-01", "when"), "a and b", False),
    (f"{RULE}    require:\n      - exit_p", ("rules", "A-01", "require"), "exit_p", False),
    (f"{RULE}    require:\n      - is: a", ("rules", "A-01", "require", "is"), "a", False),
    (f"{RULE}    require:\n    - is: a", ("rules", "A-01", "require", "is"), "a", False),
    (f"{RULE}    require: [a, b", ("rules", "A-01", "require"), "b", False),
    (f"{RULE}    stages: [new, est", ("rules", "A-01", "stages"), "est", False),
    (f"{RULE}    when: count(p[a = 1", ("rules", "A-01", "when"), "count(p[a = 1", False),
    ("cases:\n- {rule: A-01, expect: com", ("cases", "expect"), "com", False),
    ("cases:\n- rule: A-01\n  given: {a: {b", ("cases", "given", "a"), "b", True),
    ("base:\n  exit_plan:\n    ex", ("base", "exit_plan"), "ex", True),
]


@pytest.mark.parametrize(("text", "keys", "typed", "is_key"), CONTEXTS)
def test_where_the_cursor_stands(
    text: str, keys: tuple[str, ...], typed: str, is_key: bool
) -> None:
    context = context_at(text, len(text))
    assert (context.keys, context.typed, context.is_key) == (keys, typed, is_key)


def test_rules_over_the_portfolio_are_searched_too(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[3] / "strategy_rules" / "public_body"
    session = Session(str(shutil.copytree(shipped, tmp_path / "shipped")))
    found = {(one.span.file, one.kind, one.name) for one in session.references()}
    assert ("rules/portfolio.yaml", "fact", "period.end_date") in found
    assert ("rules/portfolio.yaml", "definition", "is_statutory") in found
    assert ("tests/portfolio.yaml", "rule", "GOV-10") in found
    assert ("tests/portfolio.yaml", "fact", "lead_officer") in found


def test_a_strategy_that_extends_another_knows_its_names(tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    (folder / "rules").mkdir(parents=True)
    (folder / "strategy.yaml").write_text(
        'strategy: ours\ntitle: Ours\nversion: "1.0"\nextends: public_body\nthemes: {OWN: Own}\n'
    )
    text = "theme: Own\ndefinitions:\n  led: {means: Someone leads, is: has value(lead_officer)}\n"
    (folder / "rules" / "own.yaml").write_text(text)
    session = Session(str(folder))
    session.lint()
    reference = session.reference_at("rules/own.yaml", text.index("lead_officer") + 2)
    assert reference is not None
    assert described(session, reference).startswith("**Lead officer (role)** · `lead_officer`")
    with pytest.raises(Unfit, match="does not stand in this folder"):
        renamed(session, reference, "leader")
