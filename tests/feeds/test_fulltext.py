"""Articles' own pages: what is allowed, what is found, and that nobody waits for it."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.feeds.fulltext import PageReader, with_full_text
from monitor.feeds.robots import Robots, robots_address
from monitor.model import Entry, FetchFault, FetchOutcome, FetchRequest, FullText
from tests.fakes import FakeFetcher

PAGE = "https://paper.example/news/1"
ROBOTS = "https://paper.example/robots.txt"

STAND_IN = """
import json
from monitor.feeds.worker import serve
def read(body, headers, url):
    if b"spin" in body:
        while True: pass
    return json.dumps({"text": body.decode(), "because": ""}).encode()
serve(read, b"{}")
"""


@pytest.fixture
def command(tmp_path: Path) -> tuple[str, str]:
    """A child that takes the page for its text, so that these facts hold without the extra."""
    script = tmp_path / "stand_in.py"
    script.write_text(STAND_IN)
    return (sys.executable, str(script))


async def read(web: FakeFetcher, command: tuple[str, ...], **options: float) -> FullText:
    patience = timedelta(seconds=options.pop("patience", 20))
    reader = PageReader(web, command=command, patience=patience, **options)  # type: ignore[arg-type]
    try:
        return await reader.read(PAGE)
    finally:
        await reader.aclose()


async def test_a_page_gives_its_text(command: tuple[str, str]) -> None:
    """A site without a robots.txt allows all."""
    web = FakeFetcher()
    web.fails(ROBOTS, FetchFault.HTTP, status=404)
    web.serves(PAGE, b"One\n\nTwo")
    assert await read(web, command) == FullText("One\n\nTwo", "")


async def test_a_page_that_robots_forbid_is_not_fetched(command: tuple[str, str]) -> None:
    """Nor one of a site whose robots.txt fails (RFC 9309)."""
    web = FakeFetcher()
    web.serves(PAGE, b"text")
    web.serves(ROBOTS, b"User-agent: *\nDisallow: /news/")
    assert "does not allow" in (await read(web, command)).because
    web.fails(ROBOTS, FetchFault.HTTP, status=503)
    assert "cannot be read" in (await read(web, command)).because
    assert FetchRequest(PAGE) not in web.requests


async def test_robots_are_asked_once_for_a_site(command: tuple[str, str]) -> None:
    """And not for every page of it."""
    web = FakeFetcher()
    web.serves(ROBOTS, b"User-agent: *\nDisallow: /private/")
    web.serves(PAGE, b"text")
    reader = PageReader(web, command=command)
    for _ in range(3):
        assert (await reader.read(PAGE)).text == "text"
    await reader.aclose()
    assert [request.url for request in web.requests].count(ROBOTS) == 1


async def test_a_slow_site_is_left_alone_in_time(command: tuple[str, str]) -> None:
    """The entry goes on with the text it has."""

    class Slow(FakeFetcher):
        async def fetch(self, request: FetchRequest) -> FetchOutcome:
            await asyncio.Event().wait()
            raise AssertionError

    assert "longer than 0.05 s" in (await read(Slow(), command, patience=0.05)).because


async def test_a_page_that_makes_the_extraction_spin_is_left_alone(command: tuple[str, str]) -> None:
    """Its child is killed."""
    web = FakeFetcher()
    web.fails(ROBOTS, FetchFault.HTTP, status=404)
    web.serves(PAGE, b"spin")
    assert "did not end within" in (await read(web, command, cpu_seconds=0.4)).because


async def test_a_missing_page_says_so(command: tuple[str, str]) -> None:
    """In the fetcher's own words."""
    web = FakeFetcher()
    web.serves(ROBOTS, b"")
    assert (await read(web, command)).because == "nothing stands at this address"


def test_the_longer_text_wins() -> None:
    """A page that gives less than the feed did changes nothing."""
    entry = Entry("1", PAGE, "T", "<p>A summary of some words.</p>")
    longer = FullText("A & B.\n\n" + "Words. " * 20, "")
    assert with_full_text(entry, longer).html.startswith("<p>A &amp; B.</p><p>Words.")
    assert with_full_text(entry, FullText("short", "")) == entry
    assert with_full_text(entry, FullText("", "why")) == entry


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: other\nDisallow: /", True),
        ("User-agent: news-monitor\nDisallow: /news/", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: news-monitor\nAllow: /", True),
        ("<html>not a robots file</html>", True),
        ("\0\xff Disallow: /", True),
    ],
)
def test_robots_are_read(text: str, allowed: bool) -> None:
    """Groups, our own name, and files that are none."""
    assert Robots(text, "news-monitor").allows(PAGE) is allowed


def test_robots_stand_at_the_root_of_the_host() -> None:
    """Port included."""
    assert robots_address("https://paper.example:8443/a/b?c#d") == "https://paper.example:8443/robots.txt"


async def test_the_article_of_a_real_page_is_found_among_its_navigation() -> None:
    """With the extra installed, a page gives its article and neither menu nor footer."""
    story = "<p>" + "</p><p>".join(
        f"Paragraph {n} of the report on the truce talks, in full sentences." for n in range(8)
    )
    article = f"<article><h1>Talks</h1>{story}</article>"
    page = f"<html><body><nav>Home Sport Weather</nav>{article}<footer>All rights</footer></body></html>"
    web = FakeFetcher()
    web.serves("http://site.example/robots.txt", b"")
    web.serves("http://site.example/a", page.encode(), content_type="text/html; charset=utf-8")
    pages = PageReader(web)
    try:
        found = await pages.read("http://site.example/a")
    finally:
        await pages.aclose()
    assert "Paragraph 7 of the report" in found.text, found.because
    assert "Weather" not in found.text
    assert "All rights" not in found.text
