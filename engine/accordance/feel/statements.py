"""Questions of the fact model turned into statements.

"Is there an exit plan?" becomes "there is an exit plan" or "there is no exit plan", and "When was
it last reviewed?" becomes "it was last reviewed ...". Where the subject of a question ends is told
from short lists of words; a question that does not fit gives nothing, and the caller falls back on
the fact's title.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final


@dataclass(frozen=True, slots=True)
class Statement:
    """`subject verb rest`: the exit plan / was / last reviewed."""

    subject: str
    verb: str
    rest: str

    def said(self, negated: bool = False, subject: str | None = None) -> str:
        """The sentence; `subject` stands in for the pronoun `it`."""
        who = subject if subject and self.subject == "it" else self.subject
        if who == "there":
            return f"there {self.verb} {_absent(self.rest) if negated else self.rest}"
        if not negated:
            return f"{who} {self._predicate()}"
        if re.match(r"(?:all|both|every|each)\b", who):
            return f"not {who} {self._predicate()}"
        if re.match(r"(?:an?|some) |someone\b", who):
            who = re.sub(r"^(?:(?:an?|some) |some(?=one))", "no ", who)
            return f"{who} {self._predicate()}"
        # "was not last reviewed within ..." would deny the "last" instead of the review.
        rest = re.sub(r"^(?:last|already|still) ", "", self.rest)
        denial = "need not" if self.verb == "must" else f"{self.verb} not"
        return f"{who} {denial} {rest}".rstrip()

    def _predicate(self) -> str:
        conjugate = {"does": _third_person, "do": str, "did": _past}.get(self.verb)
        if conjugate is None:
            return f"{self.verb} {self.rest}".rstrip()
        words = self.rest.split(" ")
        action = next((n for n, word in enumerate(words) if word not in _ADVERBS), 0)
        words[action] = conjugate(words[action])
        return " ".join(words)


def _absent(rest: str) -> str:
    if re.match(r"(?:one|very|only|more|many|enough)\b", rest):
        return f"not {rest}"
    if re.match(r"an? ", rest):
        rest = re.sub(r"(^|, | or )an? ", r"\1", rest)
    return f"no {rest}"


def _third_person(verb: str) -> str:
    if verb == "have":
        return "has"
    if re.search(r"(?:s|sh|ch|x|o)$", verb):
        return f"{verb}es"
    return re.sub(r"([^aeiou])y$", r"\1ie", verb) + "s"


_PAST: Final = {
    "have": "had",
    "say": "said",
    "give": "gave",
    "run": "ran",
    "go": "went",
    "get": "got",
    "keep": "kept",
    "know": "knew",
    "leave": "left",
    "hold": "held",
    "meet": "met",
    "show": "showed",
    "take": "took",
    "set": "set",
    "stop": "stopped",
    "step": "stepped",
    "commit": "committed",
    "transfer": "transferred",
}


def _past(verb: str) -> str:
    if verb in _PAST:
        return _PAST[verb]
    stem = re.sub(r"([^aeiou])y$", r"\1i", verb)
    return f"{stem}d" if stem.endswith("e") else f"{stem}ed"


_DETERMINERS: Final = frozenset(
    {
        *("the", "a", "an", "its", "their", "this", "that", "these", "those", "each", "every"),
        *("all", "both", "some", "any", "no", "one", "two"),
        *("for", "of", "from", "by", "with", "to", "on"),
    }
)
"""After these, a word that looks like a participle describes the noun that follows."""

_POINTING: Final = frozenset(("this", "that", "these", "those"))
_PARTICIPLES: Final = frozenset(
    {
        *("been", "being", "be", "known", "written", "done", "taken", "given", "made", "set"),
        *("kept", "met", "put", "sent", "held", "shown", "told", "paid", "split", "cut", "found"),
        *("built", "drawn", "chosen", "sold", "left", "bound", "borne", "let", "run", "seen"),
        *("won", "lost", "dealt", "begun", "broken", "spent"),
    }
)
_NOUNS: Final = frozenset(("need", "speed", "seed", "bed", "deed", "shed"))
_STATES: Final = frozenset(
    {
        *("open", "active", "adverse", "likely", "clear", "independent", "overdue", "able"),
        *("ready", "subject", "part", "available", "complete", "current", "valid", "public"),
        *("private", "separate", "due", "free", "responsible", "sufficient", "in", "about"),
        *("under", "on", "safe", "lawful"),
    }
)
_ADVERBS: Final = frozenset(
    ("already", "still", "formally", "also", "ever", "fully", "clearly", "jointly", "last")
)
_ACTIONS: Final = frozenset(
    {
        *("have", "state", "set", "say", "use", "give", "name", "run", "go", "get", "trace"),
        *("rest", "reward", "share", "transfer", "serve", "keep", "know", "wait", "leave"),
        *("step", "commit", "discuss", "accept", "cover", "include", "expire", "end", "start"),
        *("need", "rely", "allow", "provide", "hold", "own", "depend", "report", "meet"),
        *("publish", "show", "exist", "take", "happen", "change", "stop", "close", "agree"),
        *("sign", "approve", "review", "receive"),
    }
)
_BE: Final = frozenset(("is", "are", "was", "were"))
_HAVE: Final = frozenset(("has", "have"))
_MODAL: Final = frozenset(("may", "must", "can", "should", "would", "will"))
_DO: Final = frozenset(("do", "does", "did"))


@lru_cache(maxsize=2048)
def statement_of(question: str) -> Statement | None:
    """The statement that answers a question with yes (or, of a question for a day, when)."""
    text = question.strip()
    if not text.endswith("?") or text.count("?") > 1 or ". " in text:
        return None
    text = re.sub(r" \([^)]*\)", "", text[:-1])
    if text.startswith("When "):
        text = text[5:].partition(",")[0]
        text = re.sub(r"^(\w+) or \w+ ", r"\1 ", text)
    verb, _, rest = text.partition(" ")
    verb = verb[:1].lower() + verb[1:]
    words = rest.split()
    if verb not in _BE | _HAVE | _MODAL | _DO or not words or re.search(r" (?:and|or) did ", text):
        return None
    if words[0] == "there":
        return Statement("there", verb, rest[6:]) if verb in _BE and len(words) > 1 else None
    split = _subject_length(verb, words)
    if not split or (split == len(words) and verb not in _BE):
        return None
    return Statement(" ".join(words[:split]), verb, " ".join(words[split:]))


def _subject_length(verb: str, words: list[str]) -> int | None:
    """How many words make up the subject."""
    if words[0] in ("it", "they"):
        return 1
    if words[0] in _POINTING and len(words) > 2 and words[2] != "of":
        return 2
    if verb in _HAVE:
        return _participle(words)
    if verb in _DO | _MODAL:
        return _action(verb, words)
    for place in range(1, len(words)):
        if words[place : place + 2] == ["one", "of"]:
            return place
    state = next((place for place in range(2, len(words)) if words[place] in _STATES), None)
    participle = _participle(words)
    if participle is not None and (
        # What a preposition adds to the subject may stand before the participle.
        state is None or participle < state or words[state] in ("in", "on", "about", "under")
    ):
        return participle
    if state is not None:
        return state
    for place in range(2, len(words)):
        if words[place].endswith("ing") and words[place - 1] not in _DETERMINERS:
            return place
    return len(words) if len(words) == 2 and words[0] == "the" else None


def _action(verb: str, words: list[str]) -> int | None:
    """Where the predicate begins after do or a modal: the verb, or the adverb before it."""
    for place in range(1, len(words)):
        word = words[place]
        be = word == "be" and verb in _MODAL and "or" not in words
        if (word in _ACTIONS and words[place - 1] not in _DETERMINERS) or be:
            return place - 1 if place > 1 and words[place - 1] in _ADVERBS else place
    return None


def _participle(words: list[str]) -> int | None:
    """Where the predicate begins: a participle that does not describe a noun, or the adverb
    before it."""
    for place in range(1, len(words)):
        word = words[place].rstrip(",;")
        if words[place - 1] in _DETERMINERS:
            continue
        if word in _PARTICIPLES or (word.endswith("ed") and word not in _NOUNS):
            return place - 1 if place > 1 and words[place - 1] in _ADVERBS else place
        if word in _ADVERBS and not words[place - 1].endswith(","):
            return place
    return None
