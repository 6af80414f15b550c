"""Forks over HTTP: with other models and texts, a message said anew, families, and where two rooms part."""

from __future__ import annotations

import pytest

from antiphon.testing.site import Site


async def finished(web: Site, **how: object) -> str:
    """Run a short room to its end and give its id."""
    room = await web.begin(**({"rounds": 2, "seed": 7} | how))
    await web.rests(room)
    return room


async def said(web: Site, room: str) -> list[dict[str, object]]:
    """List a room's messages of seats."""
    events = (await web.get(f"/rooms/{room}/events", type="message.said", limit=500))["events"]
    return [event for event in events if event["by"].startswith("AI-")]


async def test_a_fork_has_its_own_model_prompt_temperature_and_rules(web: Site) -> None:
    parent = await finished(web)
    at = (await said(web, parent))[0]["seq"]
    made = await web.post(
        f"/rooms/{parent}/forks",
        at=at,
        seats=["AI-2=suspect"],
        prompts={"AI-1": "Be brief."},
        temperatures={"AI-1": 0.5},
        rules=["who_speaks.random"],
        rounds=1,
    )
    [fork] = made["rooms"]
    await web.rests(fork)
    state = await web.get(f"/rooms/{fork}")
    assert (state["line"]["parent"], state["line"]["forked_at"]) == (parent, made["forked_at"])
    one, two = state["seats"]
    assert (one["temperature"], one["layers"], two["model"]) == (0.5, 1, "suspect")
    family = await web.get(f"/rooms/{parent}/family")
    assert [line["room"] for line in family["forks"]] == [fork]
    assert (await web.get(f"/rooms/{fork}/family"))["parent"]["room"] == parent


async def test_the_events_of_a_fork_are_told_with_its_parents_prefix(web: Site) -> None:
    parent = await finished(web)
    [fork] = (await web.post(f"/rooms/{parent}/forks", run=False))["rooms"]
    whole = (await web.get(f"/rooms/{fork}/events", limit=500))["events"]
    assert [event["seq"] for event in whole] == list(range(1, len(whole) + 1))
    kept = (await web.get(f"/rooms/{parent}/events", limit=500))["events"]
    assert [event["html"] for event in whole[:5]] == [event["html"] for event in kept[:5]]


async def test_a_message_is_said_anew_several_times_and_each_waits_after_it(web: Site) -> None:
    parent = await finished(web)
    message = (await said(web, parent))[-1]
    made = await web.post(f"/rooms/{parent}/messages/{message['seq']}/again", count=3, temperature=1.5)
    assert len(made["rooms"]) == 3
    assert made["forked_at"] < message["seq"]
    before = len(await said(web, parent))
    for fork in made["rooms"]:
        assert await web.rests(fork) == "paused"
        messages = await said(web, fork)
        assert len(messages) == before
        assert messages[-1]["by"] == message["by"]
        parted = await web.get(f"/rooms/{parent}/compare/{fork}")
        assert (parted["equal"], parted["shared"]) >= (before - 1, made["forked_at"])


async def test_what_cannot_be_said_anew_says_why(web: Site) -> None:
    room = await finished(web)
    for seq in (1, 100_000):
        refused = await web.client.post(f"/api/v1/rooms/{room}/messages/{seq}/again", json={})
        assert refused.status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {"seats": ["AI-1=recording:/etc/passwd#root"]},
        {"settings": ["guests=[{model='recording:/etc/passwd#root'}]", "policy=/etc/passwd"]},
        {"settings": ["policy=/etc/passwd"]},
        {"seats": ["AI-9=echo"]},
        {"rules": ["who_speaks.nobody"]},
    ],
)
async def test_a_fork_that_cannot_be_leaves_no_room_behind(web: Site, body: dict[str, object]) -> None:
    room = await finished(web)
    refused = await web.client.post(f"/api/v1/rooms/{room}/forks", json=body)
    assert refused.status_code == 422, refused.text
    assert (await web.get("/rooms"))["total"] == 1


async def test_a_room_beside_itself_has_no_difference(web: Site) -> None:
    room = await finished(web)
    same = await web.get(f"/rooms/{room}/compare/{room}")
    assert (same["first"], same["second"], same["equal"]) == (None, None, len(await said(web, room)) + 1)


async def test_a_seats_past_and_measures_are_told(web: Site) -> None:
    room = await web.paused()
    await web.post(f"/rooms/{room}/seats/AI-1/change", temperature=0.25, prompt="Be brief.")
    past = await web.get(f"/rooms/{room}/seats/AI-1")
    assert [change["what"] for change in past["changes"]] == ["temperature", "add"]
    assert past["system"].endswith("Be brief.")
    other = await finished(web)
    table = await web.get(f"/rooms/{other}/measures")
    assert {message["seq"] for message in await said(web, other)} <= set(table["seqs"])
    assert len(table["rows"]) == len(table["seqs"])
    assert "novelty" in table["columns"]
    assert all(turn["outcome"] == "said" for turn in (await web.get(f"/rooms/{other}/seats/AI-1"))["turns"])
