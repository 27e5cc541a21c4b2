"""Write an outlet's feed document as of a moment: RSS 2.0, Atom, RSS 1.0 (RDF), JSON Feed or a news sitemap. PURE.

Written by hand and not by a library, because the day needs what libraries refuse to write: entries without id or date,
an id twice, text run together, and encodings that feeds of the region still use. Formats:
https://www.rssboard.org/rss-specification, RFC 4287, https://web.resource.org/rss/1.0/spec,
https://www.jsonfeed.org/version/1.1/ and
https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any
from urllib.parse import quote

from monitor.demo.script import Item, SampleFeed, Version

CONTENT_TYPES = {
    "rss20": "application/rss+xml",
    "atom10": "application/atom+xml",
    "rdf": "application/rdf+xml",
    "json-feed": "application/feed+json",
    "news-sitemap": "application/xml",
}

Standing = Sequence[tuple[Item, Version]]


def document(feed: SampleFeed, now: datetime) -> bytes:
    """Return the feed's document at a time, in its encoding."""
    standing = feed.standing(now)
    if feed.format == "json-feed":
        return json.dumps(_json_feed(feed, standing), ensure_ascii=False, indent=1).encode()
    write = {"rss20": _rss20, "atom10": _atom10, "rdf": _rdf, "news-sitemap": _news_sitemap}[feed.format]
    declared = "utf-8" if feed.encoding == "utf-8-sig" else feed.encoding
    text = f'<?xml version="1.0" encoding="{declared}"?>\n{write(feed, standing)}\n'
    return text.encode(feed.encoding, "xmlcharrefreplace")


def html_of(feed: SampleFeed, item: Item, version: Version) -> str:
    """Return an entry's text as the outlet marks it up, with the lines it puts under every text."""
    if item.glued:
        return "".join(escape(paragraph, quote=False) for paragraph in version.paragraphs)
    footer = [line.replace("{title}", escape(version.title, quote=False)) for line in feed.footer]
    return "\n".join(
        paragraph if paragraph.startswith("<") else f"<p>{escape(paragraph, quote=False)}</p>"
        for paragraph in (*version.paragraphs, *footer)
    )


def _tag(name: str, text: str | None) -> str:
    return "" if text is None else f"<{name}>{escape(text, quote=False)}</{name}>\n"


def _address(url: str | None) -> str | None:
    """Return an address as it may stand in a document: percent-encoded beyond ASCII (RFC 3986)."""
    return None if url is None else quote(url, safe=":/?#[]@!$&'()*+,;=%~")


def _rss20(feed: SampleFeed, standing: Standing) -> str:
    items = []
    for item, version in standing:
        link = _address(item.url)
        permanent = "" if item.entry_id == item.url else ' isPermaLink="false"'
        guid = "" if item.entry_id is None else f"<guid{permanent}>{escape(item.entry_id)}</guid>\n"
        html = html_of(feed, item, version)
        items.append(
            "<item>\n"
            + _tag("title", version.title)
            + _tag("link", link)
            + guid
            + _tag("pubDate", None if item.dated is None else format_datetime(item.dated))
            + _tag("dc:creator", item.by)
            + (f"<content:encoded><![CDATA[{html}]]></content:encoded>\n" if html else "")
            + "</item>"
        )
    return (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/">\n<channel>\n'
        f"{_tag('title', feed.name)}{_tag('link', feed.site)}{_tag('language', feed.language)}"
        + "\n".join(items)
        + "\n</channel>\n</rss>"
    )


def _atom10(feed: SampleFeed, standing: Standing) -> str:
    entries = []
    for item, version in standing:
        link = "" if item.url is None else f'<link rel="alternate" href="{escape(_address(item.url) or "")}"/>\n'
        by = "" if item.by is None else f"<author><name>{escape(item.by, quote=False)}</name></author>\n"
        dates = (
            ""
            if item.dated is None
            else _tag("published", item.dated.isoformat()) + _tag("updated", max(item.dated, version.at).isoformat())
        )
        entries.append(
            "<entry>\n"
            + _tag("id", item.entry_id)
            + _tag("title", version.title)
            + link
            + dates
            + by
            + f'<content type="html">{escape(html_of(feed, item, version), quote=False)}</content>\n'
            + "</entry>"
        )
    newest = max((version.at for _, version in standing), default=None)
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{feed.language}">\n'
        f"{_tag('id', feed.site + '/')}{_tag('title', feed.name)}"
        f"{_tag('updated', None if newest is None else newest.isoformat())}" + "\n".join(entries) + "\n</feed>"
    )


def _rdf(feed: SampleFeed, standing: Standing) -> str:
    items = []
    about = [escape(_address(item.url) or f"{feed.site}/#{item.slug}") for item, _ in standing]
    for where, (item, version) in zip(about, standing, strict=True):
        items.append(
            f'<item rdf:about="{where}">\n'
            + _tag("title", version.title)
            + _tag("link", _address(item.url))
            + _tag("dc:date", None if item.dated is None else item.dated.isoformat())
            + _tag("dc:creator", item.by)
            + f"<content:encoded><![CDATA[{html_of(feed, item, version)}]]></content:encoded>\n</item>"
        )
    listed = "".join(f'<rdf:li rdf:resource="{where}"/>' for where in about)
    return (
        '<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">\n'
        f'<channel rdf:about="{feed.site}/">\n{_tag("title", feed.name)}{_tag("link", feed.site)}'
        f"{_tag('dc:language', feed.language)}<items><rdf:Seq>{listed}</rdf:Seq></items>\n</channel>\n"
        + "\n".join(items)
        + "\n</rdf:RDF>"
    )


def _json_feed(feed: SampleFeed, standing: Standing) -> dict[str, Any]:
    items = []
    for item, version in standing:
        entry: dict[str, Any] = {"title": version.title, "content_html": html_of(feed, item, version)}
        if item.entry_id is not None:
            entry["id"] = item.entry_id
        if item.url is not None:
            entry["url"] = _address(item.url)
        if item.dated is not None:
            entry["date_published"] = item.dated.isoformat()
        if len(item.versions) > 1 and version is not item.versions[0]:
            entry["date_modified"] = version.at.isoformat()
        if item.by is not None:
            entry["authors"] = [{"name": item.by}]
        items.append(entry)
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.name,
        "home_page_url": feed.site,
        "language": feed.language,
        "items": items,
    }


def _news_sitemap(feed: SampleFeed, standing: Standing) -> str:
    urls = []
    for item, version in standing:
        urls.append(
            f"<url>\n{_tag('loc', _address(item.url))}<news:news>\n"
            f"<news:publication>{_tag('news:name', feed.name)}{_tag('news:language', feed.language)}"
            "</news:publication>\n"
            + _tag("news:publication_date", None if item.dated is None else item.dated.isoformat())
            + _tag("news:title", version.title)
            + "</news:news>\n</url>"
        )
    return (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n' + "\n".join(urls) + "\n</urlset>"
    )
