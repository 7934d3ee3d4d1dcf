"""The answer that may be published: nothing in it depends on a fact that is exempt.

The case is checked a second time as if its sensitive facts were unknown. A definite outcome never
changes when an unknown fact becomes known, so what the second check decides is decided by public
facts alone, and its words cannot hold what it never saw. A rule that it cannot decide for want of a
sensitive fact is withheld, whatever came of it, so that not being told is no hint. Verdict and
opinion are those of the full check: they are what the report is for.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from ..facts.case import Case
from ..facts.withholding import Withheld, without_sensitive
from ..plan.outcome import Outcome
from ..plan.reading import FactsRead
from ..strategy.message import placeholders
from ..strategy.model import EVIDENCE
from . import annex
from .answer import Answer
from .checker import Checker
from .judging import static_path

Json = dict[str, Any]

PUBLIC: Final = "public"
WITHHELD: Final = "withheld"
"""The outcome of a rule that is not told."""


def public_answer(checker: Checker, case: Case, evaluated_on: dt.date | None = None) -> Json:
    """The documented form of the answer for a case, as it may be published.

    Raises Refused as `Checker.check` does.
    """
    public_case, withheld = without_sensitive(case)
    full = checker.check(case, evaluated_on)
    answer = checker.check(public_case, full.assessment.evaluated_on)
    return _Publication(checker, full, answer, withheld).document()


class _Publication:
    def __init__(
        self, checker: Checker, full: Answer, public: Answer, withheld: Sequence[Withheld]
    ) -> None:
        self.checker = checker
        self.full = full
        self.public = public
        self.withheld = withheld
        self.paths = {static_path(one.path) for one in withheld}
        self.titles = {full.case.model.facts[path].title for path in self._exempt_facts()}

    def document(self) -> Json:
        results = [
            self.result(full, public)
            for full, public in zip(
                self.full.assessment.judgements, self.public.assessment.judgements, strict=True
            )
        ]
        hidden = {result["rule"] for result in results if result["outcome"] == WITHHELD}
        notices = self.notices(hidden)
        document = self.public.document(
            results,
            self.public.questions(results),
            notices,
            [self.evidence(entry) for entry in annex.evidence(self.public)],
        )
        whole = self.full.assessment
        for name in ("verdict", "opinion", "opinion_at_worst"):
            document[name] = getattr(whole, name)
        document |= self.full.meanings()
        document["costs_and_benefits"] = self.accounts(document["missing"])
        document["follow_up"] = [self.earlier(action) for action in document["follow_up"]]
        document["audience"] = PUBLIC
        document["withheld"] = {
            "facts": len(self.withheld),
            "rules": len(hidden),
            "kinds": dict(sorted(Counter(one.sensitivity for one in self.withheld).items())),
            "listed": [self.fact(one) for one in self.withheld],
        }
        return document

    # rules

    def result(self, full: Any, public: Any) -> Json:
        """What one rule says, from the check that saw public facts only."""
        if full.rule.about == EVIDENCE:
            return self.about_evidence(self.full.result(full))
        result = self.public.result(public)
        open_now = public.outcome is Outcome.INSUFFICIENT_EVIDENCE
        needs = {static_path(path) for path in self.public.assessment.evidence(public).missing}
        if not open_now or (
            full.outcome is Outcome.INSUFFICIENT_EVIDENCE and not self.touches(needs)
        ):
            return result
        return self.untold(result, needs)

    def about_evidence(self, result: Json) -> Json:
        """A rule about the evidence judges what is stated, not what it says; but which exempt fact
        it speaks of may tell how another rule came out."""
        read = self.reads(result["rule"])
        if self.touches(read):
            return self.untold(result, read)
        facts = [
            fact | {"title": self.public.title_of(fact["path"])}
            for fact in result["facts"]
            if not self.touches({static_path(fact["path"])})
        ]
        told = result | {
            "facts": facts,
            "rests_on": [path for path in result["rests_on"] if not self.touches({path})],
        }
        texts = [result["message"], *result["unmet"], *result["remedy"]]
        if any(title in text for title in self.titles for text in texts):
            words = f"{result['title']}: the particulars are withheld."
            told |= {"message": words, "unmet": [], "remedy": []}
        return told

    def reads(self, rule: str) -> set[str]:
        """The facts that a rule reads, those of its message among them."""
        plan = self.checker.plan
        planned = next(one for one in plan.rules if one.rule.id == rule)
        read = FactsRead(plan)
        paths: set[str] = set(read.of_formula(planned.when))
        for asked in planned.requirements:
            paths.update(read.of_formula(asked.formula))
        for text in (planned.rule.finding, *(one.unmet for one in planned.rule.require)):
            for name, _ in placeholders(text or ""):
                if name in plan.definitions:
                    paths.update(read.of_definition(name))
                paths.add(name)
        return paths

    def untold(self, result: Json, needs: set[str]) -> Json:
        """A rule of which only the name is told; `needs` are facts that it hangs on."""
        exempt = [one for one in self.withheld if _lies_in(static_path(one.path), needs)]
        kinds = " and ".join(sorted({one.sensitivity for one in exempt or self.withheld}))
        return result | {
            "outcome": WITHHELD,
            "kind": None,
            "moot": False,
            "severity": None,
            "severity_least": None,
            "message": f"Withheld: the result rests on facts that are exempt from publication "
            f"({kinds}).",
            "unmet": [],
            "missing": [],
            "reasons": [],
            "facts": [],
            "rests_on": [],
            "actions": [],
            "remedy": [],
            "accepted_by": None,
        }

    # the rest

    def notices(self, hidden: set[str]) -> list[Json]:
        """The notices that the check of public facts gives as well. How many others there are is
        not told: a notice may say that an exempt fact contradicts another."""
        public = self.public.notices()
        return [
            notice
            for notice in self.full.notices()
            if notice in public
            and self.rule_of(notice) not in hidden
            and not self.touches({static_path(notice["path"] or "")})
        ]

    def rule_of(self, notice: Json) -> str | None:
        """The id of the rule that a notice is about, under whatever name it gives."""
        rule = self.checker.strategy.rule(notice["rule"] or "")
        return None if rule is None else rule.id

    def evidence(self, entry: Json) -> Json:
        """Evidence of an exempt fact keeps its date and standing, but not what it is called."""
        fact = entry["fact"]
        if fact is None:
            return entry
        around = any(_lies_in(exempt, {fact}) for exempt in self.paths)
        if not around and not self.touches({fact}):
            return entry
        return entry | {"reference": None, "note": None, "value": None, WITHHELD: True}

    def accounts(self, missing: Sequence[Json]) -> Json:
        """Costs and benefits; exempt amounts are named and withheld."""
        missed = {one["path"] for one in missing}
        found = annex.costs_and_benefits(self.public, missed | self.paths)
        money = []
        for fact in found["money"]:
            path = static_path(fact["path"])
            exempt = fact["value"] is None and self.touches({path})
            money.append(fact | {WITHHELD: True} if exempt else fact)
        benefits = []
        for number, item in enumerate(found["benefits"], 1):
            inside = f"benefits[{number}]."
            names = [
                one.path.removeprefix(inside)
                for one in self.withheld
                if one.path.startswith(inside)
            ]
            benefits.append(item | {WITHHELD: names} if names else item)
        return {"money": money, "benefits": benefits}

    def earlier(self, action: Json) -> Json:
        if action["outcome"] != WITHHELD:
            return action
        return action | {"do": None, WITHHELD: True}

    def fact(self, one: Withheld) -> Json:
        """A withheld fact as it may be listed: that it is stated, and where, not what it says."""
        entry = self.public.fact(one.path, None)
        named = {name: entry[name] for name in ("path", "title", "of", "source", "line")}
        return named | {"sensitivity": one.sensitivity}

    def touches(self, paths: Iterable[str]) -> bool:
        """Is one of the facts exempt and stated?"""
        return any(_lies_in(path, self.paths) for path in paths)

    def _exempt_facts(self) -> list[str]:
        model = self.full.case.model
        return [path for path in model.facts if path in model.sensitivities]


def _lies_in(path: str, others: Iterable[str]) -> bool:
    """Is a fact one of the others, or part of one of them?"""
    return any(path == other or path.startswith(f"{other}.") for other in others)


def public_settings(checker: Checker, settings: Iterable[str]) -> list[str]:
    """What a what-if sets, as it may be published: the values of exempt facts are left out."""
    sensitive = checker.strategy.model.sensitivities
    said = []
    for setting in settings:
        path = setting.partition("=")[0].strip()
        fact = static_path(path)
        exempt = _lies_in(fact, sensitive) or any(_lies_in(one, {fact}) for one in sensitive)
        said.append(f"{path} (value withheld)" if exempt else setting)
    return said
