from __future__ import annotations

import sys

import pytest

from tests.cli.conftest import Caller


def test_without_its_extra_it_says_what_to_install(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pygls", None)
    done = call("lsp")
    assert (done.code, done.out) == (2, "")
    assert "install it with pip install 'accordance[lsp]'" in done.err
