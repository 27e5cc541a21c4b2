"""`monitor feeds parse|check|discover`: looking at a feed that need not be configured."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from monitor.errors import InputError
from monitor.feeds.discovery import common_addresses, feed_links, index_sitemaps, robots_sitemaps
from monitor.feeds.encoding import decode
from monitor.feeds.fetch import HttpFetcher
from monitor.feeds.judge import judge
from monitor.feeds.parse import FeedParser
from monitor.feeds.robots import robots_address
from monitor.model import Entry, Fetched, FetchFailed, FetchRequest, ParsedFeed, ParseFailed
from monitor.ports import Fetcher, Parser
from monitor.rules.files.load import load_rule_book
from monitor.settings import load_settings
from monitor.text.html import to_text

_T = TypeVar("_T")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON lines.")]


def parse(source: Annotated[str, typer.Argument(metavar="FILE|URL")], as_json: AsJson = False) -> None:
    """Print the entries of a feed document."""
    outcome = _run(lambda fetcher, parser: _parsed(source, fetcher, parser))
    if isinstance(outcome, ParseFailed | FetchFailed):
        raise InputError(f"{source}: {outcome.detail}")
    for entry in outcome.entries:
        typer.echo(json.dumps(_as_record(entry), ensure_ascii=False) if as_json else _as_lines(entry))
    for problem in outcome.problems:
        typer.echo(f"{source}: {problem}", err=True)
    if not as_json:
        named = f' of "{outcome.title}"' if outcome.title else ""
        typer.echo(f"{len(outcome.entries)} entries{named} ({outcome.format})", err=True)


def check(source: Annotated[str, typer.Argument(metavar="FEED|URL")], as_json: AsJson = False) -> None:
    """Fetch a feed once, carefully, and report what came."""
    url = source if "://" in source else _address_of(source)
    report = _run(lambda fetcher, parser: _checked(url, fetcher, parser))
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False))
    else:
        for name, value in report.items():
            if value not in (None, "", [], {}):
                typer.echo(f"{name:>14}  {'; '.join(map(str, value)) if isinstance(value, list) else value}")
    if report["outcome"] in ("fetch-failed", "parse-failed"):
        raise typer.Exit(1)


def _address_of(feed_id: str) -> str:
    feed = load_rule_book(load_settings().rules_dir).feeds.get(feed_id)
    if feed is None:
        raise InputError(f'no feed is called "{feed_id}"; an address begins with https:// or http://')
    return feed.url


def discover(site: str, as_json: AsJson = False) -> None:
    """Find the feeds of a site. Those its page names, else those at the usual paths."""
    for feed in discovered(site):
        if as_json:
            typer.echo(json.dumps(feed, ensure_ascii=False))
        else:
            typer.echo(f"{feed['url']}\n    {feed['format']}, {feed['entries']} entries; {feed['because']}")
            for title in feed["newest"]:
                typer.echo(f"    - {title or '(no title)'}")


def discovered(site: str) -> list[dict[str, Any]]:
    """Return what was found of each feed of a site: url, because, format, title, language, entries, newest titles.

    Raises:
        InputError: the site does not answer, or has no feed.
    """
    url = site if "://" in site else f"https://{site}"
    found = _run(lambda fetcher, parser: _discovered(url, fetcher, parser))
    if not found:
        raise InputError(f"{site}: no feed was found on the page, at the usual paths or among the sitemaps")
    return found


def _run(work: Callable[[Fetcher, Parser], Awaitable[_T]]) -> _T:
    """Run some work with a fetcher and a parser as the settings describe them."""
    settings = load_settings().fetch

    async def inside() -> _T:
        fetcher = HttpFetcher(
            user_agent=settings.user_agent,
            allow_hosts=settings.allow_hosts,
            timeout_seconds=settings.timeout.total_seconds(),
            max_body_bytes=settings.max_body_bytes,
        )
        parser = FeedParser(workers=settings.parsers)
        try:
            return await work(fetcher, parser)
        finally:
            await parser.aclose()
            await fetcher.aclose()

    return asyncio.run(inside())


async def _parsed(source: str, fetcher: Fetcher, parser: Parser) -> ParsedFeed | ParseFailed | FetchFailed:
    if source.lower().startswith(("http://", "https://")):
        fetched = await fetcher.fetch(FetchRequest(source))
        if not isinstance(fetched, Fetched):
            assert isinstance(fetched, FetchFailed)  # nothing was conditional
            return fetched
    else:
        path = Path(source)
        try:
            body = path.read_bytes()
        except OSError as error:
            raise InputError(f"{source}: {error.strerror}") from error
        fetched = Fetched(path.resolve().as_uri(), body, {}, 0.0)
    return await parser.parse(fetched)


async def _checked(url: str, fetcher: Fetcher, parser: Parser) -> dict[str, Any]:
    fetched = await fetcher.fetch(FetchRequest(url))
    parsed = await parser.parse(fetched) if isinstance(fetched, Fetched) else None
    feed = parsed if isinstance(parsed, ParsedFeed) else None
    verdict = judge(fetched, parsed, new=len(feed.entries) if feed else 0, is_baseline=False)
    report: dict[str, Any] = {
        "url": url,
        "outcome": verdict.outcome.value,
        "status": verdict.status,
        "detail": verdict.detail,
        "seconds": round(fetched.seconds, 3),
    }
    if isinstance(fetched, Fetched):
        report["redirects"] = [f"{status} to {target}" for status, target in fetched.redirects]
        report["bytes"] = len(fetched.body)
        for name in ("content-type", "etag", "last-modified", "cache-control"):
            report[name] = fetched.headers.get(name)
    if feed:
        report |= {
            "format": feed.format,
            "title": feed.title,
            "language": feed.language,
            "complete": feed.complete,
            "entries": len(feed.entries),
            "without id": sum(entry.id is None for entry in feed.entries),
            "without date": sum(entry.published is None for entry in feed.entries),
            "without url": sum(entry.url is None for entry in feed.entries),
            "newest": [entry.title for entry in feed.entries[:3]],
        }
    return report


async def _discovered(url: str, fetcher: Fetcher, parser: Parser) -> list[dict[str, Any]]:
    page = await fetcher.fetch(FetchRequest(url))
    if not isinstance(page, Fetched):
        assert isinstance(page, FetchFailed)
        raise InputError(f"{url}: {page.detail}")
    itself = await parser.parse(page)
    if isinstance(itself, ParsedFeed):
        return [_found(page.url, "the address is a feed itself", itself)]
    named = {link.url: link.because for link in feed_links(decode(page.body, page.headers).text, page.url)}
    usual = dict.fromkeys(common_addresses(page.url), "it stands at a usual path")
    for candidates in (named, usual):
        found = [hit for address, why in candidates.items() if (hit := await _try(address, why, fetcher, parser))]
        if found:
            return found
    return await _news_sitemaps(page.url, fetcher, parser)


async def _news_sitemaps(url: str, fetcher: Fetcher, parser: Parser) -> list[dict[str, Any]]:
    """Try the sitemaps that robots.txt names, and those that an index among them lists."""
    robots = await fetcher.fetch(FetchRequest(robots_address(url)))
    if not isinstance(robots, Fetched):
        return []
    found: list[dict[str, Any]] = []
    for address in robots_sitemaps(decode(robots.body, robots.headers).text, robots.url):
        fetched = await fetcher.fetch(FetchRequest(address))
        if not isinstance(fetched, Fetched):
            continue
        listed = index_sitemaps(decode(fetched.body, fetched.headers).text, fetched.url)
        because = f"{address} lists it" if listed else "robots.txt names it"
        tried = [await _try(each, because, fetcher, parser) for each in listed or (address,)]
        found += filter(None, tried)
    return found


async def _try(url: str, because: str, fetcher: Fetcher, parser: Parser) -> dict[str, Any] | None:
    fetched = await fetcher.fetch(FetchRequest(url))
    parsed = await parser.parse(fetched) if isinstance(fetched, Fetched) else None
    return _found(url, because, parsed) if isinstance(parsed, ParsedFeed) else None


def _found(url: str, because: str, feed: ParsedFeed) -> dict[str, Any]:
    return {
        "url": url,
        "because": because,
        "format": feed.format,
        "title": feed.title,
        "language": feed.language,
        "entries": len(feed.entries),
        "newest": [entry.title for entry in feed.entries[:3]],
    }


def _as_record(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "text": to_text(entry.html).text,
        "published": entry.published.isoformat() if entry.published else None,
        "authors": list(entry.authors),
        "language": entry.language,
    }


def _as_lines(entry: Entry) -> str:
    when = f"{entry.published:%Y-%m-%d %H:%M}" if entry.published else "no date         "
    return f"{when}  {entry.title or '(no title)'}\n                  {entry.url or '(no address)'}"
