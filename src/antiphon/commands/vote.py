"""`!vote`: a seat puts a question to the room, or answers one.

`!vote "question" [a, b]` opens, `!vote "question" a` answers. When every seat that speaks has answered, all are told
the result; a question without an answer lapses after a round. What follows from a result is for the seats to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from antiphon.room.arguments import listed
from antiphon.room.contracts import Command, Ran, Situation
from antiphon.room.events import NoticeGiven
from antiphon.room.outcomes import counted, listing, refused, said, scrap, too_long
from antiphon.room.speech import normalise
from antiphon.room.state import Seat, State, Vote

QUESTION_BYTES = 400
"""UTF-8 bytes of a question, which every other seat has to repeat."""

MOST_CHOICES = 9
"""Choices of one question."""

CHOICE_BYTES = 80
"""UTF-8 bytes of one choice."""

MOST_OPEN = 8
"""Questions open at one time; more are a storm, not a vote."""

_ROUNDS = 1
"""How long a vote stays open, as the fold counts it."""

_RESERVED = "remove:"
"""Under this the fold keeps the votes of `!remove_ai`: no question may count as one of those."""


class Ballot:
    """Opens and answers votes."""

    name = "vote"
    aliases: tuple[str, ...] = ()
    paid = False
    shown = "stays"

    def run(self, seat: Seat, words: Sequence[str], situation: Situation) -> Ran:
        """Open the question with its choices, or answer it; both in one is allowed."""
        state = situation.state
        question = words[0].strip() if words else ""
        lists = [items for items in map(listed, words[1:]) if items is not None]
        answer = said([word for word in words[1:] if listed(word) is None])
        open_vote = _open(state, question)
        if open_vote is None:
            return _opened(state, question, lists[0] if lists else ("yes", "no"), answer, seat)
        return _answered(state, open_vote, answer, seat)

    def promise(self, seat_rights: tuple[str, ...], state: State) -> str:  # noqa: ARG002 - the contract's own
        """Tell how to use it, with its limits."""
        return (
            f'!vote "question" [a, b] asks the room, with {MOST_CHOICES} choices at most; !vote "question" a answers. '
            "All are told the result once every seat has answered within a round."
        )


def _opened(state: State, question: str, choices: tuple[str, ...], answer: str, seat: Seat) -> Ran:
    choices = tuple({normalise(choice): choice for choice in choices if normalise(choice)}.values())
    if (refusal := _wrong(state, question, choices)) is not None:
        return refusal
    if answer and (answer := _choice(choices, answer)) == "":
        if any(normalise(vote.question) == normalise(question) for vote in state.votes.values()):
            return refused('that vote lapsed; put it again with its choices: !vote "question" [a, b]')
        return refused(f"the answer is none of the choices: {listing(choices)}")
    return _count(state, Vote(question, choices, {}, state.round), answer, seat)


def _answered(state: State, vote: Vote, answer: str, seat: Seat) -> Ran:
    if _all_in(state, vote.by):
        return refused("that vote is over")
    choice = _choice(vote.choices, answer)
    if not choice:
        return refused(f'say which; write !vote "question" and one of: {listing(vote.choices)}')
    if vote.by.get(seat.id) == choice:
        return refused("you have answered so already")
    return _count(state, vote, choice, seat)


def _wrong(state: State, question: str, choices: tuple[str, ...]) -> Ran | None:
    if not normalise(question):
        return refused('there is no question; write !vote "question" [a, b]')
    if normalise(question).startswith(_RESERVED):
        return refused(f"a question may not begin with '{_RESERVED}'; !remove_ai is the vote to send a seat away")
    if not 2 <= len(choices) <= MOST_CHOICES:  # noqa: PLR2004 - one choice is no vote
        return refused(f"a vote takes 2 to {MOST_CHOICES} different choices, not {len(choices)}")
    if sum(_running(state, vote) for vote in state.votes.values()) >= MOST_OPEN:
        return refused(f"{counted(MOST_OPEN, 'vote')} are open already")
    wrong = [too_long("a choice", choice, CHOICE_BYTES) for choice in choices]
    return next((refusal for refusal in [too_long("the question", question, QUESTION_BYTES), *wrong] if refusal), None)


def _running(state: State, vote: Vote) -> bool:
    return state.round - vote.opened <= _ROUNDS


def _open(state: State, question: str) -> Vote | None:
    """Find the running vote on a question, however it is spelt; votes of `!remove_ai` are never found."""
    wanted = normalise(question)
    for vote in state.votes.values():
        if _running(state, vote) and normalise(vote.question) == wanted and not wanted.startswith(_RESERVED):
            return vote
    return None


def _choice(choices: tuple[str, ...], answer: str) -> str:
    """Give the choice that an answer names; "" when it names none."""
    return next((choice for choice in choices if normalise(choice) == normalise(answer)), "")


def _all_in(state: State, by: dict[str, str]) -> bool:
    return all(by.get(seat.id) for seat in state.speakers())


def _count(state: State, vote: Vote, choice: str, seat: Seat) -> Ran:
    by = {**vote.by, seat.id: choice}
    args = {"question": vote.question, "choices": list(vote.choices), "choice": choice}
    if not _all_in(state, by):
        missing = [other.id for other in state.speakers() if not by.get(other.id)]
        return Ran(args=args, result=f"not answered yet by {', '.join(missing)}")
    tally = Counter(by[other.id] for other in state.speakers())
    counts = ", ".join(f"{scrap(option)} {tally.get(option, 0)}" for option in vote.choices)
    notice = NoticeGiven(text=f"[the vote on {scrap(vote.question)}: {counts}]", kind="vote")
    return Ran(args=args, bodies=(notice,))


PLUGIN: Command = Ballot()
