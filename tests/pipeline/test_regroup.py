"""Merges and splits by a person: they move what belongs together, hide nothing, and hold for what comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.story_set import read_set
from monitor.articles.stories import Grouper
from monitor.errors import InputError
from monitor.model import Alert, AlertKind, Article, Desk, Digest, Edit, Match, Severity, Story, WithheldKind
from monitor.pipeline.leads import choose_leads
from monitor.pipeline.regroup import merge, split, story_of, window_of
from monitor.pipeline.surge import hold_back, release
from monitor.store import SqliteStore, open_store
from monitor.text.zones import zones_of
from tests.articles.builders import LONG, OTHER
from tests.pipeline.flow import Flow, Item

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DESKS = {"desk": Desk("desk", "Desk")}
NEWS = [item.article for item in read_set("held")][:24]


def lives(store: SqliteStore, grouper: Grouper, news: Article) -> Article:
    """Place an article as a poll does."""
    article = replace(news, id=store.articles.add(news, []))
    placement = grouper.place(article)
    story_id = placement.story_id or store.stories.create(Story(0, article.id, article.title, article.first_seen_at))
    store.stories.place(article.id, story_id, placement.reprint_of, placement.because)
    left = store.stories.gather(story_id, placement.gathers, "in one minute", article.first_seen_at)
    choose_leads(store, [story_id, *left])
    article = replace(article, story_id=story_id, reprint_of=placement.reprint_of)
    store.sketches.keep(filter(None, [grouper.add(article, gathers=placement.gathers)]))
    return article


def says_otherwise(store: SqliteStore, grouper: Grouper, article_id: int, text: str) -> None:
    """Edit an article as a poll does."""
    known = store.articles.get([article_id])[article_id]
    changed = replace(known, body=f"{known.body} {text}", zones=zones_of(f"{known.body} {text}"))
    store.articles.edit(Edit(article_id, NOW, known.title, known.title, known.body, changed.body, "fuller"), changed)
    store.sketches.keep(filter(None, [grouper.revise(changed)]))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_every_article_is_in_one_story_and_the_window_built_again_agrees(data: st.DataObject) -> None:
    """After any merges, splits and edits: no story is empty, leads are members, a window built again answers alike."""
    with TemporaryDirectory() as folder, open_store(Path(folder) / "m.sqlite3") as store:
        store.connection.maintain("PRAGMA synchronous=OFF")
        live = Grouper()
        for news in NEWS:
            with store.unit_of_work():
                lives(store, live, news)
                stories = [story.id for story in store.stories.since(NEWS[0].first_seen_at)]
                choice = data.draw(st.sampled_from(["go on", "go on", "merge", "split", "edit"]))
                picked = data.draw(st.sampled_from(stories))
                members = [article.id for article in store.stories.members(picked)]
                if choice == "merge" and len(stories) > 1:
                    other = data.draw(st.sampled_from([story for story in stories if story != picked]))
                    merge(store, picked, other, desks=DESKS, because="one event", now=NOW)
                elif choice == "split" and len(members) > 1:
                    some = data.draw(st.sets(st.sampled_from(members), min_size=1, max_size=len(members) - 1))
                    split(store, picked, sorted(some), desks={}, because="two events", now=NOW)
                elif choice == "edit":
                    says_otherwise(store, live, members[-1], data.draw(st.sampled_from(["Doha.", OTHER, LONG])))
                for decision in store.stories.decisions(after=live.followed):
                    live.follow(decision)
        stored = store.articles.since(NEWS[0].first_seen_at)
        stories = [story.id for story in store.stories.since(NEWS[0].first_seen_at)]
        kept = {story_id: store.stories.members(story_id) for story_id in stories}
        assert sorted(a.id for members in kept.values() for a in members) == [a.id for a in stored]
        for story in store.stories.get(stories).values():
            assert story.lead_article_id in {article.id for article in kept[story.id]}
        again = window_of(store, NEWS[-1].first_seen_at)
        assert (len(again), again.followed) == (len(live), live.followed)
        for probe in NEWS:
            asked = replace(probe, id=0, first_seen_at=NEWS[-1].first_seen_at + timedelta(minutes=1))
            assert again.place(asked) == live.place(asked)


def test_what_stood_behind_another_event_is_told_when_it_is_split_off(tmp_path: Path) -> None:
    """The desk was told of the story by its first article only: the second is news to it, once."""
    with open_store(tmp_path / "m.sqlite3") as store, store.unit_of_work():
        ids = [store.articles.add(replace(NEWS[n], title=title), []) for n, title in enumerate(["One", "Two"])]
        story_id = store.stories.create(Story(0, ids[0], "One", NOW))
        for article_id in ids:
            store.stories.place(article_id, story_id, None, "same event")
            store.articles.add_matches(article_id, [Match("r", "v", "R", Severity.HIGH, (), ("desk",))], NOW)
        first = Alert(0, "desk", story_id, ids[0], AlertKind.NEW, Severity.HIGH, ("r",), "new", NOW)
        first = replace(first, id=store.alerts.add(first))
        new_id, raised = split(store, story_id, [ids[1]], desks=DESKS, because="another town", now=NOW)
        assert [(alert.desk_id, alert.story_id, alert.article_id) for alert in raised] == [("desk", new_id, ids[1])]
        assert store.alerts.waiting("desk") == [first, *raised]
        merge(store, story_id, new_id, desks=DESKS, because="after all", now=NOW)
        assert store.alerts.waiting("desk") == [first]
        newest, again = split(store, story_id, [ids[1]], desks=DESKS, because="no", now=NOW)
        assert store.alerts.waiting("desk") == [first, *again]
        assert [(alert.story_id, alert.article_id) for alert in again] == [(newest, ids[1])]


def test_what_a_merge_shows_to_be_told_is_not_told_as_a_new_story(tmp_path: Path) -> None:
    """The desk has one of the two stories from a digest, and the other one waited: it is a further report of it now."""
    with open_store(tmp_path / "m.sqlite3") as store, store.unit_of_work():
        ids = [store.articles.add(replace(NEWS[n], title=title), []) for n, title in enumerate(["One", "Two"])]
        stories = [store.stories.create(Story(0, article_id, "", NOW)) for article_id in ids]
        for article_id, story_id in zip(ids, stories, strict=True):
            store.stories.place(article_id, story_id, None, "its own")
            store.articles.add_matches(article_id, [Match("r", "v", "R", Severity.HIGH, (), ("desk",))], NOW)
            store.alerts.add(Alert(0, "desk", story_id, article_id, AlertKind.NEW, Severity.HIGH, ("r",), "new", NOW))
        had = store.alerts.told(stories[1])[0].id
        store.digests.add(Digest(0, "desk", NOW, "07:00", "One story", (had,), "", ""), [])
        assert merge(store, stories[0], stories[1], desks=DESKS, because="one", now=NOW) == []
        assert [alert.id for alert in store.alerts.told(stories[0])] == [had]
        assert [each.kind for each in store.alerts.withheld(ids[:1])] == [WithheldKind.SAME_STORY]


def test_what_is_held_of_a_feed_is_not_told_by_a_split(tmp_path: Path) -> None:
    """It waits for a person's word on its feed."""
    with open_store(tmp_path / "m.sqlite3") as store, store.unit_of_work():
        ids = [store.articles.add(replace(NEWS[n], title=title), []) for n, title in enumerate(["One", "Two"])]
        story_id = store.stories.create(Story(0, ids[0], "One", NOW))
        for article_id in ids:
            store.stories.place(article_id, story_id, None, "same event")
            store.articles.add_matches(article_id, [Match("r", "v", "R", Severity.HIGH, (), ("desk",))], NOW)
        first = Alert(0, "desk", story_id, ids[0], AlertKind.NEW, Severity.HIGH, ("r",), "new", NOW)
        store.alerts.add(first)
        hold_back(store, [replace(first, article_id=ids[1])], "half of the feed looks new")
        new_id, raised = split(store, story_id, [ids[1]], desks=DESKS, because="another town", now=NOW)
        assert raised == []
        _, released = release(store, NEWS[1].feed_id, desks=DESKS, now=NOW)
        assert [(each.story_id, each.article_id) for each in released] == [(new_id, ids[1])]


