"""Says what a message looks like: its length, its signs, its drawings and code, and whether it ends in a marker.

Code and drawings are set aside by lines, so that their words are not taken for speech. It knows no language; it does
not know what a drawing shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

__all__ = ["Parts", "alphabetic_share", "cap", "emoji_share", "ends_with", "parts", "slope", "without_marker"]

CAP = 1_200
"""Characters of a message that are measured, half from its start and half from its end: the cost is bounded, and both
the topic and the parting words are in it."""

ART = 3
"""Lines of signs in a row from which on they are a drawing; a line or two may be a flourish."""

LETTERS = 0.5
"""Share of letters and digits among a line's visible characters below which it is a line of signs."""

LOOKED_AT = 80
"""Characters at the start of a line that tell whether it is one of signs: a row of a drawing, a line of a poem."""

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_EMOJI = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u25aa-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d"
    "\u3297\u3299\U0001f000-\U0001faff]"
)
_JOINERS = re.compile("[\ufe0f\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_WRAPPING = "*_`~ \t\r\n\u200b"


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """Holds a message cut by lines into what is said, and what is shown.

    Args:
        speech: everything but fenced code and drawings.
        code: lines inside closed fences, the fences included.
        art: drawings: three lines or more of signs in a row.
    """

    speech: str
    code: str = ""
    art: str = ""


def parts(text: str) -> Parts:
    """Cut a message into speech, code and drawings; a fence that nobody closes is speech."""
    if text.count("\n") < ART - 1:
        return Parts(speech=text)
    lines = text.split("\n")
    coded = _coded(lines) if "```" in text or "~~~" in text else frozenset()
    drawn = _drawn(lines, coded)
    if not coded and not drawn:
        return Parts(speech=text)
    return Parts(
        speech="\n".join(line for at, line in enumerate(lines) if at not in coded and at not in drawn),
        code="\n".join(line for at, line in enumerate(lines) if at in coded),
        art="\n".join(line for at, line in enumerate(lines) if at in drawn),
    )


def _coded(lines: Sequence[str]) -> frozenset[int]:
    """Give the places of lines inside closed fences."""
    found: list[int] = []
    opened, mark = -1, ""
    for at, line in enumerate(lines):
        fence = _FENCE.match(line)
        if fence is None:
            continue
        if opened < 0:
            opened, mark = at, fence[1]
        elif fence[1].startswith(mark) and not line.strip(" `~"):
            found += range(opened, at + 1)
            opened = -1
    return frozenset(found)


def _drawn(lines: Sequence[str], coded: frozenset[int]) -> frozenset[int]:
    """Give the places of lines that stand in a row of three lines of signs or more; empty lines neither add nor cut."""
    found: list[int] = []
    row: list[int] = []
    for at, line in enumerate(lines):
        if at not in coded and not line.strip():
            continue
        if at not in coded and _signs(line):
            row.append(at)
            continue
        found += row if len(row) >= ART else []
        row = []
    return frozenset(found + (row if len(row) >= ART else []))


def _signs(line: str) -> bool:
    return alphabetic_share(line[:LOOKED_AT]) < LETTERS


def cap(text: str) -> str:
    """Give what measures look at: a text of up to 1,200 characters, or the start and the end of a longer one."""
    if len(text) <= CAP:
        return text
    half = CAP // 2
    return f"{text[: half - 1]} {text[-half:]}"


def emoji_share(text: str) -> float:
    """Give the share in [0, 1] of visible characters that are emoji, without joiners and skin tones; 0 if none."""
    if text.isascii():
        return 0.0
    bare = _JOINERS.sub("", text)
    visible = len("".join(bare.split()))
    return len(_EMOJI.findall(bare)) / visible if visible else 0.0


def alphabetic_share(text: str) -> float:
    """Give the share in [0, 1] of visible characters that are letters or digits, of any script; 0 if none."""
    visible = "".join(text.split())
    return sum(map(str.isalnum, visible)) / len(visible) if visible else 0.0


def slope(lengths: Sequence[int]) -> float | None:
    """Give the trend of lengths, oldest first, as a share of their mean a message; None below three, or if all are 0.

    Below 0 messages fade, above 0 they grow: -0.1 is a tenth of the mean length less with every message. Least squares.
    """
    size = len(lengths)
    if size < ART or not any(lengths):
        return None
    middle, mean = (size - 1) / 2, sum(lengths) / size
    rise = sum((at - middle) * length for at, length in enumerate(lengths))
    return rise / sum((at - middle) ** 2 for at in range(size)) / mean


def ends_with(text: str, marker: str) -> bool:
    """Say whether a text's last words are a marker, emphasis around it aside, outside fences and quoted lines."""
    said = parts(text).speech
    stripped = said.rstrip(_WRAPPING)
    if not marker or not stripped.endswith(marker):
        return False
    last = stripped.rpartition("\n")[2].lstrip()
    before = stripped[: -len(marker)]
    fenced = said.rstrip().endswith("`") and before.endswith("`")
    return not last.startswith(">") and not fenced and (not before or not before[-1].isalnum())


def without_marker(text: str, markers: Iterable[str]) -> str:
    """Give a text without the marker at its end and without the bold or italic around that."""
    bare = text.rstrip()
    for marker in markers:
        for ending in (bare, bare.rstrip("*_` ")):
            if marker and ending.endswith(marker):
                return ending[: -len(marker)].rstrip("*_` \n\t")
    return bare
