"""A stored article is found again by what an operator has in hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.articles.address import canonical_url
from monitor.errors import InputError
from monitor.model import ArticleKey, KeyKind
from monitor.store import SqliteStore, open_store
from monitor.workbench.lookup import article_by_address, article_by_id
from tests.workbench.shelf import Report, shelve


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with open_store(tmp_path / "m.sqlite3") as store:
        shelve(store, [Report("one", "Truce at the pass"), Report("two", "Rain")])
        with store.unit_of_work():
            store.articles.add_keys(
                99, [ArticleKey(KeyKind.ADDRESS, canonical_url("https://hill.example/2026/11/20/pruned-one"))]
            )
        yield store


def test_by_its_id(store: SqliteStore) -> None:
    """As `rules backtest` and logs give it."""
    assert article_by_id(store, 1).title == "Truce at the pass"
    with pytest.raises(InputError, match="no article 7"):
        article_by_id(store, 7)


@pytest.mark.parametrize(
    "url",
    [
        "https://hill.example/2026/11/20/report-0",
        "http://www.hill.example/2026/11/20/report-0/?utm_source=rss#comments",
        "https://m.hill.example/2026/11/20/report-0",
    ],
)
def test_by_any_address_that_leads_to_it(store: SqliteStore, url: str) -> None:
    """As a reader copies it from a browser or a newsletter."""
    assert article_by_address(store, url).id == 1


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://hill.example/2026/11/20/another-one", "no feed brought"),
        ("https://hill.example/2026/11/20/pruned-one", "has been pruned"),
        ("https://hill.example/", "no address of one article"),
        ("not an address", "no address of one article"),
    ],
)
def test_why_there_is_none(store: SqliteStore, url: str, why: str) -> None:
    """Never seen, pruned, or no article's address."""
    with pytest.raises(InputError, match=why):
        article_by_address(store, url)
