"""The page shows everything and can do nothing: no script, no handler, no address that loads by itself."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.room.events import (
    CommandRan,
    EffectEnded,
    FlagAcked,
    FlagRaised,
    MessageSaid,
    NoticeGiven,
    SeatJoined,
    StateChanged,
)
from antiphon.testing.events import MOVES, Script, play
from antiphon.transcripts.markup import TAGS
from antiphon.transcripts.writers.html import PLUGIN

XSS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "<a href='java\tscript:alert(1)'>x</a>",
    '"><body onload=alert(1)>',
    "</style></title><script>alert(1)</script>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
]
IMAGES = [
    "![a](http://evil.example/1.png)",
    "![a](https://evil.example/2.png 'title')",
    "![a](//evil.example/3.png)",
    "![a](\\\\evil.example\\4.png)",
    "![a][ref]\n\n[ref]: http://evil.example/5.png",
    "![ref]\n\n[ref]: http://evil.example/6.png",
    "[![a](http://evil.example/7.png)](http://evil.example/)",
    "<img src=http://evil.example/8.png>",
    "<IMG SRC='http://evil.example/9.png'>",
    "<picture><source srcset='http://evil.example/10.png'></picture>",
    "<video poster=http://evil.example/11.png></video>",
    "<object data=http://evil.example/12.svg></object>",
    "<embed src=http://evil.example/13.svg>",
    "<input type=image src=http://evil.example/14.png>",
    "<body background=http://evil.example/15.png>",
    "<div style='background:url(http://evil.example/16.png)'>x</div>",
    "<link rel=preload as=image href=http://evil.example/17.png>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/18'>",
    "<style>@import url(http://evil.example/19.css);</style>",
    "<svg><image href='http://evil.example/20.png'/></svg>",
]
OWN = {"html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "dl", "dt", "dd", "main", "article"}
OWN |= {"footer", "time", "figure", "figcaption", "img", "details", "summary", "div", "b", "bdi", "small", "span", "a"}
OWN |= {"svg", "path"}


class Looker(HTMLParser):
    """Refuses everything that could act, load, or was not meant to be there."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.open: list[str] = []
        self.images = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in OWN | TAGS, tag
        for name, value in attrs:
            assert not name.startswith("on"), name
            assert name not in {"style", "srcset", "srcdoc", "background", "poster", "data", "action", "formaction"}
            if name == "src":
                assert tag == "img"
                assert (value or "").startswith("data:image/png;base64,")
                self.images += 1
            if name == "href":
                assert tag == "a"
                within = re.fullmatch(r"#m\d+", value or "")
                assert within or (value or "").split(":")[0] in {"http", "https", "mailto", "#talk"}
            if name == "http-equiv":
                assert value == "Content-Security-Policy"
        if tag not in {"meta", "img", "br", "hr"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)


def looked_at(page: bytes) -> Looker:
    looker = Looker()
    looker.feed(page.decode())
    looker.close()
    assert looker.open == []
    return looker


def everywhere(text: str) -> Script:
    """Put one text into every place of a room that foreign text can reach."""
    script = Script(1)
    seat = SeatJoined(seat="AI-2", label=text, provider="imported", model=text, display=text, invitation=text)
    script.add(seat, "AI-1")
    script.turn("AI-2", text, reasoning=text, cut=text, asks_end=text)
    script.say("AI-2", text, to=("AI-1",), whisper=True)
    script.person(text, name=text)
    script.say("AI-1", text, said_at=text)
    script.add(NoticeGiven(text=text))
    script.add(CommandRan(message=4, seat="AI-2", name=text, outcome="refused", reason=text), "AI-2")
    script.add(EffectEnded(effect="e", kind="image", seat="AI-2", caption=text, blob="sha256:svg"), "runner")
    script.fork(text)
    script.end(text)
    return script


@pytest.mark.parametrize("text", XSS + IMAGES)
def test_a_hostile_text_stays_text_wherever_it_stands(text: str) -> None:
    svg = b"<svg onload='alert(1)' xmlns='http://www.w3.org/2000/svg'/>"
    looker = looked_at(PLUGIN.write(everywhere(text).events, lambda _: (svg, "image/svg+xml")))
    assert looker.images == 0


