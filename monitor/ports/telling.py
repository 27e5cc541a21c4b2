"""The edge to the state, second half: what desks are told, what they answer, and what the operator is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from monitor.model import (
    Alert,
    ChannelKind,
    Delivery,
    DeliveryState,
    Digest,
    Feedback,
    FurtherReport,
    Mute,
    Notice,
    Withheld,
)


class AlertStore(Protocol):
    """What desks should hear of."""

    def add(self, alert: Alert) -> int:
        """Store an alert that waits for its digest and return its id."""

    def withdraw(self, alert_ids: Iterable[int]) -> None:
        """Take back alerts before their desks were told. One that is in a digest, or not stored, is a ValueError."""

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
        """Record which desks are not told of an article, and why; the same reason again only moves its time.

        Where the desk has the story, the article is a further report of it, which waits to be counted by a digest.
        """

    def withheld(self, article_ids: Iterable[int]) -> list[Withheld]:
        """Return which desks were not told of articles, oldest first."""

    def further(self, desk_id: str) -> list[FurtherReport]:
        """Return what joined stories that a desk has and no digest of it counted, in order of arrival."""

    def count_further(self, article_ids: Iterable[int], desk_id: str, digest_id: int) -> None:
        """Record that a desk's digest counts articles as further reports; one that was counted stays as it is."""

    def counted(self, article_id: int) -> dict[str, int]:
        """Return by desk the digest that counted an article as a further report, for the desks of which one did."""

    def tell_by(self, article_id: int, alert_ids: Iterable[int]) -> None:
        """Record by which article a digest tells alerts."""

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

    def edited(self, story_id: int, *, desk_id: str, since: datetime) -> list[int]:
        """Return the messages that tell a desk of a story and were edited at or after a time, oldest first."""

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
