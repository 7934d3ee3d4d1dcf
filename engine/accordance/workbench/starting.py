"""The first files of a new strategy: clean, with one rule and the cases that try it."""

from __future__ import annotations

from typing import Final

from ..strategy.model import Strategy

_TAILORED: Final = """\
# {title}: what it takes over, changes and adds.
#
# After a change run `accordance lint {folder}` and `accordance test {folder}`;
# `accordance rules --strategy {folder} --diff {upstream}` shows what is changed.

strategy: {name}
title: {title}
version: "1.0"

# All that is not changed here is taken over: rules, facts, numbers, and what findings mean.
extends: {extends}

# What is changed. Take the `#` away where it is needed; `accordance rules` lists rules and
# `accordance parameters` the numbers.
#
# tailor:
#   parameters: {{{parameter}}}
#   severities: {{{rule}: {severity}}}
#   gates: {{{rule}: [{stage}]}}
#   off:
#     {rule}: {{because: Why it is not asked here, on: 2026-04-01}}
#   not_mandatory: {{{stage}: [a.fact]}}

# What is added: themes, and below them parameters and mandatory facts, as in any strategy. Rules
# stand in rules/, facts in facts.schema.yaml, the cases of our rules in tests/.
themes:
  {prefix}: {theme}
"""

_WHOLE: Final = """\
# {title}
#
# After a change run `accordance lint {folder}` and `accordance test {folder}`.

strategy: {name}
title: {title}
version: "1.0"

# The letters with which the ids of a theme's rules begin, and its name.
themes:
  OWN: Our own rules

# The numbers that rules use, so that a number is changed in one place.
parameters:
  facts_age_max: {{value: P6M, unit: duration, means: Facts older than this are called stale}}

# For each stage the facts that must at least be known.
mandatory:
  new: [lead_officer]
  renewing: [lead_officer]
  established: [lead_officer]

# Who may accept a breach, by its severity, and for how long at most.
exceptions:
  medium: {{approvers: [Full Council, Cabinet], longest: P12M}}

# What the findings mean for a decision: the first row that holds gives the answer.
verdict:
  stages: [new, renewing]
  table:
    - is: do_not_proceed
      when: some b in breaches satisfies b.gate or b.severity_least = "critical"
      means: A condition of commitment is broken, or a breach is certainly critical.
    - is: undecided
      when: >-
        (some g in gaps satisfies g.gate)
        or (some f in findings satisfies f.severity = "critical")
      means: What decides is not known yet.
    - is: proceed_with_conditions
      when: >-
        (some f in findings satisfies f.severity in ("high", "medium"))
        or (some a in accepted satisfies a.gate)
      means: The findings must be dealt with by their dates.
    - is: proceed
      means: Nothing of weight stands against the commitment.

# How far the partnership can be relied on.
opinion:
  stages: [renewing, established, exiting]
  table:
    - is: no_assurance
      when: some b in breaches satisfies b.severity = "critical"
      means: Fundamental gaps. Act at once.
    - is: limited
      when: >-
        (some b in breaches satisfies b.severity = "high")
        or count(serious[outcome = "insufficient_evidence"]) * 4 > count(serious)
      means: Significant gaps or breaches, or too little evidence to tell.
    - is: reasonable
      when: >-
        (some b in breaches satisfies b.severity in ("medium", "low"))
        or (some g in gaps satisfies g.severity in ("critical", "high"))
      means: Sound on the whole, with some issues.
    - is: substantial
      means: Sound, and the controls work as they should.
"""

_MODEL: Final = """\
# The fact model: which facts the file of a partnership may state.
$schema: https://json-schema.org/draft/2020-12/schema
title: Facts of a partnership
type: object
additionalProperties: false
required: [id, title, stage]
properties:
  id:
    title: Reference
    description: "Which reference does it have?"
    type: string
    minLength: 1
  title: {title: Title, description: "What is it called?", type: string, minLength: 1}
  stage:
    title: Stage
    description: "How far is it?"
    type: string
    enum: [new, renewing, established, exiting]
    x-fixed: true
  as_of:
    title: Facts as of
    description: "On which day were these facts true?"
    type: string
    format: date
  lead_officer:
    title: Lead officer (role)
    description: "Which role in our own body leads on it?"
    type: string
    minLength: 1
  exceptions:
    title: Accepted exceptions
    description: "Which exceptions have been accepted (an empty list if none)?"
    type: array
    items:
      type: object
      additionalProperties: false
      properties:
        rule:
          title: Rule
          description: "From which rule is the exception?"
          type: string
          minLength: 1
        reason:
          title: Reason
          description: "For what reason was it given?"
          type: string
          minLength: 1
        approver:
          title: Approver (role)
          description: "Which role gave it?"
          type: string
          minLength: 1
        approved_on:
          title: Approved on
          description: "When was it approved?"
          type: string
          format: date
        expires:
          title: Expires
          description: "When does it expire?"
          type: string
          format: date
"""

