"""Desks, what they should hear of, and what they were told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from monitor.model.severity import Severity
from monitor.model.states import AffairState


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
    spoken_by: int | None = None
    """The article that the digest tells it by; None while it waits, and where the digest has a headline and no more."""
    states: tuple[AffairState, ...] = ()
    """How affairs stood by the article that raised it."""


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

    @property
    def has_story(self) -> bool:
        """Say whether the desk has the story, so that the article is a further report of it."""
        return self in (WithheldKind.REPRINT, WithheldKind.SAME_STORY)


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
class FurtherReport:
    """A matched article that joined a story which a desk has, as far as the desk's next digest wants it."""

    article_id: int
    story_id: int
    feed_id: str
    """The outlet."""
    title: str
    url: str | None
    is_reprint: bool


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
    who: str = ""
    """The Slack user who muted it by a button, "" for an operator."""
