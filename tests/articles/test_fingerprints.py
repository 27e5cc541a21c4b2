"""Which articles have a fingerprint: the table agrees with a plain one."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from monitor.articles.fingerprints import COMMON_ABOVE, FingerprintIndex

# Low bits name the bucket and zeros look like other bytes of an entry: both are drawn often.
PRINTS = st.one_of(st.integers(0, 40), st.integers(0, 2**32 - 1), st.integers(0, 255).map(lambda n: n << 24))


@given(
    st.lists(st.frozensets(PRINTS, max_size=20), max_size=40),
    st.frozensets(PRINTS, max_size=20),
    st.integers(0, 41),
    st.data(),
)
def test_it_finds_what_a_plain_table_finds(
    articles: list[frozenset[int]], asked: frozenset[int], before: int, data: st.DataObject
) -> None:
    """Whatever was taken in and forgotten since, in any order; older and younger articles apart."""
    index = FingerprintIndex()
    for number, prints in enumerate(articles, start=1):
        index.add(number, prints, before)
    gone = data.draw(st.sets(st.integers(1, len(articles)), max_size=len(articles))) if articles else set()
    for number in gone:
        index.discard(number, articles[number - 1])
    kept = {n: prints for n, prints in enumerate(articles, start=1) if n not in gone}
    assert len(index) == sum(map(len, kept.values()))
    for question in (asked, *articles):
        expected = {n: len(prints & question) for n, prints in kept.items() if prints & question}
        older, younger = index.shared(question, before)
        assert {**older, **younger} == expected
        assert all(number < before for number in older)
        assert all(number >= before for number in younger)


def test_a_phrase_of_the_trade_is_held_by_its_newest_articles() -> None:
    """Of a fingerprint that everybody has, neither look nor table grow with the articles."""
    index = FingerprintIndex()
    for number in range(1, 10_001):
        index.add(number, [7, 1_000_003 * number % 2**32], number)
    assert set(index.shared([7], 10_001)[0]) == set(range(10_001 - COMMON_ABOVE, 10_001))
    assert len(index) <= 10_000 + 3 * COMMON_ABOVE
    for number in range(1, 10_001):
        index.discard(number, [7, 1_000_003 * number % 2**32])
    assert len(index) == 0


def test_all_of_the_minute_under_way_are_given() -> None:
    """However many have a fingerprint, and they leave the older ones what is theirs."""
    index = FingerprintIndex()
    for number in range(1, 1_001):
        index.add(number, [7], min(number, 601))
    older, younger = index.shared([7], 601)
    assert set(older) == set(range(601 - COMMON_ABOVE, 601))
    assert set(younger) == set(range(601, 1_001))


def test_buckets_stay_short() -> None:
    """However many fingerprints there are, a look reads a dozen entries."""
    index = FingerprintIndex()
    for number in range(1, 3_001):
        index.add(number, [hash((number, n)) & 0xFFFFFFFF for n in range(10)], number)
    lengths = Counter(len(bucket) // 8 for bucket in index._buckets)
    assert max(lengths) < 60
