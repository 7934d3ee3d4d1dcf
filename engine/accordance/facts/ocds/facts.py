"""What a contracting process says about a partnership.

Only what the data states becomes a fact. A value of 0 is not known rather than free; the number of
bids is never guessed from the method; that nobody else is named does not mean that nobody else is
there. What is left out is remarked on, with the reason.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from ...feel.values import Number, Value, number_text, too_many_digits
from ...source.quoting import quoted
from ...source.tree import Mapping, Scalar
from ...source.tree import Sequence as Listed
from ..model import FactModel
from ..shapes import stands_for_nothing
from .merging import Contradiction, Items, Merged, Told, contradictions
from .packages import Release, day_and_moment
from .processes import Process

CURRENCY: Final = "GBP"
REGIMES: Final = {
    "2023/54": "procurement_act_2023",
    "32014L0024": None,
    "32014L0025": "utilities",
}
"""Procurement law by `tender.legalBasis.id`. A directive was made law by each country's own rules,
so that the publisher decides what it means."""
DIRECTIVE_REGIMES: Final = {
    "ocds-b5fd17": "pcr_2015",  # Contracts Finder
    "ocds-h6vhtk": "pcr_2015",  # Find a Tender
    "ocds-r6ebe6": "scottish_regulations",  # Public Contracts Scotland
}
METHODS: Final = ("open", "selective", "limited", "direct")
ROLES: Final = {"buyer": "buyer", "supplier": "supplier", "funder": "funder"}
OVER: Final = ("cancelled", "unsuccessful", "withdrawn")
_CPV = re.compile(r"(\d{8})(?:-\d|\.0)?", re.ASCII)


class Unfit(Exception):
    """The process cannot become a case; the message says why."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something in the data that did not become a fact, and why."""

    path: str
    text: str
    release: Release


@dataclass(slots=True)
class Found:
    """The facts of a process in the order of the fact model, with what was left out."""

    facts: dict[str, Value]
    remarks: list[Remark] = field(default_factory=list)


def facts_of(process: Process, model: FactModel) -> Found:
    """The facts of a process. Raises Unfit where it cannot become a case."""
    return _Reader(process, model).read()


