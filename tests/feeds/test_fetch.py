"""The real fetcher against servers that behave badly."""

from __future__ import annotations

import asyncio
import gzip
import logging
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from monitor.errors import ConfigurationError
from monitor.feeds.fetch import HttpFetcher
from monitor.model import Fetched, FetchFailed, FetchFault, FetchOutcome, FetchRequest
from tests.feeds.loopback import Loopback, response, serving


@pytest.fixture
async def web() -> AsyncIterator[Loopback]:
    async with serving() as loopback:
        yield loopback


async def get(web: Loopback, path: str = "/feed", **options: Any) -> FetchOutcome:
    etag, modified = options.pop("etag", None), options.pop("last_modified", None)
    fetcher = HttpFetcher(user_agent="test-agent (+mailto:a@example.org)", allow_hosts=[web.host], **options)
    try:
        return await fetcher.fetch(FetchRequest(web.url(path), etag, modified))
    finally:
        await fetcher.aclose()


def fault_of(outcome: FetchOutcome) -> FetchFault:
    assert isinstance(outcome, FetchFailed), outcome
    assert outcome.detail
    return outcome.fault


async def test_validators_go_back_byte_for_byte(web: Loopback) -> None:
    """An ETag that is not well formed, and a date that is no date, are sent exactly as they came."""
    await get(web, etag='W/"1\xe9"; odd', last_modified="yesterday, about noon")
    (request,) = web.requests
    assert request.headers["if-none-match"] == 'W/"1\xe9"; odd'
    assert request.headers["if-modified-since"] == "yesterday, about noon"


async def test_only_gzip_is_asked_for_and_the_agent_names_itself(web: Loopback) -> None:
    """What cannot be inflated within a limit is not accepted."""
    await get(web)
    assert web.requests[0].headers["accept-encoding"] == "gzip"
    assert web.requests[0].headers["user-agent"] == "test-agent (+mailto:a@example.org)"


async def test_a_gzip_body_is_inflated(web: Loopback) -> None:
    """So is one of several members, and one whose header is missing."""
    packed = gzip.compress(b"<rss>") + gzip.compress(b"</rss>")
    web.answers["/feed"] = response(packed, Content_Encoding="gzip")
    web.answers["/silent"] = response(packed)
    for path in ("/feed", "/silent"):
        outcome = await get(web, path)
        assert isinstance(outcome, Fetched)
        assert outcome.body == b"<rss></rss>"


async def test_a_body_that_is_not_compressed_as_claimed_is_taken_as_it_is(web: Loopback) -> None:
    """Servers that say gzip and send text are common."""
    web.answers["/feed"] = response(b"<rss/>", Content_Encoding="gzip")
    outcome = await get(web)
    assert isinstance(outcome, Fetched)
    assert outcome.body == b"<rss/>"


async def test_a_compressed_bomb_is_stopped_at_the_limit(web: Loopback) -> None:
    """A small answer that inflates to much more than the limit is refused, not swallowed."""
    web.answers["/feed"] = response(gzip.compress(b"\0" * 50_000_000), Content_Encoding="gzip")
    assert fault_of(await get(web, max_body_bytes=1_000_000)) is FetchFault.TOO_LARGE


async def test_a_large_body_is_stopped_at_the_limit(web: Loopback) -> None:
    """The limit counts plain bytes too."""
    web.answers["/feed"] = response(b"x" * 2000)
    assert fault_of(await get(web, max_body_bytes=1000)) is FetchFault.TOO_LARGE


async def test_an_encoding_that_was_not_asked_for_is_a_fault(web: Loopback) -> None:
    """Brotli cannot be bounded here, so it is not read."""
    web.answers["/feed"] = response(b"\x0b\x02\x80", Content_Encoding="br")
    assert fault_of(await get(web)) is FetchFault.PROTOCOL


async def test_damaged_compression_is_a_fault(web: Loopback) -> None:
    """A gzip stream with a broken middle gives no document."""
    packed = bytearray(gzip.compress(bytes(range(256)) * 500))
    packed[40:60] = b"\xff" * 20
    web.answers["/feed"] = response(bytes(packed), Content_Encoding="gzip")
    assert fault_of(await get(web)) is FetchFault.PROTOCOL


