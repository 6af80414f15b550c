"""Speaks for seats through any OpenAI-compatible endpoint: OpenRouter, OpenAI, Ollama, llama.cpp, vLLM, LM Studio.

The body of a request is joined from bytes: what a view encoded once is never encoded again. Chat models get the view
as messages (or as one `<history>` block), base models get the room as a transcript that ends with the seat's own
label. Endpoints' quirks are data on the model's card. Keys are read when a call is made, by the name the seat gives.
It knows no journal, no rules, and does not retry by itself: the wire does.

Source: the OpenAI API reference, `/v1/chat/completions` and `/v1/completions`.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec

from antiphon.errors import ProviderFailure, ScenarioError
from antiphon.measures.tokens import count
from antiphon.room.chance import pick
from antiphon.room.contracts import Allowance, Listen, Means, Reply, Speaker
from antiphon.room.events import Price, Usage
from antiphon.room.models import Card
from antiphon.room.state import Seat
from antiphon.room.view import Part, View, escape
from antiphon.wire.answers import Answer, Bounds
from antiphon.wire.cards import card_of
from antiphon.wire.client import Call, Wire
from antiphon.wire.gate import GateKey, account_of

__all__ = ["PLUGIN", "OpenAI"]

_encode = msgspec.json.Encoder().encode

_OURS = ("model", "messages", "prompt", "max_tokens", "max_completion_tokens", "stream_options", "n", "temperature")
"""Names of the request that the room decides on; `extra` may not set them."""

_NOT_SENT = ("api", "prefill", "stop", "stream", "seed", "reasoning_effort")
"""Names in `extra` that are read here and sent, if at all, in their own way."""

_STOPS = 4
"""Stop strings an endpoint accepts at most."""

_BYTES_A_TOKEN = 4
"""UTF-8 bytes per token where nobody counts: only to estimate what an endpoint without usage was sent."""

_PICTURE = re.compile(rb'\{"type":"image_url","image_url":\{"url":"(sha256:[0-9a-f]{64})"\}\}')
"""A picture in a view's body. Quotes in text are escaped, so no text can look like one."""

_NO_PICTURE = b'{"type":"text","text":"(A picture stood here; it is no longer kept.)"}'

_TOTAL = 300.0
"""Seconds for one call where nobody set a deadline."""

_SEEDS = 1 << 31
"""Seeds are drawn below this: every endpoint takes a positive 32-bit integer."""


class OpenAI:
    """Makes speakers for OpenAI-compatible endpoints."""

    name = "openai"
    cost = "unknown"

    def speaker(self, seat: Seat, means: Means) -> Speaker:
        """Make the speaker for a seat.

        Raises:
            ScenarioError: when the seat names no endpoint, or its `extra` sets what is the room's to set.
        """
        card = card_of(seat.model, seat.base_url, means.models)
        if not (seat.base_url or card.base_url):
            msg = (
                f"model {seat.model!r} has no endpoint: give the seat a base_url, put a card for it into models.toml, "
                f'or write ENDPOINT:MODEL, such as "ollama:{seat.model}"'
            )
            raise ScenarioError(msg)
        if taken := sorted(set(seat.extra) & set(_OURS)):
            msg = f"extra.{taken[0]} of {seat.label} cannot be set: the room decides on it"
            raise ScenarioError(msg)
        return _Speaker(seat, card, means)


