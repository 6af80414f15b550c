"""Shows a swarm while it runs and reports at its end. It leads nothing: it reads totals and hands signals on."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import click
import msgspec

from antiphon.cli.lines import plain
from antiphon.cli.outlets import on_terminal
from antiphon.cli.wording import Line
from antiphon.swarm.leading import Leader, Swarm
from antiphon.swarm.totals import Totals
from antiphon.swarm.worker import Order
from antiphon.transcripts.safe import for_terminal

__all__ = ["lead", "lines_of"]

_EVERY = 1.0
"""Seconds between two pictures; a pipe gets a line every tenth."""

_PIPE = 10
"""Pictures of which a pipe gets one."""

_MINUTES = 120
"""Seconds from which the time that is left is told in minutes."""

_RATE_OVER = 15
"""Seconds over which the rate is told: shorter jumps, longer lags."""


def lead(swarm: Swarm, *, as_json: bool) -> int:
    """Run a swarm in front of a person or a pipe; gives the exit code: 1 when rooms were lost."""
    leader = Leader(swarm)

    async def run() -> Totals:
        running = asyncio.create_task(leader.run())
        with _signals(leader):
            await _show(leader, running, as_json=as_json)
        return await running

    totals = asyncio.run(run())
    if as_json:
        click.echo(json.dumps({"report": msgspec.to_builtins(totals)}))
    else:
        for line in _report(swarm, totals, leader.crew.restarted):
            click.echo(line)
    return 1 if totals.lost else 0


@contextmanager
def _signals(leader: Leader) -> Iterator[None]:
    """Drain on the first signal, cut on the second."""
    loop = asyncio.get_running_loop()
    pressed = 0

    def press() -> None:
        nonlocal pressed
        pressed += 1
        leader.crew.order(Order(verb="drain" if pressed == 1 else "stop"))
        if pressed == 1:
            click.echo("draining: calls in flight finish; ctrl-c again cuts them", err=True)

    numbers = (signal.SIGINT, signal.SIGTERM) if sys.platform != "win32" else ()
    for number in numbers:
        loop.add_signal_handler(number, press)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


async def _show(leader: Leader, running: asyncio.Task[Totals], *, as_json: bool) -> None:
    seen: deque[tuple[float, int]] = deque(maxlen=_RATE_OVER)
    if on_terminal() and not as_json:
        from rich.live import Live
        from rich.text import Text

        from antiphon.cli.live import console, laid_out

        on = console()
        with Live(console=on, auto_refresh=False, transient=True) as live:
            async for totals, rate in _pictures(leader, running, seen):
                found = [part for line in lines_of(totals, rate) for part in laid_out(line, on)]
                live.update(Text("\n").join(found), refresh=True)
        return
    count = 0
    async for totals, rate in _pictures(leader, running, seen):
        if as_json:
            click.echo(json.dumps({"rate": round(rate, 2), **msgspec.to_builtins(totals)}))
        elif count % _PIPE == 0 and totals.planned:
            click.echo(plain(lines_of(totals, rate)[0]), err=True)
        count += 1


async def _pictures(
    leader: Leader, running: asyncio.Task[Totals], seen: deque[tuple[float, int]]
) -> AsyncIterator[tuple[Totals, float]]:
    """Give the totals and the turns a second, every second, until the swarm is done."""
    while not running.done():
        await asyncio.wait([running], timeout=_EVERY)
        totals = leader.crew.totals
        seen.append((time.monotonic(), totals.turns))
        spent = seen[-1][0] - seen[0][0]
        yield totals, (seen[-1][1] - seen[0][1]) / spent if spent else 0.0


def _line(text: str, style: str = "") -> Line:
    return Line(((text, style),), row=True)


def lines_of(totals: Totals, rate: float) -> list[Line]:
    """Word a swarm as it stands: rooms by state, pace, tokens and money, flags; nothing in it is a model's."""
    over = totals.rooms.get("ended", 0) + totals.rooms.get("expired", 0)
    states = " · ".join(f"{count:,} {state}" for state, count in sorted(totals.rooms.items()) if count)
    lines = [
        _line(
            f"{over:,} of {totals.planned:,} rooms · {rate:,.0f} turns/s{_left(totals, rate, over)} · {states}", "bold"
        ),
        _line(
            f"{totals.turns:,} turns · {totals.input:,} tokens in ({_share(totals)} cached), {totals.output:,} out · "
            f"{_money(totals)}",
            "quiet",
        ),
    ]
    if totals.flags:
        lines.append(_line("flags " + " · ".join(f"{name} {totals.flags[name]:,}" for name in sorted(totals.flags))))
    if totals.failed or totals.lost:
        lines.append(_line(f"{totals.failed:,} turns failed · first: {for_terminal(totals.first_failure)}", "warn"))
    return lines


def _left(totals: Totals, rate: float, over: int) -> str:
    """Estimate the time that is left from the turns that the rooms that are over took."""
    if not over or not rate or over >= totals.planned:
        return ""
    seconds = (totals.planned - over) * (totals.turns / over) / rate
    return f" · about {seconds / 60:,.0f} min left" if seconds >= _MINUTES else f" · about {seconds:,.0f} s left"


def _share(totals: Totals) -> str:
    return f"{totals.cached / totals.input:.0%}" if totals.input else "none"


def _money(totals: Totals) -> str:
    unknown = f" and {totals.unpriced:,} turns without a known price" if totals.unpriced else ""
    return f"${totals.cost:,.2f}{unknown}"


def _report(swarm: Swarm, totals: Totals, restarted: int) -> Iterator[str]:
    """Word the end: planned, done, lost, why, and what can be done next."""
    for line in lines_of(totals, 0.0):
        yield plain(line).replace(" · 0 turns/s", "")
    for reason, count in _most(totals.endings):
        yield f"  {count:>8,}  {reason}"
    for kind, count in _most(totals.lost):
        yield f"  {count:>8,}  lost: {kind}"
    if restarted:
        yield f"  {restarted} workers died and were started again"
    yield f"kept in {swarm.folder}"
    if any(totals.rooms.get(state) for state in ("waiting", "running", "paused")):
        yield "the same command goes on where this stopped"
    yield f"see one:  antiphon rooms --journal {swarm.folder / 'rooms-0.db'}"


def _most(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: -item[1])
