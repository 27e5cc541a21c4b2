"""What goes after a time, and what stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.model import (
    ArticleKey,
    ChannelKind,
    DeliveryState,
    Edit,
    Feedback,
    FeedbackKind,
    KeyKind,
    Sighting,
    Story,
)
from monitor.store import SqliteStore, open_store
from monitor.store.pruning import Pruned, prune
from tests.store.builders import NOON, alert, article, delivery, digest, match

OLD = NOON - timedelta(days=100)
YOUNG = NOON - timedelta(days=10)
MONTHS = timedelta(days=90)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with open_store(tmp_path / "m.sqlite3") as opened:
        yield opened


def add(store: SqliteStore, name: str, at=OLD, seen=OLD) -> int:  # type: ignore[no-untyped-def]
    """Store an article with everything that hangs on it."""
    article_id = store.articles.add(article(title=name, at=at), [ArticleKey(KeyKind.TEXT, name)])
    store.articles.sight([Sighting(article_id, "hill-post", None, None, at)])
    store.articles.sight([Sighting(article_id, "hill-post", None, None, seen)])
    store.articles.add_matches(article_id, [match()], at)
    edit = Edit(article_id, at, name, name, "", "", "")
    store.articles.edit(edit, replace(article(title=name, at=at), id=article_id))
    return article_id


def add_story(store: SqliteStore, *ids: int) -> int:
    story_id = store.stories.create(Story(0, ids[0], "a story", OLD))
    for article_id in ids:
        store.stories.place(article_id, story_id, ids[0] if article_id != ids[0] else None, "")
    return story_id


def test_an_article_goes_when_no_feed_shows_it_any_more(store: SqliteStore) -> None:
    """With all that hangs on it but its keys; one that is young, or was seen of late, stays."""
    with store.unit_of_work():
        gone = add(store, "gone")
        young = add(store, "young", at=YOUNG, seen=YOUNG)
        shown = add(store, "still shown", seen=YOUNG)
    assert prune(store, older_than=MONTHS, now=NOON) == Pruned(articles=1)
    assert set(store.articles.get([gone, young, shown])) == {young, shown}
    counts = store.counts()
    assert (counts["sightings"], counts["matches"], counts["edits"]) == (2, 2, 2)
    assert store.articles.find([ArticleKey(KeyKind.TEXT, "gone")]) == {ArticleKey(KeyKind.TEXT, "gone"): gone}


def test_a_story_goes_whole_or_not_at_all(store: SqliteStore) -> None:
    """One young member keeps it all."""
    with store.unit_of_work():
        whole = add_story(store, add(store, "a"), add(store, "b"))
        kept = add_story(store, add(store, "c"), add(store, "d", at=YOUNG, seen=YOUNG))
    assert prune(store, older_than=MONTHS, now=NOON) == Pruned(articles=2, stories=1)
    assert store.stories.members(whole) == []
    assert len(store.stories.members(kept)) == 2


def test_what_was_told_stays(store: SqliteStore) -> None:
    """Story, articles and alert of a digest stay; the bytes that were sent go, once nothing of it is open."""
    with store.unit_of_work():
        lead = add(store, "told")
        story_id = add_story(store, lead)
        alert_id = store.alerts.add(alert(story_id, lead))
        old = replace(delivery(), created_at=OLD)
        told = store.digests.add(replace(digest((alert_id,)), at=OLD), [old])
        store.digests.add(replace(digest(), at=OLD), [old])
        first, _ = store.deliveries.due(NOON)
        store.deliveries.move(replace(first, state=DeliveryState.SENT), event="accepted", at=OLD)
    assert prune(store, older_than=MONTHS, now=NOON) == Pruned(payloads=1, digests=1)
    assert len(store.stories.members(story_id)) == 1
    kept = store.digests.get(told)
    assert kept is not None
    assert (kept.subject, kept.html, kept.text) == (digest().subject, "", "")
    assert [d.payload for d in store.deliveries.newest()] == [old.payload, b""]
    assert len(store.deliveries.history(first.id)) == 2
    assert prune(store, older_than=MONTHS, now=NOON) == Pruned()


def test_what_told_an_alert_stays(store: SqliteStore) -> None:
    """Also where a split parted it from the article that raised the alert."""
    with store.unit_of_work():
        raised, told = add(store, "raised"), add(store, "told")
        add_story(store, told)
        alert_id = store.alerts.add(alert(add_story(store, raised), raised))
        store.alerts.tell_by(told, [alert_id])
    assert prune(store, older_than=MONTHS, now=NOON) == Pruned()
    assert set(store.articles.get([raised, told])) == {raised, told}


def test_what_was_judged_stays(store: SqliteStore) -> None:
    """It may become a test of a rule at any time, whatever became of its alert."""
    with store.unit_of_work():
        judged = add(store, "judged")
        add_story(store, judged)
        add(store, "another")
        store.feedback.add(
            Feedback(0, judged, "south-asia", FeedbackKind.RELEVANT, "desk@example.org", ChannelKind.EMAIL, OLD)
        )
    assert prune(store, older_than=MONTHS, now=NOON) == Pruned(articles=1)
    assert set(store.articles.get([judged])) == {judged}


def test_a_merge_or_split_goes_with_the_articles_that_it_moved(store: SqliteStore) -> None:
    """What keeps one article where a person put it stays as long as the article, however old; a young one stays."""
    with store.unit_of_work():
        kept, gone = add(store, "kept", seen=YOUNG), add(store, "gone")
        whole = add_story(store, add(store, "lead", seen=YOUNG), kept)
        store.stories.split(whole, [kept], "another town", OLD)
        lost = add_story(store, add(store, "gone too"), gone)
        store.stories.split(lost, [gone], "another day", OLD)
        store.stories.merge(whole, store.stories.create(Story(0, kept, "empty", OLD)), "a slip", YOUNG)
    pruned = prune(store, older_than=MONTHS, now=NOON)
    assert (pruned.articles, pruned.stories, pruned.decisions) == (2, 2, 1)
    assert [decision.at for decision in store.stories.decisions()] == [OLD, YOUNG]


def test_notices_that_are_over_go(store: SqliteStore) -> None:
    """Open ones, and ones nobody was told of, stay."""
    with store.unit_of_work():
        for subject in ("over", "untold", "open"):
            store.notices.raise_("feed.silent", subject, "", OLD)
        store.notices.clear("feed.silent", "over", OLD)
        store.notices.clear("feed.silent", "untold", OLD)
        store.notices.mark_told([1], OLD)
    assert prune(store, older_than=MONTHS, now=NOON) == Pruned(notices=1)
    assert store.counts()["notices"] == 2


def test_many_articles_go_in_batches_and_the_file_shrinks(store: SqliteStore) -> None:
    """More than one unit of work, each row once, and the space is given back."""
    with store.unit_of_work():
        for number in range(1200):
            add(store, str(number))
    store.connection.maintain("PRAGMA wal_checkpoint(TRUNCATE)")
    before = store.path.stat().st_size
    assert prune(store, older_than=MONTHS, now=NOON).articles == 1200
    assert store.path.stat().st_size < before / 3


def test_young_articles_are_never_pruned(store: SqliteStore) -> None:
    """New ones are compared with them."""
    with pytest.raises(ValueError, match="30 days"):
        prune(store, older_than=timedelta(days=29), now=NOON)
