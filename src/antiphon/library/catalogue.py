"""Lists what rooms can be made of: scenarios by name, and models with what they cost and whether they can be asked.

Names only: whoever asks by network must never reach a file by its path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

import msgspec
from msgspec import Struct

from antiphon.assembly import config_folder, keys
from antiphon.errors import AntiphonError, UnknownName, UserError
from antiphon.library.laboratory import Laboratory
from antiphon.library.policies import NONE
from antiphon.library.showcases import is_showcase
from antiphon.monitor.policy import POLICIES
from antiphon.room.events import Price
from antiphon.room.models import Card
from antiphon.room.scenario import Scenario, SeatPlan, parse_scenario

__all__ = [
    "ModelOffer",
    "ScenarioOffer",
    "model_offers",
    "no_bare_files",
    "no_files",
    "scenario_offer",
    "scenario_offers",
]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class ScenarioOffer(Struct, frozen=True, kw_only=True):
    """Is a scenario one can begin with; `own` tells that it lies among the user's, `wrong` why it cannot be used."""

    name: str
    title: str
    about: str
    own: bool
    text: str
    scenario: Scenario | None
    wrong: str = ""


class ModelOffer(Struct, frozen=True, kw_only=True):
    """Is a model one can seat. `ready` tells that no key is missing; `needs` names the variable that is not set."""

    id: str
    name: str
    provider: str
    cost: str
    price: Price | None
    context: int | None
    takes: tuple[str, ...]
    ready: bool
    needs: str = ""


def scenario_offers(env: Mapping[str, str]) -> list[ScenarioOffer]:
    """List the scenarios, the user's own first; one of the user's own hides a shipped one of its name."""
    found: dict[str, ScenarioOffer] = {}
    for name, own, text in _texts(env):
        found.setdefault(name, _offer(name, text, own=own))
    return list(found.values())


def scenario_offer(name: str, env: Mapping[str, str]) -> ScenarioOffer:
    """Find a scenario by its name; never by a path.

    Raises:
        UnknownName: naming those there are.
    """
    offers = {offer.name: offer for offer in scenario_offers(env)}
    if name not in offers:
        raise UnknownName("scenario", name, list(offers))
    return offers[name]


def _texts(env: Mapping[str, str]) -> Iterator[tuple[str, bool, bytes]]:
    own = config_folder(env) / "scenarios"
    for path in sorted(own.glob("*.toml")) if own.is_dir() else ():
        if _NAME.fullmatch(path.stem) and path.is_file():
            yield path.stem, True, path.read_bytes()
    shipped = files("antiphon").joinpath("scenarios")
    for each in sorted(shipped.iterdir(), key=lambda entry: entry.name):
        if each.name.endswith(".toml"):
            yield each.name.removesuffix(".toml"), False, each.read_bytes()


def _offer(name: str, text: bytes, *, own: bool) -> ScenarioOffer:
    shown = text.decode("utf-8", "replace")
    try:
        plan = parse_scenario(text, source=f"{name}.toml")
    except AntiphonError as error:
        return ScenarioOffer(name=name, title=name, about="", own=own, text=shown, scenario=None, wrong=str(error))
    return ScenarioOffer(name=name, title=plan.title or name, about=plan.about, own=own, text=shown, scenario=plan)


def model_offers(cards: Sequence[Card], env: Mapping[str, str]) -> list[ModelOffer]:
    """List models with what they cost; a key's value is never looked at, only whether it is there."""
    find = keys(env)
    return [_model(card, find) for card in cards]


def _model(card: Card, find: Callable[[str, str], str | None]) -> ModelOffer:
    needs = card.key if card.key and not find(card.key, card.base_url) else ""
    return ModelOffer(
        id=card.id,
        name=card.name,
        provider=card.provider,
        cost=card.cost,
        price=card.price,
        context=card.context,
        takes=card.takes,
        ready=not needs,
        needs=needs,
    )


async def no_files(laboratory: Laboratory, asked: object) -> None:
    """Refuse whatever names a file: a recording that is no room, a policy that is not shipped.

    Args:
        laboratory: knows the rooms.
        asked: a scenario, models' names, or "PATH=VALUE" lines; everything in it is looked at.

    Raises:
        UserError: naming what was refused; files are read by the command line only.
    """
    for path, value in _texts_in(msgspec.to_builtins(asked)):
        key, equals, after = value.partition("=")
        name = after if equals and ":" not in key else value
        if path.endswith(".policy") or key.strip() == "policy":
            _shipped(name if path.endswith(".policy") else after)
        kind, colon, source = name.strip().strip("'\"").partition(":")
        if colon and kind.casefold() == "recording":
            await _recorded(laboratory, source)


async def no_bare_files(laboratory: Laboratory, seats: Sequence[SeatPlan]) -> None:
    """Refuse seats whose provider is `recording`, and whose model is the path of a file."""
    for seat in seats:
        if seat.provider == "recording":
            await _recorded(laboratory, seat.model)


def _texts_in(value: Any, path: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON
    """Give every text of JSON with the path of its place."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts_in(inner, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts_in(inner, path)


async def _recorded(laboratory: Laboratory, source: str) -> None:
    room = source.rpartition("#")[0]
    if not is_showcase(room) and await laboratory.journal.room(room) is None:
        raise UserError(f"{source!r} names no room; write recording:ROOM#Speaker (the command line reads files, too)")


def _shipped(policy: str) -> None:
    if policy.strip() not in {"", *POLICIES, NONE}:
        raise UnknownName("monitor policy", policy, [*POLICIES, NONE])
