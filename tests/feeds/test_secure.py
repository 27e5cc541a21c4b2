"""The real fetcher over TLS and HTTP/2, against a server whose connections and certificates fail as real ones do."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from monitor.feeds.fetch import HttpFetcher
from monitor.model import Fetched, FetchFailed, FetchFault, FetchRequest, NotModified
from tests.feeds.secure import Answer, SecureWeb, serving_securely, trusting

FEED = Answer(b"<rss>" + b"x" * 300_000, headers=(("etag", '"1"'), ("content-type", "application/rss+xml")))
"""Larger than the window that HTTP/2 begins with (65,535 bytes, RFC 9113 section 6.9.2)."""


@asynccontextmanager
async def a_fetcher(web: SecureWeb, **options: Any) -> AsyncIterator[HttpFetcher]:
    given = {"trust": trusting(), "timeout_seconds": 5.0, **options}
    fetcher = HttpFetcher(user_agent="test", allow_hosts=[web.host], **given)
    try:
        yield fetcher
    finally:
        await fetcher.aclose()


class TestHttp2:
    async def test_is_spoken_where_the_server_offers_it(self) -> None:
        """Documents, a 304 and a refusal come over one connection; validators go as they came."""
        answers = {
            "/feed": FEED,
            "/same": Answer(b"", 304),
            "/gone": Answer(b"", 410),
            "/gzip": Answer(gzip.compress(b"<rss/>"), headers=(("content-encoding", "gzip"),)),
        }
        async with serving_securely(answers) as web, a_fetcher(web) as fetcher:
            feed = await fetcher.fetch(FetchRequest(web.url()))
            assert isinstance(feed, Fetched)
            assert (feed.body, feed.headers["etag"]) == (FEED.body, '"1"')
            same = await fetcher.fetch(FetchRequest(web.url("/same"), '"1"', "yesterday"))
            gone = await fetcher.fetch(FetchRequest(web.url("/gone")))
            packed = await fetcher.fetch(FetchRequest(web.url("/gzip")))
        assert isinstance(same, NotModified)
        assert isinstance(gone, FetchFailed)
        assert gone.status == 410
        assert isinstance(packed, Fetched)
        assert packed.body == b"<rss/>"
        assert web.protocols == ["h2"]
        assert (web.requests[1]["if-none-match"], web.requests[1]["if-modified-since"]) == ('"1"', "yesterday")
        assert "connection" not in web.requests[0]

    async def test_streams_of_a_host_are_no_more_than_its_share(self) -> None:
        """One connection could carry a hundred; two run at a time, as over HTTP/1.1."""
        async with serving_securely({"/feed": Answer()}) as web, a_fetcher(web, per_host=2) as fetcher:
            outcomes = await asyncio.gather(*(fetcher.fetch(FetchRequest(web.url())) for _ in range(10)))
        assert all(isinstance(outcome, Fetched) for outcome in outcomes)
        assert 1 <= web.most_streams <= 2

    async def test_a_body_that_breaks_off_is_handed_over_as_far_as_it_came(self) -> None:
        """The server resets the stream; the parser sees the cut, and the connection goes on."""
        answers = {"/cut": Answer(b"<rss>" * 4000, reset_after=9000), "/feed": Answer()}
        async with serving_securely(answers) as web, a_fetcher(web) as fetcher:
            cut = await fetcher.fetch(FetchRequest(web.url("/cut")))
            after = await fetcher.fetch(FetchRequest(web.url()))
        assert isinstance(cut, Fetched)
        assert len(cut.body) == 9000
        assert isinstance(after, Fetched)

    async def test_a_body_past_the_limit_costs_the_next_one_nothing(self) -> None:
        """What was not read of it stands in nobody's way."""
        async with (
            serving_securely({"/big": FEED, "/feed": Answer()}) as web,
            a_fetcher(web, max_body_bytes=1000) as fetcher,
        ):
            big = await fetcher.fetch(FetchRequest(web.url("/big")))
            after = await fetcher.fetch(FetchRequest(web.url()))
        assert isinstance(big, FetchFailed)
        assert big.fault is FetchFault.TOO_LARGE
        assert isinstance(after, Fetched)

    @pytest.mark.parametrize("ending", ["hang_up_after", "goes_away_after"])
    async def test_a_kept_connection_that_was_closed_meanwhile_costs_no_poll(self, ending: str) -> None:
        """Servers close idle connections with and without a word; the next question goes over a new one."""
        async with serving_securely({"/feed": FEED}) as web, a_fetcher(web) as fetcher:
            setattr(web, ending, 1)
            for polls in (1, 2, 3):
                assert isinstance(await fetcher.fetch(FetchRequest(web.url())), Fetched)
                assert len(web.protocols) == polls

    async def test_a_request_is_put_twice_at_most(self) -> None:
        """A server that reads and hangs up is asked again only where the connection was an old one, and once."""
        async with serving_securely({"/feed": Answer()}) as web, a_fetcher(web) as fetcher:
            web.reads_and_hangs_up = 10
            outcome = await fetcher.fetch(FetchRequest(web.url()))
            assert isinstance(outcome, FetchFailed)
            assert outcome.fault is FetchFault.PROTOCOL
            assert (len(web.protocols), web.reads_and_hangs_up) == (1, 9)
            web.reads_and_hangs_up = 0
            assert isinstance(await fetcher.fetch(FetchRequest(web.url())), Fetched)
            web.reads_and_hangs_up = 10
            assert isinstance(await fetcher.fetch(FetchRequest(web.url())), FetchFailed)
            assert (len(web.protocols), web.reads_and_hangs_up) == (3, 8)

    async def test_a_silent_stream_ends_at_the_deadline(self) -> None:
        """The deadline holds inside a connection too."""
        async with serving_securely({"/feed": Answer()}) as web, a_fetcher(web, timeout_seconds=0.3) as fetcher:
            web.hold = asyncio.Event()
            outcome = await fetcher.fetch(FetchRequest(web.url()))
        assert isinstance(outcome, FetchFailed)
        assert outcome.fault is FetchFault.TIMEOUT


class TestCertificates:
    @pytest.mark.parametrize(
        ("certificate", "words"),
        [
            ("expired", "has expired"),
            ("otherhost", "is for another"),
            ("selfsigned", "is signed by itself"),
        ],
    )
    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
    async def test_a_fault_is_told_in_plain_words_and_nothing_is_asked(
        self, certificate: str, words: str, host: str
    ) -> None:
        """Neither over that connection nor over a plain one: no request arrives, and none is tried twice."""
        async with serving_securely({"/feed": Answer()}, certificate=certificate) as web:
            fetcher = HttpFetcher(user_agent="test", allow_hosts=[f"{host}:{web.port}"], trust=trusting())
            outcome = await fetcher.fetch(FetchRequest(f"https://{host}:{web.port}/feed"))
            await fetcher.aclose()
        assert isinstance(outcome, FetchFailed)
        assert outcome.fault is FetchFault.TLS
        assert outcome.detail.startswith(f"the certificate of {host} {words}")
        assert web.requests == []

    async def test_an_authority_is_trusted_by_argument_only(self) -> None:
        """What this machine trusts is the default, and the tests' authority is not among it."""
        async with serving_securely({"/feed": Answer()}) as web, a_fetcher(web, trust=None) as fetcher:
            outcome = await fetcher.fetch(FetchRequest(web.url()))
        assert isinstance(outcome, FetchFailed)
        assert outcome.fault is FetchFault.TLS
        assert "authority that is not trusted" in outcome.detail
