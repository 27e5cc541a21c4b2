"""A poll is one unit of work: all it learnt is kept together or not at all, whatever fails and wherever."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.model import Article, PollOutcome
from tests.pipeline.flow import PERIOD, START, Flow, Item, a_flow

OLD = Item("old", "Rain closes the Lowari tunnel road for a night")
TRUCE = Item("truce", "Pakistani Taliban call off truce with Islamabad", "The group spoke of broken promises in Wana.")
REPORT = Item("report", "Onion prices climb in Quetta", "Traders blame a closed crossing and a late harvest.")
CHANGED = replace(REPORT, title="Correction: Pakistani Taliban did not keep truce, traders in Quetta say")
SHARED = Item("shared", "Pakistani Taliban name truce envoys", at="https://wire.example/shared")
PROBE = Article(0, "hill", None, TRUCE.title, TRUCE.text, (), START + PERIOD)


@pytest.fixture
async def eventful(flow: Flow) -> Flow:
    """A feed whose next document has news, a correction, and what was only another feed's baseline."""
    flow.publishes("bay", SHARED)
    flow.publishes("hill", OLD, etag='"0"')
    await flow.poll()
    flow.publishes("hill", REPORT, OLD, etag='"1"')
    await flow.poll_after()
    flow.publishes("hill", TRUCE, SHARED, CHANGED, OLD, etag='"2"')
    return flow


async def _window(flow: Flow) -> tuple[int, str]:
    """Return what the grouper shows of its window."""
    place = flow.grouper.place
    placement = await flow.core.writer.run(place, PROBE)
    return len(flow.grouper), placement.because


async def test_a_fault_at_any_step_leaves_nothing_and_the_next_poll_finds_everything(eventful: Flow) -> None:
    """At each call to the store, and at the commit itself, in turn: no row, no validator, no time, no story stays."""
    flow = eventful
    before, window = await flow.everything("notices"), await _window(flow)
    steps: list[str] = []
    while True:
        # A crash leaves a feed alone for a period; the fault strikes after the call's work was done.
        flow.clock.passes(PERIOD)
        flow.fault.plan(len(steps))
        reports = await flow.polls.poll_all([flow.feed("hill")])
        if reports:
            break
        (struck,) = flow.fault.struck
        steps.append(struck)
        assert await flow.everything("notices") == before, struck
        assert await _window(flow) == window, struck
        assert len(steps) < 200
    (report,) = reports
    assert (report.outcome, report.new, report.alerts) == (PollOutcome.NEW, 1, 3)
    assert (await flow.state("hill")).etag == '"2"'
    assert steps[-1] == "commit"
    written = {"articles.add_all", "articles.sight", "articles.edit", "articles.promote", "articles.add_matches"}
    written |= {"stories.create", "alerts.add", "feeds.save", "feeds.record"}
    assert written <= set(steps)


async def test_a_304_after_a_lost_commit_hides_nothing(eventful: Flow) -> None:
    """The validators of a document that was not processed are not sent: the next request asks with the old ones."""
    flow = eventful
    flow.clock.passes(PERIOD)
    flow.fault.plan(20)
    assert await flow.polls.poll_all([flow.feed("hill")]) == []
    flow.clock.passes(PERIOD)
    (report,) = await flow.polls.poll_all([flow.feed("hill")])
    asked = [request.etag for request in flow.fetcher.requests if request.url == flow.feed("hill").url]
    assert asked == [None, '"0"', '"1"', '"1"']
    assert report.new == 1
    flow.clock.passes(PERIOD)
    (report,) = await flow.polls.poll_all([flow.feed("hill")])
    assert report.outcome is PollOutcome.NOT_MODIFIED


async def test_a_crash_costs_no_other_feed_its_poll_and_is_told_once(flow: Flow) -> None:
    """The broken one is left alone for a period, then tried again; the others are polled all the while."""
    for feed in ("hill", "bay", "moor"):
        flow.publishes(feed, OLD)
    flow.fetcher.breaks.add(flow.feed("hill").url)
    assert (await flow.poll()).keys() == {"bay", "moor"}
    asked = len(flow.fetcher.requests)
    assert await flow.poll() == {}
    flow.clock.passes(PERIOD * 0.9)
    assert await flow.poll() == {}
    assert len(flow.fetcher.requests) == asked
    assert (await flow.poll_after(PERIOD * 0.2)).keys() == {"bay", "moor"}
    assert len(flow.fetcher.requests) == asked + 3
    assert await flow.departures() == [("poll.crashed", "hill")]


async def test_a_crash_that_is_over_is_told_as_over_and_the_next_one_again(flow: Flow) -> None:
    """A departure is told once until it is over: a good poll ends it, and a second crash is another."""
    flow.publishes("hill", OLD)
    flow.fetcher.breaks.add(flow.feed("hill").url)
    await flow.poll()
    flow.fetcher.breaks.clear()
    assert "hill" in await flow.poll_after()
    assert ("poll.crashed", "hill") not in await flow.departures()
    flow.fetcher.breaks.add(flow.feed("hill").url)
    await flow.poll_after()
    told = await flow.asks(lambda store: [n.subject for n in store.notices.untold() if n.event == "poll.crashed"])
    assert told == ["hill", "hill"]


async def test_a_restart_in_between_goes_on_where_the_last_commit_stood(tmp_path: Path) -> None:
    """What was published while nothing ran is news, and what was known is not told again."""
    async with a_flow(tmp_path) as first:
        first.publishes("hill", OLD)
        await first.poll()
    async with a_flow(tmp_path) as second:
        second.clock.passes(PERIOD)
        second.publishes("hill", TRUCE, OLD)
        assert (await second.poll())["hill"].new == 1
        (alert,) = await second.alerts()
    assert alert.desk_id == "south-asia"
