from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from antiphon.measures.tokens import count
from antiphon.room.hearing import Hearing
from antiphon.room.state import State, apply
from antiphon.room.view import Part, SeatView, escape, unescape
from antiphon.testing.events import MOVES, Move, Script, play, scenario

any_text = st.text(st.characters(exclude_categories=()), max_size=40)
texts = st.text(st.characters(codec="utf-8"), max_size=20)
some_moves = st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 40), texts), max_size=30)
stable_moves = st.lists(
    st.tuples(st.sampled_from([move for move in MOVES if move != "forget"]), st.integers(0, 40), texts), max_size=30
)
CLOSE = {False: b'"}', True: b'"}]}'}


def part(seq: int, by: str, text: str, **more: Any) -> Part:
    return Part(seq, by, more.pop("kind", "said"), more.pop("label", ""), escape(text), **more)


parts = st.lists(
    st.builds(
        part,
        seq=st.integers(1, 99),
        by=st.sampled_from(["AI-1", "AI-2", "room", "person:ada"]),
        text=any_text,
        kind=st.sampled_from(["said", "notice", "layer", "picture"]),
        label=st.sampled_from(["", "Nova", 'Q"\\']),
        blobs=st.sampled_from([(), ("sha256:" + "a" * 64,)]),
    ),
    max_size=20,
)


def seat_view(heard: list[Part], *, rich: bool = False, sees: bool = False) -> SeatView:
    view = SeatView("AI-1", rich, [], [], sees=sees)
    for one in heard:
        view.hear(one)
    return view


def naive(heard: list[Part], seat: str, *, rich: bool, sees: bool) -> list[dict[str, Any]]:
    """Render parts as a textbook would: one message a run of one role, no fragment kept from before."""
    messages: list[dict[str, Any]] = []
    for one in heard:
        role = "assistant" if one.by == seat and one.kind == "said" else "system" if one.kind == "layer" else "user"
        text = f"[{one.label}]: {one.text}" if one.label and role != "assistant" else one.text
        if not messages or messages[-1]["role"] != role:
            messages.append({"role": role, "content": []})
        content = messages[-1]["content"]
        content.append({"type": "text", "text": text})
        for blob in one.blobs if rich and sees else ():
            content.append({"type": "image_url", "image_url": {"url": blob}})
            content.append({"type": "text", "text": ""})
    if not rich:
        return [{**one, "content": "\n\n".join(piece["text"] for piece in one["content"])} for one in messages]
    return messages


def hearing_of(script: Script, upto: int | None = None) -> tuple[State, Hearing]:
    state, hearing = State(room="room-1"), Hearing()
    for event in script.events[:upto]:
        apply(state, event)
        hearing.hear(state, event)
    return state, hearing


# ------------------------------------------------------------------------------------ escaping


@given(any_text)
def test_escaped_text_is_valid_inside_json_and_comes_back(text: str) -> None:
    expected = text.encode("utf-8", "replace").decode()
    assert unescape(escape(text)) == expected
    assert msgspec.json.decode(b'["' + escape(text) + b'"]') == [expected]


def test_a_lone_surrogate_becomes_a_question_mark_and_a_pair_stays() -> None:
    assert unescape(escape("a\ud800b \U0001f600")) == "a?b \U0001f600"


# ------------------------------------------------------------------------------------ the body


@given(parts, st.booleans(), st.booleans())
def test_a_body_is_json_equal_to_a_naive_rendering(heard: list[Part], rich: bool, sees: bool) -> None:  # noqa: FBT001 - drawn
    body = seat_view(heard, rich=rich, sees=sees).body()
    assert msgspec.json.decode(b"[" + body + b"]") == naive(heard, "AI-1", rich=rich, sees=sees)


@given(parts, parts, st.booleans())
def test_what_was_sent_once_stands_unchanged_at_the_start_of_every_later_body(
    before: list[Part],
    after: list[Part],
    rich: bool,  # noqa: FBT001 - drawn
) -> None:
    view = seat_view(before, rich=rich, sees=True)
    sent = view.body()
    for one in after:
        view.hear(one)
    assert view.body().startswith(sent.removesuffix(CLOSE[rich]))


@given(parts, st.integers(0, 20), st.booleans())
def test_a_body_built_as_parts_come_is_the_body_built_at_once(heard: list[Part], cut: int, rich: bool) -> None:  # noqa: FBT001 - drawn
    grown, fresh = seat_view(heard[:cut], rich=rich, sees=True), seat_view(heard, rich=rich, sees=True)
    grown.build()
    for one in heard[cut:]:
        grown.hear(one)
    assert grown.body() == fresh.body()
    assert grown.fact("s") == fresh.fact("s")


@given(parts, any_text)
def test_a_digest_is_the_same_when_everything_is_encoded_anew(heard: list[Part], system: str) -> None:
    view = seat_view(heard)
    first = view.fact(system)
    view.hasher = None
    assert view.fact(system) == first
    assert view.fact(system + "!").digest != first.digest


@given(parts)
def test_a_fact_counts_the_bytes_of_the_body_and_the_system_text(heard: list[Part]) -> None:
    view = seat_view(heard)
    closing = len(CLOSE[False]) if heard else 0
    assert view.fact("Sei höflich.").bytes == len(view.body()) - closing + len("Sei höflich.".encode())


def test_two_equal_messages_are_two_messages() -> None:
    view = seat_view([part(1, "AI-2", "Yes."), part(2, "AI-2", "Yes.")], rich=True)
    assert msgspec.json.decode(view.body())["content"] == [{"type": "text", "text": "Yes."}] * 2


def test_a_message_without_text_is_a_message() -> None:
    assert msgspec.json.decode(seat_view([part(1, "AI-2", "")]).body()) == {"role": "user", "content": ""}


