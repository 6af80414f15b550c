"""The wire itself: one POST of bytes, answered whole or as a stream, through the gate, with bounded retries.

It follows no redirects, reads no proxy from the environment, keeps no cookies, and bounds what it reads. Everything
that can go wrong leaves as a `ProviderFailure` whose message holds no key and nothing of the conversation. It does
not know what the bytes mean: a `Sink` does.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Protocol, TypeAlias, TypeVar

import httpx2
from msgspec import Struct

from antiphon.errors import ProviderFailure
from antiphon.wire.failures import SENTENCES, refusal
from antiphon.wire.gate import GateKey, Gates
from antiphon.wire.retries import RETRY_AFTER_LONGEST, Retries, read_retry_after, worth_retrying
from antiphon.wire.scrub import Scrub
from antiphon.wire.sse import EventStream, StreamTooLongError

__all__ = ["ANSWER_BYTES", "Call", "Sink", "Timeouts", "Wire"]

ANSWER_BYTES = 32 << 20
"""Bytes of an answer read at most; a picture as base64 fits, an endless body does not."""

_REFUSAL_BYTES = 64 << 10
"""Bytes of a refusal read at most: its wording stands at its beginning."""

_AFTER_DONE = 0.5
"""Seconds given to an endpoint to close a stream that it called done, so that the connection can be used again."""

_LOGGERS = ("httpx2", "httpcore2.connection", "httpcore2.http11")
"""Loggers of the HTTP library: at level DEBUG they repeat every header that an endpoint sends."""

_OK = range(200, 300)
_REDIRECT = range(300, 400)
_PORTS = range(1, 65536)

Blob: TypeAlias = Callable[[str], Awaitable[tuple[bytes, str] | None]]
"""Gives the bytes and MIME type behind "sha256:…", or None when nobody keeps them any more."""


class Timeouts(Struct, frozen=True, kw_only=True):
    """Bounds waiting, in seconds.

    Attributes:
        connect: until a connection stands.
        pool: until one of the process's connections is free.
        read: between two pieces of an answer that is not streamed; a slow model thinks before the first.
        idle: between two pieces of a stream.
    """

    connect: float = 10.0
    pool: float = 60.0
    read: float = 300.0
    idle: float = 120.0


class Call(Struct, frozen=True, kw_only=True):
    """Is one thing to ask.

    Attributes:
        url: where; from the user's own configuration, never from a model.
        body: JSON, sent as it is.
        gate: whose gate it passes.
        key: sent as a bearer token; "" = none.
        tokens: input and output, as estimated, for the tokens a minute.
        total: seconds for everything: waiting at the gate, attempts, pauses.
    """

    url: str
    body: bytes
    gate: GateKey
    key: str = ""
    tokens: int = 0
    total: float = 300.0


class Sink(Protocol):
    """Takes one attempt's answer."""

    @property
    def partial(self) -> str:
        """Give the text that has arrived; what a seat began to say is never asked for again."""
        ...

    @property
    def complete(self) -> bool:
        """Tell whether the answer said of itself that it ended."""
        ...

    def take(self, data: bytes) -> bool:
        """Take the data of one event; False = read no further. Raises ProviderFailure."""
        ...

    def whole(self, data: bytes) -> None:
        """Take an answer that came in one piece. Raises ProviderFailure."""
        ...


S = TypeVar("S", bound=Sink)


