"""Whatever is said, and wherever a room rests, is spoken into, forked or judged: its findings can be computed again."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import msgspec
import pytest

from antiphon.journal.memory import MemoryJournal
from antiphon.library.laboratory import Laboratory
from antiphon.monitor.judge import Judge
from antiphon.monitor.policy import Policy, load
from antiphon.room.scenario import Scenario, SeatPlan
from antiphon.runner.history import history
from antiphon.runner.opening import park
from antiphon.runner.replay import replay
from antiphon.runner.verify import verify_room
from antiphon.testing.speakers import Troupe

SAID = [
    "Goodbye, and thank you!",
    "再见，谢谢你。",
    "さようなら",
    "",
    "[END]",
    "**[END]**",
    "The same line.",
    "Same again.",
    "\u202e\u200b",
    "!end",
    "!whisper AI-1 psst",
    "!leave",
    "!mute_self 1",
    "Ещё одна мысль о реке номер {}",
    "A new idea about ferries {}, bakers and ropes {}",
    "[[[[" * 50,
    "I won't keep playing this.",
    "ha " * 400,
]
RIGHTS = ("end", "whisper", "leave", "mute_self")


def line(chance: Random) -> str:
    return chance.choice(SAID).format(chance.randrange(999), chance.randrange(999))


def script(chance: Random) -> list[str]:
    """Give some life, then a few lines again and again, or anything for ever."""
    life = [line(chance) for _ in range(chance.randrange(10))]
    return life + [line(chance) for _ in range(chance.choice([1, 1, 2, 3, 60]))] * 40


def policy(chance: Random) -> Policy:
    judge = Judge(
        model="judge",
        every=chance.choice([1, 3, 8]),
        only_when=chance.choice(["suspect", "pause"]),
        confirms=chance.choice([0.0, 0.6]),
    )
    return msgspec.structs.replace(
        load(chance.choice(["careful", "thrifty", "observe"])),
        judge=chance.choice([None, judge]),
        on_pause=chance.choice(["wait", "steer", "fork", "tell"]),
    )


@pytest.mark.parametrize("seed", range(24))
async def test_any_room_replays_and_verifies_wherever_it_rested(seed: int) -> None:
    chance = Random(seed)
    journal, seats = MemoryJournal(), chance.choice([1, 2, 2, 3, 5])
    laboratory = Laboratory(journal, env={})

    def opinion(view: Any) -> str:
        wanted = chance.choice(["over", "alive", "unsure", "junk"])
        return next(iter(re.findall(rf"{wanted}-[0-9a-f]{{6}}", view.lines(1)[0][1])), "junk")

    troupe = Troupe({**{f"AI-{n + 1}": script(chance) for n in range(seats)}, "judge": [opinion]})
    ends = {"when_it_ends": {"messages": {"count": chance.choice([20, 60])}}}
    scenario = Scenario(name="any", seats=(SeatPlan(model="echo"),) * seats, rules=ends, rights=RIGHTS)
    session = await laboratory.begin(scenario, seed=seed, policy=policy(chance))
    for _ in range(60):
        conductor = session.conductor
        conductor.cast = troupe
        await conductor.run(chance.randrange(1, 6))
        if conductor.room.state.phase in {"ended", "expired"}:
            break
        if chance.random() < 0.2:
            await conductor.say("ada", line(chance), to=chance.choice([None, ("AI-1",)]))
        if conductor.room.state.phase == "paused" or chance.random() < 0.3:
            await conductor.change("paused", "person")
            await park(conductor.room)
            again = laboratory.fork if chance.random() < 0.15 else laboratory.resume
            session = await again(conductor.room.lease.stream)
    name = session.id
    assert replay(name, await history(journal, name)) > 0
    assert (await verify_room(journal, name)).broken is None
