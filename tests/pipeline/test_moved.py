"""Articles that move between stories after desks were told of them, or not: two polls of one minute, and splits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.model import AlertKind, DecisionMaker, Desk, Digest, Match, Severity, Story, WithheldKind
from monitor.pipeline.regroup import split
from monitor.pipeline.telling import tell, tell_moved
from monitor.store import SqliteStore, open_store
from tests.pipeline.flow import START, Flow, Item
from tests.pipeline.test_window import BAKERS, MARKET, NIGHT
from tests.store.builders import article

SECOND = timedelta(seconds=1)
RAIN = Item("rain", "Rain closes the Lowari tunnel road for a night")
SNOW = Item("night", "Pakistani Taliban truce until the snow melts", NIGHT)
SHOPS = Item("market", "Pakistani Taliban truce opens shops", MARKET)
WHOLE = Item("whole", "Pakistani Taliban truce: talks by night, shops by day", f"{NIGHT} {MARKET}")


@pytest.fixture
async def watched(flow: Flow) -> Flow:
    """Two feeds that have been read before."""
    for feed in ("hill", "bay"):
        flow.publishes(feed, RAIN)
    await flow.poll()
    await flow.digests.digest_due()
    return flow


async def one_second_later(flow: Flow, feed: str, *items: Item) -> None:
    """Poll a feed in the minute under way."""
    flow.clock.passes(SECOND)
    flow.publishes(feed, *items)
    await flow.polls.poll_all([flow.feed(feed)])


async def told(flow: Flow) -> list[tuple[int, int, AlertKind]]:
    """Return story, article and kind of every alert."""
    return [(alert.story_id, alert.article_id, alert.kind) for alert in await flow.alerts()]


async def kinds(flow: Flow, article_id: int) -> list[WithheldKind]:
    return [each.kind for each in await flow.asks(lambda store: store.alerts.withheld([article_id]))]


async def test_a_new_story_that_turns_out_to_be_a_known_one_is_withdrawn_before_it_is_told(watched: Flow) -> None:
    """The desk has the snow truce; the shops waited as a story of their own until a report showed it to be that one."""
    flow = watched
    flow.publishes("hill", SNOW, RAIN)
    await flow.poll_after()
    (first,) = await flow.alerts()
    flow.publishes("hill", SHOPS, SNOW, RAIN)
    await flow.poll_after()
    assert len(await told(flow)) == 2
    await one_second_later(flow, "bay", WHOLE, RAIN)
    assert await told(flow) == [(first.story_id, first.article_id, AlertKind.NEW)]
    assert await kinds(flow, first.article_id + 1) == [WithheldKind.SAME_STORY]
    (decision,) = await flow.asks(lambda store: store.stories.decisions())
    assert decision.maker is DecisionMaker.MONITOR


async def test_what_was_told_already_stays_told_and_is_not_told_again(watched: Flow) -> None:
    """The digest left between the two polls: its alert moves with the article, and nobody is told a third time."""
    flow = watched
    flow.publishes("hill", SNOW, RAIN)
    await flow.poll_after()
    flow.publishes("hill", SHOPS, SNOW, RAIN)
    await flow.poll_after()
    assert len(await flow.digests.digest_due()) == 1
    before = await flow.alerts()
    await one_second_later(flow, "bay", WHOLE, RAIN)
    after = await flow.alerts()
    assert [alert.id for alert in after] == [alert.id for alert in before]
    assert {alert.story_id for alert in after} == {before[0].story_id}


async def test_a_development_in_the_known_story_is_told_as_one(watched: Flow) -> None:
    """What waited as a new story is a further rule of the one that the desk has, and is told so."""
    flow = watched
    flow.writes(
        rules="""
actors:
  ttp: {name: TTP, aliases: [Pakistani Taliban]}
rules:
  - {id: truce, title: Truce, query: "actor:ttp AND title:truce", severity: normal, desks: [south-asia]}
  - {id: shops, title: Shops, query: "title:opens", severity: normal, desks: [south-asia]}
