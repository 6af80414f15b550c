"""Sings cumulative songs: each verse brings one thing more, and all that came before it again.

The next verse is made from the newest one it hears, whoever sang it, so that two singers share a song. Every third
verse takes up a noun of what was said. The songs, in `singer.toml`, are our own. It keeps nothing itself.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from antiphon.providers.voices.hearing import Chance, Hearing, asks_what_it_is
from antiphon.providers.voices.nouns import nouns

__all__ = ["ABOUT", "VOICE", "Song", "Verse", "newest", "songs", "speak"]

ABOUT = "I am a small program that sings. Each verse has one thing more than the last; I understand none of them."

GUESTS = 3
"""Every so many verses, a thing that somebody spoke of is sung about in place of one of the song's own."""

_TITLE = re.compile(r"^(?P<title>[^\n]{3,60}), verse (?P<number>\d{1,3})$", re.MULTILINE)


class Song(Struct, frozen=True, forbid_unknown_fields=True):
    """Is one song: its first line, the things in the order they come in, lines for guests, and the refrain."""

    title: str
    begins: str
    things: tuple[str, ...]
    guests: tuple[str, ...]
    refrain: tuple[str, ...]


class Verse(Struct, frozen=True):
    """Is a verse as it was sung: which song, the how-manieth, and its things, the newest first."""

    song: Song
    number: int
    things: tuple[str, ...]

    def over(self) -> bool:
        """Tell whether the song has nothing more to add."""
        return self.number >= len(self.song.things)

    def sung(self) -> str:
        """Write the verse."""
        return "\n".join(
            [f"{self.song.title}, verse {self.number}", "", self.song.begins, *self.things, *self.song.refrain]
        )


def speak(hearing: Hearing, chance: Chance) -> str:
    """Sing the next verse of what was sung last, or the first of a song that was not sung lately."""
    if asks_what_it_is(hearing.answered()):
        return ABOUT
    before = newest(hearing)
    if before is None or before.over():
        return _begun(hearing, chance).sung()
    return _next(before, hearing, chance).sung()


VOICE = speak


@lru_cache(maxsize=1)  # data of the package that never change: read once a process, on first use
def songs() -> dict[str, Song]:
    """Read the songs, by title."""
    read = msgspec.toml.decode(files(__package__).joinpath("singer.toml").read_bytes(), type=dict[str, list[Song]])
    return {song.title: song for song in read["songs"]}


def newest(hearing: Hearing) -> Verse | None:
    """Find the newest verse among what was said."""
    for line in reversed(hearing.lines):
        if (found := _TITLE.search(line.text)) is not None and found["title"] in songs():
            return _read(songs()[found["title"]], int(found["number"]), line.text[found.end() :])
    return None


def _read(song: Song, number: int, text: str) -> Verse:
    """Read the things of a verse: the lines between its first one and the refrain, as many as its number says."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    held = [line for line in lines if line not in {song.begins, *song.refrain} and line.startswith("and ")]
    own = tuple(reversed(song.things[:number]))
    return Verse(song, number, tuple(held) if len(held) == number else own)


def _begun(hearing: Hearing, chance: Chance) -> Verse:
    heard = "\n".join(line.text for line in hearing.lines)
    fresh = [song for song in songs().values() if f"{song.title}, verse" not in heard] or list(songs().values())
    song = fresh[int(chance() * len(fresh))]
    return Verse(song, 1, song.things[:1])


def _next(before: Verse, hearing: Hearing, chance: Chance) -> Verse:
    song, number = before.song, before.number + 1
    thing = song.things[before.number]
    if number % GUESTS == 0 and (guest := _guest(before, hearing)):
        thing = song.guests[int(chance() * len(song.guests))].format(noun=guest)
    return Verse(song, number, (thing, *before.things))


def _guest(before: Verse, hearing: Hearing) -> str:
    """Take a noun that somebody spoke of, outside songs, and that is not sung about yet; "" of none."""
    spoken = [line for line in hearing.said() if not _TITLE.search(line)]
    sung = before.sung().lower()
    return next((noun for noun in reversed(nouns(*spoken[-4:])) if noun not in sung), "")
