"""The wire itself: what it bounds, what it ignores, and how it behaves at an endpoint that bears little."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from antiphon.errors import ProviderFailure
from antiphon.room.events import GateChanged
from antiphon.testing.endpoint import Endpoint, Fault
from antiphon.wire import client as client_module
from antiphon.wire.answers import Answer, Bounds
from antiphon.wire.client import Call, Timeouts, Wire
from antiphon.wire.gate import GateKey, Gates
from antiphon.wire.retries import Retries

KEY = GateKey("here", "", "tiny")
ASKED = msgspec.json.encode({"model": "tiny", "messages": [{"role": "user", "content": "Hi"}]})


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    async with Endpoint() as running:
        yield running


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    made = Wire(retries=Retries(attempts=3, first=0.01), timeouts=Timeouts(read=0.3, idle=0.3))
    yield made
    await made.close()


def call(url: str, *, stream: bool = False, total: float = 5.0) -> Call:
    body = ASKED[:-1] + b',"stream":true}' if stream else ASKED
    return Call(url=f"{url}/chat/completions", body=body, gate=KEY, total=total)


def sink(wire: Wire) -> Answer:
    return Answer(scrub=wire.scrub, now=lambda: 0, bounds=Bounds())


async def test_no_proxy_of_the_environment_is_asked(
    endpoint: Endpoint, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    answer, _ = await wire.post(call(endpoint.url), lambda: sink(wire))
    assert answer.text


async def test_a_connection_is_used_again(endpoint: Endpoint, wire: Wire) -> None:
    for how in (wire.post, wire.stream, wire.post, wire.stream):
        await how(call(endpoint.url, stream=how == wire.stream), lambda: sink(wire))
        await asyncio.sleep(0)
    assert len(endpoint._open) == 1


async def test_silence_ends_a_call_and_is_not_asked_again(endpoint: Endpoint, wire: Wire) -> None:
    endpoint.always = Fault(latency=5)
    for how in (wire.post, wire.stream):
        with pytest.raises(ProviderFailure) as caught:
            await how(call(endpoint.url), lambda: sink(wire))
        assert (caught.value.kind, caught.value.attempts) == ("timeout", 1)


async def test_the_total_counts_waiting_and_attempts(endpoint: Endpoint, wire: Wire) -> None:
    endpoint.always = Fault.rate_limited("30")
    with pytest.raises(ProviderFailure) as caught:
        await wire.post(call(endpoint.url, total=0.5), lambda: sink(wire))
    assert (caught.value.kind, caught.value.attempts, caught.value.retry_after) == ("rate_limited", 1, 30.0)
    with pytest.raises(ProviderFailure, match=r"more than 0\.2 seconds") as caught:
        await wire.post(call(endpoint.url, total=0.2), lambda: sink(wire))
    assert caught.value.kind == "timeout"
    assert len(endpoint.seen) == 1


async def test_an_answer_without_end_is_not_read_to_the_end(
    endpoint: Endpoint, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "ANSWER_BYTES", 10_000)
    endpoint.always = Fault(size=100_000)
    with pytest.raises(ProviderFailure, match="more than 10000 bytes") as caught:
        await wire.post(call(endpoint.url), lambda: sink(wire))
    assert caught.value.kind == "malformed"


@pytest.mark.parametrize("stream", [False, True])
async def test_a_web_page_is_no_answer(endpoint: Endpoint, wire: Wire, *, stream: bool) -> None:
    page = Fault(body=b"<html>Welcome</html>", headers=(("Content-Type", "text/html"),))
    endpoint.always = page
    with pytest.raises(ProviderFailure) as caught:
        await (wire.stream if stream else wire.post)(call(endpoint.url), lambda: sink(wire))
    assert (caught.value.kind, caught.value.attempts) == ("malformed", 1)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/v1",
        "http://127.0.0.1:99999/v1",
        "http://[::1",
        "nothing",
        "ftp://127.0.0.1/x",
        "http://",
        "",
    ],
)
async def test_a_wrong_base_url_is_a_failure_and_no_crash(wire: Wire, url: str) -> None:
    with pytest.raises(ProviderFailure) as caught:
        await wire.post(call(url), lambda: sink(wire))
    assert caught.value.kind in ("unavailable", "refused")


async def test_two_hundred_rooms_settle_at_an_endpoint_that_bears_few(endpoint: Endpoint) -> None:
    told: list[GateChanged] = []
    loop = asyncio.get_running_loop()
    wire = Wire(gates=Gates(now=loop.time, notice=lambda _, change: told.append(change)), retries=Retries(first=0.02))
    endpoint.capacity, endpoint.latency = 6, 0.03
    try:
        calls = [wire.post(call(endpoint.url, total=20), lambda: sink(wire)) for _ in range(200)]
        answers = await asyncio.gather(*calls)
    finally:
        await wire.close()
    assert all(answer.text for answer, _ in answers)
    assert endpoint.refused < 150  # 200 at once would have been refused 194 times before anything else
    assert {change.why for change in told} == {"answered", "rate_limited"}
