"""What every parser keeps, the one in child processes as the one in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from monitor.feeds.parse import FeedParser
from monitor.model import Fetched, ParsedFeed, ParseFailed, ParseFault
from monitor.ports import Parser
from tests.fakes import InProcessParser
from tests.feeds.documents import rss

URL = "https://news.example/feed"


@pytest.fixture(params=["processes", "in-process"])
async def parser(request: pytest.FixtureRequest) -> AsyncIterator[Parser]:
    parser: Parser = FeedParser(workers=1) if request.param == "processes" else InProcessParser()
    yield parser
    await parser.aclose()


async def test_entries_come_through_whole(parser: Parser) -> None:
    """Text in any script, dates, authors, languages and hints are the same on both sides of a process."""
    body = rss(
        "<item><guid>1</guid><link>/a?x=1&amp;y=2</link><title>جنگ بندی &amp;amp; talks 🕊</title>"
        "<dc:creator>A. Writer</dc:creator><description>&lt;p&gt;Text&lt;/p&gt;</description>"
        "<pubDate>Fri, 20 Nov 2026 13:00:00 +0500</pubDate><category>peace</category></item>",
        channel="<language>ur</language><ttl>30</ttl><skipHours><hour>1</hour></skipHours>",
    )
    outcome = await parser.parse(Fetched(URL, body, {"content-type": "text/xml; charset=utf-8"}, 0.1))
    assert isinstance(outcome, ParsedFeed)
    (entry,) = outcome.entries
    assert entry.title == "جنگ بندی & talks 🕊"
    assert entry.url == "https://news.example/a?x=1&y=2"
    assert entry.published is not None
    assert entry.published.isoformat() == "2026-11-20T08:00:00+00:00"
    assert (entry.authors, entry.tags, entry.html) == (("A. Writer",), ("peace",), "<p>Text</p>")
    assert (outcome.language, outcome.format, outcome.complete) == ("ur", "rss20", True)
    assert outcome.hints.ttl is not None
    assert outcome.hints.skip_hours == frozenset({1})


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", ParseFault.EMPTY),
        (b" \n\t", ParseFault.EMPTY),
        (b"<!doctype html><html><body>hello</body></html>", ParseFault.HTML),
        (b"just words", ParseFault.NOT_A_FEED),
        (b"\x00\x01\x02\xff", ParseFault.NOT_A_FEED),
        (b"{}", ParseFault.NOT_A_FEED),
    ],
)
async def test_what_is_no_feed_is_a_value(parser: Parser, body: bytes, fault: ParseFault) -> None:
    """Any bytes give an outcome with a sentence for the operator."""
    outcome = await parser.parse(Fetched(URL, body, {}, 0.1))
    assert isinstance(outcome, ParseFailed)
    assert outcome.fault is fault
    assert outcome.detail
