"""The words of articles, for finding one by what it says: an index of headlines and openings in SQLite's FTS5.

Owns what is indexed, and how a word is written there. Refuses to know which of the articles found is meant.

The index keeps no text and no positions (`content=''`, `detail=none`, https://www.sqlite.org/fts5.html): it answers
which articles have a word, which is all that is asked of it. So the store writes it beside the table: a trigger may not
touch a virtual table while `trusted_schema` is off.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from monitor.store.codec import to_json
from monitor.store.connection import Connection

OPENING = 600
"""Code points of a body that are indexed: news says at once what it is about."""

_ALIKE = {"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ہ", "ه": "ہ", "ۃ": "ہ", "ھ": "ہ", "أ": "ا", "إ": "ا", "آ": "ا"}
"""Letters that keyboards of Arabic script write differently. Stands in every row of the index: never edited."""
_COMBINING = re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")


def _spelled(column: str) -> str:
    for written, plain in _ALIKE.items():
        column = f"replace({column}, '{written}', '{plain}')"
    return column


_ROW = f"id, {_spelled('title')}, {_spelled(f'substr(body, 1, {OPENING})')}"
_FILL = f"INSERT INTO article_words (rowid, title, opening) SELECT {_ROW} FROM articles"  # noqa: S608 - constants
_INDEX = f"{_FILL} WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608 - constants
_FORGET = (
    "INSERT INTO article_words (article_words, rowid, title, opening)"  # noqa: S608 - constants
    f" SELECT 'delete', {_ROW} FROM articles WHERE id = ?"
)


def index(connection: Connection, article_ids: Sequence[int]) -> None:
    """Take the words of stored articles into the index."""
    connection.execute(_INDEX, [to_json(article_ids)])


def forget(connection: Connection, article_id: int) -> None:
    """Take them out again; before the article goes or its text changes, because the index is asked by that text."""
    connection.execute(_FORGET, [article_id])


def words_of(text: str) -> tuple[str, ...]:
    """Cut a text into words as the index writes them, each once, in order."""
    for written, plain in _ALIKE.items():
        text = text.replace(written, plain)
    bare = unicodedata.normalize("NFC", _COMBINING.sub("", unicodedata.normalize("NFD", text)))
    return tuple(dict.fromkeys(_WORD.findall(bare.lower())))


def frequencies(connection: Connection, words: Iterable[str]) -> dict[str, int]:
    """Return in how many articles each word stands, for words that stand in any."""
    found: dict[str, int] = {}
    for word in words:
        count = connection.scalar("SELECT doc FROM article_vocabulary WHERE term = ?", [word])
        if count:
            found[word] = count
    return found


def with_all(connection: Connection, words: Sequence[str], limit: int) -> list[int]:
    """Return the newest articles that have all of some words; the words are known to the index."""
    asked = " AND ".join(f'"{word}"' for word in words)
    rows = connection.query(
        "SELECT rowid FROM article_words WHERE article_words MATCH ? ORDER BY rowid DESC LIMIT ?", [asked, limit]
    )
    return [row["rowid"] for row in rows]
