"""The heartbeat that somebody outside listens to: an address that is fetched while all goes well.

What watches from outside notices a machine that is off, which nothing on the machine can tell. It is asked for by the
same fetcher as feeds, guard and allow-list included. That it fails is only logged: whoever listens will say so.
"""

from __future__ import annotations

from datetime import timedelta

from monitor.model import FetchFailed, FetchRequest
from monitor.ports import Clock, Fetcher
from monitor.telemetry import logger

AT_MOST_EVERY = timedelta(minutes=1)


class OutsideHeartbeat:
    """Fetches one address after complete cycles: feeds asked, digests made, deliveries tried."""

    def __init__(self, fetcher: Fetcher, url: str, clock: Clock) -> None:
        self._fetcher, self._url, self._clock = fetcher, url, clock
        self._log = logger()
        self._due_at = float("-inf")
        self._has_polled = False

    def polls_done(self) -> None:
        """Note that all feeds that were due have been polled."""
        self._has_polled = True

    async def cycle_done(self) -> bool:
        """Say to the outside that a cycle ended, at most once a minute and never without polls since the last time.

        Returns:
            Whether it was said, heard or not.
        """
        elapsed = self._clock.monotonic()
        if not self._has_polled or elapsed < self._due_at:
            return False
        self._due_at, self._has_polled = elapsed + AT_MOST_EVERY.total_seconds(), False
        answer = await self._fetcher.fetch(FetchRequest(self._url))
        if isinstance(answer, FetchFailed) and not 200 <= (answer.status or 0) < 300:
            self._log.warning("heartbeat.unheard", fault=answer.fault.value, detail=answer.detail)
        return True
