"""What came of the sample day, as one value: what was polled, matched, not matched, told and sent. PURE.

Terminal, JSON and tests read this and nothing else. Local times are those of the day's zone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from monitor.model import AlertKind, ChannelKind, DeliveryState, Match, Severity, Span


@dataclass(frozen=True, slots=True)
class FeedPlayed:
    """A feed over the day."""

    feed_id: str
    name: str
    format: str
    encoding: str
    language: str
    polls: int
    outcomes: Mapping[str, int]
    """Polls by outcome word."""
    new: int
    matched: int
    troubles: tuple[tuple[datetime, str, str], ...]
    """(time, status, detail) of each failed poll."""


@dataclass(frozen=True, slots=True)
class ArticlePlayed:
    """An article that matched."""

    article_id: int
    name: str
    """"feed/slug" in the day's script."""
    feed_id: str
    outlet: str
    title: str
    body: str
    url: str | None
    language: str | None
    first_seen_at: datetime
    is_baseline: bool
    story_id: int
    reprint_of: int | None
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class LookalikeJudged:
    """An entry that looks like a rule's business, and what became of it."""

    name: str
    title: str
    rule_id: str
    is_what: str
    """In the words of the script."""
    stayed_out: bool
    because: str
    """In the words of `rules explain`."""
    other_rules: tuple[str, ...]
    """Rules whose business it is after all."""


@dataclass(frozen=True, slots=True)
class AlertPlayed:
    """An alert: a story that a desk should hear of."""

    desk_id: str
    at: datetime
    kind: AlertKind
    severity: Severity
    rule_ids: tuple[str, ...]
    because: str
    name: str
    """"feed/slug" of the article that raised it."""
    title: str
    story_id: int
    digest_id: int | None


@dataclass(frozen=True, slots=True)
class DigestPlayed:
    """A digest and where it went."""

    digest_id: int
    desk_id: str
    at: datetime
    slot: str
    subject: str
    stories: int
    html: str
    text: str
    deliveries: tuple[DeliveryPlayed, ...]


@dataclass(frozen=True, slots=True)
class DeliveryPlayed:
    """One message to one recipient, a digest's part or a notice to the operator."""

    delivery_id: int
    digest_id: int | None
    channel: ChannelKind
    recipient: str
    message_id: str
    part: int
    parts: int
    state: DeliveryState
    attempts: int
    detail: str
    history: tuple[tuple[datetime, str, str], ...]
    """(time, event, detail)."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message that the mailbox or the Slack stand-in accepted."""

    channel: ChannelKind
    recipient: str
    at: datetime
    message_id: str
    """Empty for Slack posts without one in their metadata."""
    subject: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """The whole day."""

    start: datetime
    end: datetime
    entries: int
    """Entries in the script."""
    articles: int
    """Articles in the store at the end."""
    read: tuple[str, ...]
    """Their names in the script, in order of arrival."""
    feeds: tuple[FeedPlayed, ...]
    matched: tuple[ArticlePlayed, ...]
    lookalikes: tuple[LookalikeJudged, ...]
    alerts: tuple[AlertPlayed, ...]
    digests: tuple[DigestPlayed, ...]
    notices: tuple[DeliveryPlayed, ...]
    received: tuple[Received, ...]
    rule_titles: Mapping[str, str]
    desk_names: Mapping[str, str]
    channels: Mapping[str, str] = field(default_factory=dict)
    """What stands in each Slack channel at the end, answers below what they answer, edits as they read then."""
    seconds: float = 0.0
    """Real time that the play took."""
    files: tuple[Path, ...] = ()

    @property
    def repeats(self) -> tuple[str, ...]:
        """Return what was accepted twice: the same message to the same recipient."""
        seen: set[tuple[str, str]] = set()
        twice = []
        for message in self.received:
            key = (message.recipient, message.message_id)
            if message.message_id and key in seen:
                twice.append(f"{message.message_id} to {message.recipient}")
            seen.add(key)
        return tuple(twice)

    @property
    def faults(self) -> tuple[str, ...]:
        """Return in words what did not go as the watch promises: empty when all is well."""
        found = [f"sent twice: {repeat}" for repeat in self.repeats]
        found += [f"{judged.name} matched {judged.rule_id}" for judged in self.lookalikes if not judged.stayed_out]
        found += [
            f"delivery {delivery.delivery_id} to {delivery.recipient} is {delivery.state}: {delivery.detail}"
            for digest in self.digests
            for delivery in digest.deliveries
            if delivery.state is not DeliveryState.SENT
        ]
        if not any(match.rule_id for article in self.matched for match in article.matches):
            found.append("nothing matched")
        return tuple(found)


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Return the outcome as JSON values: times in ISO 8601, messages as their size in bytes, no rendered bodies."""
    document = _plain(outcome)
    assert isinstance(document, dict)
    return {**document, "repeats": list(outcome.repeats), "faults": list(outcome.faults)}


_LEFT_OUT = frozenset({"html", "text", "body"})
"""Of digests and articles: they stand in the files."""


def _plain(value: object) -> object:
    if isinstance(value, Span):
        return {name: getattr(value, name) for name in ("field", "start", "end", "text", "term", "actor")}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value) if f.name not in _LEFT_OUT}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, Path | StrEnum):
        return str(value)
    return value
