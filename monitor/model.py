"""The nouns of the monitor (glossary in DESIGN.md), frozen, without behaviour beyond what they are.

This module imports nothing of the project. Every datetime is aware and in UTC; every span is half-open and counts
code points of the field it names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

# --- words shared by several nouns ------------------------------------------------------------------------------------


class Severity(StrEnum):
    """How much a match matters, in rising order."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """Return the place in the order, 0 for low to 3 for urgent."""
        return _SEVERITY_ORDER.index(self)


_SEVERITY_ORDER = tuple(Severity)


# --- feeds ------------------------------------------------------------------------------------------------------------


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
    """When the first good poll was committed; None until then."""
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
    """Such as "rss20", "atom10", "rdf", "json-feed", "news-sitemap"."""
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
    BASELINE = "baseline"  # the first good poll
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


# --- articles and stories ---------------------------------------------------------------------------------------------


class Zone(StrEnum):
    """What a stretch of the body is. Rules never match boilerplate."""

    LEAD = "lead"
    BODY = "body"
    QUOTE = "quote"
    BOILERPLATE = "boilerplate"


@dataclass(frozen=True, slots=True)
class ZoneSpan:
    """A stretch of the body [start, end) of one kind; together they cover the body in order."""

    zone: Zone
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """An entry that was identified."""

    id: int
    """0 until it is stored."""
    feed_id: str
    """The feed that had it first."""
    url: str | None
    title: str
    body: str
    """Plain text, paragraphs parted by an empty line; spans of field "body" count in it."""
    zones: tuple[ZoneSpan, ...]
    first_seen_at: datetime
    language: str | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    published_at: datetime | None = None
    story_id: int | None = None
    reprint_of: int | None = None
    is_baseline: bool = False


class KeyKind(StrEnum):
    """What kind of evidence says that two entries are one article, strongest first."""

    FEED_ID = "feed-id"  # feed and the publisher's id
    ADDRESS = "address"  # canonical address, across feeds
    TEXT = "text"  # title with text


@dataclass(frozen=True, slots=True)
class ArticleKey:
    """One piece of identity; `value` is canonical and compared exactly."""

    kind: KeyKind
    value: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """An article seen in a feed under an address."""

    article_id: int
    feed_id: str
    url: str | None
    entry_id: str | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Edit:
    """A known article whose title or text changed."""

    article_id: int
    at: datetime
    old_title: str
    new_title: str
    old_body: str
    new_body: str
    because: str
    """What kind of change it is, and how that was seen."""


@dataclass(frozen=True, slots=True)
class Story:
    """The articles about one event."""

    id: int
    """0 until it is stored."""
    lead_article_id: int
    title: str
    created_at: datetime
    outlets: int = 1
    """Feeds that carried a member."""


class DecisionKind(StrEnum):
    """What a person decided about stories."""

    MERGE = "merge"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class StoryDecision:
    """A merge or a split by a person: it is kept, and what is grouped later follows it."""

    id: int
    kind: DecisionKind
    story_id: int
    """The story that took the articles of another, or that lost some."""
    other_id: int
    """The story that is no more, or the one that the articles became."""
    article_ids: tuple[int, ...]
    """The articles that moved."""
    at: datetime
    because: str


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an article belongs, and why."""

    story_id: int | None
    """None: a story of its own."""
    reprint_of: int | None
    because: str


# --- rules ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a field of an article that shows why a rule holds."""

    field: str
    """"title", "body", "author" or "url"."""
    start: int
    end: int
    text: str
    """The text as published between start and end."""
    term: str
    """The term or alias as the rule file writes it."""
    actor: str | None = None
    """The actor whose alias `term` is."""


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that holds for an article."""

    rule_id: str
    rule_version: str
    title: str
    severity: Severity
    spans: tuple[Span, ...]
    desks: tuple[str, ...] = ()


# --- desks ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EmailChannel:
    """A desk's recipients by e-mail; each gets a message of their own."""

    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SlackChannel:
    """A desk's Slack channel, by name or id; with a webhook the name only labels it."""

    name: str


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """A program that a desk's digests are posted to, as signed JSON."""

    url: str


@dataclass(frozen=True, slots=True)
class AppriseChannel:
    """A service that Apprise knows, by the name its address has in the settings."""

    name: str


ChannelSpec = EmailChannel | SlackChannel | WebhookChannel | AppriseChannel


@dataclass(frozen=True, slots=True)
class Takes:
    """Which articles are a desk's business at all: every condition that is given must hold, of a list one entry."""

    languages: tuple[str, ...] = ()
    """BCP 47 tags; "pa" holds for "pa-Arab" too. An article whose language nobody knows is taken."""
    feeds: tuple[str, ...] = ()
    """Ids of feeds; the one that had the article first counts."""
    tags: tuple[str, ...] = ()
    """Of the article or its feed."""
    actors: tuple[str, ...] = ()
    """Of which a match shows one."""
    hours: tuple[time, time] | None = None
    """Local start and end, may cross midnight; when the article came counts."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who is told, where and when."""

    id: str
    name: str
    timezone: str = "UTC"
    """An IANA name."""
    digest_times: tuple[time, ...] = ()
    """Local times of day. Either these or `digest_every`."""
    digest_every: timedelta | None = None
    immediate: frozenset[Severity] = frozenset()
    """Severities that do not wait for a digest time."""
    quiet_hours: tuple[time, time] | None = None
    """Local start and end, may cross midnight; alerts are held, urgent passes."""
    channels: tuple[ChannelSpec, ...] = ()
    floor: Severity = Severity.LOW
    """Matches below it are not told to this desk."""
    weekdays: frozenset[int] = frozenset(range(7))
    """Local days on which `digest_times` hold, 0 for Monday to 6 for Sunday."""
    stories_per_day: int | None = None
    """How many stories a local day are shown in full; what comes after is listed by headline. None: no limit."""
    takes: Takes = field(default_factory=Takes)
    """By default every article of the rules that name the desk."""


