"""What is known of one question, as values: filled by `gather`, judged by `unread` and `read`. Decides nothing.

Two cases: an article that nothing is stored of (`Unread`), and one that was read (`Read`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.desks.foresee import Foretold
from monitor.model import (
    Alert,
    Article,
    Delivery,
    Desk,
    Digest,
    Feed,
    Feedback,
    FeedState,
    Gap,
    Match,
    Mute,
    PollReport,
    Sighting,
    Story,
    Withheld,
)
from monitor.why.verdicts import ADVICE, Verdict


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that was looked at."""

    about: str
    """What it is: "article", "poll", "gap", "match", "delivery" …"""
    says: str
    id: int | str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One verdict, for one desk or for all."""

    verdict: Verdict
    says: str
    """One sentence."""
    desk_id: str | None = None
    """None: it holds for every desk."""
    evidence: tuple[Evidence, ...] = ()

    @property
    def advice(self) -> str:
        """Return what may be done."""
        return ADVICE[self.verdict]


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked."""

    asked: str
    address: str | None = None
    """The canonical address, None for words."""
    at: datetime | None = None
    """About when the article was published."""
    desk_id: str | None = None


@dataclass(frozen=True, slots=True)
class OutletFeed:
    """A feed that might have had the article, and how it was read."""

    feed: Feed
    state: FeedState | None
    polls: tuple[PollReport, ...] = ()
    """Oldest first: all that are kept."""
    gaps: tuple[Gap, ...] = ()
    """Newest first."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A question about an article that is not stored."""

    question: Question
    now: datetime
    host: str = ""
    """Of the address, "" for words."""
    feeds: tuple[OutletFeed, ...] = ()
    """Of its outlet; for words all that are read."""
    forgotten: int | None = None
    """The id of the article that once was stored under this address."""
    resembling: tuple[Article, ...] = ()
    """What other outlets said in the same words, nearest first."""
    similar_feeds: tuple[Feed, ...] = ()
    """Feeds whose host or name is like the outlet's."""
    feed_names: Mapping[str, str] | None = None
    unknown_words: tuple[str, ...] = ()
    """Words of the question that no article has."""


@dataclass(frozen=True, slots=True)
class Told:
    """An alert, and how far it came."""

    alert: Alert
    digest: Digest | None = None
    deliveries: tuple[Delivery, ...] = ()
    """The messages that tell its story; of a digest that is parted in Slack, not those of other stories."""
    sent_at: Mapping[int, datetime] | None = None
    """When each delivery that was accepted was, by its id."""
    listed: Withheld | None = None
    """Why the digest has it by headline only."""
    leaves: Foretold | None = None
    """When it leaves, while it waits."""
    is_held: bool = False
    """Quiet hours hold it at this moment."""
    muted: str = ""
    """Until when a mute of its story holds it, "" where none does."""


@dataclass(frozen=True, slots=True)
class DeskCase:
    """What a desk has to do with the article."""

    desk_id: str
    desk: Desk | None
    """None: the rule files have no such desk."""
    matches: tuple[Match, ...] = ()
    """Stored matches of the article that name it."""
    told: tuple[Told, ...] = ()
    """Alerts of the article's story to this desk, oldest first."""
    withheld: tuple[Withheld, ...] = ()
    """Why it was not told of this article, oldest first."""
    counted_in: int | None = None
    """The digest that counted the article as a further report of a story which the desk has."""
    said: tuple[Feedback, ...] = ()
    """What its people said of the story, oldest first."""
    mutes: tuple[Mute, ...] = ()
    """Mutes of the story that hold for it, oldest first."""


@dataclass(frozen=True, slots=True)
class NearRule:
    """A rule that nearly held: its clause that failed."""

    rule_id: str
    title: str
    clause: str
    because: str


@dataclass(frozen=True, slots=True)
class Read:
    """A question about an article that is stored."""

    question: Question
    now: datetime
    article: Article
    outlet: str
    sightings: tuple[Sighting, ...] = ()
    story: Story | None = None
    placed_because: str = ""
    original: Article | None = None
    """Of which it is a reprint."""
    matches: tuple[Match, ...] = ()
    """As they were stored when it was read."""
    holding: tuple[Match, ...] = ()
    """By the rules in force now."""
    muted: Mapping[str, str] | None = None
    """Rules that are muted, by id, with the fault."""
    in_boilerplate: tuple[Match, ...] = ()
    """What would hold if boilerplate counted."""
    nearest: tuple[NearRule, ...] = ()
    desks: tuple[DeskCase, ...] = ()
    """Desks that have to do with it, and the one that was asked for."""
    others: tuple[Article, ...] = ()
    """What the words of the question fit as well."""
