"""Beginning rooms and taking them up again; what may cost money shows its price first and waits for a person's word.

Scenarios go by name, or come whole; a path is never taken from the network.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from antiphon.errors import ScenarioError, UserError
from antiphon.library.catalogue import (
    ModelOffer,
    ScenarioOffer,
    model_offers,
    no_bare_files,
    no_files,
    scenario_offer,
    scenario_offers,
)
from antiphon.library.outlook import outlook
from antiphon.library.plans import Forecast, Spending, forecast, limited
from antiphon.library.policies import BY_DEFAULT
from antiphon.library.settings import with_rounds, with_settings
from antiphon.registry import full_schema
from antiphon.room.scenario import Ceilings, Scenario
from antiphon.web.calls import Done, RoomId, get, post
from antiphon.web.desk import Desk

__all__ = ["OPERATIONS", "Limits", "PolicyName", "agreed", "spending"]

Name = Annotated[str, Meta(min_length=1, max_length=200)]


PolicyName = Literal["careful", "thrifty", "observe", "none"]
"""The policies that are shipped; others are files, which are read by the command line only."""


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sets ceilings: messages, tokens in and out, US dollars; None leaves the scenario's, or those a paid room has."""

    messages: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    tokens: Annotated[int, Meta(ge=1, le=10_000_000_000)] | None = None
    money: Annotated[float, Meta(gt=0, le=100_000)] | None = None


