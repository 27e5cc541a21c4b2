"""What the flow keeps in its process over years: bounded by feeds and by the window, not by polls."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Set
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.articles.stories import WINDOW, Grouper
from tests.pipeline.flow import PERIOD, Flow, Item

OLD = Item("old", "Rain closes the Lowari tunnel road for a night")
POLLS = 2000
SAMPLES = 200


def _sizes(*parts: object) -> dict[str, int]:
    """Return the size of every container that a part holds in a field of its own."""
    return {
        f"{type(part).__name__}.{name}": len(value)
        for part in parts
        for name, value in vars(part).items()
        if isinstance(value, Mapping | Set | list) or hasattr(value, "popleft")
    }


def _parts(flow: Flow) -> tuple[object, ...]:
    commits = vars(flow.polls)["_commits"]
    return flow.polls, commits, commits.watch, flow.outbox, flow.digests, flow.grouper


def _forget(flow: Flow) -> None:
    """Let the fakes forget what they wrote down."""
    kept: list[list[Any]] = [flow.log, flow.fault.calls, flow.fetcher.requests, flow.mail.arrived, flow.mail.attempts]
    for each in kept:
        each.clear()
    parser: Any = vars(flow.polls)["_parser"]
    parser.parsed.clear()


def _objects() -> int:
    """Count the containers that are alive in this process."""
    gc.collect()
    return len(gc.get_objects())


@pytest.fixture
async def swift(flow: Flow) -> Flow:
    """A flow that does not wait for the disk: these tests commit thousands of times, and lose no power."""
    await flow.asks(lambda store: store.connection.maintain("PRAGMA synchronous=OFF"))
    return flow


async def test_two_thousand_polls_of_an_unchanged_feed_leave_nothing(swift: Flow) -> None:
    """Each a 304: no container grows, and of the objects made on the way fewer than one in ten polls is left."""
    flow = swift
    flow.publishes("hill", OLD, etag='"1"')
    hill = [flow.feed("hill")]
    for _ in range(20):
        flow.clock.passes(timedelta(seconds=30))
        await flow.polls.poll_all(hill)
    _forget(flow)
    sizes = _sizes(*_parts(flow))
    assert len(sizes) >= 12
    before = _objects()
    for _ in range(POLLS):
        flow.clock.passes(timedelta(seconds=30))
        await flow.polls.poll_all(hill)
    assert sum(event["event"] == "feed.polled" and event["status"] == "304" for event in flow.log) > POLLS * 0.9
    _forget(flow)
    assert _sizes(*_parts(flow)) == sizes
    assert _objects() - before < POLLS / 10


async def test_a_changing_feed_is_forgotten_with_the_window(swift: Flow) -> None:
    """Three weeks of news, alerts and mails: after them the process holds one window, as after the first week."""
    step = 3 * WINDOW / SAMPLES
    in_window = round(WINDOW / step)
    flow = swift
    flow.publishes("hill", OLD)
    await flow.poll()
    sizes: dict[int, dict[str, int]] = {}
    for number in range(SAMPLES):
        flow.clock.passes(step)
        news = Item(f"n{number}", f"Pakistani Taliban truce {number}: valley {number * 7}", f"Elder {number} spoke.")
        flow.publishes("hill", news, replace(news, name=f"m{number}", title=f"Onions {number} dearer"), OLD)
        await flow.poll()
        await flow.digests.digest_due()
        await flow.outbox.deliver_due()
        sizes[number] = _sizes(*_parts(flow))
        assert len(flow.grouper) <= 2 * in_window + 3
    assert len(flow.grouper) > in_window
    first, last = sizes[in_window + 5], sizes[SAMPLES - 1]
    grown = {name: (first[name], last[name]) for name in first if last[name] > first[name] * 1.1 + 3}
    assert grown == {}
    flow.clock.passes(WINDOW + PERIOD)
    flow.publishes("hill", Item("later", "Snow on the pass"), OLD)
    await flow.poll()
    assert len(flow.grouper) == 1
    alone = Grouper()
    lone = (await flow.asks(lambda store: store.articles.since(flow.clock.now())))[0]
    alone.add(lone)
    weights = "Grouper._rarity"  # worked out when asked for, and forgotten every so many articles
    assert {**_sizes(flow.grouper), weights: 0} == {**_sizes(alone), weights: 0}
