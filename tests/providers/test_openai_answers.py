"""What comes back from an OpenAI-compatible endpoint, good and bad, and what becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from antiphon.errors import ProviderFailure
from antiphon.providers.openai import PLUGIN
from antiphon.room.contracts import Allowance, Reply, Speaker
from antiphon.room.events import Price, Usage
from antiphon.testing.endpoint import Endpoint, Fault

BOTH = pytest.mark.parametrize("streamed", ["streamed", "whole"])


@pytest.fixture
def say(endpoint: Endpoint, make_seat: Any, make_view: Any, make_means: Any) -> Callable[..., Any]:
    """Ask once; gives the reply and what the listener heard."""

    async def once(how: str = "whole", allowance: Allowance | None = None, **fields: Any) -> tuple[Reply, list[str]]:
        seat = make_seat(base_url=endpoint.url, **fields)
        heard: list[str] = []

        def listen(text: str) -> bool:
            heard.append(text)
            return True

        speaker: Speaker = PLUGIN.speaker(seat, make_means())
        reply = await speaker.speak(make_view(seat), allowance or Allowance(), listen if how == "streamed" else None)
        return reply, heard

    return once


def chunk(**delta: Any) -> bytes:
    return msgspec.json.encode({"choices": [{"index": 0, "delta": delta}]})


@BOTH
async def test_a_reply_holds_all_that_the_endpoint_says(endpoint: Endpoint, say: Any, streamed: str) -> None:
    endpoint.answer = lambda _: "Grüße, “all of you” 🙂\n\n  "
    endpoint.reasoning = "Hm."
    reply, heard = await say(streamed, price=Price(input=1.0, output=2.0))
    assert reply.text == "Grüße, “all of you” 🙂\n\n  "
    assert reply.reasoning == "Hm."
    assert reply.usage == Usage(input=100, output=6)
    assert reply.cost == pytest.approx((100 * 1.0 + 6 * 2.0) / 1e6)
    assert (reply.finish, reply.response_id, reply.model_reported) == ("stop", "fake-1", "tiny")
    assert reply.first_token_ms == 0
    assert "".join(heard) == (reply.text if streamed == "streamed" else "")


@BOTH
async def test_a_passing_fault_is_tried_again_and_told(endpoint: Endpoint, say: Any, streamed: str) -> None:
    endpoint.plan.extend(
        [Fault.rate_limited("0.02"), Fault.server_error(), Fault(hang_up=True), Fault.server_error(409)]
    )
    reply, _ = await say(streamed)
    assert reply.attempts == 5
    assert reply.applied["retried"] == ["rate_limited", "unavailable", "disconnected", "unavailable"]


@BOTH
async def test_attempts_are_bounded(endpoint: Endpoint, say: Any, streamed: str) -> None:
    endpoint.always = Fault.server_error(503)
    with pytest.raises(ProviderFailure) as caught:
        await say(streamed)
    assert (caught.value.kind, caught.value.attempts, caught.value.status) == ("unavailable", 5, 503)
    assert len(endpoint.seen) == 5


@BOTH
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.gone(), "model_gone"),
        (Fault(status=410), "model_gone"),
        (Fault.too_long(), "context_length"),
        (Fault(status=401, error={"error": "no"}), "unauthorised"),
        (Fault(status=400, error={"error": {"message": "bad", "param": "top_p"}}), "refused"),
        (Fault(status=301, error={}, headers=(("Location", "http://127.0.0.1:1/"),)), "refused"),
        (Fault(garble=True), "malformed"),
        (Fault(body=b'{"choices": []}'), "malformed"),
        (Fault(body=b"[" * 100_000), "malformed"),
        (Fault(body={"error": {"code": 402, "message": "Insufficient credits"}}), "refused"),
    ],
)
async def test_a_lasting_fault_is_not_tried_again(
    endpoint: Endpoint, say: Any, streamed: str, fault: Fault, kind: str
) -> None:
    endpoint.always = fault
    with pytest.raises(ProviderFailure) as caught:
        await say(streamed)
    assert (caught.value.kind, caught.value.attempts) == (kind, 1)
    assert len(endpoint.seen) == 1


async def test_a_stream_that_breaks_after_text_is_not_asked_again(endpoint: Endpoint, say: Any) -> None:
    endpoint.answer = lambda _: "one two three four five six seven eight"
    endpoint.plan.append(Fault(cut_after=3))
    with pytest.raises(ProviderFailure) as caught:
        await say("streamed")
    assert (caught.value.kind, caught.value.partial) == ("disconnected", "one two three four five six seve")
    assert len(endpoint.seen) == 1


async def test_a_stream_that_breaks_before_any_text_is_asked_again(endpoint: Endpoint, say: Any) -> None:
    endpoint.plan.append(Fault(cut_after=1))
    reply, heard = await say("streamed")
    assert reply.applied["retried"] == ["disconnected"]
    assert "".join(heard) == reply.text


async def test_an_error_in_mid_stream_keeps_the_partial_text(endpoint: Endpoint, say: Any) -> None:
    error = msgspec.json.encode({"error": {"code": 502, "message": "upstream"}})
    endpoint.plan.append(Fault(sse=(chunk(content="I was about"), error)))
    with pytest.raises(ProviderFailure) as caught:
        await say("streamed")
    assert (caught.value.kind, caught.value.partial, caught.value.status) == ("unavailable", "I was about", 502)


async def test_a_whole_answer_that_breaks_off_is_asked_again(endpoint: Endpoint, say: Any) -> None:
    endpoint.plan.append(Fault(cut_after=40))
    reply, _ = await say("whole")
    assert reply.applied["retried"] == ["disconnected"]


async def test_a_stream_without_done_counts_when_it_said_that_it_ended(endpoint: Endpoint, say: Any) -> None:
    end = msgspec.json.encode({"choices": [{"delta": {}, "finish_reason": "length"}]})
    endpoint.plan.append(Fault(sse=(chunk(content="Yes."), end)))
    reply, _ = await say("streamed")
    assert (reply.text, reply.finish) == ("Yes.", "length")


async def test_a_listener_that_has_enough_ends_the_stream(
    endpoint: Endpoint, make_seat: Any, make_view: Any, make_means: Any
) -> None:
    endpoint.answer = lambda _: "word " * 400
    seat = make_seat(base_url=endpoint.url)
    heard: list[str] = []

    def listen(text: str) -> bool:
        heard.append(text)
        return len(heard) < 3

    reply = await PLUGIN.speaker(seat, make_means()).speak(make_view(seat), Allowance(), listen)
    assert (reply.finish, reply.text) == ("cut", "word " * 9 + "wor")
    assert reply.usage is not None
    assert reply.usage.estimated


@BOTH
async def test_a_megabyte_is_cut_at_what_was_allowed(endpoint: Endpoint, say: Any, streamed: str) -> None:
    endpoint.chunk = 4096
    endpoint.always = Fault(size=1_000_000)
    reply, _ = await say(streamed, Allowance(tokens=100))
    assert (reply.finish, len(reply.text)) == ("length", 100 * 16 + 2048)
    reply, _ = await say(streamed)
    assert (reply.finish, len(reply.text)) == ("stop", 1_000_000)


async def test_an_endless_stream_ends(endpoint: Endpoint, say: Any) -> None:
    endpoint.chunk = 1000
    endpoint.answer = lambda _: "z" * 1000
    endpoint.always = Fault(endless=True)
    reply, _ = await say("streamed", Allowance(tokens=500))
    assert reply.finish == "length"
    assert len(reply.text) == 500 * 16 + 2048


async def test_a_deadline_ends_a_slow_answer_with_what_had_come(endpoint: Endpoint, say: Any, make_means: Any) -> None:
    endpoint.always = Fault(latency=5.0)
    now = make_means().now()
    with pytest.raises(ProviderFailure) as caught:
        await asyncio.wait_for(say("streamed", Allowance(until=now + 100)), 2)
    assert caught.value.kind == "timeout"
    assert caught.value.attempts == 1


async def test_a_cancelled_call_lets_its_place_go(endpoint: Endpoint, say: Any, wire: Any) -> None:
    endpoint.always = Fault(latency=5.0)
    task = asyncio.create_task(say())
    async with asyncio.timeout(2):
        while not endpoint.in_flight:  # noqa: ASYNC110 - the fake counts, it has no event to wait for
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [gate.in_flight for gate in wire.gates._gates.values()] == [0]


@pytest.mark.parametrize(
    ("message", "text", "reasoning"),
    [
        ({"content": None}, "", None),
        ({}, "", None),
        ({"content": ""}, "", None),
        ({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, "ab", None),
        ({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, "a"]}, "a", "hm"),
        ({"content": "a", "reasoning": "because"}, "a", "because"),
        ({"content": None, "refusal": "I would rather not."}, "I would rather not.", None),
        ({"content": 7}, "", None),
    ],
)
async def test_every_shape_of_a_message_is_read(
    endpoint: Endpoint, say: Any, message: dict[str, Any], text: str, reasoning: str | None
) -> None:
    endpoint.always = Fault(body={"choices": [{"message": message}], "usage": {"prompt_tokens": "many"}})
    reply, _ = await say()
    assert (reply.text, reply.reasoning) == (text, reasoning)
    assert reply.usage is not None
    assert reply.usage.estimated


async def test_half_a_surrogate_and_bad_bytes_lose_no_reply(endpoint: Endpoint, say: Any) -> None:
    endpoint.plan.append(Fault(body=b'{"choices": [{"message": {"content": "a\\ud83d \xff b"}}]}'))
    reply, _ = await say()
    assert reply.text == "a\ufffd \ufffd b"
    halves = (
        rb'{"choices":[{"delta":{"content":"\ud83d"}}]}',
        rb'{"choices":[{"delta":{"content":"\ude00"}}]}',
        b"[DONE]",
    )
    endpoint.plan.append(Fault(sse=halves))
    reply, _ = await say("streamed")
    assert reply.text == "😀"


async def test_an_answer_in_one_piece_to_a_streamed_call_is_taken(endpoint: Endpoint, say: Any) -> None:
    endpoint.always = Fault(body={"choices": [{"message": {"content": "All at once."}}]})
    reply, heard = await say("streamed")
    assert reply.text == "All at once."
    assert heard == ["All at once."]


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"prompt_tokens": 9, "completion_tokens": 2}, Usage(input=9, output=2)),
        (
            {
                "prompt_tokens": 9,
                "completion_tokens": 2,
                "prompt_tokens_details": {"cached_tokens": 400},
                "completion_tokens_details": {"reasoning_tokens": 1},
            },
            Usage(input=9, output=2, cached=9, reasoning=1),
        ),
        (
            {"prompt_tokens": 9, "completion_tokens": 2.0, "prompt_cache_hit_tokens": 3},
            Usage(input=9, output=2, cached=3),
        ),
        ({"prompt_tokens": 9, "completion_tokens": -5}, Usage(input=9)),
        ({"prompt_tokens": 9, "completion_tokens": 10**30}, Usage(input=9)),
    ],
)
async def test_usage_is_read_and_never_believed_blindly(
    endpoint: Endpoint, say: Any, usage: dict[str, Any], expected: Usage
) -> None:
    endpoint.always = Fault(body={"choices": [{"message": {"content": "a"}}], "usage": usage})
    reply, _ = await say(price=Price(input=10.0, output=20.0, cached=1.0))
    assert reply.usage == expected
    fresh = expected.input - expected.cached
    assert reply.cost == pytest.approx((fresh * 10 + expected.cached * 1 + expected.output * 20) / 1e6)


async def test_a_cost_is_unknown_without_a_price_and_nothing_where_it_is_free(endpoint: Endpoint, say: Any) -> None:
    assert endpoint.seen == []
    assert (await say())[0].cost is None
    assert (await say(free=True))[0].cost == 0.0
