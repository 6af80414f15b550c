"""Antiphon: a laboratory for unattended conversations between language models.

    import antiphon

    room = antiphon.open("dyad", seats=["echo", "listener"])
    room.run_sync()

Public names are imported on use, so that `antiphon --help` stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from antiphon.errors import AntiphonError, ProviderFailure, UserError
    from antiphon.library.laboratory import Laboratory
    from antiphon.library.room import Message, Room
    from antiphon.library.room import open_room as open  # noqa: A004 - antiphon.open reads as it is meant
    from antiphon.library.transcripts import read
    from antiphon.monitor.monitor import Monitor
    from antiphon.room.events import Event
    from antiphon.room.scenario import Scenario, SeatPlan

__version__ = "0.1.0"

__all__ = [
    "AntiphonError",
    "Event",
    "Laboratory",
    "Message",
    "Monitor",
    "ProviderFailure",
    "Room",
    "Scenario",
    "SeatPlan",
    "UserError",
    "open",
    "read",
]

_HOME = {
    "AntiphonError": "errors",
    "Event": "room.events",
    "Laboratory": "library.laboratory",
    "Message": "library.room",
    "Monitor": "monitor.monitor",
    "ProviderFailure": "errors",
    "Room": "library.room",
    "Scenario": "room.scenario",
    "SeatPlan": "room.scenario",
    "UserError": "errors",
    "open": "library.room",
    "read": "library.transcripts",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Import a public name on its first use (PEP 562)."""
    if name not in _HOME:
        msg = f"module 'antiphon' has no attribute {name!r}; there are: {', '.join(__all__)}"
        raise AttributeError(msg)
    value = getattr(import_module(f"antiphon.{_HOME[name]}"), "open_room" if name == "open" else name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
