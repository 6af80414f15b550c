"""Chance as a value: the same room draws the same numbers at the same place.

A draw depends on the room's seed, the sequence number of its last event and the purpose, and on nothing else.
"""

from __future__ import annotations

from hashlib import blake2b

__all__ = ["draw", "pick"]

_SPAN = 1 << 53
"""A float holds 53 bits exactly; 53 of the hash's 64 are kept, so that the result is below 1."""


def draw(seed: int, seq: int, purpose: str) -> float:
    """Draw a number in [0, 1), fixed by its three arguments."""
    key = f"{seed}:{seq}:{purpose}".encode()
    return (int.from_bytes(blake2b(key, digest_size=8).digest(), "big") >> 11) / _SPAN


def pick(seed: int, seq: int, purpose: str, count: int) -> int:
    """Draw an index in range(count); `count` is at least 1."""
    return int(draw(seed, seq, purpose) * count)
