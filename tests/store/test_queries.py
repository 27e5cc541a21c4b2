"""Every query of the nouns finds its rows by an index; only what counts or lists a whole small table reads it whole."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from monitor.model import (
    ArticleKey,
    ChannelKind,
    DeliveryState,
    Edit,
    Feedback,
    FeedbackKind,
    Gap,
    KeyKind,
    Mute,
    Sighting,
    Sketch,
    Withheld,
    WithheldKind,
)
from monitor.store import SqliteStore, open_store
from monitor.store.pruning import prune
from tests.store.builders import (
    NOON,
    alert,
    article,
    delivery,
    digest,
    feed_state,
    later,
    match,
    poll_report,
    story_in_unit,
)

READ_WHOLE = {
    "feeds",  # one row a feed; `states` wants them all
    "json_each",  # the ids that were asked for
    "sqlite_sequence",  # one row a table
    "ready",  # what is due for Slack's channels
    "(subquery-2)",  # the outlets of one story
    "article_words",  # FTS5 answers from its own index
    "article_vocabulary",
    "main.article_words_config",  # FTS5's own settings, read once a connection
}
KEY = ArticleKey(KeyKind.TEXT, "truce")


def use_everything(store: SqliteStore) -> None:
    """Call every method of the store that the flow calls."""
    with store.unit_of_work():
        story_id, article_id = story_in_unit(store)
        store.articles.add_keys(article_id, [KEY])
        store.articles.sight([Sighting(article_id, "hill-post", None, None, NOON)])
        store.articles.add_matches(article_id, [match()], NOON)
        store.articles.edit(Edit(article_id, NOON, "a", "b", "", "", ""), replace(article(), id=article_id))
        store.feeds.save(feed_state())
        store.feeds.record(poll_report())
        store.feeds.note_gap(Gap("hill-post", NOON, later(15), 20))
        alert_id = store.alerts.add(alert(story_id, article_id))
        digest_id = store.digests.add(digest((alert_id,)), [delivery()])
        store.digests.decide_slot("south-asia", NOON, "", digest_id)
        (queued,) = store.deliveries.due(NOON)
        store.deliveries.move(replace(queued, state=DeliveryState.SENDING), event="claimed", at=NOON)
        store.notices.raise_("feed.silent", "hill-post", "", NOON)
        store.notices.mark_told([1], NOON)
        store.notices.clear("feed.silent", "hill-post", NOON)
        store.alerts.withhold([Withheld(article_id, "north", WithheldKind.BELOW_FLOOR, "low", NOON)])
        store.mutes.end(store.mutes.add(Mute(0, story_id, "", NOON, None)), NOON, "lifted")
        store.presses.take("p", NOON)
        store.feedback.add(Feedback(0, article_id, "d", FeedbackKind.CLAIM, "U1", ChannelKind.SLACK, NOON))
        store.sketches.keep([Sketch(article_id, 1, b"", NOON, story_id, None)])
        store.sketches.forget_before(article_id)
        store.stories.gather(story_id, [article_id], "", NOON)
        store.stories.name_lead(story_id, article_id, "")
        store.alerts.tell_by(article_id, [alert_id])
        store.alerts.withhold([Withheld(article_id, "south-asia", WithheldKind.SAME_STORY, "it has it", NOON)])
        store.alerts.count_further([article_id], "south-asia", digest_id)
        store.set_value("heartbeat", "1")
    store.deliveries.root(story_id, desk_id="south-asia", channel=ChannelKind.SLACK, recipient="#south-asia")
    store.deliveries.with_receipt(ChannelKind.SLACK, "ts 1.1 in C1")
    store.deliveries.is_edited_later(replace(queued, root_id=1))
    store.articles.find([KEY])
    store.articles.get([article_id])
    store.articles.sightings(article_id)
    store.articles.edits(article_id)
    store.articles.since(later(-9))
    store.articles.matches([article_id])
    store.articles.under("https://hill-post.example/")
    store.articles.frequencies("truce")
    store.stories.leads([story_id])
    store.articles.with_words(["truce"])
    store.alerts.withheld([article_id])
    store.alerts.further("south-asia")
    store.alerts.counted(article_id)
    store.stories.feeds_of([story_id])
    store.feeds.gaps("hill-post")
    store.feeds.gaps_since(NOON)
    store.articles.count_since(NOON)
    store.digests.told_since("south-asia", NOON)
    store.mutes.open()
    store.mutes.of_stories([story_id])
    store.feedback.of_stories([story_id])
    store.feedback.since(NOON)
    store.alerts.in_digests_since(NOON)
    list(store.sketches.since(later(-9)))
    store.stories.get([story_id])
    store.stories.members(story_id)
    store.stories.placed_because(article_id)
    store.alerts.told(story_id)
    store.alerts.told_of([story_id])
    store.stories.members_of([story_id])
    store.alerts.waiting("south-asia")
    store.alerts.desks_waiting()
    store.feeds.state("hill-post")
    store.feeds.states()
    store.feeds.times()
    store.feeds.polls("hill-post")
    store.digests.get(digest_id)
    store.deliveries.edited(story_id, desk_id="south-asia", since=NOON)
    store.digests.newest()
    store.digests.newest(desk_id="south-asia")
    store.digests.last_slot_at("south-asia")
    store.digests.slots("south-asia")
    store.deliveries.get(1)
    store.deliveries.of_digest(digest_id)
    store.deliveries.in_state(DeliveryState.SENDING)
    store.deliveries.newest()
    store.deliveries.history(1)
    store.notices.untold()
    store.notices.open()
    store.get_value("heartbeat")


def test_every_query_has_its_index(tmp_path: Path) -> None:
    """The plan of each statement searches; a scan is of an index in the order that is wanted, or of a small table."""
    with open_store(tmp_path / "m.sqlite3") as store:
        statements: set[str] = set()
        raw = store.connection.db.conn
        raw.set_trace_callback(statements.add)
        use_everything(store)
        raw.set_trace_callback(None)
        wanted = {sql for sql in statements if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE)\b", sql)}
        assert len(wanted) > 40
        whole = set()
        for sql in wanted:
            for row in raw.execute(f"EXPLAIN QUERY PLAN {sql}"):
                scan = re.match(r"SCAN (\S+)(?:$| VIRTUAL)", row[3])
                is_cut_short = "ORDER BY id DESC LIMIT" in sql  # the table's own order, from its end
                if scan and not is_cut_short and scan[1] not in READ_WHOLE | {"CONSTANT", "sqlite_master"}:
                    whole.add((scan[1], sql))
        assert whole == set()


def test_pruning_nothing_is_quick_to_say(tmp_path: Path) -> None:
    """A database of young articles is walked once, not once an article."""
    with open_store(tmp_path / "m.sqlite3") as store:
        use_everything(store)
        statements: list[str] = []
        store.connection.db.conn.set_trace_callback(statements.append)
        prune(store, older_than=later(60 * 24 * 90) - NOON, now=NOON)
        store.connection.db.conn.set_trace_callback(None)
        assert len([sql for sql in statements if "FROM articles" in sql]) == 2
