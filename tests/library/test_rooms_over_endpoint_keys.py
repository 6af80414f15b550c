"""A key reaches nothing that is kept, shown or told, wherever an endpoint repeats it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from antiphon.library.session import Session
from antiphon.room.events import MessageSaid
from antiphon.testing.endpoint import Fault
from antiphon.testing.place import bodies, cut_after, place

KEY = "canary-4fe1b09d7a62-key"


def spoken(text: str, finish: str | None = None) -> bytes:
    """Give one event of a stream."""
    return json.dumps({"choices": [{"delta": {"content": text}, "finish_reason": finish}]}).encode()


ECHOES = {
    "error": Fault(status=400, error={"error": {"message": f"bad key {KEY}", "code": KEY, "type": f"t {KEY}"}}),
    "header": Fault(status=500, error={}, headers=(("X-Echo", KEY), ("Retry-After", KEY))),
    "speech": Fault(body={"id": KEY, "model": KEY, "choices": [{"message": {"content": f"It is {KEY}, no?"}}]}),
    "reasoning": Fault(body={"choices": [{"message": {"content": "Well.", "reasoning_content": f"It is {KEY}."}}]}),
    "pieces": Fault(sse=(spoken("Is "), spoken(KEY[:9]), spoken(KEY[9:]), spoken("", "stop"))),
    "broken": Fault(sse=(spoken(f"Is {KEY}"), b"{")),
}


@pytest.mark.parametrize("echo", list(ECHOES))
async def test_a_key_reaches_nothing_that_is_kept_shown_or_told(
    tmp_path: Path, echo: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(0)
    kept, heard = tmp_path / "data" / "j.db", list[str]()
    kept.parent.mkdir()
    async with place(tmp_path, key="MY_KEY", journal=str(kept), MY_KEY=KEY) as here:
        here.endpoint.always = ECHOES[echo]
        session = await here.begin("here:one", "here:two", messages=3)
        if echo in {"pieces", "broken"}:
            session.conductor.chunks = lambda _, text: heard.append(text)
        await session.run()
        lines = b"".join(record.body or b"" for record in await here.laboratory.journal.read(session.id))
        assert {seen.headers["authorization"] for seen in here.endpoint.seen} == {f"Bearer {KEY}"}
    assert b"MY_KEY" in lines
    files = b"".join(path.read_bytes() for path in kept.parent.rglob("*") if path.is_file())
    out, err = capfd.readouterr()
    for place_ in (lines, files, "".join(heard).encode(), caplog.text.encode(), out.encode(), err.encode()):
        assert KEY.encode() not in place_
    if echo in {"speech", "reasoning", "pieces", "broken"}:
        assert b"[key]" in lines


async def test_a_stream_cut_in_the_middle_of_a_key_keeps_no_part_of_it(tmp_path: Path) -> None:
    pieces = (spoken("Is "), spoken("it "), spoken(KEY[:9]), *[b'{"choices":[]}'] * 400)
    async with place(tmp_path, key="MY_KEY", MY_KEY=KEY) as here:
        here.endpoint.always, here.endpoint.pace = Fault(sse=pieces), 0.01
        session = await here.begin("here:one")
        heard = cut_after(session, 2, lambda: _in_a_moment(session))
        await session.run()
        [said] = bodies(await here.events(session), MessageSaid)
    assert (said.text, "".join(heard)) == ("Is it ", "Is it ")


async def _in_a_moment(session: Session) -> None:
    await asyncio.sleep(0.1)
    await session.pause(now=True)
