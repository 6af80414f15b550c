"""Decodes JSON as endpoints really send it: fast where it is good, patiently where it is nearly good.

A reply that holds half of a surrogate pair, a byte that is not UTF-8 or a NaN is still a reply. What is given back
can always be encoded as UTF-8 again. It knows no message format.
"""

from __future__ import annotations

import json
from typing import Any, TypeAlias

import msgspec

__all__ = ["Json", "decode", "mend"]

Json: TypeAlias = Any
"""Whatever JSON can hold: an endpoint may say anything, so every use looks before it reads."""

_fast = msgspec.json.Decoder().decode


def decode(data: bytes) -> Json:
    """Decode JSON.

    Raises:
        ValueError: when it is no JSON, or nested too deeply to be read.
    """
    try:
        return _fast(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    except RecursionError:
        raise ValueError("nested too deeply") from None
    try:
        return json.loads(data.decode("utf-8", "replace"))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def mend(text: str) -> str:
    """Join surrogate pairs that were sent in halves; a half without its other half becomes the replacement mark."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
