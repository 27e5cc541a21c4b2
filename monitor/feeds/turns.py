"""Owns politeness: how many exchanges run with one host, how far their starts are apart, and who wants none for now.

It knows no HTTP.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

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

    def __len__(self) -> int:
        """Return how many hosts are remembered."""
        return len(self._hosts)

    @asynccontextmanager
    async def turn(self, host: str, *, polite: bool) -> AsyncIterator[float]:
        """Wait for a turn with a host and hold it for the block; without `polite` starts need no distance.

        A host that is closed for a few seconds only is waited for.

        Yields:
            For how many more seconds the host wants to be left alone; zero when it may be asked.
        """
        entry = self._hosts.setdefault(host, _Host(asyncio.Semaphore(self._per_host)))
        entry.users += 1
        try:
            async with entry.places:
                now = self._monotonic()
                start = self._start_after(now, entry, polite=polite)
                if start > now:
                    await self._sleep(start - now)
                yield max(0.0, entry.closed_until - self._monotonic())
        finally:
            entry.users -= 1
            if len(self._hosts) > _REMEMBERED:
                self._forget_idle()

    def close(self, host: str, seconds: float) -> None:
        """Leave a host alone, as it asked, for all who want a turn from now on; at most `LONGEST_CLOSED_SECONDS`."""
        entry = self._hosts.setdefault(host, _Host(asyncio.Semaphore(self._per_host)))
        entry.closed_until = max(entry.closed_until, self._monotonic() + min(seconds, LONGEST_CLOSED_SECONDS))

    def _start_after(self, now: float, entry: _Host, *, polite: bool) -> float:
        """Say when a turn begins, and keep the distance to it free; at once where the host will not be asked."""
        if entry.closed_until > now + _SHORT_SECONDS:
            return now
        start = max(now, entry.closed_until, entry.next_start if polite else now)
        if polite:
            entry.next_start = start + self._distance
        return start

    def _forget_idle(self) -> None:
        now = self._monotonic()
        for host, entry in [*self._hosts.items()]:
            if not entry.users and max(entry.next_start, entry.closed_until) <= now:
                del self._hosts[host]
