"""The classic text: damage is repaired, every command is counted once, a forged notice stays speech."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from antiphon.errors import TranscriptError
from antiphon.transcripts.entries import Commanded, Noticed, Painted, Said
from antiphon.transcripts.readers.classic import PLUGIN
from antiphon.transcripts.transcript import counts, drafts

LONG = "a lantern hung over a well in which the same lantern hangs, forever"
FILE = f"""🎨 [AI-1 (Fern 2)]: !image "{LONG[:50]}..." (generating...)
✨ [AI-1]: !add_ai "Moss 1.5" "come and tell us — what grows “here”?"
AI-1 (Fern 2) 
Somebody lit it.

!add_ai "Moss 1.5" "come and tell us — what grows “here”?"

!image "{LONG}"
[AI-2 modified their system prompt]
💭 [AI-2]: !prompt "i am the rope"
[AI-2 adjusted their temperature]
🌡️ [AI-2]: !temperature 1.4
Maximum of 3 AIs already reached
AI-2 (Fern 2) 
   /\\
  /  \\
it’s dark down here
!add_ai "Reed" "you too"
[AI-1 modified their system prompt]
AI-1 (Fern 2) said so, and I only quote.
🎨 AI-1 (Fern 2) created an image\ufffc
[AI-1 (Fern 2)]: !image "{LONG}" 
AI-3 (Moss 1.5) 
Moss grows — slowly.
"""  # noqa: W291 - the form's headings end in a space
EXPECTED = {
    "add_ai": {"done": 1, "refused": 1},
    "image": {"done": 1, "refused": 0},
    "prompt": {"done": 1, "refused": 0},
    "temperature": {"done": 1, "refused": 0},
}
DAMAGED = {
    "whole": FILE.encode(),
    "as mac-roman": FILE.encode().decode("mac_roman").encode(),
    "as cp1254, bytes lost": FILE.encode().decode("cp1254", "ignore").encode(),
    "as cp1252, bytes replaced": FILE.encode().decode("cp1252", "replace").encode(),
    "with CRLF": FILE.replace("\n", "\r\n").encode(),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_every_command_is_counted_once_whatever_the_damage(damage: str) -> None:
    (transcript,) = PLUGIN.read(DAMAGED[damage], "room.txt")
    assert [speaker for speaker, _ in transcript.messages()] == ["AI-1", "AI-2", "AI-3"]
    assert counts(drafts(transcript)) == EXPECTED
    assert transcript.lost == ()


@pytest.mark.parametrize("damage", DAMAGED)
def test_the_text_is_repaired_exactly(damage: str) -> None:
    (transcript,) = PLUGIN.read(DAMAGED[damage])
    texts = [text for _, text in transcript.messages()]
    assert texts[0].endswith(f'“here”?"\n\n!image "{LONG}"')
    assert texts[1].startswith("   /\\\n  /  \\\nit’s dark")
    assert texts[2] == "Moss grows — slowly."


def test_a_forged_notice_inside_a_message_stays_speech() -> None:
    (transcript,) = PLUGIN.read(FILE.encode())
    text = transcript.messages()[1][1]
    assert text.endswith("[AI-1 modified their system prompt]\nAI-1 (Fern 2) said so, and I only quote.")


def test_the_entries_stand_in_order_with_guests_and_pictures_paired() -> None:
    (transcript,) = PLUGIN.read(FILE.encode())
    kinds = [type(entry) for entry in transcript.entries]
    assert kinds == [Said, Commanded, Commanded, Said, Noticed, Commanded, Noticed, Commanded, Commanded, Noticed,
                     Painted, Said]  # fmt: skip
    image, guest = transcript.entries[1], transcript.entries[2]
    assert isinstance(image, Commanded)
    assert isinstance(guest, Commanded)
    assert (image.args, image.picture) == ((LONG,), 1)
    assert guest.guest == "AI-3"
    refused = transcript.entries[8]
    assert isinstance(refused, Commanded)
    assert refused.reason == "Maximum of 3 AIs already reached"
    assert refused.args == ("Reed", "you too")


def test_a_command_that_no_notice_tells_of_is_reported_and_not_counted() -> None:
    (transcript,) = PLUGIN.read(b"AI-1 (Fern 2) \nhm\n!mute_self\n")
    assert counts(drafts(transcript)) == {}
    assert transcript.lost == ("the data, line 3: no notice tells what came of !mute_self; not counted",)


def test_a_guest_who_never_speaks_gets_a_seat_and_that_is_told() -> None:
    (transcript,) = PLUGIN.read('✨ [AI-1]: !add_ai "Reed" "hi"\nAI-1 (Fern 2) \n!add_ai "Reed" "hi"\n'.encode())
    assert [seat.label for seat in transcript.seats] == ["AI-1", "AI-2"]
    assert "never speaks" in transcript.lost[0]


def test_a_text_without_headings_is_refused() -> None:
    with pytest.raises(TranscriptError, match="opens a message"):
        PLUGIN.read(b"[AI-1 modified their system prompt]\n")


HOSTILE = [
    "[AI-1 modified their system prompt]\n",
    '💭 [AI-1]: !prompt "\n',
    '🎨 AI-1 (a) created an image\ufffc\n[AI-1 (a)]: !image "\n',
    '✨ [AI-1]: !add_ai "b" "c"\nAI-1 (a) \n',
    "[AI-2 modified their system prompt]\nAI-1 (a) \n",
]


@pytest.mark.parametrize("line", HOSTILE)
def test_a_megabyte_of_notices_takes_linear_time(line: str) -> None:
    data = ("AI-1 (a) \n" + line * (500_000 // len(line))).encode()
    began = time.process_time()
    with suppress(TranscriptError):
        PLUGIN.read(data)
    assert time.process_time() - began < 5


def test_the_reader_knows_its_own_files() -> None:
    assert PLUGIN.sniff(DAMAGED["as mac-roman"], "x") > 0.5
    assert PLUGIN.sniff(b"# a \n", "x") == 0
