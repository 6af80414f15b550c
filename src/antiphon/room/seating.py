"""How a seat is filled: its id, its label, and the system text rendered from what will be enforced.

Promises come from the very objects that keep them: each command the seat may use, each rule that is told. The
text is fixed at seating and holds nothing that can change: no roster, no counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from antiphon.room.contracts import Command
from antiphon.room.events import SeatJoined
from antiphon.room.models import Card
from antiphon.room.rulebook import Rulebook
from antiphon.room.scenario import COMMANDS_FOR_ALL, SeatPlan
from antiphon.room.state import State

__all__ = ["granted", "label_for", "seat_body", "system_for"]


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
    blocks.append("\n".join(rules.promises(seat)))
    return "\n\n".join(block for block in blocks if block)


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
    taken += [other.label for other in before]
    return SeatJoined(
        seat=seat,
        label=label_for(plan.label or card.name, taken),
        provider=plan.provider or card.provider,
        model=card.id,
        display=card.name,
        system=system_for(state, seat, plan.system, rights, commands, rules),
        temperature=plan.temperature,
        rights=rights,
        number=number,
        takes=card.takes,
        context=card.context,
        price=card.price,
        free=card.cost == "free",
        tokens=plan.tokens,
        invitation=invitation,
        via=plan.via,
        base_url=plan.base_url or card.base_url,
        key=plan.key or card.key,
        extra=plan.extra,
    )