@given(
    st.lists(
        st.sampled_from([*XSS, *IMAGES, "\n", "`", "> ", "- ", "|", "<", "&", '"']) | st.text(max_size=9), max_size=6
    )
)
def test_no_mixture_of_them_gets_through(parts: list[str]) -> None:
    looked_at(PLUGIN.write(everywhere("".join(parts)).events, lambda _: None))


@given(st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 9), st.text(max_size=20)), max_size=15))
def test_every_room_gives_a_page(moves: list[tuple[str, int, str]]) -> None:
    looked_at(PLUGIN.write(play(Script(2), moves).events, lambda _: None))


def test_the_page_asks_for_nothing_and_says_so() -> None:
    page = PLUGIN.write(Script(1).events, lambda _: None).decode()
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}' in page
    for word in ("<script", "@import", "url(", "<link", "<iframe"):
        assert word not in page
    assert 'lang="en"' in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def test_a_picture_of_our_own_is_inside() -> None:
    script = Script(1)
    script.add(EffectEnded(effect="e", kind="image", seat="AI-1", caption="a gate", blob="sha256:1"), "runner")
    looker = looked_at(PLUGIN.write(script.events, lambda _: (b"\x89PNG\r\n\x1a\n", "text/html")))
    assert looker.images == 1


def test_a_drawing_keeps_every_space_and_slash() -> None:
    drawing = "    ____\n   / __ \\\n  / /_/ /\n  \\____/"
    script = Script(1)
    script.turn("AI-1", f"Look:\n\n{drawing}\n\n*There.*")
    page = PLUGIN.write(script.events, lambda _: None).decode()
    assert f'<pre class="art">{drawing}\n</pre>' in page
    assert '<em><span class="t2">There</span>.</em>' in page


def test_what_happened_is_on_the_page(sealed: Any) -> None:
    script = Script(2)
    script.turn("AI-1", "aloud", reasoning="I wonder")
    script.say("AI-2", "softly", to=("AI-1",), whisper=True)
    script.add(CommandRan(message=6, seat="AI-1", name="image", outcome="refused", reason="too many"), "AI-1")
    script.end("rounds")
    records = sealed(script.events)
    seen = "".join(looked_at(PLUGIN.write(records, lambda _: None)).text)
    for words in (
        "aloud",
        "I wonder",
        "whispered to AI-1",
        "!image refused: too many",
        "The room ended: rounds.",
        "5 tokens",
    ):
        assert words in seen
    assert PLUGIN.report(records) == []


def test_unknown_times_are_said_once_and_not_invented() -> None:
    script = Script(1)
    script.add(MessageSaid(seat="AI-1", text="when?", said_at="unknown"), "AI-1")
    page = PLUGIN.write(script.events, lambda _: None).decode()
    assert "does not tell when each message was said" in page
    assert "<time" not in page


@pytest.mark.parametrize(
    "text", ["[" * 90_000, "*_" * 40_000, "> " * 40_000, "![" * 1_900, "x" * 1_000_000, "<" * 90_000]
)
def test_a_long_hostile_message_is_set_in_time(text: str) -> None:
    script = Script(1)
    script.turn("AI-1", text)
    looked_at(PLUGIN.write(script.events, lambda _: None))


@pytest.mark.parametrize("hostile", XSS)
def test_what_a_monitor_did_is_told_with_ways_to_its_messages_whatever_it_quotes(hostile: str) -> None:
    script = Script(2)
    script.turn("AI-1", "one")
    said = next(event.seq for event in script.events if isinstance(event.body, MessageSaid))
    script.add(FlagRaised(flag="f", rule=hostile, severity=2, seat="AI-2", evidence=(said,), waited=50), "monitor")
    script.add(FlagAcked(flag="f", verdict=hostile, reason=hostile), f"person:{hostile}")
    script.add(NoticeGiven(text=hostile, to=("AI-1",), synthetic=True, kind="nudge"), "monitor")
    script.add(StateChanged(before="live", after="paused", rule=f"monitor.{hostile}", evidence=(said,)), "monitor")
    written = PLUGIN.write(script.events, lambda _: None)
    looked_at(written)
    page = written.decode()
    assert page.count(f'<a href="#m{said}">{said}</a>') == 2
    assert "which nobody answered for 50 messages" in page
    assert "<b>The monitor</b>, to <bdi>AI-1</bdi>" in page
