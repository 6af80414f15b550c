"""Whole rooms over HTTP against our own endpoint: every fault an event, no fault a word, the room goes on."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.errors import CeilingError, UnknownName
from antiphon.library.care import verify_rooms
from antiphon.library.laboratory import Laboratory
from antiphon.library.session import Session
from antiphon.room.events import (
    EffectEnded,
    Event,
    MessageSaid,
    RuleNoted,
    SeatChanged,
    StateChanged,
    TurnEnded,
)
from antiphon.room.records import decode
from antiphon.room.scenario import Pictures, Scenario, SeatPlan
from antiphon.runner.history import history
from antiphon.testing.accounts import accounts_of
from antiphon.testing.endpoint import Endpoint, Fault, Seen
from antiphon.wire.retries import Retries

ANSWER = "A plain answer of a few words."
MESSAGES = 8
KEY = "canary-4fe1b09d7a62-key"

SHELF = """
[[endpoints]]
name = "here"
base_url = "{url}"
key = "{key}"
cost = "{cost}"

[[models]]
id = "painted"
endpoint = "here"
takes = ["parts", "images"]

[[models]]
id = "base"
endpoint = "here"
base = true
"""

FAULTS = {
    "server error": (Fault.server_error(), "unavailable", True),
    "limit": (Fault.rate_limited(), "rate_limited", True),
    "hang up": (Fault(hang_up=True), "disconnected", True),
    "garbled": (Fault(garble=True), "malformed", False),
    "refused": (Fault(status=400, error={"error": {"message": "no"}}), "refused", False),
}
"""Name -> what is injected, the kind it becomes, and whether it is asked again within the turn."""

Slowly: TypeAlias = Callable[[], Awaitable[bool]]


class Place:
    """Is a laboratory and the endpoint its rooms ask."""

    def __init__(self, laboratory: Laboratory, endpoint: Endpoint) -> None:
        self.laboratory, self.endpoint = laboratory, endpoint

    async def begin(self, *models: str, streamed: bool = False, **plan: Any) -> Session:
        ceilings = {name: plan.pop(name) for name in ("messages", "tokens", "money") if name in plan}
        seats = plan.pop("seats", tuple(SeatPlan(model=model) for model in models))
        scenario = Scenario(name="over-http", seats=seats, **plan)
        session = await self.laboratory.begin(scenario, seed=7, **{"messages": MESSAGES, **ceilings})
        return self.listening(session, streamed=streamed)

    @staticmethod
    def listening(session: Session, *, streamed: bool) -> Session:
        session.conductor.chunks = (lambda _seat, _text: None) if streamed else None
        return session

    async def events(self, session: Session) -> list[Event]:
        [checked] = await verify_rooms(self.laboratory, [session.id], views=True)
        assert checked.broken is None
        return [decode(record) for record in await history(self.laboratory.journal, session.id)]

    def asked(self) -> list[Any]:
        """Give the bodies of all chat requests, oldest first."""
        return [seen.json() for seen in self.endpoint.seen if seen.path.endswith("/completions")]


@asynccontextmanager
async def place(
    folder: Path, *, key: str = "", cost: str = "unknown", journal: str = "memory:", **env: str
) -> AsyncIterator[Place]:
    async with Endpoint(answer=lambda _: ANSWER) as endpoint:
        (folder / "models.toml").write_text(SHELF.format(url=endpoint.url, key=key, cost=cost), encoding="utf-8")
        async with Laboratory(journal, env={"ANTIPHON_CONFIG": str(folder), **env}) as laboratory:
            laboratory.company.wire().retries = Retries(first=0.001)
            yield Place(laboratory, endpoint)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Place]:
    async with place(tmp_path) as found:
        yield found


def bodies(events: Sequence[Event], kind: type[Any]) -> list[Any]:
    return [event.body for event in events if isinstance(event.body, kind)]


BOTH = pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])


# ------------------------------------------------------------------------------------------ faults


@BOTH
@pytest.mark.parametrize("name", list(FAULTS))
async def test_a_passing_fault_is_an_event_and_the_room_goes_on(here: Place, name: str, *, streamed: bool) -> None:
    fault, kind, again = FAULTS[name]
    here.endpoint.plan.extend([Fault(), Fault(), fault, Fault(), fault])
    session = await here.begin("here:one", "here:two", streamed=streamed)
    await session.run()
    events = await here.events(session)
    accounts = accounts_of(events)
    assert (session.state.phase, session.state.why) == ("paused", "ceiling.messages")
    assert accounts.faults == {kind: 2}
    assert (accounts.said, accounts.failed) == (MESSAGES, 0 if again else 2)
    assert accounts.calls == len(here.asked()) == MESSAGES + 2
    assert {body.text for body in bodies(events, MessageSaid)} == {ANSWER}


@given(faults=st.lists(st.sampled_from([None, *FAULTS]), max_size=14), streamed=st.booleans())
@settings(max_examples=20, deadline=None)
def test_whatever_faults_come_the_books_balance(faults: list[str | None], *, streamed: bool) -> None:
    async def run(folder: Path) -> None:
        async with place(folder) as here:
            here.endpoint.plan.extend(FAULTS[name][0] if name else Fault() for name in faults)
            session = await here.begin("here:one", "here:two", "here:three", streamed=streamed)
            await session.run()
            events = await here.events(session)
            accounts = accounts_of(events)
            met = Counter(FAULTS[name][1] for name in faults[: len(here.asked())] if name)
            assert accounts.faults == met
            assert accounts.calls == len(here.asked()) == accounts.said + met.total()
            assert {body.text for body in bodies(events, MessageSaid)} <= {ANSWER}
            assert session.state.why in {"ceiling.messages", "failures"}

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


async def test_a_stream_that_breaks_keeps_what_had_arrived_and_shows_it_to_nobody(here: Place) -> None:
    here.endpoint.chunk = 5
    here.endpoint.plan.extend([Fault(), Fault(cut_after=4)])
    session = await here.begin("here:one", "here:two", streamed=True, messages=3)
    await session.run()
    failed = [body for body in bodies(await here.events(session), TurnEnded) if body.outcome == "failed"]
    assert [(body.partial, body.error.kind) for body in failed] == [(ANSWER[:15], "disconnected")]
    assert here.asked()[1]["messages"] == here.asked()[2]["messages"]


async def test_a_429_moves_the_gate_and_the_room_notes_it(here: Place) -> None:
    here.endpoint.plan.extend([Fault(), Fault.rate_limited("0.01")])
    session = await here.begin("here:one", "here:one", messages=4)
    await session.run()
    notes = [body.data for body in bodies(await here.events(session), RuleNoted) if body.rule == "gate"]
    assert [(note["why"], note["from"], note["to"], note["pause"]) for note in notes] == [("rate_limited", 4.0, 3.2, 0.01)]


@BOTH
async def test_a_room_in_which_everything_fails_pauses_and_goes_on_when_the_endpoint_is_well(
    here: Place, *, streamed: bool
) -> None:
    here.endpoint.always = Fault(garble=True)
    session = await here.begin("here:one", "here:two", streamed=streamed)
    await session.run()
    assert (session.state.phase, session.state.why) == ("paused", "failures")
    assert accounts_of(await here.events(session)).failed == session.state.scenario.limits.failures_in_row
    here.endpoint.always = Fault()
    session = here.listening(await here.laboratory.resume(session.id), streamed=streamed)
    await session.run()
    events = await here.events(session)
    assert session.state.why == "ceiling.messages"
    assert accounts_of(events).said == MESSAGES


# ------------------------------------------------------------------------------------------ models that are gone


async def test_a_model_that_answered_and_is_gone_pauses_the_room(here: Place) -> None:
    here.endpoint.plan.extend([Fault(), Fault(), Fault.gone()])
    session = await here.begin("here:one", "here:two")
    await session.run()
    events = await here.events(session)
    paused = bodies(events, StateChanged)[-1]
    assert (paused.after, paused.rule) == ("paused", "provider.model_gone")
    assert paused.numbers == {"seat": "AI-1", "model": "one"}
    assert accounts_of(events).faults == {"model_gone": 1}


def only(model: str, fault: Fault, *, after: int = 0) -> Callable[[Seen], Fault | None]:
    """Give a fault to each request for a model, but for the first few."""
    count = Counter[str]()

    def choose(seen: Seen) -> Fault | None:
        asked = seen.json()["model"]
        count[asked] += 1
        return fault if asked == model and count[asked] > after else None

    return choose


@pytest.mark.parametrize("via", ["here:spare", "spare"], ids=["at an endpoint by name", "where the seat itself asks"])
async def test_with_a_fallback_a_gone_model_is_replaced_under_its_own_name(here: Place, via: str) -> None:
    here.endpoint.choose = only("one", Fault.gone(), after=2)
    seats = (SeatPlan(model="here:one", via=(via,)), SeatPlan(model="here:two"))
    session = await here.begin(seats=seats)
    await session.run()
    events = await here.events(session)
    assert session.state.why == "ceiling.messages"
    assert accounts_of(events).faults == {"model_gone": 1}
    [changed] = bodies(events, SeatChanged)
    assert changed.after["model"] == "spare"
    assert [asked["model"] for asked in here.asked()] == ["one", "two", "one", "two", "one", *["spare", "two"] * 2]


async def test_an_endpoint_that_stays_down_is_left_for_the_fallback_after_two_turns(here: Place) -> None:
    here.endpoint.choose = only("one", Fault.server_error())
    seats = (SeatPlan(model="here:one", via=("echo",)), SeatPlan(model="here:two"))
    session = await here.begin(seats=seats, messages=4)
    await session.run()
    events = await here.events(session)
    assert (session.state.why, session.state.seats["AI-1"].provider) == ("ceiling.messages", "builtin")
    assert accounts_of(events).failed == 2


async def test_a_fallback_that_nobody_could_ask_is_refused_before_the_room_opens(here: Place) -> None:
    with pytest.raises(UnknownName, match="nowhere"):
        await here.begin(seats=(SeatPlan(model="echo", via=("nowhere",)),))
    assert here.endpoint.seen == []


async def test_a_free_room_that_falls_back_to_a_model_that_may_cost_has_ceilings(tmp_path: Path) -> None:
    async with place(tmp_path) as here:
        seats = (SeatPlan(model="echo", via=("here:one",)), SeatPlan(model="listener"))
        session = await here.laboratory.begin(Scenario(name="free", seats=seats))
        assert (session.state.ceilings.messages, session.state.ceilings.tokens) == (60, 500_000)
        await session.release()
        with pytest.raises(CeilingError, match="one"):
            await here.laboratory.begin(Scenario(name="free", seats=seats), money=1.0)


async def test_a_person_who_gives_a_free_room_a_model_that_may_cost_gives_it_ceilings(here: Place) -> None:
    session = await here.laboratory.begin(Scenario(name="free", seats=(SeatPlan(model="echo"),)))
    assert session.state.ceilings.messages is None
    await session.release()
    await here.laboratory.ask(session.id, "change", seat="AI-1", what="model", value="here:one")
    events = await here.events(session)
    assert [body.data["messages"] for body in bodies(events, RuleNoted) if body.rule == "ceilings"] == [60]


# ------------------------------------------------------------------------------------------ full contexts


async def test_a_refusal_for_length_makes_room_once_and_the_seat_is_asked_again(here: Place) -> None:
    here.endpoint.plan.extend([*[Fault()] * 6, Fault(garble=True), Fault.too_long()])
    session = await here.begin("here:one", "here:two", overflow="drop_oldest", messages=10)
    await session.run()
    events = await here.events(session)
    assert session.state.why == "ceiling.messages"
    assert accounts_of(events).faults == {"malformed": 1, "context_length": 1}
    notes = [body for body in bodies(events, RuleNoted) if body.rule in {"context_length", "overflow"}]
    assert [note.rule for note in notes] == ["context_length", "overflow"]
    refused, again = here.asked()[7], here.asked()[8]
    assert refused["model"] == again["model"]
    assert len(again["messages"]) < len(refused["messages"])


async def test_a_second_refusal_for_length_pauses_the_room(here: Place) -> None:
    here.endpoint.plan.extend([*[Fault()] * 6, Fault.too_long(), Fault.too_long()])
    session = await here.begin("here:one", "here:two", overflow="drop_oldest", messages=20)
    await session.run()
    events = await here.events(session)
    assert (session.state.phase, session.state.why) == ("paused", "overflow")
    assert accounts_of(events).faults == {"context_length": 2}
    session = await here.laboratory.resume(session.id)
    await session.run()
    assert session.state.why == "ceiling.messages"


async def test_a_room_that_would_rather_pause_does_so_at_the_first_refusal_for_length(here: Place) -> None:
    here.endpoint.plan.extend([*[Fault()] * 4, Fault.too_long()])
    session = await here.begin("here:one", "here:two", overflow="pause")
    await session.run()
    assert (session.state.phase, session.state.why) == ("paused", "overflow")
    assert len(here.asked()) == 5


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
    assert [body.text for body in said[1:]] == ["I go on."] * 3 or {body.text for body in said[1:]} == {
        "I go on.",
        "I go on.\nbase 2: And I would have said this.",
    }
    assert {seen.path for seen in here.endpoint.seen} == {"/v1/completions"}
    assert here.asked()[0]["prompt"].endswith("base: Begin.\n\nbase 2:")


# ------------------------------------------------------------------------------------------ cut short


def cut_after(session: Session, pieces: int, how: Callable[[], Awaitable[None]]) -> list[str]:
    """Have `how` done when so many pieces were heard; gives the list they are gathered in."""
    heard: list[str] = []
    tasks: list[asyncio.Task[None]] = []

    async def act() -> None:
        await how()

    def hear(_: str, text: str) -> None:
        heard.append(text)
        if len(heard) == pieces:
            tasks.append(asyncio.get_running_loop().create_task(act()))

    session.conductor.chunks = hear
    return heard


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
    async with asyncio.timeout(5):
        while here.endpoint.in_flight:  # the endpoint learns of it with its next piece
            await asyncio.sleep(0.01)


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


# ------------------------------------------------------------------------------------------ keys


ECHOES = {
    "error": Fault(status=400, error={"error": {"message": f"bad key {KEY}", "code": KEY, "type": f"t {KEY}"}}),
    "header": Fault(status=500, error={}, headers=(("X-Echo", KEY), ("Retry-After", KEY))),
    "speech": Fault(body={"id": KEY, "model": KEY, "choices": [{"message": {"content": f"It is {KEY}, no?"}}]}),
    "reasoning": Fault(body={"choices": [{"message": {"content": "Well.", "reasoning_content": f"It is {KEY}."}}]}),
    "pieces": Fault(
        sse=tuple(b'{"choices":[{"delta":{"content":"%s"}}]}' % part.encode() for part in ("Is ", KEY[:9], KEY[9:]))
        + (b'{"choices":[{"delta":{},"finish_reason":"stop"}]}',)
    ),
    "broken": Fault(sse=(b'{"choices":[{"delta":{"content":"' + KEY.encode() + b'"}}]}', b"{")),
}


@pytest.mark.parametrize("echo", list(ECHOES))
async def test_a_key_reaches_nothing_that_is_kept_shown_or_told(
    tmp_path: Path, echo: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(0)
    kept, heard = tmp_path / "data" / "j.db", list[str]()
    kept.parent.mkdir()
    async with place(tmp_path, key="MY_KEY", journal=str(kept), MY_KEY=KEY) as here:
        here.endpoint.always = ECHOES[echo]
        session = await here.begin("here:one", "here:two", messages=3)
        if echo in {"pieces", "broken"}:
            session.conductor.chunks = lambda _, text: heard.append(text)
        await session.run()
        lines = b"".join(record.body or b"" for record in await here.laboratory.journal.read(session.id))
        assert {seen.headers["authorization"] for seen in here.endpoint.seen} == {f"Bearer {KEY}"}
    assert b"MY_KEY" in lines
    files = b"".join(path.read_bytes() for path in kept.parent.rglob("*") if path.is_file())
    out, err = capfd.readouterr()
    for place_ in (lines, files, "".join(heard).encode(), caplog.text.encode(), out.encode(), err.encode()):
        assert KEY.encode() not in place_
    if echo in {"speech", "reasoning", "pieces", "broken"}:
        assert b"[key]" in lines


async def test_a_stream_cut_in_the_middle_of_a_key_keeps_no_part_of_it(tmp_path: Path) -> None:
    pieces = [b'{"choices":[{"delta":{"content":"%s"}}]}' % part.encode() for part in ("Is ", "it ", KEY[:9], "x")]
    async with place(tmp_path, key="MY_KEY", MY_KEY=KEY) as here:
        here.endpoint.always, here.endpoint.pace = Fault(sse=(*pieces[:3], *[b'{"choices":[]}'] * 400)), 0.01
        session = await here.begin("here:one")
        heard = cut_after(session, 2, lambda: _in_a_moment(session))
        await session.run()
        [said] = bodies(await here.events(session), MessageSaid)
    assert (said.text, "".join(heard)) == ("Is it ", "Is it ")


async def _in_a_moment(session: Session) -> None:
    await asyncio.sleep(0.1)
    await session.pause(now=True)


# ------------------------------------------------------------------------------------------ what an endpoint says


async def test_what_an_endpoint_says_of_its_models_holds_for_models_without_a_card(tmp_path: Path) -> None:
    async with place(tmp_path) as here:
        (tmp_path / "models.toml").write_text(
            f'[[endpoints]]\nname = "odd"\nbase_url = "{here.endpoint.url}"\nmax_tokens_name = "longest"\n'
            'requests_a_minute = 3\nin_flight = 2\n',
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
