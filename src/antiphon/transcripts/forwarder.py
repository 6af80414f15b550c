"""The shape of a forwarder's markdown file, shared by the reader and the writer so that they cannot disagree.

    # A ↔ B                        the title: the speakers, in order
                                   (blank)
    **Started:** 2025-10-26 13:08:38       (any of these, or none)
    **Ended:** 2025-10-26 13:22:58
    **Messages:** 50
                                   (blank)
    ---
                                   (blank)
    ### A                          then each message: its speaker, blank, its text, blank, ---, blank

A line `### Name` is a heading only right after `---` and only with one of the title's names. A message that holds
that very sequence gets a back slash before its `###` when written, and loses it when read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["ALIKE", "ARROW", "MARKERS", "PERSON", "RULE", "apart", "escaped", "heading", "headings", "unescaped"]

ARROW = " ↔ "
"""Stands between the speakers in the title."""
RULE = "---\n\n"
"""Ends the head and every message."""
PERSON = " (person)"
"""Ends the title's name of a speaker who is a person; the forwarder itself knows none."""
MARKERS = ("[END]", "**[END]**")
"""The forwarder's own end sentence, and how two recorded models wrote it."""
ALIKE = "seats bear one name; the messages under it were given to them in turn"
"""Told of a file in which a model talks to itself: nobody can say which of its seats spoke."""


def apart(names: Sequence[str]) -> list[str]:
    """Name seats apart that bear one name: "A", "A 2", "A 3"."""
    labels: list[str] = []
    for name in names:
        number, label = 1, name
        while label in labels or (number > 1 and label in names):
            number += 1
            label = f"{name} {number}"
        labels.append(label)
    return labels


def heading(speaker: str) -> str:
    """Give the lines that open a message."""
    return f"### {speaker}\n\n"


def headings(speakers: Sequence[str]) -> str:
    """Give the pattern of any speaker's heading line, without its line end."""
    names = "|".join(re.escape(name) for name in sorted(set(speakers), key=len, reverse=True))
    return rf"### (?P<speaker>{names})"


def escaped(text: str, speakers: Sequence[str]) -> str:
    """Put a back slash before what would be read as the next message's heading."""
    ended = f"{text}\n\n"
    return re.sub(rf"(\n\n---\n\n)(?=\\*{headings(speakers)}\n\n)", r"\1\\", ended)[:-2]


def unescaped(text: str, speakers: Sequence[str]) -> str:
    """Take away the back slash that `escaped` put there."""
    ended = f"{text}\n\n"
    return re.sub(rf"(\n\n---\n\n)\\(?=\\*{headings(speakers)}\n\n)", r"\1", ended)[:-2]
