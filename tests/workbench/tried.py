"""A small strategy with its cases, written for one test."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import yaml

from accordance.check.checker import Checker
from accordance.strategy.cases import RuleCase, read_rule_cases
from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy
from accordance.workbench.mutation.bench import Bench
from tests.check.small import HEADER

MODEL = """\
type: object
additionalProperties: false
required: [id, title, stage]
properties:
  id: {title: Identifier, description: Which reference?, type: string}
  title: {title: Title, description: What is it called?, type: string}
  stage:
    title: Stage
    description: Which stage?
    type: string
    enum: [new, renewing, established, exiting]
  as_of: {title: Facts as of, description: Which day?, type: string, format: date}
  people: {title: People, description: How many people?, type: integer, minimum: 0}
  share: {title: Share, description: Which share?, type: number, minimum: 0, maximum: 1}
  plan: {title: Plan, description: Is there a plan?, type: boolean}
  agreed: {title: Agreed, description: Is it agreed?, type: boolean}
  reviewed_on: {title: Reviewed on, description: When was it reviewed?, type: string, format: date}
  sites:
    title: Sites
    type: array
    items:
      type: object
      additionalProperties: false
      properties:
        name: {title: Name, description: What is it called?, type: string}
        open: {title: Open, description: Is it open?, type: boolean}
"""


class Tried(NamedTuple):
    folder: str
    strategy: Strategy
    cases: tuple[RuleCase, ...]

    @property
    def bench(self) -> Bench:
        return Bench(Checker(self.strategy), self.cases)


def tried(folder: Path, rules: str, cases: str, parameters: str = "{}") -> Tried:
    """A strategy with these rules, definitions, cases and parameters, each as YAML."""
    for name in ("rules", "tests"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "facts.schema.yaml").write_text(MODEL)
    header = {**HEADER, "parameters": yaml.load(dedent(parameters), yaml.CSafeLoader)}
    (folder / "strategy.yaml").write_text(yaml.safe_dump(header, sort_keys=False))
    (folder / "rules" / "theme.yaml").write_text(f"theme: Theme\n{dedent(rules)}")
    (folder / "tests" / "theme.yaml").write_text(f"theme: Theme\n{dedent(cases)}")
    return read(folder)


def read(folder: Path) -> Tried:
    made = load_strategy(str(folder), cache=False)
    return Tried(str(folder), made, read_rule_cases(str(folder), made))


RULE = """\
rules:
  TT-01:
    title: It is reviewed in time
    stages: [established]
    require: [reviewed_on >= today() - review_age_max]
    severity: high
    finding: "{title} was not reviewed in time: {unmet}."
    because: Things change.
"""
CASES = """\
base: {stage: established, as_of: 2026-01-31}
cases:
- rule: TT-01
  name: three years ago to the day
  given: {reviewed_on: 2023-01-31}
  expect: compliant
- rule: TT-01
  name: a day earlier
  given: {reviewed_on: 2023-01-30}
  expect: non_compliant
"""
PARAMETERS = "review_age_max: {value: P36M, unit: duration, means: A review counts for this long}"
