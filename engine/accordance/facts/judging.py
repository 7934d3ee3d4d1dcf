"""What is wrong with a fact file."""

from __future__ import annotations

from ..problem import Code, Problem
from ..source.tree import Mapping
from .model import FactModel


def judge(located: Mapping, model: FactModel) -> list[Problem]:
    return [Problem(Code.FACT_VALUE, "does not fit the fact model", located.place)]
