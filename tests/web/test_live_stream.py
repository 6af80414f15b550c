"""The live stream: nothing lost or doubled, wherever a browser leaves and comes back, and whoever runs the room."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.library.laboratory import Laboratory
from antiphon.testing.site import Site, site
from antiphon.web.listening import MOST_BYTES, Batch, Listener, frame
from antiphon.web.shapes import Told


async def test_a_room_is_followed_to_its_end(web: Site) -> None:
    room = await web.paused()
    state = await web.get(f"/rooms/{room}")
    async with web.stream(rooms=room, after=state["position"]) as frames:
        for n in range(5):
            await web.post(f"/rooms/{room}/say", text=f"word {n}")
        assert await frames.seqs(state["head"] + 5) == [state["head"] + 1 + n for n in range(5)]


async def test_what_is_told_is_what_is_read(web: Site) -> None:
    room = await web.paused()
    state = await web.get(f"/rooms/{room}")
    async with web.stream(rooms=room, after=state["position"]) as frames:
        await web.post(f"/rooms/{room}/say", text="**bold** <script>alert(1)</script>")
        [told] = (await frames.next("events"))["events"]
    [read] = (await web.get(f"/rooms/{room}/events", after=state["head"]))["events"]
    assert told == read
    assert "<script" not in told["html"]
    assert "<strong>bold</strong>" in told["html"]


async def test_a_browser_that_comes_back_anywhere_misses_nothing_and_hears_nothing_twice(web: Site) -> None:
    room = await web.paused()
    start = await web.get(f"/rooms/{room}")
    positions = [start["position"]]
    async with web.stream(rooms=room, after=start["position"]) as frames:
        for n in range(12):
            await web.post(f"/rooms/{room}/say", text=f"word {n}")
            await frames.next("events")
            positions.append(frames.last)
    for left, position in enumerate(positions[:-1]):  # every place where a stream may have broken
        async with web.stream(last=position, rooms=room, after="0") as frames:
            first, last = start["head"] + left + 1, start["head"] + 12
            assert await frames.seqs(last) == list(range(first, last + 1))


async def test_leaving_in_mid_stream_while_others_write(web: Site) -> None:
    room = await web.paused()
    state = await web.get(f"/rooms/{room}")
    last, heard = state["position"], list[int]()

    async def write() -> None:
        for n in range(40):
            await web.post(f"/rooms/{room}/say", text=f"word {n}")

    writing = asyncio.create_task(write())
    while not heard or heard[-1] < state["head"] + 40:
        async with web.stream(last=last, rooms=room) as frames:
            heard += [event["seq"] for event in (await frames.next("events"))["events"]]
            last = frames.last
    await writing
    assert heard == list(range(state["head"] + 1, state["head"] + 41))


async def test_a_room_of_another_process_is_followed_and_asked(tmp_path: Path) -> None:
    journal = str(tmp_path / "rooms.db")
    async with site(journal) as web, Laboratory(journal, latency=(0.02, 0.05)) as other:
        session = await other.begin("dyad", seed=7)
        running = asyncio.create_task(session.run(20))
        position = (await web.get("/rooms"))["position"]
        async with web.stream(rooms=session.id, after=position, wall="true") as frames:
            told = [event["type"] for event in (await frames.next("events"))["events"]]
            assert told
            assert (await frames.next("rooms"))["rooms"][0]["owner"]["here"] is False
            assert (await web.post(f"/rooms/{session.id}/say", text="May I come in?"))["handed_over"]
            said = ""
            while said != "May I come in?":
                events = (await frames.next("events"))["events"]
                said = next((e["body"]["text"] for e in events if e["by"] == "person:you"), "")
        await web.post(f"/rooms/{session.id}/pause", now=True)
        await running


async def test_speech_is_streamed_while_it_is_said(tmp_path: Path) -> None:
    async with site(str(tmp_path / "r.db"), latency=(0.2, 0.3)) as web:
        room = await web.begin()
        async with web.stream(rooms=room) as frames:
            chunk = await frames.next("chunk")
            said = (await frames.next("events"))["events"]
            while not (
                texts := [e["body"]["text"] for e in said if e["type"] == "message.said" and e["body"].get("seat")]
            ):
                said = (await frames.next("events"))["events"]
        assert chunk["text"][: -1 if chunk["at"] else None].strip()[:3] in texts[0]
        await web.post(f"/rooms/{room}/end", now=True)


async def test_a_position_that_is_none_or_far_away_is_answered_with_a_new_look(web: Site) -> None:
    room = await web.paused()
    for position in ("nonsense", "9" * 30, "\u0661"):
        async with web.stream(rooms=room, after=position) as frames:
            assert (await frames.next("resync"))["kind"] == "resync"


async def test_a_stream_that_cannot_be_is_refused(web: Site) -> None:
    many = [f"room-{n}" for n in range(33)]
    assert (await web.client.get("/api/v1/live", params={"rooms": many})).status_code == 400
    assert (await web.client.get("/api/v1/live", params={"wall": "perhaps"})).status_code == 400


def told(room: str, seq: int) -> Told:
    return Told(room=room, seq=seq, at="", type="message.said", by="AI-1", body=None)


async def test_a_slow_tab_keeps_bounded_frames_and_is_told_to_look_again() -> None:
    listener = Listener(["a"])
    for seq in range(1, 2000):
        listener.hear(Batch({"a": [told("a", seq)]}, str(seq)))
    data = await listener.next()
    assert len(data) < MOST_BYTES
    assert data.startswith(b"id: ")
    assert b"event: resync" in data
    after = int(data.split(b"\n")[0].removeprefix(b"id: "))
    rest = data.count(b"event: events")
    assert after + rest == 1999


async def test_a_hint_is_dropped_where_much_waits() -> None:
    listener = Listener(["a"])
    for _ in range(1000):
        listener.hint(frame("chunk", {}))
    assert (await listener.next()).count(b"event: chunk") == 64


@given(st.lists(st.integers(1, 5), min_size=1, max_size=8), st.data())
@settings(max_examples=60)
def test_wherever_the_reader_stands_a_listener_that_caught_up_hears_each_event_once(
    sizes: list[int], data: Any
) -> None:
    """Batches come while the listener catches up, before and after; what it read itself overlaps them at will."""
    total = sum(sizes)
    caught = data.draw(st.integers(0, total), label="caught up to")
    begun = data.draw(st.integers(0, len(sizes)), label="batches heard before it had caught up")
    listener, place, batches = Listener(["a"]), 0, []
    for size in sizes:
        batches.append(Batch({"a": [told("a", place + n + 1) for n in range(size)]}, str(place + size)))
        place += size
    covered = sum(sizes[:begun])
    listener.hold()
    for batch in batches[:begun]:
        listener.hear(batch)
    upto = max(caught, covered)  # it reads to the end, and the reader is never ahead of that
    if upto:
        listener.missed(Batch({"a": [told("a", n + 1) for n in range(upto)]}, str(upto)))
    listener.join()
    for batch in batches[begun:]:
        listener.hear(batch)
    heard = asyncio.run(listener.next())
    seqs = [int(part.split(b",")[0]) for part in heard.split(b'"seq":')[1:]]
    assert seqs == list(range(1, total + 1))
