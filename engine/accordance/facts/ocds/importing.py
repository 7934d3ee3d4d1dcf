"""Files of open contracting data become fact files."""

from __future__ import annotations

from typing import Final

from ...problem import Code, Place, Problem
from ..importing import Import, LeftOut, Made, Reject, held_to_model
from ..model import FactModel
from ..yaml_writing import yaml_text
from .facts import statement_of
from .packages import read_packages
from .processes import processes
from .statement import Statement, Unfit

_HEAD: Final = """\
# Made by `accordance import ocds` from the releases of one contracting process.
# It states what the data says and nothing else; add what you know.
"""


def import_ocds(paths: list[str], model: FactModel) -> Import:
    """Every process as a case, or among the rejects. Raises Refused for a file that is no such
    data."""
    packages = read_packages(paths)
    done = Import(
        kind="ocds",
        unit="releases",
        read=len(packages.releases) + len(packages.unusable),
        digests=packages.digests,
    )
    for process in processes(packages.releases):
        sources = tuple(f"{release.place} {release.id}".rstrip() for release in process.releases)
        try:
            found = statement_of(process, model)
        except Unfit as unfit:
            last = process.releases[-1]
            done.rejects.append(_reject(process.id, str(unfit), sources, last.place))
            continue
        text = _HEAD + yaml_text(found.nested()) + _remarks(found)
        made = held_to_model(Made(process.id, text, sources, found.last.place), model)
        if isinstance(made, Reject):
            done.rejects.append(made)
            continue
        done.cases.append(made)
        done.left_out += _left_out(found)
    for one in packages.unusable:
        done.rejects.append(_reject(one.ocid, one.reason, (str(one.place),), one.place))
    return done


def _reject(name: str | None, reason: str, sources: tuple[str, ...], place: Place) -> Reject:
    problem = Problem(Code.OPEN_CONTRACTING, reason, place)
    return Reject(name, (reason,), sources, place, (problem,))


def _left_out(found: Statement) -> list[LeftOut]:
    return [
        LeftOut(found.process.id, remark.path, remark.text, str(remark.release.place))
        for remark in found.remarks
    ]


def _remarks(found: Statement) -> str:
    if not found.remarks:
        return ""
    lines = ["# Not taken over:"]
    lines += [f"# - {remark.path}: {remark.text}" for remark in found.remarks]
    return "\n".join(line if line.isprintable() else _printable(line) for line in lines) + "\n"


def _printable(line: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in line)
