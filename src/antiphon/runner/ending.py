"""Ends a room: its last words, paid from the reserve, and then the end. Nobody speaks in it any more.

The words are asked for once. What was set aside for them counts as spent where nobody can account for it: when they
failed, or when the process that asked for them is no more. It does not know who speaks them.
"""

from __future__ import annotations

import asyncio

from antiphon.errors import ProviderFailure
from antiphon.room.contracts import Allowance, LastWords, Reply
from antiphon.room.events import EffectEnded, Fault, Reserved, RoomEnded, RuleNoted, StateChanged, Usage
from antiphon.room.spending import for_last_words
from antiphon.runner.boundary import boundary
from antiphon.runner.opening import keep
from antiphon.runner.owned import OwnedRoom

__all__ = ["end_room"]

EFFECT = "last-words"
"""The effect's name: a room has one of it."""

SECONDS = 60.0
"""The longest that last words may take: somebody waits for the room to end."""


async def end_room(room: OwnedRoom, reason: str, speaker: LastWords | None) -> None:
    """End a room for good, after its last words where its scenario keeps a reserve for them."""
    state = room.state
    if state.reserve and state.last_words != "said":
        if state.phase != "draining":
            room.take("runner", StateChanged(before=state.phase, after="draining", rule=reason))
            await room.flush()
        await keep(room)
        room.take("runner", await _last_words(room, reason, speaker))
    room.take("runner", RoomEnded(reason=reason))
    await room.flush()


async def _last_words(room: OwnedRoom, reason: str, speaker: LastWords | None) -> EffectEnded:
    """Have the last words spoken; give what came of it."""
    state = room.state
    held = for_last_words(state)
    if state.last_words == "asked":
        return _failed("disconnected", "the process that asked for them is no more", held)
    if speaker is None:
        return _failed("refused", "nobody is there to speak them")
    if held is None:
        return _failed("refused", "nothing is left of the reserve")
    room.take("runner", RuleNoted(rule="last_words", data={"reason": reason, "tokens": held.tokens, "cost": held.cost}))
    await room.flush()
    until = room.clock.now() + int(SECONDS * 1000)
    try:
        with boundary("whoever speaks the last words"):
            async with asyncio.timeout(SECONDS):
                allowance = Allowance(tokens=held.tokens, cost=held.cost, until=until)
                reply = await speaker.speak(state, tuple(room.hearing.common), allowance)
    except ProviderFailure as failure:
        return _failed(failure.kind, failure.message, held)
    return _spoken(reply, held)


def _spoken(reply: Reply, held: Reserved) -> EffectEnded:
    """Settle what was said; what nobody accounted for cost all that was set aside."""
    usage = reply.usage or Usage(input=held.tokens, estimated=True)
    cost = reply.cost if reply.cost is not None else held.cost
    return EffectEnded(effect=EFFECT, kind="last_words", text=reply.text, usage=usage, cost=cost)


def _failed(kind: str, message: str, held: Reserved | None = None) -> EffectEnded:
    """Say why there are no last words, and count what was set aside for them."""
    usage = Usage(input=held.tokens, estimated=True) if held is not None else None
    fault = Fault(kind=kind, message=message)
    return EffectEnded(
        effect=EFFECT, kind="last_words", usage=usage, cost=held.cost if held is not None else 0.0, failed=fault
    )
