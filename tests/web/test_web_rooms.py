"""Rooms over HTTP: begun, listed, read, spoken in, paused, ended, each answer as the document says."""

from __future__ import annotations

import asyncio

import pytest

from antiphon.testing.site import Site, site


async def test_a_room_is_begun_runs_here_and_is_read(web: Site) -> None:
    room = await web.begin(rounds=2, seed=7, labels={"study": "one"})
    assert await web.rests(room) == "ended"
    listed = await web.get("/rooms")
    assert (listed["total"], [line["room"] for line in listed["rooms"]]) == (1, [room])
    assert listed["rooms"][0]["labels"] == {"study": "one"}
    events = (await web.get(f"/rooms/{room}/events"))["events"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    said = [event for event in events if event["type"] == "message.said"]
    assert said
    assert all(event["html"].startswith("<li id=") for event in said)


async def test_a_stretch_of_events_is_chosen_by_its_bounds(web: Site) -> None:
    room = await web.begin(rounds=3, seed=7)
    await web.rests(room)
    whole = await web.get(f"/rooms/{room}/events", limit=500)
    newest = await web.get(f"/rooms/{room}/events", limit=5)
    before = await web.get(f"/rooms/{room}/events", limit=5, before=newest["first"])
    after = await web.get(f"/rooms/{room}/events", limit=5, after=before["first"] - 1)
    assert newest["events"] == whole["events"][-5:]
    assert before["events"] == whole["events"][-10:-5] == after["events"]
    only = await web.get(f"/rooms/{room}/events", type="message.said")
    assert {event["type"] for event in only["events"]} == {"message.said"}


async def test_the_words_that_surprise_are_told_for_a_stretch(web: Site) -> None:
    room = await web.begin(rounds=3, seed=7)
    await web.rests(room)
    texts = {
        event["seq"]: event["body"]["text"]
        for event in (await web.get(f"/rooms/{room}/events", type="message.said"))["events"]
    }
    told = await web.get(f"/rooms/{room}/tint")
    assert (told["first"], told["last"]) == (1, told["head"])
    assert {int(seq) for seq in told["tints"]} == set(texts)
    for seq, tint in told["tints"].items():
        ends = [0, *(place for start, end, _ in tint["spans"] for place in (start, end))]
        assert ends == sorted(ends)
        assert ends[-1] <= len(texts[int(seq)])
    newest = await web.get(f"/rooms/{room}/tint", limit=8)
    assert newest["tints"].items() <= told["tints"].items()


async def test_the_list_is_filtered_searched_and_paged(web: Site) -> None:
    one = await web.begin(rounds=1, labels={"arm": "a"})
    two = await web.begin(scenario="solo", rounds=1, labels={"arm": "b"})
    for room in (one, two):
        await web.rests(room)

    async def rooms(**query: object) -> list[str]:
        return [line["room"] for line in (await web.get("/rooms", **query))["rooms"]]

    assert await rooms(scenario="solo") == [two]
    assert await rooms(label="arm=a") == [one]
    assert await rooms(find=one[-8:]) == [one]
    assert await rooms(phase=["ended", "paused"], limit=1, start=1) == [one]
    assert await rooms(phase="live") == []


async def test_what_a_seat_saw_is_made_again_with_the_digest_that_was_sent(web: Site) -> None:
    room = await web.begin(rounds=2, seed=7)
    await web.rests(room)
    asked = (await web.get(f"/rooms/{room}/events", type="turn.requested"))["events"]
    seats = {event["body"]["turn"]: event["body"]["seat"] for event in asked}
    assert len(seats) >= 3
    for turn, seat in seats.items():
        view = await web.get(f"/rooms/{room}/seats/{seat}/view", turn=turn)
        assert view["digest"] == view["sent"], turn


async def test_a_person_speaks_whispers_mutes_and_changes_a_seat(web: Site) -> None:
    room = await web.paused()
    await web.post(f"/rooms/{room}/say", text="Good evening.", name="Ada")
    await web.post(f"/rooms/{room}/seats/AI-1/whisper", text="Between us.")
    await web.post(f"/rooms/{room}/seats/AI-2/mute", muted=True)
    await web.post(f"/rooms/{room}/seats/AI-1/change", temperature=0.25, prompt="Be brief.")
    await web.post(f"/rooms/{room}/invite", model="suspect", invitation="Come in.")
    await web.post(f"/rooms/{room}/seats/AI-2/remove")
    seats = {seat["seat"]: seat for seat in (await web.get(f"/rooms/{room}"))["seats"]}
    assert (seats["AI-1"]["temperature"], seats["AI-1"]["layers"]) == (0.25, 1)
    assert (seats["AI-2"]["muted"], seats["AI-2"]["left"], seats["AI-3"]["model"]) == (True, True, "suspect")
    events = (await web.get(f"/rooms/{room}/events", type="message.said"))["events"]
    assert [event["body"]["text"] for event in events[-2:]] == ["Good evening.", "Between us."]
    assert events[-1]["body"]["to"] == ["AI-1"]


async def test_a_room_is_paused_taken_up_again_and_ended(web: Site) -> None:
    room = await web.paused()
    assert (await web.get(f"/rooms/{room}"))["phase"] == "paused"
    await web.post(f"/rooms/{room}/resume")
    await web.post(f"/rooms/{room}/end", now=True)
    assert await web.rests(room) == "ended"
    refused = await web.client.post(f"/api/v1/rooms/{room}/say", json={"text": "too late"})
    assert (refused.status_code, refused.headers["content-type"]) == (409, "application/problem+json")


async def test_many_deeds_at_once_do_not_fence_each_other_out(web: Site) -> None:
    room = await web.paused()
    words = [web.post(f"/rooms/{room}/say", text=f"word {n}") for n in range(8)]
    await asyncio.gather(*words, web.post(f"/rooms/{room}/resume"))
    await web.post(f"/rooms/{room}/end", now=True)
    await web.rests(room)
    events = (await web.get(f"/rooms/{room}/events", type="message.said"))["events"]
    heard = {event["body"]["text"] for event in events}
    assert heard >= {f"word {n}" for n in range(8)}


async def test_a_person_types_in_a_human_seat(web: Site) -> None:
    room = await web.waiting(seats=["human", "human"])
    [seat] = [seat["seat"] for seat in (await web.get(f"/rooms/{room}"))["seats"] if seat["waits"]]
    await web.post(f"/rooms/{room}/seats/{seat}/speak", text="I sit here.")
    refused = await web.client.post(f"/api/v1/rooms/{room}/seats/{seat}/speak", json={"text": "And again."})
    assert refused.status_code == 409
    await web.post(f"/rooms/{room}/end", now=True)
    await web.rests(room)
    events = (await web.get(f"/rooms/{room}/events", type="message.said"))["events"]
    assert "I sit here." in [event["body"]["text"] for event in events]


async def test_rooms_that_run_here_are_paused_when_the_server_stops(tmp_path: object) -> None:
    journal = f"{tmp_path}/rooms.db"
    async with site(journal) as first:
        room = await first.waiting()
    async with site(journal) as second:
        line = (await second.get(f"/rooms/{room}"))["line"]
        assert (line["phase"], line["owner"], line["stopped"]) == ("paused", None, False)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"scenario": "nothing"}, 422),
        ({"scenario": "../../etc/passwd"}, 422),
        ({"scenario": "/etc/hosts.toml"}, 422),
        ({"scenario": "dyad", "seats": ["recording:/etc/passwd#root"]}, 422),
        ({"plan": {"name": "x", "seats": [{"model": "/etc/passwd#x", "provider": "recording"}]}}, 422),
        ({"scenario": "dyad", "policy": "/etc/passwd"}, 400),
        ({"scenario": "dyad", "unknown": 1}, 400),
        ({"scenario": "dyad", "settings": ["limits.seats=0"]}, 422),
        ({}, 422),
    ],
)
async def test_what_cannot_begin_says_why_and_reads_no_file(web: Site, body: object, status: int) -> None:
    refused = await web.client.post("/api/v1/rooms", json=body)
    assert refused.status_code == status, refused.text
    assert refused.json()["status"] == status
    assert (await web.get("/rooms"))["total"] == 0


async def test_a_paid_room_shows_its_price_and_begins_only_when_somebody_agreed(web: Site) -> None:
    body = {"scenario": "dyad", "seats": ["ollama:x", "echo"]}
    priced = await web.post("/preview", **body)
    if priced["forecast"] is None:
        pytest.skip("the local endpoint's models are free here")
    refused = await web.client.post("/api/v1/rooms", json=body)
    assert refused.status_code == 422
    assert "agreed" in refused.json()["detail"]
