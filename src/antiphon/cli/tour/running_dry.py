"""Act 2: two small programs run dry, the monitor ends their room, and what that saved is counted and priced.

What they would have said is not guessed: the same room runs again, unwatched and in memory, up to its limit.
"""

from __future__ import annotations

import msgspec

from antiphon.cli.tour.stage import DEMO, Stage
from antiphon.library.laboratory import Laboratory
from antiphon.library.savings import Saved, saved
from antiphon.library.settings import with_rounds
from antiphon.room.events import MessageSaid, Price
from antiphon.room.models import Card
from antiphon.room.scenario import Scenario
from antiphon.room.state import State

__all__ = ["NAME", "play"]

NAME = "running-dry"

ROUNDS = 50
"""Rounds for which the room is opened, two messages each: what a person might well let run over night."""

PRICED = "gpt-4o-mini"
"""The model on whose price the saving is shown: a cheap one, so that nothing is exaggerated."""

_SPEED = 5.0
"""They say little, and soon nothing: the act is about the lines in between."""


async def play(stage: Stage) -> None:
    """Show the room to its end, then what its end saved."""
    await stage.title(
        2,
        "The monitor: knowing when it is over",
        "Two small programs with five remarks each. A policy called careful watches.",
        f"The room was opened for {2 * ROUNDS} messages. No rule ends it before that.",
    )
    plan = _plan(stage.laboratory.scenario("dyad", ["neighbour", "neighbour"]))
    session = await stage.laboratory.begin(plan, policy="careful", labels=DEMO)
    stage.rooms[NAME] = session.id
    await stage.show(session, _SPEED)
    card = stage.laboratory.models.cards[PRICED]
    if card.price is not None:
        stage.say("", *_words(session.state, await _saved(plan, session.state, card.price), card, card.price))
    await stage.sleep(5)


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


async def _saved(plan: Scenario, ended: State, price: Price) -> Saved:
    """Run the room again without a monitor, with the same chances, and count what was not said this time."""
    async with Laboratory("memory:") as unwatched:
        session = await unwatched.begin(plan, seed=ended.seed)
        texts = [event.body.text async for event, _ in session.stream() if isinstance(event.body, MessageSaid)]
    return saved(texts, ended.messages + 1, price)  # the opening words are nobody's message, but they are read


def _words(state: State, found: Saved, card: Card, price: Price) -> list[str]:
    read_on = price.source.rpartition(", ")[2] or "an unknown day"
    prices = f"${price.input:.2f} and ${price.output:.2f}"
    return [
        f"  Ended after {state.messages} messages. The same room, run again with nobody watching,",
        f"  said {found.messages} more goodbyes: {found.written:,} tokens written, {found.read:,} read again.",
        f"  With {card.name} in the seats ({prices} a million tokens in and out,",
        f"  by the list that comes with this program, {read_on}), a thousand such rooms",
        f"  save ${1000 * found.dollars:,.2f}. Models say more than neighbours, and read it all each turn.",
    ]
