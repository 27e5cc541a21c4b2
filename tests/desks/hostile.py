"""Digest contents as bad as feeds can make them, for properties of the renderings."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from monitor.desks.content import DigestContent, Growth, Health
from monitor.desks.digest import compose
from monitor.desks.growth import MOST_SHOWN, Grown, grown_item
from monitor.desks.schedule import Due, Held
from monitor.model import Alert, AlertKind, Article, FurtherReport, Match, Severity, Span
from tests.desks.build import NOON, alert, article, desk, match, story

NASTY = [
    "&", "<", ">", '"', "\\", "*", "_", "`", "~", "|", "\r\nBcc: x@y.example", "\u2028", "\u202e", "\x00", "\ud800",
    "<script>", "</style>", "<!channel>", "<https://evil.example|x>", "{{ 7*7 }}", "]]>", "=?utf-8?q?=0D=0A?=", "👩‍🚒",
    "\u0627", "۔", " ", "\n\n", "İ", "ا\u064b", "=_", "..", "\n.\n",
]  # fmt: skip

TEXT = st.lists(st.one_of(st.sampled_from(NASTY), st.characters(), st.text(max_size=20)), max_size=30).map("".join)
LONG = st.builds(lambda text, times: text * times, TEXT, st.sampled_from([1, 1, 1, 30, 400]))


@st.composite
def growths(draw: st.DrawFn, *, stories: int = 10) -> Growth:
    """Write stories that grew, of reports with hostile headlines, addresses and outlets."""
    told_by = article(1, draw(LONG), url="https://a.example/" + draw(LONG))
    reports = [
        FurtherReport(number, 1, "hill", draw(LONG), "https://a.example/" + draw(LONG), is_reprint=draw(st.booleans()))
        for number in range(2, draw(st.integers(2, 5)) + 1)
    ]
    grown = Grown(1, 1, tuple(reports), outlets=draw(st.integers(0, 5)))
    origins = draw(st.sampled_from([None, 3]))
    item = grown_item(grown, told_by, outlets=9, origins=origins, feed_names={"hill": draw(LONG)})
    return Growth((item,) * draw(st.integers(0, stories)), more=draw(st.integers(0, 3)))


@st.composite
def contents(draw: st.DrawFn, *, stories: int = 6) -> DigestContent:
    """Compose digests of a few stories with hostile text in every field that comes from outside."""
    alerts: list[Alert] = []
    articles: dict[int, Article] = {}
    matches: dict[int, list[Match]] = {}
    for number in range(1, draw(st.integers(0, stories)) + 1):
        title, body = draw(LONG), draw(LONG)
        url = "https://a.example/" + draw(LONG)
        articles[number] = article(number, title, body, story=number, url=url, language=draw(TEXT))
        severity = draw(st.sampled_from(Severity))
        starts = draw(st.lists(st.integers(0, 40), max_size=5))
        spans = [
            Span(f, at, at + 3, t[at : at + 3], draw(TEXT), None)
            for f, t in (("title", title), ("body", body))
            for at in starts
        ]
        matches[number] = [match(f"r{number}", *spans, severity=severity, title=draw(TEXT))]
        kind = draw(st.sampled_from(AlertKind))
        alerts.append(alert(number, story=number, article=number, severity=severity, rules=(f"r{number}",), kind=kind,
                            because=draw(LONG)))  # fmt: skip
    return compose(
        desk("12:00", stories_per_day=draw(st.sampled_from([None, 2]))),
        Due("slot", NOON, tuple(alerts), (Held(alert(99), "waits for its digest"),), "the 12:00 digest", sends=True),
        alerts=alerts,
        stories={a.story_id: story(a.story_id, outlets=3) for a in alerts},
        articles=articles,
        matches=matches,
        feed_names={"hill": draw(LONG)},
        health=Health(9, 7, silent=(draw(LONG), "b"), newest_at=NOON - timedelta(hours=1)),
        now=NOON,
        growth=draw(growths()),
    )


def crowded_growth(unit: str, *, address: str = "https://a.example/" + "&" * 1900) -> Growth:
    """Return as many stories that grew as may be named, with everything as long as it may be."""
    reports = tuple(FurtherReport(n, 1, "hill", f"{n} {unit * 30}", address, is_reprint=False) for n in range(2, 9))
    told_by = article(1, unit * 30, url=address)
    feed_names = {"hill": unit * 20}
    item = grown_item(Grown(1, 1, reports, outlets=7), told_by, outlets=9, origins=2, feed_names=feed_names)
    return Growth((item,) * MOST_SHOWN, more=99)


def crowded(stories: int, *, unit: str = "“Truce” & <talks> “آتش‌بس” ") -> DigestContent:
    """Compose a digest of very many stories whose every field is as long as it may be."""
    alerts = [alert(n, story=n, article=n, kind=AlertKind.DEVELOPED, because=unit * 40) for n in range(1, stories + 1)]
    body = unit * 100
    spans = [Span("body", at, at + 3, body[at : at + 3], unit * 9) for at in range(0, 300, 7)]
    return compose(
        desk("12:00"),
        Due("slot", NOON, tuple(alerts), (), "the 12:00 digest", sends=True),
        alerts=alerts,
        stories={},
        articles={
            n: article(n, unit * 30, body, story=n, url="https://a.example/" + "&" * 1900)
            for n in range(1, stories + 1)
        },
        matches={n: [match("truce", *spans, title=unit * 20)] for n in range(1, stories + 1)},
        feed_names={"hill": unit * 20},
        health=Health(9, 7, silent=(unit * 20,) * 30),
        now=NOON,
        growth=crowded_growth(unit),
    )
