"""Owns politeness: how many exchanges run with one host, how far their starts are apart, and who wants none for now.

It knows no HTTP.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_REMEMBERED = 2000
"""Hosts above which those nobody waits for are forgotten."""
LONGEST_CLOSED_SECONDS = 1800.0
"""A host that asks for more is tried again after this, by one feed: it may have meant only the feed that it told."""
_SHORT_SECONDS = 10.0
"""A host that is closed for no longer is waited for."""


@dataclass(slots=True)
class _Host:
    places: asyncio.Semaphore
    next_start: float = 0.0
    closed_until: float = 0.0
    told: set[str] = field(default_factory=set)
    """Who heard from the host itself that it is closed, and keeps to what it said."""
    users: int = 0


class HostTurns:
    """Give out turns with hosts. Belongs to one event loop."""

    def __init__(
        self,
        *,
        per_host: int,
        distance_seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Remember the limits.

        Args:
            per_host: Exchanges at once with a host.
            distance_seconds: What lies between the starts of two.
            monotonic: Seconds on a clock that never goes back.
            sleep: Waits for so many seconds of that clock.
        """
        self._per_host, self._distance = per_host, distance_seconds
        self._monotonic, self._sleep = monotonic, sleep
        self._hosts: dict[str, _Host] = {}
        self._forget_above = _REMEMBERED

    def __len__(self) -> int:
        """Return how many hosts are remembered."""
        return len(self._hosts)

    @asynccontextmanager
    async def turn(self, host: str, *, polite: bool, who: str = "") -> AsyncIterator[float]:
        """Wait for a turn with a host and hold it for the block.

        Args:
            host: Whose turn it is.
            polite: Without it, starts need no distance.
            who: Wants the turn, such as a feed's address.

        Yields:
            For how many more seconds the host wants to be left alone by `who`; zero when it may be asked. One that is
            closed for a few seconds only is waited for.
        """
        entry = self._hosts.setdefault(host, _Host(asyncio.Semaphore(self._per_host)))
        entry.users += 1
        try:
            async with entry.places:
                wait = self._wait(entry, polite=polite, who=who)
                if wait > 0:
                    await self._sleep(wait)
                yield self._closed_for(entry, who)
        finally:
            entry.users -= 1
            if len(self._hosts) > self._forget_above:
                self._forget_idle()

    def close(self, host: str, seconds: float, *, told: str) -> None:
        """Leave a host alone, as it asked, for at most `LONGEST_CLOSED_SECONDS`.

        It holds for all but the one it told, who knows for how long it was meant and comes back after that.
        """
        entry = self._hosts.setdefault(host, _Host(asyncio.Semaphore(self._per_host)))
        now = self._monotonic()
        if entry.closed_until <= now:
            entry.told.clear()
        entry.told.add(told)
        entry.closed_until = max(entry.closed_until, now + min(seconds, LONGEST_CLOSED_SECONDS))

    def _closed_for(self, entry: _Host, who: str) -> float:
        return 0.0 if who in entry.told else max(0.0, entry.closed_until - self._monotonic())

    def _wait(self, entry: _Host, *, polite: bool, who: str) -> float:
        """Say how long a turn waits, and keep the distance to it free; not at all where the host will not be asked."""
        closed_for = self._closed_for(entry, who)
        if closed_for > _SHORT_SECONDS:
            return 0.0
        now = self._monotonic()
        start = max(now + closed_for, entry.next_start if polite else now)
        if polite:
            entry.next_start = start + self._distance
        return start - now

    def _forget_idle(self) -> None:
        now = self._monotonic()
        for host, entry in [*self._hosts.items()]:
            if not entry.users and max(entry.next_start, entry.closed_until) <= now:
                del self._hosts[host]
        # Twice as many before the next look: with ten thousand hosts in turn, a look each time took most of a poll.
        self._forget_above = max(_REMEMBERED, 2 * len(self._hosts))
