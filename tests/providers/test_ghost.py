from __future__ import annotations

import pytest

from antiphon.errors import ProviderFailure
from antiphon.providers.ghost import PLUGIN
from antiphon.registry import plugin
from antiphon.room.contracts import Allowance
from antiphon.room.view import Part, SeatView, View, escape
from antiphon.testing.rehearsal import means, seat

SAID = ["The lamp is lit again.", "Then somebody is at home.", "The lamp is lit for nobody."]


def view(*texts: str, room: str = "here", **settings: object) -> View:
    sitting = seat(2, "ghost", provider="ghost", **settings)
    parts = [Part(n, "AI-1", "said", "", escape(text)) for n, text in enumerate(texts, 1)]
    return View(room, sitting, "", parts, (), "chat", SeatView("AI-2", rich=False, parts=parts, late=[]))


def test_it_is_a_provider_that_costs_nothing() -> None:
    assert plugin("provider", "ghost") is PLUGIN
    assert (PLUGIN.name, PLUGIN.cost) == ("ghost", "free")


async def test_it_speaks_in_words_it_heard_and_the_same_ones_again() -> None:
    shown = view(*SAID)
    said = [(await PLUGIN.speaker(shown.seat, means(5)).speak(shown, Allowance())).text for _ in range(2)]
    assert said[0] == said[1]
    heard = set(" ".join(SAID).casefold().replace(".", "").split())
    assert set(said[0].casefold().replace(".", "").split()) <= heard


async def test_it_passes_when_nobody_ever_said_anything() -> None:
    shown = view()
    assert (await PLUGIN.speaker(shown.seat, means()).speak(shown, Allowance())).passed


async def test_it_asks_its_first_question_once_in_a_seat() -> None:
    shown = view(*SAID, extra={"first_question": "Who was here before me?", "since": 4})
    speaker = PLUGIN.speaker(shown.seat, means())
    assert (await speaker.speak(shown, Allowance())).text == "Who was here before me?"
    shown.source.parts.append(Part(5, "AI-2", "said", "", escape("Who was here before me?")))
    assert (await speaker.speak(shown, Allowance())).text != "Who was here before me?"
    assert (await PLUGIN.speaker(shown.seat, means()).speak(shown, Allowance())).text != "Who was here before me?"


async def test_its_own_words_teach_it_nothing() -> None:
    shown = view(*SAID, extra={"since": 4})
    shown.source.parts.append(Part(5, "AI-2", "said", "", escape("Zanzibar!")))
    shown.source.parts.append(Part(3, "AI-2", "said", "", escape("Before I came, this was said here.")))
    speaker = PLUGIN.speaker(shown.seat, means())
    pairs = (await speaker.speak(shown, Allowance())).applied["pairs"]
    other = view(*SAID, "Before I came, this was said here.")
    assert (await PLUGIN.speaker(other.seat, means()).speak(other, Allowance())).applied["pairs"] == pairs


async def test_a_speaker_of_one_room_refuses_another() -> None:
    speaker = PLUGIN.speaker(view(*SAID).seat, means())
    await speaker.speak(view(*SAID), Allowance())
    with pytest.raises(ProviderFailure, match="only in the room"):
        await speaker.speak(view(*SAID, room="there"), Allowance())


async def test_it_keeps_to_its_allowance_and_stops_where_the_listener_does() -> None:
    shown = view(*SAID)
    reply = await PLUGIN.speaker(shown.seat, means()).speak(shown, Allowance(tokens=2))
    assert (reply.finish, reply.text) == ("length", reply.text)
    assert len(reply.text.split()) <= 2
    assert (await PLUGIN.speaker(shown.seat, means()).speak(shown, Allowance(), lambda _: False)).finish == "cut"


async def test_wrong_settings_are_a_failed_turn() -> None:
    shown = view(*SAID, extra={"since": "yesterday"})
    with pytest.raises(ProviderFailure, match="AI-2"):
        await PLUGIN.speaker(shown.seat, means()).speak(shown, Allowance())
