"""A feed that looks new all at once: held, said once, released or dropped by a person, and nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from monitor.model import WithheldKind
from monitor.pipeline import surge
from monitor.store import SqliteStore
from tests.pipeline.flow import START, Flow, Item

OLD = format_datetime(START - timedelta(days=9))
TRUCE = "Pakistani Taliban and Islamabad agree on a truce in {}"
TOWNS = ("Bannu", "Quetta")


def archive() -> bytes:
    """Write a document of one known and 24 old entries, two of which a rule holds for."""
    titles = [TRUCE.format(town) for town in TOWNS] + [f"Wheat price number {n} in town {n * 7}" for n in range(22)]
    items = "".join(
        f"<item><guid isPermaLink='false'>new-{n}</guid><link>https://hill.example/a/{n}</link><title>{title}</title>"
        f"<description>{title}, said somebody {n} days ago.</description><pubDate>{OLD}</pubDate></item>"
        for n, title in enumerate(titles)
    )
    known = (
        "<item><guid isPermaLink='false'>first</guid><link>https://hill.example/first</link><title>A quiet day</title>"
        "<description>Nothing happened.</description></item>"
    )
    return f"<rss version='2.0'><channel><title>Hill</title>{known}{items}</channel></rss>".encode()


@pytest.fixture
async def surged(flow: Flow) -> Flow:
    """The second poll of a feed brings its whole archive under new ids."""
    flow.publishes("hill", Item("first", "A quiet day", "Nothing happened."))
    flow.publishes("bay", Item("first", "Another quiet day", "Nothing happened here either."))
    await flow.poll()
    flow.fetcher.serves(flow.feed("hill").url, archive(), content_type="application/rss+xml")
    (report,) = [r for r in (await flow.poll_after()).values() if r.feed_id == "hill"]
    assert (report.new, report.matched > 0, report.alerts) == (24, True, 0)
    return flow


async def in_unit(flow: Flow, change: Callable[[SqliteStore], Any]) -> Any:
    def unit(store: SqliteStore) -> Any:
        with store.unit_of_work():
            return change(store)

    return await flow.asks(unit)


async def test_what_a_surge_would_tell_is_held_and_said_once(surged: Flow) -> None:
    """No alert, one notice that names both commands, and a reason on record for each desk."""
    assert await surged.alerts() == []
    assert await surged.departures() == [("feed.surge", "hill")]
    held = await surged.asks(lambda store: store.alerts.held("hill"))
    assert len(held) == 2
    withheld = await surged.asks(lambda store: store.alerts.withheld(held))
    assert {each.kind for each in withheld} == {WithheldKind.SURGE}
    (notice,) = await surged.asks(lambda store: store.notices.open())
    assert "24 of 25 entries look new at once" in notice.detail
    assert "2 articles are held: `monitor feeds release hill`" in notice.detail


async def test_another_feed_s_report_of_a_held_event_is_told_at_once(surged: Flow) -> None:
    """Holding one feed hides no event, and its release does not tell the event again."""
    surged.publishes("bay", Item("truce", TRUCE.format("Bannu"), "A truce in Bannu, said the Pakistani Taliban."))
    await surged.poll_after()
    told = await surged.alerts()
    assert {alert.article_id for alert in told}.isdisjoint(await surged.asks(lambda store: store.alerts.held("hill")))
    assert told
    await in_unit(surged, lambda s: surge.release(s, "hill", desks=surged.core.live.book.desks, now=surged.clock.now()))
    desks = [(alert.desk_id, alert.story_id) for alert in await surged.alerts()]
    assert len(desks) == len(set(desks))


async def test_a_release_tells_what_was_held(surged: Flow) -> None:
    """Every desk that a rule names is told, the notice is over, and nothing is held any more."""
    desks = surged.core.live.book.desks
    held, raised = await in_unit(surged, lambda s: surge.release(s, "hill", desks=desks, now=surged.clock.now()))
    assert held == 2
    assert await surged.alerts() == raised
    assert {alert.article_id for alert in raised} <= set(range(1, 30))
    assert len(raised) >= 2
    assert await surged.departures() == []
    assert (await in_unit(surged, lambda s: surge.release(s, "hill", desks=desks, now=surged.clock.now())))[0] == 0


async def test_a_drop_tells_nobody_and_stays_on_record(surged: Flow) -> None:
    """The reason says that a person dropped it; the next polls bring nothing of it back."""
    held = await surged.asks(lambda store: store.alerts.held("hill"))
    assert await in_unit(surged, lambda s: surge.drop(s, "hill", now=surged.clock.now())) == 2
    await surged.poll_after()
    assert await surged.alerts() == []
    assert await surged.departures() == []
    reasons = [each.because for each in await surged.asks(lambda store: store.alerts.withheld(held))]
    assert "held, and dropped by hand" in reasons
