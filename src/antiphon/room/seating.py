"""How a seat is filled: its id, its label, and the system text rendered from what will be enforced.

Promises come from the very objects that keep them: each command the seat may use, each rule that is told. The
text is fixed at seating and holds nothing that can change: no roster, no counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from antiphon.room.contracts import Command
from antiphon.room.events import SeatJoined
from antiphon.room.models import Card
from antiphon.room.rulebook import Rulebook
from antiphon.room.scenario import COMMANDS_FOR_ALL, Scenario, SeatPlan
from antiphon.room.state import State

__all__ = ["granted", "guest_plan", "label_for", "promises", "seat_body", "system_for"]


_ASKED_BY_MARKER = frozenset({"first_marker", "mutual_marker"})
"""Rules that end a room when seats ask to end."""


def granted(rights: Sequence[str]) -> tuple[str, ...]:
    """Write out "*" as the commands it grants; others stay as they are named."""
    named = [right for right in rights if right != "*"]
    return tuple(dict.fromkeys([*(COMMANDS_FOR_ALL if "*" in rights else ()), *named]))


def label_for(wanted: str, taken: Iterable[str]) -> str:
    """Make a label unique among those taken: "Echo", "Echo 2", "Echo 3"."""
    known = {label.casefold() for label in taken}
    label, count = wanted, 1
    while label.casefold() in known:
        count += 1
        label = f"{wanted} {count}"
    return label


def promises(scenario: Scenario, rules: Rulebook, seat: str) -> list[str]:
    """List what a seat is told of the rules; who is told that asking ends the room is told how to ask."""
    told = rules.promises(seat)
    asking = any(
        named.name in _ASKED_BY_MARKER and getattr(named.rule, "told", "nothing") == "the_value"
        for named in rules.when_it_ends
    )
    if asking and scenario.end_markers:
        told.append(f"You ask to end by finishing a message with {scenario.end_markers[0]}.")
    return told


def system_for(
    state: State, seat: str, own: str, rights: Sequence[str], commands: Iterable[Command], rules: Rulebook
) -> str:
    """Render a seat's system text: the scenario's, its own, what it may do, what it is told of the rules."""
    blocks = [state.scenario.system.strip("\n"), own.strip("\n")]
    lines = [command.promise(tuple(rights), state) for command in commands if command.name in rights]
    if lines:
        head = (
            "You may use these commands. A command stands alone at the start of a line; you are told what came of "
            "it before you speak again."
        )
        blocks.append("\n".join([head, *lines]))
    blocks.append("\n".join(promises(state.scenario, rules, seat)))
    return "\n\n".join(block for block in blocks if block)


def guest_plan(state: State, card: Card, by: str, persona: str) -> SeatPlan:
    """Plan a guest's seat: as the scenario lists it, and never with a right its inviter does not have.

    Args:
        state: the room's.
        card: the guest's model.
        by: the inviting seat's id, or a person (who may grant everything).
        persona: a system text the inviter gave; "" = none.
    """
    names = {card.id, card.name, f"{card.provider}:{card.id}"}
    listed = next((guest for guest in state.scenario.guests if guest.model in names), None)
    rights = granted(listed.rights if listed and listed.rights is not None else state.scenario.rights)
    inviter = state.seats.get(by)
    return SeatPlan(
        model=card.id,
        system="\n\n".join(text for text in (listed.system if listed else "", persona) if text),
        temperature=listed.temperature if listed else None,
        rights=tuple(right for right in rights if inviter is None or right in inviter.rights),
    )


def seat_body(
    state: State,
    plan: SeatPlan,
    card: Card,
    *,
    commands: Iterable[Command],
    rules: Rulebook,
    invitation: str | None = None,
    before: Sequence[SeatJoined] = (),
) -> SeatJoined:
    """Compose the event that fills the next seat of a room.

    Args:
        state: before the seat joins.
        plan: who is to sit.
        card: what is known of its model.
        commands: every command, in the order they are listed to the seat.
        rules: the room's rules, for their promises.
        invitation: the first message a guest hears, from its inviter.
        before: other guests of the same message, who take their numbers and labels first.
    """
    number = max((seat.number for seat in state.seats.values()), default=0) + 1 + len(before)
    seat = f"AI-{number}"
    rights = granted(plan.rights if plan.rights is not None else state.scenario.rights)
    taken = [name for other in state.present() for name in (other.label, other.id)]
    bare = SeatJoined(
        seat=seat,
        number=number,
        label=label_for(plan.label or card.name, [*taken, *(other.label for other in before)]),
        system=system_for(state, seat, plan.system, rights, commands, rules),
        rights=rights,
        invitation=invitation,
        provider=plan.provider or card.provider,
        model=card.id,
    )
    return _known(bare, plan, card)


def _known(body: SeatJoined, plan: SeatPlan, card: Card) -> SeatJoined:
    """Add what the card and the plan say of the model, so that replay needs no file of models."""
    return msgspec.structs.replace(
        body,
        display=card.name,
        temperature=plan.temperature,
        takes=card.takes,
        context=card.context,
        price=card.price,
        free=card.cost == "free",
        tokens=plan.tokens,
        via=plan.via,
        base_url=plan.base_url or card.base_url,
        key=plan.key or card.key,
        extra=plan.extra,
    )
