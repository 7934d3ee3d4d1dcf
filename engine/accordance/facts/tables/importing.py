"""A table becomes fact files: one in our own layout, or a body's register with a mapping."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from ...feel.values import Value
from ...problem import Code, Place, Problem, Refused
from ...source.joined import JoinedSource
from ...source.quoting import listed
from ...source.table import Table
from ...source.text import read_bytes
from ..case import Case
from ..importing import Import, Made, Reject
from ..model import FactModel
from ..stating import in_order, stated_facts
from ..yaml_writing import yaml_text
from .assembling import Assembled, assemble
from .mapping import RegisterMapping
from .mapping_reading import load_mapping
from .reading import (
    case_of,
    is_workbook,
    load_tables,
    read_csv_file,
    read_workbook_file,
    refuse_if_empty,
)

_POSITION = re.compile(r"\[\d+\]")
_EVIDENCE_FACTS: Final = ("fact", "reference", "date", "type")


def import_table(path: str, model: FactModel, mapping_path: str | None = None) -> Import:
    """Every row as a case, or among the rejects. Raises Refused for what is wrong with the table
    or the mapping as a whole."""
    mapping = load_mapping(mapping_path, model) if mapping_path is not None else None
    if mapping is None:
        assembled = load_tables(model, path)
    else:
        assembled = _mapped(path, mapping, model)
    digests = {one: _digest(one) for one in (path, mapping_path) if one is not None}
    done = Import(
        kind="xlsx" if is_workbook(path) else "csv",
        unit="rows",
        read=len(assembled.stated) + len(assembled.strays),
        digests=digests,
    )
    for one in assembled.stated:
        made = case_of(one, model)
        if isinstance(made, Case):
            facts = stated_facts(made)
            if mapping is not None:
                facts = _with_evidence(facts, made, model)
            text = _head(path) + yaml_text(in_order(facts, model.root))
            done.cases.append(Made(made.id, text, (str(one.place),), one.place))
        else:
            reasons = tuple(_said(problem) for problem in made)
            where = (str(one.place),)
            done.rejects.append(Reject(one.id, reasons, where, one.place, tuple(made)))
    for stray in assembled.strays:
        where = (str(stray.place),)
        done.rejects.append(Reject(None, (_said(stray),), where, stray.place, (stray,)))
    return done


def _mapped(path: str, mapping: RegisterMapping, model: FactModel) -> Assembled:
    table = _register(path, mapping)
    header = mapping.header_row(table)
    joined = JoinedSource(path)
    layout = mapping.layout(table, table.rows[header], joined)
    assembled = assemble(table, layout, header, model, joined=joined)
    refuse_if_empty(assembled, table)
    return assembled


def _register(path: str, mapping: RegisterMapping) -> Table:
    """The one table of the register."""
    if not is_workbook(path):
        return read_csv_file(path, mapping.delimiter)
    sheets = read_workbook_file(path)
    if mapping.sheet is None and len(sheets) == 1:
        return next(iter(sheets.values()))
    if mapping.sheet in sheets:
        return sheets[mapping.sheet]
    has = f"the workbook has {listed(list(sheets))}" if sheets else "the workbook is empty"
    what = "does not say which sheet to read" if mapping.sheet is None else "names another sheet"
    raise Refused(
        Problem(
            Code.SHEET, f"the mapping {what}: {has}", Place(path), "write `sheet:` and its name"
        )
    )


def _with_evidence(facts: dict[str, Value], case: Case, model: FactModel) -> dict[str, Value]:
    """The facts, with an entry of evidence for each of them that the register backs."""
    if any(f"evidence.{name}" not in model.facts for name in _EVIDENCE_FACTS):
        return facts
    order = {path: number for number, path in enumerate(model.facts)}
    entries: dict[tuple[int, str], dict[str, Value]] = {}
    for path, place in case.places.items():
        fact = _POSITION.sub("", path)
        if fact not in model.facts or fact in model.lists:
            continue
        entry: dict[str, Value] = {"fact": fact, "reference": str(place)}
        if case.as_of is not None:
            entry["date"] = case.as_of
        entries[order[fact], str(place)] = entry | {"type": "dataset"}
    stated: list[Value] = facts.get("evidence", [])
    return facts | {"evidence": [*stated, *(entries[key] for key in sorted(entries))]}


def _head(path: str) -> str:
    name = "".join(letter if letter.isprintable() else "?" for letter in path)
    return f"# Made by `accordance import` from a row of {name}.\n"


def _said(problem: Problem) -> str:
    where = f"{problem.place}: " if problem.place else ""
    return f"{where}{problem.message}" + (f"; {problem.help}" if problem.help else "")


def _digest(path: str) -> str:
    return "sha256:" + hashlib.sha256(read_bytes(path, path)).hexdigest()
