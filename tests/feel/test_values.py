"""Unknown and none are one object each, whatever is done with them."""

import copy
import pickle
from typing import Any

import pytest

from accordance.feel.values import NONE, UNKNOWN


@pytest.mark.parametrize("value", [UNKNOWN, NONE])
def test_a_copy_is_the_same_object(value: Any) -> None:
    assert copy.deepcopy([value])[0] is value
    assert copy.copy(value) is value
    assert pickle.loads(pickle.dumps(value)) is value


@pytest.mark.parametrize("value", [UNKNOWN, NONE])
def test_neither_is_ever_true_or_false(value: Any) -> None:
    with pytest.raises(TypeError):
        bool(value)
