"""What a replay of the archive asks of the store: the zones of texts that were replaced, and surges with their ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.model import Article, Edit, Surge, Zone, ZoneSpan
from monitor.store import SqliteStore, open_store
from monitor.store.feeds import SURGES_KEPT
from monitor.text.zones import zones_of

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BODY = "Talks began.\n\nRead more: truce off"
MARKED = (ZoneSpan(Zone.QUOTE, 0, len(BODY)),)


def edited(store: SqliteStore) -> Edit:
    """Store an article and a change of it, and return the change."""
    before = Article(0, "hill", None, "Talks", BODY, MARKED, NOON)
    with store.unit_of_work():
        article_id = store.articles.add(before, [])
        edit = Edit(article_id, NOON + HOUR, "Talks", "Talks end", BODY, BODY + ".", "material", MARKED, ())
        store.articles.edit(edit, before)
    return edit


def test_an_edit_comes_back_with_the_zones_that_its_markup_gave(tmp_path: Path) -> None:
    """What was a quotation in the page is one in the replay, though its plain text does not show it."""
    with open_store(tmp_path / "m.sqlite3") as store:
        edit = edited(store)
        assert store.articles.edits(edit.article_id) == [edit]
        assert store.archive.edits_of([edit.article_id]) == {edit.article_id: [edit]}
        assert [each for _, each in store.archive.edits(0, NOON, 10)] == [edit]


def test_an_edit_from_before_zones_were_kept_has_those_of_its_plain_text(tmp_path: Path) -> None:
    """An older database is read as well as can be."""
    with open_store(tmp_path / "m.sqlite3") as store:
        edit = edited(store)
        with store.unit_of_work():
            store.connection.execute("UPDATE edits SET old_zones = '', new_zones = ''", [])
        (read,) = store.articles.edits(edit.article_id)
        assert read.old_zones == zones_of(BODY)
        assert Zone.BOILERPLATE in {span.zone for span in read.old_zones}
        assert read.new_zones == zones_of(edit.new_body)


def test_a_surge_goes_on_until_a_person_decides(tmp_path: Path) -> None:
    """One decision ends all that goes on of its feed, and of no other."""
    first, second, other = (Surge(feed, NOON + n * HOUR, "all new") for n, feed in enumerate(("hill", "hill", "bay")))
    with open_store(tmp_path / "m.sqlite3") as store, store.unit_of_work():
        for surge in (first, second, other):
            store.feeds.note_surge(surge)
        assert store.feeds.surges(NOON) == [first, second, other]
        store.feeds.end_surges("hill", NOON + 5 * HOUR, told=True)
        store.feeds.end_surges("hill", NOON + 6 * HOUR, told=False)
        ended = [Surge(s.feed_id, s.at, s.because, NOON + 5 * HOUR, told=True) for s in (first, second)]
        assert store.feeds.surges(NOON + 5 * HOUR) == [*ended, other]
        assert store.feeds.surges(NOON + 7 * HOUR) == [other]


def test_the_newest_surges_of_a_feed_are_kept(tmp_path: Path) -> None:
    """A feed that does it every day for years fills no disk."""
    with open_store(tmp_path / "m.sqlite3") as store, store.unit_of_work():
        store.feeds.note_surge(Surge("bay", NOON, "all new"))
        for hour in range(SURGES_KEPT + 2):
            store.feeds.note_surge(Surge("hill", NOON + hour * HOUR, "all new"))
        kept = store.feeds.surges(NOON)
        assert len(kept) == SURGES_KEPT + 1
        assert [surge.at for surge in kept[:2]] == [NOON, NOON + 2 * HOUR]
