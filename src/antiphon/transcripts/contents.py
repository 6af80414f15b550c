"""Builds the list of many rooms as a page that works from a file: one link a room, found by words and by state.

Its one script only hides lines; the page's policy names that script and its style by their digests and allows nothing
else, so that no title or label can do anything. It knows no journal and no file.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from hashlib import sha256

from msgspec import Struct

from antiphon.transcripts.document import sheet, top
from antiphon.transcripts.safe import for_html

__all__ = ["Entry", "contents"]

_POLICY = "default-src 'none'; script-src {script}; style-src {style}; base-uri 'none'; form-action 'none'"

_BARS = "▁▂▃▄▅▆▇█"
"""How much was new, from little to much; readings of 0 to 9 share them."""

_READINGS = 9
"""The largest reading."""


class Entry(Struct, frozen=True, kw_only=True):
    """Is one line of the list.

    Attributes:
        address: of the room's page, beside the list; made from safe signs only.
        room: its name.
        title: and what it is called.
        state: its phase.
        why: and why it is so.
        facts: further words, such as its models, in order.
        labels: its free labels, "KEY=VALUE".
        changed: when something happened last, RFC 3339.
        novelty: how much was new in its last messages, 0 to 9, oldest first.
    """

    address: str
    room: str
    title: str
    state: str
    why: str = ""
    facts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    changed: str = ""
    novelty: tuple[int, ...] = ()


def contents(entries: Sequence[Entry]) -> bytes:
    """Write the list in UTF-8, in the order given."""
    style, script = sheet("page.css") + sheet("contents.css"), sheet("contents.js")
    policy = _POLICY.format(script=_digest(script), style=_digest(f"\n{style}"))
    states = sorted({entry.state for entry in entries})
    options = "".join(f"<option>{for_html(state)}</option>" for state in states)
    number = f"{len(entries):,} room{'' if len(entries) == 1 else 's'}"
    parts = [
        top("Rooms", style, policy),
        '<header class="head">\n<p class="kind">Antiphon · recorded rooms</p>\n<h1>Rooms</h1>\n',
        '<form class="find" id="find" hidden><label>Find <input type="search" id="words" autocomplete="off"></label>',
        f'<label>State <select id="state"><option value="">any</option>{options}</select></label></form>\n',
        f'<p class="note" id="count" role="status">{number}</p>\n</header>\n<main>\n<ul class="rooms" id="rooms">\n',
        "\n".join(map(_line, entries)),
        '\n</ul>\n</main>\n<footer class="foot"><p>These pages load nothing but what lies beside them. ',
        f"Times are UTC.</p></footer>\n<script>{script}</script>\n</body>\n</html>\n",
    ]
    return "".join(parts).encode("utf-8", "replace")


def _line(entry: Entry) -> str:
    state = for_html(entry.state) + (f": {for_html(entry.why)}" if entry.why else "")
    facts = "".join(f"<span><bdi>{for_html(fact)}</bdi></span>" for fact in (*entry.facts, entry.changed[:16]) if fact)
    labels = "".join(f"<li><bdi>{for_html(label)}</bdi></li>" for label in entry.labels)
    tags = f'<ul class="tags">{labels}</ul>' if labels else ""
    return (
        f'<li data-state="{for_html(entry.state)}"><h2><a href="{for_html(entry.address)}">'
        f"<bdi>{for_html(entry.title or entry.room)}</bdi></a></h2>"
        f'<p class="told"><span class="state">{state}</span>{facts}{_bars(entry.novelty)}</p>'
        f'<p class="name"><bdi>{for_html(entry.room)}</bdi></p>'
        f"{tags}</li>"
    )


def _bars(novelty: Sequence[int]) -> str:
    if not novelty:
        return ""
    bars = "".join(_BARS[min(_READINGS, max(0, one)) * len(_BARS) // (_READINGS + 1)] for one in novelty)
    mean = sum(novelty) / len(novelty)
    return f'<span class="bars" role="img" aria-label="How much was new: {mean:.0f} of 9 of late">{bars}</span>'


def _digest(text: str) -> str:
    """Name an inline text as a policy does."""
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"
