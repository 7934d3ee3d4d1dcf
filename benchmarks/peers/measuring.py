"""What the same forty rules cost in other engines, and what each says where facts are missing.

Each engine works in a process of its own: a crash or a hang is then one row of the table. All get
the same text, one record of JSON a line. What an engine finds is compared with what is right,
record by record, and it is timed only where nothing differs.
"""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time
from typing import Any

from benchmarks.peers.conditions import among, most, truth, yes
from benchmarks.peers.engines import (
    ENGINES,
    ERROR,
    NETWORK,
    SWEEP,
    UNKNOWN,
    Breaches,
    Engine,
    Network,
    PlainPython,
    version_of,
)
from benchmarks.peers.rules import RULES, STAGES, asks, cases, lacking, line, right
from benchmarks.population import ROOT
from benchmarks.timing import best_of, doing

SINGLY = 2_000
"""So many records are given to an engine one by one."""
SWEPT = 100_000
LACKING, SHARE = 500, 0.05
"""So many records lack this share of their facts."""
TRIES = 7
DOING = {"time": "timing", "lacking": "without some facts", "trials": "one record"}
PATIENCE = 300
"""An engine that has not answered after so many seconds is given up."""


def main(records: int = SWEPT) -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory(prefix="accordance-bench-") as folder:
        place = Path(folder)
        for name, made in (
            ("singly.ndjson", cases(SINGLY)),
            ("swept.ndjson", cases(records)),
            ("absent.ndjson", lacking(LACKING, SHARE, null=False)),
            ("null.ndjson", lacking(LACKING, SHARE, null=True)),
        ):
            with (place / name).open("w", encoding="utf-8") as file:
                file.writelines(f"{line(one)}\n" for one in made)
        print_speed(place, records)
        for kind in ("absent", "null"):
            print_lacking(place, kind)
    print_trials()


def print_speed(place: Path, records: int) -> None:
    print(f"{len(RULES)} rules over flat facts, all of them known: from the text of a record")
    print("to its breaches with their severity, in a second of processor time")
    said = {name: asked("time", name, place / "singly.ndjson") for name in ENGINES}
    said[SWEEP] = asked("time", SWEEP, place / "swept.ndjson")
    speeds = {
        name: one["records"] / one["seconds"] for name, one in said.items() if "seconds" in one
    }
    print(f"  {'':<28} {'version':>9} {'cases/s':>10} {'to check':>9} {'to sweep':>9}")
    for name, one in said.items():
        version = one.get("version", "")
        if name not in speeds:
            print(f"  {name:<28} {version:>9}  left out: {one['reason']}")
            continue
        ratios = "".join(
            f" {speeds[name] / speeds[other]:>9.2f}" if other in speeds else f" {'':>9}"
            for other in (NETWORK, SWEEP)
        )
        print(f"  {name:<28} {version:>9} {speeds[name]:>10,.0f}{ratios}")
        if "rules_alone" in one:
            speed = one["records"] / one["rules_alone"]
            print(f"  {'  its facts read before':<28} {'':>9} {speed:>10,.0f}")
        if "by_the_clock" in one:
            speed = one["records"] / one["by_the_clock"]
            print(f"  {'  by the clock':<28} {'':>9} {speed:>10,.0f}")
    print(f"  The sweep takes {records:,} records at once from a file to a stored run, the others")
    print("  one at a time. Check and sweep also look at each record for what does not fit the")
    print("  fact model, and work out verdict and opinion.")