async def test_a_body_cut_on_the_wire_is_handed_over_as_far_as_it_came(web: Loopback) -> None:
    """The parser sees the cut; what stands before it is not lost. The same holds for a compressed body."""
    web.answers["/feed"] = response(b"<rss><channel>", length=500)
    web.answers["/packed"] = response(
        zlib.compress(b"<rss>" * 2000, wbits=31)[:40], length=500, Content_Encoding="gzip"
    )
    outcome = await get(web)
    assert isinstance(outcome, Fetched)
    assert outcome.body == b"<rss><channel>"
    packed = await get(web, "/packed")
    assert isinstance(packed, Fetched)
    assert packed.body.startswith(b"<rss>")


async def test_a_slow_answer_ends_at_the_deadline(web: Loopback) -> None:
    """The deadline is round the whole exchange."""
    web.hold = asyncio.Event()
    assert fault_of(await get(web, timeout_seconds=0.2)) is FetchFault.TIMEOUT


async def test_an_answer_that_drips_ends_at_the_deadline() -> None:
    """Bytes that keep coming do not move the deadline."""
    ended = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        try:
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.01)
        except ConnectionError:
            writer.close()
        finally:
            ended.set()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    fetcher = HttpFetcher(user_agent="test", allow_hosts=[host], timeout_seconds=0.3)
    outcome = await fetcher.fetch(FetchRequest(f"http://{host}/"))
    await fetcher.aclose()
    await ended.wait()
    server.close()
    await server.wait_closed()
    assert fault_of(outcome) is FetchFault.TIMEOUT


async def test_nothing_listening_is_unreachable() -> None:
    """A refused connection is told from a name that does not resolve."""
    async with serving() as gone:
        pass
    outcome = await get(gone)
    assert fault_of(outcome) is FetchFault.UNREACHABLE
    assert isinstance(outcome, FetchFailed)
    assert "refused" in outcome.detail


async def test_a_name_that_does_not_resolve_is_dns() -> None:
    """The reserved top-level domain "invalid" never resolves (RFC 6761)."""
    fetcher = HttpFetcher(user_agent="test")
    outcome = await fetcher.fetch(FetchRequest("http://nowhere.invalid/feed"))
    await fetcher.aclose()
    assert fault_of(outcome) is FetchFault.DNS


async def test_a_server_without_tls_is_a_tls_fault() -> None:
    """There is no falling back to plain text."""

    async def speak_plainly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(response(b"plain"))
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(speak_plainly, "127.0.0.1", 0)
    host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    fetcher = HttpFetcher(user_agent="test", allow_hosts=[host], timeout_seconds=5)
    outcome = await fetcher.fetch(FetchRequest(f"https://{host}/feed"))
    await fetcher.aclose()
    server.close()
    await server.wait_closed()
    assert fault_of(outcome) is FetchFault.TLS


async def test_what_is_no_http_is_a_protocol_fault(web: Loopback) -> None:
    """So are an empty answer and a 304 nobody asked for."""
    web.answers["/feed"] = b"SSH-2.0-OpenSSH_9.6\r\n\r\n"
    web.answers["/empty"] = b""
    web.answers["/304"] = response(status="304 Not Modified")
    assert fault_of(await get(web)) is FetchFault.PROTOCOL
    assert fault_of(await get(web, "/empty")) is FetchFault.PROTOCOL
    assert fault_of(await get(web, "/304")) is FetchFault.HTTP


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/feed",
        "http://localhost:{port}/feed",
        "http://[::1]:{port}/feed",
        "http://[::ffff:127.0.0.1]:{port}/feed",
        "http://2130706433:{port}/feed",
        "http://0x7f.1:{port}/feed",
        "http://0.0.0.0:{port}/feed",
    ],
)
async def test_this_machine_is_not_fetched_from(web: Loopback, address: str) -> None:
    """In none of its spellings; no request arrives."""
    fetcher = HttpFetcher(user_agent="test", timeout_seconds=5)
    outcome = await fetcher.fetch(FetchRequest(address.format(port=web.port)))
    await fetcher.aclose()
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault in (FetchFault.BLOCKED, FetchFault.DNS, FetchFault.UNREACHABLE)
    assert web.requests == []


