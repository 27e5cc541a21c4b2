"""What every response carries, what is too much, and what a failure shows."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import threading

import httpx
import pytest

from monitor.errors import StateError
from monitor.web import guard, server
from monitor.web.guard import BODY_LIMIT
from tests.pipeline.flow import Item, comes_true
from tests.web.readers import Readers

TRUCE = Item("truce", "Pakistani Taliban call off truce")


async def test_every_response_is_protected(readers: Readers) -> None:
    """Pages, redirects, refusals and robots.txt: no script, no frame, no referrer, no index, no cache."""
    link = (await readers.are_told(TRUCE))["desk@example.org"].answers[0]
    base = readers.links.base_url
    readers.browser.follow_redirects = False
    responses = [
        await readers.browser.get(link),
        await readers.browser.post(link),
        await readers.browser.put(link),
        await readers.browser.get(f"{base}/"),
        await readers.browser.get(f"{base}/robots.txt"),
        await readers.browser.post(link, content=b"x" * (BODY_LIMIT + 1)),
    ]
    assert [each.status_code for each in responses] == [200, 303, 405, 404, 200, 413]
    for each in responses:
        policy = each.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert each.headers["Referrer-Policy"] == "no-referrer"
        assert each.headers["X-Frame-Options"] == "DENY"
        assert each.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert each.headers["Cache-Control"] == "no-store"
        assert "server" not in each.headers


async def test_the_policy_lets_the_style_of_the_page_pass(readers: Readers) -> None:
    """The hash is of the very text between the tags; otherwise a browser shows bare letters."""
    page = await readers.browser.get(f"{readers.links.base_url}/")
    style = re.search("<style>(.*)</style>", page.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["", "feedback", "feedback/", "feedback/a/b", "unsubscribe/", "static/x.css", "%00"])
async def test_an_unknown_path_is_a_page_that_says_so(readers: Readers, path: str) -> None:
    """Whatever is asked for, with whatever method: 404 and nothing more."""
    for method in ("GET", "POST"):
        found = await readers.browser.request(method, f"{readers.links.base_url}/{path}")
        assert found.status_code == 404
        assert "<h1>" in found.text


async def test_a_long_body_is_refused_however_it_is_sent(readers: Readers) -> None:
    """With its length or in pieces without end: the answer comes, and nothing is recorded."""
    link = (await readers.are_told(TRUCE))["desk@example.org"].answers[0]

    async def pieces() -> object:
        for _ in range(100):
            yield b"x" * 1000

    for content in (b"x" * 1_000_000, pieces()):
        try:
            refused = await readers.browser.post(link, content=content)  # type: ignore[arg-type]
        except httpx.WriteError:
            continue  # the server had answered and closed before all was written
        assert refused.status_code == 413
    assert (await readers.browser.post(link, content=b"x" * BODY_LIMIT)).status_code == 200
    assert len(await readers.said()) == 1


async def test_a_failure_shows_nothing_of_itself_and_is_told(readers: Readers) -> None:
    """The reader gets a sentence, the log the traceback, the operator a notice; the next request is as before."""
    link = (await readers.are_told(TRUCE))["desk@example.org"].answers[0]
    readers.flow.fault.plan(0)
    failed = await readers.browser.post(link)
    assert failed.status_code == 500
    assert "Traceback" not in failed.text
    assert "DiskError" not in failed.text
    assert ("web.failed", "pages") in await readers.flow.departures()
    assert (await readers.browser.post(link)).status_code == 200


async def test_a_writer_that_hangs_keeps_no_reader_waiting_for_ever(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After some seconds the page says to try again; what could not begin is not done later."""
    link = (await readers.are_told(TRUCE))["desk@example.org"].answers[0]
    monkeypatch.setattr(guard, "PATIENCE", guard.PATIENCE / 100)
    door = threading.Event()
    hung = asyncio.ensure_future(readers.flow.core.writer.run(door.wait))
    try:
        busy = await readers.browser.post(link)
    finally:
        door.set()
    await hung
    assert busy.status_code == 503
    assert await readers.said() == []


async def test_a_state_that_cannot_be_written_is_said(readers: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is no fault of the reader's, and is told by those that lose by it."""
    link = (await readers.are_told(TRUCE))["desk@example.org"].answers[0]

    def full() -> object:
        raise StateError("the disk is full")

    monkeypatch.setattr(readers.flow.core.store, "unit_of_work", full)
    answer = await readers.browser.post(link)
    assert answer.status_code == 503
    assert "Try again in a few minutes" in answer.text


async def test_who_hangs_up_in_the_middle_is_no_failure(readers: Readers) -> None:
    """A phone that goes away while it sends raises nothing and leaves no notice."""
    link = (await readers.are_told(TRUCE))["desk@example.org"].answers[0]
    host, _, port = readers.links.base_url.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    path = link.removeprefix(readers.links.base_url)
    writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf".encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await readers.browser.get(link)).status_code == 200
    assert await readers.flow.departures() == []
    assert await readers.said() == []


async def test_many_connections_that_say_nothing_are_bounded(readers: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those over the limit are closed at once; a reader is served when others have ended."""
    monkeypatch.setattr(server, "CONNECTIONS", 5)
    host, _, port = readers.links.base_url.removeprefix("http://").partition(":")
    open_ones = [await asyncio.open_connection(host, int(port)) for _ in range(8)]
    last = open_ones[-1][0]
    await comes_true(last.at_eof)
    for _, writer in open_ones:
        writer.close()
    await asyncio.sleep(0)

    async def served() -> bool:
        try:
            return (await readers.browser.get(f"{readers.links.base_url}/robots.txt")).status_code == 200
        except httpx.TransportError:
            return False

    async with asyncio.timeout(10):
        while not await served():
            await asyncio.sleep(0.01)


async def test_no_connection_lasts(readers: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that says nothing, or half a request, is closed when its time is over."""
    monkeypatch.setattr(server, "LIFE", server.LIFE / 300)
    host, _, port = readers.links.base_url.removeprefix("http://").partition(":")
    for said in (b"", b"GET /robots.txt HTTP/1.1\r\nHo"):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(said)
        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()
