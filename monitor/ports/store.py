"""The edge to the state: one Protocol a noun, and the `Store` that holds them. Only `store/` knows SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from monitor.model import (
    Alert,
    Article,
    ArticleKey,
    ChannelKind,
    Delivery,
    DeliveryState,
    Digest,
    Edit,
    Feedback,
    FeedState,
    Gap,
    Match,
    Mute,
    NewArticle,
    Notice,
    PollReport,
    PollTimes,
    Sighting,
    Sketch,
    Story,
    StoryDecision,
    Surge,
    Withheld,
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

    def promote(self, article_id: int) -> None:
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

    def place(self, article_id: int, story_id: int, reprint_of: int | None, because: str) -> None:
        """Put an article into a story, with the reason."""

    def placed_because(self, article_id: int) -> str:
        """Return why an article stands in its story, "" where it was not placed."""

    def members(self, story_id: int) -> list[Article]:
        """Return a story's articles in order of arrival."""

    def members_of(self, story_ids: Iterable[int]) -> dict[int, list[Article]]:
        """Return the articles of stories by story id, in order of arrival."""

    def since(self, moment: datetime) -> list[Story]:
        """Return the stories that an article joined at or after a time, newest first."""

    def merge(self, story_id: int, other_id: int, because: str, at: datetime) -> None:
        """Give a story the articles, alerts and mutes of another, which is no more; the decision is kept."""

    def split(self, story_id: int, article_ids: Sequence[int], because: str, at: datetime) -> int:
        """Make articles of a story a story of their own, with the alerts that they raised; return its id."""

    def gather(self, story_id: int, article_ids: Sequence[int], because: str, at: datetime) -> None:
        """Move articles into a story, with the alerts that they raised.

        A story that is left without articles is no more: it is merged, and the decision is kept.
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


class AlertStore(Protocol):
    """What desks should hear of."""

    def add(self, alert: Alert) -> int:
        """Store an alert that waits for its digest and return its id."""

    def told(self, story_id: int) -> list[Alert]:
        """Return all alerts of a story, waiting or in a digest, oldest first."""

    def told_of(self, story_ids: Iterable[int]) -> dict[int, list[Alert]]:
        """Return the alerts of stories by story id, for those that have any."""

    def waiting(self, desk_id: str) -> list[Alert]:
        """Return a desk's alerts that are in no digest yet, oldest first."""

    def desks_waiting(self) -> set[str]:
        """Return the ids of desks with alerts in no digest yet."""

    def in_digests_since(self, moment: datetime) -> list[Alert]:
        """Return the alerts of all desks that are in digests made at or after a time, oldest first."""

    def withhold(self, withheld: Iterable[Withheld]) -> None:
        """Record which desks are not told of an article, and why; the same reason again only moves its time."""

    def withheld(self, article_ids: Iterable[int]) -> list[Withheld]:
        """Return which desks were not told of articles, oldest first."""

    def hold(self, article_id: int, at: datetime) -> None:
        """Keep an article from all desks until a person releases or drops what its feed brought."""

    def held(self, feed_id: str) -> list[int]:
        """Return the articles of a feed that are held, in order of arrival."""

    def let_go(self, article_ids: Iterable[int]) -> None:
        """End the holding of articles; what they mean for desks is the caller's."""


class MuteStore(Protocol):
    """Stories that desks do not want to hear of for a time."""

    def add(self, mute: Mute) -> int:
        """Store a mute and return its id."""

    def open(self) -> list[Mute]:
        """Return the mutes that hold, oldest first."""

    def of_stories(self, story_ids: Iterable[int]) -> list[Mute]:
        """Return all mutes of stories, ended ones too, oldest first."""

    def end(self, mute_id: int, at: datetime, because: str) -> None:
        """Record that a mute is over. One that was over before is a ValueError."""


class FeedbackStore(Protocol):
    """What people said of stories they were told. Nothing of it is ever changed or taken away."""

    def add(self, feedback: Feedback) -> bool:
        """Record what somebody said, and return True; False, with nothing recorded, when it was said already.

        It was when it is that person's last judgement of the story for the desk, or, for a claim, when the newest claim
        of the story at the desk is that person's. Where a story stands in several articles, any of them is the story.
        """

    def of_stories(self, story_ids: Iterable[int]) -> list[Feedback]:
        """Return all that was said of stories, in order."""

    def since(self, moment: datetime) -> list[Feedback]:
        """Return all that was said at or after a time, in order."""


