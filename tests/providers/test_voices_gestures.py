from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.providers.builtin import PLUGIN, VOICES
from antiphon.providers.voices.gestures import GESTURES, with_gesture
from antiphon.providers.voices.hearing import Hearing, Line
from antiphon.room.arguments import listed
from antiphon.room.models import Card, Models
from antiphon.room.scenario import COMMANDS_FOR_ALL
from antiphon.room.speech import commands_in
from antiphon.testing.rehearsal import Rehearsal, means, seat


@pytest.mark.parametrize("voice", VOICES)
async def test_every_voice_uses_every_command_it_has_the_right_to(voice: str) -> None:
    room = Rehearsal(voice, voice, extra={"gestures": "all"})
    found = [commands_in(text) for text in await room.talk(2 * len(COMMANDS_FOR_ALL))]
    assert all(len(commands) == 1 for commands in found)
    assert {commands[0].name for commands in found} == set(COMMANDS_FOR_ALL)
    assert all(commands[0].error is None for commands in found)


async def test_about_one_message_in_five_carries_a_command() -> None:
    texts = [text for seed in range(6) for text in await Rehearsal(*VOICES, "echo", seed=seed).talk(100)]
    share = sum(bool(commands_in(text)) for text in texts) / len(texts)
    assert 0.12 < share < 0.32


@pytest.mark.parametrize("rights", [(), ("image",), ("vote", "pass")])
async def test_no_command_is_used_without_the_right_to_it(rights: tuple[str, ...]) -> None:
    room = Rehearsal(*VOICES, rights=rights, extra={"gestures": "all"})
    found = {command.name for text in await room.talk(40) for command in commands_in(text)}
    assert found == set(rights)


async def test_commands_can_be_turned_off() -> None:
    room = Rehearsal(*VOICES, extra={"commands": False, "gestures": "all"})
    assert not any(commands_in(text) for text in await room.talk(60))


async def test_nobody_leaves_a_room_just_entered() -> None:
    early = {name for name, gesture in GESTURES.items() if not gesture.early}
    for seed in range(20):
        for text in await Rehearsal(*VOICES, seed=seed).talk(15):
            assert not early & {command.name for command in commands_in(text)}


async def test_only_builtin_models_are_invited() -> None:
    cards = [Card(id="echo", display="Echo", provider="builtin"), Card(id="gpt", display="GPT", provider="openai")]
    room = Rehearsal("listener", rights=("add_ai",), extra={"gestures": "all"})
    room.speakers = [PLUGIN.speaker(room.seats[0], means(models=Models({card.id: card for card in cards})))]
    invited = {command.words[0] for text in await room.talk(20) for command in commands_in(text)}
    assert invited == {"Echo"}


def heard(*said: str, others: tuple[str, ...] = ("AI-2",)) -> Hearing:
    lines = tuple(Line(own=False, kind="said", label="", text=text) for text in said)
    return Hearing(seat(1, "echo"), lines, others)


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=30), st.randoms(use_true_random=False))
def test_a_gesture_is_one_wellformed_command_whatever_was_said(
    speech: str, said: str, label: str, chance: object
) -> None:
    numbers = chance.random  # type: ignore[attr-defined] # hypothesis gives a Random without naming its type
    hearing = heard(said, f'!vote "{said}" [{label}, no]', f'!sign "{label}"', others=(label,))
    plain = " ".join(word for word in speech.split() if "!" not in word and "`" not in word and "~" not in word)
    spoken = f"So: {plain.lstrip('>')}"
    text = with_gesture(hearing, spoken, numbers, ("Echo",), always=True)
    (command,) = commands_in(text)
    assert command.error is None
    assert command.name in COMMANDS_FOR_ALL


def test_a_question_put_to_the_vote_is_answered_with_one_of_its_choices() -> None:
    hearing = heard('Well.\n\n!vote "Shall we stay?" [yes, not yet]')
    text = with_gesture(hearing, "I see.", lambda: 0.5, ())
    (command,) = commands_in(text)
    assert command.words[0] == "Shall we stay?"
    assert command.words[1] in {"yes", "not yet"}
    assert listed(command.words[1]) is None


def test_a_signature_is_joined() -> None:
    text = with_gesture(heard('!sign "the lamp stays on"'), "I see.", lambda: 0.5, ())
    assert commands_in(text)[0].words == ("the lamp stays on",)
