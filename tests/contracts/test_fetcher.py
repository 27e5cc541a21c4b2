"""What every fetcher keeps, the fake as the real one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

import pytest

from monitor.feeds.fetch import HttpFetcher
from monitor.model import Fetched, FetchFailed, FetchFault, FetchRequest, NotModified
from monitor.ports import Fetcher
from tests.fakes import FakeFetcher
from tests.feeds.loopback import Loopback, Request, response, serving


class Web(Protocol):
    fetcher: Fetcher
    base: str

    def serve(self, path: str, body: bytes, **headers: str) -> None: ...
    def fail(self, path: str, status: int, reason: str, **headers: str) -> None: ...
    def move(self, path: str, target: str) -> None: ...


class RealWeb:
    def __init__(self, loopback: Loopback) -> None:
        self.loopback = loopback
        self.base = f"http://{loopback.host}"
        self.fetcher: Fetcher = HttpFetcher(user_agent="test", allow_hosts=[loopback.host])

    def serve(self, path: str, body: bytes, **headers: str) -> None:
        def answer(request: Request) -> bytes:
            if "etag" in headers and request.headers.get("if-none-match") == headers["etag"]:
                return response(status="304 Not Modified", **headers)
            return response(body, **headers)

        self.loopback.answers[path] = answer

    def fail(self, path: str, status: int, reason: str, **headers: str) -> None:
        self.loopback.answers[path] = response(b"no", status=f"{status} {reason}", **headers)

    def move(self, path: str, target: str) -> None:
        self.loopback.answers[path] = response(status="301 Moved Permanently", Location=self.base + target)


class FakeWeb:
    def __init__(self) -> None:
        self.base = "http://fake.example"
        self.fake = FakeFetcher()
        self.fetcher: Fetcher = self.fake

    def serve(self, path: str, body: bytes, **headers: str) -> None:
        self.fake.serves(self.base + path, body, **headers)

    def fail(self, path: str, status: int, reason: str, **headers: str) -> None:
        self.fake.fails(self.base + path, FetchFault.HTTP, status=status, **headers)

    def move(self, path: str, target: str) -> None:
        self.fake.moves(self.base + path, self.base + target)


@pytest.fixture(params=["real", "fake"])
async def web(request: pytest.FixtureRequest) -> AsyncIterator[Web]:
    if request.param == "fake":
        yield FakeWeb()
        return
    async with serving() as loopback:
        real = RealWeb(loopback)
        yield real
        await real.fetcher.aclose()


async def test_a_document_comes_whole_with_header_names_in_lower_case(web: Web) -> None:
    """A 200 is `Fetched`: the body's bytes, the address, and headers by lower-case names."""
    web.serve("/feed", b"<rss/>\x00\xff", ETag='W/"a b"')
    outcome = await web.fetcher.fetch(FetchRequest(web.base + "/feed"))
    assert isinstance(outcome, Fetched)
    assert outcome.body == b"<rss/>\x00\xff"
    assert outcome.url == web.base + "/feed"
    assert outcome.headers["etag"] == 'W/"a b"'
    assert outcome.seconds >= 0


async def test_an_equal_validator_gives_not_modified(web: Web) -> None:
    """The ETag goes back as it came, and a 304 is its own outcome."""
    web.serve("/feed", b"<rss/>", etag='"v1"')
    outcome = await web.fetcher.fetch(FetchRequest(web.base + "/feed", etag='"v1"'))
    assert isinstance(outcome, NotModified)


async def test_another_validator_gives_the_document(web: Web) -> None:
    """A validator that is not current changes nothing."""
    web.serve("/feed", b"<rss/>", etag='"v2"')
    outcome = await web.fetcher.fetch(FetchRequest(web.base + "/feed", etag='"v1"'))
    assert isinstance(outcome, Fetched)


async def test_an_error_status_is_a_value(web: Web) -> None:
    """A 404 is `FetchFailed` with its status and a sentence, not an exception."""
    web.fail("/feed", 404, "Not Found")
    outcome = await web.fetcher.fetch(FetchRequest(web.base + "/feed"))
    assert isinstance(outcome, FetchFailed)
    assert (outcome.fault, outcome.status) == (FetchFault.HTTP, 404)
    assert outcome.detail


async def test_retry_after_comes_with_the_failure(web: Web) -> None:
    """What the server asks for reaches the caller."""
    web.fail("/feed", 503, "Service Unavailable", Retry_After="120")
    outcome = await web.fetcher.fetch(FetchRequest(web.base + "/feed"))
    assert isinstance(outcome, FetchFailed)
    assert outcome.retry_after is not None
    assert outcome.retry_after.total_seconds() == 120


async def test_a_redirect_is_followed_and_told(web: Web) -> None:
    """The address that answered and the way to it are part of the outcome."""
    web.serve("/new", b"<rss/>")
    web.move("/old", "/new")
    outcome = await web.fetcher.fetch(FetchRequest(web.base + "/old"))
    assert isinstance(outcome, Fetched)
    assert outcome.url == web.base + "/new"
    assert outcome.redirects == ((301, web.base + "/new"),)


async def test_a_circle_of_redirects_ends(web: Web) -> None:
    """Two addresses that point at each other are a failure."""
    web.move("/a", "/b")
    web.move("/b", "/a")
    outcome = await web.fetcher.fetch(FetchRequest(web.base + "/a"))
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.REDIRECTS
