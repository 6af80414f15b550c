"""What a tour says last: the page it wrote, who on this machine could sit in a room, and three commands to try."""

from __future__ import annotations

import asyncio
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from antiphon.assembly import data_folder
from antiphon.cli.conducting import from_home, kept_in
from antiphon.cli.options import again
from antiphon.cli.telling import Line, short
from antiphon.cli.tour.stage import Stage
from antiphon.library.transcripts import export
from antiphon.transcripts.safe import slug, write_new
from antiphon.wire.probe import Answering, probe

__all__ = ["commands", "servers", "take_leave"]

_NAMED = 3
"""Models of one server that are named."""


async def take_leave(stage: Stage) -> None:
    """Write a page of what was shown, look who answers on this machine, and give the next three commands."""
    page, found = await asyncio.gather(_page(stage), probe(stage.laboratory.models.endpoints.values()))
    stage.say("", "", Line((("Kept for you", "bold"),)))
    stage.say(f"  {len(stage.rooms)} rooms in {kept_in(stage.journal)}" if len(stage.rooms) != 1 else _one(stage))
    if page is not None:
        stage.say("  a page to read or send:", f"    {from_home(str(page))}")
    stage.say("", Line((("Model servers on this machine", "bold"),)), *(f"  {line}" for line in servers(found)))
    stage.say("", Line((("Three things to type next", "bold"),)))
    for command, why in commands(stage, found):
        stage.say(f"  {command}", Line(((why, "quiet"),), 6))


def _one(stage: Stage) -> str:
    return f"1 room in {kept_in(stage.journal)}"


def servers(found: Sequence[Answering]) -> list[str]:
    """Say which model servers answer here, and with which models; that none does is said too."""
    answering = [(name, url, ids) for name, url, ids in found if ids is not None]
    if not answering:
        asked = ", ".join(name for name, _, _ in found) or "none are known"
        return [f"none answers; asked on loopback: {asked}", "nothing was sent to anybody"]
    lines = []
    for name, url, ids in answering:
        more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
        lines.append(f"{name} at {url}: {', '.join(short(one, 40) for one in ids[:_NAMED]) or 'no models'}{more}")
    return [*lines, "they were asked for this list on loopback; nothing else was sent"]


def commands(stage: Stage, found: Sequence[Answering]) -> list[tuple[str, str]]:
    """Give three commands and what each is for: read a room, join one, seat a model."""
    room = next(iter(stage.rooms.values()), "last")
    where = ["--journal", stage.journal] if stage.journal else []
    return [
        (again("play", room, stage.journal), "read a whole room at your own pace"),
        (
            shlex.join(["antiphon", "run", "backrooms", *where]),
            "five small programs and every command; type to join in",
        ),
        _seat(found, where),
    ]


def _seat(found: Sequence[Answering], where: list[str]) -> tuple[str, str]:
    """Give the command that seats a model: one that answers here, else how to find one."""
    models = [f"{name}:{one}" for name, _, ids in found for one in ids or () if short(one, 60) == one]
    if models:
        seats = [word for model in [models[0], models[-1]] for word in ("--seat", model)]
        return shlex.join(["antiphon", "run", "dyad", *seats, *where]), "two seats for models on this machine, free"
    return "antiphon models", "every model that can sit in a room, and what each costs"


async def _page(stage: Stage) -> Path | None:
    """Write the first room that was shown as a page beside the journal; None where that cannot be written."""
    room = next(iter(stage.rooms.values()), None)
    if room is None:
        return None
    made = await export(stage.laboratory, room, "html")
    path = _folder(stage.journal) / (slug(room) + ".html")
    try:
        await asyncio.to_thread(write_new, path, made.data)
    except OSError:
        return None
    return path


def _folder(journal: str | None) -> Path:
    """Give the folder in which the journal's file stands."""
    where = journal or os.environ.get("ANTIPHON_JOURNAL") or ""
    return Path(where.removeprefix("sqlite:")).expanduser().parent if where else data_folder()
