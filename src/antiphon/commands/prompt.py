"""`!prompt`: a seat adds to its own system prompt, replaces what it runs on, or takes everything back.

The original text never changes. It does not know whether a model takes late system messages: views do.
"""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.events import NoticeGiven, PromptChanged
from antiphon.room.outcomes import counted, others, refused, said, too_long
from antiphon.room.state import Seat, State

PER_TURN = 1
"""A seat that rewrites itself many times in one message only shows the last: one change a turn is one experiment."""


class Prompt:
    """Changes the issuer's own prompt, within the scenario's `prompts` and `prompt_bytes`."""

    name = "prompt"
    aliases: tuple[str, ...] = ("system_prompt",)
    paid = False
    shown = "stripped"

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:
        """Add a layer, `replace` all of them by one, or `revert` to the original."""
        state = situation.state
        if situation.this_turn.get(self.name, 0) >= PER_TURN:
            return refused("your prompt changed once in this turn already")
        verb = words[0].casefold() if words else ""
        if verb == "revert" and len(words) == 1:
            if not (seat.layers or seat.replaced):
                return refused("your prompt is the original one; there is nothing to take back")
            return self._change(seat, state, PromptChanged(seat=seat.id, how="revert"))
        replace = verb == "replace" and len(words) > 1
        text = said(words[1:] if replace else words)
        if (refusal := _refusal(seat, state, text, replace=replace)) is not None:
            return refusal
        return self._change(seat, state, PromptChanged(seat=seat.id, how="replace" if replace else "add", text=text))

    def _change(self, seat: Seat, state: State, body: PromptChanged) -> Ran:
        notice = NoticeGiven(
            text=f"[{seat.label} modified their system prompt]", to=others(seat, state), kind=self.name
        )
        return Ran(args={"how": body.how}, bodies=(body, notice))

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:  # noqa: ARG002 - the contract's own
        """Tell how to use it, with the limits of the scenario."""
        limits = state.scenario.limits
        return (
            f'!prompt "text" adds a layer to your own system prompt, {counted(PER_TURN, "time")} a turn; you may hold '
            f"{counted(limits.prompts, 'layer')} of at most {limits.prompt_bytes:,} bytes. "
            '!prompt replace "text" puts one text in place of everything; !prompt revert brings the original back.'
        )


def _refusal(seat: Seat, state: State, text: str, *, replace: bool) -> Ran | None:
    limits = state.scenario.limits
    if not text:
        return refused('there is no text; write !prompt "text"')
    held = 0 if replace else len(seat.layers)
    if held >= limits.prompts:
        return refused(f"you hold {counted(held, 'layer')} already; at most {limits.prompts} are allowed")
    return too_long("the text", text, limits.prompt_bytes)


PLUGIN: Command = Prompt()
