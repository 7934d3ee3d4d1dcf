"""FEEL, the expression language of the OMG's DMN standard, in a documented profile.

`evaluate(text, context)` evaluates one expression. UNKNOWN is what cannot be said, NONE what is
known not to be there.
"""

from .evaluating import evaluate
from .values import NONE, UNKNOWN, Months

__all__ = ["NONE", "UNKNOWN", "Months", "evaluate"]
