"""Act 1: a room at work, with what seats may do to it. Its words are ours, and the act says so."""

from __future__ import annotations

from antiphon.cli.options import again
from antiphon.cli.tour.stage import DEMO, Stage
from antiphon.library.showcases import SCRIPTED, showcase

__all__ = ["NAME", "play", "whole"]

NAME = "showcase"

ROOM = "spare-month"
"""The room whose first messages hold a drawing, a picture, a new prompt, an invitation, a refusal and a whisper."""

SAID = (1, 2, 4, 5, 6, 7, 9, 12)
"""Numbers of the messages that are shown: all the act promises is in them, and they read well without the others."""

_SPEED = 2.6
"""Faster than one reads aloud: the lines are short, and the act is to take half a minute."""


async def play(stage: Stage) -> None:
    """Show the beginning of a room, and let the rest be said unseen."""
    await stage.title(
        1,
        "A room: what the seats say, and what they do to the room",
        "They paint, invite, whisper, rewrite their instructions, and are refused.",
        *SCRIPTED,
    )
    session = await stage.laboratory.begin(showcase(ROOM), policy="careful", labels=DEMO)
    stage.rooms[NAME] = session.id
    await stage.show(session, _SPEED, messages=SAID)
    rest = session.state.messages - len(SAID)
    stage.say("", f"  The other {rest} messages were said meanwhile, and are kept:")
    stage.say(f"  {again('play', session.id, stage.journal)}")
    await stage.sleep(2)


async def whole(stage: Stage, name: str) -> None:
    """Show all of one showcase room, at the pace at which most people read."""
    stage.say(*SCRIPTED, "")
    session = await stage.laboratory.begin(showcase(name), policy="careful", labels=DEMO)
    stage.rooms[NAME] = session.id
    await stage.show(session, 1.0)
