"""Owns politeness: how many exchanges run with one host, and how far their starts are apart. It knows no HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

_REMEMBERED = 2000
"""Hosts above which those nobody waits for are forgotten."""


@dataclass(slots=True)
class _Host:
    places: asyncio.Semaphore
    next_start: float = 0.0
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
    async def turn(self, host: str, *, polite: bool) -> AsyncIterator[None]:
        """Wait for a turn with a host and hold it for the block; without `polite` starts need no distance."""
        entry = self._hosts.setdefault(host, _Host(asyncio.Semaphore(self._per_host)))
        entry.users += 1
        try:
            async with entry.places:
                if polite:
                    now = self._monotonic()
                    start = max(now, entry.next_start)
                    entry.next_start = start + self._distance
                    await self._sleep(start - now)
                yield
        finally:
            entry.users -= 1
            if len(self._hosts) > _REMEMBERED:
                self._forget_idle()

    def _forget_idle(self) -> None:
        now = self._monotonic()
        for host in [host for host, entry in self._hosts.items() if not entry.users and entry.next_start <= now]:
            del self._hosts[host]
