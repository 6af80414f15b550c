"""Writes what a reader noted at the margin as footnotes, in a page and in markdown, and takes them away again.

A note is the reader's and not the room's: a file with notes is read as the same conversation as the file without them,
so that no seat of a room that is imported ever hears one. It knows no event.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from antiphon.transcripts.safe import for_html

__all__ = ["Footnote", "foot", "marker", "refs", "tail", "without"]

_TITLE = "## Notes of a reader\n\n"
"""Opens the notes of a markdown file, behind the last message's rule, where a file without notes has nothing."""

_LABEL = re.compile(r"^\[\^([0-9]{1,9})-[0-9]{1,9}\]: ", re.MULTILINE)
"""Begins a note of a markdown file; a note's further lines are indented, so that none of them can begin another."""


class Footnote(Struct, frozen=True, kw_only=True):
    """Is one note at the message `seq`; a bookmark has no text. `at` is when it was written, RFC 3339."""

    seq: int
    text: str
    by: str
    at: str


# ---------------------------------------------------------------------------------- in a page


def refs(notes: Iterable[Footnote]) -> dict[int, str]:
    """Give the safe HTML that stands under each message with notes, by sequence number: numbers that lead to them."""
    found: dict[int, list[str]] = {}
    for number, note in enumerate(notes, 1):
        link = f'<a id="r{number}" href="#n{number}" role="doc-noteref">{number}</a>'
        found.setdefault(note.seq, []).append(link)
    return {seq: f'<p class="refs">{" ".join(links)}</p>' for seq, links in found.items()}


def foot(notes: Sequence[Footnote], anchors: Collection[int]) -> str:
    """Give the safe HTML of all notes; those at `anchors`, messages of the page, lead back to them."""
    if not notes:
        return ""
    items = []
    for number, note in enumerate(notes, 1):
        text = for_html(note.text) if note.text else "<i>a bookmark</i>"
        who = f"<small><bdi>{for_html(note.by)}</bdi>, {for_html(note.at[:10])}</small>"
        back = f' <a href="#r{number}" aria-label="Back to the message">↩</a>' if note.seq in anchors else ""
        items.append(f'<li id="n{number}" dir="auto"><span class="note-text">{text}</span> {who}{back}</li>')
    return f'<aside class="notes" aria-label="Notes of a reader"><h2>Notes</h2>\n<ol>{"".join(items)}</ol></aside>\n'


# ---------------------------------------------------------------------------------- in markdown


def marker(place: int, count: int) -> str:
    """Give what stands behind the text of message `place` (1-based) that has `count` notes."""
    return "\n\n" + " ".join(f"[^{place}-{number}]" for number in range(1, count + 1)) if count else ""


def tail(notes: Iterable[tuple[int, Footnote]]) -> str:
    """Give what stands behind the last message: each note with its message's place, in order."""
    seen: Counter[int] = Counter()
    told = []
    for place, note in notes:
        seen[place] += 1
        text = (note.text or "a bookmark").replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\n    ")
        told.append(f"[^{place}-{seen[place]}]: {text} ({' '.join(note.by.split())}, {note.at[:10]})\n")
    return _TITLE + "".join(told) if told else ""


def without(text: str, rule: str) -> tuple[str, dict[int, str]]:
    """Take the notes off a file's text.

    Args:
        text: the file's.
        rule: what stands behind every message.

    Returns:
        the text up to the last rule, and by place what stands behind a message's own words.
    """
    talk, behind, notes = text.rpartition(rule)
    if not notes.startswith(f"{_TITLE}[^"):
        return text, {}
    counts = Counter(int(found[1]) for found in _LABEL.finditer(notes))
    return talk + behind, {place: marker(place, count) for place, count in counts.items()}
