"""Which rooms a swarm has: scenarios in turn, each room with a seed and a name that follow from what it is.

Whoever plans the same swarm again gets the same names, so that running it again goes on with the rooms that are there.
Pure: it opens nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from zlib import crc32

import msgspec
from msgspec import Struct

from antiphon.errors import UserError
from antiphon.library.settings import with_settings
from antiphon.room.chance import draw
from antiphon.room.scenario import Scenario

__all__ = ["MOST_ROOMS", "Member", "Plan", "file_of", "members", "varied"]

MOST_ROOMS = 10_000_000
"""Rooms that one plan may ask for: a hundred times what one machine was measured with."""

_BEGIN = "swarm"


class Plan(Struct, frozen=True, kw_only=True):
    """Says what a swarm consists of.

    Attributes:
        name: of the swarm.
        scenarios: taken in turn, the first for the first room.
        rooms: how many rooms.
        seed: from which each room's own seed follows.
        spread: seconds over which rooms begin; 0 = all as soon as there is a place.
    """

    name: str
    scenarios: tuple[Scenario, ...]
    rooms: int
    seed: int = 0
    spread: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what no swarm can be."""
        if not self.scenarios:
            raise UserError("a swarm needs at least one scenario")
        if not 1 <= self.rooms <= MOST_ROOMS:
            raise UserError(f"a swarm has 1 to {MOST_ROOMS:,} rooms, not {self.rooms:,}")


class Member(Struct, frozen=True):
    """Is one room of a plan.

    Attributes:
        number: from 0.
        room: its name.
        scenario: which of the plan's, from 0.
        seed: of everything that is drawn in it.
        begins: seconds after the swarm's start.
    """

    number: int
    room: str
    scenario: int
    seed: int
    begins: float


def members(plan: Plan) -> Iterator[Member]:
    """Give every room of a plan, in order."""
    prints = [blake2b(msgspec.json.encode(scenario), digest_size=8).digest() for scenario in plan.scenarios]
    for number in range(plan.rooms):
        which = number % len(plan.scenarios)
        seed = plan.seed + number // len(plan.scenarios)
        what = prints[which] + str(seed).encode()
        name = f"{plan.scenarios[which].name}-{blake2b(what, digest_size=6).hexdigest()}"
        begins = plan.spread * draw(plan.seed, number, _BEGIN) if plan.spread else 0.0
        yield Member(number, name, which, seed, begins)


def file_of(room: str, files: int) -> int:
    """Say in which of so many files a room lives: always the same one."""
    return crc32(room.encode()) % files


def varied(scenario: Scenario, rows: Sequence[Mapping[str, str]]) -> tuple[Scenario, ...]:
    """Give a scenario once for each row of a table whose columns are paths, such as `seats.1.temperature`.

    Raises:
        UserError: naming the row that does not fit.
    """
    made = []
    for number, row in enumerate(rows, 1):
        try:
            made.append(with_settings(scenario, [f"{path}={value}" for path, value in row.items() if value != ""]))
        except UserError as error:
            raise UserError(f"row {number} of the table: {error}") from None
    return tuple(made)
