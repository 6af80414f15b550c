"""Who may ask: names, pages, tokens, cookies, links, and the headers on every answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from antiphon.testing.site import Site, site
from antiphon.web.guard import Door
from antiphon.web.keys import LINK_SECONDS, SESSION_SECONDS, Keys
from antiphon.web.rates import Rate

SAY = {"text": "hello"}


async def status(web: Site, method: str, path: str, /, *, token: bool = True, **headers: Any) -> int:
    """Ask something with other headers; gives the status."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if not token:
        sent["authorization"] = sent.get("authorization", "")
    request = web.client.build_request(method, f"/api/v1{path}", headers=sent, json=SAY if method == "POST" else None)
    if request.headers.get("authorization") == "":
        del request.headers["authorization"]
    return (await web.client.send(request)).status_code


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "127.0.0.1:1", ""])
async def test_a_name_that_was_rebound_to_this_machine_is_not_answered(web: Site, host: str) -> None:
    assert await status(web, "GET", "/rooms", host=host) == 421
    assert (await web.client.get("/", headers={"host": host})).status_code == 421


@pytest.mark.parametrize("token", ["", "Bearer wrong", "Basic YTpi", "Bearer", "bearer  x"])
async def test_nothing_is_changed_without_the_right_token(web: Site, token: str) -> None:
    room = await web.paused()
    for method, path in (("POST", f"/rooms/{room}/say"), ("POST", "/rooms"), ("POST", f"/rooms/{room}/end")):
        assert await status(web, method, path, token=False, authorization=token) == 401
    assert (await web.get(f"/rooms/{room}"))["phase"] == "paused"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
)
async def test_another_sites_page_is_refused_even_with_the_token(web: Site, headers: dict[str, Any]) -> None:
    room = await web.paused()
    assert await status(web, "POST", f"/rooms/{room}/say", **headers) == 403
    assert await status(web, "GET", "/rooms", **headers) == 403


async def test_a_form_cannot_be_posted(web: Site) -> None:
    room = await web.paused()
    kinds = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "")
    for kind in kinds:
        answer = await web.client.post(
            f"/api/v1/rooms/{room}/say", content=b'{"text": "x"}', headers={"content-type": kind}
        )
        assert answer.status_code == 415


async def test_a_link_lets_one_browser_in_once(web: Site) -> None:
    link = web.keys.link()
    base = str(web.client.base_url)
    async with httpx2.AsyncClient(base_url=base) as browser:
        entered = await browser.get("/enter", params={"key": link})
        cookie = entered.headers["set-cookie"]
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Path=/"))
        assert link not in cookie
        room = await web.paused()
        own = {"origin": base}
        assert (await browser.post(f"/api/v1/rooms/{room}/say", json=SAY)).status_code == 403  # no page is named
        assert (await browser.post(f"/api/v1/rooms/{room}/say", json=SAY, headers=own)).status_code == 200
        wrong = {"origin": "http://evil.example"}
        assert (await browser.post(f"/api/v1/rooms/{room}/say", json=SAY, headers=wrong)).status_code == 403
    async with httpx2.AsyncClient(base_url=base) as second:
        assert (await second.get("/enter", params={"key": link})).status_code == 401
        assert (await second.get("/enter")).status_code == 401


@asynccontextmanager
async def browser(web: Site) -> AsyncIterator[httpx2.AsyncClient]:
    """Let a browser in by a link of its own."""
    link = (await web.post("/links"))["link"]
    base = str(web.client.base_url)
    entered = httpx2.AsyncClient(base_url=base, headers={"origin": base.rstrip("/")})
    try:
        assert (await entered.get(link)).status_code == 303
        yield entered
    finally:
        await entered.aclose()


@pytest.mark.parametrize(("everywhere", "others"), [(False, 201), (True, 401)])
async def test_a_browser_signs_out_alone_or_with_all_others(web: Site, *, everywhere: bool, others: int) -> None:
    async with browser(web) as first, browser(web) as second:
        out = await first.post("/api/v1/sign-out", json={"everywhere": everywhere})
        assert out.json() == {"browsers": 2 if everywhere else 1}
        assert (await first.post("/api/v1/links", json={})).status_code == 401
        assert (await second.post("/api/v1/links", json={})).status_code == others
        assert (await web.post("/sign-out"))["browsers"] == 0  # a program has a token, and nothing to sign out of


async def test_a_link_that_was_not_used_is_void_when_everybody_is_signed_out(web: Site) -> None:
    link = (await web.post("/links"))["link"]
    await web.post("/sign-out", everywhere=True)
    assert (await web.client.get(link)).status_code == 401


