"""The gate: never more than the limit, first come first served, nobody forgotten, one fall for one burst."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon.room.events import GateChanged
from antiphon.wire.gate import Gate, GateKey, Gates, Rates, Ticket, account_of

SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
Simulate = Any


def make(rates: Rates, told: list[GateChanged] | None = None) -> Gate:
    loop = asyncio.get_running_loop()
    return Gate(rates, now=loop.time, notice=(told if told is not None else []).append)


CALLER = st.tuples(
    st.floats(0, 5),  # comes
    st.floats(0, 3),  # works
    st.sampled_from(["answers", "answers", "fails", "throttled", "gives up"]),
    st.floats(0, 4),  # patience, or pause
    st.integers(0, 50),  # tokens
)


async def crowd(callers: list[tuple[float, float, str, float, int]], rates: Rates) -> tuple[Gate, list[int], list[int]]:
    """Send callers through a gate; gives it back with the order of coming and the order of being let in."""
    gate = make(rates)
    came: list[int] = []
    went: list[int] = []

    async def call(number: int, comes: float, works: float, how: str, pause: float, tokens: int) -> None:
        await asyncio.sleep(comes)
        came.append(number)
        ticket = await gate.enter(tokens)
        went.append(number)
        assert gate.in_flight <= max(int(gate.limit), peak[0])
        try:
            await asyncio.sleep(works)
        finally:
            peak[0] = gate.in_flight
            gate.leave(ticket, answered=how == "answers")
        if how == "throttled":
            gate.throttled(ticket, pause)

    async def impatient(number: int, *call_of: Any) -> None:
        try:
            async with asyncio.timeout(call_of[0] + call_of[3]):
                await call(number, *call_of)
        except TimeoutError:
            given_up.add(number)

    peak = [rates.in_flight]
    given_up: set[int] = set()
    async with asyncio.TaskGroup() as group:
        for number, caller in enumerate(callers):
            group.create_task((impatient if caller[2] == "gives up" else call)(number, *caller))
    return gate, [n for n in came if n in went], went


@SHARED
@given(callers=st.lists(CALLER, max_size=25), limit=st.integers(1, 5))
def test_nobody_is_forgotten_and_all_go_in_the_order_of_coming(
    simulate: Simulate, callers: list[Any], limit: int
) -> None:
    gate, came, went = simulate(crowd(callers, Rates(in_flight=limit)))
    assert (gate.in_flight, gate.waiting) == (0, 0)
    assert went == came
    patient = {number for number, caller in enumerate(callers) if caller[2] != "gives up"}
    assert patient <= set(went)


@SHARED
@given(
    holds=st.lists(st.floats(0.01, 3), min_size=1, max_size=30),
    limit=st.integers(1, 6),
    quitters=st.sets(st.integers(0, 29)),
)
def test_never_more_are_in_flight_than_the_limit_and_cancelled_waiters_leave_no_hole(
    simulate: Simulate, holds: list[float], limit: int, quitters: set[int]
) -> None:
    async def work() -> tuple[int, int]:
        gate = make(Rates(in_flight=limit, most=limit))
        peak = done = 0

        async def call(hold: float) -> None:
            nonlocal peak, done
            ticket = await gate.enter()
            peak = max(peak, gate.in_flight)
            try:
                await asyncio.sleep(hold)
                done += 1
            finally:
                gate.leave(ticket, answered=True)

        tasks = [asyncio.create_task(call(hold)) for hold in holds]
        await asyncio.sleep(0.005)
        for number in quitters & set(range(len(tasks))):
            tasks[number].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert (gate.in_flight, gate.waiting) == (0, 0)
        return peak, done

    peak, done = simulate(work())
    assert peak <= limit
    assert done == len(holds) - len(quitters & set(range(len(holds))))


@SHARED
@given(
    calls=st.lists(st.tuples(st.floats(0, 100), st.integers(0, 60)), min_size=1, max_size=30),
    requests=st.integers(1, 5),
    tokens=st.integers(60, 100),
)
def test_no_minute_holds_more_requests_or_tokens_than_allowed(
    simulate: Simulate, calls: list[tuple[float, int]], requests: int, tokens: int
) -> None:
    async def work() -> list[tuple[float, int]]:
        loop = asyncio.get_running_loop()
        gate = make(Rates(in_flight=100, requests=requests, tokens=tokens))
        let_in: list[tuple[float, int]] = []

        async def call(comes: float, cost: int) -> None:
            await asyncio.sleep(comes)
            gate.leave(await gate.enter(cost))
            let_in.append((loop.time(), cost))

        async with asyncio.TaskGroup() as group:
            for comes, cost in calls:
                group.create_task(call(comes, cost))
        return let_in

    let_in = simulate(work())
    assert len(let_in) == len(calls)
    for start, _ in let_in:
        minute = [cost for at, cost in let_in if start <= at < start + 60 - 1e-3]
        assert len(minute) <= requests
        assert sum(minute) <= tokens


async def test_a_call_bigger_than_a_whole_minute_goes_alone() -> None:
    gate = make(Rates(tokens=100))
    gate.leave(await asyncio.wait_for(gate.enter(5_000), 1))


async def test_a_burst_of_429s_is_one_episode() -> None:
    told: list[GateChanged] = []
    gate = make(Rates(in_flight=10), told)
    tickets = [await gate.enter() for _ in range(10)]
    for ticket in tickets:
        gate.leave(ticket)
        gate.throttled(ticket, 0.0)
    assert gate.limit == pytest.approx(8.0)
    assert [(change.why, change.limit_before) for change in told] == [("rate_limited", 10.0)]
    late = await gate.enter()
    gate.leave(late)
    gate.throttled(late, 0.0)
    assert gate.limit == pytest.approx(6.4)


async def test_the_limit_grows_by_one_an_answer_at_first_and_by_one_a_round_later() -> None:
    gate = make(Rates(in_flight=2))

    async def one_round() -> None:
        tickets = [await gate.enter() for _ in range(int(gate.limit))]
        for ticket in tickets:
            gate.leave(ticket, answered=True)

    await one_round()
    assert gate.limit == pytest.approx(3.0)  # only the answer that came while the gate was full taught anything
    ticket = await gate.enter()
    gate.leave(ticket)
    gate.throttled(ticket, 0.0)
    before = gate.limit
    tickets = [await gate.enter() for _ in range(int(gate.limit))]
    gate.leave(tickets[0], answered=True)
    assert gate.limit == pytest.approx(before + 1 / before)


def test_a_retry_after_is_one_pause_for_everybody(simulate: Simulate) -> None:
    async def work() -> tuple[list[float], list[GateChanged]]:
        told: list[GateChanged] = []
        gate = make(Rates(in_flight=5), told)
        loop = asyncio.get_running_loop()
        first = await gate.enter()
        gate.leave(first)
        gate.throttled(first, 7.0)
        let_in: list[float] = []

        async def call() -> None:
            gate.leave(await gate.enter())
            let_in.append(loop.time())

        await asyncio.gather(*(call() for _ in range(4)))
        return let_in, told

    let_in, told = simulate(work())
    assert let_in == pytest.approx([7.0] * 4, abs=1e-3)
    assert [change.pause for change in told] == [7.0]


class Server:
    """Answers in a second; refuses what is beyond its capacity, which nobody is told."""

    def __init__(self) -> None:
        self.capacity, self.busy, self.good, self.bad = 40, 0, 0, 0

    async def ask(self) -> bool:
        if self.busy >= self.capacity:
            self.bad += 1
            await asyncio.sleep(0.05)
            return False
        self.busy += 1
        await asyncio.sleep(1.0)
        self.busy -= 1
        self.good += 1
        return True


async def load(gate: Gate, seconds: float) -> Server:
    """Let 200 rooms talk through a gate; half of the server's capacity is lost half way."""
    server = Server()
    loop = asyncio.get_running_loop()

    async def room() -> None:
        while loop.time() < seconds:
            ticket: Ticket = await gate.enter()
            answered = await server.ask()
            gate.leave(ticket, answered=answered)
            if not answered:
                gate.throttled(ticket, 0.0)
                await asyncio.sleep(0.5)

    rooms = [asyncio.create_task(room()) for _ in range(200)]
    await asyncio.sleep(seconds / 2)
    server.capacity //= 2
    await asyncio.gather(*rooms)
    return server


