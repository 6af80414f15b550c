"""A small OpenAI-compatible server on the loopback, for tests and rehearsals, with faults that can be switched on.

It answers `/v1/chat/completions`, `/v1/completions`, `/v1/models` and `/v1/images/generations`, streamed and not.
`plan` holds what becomes of the next requests, one `Fault` each; when it is empty, every request is answered well.
It is no model: by default it says how many bytes it was sent. It knows nothing of the wire it is there to test.

    python -m antiphon.testing.endpoint --port 8950
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from base64 import b64encode
from collections import deque
from collections.abc import Callable
from typing import Any, Self, TypeAlias

import msgspec
from msgspec import Struct

__all__ = ["Endpoint", "Fault", "Seen"]

Json: TypeAlias = Any
"""Anything JSON can hold: an endpoint, and a broken one most of all, may say whatever it likes."""

_encode = msgspec.json.Encoder().encode

_REASONS = {200: "OK", 301: "Moved", 400: "Bad Request", 404: "Not Found", 429: "Too Many Requests", 500: "Oops"}

_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)
"""A PNG of one pixel, for `/v1/images/generations`."""

_ENDLESS = 4096
"""Chunks after which even an "endless" stream gives up, so that no test can hang a machine."""


class Fault(Struct, frozen=True, kw_only=True):
    """Says what becomes of one request; the defaults are a good answer.

    Attributes:
        status: HTTP status; anything but 200 answers with `error`.
        error: the JSON of an error body; bytes are sent as they are.
        headers: extra response headers, such as ("Retry-After", "2").
        latency: seconds before the first byte.
        hang_up: close the connection without a byte.
        cut_after: chunks (streamed) or bytes (not streamed) after which the connection is cut.
        garble: send something that is not JSON where JSON belongs.
        endless: stream without end.
        size: UTF-8 bytes of the answer; 0 = the endpoint's own answer.
        body: the whole answer, as it is (with its content type), in place of a good one.
        sse: data of server-sent events, as they are, in place of good ones.
    """

    status: int = 200
    error: Json = None
    headers: tuple[tuple[str, str], ...] = ()
    latency: float = 0.0
    hang_up: bool = False
    cut_after: int | None = None
    garble: bool = False
    endless: bool = False
    size: int = 0
    body: Json = None
    sse: tuple[bytes, ...] | None = None

    @classmethod
    def rate_limited(cls, retry_after: str = "") -> Fault:
        """Answer 429, with a Retry-After when one is given."""
        headers = (("Retry-After", retry_after),) if retry_after else ()
        return cls(
            status=429, headers=headers, error={"error": {"message": "slow down", "code": "rate_limit_exceeded"}}
        )

    @classmethod
    def server_error(cls, status: int = 500) -> Fault:
        """Answer with a server's own failure."""
        return cls(status=status, error={"error": {"message": "it broke", "type": "server_error"}})

    @classmethod
    def gone(cls) -> Fault:
        """Answer that the model is no longer there."""
        return cls(status=404, error={"error": {"message": "The model `x` does not exist", "code": "model_not_found"}})

    @classmethod
    def too_long(cls) -> Fault:
        """Answer that the request does not fit the model's context."""
        text = "This model's maximum context length is 4000 tokens. However, your messages resulted in 5000 tokens."
        return cls(status=400, error={"error": {"message": text, "code": "context_length_exceeded"}})


_GOOD = Fault()


class Seen(Struct, frozen=True):
    """Is one request as it arrived: path, headers in lower case, body."""

    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Json:
        """Decode the body."""
        return msgspec.json.decode(self.body)


def _say_size(seen: Seen) -> str:
    return f"I was sent {len(seen.body)} bytes and have nothing to add to them."