async def test_a_redirect_meets_the_guard(web: Loopback) -> None:
    """A public feed cannot lead the monitor inside; the detail says how to allow it."""
    async with serving({"/secret": response(b"inside")}) as inside:
        web.answers["/feed"] = response(status="302 Found", Location=inside.url("/secret"))
        outcome = await get(web)
        assert fault_of(outcome) is FetchFault.BLOCKED
        assert isinstance(outcome, FetchFailed)
        assert inside.host in outcome.detail
        assert inside.requests == []


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://example.org/x", "javascript:alert(1)", "//[bad", "http://[::1"]
)
async def test_a_redirect_to_another_scheme_is_blocked(web: Loopback, target: str) -> None:
    """Only http and https are followed; what is told is that the feed redirects, and it was asked once."""
    web.answers["/feed"] = response(status="302 Found", Location=target)
    outcome = await get(web)
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.BLOCKED
    assert "redirected" in outcome.detail
    assert len(web.requests) == 1


async def test_six_redirects_are_too_many_and_five_are_not(web: Loopback) -> None:
    """The chain is counted by its steps."""
    for step in range(6):
        web.answers[f"/{step}"] = response(status="307 Temporary Redirect", Location=f"/{step + 1}")
    web.answers["/6"] = response(b"<rss/>")
    assert fault_of(await get(web, "/0")) is FetchFault.REDIRECTS
    assert isinstance(await get(web, "/1"), Fetched)


async def test_details_hold_no_secret_of_the_address(web: Loopback) -> None:
    """A password and a token in an address stay out of what operators and logs see."""
    for path in ("/feed?token=s3cret", "/cut?token=s3cret"):
        web.answers[path] = response(status="403 Forbidden") if "feed" in path else b""
        fetcher = HttpFetcher(user_agent="test", allow_hosts=[web.host])
        outcome = await fetcher.fetch(FetchRequest(f"http://user:s3cret@{web.host}{path}"))
        await fetcher.aclose()
        assert isinstance(outcome, FetchFailed)
        assert "s3cret" not in outcome.detail


async def test_addresses_are_not_logged(web: Loopback, caplog: pytest.LogCaptureFixture) -> None:
    """The HTTP library writes whole addresses at INFO; here it does not."""
    caplog.set_level(logging.INFO)
    web.answers["/feed?token=s3cret"] = response(b"<rss/>")
    assert isinstance(await get(web, "/feed?token=s3cret"), Fetched)
    assert "s3cret" not in caplog.text


async def test_cookies_are_not_kept(web: Loopback) -> None:
    """A publisher cannot follow the monitor from poll to poll."""
    web.answers["/feed"] = response(b"<rss/>", Set_Cookie="id=1; Path=/")
    fetcher = HttpFetcher(user_agent="test", allow_hosts=[web.host])
    for _ in range(2):
        await fetcher.fetch(FetchRequest(web.url()))
    await fetcher.aclose()
    assert all("cookie" not in request.headers for request in web.requests)


async def test_a_host_sees_no_more_than_its_share_at_once(web: Loopback) -> None:
    """Twelve requests to one host run two at a time."""
    web.answers["/feed"] = response(b"<rss/>")
    fetcher = HttpFetcher(user_agent="test", allow_hosts=[web.host], per_host=2)
    outcomes = await asyncio.gather(*(fetcher.fetch(FetchRequest(web.url())) for _ in range(12)))
    await fetcher.aclose()
    assert all(isinstance(outcome, Fetched) for outcome in outcomes)
    assert 1 <= web.most_open <= 2


async def test_a_caller_that_gives_up_leaves_nothing_behind(web: Loopback) -> None:
    """Cancellation is the one thing that is raised, and the host's place is free again."""
    web.hold = asyncio.Event()
    web.answers["/feed"] = response(b"<rss/>")
    fetcher = HttpFetcher(user_agent="test", allow_hosts=[web.host], per_host=1)
    waiting = asyncio.ensure_future(fetcher.fetch(FetchRequest(web.url())))
    while not web.requests:
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    web.hold.set()
    assert isinstance(await fetcher.fetch(FetchRequest(web.url())), Fetched)
    await fetcher.aclose()


async def test_retry_after_as_a_date_is_measured_from_the_servers_own_clock(web: Loopback) -> None:
    """A server whose clock is years off still gets its two minutes."""
    web.answers["/feed"] = response(
        status="429 Too Many Requests",
        Date="Tue, 01 Jan 2019 00:00:00 GMT",
        Retry_After="Tue, 01 Jan 2019 00:02:00 GMT",
    )
    outcome = await get(web)
    assert isinstance(outcome, FetchFailed)
    assert outcome.retry_after == timedelta(minutes=2)