def test_impossible_decisions_change_nothing_and_say_why(tmp_path: Path) -> None:
    """No such story, itself, strangers, all articles; a story that was merged is named with where it went."""
    with open_store(tmp_path / "m.sqlite3") as store, store.unit_of_work():
        grouper = Grouper()
        first, second = lives(store, grouper, NEWS[0]), lives(store, grouper, replace(NEWS[1], title="Other", body=""))
        assert first.story_id is not None
        assert second.story_id is not None
        merge(store, first.story_id, second.story_id, desks=DESKS, because="one", now=NOW)
        with pytest.raises(InputError, match=f"it is part of story {first.story_id} since 2026-11-20"):
            story_of(store, second.story_id)
        with pytest.raises(InputError, match="with itself"):
            merge(store, first.story_id, first.story_id, desks=DESKS, because="", now=NOW)
        with pytest.raises(InputError, match="not in story 1: 99"):
            split(store, first.story_id, [99], desks={}, because="", now=NOW)
        for chosen in ([], [first.id, second.id]):
            with pytest.raises(InputError, match="some, and not all, of the 2"):
                split(store, first.story_id, chosen, desks={}, because="", now=NOW)
        assert len(store.stories.decisions()) == 1


async def test_a_running_daemon_follows_at_its_next_poll(flow: Flow) -> None:
    """A copy of an article whose story was merged by another command goes where its original went."""
    truce = Item(
        "truce", "Pakistani Taliban truce holds in Bannu", "The truce with the Pakistani Taliban held on Monday. " * 6
    )
    flow.publishes("hill")
    flow.publishes("bay")
    await flow.poll()
    flow.publishes(
        "hill", Item("rain", "Rain in Lima", "A quiet afternoon in Lima ended in rain, said the weather office.")
    )
    await flow.poll_after()
    flow.publishes("hill", truce)
    await flow.poll_after()

    def decide(store: SqliteStore) -> int:
        with store.unit_of_work():
            merge(store, 1, 2, desks=DESKS, because="by hand", now=NOW)
        return 0

    await flow.asks(decide)
    flow.publishes("bay", truce)
    await flow.poll_after(timedelta(minutes=16))
    members = await flow.asks(lambda store: [(a.feed_id, a.reprint_of) for a in store.stories.members(1)])
    assert members == [("hill", None), ("hill", None), ("bay", 2)]