def print_lacking(place: Path, kind: str) -> None:
    what = {"absent": "are absent", "null": "are null"}[kind]
    said = {name: asked("lacking", name, place / f"{kind}.ndjson") for name in [*ENGINES, SWEEP]}
    some = next(one for one in said.values() if "counts" in one)["counts"]
    unknown = sum(count for key, count in some.items() if key.startswith("unknown "))
    decided = sum(count for key, count in some.items() if key.startswith("decided "))
    print(f"{LACKING:,} records of which {SHARE:.0%} of the facts {what}: {unknown:,} answers that")
    print(f"nobody can know, {decided:,} that the other facts decide")
    columns = ("says so", "passes", "breach", "no answer", "right", "wrong", "no answer")
    print(f"  {'':<28} {'nobody can know':^40}|{'decided':^28}")
    print(f"  {'':<28} {''.join(f'{column:>10}' for column in columns)}")
    for name, one in said.items():
        if "counts" not in one:
            print(f"  {name:<28}  left out: {one['reason']}")
            continue
        shown = [
            one["counts"].get(key, 0) / whole
            for whole, keys in (
                (unknown, ("says so", "passes", "breach", "no answer")),
                (decided, ("right", "wrong", "no answer")),
            )
            for key in [f"{'unknown' if whole == unknown else 'decided'} {key}" for key in keys]
        ]
        print(f"  {name:<28} {''.join(f'{share:>10.1%}' for share in shown)}")


def print_trials() -> None:
    print("One rule, one record")
    for number, (what, _, _, good) in enumerate(TRIALS, 1):
        print(f"  {number} {what}: {good}")
    print(f"  {'':<28} {''.join(f'{number:>10}' for number in range(1, len(TRIALS) + 1))}")
    for name in ENGINES:
        one = asked("trials", name)
        said = one.get("answers")
        shown = "".join(f"{answer:>10}" for answer in said or ())
        print(f"  {name:<28} {shown or ' left out: ' + one['reason']}")


EXIT_PLAN = asks(STAGES, yes("exit_plan"), severity="high")("RULE-01")
TIERS = asks(STAGES, most("decision_tiers", 3), severity="high")("RULE-01")
DIRECT = asks(STAGES, yes("award_justified"), severity="high", when=among("method", "direct"))(
    "RULE-01"
)
VALUE = asks(STAGES, most("annual_value", 500_000.0), severity="high")("RULE-01")
GONE = object()
TRIALS = (
    ("a plan is required, nothing is said of it", EXIT_PLAN, {"exit_plan": GONE}, "unknown"),
    ("the same, null", EXIT_PLAN, {"exit_plan": None}, "unknown"),
    ("at most 3 tiers, nothing is said of them", TIERS, {"decision_tiers": GONE}, "unknown"),
    ('at most 3 tiers, they are "7", a text', TIERS, {"decision_tiers": "7"}, "refused or breach"),
    ('a plan is required, it is "no", a text', EXIT_PLAN, {"exit_plan": "no"}, "refused or breach"),
    (
        'for the method "direct" a reason is required, there is none, the method is "Direct"',
        DIRECT,
        {"method": "Direct", "award_justified": False},
        "refused or breach",
    ),
    ("at most 500,000, it is 1e16", VALUE, {"annual_value": 1e16}, "breach"),
)
"""What, the rule, what the record says otherwise, and the right answer."""


# --- in a process of its own ------------------------------------------------------------------


def asked(what: str, name: str, path: Path | None = None) -> dict[str, Any]:
    """What an engine says, from a process of its own; a `reason` where it cannot."""
    command = [sys.executable, "-m", "benchmarks.peers", "--only", what, name, str(path or "")]
    try:
        with doing(f"{DOING[what]}: {name}"):
            done = subprocess.run(
                command,
                cwd=ROOT,
                capture_output=True,
                encoding="utf-8",
                check=False,
                timeout=PATIENCE,
            )
    except subprocess.TimeoutExpired:
        return {"reason": f"no answer within {PATIENCE} s"}
    if done.returncode < 0:
        return {"reason": f"its process was ended by signal {-done.returncode}"}
    if done.returncode:
        return {"reason": f"failed: {done.stderr.strip().splitlines()[-1]}"}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def only(what: str, name: str, path: str) -> None:
    """Ask one engine and print its answer as JSON."""
    kind, package = ENGINES.get(name, (Network, "accordance"))
    try:
        found = {"version": version_of(package)}
        if name == SWEEP:
            found |= SWEPT_JOBS[what](Path(path))
        else:
            found |= JOBS[what](kind, path)
    except importlib.metadata.PackageNotFoundError:
        found = {"reason": f"{package} is not installed"}
    except ImportError as error:
        found = {"reason": f"{package} cannot be imported: {error}"}
    print(json.dumps(found))


