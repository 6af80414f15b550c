"""What seats hear of one another over HTTP: reasoning, pictures, a base model's transcript; and what is cut short."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from antiphon.library.laboratory import Laboratory
from antiphon.room.events import EffectEnded, MessageSaid, TurnEnded
from antiphon.room.scenario import Pictures
from antiphon.testing.endpoint import Fault
from antiphon.testing.place import ANSWER, Place, bodies, cut_after, place

BOTH = pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Place]:
    async with place(tmp_path) as found:
        yield found


# ------------------------------------------------------------------------------------------ what is heard


@BOTH
@pytest.mark.parametrize("shown", [True, False], ids=["shown", "kept"])
async def test_reasoning_is_kept_and_heard_by_others_only_where_the_scenario_says_so(
    here: Place, *, shown: bool, streamed: bool
) -> None:
    here.endpoint.reasoning = "Between ourselves."
    session = await here.begin("here:one", "here:two", streamed=streamed, hear_reasoning=shown, messages=4)
    await session.run()
    said = bodies(await here.events(session), MessageSaid)
    assert [(body.text, body.reasoning) for body in said] == [(ANSWER, "Between ourselves.")] * 4
    heard = [b"Between ourselves." in seen.body for seen in here.endpoint.seen]
    assert heard == ([False, True, True, True] if shown else [False] * 4)


async def test_a_picture_is_painted_kept_and_shown_to_seats_that_take_pictures(here: Place) -> None:
    here.endpoint.answer = lambda seen: '!image "a lamp"' if b'"assistant"' not in seen.body else "Look at that."
    pictures = Pictures(painter="openai", model="brush", base_url=here.endpoint.url)
    session = await here.begin(
        "painted", "here:two", rights=("image",), pictures=pictures, messages=40, opening="Well?"
    )
    here.endpoint.latency = 0.01
    await session.run(turns=8)
    events = await here.events(session)
    painted = [body for body in bodies(events, EffectEnded) if body.kind == "image"]
    assert painted
    for body in painted:
        data, mime = await here.laboratory.journal.get_blob(body.blob) or (b"", "")
        assert (data[:4], mime) == (b"\x89PNG", "image/png")
    later = {seen.json()["model"]: seen.body for seen in here.endpoint.seen if seen.path.endswith("completions")}
    assert b"data:image/png;base64," in later["painted"]
    assert b"data:image" not in later["two"]
    assert b"created an image" in later["two"]


async def test_a_picture_that_cannot_be_painted_is_told_and_the_room_goes_on(here: Place) -> None:
    here.endpoint.answer = lambda seen: '!image "a lamp"' if b'"assistant"' not in seen.body else "Well."
    here.endpoint.choose = lambda seen: Fault(garble=True, body=b"{") if "images" in seen.path else None
    pictures = Pictures(painter="openai", model="brush", base_url=here.endpoint.url)
    session = await here.begin("here:one", "here:two", rights=("image",), pictures=pictures)
    here.endpoint.latency = 0.01
    await session.run()
    failed = [body.failed for body in bodies(await here.events(session), EffectEnded)]
    assert failed
    assert {fault.kind for fault in failed if fault} == {"malformed"}
    assert session.state.why == "ceiling.messages"


@BOTH
async def test_a_base_model_continues_the_room_as_a_transcript(here: Place, *, streamed: bool) -> None:
    here.endpoint.answer = lambda _: " I go on.\nbase 2: And I would have said this."
    session = await here.begin("base", "base", streamed=streamed, opening="Begin.", opening_seat=1, messages=4)
    await session.run()
    said = bodies(await here.events(session), MessageSaid)
    assert [body.text for body in said[1:]] == ["I go on."] * 3
    assert {seen.path for seen in here.endpoint.seen} == {"/v1/completions"}
    assert here.asked()[0]["prompt"].endswith("base: Begin.\n\nbase 2:")


# ------------------------------------------------------------------------------------------ cut short


async def test_pause_now_cuts_a_stream_and_keeps_the_text_up_to_the_cut(here: Place) -> None:
    here.endpoint.pace, here.endpoint.always = 0.01, Fault(endless=True)
    session = await here.begin("here:one", "here:two")
    heard = cut_after(session, 5, lambda: session.pause(now=True))
    await session.run()
    events = await here.events(session)
    [said], [ended] = bodies(events, MessageSaid), bodies(events, TurnEnded)
    assert (said.text, said.cut, ended.outcome) == ("".join(heard), "abort", "cut")
    assert session.state.phase == "paused"
    assert session.state.tokens > 0
    await here.endpoint.quiet()


async def test_pause_and_end_let_a_stream_finish(here: Place) -> None:
    here.endpoint.pace, here.endpoint.chunk = 0.005, 4
    session = await here.begin("here:one", "here:two")
    cut_after(session, 2, session.pause)
    await session.run()
    assert [body.text for body in bodies(await here.events(session), MessageSaid)] == [ANSWER]
    session = await here.laboratory.resume(session.id)
    cut_after(session, 2, session.end)
    await session.run()
    said = bodies(await here.events(session), MessageSaid)
    assert [(body.text, body.cut) for body in said] == [(ANSWER, None)] * 2
    assert session.state.phase == "ended"


async def test_a_turn_that_takes_too_long_fails_with_what_was_heard(here: Place) -> None:
    here.endpoint.pace, here.endpoint.plan = 0.02, type(here.endpoint.plan)([Fault(endless=True)])
    limits = {"turn_seconds": 0.3}
    session = await here.begin("here:one", "here:two", streamed=True, messages=2, limits=limits)
    await session.run()
    events = await here.events(session)
    first = bodies(events, TurnEnded)[0]
    assert (first.outcome, first.error.kind) == ("failed", "timeout")
    assert first.partial.startswith(ANSWER[:16])
    assert session.state.why == "ceiling.messages"


# ------------------------------------------------------------------------------------------ what an endpoint says


async def test_what_an_endpoint_says_of_its_models_holds_for_models_without_a_card(tmp_path: Path) -> None:
    async with place(tmp_path) as here:
        (tmp_path / "models.toml").write_text(
            f'[[endpoints]]\nname = "odd"\nbase_url = "{here.endpoint.url}"\nmax_tokens_name = "longest"\n'
            "requests_a_minute = 3\nin_flight = 2\n",
            encoding="utf-8",
        )
        async with Laboratory("memory:", env={"ANTIPHON_CONFIG": str(tmp_path)}) as laboratory:
            there = Place(laboratory, here.endpoint)
            session = await there.begin("odd:one", "odd:two", limits={"turn_seconds": 1.0}, messages=9)
            task = asyncio.create_task(session.run(turns=7))
            await asyncio.sleep(0.5)
            assert {"longest"} <= set(there.asked()[0])
            assert Counter(asked["model"] for asked in there.asked()) == {"one": 3, "two": 3}
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
