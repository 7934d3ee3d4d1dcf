"""What is said of a run: what was swept, by which rules and program, and what came of it."""

from __future__ import annotations

import datetime as dt
import getpass
import platform
from collections import Counter
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from .. import __version__
from ..check.answer import strategy_stamp
from ..strategy.rule_digest import rule_digests
from . import answers
from .sources import Digest, Source
from .sweeping import CHECK, DUCKDB, SPARK, Options, Sweep

if TYPE_CHECKING:
    from .running import Made, Task

SCHEMA: Final = "accordance/sweep/1"


PACKAGES: Final = {
    CHECK: ("pyarrow",),
    DUCKDB: ("duckdb", "ibis-framework", "pyarrow"),
    SPARK: ("duckdb", "ibis-framework", "pyarrow", "pyspark"),
}
"""What took part, by the engine."""


def manifest_of(
    sweep: Sweep,
    task: Task,
    made: Made,
    rules: list[dict[str, Any]],
    against: dict[str, Any] | None,
) -> dict[str, Any]:
    """The manifest, but for the digests of the files of the run; `rules` are those of
    `rules_of`."""
    strategy, options, parts = sweep.strategy, sweep.options, made.parts
    singly: Counter[str] = sum((part.singly for part in parts), Counter())
    rejected = sum(part.rejected for part in parts) + made.repeated
    swept = sum(part.records for part in parts)
    combined, into = made.combined
    return {
        "schema": SCHEMA,
        "program": {"name": "accordance", "version": __version__, **_versions(made.engine)},
        "strategy": strategy_stamp(strategy, options.today),
        "evaluated_on": options.today.isoformat(),
        "given": list(task.given),
        "mapping": task.mapping,
        "combined": {"records": combined, "cases": into} if task.combine else None,
        "sources": [_source(source, made) for source in task.sources],
        "counts": {
            "records": swept + combined - into,
            "cases": swept - rejected,
            "rejected": rejected,
        },
        "engine": {
            "name": made.engine,
            "by_columns": sum(part.by_columns for part in parts),
            "singly": dict(sorted(singly.items())),
        },
        "performed_again": {
            "seed": options.seed,
            "asked": options.sample,
            "cases": made.sample,
            "differences": 0,
        },
        "baseline": against,
        "words": {
            "outcome": list(answers.OUTCOME_WORDS),
            "severity": list(answers.SEVERITY_WORDS),
            "part": list(answers.PART_WORDS),
        },
        "themes": dict(strategy.themes),
        "rules": rules,
    }


def rules_of(sweep: Sweep) -> list[dict[str, Any]]:
    """The rules in their order."""
    asked = rule_digests(sweep.strategy)
    return [
        {
            "rule": rule.rule.id,
            "title": rule.rule.title,
            "theme": rule.rule.theme,
            "aliases": list(rule.rule.aliases),
            "severity": rule.rule.severity,
            "digest": asked[rule.rule.id],
            "parts": [rule.rule.when_text, *(one.requirement.text for one in rule.requirements)],
        }
        for rule in sweep.checker.plan.rules
    ]


def _source(source: Source, made: Made) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": source.path,
        "kind": source.kind,
        "records": made.records.get(source.path, 0),
        **_digest(made.digests.get(source.path)),
    }
    if source.companions:
        said["with"] = [
            {"name": path, **_digest(made.digests.get(path))} for path in source.companions
        ]
    return said


def _digest(digest: Digest | None) -> dict[str, Any]:
    if digest is None:
        return {"bytes": None, "digest": None}
    return {"bytes": digest.size, "digest": digest.text}


def _versions(engine: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for package in PACKAGES[engine]:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return found


def about_run(
    started: dt.datetime, seconds: float, engine: str, options: Options
) -> dict[str, Any]:
    """Who ran it, when, and how long it took."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "unknown"
    return {
        "schema": "accordance/run/1",
        "by": user,
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
        "python": platform.python_version(),
        "engine": engine,
        "threads": options.threads,
    }
