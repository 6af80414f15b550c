"""Finds monitor policies by name or file. It knows no room and no message."""

from __future__ import annotations

from pathlib import Path

from antiphon.errors import UnknownName
from antiphon.monitor.policy import POLICIES, Policy, load, read

__all__ = ["policy_of"]


def policy_of(name: str) -> Policy:
    """Give a policy by its name, or by the path of a TOML file.

    Raises:
        UnknownName: there is neither.
        ScenarioError: the file is no policy.
    """
    if name in POLICIES:
        return load(name)
    try:
        return read(Path(name).read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise UnknownName("monitor policy", name, [*POLICIES, "or a TOML file"]) from None
