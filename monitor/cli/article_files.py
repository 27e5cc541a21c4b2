"""Articles from plain files: JSON lines or text, for commands that also work without a database.

A line is `{"id", "title", "text"|"html", "url"?, "lang"?, "published"?, "feed"?}`. A file whose first character is not
`{` is one article in plain text, its first line the title.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, TextIO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from monitor.errors import InputError
from monitor.model import Article
from monitor.text.html import to_text
from monitor.text.zones import zones_of

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class _Line(BaseModel):
    """One article as a line gives it; other keys are left alone."""

    model_config = ConfigDict(extra="ignore", strict=False)

    id: str | int | None = None
    title: str = ""
    text: str | None = None
    html: str | None = None
    url: str | None = None
    lang: str | None = None
    published: datetime | None = None
    feed: Annotated[str | int, Field()] = ""


@dataclass(frozen=True, slots=True)
class FileArticle:
    """An article read from a file."""

    id: str | int
    """As the line gives it, else "file:line"."""
    article: Article
    """Numbered from 1 in order of arrival; first seen at its `published`, or with the line before."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that gives no article."""

    place: str
    """"file:line"."""
    why: str


def read_articles(paths: Sequence[str]) -> Iterator[FileArticle | BadLine]:
    """Read articles one after another, in constant memory; "-" is the standard input.

    Raises:
        InputError: A file cannot be opened or is no UTF-8.
    """
    number = 0
    at = _EPOCH
    for path in paths:
        try:
            with _opened(path) as stream:
                for place, source in _sources("(stdin)" if path == "-" else path, stream):
                    number += 1
                    found = _read(source, place, number, at)
                    if isinstance(found, FileArticle):
                        at = found.article.first_seen_at
                    yield found
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def _opened(path: str) -> TextIO:
    if path == "-":
        return open(sys.stdin.fileno(), encoding="utf-8-sig", closefd=False)
    return Path(path).open(encoding="utf-8-sig")


def _sources(name: str, stream: TextIO) -> Iterator[tuple[str, str | _Line]]:
    for number, line in enumerate(stream, start=1):
        if number == 1 and not line.lstrip().startswith("{"):
            title, _, text = (line + stream.read()).strip().partition("\n")
            yield name, _Line(id=name, title=title, text=text)
            return
        if line.strip():
            yield f"{name}:{number}", line


def _read(source: str | _Line, place: str, number: int, at: datetime) -> FileArticle | BadLine:
    if isinstance(source, str):
        try:
            line = _Line.model_validate(json.loads(source))
        except ValidationError as error:
            first = error.errors()[0]
            return BadLine(place, f"{'.'.join(map(str, first['loc'])) or 'the line'}: {first['msg']}")
        except (ValueError, RecursionError) as error:
            return BadLine(place, f"not JSON: {error}")
    else:
        line = source
    if line.html is not None:
        extracted = to_text(line.html)
        body, zones = extracted.text, extracted.zones
    else:
        body, zones = line.text or "", zones_of(line.text or "")
    published = line.published
    if published is not None:
        published = published.replace(tzinfo=UTC) if published.tzinfo is None else published.astimezone(UTC)
    article = Article(
        id=number,
        feed_id=str(line.feed),
        url=line.url,
        title=line.title,
        body=body,
        zones=zones,
        first_seen_at=published or at + timedelta(0),
        language=line.lang,
        published_at=published,
    )
    return FileArticle(line.id if line.id is not None else place, article)
