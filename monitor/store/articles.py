"""Articles with their text, the keys that identify them, where they were seen, how they changed, and what matched.

Keys outlive their article: a pruned article that comes back in a feed is still known, and never news again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from monitor.model import Article, ArticleKey, Edit, KeyKind, Match, NewArticle, Severity, Sighting
from monitor.store import words
from monitor.store.codec import (
    clean,
    from_json_strings,
    from_optional_time,
    from_text_time,
    spans_from_json,
    spans_to_json,
    to_json,
    to_optional_time,
    to_text_time,
    zones_from_json,
    zones_to_json,
)
from monitor.store.connection import Connection, Row
from monitor.text.zones import zones_of

_ADD = (
    "INSERT INTO articles (id, feed_id, url, title, body, zones, first_seen_at, language, authors, tags, published_at,"
    " story_id, reprint_of, placed_because, is_baseline) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ADD_KEY = "INSERT INTO article_keys (kind, value, article_id) VALUES (?, ?, ?) ON CONFLICT (kind, value) DO NOTHING"
_MOVE_KEY = (
    "INSERT INTO article_keys (kind, value, article_id) VALUES (?, ?, ?)"
    " ON CONFLICT (kind, value) DO UPDATE SET article_id = excluded.article_id"
)
# From a SELECT: an article that was pruned, and known by its keys alone, is not sighted.
_SIGHT = (
    "INSERT INTO sightings (article_id, feed_id, url, entry_id, first_at, last_at)"
    " SELECT id, ?2, ?3, ?4, ?5, ?5 FROM articles WHERE id = ?1"
    " ON CONFLICT (article_id, feed_id, ifnull(url, '')) DO UPDATE SET last_at = max(last_at, excluded.last_at)"
)
_ADD_MATCH = (
    # A repeat brings spans of the article's newest text, which is the text that is stored.
    "INSERT INTO matches (article_id, rule_id, rule_version, title, severity, spans, desks, at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (article_id, rule_id, rule_version) DO UPDATE SET spans = excluded.spans"
)
_ASKED_AT_ONCE = 500
"""Keys in one statement; SQLite takes 32,766 parameters (https://www.sqlite.org/limits.html)."""


@dataclass(frozen=True, slots=True)
class Articles:
    """ports.ArticleStore over a connection."""

    connection: Connection

    def find(self, keys: Iterable[ArticleKey]) -> dict[ArticleKey, int]:
        found: dict[ArticleKey, int] = {}
        for kind, group in groupby(sorted(set(keys), key=_kind), key=_kind):
            asked = [(key, clean(key.value)) for key in group]
            for start in range(0, len(asked), _ASKED_AT_ONCE):
                batch = asked[start : start + _ASKED_AT_ONCE]
                marks = ",".join("?" * len(batch))
                sql = f"SELECT value, article_id FROM article_keys WHERE kind = ? AND value IN ({marks})"  # noqa: S608 - marks
                rows = self.connection.query(sql, [kind, *(value for _, value in batch)])
                known = {row["value"]: row["article_id"] for row in rows}
                found.update((key, known[value]) for key, value in batch if value in known)
        return found

    def next_id(self) -> int:
        return self.connection.next_id("articles")

    def add(self, article: Article, keys: Iterable[ArticleKey]) -> int:
        new_id = self.next_id()
        self.add_all([NewArticle(replace(article, id=new_id), tuple(keys))])
        return new_id

    def add_all(self, arrivals: Sequence[NewArticle]) -> None:
        if not arrivals:
            return
        self.connection.execute_many(_ADD, map(_row, arrivals))
        words.index(self.connection, [each.article.id for each in arrivals])
        self.connection.execute_many(_ADD_KEY, (_key_row(key, n.article.id) for n in arrivals for key in n.keys))
        self.connection.execute_many(_MOVE_KEY, (_key_row(key, n.article.id) for n in arrivals for key in n.reused))
        self.sight(sighting for new in arrivals for sighting in new.sightings)

    def add_keys(self, article_id: int, keys: Iterable[ArticleKey]) -> None:
        self.connection.execute_many(_ADD_KEY, (_key_row(key, article_id) for key in keys))

    def move_keys(self, article_id: int, keys: Iterable[ArticleKey]) -> None:
        self.connection.execute_many(_MOVE_KEY, (_key_row(key, article_id) for key in keys))

    def get(self, ids: Iterable[int]) -> dict[int, Article]:
        rows = self.connection.query(
            "SELECT * FROM articles WHERE id IN (SELECT value FROM json_each(?))", [to_json(ids)]
        )
        return {row["id"]: article_of(row) for row in rows}

    def sight(self, sightings: Iterable[Sighting]) -> None:
        self.connection.execute_many(_SIGHT, map(_sighting_row, sightings))

    def sightings(self, article_id: int) -> list[Sighting]:
        rows = self.connection.query("SELECT * FROM sightings WHERE article_id = ? ORDER BY first_at, id", [article_id])
        return [
            Sighting(
                article_id=row["article_id"],
                feed_id=row["feed_id"],
                url=row["url"],
                entry_id=row["entry_id"],
                seen_at=from_text_time(row["first_at"]),
            )
            for row in rows
        ]

    def edit(self, edit: Edit, article: Article) -> None:
        words.forget(self.connection, edit.article_id)
        changed = self.connection.execute(
            "UPDATE articles SET title = ?, body = ?, zones = ?, language = ?, authors = ?, tags = ?, published_at = ?"
            " WHERE id = ?",
            [
                clean(article.title),
                clean(article.body),
                zones_to_json(article.zones),
                article.language,
                to_json(article.authors),
                to_json(article.tags),
                to_optional_time(article.published_at),
                edit.article_id,
            ],
        )
        if not changed:  # pruned
            return
        words.index(self.connection, [edit.article_id])
        self.connection.insert(
            "edits",
            {
                "article_id": edit.article_id,
                "at": to_text_time(edit.at),
                "old_title": clean(edit.old_title),
                "new_title": clean(edit.new_title),
                "old_body": clean(edit.old_body),
                "new_body": clean(edit.new_body),
                "because": clean(edit.because),
                "old_zones": zones_to_json(edit.old_zones),
                "new_zones": zones_to_json(edit.new_zones),
            },
        )

    def promote(self, article_id: int, at: datetime) -> None:
        self.connection.execute(
            "UPDATE articles SET is_baseline = 0, promoted_at = ? WHERE id = ?", (to_text_time(at), article_id)
        )

    def edits(self, article_id: int) -> list[Edit]:
        rows = self.connection.query("SELECT * FROM edits WHERE article_id = ? ORDER BY id", [article_id])
        return [edit_of(row) for row in rows]

    def since(self, first_seen_at: datetime) -> list[Article]:
        # "+id": sorted after the search; plain "id" makes SQLite walk the whole table in that order instead.
        rows = self.connection.query(
            "SELECT * FROM articles WHERE first_seen_at >= ? ORDER BY +id", [to_text_time(first_seen_at)]
        )
        return [article_of(row) for row in rows]

    def count_since(self, moment: datetime) -> int:
        found: int = self.connection.scalar(
            "SELECT count(*) AS n FROM articles WHERE first_seen_at >= ?", [to_text_time(moment)]
        )
        return found

    def add_matches(self, article_id: int, matches: Sequence[Match], at: datetime) -> None:
        self.connection.execute_many(
            _ADD_MATCH,
            (
                (
                    article_id,
                    match.rule_id,
                    match.rule_version,
                    match.title,
                    match.severity.value,
                    spans_to_json(match.spans),
                    to_json(match.desks),
                    to_text_time(at),
                )
                for match in matches
            ),
        )

    def matches(self, article_ids: Iterable[int]) -> dict[int, list[Match]]:
        found: dict[int, list[Match]] = {}
        for row in self.connection.query(
            "SELECT * FROM matches WHERE article_id IN (SELECT value FROM json_each(?)) ORDER BY id",
            [to_json(article_ids)],
        ):
            found.setdefault(row["article_id"], []).append(_match(row))
        return found

    def under(self, address: str, limit: int = 50) -> list[int]:
        # By the primary key: U+10FFFF sorts after whatever may follow in an address.
        rows = self.connection.query(
            "SELECT article_id FROM article_keys WHERE kind = ? AND value >= ? AND value < ? LIMIT ?",
            [KeyKind.ADDRESS.value, clean(address), clean(address) + "\U0010ffff", limit],
        )
        return [row["article_id"] for row in rows]

    def frequencies(self, text: str) -> dict[str, int]:
        return words.frequencies(self.connection, words.words_of(text))

    def with_words(self, wanted: Sequence[str], limit: int = 50) -> list[int]:
        return words.with_all(self.connection, wanted, limit) if wanted else []


def _kind(key: ArticleKey) -> str:
    return key.kind.value


def _key_row(key: ArticleKey, article_id: int) -> tuple[object, ...]:
    return key.kind.value, clean(key.value), article_id


def _sighting_row(sighting: Sighting) -> tuple[object, ...]:
    return (
        sighting.article_id,
        sighting.feed_id,
        _optional(sighting.url),
        _optional(sighting.entry_id),
        to_text_time(sighting.seen_at),
    )


def _row(new: NewArticle) -> tuple[object, ...]:
    article = new.article
    return (
        article.id,
        article.feed_id,
        _optional(article.url),
        clean(article.title),
        clean(article.body),
        zones_to_json(article.zones),
        to_text_time(article.first_seen_at),
        article.language,
        to_json(article.authors),
        to_json(article.tags),
        to_optional_time(article.published_at),
        article.story_id,
        article.reprint_of,
        clean(new.placed_because),
        int(article.is_baseline),
    )


def article_of(row: Row) -> Article:
    """Read a row of the table `articles`."""
    return Article(
        id=row["id"],
        feed_id=row["feed_id"],
        url=row["url"],
        title=row["title"],
        body=row["body"],
        zones=zones_from_json(row["zones"]),
        first_seen_at=from_text_time(row["first_seen_at"]),
        language=row["language"],
        authors=from_json_strings(row["authors"]),
        tags=from_json_strings(row["tags"]),
        published_at=from_optional_time(row["published_at"]),
        story_id=row["story_id"],
        reprint_of=row["reprint_of"],
        is_baseline=bool(row["is_baseline"]),
        promoted_at=from_optional_time(row["promoted_at"]),
    )


def edit_of(row: Row) -> Edit:
    """Read a row of the table `edits`; one from before zones were kept has those of its plain text."""
    return Edit(
        article_id=row["article_id"],
        at=from_text_time(row["at"]),
        old_title=row["old_title"],
        new_title=row["new_title"],
        old_body=row["old_body"],
        new_body=row["new_body"],
        because=row["because"],
        old_zones=zones_from_json(row["old_zones"]) if row["old_zones"] else zones_of(row["old_body"]),
        new_zones=zones_from_json(row["new_zones"]) if row["new_zones"] else zones_of(row["new_body"]),
    )


def _match(row: Row) -> Match:
    return Match(
        rule_id=row["rule_id"],
        rule_version=row["rule_version"],
        title=row["title"],
        severity=Severity(row["severity"]),
        spans=spans_from_json(row["spans"]),
        desks=from_json_strings(row["desks"]),
    )


def _optional(text: str | None) -> str | None:
    return None if text is None else clean(text)
