"""What a digest says, fixed and without markup: the one structure that every rendering reads.

Nothing here is computed; `digest.compose` fills it. All text is on one line, without control or direction-changing
characters (save the isolates of `excerpt.isolate` in sentences of our own), and not escaped: escaping belongs to the
rendering.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from monitor.desks.excerpt import Runs, plain
from monitor.model import AlertKind, Severity


@dataclass(frozen=True, slots=True)
class Health:
    """What the monitor did for a desk between two digests: its proof of life."""

    feeds: int
    """Feeds that are polled."""
    healthy: int
    """Of these, the feeds whose last poll was good."""
    silent: tuple[str, ...] = ()
    """Names of the feeds that are not heard."""
    articles_read: int = 0
    newest_at: datetime | None = None
    """When the newest article of any feed was first seen."""
    gaps: int = 0
    """Times at which entries may have been missed between two polls."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found, as published, and by what."""

    text: str
    note: str = ""
    """Such as "actor ttp"."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why a story is here: a rule, and what it found."""

    rule_title: str
    severity: Severity
    found: tuple[Found, ...]
    """In the order of the text, title first, each once."""
    more: int = 0
    """How many other things it found that are not named here."""


@dataclass(frozen=True, slots=True)
class StoryItem:
    """A story as a digest tells it."""

    story_id: int
    article_id: int
    """The article that speaks for it: its headline is shown, and it is what a person judges."""
    alert_ids: tuple[int, ...]
    kind: AlertKind
    severity: Severity
    rule_title: str
    """Of the weightiest rule."""
    headline: Runs
    url: str | None
    """http or https and fit for an attribute, a header or a Slack link as it stands; or None."""
    is_headline_rtl: bool
    outlet: str
    seen: str
    """Local time of the desk, with the day where it is another one."""
    age: str
    """Such as "25 min ago"."""
    language: str
    """The language's English name, "" for English and for unknown ones."""
    language_code: str
    """ISO 639 code, "" when unknown."""
    outlets: int
    """How many outlets carried it."""
    company: str
    """Such as "+7 outlets, 2 origins", "" for a story of one outlet."""
    sentence: Runs
    is_sentence_rtl: bool
    why: tuple[Why, ...]
    developments: tuple[str, ...]
    """What changed since the desk was last told, oldest first."""
    conflicts: tuple[str, ...] = ()
    """What the reports differ on, weightiest first, such as "Killed: 12 (Dawn, police), 15 (Geo, hospital)"."""
    held: str = ""
    """Why it comes late, "" when it does not."""
    first: str = ""
    """Which outlet was first, where its text is not the one that is shown, and why not; else ""."""


@dataclass(frozen=True, slots=True)
class Section:
    """Stories of one severity and one rule."""

    severity: Severity
    title: str
    items: tuple[StoryItem, ...]


@dataclass(frozen=True, slots=True)
class CutItem:
    """A story that is named and not told: over the desk's number a day, or over the size of a message."""

    story_id: int
    severity: Severity
    headline: str
    url: str | None
    outlet: str


@dataclass(frozen=True, slots=True)
class UnlikeItem:
    """A report that joined a story, and whose headline is unlike the one that was told."""

    headline: str
    url: str | None
    outlet: str


@dataclass(frozen=True, slots=True)
class GrownItem:
    """A story that the desk was told of before, and that further reports joined since."""

    story_id: int
    headline: str
    """By which it was told."""
    url: str | None
    company: str
    """Such as "+5 outlets, now 9 from 2 origins"."""
    reports: int
    """How many joined; reprints count."""
    joined: int
    """How many outlets had it first with these."""
    outlets: int
    """How many carry it now."""
    origins: int | None
    """Independent texts behind them; None where nobody counted them."""
    unlike: tuple[UnlikeItem, ...]
    """Of the reports that joined and are no reprints, those whose headline is least like the told one."""


@dataclass(frozen=True, slots=True)
class Growth:
    """What joined stories that the desk was told of before."""

    items: tuple[GrownItem, ...] = ()
    """What most outlets joined first."""
    more: int = 0
    """How many other stories grew that are not named."""
    counted: tuple[int, ...] = ()
    """All articles that this digest counts as further reports, those of the stories that it tells too."""

    @property
    def stories(self) -> int:
        """Return how many stories grew, named or not."""
        return len(self.items) + self.more


NO_GROWTH = Growth()


@dataclass(frozen=True, slots=True)
class DigestContent:
    """A digest before it is rendered."""

    key: str
    """The same for the same alerts in the same slot at the same moment, and for no other digest."""
    desk_id: str
    desk_name: str
    slot: str
    at: datetime
    title: str
    """Such as "South Asia desk · Fri 20 Nov 2026, 13:00"."""
    subject: str
    preheader: str
    top: str
    """The one sentence that says what matters."""
    severity: Severity | None
    """The highest in it, None without stories."""
    sections: tuple[Section, ...]
    cut: tuple[CutItem, ...]
    notes: tuple[str, ...]
    """What was held, waits, or was cut."""
    life: str
    """The proof of life."""
    timezone: str
    because: str
    """Why it comes now."""
    alert_ids: tuple[int, ...]
    growth: Growth = NO_GROWTH

    @property
    def items(self) -> tuple[StoryItem, ...]:
        """Return all stories that are told, in the order of the digest."""
        return tuple(item for section in self.sections for item in section.items)


def without_growth(content: DigestContent) -> DigestContent:
    """Only count the stories that grew: what goes first where a digest is too long."""
    growth = content.growth
    return replace(content, growth=replace(growth, items=(), more=growth.stories))


def limited(content: DigestContent, stories: int) -> DigestContent:
    """Keep the first `stories` stories and name the others; nothing is left out without being counted."""
    items = content.items
    if len(items) <= stories:
        return content
    kept = {item.story_id for item in items[:stories]}
    sections = tuple(
        replace(section, items=inside)
        for section in content.sections
        if (inside := tuple(item for item in section.items if item.story_id in kept))
    )
    cut = tuple(
        CutItem(item.story_id, item.severity, plain(item.headline), item.url, item.outlet) for item in items[stories:]
    )
    return replace(content, sections=sections, cut=cut + content.cut)
