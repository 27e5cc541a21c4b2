"""Short ways to the nouns that the desks room decides on; every test names only what matters to it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from monitor.model import Alert, AlertKind, Article, Desk, Edit, Match, Severity, Span, Story, Zone, ZoneSpan

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def utc(text: str) -> datetime:
    """Read "2026-11-20 12:00" as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def desk(
    *times: str,
    zone: str = "UTC",
    every: timedelta | None = None,
    immediate: tuple[Severity, ...] = (),
    quiet: str = "",
    desk_id: str = "desk",
    floor: Severity = Severity.LOW,
    weekdays: frozenset[int] = frozenset(range(7)),
    stories_per_day: int | None = None,
) -> Desk:
    start, _, end = quiet.partition("-")
    return Desk(
        id=desk_id,
        name=f"Desk {desk_id}",
        timezone=zone,
        digest_times=tuple(time.fromisoformat(at) for at in times),
        digest_every=every,
        immediate=frozenset(immediate),
        quiet_hours=(time.fromisoformat(start), time.fromisoformat(end)) if quiet else None,
        floor=floor,
        weekdays=weekdays,
        stories_per_day=stories_per_day,
    )


def alert(
    number: int = 1,
    *,
    at: datetime = NOON,
    severity: Severity = Severity.NORMAL,
    desk_id: str = "desk",
    story: int = 1,
    article: int = 1,
    rules: tuple[str, ...] = ("truce",),
    kind: AlertKind = AlertKind.NEW,
    because: str = "a new story for this desk",
) -> Alert:
    return Alert(number, desk_id, story, article, kind, severity, rules, because, at)


def article(
    number: int = 1,
    title: str = "Truce holds",
    body: str = "The truce holds along the border.",
    *,
    feed: str = "hill",
    story: int | None = 1,
    at: datetime = NOON,
    url: str | None = "https://hill.example/1",
    reprint_of: int | None = None,
    is_baseline: bool = False,
    language: str | None = None,
) -> Article:
    return Article(
        id=number,
        feed_id=feed,
        url=url,
        title=title,
        body=body,
        zones=(ZoneSpan(Zone.BODY, 0, len(body)),) if body else (),
        first_seen_at=at,
        language=language,
        story_id=story,
        reprint_of=reprint_of,
        is_baseline=is_baseline,
    )


def match(
    rule: str = "truce",
    *spans: Span,
    severity: Severity = Severity.NORMAL,
    desks: tuple[str, ...] = ("desk",),
    title: str = "",
) -> Match:
    return Match(rule, "v1", title or rule.capitalize(), severity, spans, desks)


def span(text: str, word: str, *, field: str = "body", actor: str | None = None, term: str = "") -> Span:
    """Find a word in a text as a span of a field."""
    start = text.index(word)
    return Span(field, start, start + len(word), word, term or word, actor)


def story(number: int = 1, *, lead: int = 1, outlets: int = 1) -> Story:
    return Story(number, lead, "", NOON, outlets)


def edit(old_title: str, new_title: str, *, old_body: str = "Body.", new_body: str = "Body.") -> Edit:
    return Edit(1, NOON, old_title, new_title, old_body, new_body, "the title changed")
