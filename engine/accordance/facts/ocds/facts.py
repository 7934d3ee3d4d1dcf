"""What a contracting process says about a partnership.

Only what the data states becomes a fact. The number of bids is never guessed from the method; that
nobody else is named does not mean that nobody else is there. What is left out is remarked on, with
the reason.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from typing import Final

from ...source.quoting import quoted
from ..model import FactModel
from ..shapes import stands_for_nothing
from .amounts import state_values
from .merging import Told, contradictions
from .parties import state_parties
from .processes import Process
from .standing import Standing, anything, standing_of
from .statement import Statement, Unfit

REGIMES: Final = {"2023/54": "procurement_act_2023", "32014L0025": "utilities"}
"""Procurement law by `tender.legalBasis.id`."""
DIRECTIVE: Final = "32014L0024"
DIRECTIVE_REGIMES: Final = {
    "ocds-b5fd17": "pcr_2015",  # Contracts Finder
    "ocds-h6vhtk": "pcr_2015",  # Find a Tender
    "ocds-r6ebe6": "scottish_regulations",  # Public Contracts Scotland
}
"""The directive was made law by rules of each country, so that the publisher, which begins every
ocid, decides what it means."""
METHODS: Final = ("open", "selective", "limited", "direct")
_CPV = re.compile(r"(\d{8})(?:-\d|\.0)?", re.ASCII)


def statement_of(process: Process, model: FactModel) -> Statement:
    """The facts of a process. Raises Unfit where it cannot become a case."""
    statement = Statement(process, model)
    for contradiction in contradictions(process.merged):
        statement.report(contradiction)
    standing = standing_of(statement)
    statement.state("id", process.id)
    _state_titles(statement, standing)
    statement.state("stage", standing.stage, standing.ground)
    statement.state("as_of", statement.last.day)
    statement.state("ocids", [process.ocid])
    if standing.awards or standing.contracts or "tender" in process.merged:
        statement.state("basis", "contractual", note="a contracting process")
    _state_tender(statement)
    _state_regime(statement)
    _state_competition(statement)
    _state_period(statement, standing)
    _state_extension(statement, standing)
    state_values(statement, standing)
    _state_agreement(statement, standing)
    state_parties(statement, standing)
    return statement


def _state_titles(statement: Statement, standing: Standing) -> None:
    merged = statement.merged
    parts = [*standing.contracts.values(), *standing.awards.values()]
    candidates = [
        merged.told("tender", "title"),
        merged.told("title"),
        *(part.told("title") for part in parts),
        merged.told("planning", "project", "title"),
    ]
    title = next((text for one in candidates if (text := statement.text(one))), None)
    if title is None:
        raise Unfit("it has no title")
    statement.state("title", title.value, title)
    statement.state("service.name", title.value, title)
    buyer = statement.text(merged.told("buyer", "name"))
    if buyer is not None:
        statement.state("organisation", buyer.value, buyer)
    described = (merged.told("tender", "description"), merged.told("description"))
    summary = next((text for one in described if (text := statement.text(one))), None)
    if summary is not None:
        statement.state("summary", summary.value, summary)


def _state_tender(statement: Statement) -> None:
    merged = statement.merged
    category = merged.told("tender", "classification", "id")
    if category is not None and isinstance(category.value, str | int):
        text = str(category.value).strip()
        scheme = merged.told("tender", "classification", "scheme")
        cpv = _CPV.fullmatch(text)
        if scheme is not None and scheme.value == "CPV" and cpv:
            text = cpv[1]  # without the check digit
        if not stands_for_nothing(text):
            statement.state("service.category", text, category)
    framework = merged.told("tender", "techniques", "hasFrameworkAgreement")
    if framework is not None and framework.value is True:
        statement.state("forms", ["framework"], framework)


def _state_regime(statement: Statement) -> None:
    law = statement.merged.told("tender", "legalBasis", "id")
    if law is None:
        return
    known = REGIMES.get(str(law.value))
    if law.value == DIRECTIVE:
        known = DIRECTIVE_REGIMES.get("-".join(statement.process.ocid.split("-")[:2]))
    if known is None:
        statement.remark_on(law, f"what {quoted(law.value)} means here is not known")
    else:
        statement.state("regime", known, law)


def _state_competition(statement: Statement) -> None:
    """The method, and the number of bids where the data counts them."""
    merged = statement.merged
    method = merged.told("tender", "procurementMethod")
    details = statement.text(merged.told("tender", "procurementMethodDetails"))
    if method is not None and method.value in METHODS:
        note = details.value if details is not None else None
        statement.state("procurement.method", method.value, method, note)
    elif details is not None:
        statement.remark_on(details, f"{quoted(details.value)} names no method")
    reason = statement.text(merged.told("tender", "procurementMethodRationale"))
    if reason is not None and method is not None and method.value == "direct":
        statement.state("procurement.direct_award_justified", True, reason)
    counts: dict[str, Told] = {}
    for item in merged.items_of("bids", "statistics").values():
        measure, count = item.told("measure"), item.told("value")
        if measure is not None and count is not None:
            counts.setdefault(str(measure.value), count)
    bids = counts.get("validBids") or counts.get("bids")
    bids = bids or merged.told("tender", "numberOfTenderers")
    if bids is None:
        return
    if isinstance(bids.value, int) and not isinstance(bids.value, bool) and bids.value > 0:
        statement.state("procurement.bids_received", bids.value, bids)
    else:
        statement.remark_on(bids, f"{quoted(bids.value)} is no number of bids")


def _state_period(statement: Statement, standing: Standing) -> None:
    start, end = standing.start, standing.end
    if start and end and end.date < start.date:
        statement.remark_on(
            end.told,
            f"ends on {end.date.isoformat()}, before it starts on {start.date.isoformat()}; "
            "neither is taken over",
        )
        return
    if start:
        statement.state("service.start_date", start.date, start.told)
        statement.state("period.start_date", start.date, start.told)
    if end:
        statement.state("period.end_date", end.date, end.told)


def _state_extension(statement: Statement, standing: Standing) -> None:
    for items, name in ((standing.contracts, "period"), (standing.awards, "contractPeriod")):
        if len(items) != 1:
            continue
        (item,) = items.values()
        end = statement.day(item.told(name, "endDate"))
        latest = statement.day(item.told(name, "maxExtentDate"))
        if end and latest and latest.date >= end.date:
            months = _whole_months(end.date, latest.date)
            statement.state("period.extension_months", months, latest.told)
            return
    lots = list(statement.merged.items_of("tender", "lots").values())
    renewals = [lot.told("hasRenewal") for lot in lots]
    if renewals and all(told is not None and told.value is False for told in renewals):
        statement.state("period.extension_months", 0, renewals[0])
    for lot in lots:
        words = statement.text(lot.told("renewal", "description"))
        if words is not None:
            statement.remark(
                "tender.lots.renewal", f"an extension in words only: {quoted(words.value)}"
            )


def _state_agreement(statement: Statement, standing: Standing) -> None:
    contracts = list(standing.contracts.values())
    if not contracts:
        return
    statement.state("agreement.type", "contract", anything(contracts))
    signed = [day for item in contracts if (day := statement.day(item.told("dateSigned")))]
    if len(signed) == len(contracts):
        latest = max(signed, key=lambda day: day.date)
        statement.state("agreement.signed_on", latest.date, latest.told)


def _whole_months(first: dt.date, last: dt.date) -> int:
    """Whole months from one day to another, the last days of two months being a whole number."""
    months = (last.year - first.year) * 12 + last.month - first.month
    at_month_end = last.day == monthrange(last.year, last.month)[1]
    return months if last.day >= first.day or at_month_end else months - 1
