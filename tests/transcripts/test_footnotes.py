"""What a reader notes stands at the foot of a file, and is taken off again before anybody hears it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.room.events import AnyBody, Event, MessageSaid, SeatJoined
from antiphon.transcripts.footnotes import Footnote
from antiphon.transcripts.readers.forwarder_markdown import ForwarderMarkdown
from antiphon.transcripts.writers.html import Html
from antiphon.transcripts.writers.markdown import Markdown

PIECES = st.sampled_from(
    [
        "moss",
        "\n",
        "\n\n---\n\n",
        "### A\n\n",
        "## Notes of a reader\n\n",
        "[^1-1]",
        "[^1-1]: ",
        "[^2-1]: no",
        " ",
        "<b>",
    ]
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)


def talk(texts: list[str]) -> list[Event]:
    seated = [
        SeatJoined(seat=f"AI-{number}", label=name, provider="p", model="m", system="")
        for number, name in enumerate("AB", 1)
    ]
    said = [MessageSaid(seat=f"AI-{place % 2 + 1}", text=text) for place, text in enumerate(texts)]
    bodies: list[AnyBody] = [*seated, *said]
    return [Event("r", seq, "2026-11-21T00:00:00Z", "x", body) for seq, body in enumerate(bodies, 1)]


def no_pictures(_: str) -> None:
    return None


NOTES = st.lists(st.builds(Footnote, seq=st.integers(1, 7), text=TEXTS, by=TEXTS, at=st.just("2026-11-21")), max_size=4)


@settings(max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=4), NOTES)
def test_a_markdown_file_with_notes_is_read_as_the_same_conversation(texts: list[str], notes: list[Footnote]) -> None:
    events = talk(texts)
    bare, noted = Markdown().write(events, no_pictures), Markdown().annotated(events, no_pictures, notes)
    [first], [second] = (ForwarderMarkdown().read(data, "talk.md") for data in (bare, noted))
    assert second == first


def test_every_note_is_told_with_its_message() -> None:
    notes = [
        Footnote(seq=3, text="look\nhere", by="ines", at="2026-11-20T08:00:00Z"),
        Footnote(seq=3, text="", by="ines", at="2026-11-21T08:00:00Z"),
    ]
    made = Markdown().annotated(talk(["moss"]), no_pictures, notes).decode()
    assert "moss\n\n[^1-1] [^1-2]\n\n---" in made
    assert made.endswith("[^1-1]: look\n    here (ines, 2026-11-20)\n[^1-2]: a bookmark (ines, 2026-11-21)\n")
    page = Html().annotated(talk(["moss"]), no_pictures, notes).decode()
    assert page.count('href="#n1"') == page.count('href="#r1"') == 1


def test_a_note_on_a_page_is_text() -> None:
    page = (
        Html()
        .annotated(talk(["moss"]), no_pictures, [Footnote(seq=3, text="<img src=x>", by="<b>", at="2026")])
        .decode()
    )
    assert "<img" not in page
    assert "&lt;b&gt;" in page
