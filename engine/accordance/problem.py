"""What is wrong with an input: one kind of problem, with a closed list of codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Code(StrEnum):
    """Every kind of problem that Accordance reports; the value is what users see and may cite."""

    # the file itself
    FILE_UNREADABLE = "file-unreadable"
    FILE_UNWRITABLE = "file-unwritable"
    FILE_TOO_LARGE = "file-too-large"
    FILE_NOT_TEXT = "file-not-text"
    FILE_EMPTY = "file-empty"
    FILE_KIND = "file-kind"
    # YAML and JSON
    SYNTAX = "syntax"
    TOO_DEEP = "too-deep"
    TOO_MANY_VALUES = "too-many-values"
    DUPLICATE_KEY = "duplicate-key"
    KEY_NOT_TEXT = "key-not-text"
    AMBIGUOUS_WORD = "ambiguous-word"
    AMBIGUOUS_NUMBER = "ambiguous-number"
    TAG = "tag"
    ALIAS = "alias"
    SEVERAL_DOCUMENTS = "several-documents"
    # facts
    FACT_UNKNOWN_NAME = "fact-unknown-name"
    FACT_MISSING = "fact-missing"
    FACT_TYPE = "fact-type"
    FACT_VALUE = "fact-value"
    FACT_DATE = "fact-date"
    FACT_DIGITS = "fact-digits"
    FACT_PLACEHOLDER = "fact-placeholder"
    FACT_PATH = "fact-path"
    EXCEPTION_INCOMPLETE = "exception-incomplete"
    EXCEPTION_DATES = "exception-dates"
    EVALUATION_BEFORE_FACTS = "evaluation-before-facts"
    # strategy
    STRATEGY_MISSING = "strategy-missing"
    FIELD_UNKNOWN = "field-unknown"
    FIELD_MISSING = "field-missing"
    FIELD_TYPE = "field-type"
    FIELD_VALUE = "field-value"
    DUPLICATE_ID = "duplicate-id"
    NAME_CLASH = "name-clash"
    CIRCLE = "circle"
    TAILOR = "tailor"
    DUE = "due"
    MESSAGE = "message"
    MODEL = "fact-model"
    RULE_UNKNOWN = "rule-unknown"
    UNUSED = "unused"
    RULE_ID = "rule-id"
    STAGE = "stage"
    ENGINE_LIMIT = "engine-limit"
    ENGINE_DISAGREES = "engine-disagrees"
    # expressions
    EXPRESSION_SYNTAX = "expression-syntax"
    EXPRESSION_OUTSIDE_PROFILE = "expression-outside-profile"
    EXPRESSION_NAME = "expression-name"
    EXPRESSION_TYPE = "expression-type"
    EXPRESSION_VALUE = "expression-value"
    EXPRESSION_NEVER = "expression-never"
    EXPRESSION_EVIDENCE = "expression-evidence"
    EXPRESSION_CONSTANT = "expression-constant"
    EXPRESSION_EMPTY_LIST = "expression-empty-list"
    EXPRESSION_REDUNDANT = "expression-redundant"
    # what lint says of a strategy that can be used
    ACTION_OWNER = "action-owner"
    APPROVAL_OUTDATED = "approval-outdated"
    COMMENT_IN_TEXT = "comment-in-text"
    DEFINITION_ORDER = "definition-order"
    DEFINITION_REPEATED = "definition-repeated"
    DUE_STAGE = "due-stage"
    FACT_QUESTION = "fact-question"
    FIELD_ORDER = "field-order"
    GATE_SEVERITY = "gate-severity"
    GATE_STAGE = "gate-stage"
    LAW_DATE = "law-date"
    LIST_ORDER = "list-order"
    MANDATORY_UNREAD = "mandatory-unread"
    MESSAGE_FACT = "message-fact"
    MESSAGE_UNMET = "message-unmet"
    MESSAGE_WORDING = "message-wording"
    NUMBER_IN_RULE = "number-in-rule"
    REQUIREMENT_REPEATED = "requirement-repeated"
    REQUIREMENT_SETTLED = "requirement-settled"
    RULE_ORDER = "rule-order"
    RULE_UNREACHABLE = "rule-unreachable"
    RULE_WITHOUT_ACTION = "rule-without-action"
    RULE_WITHOUT_CASE = "rule-without-case"
    SUPPRESSION = "suppression"
    SUPPRESSION_UNUSED = "suppression-unused"
    THEME_EMPTY = "theme-empty"
    THEME_FILE = "theme-file"
    # rule cases
    CASE_FORMAT = "case-format"
    # tables, workbooks and imports
    COLUMN = "column"
    ROW = "row"
    CELL = "cell"
    SHEET = "sheet"
    REGISTER_MAPPING = "mapping"
    SOURCES_DIFFER = "sources-differ"
    SURVEY = "survey"
    OPEN_CONTRACTING = "open-contracting"
    # runs
    RUN_CHANGED = "run-changed"
    # the call
    USAGE = "usage"


class Level(StrEnum):
    """How serious a problem is: an error refuses the input, a warning and a note are only said."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file: the file as it was named, line and column counted from 1."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [self.file]
        if self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        return ":".join(parts)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: what, where, and what to write instead.

    `message` says what is wrong (lower case, no full stop, the user's own words in backticks);
    `help` says what to do about it, or is None.
    """

    code: Code
    message: str
    place: Place | None = None
    help: str | None = None
    level: Level = Level.ERROR

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        advice = f"; {self.help}" if self.help else ""
        return f"{where}{self.message}{advice} [{self.code.value}]"

    def at(self, place: Place) -> Problem:
        """The same problem with a place."""
        return replace(self, place=place)


class Refused(Exception):
    """An input that cannot be used; carries every problem found in it (at least one error)."""

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
