"""A made-up digest for `digest preview` and for tests: every kind of story, right-to-left text and markup in titles.

Outlets, people and events are invented. Refuses to be realistic about numbers.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.desks.content import NO_GROWTH, DigestContent, Growth, Health
from monitor.desks.digest import compose
from monitor.desks.growth import Grown, grown_item
from monitor.desks.schedule import due
from monitor.model import (
    Alert,
    AlertKind,
    Article,
    Desk,
    EmailChannel,
    FurtherReport,
    Match,
    Severity,
    SlackChannel,
    Span,
    Story,
    Zone,
    ZoneSpan,
)

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
"""13:00 in Karachi, a digest time of the sample desk."""

DESK = Desk(
    id="south-asia",
    name="South Asia desk",
    timezone="Asia/Karachi",
    digest_times=(time(7), time(13), time(19)),
    immediate=frozenset({Severity.URGENT}),
    quiet_hours=(time(23), time(6)),
    channels=(EmailChannel(("desk@example.org",)), SlackChannel("#south-asia")),
)

FEED_NAMES = {
    "hill": "The Hill Herald",
    "sahar": "روزنامہ سحر",
    "bogaz": "Boğaz Haber",
    "delta": "Delta Wire",
    "valley": "Valley Post",
    "meridian": "Radio Meridian",
}

HEALTH = Health(
    feeds=215,
    healthy=212,
    silent=("Valley Post", "Kıyı Gazetesi", "Radio Meridian"),
    articles_read=1904,
    newest_at=NOW - timedelta(minutes=4),
    gaps=1,
)

_REPORTS: tuple[tuple[int, str, str | None, str, str, tuple[str, ...], int], ...] = (
    (
        1,
        "hill",
        "en",
        "Pakistani Taliban call off truce after 12 killed in border raid",
        "The Pakistani Taliban have called off their truce with Islamabad, a spokesman said on Friday, two days before "
        "talks were to resume. Gen. Q. Ahmad told reporters that the army would “answer in kind”.\n\n"
        "Traders at the crossing said that lorries were turned back at dawn.",
        ("Pakistani Taliban", "truce"),
        95,
    ),
    (
        1,
        "delta",
        "en",
        "TTP ends ceasefire; 15 killed in raid, officials say",
        "TTP fighters ended a ceasefire on Friday.",
        ("TTP", "ceasefire"),
        80,
    ),
    (
        2,
        "sahar",
        "ur",
        "استنبول مذاکرات: پاکستان اور افغانستان جنگ بندی میں توسیع پر متفق",
        "پاکستان اور افغانستان کے وفود نے استنبول میں جنگ بندی میں ایک ہفتے کی توسیع پر اتفاق کیا ہے۔ ترجمان کے مطابق "
        "اگلا دور منگل کو ہوگا۔",
        ("استنبول", "جنگ بندی"),
        41,
    ),
    (
        3,
        "bogaz",
        "tr",
        "İstanbul'daki ateşkes görüşmeleri pazartesi sürecek",
        "Dışişleri kaynakları, Pakistan ile Afganistan arasındaki ateşkes görüşmelerinin pazartesi günü İstanbul'da "
        "süreceğini söyledi. Taraflar dün gece ortak bir metin üzerinde anlaşamamıştı.",
        ("İstanbul", "ateşkes"),
        22,
    ),
    (
        4,
        "delta",
        None,
        'Traders & hauliers ask: <when> will the crossing "open"?',
        "The truce is no use to us while lorries wait, said one haulier.",
        ("truce",),
        12,
    ),
)
_RULES = {
    1: ("ttp-ceasefire", "TTP ceasefire", Severity.HIGH, {"Pakistani Taliban": "ttp", "TTP": "ttp"}),
    2: ("istanbul-talks", "Istanbul talks", Severity.HIGH, {}),
    3: ("istanbul-talks", "Istanbul talks", Severity.HIGH, {}),
    4: ("border-trade", "Border trade", Severity.LOW, {}),
}


_TOLD_BEFORE = {
    21: ("delta", "Convoy with wheat reaches Chaman after nine days at the gate", 5, 9, 4),
    22: ("sahar", "پشاور میں جرگہ: قبائلی عمائدین نے حکومت سے مہلت مانگ لی", 1, 2, 2),
}
"""By story, what the desk was told this morning: outlet and headline; outlets that joined, all of them, and origins."""
_JOINED: tuple[tuple[int, str, str], ...] = (
    (21, "hill", "Wheat lorries roll into Chaman as gate opens"),
    (21, "bogaz", "Chaman kapısı açıldı, buğday konvoyu geçti"),
    (21, "valley", "Two drivers hurt as tanker overturns near Chaman"),
    (21, "meridian", "Nine days on, wheat convoy clears the Chaman gate"),
    (22, "hill", "Elders in Peshawar ask government for more time"),
)
"""Story, outlet and headline of what joined since."""


def sample_articles() -> dict[int, Article]:
    """Return the sample's articles by id."""
    return {
        number: Article(
            id=number,
            feed_id=feed_id,
            url=f"https://{feed_id}.example/2026/11/20/{number}?a=1&b=2",
            title=title,
            body=body,
            zones=(ZoneSpan(Zone.BODY, 0, len(body)),),
            first_seen_at=NOW - timedelta(minutes=minutes),
            language=language,
            published_at=NOW - timedelta(minutes=minutes + 7),
            story_id=story_id,
        )
        for number, (story_id, feed_id, language, title, body, _, minutes) in enumerate(_REPORTS, start=1)
    }


