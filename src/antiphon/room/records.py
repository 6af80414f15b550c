"""Events as they are stored: encoded, sealed into a room's hash chain, and written as lines of JSONL.

    digest = H(salt ‖ body)          kept when salt and body are erased
    hash   = H(digest ‖ v, seq, stream, at, type, by ‖ previous hash)

H is BLAKE2b with 32 bytes. The digest has a fixed length, the header carries the lengths of its strings, the
previous hash fills the rest: no two records have the same input. A body is stored once, as the bytes that were
hashed; a line of JSONL is made around those bytes and gives them back unchanged.

It does not know where records are kept, and draws no salt: that comes in as a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import Any, NoReturn, TypeAlias, get_args

import msgspec
from msgspec import Struct

from antiphon.errors import BrokenChain, JournalError, UnknownEvent
from antiphon.room.events import AnyBody, Body, Erased, Event, type_of
from antiphon.room.journals import Record

__all__ = [
    "LINE_KEYS",
    "SALT_BYTES",
    "UPCASTS",
    "Upcasts",
    "decode",
    "encode",
    "line",
    "parse_line",
    "seal",
    "verify_chain",
    "well_formed",
]

SALT_BYTES = 16
"""Length of a salt: nobody guesses 128 random bits, so a digest whose body was erased tells nothing about it."""

HASH_BYTES = 32
"""Length of digests and hashes."""

LINE_KEYS = ("v", "stream", "room", "seq", "at", "type", "by", "hash", "salt", "erased", "digest")
"""What a line of JSONL holds besides the body's own fields; no body has a field of these names."""

Upcast: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]  # Any: JSON of a shape this program no longer has
Upcasts: TypeAlias = Mapping[tuple[str, int], Upcast]
"""(type, version) -> how a body of that version becomes one of the next."""

UPCASTS: Upcasts = {}
"""Every change of shape since version 1: none yet."""

