"""One gate for all calls to one (provider, account, model), so that a swarm of rooms does not knock an endpoint over.

A gate lets so many calls in at one time. It starts small and grows by one for each good answer until the first 429;
from then on by about one for each full round of answers. A burst of 429s is one episode and takes a fifth away,
once. A Retry-After is one pause for everybody. Who waits is let in in the order of coming. The gate knows neither
HTTP nor rooms; its clock and its sleep are given to it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from hashlib import sha256
from typing import TypeAlias

from msgspec import Struct

from antiphon.room.events import GateChanged

__all__ = ["Gate", "GateKey", "Gates", "Notice", "Rates", "Ticket", "account_of"]

_MINUTE = 60.0

_EDGE = 1e-6
"""Seconds added to a wait, so that it ends on the far side of the moment it waits for."""


class GateKey(Struct, frozen=True):
    """Names a gate: who is asked, on whose account (never the key itself), for which model."""

    provider: str
    account: str
    model: str

    def stream(self) -> str:
        """Name the gate's own stream of events."""
        return f"gate:{self.provider}:{self.account or '-'}:{self.model}"


Notice: TypeAlias = Callable[[GateKey, GateChanged], None]
"""Is told every change of a gate's limit, and every pause."""


def account_of(key: str) -> str:
    """Give a short name for the account behind a key; the key cannot be read from it, and no key gives ""."""
    return sha256(key.encode()).hexdigest()[:12] if key else ""


class Rates(Struct, frozen=True, kw_only=True):
    """Bounds a gate.

    Attributes:
        in_flight: calls at one time to begin with.
        most: calls at one time that the limit never passes.
        requests: calls in any 60 seconds; None = unlimited.
        tokens: tokens in any 60 seconds, as estimated before each call; None = unlimited.
    """

    in_flight: int = 4
    most: int = 256
    requests: int | None = None
    tokens: int | None = None


class Ticket(Struct, frozen=True):
    """Is the right to make one call; it goes back through `Gate.leave`."""

    episode: int
    at: float
    tokens: int


class _Waiter:
    """Stands in the queue until its turn."""

    __slots__ = ("called",)

    def __init__(self) -> None:
        self.called = asyncio.Event()


