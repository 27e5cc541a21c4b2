"""Articles, the keys they are known by, their edits, and the stories they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
    promoted_at: datetime | None = None
    """When it became news that was only in a baseline until then; None for others."""


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
class NewArticle:
    """An article that is stored for the first time, with all that is known of it then."""

    article: Article
    """With its id, and its story where it was placed."""
    keys: tuple[ArticleKey, ...] = ()
    """A key that is another article's already stays there."""
    reused: tuple[ArticleKey, ...] = ()
    """Keys that are this article's from now on, whoever had them: the publisher gave them to another story."""
    sightings: tuple[Sighting, ...] = ()
    """With its id."""
    placed_because: str = ""


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
    old_zones: tuple[ZoneSpan, ...] = ()
    """Of the body before; with the markup that it had then."""
    new_zones: tuple[ZoneSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What a changed article tells its reader otherwise, in words for an editor."""

    tells: tuple[str, ...] = ()
    """Each with what stood there before; () where it tells nothing else."""
    because: str = ""
    """Why it tells nothing else, "" where it does."""
    is_notice: bool = False
    """The publisher says that something was wrong, or takes the article back."""


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
    lead_because: str = ""
    """Why this article leads; "" for the first of a story, while no other text was a better one."""


class DecisionKind(StrEnum):
    """What was decided about stories after articles were placed."""

    MERGE = "merge"
    SPLIT = "split"


class DecisionMaker(StrEnum):
    """Who decided it: what a person decided stands, whatever comes."""

    PERSON = "person"
    MONITOR = "monitor"


@dataclass(frozen=True, slots=True)
class StoryDecision:
    """A merge or a split: it is kept, and what is grouped later follows it."""

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
    maker: DecisionMaker = DecisionMaker.PERSON
    """The monitor, where an article showed reports of its minute to be one story."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an article belongs, and why."""

    story_id: int | None
    """None: a story of its own."""
    reprint_of: int | None
    because: str
    gathers: tuple[int, ...] = ()
    """Articles of the same minute that move into this story: it shows what they are, which none showed alone."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """An article boiled down for comparison with others, with its place, as the store keeps it."""

    article_id: int
    version: int
    """Of the way it was made."""
    data: bytes
    first_seen_at: datetime
    story_id: int
    reprint_of: int | None
