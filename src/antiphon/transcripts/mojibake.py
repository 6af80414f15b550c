"""Repairs text that is UTF-8 read as a single-byte encoding: exactly where bytes survived, by pattern where not.

Each candidate encoding is tried and what becomes valid UTF-8 is counted; text that was not damaged stays as it is.
What cannot be restored is reported with its line. It knows no transcript.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from msgspec import Struct

__all__ = ["ENCODINGS", "Repaired", "repair"]

ENCODINGS = ("mac_roman", "cp1252", "cp1254", "latin-1", "cp1250", "cp1251", "cp437", "cp850")
"""Tried in this order; of two that restore equally much the earlier wins."""

_LIKELY = "”“’‘—–…•→←↔✨🎨💭🌡️￼🔇🤖👤🔍🎬⚡🌐àáâãäåæçèéêëìíîïðñòóôõöøùúûüýÿÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝßıİşŞğĞ"
"""Characters whose damaged form may lack a byte: punctuation of prose, letters, and the signs of the classic form."""
_LOST_SIGN = "\ufffd"
_EVIDENCE = 2
"""Restored characters that show damage: a single pair such as “—é” may have been meant."""
_MOST_REPORTED = 20
"""Damaged places named one by one; beyond them only their number is told."""
_RUN = re.compile(r"[^\x00-\x7f]+")


class Repaired(Struct, frozen=True, kw_only=True):
    """Is a text after repair: `how` is "" when it was not damaged, else the encoding it had been read as.

    `exact` counts characters restored from all their bytes, `guessed` those restored by pattern; `lost` names what
    stays damaged, with its line.
    """

    text: str
    how: str = ""
    exact: int = 0
    guessed: int = 0
    lost: tuple[str, ...] = ()


def repair(text: str) -> Repaired:
    """Undo the reading of UTF-8 as a single-byte encoding, where the text shows that this happened."""
    best = max((_try(text, name) for name in ENCODINGS), key=lambda tried: tried.exact - tried.stranded)
    if best.exact < _EVIDENCE or best.exact <= best.stranded:
        return Repaired(text=text, lost=_replacements(text))
    pieces, at, exact, guessed, line = [], 0, 0, 0, 1
    lost: list[tuple[int, int]] = []
    for run in _RUN.finditer(text):
        mended = _mend(run.group(), best.encoding)
        pieces += [text[at : run.start()], mended.text]
        line += text.count("\n", at, run.start())
        at = run.end()
        exact += mended.exact
        guessed += mended.guessed
        if mended.stranded and len(run.group()) > 1:
            lost.append((line, mended.stranded))
    pieces.append(text[at:])
    return Repaired(text="".join(pieces), how=best.encoding, exact=exact, guessed=guessed, lost=_told(lost))


def _told(lost: list[tuple[int, int]]) -> tuple[str, ...]:
    told = [f"line {line}: {count} damaged characters could not be restored" for line, count in lost]
    if len(told) > _MOST_REPORTED:
        told[_MOST_REPORTED:] = [f"{len(lost) - _MOST_REPORTED} more lines with damaged characters"]
    return tuple(told)


def _replacements(text: str) -> tuple[str, ...]:
    """Report characters that were lost before the file was written."""
    if _LOST_SIGN not in text:
        return ()
    lines = enumerate(text.split("\n"), 1)
    return _told([(number, line.count(_LOST_SIGN)) for number, line in lines if _LOST_SIGN in line])


# ---------------------------------------------------------------------------- one encoding


class _Tried(Struct, frozen=True):
    encoding: str
    exact: int
    stranded: int


class _Mended(Struct, frozen=True):
    text: str
    exact: int
    guessed: int
    stranded: int


def _try(text: str, encoding: str) -> _Tried:
    mended = [_mend(run, encoding) for run in _RUN.findall(text)]
    return _Tried(encoding, sum(m.exact + m.guessed for m in mended), sum(m.stranded for m in mended))


@cache
def _bytes(encoding: str) -> dict[str, int]:
    """Map each upper character to the byte it was read from; bytes without a character count as C1 codes."""
    table = {}
    for byte in range(0x80, 0x100):
        sign = bytes([byte]).decode(encoding, "replace")
        table[chr(byte) if sign == _LOST_SIGN else sign] = byte
    if encoding == "mac_roman":
        table["¤"] = table["€"]  # what the euro sign's place held until 1998
    return table


@cache
def _patterns(encoding: str) -> dict[str, str]:
    """Map each damaged form that lacks its unmapped bytes to the one likely character it came from."""
    read = {byte: sign for sign, byte in _bytes(encoding).items() if sign != chr(byte) or byte > 0x9F}  # noqa: PLR2004 - C1 ends
    forms: dict[str, set[str]] = {}
    for sign in _LIKELY:
        for gap in ("", _LOST_SIGN):
            parts = [read.get(byte, gap) for byte in sign.encode()]
            for form in {"".join(parts), "".join(parts).replace("\xad", ""), "".join(parts).replace("\xa0", "")}:
                if 1 < len(form) < len(sign.encode()) or _LOST_SIGN in form[1:]:
                    forms.setdefault(form, set()).add(sign)
    return {form: min(signs) for form, signs in forms.items() if len(signs) == 1}


_LENGTHS = ((0xC2, 0xDF, 2), (0xE0, 0xEF, 3), (0xF0, 0xF4, 4))
"""First byte of a UTF-8 sequence, from and to, and how many bytes it has."""


@lru_cache(maxsize=4096)
def _mend(run: str, encoding: str) -> _Mended:
    """Restore one run of characters above ASCII."""
    table, patterns = _bytes(encoding), _patterns(encoding)
    longest = max(map(len, patterns), default=0)
    made, at, exact, guessed, stranded = [], 0, 0, 0, 0
    while at < len(run):
        if run[at] not in table and run[at] != _LOST_SIGN:
            made.append(run[at])
            at += 1
            continue
        whole = _whole(run, at, table)
        if whole is not None:
            made.append(whole)
            at, exact = at + len(whole.encode()), exact + 1
            continue
        form = next((run[at : at + n] for n in range(longest, 1, -1) if run[at : at + n] in patterns), None)
        if form is not None:
            made.append(patterns[form])
            at, guessed = at + len(form), guessed + 1
            continue
        made.append(run[at])
        stranded += run[at] in table or run[at] == _LOST_SIGN
        at += 1
    return _Mended("".join(made), exact, guessed, stranded)


def _whole(run: str, at: int, table: dict[str, int]) -> str | None:
    """Decode one character from the bytes that stand at `at`, when all of them are there."""
    first = table.get(run[at], 0)
    length = next((count for low, high, count in _LENGTHS if low <= first <= high), 0)
    read = [table.get(sign, -1) for sign in run[at : at + length]]
    if not length or len(read) < length or -1 in read:
        return None
    try:
        return bytes(read).decode("utf-8")
    except UnicodeDecodeError:
        return None
