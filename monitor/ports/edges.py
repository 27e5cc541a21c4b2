"""The edges to the world: time, web, parsers, pages, channels."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from monitor.model import (
    ChannelKind,
    Delivery,
    Fetched,
    FetchOutcome,
    FetchRequest,
    FullText,
    ParseOutcome,
    SendOutcome,
)


class Clock(Protocol):
    """Time as an argument."""

    def now(self) -> datetime:
        """Return the wall clock's time, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never go back; only differences mean anything."""


class Fetcher(Protocol):
    """One way to fetch, used by everything."""

    async def fetch(self, request: FetchRequest) -> FetchOutcome:
        """Get one document. Never raises for what the network or the server did."""

    async def aclose(self) -> None:
        """Close all connections."""


class Parser(Protocol):
    """A document's bytes to entries, outside this process and within a time and memory limit."""

    async def parse(self, document: Fetched) -> ParseOutcome:
        """Parse one document. Never raises for what the document holds."""

    async def aclose(self) -> None:
        """End the child processes."""


class Pages(Protocol):
    """Articles' own pages, for feeds that carry only summaries."""

    async def read(self, url: str) -> FullText:
        """Find the text of the article at an address. Never raises for what a site does."""


class Channel(Protocol):
    """A way to a recipient."""

    kind: ChannelKind

    def send(self, delivery: Delivery) -> SendOutcome:
        """Hand `delivery.payload` over.

        Blocks; is called from worker threads; never raises for what the other side did.
        """
