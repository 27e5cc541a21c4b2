"""Articles from plain files: JSON lines, text or a web page, for commands that also work without a database.

A JSON line is `{"id", "title", "text"|"html", "url"?, "lang"?, "published"?, "feed"?, "tags"?, "authors"?}`. `.jsonl`,
`.ndjson` and `.json` are JSON lines; `.html` and `.htm` are one page each; `.txt` is one article in plain text, its
first line the title; in any other file, and on the standard input, a first character `{` says JSON lines and anything
else plain text.

Owns the reading, in constant memory however long the stream is, and the way from an article's offsets back to what was
given: the HTML of the line, or the file. A line that gives no article is a value too, and never the end of the stream.
Other keys, such as a data set's own labels, are left alone; one that may be a misspelling is said once on stderr.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from monitor.errors import InputError
from monitor.model import Article
from monitor.rules.files.guess import did_you_mean
from monitor.text.extracted import Extracted
from monitor.text.html import to_text
from monitor.text.zones import zones_of

MAX_LINE_BYTES = 32 * 1024 * 1024
"""A longer line is reported and passed over without being kept; a plain file of that size is refused."""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_JSON_SUFFIXES = frozenset((".jsonl", ".ndjson", ".json"))
_PAGE_SUFFIXES = frozenset((".html", ".htm"))
_TEXT_SUFFIXES = frozenset((".txt", ".text", ".md"))
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
r"""JSON can write half a pair (`"\ud800"`), which no encoding can print."""


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
    feed: str | int = ""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


_KEYS = tuple(_Line.model_fields)
_WANTS = {
    "id": "a text or a whole number",
    "feed": "a text or a whole number",
    "published": "a date and time such as 2026-11-20T09:30:00Z",
    "tags": "a list of texts",
    "authors": "a list of texts",
}
"""What a key takes, where that is not a text."""


@dataclass(frozen=True, slots=True)
class FileArticle:
    """An article read from a file."""

    id: str | int
    """As the line gives it, else "file:line"."""
    article: Article
    """Numbered from 1 in order of arrival; first seen at its `published`, or with the line before."""
    html: str | None = None
    """What the body was taken from."""
    extracted: Extracted | None = None
    title_at: int = 0
    body_at: int = 0
    """Where title and body begin in a plain file."""

    def given(self, field: str, start: int, end: int) -> tuple[int, int, str]:
        """Return where a span of the article stands in what was given, and the text there.

        Args:
            field: "title", "body", "author" or "url".
            start: First code point in that field of the article.
            end: One past the last.

        Returns:
            Start and end in the line's title, text or html, or in the plain file; and what stands between them.
        """
        if field == "body" and self.extracted is not None and self.html is not None:
            start, end = self.extracted.source_span(start, end)
            return start, end, self.html[start:end]
        match field:
            case "title":
                shift, text = self.title_at, self.article.title
            case "body":
                shift, text = self.body_at, self.article.body
            case "url":
                shift, text = 0, self.article.url or ""
            case _:
                shift, text = 0, "\n\n".join(self.article.authors)
        return start + shift, end + shift, text[start:end]


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that gives no article."""

    place: str
    """"file:line"."""
    why: str


@dataclass(frozen=True, slots=True)
class _Given:
    """One article as it was given, before it is one."""

    place: str
    line: _Line
    title_at: int = 0
    body_at: int = 0


def read_articles(paths: Sequence[str]) -> Iterator[FileArticle | BadLine]:
    """Read articles one after another, in constant memory; "-" is the standard input.

    Raises:
        InputError: A file cannot be opened or read.
    """
    number = 0
    at = _EPOCH
    noted: set[str] = set()
    for path in paths:
        try:
            with _opened(path) as stream:
                for given in _given("(stdin)" if path == "-" else path, Path(path).suffix.casefold(), stream, noted):
                    number += 1
                    if isinstance(given, BadLine):
                        yield given
                        continue
                    found = _article(given, number, at)
                    at = found.article.first_seen_at
                    yield found
        except OSError as error:
            raise InputError(f"{path}: {error.strerror or error}") from error


def _opened(path: str) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdin.buffer) if path == "-" else Path(path).open("rb")


