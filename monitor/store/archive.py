"""The archive read from end to end: articles, edits and sightings in the order they came, a batch at a time.

It changes nothing, and holds one batch. Batches go on by row id and not by offset, so that each costs the same and a
daemon may write meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Article, Edit, Sighting
from monitor.store.articles import article_of, edit_of
from monitor.store.codec import from_text_time, to_json, to_text_time
from monitor.store.connection import Connection


@dataclass(frozen=True, slots=True)
class Archive:
    """ports.Archive over a connection."""

    connection: Connection

    def first_since(self, moment: datetime) -> int | None:
        # "+id": by the index of arrivals; plain "id" makes SQLite walk the table, texts and all, up to the first.
        found: int | None = self.connection.scalar(
            "SELECT min(+id) AS id FROM articles WHERE first_seen_at >= ?", [to_text_time(moment)]
        )
        return found

    def count(self, from_id: int) -> int:
        return int(self.connection.scalar("SELECT count(*) AS n FROM articles WHERE id >= ?", [from_id]))

    def articles(self, from_id: int, limit: int) -> list[Article]:
        rows = self.connection.query("SELECT * FROM articles WHERE id >= ? ORDER BY id LIMIT ?", [from_id, limit])
        return [article_of(row) for row in rows]

    def edits(self, after: int, since: datetime, limit: int) -> list[tuple[int, Edit]]:
        rows = self.connection.query(
            "SELECT * FROM edits WHERE id > ? AND at >= ? ORDER BY id LIMIT ?", [after, to_text_time(since), limit]
        )
        return [(row["id"], edit_of(row)) for row in rows]

    def edits_of(self, article_ids: Iterable[int]) -> dict[int, list[Edit]]:
        found: dict[int, list[Edit]] = {}
        for row in self.connection.query(
            "SELECT * FROM edits WHERE article_id IN (SELECT value FROM json_each(?)) ORDER BY id",
            [to_json(article_ids)],
        ):
            found.setdefault(row["article_id"], []).append(edit_of(row))
        return found

    def sightings_of(self, article_ids: Iterable[int]) -> dict[int, list[tuple[int, Sighting]]]:
        found: dict[int, list[tuple[int, Sighting]]] = {}
        for row in self.connection.query(
            "SELECT * FROM sightings WHERE article_id IN (SELECT value FROM json_each(?)) ORDER BY first_at, id",
            [to_json(article_ids)],
        ):
            sighting = Sighting(
                article_id=row["article_id"],
                feed_id=row["feed_id"],
                url=row["url"],
                entry_id=row["entry_id"],
                seen_at=from_text_time(row["first_at"]),
            )
            found.setdefault(sighting.article_id, []).append((row["id"], sighting))
        return found
