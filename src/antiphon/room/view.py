"""What each seat is shown before it speaks: parts in the order the seat heard them, encoded once.

`Views` is a fold over events, beside the state: `hear` takes each event after `apply` did. A part once sent never
changes, so that a provider's prompt cache hits; what breaks that (a replaced prompt, a window) is counted as kept
prefix. A part's text is kept only as JSON-escaped UTF-8, shared by all seats. It knows no provider.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Literal

import msgspec
from msgspec import Struct

from antiphon.room.events import ViewFact
from antiphon.room.state import Seat

__all__ = ["Part", "SeatView", "View", "escape", "unescape"]

Kind = Literal["said", "notice", "outcome", "picture", "layer", "briefing"]

_PER_PART = 4
"""Tokens a provider's chat template adds to a message (role, separators): an estimate on the safe side."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(str).decode

_NEXT = {False: b"\\n\\n", True: b'"},{"type":"text","text":"'}
_CLOSE = {False: b'"}', True: b'"}]}'}


def _open(role: str, *, rich: bool) -> bytes:
    return b'{"role":"%s","content":%s' % (role.encode(), b'[{"type":"text","text":"' if rich else b'"')


@lru_cache(maxsize=4096)
def _between(rich: bool, before: str, role: str, label: str) -> bytes:  # noqa: FBT001 - a cache's key
    """Give what stands between two parts: cached, since it is the same few bytes in every room."""
    shown = escape(f"[{label}]: ") if label and role != "assistant" else b""
    if before == role:
        return _NEXT[rich] + shown
    opening = _open(role, rich=rich) + shown
    return _CLOSE[rich] + b"," + opening if before else opening


def escape(text: str) -> bytes:
    """Encode text as the inside of a JSON string; lone surrogates, which UTF-8 cannot hold, become "?"."""
    try:
        return _encode(text)[1:-1]
    except UnicodeEncodeError:
        return _encode(text.encode("utf-8", "replace").decode())[1:-1]


def unescape(text: bytes) -> str:
    """Decode what `escape` encoded."""
    return _decode(b'"' + text + b'"')


