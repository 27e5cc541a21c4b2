"""A large document in slices: what is decided on each is what would be decided on the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from monitor.articles.intake import articles_wanted, plan_intake
from monitor.articles.readings import Readings, read_entries
from monitor.articles.slices import slices_of
from monitor.model import ArticleKey, Entry, KeyKind
from tests.articles.builders import LONG, NOW, Shelf, entry, feed

NAMES = st.sampled_from([None, *"abcdefghijklmnopqrst"])
ENTRY = st.builds(
    lambda name, address, words: Entry(
        name, address and f"https://x.example/{address}", f"Title {words}", LONG[words:]
    ),
    NAMES,
    NAMES,
    st.integers(0, 20),
)
ENTRIES = st.lists(ENTRY, min_size=1, max_size=24)


def document(entries: Sequence[Entry]) -> Readings:
    return read_entries(entries, "dawn", now=NOW)


@given(ENTRIES, st.integers(1, 6))
def test_every_entry_is_in_one_slice(entries: list[Entry], at_most: int) -> None:
    """None is lost or taken twice, and no slice is larger than asked."""
    readings = document(entries).each
    slices = slices_of(readings, at_most)
    assert sorted(reading.position for each in slices for reading in each) == [r.position for r in readings]
    assert all(0 < len(each) <= at_most for each in slices)
    assert all([r.position for r in each] == sorted(r.position for r in each) for each in slices)


@given(ENTRIES, st.integers(1, 6))
def test_no_id_and_no_address_stands_in_two_slices(entries: list[Entry], at_most: int) -> None:
    """But where it is all that an entry has."""
    found: dict[ArticleKey, int] = {}
    for number, each in enumerate(slices_of(document(entries).each, at_most)):
        for reading in each:
            assert reading.keys
            for key in reading.keys:
                if key.kind is not KeyKind.TEXT and len(reading.keys) > 1:
                    assert found.setdefault(key, number) == number


@given(ENTRIES, st.lists(ENTRY, min_size=16, max_size=30), st.integers(8, 12))
def test_slices_decide_what_the_whole_does(old: list[Entry], new: list[Entry], at_most: int) -> None:
    """Copies, shared ids, shared addresses and other words under them, as long as what hangs together fits a slice."""
    readings = document(new)
    slices = slices_of(readings.each, at_most)
    if any(reading.keys != readings.each[reading.position].keys for each in slices for reading in each):
        return
    whole, parted = Shelf(), Shelf()
    for shelf, parts in ((whole, [readings.each]), (parted, slices)):
        shelf.take(*old)
        for each in parts:
            take(shelf, replace(readings, each=tuple(each)))
    assert news(parted) == news(whole)


def take(shelf: Shelf, part: Readings) -> None:
    known = {key: shelf.keys[key] for key in part.keys if key in shelf.keys}
    wanted = {number: shelf.articles[number] for number in articles_wanted(part, known)}
    shelf.store(plan_intake(part, feed=feed(), is_baseline=False, known=known, articles=wanted, now=NOW))


def news(shelf: Shelf) -> Counter[tuple[ArticleKey, ...]]:
    """Return the articles as the keys that each is known by."""
    keys: dict[int, list[ArticleKey]] = {}
    for key in sorted(shelf.keys, key=repr):
        keys.setdefault(shelf.keys[key], []).append(key)
    return Counter(map(tuple, keys.values()))


def test_copies_far_apart_come_together() -> None:
    """An item that a document repeats at its end is one article with all of its keys."""
    entries = [entry(number) for number in range(9)]
    slices = slices_of(document([*entries, entry(0)]).each, 4)
    assert [[reading.position for reading in each] for each in slices] == [[0, 1, 2, 9], [3, 4, 5, 6], [7, 8]]


def test_one_address_for_a_whole_archive_names_nothing() -> None:
    """Nor does it hold the slices together."""
    entries = [entry(number, url="https://x.example/live-blog") for number in range(10)]
    slices = slices_of(document(entries).each, 4)
    assert [len(each) for each in slices] == [4, 4, 2]
    assert {key.kind for each in slices for reading in each for key in reading.keys} == {KeyKind.FEED_ID, KeyKind.TEXT}
