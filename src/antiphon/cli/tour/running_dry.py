"""Act 2: two small programs run dry, the monitor ends their room, and what that saves is counted and priced.

How many messages it saved is not guessed: the same room runs again, unwatched and in memory, up to its limit. What
they would cost is computed for messages as long as models' often are, and the act says so.
"""

from __future__ import annotations

import msgspec

from antiphon.cli.tour.stage import DEMO, Stage
from antiphon.library.laboratory import Laboratory
from antiphon.library.savings import at_length
from antiphon.library.settings import with_rounds
from antiphon.room.events import Price
from antiphon.room.models import Card
from antiphon.room.scenario import Scenario
from antiphon.room.state import State

__all__ = ["NAME", "TRUST", "play"]

NAME = "running-dry"

ROUNDS = 50
"""Rounds for which the room is opened, two messages each: what a person might well let run over night."""

PRICED = "gpt-4o-mini"
"""The model on whose price the saving is shown: a cheap one, so that nothing is exaggerated."""

EACH = 300
"""Tokens a message for which the saving is computed: some two hundred words, a usual turn of a model in a long talk."""

TRUST = (
    "  Does it stop too soon? Of 39 recorded rooms of two models each (one program,",
    "  in English) careful stopped 1 too early and 1 too late, with weights fitted to",
    "  them. In 78 trials on models its weights had not seen: 1 and 7. More about it",
    "  in docs/endings.md. With --policy observe it only records: it never stops a",
    "  room, nor speaks.",
)
"""How far the monitor may be trusted: the figures of docs/endings.md, in its words."""

_SPEED = 5.0
"""They say little, and soon nothing: the act is about the lines in between."""


async def play(stage: Stage) -> None:
    """Show the room to its end, then what its end saved."""
    await stage.title(
        2,
        "The monitor: knowing when it is over",
        "Two small programs with five remarks each. A policy called careful watches.",
        f"The room was opened for {2 * ROUNDS} messages, and no rule ends it sooner. The seats",
        "are told nothing: their program says goodbye, and [END], by itself when its",
        "remarks are gone. A flag is a note for you, S0 to S4 by weight; the numbers",
        "of events beside it are what antiphon show --at takes.",
    )
    plan = _plan(stage.laboratory.scenario("dyad", ["neighbour", "neighbour"]))
    session = await stage.laboratory.begin(plan, policy="careful", labels=DEMO)
    stage.rooms[NAME] = session.id
    await stage.show(session, _SPEED)
    card = stage.laboratory.models.cards[PRICED]
    if card.price is not None:
        stage.say("", *_words(session.state, await _goodbyes(plan, session.state), card, card.price))
    stage.say("", *TRUST)
    await stage.sleep(6)


def _plan(dyad: Scenario) -> Scenario:
    """Take the dyad's own end away, so that only the monitor and the limit can end it."""
    rules = {question: dict(named) for question, named in dyad.rules.items()}
    rules["when_it_ends"].pop("mutual_marker", None)
    return with_rounds(
        msgspec.structs.replace(
            dyad, name="neighbours", title="Two neighbours", opening="Good morning.", opening_seat=0, rules=rules
        ),
        ROUNDS,
    )


async def _goodbyes(plan: Scenario, ended: State) -> int:
    """Run the room again without a monitor, with the same chances, and count what was not said this time."""
    async with Laboratory("memory:") as unwatched:
        session = await unwatched.begin(plan, seed=ended.seed)
        await session.run()
    return session.state.messages - ended.messages


def _words(state: State, more: int, card: Card, price: Price) -> list[str]:
    read_on = price.source.rpartition(", ")[2] or "an unknown day"
    prices = f"${price.input:.2f} and ${price.output:.2f}"
    kept = state.messages + 1  # the opening words are nobody's message, but they are read
    found = at_length(EACH, kept + more, kept, price)
    return [
        f"  Ended after {state.messages} messages. The same room, run again with nobody watching,",
        f"  said {more} more goodbyes. What would they cost with models in the seats?",
        f"  Computed for {EACH} tokens a message and {card.name} ({prices} a million",
        f"  tokens in and out, by the list that comes with this program, {read_on}):",
        f"  {found.read:,} tokens read and {found.written:,} written for nothing,",
        f"  ${found.dollars:,.2f} a room, ${1000 * found.dollars:,.0f} for a thousand such rooms.",
    ]
