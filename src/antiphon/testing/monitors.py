"""Monitors that fail: one raises, one falls silent, one says what no monitor may say. For drills of the room's guard.

They keep the contract of `antiphon.runner.guarding.Watches`, as far as a broken thing does.
"""

from __future__ import annotations

from collections.abc import Iterator

from antiphon.monitor.policy import Policy, load
from antiphon.room.asking import Ask
from antiphon.room.events import AnyBody, Event, MessageSaid, SeatChanged
from antiphon.room.state import State

__all__ = ["BabblingMonitor", "RaisingMonitor", "SilentMonitor"]


class SilentMonitor:
    """Judges so many messages of seats, and from then on none."""

    def __init__(self, after: int = 0, policy: str | Policy = "careful") -> None:
        """Fail after so many messages; `policy` says whether and when that is a reason to pause."""
        self.policy: Policy | None = load(policy) if isinstance(policy, str) else policy
        self.digest = self.policy.digest()
        self.novelty: list[int] = []
        self.after, self.heard, self.judged = after, 0, 0

    def hear(self, event: Event) -> None:
        """Take one event in."""
        if isinstance(event.body, MessageSaid) and event.body.seat is not None:
            self.heard += 1
            if self.heard > self.after:
                self.fail()
            else:
                self.judged += 1

    def fail(self) -> None:
        """Do nothing."""

    def ask(self, state: State) -> Ask | None:  # noqa: ARG002 - the contract names what it is given
        """Ask nobody."""
        return None

    def findings(self, state: State) -> Iterator[AnyBody]:  # noqa: ARG002 - the contract names what it is given
        """Find nothing."""
        return iter(())

    def refusals(self, seat: str) -> dict[str, str]:  # noqa: ARG002 - the contract names what it is given
        """Refuse nothing."""
        return {}

    @property
    def fork_at(self) -> int:
        """Ask for no fork."""
        return 0

    def pack(self) -> bytes:
        """Remember nothing."""
        return b""


class RaisingMonitor(SilentMonitor):
    """Judges so many messages of seats, and from then on raises at each."""

    def fail(self) -> None:
        """Raise what nobody expects, with words that nobody shall read in a journal."""
        raise KeyError("a secret of the message")


class BabblingMonitor(SilentMonitor):
    """Judges everything, and mutes somebody who is not there."""

    def fail(self) -> None:
        """Judge it."""
        self.judged += 1

    def findings(self, state: State) -> Iterator[AnyBody]:  # noqa: ARG002 - the contract names what it is given
        """Mute nobody."""
        yield SeatChanged(seat="AI-99", what="muted", before=False, after=True)
