"""Decides whether an address may be asked that did NOT come from the user's own configuration.

An endpoint may answer with the URL of a picture; a model may write any URL. Such an address is resolved first, every
address behind it must be a public one, and the connection is then made to the very address that was checked. Forms
that carry another address inside (mapped, NAT64, 6to4, Teredo) are unwrapped. It opens no connection.

Source: RFC 6890 and the registries of special-purpose addresses it began; RFC 6052 (NAT64), RFC 3056 (6to4).
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import unicodedata
from collections.abc import Awaitable, Callable
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from antiphon.errors import ProviderFailure

__all__ = ["Checked", "Resolver", "check_address", "is_loopback", "is_public", "resolve"]

_Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

Resolver: TypeAlias = Callable[[str], Awaitable[list[str]]]
"""Gives every address behind a host's name."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")
_RELAY = ipaddress.ip_network("192.88.99.0/24")
_COMPATIBLE = ipaddress.ip_network("::/96")
_INSIDE_MAC = (0x00005EFE, 0x02005EFE)
"""The middle of an ISATAP address, which carries an IPv4 address in its last 32 bits."""

_PORTS = {"https": 443, "http": 80}


class Checked(Struct, frozen=True):
    """Is an address that may be asked: connect to `address`, and send `host` as the name."""

    scheme: str
    host: str
    port: int
    address: str


async def check_address(url: str, *, allow_loopback: bool = False, resolver: Resolver | None = None) -> Checked:
    """Check a URL that a stranger gave.

    Args:
        url: http or https, without user and password, at the scheme's own port.
        allow_loopback: this machine may be asked, at any port: for an endpoint of the user's own that runs here.
        resolver: looks names up; None = the system's.

    Raises:
        ProviderFailure: of kind "blocked_address"; it does not repeat the URL.
    """
    parts = _split(url)
    host = _host(parts)
    try:
        addresses = await (resolver or resolve)(host)
    except (OSError, UnicodeError, ValueError):
        addresses = []
    if not addresses:
        raise _blocked("its host has no address")
    local = allow_loopback and all(is_loopback(address) for address in addresses)
    if not (local or all(is_public(address) for address in addresses)):
        raise _blocked("it leads to an address that is not public")
    port = parts.port or _PORTS[parts.scheme]
    if not local and port not in _PORTS.values():
        raise _blocked("it names a port other than 80 and 443")
    return Checked(parts.scheme, host, port, addresses[0])


def is_public(address: str) -> bool:
    """Tell whether an address, and every address carried inside it, is a public one of a single machine."""
    try:
        found = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast and not _special(each) for each in found)


def is_loopback(address: str) -> bool:
    """Tell whether an address is this machine's own."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return found.is_loopback or (mapped is not None and bool(mapped.is_loopback))


async def resolve(host: str) -> list[str]:
    """Give every address behind a host; the old shorthands for IPv4 (127.1, 0x7f000001) are read without asking."""
    try:
        return [socket.inet_ntoa(socket.inet_aton(host))]
    except OSError:
        pass
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _blocked("it is no URL") from None
    if parts.scheme not in _PORTS:
        raise _blocked("its scheme is neither https nor http")
    if parts.username is not None or parts.password is not None:
        raise _blocked("it names a user")
    if port == 0 or not parts.hostname or any(c.isspace() or c in "\\%" for c in parts.netloc):
        raise _blocked("its host is no host's name")
    return parts


def _host(parts: SplitResult) -> str:
    """Give the host as a resolver would read it: full-width digits and dots are plain ones."""
    host = unicodedata.normalize("NFKC", parts.hostname or "").replace("。", ".").rstrip(".").lower()
    if not host or any(c in host for c in "/@?#[]\\% \t\r\n"):
        raise _blocked("its host is no host's name")
    return host


def _unwrapped(address: _Address) -> list[_Address]:
    """Give the address and those it carries, outermost first."""
    found: list[_Address] = [address]
    if isinstance(address, ipaddress.IPv6Address):
        carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        middle = int(address) >> 32 & 0xFFFFFFFF
        if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1) or middle in _INSIDE_MAC:
            carried.append(last)
        inner = [each for each in carried if each is not None]
        # A mapped or NAT64 form is only a way of writing what it carries.
        found = inner if inner and (address.ipv4_mapped is not None or address in _NAT64) else [address, *inner]
    return found


def _special(address: _Address) -> bool:
    """Tell what `ipaddress` holds to be global though no public machine has it."""
    return address in (_RELAY if address.version == 4 else _NAT64_LOCAL)  # noqa: PLR2004 - the version of IP


def _blocked(why: str) -> ProviderFailure:
    return ProviderFailure("blocked_address", f"an address given by a stranger is not asked: {why}")
