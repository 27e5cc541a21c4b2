"""The first words of a digest: subject, sentence on top, preheader; and one story of it as a message of its own. PURE.

Owns what a reader sees before anything is opened. Refuses to know how stories are ordered (`digest`) and markup.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from monitor.desks.content import NO_GROWTH, DigestContent, Health, Section, StoryItem
from monitor.desks.excerpt import Runs, isolate, plain, shorten
from monitor.desks.life import count, of_one_story
from monitor.model import AlertKind, Severity

SUBJECT_HEADLINE_LIMIT = 90
_UPDATE = ", update"


def subject_of(items: Sequence[StoryItem]) -> str:
    """Write the line for the lock screen, by the first story; "" without stories."""
    if not items:
        return ""
    first = items[0]
    update = _UPDATE if first.kind is AlertKind.DEVELOPED else ""
    more = f" (+{len(items) - 1})" if len(items) > 1 else ""
    words = shorten(plain(first.headline), SUBJECT_HEADLINE_LIMIT)
    return f"[{first.severity.upper()}] {first.rule_title}{update}: {words}{more}"


def answering(subject: str) -> str:
    """Make a subject that of an answer: after "Re:" the words of the first mail, as mail programs compare them."""
    return f"Re: {subject.replace(f'{_UPDATE}: ', ': ', 1)}"


def nothing_new(desk_name: str, local: datetime, health: Health) -> str:
    """Write the line for the lock screen of a digest without stories; `local` is the desk's time."""
    return f"[OK] {desk_name} {local:%H:%M}: no stories, {health.healthy} of {health.feeds} feeds healthy"


def top_of(items: Sequence[StoryItem], *, grown: int = 0) -> str:
    """Say in one sentence what matters; `grown` stories that were told before were reported further."""
    if not items and grown:
        return f"Nothing new since the last digest; more reports of {count(grown, 'story', 'stories')} told before."
    if not items:
        return "Nothing matched since the last digest."
    first = items[0]
    company = f", {first.company}" if first.company else ""
    if len(items) == 1:
        told = f"{first.severity.capitalize()}: {first.rule_title}"
        update = _UPDATE if first.kind is AlertKind.DEVELOPED else ""
        return f"{told}{update} ({isolate(first.outlet)}{company})"
    foremost = f"{isolate(plain(first.headline))} ({isolate(first.outlet)}{company})"
    counts = Counter(item.severity for item in items)
    by_severity = ", ".join(f"{counts[s]} {s}" for s in reversed(Severity) if counts[s])
    developed = sum(item.kind is AlertKind.DEVELOPED for item in items)
    tail = f", {developed} developed" if developed else ""
    return f"{len(items)} stories ({by_severity}{tail}). First: {foremost}"


def preheader_of(items: Sequence[StoryItem]) -> str:
    """Say what is new in the first story, or quote it, for the line beside the subject; "" without stories."""
    if not items:
        return ""
    if items[0].developments:
        return shorten(items[0].developments[-1], 140)
    quoted: Runs = items[0].sentence or items[0].headline
    return shorten(plain(quoted), 140)


def alone(content: DigestContent, item: StoryItem) -> DigestContent:
    """Return a digest that tells only one of the stories of `content`, with first words of its own."""
    return replace(
        content,
        subject=subject_of([item]),
        preheader=preheader_of([item]),
        top=top_of([item]),
        severity=item.severity,
        sections=(Section(item.severity, item.rule_title, (item,)),),
        life=of_one_story(content.life),
        alert_ids=item.alert_ids,
        growth=NO_GROWTH,
    )