class Endpoint:
    """Serves on a free loopback port while it is entered (`async with`).

    Attributes:
        plan: what becomes of the next requests, oldest first; then `always`.
        listing: what becomes of requests for the list of models, which are none of the plan's.
        seen: every request so far.
        choose: gives a fault by what a request holds (a model that is gone, say), before `plan` is asked; None = none.
        capacity: requests at one time above which it answers 429; None = no limit. May be changed while it runs.
        latency: seconds every answer takes.
        chunk: characters in one streamed piece.
        pace: seconds between two streamed pieces.
        reasoning: text given as `reasoning_content` before each answer.
        peak: most requests that were in flight at one time.
    """

    def __init__(self, *, answer: Callable[[Seen], str] = _say_size, port: int = 0, keep: bool = True) -> None:
        """Prepare; nothing is bound before the endpoint is entered. With `keep` False no request is remembered."""
        self.answer, self.port, self.keep = answer, port, keep
        self.plan: deque[Fault] = deque()
        self.listing = _GOOD
        self.choose: Callable[[Seen], Fault | None] = lambda _: None
        self.always = _GOOD
        self.seen: list[Seen] = []
        self.capacity: int | None = None
        self.latency, self.pace, self.chunk, self.reasoning = 0.0, 0.0, 16, ""
        self.models: tuple[str, ...] = ("tiny",)
        self.in_flight = self.peak = self.refused = 0
        self._server: asyncio.Server | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self._open: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Give the base URL, as a seat's `base_url` names it."""
        return f"http://127.0.0.1:{self.port}/v1"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port, limit=1 << 22)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None  # noqa: S101 - entered, or Python would not be here
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()

    async def quiet(self) -> None:
        """Wait until no request is in flight: an endpoint learns that a client went away when it writes next."""
        await self._idle.wait()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client went away, as clients do
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = (line.partition(":") for line in head[1:] if line)
        headers = {name.strip().lower(): value.strip() for name, _, value in fields}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        seen = Seen(head[0].split(" ")[1], headers, body)
        if self.keep:
            self.seen.append(seen)
        self.in_flight += 1
        self._idle.clear()
        self.peak = max(self.peak, self.in_flight)
        try:
            return await self._answer(seen, _Out(writer), self._fault(seen))
        finally:
            self.in_flight -= 1
            if not self.in_flight:
                self._idle.set()

    def _fault(self, seen: Seen) -> Fault:
        if seen.path == "/v1/models":
            return self.listing
        if self.capacity is not None and self.in_flight > self.capacity:
            self.refused += 1
            return Fault.rate_limited()
        if (chosen := self.choose(seen)) is not None:
            return chosen
        return self.plan.popleft() if self.plan else self.always

    async def _answer(self, seen: Seen, out: _Out, fault: Fault) -> bool:
        """Answer one request; False when the connection ends with it."""
        if pause := fault.latency or self.latency:
            await asyncio.sleep(pause)
        if fault.hang_up:
            return False
        if fault.status != 200:  # noqa: PLR2004 - the one good status
            return await out.whole(fault.status, fault.error, fault.headers)
        if fault.body is None and seen.path.endswith("/completions"):
            return await self._speak(seen, out, fault)
        body = self._other(seen.path) if fault.body is None else fault.body
        return await out.whole(200, body, fault.headers, cut=fault.cut_after)

    def _other(self, path: str) -> Json:
        if path == "/v1/models":
            return {"object": "list", "data": [{"id": name} for name in self.models]}
        return {"data": [{"b64_json": b64encode(_PIXEL).decode()}]}

    async def _speak(self, seen: Seen, out: _Out, fault: Fault) -> bool:
        asked = seen.json()
        text = "x" * fault.size if fault.size else self.answer(seen)
        chat = seen.path.endswith("/chat/completions")
        if asked.get("stream"):
            return await self._stream(out, fault, asked, self._pieces(text, chat=chat))
        body = self._complete(text, asked, chat=chat)
        return await out.whole(200, body, fault.headers, cut=fault.cut_after, garble=fault.garble)

    def _usage(self, text: str) -> dict[str, Json]:
        return {"prompt_tokens": 100, "completion_tokens": len(text) // 4, "total_tokens": 100 + len(text) // 4}

    def _complete(self, text: str, asked: dict[str, Json], *, chat: bool) -> dict[str, Json]:
        message: dict[str, Json] = {"role": "assistant", "content": text}
        if self.reasoning:
            message["reasoning_content"] = self.reasoning
        choice = {"index": 0, "finish_reason": "stop", **({"message": message} if chat else {"text": text})}
        return {"id": "fake-1", "model": asked.get("model", ""), "choices": [choice], "usage": self._usage(text)}

    def _pieces(self, text: str, *, chat: bool) -> list[bytes]:
        cut = [text[at : at + self.chunk] for at in range(0, len(text), self.chunk)]
        deltas: list[dict[str, Json]] = [{"delta": {"content": piece}} if chat else {"text": piece} for piece in cut]
        if chat:
            thought = {"reasoning_content": self.reasoning} if self.reasoning else {}
            deltas.insert(0, {"delta": {"role": "assistant", "content": "", **thought}})
        deltas.append({"finish_reason": "stop", **({"delta": {}} if chat else {"text": ""})})
        chunks: list[Json] = [{"id": "fake-1", "model": "tiny", "choices": [{"index": 0, **delta}]} for delta in deltas]
        chunks.append({"id": "fake-1", "model": "tiny", "choices": [], "usage": self._usage(text)})
        return [_encode(chunk) for chunk in chunks]

    async def _stream(self, out: _Out, fault: Fault, asked: dict[str, Json], pieces: list[bytes]) -> bool:
        if not (asked.get("stream_options") or {}).get("include_usage"):
            pieces = pieces[:-1]
        if fault.sse is not None:
            pieces = list(fault.sse)
        elif fault.garble:
            pieces = [pieces[0], b'{"choices": [{"delta": {"cont']
        elif fault.endless:
            pieces = [pieces[1]] * _ENDLESS
        await out.open(fault.headers)
        for number, piece in enumerate(pieces):
            if number == fault.cut_after:
                return False
            if self.pace and number:
                await asyncio.sleep(self.pace)
            await out.event(piece)
        if fault.sse is None:
            await out.event(b"[DONE]")
        return await out.end()


class _Out:
    """Writes HTTP/1.1 answers."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer

    async def whole(
        self,
        status: int,
        body: Json,
        headers: tuple[tuple[str, str], ...] = (),
        *,
        cut: int | None = None,
        garble: bool = False,
    ) -> bool:
        data = body if isinstance(body, bytes) else _encode(body)
        if garble:
            data = b"{this is not json" + data[:10]
        extra = "".join(f"{name}: {value}\r\n" for name, value in headers)
        head = (
            f"HTTP/1.1 {status} {_REASONS.get(status, 'Status')}\r\nContent-Type: application/json\r\n"
            f"{extra}Content-Length: {len(data)}\r\n\r\n"
        )
        self.writer.write(head.encode() + (data if cut is None else data[:cut]))
        await self.writer.drain()
        return cut is None

    async def open(self, headers: tuple[tuple[str, str], ...] = ()) -> None:
        extra = "".join(f"{name}: {value}\r\n" for name, value in headers)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{extra}Transfer-Encoding: chunked\r\n\r\n"
        self.writer.write(head.encode())
        await self.writer.drain()

    async def event(self, data: bytes) -> None:
        line = b"data: " + data + b"\n\n"
        self.writer.write(b"%x\r\n%s\r\n" % (len(line), line))
        await self.writer.drain()

    async def end(self) -> bool:
        self.writer.write(b"0\r\n\r\n")
        await self.writer.drain()
        return True


async def _main(port: int, size: int, latency: float, pace: float) -> None:
    endpoint = Endpoint(port=port, keep=False, answer=(lambda _: "y" * size) if size else _say_size)
    endpoint.latency, endpoint.pace = latency, pace
    async with endpoint:
        print(endpoint.url, flush=True)  # noqa: T201 - whoever starts it reads where it listens
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="An OpenAI-compatible fake endpoint on the loopback.")
    parser.add_argument("--port", type=int, default=0, help="0 = any free port; the URL is printed")
    parser.add_argument("--size", type=int, default=0, help="UTF-8 bytes of each answer")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--pace", type=float, default=0.0, help="seconds between two streamed pieces")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_main(options.port, options.size, options.latency, options.pace))
