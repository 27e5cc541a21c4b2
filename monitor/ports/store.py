"""The edge to the state: one Protocol a noun, and the `Store` that holds them. Only `store/` knows SQLite.

Feeds, articles and stories are here; what is told of them is in `telling`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from monitor.model import (
    Article,
    ArticleKey,
    DecisionMaker,
    Edit,
    FeedState,
    Gap,
    Match,
    NewArticle,
    PollReport,
    PollTimes,
    Sighting,
    Sketch,
    Story,
    StoryDecision,
    Surge,
)
from monitor.ports.telling import (
    AlertStore,
    DeliveryStore,
    DigestStore,
    FeedbackStore,
    MuteStore,
    NoticeStore,
    PressStore,
)


class FeedStore(Protocol):
    """What is known of each feed, and the history of its polls."""

    def state(self, feed_id: str) -> FeedState | None:
        """Return what is known of a feed, None before its first poll."""

    def states(self, feed_ids: Iterable[str] | None = None) -> dict[str, FeedState]:
        """Return known feeds by id: those that are named, or all."""

    def times(self) -> dict[str, PollTimes]:
        """Return when each known feed was polled and is polled next, by id."""

    def save(self, state: FeedState) -> None:
        """Write one feed's state, new or known."""

    def record(self, report: PollReport) -> None:
        """Add a poll to the feed's history, which keeps the newest 200 of each feed."""

    def polls(self, feed_id: str, limit: int = 50) -> list[PollReport]:
        """Return the newest polls of a feed, newest first."""

    def note_gap(self, gap: Gap) -> None:
        """Record a time in which entries may have been missed; the newest 500 of each feed are kept."""

    def gaps(self, feed_id: str, limit: int = 50) -> list[Gap]:
        """Return the newest gaps of a feed, newest first."""

    def note_surge(self, surge: Surge) -> None:
        """Record that a feed looked new all at once; the newest 500 of each feed are kept."""

    def end_surges(self, feed_id: str, at: datetime, *, told: bool) -> None:
        """Record what a person decided about all that goes on of a feed."""

    def surges(self, since: datetime) -> list[Surge]:
        """Return the surges of all feeds that went on at a time or began after it, earliest first."""

    def gaps_since(self, moment: datetime) -> int:
        """Return how many gaps of all feeds were seen at or after a time."""


class ArticleStore(Protocol):
    """Articles with their keys, sightings, edits and matches."""

    def find(self, keys: Iterable[ArticleKey]) -> dict[ArticleKey, int]:
        """Return the article id for each key that is known."""

    def next_id(self) -> int:
        """Return the id of the next new article; those after it count on, as long as the unit of work lasts."""

    def add(self, article: Article, keys: Iterable[ArticleKey]) -> int:
        """Store a new article with its keys and return its id. A key that is taken already stays with its article."""

    def add_all(self, arrivals: Sequence[NewArticle]) -> None:
        """Store new articles under the ids that they have, counted from `next_id`, with their keys and sightings."""

    def add_keys(self, article_id: int, keys: Iterable[ArticleKey]) -> None:
        """Give a known article further keys; taken ones stay where they are."""

    def move_keys(self, article_id: int, keys: Iterable[ArticleKey]) -> None:
        """Give keys to an article, whoever had them: a publisher gave an id or address to another story."""

    def get(self, ids: Iterable[int]) -> dict[int, Article]:
        """Return articles by id; unknown ids are left out."""

    def sight(self, sightings: Iterable[Sighting]) -> None:
        """Record that articles stand in feeds under addresses; a repeat only moves its last time."""

    def sightings(self, article_id: int) -> list[Sighting]:
        """Return where an article was seen, earliest first."""

    def edit(self, edit: Edit, article: Article) -> None:
        """Record a change and store the article's new text."""

    def promote(self, article_id: int, at: datetime) -> None:
        """Record that an article of a baseline is news after all."""

    def edits(self, article_id: int) -> list[Edit]:
        """Return an article's changes, earliest first."""

    def since(self, first_seen_at: datetime) -> list[Article]:
        """Return the articles first seen at or after a time, in order of arrival."""

    def count_since(self, moment: datetime) -> int:
        """Return how many articles were first seen at or after a time."""

    def add_matches(self, article_id: int, matches: Sequence[Match], at: datetime) -> None:
        """Store the matches of an article; the same rule and version twice is one."""

    def matches(self, article_ids: Iterable[int]) -> dict[int, list[Match]]:
        """Return the stored matches by article id."""

    def under(self, address: str, limit: int = 50) -> list[int]:
        """Return ids of articles, pruned ones too, whose canonical address begins so: "https://dawn.com/"."""

    def frequencies(self, text: str) -> dict[str, int]:
        """Return the words of a text that stand in a headline or an opening, and in how many articles each does."""

    def with_words(self, wanted: Sequence[str], limit: int = 50) -> list[int]:
        """Return the newest articles that have all of some words in headline or opening, newest first.

        Args:
            wanted: Words as `frequencies` gives them.
            limit: How many at most.
        """