def time_one(kind: type[Engine], path: str) -> dict[str, Any]:
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    engine = kind()
    wrong = differences(
        [engine.breaches(text) for text in lines], [right(json.loads(text)) for text in lines]
    )
    if wrong:
        return {"reason": wrong}

    def run() -> None:
        for text in lines:
            engine.breaches(text)

    found: dict[str, Any] = {"records": len(lines), "seconds": best_of(TRIES, run, process_time)}
    if isinstance(engine, Network):
        read = engine.read(lines)
        found["rules_alone"] = best_of(TRIES, lambda: engine.assess(read), process_time)
    return found


def time_sweep(path: Path) -> dict[str, Any]:
    from benchmarks.peers.sweeping import Swept

    swept = Swept(Network().strategy, path)
    swept.run()
    # On many records `right` is slow; these functions were compared with it.
    plain = PlainPython()
    with path.open(encoding="utf-8") as file:
        expected = [plain.breaches(text) for text in file]
    wrong = differences(swept.breaches(), expected)
    if wrong:
        return {"reason": wrong}
    return {
        "records": len(expected),
        "seconds": best_of(2, swept.run, process_time),
        "by_the_clock": best_of(2, swept.run),
    }


def differences(found: Sequence[Breaches], expected: Sequence[Breaches]) -> str:
    """What differs, in words; empty where nothing does."""
    pairs = list(zip(found, expected, strict=True))
    wrong = [number for number, (one, other) in enumerate(pairs) if one != other]
    if not wrong:
        return ""
    one, other = pairs[wrong[0]]
    rules = sorted(rule for rule in one.keys() | other.keys() if one.get(rule) != other.get(rule))
    said = f"wrong on {len(wrong):,} of {len(pairs):,} records"
    return f"not timed: {said}, first {', '.join(rules)} of record {wrong[0] + 1}"


def lack_one(kind: type[Engine], path: str) -> dict[str, Any]:
    engine = kind()

    def answers(text: str) -> Breaches | None:
        try:
            return engine.breaches(text)
        except Exception:
            return None

    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return {"counts": tally(lines, [answers(text) for text in lines])}


def lack_sweep(path: Path) -> dict[str, Any]:
    from benchmarks.peers.sweeping import Swept

    swept = Swept(Network().strategy, path)
    swept.run()
    lines = path.read_text(encoding="utf-8").splitlines()
    return {"counts": tally(lines, swept.breaches())}


def tally(lines: Sequence[str], answers: Sequence[Breaches | None]) -> Counter[str]:
    """How often what was said. An answer of None is none at all."""
    counts: Counter[str] = Counter()
    for text, found in zip(lines, answers, strict=True):
        facts = json.loads(text)
        for rule in RULES:
            known = truth(rule.breach, facts)
            said = ERROR if found is None else found.get(rule.id, "")
            counts[f"unknown {passing(said)}" if known is None else judged(said, known)] += 1
    return counts


def passing(said: str) -> str:
    return {"": "passes", UNKNOWN: "says so", ERROR: "no answer"}.get(said, "breach")


def judged(said: str, known: bool) -> str:
    if said == ERROR:
        return "decided no answer"
    return f"decided {'right' if passing(said) == ('breach' if known else 'passes') else 'wrong'}"


def try_one(kind: type[Engine], _: str) -> dict[str, Any]:
    (whole,) = cases(1)
    answers = []
    for _what, rule, otherwise, _good in TRIALS:
        facts = {name: value for name, value in (whole | otherwise).items() if value is not GONE}
        engine = kind([rule])
        try:
            said = engine.breaches(line(facts)).get(rule.id, "")
        except Exception as error:
            answers.append("refused" if type(error).__name__ == "Refused" else "error")
        else:
            answers.append({"": "passes", UNKNOWN: "unknown", ERROR: "error"}.get(said, "breach"))
    return {"answers": answers}


JOBS: dict[str, Callable[[type[Engine], str], dict[str, Any]]] = {
    "time": time_one,
    "lacking": lack_one,
    "trials": try_one,
}
SWEPT_JOBS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "time": time_sweep,
    "lacking": lack_sweep,
}
