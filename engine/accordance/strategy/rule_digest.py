"""The digest of what a rule asks: two runs whose digests of a rule agree judged it alike."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from ..feel.syntax import Name, Node, walk
from .digest import canonical_content
from .supplied import EVIDENCE_NAMES

if TYPE_CHECKING:
    from .model import Rule, Strategy

_JUDGING: Final = (
    "stages",
    "when",
    "require",
    "severity",
    "severity_when",
    "gate",
    "effective",
    "since",
    "until",
    "jurisdictions",
    "about",
)
_JUDGING_GROUPS: Final = (
    *("of", "group_by", "by", "provider_groups", "mark", "rank", "figures"),
    *("when", "require", "severity", "severity_when", "since", "until"),
)
_COMMON: Final = ("exceptions", "facts")


def rule_digests(strategy: Strategy) -> dict[str, str]:
    """By the id of each rule the digest of all that decides its outcome and severity: itself, the
    definitions and parameters that it reads, who may accept what, and the fact model.

    Words that are only told (title, message, actions) take no part. A rule about evidence reads
    the results of the other rules, so that their digests and what is mandatory are part of its own.
    """
    content = canonical_content(strategy)
    # Written once: it is nearly all that there is to write, and the same for every rule.
    common = _canonical({name: content[name] for name in _COMMON})
    found: dict[str, str] = {}
    late: dict[str, dict[str, Any]] = {}
    for rule in strategy.rules:
        names = _names(strategy, rule)
        said = {
            "rule": {name: content["rules"][rule.id][name] for name in _JUDGING},
            **{
                kind: {name: content[kind][name] for name in sorted(names) if name in content[kind]}
                for kind in ("definitions", "parameters")
            },
        }
        if rule.about == "evidence" or not names.isdisjoint(EVIDENCE_NAMES):
            late[rule.id] = said | {"mandatory": content["mandatory"]}
        else:
            found[rule.id] = _digest(said, common)
    evidence = {name: _digest(said | {"others": found}, common) for name, said in late.items()}
    found |= evidence
    return {rule.id: found[rule.id] for rule in strategy.rules}


def portfolio_rule_digests(strategy: Strategy) -> dict[str, str]:
    """The same of the rules over the portfolio, exceptions and the fact model left aside: of one
    that asks what the check of a partnership came to the digests of the rules that it asks for."""
    from .portfolio import RESULT, words_and_texts

    content = canonical_content(strategy)
    others = rule_digests(strategy)
    found = {}
    for rule in strategy.portfolio:
        words, texts = words_and_texts(rule)
        names = _through(strategy, words)
        said = {
            "rule": {name: content["portfolio"][rule.id][name] for name in _JUDGING_GROUPS},
            **{
                kind: {name: content[kind][name] for name in sorted(names) if name in content[kind]}
                for kind in ("definitions", "parameters")
            },
            "results": {
                name: digest
                for name, digest in others.items()
                if RESULT in words and (name in texts or texts.isdisjoint(others))
            },
        }
        found[rule.id] = _digest(said)
    return found


def _names(strategy: Strategy, rule: Rule) -> set[str]:
    """The names that a rule reads, those of its definitions among them."""
    expressions = [one.expression for one in rule.require]
    expressions += [one.expression for one in rule.severity_when]
    names = _in([*expressions, *([rule.when] if rule.when is not None else [])])
    return _through(strategy, names)


def _through(strategy: Strategy, names: set[str]) -> set[str]:
    """Names with those that the definitions among them read."""
    # Each definition comes after those that it uses, so from the end all readers are met first.
    for name, definition in reversed(list(strategy.definitions.items())):
        if name in names:
            names |= _in([definition.expression])
    return names


def _in(expressions: Iterable[Node]) -> set[str]:
    return {part.name for node in expressions for part in walk(node) if isinstance(part, Name)}


def _digest(said: dict[str, Any], common: str | None = None) -> str:
    """The digest of what is said, with a text under the name `common`, which comes before all
    others."""
    text = _canonical(said)
    if common is not None:
        text = f'{{"common":{common},{text[1:]}'
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _canonical(said: dict[str, Any]) -> str:
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
