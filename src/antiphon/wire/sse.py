"""Reads server-sent events from bytes, however the network cut them.

It gives the data of each event as bytes and nothing else: names, ids and retry times of events are ignored, since
no endpoint of ours uses them. It does not know what the data mean, except for the `[DONE]` that ends a stream.

Source: the event stream format of the HTML Living Standard, section 9.2.
"""

from __future__ import annotations

__all__ = ["LINE_BYTES", "TOTAL_BYTES", "EventStream", "StreamTooLongError"]

LINE_BYTES = 8 << 20
"""Longest line (and longest event) taken: a whole answer of 1 MB, escaped, in one event, fits several times."""

TOTAL_BYTES = 64 << 20
"""Bytes of one stream taken: chunks of a few characters arrive in 200 bytes of JSON each, so 4 MB of text fit."""

_DONE = b"[DONE]"
_MARK = b"\xef\xbb\xbf"


class StreamTooLongError(ValueError):
    """Says that a line or the whole stream passed its bound."""


class EventStream:
    """Parses one stream incrementally; any way of cutting it into chunks gives the same events.

    Attributes:
        done: True once `[DONE]` has come; what follows it is ignored.
    """

    __slots__ = ("_data", "_head", "_line_bytes", "_rest", "_rest_size", "_seen", "_skip", "_total_bytes", "done")

    def __init__(self, *, line_bytes: int = LINE_BYTES, total_bytes: int = TOTAL_BYTES) -> None:
        """Begin a stream with its bounds, in bytes."""
        self.done = False
        self._line_bytes, self._total_bytes = line_bytes, total_bytes
        self._rest: list[bytes] = []
        self._rest_size = 0
        self._data: list[bytes] = []
        self._head: bytes | None = b""
        self._seen = 0
        self._skip = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take the next bytes and give the data of the events they complete, oldest first.

        Raises:
            StreamTooLongError: when a bound is passed.
        """
        if not chunk or self.done:
            return []
        self._seen += len(chunk)
        if self._seen > self._total_bytes:
            msg = f"more than {self._total_bytes} bytes of events"
            raise StreamTooLongError(msg)
        if self._head is not None:
            chunk = self._unmark(chunk)
        if self._skip and chunk[:1] == b"\n":
            chunk, self._skip = chunk[1:], False
        return self._split(chunk) if chunk else []

    def finish(self) -> list[bytes]:
        """End a stream that closed without a last blank line; gives the event that stood open, if any."""
        return [] if self.done else self._lines([*self._take_rest(), b""])

    def _unmark(self, chunk: bytes) -> bytes:
        """Hold the first bytes back until it is clear whether they are a byte order mark; drop the mark."""
        head = (self._head or b"") + chunk
        if len(head) < len(_MARK) and _MARK.startswith(head):
            self._head = head
            return b""
        self._head = None
        return head.removeprefix(_MARK)

    def _split(self, chunk: bytes) -> list[bytes]:
        self._skip = chunk[-1:] == b"\r"
        if b"\n" not in chunk and b"\r" not in chunk:
            self._keep(chunk)
            return []
        lines = chunk.splitlines()
        if self._rest:
            lines[0] = b"".join([*self._rest, lines[0]])
            self._rest, self._rest_size = [], 0
        if chunk[-1] not in b"\r\n":
            self._keep(lines.pop())
        return self._lines(lines)

    def _keep(self, part: bytes) -> None:
        self._rest.append(part)
        self._rest_size += len(part)
        if self._rest_size > self._line_bytes:
            msg = f"a line of more than {self._line_bytes} bytes"
            raise StreamTooLongError(msg)

    def _take_rest(self) -> list[bytes]:
        rest, self._rest = self._rest, []
        return [b"".join(rest)] if rest else []

    def _lines(self, lines: list[bytes]) -> list[bytes]:
        events: list[bytes] = []
        data = self._data
        for line in lines:
            if line[:5] == b"data:":
                data.append(line[6:] if line[5:6] == b" " else line[5:])
            elif not line:
                if not data:
                    continue
                event = data[0] if len(data) == 1 else b"\n".join(data)
                data.clear()
                if event == _DONE:
                    self.done = True
                    break
                events.append(event)
            elif line == b"data":
                data.append(b"")
        return events
