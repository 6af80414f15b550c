"""Takes keys out of text before it can reach an event, an error or a log.

A `Scrub` learns the exact values of the keys this process resolved, in the forms in which they travel. `errors_only`
adds patterns of keys that nobody told us of; it is for errors and headers: what a seat says is never matched by
pattern. It does not know where keys come from.
"""

from __future__ import annotations

import logging
import re
from base64 import b64encode
from urllib.parse import quote

import msgspec

__all__ = ["KEY_MARK", "Pieces", "Scrub"]

KEY_MARK = "[key]"
"""Stands where a key stood."""

_SHORTEST = 8
"""Characters below which a value is no secret worth the damage: local servers are given "x" or "none" as a key."""

_LOOKS_LIKE_A_KEY = re.compile(r"(?i)\b(?:bearer\s+\S{8,}|(?:sk|pk|rk|gsk|xai|hf|key)[-_][\w-]{12,}|AIza[\w-]{20,})")


class Scrub:
    """Replaces every key it has learnt by `[key]`."""

    def __init__(self) -> None:
        """Begin with no key."""
        self._forms: list[str] = []
        self._known: set[str] = set()

    def learn(self, key: str) -> None:
        """Remember a key in the forms in which it may come back: plain, in a URL, in JSON, in a log, as base64."""
        if key in self._known or len(key) < _SHORTEST:
            return
        self._known.add(key)
        raw = key.encode("utf-8", "replace")
        coded = b64encode(raw).decode().rstrip("=")
        forms = {key, quote(key, safe=""), msgspec.json.encode(raw.decode())[1:-1].decode(), repr(raw)[2:-1], coded}
        self._forms = sorted({*self._forms, *forms}, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Give the text without any learnt key; works on speech, events and logs alike."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, KEY_MARK)
        return text

    def errors_only(self, text: str) -> str:
        """Give the text without learnt keys, and without anything that looks like a key."""
        return _LOOKS_LIKE_A_KEY.sub(KEY_MARK, self(text))

    def in_logs(self, record: logging.LogRecord) -> bool:
        """Take learnt keys out of a log record, and let it pass; a filter for the loggers of libraries."""
        told = record.getMessage()
        if (clean := self(told)) != told:
            record.msg, record.args = clean, ()
        return True

    def begun(self, text: str) -> int:
        """Tell where at the end of a text a key may have begun; the text's length where none has."""
        first = len(text)
        for form in self._forms:
            at = text.find(form[0], max(0, len(text) - len(form) + 1), first)
            while at >= 0 and not form.startswith(text[at:]):
                at = text.find(form[0], at + 1, first)
            first = at if at >= 0 else first
        return first


class Pieces:
    """Takes keys out of a text that comes in pieces: what may be the beginning of one is held back until it is not."""

    def __init__(self, scrub: Scrub) -> None:
        """Begin a text."""
        self._scrub, self._held = scrub, ""

    def feed(self, text: str) -> str:
        """Give what of the text so far may be shown."""
        text = self._scrub(self._held + text)
        sure = self._scrub.begun(text)
        self._held = text[sure:]
        return text[:sure]

    def rest(self) -> str:
        """Give what is held back: the text has ended, and it was no key after all."""
        held, self._held = self._held, ""
        return held
