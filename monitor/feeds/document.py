"""Owns what a document is, and which reader understands it: bytes in, an outcome out, in one call.

It runs in a child process (`worker`), because no limit inside one process holds against a hostile document; it is a
plain function nevertheless, and any bytes give an outcome.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import overload

from monitor.feeds.discovery import feed_links
from monitor.feeds.encoding import Decoded, decode
from monitor.feeds.formats.json_feed import read_json_feed
from monitor.feeds.formats.mend import (
    Opening,
    closed_behind_last_item,
    end_of_root,
    opening_of,
    with_declared_prefixes,
    with_legal_references,
    without_illegal_characters,
)
from monitor.feeds.formats.news_sitemap import read_news_sitemap
from monitor.feeds.formats.newsml import read_newsml
from monitor.feeds.formats.syndication import read_syndication
from monitor.feeds.formats.wellformed import read_wellformed
from monitor.model import ParsedFeed, ParseFailed, ParseFault, ParseOutcome

_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,200})", re.IGNORECASE)
_CHALLENGES = {
    "Cloudflare": re.compile(
        r"cf[-_]chl|/cdn-cgi/challenge-platform|attention required! \| cloudflare|ddos protection by cloudflare",
        re.IGNORECASE,
    ),
    "Imperva": re.compile(r"_incapsula_", re.IGNORECASE),
    "DataDome": re.compile(r"captcha-delivery\.com", re.IGNORECASE),
    "a guard on the way": re.compile(r"challenge-platform|just a moment\.\.\.|ddos protection by", re.IGNORECASE),
}
"""What stands in pages that test for browsers, by whose they are."""
_PORTAL = re.compile(r"captive.{0,3}portal|hotspot.{0,3}login|wifi.{0,3}login", re.IGNORECASE)
_SIGN_IN = re.compile(r"<input[^>]{0,300}type=[\"']?password", re.IGNORECASE)


def parse_document(body: bytes, headers: Mapping[str, str], url: str) -> ParseOutcome:
    """Understand one document.

    Args:
        body: as the fetcher gave it, at most its limit.
        headers: of the response, names in lower case; only the content type is looked at, and not trusted.
        url: the address that answered.

    Returns:
        The feed, with `problems` that were mended; or why there is none.
    """
    try:
        outcome = _understand(decode(body, headers), url)
    except RecursionError:
        return ParseFailed(ParseFault.MALFORMED, "the document is nested too deeply to be a feed")
    if isinstance(outcome, ParsedFeed) and not outcome.complete and not outcome.entries:
        return ParseFailed(ParseFault.MALFORMED, "the document was cut before its first entry ended")
    return outcome


def _understand(decoded: Decoded, url: str) -> ParseOutcome:
    text = without_illegal_characters(decoded.text).lstrip("\ufeff \t\r\n")
    if not text:
        return ParseFailed(ParseFault.EMPTY, "the answer has no content")
    problems = list(decoded.problems)
    if text[0] in "{[":
        return _with_problems(read_json_feed(text, url), problems) or ParseFailed(
            ParseFault.NOT_A_FEED, "the answer is JSON, but no JSON Feed"
        )
    opening = opening_of(text)
    if opening.root in ("html", "head", "body") or (not opening.root and "<html" in text[:2000].lower()):
        return _not_a_feed_but_a_page(text, url)
    if opening.root in ("rss", "feed", "rdf", "channel"):
        return _read_xml(text, opening, url, problems)
    if opening.root == "urlset":
        return _with_problems(read_news_sitemap(with_legal_references(text[opening.start :]), url), problems) or (
            ParseFailed(ParseFault.NOT_A_FEED, "the answer is a sitemap of pages without news titles")
        )
    if opening.root in ("newsmessage", "newsitem", "packageitem"):
        return _with_problems(read_newsml(with_legal_references(text[opening.start :]), url), problems)
    return ParseFailed(ParseFault.NOT_A_FEED, _what_it_is(opening))


def _read_xml(text: str, opening: Opening, url: str, problems: list[str]) -> ParseOutcome:
    if opening.has_junk:
        problems.append("something stood before the document")
    end = end_of_root(text, opening)
    if end < 0:
        problems.append("the document was cut")
    elif text[end:].strip():
        problems.append("something stood behind the document")
    document = text[opening.start : end] if end >= 0 else closed_behind_last_item(text, opening)
    parsed = read_wellformed(document, url, complete=end >= 0)
    if parsed is not None:
        return _with_problems(parsed, problems)
    for mend, problem in (
        (with_legal_references, "some characters were not written as XML asks"),
        (with_declared_prefixes, "it uses namespaces that it does not declare"),
    ):
        mended = mend(document)
        parsed = read_wellformed(mended, url, complete=end >= 0) if mended != document else None
        if parsed is not None:
            return _with_problems(parsed, [*problems, problem])
        document = mended
    problems.append("not well-formed XML")
    try:
        parsed = read_syndication(document, url, complete=end >= 0)
    except (MemoryError, RecursionError):
        raise
    except (
        Exception
    ) as error:  # a fault of feedparser's, of which it has many kinds; it is told, and costs one document
        detail = f"the document is no readable {opening.root} ({type(error).__name__})"
        return ParseFailed(ParseFault.MALFORMED, detail)
    return _with_problems(parsed, problems) or ParseFailed(
        ParseFault.MALFORMED, f"the document begins like a feed ({opening.root}), but holds none"
    )


@overload
def _with_problems(parsed: ParsedFeed, problems: list[str]) -> ParsedFeed: ...
@overload
def _with_problems(parsed: ParsedFeed | None, problems: list[str]) -> ParsedFeed | None: ...
def _with_problems(parsed: ParsedFeed | None, problems: list[str]) -> ParsedFeed | None:
    if parsed is None or not problems:
        return parsed
    return dataclasses.replace(parsed, problems=(*problems, *parsed.problems))


def _not_a_feed_but_a_page(text: str, url: str) -> ParseFailed:
    title = _TITLE.search(text[:20_000])
    called = f' called "{" ".join(title[1].split())}"' if title and title[1].strip() else ""
    for name, marks in _CHALLENGES.items():
        if marks.search(text[:50_000]):
            return ParseFailed(ParseFault.HTML, f"{name} tests for browsers: a page{called} came instead of the feed")
    if _PORTAL.search(text[:50_000]):
        return ParseFailed(ParseFault.HTML, f"a portal on the way asks to sign in: a page{called} came instead")
    links = feed_links(text, url)
    if links:
        named = " and ".join(link.url for link in links[:3])
        return ParseFailed(ParseFault.HTML, f"a web page{called} came instead of a feed; it names {named}")
    if _SIGN_IN.search(text[:50_000]):
        return ParseFailed(ParseFault.HTML, f"a page{called} that asks to sign in came instead of the feed")
    return ParseFailed(ParseFault.HTML, f"a web page{called} came instead of a feed, and it names none")


def _what_it_is(opening: Opening) -> str:
    kinds = {
        "": "the answer is neither XML nor JSON",
        "opml": "the answer is a list of feeds (OPML); import it instead",
        "sitemapindex": "the answer is an index of sitemaps; one of those it lists may hold the news",
        "newsml": "the answer is NewsML 1, which is not read (NewsML-G2 is)",
    }
    return kinds.get(opening.root, f"the answer is XML of another kind (<{opening.root[:40]}>)")
