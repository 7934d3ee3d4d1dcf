"""The digest is of what facts say, not of how they are written."""

from __future__ import annotations

import hashlib

import pytest

from accordance.facts.digest import canonical
from tests.facts.small import case


def test_the_canonical_form() -> None:
    found = case(
        "as_of: 2026-01-31\nplan: {owner: none, months: 3}\n"
        "parties: [{share: 0.250, name: Café}]\nforms: []\n"
    )
    text = (
        '{"as_of":"2026-01-31","forms":[],"id":"C-1","parties":[{"name":"Café","share":"0.25"}],'
        '"plan":{"months":3,"owner":null},"stage":"new","title":"The partnership"}'
    )
    assert canonical(found.facts) == text
    assert found.digest == f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


SAME = "plan: {exists: true, months: 12}\nparties: [{name: A, share: 0.5}]"


@pytest.mark.parametrize(
    "text",
    [
        "parties: [{share: 0.50, name: 'A'}]\nplan: {months: 12.0, exists: true}",
        "plan:\n  exists: true\n  months: 12\n  owner:\nparties:\n- name: A\n  share: 5e-1\nforms:",
    ],
)
def test_other_writing_same_digest(text: str) -> None:
    assert case(text).digest == case(SAME).digest


@pytest.mark.parametrize(
    "text",
    [
        SAME.replace("true", "false"),
        SAME.replace("0.5", "0.51"),
        SAME + "\nforms: []",
        SAME.replace("months: 12", "months: 12, owner: none"),
        SAME.replace("name: A", "name: a"),
    ],
)
def test_other_facts_other_digest(text: str) -> None:
    assert case(text).digest != case(SAME).digest
