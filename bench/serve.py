"""Measures what one event costs the server for one listener: 300 streams, 20 events, whole and correct at each.

    python bench/serve.py [--listeners 300] [--events 20] [--rounds 5]

The server runs in this process and its CPU time is measured; the listeners are another process, so that reading costs
nothing here. The same events told to nobody are subtracted. Every listener checks that it heard each event once.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from antiphon.room.events import MessageSaid
from antiphon.runner.opening import take_up
from antiphon.testing.site import Site, site
from antiphon.web.serving import bind

TEXT = "The lamp is still on, and nobody has come to turn it off. " * 8
"""About 460 characters: a usual message."""

FRAME = 1_500
"""Bytes of such a message's frame, its HTML included."""

PAUSE = 0.02
"""Seconds between two events, so that each is a delivery of its own."""


async def main(listeners: int, events: int, rounds: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        async with site(str(Path(folder) / "rooms.db")) as web:
            room = await web.paused()
            none, all_, bare = [], [], []
            for _ in range(rounds):
                none.append(await _told(web, room, 0, events))
                all_.append(await _told(web, room, listeners, events))
                bare.append(await _bare(listeners, events))
    costs = [(with_ - without) / (listeners * events) for with_, without in zip(all_, none, strict=True)]
    load = os.getloadavg()[0]
    print(f"{listeners} listeners, {events} events of {len(TEXT)} characters, {rounds} rounds, load {load:.1f}")
    print(f"CPU a delivery: {1e6 * statistics.median(costs):.1f} µs ({1e6 * min(costs):.1f} to {1e6 * max(costs):.1f})")
    floor = [took / (listeners * events) for took in bare]
    print(f"a server that only writes as many bytes to the same listeners: {1e6 * statistics.median(floor):.1f} µs")
    print(f"the same events told to nobody: {1e3 * statistics.median(none) / events:.2f} ms an event")


async def _told(web: Site, room: str, listeners: int, events: int) -> float:
    """Give the CPU seconds of this process while events are written and told."""
    state = await web.get(f"/rooms/{room}")
    reading = await _listen(web.desk.door.port, room, state["position"], listeners, events) if listeners else None
    owned = await take_up(web.desk.laboratory.journal, web.desk.laboratory.clock, room)
    began = time.process_time()
    for n in range(events):
        owned.take("person:bench", MessageSaid(person="bench", text=f"{n}: {TEXT}"))
        await owned.flush()
        web.desk.live.nudge()
        await asyncio.sleep(PAUSE)
    if reading is not None:
        assert await reading.wait() == 0, "a listener lost or doubled an event"
    took = time.process_time() - began
    await web.desk.laboratory.journal.release(owned.lease)
    return took


async def _bare(listeners: int, events: int) -> float:
    """Give the CPU seconds of a server that writes as many bytes to the same listeners, and does nothing else."""
    writers: list[asyncio.StreamWriter] = []

    async def take(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"retry: 1000\n\n")
        writers.append(writer)

    server = await asyncio.start_server(take, sock=bind("127.0.0.1", 0))
    reading = await _listen(server.sockets[0].getsockname()[1], "none", "0", listeners, events)
    frame = b'"seq":' + b"x" * FRAME + b"\n\n"
    began = time.process_time()
    for _ in range(events):
        for writer in writers:
            writer.write(frame)
        await asyncio.sleep(PAUSE)
    assert await reading.wait() == 0
    took = time.process_time() - began
    server.close()
    return took


async def _listen(port: int, room: str, position: str, listeners: int, events: int) -> asyncio.subprocess.Process:
    """Start the listeners, and wait until each has its stream."""
    words = ["--read", f"{port}", room, position, str(listeners), str(events)]
    reading = await asyncio.create_subprocess_exec(sys.executable, __file__, *words, stdout=asyncio.subprocess.PIPE)
    assert reading.stdout is not None
    await reading.stdout.readline()
    return reading


async def read(port: int, room: str, position: str, listeners: int, events: int) -> None:
    """Open streams, say so, and read until each has heard every event."""
    ready = asyncio.Semaphore(0)

    async def follow() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        line = f"GET /api/v1/live?rooms={room}&after={position} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
        writer.write(line.encode())
        await reader.readuntil(b"retry: 1000")
        ready.release()
        heard = 0
        while heard < events:
            heard += (await reader.readuntil(b"\n\n")).count(b'"seq":')
        assert heard == events
        writer.close()

    tasks = [asyncio.create_task(follow()) for _ in range(listeners)]
    for _ in range(listeners):
        await ready.acquire()
    await asyncio.sleep(0.5)
    print("ready", flush=True)
    await asyncio.gather(*tasks)


if __name__ == "__main__":
    if "--read" in sys.argv:
        _, _, port, room, position, listeners, events = sys.argv
        asyncio.run(read(int(port), room, position, int(listeners), int(events)))
    else:
        options = argparse.ArgumentParser(description="Measure what one delivery costs the server.")
        options.add_argument("--listeners", type=int, default=300)
        options.add_argument("--events", type=int, default=20)
        options.add_argument("--rounds", type=int, default=5)
        chosen = options.parse_args()
        asyncio.run(main(chosen.listeners, chosen.events, chosen.rounds))