@pytest.mark.parametrize("item", ["", "http://a/", "host:port", "host:0", "host:70000", "a b/c"])
def test_an_allowed_host_that_is_none_is_refused(item: str) -> None:
    """The operator is told at start, not at the first poll."""
    with pytest.raises(ConfigurationError, match="allowed host"):
        HttpFetcher(user_agent="test", allow_hosts=[item])


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
async def test_a_host_that_asks_to_be_left_alone_is_asked_for_none_of_its_feeds(web: Loopback, status: str) -> None:
    """Not by those either that were in the queue already; another server is asked as ever."""
    web.answers["/busy"] = response(status=status, Retry_After="300")
    async with serving({"/feed": response(b"<rss/>")}) as other:
        fetcher = HttpFetcher(user_agent="test", allow_hosts=[web.host, other.host], per_host=1)
        asked = [FetchRequest(url) for url in (web.url("/busy"), web.url("/feed"), web.url("/third"), other.url())]
        told, *held, fine = await asyncio.gather(*(fetcher.fetch(request) for request in asked))
        await fetcher.aclose()
    assert fault_of(told) is FetchFault.HTTP
    assert [fault_of(outcome) for outcome in held] == [FetchFault.HELD, FetchFault.HELD]
    assert all(isinstance(o, FetchFailed) and o.retry_after == timedelta(minutes=5) for o in held)
    assert [request.path for request in web.requests] == ["/busy"]
    assert isinstance(fine, Fetched)


async def test_a_refusal_of_another_kind_concerns_one_feed(web: Loopback) -> None:
    """A feed that is not there, or names no time, says nothing of its neighbours."""
    web.answers["/gone"] = response(status="404 Not Found", Retry_After="300")
    web.answers["/busy"] = response(status="429 Too Many Requests")
    web.answers["/feed"] = response(b"<rss/>")
    fetcher = HttpFetcher(user_agent="test", allow_hosts=[web.host])
    for path in ("/gone", "/busy"):
        assert fault_of(await fetcher.fetch(FetchRequest(web.url(path)))) is FetchFault.HTTP
    assert isinstance(await fetcher.fetch(FetchRequest(web.url())), Fetched)
    await fetcher.aclose()


async def test_a_redirect_takes_a_turn_of_the_host_it_leads_to(web: Loopback) -> None:
    """Feeds of many hosts that lead to one are asked of it no more at once than its own are."""
    async with serving({"/feed": response(b"<rss/>")}) as target:
        web.answers["/moved"] = response(status="301 Moved Permanently", Location=target.url())
        fetcher = HttpFetcher(user_agent="test", allow_hosts=[web.host, target.host], per_host=1)
        target.hold = asyncio.Event()
        first = asyncio.ensure_future(fetcher.fetch(FetchRequest(target.url())))
        while not target.requests:
            await asyncio.sleep(0)
        second = asyncio.ensure_future(fetcher.fetch(FetchRequest(web.url("/moved"))))
        while not web.requests or web.open_now:
            await asyncio.sleep(0)
        assert len(target.requests) == 1
        target.hold.set()
        outcomes = await asyncio.gather(first, second)
        await fetcher.aclose()
    assert all(isinstance(outcome, Fetched) for outcome in outcomes)
    assert target.most_open == 1
    assert outcomes[1].url == target.url()


async def test_a_turn_is_not_held_while_waiting_for_another_hosts(web: Loopback) -> None:
    """Two hosts that redirect to each other, with one place each, do not lock each other up."""
    async with serving() as other:
        for here, there in ((web, other), (other, web)):
            here.answers["/out"] = response(status="302 Found", Location=there.url("/in"))
            here.answers["/in"] = response(b"<rss/>")
        fetcher = HttpFetcher(user_agent="test", allow_hosts=[web.host, other.host], per_host=1, timeout_seconds=20)
        asked = [FetchRequest(server.url("/out")) for server in (web, other) for _ in range(4)]
        outcomes = await asyncio.gather(*(fetcher.fetch(request) for request in asked))
        await fetcher.aclose()
    assert all(isinstance(outcome, Fetched) for outcome in outcomes)
