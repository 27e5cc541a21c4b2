"""Fakes of the edges: each keeps the same contract as the real part (`tests/contracts`), and reads like the domain."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from monitor.feeds.document import parse_document
from monitor.feeds.headers import retry_after
from monitor.model import (
    Accepted,
    Ambiguous,
    ChannelKind,
    Delivery,
    Fetched,
    FetchFailed,
    FetchFault,
    FetchOutcome,
    FetchRequest,
    NotModified,
    ParseOutcome,
    SendOutcome,
)


@dataclass
class FakeFetcher:
    """A web without a network: what stands at each address, and every request that was made."""

    requests: list[FetchRequest] = field(default_factory=list)
    _documents: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    _failures: dict[str, FetchFailed] = field(default_factory=dict)
    _redirects: dict[str, tuple[int, str]] = field(default_factory=dict)

    def serves(self, url: str, body: bytes, **headers: str) -> None:
        """Put a document at an address; `_` in a header name is a dash. `etag` makes it conditional."""
        self._forget(url)
        self._documents[url] = (body, {name.replace("_", "-").lower(): value for name, value in headers.items()})

    def fails(self, url: str, fault: FetchFault, *, status: int | None = None, **headers: str) -> None:
        """Let an address fail."""
        self._forget(url)
        plain = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        wait = retry_after(plain, now=datetime(2026, 11, 20, tzinfo=UTC))
        self._failures[url] = FetchFailed(url, fault, f"{fault} at the fake", 0.0, status=status, retry_after=wait)

    def moves(self, url: str, target: str, status: int = 301) -> None:
        """Let an address redirect."""
        self._forget(url)
        self._redirects[url] = (status, target)

    async def fetch(self, request: FetchRequest) -> FetchOutcome:
        self.requests.append(request)
        url, followed = request.url, list[tuple[int, str]]()
        while url in self._redirects:
            status, url = self._redirects[url]
            followed.append((status, url))
            if len(followed) > 5:
                return FetchFailed(request.url, FetchFault.REDIRECTS, "redirected in a circle", 0.0, status=status)
        if url in self._failures:
            return self._failures[url]
        if url not in self._documents:
            return FetchFailed(url, FetchFault.UNREACHABLE, "nothing stands at this address", 0.0)
        body, headers = self._documents[url]
        if request.etag is not None and request.etag == headers.get("etag"):
            return NotModified(url, headers, 0.0)
        return Fetched(url, body, headers, 0.0, tuple(followed))

    async def aclose(self) -> None:
        self._documents.clear()

    def _forget(self, url: str) -> None:
        for known in (self._documents, self._failures, self._redirects):
            known.pop(url, None)


@dataclass
class InProcessParser:
    """The real readers without a child process: for tests whose documents are not hostile."""

    parsed: list[Fetched] = field(default_factory=list)

    async def parse(self, document: Fetched) -> ParseOutcome:
        self.parsed.append(document)
        return parse_document(document.body, document.headers, document.url)

    async def aclose(self) -> None:
        pass


@dataclass
class RecordingChannel:
    """A way to a recipient that writes down what it was given; it accepts, unless outcomes were planned for it."""

    kind: ChannelKind = ChannelKind.EMAIL
    outcomes: list[SendOutcome] = field(default_factory=list)
    """Given back one after the other, first to last; then everything is accepted."""
    arrived: list[Delivery] = field(default_factory=list)
    """What the other side has, told or not: an ambiguous one is among them."""
    attempts: list[Delivery] = field(default_factory=list)

    def send(self, delivery: Delivery) -> SendOutcome:
        self.attempts.append(delivery)
        outcome = self.outcomes.pop(0) if self.outcomes else Accepted(f"recorded as {len(self.attempts)}")
        if isinstance(outcome, Accepted | Ambiguous):
            self.arrived.append(delivery)
        return outcome
