"""The live screen: rendered onto a console in memory, and looked at."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from antiphon.cli.live import LiveOutlet, laid_out
from antiphon.cli.telling import Line
from antiphon.room.contracts import Record
from antiphon.testing.events import Script

RECORD = Record(
    stream="r", seq=1, at="", type="", by="", v=1, salt=None, body=None, digest=b"", hash=b""
)  # a screen shows events; records are for programs
CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def console(width: int = 80, height: int = 24, encoding: str = "utf-8") -> Console:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace", write_through=True)
    return Console(
        file=file,
        force_terminal=True,
        width=width,
        height=height,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=True,
        color_system="256",
        legacy_windows=False,
        _environ={},
    )


def text_of(on: Console) -> str:
    """Give everything that was written, without the codes that moved the cursor."""
    on.file.flush()
    return CODES.sub("", on.file.buffer.getvalue().decode(on.encoding)).replace("\r", "")  # type: ignore[attr-defined]


def below(screen: LiveOutlet) -> list[str]:
    """Give the rows of the live part."""
    return [str(row) for row in screen._below().renderables]


@given(st.text(max_size=200), st.integers(20, 120), st.integers(0, 4))
@settings(max_examples=40)
def test_no_line_is_wider_than_the_console(text: str, width: int, indent: int) -> None:
    on = console(width)
    for line in text.splitlines():
        for part in laid_out(Line(((line, "bold seat:3"),), indent), on):
            assert part.cell_len <= width


def test_a_drawing_is_left_as_it_is_where_prose_is_wrapped() -> None:
    on = console(120)
    drawing = "|" + "-" * 100 + "|"
    assert [part.plain for part in laid_out(Line(((drawing, ""),), 2), on)] == ["  " + drawing]
    assert len(laid_out(Line((("word " * 22, ""),), 2), on)) == 2


async def test_what_is_finished_scrolls_up_and_what_is_under_way_stands_below() -> None:
    on = console()
    script = Script(2)
    async with LiveOutlet(script.room, on=on) as screen:
        for event in script.events:
            await screen.show(event, RECORD)
        turn = script.ask("AI-1")
        await screen.show(script.events[-1], RECORD)
        screen.chunk("AI-1", "Half a sen")
        rows = below(screen)
        assert rows[:3] == ["", "AI-1 · echo", "  Half a sen"]
        assert rows[-1].startswith("live · turn 1 · AI-1 speaks")
        script.settle(turn)
        script.say("AI-1", "Half a sentence.", turn=turn)
        for event in script.events[-2:]:
            await screen.show(event, RECORD)
        assert "Half" not in "".join(below(screen))
    assert "AI-1 · echo\n  Half a sentence.\n" in text_of(on)


async def test_escape_codes_of_a_model_are_shown_and_not_obeyed() -> None:
    on = console()
    script = Script(2)
    script.turn("AI-1", "\x1b]52;c;ZXZpbA==\x07 and \x9b2J")
    async with LiveOutlet(script.room, on=on) as screen:
        screen.remember(script.events[:-3])
        await screen.show(script.events[-3], RECORD)
        screen.chunk("AI-1", "\x1b]52;c;")
        screen._display.refresh()
        for event in script.events[-2:]:
            await screen.show(event, RECORD)
    on.file.flush()
    assert b"\x1b]" not in on.file.buffer.getvalue()  # type: ignore[attr-defined]
    assert "␛]52;c;ZXZpbA==␇ and \\x9b2J" in text_of(on)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
async def test_a_console_that_is_not_utf8_gets_plainer_signs(encoding: str) -> None:
    on = console(encoding=encoding)
    script = Script(0)
    script.join("Nova", display="Écho ✨")
    script.turn("AI-1", "→ 漢字 …")
    async with LiveOutlet(script.room, on=on) as screen:
        for event in script.events:
            await screen.show(event, RECORD)
        screen._display.refresh()
    assert "AI-1" in text_of(on)


async def test_a_very_long_speech_leaves_room_for_the_status() -> None:
    on = console(40, 12)
    script = Script(1)
    script.ask("AI-1")
    async with LiveOutlet(script.room, on=on) as screen:
        for event in script.events:
            await screen.show(event, RECORD)
        screen.chunk("AI-1", "words and more words\n" * 500)
        assert len(screen._below().renderables) <= 12


async def test_a_typed_line_is_carried_out_and_a_person_is_asked() -> None:
    said: list[str] = []

    async def typed(text: str) -> None:
        said.append(text)

    async with LiveOutlet("room-1", on=console(), typed=typed) as screen:
        screen._keys = True  # as if there were a keyboard
        for key in "Hello.\r\r":
            screen._keyboard.press(key)
        screen._start(_press(screen, "I pass on\r"))
        assert await screen.ask("Ada") == "I pass on"
        screen._start(_press(screen, "\r"))
        assert await screen.ask("Ada") is None
    assert said == ["Hello."]


async def _press(screen: LiveOutlet, keys: str) -> None:
    for key in keys:
        screen._keyboard.press(key)
