"""Polls that finish together share a transaction, and no fault."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.model import Fetched, ParsedFeed, ParseOutcome, PollOutcome
from monitor.pipeline.polls import Polls
from tests.fakes import InProcessParser
from tests.pipeline.flow import GIVE_UP_SECONDS, PERIOD, Flow, Item, a_flow, comes_true

OLD = Item("old", "Rain closes the Lowari tunnel road for a night")
TRUCE = Item("truce", "Pakistani Taliban call off truce with Islamabad", "The group spoke of broken promises in Wana.")
ECHO = Item("echo", "Truce with Islamabad is off, Pakistani Taliban say", "The group spoke of broken promises.")
ONIONS = Item("onions", "Onion prices climb in Quetta", "Traders blame a closed crossing and a late harvest.")
FEEDS = ("hill", "bay", "moor")


async def _eventful(flow: Flow) -> Flow:
    """Have three feeds with news to come, of one event in two of them."""
    await flow.asks(lambda store: store.connection.maintain("PRAGMA synchronous=OFF"))
    for feed in FEEDS:
        flow.publishes(feed, OLD)
    await flow.poll()
    flow.publishes("hill", TRUCE, OLD)
    flow.publishes("bay", ECHO, OLD)
    flow.publishes("moor", ONIONS, OLD)
    flow.clock.passes(PERIOD)
    flow.fault.calls.clear()
    return flow


async def test_polls_that_finish_together_share_a_transaction(flow: Flow) -> None:
    """Three polls, one commit; the second report of the event finds the story that the first one began."""
    reports = await (await _eventful(flow)).poll()
    assert flow.fault.calls.count("commit") == 1
    assert {feed: report.new for feed, report in reports.items()} == dict.fromkeys(FEEDS, 1)
    assert len(await flow.alerts()) == 1


async def _outcome(folder: Path, at_call: int | None) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    folder.mkdir()
    async with a_flow(folder) as flow:
        await _eventful(flow)
        flow.fault.plan(at_call)
        reports = await flow.polls.poll_all([flow.feed(feed) for feed in FEEDS])
        assert [report.feed_id for report in reports] == list(FEEDS)
        return await flow.everything(), list(flow.fault.struck)


async def test_a_fault_anywhere_in_a_shared_transaction_costs_no_poll(tmp_path: Path) -> None:
    """At each call to the store in turn: each poll is written by itself, and all is as if nothing had happened."""
    as_ever, _ = await _outcome(tmp_path / "none", None)
    struck: list[str] = []
    # The first call reads what is known of the feeds, before anything is polled.
    for at_call in range(1, 200):
        found, hit = await _outcome(tmp_path / str(at_call), at_call)
        struck += hit
        assert found == as_ever, hit
        if hit == ["commit"]:
            break
    assert len(struck) > 20
    assert {"articles.add_all", "feeds.save", "alerts.add"} <= set(struck)


class NaiveParser(InProcessParser):
    """Reads the time zone of one feed wrongly, which the store does not take."""

    async def parse(self, document: Fetched) -> ParseOutcome:
        parsed = await super().parse(document)
        if "hill" not in document.url or not isinstance(parsed, ParsedFeed):
            return parsed
        naive = datetime(2026, 11, 20, 6)  # noqa: DTZ001 - the fault that is meant
        return replace(parsed, entries=tuple(replace(entry, published=naive) for entry in parsed.entries))


async def test_a_poll_that_cannot_be_written_costs_itself_alone(flow: Flow) -> None:
    """It breaks the transaction that it shares, and then its own; the others are written, and the operator is told."""
    flow.polls = Polls(flow.core, flow.fetcher, NaiveParser(), flow.pages, flow.grouper)
    for feed in FEEDS:
        flow.publishes(feed, OLD)
    reports = await flow.poll()
    assert {feed: report.outcome for feed, report in reports.items()} == dict.fromkeys(
        ("bay", "moor"), PollOutcome.BASELINE
    )
    assert await flow.departures() == [("poll.crashed", "hill")]


async def test_a_poll_that_is_ended_while_it_waits_for_its_commit_leaves_nothing(flow: Flow) -> None:
    """What the writer was handed before is written; what waits behind it when the daemon ends is polled again."""
    for feed in FEEDS:
        flow.publishes(feed, OLD)
    doors = {feed: flow.fetcher.doors.setdefault(flow.feed(feed).url, asyncio.Event()) for feed in FEEDS}
    polls = asyncio.create_task(flow.polls.poll_all([flow.feed(feed) for feed in FEEDS]))
    await comes_true(lambda: len(flow.fetcher.requests) == len(FEEDS))
    commits, busy = vars(flow.polls), threading.Event()
    flow.core.writer.submit(busy.wait, GIVE_UP_SECONDS)
    doors["bay"].set()
    await comes_true(lambda: commits["_committing"] is not None and not commits["_finished"])
    doors["hill"].set()
    doors["moor"].set()
    await comes_true(lambda: len(commits["_finished"]) == 2)
    polls.cancel()
    busy.set()
    with pytest.raises(asyncio.CancelledError):
        await polls
    assert (await flow.asks(lambda store: store.feeds.states())).keys() == {"bay"}
