from __future__ import annotations

from pathlib import Path

from accordance.problem import Level
from accordance.strategy.reading import examine_strategy


def test_what_nothing_uses_is_said_and_does_not_refuse(sound: Path) -> None:
    reading = examine_strategy(str(sound))
    assert reading.strategy is not None
    assert {problem.level for problem in reading.problems} == {Level.WARNING}
    assert [str(problem).removeprefix(f"{sound}/") for problem in reading.problems] == [
        f"strategy.yaml:{line}:3: nothing uses the parameter `{name}`; use it or take it out "
        "[unused]"
        for line, name in (
            (12, "large_value"),
            (13, "review_age_max"),
            (14, "law_from"),
            (16, "contact"),
        )
    ]


def test_a_placeholder_and_a_retired_rule_are_uses(sound: Path) -> None:
    path = sound / "rules/exit.yaml"
    text = path.read_text()
    text = text.replace("no exit plan.", "no exit plan, ask the {contact}.")
    path.write_text(text.replace("[exit_plan.exists]", "['exit_plan.reviewed_on >= law_from']"))
    names = [problem.message for problem in examine_strategy(str(sound)).problems]
    assert names == [
        "nothing uses the parameter `large_value`",
        "nothing uses the parameter `review_age_max`",
    ]


def test_a_definition_without_a_use_is_said_too(sound: Path) -> None:
    (sound / "rules/words.yaml").write_text(
        "definitions:\n  spare: {means: Not needed, is: exit_plan.exists}\n"
    )
    names = [problem.message for problem in examine_strategy(str(sound)).problems]
    assert names[0] == "nothing uses the definition `spare`"
