"""Questions of the fact model turned into statements.

"Is there an exit plan?" becomes "there is an exit plan" or "there is no exit plan", and "On which
day was it last reviewed?" becomes "it was last reviewed ...". Where the subject of a question ends
is told from short lists of words; a question that does not fit gives nothing, and the caller falls
back on the fact's title.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final


@dataclass(frozen=True, slots=True)
class Statement:
    """`subject verb rest`: the exit plan / was / last reviewed."""

    subject: str
    verb: str
    rest: str
    condition: str = ""
    """What the question presupposes: if the service is shared."""

    def said(self, negated: bool = False, about: str | None = None) -> str:
        """The sentence. `about` is what the fact belongs to (the exit plan): it stands in for `it`
        and `that plan`."""
        said = self._said(negated, about)
        return f"{said}, {self.condition}" if self.condition else said

    def _said(self, negated: bool, about: str | None) -> str:
        who = self._subject(about)
        if who == "there":
            return f"there {self.verb} {_absent(self.rest) if negated else self.rest}"
        if not negated:
            who = re.sub(r"^any(?=body\b|one\b| )", "some", who)
            return f"{who} {self._predicate().replace(' anything ', ' something ')}"
        if re.match(r"(?:all|both|every|each|everybody|only)\b", who):
            return f"not {who} {self._predicate()}"
        none = _nobody(who)
        if none is not None:
            return f"{none} {self._predicate()}".replace(" already ", " ", 1)
        # "was not last reviewed within ..." would deny the "last" instead of the review.
        rest = re.sub(r"^(?:last|already|still) ", "", self.rest)
        if self.verb == "would":
            rest = rest.replace(" or ", " nor ", 1)
        denial = {"must": "need not", "can": "cannot"}.get(self.verb, f"{self.verb} not")
        return f"{who} {denial} {rest}".rstrip()

    def _subject(self, about: str | None) -> str:
        if about and (
            self.subject == "it"
            or (self.subject[:5] == "that " and about.endswith(self.subject[4:]))
        ):
            return about
        return self.subject

    def _predicate(self) -> str:
        if self.verb not in _CONJUGATIONS:
            return f"{self.verb} {self.rest}".rstrip()
        words = self.rest.split(" ")
        action = next((n for n, word in enumerate(words) if word not in _ADVERBS), 0)
        conjugate = _CONJUGATIONS[self.verb]
        words[action] = conjugate(words[action])
        if words[action + 1 : action + 2] == ["and"] and words[action + 2] in _ACTIONS:
            words[action + 2] = conjugate(words[action + 2])
        return " ".join(words)


def _nobody(who: str) -> str | None:
    """The subject of a denial, where `not` beside the verb would say something else."""
    for pattern, none in (
        (r"(?:some|any)body\b", "nobody"),
        (r"(?:some|any)one\b", "no one"),
        (r"(?:some|any) of\b", "none of"),
        (r"(?:some|any)(?= )", "no"),
    ):
        if re.match(pattern, who):
            return re.sub(f"^{pattern}", none, who)
    return _absent(who) if re.match(r"an? ", who) else None


def _absent(rest: str) -> str:
    if re.match(r"(?:one|very|only|more|many|enough)\b", rest):
        return f"not {rest}"
    if rest.startswith("something"):
        return "nothing" + rest.removeprefix("something")
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
    "come": "came",
    "see": "saw",
    "tell": "told",
    "bear": "bore",
    "draw": "drew",
    "bring": "brought",
    "put": "put",
    "pay": "paid",
    "make": "made",
    "do": "did",
    "refer": "referred",
    "stand": "stood",
    "lay": "laid",
    "read": "read",
    "grow": "grew",
}


def _past(verb: str) -> str:
    if verb in _PAST:
        return _PAST[verb]
    stem = re.sub(r"([^aeiou])y$", r"\1i", verb)
    return f"{stem}d" if stem.endswith("e") else f"{stem}ed"


def _as_is(verb: str) -> str:
    return verb


_CONJUGATIONS: Final[dict[str, Callable[[str], str]]] = {
    "does": _third_person,
    "do": _as_is,
    "did": _past,
}

_DETERMINERS: Final = frozenset(
    {
        *("the", "a", "an", "its", "their", "this", "that", "these", "those", "each", "every"),
        *("all", "both", "some", "any", "no", "one", "two"),
        *("for", "of", "from", "by", "with", "to", "on"),
    }
)
"""After these, a word that looks like a participle describes the noun that follows."""

_SOMEBODY: Final = frozenset(
    ("somebody", "someone", "anybody", "anyone", "everybody", "everyone", "nobody")
)
_POINTING: Final = frozenset(("this", "that", "these", "those"))
_PARTICIPLES: Final = frozenset(
    {
        *("been", "being", "be", "known", "written", "done", "taken", "given", "made", "set"),
        *("kept", "met", "put", "sent", "held", "shown", "told", "paid", "split", "cut", "found"),
        *("built", "drawn", "chosen", "sold", "left", "bound", "borne", "let", "run", "seen"),
        *("won", "lost", "dealt", "begun", "broken", "spent", "laid", "come", "gone", "said"),
    }
)
_NOUNS: Final = frozenset(("need", "speed", "seed", "bed", "deed", "shed"))
_STATES: Final = frozenset(
    {
        *("open", "active", "adverse", "likely", "clear", "independent", "overdue", "able"),
        *("ready", "subject", "part", "available", "complete", "current", "valid", "public"),
        *("private", "separate", "due", "free", "responsible", "sufficient", "in", "about"),
        *("under", "on", "safe", "lawful", "there", "up", "among", "behind"),
    }
)
_PREPOSITIONS: Final = frozenset(("in", "on", "about", "under", "up", "among", "behind"))
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
        *("sign", "approve", "review", "receive", "fail", "stand", "vote", "look", "draw"),
        *("test", "compare", "dispute", "tell", "see", "check", "log", "work", "watch", "block"),
        *("read", "audit", "refer", "endanger", "bear", "lapse", "come", "appear", "arrive"),
        *("do", "lay", "pay", "put", "bring", "make", "grow", "help", "act", "follow", "require"),
        *(
            "process",
            "monitor",
            "raise",
            "contain",
            "record",
            "limit",
            "commission",
            "guarantee",
            "assess",
        ),
        *("enforce", "count", "exercise", "treat", "measure", "estimate", "explain", "promise"),
    }
)
_BE: Final = frozenset(("is", "are", "was", "were"))
_HAVE: Final = frozenset(("has", "have"))
_MODAL: Final = frozenset(("may", "must", "can", "could", "should", "would", "will"))
_DO: Final = frozenset(("do", "does", "did"))


@lru_cache(maxsize=2048)
def statement_of(question: str) -> Statement | None:
    """The statement that answers a question with yes (or, of a question for a day, when)."""
    text, mark, more = question.strip().partition("?")
    # Advice on how to write the answer may follow; a second question may not.
    if not mark or "?" in more or ". " in text or ":" in text:
        return None
    text = re.sub(r" \([^)]*\)", "", text)
    text, asks_when = re.subn(r"^(?:When|On which day) ", "", text)
    if asks_when:
        text = re.split(r",| if ", text)[0]
    elif re.search(r", (?:and|or) (?:is|are|was|were|has|have|do|does|did)\b", text):
        return None
    presupposed = re.match(r"If ([^,]+), ", text)
    if presupposed and not asks_when:
        main = statement_of(f"{text[presupposed.end() :]}?")
        return main and replace(main, condition=f"if {presupposed[1]}")
    verb, _, rest = text.partition(" ")
    verb = verb[:1].lower() + verb[1:]
    words = rest.split()
    if verb not in _BE | _HAVE | _MODAL | _DO or not words:
        return None
    if words[0] == "there":
        be = f"{verb} be" if words[1:2] == ["be"] and verb in _MODAL else verb
        told = " ".join(words[2:] if be != verb else words[1:])
        return Statement("there", be, told) if (be != verb or verb in _BE) and told else None
    split = _subject_length(verb, words)
    if not split or (split == len(words) and not (asks_when and verb in _BE)):
        return None
    return Statement(" ".join(words[:split]), verb, " ".join(words[split:]))


def _subject_length(verb: str, words: list[str]) -> int | None:
    """How many words make up the subject."""
    if words[0] in ("it", "they"):
        return 1
    if words[0] in _SOMEBODY and verb not in _MODAL | _DO:
        return _participle(words) or 1
    if words[0] in _POINTING and len(words) > 2 and words[2] != "of":
        alone = words[1] in _DETERMINERS or (verb in _DO and words[1] in _ACTIONS)
        return 1 if alone else 2
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
        state is None or participle < state or words[state] in _PREPOSITIONS
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
