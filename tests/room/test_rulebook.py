from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from antiphon.registry import rules_of
from antiphon.room.contracts import Allowance, Moment, Verdict
from antiphon.room.events import Event
from antiphon.room.rulebook import Named, Rulebook, RuleSettings, able, counted
from antiphon.room.state import State
from antiphon.testing.events import MOVES, Move, Script, play, scenario

FULL: dict[str, dict[str, Any]] = {
    "who_speaks": {"mention": {"told": "that_it_exists"}},
    "how_much": {"turns_per_seat": {"turns": 30}, "tokens_per_turn": {"tokens": 200, "told": "the_value"}},
    "what_is_heard": {"last_tokens": {"tokens": 60}},
    "what_counts": {"anything": {}, "forbidden": {"patterns": ["well"]}},
    "when_it_ends": {"tokens": {"count": 10_000}, "rounds": {"count": 12, "told": "the_value"}},
}


class Steps(RuleSettings, frozen=True, kw_only=True):
    """Counts the events it is shown."""

    def start(self) -> int:
        return 0

    def step(self, memory: int, event: Event) -> int:  # noqa: ARG002 - each counts one
        return memory + 1

    def answer(self, state: State, memory: int, moment: Moment) -> str | None:  # noqa: ARG002 - the memory knows
        return f"after {memory}"


class Says(RuleSettings, frozen=True, kw_only=True):
    """Answers what it was made to answer, and has no memory to step."""

    says: Any = None

    def step(self, memory: Any, event: Event) -> Any:
        raise AssertionError(memory, event)

    def answer(self, state: State, memory: None, moment: Moment) -> Any:  # noqa: ARG002 - it knows already
        return self.says


def rulebook(question: str, *says: Any) -> Rulebook:
    named = tuple(Named(question, f"says{place}", Says(says=one)) for place, one in enumerate(says))
    return msgspec.structs.replace(rules_of(scenario()), **{question: named})


some_moves = st.lists(
    st.tuples(st.sampled_from(MOVES), st.integers(0, 40), st.sampled_from(["Well.", "AI-2?", ""])), max_size=25
)


@given(moves=some_moves, cut=st.integers(0, 200))
def test_memories_stored_half_way_in_either_form_go_on_as_if_nothing_had_been(moves: list[Move], cut: int) -> None:
    script, rules = play(Script(3), moves), rules_of(scenario(rules=FULL))
    straight, by_json, by_msgpack = rules.start(), rules.start(), rules.start()
    for number, event in enumerate(script.events):
        if number == cut % len(script.events):
            by_json = msgspec.json.decode(msgspec.json.encode(by_json))
            by_msgpack = msgspec.msgpack.decode(msgspec.msgpack.encode(by_msgpack))
        for memories in (straight, by_json, by_msgpack):
            rules.step(memories, event)
    assert straight == by_json == by_msgpack


def test_only_rules_with_a_memory_have_one_and_are_stepped() -> None:
    rules = rulebook("when_it_ends", None)
    assert rules.start() == {}
    steps = msgspec.structs.replace(rules, when_it_ends=(*rules.when_it_ends, Named("when_it_ends", "steps", Steps())))
    script, memories = Script(2), steps.start()
    for event in script.events:
        assert steps.step(memories, event) is memories
    assert memories == {"when_it_ends.steps": 3}
    assert steps.ending(script.state, memories, 0) == "after 3"


def test_a_rulebook_gives_its_rules_question_by_question() -> None:
    keys = [named.key for named in rules_of(scenario(rules=FULL))]
    assert keys == [
        "who_speaks.mention",
        "how_much.turns_per_seat",
        "how_much.tokens_per_turn",
        "what_is_heard.last_tokens",
        "what_counts.anything",
        "what_counts.forbidden",
        "when_it_ends.tokens",
        "when_it_ends.rounds",
    ]


def test_a_seat_is_told_what_its_rules_promise_and_no_more() -> None:
    assert rules_of(scenario(rules=FULL)).promises("AI-1") == [
        "Whoever is mentioned by name speaks next; when nobody is, you speak in turns.",
        "Each of your messages may have at most 200 tokens; what is longer is cut off.",
        "The room ends after 12 rounds.",
    ]
    assert rules_of(scenario()).promises("AI-1") == []


def test_an_allowance_is_the_smallest_of_each_kind() -> None:
    rules = rulebook("how_much", Allowance(tokens=9), Allowance(tokens=5, cost=0.5), Allowance(cost=0.1, until=70))
    assert rules.allowance(Script(1).state, {}, 0, "AI-1") == Allowance(tokens=5, cost=0.1, until=70)


def test_all_rules_must_let_a_text_pass_and_the_first_that_does_not_says_why() -> None:
    bad, worse = Verdict(ok=False, reason="bad"), Verdict(ok=False, reason="worse", penalty="withhold")
    state = Script(1).state
    assert rulebook("what_counts", Verdict(), bad, worse).verdict(state, {}, 0, "AI-1", "x") == bad
    assert rulebook("what_counts", Verdict()).verdict(state, {}, 0, "AI-1", "x") == Verdict()


def test_the_first_ending_in_order_is_the_reason() -> None:
    assert rulebook("when_it_ends", None, "one", "two").ending(Script(1).state, {}, 0) == "one"
    assert rulebook("when_it_ends", None).ending(Script(1).state, {}, 0) is None


def test_a_seat_that_may_say_nothing_is_not_asked_and_a_room_of_such_seats_ends() -> None:
    script = Script(2)
    assert able(script.state, Moment(0, barred=("AI-1",))) == [script.state.seats["AI-2"]]
    mute = rulebook("how_much", Allowance(tokens=0))
    assert mute.speaker(script.state, {}, 0) is None
    assert mute.ending(script.state, {}, 0) == "says0"


@given(st.integers(0, 100), st.integers(0, 100), st.integers(1, 100))
def test_what_a_fork_inherits_counts_unless_it_was_enough_already(inherited: int, own: int, limit: int) -> None:
    total = counted(inherited + own, inherited, limit)
    assert total == (own if inherited >= limit else inherited + own)
    assert own > 0 or total < limit, "no fork ends before anybody spoke"