class Fixed(Gate):
    """Is a cap that never learns."""

    def leave(self, ticket: Ticket, *, answered: bool = False) -> None:  # noqa: ARG002 - it learns nothing from it
        super().leave(ticket)

    def throttled(self, ticket: Ticket, pause: float) -> None:
        """Learn nothing."""


def test_an_adapting_gate_beats_every_fixed_cap_at_a_server_that_halves(simulate: Simulate) -> None:
    async def adapting() -> Server:
        return await load(make(Rates(in_flight=4)), 240)

    async def fixed(cap: int) -> Server:
        return await load(Fixed(Rates(in_flight=cap), now=asyncio.get_running_loop().time), 240)

    ours = simulate(adapting())
    possible = 40 * 120 + 20 * 120
    assert ours.good >= 0.9 * possible
    assert ours.bad <= 0.03 * (ours.good + ours.bad)
    small, fit = simulate(fixed(10)), simulate(fixed(40))
    assert ours.good > 1.5 * small.good
    assert fit.bad / (fit.good + fit.bad) > 3 * ours.bad / (ours.good + ours.bad)


def test_the_same_key_is_the_same_gate_and_hides_the_account() -> None:
    told: list[tuple[GateKey, GateChanged]] = []
    gates = Gates(now=lambda: 0.0, notice=lambda key, change: told.append((key, change)))
    key = GateKey("api.example.org", account_of("canary-key"), "m")
    assert gates.gate(key) is gates.gate(GateKey("api.example.org", account_of("canary-key"), "m"))
    assert gates.gate(key) is not gates.gate(GateKey("api.example.org", account_of("another"), "m"))
    assert "canary" not in key.stream()
    assert account_of("") == ""
    gates.gate(key).throttled(Ticket(0, 0.0, 0), 2.0)
    assert [(k, change.why, change.pause) for k, change in told] == [(key, "rate_limited", 2.0)]
