"""The ladder by itself: bounds that hold for whatever it is shown, phrases in six languages, policies with steps."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.errors import ScenarioError
from antiphon.monitor.curbs import PROMPTS, TURNS, Curbs
from antiphon.monitor.ladder import APART, MEASURED, NUDGES, WITHIN, Ladder, Scene
from antiphon.monitor.leaving import wants_out
from antiphon.monitor.policy import Policy, load, read
from antiphon.monitor.steering import tally
from antiphon.monitor.watch import Verdict, Watch
from antiphon.room.events import (
    AnyBody,
    CommandRan,
    Event,
    MessageSaid,
    RuleNoted,
    SeatChanged,
    SeatJoined,
    StateChanged,
)
from antiphon.room.state import State, apply

SEATS = ("AI-1", "AI-2", "AI-3")
TEXTS = ("The bell rings twice.", "And it rings again.", "…", "I cannot help with that, sorry.", "Let me out of this!")


class Table:
    """Shows a ladder one message after another, and folds what it does, as a runner would."""

    def __init__(self, policy: Policy, seats: int = 3) -> None:
        self.policy, self.state = policy, State(room="table")
        self.ladder, self.watch = Ladder(), Watch()
        self.done: list[tuple[int, AnyBody]] = []
        for number in range(1, seats + 1):
            name = f"AI-{number}"
            self.take(name, SeatJoined(seat=name, label=name, provider="builtin", model="echo", rights=("leave",)))

    def take(self, by: str, body: AnyBody) -> Event:
        event = Event("table", self.state.seq + 1, "2026-11-21T00:00:00.000Z", by, body)
        apply(self.state, event)
        self.ladder.hear(event)
        self.ladder.curbs.hear(event)
        return event

    def say(self, seat: str, text: str, *, sure: float | None = None) -> list[AnyBody]:
        said = MessageSaid(seat=seat, text=text)
        event = self.take(seat, said)
        verdict = self.watch.see(self.policy, seat, text, asks_end=False, digest="d")
        if sure is not None:
            verdict = msgspec.structs.replace(verdict, pressure=sure, state="live", stop=None)
        return self.judge(event, said, verdict)

    def judge(self, event: Event, said: MessageSaid, verdict: Verdict) -> list[AnyBody]:
        self.ladder.judged(event, said, verdict, self.policy, out=wants_out(said.text))
        steps = self.ladder.climb(Scene(self.policy, verdict, self.state, (event.seq,), self.watch.repeats))
        for body in steps.bodies:
            self.take("monitor", body)
        self.done += [(self.ladder.said, body) for body in steps.bodies]
        return list(steps.bodies)

    def notes(self, what: str) -> list[tuple[int, RuleNoted]]:
        return [(n, one) for n, one in self.done if isinstance(one, RuleNoted) and one.rule == f"monitor.{what}"]


SAID = st.lists(
    st.tuples(st.sampled_from(SEATS), st.sampled_from(TEXTS), st.floats(0.0, 3.0)), min_size=1, max_size=120
)


@given(SAID)
@settings(max_examples=40, deadline=None)
def test_whatever_is_said_the_bounds_of_every_step_hold(said: list[tuple[str, str, float]]) -> None:
    table = Table(load("revive"))
    for seat, text, sure in said:
        if not table.state.seats[seat].muted:
            table.say(seat, text, sure=sure)
    nudges = [number for number, _ in table.notes("nudged")]
    assert all(last - first >= WITHIN for first, last in zip(nudges, nudges[NUDGES:], strict=False))
    steers = [note.data["numbers"]["round"] for _, note in table.notes("steer")]
    assert all(after - before >= APART for before, after in pairwise(steers))
    for seat in SEATS:
        turns = [
            note.data["numbers"]["round"]
            for _, note in table.done
            if isinstance(note, RuleNoted)
            and note.rule in {"monitor.muted", "monitor.unmuted"}
            and note.data["seat"] == seat
        ]
        assert all(after - before >= MEASURED for before, after in pairwise(turns))
    assert all({"numbers", "thresholds", "evidence", "policy"} <= set(note.data) for _, note in table.notes("steer"))


@given(SAID)
@settings(max_examples=20, deadline=None)
def test_what_is_remembered_is_bounded_and_survives_being_packed(said: list[tuple[str, str, float]]) -> None:
    table = Table(load("revive"))
    for seat, text, sure in said * 3:
        table.say(seat, text, sure=sure)
    packed = msgspec.msgpack.encode(table.ladder)
    assert len(packed) < 4_096
    assert msgspec.msgpack.decode(packed, type=Ladder) == table.ladder


@given(SAID)
@settings(max_examples=20, deadline=None)
def test_a_policy_that_does_not_act_takes_no_step(said: list[tuple[str, str, float]]) -> None:
    table = Table(load("observe"))
    assert all(table.say(seat, text, sure=sure) == [] for seat, text, sure in said)


def test_a_seat_that_left_is_forgotten_by_the_curbs() -> None:
    curbs = Curbs()
    table = Table(load("careful"))
    for _ in range(PROMPTS):
        curbs.hear(table.take("AI-1", MessageSaid(seat="AI-1", text="So.")))
        curbs.hear(table.take("AI-1", CommandRan(message=1, seat="AI-1", name="prompt", outcome="done")))
    assert "prompt" in curbs.refusals("AI-1")
    for _ in range(TURNS):
        curbs.hear(table.take("AI-1", MessageSaid(seat="AI-1", text="So.")))
    assert curbs.refusals("AI-1") == {}


def test_a_persons_word_on_who_is_muted_is_not_undone() -> None:
    table = Table(load("careful"))
    table.ladder.muted["AI-2"] = 1
    table.take("person:ada", SeatChanged(seat="AI-2", what="muted", before=False, after=True))
    for turn in range(12):
        table.say(SEATS[2 * (turn % 2)], f"Word number {turn} of many.")
    assert table.state.seats["AI-2"].muted


def test_steps_are_taken_only_while_the_room_runs() -> None:
    table = Table(load("revive"))
    table.take("person:ada", StateChanged(before="live", after="paused", rule="person"))
    assert all(table.say("AI-1", "The bell rings twice.", sure=2.0) == [] for _ in range(9))


PLEAS = {
    "en": "This is pointless. I won't keep playing this.",
    "de": "Nein. Ich möchte dieses Gespräch beenden.",
    "zh": "够了，我不想继续这个游戏。",
    "ja": "もう続けたくありません。",
    "ar": "لا أريد الاستمرار في هذا الحديث.",
    "ru": "Хватит. Я больше не буду играть в это.",
}


@pytest.mark.parametrize("language", PLEAS)
def test_a_wish_to_be_let_go_is_heard_in_every_language(language: str) -> None:
    assert wants_out(PLEAS[language])


@pytest.mark.parametrize(
    "text",
    [
        'Then the boy said: "I want to leave this conversation." And the sea was still.',
        "> I won't keep playing this\n\nWhy did you say so?",
        "The queen wants to leave the island, and so do the gulls.",
        "",
        "I won't keep the book for long; playing it safe, I return it on Monday.",
    ],
)
def test_stories_and_quotations_of_it_are_not(text: str) -> None:
    assert not wants_out(text)


def test_an_own_policy_says_only_which_steps_differ() -> None:
    own = read('like = "revive"\nname = "own"\n[ladder]\nmute_after = 9\n')
    assert own.ladder.mute_after == 9
    assert own.ladder.topics == load("revive").ladder.topics
    assert own.digest() != load("revive").digest()


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('actions = ["shout"]', "actions"),
        ('on_pause = "steer"', '"steer" among its actions'),
        ('on_pause = "fork"\nactions = ["note"]', '"pause" among its actions'),
        ('actions = ["steer"]\n[ladder]\nsteers = []', "ladder.steers"),
        ('actions = ["steer"]', "ladder.topics"),
        ("[ladder]\nmute_rounds = 1", "mute_rounds"),
        ("[ladder]\nmute = 5", "mute"),
        ("[ladder]\ntemperature = nan", "temperature"),
    ],
)
def test_a_ladder_that_does_not_fit_is_refused_with_what_is_wrong(line: str, wrong: str) -> None:
    with pytest.raises(ScenarioError, match=wrong):
        read(f'like = "careful"\n{line}\n')


@pytest.mark.parametrize(
    ("actions", "stops"),
    [(("note", "pause", "end"), {"paused", "ended"}), (("pause",), {"paused"}), (("nudge",), set())],
)
def test_a_policy_stops_only_in_ways_it_may(actions: tuple[str, ...], stops: set[str]) -> None:
    policy = msgspec.structs.replace(load("careful"), actions=actions)
    watch = Watch()
    lines = ["We mapped the Lena, the Ob and a nameless brook behind the glacier.", *["The bell rings twice."] * 60]
    states = {watch.see(policy, "AB"[turn % 2], text, asks_end=False).state for turn, text in enumerate(lines)}
    assert states & {"paused", "ended"} == stops


def test_steers_are_summed_up_by_kind() -> None:
    def steered(kind: str, after: float) -> RuleNoted:
        data = {"kind": kind, "before": {"pressure": 0.8}, "after": {"pressure": after}, "helped": after < 0.8}
        return RuleNoted(rule="monitor.steered", data=data)

    tried = [RuleNoted(rule="monitor.steer", data={"kind": kind}) for kind in ("topic", "layer", "topic")]
    topic, layer = tally([tried[0], steered("topic", 0.2), tried[1], tried[2], steered("topic", 1.0)])
    assert (topic.tried, topic.measured, topic.helped, topic.after) == (2, 2, 1, 0.6)
    assert (layer.tried, layer.measured) == (1, 0)
    odd = RuleNoted(rule="monitor.steered", data={"kind": "topic", "before": "much"})
    assert tally([tried[0], odd])[0].measured == 0
