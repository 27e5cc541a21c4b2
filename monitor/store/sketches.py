"""Sketches: what recent articles look like to those that are compared with them. Knows nothing of what is in one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Sketch
from monitor.store.codec import from_text_time, to_text_time
from monitor.store.connection import Connection

_READ_AT_ONCE = 1_000
"""Sketches of a thousand bytes that are held at once while they are read."""


@dataclass(frozen=True, slots=True)
class Sketches:
    """ports.SketchStore over a connection."""

    connection: Connection

    def keep(self, sketches: Iterable[Sketch]) -> None:
        self.connection.execute_many(_KEEP, ((each.article_id, each.version, each.data) for each in sketches))

    def since(self, moment: datetime) -> Iterator[Sketch]:
        placed = self.connection.query(_PLACED, [to_text_time(moment)])
        for start in range(0, len(placed), _READ_AT_ONCE):
            batch = placed[start : start + _READ_AT_ONCE]
            rows = self.connection.query(_BETWEEN, [batch[0]["id"], batch[-1]["id"]])
            kept = {row["article_id"]: row for row in rows}
            for row in batch:
                sketch = kept.get(row["id"])
                yield Sketch(
                    article_id=row["id"],
                    version=sketch["version"] if sketch else 0,
                    data=sketch["data"] if sketch else b"",
                    first_seen_at=from_text_time(row["first_seen_at"]),
                    story_id=row["story_id"],
                    reprint_of=row["reprint_of"],
                )

    def forget_before(self, article_id: int) -> None:
        self.connection.execute("DELETE FROM sketches WHERE article_id < ?", [article_id])


# From a SELECT: an edited article that was pruned meanwhile has no sketch.
_KEEP = (
    "INSERT INTO sketches (article_id, version, data) SELECT id, ?2, ?3 FROM articles WHERE id = ?1"
    " ON CONFLICT (article_id) DO UPDATE SET version = excluded.version, data = excluded.data"
)
# "+id": sorted after the search, as in `articles.Articles.since`.
_PLACED = (
    "SELECT id, first_seen_at, story_id, reprint_of FROM articles"
    " WHERE first_seen_at >= ? AND story_id IS NOT NULL ORDER BY +id"
)
_BETWEEN = "SELECT article_id, version, data FROM sketches WHERE article_id BETWEEN ? AND ?"
