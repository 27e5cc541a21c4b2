"""What joined the stories that a desk was told of, gathered from the store for the desk's digest.

Reads, and changes nothing; `desks/growth` decides what is said. Only stories that are named are looked at closer, and
of these no text where they are large.
"""

from __future__ import annotations

from datetime import datetime

from monitor.articles.origins import origins_of
from monitor.desks.content import Growth
from monitor.desks.growth import MOST_SHOWN, Grown, grown_item, grown_stories, says_growth
from monitor.desks.mutes import muted_stories
from monitor.desks.schedule import Due
from monitor.model import Desk
from monitor.ports import Store
from monitor.rules.book import RuleBook

MOST_READ = 100
"""Articles of a story that are read to count its origins; a larger one says its outlets only."""


def growth_of(desk: Desk, decision: Due, *, book: RuleBook, store: Store, now: datetime) -> Growth:
    """Return what a digest says of further reports, and which it counts: those of the stories that it tells too.

    Args:
        desk: Who is told.
        decision: What is told, and what waits on.
        book: The rule book in force, for the names of outlets.
        store: The state.
        now: When the digest is fixed.
    """
    reports = store.alerts.further(desk.id)
    told_here = {alert.story_id for alert in decision.alerts}
    counted = tuple(report.article_id for report in reports if report.story_id in told_here)
    if len(counted) == len(reports) or not says_growth(desk, decision):
        return Growth(counted=counted)
    waiting = {held.alert.story_id for held in decision.held}
    left_out = told_here | waiting | muted_stories(desk, store.mutes.open(), now=now)
    stories = {report.story_id for report in reports} - left_out
    feeds = store.stories.feeds_of(stories)
    grown = grown_stories(desk, reports, told=store.alerts.told_of(stories), feeds=feeds, left_out=left_out)
    shown = grown[:MOST_SHOWN]
    told_by = store.articles.get(each.told_by for each in shown)
    outlets = {story.id: story.outlets for story in store.stories.get(each.story_id for each in shown).values()}
    feed_names = {feed.id: feed.name for feed in book.feeds.values()}
    return Growth(
        items=tuple(
            grown_item(
                each,
                told_by.get(each.told_by),
                outlets=outlets[each.story_id],
                origins=_origins(each, len(feeds[each.story_id]), store=store),
                feed_names=feed_names,
            )
            for each in shown
        ),
        more=len(grown) - len(shown),
        counted=(*counted, *(report.article_id for each in grown for report in each.reports)),
    )


def _origins(grown: Grown, articles: int, *, store: Store) -> int | None:
    return origins_of(store.stories.members(grown.story_id)).origins if articles <= MOST_READ else None
