"""Strangers' code is called inside `boundary()`: its failure becomes an event of its room, never a crash.

Providers, painters and plug-ins of outsiders may raise anything. Only here is `Exception` caught.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from antiphon.errors import JournalError, ProviderFailure

__all__ = ["boundary"]


@contextmanager
def boundary(what: str) -> Iterator[None]:
    """Turn whatever a stranger's code raises into a ProviderFailure that names its kind, never its words.

    Args:
        what: the plug-in and its name, such as "provider openai".
    """
    try:
        yield
    except (ProviderFailure, JournalError):
        raise
    except TimeoutError:
        raise ProviderFailure("timeout", f"{what} did not answer in time") from None
    except Exception as error:
        raise ProviderFailure("plugin", f"{what} failed with {type(error).__name__}") from error
