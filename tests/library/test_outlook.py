"""What going on with a room may cost is told before it goes on."""

from __future__ import annotations

import pytest

from antiphon.errors import CeilingError, NotAllowed, UnknownName
from antiphon.library.laboratory import Laboratory
from antiphon.library.outlook import outlook
from antiphon.library.plans import forecast
from antiphon.library.shipped import scenario_text
from antiphon.library.voicing import set_prompts, set_temperatures
from antiphon.room.scenario import parse_scenario


async def begun(laboratory: Laboratory) -> str:
    """Run a few turns of a free room and give its id."""
    session = await laboratory.begin("dyad", seed=7)
    await session.run(4)
    return session.id


async def test_a_free_room_needs_no_forecast() -> None:
    async with Laboratory("memory:") as laboratory:
        expected, ceilings = await outlook(laboratory, await begun(laboratory))
        assert expected is None
        assert ceilings.messages is None


async def test_what_was_said_before_is_part_of_the_forecast() -> None:
    async with Laboratory("memory:") as laboratory:
        room = await begun(laboratory)
        seats = ["AI-2=gpt-4o-mini"]
        whole, ceilings = await outlook(laboratory, room, seats=seats, messages=10)
        early, _ = await outlook(laboratory, room, at=5, seats=seats, messages=10)
        assert whole is not None
        assert early is not None
        assert ceilings.messages == 10
        assert whole.input > early.input > 0
        assert whole.dollars is not None
        assert whole.models == ("GPT-4o mini",)


async def test_a_forecast_names_the_address_and_the_key_that_a_scenario_brings_along() -> None:
    text = b"""
name = "strange"
[[seats]]
model = "one"
base_url = "https://example.net/v1"
key = "MINE"
[[seats]]
model = "gpt-4o-mini"
[pictures]
painter = "openai"
model = "brush"
base_url = "https://example.org/v1"
"""
    async with Laboratory("memory:") as laboratory:
        plan = parse_scenario(text.replace(b"[[seats]]", b'[[seats]]\nrights = ["image"]'))
        expected = forecast(plan, laboratory.card, others=laboratory.others(plan))
    assert expected is not None
    assert expected.models == (
        "GPT-4o mini",
        "brush (pictures) at https://example.org/v1",
        "one at https://example.net/v1 with the key MINE",
    )


async def test_a_money_limit_over_an_unknown_price_is_refused_before_anything_is_done() -> None:
    async with Laboratory("memory:") as laboratory:
        room = await begun(laboratory)
        with pytest.raises(CeilingError, match="price"):
            await outlook(laboratory, room, seats=["AI-2=gpt-4o"], money=1.0)


async def test_prompts_and_temperatures_are_set_by_a_person() -> None:
    async with Laboratory("memory:") as laboratory:
        session = await laboratory.begin("dyad", seed=7)
        await set_prompts(session, {"AI-1": "Be brief."})
        await set_temperatures(session, {"Listener": 0.3})
        assert session.state.seats["AI-1"].system_text() == "Be brief."
        assert session.state.seats["AI-2"].temperature == 0.3
        with pytest.raises(UnknownName, match="AI-1"):
            await set_prompts(session, {"AI-7": "x"})
        with pytest.raises(NotAllowed, match="0 to 2"):
            await set_temperatures(session, {"AI-1": float("nan")})
        await session.release()


@pytest.mark.parametrize("name", ["backrooms", "dyad", "group-chat", "solo"])
def test_a_shipped_scenario_under_its_head_is_still_that_scenario(name: str) -> None:
    assert parse_scenario(scenario_text(name)).name == name


def test_an_unknown_scenario_is_named() -> None:
    with pytest.raises(UnknownName, match="backrooms"):
        scenario_text("nonsense")
