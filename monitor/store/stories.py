"""Stories and which articles belong to them. Decides nothing: `articles/` does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Article, DecisionKind, DecisionMaker, Story, StoryDecision
from monitor.store.articles import article_of
from monitor.store.codec import clean, from_json_ids, from_text_time, to_json, to_text_time
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
                "lead_because": clean(story.lead_because),
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
                lead_because=row["lead_because"],
            )
            for row in rows
        }

    def leads(self, story_ids: Iterable[int]) -> dict[int, Article]:
        rows = self.connection.query(_LEADS, [to_json(story_ids)])
        return {row["led"]: article_of(row) for row in rows}

    def name_lead(self, story_id: int, article_id: int, because: str) -> None:
        self.connection.execute(_NAME_LEAD, [clean(because), article_id, story_id])

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

    def members_of(self, story_ids: Iterable[int]) -> dict[int, list[Article]]:
        found: dict[int, list[Article]] = {}
        for row in self.connection.query(
            "SELECT * FROM articles WHERE story_id IN (SELECT value FROM json_each(?)) ORDER BY id",
            [to_json(story_ids)],
        ):
            found.setdefault(row["story_id"], []).append(article_of(row))
        return found

    def feeds_of(self, story_ids: Iterable[int]) -> dict[int, dict[int, str]]:
        found: dict[int, dict[int, str]] = {}
        for row in self.connection.query(
            "SELECT story_id, id, feed_id FROM articles WHERE story_id IN (SELECT value FROM json_each(?))",
            [to_json(story_ids)],
        ):
            found.setdefault(row["story_id"], {})[row["id"]] = row["feed_id"]
        return found

    def since(self, moment: datetime) -> list[Story]:
        rows = self.connection.query(
            "SELECT story_id, max(id) AS newest FROM articles WHERE first_seen_at >= ? AND story_id IS NOT NULL"
            " GROUP BY story_id ORDER BY newest DESC",
            [to_text_time(moment)],
        )
        found = self.get(row["story_id"] for row in rows)
        return [found[row["story_id"]] for row in rows]

    def merge(
        self,
        story_id: int,
        other_id: int,
        because: str,
        at: datetime,
        maker: DecisionMaker = DecisionMaker.PERSON,
    ) -> None:
        moved = [article.id for article in self.members(other_id)]
        for article_id in moved:
            self._move(article_id, story_id, f"moved from story {other_id}: {because}")
        for table in ("alerts", "mutes"):
            self.connection.execute(f"UPDATE {table} SET story_id = ? WHERE story_id = ?", [story_id, other_id])  # noqa: S608 - constants
        self.connection.execute("DELETE FROM stories WHERE id = ?", [other_id])
        self._keep(StoryDecision(0, DecisionKind.MERGE, story_id, other_id, tuple(moved), at, because, maker))

    def split(self, story_id: int, article_ids: Sequence[int], because: str, at: datetime) -> int:
        moved = sorted(set(article_ids))
        new_id = self.create(Story(0, moved[0], "", at))
        for article_id in moved:
            self._move(article_id, new_id, f"split from story {story_id}: {because}")
        self.connection.execute(_MOVE_ALERTS, [new_id, to_json(moved)])
        self.connection.execute(_LOSE_ORIGINALS_ELSEWHERE, [story_id, new_id])
        self._keep(StoryDecision(0, DecisionKind.SPLIT, story_id, new_id, tuple(moved), at, because))
        return new_id

    def gather(self, story_id: int, article_ids: Sequence[int], because: str, at: datetime) -> list[int]:
        remain: list[int] = []
        left: dict[int, list[int]] = {}
        for article in map(article_of, self.connection.query(_ARTICLES, [to_json(article_ids)])):
            if article.story_id is not None and article.story_id != story_id:
                left.setdefault(article.story_id, []).append(article.id)
        for other_id, moved in left.items():
            if len(moved) == self.connection.scalar(_COUNT_MEMBERS, [other_id]):
                self.merge(story_id, other_id, because, at, DecisionMaker.MONITOR)
                continue
            for article_id in moved:
                self._move(article_id, story_id, f"moved from story {other_id}: {because}")
            self.connection.execute(_MOVE_ALERTS, [story_id, to_json(moved)])
            self.connection.execute(_LOSE_ORIGINALS_ELSEWHERE, [other_id, story_id])
            remain.append(other_id)
        return remain

    def decisions(self, after: int = 0) -> list[StoryDecision]:
        rows = self.connection.query("SELECT * FROM story_decisions WHERE id > ? ORDER BY id", [after])
        return [
            StoryDecision(
                id=row["id"],
                kind=DecisionKind(row["kind"]),
                story_id=row["story_id"],
                other_id=row["other_id"],
                article_ids=from_json_ids(row["article_ids"]),
                at=from_text_time(row["at"]),
                because=row["because"],
                maker=DecisionMaker(row["maker"]),
            )
            for row in rows
        ]

    def _move(self, article_id: int, story_id: int, because: str) -> None:
        self.connection.execute(
            "UPDATE articles SET story_id = ?, placed_because = ? WHERE id = ?", [story_id, clean(because), article_id]
        )

    def _keep(self, decision: StoryDecision) -> None:
        self.connection.insert(
            "story_decisions",
            {
                "kind": decision.kind.value,
                "story_id": decision.story_id,
                "other_id": decision.other_id,
                "article_ids": to_json(decision.article_ids),
                "at": to_text_time(decision.at),
                "because": clean(decision.because),
                "maker": decision.maker.value,
            },
        )


_ARTICLES = "SELECT * FROM articles WHERE id IN (SELECT value FROM json_each(?))"
_COUNT_MEMBERS = "SELECT count(*) AS n FROM articles WHERE story_id = ?"
_LEADS = """
SELECT stories.id AS led, articles.* FROM stories JOIN articles ON articles.id = stories.lead_article_id
WHERE stories.id IN (SELECT value FROM json_each(?))
"""
_NAME_LEAD = """
UPDATE stories SET lead_because = ?1, lead_article_id = articles.id, title = articles.title
FROM articles WHERE articles.id = ?2 AND stories.id = ?3
"""
_MOVE_ALERTS = "UPDATE alerts SET story_id = ? WHERE article_id IN (SELECT value FROM json_each(?))"
_LOSE_ORIGINALS_ELSEWHERE = """
UPDATE articles AS copy SET reprint_of = NULL
WHERE copy.story_id IN (?, ?)
  AND EXISTS (SELECT 1 FROM articles AS o WHERE o.id = copy.reprint_of AND o.story_id IS NOT copy.story_id)
"""
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
