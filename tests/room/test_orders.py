"""What is true of every command: unknown names, rights, copies, the order in a message."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.events import AnyBody, Event, RoomOpened, SeatChanged, SeatJoined
from antiphon.room.models import Models
from antiphon.room.orders import Ordered, repeat_key, run_commands
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.room.state import Seat, State, fold


class Knock:
    """Knocks: counts how often it saw itself run, and turns the label."""

    name = "knock"
    aliases: tuple[str, ...] = ("tap",)
    shown = "stays"

    def __init__(self, *, paid: bool = False) -> None:
        self.paid = paid

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:
        count = situation.this_turn.get("knock", 0)
        label = SeatChanged(seat=seat.id, what="label", before=seat.label, after=f"{seat.label}{count}")
        return Ran(args={"text": " ".join(words)}, result=situation.state.seats[seat.id].label, bodies=(label,))

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:  # noqa: ARG002 - the contract's own
        return "!knock knocks."


def room(rights: tuple[str, ...] = ("knock",)) -> State:
    scenario = Scenario(name="test", seats=(SeatPlan(model="echo"),))
    seat = SeatJoined(seat="AI-1", label="A", provider="builtin", model="echo", rights=rights)
    bodies: list[AnyBody] = [RoomOpened(scenario=scenario, seed=1, engine="test"), seat]
    return fold(
        "r", [Event("r", seq, "2026-01-01T00:00:00.000Z", "person", body) for seq, body in enumerate(bodies, 1)]
    )


def run(text: str, command: Knock | None = None, rights: tuple[str, ...] = ("knock",)) -> list[Ordered]:
    state, knock = room(rights), command or Knock()
    found: dict[str, Command] = {"knock": knock, "tap": knock}

    def situation(this_turn: dict[str, int]) -> Situation:
        return Situation(
            state=state, models=Models(), message=4, now=0, this_turn=this_turn, next_effect="e", guest=SeatJoined
        )

    return run_commands(state, state.seats["AI-1"], text, situation, find=found.get, names=["knock", "image"])


def test_each_command_sees_what_those_before_it_did() -> None:
    assert [one.ran.result for one in run("!knock\n!TAP\n!knock")] == ["A", "A0", "A01"]
    assert [one.name for one in run("!tap")] == ["knock"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("!immage x", "no command '!immage'; did you mean '!image'?"),
        ("!zzz", "no command '!zzz'"),
        ("!" + "a" * 500, f"no command '!{'a' * 59}…'"),
        ('!knock "x', "a quotation in it never closes"),
        ('!knok "x', "no command '!knok'; did you mean '!knock'?"),
    ],
)
def test_what_cannot_run_is_refused_and_told_why(text: str, reason: str) -> None:
    (one,) = run(text)
    assert (one.ran.outcome, one.ran.reason, one.shown) == ("refused", reason, "stays")


def test_a_seat_without_the_right_is_refused() -> None:
    (one,) = run("!tap", rights=("image",))
    assert one.ran.reason == "you may not use !knock in this room"


def test_a_refusal_is_not_counted_as_a_use() -> None:
    ran = run('!knock "x\n!knock')
    assert [one.ran.outcome for one in ran] == ["refused", "done"]
    assert ran[1].ran.result == "A"


def test_a_copy_of_a_paid_command_is_refused_and_of_a_free_one_not() -> None:
    assert [one.ran.outcome for one in run("!knock a\n!tap  A", Knock(paid=True))] == ["done", "refused"]
    assert [one.ran.outcome for one in run("!knock a\n!tap  A")] == ["done", "done"]


def test_a_message_without_commands_runs_nothing() -> None:
    assert run("hello!\n> !knock") == []


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_repeat_key_is_short_and_holds_no_words(one: str, other: str) -> None:
    assert len(repeat_key("image", [one, other])) == len("image:") + 24
    assert repeat_key("image", [one, other]) == repeat_key("image", [f"{one} {other}"])
