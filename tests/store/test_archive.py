"""The archive is read whole in small pieces: nothing twice, nothing left out, each piece by an index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.model import Edit, Sighting
from monitor.store import SqliteStore, open_store
from tests.store.builders import NOON, article, later


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """Five articles, a minute apart; the second was changed twice and seen in two feeds."""
    with open_store(tmp_path / "m.sqlite3") as store:
        with store.unit_of_work():
            for minute in range(5):
                store.articles.add(article(title=f"Report {minute}", at=later(minute)), [])
            for minute in (10, 20):
                edit = Edit(2, later(minute), "old", f"at {minute}", "was", "is", "")
                store.articles.edit(edit, replace(article(), id=2, title=edit.new_title))
            store.articles.sight([Sighting(2, "bay-times", "https://bay.example/2", "b2", later(30))])
            store.articles.sight([Sighting(2, "hill-post", "https://hill-post.example/truce", "h2", later(1))])
        yield store


def test_articles_come_in_pieces_in_order_of_arrival(store: SqliteStore) -> None:
    """Going on from the last id gives each once."""
    titles, start = [], 1
    while batch := store.archive.articles(start, 2):
        assert len(batch) <= 2
        titles += [each.title for each in batch]
        start = batch[-1].id + 1
    assert titles == ["Report 0", "at 20", "Report 2", "Report 3", "Report 4"]


def test_a_period_begins_with_its_first_article(store: SqliteStore) -> None:
    """A time between two arrivals begins with the later; after the last there is nothing."""
    assert store.archive.first_since(NOON - timedelta(days=9)) == 1
    assert store.archive.first_since(later(2)) == 3
    assert store.archive.first_since(later(2.5)) == 4
    assert store.archive.first_since(later(99)) is None
    assert store.archive.count(3) == 3


def test_an_earlier_arrival_with_a_later_id_does_not_hide_what_came_before(store: SqliteStore) -> None:
    """After the clock stepped back ids still say the order; the least id of the period is where to begin."""
    with store.unit_of_work():
        store.articles.add(article(at=later(-60)), [])
    assert store.archive.first_since(later(-90)) == 1


def test_edits_come_in_pieces_and_by_article(store: SqliteStore) -> None:
    """Each with the number to go on from; those made before a time are left out."""
    ((number, first),) = store.archive.edits(0, NOON, 1)
    assert first.new_title == "at 10"
    assert [edit.new_title for _, edit in store.archive.edits(number, NOON, 9)] == ["at 20"]
    assert [edit.new_title for _, edit in store.archive.edits(0, later(15), 9)] == ["at 20"]
    assert {id_: [e.new_title for e in edits] for id_, edits in store.archive.edits_of([1, 2]).items()} == {
        2: ["at 10", "at 20"]
    }


def test_sightings_come_by_article_earliest_first(store: SqliteStore) -> None:
    """However they were recorded."""
    found = store.archive.sightings_of([1, 2, 99])
    assert [(each.feed_id, each.seen_at) for _, each in found[2]] == [("hill-post", later(1)), ("bay-times", later(30))]
    assert [number for number, _ in found[2]] == [2, 1]
    assert found.keys() == {2}


def test_no_piece_reads_the_whole_table(store: SqliteStore) -> None:
    """Cost does not grow with what was read before."""
    statements: set[str] = set()
    raw = store.connection.db.conn
    raw.set_trace_callback(statements.add)
    store.archive.first_since(NOON)
    store.archive.count(2)
    store.archive.articles(2, 5)
    store.archive.edits(1, NOON, 5)
    store.archive.edits_of([2])
    store.archive.sightings_of([2])
    raw.set_trace_callback(None)
    selects = [sql for sql in statements if sql.lstrip().startswith("SELECT")]
    assert len(selects) == 6
    for sql in selects:
        for row in raw.execute(f"EXPLAIN QUERY PLAN {sql}"):
            scan = re.match(r"SCAN (\S+)(?:$| VIRTUAL)", row[3])
            assert scan is None or scan[1] == "json_each", (sql, row[3])
