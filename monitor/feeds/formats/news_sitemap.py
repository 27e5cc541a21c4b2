"""Owns reading Google News sitemaps (the `news:` extension of the sitemaps protocol): titles without texts."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from monitor.feeds.formats.fields import Markup, RawEntry, Text, distinct, entry_of
from monitor.model import Entry, ParsedFeed


def read_news_sitemap(text: str, url: str) -> ParsedFeed | None:
    """Read a sitemap's news; pages without a `news:news` part are no news.

    Args:
        text: the document from its root on, mended.
        url: where it came from.

    Returns:
        What stands before the first fault, `complete` only when there is none; None when no page is news.
    """
    parser: XMLPullParser[Element] = XMLPullParser(events=("end",))
    entries: list[Entry] = []
    names: list[str] = []
    complete = True
    try:
        parser.feed(text)
        for event in parser.read_events():
            element = event[-1]
            if isinstance(element, Element) and _local(element) == "url":
                entry = _entry(element, url, names)
                if entry is not None:
                    entries.append(entry)
                element.clear()
        parser.close()
    except ParseError:
        complete = False
    if not entries:
        return None
    publications = distinct(names)
    return ParsedFeed(
        format="news-sitemap",
        title=publications[0] if publications else "",
        language=entries[0].language,
        entries=tuple(entries),
        complete=complete,
    )


def _entry(page: Element, url: str, names: list[str]) -> Entry | None:
    news = next((child for child in page if _local(child) == "news"), None)
    if news is None:
        return None
    fields = {_local(element): (element.text or "") for element in news.iter()}
    names.append(fields.get("name", ""))
    locations = [child.text or "" for child in page if _local(child) == "loc"]
    modified = next((child.text for child in page if _local(child) == "lastmod"), None)
    return entry_of(
        RawEntry(
            links=locations,
            base=url,
            title=Text(fields.get("title", ""), Markup.GUESS),
            published=fields.get("publication_date"),
            updated=modified,
            language=fields.get("language"),
            tags=fields.get("keywords", "").split(","),
        )
    )


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2].lower()
