"""Owns reading RSS, RDF and Atom through feedparser, which forgives what a strict reader cannot. Its only home.

feedparser is given bytes already decoded and mended, never an address or a path. Its passes that clean markup and
resolve links inside it are off: they are more than half of its cost, titles and addresses are judged in `fields`, and
markup is read by `text` and never shown as it came.
"""

from __future__ import annotations

import io
import re
from typing import Any

from monitor.feeds.formats.fields import Markup, RawEntry, Text, entry_of, hints_of, is_absolute, language_tag, title_of
from monitor.model import ParsedFeed

_SKIP_HOURS = re.compile(r"<skipHours[^>]{0,200}>(.{0,4000}?)</skipHours", re.IGNORECASE | re.DOTALL)
_HOUR = re.compile(r"<hour[^>]{0,200}>\s{0,20}(\d{1,2})", re.IGNORECASE)
_ITEM = re.compile(r"<(/?)(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)(?=[\s>/])", re.IGNORECASE)


def read_syndication(text: str, url: str, *, complete: bool) -> ParsedFeed | None:
    """Read a document with feedparser.

    Args:
        text: the document, mended (`mend`).
        url: where it came from; relative addresses are relative to it.
        complete: False when its root is never closed; then an item that was open is left out.

    Returns:
        None when feedparser finds neither a format nor an entry in it.
    """
    import feedparser  # noqa: PLC0415 - a third of a child's start, for the few documents that need it

    found: dict[str, Any] = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},  # no address: an id stays as published
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    entries = list(found["entries"])
    if not found.get("version") and not entries:
        return None
    if not complete and entries and _ends_inside_an_item(text):
        entries.pop()
    feed: dict[str, Any] = found["feed"]
    is_atom = str(found.get("version") or "").startswith("atom")
    skip = _SKIP_HOURS.search(text[:100_000])
    title = _text(dict.get(feed, "title_detail"), dict.get(feed, "title"), is_atom=is_atom)
    return ParsedFeed(
        format=str(found.get("version") or "unknown"),
        title=title_of(title) if title else "",
        language=language_tag(_string(dict.get(feed, "language"))),
        entries=tuple(entry_of(_raw(entry, url, is_atom=is_atom)) for entry in entries),
        complete=complete,
        hints=hints_of(
            ttl=_string(dict.get(feed, "ttl")),
            skip_hours=_HOUR.findall(skip[1]) if skip else (),
            period=_string(dict.get(feed, "sy_updateperiod")),
            frequency=_string(dict.get(feed, "sy_updatefrequency")),
        ),
    )


def _ends_inside_an_item(text: str) -> bool:
    last = None
    for found in _ITEM.finditer(text):
        last = found
    return last is not None and not last[1]


def _raw(entry: dict[str, Any], url: str, *, is_atom: bool) -> RawEntry:
    # `dict.get` and not `entry.get`: feedparser's own answers "updated" with "published", and warns.
    raw = RawEntry(id=_string(dict.get(entry, "id")), base=url)
    links = [_string(dict.get(entry, "link"))]
    links.extend(
        _string(dict.get(link, "href"))
        for link in dict.get(entry, "links") or ()
        if isinstance(link, dict) and dict.get(link, "rel", "alternate") == "alternate"
    )
    from_guid = raw.id if dict.get(entry, "guidislink") else None
    raw.links = [link for link in links if link and (link != from_guid or is_absolute(link))]
    title = dict.get(entry, "title_detail")
    raw.title = _text(title, dict.get(entry, "title"), is_atom=is_atom)
    for content in dict.get(entry, "content") or ():
        _add(raw.texts, _text(content, None, is_atom=is_atom, body=True))
    _add(raw.texts, _text(dict.get(entry, "summary_detail"), dict.get(entry, "summary"), is_atom=is_atom, body=True))
    raw.published = _string(dict.get(entry, "published")) or _string(dict.get(entry, "created"))
    raw.updated = _string(dict.get(entry, "updated"))
    if raw.published is None:
        raw.published = raw.updated
    for author in dict.get(entry, "authors") or ():
        if isinstance(author, dict):
            raw.authors.append(_string(dict.get(author, "name")) or _string(dict.get(author, "email")) or "")
    if not any(raw.authors):
        raw.authors = [_string(dict.get(entry, "author")) or ""]
    raw.language = _string(dict.get(entry, "language"))
    if raw.language is None and isinstance(title, dict):
        raw.language = _string(dict.get(title, "language"))
    for tag in dict.get(entry, "tags") or ():
        if isinstance(tag, dict):
            raw.tags.append(_string(dict.get(tag, "label")) or _string(dict.get(tag, "term")) or "")
    return raw


def _text(detail: object, value: object, *, is_atom: bool, body: bool = False) -> Text | None:
    kind = ""
    if isinstance(detail, dict):
        value = dict.get(detail, "value", value)
        kind = str(dict.get(detail, "type") or "")
    if not isinstance(value, str) or not value:
        return None
    if is_atom:
        return Text(value, Markup.PLAIN if kind == "text/plain" else Markup.HTML)
    return Text(value, Markup.HTML if body else Markup.GUESS)


def _add(texts: list[Text], text: Text | None) -> None:
    if text is not None:
        texts.append(text)


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
