"""An archive put together by hand: reports by story, without polls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.articles.address import canonical_url
from monitor.model import Article, ArticleKey, KeyKind, Story
from monitor.ports import Store
from monitor.text.zones import zones_of

MORNING = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Report:
    """An article of a story."""

    story: str
    title: str
    body: str = ""
    feed: str = "hill"
    language: str | None = "en"


def shelve(store: Store, reports: Iterable[Report]) -> list[int]:
    """Store reports a minute apart and return their ids; those that name one story share it."""
    stories: dict[str, int] = {}
    ids = []
    with store.unit_of_work():
        for number, report in enumerate(reports):
            at = MORNING + timedelta(minutes=number)
            url = f"https://{report.feed}.example/2026/11/20/report-{number}"
            article = Article(
                id=0,
                feed_id=report.feed,
                url=url,
                title=report.title,
                body=report.body,
                zones=zones_of(report.body),
                first_seen_at=at,
                language=report.language,
            )
            key = ArticleKey(KeyKind.ADDRESS, canonical_url(url))
            ids.append(store.articles.add(article, [key]))
            if report.story not in stories:
                stories[report.story] = store.stories.create(Story(0, ids[-1], report.title, at))
            store.stories.place(ids[-1], stories[report.story], None, "put there")
    return ids
