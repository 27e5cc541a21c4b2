"""Why an article was never read: each verdict through real polls over a web that obeys the test."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from monitor.model import FetchFault
from monitor.store.pruning import prune
from monitor.store.sqlite import SqliteStore
from monitor.why.verdicts import Verdict
from tests.pipeline.flow import FEEDS, PERIOD, START, Flow, Item, a_flow
from tests.why.asking import DESKS, MINUTE, RULES, TRUCE, answer, ask, brings, shown

MISSED = "https://hill.example/2026/missed-story"


async def test_no_such_feed_names_the_nearest_report(flow: Flow) -> None:
    """The words of an address are looked for in what other outlets said."""
    await brings(flow, TRUCE)
    given = await answer(flow, "https://elsewhere.example/news/taliban-call-off-truce-with-islamabad")
    assert given.verdict is Verdict.NO_SUCH_FEED
    assert given.says == (
        "no feed of elsewhere.example is read; the nearest we have is"
        " “Pakistani Taliban call off truce with Islamabad” of Hill Post"
    )
    assert "article 4 2026-11-20 06:15:00+00:00 Hill Post: “Pakistani Taliban" in shown(given)


async def test_no_such_feed_names_the_nearest_outlet(flow: Flow) -> None:
    """Where nothing was said in these words, it is the outlet whose name is most alike."""
    given = await answer(flow, "https://hillpost.example/x")
    assert given.says == "no feed of hillpost.example is read; the nearest outlet we read is Hill Post"


async def test_words_that_stand_in_nothing(flow: Flow) -> None:
    """Said with the words that no article has, and with what stands nearest."""
    given = await answer(flow, "Zebra crossing on the valley road painted")
    assert given.verdict is Verdict.NOT_FOUND
    assert "in no headline or opening: zebra, crossing, on, painted" in shown(given)
    assert "The valley road is open again" in shown(given)


async def test_a_feed_that_was_never_polled(tmp_path: Path) -> None:
    """Before the first poll nothing can be said of it."""
    async with a_flow(tmp_path, rules=RULES, desks=DESKS) as flow:
        given = await answer(flow, MISSED)
    assert given.verdict is Verdict.FEED_NOT_POLLED
    assert given.says == "the feed Hill Post has never been polled"


async def test_a_paused_feed(flow: Flow) -> None:
    """Paused by the operator, with the time of its last poll."""

    def pause(store: SqliteStore) -> None:
        state = store.feeds.state("hill")
        assert state is not None
        with store.unit_of_work():
            store.feeds.save(replace(state, paused=True))

    await flow.asks(pause)
    given = await answer(flow, MISSED)
    assert given.verdict is Verdict.FEED_PAUSED
    assert given.says == "the feed Hill Post is paused, last polled 2026-11-20 06:00 UTC"


async def test_a_feed_that_cannot_be_fetched(flow: Flow) -> None:
    """With every poll that failed since it was heard last."""
    flow.fetcher.fails("https://hill.example/rss", FetchFault.TIMEOUT)
    await flow.poll_after()
    given = await answer(flow, MISSED, at=START + MINUTE)
    assert given.verdict is Verdict.FEED_FAILED
    assert given.says.startswith("the feed Hill Post could not be fetched since 2026-11-20 06:00 UTC: timeout")
    assert "poll None 2026-11-20 06:15:00+00:00 hill: fetch-failed timeout" in shown(given)


async def test_a_failure_that_is_over_is_not_blamed(flow: Flow) -> None:
    """The next good poll read what the feed still had: the failure only stands in the evidence."""
    flow.fetcher.fails("https://hill.example/rss", FetchFault.TIMEOUT)
    await flow.poll_after()
    await brings(flow, TRUCE)
    given = await answer(flow, MISSED, at=START + 14 * MINUTE)
    assert given.verdict is Verdict.NOT_OFFERED
    assert "2 of 3 polls good from 2026-11-20 06:00 UTC to 2026-11-20 06:30 UTC, no gap" in shown(given)
    assert "fetch-failed timeout" in shown(given)


async def test_a_feed_that_is_fetched_but_not_understood(flow: Flow) -> None:
    """A web page in the feed's place."""
    flow.fetcher.serves("https://hill.example/rss", b"<html><body>Sign in</body></html>", content_type="text/html")
    await flow.poll_after()
    given = await answer(flow, MISSED)
    assert given.verdict is Verdict.UNREADABLE
    assert given.says.startswith("the feed Hill Post is fetched, but could not be read since 2026-11-20 06:00 UTC: ")


