"""Owns finding a site's feeds: the links its page names, the usual paths, the sitemaps its robots.txt names. Pure.

The shapes of the links are those of the HTML Standard ("link type alternate") and of common publishing systems.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from monitor.feeds.formats.fields import address_of

COMMON_PATHS = (
    "/feed",
    "/rss",
    "/feed/",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/feeds",
    "/feed.json",
    "/news-sitemap.xml",
    "/sitemap-news.xml",
    "/sitemap_news.xml",
)
"""Where publishing systems put feeds, tried in this order when a page names none."""

_SEARCHED = 400_000
_MOST_SITEMAPS = 5
_SITEMAP_LINE = re.compile(r"^[ \t]{0,20}sitemap[ \t]{0,20}:[ \t]{0,20}([^\s#]{1,2000})", re.IGNORECASE | re.MULTILINE)
_LOCATION = re.compile(r"<loc>\s{0,100}([^<\s]{1,2000})", re.IGNORECASE)
_LINK = re.compile(r"<link\b([^>]{0,2000})>", re.IGNORECASE)
_ANCHOR = re.compile(r"<a\b([^>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-zA-Z-]{1,30})\s{0,20}=\s{0,20}(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s"'>]{1,2000}))"""
)
_BASE = re.compile(r"<base\b([^>]{0,2000})>", re.IGNORECASE)
_FEED_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
    "text/rss+xml",
    "application/x-rss+xml",
)
_FEED_PATH = re.compile(
    r"(?:/(?:feeds?|rss|atom)/?$|\.(?:rss|atom|rdf)$|/(?:rss|feed|atom|index)\.xml$)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page names."""

    url: str
    title: str
    because: str
    """Where on the page it stands."""


def feed_links(page: str, url: str) -> tuple[FeedLink, ...]:
    """Find the feeds that a web page names, in the order of their worth, each once.

    Args:
        page: HTML, of any quality; the first 400,000 characters are looked at.
        url: where the page came from.
    """
    page = page[:_SEARCHED]
    base = _BASE.search(page)
    where = urljoin(url, _attributes(base[1]).get("href", "")) if base else url
    found: dict[str, FeedLink] = {}
    for element in _LINK.finditer(page):
        attributes = _attributes(element[1])
        kind = attributes.get("type", "").split(";")[0].strip().lower()
        relations = attributes.get("rel", "").lower().split()
        named = "alternate" in relations and (
            kind in _FEED_TYPES or (kind == "application/json" and "feed" in element[1])
        )
        if named or "feed" in relations:
            _note(found, attributes, where, "the page names it as its feed")
    for element in _ANCHOR.finditer(page):
        attributes = _attributes(element[1])
        if _FEED_PATH.search(attributes.get("href", "").split("?")[0]):
            _note(found, attributes, where, "the page links to it")
    return tuple(found.values())


def robots_sitemaps(robots: str, url: str) -> tuple[str, ...]:
    """Return the sitemaps that a robots.txt names (sitemaps.org, "Specifying the sitemap location"), news first.

    Args:
        robots: the file's content; every line may be anything.
        url: where it stands.
    """
    return _news_first(_SITEMAP_LINE.findall(robots[:_SEARCHED]), url)


def index_sitemaps(index: str, url: str) -> tuple[str, ...]:
    """Return the sitemaps that an index of sitemaps lists, news first; none where the document is no such index."""
    if "<sitemapindex" not in index[:5000]:
        return ()
    return _news_first([html.unescape(found) for found in _LOCATION.findall(index[:_SEARCHED])], url)


def _news_first(found: Iterable[str], base: str) -> tuple[str, ...]:
    """Return web addresses, each once, those first that call themselves news; a site may have thousands of others."""
    addresses = dict.fromkeys(address for each in found if (address := address_of(each, base)))
    return tuple(sorted(addresses, key=lambda address: "news" not in urlsplit(address).path.lower())[:_MOST_SITEMAPS])


def common_addresses(url: str) -> tuple[str, ...]:
    """Return the addresses where a site's feeds usually are."""
    return tuple(urljoin(url, path) for path in COMMON_PATHS)


def _note(found: dict[str, FeedLink], attributes: dict[str, str], base: str, because: str) -> None:
    address = address_of(attributes.get("href", ""), base)
    if address and address not in found:
        found[address] = FeedLink(address, attributes.get("title", "").strip(), because)


def _attributes(text: str) -> dict[str, str]:
    return {
        name.lower(): html.unescape(double or single or bare) for name, double, single, bare in _ATTRIBUTE.findall(text)
    }
