"""Every error that Antiphon raises on purpose, as one tree.

    AntiphonError
     +- UserError                    the caller can mend it; the command line exits with 2
     |   +- ScenarioError            a scenario that does not say what it must (names the path)
     |   +- UnknownName              no rule, provider, command, model, room or scenario of that name
     |   +- RoomOwned                another live process owns the room (names its pid)
     |   +- CeilingError             a paid room without a ceiling, or a money limit without a price
     |   +- TranscriptError          a foreign file that cannot be read, with the place
     |   +- NotAllowed               the room is in a state in which that cannot be done
     +- JournalError                 the journal refused or cannot be trusted; exit 1
     |   +- Fenced                   somebody else took the room; this writer must let go
     |   +- Stale                    the expected sequence number is not the room's head
     |   +- UnknownEvent             an event of a newer catalogue (names the version needed)
     |   +- BrokenChain              stored bytes that do not hash to what was kept
     +- ProviderFailure              a provider did not answer with speech; becomes `turn.ended{failed}`

No error message holds an utterance or a secret. A provider's failure is never a crash: the runner turns it
into an event of its room. This module knows nothing of any other.
"""

from __future__ import annotations

from difflib import get_close_matches

__all__ = [
    "AntiphonError",
    "BrokenChain",
    "CeilingError",
    "Fenced",
    "JournalError",
    "NotAllowed",
    "ProviderFailure",
    "RoomOwned",
    "ScenarioError",
    "Stale",
    "TranscriptError",
    "UnknownEvent",
    "UnknownName",
    "UserError",
]


class AntiphonError(Exception):
    """Is the root of every error raised on purpose."""

    exit_code = 1


class UserError(AntiphonError):
    """Says what the caller got wrong, with what, and what would be right."""

    exit_code = 2


class ScenarioError(UserError):
    """Names the path in the scenario that is wrong, such as `$.seats[1].temperature`."""


class UnknownName(UserError):
    """Names what was asked for and what there is instead."""

    def __init__(self, kind: str, name: str, known: list[str]) -> None:
        """Compose the message from the kind of thing, the name asked for, and the names that exist."""
        self.kind, self.name, self.known = kind, name, known
        there_are = ", ".join(known) if known else "none"
        near = get_close_matches(name, known, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        super().__init__(f"no {kind} called {name!r}{hint}; there are: {there_are}")


class RoomOwned(UserError):
    """Tells that another live process owns the room, and how to reach it."""

    def __init__(self, room: str, pid: int | None, host: str = "") -> None:
        """Name the room and its owner's pid (None when the owner is on another machine)."""
        self.room, self.pid = room, pid
        where = f"process {pid}" if pid is not None else f"a process on {host or 'another machine'}"
        super().__init__(
            f"room {room} is run by {where}; reach it with "
            f"`antiphon say {room} …`, `antiphon pause {room}` or `antiphon attach {room}`"
        )


class CeilingError(UserError):
    """Refuses to start a room whose spending nothing would stop."""


class TranscriptError(UserError):
    """Names the file, the place in it, and what would be readable."""


class NotAllowed(UserError):
    """Names the room's state and what can be done in it."""


class JournalError(AntiphonError):
    """Says which journal, room and sequence number, and why."""


class Fenced(JournalError):
    """Tells a writer that it no longer owns the room: it must stop at once."""


class Stale(JournalError):
    """Tells a writer that its expected sequence number is not the room's head."""


class UnknownEvent(JournalError):
    """Names the event type and the catalogue version that this program cannot read."""


class BrokenChain(JournalError):
    """Names the room and the sequence number at which the stored bytes stop being what was written."""

    def __init__(self, room: str, seq: int, why: str) -> None:
        """Name the room, the sequence number and the reason."""
        self.room, self.seq, self.why = room, seq, why
        super().__init__(f"room {room} is broken at seq {seq}: {why}")


class ProviderFailure(AntiphonError):
    """Carries why a provider gave no reply; the runner records it as `turn.ended{failed}`.

    Args:
        kind: one of `KINDS`.
        message: what happened, without utterances, keys or whole bodies.
        status: the HTTP status, where there was one.
        attempts: calls made, the first included.
        partial: text that had arrived before a stream broke; shown to no seat.
        retry_after: seconds the provider asked for, where it did.

    Attributes:
        tried: kinds of the failures of the attempts before the last one, oldest first.
    """

    KINDS = (
        "rate_limited",
        "unavailable",
        "malformed",
        "disconnected",
        "timeout",
        "refused",
        "unauthorised",
        "model_gone",
        "context_length",
        "blocked_address",
        "plugin",
    )

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        status: int | None = None,
        attempts: int = 1,
        partial: str = "",
        retry_after: float | None = None,
    ) -> None:
        """Check the kind, keep the rest."""
        if kind not in self.KINDS:
            msg = f"no kind of provider failure called {kind!r}; there are: {', '.join(self.KINDS)}"
            raise ValueError(msg)
        super().__init__(message)
        self.kind, self.message, self.status = kind, message, status
        self.attempts, self.partial, self.retry_after = attempts, partial, retry_after
        self.tried: tuple[str, ...] = ()
