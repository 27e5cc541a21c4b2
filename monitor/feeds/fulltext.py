"""Owns fetching an article's own page for its text, for feeds that ask for it (`full_text: true`).

The page comes through the same fetcher as feeds do, with its guard and limits; robots.txt is honoured; and all of it
together has a time after which the entry goes on with the text it has: an alert is never held up for longer.
"""

from __future__ import annotations

import asyncio
import html
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from monitor.feeds.children import ChildLostError, Children, ChildTimeoutError, module_command
from monitor.feeds.robots import LONGEST_ROBOTS, Robots, robots_address
from monitor.feeds.wire import encode_request
from monitor.model import Entry, Fetched, FetchFailed, FetchRequest, FullText
from monitor.ports import Fetcher

_ROBOTS_KEPT = timedelta(hours=24)
"""RFC 9309 section 2.4: a robots.txt should not be used for longer."""
_MOST_SITES = 1000


class PageReader:
    """Read articles' pages. Belongs to one event loop."""

    def __init__(
        self,
        fetcher: Fetcher,
        *,
        agent: str = "news-monitor",
        patience: timedelta = timedelta(seconds=20),
        workers: int = 1,
        cpu_seconds: float = 10.0,
        memory_bytes: int = 512 * 1024 * 1024,
        command: Sequence[str] = module_command("monitor.feeds.extract"),
    ) -> None:
        """Remember the limits.

        Args:
            fetcher: the one way to fetch; it stays its owner's to close.
            agent: the product token that robots.txt files are asked about.
            patience: for robots.txt, page and extraction together.
            workers: pages read at the same time.
            cpu_seconds: of processor time for the extraction of one page.
            memory_bytes: of address space for one child.
            command: what starts a child; the limits are added to it.
        """
        self._fetcher, self._agent, self._patience = fetcher, agent, patience
        self._children = Children(command, workers=workers, cpu_seconds=cpu_seconds, memory_bytes=memory_bytes)
        self._robots: dict[str, tuple[float, Robots | None]] = {}

    async def read(self, url: str) -> FullText:
        """Find the text of the article at an address. Never raises for what a site does."""
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                return await self._read(url)
        except TimeoutError:
            return FullText("", f"its page took longer than {self._patience.total_seconds():g} s")

    async def aclose(self) -> None:
        """End the child processes."""
        await self._children.aclose()

    async def _read(self, url: str) -> FullText:
        robots = await self._robots_of(url)
        if robots is None:
            return FullText("", "the site's robots.txt cannot be read, so its pages are left alone")
        if not robots.allows(url):
            return FullText("", "the site's robots.txt does not allow its page to be fetched")
        page = await self._fetcher.fetch(FetchRequest(url))
        if not isinstance(page, Fetched):
            return FullText("", page.detail if isinstance(page, FetchFailed) else "its page did not come")
        try:
            answer = json.loads(await self._children.ask(encode_request(page.headers, page.url), page.body))
            return FullText(str(answer["text"]), str(answer["because"]))
        except (ChildTimeoutError, ChildLostError) as error:
            return FullText("", f"its page could not be read: {error}")
        except (ValueError, KeyError, TypeError):
            return FullText("", "its page could not be read")

    async def _robots_of(self, url: str) -> Robots | None:
        """Return what a site allows; None while its server fails, which forbids all (RFC 9309 section 2.3.1.4)."""
        address = robots_address(url)
        known = self._robots.get(address)
        now = time.monotonic()
        if known is not None and now - known[0] < _ROBOTS_KEPT.total_seconds():
            return known[1]
        found = await self._fetcher.fetch(FetchRequest(address))
        robots: Robots | None = None
        if isinstance(found, Fetched):
            robots = Robots(found.body[:LONGEST_ROBOTS].decode("utf-8", "replace"), self._agent)
        elif isinstance(found, FetchFailed) and found.status is not None and 400 <= found.status < 500:
            robots = Robots("", self._agent)
        if robots is not None:  # a failure is asked about again with the next page
            if len(self._robots) >= _MOST_SITES:
                self._robots.pop(next(iter(self._robots)))
            self._robots[address] = (now, robots)
        return robots


def with_full_text(entry: Entry, found: FullText) -> Entry:
    """Return an entry with the text of its page where that is longer than what the feed gave."""
    markup = "".join(f"<p>{html.escape(part, quote=False)}</p>" for part in found.text.split("\n\n") if part.strip())
    return replace(entry, html=markup) if len(markup) > len(entry.html) else entry
