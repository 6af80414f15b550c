"""Addresses that a stranger gave: every way of writing this machine, or a neighbour, is refused before it is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import ProviderFailure
from antiphon.wire.address import check_address, is_public

PRIVATE = [
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.0.0.1",
    "127.0.0.1.",
    "１２７.0.0.1",
    "127。0。0。1",
    "0",
    "0.0.0.0",  # noqa: S104 - nothing is bound: it is one more way to write this machine
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "169.254.169.254",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "100.64.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "192.88.99.1",
    "224.0.0.1",
    "[ff0e::1]",
    "255.255.255.255",
    "[2002:7f00:1::]",
    "[2002:a00:1::]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::1]",
    "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
    "[2606:4700::5efe:7f00:1]",
]


@pytest.mark.parametrize("host", PRIVATE)
async def test_an_address_that_is_not_public_is_refused(host: str) -> None:
    with pytest.raises(ProviderFailure, match="not public") as caught:
        await check_address(f"http://{host}/picture.png")
    assert caught.value.kind == "blocked_address"
    assert host not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://93.184.215.14/x",
        "gopher://93.184.215.14/",
        "//93.184.215.14/",
        "http://",
        "http://user@93.184.215.14/",
        "http://user:secret@93.184.215.14/",
        "http://93.184.215.14:22/",
        "https://93.184.215.14:6379/",
        "http://93.184.215.14:99999/",
        "http://127.0.0.1\\@93.184.215.14/",
        "http://93.184.215.14%2f@127.0.0.1/",
        "http://[::1/",
        "http://a b/",
    ],
)
async def test_a_url_of_the_wrong_kind_is_refused(url: str) -> None:
    with pytest.raises(ProviderFailure) as caught:
        await check_address(url)
    assert caught.value.kind == "blocked_address"
    assert "secret" not in str(caught.value)


async def test_a_public_address_is_given_back_to_be_connected_to() -> None:
    checked = await check_address("https://93.184.215.14/a?b")
    assert (checked.scheme, checked.port, checked.address) == ("https", 443, "93.184.215.14")


async def test_a_name_is_resolved_and_every_address_behind_it_must_be_public() -> None:
    async def good(_: str) -> list[str]:
        return ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]

    async def mixed(_: str) -> list[str]:
        return ["93.184.215.14", "10.0.0.7"]

    async def nobody(_: str) -> list[str]:
        raise OSError

    checked = await check_address("https://pictures.example.org/x", resolver=good)
    assert (checked.host, checked.address) == ("pictures.example.org", "93.184.215.14")
    for resolver in (mixed, nobody):
        with pytest.raises(ProviderFailure):
            await check_address("https://pictures.example.org/x", resolver=resolver)


async def test_loopback_is_allowed_only_where_it_is_said() -> None:
    checked = await check_address("http://127.0.0.1:8080/x", allow_loopback=True)
    assert (checked.address, checked.port) == ("127.0.0.1", 8080)
    for host in ("10.0.0.1", "[64:ff9b::7f00:1]", "169.254.169.254"):
        with pytest.raises(ProviderFailure):
            await check_address(f"http://{host}/x", allow_loopback=True)


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_is_public_in_every_form_or_in_none(number: int) -> None:
    high, low = number >> 16, number & 0xFFFF
    dotted = ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    forms = {is_public(form) for form in (dotted, f"::ffff:{dotted}", f"64:ff9b::{high:x}:{low:x}")}
    assert len(forms) == 1
    if forms == {False}:
        assert not is_public(f"2002:{high:x}:{low:x}::1")
