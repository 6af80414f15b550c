"""The one place that makes foreign text safe for a sink: a terminal, an HTML page, a file name, a path.

What a model writes is hostile data: it may hold escape codes, mark-up, or a name that climbs out of a folder. The
journal keeps it raw; whoever shows it or names a file after it passes it through here. It knows no format.
"""

from __future__ import annotations

import html
import os
import re
import stat
import unicodedata
from pathlib import Path

from antiphon.errors import UserError

__all__ = ["for_html", "for_terminal", "inside", "printable", "slug", "write_new"]

_DELETE = 0x7F
_ESCAPE = 0x1B
_CONTROLS = (*range(9), 0x0B, 0x0C, 0x0D, *range(0x0E, 0x20), _DELETE)
"""C0 without tab and line feed: a terminal obeys them."""
_PICTURES = 0x2400
"""Unicode's "control pictures" begin here: ␀, ␁ …, one for each C0 code."""
_BIDI = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""Marks that turn the direction of text around, so that it reads other than it is."""
_LINES = (0x2028, 0x2029)
"""Line and paragraph separators: some terminals and editors break lines there."""

_SHOWN = str.maketrans(
    {code: chr(_PICTURES + code) for code in _CONTROLS if code != _DELETE}
    | {_DELETE: "␡"}
    | {code: f"\\x{code:02x}" for code in range(0x80, 0xA0)}
    | {code: f"\\u{code:04x}" for code in (*_BIDI, *_LINES, 0xFEFF)}
)

SLUG_LENGTH = 80
"""Characters of a safe name: with a folder and a suffix it stays below every file system's limit (255 bytes)."""
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"] + [f"{port}{n}" for port in ("com", "lpt") for n in range(10)]
)
"""Names that Windows gives to devices, whatever their suffix."""


def for_terminal(text: str) -> str:
    r"""Show every control code of a text instead of sending it; newlines and tabs stay.

    Escape sequences (CSI, OSC, DCS, APC, finished or not) lose their first character to a visible sign and become
    plain text; C1 codes are written as `\x9b`, marks that turn text around as `\u202e`, lone surrogates as `\udc80`.
    """
    shown = text.translate(_SHOWN)
    if any("\ud800" <= sign <= "\udfff" for sign in shown):
        shown = shown.encode("utf-8", "backslashreplace").decode("utf-8")
    return shown


_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    r"""Show the codes that HTML forbids as ␛ or �, and those that turn text around as `\u202e`; mark-up stays.

    Only for `markup.marked_up`.
    """
    return _UNPRINTABLE.sub(_visible, text)


def for_html(text: str) -> str:
    """Escape a text for HTML, inside elements and quoted attributes; codes that HTML forbids are shown as ␛ or �."""
    return html.escape(printable(text), quote=True)


def _visible(found: re.Match[str]) -> str:
    code = ord(found.group())
    if 0x202A <= code <= 0x202E:  # noqa: PLR2004 - embeddings and overrides
        return f"\\u{code:04x}"
    return chr(_PICTURES + code) if code < 0x20 else "\ufffd"  # noqa: PLR2004 - where C0 ends


def slug(text: str) -> str:
    """Make a file name from any text: lower-case letters, digits, "-", "_" and ".", never a device, never empty.

    Example:
        >>> slug("../../etc/passwd"), slug("CON"), slug("Café ↔ GPT-4o")
        ('etc-passwd', 'con-', 'cafe-gpt-4o')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9._]+", "-", plain)
    name = re.sub(r"\.{2,}", ".", name).strip("-._")[:SLUG_LENGTH].rstrip("-._")
    stem, dot, rest = name.partition(".")
    if stem in _RESERVED:
        name = f"{stem}-{dot}{rest}"
    return name or "unnamed"


def inside(root: Path, name: str) -> Path:
    """Give the path of `name` in the folder `root`, refusing whatever would lie elsewhere.

    Raises:
        UserError: for absolute names, names that climb, back slashes, colons, devices and links.
    """
    parts = name.split("/")
    bad = not name or "\\" in name or ":" in name or "\0" in name or Path(name).is_absolute()
    if bad or any(part in {"", ".", ".."} or part.split(".")[0].casefold() in _RESERVED for part in parts):
        raise UserError(f"{for_terminal(name)[:100]!r} is no name for a file in {root}; use letters, digits, - and _")
    path = root
    for part in parts:
        path = path / part
        if path.is_symlink():
            raise UserError(f"{path} is a link; nothing is written through links")
    if not path.resolve().is_relative_to(root.resolve()):
        raise UserError(f"{path} lies outside {root}")
    return path


def write_new(path: Path, data: bytes) -> None:
    """Write a file that must not exist yet, readable by its owner alone; follows no link.

    Raises:
        UserError: when something of that name is there already.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags, stat.S_IRUSR | stat.S_IWUSR)
    except FileExistsError:
        raise UserError(f"{path} exists already; name another file or remove it first") from None
    with os.fdopen(handle, "wb") as file:
        file.write(data)