_RULES: Final = """\
# An example: change it into a rule of your own, or take it out together with its cases.
theme: {theme}

rules:
  {rule}:
    title: Someone in our own body leads on the partnership
    stages: [new, renewing, established]
    require:
      - is: has value(lead_officer)
        unmet: nobody in our own body leads on it
    severity: medium
    finding: "{{title}} has no one to answer for it: {{unmet}}."
    actions:
      - do: Name a lead officer
        owner: Chief Executive
        due: {{new: before decision, else: 30 days}}
        done_when: The register names the role
    because: What nobody answers for is noticed only when it has gone wrong.
    excludes: A partnership that is being ended.
    basis: {title}
    since: "1.0"
    tags: [our own]
"""

_CASES: Final = """\
# What the rule must answer: met, broken, not known, and where it does not apply.
theme: {theme}
base:
  stage: new
  as_of: 2026-01-31
  lead_officer: Head of Service
cases:
  - rule: {rule}
    name: a lead officer is named
    expect: compliant
  - rule: {rule}
    name: it is stated that there is none
    given: {{lead_officer: none}}
    expect: non_compliant
    severity: medium
    gate: false
    message: has no one to answer for it
    unmet: nobody in our own body leads on it
  - rule: {rule}
    name: nothing is said about a lead officer
    given: {{lead_officer: }}
    expect: insufficient_evidence
    missing: [lead_officer]
  - rule: {rule}
    name: while it is renewed it is asked as well
    given: {{stage: renewing}}
    expect: compliant
  - rule: {rule}
    name: while it runs it is asked as well
    given: {{stage: established, lead_officer: none}}
    expect: non_compliant
  - rule: {rule}
    name: a partnership that is being ended is not asked
    given: {{stage: exiting, lead_officer: none}}
    expect: not_applicable
"""

_FACT: Final = """\
# Facts that are added to those of {extends}.
properties:
  lead_officer:
    title: Lead officer (role)
    description: "Which role in our own body leads on it?"
    type: string
    minLength: 1
"""

_THEME: Final = "Our own rules"


def title_of(name: str) -> str:
    """A title for a strategy of that name: `our_council` is Our Council's."""
    words = " ".join(part.capitalize() for part in name.replace("-", "_").split("_") if part)
    return f"Collaboration strategy of {words}"


def first_files(
    name: str,
    title: str,
    folder: str,
    base: Strategy | None = None,
    extends: str = "",
    upstream: str = "",
) -> dict[str, str]:
    """The files of a new strategy by their paths in its folder.

    It extends `base`, which is called `extends` in it and `upstream` on the command line; with None
    it stands alone.
    """
    if base is None:
        words = {"name": name, "title": title, "folder": folder}
        return {
            "strategy.yaml": _WHOLE.format(**words),
            "facts.schema.yaml": _MODEL,
            **_rule_files("OWN-01", _THEME, title),
        }
    prefix = _free(base)
    theme = _THEME if _THEME not in base.themes.values() else f"Rules of {name}"
    rule = next((one for one in base.rules if one.severity_when or one.gate), base.rules[0])
    number = next(
        (one for one in base.parameters.values() if isinstance(one.value, int)),
        None,
    )
    header = _TAILORED.format(
        name=name,
        title=title,
        folder=folder,
        extends=extends,
        upstream=upstream,
        prefix=prefix,
        theme=theme,
        rule=rule.id,
        severity=rule.severity,
        stage=rule.stages[0],
        parameter=f"{number.name}: {number.value}" if number else "a_number: 9",
    )
    files = {"strategy.yaml": header, **_rule_files(f"{prefix}-01", theme, title)}
    if "lead_officer" not in base.model.facts:
        files["facts.schema.yaml"] = _FACT.format(extends=extends)
    return files


def _rule_files(rule: str, theme: str, title: str) -> dict[str, str]:
    words = {"theme": theme, "rule": rule, "title": title}
    return {
        "rules/our_own.yaml": _RULES.format(**words),
        "tests/our_own.yaml": _CASES.format(**words),
    }


def _free(base: Strategy) -> str:
    """Letters for a theme that no theme has yet."""
    numbered = (f"OWN{number}" for number in range(2, 100))
    return next(one for one in ("OWN", *numbered) if one not in base.themes)