def _given(name: str, suffix: str, stream: BinaryIO, noted: set[str]) -> Iterator[_Given | BadLine]:
    """Yield what a file gives, by its suffix or by its first line that is not blank; `noted` are keys said before."""
    if suffix in _PAGE_SUFFIXES or suffix in _TEXT_SUFFIXES:
        yield _whole(name, stream.read(MAX_LINE_BYTES + 1), is_page=suffix in _PAGE_SUFFIXES)
        return
    blank = bytearray()
    for number, raw in _lines(stream):
        line = raw.removeprefix(_BYTE_ORDER_MARK) if raw is not None and number == 1 else raw
        if line is None:
            yield BadLine(f"{name}:{number}", f"the line has more than {MAX_LINE_BYTES} bytes")
        elif not line.strip():
            if suffix not in _JSON_SUFFIXES and len(blank) < MAX_LINE_BYTES:
                blank += line
        elif suffix in _JSON_SUFFIXES or line.lstrip().startswith(b"{"):
            suffix = ".jsonl"  # the first line has said what all are
            yield _from_json(line, f"{name}:{number}", noted)
        else:
            yield _whole(name, bytes(blank) + line + stream.read(MAX_LINE_BYTES + 1), is_page=False)
            return


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Yield numbered lines; None for one that is too long, which is read away in pieces."""
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) <= MAX_LINE_BYTES:
            yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE_BYTES)
        yield number, None


def _whole(name: str, data: bytes, *, is_page: bool) -> _Given | BadLine:
    """Read a plain file or a page as one article."""
    if len(data) > MAX_LINE_BYTES:
        return BadLine(f"{name}:1", f"the file has more than {MAX_LINE_BYTES} bytes")
    try:
        text = data.removeprefix(_BYTE_ORDER_MARK).decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return BadLine(f"{name}:{line}", f"the byte 0x{data[error.start]:02x} is not UTF-8")
    if is_page:
        return _Given(name, _Line(id=name, html=text))
    title_at = len(text) - len(text.lstrip())
    head, _, rest = text[title_at:].partition("\n")
    body = rest.strip()
    title_ends = title_at + len(head)
    body_at = title_ends + 1 + len(rest) - len(rest.lstrip()) if body else title_ends
    return _Given(name, _Line(id=name, title=head.rstrip(), text=body), title_at, body_at)


def _from_json(data: bytes, place: str, noted: set[str]) -> _Given | BadLine:
    try:
        given = json.loads(data.decode())
        if not isinstance(given, dict):
            return BadLine(place, 'a line is one article in braces, such as {"title": "…", "text": "…"}')
        _note_misspellings(given, place, noted)
        line = _Line.model_validate(given)
    except ValidationError as error:
        key = str(error.errors()[0]["loc"][0])
        return BadLine(place, f"the key {key!r} takes {_WANTS.get(key, 'a text')}")
    except UnicodeDecodeError as error:
        return BadLine(place, f"the byte 0x{data[error.start]:02x} is not UTF-8")
    except (ValueError, RecursionError) as error:
        return BadLine(place, f"not JSON: {error}")
    return _Given(place, line)


def _note_misspellings(given: Mapping[str, object], place: str, noted: set[str]) -> None:
    """Say of each key once that it is not read, where it is near to one that the line does not have."""
    missing = [key for key in _KEYS if key not in given]
    for key in given:
        if key not in _KEYS and key not in noted and (guess := did_you_mean(key, missing)):
            noted.add(key)
            typer.echo(f"{place}: the key {_printable(key)!r} is not read{guess}", err=True)


def _article(given: _Given, number: int, at: datetime) -> FileArticle:
    line = given.line
    html = None if line.html is None else _printable(line.html)
    extracted = None if html is None else to_text(html)
    if extracted is not None:
        body, zones = extracted.text, extracted.zones
    else:
        body = _printable(line.text or "")
        zones = zones_of(body)
    published = line.published
    if published is not None:
        published = _in_utc(published)
    article = Article(
        id=number,
        feed_id=_printable(str(line.feed)),
        url=None if line.url is None else _printable(line.url),
        title=_printable(line.title),
        body=body,
        zones=zones,
        first_seen_at=published or at,
        language=None if line.lang is None else _printable(line.lang),
        authors=tuple(map(_printable, line.authors)),
        tags=tuple(map(_printable, line.tags)),
        published_at=published,
    )
    name = given.place if line.id is None else line.id
    return FileArticle(
        _printable(name) if isinstance(name, str) else name, article, html, extracted, given.title_at, given.body_at
    )


def _in_utc(moment: datetime) -> datetime:
    """Return a time in UTC; one without a zone is taken for UTC, one at the edge of the calendar stays at it."""
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)


def _printable(text: str) -> str:
    return _LONE_SURROGATE.sub("\ufffd", text)
