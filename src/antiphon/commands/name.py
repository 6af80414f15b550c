"""`!name`: a seat chooses what it is called; its id never changes.

A name is compared by what a reader sees: case, spaces, punctuation and a few look-alike letters do not make a second
"AI-1", "Room" or namesake.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.events import SeatChanged
from antiphon.room.outcomes import counted, refused, said, scrap
from antiphon.room.state import Seat, State

PER_TURN = 1
"""A name that changes within a message names nobody."""

_FORBIDDEN = frozenset('[]{}()<>:;#*`|\\/"!@~“”„')
"""What would let a name look like a notice, a heading, a command, a label's end or an address."""

_RESERVED = frozenset(
    {"room", "system", "user", "assistant", "human", "person", "people", "moderator", "monitor", "runner", "engine",
     "tool", "developer", "admin", "everyone", "everybody", "all", "nobody", "somebody", "you"}
)  # fmt: skip
_SEAT_ID = re.compile(r"a[il]\d+")
_LOOKALIKES = str.maketrans(
    "авекмнорстухіјѕ" + "αβεζηικμνορτυχ",
    "abekmhopctyxijs" + "abezhikmnoptyx",
)
"""Cyrillic and Greek letters that look like Latin ones; a full table would be a library for one check."""


class Name:
    """Changes the issuer's label, within the scenario's `name_length`."""

    name = "name"
    aliases: tuple[str, ...] = ()
    paid = False
    shown = "stays"

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:
        """Take the words as the new name."""
        state = situation.state
        if situation.this_turn.get(self.name, 0) >= PER_TURN:
            return refused("your name changed once in this turn already")
        wanted = " ".join(unicodedata.normalize("NFKC", said(words)[: 4 * state.scenario.limits.name_length]).split())
        if (reason := _wrong(wanted, state) or _taken(wanted, seat, state)) is not None:
            return refused(reason)
        change = SeatChanged(seat=seat.id, what="label", before=seat.label, after=wanted)
        return Ran(args={"name": wanted}, bodies=(change,))

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:  # noqa: ARG002 - the contract's own
        """Tell how to use it, with the scenario's limit."""
        most = counted(state.scenario.limits.name_length, "character")
        return f'!name "Nova" changes the name you are shown under, {most} at most, unlike every other.'


def _wrong(wanted: str, state: State) -> str | None:
    """Say what is wrong with a name by itself."""
    most = state.scenario.limits.name_length
    if not any(char.isalnum() for char in wanted):
        return 'there is no name; write !name "Nova"'
    if len(wanted) > most:
        return f"{scrap(wanted)} is too long; a name has at most {counted(most, 'character')}"
    if any(char in _FORBIDDEN or not char.isprintable() for char in wanted):
        return f"{scrap(wanted)} has characters that a name may not have: brackets, quotes, marks, or invisible ones"
    seen = _seen(wanted)
    if seen in _RESERVED or _SEAT_ID.fullmatch(seen):
        return f"{scrap(wanted)} would be taken for the room or for another seat"
    return None


def _taken(wanted: str, seat: Seat, state: State) -> str | None:
    """Say who else is called so: any seat, departed ones too, for its messages still stand."""
    if wanted == seat.label:
        return "that is your name already"
    for other in state.seats.values():
        if other.id != seat.id and _seen(wanted) in {_seen(other.id), _seen(other.label), _seen(other.display)}:
            return f"{scrap(wanted)} is taken by {other.id}"
    return None


def _seen(name: str) -> str:
    """Reduce a name to what a reader sees: plain lower-case letters and digits."""
    plain = unicodedata.normalize("NFKD", name).casefold().translate(_LOOKALIKES)
    return "".join(char for char in plain if char.isalnum())


PLUGIN: Command = Name()
