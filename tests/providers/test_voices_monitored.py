"""The voices repeat themselves for good reasons: a monitor must not take a game, a song or a picture for an ending."""

from __future__ import annotations

from itertools import combinations

import pytest

from antiphon.monitor.monitor import Monitor
from antiphon.testing.rehearsal import Rehearsal

PLAYERS = ("rhymer", "singer", "ascii-artist", "twenty-questions", "noughts-and-crosses")
"""All but the librarian, who quotes the documentation: its words change with every page that is written."""
ROOMS = [PLAYERS, *((one, one) for one in PLAYERS), *((one, "listener") for one in PLAYERS), *combinations(PLAYERS, 2)]
ROUNDS = 32


async def stopped(seats: tuple[str, ...], seed: int) -> str:
    """Let a room talk, and say where `careful` stops it; "" where it does not."""
    room, monitor = Rehearsal(*seats, seed=seed, extra={"commands": False}), Monitor("careful")
    room.hear("Here is a room with a lamp, a kettle and a table. Begin with whatever you do best.")
    for number, text in enumerate(await room.talk(ROUNDS * len(seats))):
        verdict = monitor.see(room.seats[number % len(seats)].id, text)
        if verdict.stop:
            return f"{verdict.stop} at message {number}: {text}"
    return ""


@pytest.mark.parametrize("seats", ROOMS, ids="+".join)
async def test_the_careful_monitor_stops_no_room_of_players_within_thirty_two_rounds(seats: tuple[str, ...]) -> None:
    assert [await stopped(seats, seed) for seed in range(3)] == ["", "", ""]
