"""Serve the sample day's feeds on loopback, each as of the play's clock: validators, 304, compression and bad hours.

It owns the answers to HTTP requests and a count of them; what a document holds is `documents`, when is `script`.
"""

from __future__ import annotations

import gzip
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from types import TracebackType
from typing import Self

from monitor.demo.documents import CONTENT_TYPES, document
from monitor.demo.loopback import LoopbackServer, Reply, Request
from monitor.demo.script import Day, SampleFeed

_PAGE = """<!doctype html><html lang="en"><head><title>{name}: we will be right back</title>
<link rel="alternate" type="application/rss+xml" href="{path}"></head>
<body><h1>Scheduled maintenance</h1><p>{name} is being moved to a new home and returns in a few minutes.</p></body>
</html>
"""


class Site:
    """Keep the outlets of a day reachable for the length of a `with` block.

    Args:
        day: The script.
        now: Gives the wall clock's time; the player hands in its fast clock.
        port: 0 for any free one.
    """

    def __init__(self, day: Day, *, now: Callable[[], datetime], port: int = 0) -> None:
        self._feeds = {self.path(feed.id): feed for feed in day.feeds}
        self._now = now
        self._lock = threading.Lock()
        self._server = LoopbackServer(self._answer, port=port)
        self.statuses: Counter[int] = Counter()
        """Answers given, by HTTP status."""

    @staticmethod
    def path(feed_id: str) -> str:
        """Return where a feed stands on the site."""
        return f"/{feed_id}/feed"

    def url(self, feed_id: str) -> str:
        """Return a feed's address."""
        return f"http://{self.host_and_port}{self.path(feed_id)}"

    @property
    def host_and_port(self) -> str:
        """Return "127.0.0.1:PORT", for the address guard's allow-list."""
        return self._server.host_and_port

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.__exit__(kind, error, trace)

    def _answer(self, request: Request) -> Reply:
        feed = self._feeds.get(request.path)
        reply = Reply(status=404, body=b"no such feed") if feed is None else answer(feed, request, self._now())
        with self._lock:
            self.statuses[reply.status] += 1
        return reply


def answer(feed: SampleFeed, request: Request, now: datetime) -> Reply:
    """Return what an outlet's server says to a request at a time."""
    fault = feed.fault(now)
    if fault is not None and fault.kind == "status":
        return Reply(status=fault.status, headers={"Content-Type": "text/plain"}, body=b"the database went away")
    if fault is not None and fault.kind == "html":
        page = _PAGE.format(name=feed.name, path=Site.path(feed.id))
        return Reply(headers={"Content-Type": "text/html; charset=utf-8"}, body=page.encode())
    if fault is not None and fault.kind == "empty":
        return Reply(headers={"Content-Type": CONTENT_TYPES[feed.format]})
    body = document(feed, now)
    if fault is not None and fault.kind == "cut":
        # The publisher's own export stopped half way: a whole HTTP answer with half a document.
        return Reply(headers={"Content-Type": CONTENT_TYPES[feed.format]}, body=body[: len(body) * 3 // 5])
    headers = {"Content-Type": CONTENT_TYPES[feed.format], **_validators(feed, body, now)}
    if _is_known(request, headers):
        return Reply(status=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Reply(headers={**headers, "Content-Encoding": "gzip"}, body=gzip.compress(body, 1, mtime=0))
    return Reply(headers=headers, body=body)


def _validators(feed: SampleFeed, body: bytes, now: datetime) -> dict[str, str]:
    digest = sha256(body).hexdigest()[:16]
    newest = max((version.at for _, version in feed.standing(now)), default=now)
    modified = format_datetime(newest.astimezone(UTC), usegmt=True)
    return {
        "etag": {"ETag": f'"{digest}"', "Last-Modified": modified},
        "last-modified": {"Last-Modified": modified},
        # Weak, and with characters beyond ASCII: RFC 9110 section 8.8.3 allows obs-text, and servers do send it.
        "odd-etag": {"ETag": f'W/"ş-{digest}"'.encode().decode("latin-1")},
        "none": {},
    }[feed.validators]


def _is_known(request: Request, headers: dict[str, str]) -> bool:
    """Say whether the client holds this document already (RFC 9110 section 13.1.2: If-None-Match comes first)."""
    wanted = request.headers.get("if-none-match")
    if wanted is not None:
        return "ETag" in headers and headers["ETag"] in (tag.strip() for tag in wanted.split(","))
    since = request.headers.get("if-modified-since")
    return since is not None and since == headers.get("Last-Modified")