class Part(Struct, frozen=True, gc=False):
    """Is one event for one audience.

    Attributes:
        seq: sequence number of the event it comes from.
        by: seat id, "room", or "person:NAME".
        kind: what it is; detectors judge "said" only.
        label: shown before the text as "[Label]: "; "" = none.
        json: the text, JSON-escaped.
        blobs: pictures, "sha256:…".
    """

    seq: int
    by: str
    kind: Kind
    label: str
    json: bytes
    blobs: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Decode the text, without its label."""
        return unescape(self.json)


class View(Struct, frozen=True):
    """Is what a seat is shown, as its speaker gets it.

    Attributes:
        room: the room's id.
        seat: the seat about to speak (read only).
        system: its system text with layers.
        parts: oldest first, from the first one still heard; do not mutate.
        others: labels of the other present seats, for stop strings.
        shape: "chat" or "history" (one `<history>` block).
        source: the seat's memory that `body` is joined from; not for speakers.
    """

    room: str
    seat: Seat
    system: str
    parts: Sequence[Part]
    others: tuple[str, ...]
    shape: str
    source: SeatView

    @property
    def body(self) -> bytes:
        """Join the parts as JSON objects {role, content} with commas between; no brackets, no system message."""
        return self.source.body()

    def role(self, part: Part) -> str:
        """Give the role a part has for this seat: "assistant", "user" or "system"."""
        return _role(part, self.seat.id)

    def lines(self, last: int | None = None) -> list[tuple[str, str]]:
        """Give (role, text with label) of the last parts, oldest first (None: all)."""
        parts = self.parts if last is None else self.parts[-last:]
        return [(self.role(p), f"[{p.label}]: {p.text}" if p.label and p.by != self.seat.id else p.text) for p in parts]


def _role(part: Part, seat: str) -> str:
    if part.by == seat and part.kind == "said":
        return "assistant"
    return "system" if part.kind == "layer" else "user"


class SeatView(Struct):
    """Is one seat's memory of what it heard; `parts` and `late` are data, the rest is rebuilt from them.

    While the seat's own call runs, what others say waits in `late`, and stands after its reply. `gone` is how many
    characters of the first part still heard are overwritten, `system_gone` how many of the system text; `alone` tells
    that it hears only itself and what the room says to it.
    """

    seat: str
    rich: bool
    parts: list[Part]
    late: list[Part]
    sees: bool = False
    waiting: bool = False
    first: int = 0
    pieces: list[bytes] = []
    role: str = ""
    size: int = 0
    sent_system: str = ""
    sent_size: int = 0
    sent_first: int = 0
    gone: int = 0
    sent_gone: int = 0
    system_gone: int = 0
    alone: bool = False
    counted: int = 0
    counted_tokens: int = 0
    counted_first: int = 0
    ever_counted: int = 0
    ever_tokens: int = 0
    hasher: Any = None  # Any: hashlib names no public type for a blake2b object

    def reseat(self, *, rich: bool, sees: bool) -> None:
        """Encode everything anew for another model; nothing that was sent before is kept by its provider."""
        self.rich, self.sees, self.hasher, self.sent_first = rich, sees, None, -1

    def hear(self, part: Part) -> None:
        """Take in a part now, or after the reply of the call in flight."""
        if self.waiting:
            self.late.append(part)
        else:
            self._add(part)

    def reply(self, part: Part) -> None:
        """Take in the seat's own message, then what it could not hear while it spoke."""
        self._add(part)
        self.settle()

    def settle(self) -> None:
        """End the waiting: what came meanwhile is heard now."""
        self.waiting = False
        late, self.late = self.late, []
        for part in late:
            self._add(part)

    def _add(self, part: Part) -> None:
        self.parts.append(part)
        if self.hasher is not None:
            self._encode(part)

    def _encode(self, part: Part) -> None:
        role = _role(part, self.seat)
        head, text = _between(self.rich, self.role, role, part.label), part.json
        self.role = role
        self.pieces += (head, text)
        self.size += len(head) + len(text)
        self.hasher.update(head)
        self.hasher.update(text)
        for blob in part.blobs:
            self._picture(blob)

    def _picture(self, blob: str) -> None:
        if self.rich and self.sees:
            piece = b'"},{"type":"image_url","image_url":{"url":"%s"}},{"type":"text","text":"' % blob.encode()
            self.pieces.append(piece)
            self.size += len(piece)
            self.hasher.update(piece)

    def build(self) -> None:
        """Encode every part that is still heard, unless that is done already."""
        if self.hasher is None:
            self.pieces, self.role, self.size = [], "", 0
            self.hasher = blake2b(digest_size=16)
            for part in self.heard():
                self._encode(part)

    def heard(self) -> Sequence[Part]:
        """Give the parts still heard, oldest first; one that is partly overwritten begins where it is not, unnamed."""
        if self.gone:
            front = self.parts[self.first]
            left = msgspec.structs.replace(front, label="", json=escape(front.text[self.gone :]))
            return [left, *self.parts[self.first + 1 :]]
        return self.parts[self.first :] if self.first else self.parts

    def forget_before(self, seq: int) -> tuple[int, int] | None:
        """Stop hearing parts before `seq`; returns the first and last sequence number newly unheard, if any."""
        start = self.first
        while self.first < len(self.parts) and self.parts[self.first].seq < seq:
            self.first += 1
        if self.first == start:
            return None
        self.hasher, self.gone = None, 0
        return self.parts[start].seq, self.parts[self.first - 1].seq

    def overwrite(self, first: int, gone: int, system_gone: int) -> None:
        """Stop hearing the first `first` parts, `gone` characters of the next, and `system_gone` of the system text."""
        self.first, self.gone, self.system_gone, self.hasher = first, gone, system_gone, None

    def hear_alone(self) -> None:
        """Forget what others said, and hear none of it from now on."""
        self.alone, self.hasher, self.first, self.gone = True, None, 0, 0
        self.counted = self.counted_tokens = self.ever_counted = self.ever_tokens = 0
        self.parts = [part for part in self.parts if part.by == self.seat or part.kind in {"outcome", "layer"}]

    def tokens(self, count: Callable[[str], int]) -> int:
        """Estimate the tokens of the parts still heard; each part is counted once."""
        if self.gone:
            return sum(count(part.text) + _PER_PART for part in self.heard())
        if self.counted_first != self.first or self.counted > len(self.parts):
            self.counted, self.counted_tokens, self.counted_first = self.first, 0, self.first
        for part in self.parts[self.counted :]:
            self.counted_tokens += count(part.text) + _PER_PART
        self.counted = len(self.parts)
        return self.counted_tokens

    def ever(self, count: Callable[[str], int]) -> int:
        """Estimate the tokens of all parts ever heard; each is counted once."""
        self.ever_tokens += sum(count(part.text) for part in self.parts[self.ever_counted :])
        self.ever_counted = len(self.parts)
        return self.ever_tokens

    def body(self) -> bytes:
        """Join the parts as JSON messages without brackets."""
        self.build()
        if not self.pieces:
            return b""
        self.pieces.append(_CLOSE[self.rich])  # within the join, since adding it afterwards would copy everything again
        body = b"".join(self.pieces)
        self.pieces.pop()
        return body

    def fact(self, system: str) -> ViewFact:
        """Describe what is about to be sent, and remember it as sent."""
        self.build()
        hasher = self.hasher.copy()
        hasher.update(b"\0system\0")
        hasher.update(system.encode("utf-8", "replace"))
        kept = self._kept(system)
        system_size = len(system) if system.isascii() else len(system.encode("utf-8", "replace"))
        size = self.size + system_size
        self.sent_system, self.sent_size, self.sent_first, self.sent_gone = system, size, self.first, self.gone
        return ViewFact(bytes=size, digest=hasher.hexdigest(), kept_prefix=kept)

    def _kept(self, system: str) -> float:
        before = self.sent_size
        same_system = system is self.sent_system or system == self.sent_system
        if before == 0 or (same_system and self.first == self.sent_first and self.gone == self.sent_gone):
            return 1.0
        kept = 0
        for ours, theirs in zip(system, self.sent_system, strict=False):
            if ours != theirs:
                break
            kept += len(ours.encode("utf-8", "replace"))
        return round(min(1.0, kept / before), 4)
