"""Entries, feeds and articles with the values a test does not care about."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from monitor.articles.intake import Intake, articles_wanted, plan_intake
from monitor.articles.readings import Glimpse, read_entries
from monitor.model import Article, ArticleKey, Entry, Feed
from monitor.text.zones import zones_of

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

LONG = (
    "Negotiators of both sides met in Istanbul on Thursday and agreed to keep the truce along the border for another"
    " month while experts draft a way to verify it, two officials with knowledge of the talks said."
)
OTHER = (
    "Engineers in Karachi reopened the main water line to the northern districts after a burst pipe had left half a"
    " million households dry for three days, the utility announced in a short bulletin."
)


def feed(feed_id: str = "dawn", **settings: object) -> Feed:
    return Feed(**{"id": feed_id, "url": f"https://{feed_id}.example/rss", "name": feed_id, **settings})  # type: ignore[arg-type]


def entry(number: int | str = 1, **fields: object) -> Entry:
    given: dict[str, object] = {
        "id": f"guid-{number}",
        "url": f"https://news.example/story-{number}",
        "title": f"Headline number {number} about subject {number}",
        "html": f"<p>Text {number}: {LONG} It is report {number}.</p>",
        "published": NOW - timedelta(minutes=30),
    }
    return Entry(**{**given, **fields})  # type: ignore[arg-type]


def article(article_id: int = 0, **fields: object) -> Article:
    body = str(fields.pop("body", LONG))
    given: dict[str, object] = {
        "id": article_id,
        "feed_id": "dawn",
        "url": f"https://news.example/story-{article_id}",
        "title": f"Headline number {article_id}",
        "body": body,
        "zones": zones_of(body),
        "first_seen_at": NOW,
    }
    return Article(**{**given, **fields})  # type: ignore[arg-type]


@dataclass
class Shelf:
    """Keeps articles as the store would: a key stays with its first article unless it is given to another."""

    keys: dict[ArticleKey, int] = field(default_factory=dict)
    articles: dict[int, Article] = field(default_factory=dict)
    ids: count[int] = field(default_factory=lambda: count(1))
    remembers: bool = False
    """Whether the next poll passes over what the last document had."""
    glimpses: dict[str, Glimpse] = field(default_factory=dict)

    def take(self, *entries: Entry, of: Feed | None = None, is_baseline: bool = False, now: datetime = NOW) -> Intake:
        source = of or feed()
        document = read_entries(entries, source.id, before=self.glimpses.get(source.id), now=now)
        known = {key: self.keys[key] for key in document.keys if key in self.keys}
        wanted = {number: self.articles[number] for number in articles_wanted(document, known) & self.articles.keys()}
        intake = plan_intake(document, feed=source, is_baseline=is_baseline, known=known, articles=wanted, now=now)
        if self.remembers:
            self.glimpses[source.id] = document.glimpse
        self.store(intake)
        return intake

    def store(self, intake: Intake) -> None:
        """Write what was decided."""
        for arrival in intake.arrivals:
            article_id = next(self.ids)
            self.articles[article_id] = Article(**{**_fields(arrival.article), "id": article_id})
            for key in arrival.keys:
                self.keys.setdefault(key, article_id)
            self.keys.update(dict.fromkeys(arrival.reused, article_id))
        for seen in intake.sightings:
            for key in seen.keys:
                self.keys.setdefault(key, seen.article_id)
            if seen.promoted is not None:
                self.articles[seen.article_id] = seen.promoted
        for edit, changed in intake.edits:
            self.articles[edit.article_id] = changed


def _fields(item: Article) -> dict[str, object]:
    return {name: getattr(item, name) for name in Article.__dataclass_fields__}