class Archive(Protocol):
    """All that was stored, read from end to end by the operator's workbench, in constant memory."""

    def first_since(self, moment: datetime) -> int | None:
        """Return the least id of the articles first seen at or after a time, None where there is none."""

    def count(self, from_id: int) -> int:
        """Return how many articles there are from an id on."""

    def articles(self, from_id: int, limit: int) -> list[Article]:
        """Return up to `limit` articles from an id on, in order of arrival."""

    def edits(self, after: int, since: datetime, limit: int) -> list[tuple[int, Edit]]:
        """Return up to `limit` edits made at or after a time, each with its number, by numbers above `after`."""

    def edits_of(self, article_ids: Iterable[int]) -> dict[int, list[Edit]]:
        """Return the edits by article id, earliest first."""

    def sightings_of(self, article_ids: Iterable[int]) -> dict[int, list[tuple[int, Sighting]]]:
        """Return where articles were seen, by article id, earliest first, with numbers that say the order of all."""


class StoryStore(Protocol):
    """Stories and their members."""

    def create(self, story: Story) -> int:
        """Store a story and return its id."""

    def get(self, ids: Iterable[int]) -> dict[int, Story]:
        """Return stories by id, `outlets` counted from the sightings of their members."""

    def leads(self, story_ids: Iterable[int]) -> dict[int, Article]:
        """Return the articles that lead stories, by story id."""

    def name_lead(self, story_id: int, article_id: int, because: str) -> None:
        """Let a story be led by one of its articles, and have its headline."""

    def place(self, article_id: int, story_id: int, reprint_of: int | None, because: str) -> None:
        """Put an article into a story, with the reason."""

    def placed_because(self, article_id: int) -> str:
        """Return why an article stands in its story, "" where it was not placed."""

    def members(self, story_id: int) -> list[Article]:
        """Return a story's articles in order of arrival."""

    def members_of(self, story_ids: Iterable[int]) -> dict[int, list[Article]]:
        """Return the articles of stories by story id, in order of arrival."""

    def feeds_of(self, story_ids: Iterable[int]) -> dict[int, dict[int, str]]:
        """Return the feed of each article of stories, by story id and article id; no text is read."""

    def since(self, moment: datetime) -> list[Story]:
        """Return the stories that an article joined at or after a time, newest first."""

    def merge(
        self,
        story_id: int,
        other_id: int,
        because: str,
        at: datetime,
        maker: DecisionMaker = DecisionMaker.PERSON,
    ) -> None:
        """Give a story the articles, alerts and mutes of another, which is no more; the decision is kept."""

    def split(self, story_id: int, article_ids: Sequence[int], because: str, at: datetime) -> int:
        """Make articles of a story a story of their own, with the alerts that they raised; return its id.

        Both want a lead then (`name_lead`): that of the old story may have gone.
        """

    def gather(self, story_id: int, article_ids: Sequence[int], because: str, at: datetime) -> list[int]:
        """Move articles into a story, with the alerts that they raised.

        A story that is left without articles is no more: it is merged, and the decision is kept.

        Returns:
            The stories that lost articles and have others; their leads may have gone.
        """

    def decisions(self, after: int = 0) -> list[StoryDecision]:
        """Return the merges and splits, in order, from a decision's id on."""


class SketchStore(Protocol):
    """What the window of recent articles is built again from."""

    def keep(self, sketches: Iterable[Sketch]) -> None:
        """Keep what placed articles look like; an article's former sketch goes."""

    def since(self, moment: datetime) -> Iterator[Sketch]:
        """Give the placed articles first seen at or after a time, in order of arrival.

        One that has no sketch has version 0 and no data. The store is not to be written meanwhile.
        """

    def forget_before(self, article_id: int) -> None:
        """Let go of the sketches of older articles."""


class Store(Protocol):
    """The state of the monitor. One thread owns it; everything a step learnt is one unit of work."""

    feeds: FeedStore
    articles: ArticleStore
    archive: Archive
    stories: StoryStore
    sketches: SketchStore
    alerts: AlertStore
    mutes: MuteStore
    feedback: FeedbackStore
    presses: PressStore
    digests: DigestStore
    deliveries: DeliveryStore
    notices: NoticeStore

    def unit_of_work(self) -> AbstractContextManager[None]:
        """Begin a write transaction at once, not nested.

        Commits durably at the end; any exception rolls everything back.
        """

    def get_value(self, key: str) -> str | None:
        """Return a small named value, such as the daemon's last heartbeat."""

    def set_value(self, key: str, value: str) -> None: ...

    def counts(self) -> Mapping[str, int]:
        """Return rows by table, for `db stats` and the digest's proof of life."""

    def close(self) -> None: ...