class _Reader:
    def __init__(self, process: Process, model: FactModel) -> None:
        self.process = process
        self.model = model
        self.merged = process.merged
        self.last = process.releases[-1]
        self.facts: dict[str, Value] = {}
        self.evidence: dict[str, dict[str, Value]] = {}
        self.remarks: list[Remark] = []

    def read(self) -> Found:
        for contradiction in contradictions(self.merged):
            self.report(contradiction)
        awards = self.in_force("awards")
        contracts = self.in_force("contracts")
        periods = self.periods(awards, contracts)
        stage, ground = self.stage(awards, contracts, periods)
        self.state("id", self.process.id, None)
        self.titles(awards, contracts)
        self.state("stage", stage, ground, f"taken from {quoted(ground.path)}")
        self.state("as_of", self.last.day, None)
        self.state("ocids", [self.process.ocid], None)
        if awards or contracts or "tender" in self.merged:
            self.state("basis", "contractual", None, "a contracting process")
        self.tender()
        self.dates(periods)
        self.extension(awards, contracts)
        self.values(awards, contracts)
        self.agreement(contracts)
        self.parties(awards, contracts)
        return Found(self.in_order(), self.remarks)

    # what a fact file states

    def state(self, path: str, value: Value, told: Told | None, note: str | None = None) -> None:
        """A fact with its evidence; `told` is what it was taken from, None for the release as a
        whole. What the strategy's fact model has no place for is remarked on."""
        fact = self.model.facts.get(path)
        release = told.release if told else self.last
        if fact is None:
            self.remark(path, "the strategy has no such fact", release)
            return
        words = value if isinstance(value, list) else [value]
        if fact.values is not None and not all(word in fact.values for word in words):
            self.remark(path, f"{quoted(value)} is none of the words of this fact", release)
            return
        self.facts[path] = value
        self.back(path, told, note)

    def back(self, path: str, told: Told | None, note: str | None = None) -> None:
        """The entry of evidence for a fact."""
        release = told.release if told else self.last
        where = f", {told.path}" if told else ""
        entry: dict[str, Value] = {
            "fact": path,
            "reference": f"{self.process.ocid}, release {release.id or 'without id'}{where}",
            "date": release.day,
            "type": "notice",
        }
        if note is not None:
            entry["note"] = note
        self.evidence[path] = entry

    def remark(self, path: str, text: str, release: Release | None = None) -> None:
        remark = Remark(path, text, release or self.last)
        if all((one.path, one.text) != (path, text) for one in self.remarks):
            self.remarks.append(remark)

    def report(self, contradiction: Contradiction) -> None:
        said = " and ".join(
            f"{quoted(told.value)} (release {told.release.id or 'without id'})"
            for told in contradiction.told
        )
        self.remark(
            contradiction.path, f"contradicts itself: {said}", contradiction.told[-1].release
        )

    def in_order(self) -> dict[str, Value]:
        """The facts as nested groups in the order of the fact model, evidence included."""
        nested: dict[str, Value] = {}
        for path in self.model.facts:
            if path == "evidence":
                known = {"fact", "reference", "date", "type", "note"}
                if all(f"evidence.{name}" in self.model.facts for name in known):
                    order = {fact: place for place, fact in enumerate(self.model.facts)}
                    nested["evidence"] = sorted(
                        self.evidence.values(), key=lambda entry: order[entry["fact"]]
                    )
            elif path in self.facts:
                *groups, name = path.split(".")
                into = nested
                for group in groups:
                    into = into.setdefault(group, {})
                into[name] = self.facts[path]
        return nested

    def text(self, *names: str) -> Told | None:
        """A text that says something."""
        return self.usable(self.merged.told(*names))

    def usable(self, told: Told | None) -> Told | None:
        if told is None or not isinstance(told.value, str):
            return None
        text = told.value.strip()
        if stands_for_nothing(text):
            if text:
                self.remark(told.path, f"{quoted(text)} says nothing", told.release)
            return None
        return Told(text, told.path, told.node, told.release)

    # where the process stands

    def in_force(self, name: str) -> Items:
        """The awards or contracts that were not called off."""
        kept = Items()
        for key, item in self.merged.items_of(name).items():
            status = item.told("status")
            if status is None or status.value not in (*OVER, "terminated"):
                kept[key] = item
        return kept

    def stage(
        self, awards: Items, contracts: Items, periods: dict[str, tuple[dt.date, Told]]
    ) -> tuple[str, Told]:
        """The stage, and what it was taken from. Raises Unfit."""
        merged = self.merged
        start, end = periods.get("startDate"), periods.get("endDate")
        for name in ("contracts", "awards"):
            items = contracts if name == "contracts" else awards
            if merged.items_of(name) and not items:
                raise Unfit(f"all its {name} were called off or have ended")
            if not items:
                continue
            if end is not None and end[0] < self.last.day:
                raise Unfit(
                    f"its agreement ended on {end[0].isoformat()}, before its latest release of "
                    f"{self.last.day.isoformat()}"
                )
            told = self.anything(items)
            signed = any(item.told("dateSigned") for item in contracts.values())
            begins_later = start is not None and start[0] > self.last.day
            return ("new" if begins_later and not signed else "established"), told
        status = merged.told("tender", "status")
        if status is not None and status.value in OVER:
            raise Unfit(f"its tender is {status.value}")
        if any(tag.endswith(("Cancellation", "Termination")) for tag in self.last.tags):
            raise Unfit(f"its latest release is a {self.last.tags[0]}")
        if status is not None and status.value == "complete":
            raise Unfit("its tender is over, and the data names no award")
        for name in ("tender", "planning"):
            part = merged.at(name)
            if isinstance(part, Merged):
                found = status or self.first(part)
                if found is not None:
                    return "new", found
        raise Unfit("it says nothing of a tender, an award or a contract")

    def anything(self, items: Items) -> Told:
        for item in items.values():
            told = item.told("status") or self.first(item)
            if told is not None:
                return told
        raise Unfit("its awards and contracts say nothing")

    def first(self, part: Merged) -> Told | None:
        for value in part.values():
            if isinstance(value, Told):
                return value
            found = self.first(value) if isinstance(value, Merged) else None
            if found is not None:
                return found
        return None

    # facts

    def titles(self, awards: Items, contracts: Items) -> None:
        parts = [*contracts.values(), *awards.values()]
        title = (
            self.text("tender", "title")
            or self.text("title")
            or next((one for part in parts if (one := self.usable(part.told("title")))), None)
            or self.text("planning", "project", "title")
        )
        if title is None:
            raise Unfit("it has no title")
        self.state("title", title.value, title)
        self.state("service.name", title.value, title)
        buyer = self.text("buyer", "name")
        if buyer is not None:
            self.state("organisation", buyer.value, buyer)
        summary = self.text("tender", "description") or self.text("description")
        if summary is not None:
            self.state("summary", summary.value, summary)

    def tender(self) -> None:
        merged = self.merged
        category = merged.told("tender", "classification", "id")
        scheme = merged.told("tender", "classification", "scheme")
        if category is not None and isinstance(category.value, str | int):
            text = str(category.value).strip()
            cpv = _CPV.fullmatch(text)
            if scheme is not None and scheme.value == "CPV" and cpv:
                text = cpv[1]
            if not stands_for_nothing(text):
                self.state("service.category", text, category)
        if self.truth("tender", "techniques", "hasFrameworkAgreement"):
            told = merged.told("tender", "techniques", "hasFrameworkAgreement")
            self.state("forms", ["framework"], told)
        self.regime()
        method = merged.told("tender", "procurementMethod")
        details = self.text("tender", "procurementMethodDetails")
        if method is not None and method.value in METHODS:
            self.state(
                "procurement.method", method.value, method, details.value if details else None
            )
        elif details is not None:
            self.remark(details.path, f"{quoted(details.value)} names no method", details.release)
        self.bids()
        reason = self.text("tender", "procurementMethodRationale")
        if reason is not None and method is not None and method.value == "direct":
            self.state("procurement.direct_award_justified", True, reason)
        value = merged.at("tender", "value")
        if isinstance(value, Merged):
            amount = value.told("amount")
            if amount is not None and amount.value:
                currency = value.told("currency")
                said = f"{_shown(amount.value)} {currency.value if currency else ''}".strip()
                self.remark(
                    amount.path,
                    f"{said} is an estimate, which nobody has approved",
                    amount.release,
                )

    def truth(self, *names: str) -> bool:
        told = self.merged.told(*names)
        return told is not None and told.value is True

    def regime(self) -> None:
        basis = self.merged.told("tender", "legalBasis", "id")
        if basis is None:
            return
        law = str(basis.value)
        regime = REGIMES.get(law)
        if law == "32014L0024":
            regime = DIRECTIVE_REGIMES.get(self.process.ocid[:11])
        if regime is None:
            self.remark(basis.path, f"what {quoted(law)} means here is not known", basis.release)
        else:
            self.state("regime", regime, basis)

    def bids(self) -> None:
        """The number of bids, where the data counts them."""
        found: dict[str, Told] = {}
        for item in self.merged.items_of("bids", "statistics").values():
            measure, value = item.told("measure"), item.told("value")
            if measure is not None and value is not None:
                found.setdefault(str(measure.value), value)
        told = found.get("validBids") or found.get("bids")
        if told is None:
            told = self.merged.told("tender", "numberOfTenderers")
        if told is None:
            return
        if isinstance(told.value, int) and not isinstance(told.value, bool) and told.value > 0:
            self.state("procurement.bids_received", told.value, told)
        else:
            self.remark(told.path, f"{quoted(told.value)} is no number of bids", told.release)

    def periods(self, awards: Items, contracts: Items) -> dict[str, tuple[dt.date, Told]]:
        """The earliest start and the latest end that the data gives: of contracts, else of awards,
        else of the tender, else of its lots."""
        for parts, name in (
            (list(contracts.values()), "period"),
            (list(awards.values()), "contractPeriod"),
            ([self.merged.at("tender")], "contractPeriod"),
            (list(self.merged.items_of("tender", "lots").values()), "contractPeriod"),
        ):
            found = {}
            for which, choose in (("startDate", min), ("endDate", max)):
                days = [
                    day
                    for part in parts
                    if isinstance(part, Merged)
                    for day in [self.day(part.told(name, which))]
                    if day is not None
                ]
                if days:
                    found[which] = choose(days, key=lambda day: day[0])
            if found:
                return found
        return {}

    def day(self, told: Told | None) -> tuple[dt.date, Told] | None:
        if told is None:
            return None
        when = day_and_moment(told.value) if isinstance(told.value, str) else None
        if when is None:
            self.remark(told.path, f"{quoted(told.value)} is no date", told.release)
            return None
        return when[0], told

    def dates(self, periods: dict[str, tuple[dt.date, Told]]) -> None:
        start, end = periods.get("startDate"), periods.get("endDate")
        if start and end and end[0] < start[0]:
            self.remark(
                end[1].path,
                f"ends on {end[0].isoformat()}, before it starts on {start[0].isoformat()}; "
                "neither is taken over",
                end[1].release,
            )
            return
        if start:
            self.state("period.start_date", start[0], start[1])
            self.state("service.start_date", start[0], start[1])
        if end:
            self.state("period.end_date", end[0], end[1])

    def extension(self, awards: Items, contracts: Items) -> None:
        for items, name in ((contracts, "period"), (awards, "contractPeriod")):
            for item in items.values():
                end = self.day(item.told(name, "endDate"))
                latest = self.day(item.told(name, "maxExtentDate"))
                if end and latest and len(items) == 1 and latest[0] >= end[0]:
                    months = _whole_months(end[0], latest[0])
                    self.state("period.extension_months", months, latest[1])
                    return
        lots = list(self.merged.items_of("tender", "lots").values())
        renewals = [lot.told("hasRenewal") for lot in lots]
        if renewals and all(told is not None and told.value is False for told in renewals):
            self.state("period.extension_months", 0, renewals[0])
        in_words = dict.fromkeys(
            words.value
            for lot in lots
            if (words := self.usable(lot.told("renewal", "description"))) is not None
        )
        for said in in_words:
            self.remark("tender.lots.renewal", f"an extension in words only: {quoted(said)}")

    def values(self, awards: Items, contracts: Items) -> None:
        for path, items in (("value.approved", awards), ("value.current", contracts)):
            total: Number | None = 0
            told: Told | None = None
            notes = set()
            for item in items.values():
                part = item.at("value")
                amount = self.amount(part) if isinstance(part, Merged) else None
                if amount is None:
                    total = None
                    continue
                told = amount
                if total is not None:
                    total += amount.value
                assert isinstance(part, Merged)
                notes.add(_vat_note(part))
            if total is None and told is not None:
                self.remark(told.path, "not every award states its value", told.release)
            if total and told is not None:
                if too_many_digits(total):
                    self.remark(told.path, f"{_shown(total)} has too many digits", told.release)
                    continue
                sum_note = f"sum of {len(items)}; " if len(items) > 1 else ""
                self.state(path, total, told, sum_note + "; ".join(sorted(notes)))

    def amount(self, part: Merged) -> Told | None:
        """The amount of a value, where one is stated in pounds. 0 stands for not known."""
        amount, currency = part.told("amount"), part.told("currency")
        if amount is None:
            amount = part.told("amountNet") or part.told("amountGross")
        if amount is None:
            return None
        value = amount.value
        if not isinstance(value, int | Fraction) or isinstance(value, bool):
            self.remark(amount.path, f"{quoted(value)} is no amount", amount.release)
        elif value == 0:
            self.remark(amount.path, "0 stands for a value that is not known", amount.release)
        elif value < 0:
            self.remark(amount.path, f"{_shown(value)} is no value", amount.release)
        elif currency is not None and currency.value != CURRENCY:
            self.remark(
                amount.path, f"{_shown(value)} {currency.value} is not in pounds", amount.release
            )
        else:
            return amount
        return None

    def agreement(self, contracts: Items) -> None:
        signed = [day for item in contracts.values() if (day := self.day(item.told("dateSigned")))]
        if contracts:
            self.state("agreement.type", "contract", self.anything(contracts))
        if signed and len(signed) == len(contracts):
            latest = max(signed, key=lambda day: day[0])
            self.state("agreement.signed_on", latest[0], latest[1])

    # parties

    def parties(self, awards: Items, contracts: Items) -> None:
        """Buyers and suppliers, once the suppliers are known. A list that is stated is complete, so
        that before the award, when it is not, it is left out."""
        suppliers: dict[str, tuple[str | None, Told]] = {}
        if not awards:
            where = "no award names the suppliers" if contracts else "nothing is awarded yet"
            self.remark("parties", f"left out: {where}")
            return
        for award in awards.values():
            told = award.told("suppliers")
            named = _references(told) if told is not None else {}
            if told is None or not named:
                self.remark("parties", "left out: an award does not name its suppliers")
                return
            for key, name in named.items():
                suppliers.setdefault(key, (name, told))
        known = self.merged.items_of("parties")
        entries = []
        for key, party in known.items():
            roles = party.told("roles")
            if roles is not None and "buyer" in roles.value:
                entries.append(self.party(key, party, None, roles))
        if not entries:
            self.remark("parties", "left out: no party has the role of the buyer")
            return
        for key, (name, told) in suppliers.items():
            entries.append(self.party(key, known.get(key, Merged()), name, told))
        self.facts["parties"] = entries

    def party(self, key: str, party: Merged, name: str | None, told: Told) -> dict[str, Value]:
        """One party; `told` is the list that names it as buyer or supplier."""
        is_buyer = name is None and told.path.endswith("roles")
        buyer_id = self.merged.told("buyer", "id")
        entry: dict[str, Value] = {}

        def put(fact: str, value: Value, source: Told) -> None:
            path = f"parties.{fact}"
            if path not in self.model.facts:
                self.remark(path, "the strategy has no such fact", source.release)
                return
            entry[fact] = value
            if path not in self.evidence:
                self.back(path, source)

        own_name = self.usable(party.told("name"))
        disputed = isinstance(party.at("name"), Contradiction)
        if own_name is not None:
            put("name", own_name.value, own_name)
        elif name is not None and not disputed and not stands_for_nothing(name):
            put("name", name, told)
        number = party.told("identifier", "id")
        if number is not None:
            text = number.node.text.strip() if isinstance(number.node, Scalar) else ""
            if not stands_for_nothing(text):
                put("identifier", text, number)
                scheme = self.usable(party.told("identifier", "scheme"))
                if scheme is not None:
                    put("identifier_scheme", scheme.value, scheme)
        if is_buyer and buyer_id is not None and str(buyer_id.value) == key:
            put("ourselves", True, buyer_id)
        elif not is_buyer:
            put("ourselves", False, told)
        put("roles", ["buyer" if is_buyer else "supplier"], told)
        voluntary = party.told("details", "vcse")
        if voluntary is not None and voluntary.value is True:
            put("sector", "civil_society", voluntary)
        return entry


