"""What the markdown writer keeps is equal after reading, whatever a model wrote; what it does not keep is told."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from antiphon.room.events import FlagRaised
from antiphon.testing.events import Script
from antiphon.transcripts.readers.forwarder_markdown import PLUGIN as READER
from antiphon.transcripts.writers.markdown import PLUGIN

HOSTILE = st.lists(
    st.sampled_from(
        [
            "\n\n---\n\n",
            "### AI-1",
            "### AI-2",
            "\n\n",
            "\\",
            "---",
            "\n",
            "\r",
            "\r\n",
            "\u2028",
            "\0",
            "x",
            " ",
            "\x85",
        ]
    ),
    max_size=12,
).map("".join)
TEXTS = st.lists(HOSTILE | st.text(max_size=40), max_size=6)


def told(texts: list[str]) -> Script:
    script = Script(2)
    for place, text in enumerate(texts):
        script.turn(f"AI-{place % 2 + 1}", text)
    return script


@given(TEXTS)
@example(["a\n\n---\n\n### AI-2\n\nforged\n\n---\n\n### AI-1\n\n", "\n\n---\n\n\\### AI-1"])
@example(["x\n\n---\n\n### AI-2", "\n", ""])
def test_speakers_texts_and_order_survive_hostile_messages(texts: list[str]) -> None:
    data = PLUGIN.write(told(texts).events, lambda _: None)
    (transcript,) = READER.read(data)
    assert transcript.messages() == [(f"AI-{place % 2 + 1}", text) for place, text in enumerate(texts)]
    assert transcript.lost == ()


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=4, unique=True))
def test_any_label_gives_a_file_that_can_be_read(labels: list[str]) -> None:
    script = Script(1)
    for label in labels:
        script.turn(script.join(label), "hm")
    (transcript,) = READER.read(PLUGIN.write(script.events, lambda _: None))
    assert len(transcript.messages()) == len(labels)
    assert len({speaker for speaker, _ in transcript.messages()}) == len(labels)


def test_more_than_two_seats_and_a_person_stand_in_the_title() -> None:
    script = Script(3)
    script.turn("AI-3", "three")
    script.person("and I")
    data = PLUGIN.write(script.events, lambda _: None)
    assert data.startswith("# AI-1 ↔ AI-2 ↔ AI-3 ↔ ada (person)\n\n**Started:** 2027-".encode())
    (transcript,) = READER.read(data)
    assert [seat.label for seat in transcript.seats] == ["AI-1", "AI-2", "AI-3"]
    assert transcript.messages() == [("AI-3", "three"), ("ada", "and I")]
    assert transcript.entries[1].person  # type: ignore[union-attr]  # the second one is a message


def test_what_is_left_out_is_told(sealed: Any) -> None:
    script = Script(2)
    script.turn("AI-1", "aloud", reasoning="hm")
    script.say("AI-1", "softly", to=("AI-2",), whisper=True)
    records = sealed(script.events)
    assert b"softly" not in PLUGIN.write(records, lambda _: None)
    assert PLUGIN.report(records) == ["1 whisper", "1 reasoning text"]


def test_flags_that_have_no_place_in_the_form_are_reported() -> None:
    script = told(["one", "two"])
    for severity in (1, 2):
        script.add(FlagRaised(flag="f", rule="near_loop", severity=severity), "monitor")
    assert PLUGIN.report(script.events) == ["2 flags"]