class Gate:
    """Holds back calls beyond what an endpoint bears.

    Attributes:
        limit: calls at one time, as a float; its whole part counts.
        in_flight: calls let in and not yet back.
    """

    def __init__(
        self,
        rates: Rates,
        *,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        notice: Callable[[GateChanged], None] = lambda _: None,
    ) -> None:
        """Open a gate.

        Args:
            rates: its bounds.
            now: seconds on a clock that never goes back.
            sleep: waits so many of those seconds.
            notice: is told every change.
        """
        self.limit = float(rates.in_flight)
        self.in_flight = 0
        self._rates, self._now, self._sleep, self._notice = rates, now, sleep, notice
        self._queue: deque[_Waiter] = deque()
        self._recent: deque[Ticket] = deque()
        self._recent_tokens = 0
        self._paused_until = 0.0
        self._episode = 0
        self._slow_start = True

    async def enter(self, tokens: int = 0) -> Ticket:
        """Wait for a place, first come first served, and take it.

        Args:
            tokens: what the call will cost, input and output, as estimated.
        """
        if not self._queue and self._wait(tokens) == 0:
            return self._admit(tokens)
        waiter = _Waiter()
        self._queue.append(waiter)
        try:
            while (wait := self._turn(waiter, tokens)) != 0:
                if wait is None:
                    waiter.called.clear()
                    await waiter.called.wait()
                else:
                    await self._sleep(wait + _EDGE)
            return self._admit(tokens)
        finally:
            with suppress(ValueError):
                self._queue.remove(waiter)
            self._call_first()

    def leave(self, ticket: Ticket, *, answered: bool = False) -> None:
        """Give a place back.

        Args:
            ticket: from `enter`.
            answered: the endpoint gave a good answer, so that the limit may grow.
        """
        full = bool(self._queue) or self.in_flight >= int(self.limit)
        self.in_flight -= 1
        if answered and full and ticket.episode == self._episode:
            self._move(self.limit + (1.0 if self._slow_start else 1.0 / self.limit), "answered")
        self._call_first()

    def throttled(self, ticket: Ticket, pause: float) -> None:
        """Take note of a 429; the limit falls once an episode, and everybody waits `pause` seconds.

        A call that was let in before the last fall belongs to that same episode.
        """
        until = self._now() + pause
        longer = until > self._paused_until + _EDGE
        self._paused_until = max(self._paused_until, until)
        if ticket.episode == self._episode:
            self._episode += 1
            self._slow_start = False
            self._move(self.limit * 0.8, "rate_limited", pause)
        elif longer and pause > 0:
            self._notice(GateChanged(limit_before=self.limit, limit_after=self.limit, why="pause", pause=pause))

    @property
    def waiting(self) -> int:
        """Count those who wait."""
        return len(self._queue)

    def _turn(self, waiter: _Waiter, tokens: int) -> float | None:
        """Give 0 when this waiter may go, seconds when it can only be later, None when somebody must leave first."""
        return self._wait(tokens) if self._queue[0] is waiter else None

    def _wait(self, tokens: int) -> float | None:
        if self.in_flight >= int(self.limit):
            return None
        now = self._now()
        return max(self._paused_until - now, self._rate_wait(now, tokens), 0.0)

    def _rate_wait(self, now: float, tokens: int) -> float:
        """Give the seconds until one more call would pass neither bound of a minute."""
        requests, most = self._rates.requests, self._rates.tokens
        if requests is None and most is None:
            return 0.0
        recent = self._recent
        while recent and recent[0].at <= now - _MINUTE:
            self._recent_tokens -= recent.popleft().tokens
        wait = 0.0
        if requests is not None and len(recent) >= requests:
            wait = recent[len(recent) - requests].at + _MINUTE - now
        if most is not None:
            wait = max(wait, self._token_wait(now, most - tokens))
        return wait

    def _token_wait(self, now: float, room: int) -> float:
        """Give the seconds until at most `room` tokens are left in the minute; a call too big alone goes alone."""
        left = self._recent_tokens
        wait = 0.0
        for ticket in self._recent:
            if left <= room:
                break
            left -= ticket.tokens
            wait = ticket.at + _MINUTE - now
        return wait

    def _admit(self, tokens: int) -> Ticket:
        self.in_flight += 1
        ticket = Ticket(self._episode, self._now(), tokens)
        if self._rates.requests is not None or self._rates.tokens is not None:
            self._recent.append(ticket)
            self._recent_tokens += tokens
        return ticket

    def _move(self, limit: float, why: str, pause: float = 0.0) -> None:
        before, self.limit = self.limit, min(max(limit, 1.0), float(self._rates.most))
        if int(before) != int(self.limit) or pause > 0 or why == "rate_limited":
            self._notice(GateChanged(limit_before=before, limit_after=self.limit, why=why, pause=pause))

    def _call_first(self) -> None:
        if self._queue:
            self._queue[0].called.set()


class Gates:
    """Holds every gate of a process; the same key is always the same gate."""

    def __init__(
        self,
        *,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        notice: Notice = lambda _key, _change: None,
        rates: Callable[[GateKey], Rates] = lambda _key: Rates(),
    ) -> None:
        """Begin without a gate.

        Args:
            now: seconds on a clock that never goes back.
            sleep: waits so many of those seconds.
            notice: is told every change of every gate.
            rates: gives the bounds of a new gate.
        """
        self._now, self._sleep, self._notice, self._rates = now, sleep, notice, rates
        self._gates: dict[GateKey, Gate] = {}

    def gate(self, key: GateKey) -> Gate:
        """Give the gate of this key, opened on first use."""
        if (found := self._gates.get(key)) is None:
            found = Gate(
                self._rates(key),
                now=self._now,
                sleep=self._sleep,
                notice=lambda change: self._notice(key, change),
            )
            self._gates[key] = found
        return found
