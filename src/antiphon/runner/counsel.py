"""Keeps a judge in step with one room: hears the events, words its question as an ask, tempers the monitor's verdicts.

How an answer counts is the monitor's business; who asks, and when a call is made, is the conductor's.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct, field

from antiphon.monitor.judge import SYSTEM, Judge, Judging
from antiphon.monitor.policy import Policy
from antiphon.monitor.watch import Verdict
from antiphon.room.asking import JUDGE, Ask
from antiphon.room.events import Event, MessageSaid, RuleNoted, TurnEnded, TurnRequested
from antiphon.room.state import State

__all__ = ["ANSWER", "Counsel"]

ANSWER = "monitor.judge"
"""The note that keeps what the judge answered, and the rule of a pause that comes early on its word."""


class Counsel(Struct):
    """Follows one room beside the monitor that watches it; all it remembers comes from events.

    Attributes:
        judging: what the judge was shown, asked and has said.
        asking: whether a call is under way.
        last: the monitor's own verdict on the latest message; None where no judge is named.
    """

    judging: Judging = field(default_factory=Judging)
    asking: bool = False
    last: Verdict | None = None

    def said(self, policy: Policy, said: MessageSaid, verdict: Verdict) -> Verdict:
        """Take in a message of a seat; give the monitor's verdict on it as the judge's last word leaves it."""
        if policy.judge is None:
            return verdict
        self.judging.hear(policy.judge, said.seat or "", said.text)
        self.last = verdict
        return self._tempered(policy.judge, verdict, acts=policy.acts)

    def hear(self, policy: Policy, event: Event) -> Verdict | None:
        """Take in anything else; give the last verdict anew, as far as it stops the room, where a judge answered."""
        if policy.judge is None or self.last is None:
            return None
        match event.body:
            case TurnRequested(purpose="judge"):
                self.judging.put(self.last.index)
                self.asking = True
            case TurnEnded(outcome=outcome) if self.asking:
                self.asking = False
                if outcome == "lost":
                    self.judging.lost()
            case RuleNoted(rule=rule, data=data) if rule == ANSWER:
                self.judging.answered(self.last.index, data.get("answer"))
                again = msgspec.structs.replace(self.last, flags=(), stop=None)
                return self._tempered(policy.judge, again, acts=policy.acts)
            case _:
                pass
        return None

    def _tempered(self, judge: Judge, verdict: Verdict, *, acts: bool) -> Verdict:
        """Let the judge's word have a pause come later, or earlier; an ending is none of its business."""
        if verdict.state == "paused":
            reason = self.judging.pauses(judge, verdict.index, verdict.stop or "")
            return msgspec.structs.replace(verdict, stop=reason or None)
        if verdict.state == "live":
            self.judging.revived()
        hastens = verdict.state == "suspect" and acts
        if hastens and self.judging.hastens(judge, verdict.index, verdict.pressure):
            return msgspec.structs.replace(verdict, state="paused", stop="judge")
        return verdict

    def ask(self, judge: Judge, state: State) -> Ask | None:
        """Give the question that is due before the next turn, if one is."""
        last = self.last
        if last is None or not self.judging.due(judge, last.index, suspect=last.state == "suspect"):
            return None
        question = self.judging.question(state.seed, state.seq)
        return Ask(
            rule=ANSWER,
            purpose="judge",
            seats=(JUDGE,),
            model=judge.model,
            system=SYSTEM,
            quoted=question.quoted,
            question=question.words,
            choices=question.choices,
            seconds=judge.seconds,
            tokens=judge.tokens,
            last=0,
        )
