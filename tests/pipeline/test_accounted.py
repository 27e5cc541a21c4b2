"""Whatever happens: each desk is told of an article that matched, or it waits, or a reason on record is true."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from monitor.model import Mute
from monitor.pipeline import surge
from monitor.pipeline.regroup import merge, split
from monitor.store import SqliteStore
from tests.pipeline.flow import Flow, Item, a_flow, rss
from tests.pipeline.test_window import MARKET, NIGHT

RULES = """
actors:
  ttp: {name: TTP, aliases: [Pakistani Taliban]}
rules:
  - {id: truce, title: Truce, query: "actor:ttp AND truce", severity: normal, desks: [desk, night]}
  - {id: dead, title: Dead, query: "killed", severity: urgent, desks: [desk, night, wire]}
  - {id: shops, title: Shops, query: "title:opens", severity: low, desks: [night, wire]}
"""
DESKS = """
desks:
  - {id: desk, name: Desk, channels: [{email: desk@example.org}]}
  - {id: night, name: Night desk, floor: normal, every: 1h, channels: [{slack: "#night"}]}
  - {id: wire, name: Wire desk, digests: ["07:00"], takes: {feeds: [hill, bay]}, channels: [{email: wire@example.org}]}
"""
TITLES = [
    "Pakistani Taliban announce truce in Bannu district",
    "Pakistani Taliban extend truce in Bannu district",
    "Pakistani Taliban end truce in Bannu district",
    "Pakistani Taliban deny truce has ended in Bannu district",
    "Three killed as Pakistani Taliban truce opens shops",
    "Pakistani Taliban truce opens shops",
    "Correction: five killed in Bannu district",
    "Rain in Bannu district",
]
TEXTS = ["", "Haji Rasool read it to a jirga of Wazir elders.", NIGHT, MARKET, f"{NIGHT} {MARKET}"]
ITEMS = st.builds(Item, st.sampled_from("abcde"), st.sampled_from(TITLES), st.sampled_from(TEXTS))
POLLS = st.tuples(
    st.sampled_from(["hill", "bay", "moor"]), st.lists(ITEMS, max_size=4, unique_by=lambda item: item.name)
)
STEPS = st.one_of(
    POLLS,
    POLLS,
    st.tuples(st.just("surges"), st.lists(ITEMS, min_size=1, max_size=3, unique_by=lambda item: item.name)),
    st.tuples(st.just("passes"), st.sampled_from([5, 60, 3600, 90000])),
    st.tuples(st.sampled_from(["digests", "merge", "split", "mute", "unmute", "release", "drop"]), st.none()),
)


def unaccounted(store: SqliteStore) -> Iterator[str]:
    """Yield what nobody could explain to a desk: a promise of DESIGN section 2 over the rows of a database."""
    for row in store.connection.query(_ASKED):
        article, desk = f"article {row['article_id']}", row["desk_id"]
        if row["told"] or row["held"]:
            continue
        reasons = [each for each in store.alerts.withheld([row["article_id"]]) if each.desk_id == desk]
        # That a later edit changed nothing is no reason why the article was not told in the first place.
        rank = {"muted": 0, "listed": 0, "immaterial": 1}
        last = max(reversed(reasons), key=lambda each: rank.get(each.kind.value, 2), default=None)
        if last is None:
            yield f"{article} is neither told to {desk} nor withheld"
        elif last.kind.has_story and not row["has_story"]:
            yield f"{article} is withheld, since {desk} had its story, which it has not"
        elif last.kind.value == "surge" and "dropped" not in last.because:
            yield f"{article} is no longer held from {desk}, which was not told"
    for row in store.connection.query(_TOLD_OF_NOTHING):
        yield f"alert {row['id']} tells {row['desk_id']} what became of story {row['story_id']}, which it does not have"
    for row in store.connection.query(_TOLD_TWICE):
        yield f"alert {row['id']} waits to tell {row['desk_id']} of story {row['story_id']} as a new one again"


_ASKED = """
SELECT DISTINCT matches.article_id, desks.value AS desk_id,
    EXISTS (SELECT 1 FROM alerts WHERE desk_id = desks.value
            AND matches.article_id IN (alerts.article_id, alerts.spoken_by)) AS told,
    EXISTS (SELECT 1 FROM alerts WHERE desk_id = desks.value AND alerts.story_id = articles.story_id) AS has_story,
    EXISTS (SELECT 1 FROM held_articles WHERE held_articles.article_id = matches.article_id) AS held
