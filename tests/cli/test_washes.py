"""The tint on a screen: the words stay as they are, every wash can be read on, and nothing is told by colour alone."""

from __future__ import annotations

import io
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.color import Color, ColorSystem
from rich.console import Console

from antiphon.cli.live import LiveOutlet, laid_out
from antiphon.cli.status import Status, status
from antiphon.cli.styles import SEATS, SEATS_16, rich_style
from antiphon.cli.telling import Teller
from antiphon.cli.washes import BARS, PLAIN_BARS, WASHES, Wash, bars, inked, wash_for
from antiphon.cli.wording import Line, block, tinted_block
from antiphon.measures.surprise import Surprises
from antiphon.room.contracts import Record
from antiphon.testing.events import Script
from antiphon.testing.terminal import Terminal

LEAST = 4.5
"""Contrast of text on what lies under it, as WCAG 2.2 asks for at level AA."""
RECORD = Record(
    stream="r", seq=1, at="", type="", by="", v=1, salt=None, body=None, digest=b"", hash=b""
)  # a screen shows events; records are for programs


def screen(colours: Literal["standard", "256", "truecolor"] = "truecolor", **environment: str) -> Console:
    return Console(
        file=io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True),
        force_terminal=True,
        width=80,
        color_system=colours,
        no_color="NO_COLOR" in environment or None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=True,
        _environ=environment,
    )


@given(st.text(st.sampled_from("ab \n\t\x1b\x9b\u202e\ud800é你.") | st.characters(), max_size=80))
@example("\n\n  A word\n \n\nand an end.\n\n")
@example("hippopotamus\x9b\nhippopotamus")
@settings(max_examples=150)
def test_the_words_of_a_tinted_message_are_those_of_a_plain_one(text: str) -> None:
    if not text.strip():
        return
    shades = Surprises().see(text).shades(text)
    assert [line.text for line in tinted_block(text, shades, "seat:1")] == [line.text for line in block(text)]


def test_a_style_that_a_message_brings_is_none_of_ours() -> None:
    [line] = tinted_block("tint:4 [on red]x", (), "seat:1")
    assert line == Line((("tint:4 [on red]x", "seat:1"),), 2)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def shown(colour: str, colours: str) -> str:
    """Give a colour as a terminal shows it: the nearest of its palette."""
    system = ColorSystem.TRUECOLOR if colours == "truecolor" else ColorSystem.EIGHT_BIT
    return Color.parse(colour).downgrade(system).get_truecolor().hex


@pytest.mark.parametrize(("scheme", "colours"), WASHES)
def test_the_text_of_every_seat_can_be_read_on_every_wash(scheme: str, colours: str) -> None:
    wash = WASHES[scheme, colours]
    for seat, ground in product([*SEATS, ""], [ground for ground in wash.grounds if ground]):
        under, text = luminance(shown(ground, colours)), luminance(shown(inked(seat, wash), colours))
        light, dark = sorted((under, text), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= LEAST, (seat, ground)


def test_a_wash_brings_its_own_ink_and_is_left_out_where_colours_are_loud() -> None:
    wash = wash_for("truecolor", "")
    assert isinstance(wash, Wash)
    assert wash == WASHES["dark", "truecolor"]
    assert wash_for("truecolor", "0;15") == WASHES["light", "truecolor"]
    assert wash_for("standard", "") is None is wash_for(None, "")
    assert rich_style("bold seat:1 tint:4", SEATS, wash) == f"bold {inked(SEATS[0], wash)} on {wash.grounds[3]}"
    assert rich_style("tint:4", SEATS, wash) == f"{wash.ink} on {wash.grounds[3]}"
    assert rich_style("seat:1 tint:4", SEATS_16, None) == SEATS_16[0]


@pytest.mark.parametrize(
    ("on", "washes"),
    [(screen(), 1), (screen("256"), 1), (screen("standard"), 0), (screen(NO_COLOR="1"), 0)],
    ids=["truecolor", "256", "16", "NO_COLOR"],
)
def test_a_wash_is_there_where_it_can_be_quiet(on: Console, washes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLORFGBG", raising=False)
    [line] = tinted_block("An albatross", ((3, 12, 4),), "seat:1")
    [row] = laid_out(line, on)
    assert sum(" on #" in str(span.style) for span in row.spans) == washes
    assert row.plain == "  An albatross"


def test_a_tinted_room_tells_the_same_lines_as_a_plain_one() -> None:
    script = Script(2)
    script.turn("AI-1", "A lighthouse\n\n```\n  code\n```\nkeeps *counting*.")
    script.person("Which one?", name="Ada")
    plain, tinted = Teller(script.room), Teller(script.room, Surprises())
    for event in script.events:
        assert [line.text for line in plain.tell(event)] == [line.text for line in tinted.tell(event)]
    assert len(tinted.means) == 2
    assert plain.means == []


def test_what_was_said_before_somebody_looked_counts() -> None:
    script = Script(2)
    for _ in range(5):
        script.turn("AI-1", "We counted every gull.")
    known, fresh = Teller(script.room, Surprises()), Teller(script.room, Surprises())
    known.remember(script.events[:-3])
    fresh.remember(script.events[:1])
    for event in script.events[-3:]:
        known.tell(event)
    assert known.means[-1] < 1


def test_bars_rise_with_surprise_and_every_console_has_some() -> None:
    assert bars([0, 14, 28, 99], "utf-8") == BARS[0] + BARS[4] + BARS[-1] * 2
    assert bars([0, 14, 28, 99], "ascii") == PLAIN_BARS[0] + PLAIN_BARS[4] + PLAIN_BARS[-1] * 2
    assert bars([5], "no such encoding") in PLAIN_BARS


async def test_the_status_line_says_how_surprising_the_last_message_was() -> None:
    script = Script(2)
    script.turn("AI-1", "An albatross crossed the strait.")
    for tint in (True, False):
        on = screen()
        async with LiveOutlet(script.room, on=on, tint=tint) as outlet:
            for event in script.events:
                await outlet.show(event, RECORD)
            assert (" bits" in str(outlet._below().renderables[-1])) is tint


def test_the_surprise_is_left_out_of_a_narrow_line_before_the_costs_are() -> None:
    script = Script(2)
    state = Teller(script.room)
    state.remember(script.events)
    known = Status(surprise="▇▅▃ 7.2 bits")
    texts = ["".join(text for text, _ in status(state.state, known, 1, width)) for width in (80, 24)]
    assert "7.2 bits" in texts[0]
    assert "7.2" not in texts[1]
    assert "$" in texts[1] or "free" in texts[1]


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_person_can_have_it_off(journal: Path) -> None:
    pytest.importorskip("pty", reason="terminals of another kind")
    assert not journal.exists()
    for words, there in ((("--no-tint",), False), ((), True)):
        terminal = Terminal("run", "dyad", "--rounds", "2", "--seed", "4", "--latency", "1-2ms", *words)
        terminal.until("as a web page")
        assert terminal.close() == 0
        assert (b"48;5;23" in terminal.seen) is there
        assert (" bits" in terminal.text) is there
