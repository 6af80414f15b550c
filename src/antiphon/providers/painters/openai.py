"""Paints through an OpenAI-compatible images endpoint, `/v1/images/generations`.

A picture comes as base64 or as a URL; a URL is a stranger's and is checked before it is fetched. The key is read when
a picture is asked for, by the name the scenario gives. It knows no room and no journal.

Source: the OpenAI API reference, images.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from urllib.parse import urlsplit

import msgspec

from antiphon.errors import ProviderFailure, ScenarioError
from antiphon.room.contracts import Means, Picture
from antiphon.room.models import Card
from antiphon.room.scenario import Pictures
from antiphon.wire.address import is_loopback
from antiphon.wire.client import Call, Wire
from antiphon.wire.failures import SENTENCES, refusal_inside
from antiphon.wire.fetch import PICTURE_BYTES, fetch_picture, picture_type
from antiphon.wire.gate import GateKey, account_of
from antiphon.wire.loosely import Json, decode
from antiphon.wire.scrub import Scrub

__all__ = ["PLUGIN", "OpenAIPainter"]

_CAPTION = 200
"""Characters of the description that the caption repeats."""

_TOTAL = 180.0
"""Seconds one picture may take, attempts included."""


class OpenAIPainter:
    """Paints what a description says."""

    free = False

    def __init__(self, pictures: Pictures, means: Means) -> None:
        """Prepare; nobody is called yet.

        Raises:
            ScenarioError: when the scenario names no model or no endpoint for its pictures.
        """
        if not pictures.model:
            raise ScenarioError("`$.pictures.model` is empty: name an image model, such as the endpoint's own")
        card = means.models.get(pictures.model) or Card(id=pictures.model)
        base = pictures.base_url or card.base_url
        if not base:
            msg = f"`$.pictures.base_url` is empty and no card says where {pictures.model!r} is asked"
            raise ScenarioError(msg)
        self._pictures, self._means = pictures, means
        self._base = base.rstrip("/")
        self._url = self._base + "/images/generations"
        self._key_name = pictures.key or (card.key if base == card.base_url else "")
        self._wire: Wire = means.wire

    async def paint(self, description: str, variant: int = 0) -> Picture:  # noqa: ARG002 - the Protocol's
        """Paint the description; a variant is simply asked for again, and differs as the endpoint will have it."""
        asked = {"model": self._pictures.model, "prompt": description, "n": 1, "size": self._pictures.size}
        key = self._key()
        where = urlsplit(self._url)
        call = Call(
            url=self._url,
            body=msgspec.json.encode(asked),
            gate=GateKey(where.netloc.rpartition("@")[2], account_of(key), self._pictures.model),
            key=key,
            total=_TOTAL,
        )
        painted, _ = await self._wire.post(call, lambda: _Painted(self._wire.scrub))
        short = " ".join(description.split())
        short = short if len(short) <= _CAPTION else f"{short[: _CAPTION - 1]}…"
        own_machine = is_loopback(where.hostname or "") or where.hostname == "localhost"
        data, mime = await painted.picture(allow_loopback=own_machine)
        return Picture(data, mime, f"{self._pictures.model}: {short}", None)

    def _key(self) -> str:
        if not self._key_name:
            return ""
        if key := self._means.key(self._key_name, self._base):
            return key
        msg = f"the environment variable {self._key_name} holds no key, and none was kept for this address"
        raise ProviderFailure("unauthorised", msg)


class _Painted:
    """Takes the answer; a `Sink` of the wire."""

    partial = ""
    complete = True

    def __init__(self, scrub: Scrub) -> None:
        self._scrub = scrub
        self._url = ""
        self._data = b""

    def take(self, data: bytes) -> bool:
        """Take an answer sent as an event, though no stream was asked for."""
        self.whole(data)
        return False

    def whole(self, data: bytes) -> None:
        """Take the answer."""
        first = _first(data, self._scrub)
        coded, url = first.get("b64_json"), first.get("url")
        if isinstance(coded, str) and coded:
            self._data = _unpacked(coded)
        elif isinstance(url, str) and url:
            self._url = url
        else:
            raise ProviderFailure("malformed", f"{SENTENCES['malformed']}: it holds no picture")

    async def picture(self, *, allow_loopback: bool) -> tuple[bytes, str]:
        """Give the picture's bytes and MIME type, fetching it where only its URL came."""
        if self._url:
            return await fetch_picture(self._url, allow_loopback=allow_loopback)
        if mime := picture_type(self._data):
            return self._data, mime
        raise ProviderFailure("malformed", f"{SENTENCES['malformed']}: what it holds is no PNG, JPEG, GIF or WebP")


def _first(data: bytes, scrub: Scrub) -> dict[str, Json]:
    try:
        answer = decode(data)
    except ValueError:
        answer = None
    if isinstance(answer, dict) and answer.get("error"):
        raise refusal_inside(answer["error"], scrub)
    listed = answer.get("data") if isinstance(answer, dict) else None
    first = listed[0] if isinstance(listed, list) and listed else None
    if not isinstance(first, dict):
        raise ProviderFailure("malformed", f"{SENTENCES['malformed']}: no JSON of its kind")
    return first


def _unpacked(coded: str) -> bytes:
    if len(coded) * 3 // 4 > PICTURE_BYTES:
        raise ProviderFailure("malformed", f"a picture of more than {PICTURE_BYTES} bytes")
    try:
        return b64decode(coded.rpartition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        pass  # raised below, so that the failure does not drag the bytes along
    raise ProviderFailure("malformed", f"{SENTENCES['malformed']}: its base64 is broken")


PLUGIN = OpenAIPainter
