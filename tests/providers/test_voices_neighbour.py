"""The neighbour: a few remarks, each made once, and then goodbye for ever."""

from __future__ import annotations

import pytest

from antiphon.providers.voices.neighbour import PARTING, REMARKS
from antiphon.providers.voices.script import script
from antiphon.testing.rehearsal import Rehearsal


@pytest.mark.parametrize("seed", range(5))
async def test_neighbours_make_each_remark_once_then_run_dry_then_take_their_leave(seed: int) -> None:
    spoken = script("neighbour").occasions
    room = Rehearsal("neighbour", "neighbour", seed=seed, extra={"commands": False})
    said = await room.talk(40)
    remarks, dry = said[: 2 * REMARKS], said[2 * REMARKS : 2 * REMARKS + len(spoken["dry"])]
    leaving = said[2 * REMARKS + len(dry) :]
    assert set(remarks) <= set(spoken["remarks"])
    assert len(set(remarks)) == len(remarks)
    assert tuple(dry) == spoken["dry"]
    assert all(text.endswith(PARTING) for text in leaving)
    assert leaving[-2:] == leaving[-4:-2]


def test_its_lines_come_in_pairs_and_it_says_that_it_is_a_small_program() -> None:
    spoken = script("neighbour")
    assert "small program" in spoken.about
    assert len(spoken.occasions["dry"]) % 2 == len(spoken.occasions["leaving"]) % 2 == 0
    assert len(spoken.occasions["remarks"]) >= 2 * REMARKS
