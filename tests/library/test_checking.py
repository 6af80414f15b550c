"""A scenario is refused, with its path, before anything is opened."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from antiphon import Laboratory
from antiphon.errors import ScenarioError, UserError
from antiphon.room.scenario import Pictures

SEATS = '[[seats]]\nmodel = "echo"\n[[seats]]\nmodel = "listener"\n'


@pytest.mark.parametrize(
    ("lines", "path"),
    [
        ('rights = ["fly"]\n' + SEATS, r"\$\.rights\[0\]"),
        (SEATS + 'rights = ["end", "fly"]\n', r"\$\.seats\[1\]\.rights\[1\]"),
        (SEATS + 'label = "room"\n', r"\$\.seats\[1\]\.label"),
        (SEATS + 'label = "AI-7"\n', r"\$\.seats\[1\]\.label"),
        (SEATS + 'label = "[Nova]"\n', r"\$\.seats\[1\]\.label"),
        ("opening_seat = 3\n" + SEATS, r"\$\.opening_seat"),
        (SEATS + "[limits]\nseats = 1\n", r"\$\.limits\.seats"),
        (SEATS + '[rules.who_speaks.round_robin]\norder = ["AI-7"]\n', r"order\[0\]"),
        (SEATS + "[rules.who_speaks.nobody]\n", r"\$\.rules\.who_speaks\.nobody"),
        (SEATS + "[rules.who_speak.random]\n", r"\$\.rules\.who_speak"),
        (SEATS + "[rules.when_it_ends.rounds]\ncount = -1\n", r"\$\.rules\.when_it_ends\.rounds\.count"),
        (SEATS + '[rules.when_it_ends.deadline]\nat = "tomorrow"\n', r"\$\.rules\.when_it_ends\.deadline"),
        (SEATS + "[rules.who_speaks.random]\n[rules.who_speaks.mention]\n", r"\$\.rules\.who_speaks"),
    ],
)
async def test_what_does_not_fit_is_named_by_file_and_path_and_leaves_no_room(
    tmp_path: Path, lines: str, path: str
) -> None:
    file = tmp_path / "odd.toml"
    file.write_text(f'name = "odd"\n{lines}')
    async with Laboratory("memory:") as laboratory:
        with pytest.raises(ScenarioError, match=rf"odd\.toml.*{path}"):
            await laboratory.begin(file)
        assert await laboratory.journal.rooms() == []


async def test_every_shipped_scenario_passes() -> None:
    async with Laboratory("memory:") as laboratory:
        for name in ("backrooms", "dyad", "group-chat", "solo"):
            assert laboratory.scenario(name).name == name


async def test_a_room_waits_for_its_reader() -> None:
    """Whoever looks at the first messages and breaks off has not paid for the whole room."""
    async with Laboratory("memory:") as laboratory:
        session = await laboratory.begin("backrooms", seed=1)
        events = session.stream()
        async for event, _ in events:
            if event.type == "message.said" and session.state.messages >= 2:
                break
        await events.aclose()
        assert session.state.messages <= 3


@pytest.mark.parametrize("money", [float("nan"), float("inf"), 0.0, -1.0])
async def test_a_money_limit_that_is_no_number_is_refused(money: float) -> None:
    async with Laboratory("memory:") as laboratory:
        with pytest.raises(UserError, match=r"ceiling|money"):
            await laboratory.begin("dyad", money=money)


async def test_pictures_that_may_cost_set_ceilings() -> None:
    async with Laboratory("memory:", env={}) as laboratory:
        pictures = Pictures(painter="openai", model="paint-1", base_url="http://127.0.0.1:9/v1")
        scenario = msgspec.structs.replace(laboratory.scenario("dyad"), pictures=pictures, rights=("image",))
        session = await laboratory.begin(scenario)
        assert session.state.ceilings.messages == 60
        assert [card.cost for card in laboratory.others(scenario)] == ["unknown"]


async def test_a_recording_is_checked_before_its_room_is_opened() -> None:
    async with Laboratory("memory:") as laboratory:
        for model in ("recording:no-such-room#Ada", "recording:just-a-name"):
            with pytest.raises(UserError):
                await laboratory.begin("dyad", seats=[model, "echo"])
        assert await laboratory.journal.rooms() == []


async def test_text_that_is_no_utf8_is_said_with_replacements() -> None:
    async with Laboratory("memory:") as laboratory:
        session = await laboratory.begin("dyad")
        await session.release()
        await laboratory.ask(session.id, "say", text="caf\udce9")
        records = await laboratory.journal.read(session.id)
        assert "caf\ufffd".encode() in (records[-1].body or b"")


async def test_what_cannot_be_done_in_a_room_that_ended_is_an_error() -> None:
    async with Laboratory("memory:") as laboratory:
        session = await laboratory.begin("dyad", messages=4)
        await laboratory.ask(session.id, "whisper", seat="AI-1", text="x")
        with pytest.raises(UserError, match="AI-2"):
            await laboratory.ask(session.id, "whisper", seat="AI-9", text="x")
        await session.release()
        await laboratory.ask(session.id, "end")
        with pytest.raises(UserError, match="fork"):
            await laboratory.ask(session.id, "say", text="too late")
