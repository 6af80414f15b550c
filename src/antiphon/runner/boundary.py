"""Strangers' code is called inside `boundary()`: its failure becomes an event of its room, never a crash.

Providers, painters and plug-ins of outsiders may raise anything. Only here is `Exception` caught.
"""

from __future__ import annotations

from types import TracebackType

from antiphon.errors import AntiphonError, JournalError, ProviderFailure

__all__ = ["boundary"]


class boundary:  # noqa: N801 - reads as the deed it is: with boundary("provider x"):
    """Turns whatever a stranger's code raises into a ProviderFailure that names its kind, never its words.

    A class and not a generator, since every turn passes through it.
    """

    __slots__ = ("_what",)

    def __init__(self, what: str) -> None:
        """Name the plug-in, such as "provider openai"."""
        self._what = what

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let our own errors and everything that is no Exception pass; turn the rest into a failure."""
        if error is None or isinstance(error, ProviderFailure | JournalError) or not isinstance(error, Exception):
            return
        if isinstance(error, TimeoutError):
            raise ProviderFailure("timeout", f"{self._what} did not answer in time") from None
        why = f": {error}" if isinstance(error, AntiphonError) else f" with {type(error).__name__}"
        raise ProviderFailure("plugin", f"{self._what} failed{why}") from error