class Wire:
    """Asks endpoints over HTTP; made once a process, for one event loop.

    Attributes:
        gates: the gates every call passes.
        scrub: has learnt every key that was sent.
        blob: gives the bytes and MIME type behind "sha256:…"; None = nobody keeps pictures.
        retries: how often a call is tried; it may be changed between calls.
    """

    def __init__(
        self,
        *,
        blob: Blob | None = None,
        gates: Gates | None = None,
        retries: Retries | None = None,
        timeouts: Timeouts | None = None,
        wall: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Prepare; nothing is opened before the first call.

        Args:
            blob: reads pictures from the journal.
            gates: shared by every wire of the process; None = new ones, on the machine's clock, that tell nobody.
            retries: how often, and after what pauses.
            timeouts: how long to wait for what.
            wall: seconds since 1970, to read an HTTP date.
            sleep: waits between attempts.
        """
        self.blob, self.gates, self.scrub = blob, gates or Gates(now=time.monotonic), Scrub()
        self._wall, self._sleep = wall, sleep
        self.retries, self._timeouts = retries or Retries(), timeouts or Timeouts()
        self._client: httpx2.AsyncClient | None = None
        self._urls: dict[str, httpx2.URL] = {}

    async def close(self) -> None:
        """Close every connection."""
        for name in _LOGGERS:
            logging.getLogger(name).removeFilter(self.scrub.in_logs)
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def post(self, call: Call, make: Callable[[], S]) -> tuple[S, list[str]]:
        """Ask for a whole answer.

        Returns:
            The sink that took the answer, and the kinds of failure of the attempts before it, oldest first.
        """

        async def once(sink: S) -> None:
            async with self._answer(call, self._timeouts.read) as response:
                sink.whole(await _read(response, ANSWER_BYTES))

        return await self._persist(call, make, once)

    async def stream(self, call: Call, make: Callable[[], S]) -> tuple[S, list[str]]:
        """Ask for a stream of events; an endpoint that answers in one piece all the same is taken at its word.

        Returns:
            As `post`.
        """

        async def once(sink: S) -> None:
            async with self._answer(call, self._timeouts.idle) as response:
                kind = response.headers.get("content-type", "")
                if kind.startswith("text/html"):
                    text = f"{SENTENCES['malformed']} but a web page; is the base_url right?"
                    raise ProviderFailure("malformed", text)
                if kind.startswith("application/json"):
                    sink.whole(await _read(response, ANSWER_BYTES))
                else:
                    await _follow(response, sink)

        return await self._persist(call, make, once)

    async def _persist(
        self, call: Call, make: Callable[[], S], once: Callable[[S], Awaitable[None]]
    ) -> tuple[S, list[str]]:
        """Try until it works, it cannot work, or the time is over."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + call.total
        tried: list[str] = []
        sink = make()
        try:
            async with asyncio.timeout_at(deadline):
                while (failure := await self._attempt(call, sink, once)) is not None:
                    tried.append(failure.kind)
                    pause = self.retries.pause(len(tried), failure.retry_after)
                    if not self._again(failure, len(tried)) or loop.time() + pause >= deadline:
                        break
                    await self._sleep(pause)
                    sink = make()
                else:
                    return sink, tried
        except TimeoutError:
            text = f"{SENTENCES['timeout']}: more than {call.total:.1f} seconds"
            failure = ProviderFailure("timeout", text, partial=sink.partial)
            tried.append("timeout")
        failure.attempts, failure.tried = len(tried), tuple(tried[:-1])
        raise failure

    def _again(self, failure: ProviderFailure, failed: int) -> bool:
        return failed < self.retries.attempts and worth_retrying(failure)

    async def _attempt(self, call: Call, sink: S, once: Callable[[S], Awaitable[None]]) -> ProviderFailure | None:
        """Make one call; gives its failure as a value, so that no exception keeps a request with its key alive."""
        gate = self.gates.gate(call.gate)
        ticket = await gate.enter(call.tokens)
        answered = False
        try:
            await once(sink)
            answered = True
        except ProviderFailure as error:
            failure = error
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
            failure = _broken(error, sink.partial)
        except StreamTooLongError as error:
            failure = ProviderFailure("malformed", f"{SENTENCES['malformed']}: {error}", partial=sink.partial)
        finally:
            gate.leave(ticket, answered=answered)
        if answered:
            return None
        if failure.kind == "rate_limited":
            gate.throttled(ticket, min(failure.retry_after or 0.0, RETRY_AFTER_LONGEST))
        return failure.with_traceback(None)

    @asynccontextmanager
    async def _answer(self, call: Call, read: float) -> AsyncGenerator[httpx2.Response, None]:
        """Send the call and give an answer of status 2xx; any other is raised as the refusal it is."""
        response = await self._open().send(self._request(call, read), stream=True)
        try:
            if response.status_code not in _OK:
                raise await self._refused(response)
            yield response
        finally:
            await response.aclose()

    async def _refused(self, response: httpx2.Response) -> ProviderFailure:
        status = response.status_code
        if status in _REDIRECT:
            return ProviderFailure("refused", f"the endpoint redirects (status {status}); name its final base_url")
        body = b""
        with suppress(httpx2.HTTPError, ProviderFailure):
            body = await _read(response, _REFUSAL_BYTES)
        return refusal(status, body, self.scrub, retry_after=read_retry_after(response.headers, self._wall()))

    def _request(self, call: Call, read: float) -> httpx2.Request:
        url = self._urls.get(call.url) or self._url(call.url)
        waits = self._timeouts
        timeout = {"connect": waits.connect, "read": read, "write": read, "pool": waits.pool}
        return httpx2.Request(
            "POST", url, headers=self._headers(call.key), content=call.body, extensions={"timeout": timeout}
        )

    def _url(self, text: str) -> httpx2.URL:
        """Read a URL once; what no connection could be made to is refused here, in our own words."""
        url = httpx2.URL(text)
        if url.scheme not in ("http", "https") or not url.host or (url.port or 1) not in _PORTS:
            raise ProviderFailure("refused", "the base_url is no address of a server: http or https, a host, a port")
        self._urls[text] = url
        return url

    def _headers(self, key: str) -> list[tuple[str, str]]:
        headers = [
            ("content-type", "application/json"),
            ("accept", "application/json, text/event-stream"),
            ("accept-encoding", "identity"),
            ("user-agent", "antiphon"),
        ]
        if key:
            self.scrub.learn(key)
            if not (key.isascii() and key.isprintable()):
                raise ProviderFailure("unauthorised", "the key holds characters that no HTTP header can carry")
            headers.append(("authorization", f"Bearer {key}"))
        return headers

    def _open(self) -> httpx2.AsyncClient:
        if self._client is None:
            for name in _LOGGERS:
                logging.getLogger(name).addFilter(self.scrub.in_logs)
            limits = httpx2.Limits(max_connections=512, max_keepalive_connections=128, keepalive_expiry=30.0)
            self._client = httpx2.AsyncClient(trust_env=False, follow_redirects=False, limits=limits)
        return self._client


async def _read(response: httpx2.Response, most: int) -> bytes:
    """Read a body; raises ProviderFailure when it is longer than `most` bytes."""
    pieces: list[bytes] = []
    size = 0
    async with aclosing(_pieces(response)) as chunks:
        async for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise ProviderFailure("malformed", f"{SENTENCES['malformed']}: more than {most} bytes")
            pieces.append(chunk)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


async def _follow(response: httpx2.Response, sink: Sink) -> None:
    """Hand the events of a stream to the sink until it is done, cut, or broken."""
    events = EventStream()
    async with aclosing(_pieces(response)) as chunks:
        async for chunk in chunks:
            for data in events.feed(chunk):
                if not sink.take(data):
                    return
            if events.done:
                await _let_close(chunks)
                return
    for data in events.finish():
        sink.take(data)
    if not (events.done or sink.complete):
        text = f"{SENTENCES['disconnected']}: the stream ended before the answer did"
        raise ProviderFailure("disconnected", text, partial=sink.partial)


async def _let_close(chunks: AsyncIterator[bytes]) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(_AFTER_DONE):
            async for _ in chunks:
                pass


def _pieces(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    """Give the body as it comes; it is only unpacked where an endpoint packed it unasked."""
    chunks = response.aiter_bytes() if "content-encoding" in response.headers else response.aiter_raw()
    assert isinstance(chunks, AsyncGenerator)  # noqa: S101 - httpx2 promises an iterator and gives a generator
    return chunks


def _broken(error: Exception, partial: str) -> ProviderFailure:
    """Say what a network error means; its own text is not repeated, since it may quote a header."""
    match error:
        case httpx2.ConnectError() | httpx2.ConnectTimeout() | httpx2.PoolTimeout():
            kind, text = "unavailable", "no connection to the endpoint; is it running, and the base_url right?"
        case httpx2.TimeoutException():
            kind, text = "timeout", SENTENCES["timeout"]
        case httpx2.NetworkError() | httpx2.RemoteProtocolError():
            kind, text = "disconnected", SENTENCES["disconnected"]
        case httpx2.DecodingError():
            kind, text = "malformed", SENTENCES["malformed"]
        case _:
            kind, text = "refused", "the request could not be sent; check the base_url and the key"
    return ProviderFailure(kind, f"{text} ({type(error).__name__})", partial=partial)
