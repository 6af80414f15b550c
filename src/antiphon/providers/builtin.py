"""The builtin provider: small programs that speak offline, for nothing, and never pretend to be a model.

`seat.model` names the voice (a file under `voices/`). What a voice says depends on the seed, the seat, the number
of messages the seat has said, and what it heard; on no clock and on nothing kept between two messages. The
provider adds, now and then, one command the seat has the right to (`voices/gestures.py`). It knows no wire.

A seat's `extra` may hold `commands` (false: never a command), `gestures` ("all": one in every message, for
rehearsals) and `latency` ([least, most] seconds before the first word).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from hashlib import blake2b
from random import Random
from typing import Any

import msgspec
from msgspec import Struct

from antiphon.errors import ProviderFailure, UnknownName
from antiphon.measures.tokens import count, pieces
from antiphon.providers.voices import (
    ascii_artist,
    echo,
    gestures,
    judge,
    librarian,
    listener,
    neighbour,
    noughts_and_crosses,
    rhymer,
    singer,
    suspect,
    twenty_questions,
)
from antiphon.providers.voices.hearing import Voice, hear
from antiphon.room.contracts import Allowance, Listen, Means, Reply
from antiphon.room.events import Usage
from antiphon.room.state import Seat
from antiphon.room.view import View

__all__ = ["ATTENDING", "PLUGIN", "VOICES", "Builtin"]

VOICES: dict[str, Voice] = {
    "echo": echo.VOICE,
    "listener": listener.VOICE,
    "neighbour": neighbour.VOICE,
    "suspect": suspect.VOICE,
    "librarian": librarian.VOICE,
    "rhymer": rhymer.VOICE,
    "singer": singer.VOICE,
    "ascii-artist": ascii_artist.VOICE,
    "twenty-questions": twenty_questions.VOICE,
    "noughts-and-crosses": noughts_and_crosses.VOICE,
}
"""Model id -> voice; nothing is trained or read before a voice first speaks."""

ATTENDING: dict[str, Voice] = {"judge": judge.VOICE}
"""Model id -> voice of what is asked and sits nowhere; no voice invites it."""

BETWEEN = 0.05
"""Share of a drawn latency that passes between two streamed words: 50 to 300 ms become 2.5 to 15."""

BYTES_PER_TOKEN = 4
"""Bytes of a view that are counted as one token: an estimate, marked as such; nothing is billed by it."""

_WORD = re.compile(r"\s*\S+\s*|\s+")


class _Extra(Struct, frozen=True):
    """Is what the builtin provider reads of a seat's `extra`; other settings are another provider's and ignored."""

    commands: bool = True
    gestures: str = "some"
    latency: tuple[float, float] = (0.0, 0.0)


class Builtin:
    """Makes speakers that need no network."""

    name = "builtin"
    cost = "free"

    def speaker(self, seat: Seat, means: Means) -> _Speaker:
        """Make the speaker for a seat; raises UnknownName when no voice is called `seat.model`."""
        if seat.model not in VOICES and seat.model not in ATTENDING:
            raise UnknownName("builtin voice", seat.model, sorted(VOICES))
        return _Speaker(seat, means)


class _Speaker:
    """Speaks with one voice; keeps nothing of what it heard."""

    def __init__(self, seat: Seat, means: Means) -> None:
        self._model, self._voice, self._means = seat.model, {**VOICES, **ATTENDING}[seat.model], means
        self._given = seat.extra

    async def speak(self, view: View, allowance: Allowance, listen: Listen | None = None) -> Reply:
        """Give the seat's next message, word by word to `listen` where there is one."""
        extra = _extra(view.seat.id, {**self._given, **view.seat.extra})
        text, finish = _within(self._text(view, extra), allowance.tokens)
        pace = _Pace(self._chance(view.seat, "latency").random, extra.latency)
        began = self._means.now()
        await pace.before()
        first = self._means.now() - began
        if listen is not None:
            text, finish = await _stream(text, finish, listen, pace)
        usage = Usage(input=view.source.size // BYTES_PER_TOKEN, output=count(text), estimated=True)
        return Reply(
            text=text,
            finish=finish,
            usage=usage,
            cost=0.0,
            model_reported=f"{PLUGIN.name}/{self._model}",
            applied=_applied(self._model, view.seat),
            first_token_ms=first,
        )

    def _text(self, view: View, extra: _Extra) -> str:
        hearing = hear(view)
        speech = self._voice(hearing, self._chance(view.seat, "words").random)
        if not extra.commands:
            return speech
        chance = self._chance(view.seat, "gesture").random
        return gestures.with_gesture(hearing, speech, chance, self._guests(view), always=extra.gestures == "all")

    def _guests(self, view: View) -> tuple[str, ...]:
        """List the display names of the builtin models, the only ones a voice invites."""
        cards = self._means.models.cards.values()
        mine = [card for card in cards if card.provider == PLUGIN.name and card.id not in ATTENDING]
        known = tuple(card.name for card in mine if card.id != view.seat.model)
        return known or tuple(name for name in VOICES if name != view.seat.model)

    def _chance(self, seat: Seat, purpose: str) -> Random:
        key = f"{self._means.seed}:{seat.id}:{seat.messages}:{purpose}".encode()
        return Random(int.from_bytes(blake2b(key, digest_size=8).digest(), "big"))


class _Pace:
    """Waits as a seat's `latency` says, the same waits at every replay."""

    def __init__(self, chance: Callable[[], float], latency: tuple[float, float]) -> None:
        self._chance, (self._least, self._most) = chance, latency

    def _drawn(self) -> float:
        return self._least + (self._most - self._least) * self._chance()

    async def before(self) -> None:
        """Wait before the first word."""
        if self._most > 0:
            await asyncio.sleep(self._drawn())

    async def between(self) -> None:
        """Wait between two words."""
        if self._most > 0:
            await asyncio.sleep(self._drawn() * BETWEEN)


async def _stream(text: str, finish: str, listen: Listen, pace: _Pace) -> tuple[str, str]:
    """Hand out the words; what the listener took before it said stop is the message."""
    said = 0
    for word in _WORD.finditer(text):
        if said:
            await pace.between()
        said = word.end()
        if not listen(word.group()):
            return text[:said], "cut"
    return text, finish


def _within(text: str, tokens: int | None) -> tuple[str, str]:
    """Cut a text at a piece boundary where it is longer than it may be."""
    if tokens is None or len(text) <= tokens:
        return text, "stop"
    cut = pieces(text)
    return (text, "stop") if len(cut) <= tokens else ("".join(cut[: max(0, tokens)]), "length")


def _extra(seat: str, given: dict[str, Any]) -> _Extra:  # Any: as Seat.extra
    """Read a seat's settings; a wrong one is a failed turn, as it is with every provider."""
    if not given:
        return _Extra()
    try:
        return msgspec.convert(given, _Extra)
    except msgspec.ValidationError as error:
        msg = f"extra of seat {seat}: {error}"
        raise ProviderFailure("refused", msg) from None


def _applied(model: str, seat: Seat) -> dict[str, Any]:  # Any: as Reply.applied
    """Say what of the seat's settings took effect: only the echo draws its words by temperature."""
    return {"temperature": seat.temperature} if model == "echo" and seat.temperature is not None else {}


PLUGIN = Builtin()
