"""OSCAL assessment results: a sweep in the form that governance, risk and audit tools exchange.

Each partnership is a result, each rule that applies to it a finding. OSCAL knows `satisfied` and
`not-satisfied` alone; what lacks evidence is not satisfied, with that as the reason. Identifiers
follow from what they stand for, and times from the day of the evaluation, so that the same sweep
gives the same bytes.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from typing import Any, Final

from .. import __version__
from . import Json
from .findings import place
from .json import write
from .text import safe_throughout
from .wording import OUTCOMES, accepted_words

VERSION: Final = "1.1.2"
_SPACE: Final = uuid.uuid5(uuid.NAMESPACE_OID, "accordance/oscal")
NAMESPACE: Final = "urn:accordance:oscal"
_STATES: Final = {
    "compliant": ("satisfied", "pass"),
    "accepted_exception": ("not-satisfied", "accepted-exception"),
    "non_compliant": ("not-satisfied", "fail"),
    "insufficient_evidence": ("not-satisfied", "insufficient-evidence"),
}
"""Whether the objective is satisfied, and the reason. What is moot, does not apply or is withheld
is no finding."""
_TOKEN: Final = re.compile(r"[^\w.-]")


def text(reports: Iterable[Json], strategy: Json, evaluated_on: str) -> str:
    """The assessment results of the reports of a sweep, all by one strategy and on one day."""
    strategy = safe_throughout(strategy)
    resource = _id("strategy", strategy["digest"])
    results = [_result(safe_throughout(report), resource) for report in reports]
    moment = _moment(evaluated_on)
    document = {
        "assessment-results": {
            "uuid": _id(
                "results", strategy["digest"], evaluated_on, *(one["uuid"] for one in results)
            ),
            "metadata": {
                "title": f"Partnerships assessed against {strategy['title']}",
                "last-modified": moment,
                "version": strategy["version"],
                "oscal-version": VERSION,
                "props": [
                    _property("strategy-status", strategy["status"]),
                    _property("program", f"accordance {__version__}"),
                ],
            },
            "import-ap": {
                "href": f"#{resource}",
                "remarks": "The strategy is what is assessed against.",
            },
            "results": results or [_nothing(strategy, moment)],
            "back-matter": {
                "resources": [
                    {
                        "uuid": resource,
                        "title": f"{strategy['title']}, version {strategy['version']}",
                        "props": [_property("digest", strategy["digest"])],
                    }
                ]
            },
        }
    }
    return write(document)


def _result(report: Json, resource: str) -> Json:
    case = report["case"]
    observations: list[Json] = []
    findings: list[Json] = []
    for one in report["results"]:
        if one["outcome"] in _STATES and not one["moot"]:
            observation = _observation(one, report)
            observations.append(observation)
            findings.append(_finding(one, report, observation["uuid"]))
    answers = [(name, report[name]) for name in ("verdict", "opinion", "opinion_at_worst")]
    return {
        "uuid": _id("case", case["id"], case["digest"], case["evaluated_on"], resource),
        "title": case["title"],
        "description": f"{case['title']}, {case['stage']}, facts of {case['as_of'] or 'no date'}.",
        "start": _moment(case["evaluated_on"]),
        "props": [
            _property("case-id", case["id"]),
            _property("stage", case["stage"]),
            _property("facts-digest", case["digest"]),
            *(_property(name.replace("_", "-"), value) for name, value in answers if value),
        ],
        "reviewed-controls": {
            "control-selections": [{"description": "Every rule of the strategy", "include-all": {}}]
        },
        **_some(observations=observations, findings=findings),
    }


def _nothing(strategy: Json, moment: str) -> Json:
    """OSCAL asks for at least one result."""
    return {
        "uuid": _id("nothing", strategy["digest"], moment),
        "title": "No partnership",
        "description": "No partnership was assessed.",
        "start": moment,
        "reviewed-controls": {"control-selections": [{"include-all": {}}]},
    }


def _observation(result: Json, report: Json) -> Json:
    source, line = place(result, report)
    said = result["message"] or OUTCOMES[result["outcome"]]
    return {
        "uuid": _id("observation", result["id"], report["case"]["digest"], said),
        "description": said,
        "methods": ["EXAMINE"],
        "types": ["finding" if result["kind"] else "control-objective"],
        "collected": _moment(report["case"]["evaluated_on"]),
        "relevant-evidence": [
            {
                "description": f"{source}, line {line}" if line else source,
                "props": [_property("source", source)]
                + ([_property("line", str(line))] if line else []),
            }
        ],
    }


def _finding(result: Json, report: Json, observation: str) -> Json:
    state, reason = _STATES[result["outcome"]]
    remarks = list(_remarks(result))
    return {
        "uuid": _id("finding", result["id"], report["case"]["digest"], result["outcome"]),
        "title": f"{result['rule']} {result['title']}",
        "description": result["message"] or OUTCOMES[result["outcome"]],
        "props": [
            _property("severity", result["severity"]),
            _property("gate", "true" if result["gate"] else "false"),
            _property("theme", result["theme"]),
        ],
        "target": {
            "type": "objective-id",
            "target-id": _TOKEN.sub("-", result["rule"]),
            "status": {"state": state, "reason": reason},
        },
        "related-observations": [{"observation-uuid": observation}],
        **_some(remarks="\n".join(remarks)),
    }


def _remarks(result: Json) -> Iterator[str]:
    if result["missing"]:
        yield f"Not known: {', '.join(result['missing'])}"
    if result["accepted_by"]:
        yield f"Breach {accepted_words(result['accepted_by'])}"
    for action in result["actions"] if result["kind"] else ():
        yield f"To do: {action['do']} ({action['owner']}, {action['due_on'] or action['due']})"


def _property(name: str, value: str) -> Json:
    return {"name": name, "ns": NAMESPACE, "value": value.strip() or "-"}


def _moment(date: str) -> str:
    return f"{date}T00:00:00+00:00"


def _id(*parts: str) -> str:
    """The same for the same parts in every run; of the form that OSCAL asks for."""
    digest = uuid.uuid5(_SPACE, "\0".join(parts))
    return str(uuid.UUID(bytes=digest.bytes, version=5))


def _some(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value}