"""
    )
    flow.publishes("hill", SNOW, RAIN)
    await flow.poll_after()
    flow.publishes("hill", SHOPS, SNOW, RAIN)
    await flow.poll_after()
    await one_second_later(flow, "bay", WHOLE, RAIN)
    first, second = await flow.alerts()
    assert (second.kind, second.because) == (AlertKind.DEVELOPED, "now also Shops")
    assert (second.story_id, second.article_id) == (first.story_id, first.article_id + 1)


async def test_what_moves_into_a_story_that_nobody_was_told_of_is_told(watched: Flow) -> None:
    """It was one more report of the truce that the desk has, until another article showed it to be of the market."""
    flow = watched
    market = Item("old", "Traders open their shops", MARKET)
    flow.publishes("hill", SNOW, RAIN)
    flow.publishes("bay", market, RAIN)
    await flow.poll_after()
    (first,) = await flow.alerts()
    bread = Item("bread", "No bread under Pakistani Taliban truce", f"{NIGHT[:150]} {BAKERS}")
    flow.publishes("hill", bread, SNOW, RAIN)
    flow.publishes("bay", market, RAIN)
    await flow.poll_after()
    (withheld,) = await flow.asks(lambda store: store.alerts.withheld(range(99)))
    assert withheld.kind in (WithheldKind.REPRINT, WithheldKind.SAME_STORY)
    await one_second_later(flow, "bay", Item("both", "Shops and bread", f"{MARKET} {bread.text}"), market, RAIN)
    moved = await flow.asks(lambda store: store.articles.get([withheld.article_id])[withheld.article_id].story_id)
    assert moved != first.story_id
    assert await told(flow) == [
        (first.story_id, first.article_id, AlertKind.NEW),
        (moved, withheld.article_id, AlertKind.NEW),
    ]


DESKS = {"desk": Desk("desk", "Desk")}
RULE = [Match("r", "v", "R", Severity.HIGH, (), ("desk",))]


def test_what_was_silent_beside_an_article_that_goes_is_told_in_its_place(tmp_path: Path) -> None:
    """The desk heard of the story by its first article, which is split off: the second stood behind it until now."""
    with open_store(tmp_path / "m.sqlite3") as store, store.unit_of_work():
        ids = [stored(store, title) for title in ("One", "Two", "Three")]
        story_id = store.stories.create(Story(0, ids[0], "One", START))
        for article_id in ids:
            store.stories.place(article_id, story_id, None, "same event")
        raised = [
            alert
            for found in store.articles.get(ids).values()
            for alert in tell(store, found, RULE, desks=DESKS, now=START)
        ]
        assert [alert.article_id for alert in raised] == ids[:1]
        new_id, told = split(store, story_id, ids[:1], desks=DESKS, because="another town", now=START)
        assert [(alert.story_id, alert.article_id) for alert in told] == [(story_id, ids[1])]
        assert [alert.article_id for alert in store.alerts.told(new_id)] == ids[:1]


def test_of_two_new_stories_that_are_one_the_first_tells_it(tmp_path: Path) -> None:
    """Neither was told: what weighs more is no rise over what is withdrawn, and the desk hears of a new story once."""
    urgent = [replace(RULE[0], severity=Severity.URGENT)]
    reports = ("Heavy", urgent), ("Light", RULE), ("Whole", [])
    with a_story_each(tmp_path, *reports) as (store, ids, stories):
        left = store.stories.gather(stories[2], ids[:2], "one event", START)
        tell_moved(store, ids[:2], left, desks=DESKS, now=START)
        (alert,) = store.alerts.told(stories[2])
        assert (alert.article_id, alert.kind) == (ids[0], AlertKind.NEW)
        assert {each.kind for each in store.alerts.withheld([ids[1]])} == {WithheldKind.SAME_STORY}


def test_what_was_withdrawn_is_told_when_nothing_else_tells_it(tmp_path: Path) -> None:
    """The early report was silent beside a later one, which then goes elsewhere: it is told in its place."""
    with a_story_each(tmp_path, ("Early", RULE), ("Late", RULE), ("Third", RULE)) as (store, ids, stories):
        early, late, _ = ids
        had = [alert.id for alert in store.alerts.told(stories[1])]
        store.digests.add(Digest(0, "desk", START, "07:00", "One story", tuple(had), "", ""), [])
        store.stories.gather(stories[1], [early], "one event", START)
        tell_moved(store, [early], [], desks=DESKS, now=START)
        assert [alert.article_id for alert in store.alerts.told(stories[1])] == [late]
        left = store.stories.gather(stories[2], [late], "another event", START)
        tell_moved(store, [late], left, desks=DESKS, now=START)
        assert [alert.article_id for alert in store.alerts.told(stories[1])] == [early]
        assert late in {alert.article_id for alert in store.alerts.told(stories[2])}


def test_what_developed_a_story_and_moves_into_one_of_its_own_is_told_as_new(tmp_path: Path) -> None:
    """That its severity rose says nothing to a desk that never heard of the story where it stands now."""
    urgent = [replace(RULE[0], severity=Severity.URGENT)]
    with a_story_each(tmp_path, ("Known", RULE), ("Heavy", urgent), ("Third", [])) as (store, ids, stories):
        known, heavy, _ = ids
        left = store.stories.gather(stories[0], [heavy], "one event", START)
        tell_moved(store, [heavy], left, desks=DESKS, now=START)
        assert [(a.article_id, a.kind) for a in store.alerts.told(stories[0])] == [
            (known, AlertKind.NEW),
            (heavy, AlertKind.DEVELOPED),
        ]
        left = store.stories.gather(stories[2], [heavy], "another event", START)
        tell_moved(store, [heavy], left, desks=DESKS, now=START)
        assert [(a.article_id, a.kind) for a in store.alerts.told(stories[2])] == [(heavy, AlertKind.NEW)]


@contextmanager
def a_story_each(
    folder: Path, *reports: tuple[str, Sequence[Match]]
) -> Iterator[tuple[SqliteStore, list[int], list[int]]]:
    """Store reports, each in a story of its own and told as that; give their ids, and those of the stories."""
    with open_store(folder / "m.sqlite3") as store, store.unit_of_work():
        ids, stories = [], []
        for title, matches in reports:
            ids.append(stored(store, title, matches))
            stories.append(store.stories.create(Story(0, ids[-1], title, START)))
            store.stories.place(ids[-1], stories[-1], None, "its own")
            (found,) = store.articles.get(ids[-1:]).values()
            tell(store, found, matches, desks=DESKS, now=START)
        yield store, ids, stories


def stored(store: SqliteStore, title: str, matches: Sequence[Match] = RULE) -> int:
    """Store an article for which a rule holds."""
    article_id = store.articles.add(replace(article(title=title, at=START), is_baseline=False), [])
    store.articles.add_matches(article_id, matches, START)
    return article_id
