"""Puts the showcase rooms into an empty journal, so that nobody ever looks at an empty wall.

They are played back by the real engine from words that are shipped; nobody is called and nothing is spent.
"""

from __future__ import annotations

from antiphon.library.policies import BY_DEFAULT
from antiphon.library.showcases import SHOWCASES, showcase
from antiphon.web.desk import Desk

__all__ = ["LABEL", "furnish"]

LABEL = "showcase"
"""The label that names which of them a room is; the page then says who wrote its words."""


async def furnish(desk: Desk) -> None:
    """Begin the showcase rooms where there is no room at all and something may be written."""
    if desk.door.read_only or await desk.laboratory.journal.rooms():
        return
    for name in SHOWCASES:
        session = await desk.laboratory.begin(showcase(name), labels={LABEL: name}, policy=BY_DEFAULT)
        await desk.hosting.start(session)