class _Speaker:
    """Speaks for one seat."""

    def __init__(self, seat: Seat, card: Card, means: Means) -> None:
        self._seat, self._card, self._means = seat, card, means
        self._wire: Wire = means.wire
        base = (seat.base_url or card.base_url).rstrip("/")
        self._base_model = _is_base(seat, card)
        self._base = base
        self._url = base + ("/completions" if self._base_model else "/chat/completions")
        self._where = urlsplit(base).netloc.rpartition("@")[2]
        self._key_name = seat.key or (card.key if base == card.base_url.rstrip("/") else "")

    async def speak(self, view: View, allowance: Allowance, listen: Listen | None = None) -> Reply:
        """Give the seat's next message; see `Speaker`."""
        means, wire, seat = self._means, self._wire, self._seat
        streamed = bool(seat.extra.get("stream", listen is not None))
        applied = _applied(view, seat, self._card, allowance, means.seed)
        if self._base_model:
            body = _completion_body(view, seat.model, applied, streamed=streamed, card=self._card)
        else:
            body = await self._chat_body(view, applied, streamed=streamed)
        key = self._key()
        limit = applied.get(self._card.max_tokens_name)
        call = Call(
            url=self._url,
            body=body,
            gate=GateKey(self._where, account_of(key), seat.model),
            key=key,
            tokens=len(body) // _BYTES_A_TOKEN + (limit or 0),
            total=_TOTAL if allowance.until is None else (allowance.until - means.now()) / 1000,
        )
        stops = tuple(_next_labels(view)) if self._base_model else ()
        bounds = Bounds(tokens=allowance.tokens or seat.tokens, stops=stops)
        start = means.now()
        if (prefill := applied.get("prefill")) and listen is not None:
            listen(prefill)

        def make() -> Answer:
            return Answer(scrub=wire.scrub, now=means.now, bounds=bounds, listen=listen)

        answer, tried = await (wire.stream(call, make) if streamed else wire.post(call, make))
        if tried:
            applied["retried"] = tried
        return self._reply(answer, applied, len(body), start)

    async def _chat_body(self, view: View, applied: dict[str, Any], *, streamed: bool) -> bytes:
        messages = _history(view) if view.shape == "history" else view.body
        if "images" in self._seat.takes and view.shape != "history":
            messages = await _with_pictures(messages, self._wire)
        return _chat_body(view.system, messages, self._seat.model, applied, streamed=streamed, card=self._card)

    def _key(self) -> str:
        """Read the key now; a key that nobody named is never read."""
        if not self._key_name:
            return ""
        if key := self._means.key(self._key_name, self._base):
            return key
        msg = f"the environment variable {self._key_name} holds no key, and none was kept for this address"
        raise ProviderFailure("unauthorised", msg)

    def _reply(self, answer: Answer, applied: dict[str, Any], sent: int, start: int) -> Reply:
        text = answer.text
        if self._base_model:
            text = text.removeprefix(" ").rstrip("\n")
        prefill = applied.get("prefill", "")
        if prefill and not text.startswith(prefill):
            text = prefill + text
        usage = answer.usage
        if usage is None:
            written = count(text) + count(answer.reasoning or "")
            usage = Usage(input=sent // _BYTES_A_TOKEN, output=written, estimated=True)
        return Reply(
            text=text,
            reasoning=answer.reasoning,
            finish=answer.finish,
            usage=usage,
            cost=0.0 if self._seat.free else cost_of(usage, self._seat.price),
            response_id=answer.response_id,
            model_reported=answer.model,
            applied=applied,
            attempts=1 + len(applied.get("retried", ())),
            first_token_ms=None if answer.first_at is None else max(0, answer.first_at - start),
        )


def cost_of(usage: Usage, price: Price | None) -> float | None:
    """Give what a call cost in US dollars; None when no price is known."""
    if price is None:
        return None
    cached = price.input if price.cached is None else price.cached
    return (
        (usage.input - usage.cached) * price.input + usage.cached * cached + usage.output * price.output
    ) / 1_000_000


def _applied(view: View, seat: Seat, card: Card, allowance: Allowance, seed: int) -> dict[str, Any]:
    """Decide every parameter of a call: what is asked for, within what the model takes."""
    extra, takes = seat.extra, seat.takes
    applied = {name: value for name, value in extra.items() if name not in _NOT_SENT}
    if view.seat.temperature is not None:
        applied["temperature"] = min(view.seat.temperature, card.temperature_max)
    if (tokens := allowance.tokens or seat.tokens) is not None:
        applied[card.max_tokens_name] = tokens
    if "stop" in takes and (stops := _stops(view, seat, base=_is_base(seat, card))):
        applied["stop"] = stops
    if "seed" in extra or "seed" in takes:
        heard = view.parts[-1].seq if view.parts else 0
        applied["seed"] = extra.get("seed", pick(seed, heard, f"seed:{seat.id}", _SEEDS))
    for name in ("reasoning_effort", "prefill"):
        if name in extra and name in takes:
            applied[name] = extra[name]
    for name in card.drops:
        applied.pop(name, None)
    return applied


def _is_base(seat: Seat, card: Card) -> bool:
    """Tell whether a seat's model only goes on with a text: its card says so, or the seat."""
    return card.base or seat.extra.get("api") == "completions"


def _stops(view: View, seat: Seat, *, base: bool) -> list[str]:
    own = seat.extra.get("stop", [])
    own = [own] if isinstance(own, str) else list(own)
    labels = _next_labels(view) if base else [f"\n[{label}]:" for label in view.others]
    return [*own, *labels][:_STOPS]


def _next_labels(view: View) -> list[str]:
    """Give the strings with which the next speaker's lines begin in a transcript; the seat's own ends it too."""
    return [f"\n{label}:" for label in (*view.others, view.seat.label)]


def _parameters(applied: dict[str, Any], card: Card, *, streamed: bool) -> bytes:
    """Encode everything but model and messages, to be put behind them."""
    sent = {name: value for name, value in applied.items() if name != "prefill"}
    if streamed:
        sent["stream"] = True
        if "stream_options" not in card.drops:
            sent["stream_options"] = {"include_usage": True}
    return b"," + _encode(sent)[1:] if sent else b"}"


def _chat_body(
    system: str, messages: bytes, model: str, applied: dict[str, Any], *, streamed: bool, card: Card
) -> bytes:
    """Join a request for `/v1/chat/completions`."""
    before = b'{"role":"system","content":"%s"}' % escape(system) if system else b""
    prefill = applied.get("prefill")
    after = b'{"role":"assistant","content":"%s"}' % escape(prefill) if prefill else b""
    if not (before or messages):
        messages = b'{"role":"user","content":" "}'
    return b"".join(
        [
            b'{"model":"',
            escape(model),
            b'","messages":[',
            before,
            b"," if before and messages else b"",
            messages,
            b"," if after else b"",
            after,
            b"]",
            _parameters(applied, card, streamed=streamed),
        ]
    )


def _completion_body(view: View, model: str, applied: dict[str, Any], *, streamed: bool, card: Card) -> bytes:
    """Join a request for `/v1/completions`: the room as a transcript, and the seat's label at its end."""
    name = _namer(view)
    lines = [view.system] if view.system else []
    lines += [f"{name(part)}: {part.text}" if name(part) else part.text for part in view.parts]
    prompt = "\n\n".join([*lines, f"{view.seat.label}:"])
    if prefill := applied.get("prefill"):
        prompt += f" {prefill}"
    head = b'{"model":"%s","prompt":"' % escape(model)
    return head + escape(prompt) + b'"' + _parameters(applied, card, streamed=streamed)


def _history(view: View) -> bytes:
    """Encode the whole view as one message with a `<history>` block; no text can close the block."""
    name = _namer(view)
    lines = [f"[{name(part)}]: {part.text}" if name(part) else part.text for part in view.parts]
    block = "\n\n".join(lines).replace("</history>", "<\\/history>")
    text = f"<history>\n{block}\n</history>\n\nYou are {view.seat.label}. Write your next message, and nothing else."
    return b'{"role":"user","content":"%s"}' % escape(text)


def _namer(view: View) -> Callable[[Part], str]:
    """Give a function that names who a part is from, for forms in which every line is labelled; "" = the room."""
    own, label = view.seat.id, view.seat.label
    other = view.others[0] if len(view.others) == 1 else ""

    def name(part: Part) -> str:
        if part.by == own:
            return label if part.kind == "said" else ""
        if part.label or part.kind != "said":
            return part.label
        return part.by.removeprefix("person:") if part.by.startswith("person:") else other

    return name


async def _with_pictures(body: bytes, wire: Wire) -> bytes:
    """Put data URLs where a view names pictures by their hash."""
    names = set(_PICTURE.findall(body))
    if not names:
        return body
    known: dict[bytes, bytes] = {}
    for name in names:
        found = await wire.blob(name.decode()) if wire.blob is not None else None
        if found is not None:
            data, mime = found
            known[name] = b'{"type":"image_url","image_url":{"url":"data:%s;base64,%s"}}' % (
                escape(mime),
                b64encode(data),
            )
    return _PICTURE.sub(lambda match: known.get(match[1], _NO_PICTURE), body)


PLUGIN = OpenAI()
