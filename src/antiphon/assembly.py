"""Picks the real adapters: journal, clock, wire, keys, models, speakers. The only module that knows them.

Everything above asks this module for values and Protocols; everything below never imports it. A key is read from
the environment, or where setup kept it, only when a seat that names it is about to call.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from antiphon.errors import UnknownName, UserError
from antiphon.registry import names, plugin, plugins
from antiphon.room.contracts import Journal, Means, Painter, Speaker
from antiphon.room.models import Card, Models, resolve
from antiphon.room.scenario import Pictures, Scenario, parse_scenario
from antiphon.room.state import Seat
from antiphon.room.view import View
from antiphon.runner.settle import Lookup

if TYPE_CHECKING:
    from antiphon.room.events import GateChanged
    from antiphon.wire.cards import Shelf
    from antiphon.wire.client import Wire
    from antiphon.wire.gate import Rates
    from antiphon.wire.kept import Keys

__all__ = [
    "Company",
    "SystemClock",
    "data_folder",
    "find_scenario",
    "fresh_name",
    "fresh_seed",
    "keys",
    "known_models",
    "lookup",
    "name_of",
    "open_journal",
    "scenario_names",
    "seat_card",
    "setup_file",
    "with_guests",
]


class SystemClock:
    """Tells the machine's time."""

    def now(self) -> int:
        """Give milliseconds since 1970, UTC."""
        return time.time_ns() // 1_000_000

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


