"""Owns reading JSON Feed (versions 1 and 1.1, jsonfeed.org). Every field may be missing or of another type."""

from __future__ import annotations

import json
from typing import Any

from monitor.feeds.formats.fields import (
    Markup,
    RawEntry,
    Text,
    entry_of,
    language_tag,
    title_of,
)
from monitor.model import Entry, ParsedFeed

_BLANK = " \t\r\n,"


def read_json_feed(text: str, url: str) -> ParsedFeed | None:
    """Read a JSON Feed; of a document that was cut, the items that are whole.

    Returns:
        None when it is no JSON Feed.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return _read_cut(text, url)
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        return None
    if "version" not in document and "title" not in document:
        return None
    return ParsedFeed(
        format="json-feed",
        title=_title(document),
        language=language_tag(_string(document.get("language"))),
        entries=tuple(_entry(item, url) for item in document["items"] if isinstance(item, dict)),
    )


def _read_cut(text: str, url: str) -> ParsedFeed | None:
    """Decode item after item of a document that does not end, until one does not."""
    if "jsonfeed.org/version" not in text[:2000]:
        return None
    key = text.find('"items"')
    at = text.find("[", key) + 1 if key >= 0 else 0
    if at == 0:
        return None
    decoder = json.JSONDecoder()
    entries: list[Entry] = []
    while True:
        while at < len(text) and text[at] in _BLANK:
            at += 1
        try:
            item, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        if isinstance(item, dict):
            entries.append(_entry(item, url))
    return ParsedFeed(format="json-feed", title="", language=None, entries=tuple(entries), complete=False)


def _title(document: dict[str, Any]) -> str:
    title = _string(document.get("title"))
    return title_of(Text(title, Markup.PLAIN)) if title else ""


def _entry(item: dict[str, Any], url: str) -> Entry:
    raw = RawEntry(id=_identifier(item.get("id")), base=url)
    raw.links = [link for key in ("url", "external_url") if (link := _string(item.get(key)))]
    title = _string(item.get("title"))
    raw.title = Text(title, Markup.PLAIN) if title else None
    for key, markup in (("content_html", Markup.HTML), ("content_text", Markup.PLAIN), ("summary", Markup.PLAIN)):
        value = _string(item.get(key))
        if value:
            raw.texts.append(Text(value, markup))
    raw.published = _string(item.get("date_published"))
    raw.updated = _string(item.get("date_modified"))
    authors = item.get("authors")
    for author in authors if isinstance(authors, list) else [item.get("author")]:
        if isinstance(author, dict):
            raw.authors.append(_string(author.get("name")) or "")
    raw.language = _string(item.get("language"))
    tags = item.get("tags")
    raw.tags = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    return entry_of(raw)


def _identifier(value: object) -> str | None:
    """Version 1 says numbers are to be read as strings."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
