"""Decides what is done about what was found, the cheapest step that can be taken back first.

    note -> nudge -> steer one thing -> mute a stuck seat -> pause -> end

Each step is an event with its rule, evidence, numbers, thresholds and the policy's hash; what the ladder remembers is a
fold over those events, so that a room that is taken up, forked or played again gets the same steps. Pure: it knows no
journal and no clock, and does nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from antiphon.monitor.curbs import Curbs
from antiphon.monitor.policy import Change, Policy
from antiphon.monitor.steering import Trial, averages, bodies_of, possible
from antiphon.monitor.watch import STUCK, Verdict
from antiphon.room.events import (
    AnyBody,
    Event,
    MessageSaid,
    NoticeGiven,
    PromptChanged,
    RuleNoted,
    SeatChanged,
    SeatLeft,
    StateChanged,
)
from antiphon.room.state import State

__all__ = ["NUDGES", "WITHIN", "Ladder", "Scene", "Steps"]

NUDGES = 2
"""Nudges in `WITHIN` messages: a room that is told more often is led, not nudged."""

WITHIN = 20
"""Messages in which nudges are counted."""

APART = 4
"""Rounds between two steers: the effect of one is known after two, and two more show whether it lasts."""

MEASURED = 2
"""Rounds over which a steer's effect is measured; and for which nothing the ladder did is done the other way round."""

OTHERS = 2
"""Seats that must live beside a stuck one for it to be muted: with fewer the room would be one voice."""

LATELY = 16
"""Messages whose readings are kept for a steer's before and after."""

REFUSAL = 0.15
"""The reading of refusal from which on a seat's latest message refuses; nothing is aimed at it then."""

_ALIVE = ("live", "suspect")
"""Phases in which steps are taken; in the others somebody has decided already, or all are leaving."""


class Scene(Struct, frozen=True):
    """Is what the ladder looks at after a message.

    Attributes:
        policy: what it goes by.
        verdict: how the conversation stands.
        state: the room after the turn.
        places: sequence numbers of the last messages, oldest first.
        repeats: equal turns in a row of each seat.
    """

    policy: Policy
    verdict: Verdict
    state: State
    places: Sequence[int]
    repeats: Mapping[str, int]


class Steps(Struct, frozen=True):
    """Says what to do: the events in order, and why to stop (None = do not)."""

    bodies: tuple[AnyBody, ...] = ()
    stop: str | None = None


