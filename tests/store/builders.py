"""Nouns with everything set, so that a column that is forgotten shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.model import (
    AffairState,
    Alert,
    AlertKind,
    Article,
    ChannelKind,
    Delivery,
    Digest,
    FeedState,
    Match,
    NextPoll,
    PollOutcome,
    PollReport,
    Severity,
    Sketch,
    Span,
    Story,
    Zone,
    ZoneSpan,
)
from monitor.ports import Store

NOON = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)


def later(minutes: float) -> datetime:
    """Return a moment so many minutes after NOON."""
    return NOON + timedelta(minutes=minutes)


def feed_state(feed_id: str = "hill-post") -> FeedState:
    return FeedState(
        feed_id=feed_id,
        url="https://hill-post.example/rss",
        etag='W/"caf\u00e9"',
        last_modified="Fri, 20 Nov 2026 11:00:00 GMT",
        body_sha256="ab" * 32,
        baseline_at=later(-90),
        next_poll_at=later(15),
        next_poll_because="four entries a day",
        last_polled_at=NOON,
        last_ok_at=NOON,
        last_new_at=later(-30),
        last_outcome="new",
        last_detail="2 new",
        failures=3,
        paused=True,
        memory='{"rhythm": [1, 2]}',
    )


def poll_report(feed_id: str = "hill-post", number: int = 0) -> PollReport:
    return PollReport(
        feed_id=feed_id,
        at=later(number),
        outcome=PollOutcome.NEW,
        status="200",
        detail=f"poll {number}",
        entries=20,
        new=2,
        matched=1,
        alerts=1,
        seconds=0.125,
        next_poll=NextPoll(at=later(number + 15), because="four entries a day"),
    )


def article(feed_id: str = "hill-post", title: str = "Truce at the pass", at: datetime = NOON) -> Article:
    return Article(
        id=0,
        feed_id=feed_id,
        url="https://hill-post.example/truce",
        title=title,
        body="Both sides put down their arms.\n\nاسلام آباد — read more",
        zones=(ZoneSpan(Zone.LEAD, 0, 33), ZoneSpan(Zone.BOILERPLATE, 33, 56)),
        first_seen_at=at,
        language="en",
        authors=("R. Khan", "د. خان"),
        tags=("pakistan", 'quo"te'),
        published_at=later(-10),
        is_baseline=True,
    )


def match(rule_id: str = "ttp-ceasefire", version: str = "v1", start: int = 0) -> Match:
    return Match(
        rule_id=rule_id,
        rule_version=version,
        title="TTP ceasefire",
        severity=Severity.HIGH,
        spans=(
            Span("title", start, start + 5, "Truce", "truce"),
            Span("body", 33, 44, "اسلام آباد", "اسلام آباد", actor="islamabad"),
        ),
        desks=("south-asia",),
    )


def alert(story_id: int, article_id: int, desk_id: str = "south-asia") -> Alert:
    return Alert(
        id=0,
        desk_id=desk_id,
        story_id=story_id,
        article_id=article_id,
        kind=AlertKind.DEVELOPED,
        severity=Severity.URGENT,
        rule_ids=("ttp-ceasefire", "istanbul-talks"),
        because="a second outlet",
        created_at=NOON,
        states=(AffairState("truce", "extended"), AffairState("talks", "", is_denied=True)),
    )


def digest(alert_ids: tuple[int, ...] = (), desk_id: str = "south-asia") -> Digest:
    return Digest(
        id=0,
        desk_id=desk_id,
        at=NOON,
        slot="2026-11-20T17:00+05:00",
        subject="1 story: truce",
        alert_ids=alert_ids,
        html="<p>truce</p>",
        text="truce",
    )


def delivery(
    recipient: str = "desk@example.org", *, channel: ChannelKind = ChannelKind.EMAIL, part: int = 1, parts: int = 1
) -> Delivery:
    return Delivery(
        id=0,
        digest_id=None,
        channel=channel,
        recipient=recipient,
        message_id="<1.south-asia@monitor.example>",
        payload=b"Subject: truce\r\n\r\n.\x00\xff\r\n",
        created_at=NOON,
        part=part,
        parts=parts,
    )


def sketch(article_id: int, story_id: int) -> Sketch:
    return Sketch(article_id, version=7, data=b"\x00data", first_seen_at=NOON, story_id=story_id, reprint_of=None)


def stored_story(store: Store, title: str = "Truce at the pass") -> tuple[int, int]:
    """Store an article in a story of its own; return (story, article)."""
    with store.unit_of_work():
        return story_in_unit(store, title)


def story_in_unit(store: Store, title: str = "Truce at the pass") -> tuple[int, int]:
    """Do the same inside a unit of work that is open."""
    article_id = store.articles.add(article(title=title), [])
    story_id = store.stories.create(Story(id=0, lead_article_id=article_id, title=title, created_at=NOON))
    store.stories.place(article_id, story_id, None, "first of its story")
    return story_id, article_id