# ------------------------------------------------------------------------------------ order and windows


def test_what_came_while_a_seat_spoke_stands_after_its_reply() -> None:
    view = seat_view([part(1, "AI-2", "Hello.")])
    view.waiting = True
    view.hear(part(3, "person:ada", "Wait!"))
    view.hear(part(4, "room", "[a picture is done]", kind="notice"))
    assert [one.seq for one in view.parts] == [1]
    view.reply(part(6, "AI-1", "As I was saying."))
    assert [one.seq for one in view.parts] == [1, 6, 3, 4]


def test_a_call_that_failed_lets_the_seat_hear_what_came_meanwhile() -> None:
    view = seat_view([])
    view.waiting = True
    view.hear(part(3, "person:ada", "Wait!"))
    view.settle()
    assert [one.seq for one in view.parts] == [3]
    assert not view.late


def test_a_window_leaves_out_the_oldest_and_says_which() -> None:
    view = seat_view([part(seq, "AI-2", f"{seq}") for seq in range(1, 9)])
    view.fact("system")
    assert view.forget_before(5) == (1, 4)
    assert view.forget_before(5) is None
    assert [one.seq for one in view.heard()] == [5, 6, 7, 8]
    assert msgspec.json.decode(view.body())["content"] == "5\n\n6\n\n7\n\n8"
    fact = view.fact("system")
    assert fact.kept_prefix < 1.0
    assert fact.digest == seat_view(list(view.heard())).fact("system").digest
    assert view.fact("system").kept_prefix == 1.0


@given(parts, st.integers(0, 100), st.integers(0, 100))
def test_a_window_only_ever_moves_forward(heard: list[Part], one: int, other: int) -> None:
    view = seat_view(heard)
    view.forget_before(one)
    first = view.first
    view.forget_before(other)
    assert view.first >= first
    assert view.tokens(count) == seat_view(list(view.heard())).tokens(count)


def test_a_replaced_system_text_is_counted_as_a_broken_prefix() -> None:
    view = seat_view([part(1, "AI-2", "x" * 88)])
    view.fact("Be kind.")
    view.hear(part(2, "AI-2", "More."))
    kind = view.fact("Be kind.")
    assert kind.kept_prefix == 1.0
    assert view.fact("Be bold.").kept_prefix == round(len("Be ") / kind.bytes, 4)


# ------------------------------------------------------------------------------------ through a whole room


@given(some_moves)
def test_a_room_folded_again_gives_every_seat_the_same_view(moves: list[Move]) -> None:
    script = play(Script(3), moves)
    (state, hearing), (_, again) = hearing_of(script), hearing_of(script)
    for seat in state.seats.values():
        assert hearing.fact(seat) == again.fact(seat)
        assert hearing.view(state, seat).body == again.view(state, seat).body


@given(some_moves, st.integers(0, 200))
def test_views_stored_half_way_go_on_as_if_nothing_had_been(moves: list[Move], cut: int) -> None:
    script = play(Script(3), moves)
    at = cut % len(script.events)
    state, hearing = hearing_of(script, at)
    hearing = Hearing.unpack(hearing.pack())
    for event in script.events[at:]:
        apply(state, event)
        hearing.hear(state, event)
    whole_state, whole = hearing_of(script)
    for seat in whole_state.seats.values():
        assert hearing.views[seat.id].parts == whole.views[seat.id].parts
        assert hearing.fact(seat).digest == whole.fact(seat).digest


@given(stable_moves)
def test_without_windows_a_seat_is_never_shown_another_past(moves: list[Move]) -> None:
    script = play(Script(2), moves)
    sent: dict[str, bytes] = {}
    state, hearing = State(room="room-1"), Hearing()
    for event in script.events:
        apply(state, event)
        hearing.hear(state, event)
        for seat, view in hearing.views.items():
            if event.type == "turn.ended":
                body = view.body()
                assert body.startswith(sent.get(seat, b"").removesuffix(CLOSE[view.rich]))
                sent[seat] = body


@given(some_moves)
def test_a_whisper_is_heard_by_its_seat_and_by_nobody_else(moves: list[Move]) -> None:
    script = play(Script(3), moves)
    script.say("AI-1", "between us only", to=("AI-2",), whisper=True)
    _, hearing = hearing_of(script)
    for seat, view in hearing.views.items():
        heard = any("between us only" in one.text for one in [*view.parts, *view.late])
        assert heard == (seat == "AI-2")


def test_own_words_are_the_assistants_and_everybody_elses_are_the_users() -> None:
    script = Script(2)
    script.turn("AI-1", "Hello.")
    script.turn("AI-2", "Hello to you.")
    state, hearing = hearing_of(script)
    lines = {seat.id: hearing.view(state, seat).lines() for seat in state.seats.values()}
    assert lines["AI-1"] == [("assistant", "Hello."), ("user", "Hello to you.")]
    assert lines["AI-2"] == [("user", "Hello."), ("assistant", "Hello to you.")]


def test_names_are_shown_from_the_third_seat_on_or_as_the_scenario_says() -> None:
    shown = {}
    for seats, labels in ((2, "auto"), (3, "auto"), (2, "always"), (3, "never")):
        script = Script(seats, plan=scenario(seats, labels=labels))
        script.turn("AI-1", "Hello.")
        state, hearing = hearing_of(script)
        shown[seats, labels] = hearing.view(state, state.seats["AI-2"]).lines()[-1][1]
    assert shown == {
        (2, "auto"): "Hello.",
        (3, "auto"): "[AI-1]: Hello.",
        (2, "always"): "[AI-1]: Hello.",
        (3, "never"): "Hello.",
    }
