"""A recorded seat says its lines in order and finds its place again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon.errors import ProviderFailure, ScenarioError
from antiphon.providers.recording import PLUGIN
from antiphon.room.contracts import Allowance

SAID = [("GPT-4o", "one"), ("Echo", "eins"), ("GPT-4o", ""), ("Echo", "zwei"), ("GPT-4o", "three")]


async def recorded(source: str) -> list[tuple[str, str]]:
    assert source == "talk-1"
    return SAID


@pytest.fixture
def speaker(make_seat: Any, make_means: Any) -> Any:
    return PLUGIN.speaker(make_seat("talk-1#GPT-4o", provider="recording"), make_means(recording=recorded))


async def test_lines_come_in_order_then_the_seat_passes(speaker: Any, make_seat: Any, make_view: Any) -> None:
    lines: list[tuple[str, str]] = []
    said = []
    for _ in range(5):
        reply = await speaker.speak(make_view(make_seat(), lines), Allowance())
        said.append((reply.text, reply.passed))
        lines += [("me", reply.text), ("AI-2", "and you?")]
    assert said == [("one", False), ("", False), ("three", False), ("", True), ("", True)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(already=st.integers(0, 3), hidden=st.integers(0, 3))
async def test_a_new_process_goes_on_where_the_room_stands_even_behind_a_window(
    already: int, hidden: int, make_seat: Any, make_view: Any, make_means: Any
) -> None:
    speaker = PLUGIN.speaker(make_seat("talk-1#GPT-4o"), make_means(recording=recorded))
    seen = [("me", "x")] * max(0, already - hidden)
    reply = await speaker.speak(make_view(make_seat(messages=already), seen), Allowance())
    assert (reply.text, reply.passed) == [("one", False), ("", False), ("three", False), ("", True)][already]


async def test_a_listener_hears_the_line(speaker: Any, make_seat: Any, make_view: Any) -> None:
    heard: list[str] = []

    def enough(text: str) -> bool:
        heard.append(text)
        return False

    reply = await speaker.speak(make_view(make_seat()), Allowance(), enough)
    assert (heard, reply.finish, reply.cost) == (["one"], "cut", 0.0)


async def test_an_unknown_speaker_is_told_who_there_is(make_seat: Any, make_view: Any, make_means: Any) -> None:
    speaker = PLUGIN.speaker(make_seat("talk-1#Nobody"), make_means(recording=recorded))
    with pytest.raises(ProviderFailure, match="there are: Echo, GPT-4o"):
        await speaker.speak(make_view(make_seat()), Allowance())


@pytest.mark.parametrize("model", ["talk-1", "#GPT-4o", "talk-1#", ""])
async def test_a_model_that_names_no_speaker_is_refused(model: str, make_seat: Any, make_means: Any) -> None:
    with pytest.raises(ScenarioError, match="ROOM#Speaker"):
        PLUGIN.speaker(make_seat(model), make_means())
