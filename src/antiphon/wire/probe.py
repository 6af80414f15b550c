"""Asks endpoints for the list of their models, which costs nothing.

`probe` asks those on this machine whether they answer now, without a key; `list_models` asks the one a person has just
named, with the key they gave. Nothing else is contacted. An endpoint counts as loopback only by its address. The one
name that is looked up for `probe` is localhost: to look up any other would tell a name server which providers are known
here.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from contextlib import suppress
from typing import TypeAlias
from urllib.parse import urlsplit

import httpx2

from antiphon.errors import ProviderFailure, UserError
from antiphon.wire.address import is_loopback, resolve
from antiphon.wire.cards import Endpoint
from antiphon.wire.failures import SENTENCES
from antiphon.wire.loosely import Json, decode

__all__ = ["Answering", "check_key", "is_here", "list_models", "probe"]

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
    local = [endpoint for endpoint in endpoints if await is_here(endpoint.base_url)]
    async with httpx2.AsyncClient(trust_env=False, follow_redirects=False, timeout=_SECONDS) as client:
        found = await asyncio.gather(*(_ask(client, endpoint.base_url) for endpoint in local))
    return [(endpoint.name, endpoint.base_url, models) for endpoint, models in zip(local, found, strict=True)]


async def list_models(base_url: str, key: str = "", *, seconds: float = 15.0) -> list[str]:
    """Ask one endpoint for its models; follows no redirect, so that the key goes nowhere else.

    Args:
        base_url: without `/models`.
        key: sent as a bearer token; "" = none.
        seconds: how long the endpoint may take.

    Raises:
        UserError: when the key cannot be sent, or would travel readable to another machine.
        ProviderFailure: when the endpoint gives no list; it repeats neither the key nor the endpoint's words.
    """
    await check_key(base_url, key)
    headers = {"authorization": f"Bearer {key}"} if key else {}
    try:
        async with httpx2.AsyncClient(trust_env=False, follow_redirects=False, timeout=seconds) as client:
            status, ids = await _listed(client, base_url, headers, seconds)
    except TimeoutError:
        raise ProviderFailure("timeout", SENTENCES["timeout"]) from None
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError):
        raise ProviderFailure("disconnected", "nobody answers at this address") from None
    if status in {401, 403}:
        raise ProviderFailure("unauthorised", "the endpoint did not accept the key")
    if ids is None:
        raise ProviderFailure(
            "refused", f"the endpoint gave no list of models (status {status}); is the address right?"
        )
    return ids


async def check_key(base_url: str, key: str) -> None:
    """Refuse a key that cannot be sent, or would travel readable to another machine; nobody is asked.

    Raises:
        UserError: without the key.
    """
    if key and not (key.isascii() and key.isprintable() and " " not in key):
        raise UserError("the key holds signs that no HTTP header can carry; was something else pasted?")
    if key and base_url.lower().startswith("http:") and not await is_here(base_url):
        raise UserError("a key is not sent readable to another machine; use an https address")


async def is_here(base_url: str) -> bool:
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
        return (await _listed(client, base_url, {}, _SECONDS))[1]
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, ValueError):
        return None


async def _listed(
    client: httpx2.AsyncClient, base_url: str, headers: dict[str, str], seconds: float
) -> tuple[int, list[str] | None]:
    """Give the status, and the ids where the answer is a list of models."""
    url = base_url.rstrip("/") + "/models"
    async with asyncio.timeout(seconds), client.stream("GET", url, headers=headers) as response:
        body = b""
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > _BYTES:
                return response.status_code, None
        with suppress(ValueError):  # a page for people, say, where a list was expected
            return response.status_code, _ids(decode(body)) if response.status_code == 200 else None  # noqa: PLR2004 - good
        return response.status_code, None


def _ids(answer: Json) -> list[str] | None:
    listed = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        return None
    ids = (item.get("id") for item in listed if isinstance(item, dict))
    return [name[:_SHOWN] for name in ids if isinstance(name, str)][:_SHOWN]
