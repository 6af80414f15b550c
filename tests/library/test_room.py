"""A room as one object: what cannot be done with it is said in words, as an error the caller can mend."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import antiphon
from antiphon.errors import UserError
from antiphon.library.room import Room

MISTAKES: dict[str, tuple[Callable[[], object], str]] = {
    "no message at all": (lambda: dyad(messages=0).run_sync(), "messages"),
    "a seed in words": (lambda: dyad(seed="x"), "whole number"),
    "fewer turns than none": (lambda: dyad().run_sync(turns=-1), "0 turns or more"),
    "nothing to say": (lambda: dyad().say(""), "nothing to say"),
    "blanks to say": (lambda: dyad().say(" \n"), "nothing to say"),
}


def dyad(**wanted: object) -> Room:
    return antiphon.open("dyad", journal="memory:", **wanted)  # type: ignore[arg-type]  # what the types forbid is the test


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_slip_is_a_users_error(mistake: str) -> None:
    do, said = MISTAKES[mistake]
    with pytest.raises(UserError, match=said):
        do()