async def test_a_read_only_server_changes_nothing(tmp_path: Any) -> None:
    async with site(f"{tmp_path}/r.db", read_only=True) as web:
        assert await status(web, "POST", "/rooms") == 403
        assert await status(web, "GET", "/rooms") == 200


async def test_a_locked_server_shows_nothing_without_the_token() -> None:
    async with site(locked=True) as web:
        for path in ("/rooms", "/openapi.json", "/live", "/models"):
            assert await status(web, "GET", path, token=False) == 401
        assert await status(web, "GET", "/rooms") == 200
        assert (await web.client.get("/")).status_code == 200  # the page itself holds nothing


@pytest.mark.parametrize("path", ["/", "/style.css", "/api/v1/rooms", "/api/v1/rooms/nothing", "/nothing", "/enter"])
async def test_every_answer_has_the_safe_headers(web: Site, path: str) -> None:
    headers = (await web.client.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


@pytest.mark.parametrize(
    "path",
    [
        "/../pyproject.toml",
        "/..%2f..%2fapp.py",
        "/%2e%2e/app.py",
        "/static/../app.py",
        "//etc/passwd",
        "/..\\app.py",
        "/__init__.py",
        "/index.html%00.js",
    ],
)
async def test_no_path_leads_out_of_the_page(web: Site, path: str) -> None:
    request = web.client.build_request("GET", "/")
    request.url = request.url.copy_with(raw_path=path.encode())
    answer = await web.client.send(request)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_is_bounded(web: Site) -> None:
    room = await web.paused()
    answer = await web.client.post(f"/api/v1/rooms/{room}/say", json={"text": "x" * 1_100_000})
    assert answer.status_code == 413


@pytest.mark.parametrize(("opens", "closes"), [('{"a":', "}"), ("[", "]")])
async def test_a_body_that_is_nested_without_end_is_refused(web: Site, opens: str, closes: str) -> None:
    body = '{"plan": {"name": ' + opens * 20_000 + "1" + closes * 20_000 + "}}"
    refused = await web.client.post("/api/v1/rooms", content=body, headers={"content-type": "application/json"})
    assert (refused.status_code, refused.json()["detail"]) == (400, "this is nested too deeply")


async def test_a_setting_that_is_nested_without_end_is_refused(web: Site) -> None:
    for value in ("[" * 9_000, "[" * 9_000 + "]" * 9_000, "{a=" * 4_000, "a." * 9_000 + "b=1"):
        refused = await web.client.post("/api/v1/preview", json={"scenario": "dyad", "settings": [f"rules.x={value}"]})
        assert refused.status_code == 422


async def test_changes_are_bounded_in_time(web: Site) -> None:
    room = await web.paused()
    answers = await asyncio.gather(*(status(web, "POST", f"/rooms/{room}/nothing") for _ in range(150)))
    assert (429 in answers, await status(web, "GET", "/rooms")) == (True, 200)


def test_names_that_a_server_answers_to() -> None:
    here = Door(port=80)
    assert here.answers_to("localhost:80")
    assert here.answers_to("[::1]:80")
    assert not here.answers_to("box.example:80")
    named = Door(address="0.0.0.0", port=80, names=("box.example",))  # noqa: S104 - only a value
    assert named.answers_to("box.example")
    assert named.answers_to("192.168.0.7:80")
    assert not named.answers_to("evil.example:80")


def test_links_and_sessions_grow_old(tmp_path: Any) -> None:
    time = [1000.0]
    keys = Keys(tmp_path / "deep" / "browsers.json", now=lambda: time[0])
    link, late = keys.link(), keys.link()
    session = keys.enter(link)
    assert session is not None
    assert keys.enter(link) is None
    time[0] += LINK_SECONDS + 1
    assert keys.enter(late) is None
    kept = tmp_path / "deep" / "browsers.json"
    assert (kept.stat().st_mode & 0o777, session in kept.read_text()) == (0o600, False)
    again = Keys(kept, now=lambda: time[0])
    assert again.knows_session(session)
    assert not again.knows_session(session + "x")
    time[0] += SESSION_SECONDS
    assert not again.knows_session(session)
    again.leave(session)
    assert not Keys(kept, now=lambda: 1000.0).knows_session(session)


def test_a_broken_file_of_browsers_lets_nobody_in(tmp_path: Any) -> None:
    (tmp_path / "browsers.json").write_text("[{")
    assert not Keys(tmp_path / "browsers.json").knows_session("")


def test_a_rate_lets_a_burst_through_and_then_waits() -> None:
    time = [0.0]
    rate = Rate(3, 1.0, now=lambda: time[0])
    assert [rate.take("a") for _ in range(3)] == [0.0] * 3
    assert rate.take("a") == 1.0
    assert rate.take("b") == 0.0
    time[0] += 1.0
    assert rate.take("a") == 0.0
