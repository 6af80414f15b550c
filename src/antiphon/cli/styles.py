"""The colours and ornaments of every screen, as values. It draws nothing."""

from __future__ import annotations

from collections.abc import Mapping

from antiphon.cli.washes import Wash, inked

__all__ = ["SEATS", "SEATS_16", "STYLES", "fitting", "rich_style"]

SEATS = ("#5f87d7", "#d75f00", "#008700", "#d75f87", "#0087af", "#878700", "#875fd7", "#d75f5f")
"""Eight colours for seats. Each has a contrast of at least 3.5 with black and with white (a test counts), because
nobody tells us what lies under the text; all are in the palette of terminals with 256 colours, and neighbours differ
in hue as well as they can."""

SEATS_16 = ("blue", "yellow", "green", "magenta", "cyan", "red", "bright_blue", "bright_magenta")
"""The same for terminals of sixteen colours, where the owner of the terminal chose what they look like."""

STYLES: Mapping[str, str] = {
    "": "",
    "bold": "bold",
    "quiet": "dim",
    "person": "bold",
    "warn": "#af5f00",
    "status": "dim",
    "monitor": "italic #af5f00",
}
"""Style names of lines -> rich styles; `seat:N` is a colour of `SEATS`."""

_PLAINER = {
    "·": "-",
    "…": "...",
    "—": "-",
    "–": "-",
    "─": "-",
    "›": ">",
    "→": "->",
    "↔": "<->",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "×": "x",
}
"""Signs that some consoles lack -> what stands for them there."""


def rich_style(name: str, colours: tuple[str, ...], wash: Wash | None = None) -> str:
    """Give the rich style of a line's style, such as "bold seat:3"; "tint:4" is a ground of `wash`, if there is any."""
    words = []
    seat, ground = "", ""
    for word in name.split():
        if word.startswith("seat:"):
            seat = colours[(int(word[5:]) - 1) % len(colours)]
            words.append(seat)
        elif word.startswith("tint:"):
            ground = wash.grounds[int(word[5:]) - 1] if wash is not None else ""
        else:
            words.append(STYLES.get(word, ""))
    if wash is not None and ground:
        words = [word for word in words if word != seat] + [inked(seat, wash), "on", ground]
    return " ".join(word for word in words if word)


def fitting(text: str, encoding: str) -> str:
    """Give a text as a console of this encoding can show it: plainer signs, then question marks."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        pass
    except LookupError:
        encoding = "ascii"
    else:
        return text
    table = {ord(sign): plain for sign, plain in _PLAINER.items() if not _has(encoding, sign)}
    return text.translate(table).encode(encoding, "replace").decode(encoding)


def _has(encoding: str, sign: str) -> bool:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