class Beginning(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Says how a room begins.

    Attributes:
        scenario: the name of one; "" where `plan` is given.
        plan: a whole scenario, in the form of `/api/v1/schema`.
        seats: models in order, or "AI-2=MODEL"; none = the scenario's own.
        settings: "PATH=VALUE" lines that change the scenario, such as "limits.seats=3".
        rounds: an end after so many rounds.
        seed: of everything that is drawn.
        labels: free labels kept with the room.
        policy: what the monitor goes by; None = the scenario's, else "careful".
        limits: ceilings.
        agreed: that the price was seen; a room that may cost money begins only then.
    """

    scenario: Annotated[str, Meta(max_length=64)] = ""
    plan: dict[str, Any] | None = None
    seats: tuple[Name, ...] = ()
    settings: tuple[Annotated[str, Meta(max_length=20_000)], ...] = ()
    rounds: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    seed: Annotated[int, Meta(ge=0, le=2**53 - 1)] | None = None
    labels: dict[str, str] = {}
    policy: PolicyName | None = None
    limits: Limits = Limits()
    agreed: bool = False


class Resuming(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Says how a room goes on: models for imported seats, higher ceilings, and that its price was seen."""

    seats: tuple[Name, ...] = ()
    limits: Limits = Limits()
    agreed: bool = False


class Price(Struct, frozen=True, kw_only=True):
    """Says what a room may cost before it begins; `forecast` is None when nobody in it costs anything."""

    forecast: Forecast | None
    ceilings: Ceilings


class Scenarios(Struct, frozen=True, kw_only=True):
    """Lists the scenarios, the user's own first."""

    scenarios: tuple[ScenarioOffer, ...]


class Models(Struct, frozen=True, kw_only=True):
    """Lists the models known here."""

    models: tuple[ModelOffer, ...]


def spending(limits: Limits) -> Spending:
    """Give ceilings as the library takes them."""
    return {"messages": limits.messages, "tokens": limits.tokens, "money": limits.money}


def agreed(expected: Forecast | None, *, word: bool) -> None:
    """Refuse to spend money that nobody agreed to.

    Raises:
        UserError: naming the models.
    """
    if expected is not None and not word:
        names = ", ".join(expected.models)
        raise UserError(f"this may cost money ({names}); look at its price first, then send agreed = true")


async def _plan(desk: Desk, body: Beginning) -> tuple[Scenario, Price]:
    """Make the scenario that was asked for, with its ceilings, and say what it may cost."""
    laboratory = desk.laboratory
    if (body.plan is None) == (body.scenario == ""):
        raise UserError("name a scenario, or send a whole one as plan; not both")
    plan = _whole(body.plan) if body.plan is not None else _named(body.scenario, desk)
    plan = with_settings(laboratory.scenario(plan, body.seats), body.settings)
    if body.rounds is not None:
        plan = with_rounds(plan, body.rounds)
    plan = laboratory.scenario(plan)
    await no_files(laboratory, plan)
    await no_bare_files(laboratory, plan.seats)
    watched = body.policy or plan.policy or BY_DEFAULT
    plan = msgspec.structs.replace(plan, policy=watched)
    others = [*laboratory.others(plan), *laboratory.judges(watched)]
    plan = limited(plan, [*(laboratory.card(seat) for seat in plan.seats), *others], **spending(body.limits))
    return plan, Price(forecast=forecast(plan, laboratory.card, others=others), ceilings=plan.ceilings)


def _whole(plan: dict[str, Any]) -> Scenario:  # Any: JSON
    try:
        return msgspec.convert(plan, Scenario)
    except msgspec.ValidationError as error:
        raise ScenarioError(f"the plan: {error}") from None


def _named(name: str, desk: Desk) -> Scenario:
    offer = scenario_offer(name, desk.laboratory.env)
    if offer.scenario is None:
        raise ScenarioError(offer.wrong)
    return offer.scenario


@get("/scenarios", "Beginning")
async def list_scenarios(desk: Desk) -> Scenarios:
    """List the scenarios one can begin with, each with its TOML text and its parts."""
    return Scenarios(scenarios=tuple(scenario_offers(desk.laboratory.env)))


@get("/schema", "Beginning")
async def scenario_schema(desk: Desk) -> dict[str, Any]:  # noqa: ARG001 - every verb takes the desk; Any: JSON
    """Give the JSON Schema of a scenario, from which a form can be made."""
    return full_schema()


@get("/models", "Beginning")
async def list_models(desk: Desk) -> Models:
    """List the models known here, with what they cost and whether their key is there; nobody is asked."""
    laboratory = desk.laboratory
    return Models(models=tuple(model_offers(list(laboratory.models.cards.values()), laboratory.env)))


@post("/preview", "Beginning")
async def preview(desk: Desk, body: Beginning) -> Price:
    """Say what a room may cost, without beginning it."""
    return (await _plan(desk, body))[1]


@post("/rooms", "Beginning", status=201)
async def begin_room(desk: Desk, body: Beginning) -> Done:
    """Begin a room and run it here until it rests; it is paused when the server stops."""
    plan, price = await _plan(desk, body)
    agreed(price.forecast, word=body.agreed)
    session = await desk.laboratory.begin(plan, seed=body.seed, labels=body.labels)
    await desk.hosting.start(session)
    return Done(room=session.id)


@post("/rooms/{room}/price", "Beginning")
async def room_price(desk: Desk, room: RoomId, body: Resuming) -> Price:
    """Say what going on with a room may cost, and the ceilings it would have."""
    await no_files(desk.laboratory, body.seats)
    expected, ceilings = await outlook(desk.laboratory, room, seats=body.seats, **spending(body.limits))
    return Price(forecast=expected, ceilings=ceilings)


@post("/rooms/{room}/resume", "Beginning")
async def resume(desk: Desk, room: RoomId, body: Resuming) -> Done:
    """Go on with a room: here where nobody runs it, else in the process that does."""
    price = await room_price.handler(desk, room, body)
    agreed(price.forecast, word=body.agreed)
    async with desk.alone(room):
        if (await desk.line_of(room)).owner is None:
            await desk.hosting.start(await desk.laboratory.resume(room, seats=body.seats, **spending(body.limits)))
            return Done(room=room)
        wanted = {name: value for name, value in spending(body.limits).items() if value is not None}
        return Done(room=room, handed_over=await desk.laboratory.ask(room, "resume", ceilings=wanted))


OPERATIONS = (list_scenarios, scenario_schema, list_models, preview, begin_room, room_price, resume)
