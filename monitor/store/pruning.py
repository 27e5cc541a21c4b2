"""How the database stays small over years: what goes, and what stays for ever.

Articles go when no feed has shown them for a time and nobody was told of them or judged them, with their edits, matches
and sightings; a story goes with all of its articles or not at all, and a merge or split with the articles that it
moved: an article that is kept stays where people put it. Keys stay, so that an article that comes back is still
known. What was told stays too (alerts, digests, deliveries and the history of each), without the bytes that were sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.store import words
from monitor.store.codec import to_text_time
from monitor.store.sqlite import SqliteStore

SHORTEST = timedelta(days=30)
"""Younger articles are never pruned: new ones are still compared with them."""
BATCH = 500
"""Articles or stories a unit of work, so that a daemon beside waits a moment and not minutes."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What went, in rows."""

    articles: int = 0
    stories: int = 0
    payloads: int = 0
    """Deliveries whose bytes were emptied."""
    digests: int = 0
    """Digests whose rendered text was emptied."""
    notices: int = 0
    decisions: int = 0
    """Merges and splits of stories."""


def prune(store: SqliteStore, *, older_than: timedelta, now: datetime) -> Pruned:
    """Take away what is older and no longer needed, in small units, and give the space back.

    Raises:
        ValueError: `older_than` is shorter than SHORTEST.
    """
    if older_than < SHORTEST:
        raise ValueError(f"what is younger than {SHORTEST.days} days is not pruned")
    before = to_text_time(now - older_than)
    connection = store.connection
    articles = stories = 0
    while found := connection.query(_LONE_ARTICLES, [before, before, BATCH]):
        with store.unit_of_work():
            articles += _delete_in_unit(store, [row["id"] for row in found])
    while found := connection.query(_STORIES, [before, before, BATCH]):
        with store.unit_of_work():
            for row in found:
                members = [article.id for article in store.stories.members(row["id"])]
                articles += _delete_in_unit(store, members)
                stories += connection.execute("DELETE FROM stories WHERE id = ?", [row["id"]])
    with store.unit_of_work():
        payloads = connection.execute(_PAYLOADS, [before])
        digests = connection.execute(_DIGESTS, [before])
        decisions = connection.execute(_DECISIONS, [before])
        notices = connection.execute("DELETE FROM notices WHERE cleared_at < ? AND told_at IS NOT NULL", [before])
    connection.maintain("PRAGMA incremental_vacuum")
    connection.maintain("PRAGMA optimize")
    connection.maintain("PRAGMA wal_checkpoint(TRUNCATE)")
    return Pruned(articles, stories, payloads, digests, notices, decisions)


def _delete_in_unit(store: SqliteStore, ids: list[int]) -> int:
    deleted = 0
    for article_id in ids:
        store.connection.execute("UPDATE articles SET reprint_of = NULL WHERE reprint_of = ?", [article_id])
        words.forget(store.connection, article_id)
        deleted += store.connection.execute("DELETE FROM articles WHERE id = ?", [article_id])
    return deleted


_IS_FRESH = """
    article.first_seen_at >= ?
    OR EXISTS (SELECT 1 FROM sightings WHERE article_id = article.id AND last_at >= ?)
    OR EXISTS (SELECT 1 FROM alerts WHERE article_id = article.id)
    OR EXISTS (SELECT 1 FROM alerts WHERE spoken_by = article.id)
    OR EXISTS (SELECT 1 FROM held_articles WHERE article_id = article.id)
    OR EXISTS (SELECT 1 FROM feedback WHERE article_id = article.id)
"""
_LONE_ARTICLES = f"""
SELECT id FROM articles AS article
WHERE story_id IS NULL AND NOT ({_IS_FRESH})
  AND NOT EXISTS (SELECT 1 FROM stories WHERE lead_article_id = article.id)
ORDER BY id LIMIT ?
"""  # noqa: S608 - constants
_STORIES = f"""
SELECT id FROM stories AS story
WHERE NOT EXISTS (SELECT 1 FROM alerts WHERE story_id = story.id)
  AND NOT EXISTS (SELECT 1 FROM articles AS article WHERE article.story_id = story.id AND ({_IS_FRESH}))
  AND EXISTS (SELECT 1 FROM articles AS lead WHERE lead.id = story.lead_article_id AND lead.story_id = story.id)
ORDER BY id LIMIT ?
"""  # noqa: S608 - constants
_DECISIONS = """
DELETE FROM story_decisions
WHERE at < ? AND NOT EXISTS (SELECT 1 FROM json_each(article_ids) AS moved JOIN articles ON articles.id = moved.value)
"""
_PAYLOADS = """
UPDATE deliveries SET payload = x''
WHERE created_at < ? AND state IN ('sent', 'dead', 'unknown') AND length(payload) > 0
"""
_DIGESTS = """
UPDATE digests SET html = '', text = ''
WHERE at < ? AND html <> '' AND NOT EXISTS (
    SELECT 1 FROM deliveries WHERE digest_id = digests.id AND state IN ('pending', 'sending', 'retry'))
"""
