"""Act 1: a room at work, with what seats may do to it. Its words are ours, and the act says so."""

from __future__ import annotations

from antiphon.cli.options import again
from antiphon.cli.tour.stage import DEMO, Stage
from antiphon.library.showcases import SCRIPTED, showcase

__all__ = ["NAME", "play", "whole"]

NAME = "showcase"

ROOM = "spare-month"
"""The room whose first messages hold a drawing, a picture, a new prompt, an invitation and a refusal."""

MESSAGES = 9
"""How many are shown: the guest has come and has said who he is."""

_SPEED = 2.6
"""Faster than one reads aloud: the lines are short, and the act is to take half a minute."""


async def play(stage: Stage) -> None:
    """Show the beginning of a room, and let the rest be said unseen."""
    await stage.title(
        1,
        "A room: what the seats say, and what they do to the room",
        "They may paint, invite, whisper, rewrite their own instructions, and leave.",
        *SCRIPTED,
    )
    session = await stage.laboratory.begin(showcase(ROOM), policy="careful", labels=DEMO)
    stage.rooms[NAME] = session.id
    await stage.show(session, _SPEED, messages=MESSAGES)
    rest = session.state.messages - MESSAGES
    stage.say("", f"  … and {rest} messages more, said and kept while you read this line:")
    stage.say(f"  {again('play', session.id, stage.journal)}")
    await stage.sleep(2)


async def whole(stage: Stage, name: str) -> None:
    """Show all of one showcase room, at the pace at which most people read."""
    stage.say(*SCRIPTED, "")
    session = await stage.laboratory.begin(showcase(name), policy="careful", labels=DEMO)
    stage.rooms[NAME] = session.id
    await stage.show(session, 1.0)
