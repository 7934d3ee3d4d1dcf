"""The digest of a rule: another one when it judges differently, the same when only words change."""

from __future__ import annotations

from dataclasses import replace

from accordance.feel.parsing import parse
from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy
from accordance.strategy.rule_digest import rule_digests


def changed(new: Strategy) -> set[str]:
    old, after = rule_digests(load_strategy(None)), rule_digests(new)
    return {rule for rule in old if old[rule] != after[rule]}


def about_evidence() -> set[str]:
    return {rule.id for rule in load_strategy(None).rules if rule.about == "evidence"}


def test_words_that_are_only_told_do_not_count() -> None:
    strategy = load_strategy(None)
    rules = tuple(replace(one, title="Another", because="Why not") for one in strategy.rules)
    assert changed(replace(strategy, rules=rules, version="9.9")) == set()


def test_a_severity_is_of_one_rule_and_of_those_about_evidence() -> None:
    strategy = load_strategy(None)
    rules = tuple(
        replace(one, severity="advisory") if one.id == "DEP-01" else one for one in strategy.rules
    )
    assert changed(replace(strategy, rules=rules)) == {"DEP-01"} | about_evidence()


def test_a_definition_counts_for_the_rules_that_read_it_directly_or_not() -> None:
    strategy = load_strategy(None)
    single = strategy.definitions["single_provider"]
    other = replace(single, expression=parse("dependence.provider_count = 2"))
    found = changed(
        replace(strategy, definitions={**strategy.definitions, "single_provider": other})
    )
    assert "DEP-01" in found and "OBJ-01" not in found
