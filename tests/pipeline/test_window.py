"""The window of recent articles in the flow: kept with each poll, read at start, and one minute in any order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from monitor.articles.packed import VERSION
from monitor.articles.window import WINDOW
from monitor.model import Article, DecisionMaker, Sketch
from monitor.pipeline.regroup import merge, window_of
from monitor.store import SqliteStore
from monitor.text.zones import zones_of
from tests.pipeline.flow import PERIOD, Flow, Item

NIGHT = (
    "The Pakistani Taliban said on Monday that their truce with the government would last until the snow melts, and"
    " that elders of three valleys had carried the message down to Bannu after a night of talks in a school."
)
MARKET = (
    "Traders who had shut their shops in Miranshah opened them again within the hour, and lorries with onions and coal"
    " left for the plains under the eyes of soldiers who had been told to keep their rifles on their shoulders."
)
HALVES = (Item("night", "Snow truce", NIGHT), Item("market", "Pakistani Taliban truce opens shops", MARKET))
WHOLE = Item("whole", "Pakistani Taliban truce until the snow melts", f"{NIGHT} {MARKET}")
OLD = Item("old", "Rain closes the Lowari tunnel road for a night")


async def sketches(flow: Flow) -> list[Sketch]:
    found: list[Sketch] = await flow.asks(lambda store: list(store.sketches.since(flow.clock.now() - 2 * WINDOW)))
    return found


async def places_alike(flow: Flow) -> bool:
    """Say whether a window that is built again places every text as the live one does."""
    again = await flow.asks(lambda store: window_of(store, flow.clock.now()))
    at = flow.clock.now() + timedelta(minutes=1)
    probes = [Article(0, "x", None, item.title, item.text, zones_of(item.text), at) for item in (*HALVES, WHOLE, OLD)]
    return len(again) == len(flow.grouper) and all(again.place(p) == flow.grouper.place(p) for p in probes)


@pytest.mark.parametrize(
    "order", list(permutations([*HALVES, WHOLE])), ids=lambda order: "-".join(i.name for i in order)
)
async def test_halves_and_whole_of_one_minute_are_one_story(flow: Flow, order: tuple[Item, ...]) -> None:
    """Whichever comes first; stories that a later article showed to be one are merged, with the alerts of both."""
    flow.publishes("hill")
    flow.publishes("bay")
    await flow.poll()
    flow.publishes("hill", order[1], order[0])
    flow.publishes("bay", order[2])
    await flow.poll_after()
    members = await flow.asks(
        lambda store: [store.stories.members(story.id) for story in store.stories.get(range(9)).values()]
    )
    assert [sorted(article.title for article in each) for each in members] == [sorted(i.title for i in order)]
    assert {alert.story_id for alert in await flow.alerts()} == {members[0][0].story_id}
    assert await places_alike(flow)


async def test_a_minute_later_a_copy_of_both_halves_joins_one(flow: Flow) -> None:
    """What desks were told of stays two stories."""
    flow.publishes("hill")
    await flow.poll()
    flow.publishes("hill", *HALVES)
    await flow.poll_after()
    flow.publishes("hill", WHOLE, *HALVES)
    await flow.poll_after()
    assert await flow.asks(lambda store: store.counts()["stories"]) == 2
    assert await places_alike(flow)


async def test_sketches_are_kept_with_the_poll_and_follow_an_edit(flow: Flow) -> None:
    """One an article; after an edit a copy of the new text is found, by the live window and by one built again."""
    flow.publishes("hill", OLD)
    flow.publishes("bay")
    await flow.poll()
    before = await sketches(flow)
    changed = replace(OLD, text=MARKET)
    flow.publishes("hill", changed)
    await flow.poll_after()
    after = await sketches(flow)
    assert [(each.article_id, each.version) for each in after] == [(each.article_id, VERSION) for each in before]
    assert after[0].data != before[0].data
    flow.publishes("bay", Item("copy", "Shops open", MARKET))
    await flow.poll_after()
    (copy,) = await flow.asks(lambda store: [a for a in store.stories.members(1) if a.title == "Shops open"])
    assert copy.reprint_of == after[0].article_id
    assert await places_alike(flow)


async def test_sketches_of_another_version_are_made_anew_from_the_texts(flow: Flow) -> None:
    """After an update of the program, and for articles from before there were any; the new ones are kept."""
    flow.publishes("hill", *HALVES)
    flow.publishes("bay", OLD)
    await flow.poll()
    now = await sketches(flow)

    def outdate(store: SqliteStore) -> None:
        with store.unit_of_work():
            store.sketches.forget_before(now[1].article_id)
            store.sketches.keep([replace(each, version=1, data=b"?") for each in now[1:]])

    await flow.asks(outdate)
    assert {each.version for each in await sketches(flow)} == {0, 1}
    again = await flow.asks(lambda store: window_of(store, flow.clock.now()))
    assert len(again) == 3
    assert [each.version for each in await sketches(flow)] == [VERSION] * 3
    assert await places_alike(flow)


async def test_sketches_go_with_the_window(flow: Flow) -> None:
    """After seven days neither memory nor file hold one."""
    flow.publishes("hill", OLD)
    await flow.poll()
    flow.clock.passes(WINDOW + PERIOD)
    flow.publishes("hill", *HALVES)
    await flow.poll()
    assert await flow.asks(lambda store: store.counts()["sketches"]) == len(flow.grouper) == 2
    assert await places_alike(flow)


async def test_a_start_in_the_same_minute_goes_on_with_it(flow: Flow) -> None:
    """Killed between two articles of one minute, and started again: the third still shows what they are."""
    flow.publishes("hill")
    await flow.poll()
    flow.publishes("hill", *HALVES)
    await flow.poll_after()
    again = await flow.asks(lambda store: window_of(store, flow.clock.now()))
    whole = Article(
        0, "bay", None, WHOLE.title, WHOLE.text, zones_of(WHOLE.text), flow.clock.now() + timedelta(seconds=1)
    )
    assert again.place(whole) == flow.grouper.place(whole)
    assert len(again.place(whole).gathers) == 1


BAKERS = "Bakers in Bannu sold out of bread by noon, and shut their doors until the lorries from the plains were back."


async def test_one_that_moves_twice_in_its_minute_stays_where_it_came_last(flow: Flow) -> None:
    """Its story became part of an older one, and then a better copy showed it to be of another older one."""
    flow.publishes("hill")
    flow.publishes("bay")
    await flow.poll()
    flow.publishes("hill", *HALVES)
    await flow.poll_after()
    flow.publishes(
        "bay",
        Item("bakers", "No bread", BAKERS),
        Item("first", "First", f"{NIGHT[:150]} {BAKERS}"),
        Item("second", "Second", f"{MARKET} {BAKERS[:80]}"),
    )
    await flow.poll_after()
    titles = {"No bread", "First", "Second"}
    kept = await flow.asks(
        lambda store: {
            a.title: a.story_id for a in store.articles.since(flow.clock.now() - WINDOW) if a.title in titles
        }
    )
    assert set(kept.values()) == {2}
    flow.publishes("hill", OLD)
    await flow.poll_after()
    assert await places_alike(flow)
    probe = Article(0, "x", None, "Bread", BAKERS, zones_of(BAKERS), flow.clock.now() + timedelta(minutes=1))
    assert flow.grouper.place(probe).story_id == 2


@pytest.mark.parametrize("maker", DecisionMaker)
async def test_only_what_a_person_merged_stands_after_a_start_in_that_minute(flow: Flow, maker: DecisionMaker) -> None:
    """What the daemon joined itself may still move, as one more article of the minute shows, as if it had not ended."""
    flow.publishes("hill", Item("bakers", "No bread", BAKERS))
    flow.publishes("bay")
    await flow.poll()
    flow.publishes("hill", *HALVES)
    await flow.poll_after()

    def joins(store: SqliteStore) -> None:
        with store.unit_of_work():
            merge(store, 2, 3, desks=flow.core.live.book.desks, because="one truce", now=flow.clock.now())

    if maker is DecisionMaker.PERSON:
        await flow.asks(joins)
    flow.clock.passes(timedelta(seconds=1))
    flow.publishes("bay", WHOLE)
    await flow.polls.poll_all([flow.feed("bay")])
    decisions = await flow.asks(lambda store: store.stories.decisions())
    assert [each.maker for each in decisions] == [maker]
    again = await flow.asks(lambda store: window_of(store, flow.clock.now()))
    text = f"{BAKERS} {NIGHT} {MARKET}"
    probe = Article(0, "x", None, "Bread", text, zones_of(text), flow.clock.now())
    assert again.place(probe) == flow.grouper.place(probe)
    assert again.place(probe).gathers == ((2, 3, 4) if maker is DecisionMaker.MONITOR else (4,))