async def test_it_fell_between_two_polls(flow: Flow) -> None:
    """A document of which nothing is known shows a gap, and the gap has its bounds."""
    flow.publishes("hill", *(Item(f"n{i}", f"Report number {i} of the day from the hills") for i in range(5)))
    await flow.poll_after()
    given = await answer(flow, MISSED, at=START + MINUTE)
    assert given.verdict is Verdict.FELL_BETWEEN
    assert given.says == (
        "the feed Hill Post may have had it between 2026-11-20 06:00 UTC and 2026-11-20 06:15 UTC,"
        " and lost it again between two polls"
    )
    assert "Hill Post: all 5 entries were new at the end of it" in shown(given)
    later = await answer(flow, MISSED, at=START + timedelta(hours=3))
    assert later.verdict is Verdict.NOT_OFFERED
    flow.clock.passes(timedelta(days=8))
    assert (await answer(flow, MISSED)).verdict is Verdict.NOT_OFFERED, "an old gap is no answer to an open question"


async def test_a_gap_with_an_unreadable_document_in_it_is_put_down_to_that(flow: Flow) -> None:
    """The period was not too long: what was fetched could not be read."""
    flow.fetcher.serves("https://hill.example/rss", b"<html><body>Sign in</body></html>", content_type="text/html")
    await flow.poll_after()
    flow.publishes("hill", *(Item(f"n{i}", f"Report number {i} of the day from the hills") for i in range(5)))
    await flow.poll_after(2 * PERIOD)
    given = await answer(flow, MISSED)
    assert given.verdict is Verdict.UNREADABLE
    assert "and had moved on by then" in given.says


async def test_from_before_the_feed_was_watched(flow: Flow) -> None:
    """A feed has no past: its first poll is where it begins."""
    given = await answer(flow, MISSED, at=START - timedelta(days=3))
    assert given.verdict is Verdict.BEFORE_WATCH
    assert given.says == "the feed Hill Post is read since 2026-11-20 06:00 UTC only"


async def test_an_article_that_is_forgotten(flow: Flow) -> None:
    """Its keys outlive it: it is known that it was read, and that it is gone."""
    await brings(flow, Item("bazaar", "Bazaar open late"))
    found = await ask(flow, "https://hill.example/bazaar")
    assert found.article is not None
    await flow.asks(lambda store: prune(store, older_than=timedelta(days=40), now=START + timedelta(days=90)))
    given = await answer(flow, "https://hill.example/bazaar")
    assert given.verdict is Verdict.FORGOTTEN
    assert given.says == f"it was read as article {found.article.id}, and has been pruned since"


async def test_an_outlet_is_known_by_what_its_feeds_brought(tmp_path: Path) -> None:
    """A feed at a host of its own: the addresses of its articles say whose it is."""
    feeds = FEEDS.replace("https://hill.example/rss", "https://feedhouse.example/rss")
    async with a_flow(tmp_path, feeds=feeds, rules=RULES, desks=DESKS) as flow:
        flow.publishes("hill", Item("old", "The valley road is open", at="https://www.hill.example/old?utm_source=rss"))
        await flow.poll()
        assert (await answer(flow, MISSED)).verdict is Verdict.NOT_OFFERED