def data_folder(env: Mapping[str, str] = os.environ) -> Path:
    """Give the folder where rooms are kept unless told otherwise (not created here)."""
    if chosen := env.get("ANTIPHON_DATA"):
        return Path(chosen)
    if sys.platform == "win32":
        return Path(env.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "antiphon"
    return Path(env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "antiphon"


def config_folder(env: Mapping[str, str] = os.environ) -> Path:
    """Give the folder of the user's own `models.toml` and scenarios."""
    if chosen := env.get("ANTIPHON_CONFIG"):
        return Path(chosen)
    if sys.platform == "win32":
        return Path(env.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "antiphon"
    return Path(env.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "antiphon"


def setup_file(env: Mapping[str, str] = os.environ) -> Path:
    """Give the path of the file in which `antiphon setup` keeps endpoints and keys."""
    from antiphon.wire.kept import FILE

    return config_folder(env) / FILE


def known_models(env: Mapping[str, str] = os.environ) -> Shelf:
    """Load every card and endpoint there is: the shipped ones, those that setup kept, the user's own."""
    from antiphon.wire.cards import load_models
    from antiphon.wire.kept import read_kept

    return load_models(config_folder(env) / "models.toml", endpoints=read_kept(setup_file(env)).endpoints)


def keys(env: Mapping[str, str] = os.environ) -> Keys:
    """Give what finds a key by its name: in the environment, else where setup kept it."""
    from antiphon.wire.kept import Keys

    return Keys(env, setup_file(env))


def open_journal(where: str | None = None, env: Mapping[str, str] = os.environ) -> Journal:
    """Open a journal by path or URL.

    Args:
        where: a path, "sqlite:PATH", "postgresql://…" or "memory:"; None = `ANTIPHON_JOURNAL`, else the data
            folder's own.
        env: the environment.

    Raises:
        UserError: for a kind of journal this program does not have.
    """
    where = where or env.get("ANTIPHON_JOURNAL") or str(data_folder(env) / "journal.db")
    kind, colon, rest = where.partition(":")
    if where in {"memory:", ":memory:"}:
        from antiphon.journal.memory import MemoryJournal

        return MemoryJournal()
    if colon and kind.startswith("postgres"):
        return _postgres(where)
    if rest.startswith("//") and kind != "sqlite":
        raise UserError(f"no kind of journal is called {kind!r}; there are: PATH, sqlite:PATH, postgresql://…, memory:")
    from antiphon.journal.sqlite import SqliteJournal

    path = rest.removeprefix("//") if kind == "sqlite" and colon else where
    if Path(path).expanduser().is_dir():
        raise UserError(f"{path} is a folder; a journal is a file, such as {Path(path) / 'journal.db'}")
    return SqliteJournal(Path(path).expanduser())


def _postgres(url: str) -> Journal:
    try:
        from antiphon.journal.postgres.journal import PostgresJournal
    except ModuleNotFoundError as error:
        raise UserError(
            f'a journal in PostgreSQL needs {error.name}: pip install "antiphon[postgres]" brings it'
        ) from None
    return PostgresJournal(url)


def lookup(models: Models) -> Lookup:
    """Gather the commands by name, with the models they may invite."""
    return Lookup({name: command for name, command in plugins("command")}, models)  # noqa: C416 - a dict of an iterator


def with_guests(known: Lookup, scenario: Scenario, others: Sequence[str] = ()) -> Lookup:
    """Add the cards of guests and others that are named as ENDPOINT:MODEL, under the name by which they are asked."""
    cards = dict(known.models.cards)
    for model in (*(guest.model for guest in scenario.guests), *others):
        if resolve(model, list(cards.values())).card is None:
            with suppress(UnknownName):  # an old room may list one whose endpoint is gone: nobody can ask it
                card = seat_card(known.models, model)
                # a recorded guest is called as it is in its recording; every other one by what the scenario says
                display = card.display if card.provider == "recording" else model
                cards[model] = msgspec.structs.replace(card, display=display)
    return msgspec.structs.replace(known, models=msgspec.structs.replace(known.models, cards=cards))


def fresh_seed() -> int:
    """Draw a room's seed."""
    return secrets.randbits(48)


def fresh_name(scenario: str, now: int) -> str:
    """Make a room's id: scenario, day, and enough chance that two never meet."""
    day = time.strftime("%Y%m%d", time.gmtime(now // 1000))
    return f"{scenario}-{day}-{secrets.token_hex(4)}"


def name_of(stream: str) -> str:
    """Give the name a room's id was made from, without its day and chance."""
    return re.sub(r"-\d{8}-[0-9a-f]{8}$", "", stream)


def scenario_names() -> dict[str, str]:
    """List the shipped scenarios: name -> title."""
    folder = Path(__file__).parent / "scenarios"
    return {
        path.stem: parse_scenario(path.read_bytes(), source=path.name).title for path in sorted(folder.glob("*.toml"))
    }


def find_scenario(name: str | Path, env: Mapping[str, str] = os.environ) -> Scenario:
    """Find a scenario: a file's path, one of the user's own, or a shipped one."""
    path = Path(name)
    if path.suffix == ".toml" or path.is_file():
        if not path.is_file():
            raise UserError(
                f"no scenario file {str(path)!r}; shipped scenarios go by name: {', '.join(scenario_names())}"
            )
        return parse_scenario(path.read_bytes(), source=str(path))
    for folder in (config_folder(env) / "scenarios", Path(__file__).parent / "scenarios"):
        found = folder / f"{name}.toml"
        if found.is_file():
            return parse_scenario(found.read_bytes(), source=found.name)
    raise UnknownName("scenario", str(name), list(scenario_names()))


def seat_card(models: Models, model: str, provider: str = "", base_url: str = "") -> Card:
    """Find the card of a model a person named; a provider or address named with it makes one up.

    Raises:
        UnknownName: when no card fits and neither provider nor endpoint says who would speak.
    """
    found = resolve(model, list(models.cards.values()))
    if found.card is not None and base_url not in {"", found.card.base_url}:
        # somebody else's address: neither the card's key nor its price belongs there
        return msgspec.structs.replace(
            found.card, provider=provider or "openai", base_url=base_url, key="", price=None, cost="unknown"
        )
    if found.card is not None:
        card = found.card
        return msgspec.structs.replace(card, provider=provider) if provider and provider != card.provider else card
    if provider or base_url:
        cost = plugin("provider", provider or "openai").cost
        return Card(id=model, provider=provider or "openai", cost=cost, base_url=base_url)
    endpoint, colon, rest = model.partition(":")
    if colon and rest:
        from antiphon.wire.cards import card_at

        card_found = card_at(endpoint, rest, models)
        if card_found is not None:
            return card_found
    # a provider that needs no model's card: "human", "recording:ROOM-or-FILE#Speaker"
    if endpoint in names("provider") and plugin("provider", endpoint).cost == "free":
        display = rest.rpartition("#")[2] if endpoint == "recording" else ""
        return Card(id=rest or model, display=display, provider=endpoint, cost="free")
    raise UnknownName("model", model, list(found.candidates))


def _voiced(seat: Seat, card: Card) -> Seat:
    """Give a seat that names a model but no provider what its card says."""
    return msgspec.structs.replace(
        seat,
        provider=card.provider,
        model=card.id,
        takes=card.takes,
        price=card.price,
        free=card.cost == "free",
        base_url=card.base_url,
        key=card.key,
        extra={},
    )


Ask = Callable[[str, View], Awaitable[str | None]]
Recording = Callable[[str], Awaitable[list[tuple[str, str]]]]


class Company:
    """Gives speakers and painters: the real cast of every room of a laboratory."""

    def __init__(
        self,
        models: Models,
        *,
        env: Mapping[str, str],
        journal: Journal,
        ask: Ask | None = None,
        recording: Recording | None = None,
        latency: tuple[float, float] | None = None,
        gate_moved: Callable[[str, GateChanged], None] = lambda _model, _change: None,
    ) -> None:
        """Take what speakers may need; nothing is opened before a seat speaks.

        Args:
            models: the known models.
            env: where keys are looked up first, by the names seats give; then where setup kept them.
            journal: where pictures are kept.
            ask: how a person at a `human` seat is asked.
            recording: how a recorded room or file is read.
            latency: seconds (least, most) a builtin voice waits before it speaks, for rehearsals.
            gate_moved: is told (model, change) whenever a shared gate's limit moves.
        """
        self.models, self.latency = models, latency
        self._key, self._journal = keys(env), journal
        self._ask, self._recording, self._gate_moved = ask, recording, gate_moved
        self._wire: Wire | None = None
        self.clock = SystemClock()

    def means(self, *, wired: bool, seed: int = 0) -> Means:
        """Give providers what they may use; `wired` opens the HTTP client."""
        return Means(
            seed=seed,
            key=self._key,
            wire=self.wire() if wired else None,
            models=self.models,
            now=self.clock.now,
            recording=self._recording,
            ask=self._ask,
        )

    def wire(self) -> Wire:
        """Give the one HTTP client with its gates."""
        if self._wire is None:
            from antiphon.wire.client import Wire
            from antiphon.wire.gate import Gates

            gates = Gates(
                now=time.monotonic,
                notice=lambda key, change: self._gate_moved(key.model, change),
                rates=lambda key: self._rates(key.provider, key.model),
            )
            self._wire = Wire(blob=self._journal.get_blob, gates=gates)
        return self._wire

    def _rates(self, where: str, model: str) -> Rates:
        """Give the bounds of a model's gate, from its card or from what its endpoint says of all its models."""
        from antiphon.wire.cards import card_where
        from antiphon.wire.gate import Rates

        card = card_where(where, model, self.models)
        return Rates(in_flight=card.in_flight, requests=card.requests_a_minute, tokens=card.tokens_a_minute)

    def speaker(self, seat: Seat, seed: int) -> Speaker:
        """Give who speaks for a seat."""
        if seat.provider == "imported":
            raise UserError(
                f"seat {seat.id} ({seat.label}) was imported and nobody speaks for it; name a model: "
                f"--seat {seat.id}=MODEL"
            )
        if not seat.provider:
            seat = _voiced(seat, seat_card(self.models, seat.model))
        provider = plugin("provider", seat.provider)
        if self.latency is not None and provider.cost == "free":
            seat = msgspec.structs.replace(seat, extra={"latency": list(self.latency), **seat.extra})
        made: Speaker = provider.speaker(seat, self.means(wired=provider.name == "openai", seed=seed))
        return made

    def painter(self, pictures: Pictures) -> Painter:
        """Give who paints for a room."""
        made: Painter = plugin("painter", pictures.painter)(
            pictures, self.means(wired=pictures.painter != "placeholder")
        )
        return made

    async def close(self) -> None:
        """Close the HTTP client, if one was opened."""
        if self._wire is not None:
            await self._wire.close()