def _references(told: Told) -> dict[str, str | None]:
    """The organisations of a list by their id, or by their name where they have none."""
    found: dict[str, str | None] = {}
    items: list[Any] = told.node.items if isinstance(told.node, Listed) else []
    for item in items:
        if not isinstance(item, Mapping):
            return {}
        key, name = item.entries.get("id"), item.entries.get("name")
        words = name.value if isinstance(name, Scalar) and isinstance(name.value, str) else ""
        identity = key.text if isinstance(key, Scalar) and key.value is not None else words
        if not identity:
            return {}
        found[identity] = words
    return found


def _vat_note(value: Merged) -> str:
    net, gross = value.told("amountNet"), value.told("amountGross")
    if gross is not None and value.told("amount") is not None:
        return f"without VAT; with it {_shown(gross.value)}"
    if gross is not None and net is None:
        return "with VAT"
    if net is not None:
        return "without VAT"
    return "the data does not say whether VAT is included"


def _whole_months(first: dt.date, last: dt.date) -> int:
    """Whole months from one day to another, the last days of two months being a whole number."""
    months = (last.year - first.year) * 12 + last.month - first.month
    ends = (last + dt.timedelta(days=1)).day == 1
    return months if last.day >= first.day or ends else months - 1


def _shown(value: Any) -> str:
    return number_text(value) if isinstance(value, int | Fraction) else str(value)
