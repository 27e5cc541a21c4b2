"""Stories and which articles belong to them. Decides nothing: `articles/` does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.model import Article, Story
from monitor.store.articles import article_of
from monitor.store.codec import clean, from_text_time, to_json, to_text_time
from monitor.store.connection import Connection


@dataclass(frozen=True, slots=True)
class Stories:
    """ports.StoryStore over a connection."""

    connection: Connection

    def create(self, story: Story) -> int:
        return self.connection.insert(
            "stories",
            {
                "lead_article_id": story.lead_article_id,
                "title": clean(story.title),
                "created_at": to_text_time(story.created_at),
            },
        )

    def get(self, ids: Iterable[int]) -> dict[int, Story]:
        rows = self.connection.query(_STORIES, [to_json(ids)])
        return {
            row["id"]: Story(
                id=row["id"],
                lead_article_id=row["lead_article_id"],
                title=row["title"],
                created_at=from_text_time(row["created_at"]),
                outlets=row["outlets"],
            )
            for row in rows
        }

    def place(self, article_id: int, story_id: int, reprint_of: int | None, because: str) -> None:
        self.connection.execute(
            "UPDATE articles SET story_id = ?, reprint_of = ?, placed_because = ? WHERE id = ?",
            [story_id, reprint_of, clean(because), article_id],
        )

    def placed_because(self, article_id: int) -> str:
        """Return why an article is in its story, "" where it was not placed."""
        return str(self.connection.scalar("SELECT placed_because FROM articles WHERE id = ?", [article_id]) or "")

    def members(self, story_id: int) -> list[Article]:
        rows = self.connection.query("SELECT * FROM articles WHERE story_id = ? ORDER BY id", [story_id])
        return [article_of(row) for row in rows]


_STORIES = """
SELECT stories.*, max(1, (
    SELECT count(*) FROM (
        SELECT feed_id FROM articles WHERE story_id = stories.id
        UNION
        SELECT sightings.feed_id FROM articles JOIN sightings ON sightings.article_id = articles.id
        WHERE articles.story_id = stories.id
    )
)) AS outlets
FROM stories WHERE id IN (SELECT value FROM json_each(?))
"""