TYPES: dict[str, type[Body]] = {type_of(kind): kind for kind in get_args(AnyBody)}
"""Event type -> its Struct."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(AnyBody).decode


# ------------------------------------------------------------------------------------------ bodies


def encode(event: Event) -> bytes:
    """Encode an event's body as JSON, its type first.

    Lone surrogates, which UTF-8 cannot hold but a model's JSON can spell, become U+FFFD; a split pair becomes the
    character it stands for. This is the one place where that happens on the way to a journal.

    Raises:
        JournalError: for a body that is erased, or holds what JSON cannot.
    """
    if isinstance(event.body, Erased):
        raise JournalError(f"room {event.stream}, seq {event.seq}: an erased event is never stored again")
    try:
        return _encode(event.body)
    except UnicodeEncodeError:
        return _encode(well_formed(msgspec.to_builtins(event.body)))
    except (TypeError, OverflowError, RecursionError):
        raise JournalError(f"room {event.stream}, seq {event.seq}: {event.type} holds what JSON cannot") from None


def well_formed(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Give JSON (a text, say) without lone surrogates: each becomes U+FFFD, a split pair its character."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, dict):
        return {well_formed(key): well_formed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [well_formed(item) for item in value]
    return value


def decode(record: Record, upcasts: Upcasts = UPCASTS) -> Event:
    """Decode a record; a body of an older version is brought up to date, an erased one becomes `Erased`.

    Raises:
        UnknownEvent: for a type or a version of a newer catalogue, never skipped.
        JournalError: for a body that does not say what its type must.
    """
    newest = _newest(record.type, upcasts)
    if record.type not in TYPES or not 1 <= record.v <= newest:
        _refuse(record, upcasts)
    if record.body is None:
        return Event(record.stream, record.seq, record.at, record.by, Erased(record.type), newest)
    try:
        body = _decode(record.body) if record.v == newest else _upcast(record, upcasts)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        _, _, place = str(error).rpartition(" - at ")
        where = f" at {place}" if place.startswith("`$") else ""
        raise JournalError(
            f"room {record.stream}, seq {record.seq}: the body of this {record.type} cannot be read{where}"
        ) from None
    return Event(record.stream, record.seq, record.at, record.by, body, newest)


def _newest(kind: str, upcasts: Upcasts) -> int:
    return max((version + 1 for known, version in upcasts if known == kind), default=1)


def _upcast(record: Record, upcasts: Upcasts) -> AnyBody:
    body = msgspec.json.decode(record.body or b"", type=dict[str, Any])
    for version in range(record.v, _newest(record.type, upcasts)):
        body = upcasts[record.type, version](body)
    current: AnyBody = msgspec.convert(body, AnyBody)
    return current


def _refuse(record: Record, upcasts: Upcasts) -> NoReturn:
    what = f"room {record.stream}, seq {record.seq}: {record.type} version {record.v} is of a newer catalogue;"
    if record.type in TYPES:
        raise UnknownEvent(f"{what} this program reads {record.type} up to version {_newest(record.type, upcasts)}")
    raise UnknownEvent(f"{what} this program reads {', '.join(sorted(TYPES))}")


# ------------------------------------------------------------------------------------------ the chain


def seal(previous_hash: bytes, event: Event, salt: bytes) -> Record:
    """Encode an event and bind it to everything before it.

    Args:
        previous_hash: of the event before; the parent's at a fork, b"" for the first of all.
        event: what happened.
        salt: `SALT_BYTES` of chance, fresh for every event.
    """
    body, kind = encode(event), event.type
    digest = blake2b(salt + body, digest_size=HASH_BYTES).digest()
    stream, at, by = event.stream, event.at, event.by
    try:
        link = _link(previous_hash, digest, event.v, event.seq, (stream, at, kind, by))
    except UnicodeEncodeError:
        stream, at, by = well_formed([stream, at, by])
        link = _link(previous_hash, digest, event.v, event.seq, (stream, at, kind, by))
    return Record(
        stream=stream, seq=event.seq, at=at, type=kind, by=by, v=event.v, salt=salt, body=body, digest=digest, hash=link
    )


def _link(previous: bytes, digest: bytes, v: int, seq: int, names: tuple[str, str, str, str]) -> bytes:
    stream, at, kind, by = names
    header = f"{v},{seq},{len(stream)},{len(at)},{len(kind)},{len(by)};{stream}{at}{kind}{by}"
    return blake2b(digest + header.encode() + previous, digest_size=HASH_BYTES).digest()


def verify_chain(records: Iterable[Record], previous_hash: bytes) -> int:
    """Check that consecutive records of one room are what was written, and in that order.

    Args:
        records: oldest first.
        previous_hash: of the event before the first of them; b"" before the first of all.

    Returns:
        How many of them their owner erased.

    Raises:
        BrokenChain: naming the first that is not what was written, and why.
    """
    erased, before = 0, None
    for record in records:
        if before is not None and (record.stream, record.seq) != (before.stream, before.seq + 1):
            raise BrokenChain(before.stream, before.seq + 1, f"seq {record.seq} stands where this should")
        if why := _flaw(record, previous_hash):
            raise BrokenChain(record.stream, record.seq, why)
        erased += record.body is None
        previous_hash, before = record.hash, record
    return erased


def _flaw(record: Record, previous: bytes) -> str | None:
    """Say what is wrong with one record, or None."""
    if (record.body is None) != (record.salt is None):
        return "of its body and its salt only one was erased"
    if not all(isinstance(part, bytes | None) for part in (record.body, record.salt, record.digest, record.hash)):
        return "it is kept as text where bytes were written"
    if record.body is not None and record.salt is not None:
        if len(record.salt) != SALT_BYTES or record.digest != _digest(record.salt, record.body):
            return "its body or its salt is not what was written"
        if not record.body.startswith(_opening(record.type)):
            return f"its body is no {record.type}"
    names = (record.stream, record.at, record.type, record.by)
    if record.hash != _link(previous, record.digest, record.v, record.seq, names):
        return "its header, its digest or what stands before it is not what was written"
    return None


def _digest(salt: bytes, body: bytes) -> bytes:
    return blake2b(salt + body, digest_size=HASH_BYTES).digest()


# ------------------------------------------------------------------------------------------ lines


class _Line(Struct):
    v: int
    stream: str
    seq: int
    at: str
    type: str
    by: str
    hash: str
    salt: str | None = None
    digest: str | None = None


_decode_line = msgspec.json.Decoder(_Line).decode


def line(record: Record) -> bytes:
    """Write a record as one line of JSONL, without the line's end: header, the body's fields, hash and salt.

    Raises:
        BrokenChain: when the stored body does not begin with its type.
    """
    if record.body is None:
        return _head(record) + b',"erased":true' + _tail(record)
    opening = _opening(record.type)
    if not (record.body.startswith(opening) and record.body.endswith(b"}")):
        raise BrokenChain(record.stream, record.seq, f"its body is no {record.type}")
    return _head(record) + record.body[len(opening) : -1] + _tail(record)


def parse_line(text: bytes) -> Record:
    """Read what `line` wrote, to the byte.

    Raises:
        JournalError: when the line is not one that `line` wrote.
    """
    text = text.strip()
    try:
        found = _decode_line(text)
        record = _record(found)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise JournalError(
            "this line is no event of a journal: it lacks v, stream, seq, at, type, by or hash"
        ) from None
    if record.body is None:
        if text == line(record):
            return record
    else:
        head, tail = _head(record), _tail(record)
        if text.startswith(head) and text.endswith(tail) and len(text) >= len(head) + len(tail):
            body = _opening(record.type) + text[len(head) : -len(tail)] + b"}"
            return msgspec.structs.replace(record, body=body, digest=_digest(record.salt or b"", body))
    raise JournalError(f"room {record.stream}, seq {record.seq}: the line was written anew; its bytes no longer verify")


def _record(found: _Line) -> Record:
    erased = found.salt is None
    return Record(
        stream=found.stream,
        seq=found.seq,
        at=found.at,
        type=found.type,
        by=found.by,
        v=found.v,
        salt=None if erased else bytes.fromhex(found.salt or ""),
        body=None if erased else b"",
        digest=bytes.fromhex(found.digest or ""),
        hash=bytes.fromhex(found.hash),
    )


def _opening(kind: str) -> bytes:
    """Give the bytes every body of a type begins with."""
    return b'{"type":' + _encode(kind)


def _head(record: Record) -> bytes:
    stream = _encode(record.stream)
    return b'{"v":%d,"stream":%b,"room":%b,"seq":%d,"at":%b,"type":%b,"by":%b' % (
        record.v,
        stream,
        stream,
        record.seq,
        _encode(record.at),
        _encode(record.type),
        _encode(record.by),
    )


def _tail(record: Record) -> bytes:
    if record.salt is None:
        return b',"digest":"%b","hash":"%b"}' % (record.digest.hex().encode(), record.hash.hex().encode())
    return b',"hash":"%b","salt":"%b"}' % (record.hash.hex().encode(), record.salt.hex().encode())
