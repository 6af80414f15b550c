"""Asks the loopback endpoints whether they answer now, for `antiphon models`. Nothing else is contacted.

An endpoint counts as loopback only by its address. The one name that is looked up is localhost: to look up any other
would tell a name server which providers are known here.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from typing import TypeAlias
from urllib.parse import urlsplit

import httpx2

from antiphon.wire.address import is_loopback, resolve
from antiphon.wire.cards import Endpoint
from antiphon.wire.loosely import Json, decode

__all__ = ["Answering", "probe"]

Answering: TypeAlias = tuple[str, str, list[str] | None]
"""An endpoint's name, its base URL, and its models' ids (None: nobody answers there)."""

_LOCALHOST = "localhost"
"""The name of this machine on itself."""

_SECONDS = 1.5
"""How long an endpoint on this machine is given: a list of models needs no thought."""

_BYTES = 1 << 20
"""Bytes of a list of models that are read."""

_SHOWN = 200
"""Models listed of one endpoint, and characters of a model's id."""


async def probe(endpoints: Iterable[Endpoint]) -> list[Answering]:
    """Ask every loopback endpoint for its models, all at one time; others are left out, not asked.

    No key is sent.
    """
    local = [endpoint for endpoint in endpoints if await _local(endpoint.base_url)]
    async with httpx2.AsyncClient(trust_env=False, follow_redirects=False, timeout=_SECONDS) as client:
        found = await asyncio.gather(*(_ask(client, endpoint.base_url) for endpoint in local))
    return [(endpoint.name, endpoint.base_url, models) for endpoint, models in zip(local, found, strict=True)]


async def _local(base_url: str) -> bool:
    """Tell whether a URL means this machine and nothing else."""
    try:
        host = urlsplit(base_url).hostname or ""
        addresses = await resolve(host) if host == _LOCALHOST else [_literal(host)]
    except (ValueError, OSError):
        return False
    return bool(addresses) and all(is_loopback(address) for address in addresses)


def _literal(host: str) -> str:
    """Write the old shorthands for IPv4 (127.1, 0x7f000001) out; everything else stays as it is."""
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return host


async def _ask(client: httpx2.AsyncClient, base_url: str) -> list[str] | None:
    """Give the ids an endpoint lists, or None when it gives no list in time."""
    try:
        async with asyncio.timeout(_SECONDS), client.stream("GET", base_url.rstrip("/") + "/models") as response:
            body = b""
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _BYTES:
                    return None
            return _ids(decode(body)) if response.status_code == 200 else None  # noqa: PLR2004 - the good status
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, ValueError):
        return None


def _ids(answer: Json) -> list[str] | None:
    listed = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        return None
    ids = (item.get("id") for item in listed if isinstance(item, dict))
    return [name[:_SHOWN] for name in ids if isinstance(name, str)][:_SHOWN]
