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

_HOSTED = "openrouter"
"""The endpoint that is named to those who have no model on their machine: one key, most models."""


async def take_leave(stage: Stage) -> None:
    """Write a page of what was shown, look who answers on this machine, and give the next three commands."""
    page, found = await asyncio.gather(_page(stage), probe(stage.laboratory.models.endpoints.values()))
    stage.say("", "", Line((("Kept for you", "bold"),)))
    stage.say(f"  {len(stage.rooms)} room{'s' * (len(stage.rooms) != 1)} in {kept_in(stage.journal)}")
    if page is not None:
        stage.say("  a page to read or send:", f"    {from_home(str(page))}")
    stage.say("", Line((("Your own models", "bold"),)), *(f"  {line}" for line in servers(found, stage.journal)))
    stage.say("", Line((("Three things to type next", "bold"),)))
    for command, why in commands(stage, found):
        stage.say(f"  {command}", *(Line(((line, "quiet"),), 6) for line in why.split("\n")))


def servers(found: Sequence[Answering], journal: str | None = None) -> list[str]:
    """Say which model servers answer here, and how to seat their models; that none does is said too."""
    answering = [(name, url, ids) for name, url, ids in found if ids is not None]
    if not answering:
        asked = ", ".join(name for name, _, _ in found) or "none are known"
        return [
            f"no model server answers here; asked: {asked}",
            "nothing was sent to anybody; start ollama, say, and then type",
            f"  {_dyad(['ollama:MODEL'] * 2, journal)}",
            "models by name, with prices: antiphon models",
        ]
    lines = []
    for name, url, ids in answering:
        more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
        lines.append(f"{name} at {url}: {', '.join(short(one, 40) for one in ids[:_NAMED]) or 'no models'}{more}")
    return [*lines, "they were asked for this list on loopback; nothing else was sent"]


def commands(stage: Stage, found: Sequence[Answering]) -> list[tuple[str, str]]:
    """Give three commands and what each is for: seat a model, read a room, join one."""
    room = next(iter(stage.rooms.values()), "last")
    where = ["--journal", stage.journal] if stage.journal else []
    return [
        _seat(found, stage.journal),
        (again("play", room, stage.journal), "read a whole room at your own pace"),
        (
            shlex.join(["antiphon", "run", "backrooms", *where]),
            "the room backrooms: five small programs, every command; type to join in",
        ),
    ]


def _seat(found: Sequence[Answering], journal: str | None) -> tuple[str, str]:
    """Give the command that seats a model: one that answers here, else one behind a key."""
    models = [f"{name}:{one}" for name, _, ids in found for one in ids or () if short(one, 60) == one]
    if models:
        return _dyad([models[0], models[-1]], journal), "two seats for models on this machine, free"
    return (
        f"antiphon setup {_HOSTED}",
        f"keep a key of yours; then\n{_dyad([f'{_HOSTED}:MODEL'] * 2, journal)}",
    )


def _dyad(models: Sequence[str], journal: str | None) -> str:
    seats = [word for model in models for word in ("--seat", model)]
    return shlex.join(["antiphon", "run", "dyad", *seats, *(["--journal", journal] if journal else [])])


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
