"""Finds monitor policies by name or file, and has a room go by another one. It knows no message."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from antiphon.errors import ScenarioError, UnknownName
from antiphon.monitor.policy import POLICIES, Policy, load, read
from antiphon.room.scenario import Scenario
from antiphon.runner.owned import OwnedRoom
from antiphon.runner.watching import MONITOR, policy_note

__all__ = ["BY_DEFAULT", "NONE", "Chosen", "asked_by", "choose", "policy_of", "rewatch", "settled"]

BY_DEFAULT = "careful"
"""The policy of rooms that a person opens: it never ends what only seems to be over."""

NONE = "none"
"""Turns the monitor off."""

Chosen: TypeAlias = str | Policy | None
"""A policy as it is chosen: by name or file, "none", or itself; None = nothing was said."""


def choose(chosen: Chosen, plan: Scenario, otherwise: str = NONE) -> Policy | None:
    """Give the policy a new room goes by: the one chosen, else its scenario's, else `otherwise`."""
    return settled(chosen or plan.policy or otherwise)


def settled(chosen: str | Policy) -> Policy | None:
    """Give the policy that was chosen; None for "none"."""
    if isinstance(chosen, Policy):
        return chosen
    return None if chosen == NONE else policy_of(chosen)


def asked_by(chosen: Chosen) -> tuple[str, ...]:
    """Name the models that a policy asks: its judge, if it has one."""
    policy = settled(chosen) if chosen is not None else None
    return () if policy is None or policy.judge is None else (policy.judge.model,)


def rewatch(room: OwnedRoom, chosen: Chosen) -> None:
    """Have a room that was taken up go by another policy, or by none; nothing happens where nothing was said."""
    if chosen is None:
        return
    policy = settled(chosen)
    if (policy.digest() if policy is not None else "") != room.watching.digest:
        room.take(MONITOR, policy_note(room.lease.stream, policy))


def policy_of(name: str) -> Policy:
    """Give a policy by its name, or by the path of a TOML file.

    Raises:
        UnknownName: there is neither.
        ScenarioError: the file is no policy; it is named.
    """
    if name in POLICIES:
        return load(name)
    try:
        return read(Path(name).read_text("utf-8"))
    except ScenarioError as error:
        raise ScenarioError(f"{name}: {error}") from None
    except (OSError, UnicodeDecodeError):
        raise UnknownName("monitor policy", name, [*POLICIES, NONE, "or a TOML file"]) from None
