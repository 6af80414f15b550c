"""No key and no word of the conversation leaves through an error, wherever the endpoint puts it."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from antiphon.errors import ProviderFailure
from antiphon.providers.openai import PLUGIN
from antiphon.room.contracts import Allowance
from antiphon.testing.endpoint import Endpoint, Fault
from antiphon.wire.scrub import Scrub

KEY = 'canary_4fe1b09d7a62/key+and"quote'
TEXT = "A sentence nobody else may read."


def everything(error: BaseException) -> str:
    """Give all that anybody could log of an error."""
    shown = "".join(traceback.format_exception(error))
    inside = f"{error!r} {error.args} {getattr(error, '__dict__', '')} {error.__context__!r} {error.__cause__!r}"
    return shown + inside


@pytest.mark.parametrize("how", ["message", "code", "header", "stream", "body", "html"])
async def test_an_echoed_key_and_an_echoed_prompt_are_in_no_error(
    endpoint: Endpoint, make_seat: Any, make_view: Any, make_means: Any, how: str
) -> None:
    echo = f"Bearer {KEY} said {TEXT}"
    endpoint.always = {
        "message": Fault(status=400, error={"error": {"message": echo}}),
        "code": Fault(status=400, error={"error": {"message": "no", "code": KEY, "type": TEXT, "param": KEY[:17]}}),
        "header": Fault(status=500, error={}, headers=(("X-Echo", KEY), ("Retry-After", KEY))),
        "stream": Fault(
            sse=(b'{"error": {"message": "' + TEXT.encode() + b'", "code": "' + KEY[:17].encode() + b'"}}',)
        ),
        "body": Fault(body=echo.encode()),
        "html": Fault(status=502, error=f"<html>{echo}</html>".encode()),
    }[how]
    seat = make_seat(base_url=endpoint.url, key="MY_KEY")
    means = make_means(keys={"MY_KEY": KEY})
    with pytest.raises(ProviderFailure) as caught:
        await PLUGIN.speaker(seat, means).speak(make_view(seat, [("AI-2", TEXT)]), Allowance(), lambda _: True)
    told = everything(caught.value)
    assert KEY not in told
    assert TEXT not in told
    assert endpoint.seen[0].headers["authorization"] == f"Bearer {KEY}"


async def test_a_key_that_no_header_can_carry_is_not_shown(make_seat: Any, make_view: Any, make_means: Any) -> None:
    key = "canary-key\nX-Injected: 1"
    seat = make_seat(base_url="http://127.0.0.1:9/v1", key="MY_KEY")
    speaker = PLUGIN.speaker(seat, make_means(keys={"MY_KEY": key}))
    with pytest.raises(ProviderFailure) as caught:
        await speaker.speak(make_view(seat), Allowance())
    assert caught.value.kind == "unauthorised"
    assert "canary" not in everything(caught.value)


async def test_a_base_url_with_a_password_is_not_repeated(make_seat: Any, make_view: Any, make_means: Any) -> None:
    seat = make_seat(base_url="http://me:canary-password@127.0.0.1:9/v1?key=canary-query")
    with pytest.raises(ProviderFailure) as caught:
        await PLUGIN.speaker(seat, make_means()).speak(make_view(seat), Allowance())
    assert caught.value.kind == "unavailable"
    assert "canary" not in everything(caught.value)


async def test_an_echoed_key_is_taken_out_of_what_a_reply_reports(
    endpoint: Endpoint, make_seat: Any, make_view: Any, make_means: Any
) -> None:
    body = {"id": KEY, "model": f"m-{KEY}", "choices": [{"message": {"content": "ok"}, "finish_reason": KEY}]}
    endpoint.always = Fault(body=body)
    seat = make_seat(base_url=endpoint.url, key="MY_KEY")
    reply = await PLUGIN.speaker(seat, make_means(keys={"MY_KEY": KEY})).speak(make_view(seat), Allowance())
    assert (reply.response_id, reply.model_reported, reply.finish) == ("[key]", "m-[key]", "[key]")


def test_a_learnt_key_is_found_in_every_form_it_travels_in() -> None:
    scrub = Scrub()
    scrub.learn(KEY)
    scrub.learn("x")
    forms = (KEY, "canary_4fe1b09d7a62%2Fkey%2Band%22quote", 'canary_4fe1b09d7a62/key+and\\"quote')
    assert [scrub(f"a {form} x") for form in forms] == ["a [key] x"] * 3


def test_patterns_are_for_errors_only() -> None:
    scrub = Scrub()
    speech = "my sk-abcdefghijklmnop is a poem"
    assert scrub(speech) == speech
    assert scrub.errors_only(speech) == "my [key] is a poem"
    assert scrub.errors_only("Authorization: Bearer abcdefghijkl") == "Authorization: [key]"
