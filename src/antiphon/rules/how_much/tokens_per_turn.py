"""A limit on the length of every message. The provider stops there; what it counts as a token is its own."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from antiphon.room.contracts import Allowance, Moment
from antiphon.room.rulebook import RuleSettings
from antiphon.room.state import State

__all__ = ["PLUGIN", "TokensPerTurn"]


class TokensPerTurn(RuleSettings, frozen=True, kw_only=True):
    """Limits every message to a number of tokens.

    Attributes:
        tokens: the most that one message may have.
    """

    tokens: Annotated[int, Meta(ge=1)]

    hint: ClassVar[str] = "Your messages are limited in length."

    def terms(self) -> str:
        """Tell the limit."""
        return f"Each of your messages may have at most {self.tokens} tokens; what is longer is cut off."

    def answer(self, state: State, memory: None, moment: Moment) -> Allowance:  # noqa: ARG002 - the same for all
        """Allow the same to every seat at every turn."""
        return Allowance(tokens=self.tokens)


PLUGIN = TokensPerTurn
