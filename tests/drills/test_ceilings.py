"""What a room may spend holds against a model that wants more: through the real engine, over HTTP."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from antiphon.library.care import verify_rooms
from antiphon.library.laboratory import Laboratory
from antiphon.room.events import SeatJoined, TurnEnded
from antiphon.room.records import decode
from antiphon.room.scenario import Ceilings, Guest, Scenario, SeatPlan
from antiphon.testing.endpoint import Endpoint, Seen
from antiphon.testing.gaps import Trap, TrappedJournal

GREEDY = tuple(f"greedy-{number}" for number in range(1, 6))
GUESTS = tuple(Guest(model=name) for name in GREEDY[1:])
MEGABYTE = 1 << 20
MESSAGES, TOKENS = 60, 500_000
"""The ceilings of a room whose scenario names none, as the design promises them."""

Start = Callable[..., Awaitable[Any]]  # Any: conftest's Command


def shelf(folder: Path, url: str, *, cost: str = "unknown") -> dict[str, str]:
    """Write a person's models.toml with five models at one address; give the environment that names it."""
    cards = (f'[[models]]\nid = "{name}"\nbase_url = "{url}"\ncost = "{cost}"\n' for name in GREEDY)
    folder.mkdir()
    (folder / "models.toml").write_text("\n".join(cards), encoding="utf-8")
    return {"ANTIPHON_CONFIG": str(folder), "ANTIPHON_DATA": str(folder)}


def greedy(size: int) -> Callable[[Seen], str]:
    """Answer with an invitation to each of four others, and then `size` bytes."""
    invitations = "".join(f'!add_ai "{name}" "Come in and speak at length."\n' for name in GREEDY[1:])
    return lambda _: invitations + "on and on " * (size // 10)


@pytest.mark.parametrize(
    ("size", "streamed", "why"),
    [(MEGABYTE, False, "ceiling.tokens"), (MEGABYTE, True, "ceiling.tokens"), (2_000, False, "ceiling.messages")],
)
async def test_a_model_that_invites_four_others_and_never_stops_stays_within_the_ceilings(
    size: int,
    streamed: bool,  # noqa: FBT001 - a column of the table
    why: str,
    tmp_path: Path,
) -> None:
    plan = Scenario(name="greedy", seats=(SeatPlan(model=GREEDY[0]),), rights=("*",), guests=GUESTS)
    async with Endpoint(answer=greedy(size)) as endpoint:
        endpoint.chunk = 1 << 14
        env = shelf(tmp_path / "config", endpoint.url)
        async with Laboratory(str(tmp_path / "j.db"), env=env) as laboratory:
            session = await laboratory.begin(plan)
            session.conductor.chunks = (lambda _seat, _text: None) if streamed else None
            await session.run()
            state = session.state
            events = [decode(record).body for record in await laboratory.journal.read(session.id)]
            [checked] = await verify_rooms(laboratory, views=True)
    assert checked.broken is None
    assert (state.phase, state.why) == ("paused", why)
    assert state.messages <= MESSAGES
    assert state.tokens <= TOKENS
    assert len(endpoint.seen) == sum(isinstance(body, TurnEnded) for body in events)
    assert 4 <= sum(isinstance(body, SeatJoined) for body in events) <= 5  # nobody invites more than three
    print("calls", len(endpoint.seen), "messages", state.messages, "tokens", state.tokens, "seats", len(state.seats))  # noqa: T201 - a figure


async def test_a_money_limit_over_a_model_without_a_price_refuses_to_start_and_names_the_line(
    tmp_path: Path, antiphon: Start
) -> None:
    async with Endpoint() as endpoint:
        env = shelf(tmp_path / "shelf", endpoint.url, cost="paid")
        words = ("run", "dyad", "--seat", GREEDY[0], "--money", "1", "--yes", "--journal", tmp_path / "j.db")
        code, said = await (await antiphon(*words, env=env)).ended()
    assert code == 2
    assert "price = { input =" in said
    assert "models.toml" in said
    assert GREEDY[0] in said
    assert endpoint.seen == []


async def test_a_paid_room_asks_before_its_first_call_and_without_an_answer_calls_nobody(
    tmp_path: Path, antiphon: Start
) -> None:
    async with Endpoint() as endpoint:
        env = shelf(tmp_path / "shelf", endpoint.url, cost="paid")
        code, said = await (await antiphon("run", "dyad", "--seat", GREEDY[0], env=env)).ended()
    assert code == 2
    assert "--yes" in said
    assert endpoint.seen == []


async def test_a_key_in_the_environment_alone_calls_nobody(tmp_path: Path, antiphon: Start) -> None:
    async with Endpoint() as endpoint:
        root = endpoint.url.removesuffix("/v1")
        keys = dict.fromkeys(("OPENAI_API_KEY", "OPENROUTER_API_KEY"), "sk-canary-1234567890")
        proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"), root)
        endpoints = "".join(
            f'[[endpoints]]\nname = "{name}"\nbase_url = "{endpoint.url}"\nkey = "{name.upper()}_API_KEY"\n'
            for name in ("openai", "openrouter")
        )
        config = tmp_path / "shelf"
        config.mkdir()
        (config / "models.toml").write_text(endpoints, encoding="utf-8")
        env = {**keys, **proxies, "ANTIPHON_CONFIG": str(config), "OPENAI_BASE_URL": endpoint.url}
        room = await antiphon("run", "backrooms", "--rounds", "2", "--json", "--journal", tmp_path / "j.db", env=env)
        printed = await room.rest()
    assert b'"type":"room.ended"' in printed[-1]
    assert b"sk-canary" not in b"".join(printed)
    assert endpoint.seen == []


class HaltError(Exception):
    """Stops a process where a drill would kill it."""


def halt() -> None:
    raise HaltError


async def test_calls_that_were_lost_stay_paid_for_and_the_ceiling_holds(tmp_path: Path) -> None:
    plan = Scenario(name="unlucky", seats=(SeatPlan(model=GREEDY[0]),), ceilings=Ceilings(tokens=4_000))
    async with Endpoint() as endpoint:
        env = shelf(tmp_path / "config", endpoint.url)
        phase = "live"
        for deaths in range(10):
            journal = TrappedJournal(tmp_path / "j.db", Trap("before the reply", 2 if deaths else 1, halt))
            async with Laboratory(journal, env=env) as laboratory:
                session = await (laboratory.resume("unlucky") if deaths else laboratory.begin(plan, name="unlucky"))
                with contextlib.suppress(HaltError):
                    await session.run()
                phase, spent = session.state.phase, session.state.tokens
                events = [decode(record).body for record in await laboratory.journal.read("unlucky")]
            await journal.close()
            if phase == "paused":
                break
    lost = [body for body in events if isinstance(body, TurnEnded) and body.outcome == "lost"]
    assert (phase, session.state.why) == ("paused", "ceiling.tokens")
    assert len(endpoint.seen) == len(lost) == deaths >= 2
    assert 4_000 - 1_500 < spent <= 4_000  # nobody knows what was billed: what was set aside is held to be spent
