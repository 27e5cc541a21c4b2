"""Departures of feeds: each told once, while it lasts, and over when it is over."""

from __future__ import annotations

from pathlib import Path

from monitor.model import FetchFault, Gap
from monitor.pipeline.feed_watch import FAILING_AFTER
from tests.pipeline.flow import FEEDS, PERIOD, START, Flow, Item, a_flow

OLD = Item("old", "Rain closes the Lowari tunnel road for a night")
ALL = ("hill", "bay", "moor")


async def _all_polled(flow: Flow, *feeds: str) -> None:
    for feed in feeds or ALL:
        flow.publishes(feed, OLD)
    await flow.poll()


def _fail(flow: Flow, *feeds: str, fault: FetchFault = FetchFault.DNS) -> None:
    for feed in feeds or ALL:
        flow.fetcher.fails(flow.feed(feed).url, fault)


async def _polls(flow: Flow, times: int, *feeds: str) -> None:
    """Poll feeds one after the other, whatever their next time."""
    for _ in range(times):
        flow.clock.passes(PERIOD)
        await flow.polls.poll_all([flow.feed(feed) for feed in feeds or ALL])


class TestFailing:
    async def test_is_told_after_three_failures_in_a_row_and_over_with_the_next_good_poll(self, flow: Flow) -> None:
        """One or two are the weather of the net."""
        await _all_polled(flow)
        _fail(flow, "hill", fault=FetchFault.TIMEOUT)
        await _polls(flow, FAILING_AFTER - 1)
        assert await flow.departures() == []
        await _polls(flow, 3)
        assert await flow.departures() == [("feed.failing", "hill")]
        assert sum(event["event"] == "feed.failing" for event in flow.log) == 1
        flow.publishes("hill", OLD)
        await _polls(flow, 1)
        assert await flow.departures() == []
        assert (await flow.state("hill")).failures == 0

    async def test_is_over_for_a_feed_that_is_taken_out_of_the_rule_files(self, flow: Flow) -> None:
        """Nobody will hear of it again, and `doctor` does not name it for ever."""
        await _all_polled(flow)
        _fail(flow, "hill")
        await _polls(flow, 3)
        assert await flow.departures() == [("feed.failing", "hill")]
        flow.writes(feeds="\n".join(line for line in FEEDS.splitlines() if "hill" not in line))
        await _polls(flow, 1, "bay", "moor")
        assert await flow.departures() == []

    async def test_a_failing_feed_is_asked_more_seldom_and_no_other_is(self, flow: Flow) -> None:
        """An hour of one feed's failures: the others keep their period."""
        await _all_polled(flow)
        _fail(flow, "hill")
        asked = [set(await flow.poll_after()) for _ in range(8)]
        assert all({"bay", "moor"} <= found for found in asked)
        assert [("hill" in found) for found in asked] == [True, True, False, True, False, False, True, False]


class TestNetwork:
    async def test_down_is_told_once_for_all_feeds_and_over_when_one_is_heard(self, flow: Flow) -> None:
        """Three feeds without names or routes are one departure, of the machine."""
        await _all_polled(flow)
        _fail(flow)
        await _polls(flow, 4)
        assert await flow.departures() == [("network.down", "all feeds")]
        flow.publishes("bay", OLD)
        await _polls(flow, 1, "bay")
        assert await flow.departures() == []

    async def test_a_feed_that_was_not_asked_meanwhile_is_no_witness(self, tmp_path: Path) -> None:
        """A fourth feed, paused or polled once a day, was good when the network still was: that says nothing."""
        fourth = '  - {id: seldom, name: Fourth, url: "https://fourth.example/rss", every: 24h}\n'
        async with a_flow(tmp_path, feeds=FEEDS + fourth) as flow:
            await _all_polled(flow, *ALL, "seldom")
            _fail(flow)
            await _polls(flow, 3)
            assert ("network.down", "all feeds") in await flow.departures()
            assert sum(event["event"] == "feed.failing" for event in flow.log) == 0

    async def test_a_feed_that_is_heard_meanwhile_is_one(self, flow: Flow) -> None:
        """While any feed answers, it is the others that fail, each for itself."""
        await _all_polled(flow)
        _fail(flow, "hill", "bay")
        await _polls(flow, 3, "moor", "hill", "bay")
        assert await flow.departures() == [("feed.failing", "hill"), ("feed.failing", "bay")]

    async def test_a_portal_is_named(self, flow: Flow) -> None:
        """All feeds answer with one web page: a login stands in between."""
        await _all_polled(flow)
        for feed in ALL:
            page = b"<!doctype html><html><head><title>Welcome</title></head><body>Log in</body></html>"
            flow.fetcher.serves(flow.feed(feed).url, page, content_type="text/html")
        await _polls(flow, 3)
        assert await flow.departures() == [("network.portal", "all feeds")]
        await _all_polled(flow)
        await _polls(flow, 1)
        assert await flow.departures() == []


