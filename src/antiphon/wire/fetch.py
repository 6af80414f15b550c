"""Fetches a picture from an address that an endpoint gave: checked, pinned to the checked address, bounded.

A redirect is not followed: where it leads was not checked. It knows no painter.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import httpx2

from antiphon.errors import ProviderFailure
from antiphon.wire.address import Checked, Resolver, check_address

__all__ = ["PICTURE_BYTES", "fetch_picture", "picture_type"]

PICTURE_BYTES = 20 << 20
"""Bytes of a picture taken at most: several times what image models make."""

_SECONDS = 60.0
"""How long a picture may take to arrive."""

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
)


def picture_type(data: bytes) -> str | None:
    """Tell a picture's MIME type from its first bytes, whatever anybody says of it; None when it is none we show."""
    for magic, mime in _MAGIC:
        if data.startswith(magic) and (magic != b"RIFF" or data[8:12] == b"WEBP"):
            return mime
    return None


async def fetch_picture(
    url: str, *, allow_loopback: bool = False, resolver: Resolver | None = None
) -> tuple[bytes, str]:
    """Give a picture's bytes and MIME type.

    Args:
        url: as an endpoint gave it.
        allow_loopback: the endpoint itself is on this machine, so its pictures may be too.
        resolver: looks names up; None = the system's.

    Raises:
        ProviderFailure: "blocked_address" before anything is asked; else what went wrong.
    """
    checked = await check_address(url, allow_loopback=allow_loopback, resolver=resolver)
    try:
        async with asyncio.timeout(_SECONDS):
            data = await _get(url, checked)
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
        kind = "timeout" if isinstance(error, TimeoutError | httpx2.TimeoutException) else "unavailable"
        text = f"the picture could not be fetched ({type(error).__name__})"
    else:
        if mime := picture_type(data):
            return data, mime
        kind, text = "malformed", "what was fetched is not a picture in PNG, JPEG, GIF or WebP"
    raise ProviderFailure(kind, text)


async def _get(url: str, checked: Checked) -> bytes:
    parts = urlsplit(url)
    address = f"[{checked.address}]" if ":" in checked.address else checked.address
    target = f"{checked.scheme}://{address}:{checked.port}{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    headers = {"host": checked.host, "accept": "image/*", "accept-encoding": "identity", "user-agent": "antiphon"}
    extensions = {"sni_hostname": checked.host}
    async with (
        httpx2.AsyncClient(trust_env=False, follow_redirects=False, timeout=_SECONDS) as client,
        client.stream("GET", target, headers=headers, extensions=extensions) as response,
    ):
        if response.status_code != 200:  # noqa: PLR2004 - the good status
            text = f"the picture could not be fetched (status {response.status_code})"
            raise ProviderFailure("refused", text, status=response.status_code)
        data = bytearray()
        async for chunk in response.aiter_raw():
            data += chunk
            if len(data) > PICTURE_BYTES:
                raise ProviderFailure("malformed", f"a picture of more than {PICTURE_BYTES} bytes")
        return bytes(data)
