"""An expression in plain English, as a colleague would say it.

`in_words` says what is the case when the expression is true, or (`negated`) when it is false. It
is for readers only: nothing is decided by it. Facts are called by their titles; where the question
of a fact is known, a condition is said as its answer ("there is no exit plan").
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Final, TypeAlias

from .statements import Statement, statement_of
from .syntax import (
    And,
    Arithmetic,
    Between,
    Call,
    Comparison,
    Filter,
    For,
    If,
    In,
    ListLiteral,
    Literal,
    Name,
    Negate,
    Node,
    Not,
    Null,
    Or,
    Path,
    Quantified,
    Range,
    UnaryTest,
    fact_path,
    walk,
)
from .values import Months, number_text

Phrases: TypeAlias = Callable[[str], str | None]
"""What something is called, by its dotted path (no positions) or its name; None where unknown."""


def in_words(
    node: Node, names: Phrases, negated: bool = False, questions: Phrases | None = None
) -> str:
    """The expression in English; when `negated`, what is the case when it is false.

    `names` gives the title of a fact or group, the meaning of a definition, the value of a
    parameter; `questions` the question that a fact answers.
    """
    return _Writer(names, questions or (lambda path: None)).condition(node, negated)


def list_path(node: Node) -> str | None:
    """The path of the list that an expression picks items from: `parties` of `parties[...]`.

    Who gives a definition its phrase can find the titles of its items' facts by it.
    """
    while isinstance(node, Filter):
        node = node.base
    return fact_path(node)


_OPPOSITE: Final = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_MIRROR: Final = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_MONTH_NAMES: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DATE_NAME = re.compile(r"(?:^|_)(?:on|(?<!to_)date|from|until|expires|as_of)$")


class _Writer:
    def __init__(self, names: Phrases, questions: Phrases) -> None:
        self.names = names
        self.questions = questions
        # Local variables, and `item` as "": the path of the list they run over, where it has one.
        self.domains: dict[str, str | None] = {}
        # Those that are called by their names, since "it" could be any of several.
        self.called: frozenset[str] = frozenset()

    # conditions

    def condition(self, node: Node, negated: bool = False) -> str:
        match node:
            case And(parts=parts):
                return self._connected(parts, "or" if negated else "and", negated)
            case Or(parts=parts):
                return self._connected(parts, "and" if negated else "or", negated)
            case Not(operand=operand):
                return self.condition(operand, not negated)
            case Comparison(operator=sign, left=left, right=right):
                return self._comparison(sign, left, right, negated)
            case Between(value=value, low=low, high=high):
                return self._tested(value, Range(low, high), negated)
            case In(value=value, tests=tests):
                return self._in(value, tests, negated)
            case Quantified():
                return self._quantified(node, negated)
            case If(condition=condition, then=then, otherwise=otherwise):
                first = self.condition(then, negated)
                second = self.condition(otherwise, negated)
                return f"if {self.condition(condition)}, then {first}, and otherwise {second}"
            case Call(function=function) if function in _CONDITIONS:
                return self._asked(node, negated)
            case Literal(value=bool(value)):
                return "always" if value is not negated else "never"
            case Name():
                return self._stated(node, negated)
            case Path() if not isinstance(node.base, Filter):
                return self._stated(node, negated)
        # Not true or false: what it stands for.
        return f"not {self.noun(node)}" if negated else self.noun(node)

    def _connected(self, parts: tuple[Node, ...], word: str, negated: bool) -> str:
        phrases = [self._part(part, word, negated) for part in parts]
        if len(phrases) == 2 and "," not in phrases[0]:
            return f"{phrases[0]} {word} {phrases[1]}"
        return ", ".join(phrases[:-1]) + f", {word} {phrases[-1]}"

    def _part(self, node: Node, word: str, negated: bool) -> str:
        phrase = self.condition(node, negated)
        if isinstance(node, Name) and re.search(r", | and | or ", phrase):
            return f"({phrase})"
        inner: Node = node
        turned = negated
        while isinstance(inner, Not):
            inner, turned = inner.operand, not turned
        if isinstance(inner, And | Or):
            own = "and" if isinstance(inner, And) is not turned else "or"
            if own == word:
                return phrase
            if len(inner.parts) == 2 and not any(isinstance(p, And | Or) for p in inner.parts):
                return f"{'both' if own == 'and' else 'either'} {phrase}"
            return f"({phrase})"
        reaching = isinstance(inner, If) or phrase.startswith("for ")
        return f"({phrase})" if reaching else phrase

    def _stated(self, node: Name | Path, negated: bool) -> str:
        """A fact or definition that is true or false by itself."""
        path = self._path(node)
        if path is not None:
            statement = self._statement(path)
            if statement is not None:
                about = self._group(node)
                if statement.subject == "it":
                    about = None  # not always the group: "it is agreed who pays"
                return statement.said(negated, about)
            _, _, last = path.rpartition(".")
            if last == "exists" and isinstance(node, Path):
                thing = self.noun(node.base).removeprefix("the ")
                return f"there is no {thing}" if negated else f"there is {_article(thing)} {thing}"
        phrase = self.names(path) if path is not None else None
        if phrase is not None and _is_sentence(phrase):
            said = _meaning(phrase)
            return _denied(said) if negated else said
        title = phrase or _plain(path or "it").rpartition(".")[2]
        owner = self._owner(node, title)
        return f"“{title}”{owner} is {'not ' if negated else ''}true"

    def _statement(self, path: str) -> Statement | None:
        question = self.questions(path)
        return statement_of(question) if question else None

    def _comparison(self, sign: str, left: Node, right: Node, negated: bool) -> str:
        if isinstance(right, Null):
            given = (sign == "!=") is not negated
            return self._given(left, given)
        if isinstance(left, Literal) and not isinstance(right, Literal):
            left, right, sign = right, left, _MIRROR[sign]
        if isinstance(right, Literal) and isinstance(right.value, bool) and sign in ("=", "!="):
            return self.condition(left, negated is ((sign == "=") is right.value))
        if isinstance(left, Call) and left.function == "count":
            return self._counted(left.arguments[0], sign, right, negated)
        if _is_date(left) or _is_date(right):
            return self._dated(sign, left, right, negated)
        if sign in ("<", "<=", ">", ">=") and negated:
            sign, negated = _OPPOSITE[sign], False
        if sign == "!=":
            sign, negated = "=", not negated
        subject, verb = self._subject(left)
        verb = f"{verb} not" if negated else verb
        return f"{subject} {verb} {_COMPARED[sign]}{self.noun(right)}"

    def _counted(self, items: Node, sign: str, right: Node, negated: bool) -> str:
        """`count(list) >= number`."""
        if negated:
            sign = _OPPOSITE[sign]
        number = right.value if isinstance(right, Literal) else None
        things, which = self._things(items)
        some, none = ((">", 0), (">=", 1), ("!=", 0)), (("=", 0), ("<", 1), ("<=", 0))
        if things.startswith("what ") and (sign, number) in (*some, *none):
            thing = "something" if (sign, number) in some else "nothing"
            return f"there is {thing} that {things.removeprefix('what ')}{which}"
        if (sign, number) in some:
            if which:
                return f"there is at least one of {_the(things)}{which}"
            return f"at least one is listed under “{things}”"
        if (sign, number) in none:
            return f"there are no {things}{which}"
        if not isinstance(right, Literal | Name):
            verb = {"=": "is ", "!=": "is not "}.get(sign) or f"is {_COMPARED[sign]}"
            return f"the number of {things}{which} {verb}{self.noun(right)}"
        amount = {
            ">=": "at least ",
            "<=": "at most ",
            ">": "more than ",
            "<": "fewer than ",
            "=": "exactly ",
            "!=": "not exactly ",
        }[sign]
        many = self.noun(right)
        if many == "1":
            return f"there is {'no' if sign == '<' else f'{amount}1'} {_one(things)}{which}"
        among = "of " if things.startswith("its ") else ""
        return f"there are {amount}{many} {among}{things}{which}"

    def _dated(self, sign: str, left: Node, right: Node, negated: bool) -> str:
        """A comparison of days. Order against none is false, so its denial is said as a denial."""
        if _offset(left) is not None and _offset(right) is None:
            left, right, sign = right, left, _MIRROR[sign]
        when = self._when(sign, right)
        happened = self._happened(left, negated)
        if happened is not None:
            return f"{happened} {when}"
        subject, verb = self._subject(left)
        return f"{subject} {verb} {'not ' if negated else ''}{when}"

    def _happened(self, node: Node, negated: bool, past: bool = False) -> str | None:
        """The answer to the question of a day: the exit plan was (not) last reviewed."""
        path = self._path(node)
        statement = self._statement(path) if path is not None else None
        if statement is None or (past and statement.verb not in ("was", "were", "did")):
            return None
        return statement.said(negated, self._group(node))

    def _group(self, node: Node) -> str | None:
        """What the group is called that a fact belongs to: the exit plan."""
        if isinstance(node, Path) and self._is_fact_of_group(node):
            return f"the {self._title(node.base)}"
        return None

    def _when(self, sign: str, right: Node) -> str:
        offset = _offset(right)
        if isinstance(right, Call) and right.function == "today":
            return {
                ">=": "today or later",
                ">": "after today",
                "<=": "today or earlier",
                "<": "before today",
                "=": "today",
                "!=": "on another day than today",
            }[sign]
        if offset is not None:
            direction, length = offset
            span = self.noun(length)
            if direction == "-":
                return {
                    ">=": f"within the last {span}",
                    ">": f"less than {span} ago",
                    "<=": f"{span} ago or longer",
                    "<": f"more than {span} ago",
                    "=": f"exactly {span} ago",
                    "!=": f"not exactly {span} ago",
                }[sign]
            return {
                ">=": f"{span} from now or later",
                ">": f"more than {span} from now",
                "<=": f"within the next {span} or earlier",
                "<": f"within the next {span} or earlier",
                "=": f"exactly {span} from now",
                "!=": f"not exactly {span} from now",
            }[sign]
        day = self.noun(right)
        return {
            ">=": f"on or after {day}",
            ">": f"after {day}",
            "<=": f"on or before {day}",
            "<": f"before {day}",
            "=": f"on {day}",
            "!=": f"on another day than {day}",
        }[sign]

    def _in(self, value: Node, tests: tuple[Node, ...], negated: bool) -> str:
        if len(tests) == 1 and isinstance(tests[0], ListLiteral):
            tests = tests[0].items
        if all(isinstance(test, Literal) for test in tests) and tests:
            subject, verb = self._subject(value)
            options = [self.noun(test) for test in tests]
            if len(options) == 1:
                return f"{subject} {verb} {'not ' if negated else ''}{options[0]}"
            if not negated:
                return f"{subject} {verb} {_listed(options, 'or')}"
            if len(options) == 2:
                return f"{subject} {verb} neither {options[0]} nor {options[1]}"
            return f"{subject} {verb} none of {_listed(options, 'and')}"
        phrases = [self._tested(value, test, negated) for test in tests]
        return _listed(phrases, "and" if negated else "or")

    def _tested(self, value: Node, test: Node, negated: bool) -> str:
        if isinstance(test, UnaryTest):
            return self._comparison(test.operator, value, test.operand, negated)
        subject, verb = self._subject(value)
        verb = f"{verb} not" if negated else verb
        if isinstance(test, Range):
            low, high = self.noun(test.low), self.noun(test.high)
            if test.low_open and test.high_open:
                return f"{subject} {verb} strictly between {low} and {high}"
            ends = f"{subject} {verb} between {low} and {high}"
            if test.low_open or test.high_open:
                return f"{ends} ({low if test.low_open else high} left out)"
            return ends
        if isinstance(test, Name | Path | Filter | Call | ListLiteral | For):
            return f"{subject} {verb} among {self.noun(test)}"
        return f"{subject} {verb} {self.noun(test)}"

    def _quantified(self, node: Quantified, negated: bool) -> str:
        included = self._included(node, negated)
        if included is not None:
            return included
        before = dict(self.domains), self.called
        variables: list[str] = []
        inner: Node = node
        while isinstance(inner, Quantified):
            variables += [name for name, _ in inner.iterators]
            inner = inner.condition
        self.called |= _ambiguous(inner, variables)
        heads: list[str] = []
        inner = node
        while isinstance(inner, Quantified):
            every = (inner.quantifier == "every") is not negated
            for name, items in inner.iterators:
                heads.append(self._head("each" if every else "at least one", name, items))
            inner = inner.condition
        said = self.condition(inner, negated)
        self.domains, self.called = before
        return f"for {' and '.join(heads)}, {said}"

    def _head(self, word: str, name: str, items: Node) -> str:
        """What a variable runs over; from here on it is known."""
        things, which = self._things(items)
        self.domains[name] = self._path(items)
        called = f" {_plain(name)}" if name in self.called else ""
        return f"{word}{called} of {_the(things)}{which}"

    def _included(self, node: Quantified, negated: bool) -> str | None:
        """`some x in list satisfies x in ("a", "b")`: the list includes a or b. Likewise `every x
        in list satisfies list contains(other, x)`: the other list includes all of the list."""
        (name, items), *others = node.iterators
        if others:
            return None
        variable = Name(name)
        condition = node.condition
        if (
            node.quantifier == "every"
            and isinstance(condition, Call)
            and condition.function == "list contains"
            and condition.arguments[1] == variable
        ):
            listed = self.noun(condition.arguments[0])
            return f"{listed} {_does(listed, 'include', negated)} all of {self.noun(items)}"
        if node.quantifier != "some":
            return None
        other = isinstance(condition, Not)
        if isinstance(condition, Not):
            condition = condition.operand
        tests: tuple[Node, ...] = ()
        if isinstance(condition, In) and condition.value == variable:
            tests = condition.tests
        elif isinstance(condition, Comparison) and condition.left == variable:
            other = other is (condition.operator == "=")
            tests = (condition.right,) if condition.operator in ("=", "!=") else ()
        if not tests or not all(isinstance(test, Literal) for test in tests):
            return None
        options = [self.noun(test) for test in tests]
        listed = self.noun(items)
        if other:
            told = f"something other than {_listed(options, 'and')}"
        elif negated and len(options) > 1:
            return f"{listed} {_does(listed, 'include', False)} none of {_listed(options, 'and')}"
        else:
            told = _listed(options, "or")
        return f"{listed} {_does(listed, 'include', negated)} {told}"

    def _given(self, node: Node, given: bool) -> str:
        happened = self._happened(node, not given, past=True) if _is_date(node) else None
        if happened is not None:
            return re.sub(r" last(?= )", "", happened)
        thing = self.noun(node)
        if isinstance(node, Path) and self._is_local(node):
            return f"it has {_article(_bare(thing)) if given else 'no'} {_bare(thing)}"
        if given:
            return f"{thing} {_be(thing)} given"
        return f"there {_be(thing)} no {_bare(thing)}"

    def _asked(self, node: Call, negated: bool) -> str:
        """A function that is true or false."""
        name, arguments = node.function, node.arguments
        if name == "has value":
            return self._given(arguments[0], not negated)
        if name == "is defined":
            thing = self.noun(arguments[0])
            return f"{'nothing' if negated else 'something'} is stated about {thing}"
        if name == "list contains":
            listed, element = self.noun(arguments[0]), self.noun(arguments[1])
            return f"{listed} {_does(listed, 'include', negated)} {element}"
        if name in ("all", "any"):
            every = (name == "all") is not negated
            things = (
                _listed([self.noun(one) for one in arguments], "and")
                if len(arguments) > 1
                else self.noun(arguments[0])
            )
            holds = "does not hold" if negated else "holds"
            return f"{'each' if every else 'at least one'} of {things} {holds}"
        positive, negative = _TEXT_TESTS[name]
        text, part = (self.noun(argument) for argument in arguments)
        return f"{text} {negative if negated else positive} {part}"

    # nouns

    def noun(self, node: Node) -> str:
        """What an expression stands for, as a noun phrase."""
        match node:
            case Literal(value=value):
                return _literal(value)
            case Name() | Path():
                return self._named(node)
            case Arithmetic():
                return self._calculated(node)
            case Negate(operand=operand):
                return f"minus {self._operand(operand)}"
            case Call():
                return self._computed(node)
            case Filter(base=base, condition=condition) if isinstance(condition, Literal | Negate):
                things, which = self._things(base)
                return f"number {self.noun(condition)} of {_the(things)}{which}"
            case Filter():
                things, which = self._things(node)
                return f"{_the(things)}{which}"
            case ListLiteral(items=items):
                return _listed([self.noun(item) for item in items], "and") if items else "nothing"
            case For(iterators=iterators, result=result):
                before = dict(self.domains), self.called
                self.called |= _ambiguous(result, [name for name, _ in iterators])
                heads = [self._head("each", name, items) for name, items in iterators]
                told = self.noun(result)
                self.domains, self.called = before
                return f"{told} for {' and '.join(heads)}"
            case If(condition=condition, then=then, otherwise=otherwise):
                first, second = self.noun(then), self.noun(otherwise)
                return f"{first} (if {self.condition(condition)}; otherwise {second})"
            case Range(low=low, high=high):
                return f"the numbers from {self.noun(low)} to {self.noun(high)}"
            case Null():
                return "none"
        return f"whether {self.condition(node)}"

    def _subject(self, node: Node) -> tuple[str, str]:
        """A noun phrase that a sentence begins with, and the form of `to be` that follows."""
        path = self._path(node)
        question = self.questions(path) if path is not None else None
        phrase = self.noun(node)
        if question and question.startswith("How many ") and _be(phrase) == "are":
            return f"the number of {_bare(phrase).partition(' (')[0]}", "is"
        return phrase, _be(phrase)

    def _named(self, node: Name | Path) -> str:
        if isinstance(node, Path) and isinstance(node.base, Filter):
            things, which = self._things(node)
            return f"{_the(things)}{which}"
        title = self._title(node)
        if self._is_local(node):
            owner = self._called(node)
            if isinstance(node, Name):
                return owner or "it"
            return f"the {title} of {owner}" if owner else f"its {title}"
        path = self._path(node)
        if path is not None and not isinstance(node, Path) and title[:1].isdigit():
            return title  # a parameter is called by its value
        owner = self._owner(node, title)
        return f"{_the(title)}{owner}"

    def _title(self, node: Node) -> str:
        path = self._path(node)
        phrase = self.names(path) if path is not None else None
        if isinstance(node, Name) and phrase is not None and _is_sentence(phrase):
            # The meaning of a definition serves as a noun where it is one.
            meaning = _meaning(phrase)
            noun = meaning.startswith(("the ", "what "))
            phrase = meaning.removeprefix("the ") if noun else None
        if phrase is None:
            phrase = _plain(node.field if isinstance(node, Path) else getattr(node, "name", "it"))
        return _uncapitalised(re.sub(r" \([^)]*\)$", "", phrase))

    def _owner(self, node: Node, title: str) -> str:
        """The group a fact belongs to, where its title alone would not tell."""
        if not isinstance(node, Path) or not self._is_fact_of_group(node) or " " in title:
            return ""
        group = self._path(node.base)
        phrase = self.names(group) if group is not None else None
        owner = _uncapitalised(phrase) if phrase else _plain(group or "")
        if title in owner or not owner:
            return ""
        return f" ({owner})"

    def _is_fact_of_group(self, node: Path) -> bool:
        return not self._is_local(node) and isinstance(node.base, Name)

    def _called(self, node: Node) -> str | None:
        """The name of the local variable that something is or belongs to, where it is called by
        it."""
        while isinstance(node, Path):
            node = node.base
        known = isinstance(node, Name) and node.name in self.called
        return _plain(node.name) if known and isinstance(node, Name) else None

    def _is_local(self, node: Node) -> bool:
        while isinstance(node, Path):
            node = node.base
        return isinstance(node, Name) and (node.name in self.domains or node.name == "item")

    def _path(self, node: Node) -> str | None:
        """The static path of a fact, also through local variables and filters."""
        if isinstance(node, Filter):
            return self._path(node.base)
        if isinstance(node, Path):
            base = self._path(node.base)
            return None if base is None else f"{base}.{node.field}"
        if isinstance(node, Name):
            if node.name in self.domains:
                return self.domains[node.name]
            if "" in self.domains:
                owner = self.domains[""]
                if node.name == "item":
                    return owner
                inner = f"{owner}.{node.name}" if owner is not None else None
                if inner is not None and self.names(inner) is not None:
                    return inner
            return node.name
        return None

    def _things(self, node: Node) -> tuple[str, str]:
        """The items of a list as a plural noun, and the condition that picks them."""
        if isinstance(node, Filter) and not isinstance(node.condition, Literal | Negate):
            things, outer = self._things(node.base)
            before = dict(self.domains)
            self.domains[""] = self._path(node.base)
            said = self.condition(node.condition)
            self.domains = before
            return things, f"{outer} for which {said}"
        if isinstance(node, Name | Path):
            title = self._title(node)
            if isinstance(node, Path) and isinstance(node.base, Filter):
                things, which = self._things(node.base)
                return f"{title} of {_the(things)}", which
            if isinstance(node, Path) and self._is_fact_of_group(node):
                group = self._title(node.base)
                title = group if " " not in title and title in group else title
            owner = self._called(node)
            if owner is not None and isinstance(node, Path):
                return f"{title} of {owner}", ""
            return (f"its {title}" if self._is_local(node) else title), ""
        if isinstance(node, Range):
            return f"numbers from {self.noun(node.low)} to {self.noun(node.high)}", ""
        return _bare(self.noun(node)), ""

    def _operand(self, node: Node) -> str:
        phrase = self.noun(node)
        return f"({phrase})" if isinstance(node, Arithmetic | If) else phrase

    def _calculated(self, node: Arithmetic) -> str:
        offset = _offset(node)
        if offset is not None:
            direction, length = offset
            return f"{self.noun(length)} {'ago' if direction == '-' else 'from now'}"
        left, right = node.left, node.right
        if node.operator in "+-" and _is_date(left) and not _is_date(right):
            side = "before" if node.operator == "-" else "after"
            return f"{self.noun(right)} {side} {self.noun(left)}"
        if node.operator == "-" and _is_date(left) and _is_date(right):
            return f"the time from {self.noun(right)} to {self.noun(left)}"
        word = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}[node.operator]
        return f"{self._operand(left)} {word} {self._operand(right)}"

    def _computed(self, node: Call) -> str:
        name, arguments = node.function, node.arguments
        if name == "today":
            return "today"
        if name in ("count", "distinct values"):
            things, which = self._things(arguments[0])
            if name == "count":
                return f"the number of {things}{which}"
            return f"the different {things}{which}"
        if name == "abs" and isinstance(gap := arguments[0], Arithmetic) and gap.operator == "-":
            return f"the difference between {self.noun(gap.left)} and {self.noun(gap.right)}"
        if name == "years and months duration":
            return f"the time from {self.noun(arguments[0])} to {self.noun(arguments[1])}"
        if name == "round half up":
            rounded = f"{self._operand(arguments[0])} rounded"
            digits = arguments[1:] and self.noun(arguments[1])
            return f"{rounded} to {digits} digits" if digits and digits != "0" else rounded
        told = _listed([self.noun(argument) for argument in arguments], "and")
        if name in _NOUNS:
            return _NOUNS[name].format(told)
        return f"whether {self._asked(node, False)}"


_COMPARED: Final = {
    "=": "",
    "<": "less than ",
    "<=": "at most ",
    ">": "more than ",
    ">=": "at least ",
}
_TEXT_TESTS: Final = {
    "contains": ("contains", "does not contain"),
    "starts with": ("starts with", "does not start with"),
    "ends with": ("ends with", "does not end with"),
    "matches": ("is written like", "is not written like"),
}
_NOUNS: Final = {
    "sum": "the sum of {}",
    "min": "the least of {}",
    "max": "the greatest of {}",
    "mean": "the average of {}",
    "string length": "the length of {}",
    "upper case": "{} in capitals",
    "lower case": "{} in small letters",
    "abs": "the size of {}",
    "floor": "{} rounded down",
    "ceiling": "{} rounded up",
    "date": "the date {}",
    "duration": "the duration {}",
}
_CONDITIONS: Final = frozenset(
    ("has value", "is defined", "list contains", "all", "any", *_TEXT_TESTS)
)


def _is_date(node: Node) -> bool:
    """Is it a day, as far as its form and name tell?"""
    match node:
        case Literal(value=value):
            return isinstance(value, dt.date)
        case Call(function=function, arguments=arguments):
            if function in ("min", "max"):
                return all(_is_date(argument) for argument in arguments)
            return function in ("today", "date")
        case Name(name=name) | Path(field=name):
            return bool(_DATE_NAME.search(name))
        case Arithmetic(operator=operator, left=left, right=right) if operator in "+-":
            return _is_date(left) is not _is_date(right)
    return False


def _offset(node: Node) -> tuple[str, Node] | None:
    """`today() - length` as its sign and length."""
    if not isinstance(node, Arithmetic) or node.operator not in "+-" or _is_date(node.right):
        return None
    counted = isinstance(node.left, Call) and node.left.function == "today"
    return (node.operator, node.right) if counted else None


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        if re.fullmatch(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*", value):
            return value.replace("_", " ")
        return f"“{value}”" if value else "blank"
    if isinstance(value, dt.date):
        return f"{value.day} {_MONTH_NAMES[value.month - 1]} {value.year}"
    if isinstance(value, Months):
        return _months(value.count)
    if isinstance(value, dt.timedelta):
        return _days(value)
    text = number_text(value) if isinstance(value, int | Fraction) else str(value)
    whole, point, fraction = text.partition(".")
    return f"{int(whole):,}{point}{fraction}" if len(whole.lstrip("-")) > 4 else text


def _months(count: int) -> str:
    if count < 0:
        return f"minus {_months(-count)}"
    if count >= 24 and count % 12 == 0:
        return f"{count // 12} years"
    return "1 month" if count == 1 else f"{count} months"


def _days(length: dt.timedelta) -> str:
    seconds = int(length.total_seconds())
    if seconds < 0:
        return f"minus {_days(-length)}"
    parts = []
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
    return " ".join(parts) or "0 days"


def _listed(phrases: list[str], word: str) -> str:
    if len(phrases) < 2:
        return "".join(phrases)
    return f"{', '.join(phrases[:-1])} {word} {phrases[-1]}"


def _plain(name: str) -> str:
    return name.replace("_", " ")


_PROPER: Final = frozenset(
    {
        *("English", "Scottish", "Welsh", "Irish", "British", "European"),
        *("England", "Scotland", "Wales", "Parliament"),
    }
)


def _uncapitalised(phrase: str) -> str:
    """Without the capital of a sentence; names such as VAT keep theirs."""
    first = re.match(r"[^\W\d_]+", phrase)
    if first and first[0] in _PROPER:
        return phrase
    if first and (len(first[0]) == 1 or first[0][1:].islower()):
        return phrase[:1].lower() + phrase[1:]
    return phrase


def _is_sentence(phrase: str) -> bool:
    return len(phrase.split()) >= 4


def _ambiguous(node: Node, variables: Sequence[str]) -> frozenset[str]:
    """The variables that must be called by their names where they are read: several of them, or
    beside the `item` of a filter, or inside what has items of its own."""
    read = {one.name for one in walk(node) if isinstance(one, Name)}
    own = frozenset(variables) & read
    if len(own) > 1 or (own and "item" in read):
        return own
    inside = {
        part.name
        for one in walk(node)
        if isinstance(one, Filter | For | Quantified)
        for part in walk(one)
        if isinstance(part, Name)
    }
    return own & inside


def _meaning(phrase: str) -> str:
    """The meaning of a definition, without what it adds after a semicolon."""
    return _uncapitalised(phrase.partition(";")[0].rstrip(". "))


_VERBS: Final = {
    "goes": "go",
    "has": "have",
    **{
        f"{verb[:-1]}ies" if verb.endswith("ly") else f"{verb}s": verb
        for verb in (
            *("apply", "ask", "become", "belong", "contain", "cover", "deliver", "depend"),
            *("employ", "exceed", "exist", "get", "give", "govern", "hold", "include", "involve"),
            *("keep", "make", "manage", "meet", "operate", "owe", "own", "pay", "provide"),
            *("receive", "rely", "require", "rest", "say", "serve", "show", "take", "work"),
        )
    },
}
"""Verbs by which a sentence may be denied, each by its form after `it`. None is often a noun in
that form, save `works` and `shows`, which are read as verbs only after `it`."""
_SUBJECT_WORDS: Final = 5
"""The most words before the verb."""
_JOINING: Final = re.compile(r"\b(?:and|but|if|neither|no|nor|not|unless|while)\b|,")


def _denied_verb(sentence: str) -> str | None:
    """The denial of a sentence with one of the verbs above: `it does not rest on a grant`."""
    # What follows from the claim, or spells it out, is not what is denied.
    claim = re.split(r", so that |: ", sentence, maxsplit=1)[0]
    words = claim.split(" ")
    for place, word in enumerate(words[1 : _SUBJECT_WORDS + 1], start=1):
        verb, does = _VERBS.get(word), "does"
        if verb is None and word in _VERBS.values() and words[place - 1].endswith("s"):
            verb, does = word, "do"
        if verb is None or (verb in ("show", "work") and words[:place] != ["it"]):
            continue
        before, after = " ".join(words[:place]), " ".join(words[place + 1 :])
        if _JOINING.search(claim) or re.search(r"\b(?:or|that|which|who)\b", before):
            return None
        if " or " in after and _VERBS.keys() & after.partition(" that ")[0].split():
            return None
        after = after.replace("at least one of", "any of")
        return f"{before} {does} not {verb} {after}".rstrip()
    return None


def _denied(sentence: str) -> str:
    """The denial of a sentence; a plain one takes a `not`."""
    plain = re.fullmatch(
        r"((?:the|it|this|its) (?:(?!\b(?:and|or|who|that|which)\b)[^,])*?"
        r"\b(?:is|are|has been|have been|was|were|may|can|must))"
        r"((?: (?!neither\b|no\b|not\b|and\b|or\b)[^ ,]+)+)",
        sentence,
    )
    if plain and not plain[1].endswith("must"):
        return f"{plain[1]} not{plain[2]}"
    return _denied_verb(sentence) or f"it is not so that {sentence}"


def _does(phrase: str, verb: str, negated: bool) -> str:
    plural = _be(phrase) == "are"
    if negated:
        return f"{'do' if plural else 'does'} not {verb}"
    return verb if plural else f"{verb}s"


_DETERMINED: Final = re.compile(r"(?:the|a|an|every|each|all|its|their|whether|what|it|no) ", re.I)


def _the(title: str) -> str:
    return title if _DETERMINED.match(title) or title[:1].isdigit() else f"the {title}"


def _bare(phrase: str) -> str:
    return re.sub(r"^(?:the|its|a|an) ", "", phrase)


def _one(things: str) -> str:
    """What one of some things is called."""
    head, of, rest = things.partition(" of ")
    if _be(head) == "are":
        head = f"{head[:-3]}y" if head.endswith("ies") else head[:-1]
    return f"{head}{of}{rest}"


def _article(noun: str) -> str:
    return "an" if noun[:1].lower() in "aeiou" else "a"


def _be(phrase: str) -> str:
    """Is the head of a noun phrase singular or plural?"""
    head = re.split(
        r" (?:of|with|at|on|in|for|from|to|received|compared|listed|which|\()", _bare(phrase)
    )[0].rstrip(",")
    head = re.sub(r"(?: (?:due|\w+ed))+$", "", head)
    last = head.rpartition(" ")[2]
    plural = last.endswith("s") and not last.endswith(("ss", "us", "is", "'s", "’s"))
    return "are" if plural and not phrase[:1].isdigit() else "is"
