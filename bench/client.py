"""Client CPU of one HTTP turn: our wire and the `openai` provider, beside a bare httpx2 loop of the same mode.

The server runs in a process of its own. The bare loop keeps its messages as a list of dicts and lets httpx2 encode
them (`json=`), which is what a plain loop does. Both ask the same endpoint in turns, and only this process's own CPU
time is counted. A figure is the median of the runs; a ratio below 1 means that ours is cheaper.

    python bench/client.py [--runs 9] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any

import httpx2

from antiphon.providers.openai import PLUGIN
from antiphon.room.contracts import Allowance, Means
from antiphon.room.models import Models
from antiphon.room.state import Seat
from antiphon.room.view import Part, SeatView, View, escape
from antiphon.wire.client import Wire

TURNS = (10, 100, 400, 2_000)
"""Messages in the room when the turn is asked for."""

SENTENCE = "The room goes on, and “somebody” answers; nobody knows who will be the last. "
TEXT = (SENTENCE * 20).encode()[:796].decode("utf-8", "ignore").ljust(780, ".")
"""One message of about 800 bytes of UTF-8."""

CALLS = {10: 60, 100: 60, 400: 40, 2_000: 12}
"""Calls in one run: enough for a tenth of a second of CPU."""

Turn = Callable[[], Awaitable[str]]


def ours(wire: Wire, url: str, turns: int, *, streamed: bool) -> Turn:
    """Make one turn of ours: the room's view, joined, sent, read."""
    seat = Seat(
        id="AI-1", number=1, label="AI-1", display="tiny", provider="openai", model="tiny", system="Talk.",
        temperature=0.7, rights=(), joined=1, by="scenario", base_url=url,
    )  # fmt: skip
    heard = SeatView(seat=seat.id, rich=False, parts=[], late=[])
    for number in range(turns):
        heard.hear(Part(number + 1, "AI-1" if number % 2 else "AI-2", "said", "", escape(TEXT)))
    heard.build()
    view = View("room", seat, seat.system, heard.parts, ("AI-2",), "chat", heard)
    means = Means(key=lambda _name, _place: None, wire=wire, models=Models(), now=lambda: time.time_ns() // 1_000_000)
    speaker = PLUGIN.speaker(seat, means)

    async def turn() -> str:
        listen = (lambda _: True) if streamed else None
        return (await speaker.speak(view, Allowance(tokens=400), listen)).text

    return turn


def bare(client: httpx2.AsyncClient, url: str, turns: int, *, streamed: bool) -> Turn:
    """Make one turn of a plain loop."""
    messages = [{"role": "system", "content": "Talk."}]
    messages += [{"role": "assistant" if n % 2 else "user", "content": TEXT} for n in range(turns)]
    body: dict[str, Any] = {"model": "tiny", "messages": messages, "temperature": 0.7, "max_tokens": 400}
    address = url + "/chat/completions"

    async def whole() -> str:
        response = await client.post(address, json=body)
        return str(response.json()["choices"][0]["message"]["content"])

    async def stream() -> str:
        text: list[str] = []
        asked = {**body, "stream": True, "stream_options": {"include_usage": True}}
        async with client.stream("POST", address, json=asked) as response:
            async for line in response.aiter_lines():
                if line.startswith("data: ") and line != "data: [DONE]":
                    choices = json.loads(line[6:])["choices"]
                    if choices:
                        text.append(choices[0]["delta"].get("content", ""))
        return "".join(text)

    return stream if streamed else whole


async def cost(turn: Turn, calls: int) -> float:
    """Give the CPU of one turn in microseconds."""
    start = time.process_time()
    for _ in range(calls):
        await turn()
    return (time.process_time() - start) / calls * 1e6


async def measure(url: str, runs: int) -> list[dict[str, Any]]:
    """Measure every size and mode; ours and theirs take turns within each run."""
    rows: list[dict[str, Any]] = []
    wire = Wire()
    async with httpx2.AsyncClient(trust_env=False, timeout=60) as client:
        for streamed in (False, True):
            for turns in TURNS:
                us, them = ours(wire, url, turns, streamed=streamed), bare(client, url, turns, streamed=streamed)
                assert await us() == await them() != ""
                pairs = [(await cost(us, CALLS[turns]), await cost(them, CALLS[turns])) for _ in range(runs)]
                ratio = median(mine / theirs for mine, theirs in pairs)
                row = {"mode": "streamed" if streamed else "whole", "turns": turns, "ratio": round(ratio, 3)}
                row |= {"ours_us": round(median(p[0] for p in pairs)), "bare_us": round(median(p[1] for p in pairs))}
                rows.append(row)
    await wire.close()
    return rows


def main() -> None:
    """Start the endpoint, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    command = [sys.executable, "-m", "antiphon.testing.endpoint", "--size", "800"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own module
        try:
            assert server.stdout is not None
            rows = asyncio.run(measure(server.stdout.readline().strip(), options.runs))
        finally:
            server.terminate()
    if options.json:
        print(json.dumps({"load_before": load, "rows": rows}))
        return
    print(f"load before: {load:.2f}; medians of {options.runs} runs; CPU of the client, microseconds a turn")
    for row in rows:
        print("{mode:>9} {turns:>6} turns: ours {ours_us:>6}  bare {bare_us:>6}  ratio {ratio:.2f}".format(**row))


if __name__ == "__main__":
    main()