class AlertKind(StrEnum):
    """Why a desk should hear of a story."""

    NEW = "new"
    DEVELOPED = "developed"


@dataclass(frozen=True, slots=True)
class Alert:
    """A story that a desk should hear of."""

    id: int
    """0 until it is stored."""
    desk_id: str
    story_id: int
    article_id: int
    """The article that raised it."""
    kind: AlertKind
    severity: Severity
    rule_ids: tuple[str, ...]
    because: str
    created_at: datetime
    digest_id: int | None = None
    """None while it waits."""


class WithheldKind(StrEnum):
    """Why a desk that a rule names is not told of an article; `Withheld.because` says it in plain words."""

    NO_DESK = "no-desk"  # the rule names none
    MISSING_DESK = "missing-desk"  # it names one that the rule files do not have
    BASELINE = "baseline"
    BELOW_FLOOR = "below-floor"
    NOT_TAKEN = "not-taken"  # the desk takes other languages, feeds, tags, actors or hours
    REPRINT = "reprint"  # of a story the desk has
    SAME_STORY = "same-story"  # another report of a story the desk has
    IMMATERIAL = "immaterial"  # a known report was changed, but not in what it says
    MUTED = "muted"
    LISTED = "listed"  # in a digest by headline only
    SURGE = "surge"  # its feed looked new all at once; a person releases or drops what came


@dataclass(frozen=True, slots=True)
class Withheld:
    """An article that a rule holds for, and a desk that is not told of it."""

    article_id: int
    desk_id: str
    """The desk as the rule names it; "" when the rule names none."""
    kind: WithheldKind
    because: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Digest:
    """The alerts of a desk at one moment, fixed."""

    id: int
    """0 until it is stored."""
    desk_id: str
    at: datetime
    slot: str
    """Which slot of the schedule it fills ("2026-11-20T13:00+05:00"), or "immediate"."""
    subject: str
    alert_ids: tuple[int, ...]
    html: str
    text: str
    told: int = 0
    """Stories told in full, for the desk's number a day."""


@dataclass(frozen=True, slots=True)
class Mute:
    """A story of which a desk does not want to hear for a time. Its alerts are held, not dropped."""

    id: int
    """0 until it is stored."""
    story_id: int
    desk_id: str
    """"" for every desk."""
    at: datetime
    until: datetime | None
    """None: until the story develops."""
    ended_at: datetime | None = None
    """None while it holds."""
    ended_because: str = ""


# --- deliveries -------------------------------------------------------------------------------------------------------


class DeliveryState(StrEnum):
    """Where a delivery stands; `delivery/states.py` holds the table of moves."""

    PENDING = "pending"
    SENDING = "sending"
    RETRY = "retry"
    SENT = "sent"
    UNKNOWN = "unknown"
    DEAD = "dead"


class ChannelKind(StrEnum):
    """By which way a delivery goes."""

    EMAIL = "email"
    SLACK = "slack"
    WEBHOOK = "webhook"
    APPRISE = "apprise"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One digest to one recipient through one channel, and its state.

    A digest that is split for Slack is one delivery a part.
    """

    id: int
    """0 until it is stored."""
    digest_id: int | None
    """None for a notice to the operator."""
    channel: ChannelKind
    recipient: str
    message_id: str
    payload: bytes
    """What goes over the wire, fixed: an RFC 5322 message, or a JSON body."""
    created_at: datetime
    part: int = 1
    parts: int = 1
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    ambiguous: int = 0
    """Attempts after which nobody knows whether the other side accepted."""
    next_attempt_at: datetime | None = None
    give_up_at: datetime | None = None
    """When refusals for now become final; None until the first attempt."""
    detail: str = ""
    receipt: str = ""
    """What the other side said when it accepted (SMTP reply, Slack ts)."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The other side took the message."""

    receipt: str


class Hold(StrEnum):
    """What else has to wait when one delivery was refused for now."""

    DELIVERY = "delivery"  # nothing else
    RECIPIENT = "recipient"  # the same recipient's, so that their order is kept: Slack limits each channel
    CHANNEL = "channel"  # everything that goes this way: a wrong password, a revoked token


@dataclass(frozen=True, slots=True)
class RefusedForNow:
    """Known not to be accepted; may be tried again."""

    detail: str
    retry_after: timedelta | None = None
    holds: Hold = Hold.DELIVERY


@dataclass(frozen=True, slots=True)
class RefusedForGood:
    """Known not to be accepted, now or later."""

    detail: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Nobody knows whether it was accepted: connection lost after the final dot, reply lost, killed while sending."""

    detail: str
    is_first: bool = False
    """True: that earlier attempts were not accepted is known by now; only this one is in doubt."""


SendOutcome = Accepted | RefusedForNow | RefusedForGood | Ambiguous


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to the operator about a departure; told once for each (event, subject) until it is over."""

    id: int
    event: str
    """The stable name of the log event, such as "rules.rejected"."""
    subject: str
    """What it is about: a feed id, a file, a delivery; part of its identity."""
    detail: str
    at: datetime