class PressStore(Protocol):
    """Presses of buttons that were taken."""

    def take(self, press_id: str, at: datetime) -> bool:
        """Record a press and return True; False when it was taken before. It is forgotten a week later."""


class DigestStore(Protocol):
    """Digests and the slots they fill."""

    def add(self, digest: Digest, deliveries: Sequence[Delivery]) -> int:
        """Store a digest, mark its alerts as told and queue its deliveries; return the digest's id."""

    def get(self, digest_id: int) -> Digest | None: ...

    def newest(self, limit: int = 50, desk_id: str | None = None) -> list[Digest]:
        """Return digests, newest first."""

    def told_since(self, desk_id: str, moment: datetime) -> int:
        """Return how many stories a desk was told in full by digests made at or after a time."""

    def last_slot_at(self, desk_id: str) -> datetime | None:
        """Return the newest slot that was decided for a desk."""

    def decide_slot(self, desk_id: str, slot_at: datetime, because: str, digest_id: int | None) -> None:
        """Record what became of a slot: a digest, or why none was needed. Deciding it again is a ValueError."""

    def slots(self, desk_id: str, limit: int = 50) -> list[tuple[datetime, str, int | None]]:
        """Return (slot, because, digest) of a desk's decided slots, newest first."""


class DeliveryStore(Protocol):
    """The outbox."""

    def queue(self, deliveries: Sequence[Delivery]) -> list[int]:
        """Add deliveries that belong to no digest (notices, drills); return their ids in the same order."""

    def get(self, delivery_id: int) -> Delivery | None: ...

    def of_digest(self, digest_id: int) -> list[Delivery]:
        """Return a digest's deliveries by channel, recipient and part."""

    def mails_of(self, digest_ids: Iterable[int]) -> dict[str, list[str]]:
        """Return the Message-IDs of digests' e-mails by recipient, in order of the digests; dead ones are left out."""

    def due(self, now: datetime, limit: int = 100) -> list[Delivery]:
        """Return pending and retry deliveries whose time has come, oldest first, up to `limit` of each kind of channel.

        Of a split digest only the first open part is due, and of one Slack channel only the oldest message, with none
        while another is being sent there: so order is kept. Edits are due when no message is. What answers or edits a
        message is due when that is no longer open. Ask again after each round of sending.
        """

    def move(self, delivery: Delivery, *, event: str, at: datetime, was: DeliveryState | None = None) -> None:
        """Write a delivery's new state, attempts, times and detail, and append the event to its history.

        With `was`, a delivery that stands in another state by now is left alone and a ValueError says so.
        """

    def in_state(self, state: DeliveryState) -> list[Delivery]:
        """Return all deliveries in a state, oldest first."""

    def newest(self, limit: int = 50) -> list[Delivery]:
        """Return deliveries, newest first."""

    def root(self, story_id: int, *, desk_id: str, channel: ChannelKind, recipient: str) -> Delivery | None:
        """Return the first message that tells a desk's recipient of a story and was sent or still will be.

        An answer in a thread is none. None where no message `tells` the story.
        """

    def with_receipt(self, channel: ChannelKind, beginning: str) -> Delivery | None:
        """Return the message, no edit, whose receipt begins so."""

    def is_edited_later(self, edit: Delivery) -> bool:
        """Say whether a later edit of the same message is stored, whatever its state."""

    def history(self, delivery_id: int) -> list[tuple[datetime, str, str, str]]:
        """Return (time, event, state after, detail) of a delivery, oldest first."""


class NoticeStore(Protocol):
    """Departures that the operator is told of once."""

    def raise_(self, event: str, subject: str, detail: str, at: datetime) -> bool:
        """Record a departure; return True when it is new, False while the same one is still open."""

    def clear(self, event: str, subject: str, at: datetime) -> bool:
        """Record that a departure is over; return True when it was open."""

    def untold(self) -> list[Notice]:
        """Return notices the operator has not been told of, oldest first."""

    def open(self) -> list[Notice]:
        """Return the departures that are not over, oldest first."""

    def mark_told(self, ids: Iterable[int], at: datetime) -> None: ...


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
