"""The tint adds spans of our own and nothing else: taken out again, a page is what it was without them."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.measures.surprise import Surprises
from antiphon.testing.events import Script
from antiphon.transcripts.markup import marked_up
from antiphon.transcripts.tint import shaded, sparkline, tinted
from antiphon.transcripts.writers.html import PLUGIN

ADDED = re.compile(r'<span class="t[1-4]">([^<]*)</span>')
LEAST = 4.5
"""Contrast of text on what lies under it, as WCAG 2.2 asks for at level AA."""

PIECES = (
    '<span class="t4">mine</span>', "<b>", "&amp;", "&lt;x&gt;", "&#x27;", "**bold** ", "`code word`", "\n\n",
    "# head\n", "[a link](http://example.org/a?b=c&d='e'>f)", "![a picture](http://example.org/x.png)",
    "    ____\n   / __ \\\n", "```\ndef f(x): return x\n```\n", "| a | b |\n|---|---|\n| c | d |\n",
    "don’t", "你好", 'say "hello"', "\x1b[31m", "~~no~~",
)  # fmt: skip
DRAWING = "    ____\n   / __ \\\n  / /_/ /\n  \\____/"
MESSAGES = st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=8).map("".join)


def tint(text: str) -> str:
    return tinted(marked_up(text), text, Surprises().see(text))


@given(MESSAGES)
@settings(max_examples=150)
def test_without_its_spans_a_tinted_message_is_what_it_was(text: str) -> None:
    assert ADDED.sub(r"\1", tint(text)) == marked_up(text)


@given(st.lists(MESSAGES, max_size=3))
@settings(max_examples=20)
def test_without_the_tint_a_page_says_the_same(texts: list[str]) -> None:
    script = Script(2)
    for text in texts:
        script.turn("AI-1", text)
    with_tint = PLUGIN.write(script.events, lambda _: None).decode()
    without = PLUGIN.untinted.write(script.events, lambda _: None).decode()
    stripped = re.sub(r'<figure class="surprise">.*?</figure>\n', "", with_tint)
    stripped = re.sub(r" ?<span>[0-9.]+ bits a word</span>", "", stripped)
    assert ADDED.sub(r"\1", stripped) == without


def test_a_span_that_a_message_brings_is_none_of_ours() -> None:
    page = tint('<span class="t4">mine</span>')
    assert '&lt;<span class="t2">span' in page
    assert '<span class="t4">mine' not in page


def test_words_are_tinted_and_drawings_code_and_links_are_left_alone() -> None:
    text = "A **hippopotamus** &amp; [friends](http://example.org/hippopotamus)\n\n" + DRAWING
    page = tint(text)
    assert '<strong><span class="t4">hippopotamus</span></strong>' in page
    assert 'href="http://example.org/hippopotamus"' in page
    assert page.endswith(f"{DRAWING}\n</pre>")
    assert "<span" not in tint("```\nhippopotamus = 1\n```")


def test_drawings_and_code_are_left_alone_in_what_was_said_as_well() -> None:
    text = f"A hippopotamus\n\n{DRAWING}\n\n```\nhippopotamus = rhinoceros\n```\n"
    assert [text[start:end] for start, end, _ in shaded(text, Surprises().see(text))] == ["hippopotamus"]


def test_a_word_said_before_has_no_tint_and_an_apostrophe_cuts_none() -> None:
    room = Surprises()
    for _ in range(5):
        room.see("We don't go there.")
    text = "We don’t go there, Wilhelmina's umbrella"
    page = tinted(marked_up(text), text, room.see(text))
    assert page.startswith("<p>We don’t go there, <span")
    assert ">Wilhelmina's umbrella</span>" in page or ">Wilhelmina's</span>" in page


def test_the_sparkline_says_in_words_what_it_shows() -> None:
    drawn = sparkline([20.0, 18.0, 4.0, 2.0])
    assert 'role="img"' in drawn
    assert "20.0 bits a word in the first quarter, 2.0 in the last" in drawn
    assert drawn.count("M") == 4
    assert sparkline([float(n) for n in range(5_000)]).count("M") <= 240
    assert sparkline([]) == ""


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("level", [1, 2, 3, 4])
@pytest.mark.parametrize("text", ["ink", "soft"])
def test_text_can_be_read_on_every_tint(text: str, level: int, scheme: int) -> None:
    style = files("antiphon.transcripts").joinpath("page.css").read_text("utf-8")
    colour = re.findall(rf"--{text}: (#[0-9a-f]{{6}})", style)[scheme]
    under = re.findall(rf"--t{level}: (#[0-9a-f]{{6}})", style)[scheme]
    light, dark = sorted((luminance(colour), luminance(under)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= LEAST
