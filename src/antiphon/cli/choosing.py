"""Chooses how a room that runs is shown: on a live screen, as plain lines, or as JSON."""

from __future__ import annotations

from antiphon.cli.keyboard import Keyboard
from antiphon.cli.lines import JsonOutlet, PlainOutlet
from antiphon.cli.outlets import Outlet, Typed, on_terminal

__all__ = ["outlet"]


def outlet(  # noqa: PLR0913 - one parameter a wish
    room: str,
    *,
    json: bool,
    typed: Typed | None = None,
    hint: str = "",
    announce: bool = False,
    keyboard: Keyboard | None = None,
    tint: bool = True,
    brief: bool = False,
) -> Outlet:
    """Choose how a room is shown.

    Args:
        room: its id.
        json: as JSON, whatever standard output is.
        typed: carries out what a person types on a live screen.
        hint: what the screen says where nothing is typed yet.
        announce: have plain lines say who is about to speak.
        keyboard: somebody else's, who reads single keys while a live screen is shown.
        tint: whether a live screen shows how surprising words are.
        brief: without seeds and hashes.
    """
    if json:
        return JsonOutlet(room)
    if on_terminal():
        from antiphon.cli.live import LiveOutlet

        return LiveOutlet(room, typed=typed, hint=hint, keyboard=keyboard, tint=tint, brief=brief)
    return PlainOutlet(room, announce=announce, brief=brief)
