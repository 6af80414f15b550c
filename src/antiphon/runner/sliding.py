"""What a context of so many tokens still holds: the newest ones, whatever parts they stand in.

The result is data for a `rule.noted` event, and replay reads nothing else: characters, not tokens, so that the fold
needs no estimator. It knows no rule and no provider.
"""

from __future__ import annotations

from typing import Any

from antiphon.measures.tokens import count, pieces
from antiphon.room.view import Part, SeatView

__all__ = ["overwritten"]


def overwritten(view: SeatView, system: str, tokens: int, *, system_too: bool) -> dict[str, Any] | None:
    """Say what is overwritten once only the newest `tokens` remain; None when nothing changed.

    Args:
        view: the seat's own; parts before what it still hears are never heard again.
        system: the seat's whole system text.
        tokens: size of the context (`pieces-1`).
        system_too: whether the system text counts as the oldest part, and is overwritten like any other.

    Returns:
        `unheard_before` (a sequence number); `overwritten`: how many parts, how many characters of the next part and
        of the system text; `alive`: tokens still heard, and `of`: all that was ever in this context.
    """
    first, gone, left = _kept(view.parts, view.first, tokens)
    system_size = count(system) if system_too else 0
    system_gone = _characters(system, system_size - left) if left < system_size else 0
    if (first, gone, system_gone) == (view.first, view.gone, view.system_gone):
        return None
    ever = system_size + view.ever(count)
    seq = view.parts[min(first, len(view.parts) - 1)].seq if view.parts else 0
    return {
        "unheard_before": seq,
        "overwritten": {"parts": first, "characters": gone, "system": system_gone},
        "alive": min(tokens, ever),
        "of": ever,
    }


def _kept(parts: list[Part], floor: int, tokens: int) -> tuple[int, int, int]:
    """Walk back from the newest part: the first part kept, the characters of it that are gone, the tokens left over."""
    left = tokens
    for place in range(len(parts) - 1, floor - 1, -1):
        text = parts[place].text
        size = count(text)
        if size > left:
            return (place, _characters(text, size - left), 0) if left else (place + 1, 0, 0)
        left -= size
    return floor, 0, 0 if floor else left


def _characters(text: str, tokens: int) -> int:
    """Give how many characters the first `tokens` tokens of a text are."""
    return sum(len(piece) for piece in pieces(text)[:tokens])