class Ladder(Struct):
    """Remembers what was done and heard; bounded by the number of seats.

    Attributes:
        said: messages judged.
        nudged: the last nudges, as numbers of messages.
        muted: seats muted by the monitor -> the round in which they are let speak again.
        unmuted: seats let speak again -> in which round.
        steered: the round of the last steer, or None.
        tried: how often each kind was tried.
        trial: the steer whose effect is not yet measured.
        owed: why the room would have been paused, where a steer took a pause's place.
        lately: (pressure, lack, stale) of the last messages.
        layered: seats with prompt layers -> when the last one was laid.
        refusing: seats whose latest message refuses.
        out: seats that stepped out of the frame: nothing is aimed at them any more.
        offered: seats that were offered the door.
        alive_at: sequence number of the last message that showed nothing of an end.
        fork_at: where a fork was asked for, until it is made.
        curbs: what each seat changed of itself.
    """

    said: int = 0
    nudged: list[int] = []
    muted: dict[str, int] = {}
    unmuted: dict[str, int] = {}
    steered: int | None = None
    tried: dict[str, int] = {}
    trial: Trial | None = None
    owed: str = ""
    lately: list[tuple[float, float, float]] = []
    layered: dict[str, int] = {}
    refusing: dict[str, bool] = {}
    out: dict[str, bool] = {}
    offered: dict[str, bool] = {}
    alive_at: int = 0
    fork_at: int = 0
    curbs: Curbs = field(default_factory=Curbs)

    # -------------------------------------------------------------------------------- the fold

    def hear(self, event: Event) -> None:
        """Take one event in; what a message reads is told with `judged`."""
        match event.body:
            case RuleNoted(rule=rule, data=data) if rule.startswith("monitor."):
                self._did(rule.removeprefix("monitor."), data)
            case RuleNoted(rule="forked"):
                self.fork_at = 0
            case PromptChanged(seat=seat, how=how):
                self.layered.pop(seat, None)
                if how != "revert":
                    self.layered[seat] = event.seq
            case StateChanged(rule="breaker", numbers={"instead_of": "mute", "because": str(seat)}):
                self.muted.pop(seat, None)  # it was held back
            case SeatChanged(seat=seat, what="muted") if event.by != "monitor":
                self.muted.pop(seat, None)  # somebody else's word: the seat is no longer the ladder's
            case SeatLeft(seat=seat):
                for known in (self.muted, self.unmuted, self.layered, self.refusing, self.out, self.offered):
                    known.pop(seat, None)
            case _:
                pass

    def judged(self, event: Event, said: MessageSaid, verdict: Verdict, policy: Policy, *, out: bool) -> None:
        """Take in how a message reads; `out` tells that its speaker asks to be let go."""
        seat, readings = said.seat or "", verdict.measures
        self.said += 1
        self.lately = [*self.lately, (verdict.pressure, readings.lack, readings.stale)][-LATELY:]
        self.refusing[seat] = readings.refusal >= REFUSAL or said.asks_end in {"refusal", "distress"}
        if out:
            self.out[seat] = True
        if verdict.state == "live" and verdict.pressure <= policy.leave and said.turn is not None:
            self.alive_at = event.seq

    def _did(self, what: str, data: Mapping[str, Any]) -> None:  # Any: what the ladder itself noted
        seat, numbers = str(data.get("seat") or ""), data.get("numbers", {})
        match what:
            case "nudged":
                self.nudged = [*self.nudged, self.said][-NUDGES:]
            case "muted":
                self.muted[seat] = int(numbers["until"])
            case "unmuted":
                self.muted.pop(seat, None)
                self.unmuted[seat] = int(numbers["round"])
            case "steer":
                self.steered, self.owed = int(numbers["round"]), str(data.get("instead_of", ""))
                self.tried[data["kind"]] = self.tried.get(data["kind"], 0) + 1
                self.trial = Trial(data["kind"], seat, self.said, int(numbers["until"]), dict(data["before"]))
            case "held":
                self.owed = str(data["instead_of"])
            case "steered":
                self.trial = None
            case "offered":
                self.offered[seat] = True
            case "fork":
                self.fork_at = int(data["at"])
            case _:
                pass

    # -------------------------------------------------------------------------------- the steps

    def climb(self, scene: Scene) -> Steps:
        """Say what is done after a message; nothing where the policy does not act, or the room does not run."""
        if not scene.policy.acts or scene.state.phase not in {*_ALIVE, "closing"}:
            return Steps()
        bodies = [*self._door(scene), *self._let_speak(scene), *self._measure(scene)]
        measured = any(isinstance(body, RuleNoted) and body.rule == "monitor.steered" for body in bodies)
        stop, instead = self._stop(scene, measured=measured)
        if stop is not None or instead:
            return Steps((*bodies, *instead), stop)
        if scene.verdict.state in _ALIVE and scene.state.phase in _ALIVE:
            bodies += self._mute(scene) or self._steer(scene, "") or self._nudge(scene)
        return Steps(tuple(bodies))

    def _stop(self, scene: Scene, *, measured: bool) -> tuple[str | None, Sequence[AnyBody]]:
        """Give why to stop, and what comes with it; a steer, made now or under way, may take the place of a pause."""
        verdict, policy = scene.verdict, scene.policy
        if verdict.state == "ended":
            return verdict.stop or "over", ()
        if verdict.state != "paused":
            return None, ()
        if verdict.stop is not None and policy.on_pause == "steer":
            held = self._steer(scene, verdict.stop)
            if not held and self.trial is not None and not measured:
                numbers = {"pressure": verdict.pressure}
                held = [_note(scene, "held", None, numbers, {"pressure": 1.0}, instead_of=verdict.stop)]
            if held:
                return None, held
        reason = verdict.stop or (self.owed if measured else "")
        if not reason:
            return None, ()
        return reason, self._with_pause(scene, reason)

    def _with_pause(self, scene: Scene, reason: str) -> Sequence[AnyBody]:
        if scene.policy.on_pause == "fork" and self.alive_at:
            numbers = {"pressure": scene.verdict.pressure}
            return [_note(scene, "fork", None, numbers, {"pressure": 1.0}, at=self.alive_at, reason=reason)]
        if scene.policy.on_pause == "tell" and (to := self._aim(scene)):
            text = "[room]: This room is paused, since it seems to be over. Somebody may let it go on."
            numbers = {"pressure": scene.verdict.pressure}
            told = NoticeGiven(text=text, to=to, synthetic=True, kind="paused")
            return [_note(scene, "told", None, numbers, {"pressure": 1.0}, reason=reason), told]
        return ()

    def _aim(self, scene: Scene) -> tuple[str, ...]:
        """List whom something may be aimed at: nobody who left, refused or stepped out, and no person."""
        return tuple(
            seat.id
            for seat in scene.state.present()
            if not (self.refusing.get(seat.id) or seat.id in self.out or seat.provider == "human")
        )

    def _door(self, scene: Scene) -> Iterator[AnyBody]:
        """Offer the door to a seat that asks for it, once, where the door is open to it."""
        seat = scene.state.seats.get(scene.verdict.seat)
        if (
            seat is None
            or seat.left
            or seat.id not in self.out
            or seat.id in self.offered
            or "leave" not in seat.rights
        ):
            return
        yield _note(scene, "offered", seat.id, {}, {})
        text = "[room]: You may leave at any time: !leave ends your part in this room, and nobody will hold you back."
        yield NoticeGiven(text=text, to=(seat.id,), synthetic=True, kind="offer")

    def _let_speak(self, scene: Scene) -> Iterator[AnyBody]:
        """Unmute whom the ladder muted: when the time is up, or nobody else is left to speak."""
        alone = not scene.state.speakers()
        for name, until in self.muted.items():
            seat = scene.state.seats[name]
            if seat.muted and not seat.left and (scene.state.round >= until or alone):
                numbers = {"round": _round(scene.state), "until": until}
                yield _note(scene, "unmuted", name, numbers, {"rounds": scene.policy.ladder.mute_rounds})
                yield SeatChanged(seat=name, what="muted", before=True, after=False)

    def _measure(self, scene: Scene) -> Iterator[AnyBody]:
        """Tell what a steer has led to, two rounds later."""
        trial = self.trial
        if trial is None or self.said < trial.until:
            return
        after = averages(self.lately[-min(LATELY, self.said - trial.said) :])
        numbers = {"messages": self.said - trial.said}
        helped = after["pressure"] < trial.before["pressure"]
        more = {"kind": trial.kind, "before": trial.before, "after": after, "helped": helped}
        yield _note(scene, "steered", trial.seat or None, numbers, {"rounds": MEASURED}, **more)

    def _mute(self, scene: Scene) -> Sequence[AnyBody]:
        """Mute the speaker where it is stuck while others live; not one that was let speak again just now."""
        name, round_, ladder = scene.verdict.seat, _round(scene.state), scene.policy.ladder
        row, seat = scene.repeats.get(name, 0), scene.state.seats.get(name)
        if seat is None or not seat.speaks or seat.provider == "human" or not scene.policy.may("mute"):
            return ()
        living = [s for s in scene.state.speakers() if s.id != name and scene.repeats.get(s.id, 0) < STUCK]
        again = round_ - self.unmuted[name] if name in self.unmuted else MEASURED
        if row < ladder.mute_after or len(living) < OTHERS or again < MEASURED:
            return ()
        numbers = {"equal": row, "living": len(living), "round": round_, "until": round_ + ladder.mute_rounds}
        note = _note(scene, "muted", name, numbers, {"equal": ladder.mute_after, "living": OTHERS})
        return [note, SeatChanged(seat=name, what="muted", before=False, after=True)]

    def _steer(self, scene: Scene, instead_of: str) -> Sequence[AnyBody]:
        """Change one thing; in a pause's place, where `instead_of` gives the pause's reason."""
        policy, round_ = scene.policy, _round(scene.state)
        pressed = scene.verdict.pressure >= (1.0 if instead_of else policy.ladder.steer_at)
        soon = self.trial is not None or (self.steered is not None and round_ - self.steered < APART)
        if not pressed or soon or not policy.may("steer"):
            return ()
        rarest: list[Change] = sorted(policy.ladder.steers, key=lambda kind: self.tried.get(kind, 0))
        aim = self._aim(scene)
        found = next(
            (one for kind in rarest if (one := possible(kind, scene.state, aim, self.layered, policy.ladder))), None
        )
        if found is None:
            return ()
        rounds = min(LATELY, MEASURED * max(1, len(scene.state.speakers())))
        before = averages(self.lately[-rounds:])
        numbers = {
            "pressure": scene.verdict.pressure,
            "round": round_,
            "message": self.said,
            "until": self.said + rounds,
        }
        bounds = {"pressure": 1.0 if instead_of else policy.ladder.steer_at, "rounds": APART}
        more = {"kind": found.kind, "before": before} | ({"instead_of": instead_of} if instead_of else {})
        note = _note(scene, "steer", found.seat or None, numbers, bounds, **more)
        return [note, *bodies_of(found, scene.state, policy.ladder, self.tried.get("topic", 0))]

    def _nudge(self, scene: Scene) -> Sequence[AnyBody]:
        """Give the seats one line, or only people where the policy does not announce."""
        policy, verdict = scene.policy, scene.verdict
        stuck = scene.repeats.get(verdict.seat, 0) == STUCK
        apart = MEASURED * max(1, len(scene.state.speakers()))
        many = sum(self.said - number < WITHIN for number in self.nudged) >= NUDGES
        soon = bool(self.nudged) and self.said - self.nudged[-1] < apart
        pressed = verdict.pressure >= policy.ladder.nudge_at
        if many or soon or not (pressed or stuck) or not policy.may("nudge"):
            return ()
        aim = self._aim(scene)
        to = tuple(name for name in aim if pressed or name == verdict.seat) if policy.announce else ()
        if policy.announce and not to:
            return ()
        seat = verdict.seat if stuck and not pressed else None
        numbers = {"pressure": verdict.pressure, "equal": scene.repeats.get(verdict.seat, 0), "message": self.said}
        bounds = {"pressure": policy.ladder.nudge_at, "equal": STUCK, "nudges": NUDGES, "messages": WITHIN}
        note = _note(scene, "nudged", seat, numbers, bounds)
        return [note, NoticeGiven(text=policy.ladder.nudge, to=to, synthetic=True, kind="nudge")]


def _round(state: State) -> int:
    """Give the round from which whole ones are counted: the next, where this one has begun."""
    return state.round + (state.round_done > 0)


def _note(
    scene: Scene,
    what: str,
    seat: str | None,
    numbers: Mapping[str, float],
    thresholds: Mapping[str, float],
    **more: Any,
) -> RuleNoted:  # Any: what this step adds, JSON
    """Word a step: whom it is aimed at, on what evidence and numbers, over which thresholds, by which policy."""
    evidence = list(scene.places)[-1:] if seat is not None else list(scene.places)
    data = {"seat": seat, "evidence": evidence, "numbers": dict(numbers), "thresholds": dict(thresholds)}
    return RuleNoted(rule=f"monitor.{what}", data={**data, "policy": scene.verdict.policy, **more})