FROM matches JOIN articles ON articles.id = matches.article_id, json_each(matches.desks) AS desks
WHERE NOT articles.is_baseline
"""
_TOLD_OF_NOTHING = """
SELECT * FROM alerts WHERE kind = 'developed' AND digest_id IS NULL AND NOT EXISTS (
    SELECT 1 FROM alerts AS other WHERE other.desk_id = alerts.desk_id AND other.story_id = alerts.story_id
    AND (other.kind = 'new' OR other.digest_id IS NOT NULL))
"""
_TOLD_TWICE = """
SELECT * FROM alerts WHERE kind = 'new' AND digest_id IS NULL AND EXISTS (
    SELECT 1 FROM alerts AS other WHERE other.desk_id = alerts.desk_id AND other.story_id = alerts.story_id
    AND other.id <> alerts.id AND (other.kind = 'new' OR other.digest_id IS NOT NULL))
"""


@settings(
    max_examples=30,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking live runs takes minutes and says little more
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(STEPS, min_size=3, max_size=14), st.lists(ITEMS, max_size=2, unique_by=lambda item: item.name))
def test_each_desk_is_told_or_there_is_a_true_reason(steps: Sequence[tuple[str, Any]], first: list[Item]) -> None:
    """After every poll, digest, merge, split, mute and release of any history; nothing waits to be told twice."""
    asyncio.run(_live(steps, first))


async def _live(steps: Sequence[tuple[str, Any]], first: list[Item]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with a_flow(Path(folder), rules=RULES, desks=DESKS) as flow:
            for feed in ("hill", "bay", "moor"):
                flow.publishes(feed, *first)
            await flow.poll()
            for step in steps:
                await _does(flow, *step)
                assert not (found := list(await flow.asks(lambda store: list(unaccounted(store))))), (step, found)


async def _does(flow: Flow, what: str, how: Any) -> None:
    if what == "passes":
        flow.clock.passes(timedelta(seconds=how))
    elif what == "digests":
        await flow.digests.digest_due()
    elif what == "surges":
        number = flow.clock.now().strftime("%d%H%M%S")
        old = [Item(f"{number}{n}", f"Letter {n} to editor {number}") for n in range(24)]
        document = rss([*how, *old], "https://hill.example")
        dated = document.replace(b"</item>", b"<pubDate>Tue, 03 Nov 2026 06:00:00 GMT</pubDate></item>")
        flow.fetcher.serves(flow.feed("hill").url, dated, content_type="application/rss+xml")
        flow.clock.passes(timedelta(seconds=1))
        await flow.polls.poll_all([flow.feed("hill")])
    elif what in _DECISIONS:
        await flow.asks(lambda store: _decides(flow, store, what))
    else:
        flow.publishes(what, *how)
        flow.clock.passes(timedelta(seconds=1))
        await flow.polls.poll_all([flow.feed(what)])


def _decides(flow: Flow, store: SqliteStore, what: str) -> None:
    with store.unit_of_work():
        _DECISIONS[what](flow, store)


def _merges(flow: Flow, store: SqliteStore) -> None:
    newest = [story.id for story in store.stories.since(flow.clock.now() - timedelta(days=9))][:2]
    if len(newest) == 2:
        merge(store, *newest, desks=flow.core.live.book.desks, because="one", now=flow.clock.now())


def _splits(flow: Flow, store: SqliteStore) -> None:
    for story in store.stories.since(flow.clock.now() - timedelta(days=9)):
        members = [article.id for article in store.stories.members(story.id)]
        if len(members) > 1:
            part = members[: len(members) // 2]
            split(store, story.id, part, desks=flow.core.live.book.desks, because="two", now=flow.clock.now())
            return


def _mutes(flow: Flow, store: SqliteStore) -> None:
    for story in store.stories.since(flow.clock.now() - timedelta(days=9))[:1]:
        store.mutes.add(Mute(0, story.id, "", flow.clock.now(), None))


def _unmutes(flow: Flow, store: SqliteStore) -> None:
    for mute in store.mutes.open():
        store.mutes.end(mute.id, flow.clock.now(), "it was unmuted")


_DECISIONS: dict[str, Callable[[Flow, SqliteStore], object]] = {
    "merge": _merges,
    "split": _splits,
    "mute": _mutes,
    "unmute": _unmutes,
    "release": lambda flow, store: surge.release(store, "hill", desks=flow.core.live.book.desks, now=flow.clock.now()),
    "drop": lambda flow, store: surge.drop(store, "hill", now=flow.clock.now()),
}