def sample_matches() -> dict[int, list[Match]]:
    """Return the sample's matches by article id, spans found in title and body."""
    found: dict[int, list[Match]] = {}
    for number, (story_id, _, _, title, body, terms, _) in enumerate(_REPORTS, start=1):
        rule_id, rule_title, severity, actors = _RULES[story_id]
        spans = tuple(
            Span(name, text.index(term), text.index(term) + len(term), term, term, actors.get(term))
            for name, text in (("title", title), ("body", body))
            for term in terms
            if term in text
        )
        found[number] = [Match(rule_id, "v1", rule_title, severity, spans, (DESK.id,))]
    return found


def sample_alerts() -> list[Alert]:
    """Return the sample's alerts: four new stories, the first of which developed since."""
    articles = sample_articles()
    alerts = []
    for alert_id, article_id in enumerate((1, 3, 4, 5), start=1):
        story_id = articles[article_id].story_id or 0
        rule_id, rule_title, severity, _ = _RULES[story_id]
        seen = articles[article_id].first_seen_at
        because = f"a new story for this desk: {rule_title}"
        alerts.append(
            Alert(alert_id, DESK.id, story_id, article_id, AlertKind.NEW, severity, (rule_id,), because, seen)
        )
    development = replace(
        alerts[0],
        id=5,
        kind=AlertKind.DEVELOPED,
        because="the report was changed: a figure in the headline, which was "
        "“Pakistani Taliban call off truce after 9 killed in border raid”",
        created_at=NOW - timedelta(minutes=30),
    )
    return [*alerts, development]


def sample_growth() -> Growth:
    """Return what joined two stories that the sample's desk was told of this morning; in one it is another event."""
    joined: dict[int, list[FurtherReport]] = {}
    for number, (story_id, feed_id, title) in enumerate(_JOINED, start=31):
        url = f"https://{feed_id}.example/2026/11/20/{number}"
        joined.setdefault(story_id, []).append(FurtherReport(number, story_id, feed_id, title, url, is_reprint=False))
    items = []
    for story_id, (feed_id, title, outlets_joined, outlets, origins) in _TOLD_BEFORE.items():
        url = f"https://{feed_id}.example/2026/11/20/{story_id}"
        told_by = Article(story_id, feed_id, url, title, "", (), NOW - timedelta(hours=7), story_id=story_id)
        grown = Grown(story_id, told_by.id, tuple(joined[story_id]), outlets_joined)
        items.append(grown_item(grown, told_by, outlets=outlets, origins=origins, feed_names=FEED_NAMES))
    return Growth(tuple(items), more=2)


def sample_content(*, desk: Desk = DESK, now: datetime = NOW, empty: bool = False) -> DigestContent:
    """Compose the sample for a desk at its digest time; with `empty`, the proof of life alone."""
    alerts = [] if empty else [replace(alert, desk_id=desk.id) for alert in sample_alerts()]
    local = now.astimezone(ZoneInfo(desk.timezone)).replace(fold=0)
    decision = due(
        replace(desk, digest_times=(local.time(),), digest_every=None, quiet_hours=None),
        waiting=alerts,
        last_slot_at=now - timedelta(hours=3),
        now=now,
        empty_digests=True,
    )
    assert decision is not None, "the sample's moment is a slot of the sample's desk"
    return compose(
        desk,
        decision,
        alerts=decision.alerts,
        stories={
            number: Story(number, lead, "", NOW, outlets)
            for number, lead, outlets in ((1, 1, 8), (2, 3, 3), (3, 4, 1), (4, 5, 1))
        },
        articles=sample_articles(),
        matches=sample_matches(),
        feed_names=FEED_NAMES,
        health=HEALTH,
        now=now,
        growth=NO_GROWTH if empty else sample_growth(),
    )
