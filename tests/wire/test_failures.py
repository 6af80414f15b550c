"""What endpoints' refusals mean, in the words they really use; and when asking again can help."""

from __future__ import annotations

from email.utils import formatdate

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import ProviderFailure
from antiphon.wire.failures import refusal, refusal_inside
from antiphon.wire.loosely import decode, mend
from antiphon.wire.retries import RETRY_AFTER_LONGEST, Retries, read_retry_after, worth_retrying
from antiphon.wire.scrub import Scrub


def kind(status: int, message: str, **more: object) -> str:
    body = msgspec.json.encode({"error": {"message": message, **more}})
    return refusal(status, body, Scrub()).kind


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "This model's maximum context length is 8192 tokens."),
        (400, "prompt is too long: 210000 tokens > 200000 maximum"),
        (400, "the request exceeds the available context size, try increasing it"),
        (400, "This endpoint's maximum context length is 131072 tokens. However, you requested about 140000 tokens"),
        (400, "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."),
        (413, "Payload too large"),
        (422, "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096"),
        (500, "Requested tokens (5000) exceed context window of 4096"),
        (400, "Please reduce the length of the messages."),
    ],
)
def test_a_context_that_is_full_is_known_by_its_wording(status: int, message: str) -> None:
    assert kind(status, message) == "context_length"


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (404, "The model `gpt-9` does not exist or you do not have access to it."),
        (404, "model 'llama9' not found, try pulling it first"),
        (404, "No endpoints found for vendor/model."),
        (400, "vendor/nothing is not a valid model ID"),
        (400, "The model `x` has been decommissioned and is no longer supported."),
        (410, "gone"),
    ],
)
def test_a_model_that_is_gone_is_known_by_its_wording(status: int, message: str) -> None:
    assert kind(status, message) == "model_gone"


@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        (400, "Unsupported parameter: 'max_tokens' is not supported with this model.", "refused"),
        (404, "404 page not found", "refused"),
        (401, "Incorrect API key provided", "unauthorised"),
        (403, "You are not allowed", "unauthorised"),
        (403, "Your chosen model requires moderation and your input was flagged", "refused"),
        (402, "Insufficient credits", "refused"),
        (429, "You exceeded your current quota, please check your plan", "refused"),
        (429, "Rate limit reached for requests", "rate_limited"),
        (408, "timeout", "timeout"),
        (409, "conflict", "unavailable"),
        (500, "oops", "unavailable"),
        (503, "overloaded", "unavailable"),
        (529, "overloaded", "rate_limited"),
        (501, "not implemented", "refused"),
        (418, "teapot", "refused"),
    ],
)
def test_other_refusals_go_by_status(status: int, message: str, expected: str) -> None:
    assert kind(status, message) == expected


def test_codes_are_repeated_and_sentences_are_not() -> None:
    said = str(refusal(400, b'{"error": {"message": "Hello there", "code": "bad_value", "param": "top_p"}}', Scrub()))
    assert "bad_value, top_p" in said
    assert "Hello" not in said


@given(st.integers(100, 999), st.binary(max_size=200))
def test_any_body_of_any_status_becomes_a_failure(status: int, body: bytes) -> None:
    assert refusal(status, body, Scrub()).kind in ProviderFailure.KINDS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
)


@given(JSON)
def test_any_error_inside_an_answer_becomes_a_failure(error: object) -> None:
    try:
        msgspec.json.encode(error)
    except (UnicodeEncodeError, OverflowError):
        return
    assert refusal_inside(error, Scrub()).kind in ProviderFailure.KINDS


def test_a_code_inside_an_answer_counts_as_its_status() -> None:
    assert refusal_inside({"code": 429}, Scrub()).kind == "rate_limited"
    assert refusal_inside({"code": "429"}, Scrub()).kind == "rate_limited"
    assert refusal_inside({"code": "rate"}, Scrub()).kind == "unavailable"
    assert refusal_inside("broke", Scrub()).kind == "unavailable"


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_mended_text_can_always_be_encoded_and_good_text_stays(text: str) -> None:
    mended = mend(text)
    mended.encode()
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert mended == text


@pytest.mark.parametrize("data", [b"", b"{", b"[" * 100_000, b'{"a":' * 100_000, b"\xff\xfe", b"nul"])
def test_what_is_no_json_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of its kinds; the words are the parser's
        decode(data)


@given(st.integers(1, 100), st.none() | st.floats(0, 1e9))
def test_pauses_grow_are_bounded_and_never_shorter_than_asked(failed: int, asked: float | None) -> None:
    retries = Retries()
    pause = retries.pause(failed, asked)
    assert pause == retries.pause(failed, asked)
    assert min(asked or 0.0, RETRY_AFTER_LONGEST) <= pause <= RETRY_AFTER_LONGEST
    assert retries.pause(failed + 1) >= retries.pause(failed)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "12"}, 12.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": formatdate(1_800_000_030, usegmt=True)}, 30.0),
        ({"retry-after": formatdate(1_700_000_000, usegmt=True)}, 0.0),
        ({"retry-after": "-4"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Mon, 99 Foo 99999 99:99:99 GMT"}, None),
        ({}, None),
    ],
)
def test_a_retry_after_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert read_retry_after(headers, 1_800_000_000.0) == seconds


def test_nothing_is_asked_again_once_a_seat_began_to_speak() -> None:
    for name in ProviderFailure.KINDS:
        assert not worth_retrying(ProviderFailure(name, "", status=408, partial="I"))
    again = {name for name in ProviderFailure.KINDS if worth_retrying(ProviderFailure(name, ""))}
    assert again == {"rate_limited", "unavailable", "disconnected"}
