"""A located fact file becomes a Case, or is refused with all of its problems."""

from __future__ import annotations

from ..problem import Code, Problem, Refused
from ..source.limits import ProblemList
from ..source.reading import read_leniently
from ..source.tree import Located, Mapping, kind
from .accepted_exceptions import are_complete
from .case import Case, Places
from .deriving import derive
from .model import FactModel
from .shapes import Reading, Unfit


def load_case(
    model: FactModel,
    path: str | None = None,
    data: bytes | None = None,
    name: str | None = None,
) -> Case:
    """The case that a fact file states: a file, or bytes that were read already.

    `name` is what messages and reports call it. Raises Refused with every problem of the file,
    those of its YAML and those of its facts.
    """
    return case_of_text(*read_leniently(path, data, name), model)


def case_of_text(located: Located, problems: ProblemList, model: FactModel) -> Case:
    """The case of a text that was read already, with the problems that reading found. Raises
    Refused with all problems."""
    if not problems:
        return read_case(located, model)
    try:
        read_case(located, model)
    except Refused as refused:
        known = {problem.place for problem in problems}
        extra = [problem for problem in refused.problems if problem.place not in known]
        raise Refused(ProblemList([*problems, *extra]).in_order()) from None
    raise Refused(problems.in_order())


def read_case(located: Located, model: FactModel, source: str | None = None) -> Case:
    """The case that a located fact file states; `source` is what reports call the file.

    Raises Refused with every problem of its facts.
    """
    if not isinstance(located, Mapping):
        raise Refused(_not_a_group(located))
    reading = Reading()
    try:
        facts = model.root.take(located, "", reading)
        if not are_complete(facts):
            raise Unfit
    except Unfit:
        # Imported here: jsonschema is slow to import, and only a file with a mistake needs it.
        from .judging import judge

        raise Refused(judge(located, model)) from None
    derived, contradictions = derive(model.derivers, facts, reading.paths)
    return Case(
        id=facts["id"],
        title=facts["title"],
        stage=facts["stage"],
        as_of=facts.get("as_of"),
        facts=facts,
        source=source if source is not None else located.source.name,
        places=Places(located.source, reading.offsets),
        paths=reading.paths,
        derived=derived,
        contradictions=contradictions,
        model=model,
        located=located,
    )


def _not_a_group(located: Located) -> Problem:
    return Problem(
        Code.FILE_KIND,
        f"the file holds {kind(located)}, not the facts of one partnership",
        located.place,
        "write one fact a line, as in `stage: new`",
    )
