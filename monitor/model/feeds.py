"""Feeds, what a fetch and a parse came to, and what is known between two polls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Feed:
    """An address that is polled, as a rule file describes it."""

    id: str
    url: str
    name: str
    language: str | None = None
    tags: tuple[str, ...] = ()
    every: timedelta | None = None
    """The period the operator wants; None leaves it to the setting."""
    full_text: bool = False
    baseline_newest: int = 0
    """How many of the newest entries of the first poll are news and not baseline."""


@dataclass(frozen=True, slots=True)
class FeedState:
    """What the monitor knows about a feed between two polls."""

    feed_id: str
    url: str
    etag: str | None = None
    """Byte for byte as the server sent it (decoded as Latin-1), given back in If-None-Match."""
    last_modified: str | None = None
    body_sha256: str | None = None
    """Of the last body that was parsed completely: an equal body is not parsed again."""
    baseline_at: datetime | None = None
    """When its baseline ended: at the first good poll, or the second where the first document was cut; None before."""
    next_poll_at: datetime | None = None
    next_poll_because: str = ""
    last_polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    last_outcome: str = ""
    """One word for the last poll: see `PollOutcome`."""
    last_detail: str = ""
    failures: int = 0
    """Failed polls in a row."""
    paused: bool = False
    memory: str = ""
    """What `feeds.memory` remembers beside this, as a text that only it reads."""


@dataclass(frozen=True, slots=True)
class Surge:
    """A poll in which a feed looked new all at once: what it brought then is held until a person decides."""

    feed_id: str
    at: datetime
    """The poll."""
    because: str
    ended_at: datetime | None = None
    """None while nobody has decided."""
    told: bool = False
    """How it ended: desks were told of what was held; False: it was dropped, or has not ended."""


@dataclass(frozen=True, slots=True)
class PollTimes:
    """Of `FeedState` what says whether a feed is due, which is asked every second of all feeds."""

    url: str
    next_poll_at: datetime | None
    last_polled_at: datetime | None
    paused: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which entries of a feed may have come and gone unseen: nothing in its document was known."""

    feed_id: str
    since: datetime
    """The last good poll before."""
    until: datetime
    """The poll that saw it."""
    entries: int
    """In the document then, all of them new."""


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What the fetcher is asked for. Validators are sent as they were received."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A 200 with a body, decompressed and within the limit."""

    url: str
    """The address that answered, after redirects."""
    body: bytes
    headers: Mapping[str, str]
    """Names in lower case."""
    seconds: float
    redirects: tuple[tuple[int, str], ...] = ()
    """(status, address it pointed to) for each redirect that was followed."""


@dataclass(frozen=True, slots=True)
class NotModified:
    """A 304: nothing changed since the validators were given."""

    url: str
    headers: Mapping[str, str]
    seconds: float


class FetchFault(StrEnum):
    """Why a fetch failed, in one word; `FetchFailed.detail` says it in plain words."""

    UNREACHABLE = "unreachable"  # no route, refused, reset
    DNS = "dns"  # the name does not resolve
    TIMEOUT = "timeout"
    TLS = "tls"
    HTTP = "http"  # an answer that is neither 200 nor 304
    BLOCKED = "blocked"  # the address guard refused it
    TOO_LARGE = "too_large"
    REDIRECTS = "redirects"  # too many, or in a circle
    PROTOCOL = "protocol"  # not HTTP, cut body, broken compression
    HELD = "held"  # not asked: its host wants to be left alone, as another of its addresses said


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """A fetch that gave no document: an expected outcome, not an exception."""

    url: str
    fault: FetchFault
    detail: str
    """A sentence for the operator, without secrets of the address."""
    seconds: float
    status: int | None = None
    retry_after: timedelta | None = None


FetchOutcome = Fetched | NotModified | FetchFailed


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as the feed gave it, unjudged. Text is as published: markup in `html`, none in `title`."""

    id: str | None
    """The id the publisher gave (guid, atom:id, JSON Feed id), or None."""
    url: str | None
    """Absolute http(s) address, or None; never another scheme."""
    title: str
    html: str
    """The longest text the entry carries (content before summary); "" where there is none."""
    published: datetime | None = None
    """The publisher's claim. Nothing is dropped or ordered by it."""
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedHints:
    """What a document says of its own rhythm; these may only widen the period."""

    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    """Hours of the day in UTC, 0 to 23."""
    update_period: timedelta | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A document that was understood."""

    format: str
    """Such as "rss20", "atom10", "rdf", "json-feed", "news-sitemap", "newsml-g2"."""
    title: str
    language: str | None
    entries: tuple[Entry, ...]
    complete: bool = True
    """False when the document was cut: its validators must not be kept, its last entry was left out."""
    problems: tuple[str, ...] = ()
    """What was wrong and mended, in plain words."""
    hints: FeedHints = field(default_factory=FeedHints)


class ParseFault(StrEnum):
    """Why a document gave no feed."""

    EMPTY = "empty"
    HTML = "html"  # a web page instead of a feed
    NOT_A_FEED = "not_a_feed"
    MALFORMED = "malformed"
    TIMEOUT = "timeout"  # the parser did not end in its time
    MEMORY = "memory"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class ParseFailed:
    """A document that gave no entries: an expected outcome, not an exception."""

    fault: ParseFault
    detail: str
    """A sentence for the operator: what came instead, and where the feed may be."""


ParseOutcome = ParsedFeed | ParseFailed


@dataclass(frozen=True, slots=True)
class FullText:
    """What an article's page gave."""

    text: str
    """Paragraphs parted by an empty line; "" when there is none."""
    because: str
    """Why there is none; "" when there is."""


class PollOutcome(StrEnum):
    """What one poll of one feed came to, in one word (table, log field, metric label)."""

    NEW = "new"  # parsed, with articles not seen before
    BASELINE = "baseline"  # the first good poll, and a second where the first document was cut
    UNCHANGED = "unchanged"  # parsed, nothing new
    SAME_BODY = "same-body"  # the same bytes as last time, not parsed
    NOT_MODIFIED = "not-modified"  # 304
    FETCH_FAILED = "fetch-failed"
    PARSE_FAILED = "parse-failed"

    @property
    def is_good(self) -> bool:
        """Say whether the publisher was heard: everything but a failure."""
        return self not in (PollOutcome.FETCH_FAILED, PollOutcome.PARSE_FAILED)


@dataclass(frozen=True, slots=True)
class NextPoll:
    """When a feed is polled next, and why then."""

    at: datetime
    because: str


@dataclass(frozen=True, slots=True)
class PollReport:
    """What one poll of one feed did; printed, logged and kept in the history of polls."""

    feed_id: str
    at: datetime
    outcome: PollOutcome
    status: str
    """For people: "200", "304", "404", "dns", "html" …"""
    detail: str
    entries: int
    new: int
    matched: int
    alerts: int
    seconds: float
    next_poll: NextPoll