class TestBlind:
    async def test_a_family_none_of_whose_feeds_is_heard_is_told_once_and_over(self, tmp_path: Path) -> None:
        """Two Urdu feeds that fail in two ways for hours: the language is dark, though each is only one of many."""
        urdu = FEEDS.replace("language: en, tags: [pakistan]", "language: ur", 2)
        async with a_flow(tmp_path, feeds=urdu) as flow:
            await _all_polled(flow)
            _fail(flow, "hill", fault=FetchFault.TLS)
            _fail(flow, "bay", fault=FetchFault.TIMEOUT)
            await _polls(flow, 4, *ALL)
            assert not any(event == "feeds.blind" for event, _ in await flow.departures())
            await _polls(flow, 3, *ALL)
            assert ("feeds.blind", "language:ur") in await flow.departures()
            assert sum(event["event"] == "feeds.blind" for event in flow.log) == 1
            flow.publishes("bay", OLD)
            await _polls(flow, 1, *ALL)
            assert not any(event == "feeds.blind" for event, _ in await flow.departures())


class TestGap:
    async def test_a_document_without_anything_known_is_kept_as_a_gap(self, flow: Flow) -> None:
        """Between two polls all entries went by: when, how many stood there then, and the operator hears of it."""
        await _all_polled(flow)
        flow.publishes("hill", *(Item(f"n{number}", f"Report {number} of valley {number * 7}") for number in range(4)))
        await _polls(flow, 1, "hill")
        gaps = await flow.asks(lambda store: store.feeds.gaps("hill"))
        assert gaps == [Gap("hill", START, START + PERIOD, 4)]
        assert await flow.departures() == [("feed.gap", "hill")]
        assert (await flow.state("hill")).next_poll_at == flow.clock.now() + PERIOD / 2

    async def test_is_no_part_of_a_poll_that_was_not_committed(self, flow: Flow) -> None:
        """The gap that a crashed poll saw is seen, and told, by the next one alone."""
        await _all_polled(flow)
        flow.publishes("hill", *(Item(f"n{number}", f"Report {number} of valley {number * 7}") for number in range(4)))
        flow.fault.plan_named("feeds.note_gap", 1)
        await _polls(flow, 2, "hill")
        (gap,) = await flow.asks(lambda store: store.feeds.gaps("hill"))
        assert gap.until == START + PERIOD * 2


class TestUnwritten:
    async def test_a_crash_that_cannot_be_recorded_costs_no_other_feed_its_poll(self, flow: Flow) -> None:
        """The database takes no notice of it either: the log has it, and the other feeds are polled."""
        await _all_polled(flow)
        flow.fetcher.breaks.add(flow.feed("hill").url)
        flow.clock.passes(PERIOD)
        flow.fault.plan_named("notices.raise_", 1)
        reports = await flow.poll()
        assert reports.keys() == {"bay", "moor"}
        assert any(event["event"] == "poll.crashed" and "unrecorded" in event for event in flow.log)
        assert flow.fault.struck == ["notices.raise_"]
