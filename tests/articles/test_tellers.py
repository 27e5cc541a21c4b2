"""Who tells of what: counts are exact, and the newest are given."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.articles.tellers import NEWEST, Tellers

FEATURES = st.frozensets(st.sampled_from("abcdef"), max_size=5)


@given(st.lists(FEATURES, max_size=30), st.integers(1, 32), st.data())
def test_it_agrees_with_a_plain_table(articles: list[frozenset[str]], before: int, data: st.DataObject) -> None:
    """Counts and lists below and from an id on, whatever was forgotten since."""
    tellers = Tellers()
    ids = data.draw(st.permutations(range(1, len(articles) + 1)))
    for number in ids:
        tellers.add(number, articles[number - 1], before)
    gone = data.draw(st.sets(st.sampled_from(ids))) if ids else set()
    for number in gone:
        tellers.discard(number, articles[number - 1])
    for feature in "abcdef":
        kept = [n for n, told in enumerate(articles, start=1) if feature in told and n not in gone]
        below = [n for n in kept if n < before]
        assert tellers.count(feature, before) == len(below)
        assert list(tellers.newest(feature, before)) == below
        assert list(tellers.newest(feature, before, 2)) == below[-2:]
        assert list(tellers.since(feature, before)) == kept[len(below) :]
    for number in set(ids) - gone:
        tellers.discard(number, articles[number - 1])
    assert not tellers._holders


def test_of_a_common_word_only_the_newest_are_held() -> None:
    """Counts stay exact, memory is bounded, and what is forgotten oldest first leaves nothing."""
    tellers = Tellers()
    for number in range(1, 5_001):
        tellers.add(number, ["truce"], number)
    assert tellers.count("truce", 6_000) == 5_000
    assert list(tellers.newest("truce", 5_000)) == list(range(5_000 - NEWEST, 5_000))
    held = tellers._holders["truce"]
    assert not isinstance(held, int)
    assert len(held) < 4 * NEWEST
    for number in range(1, 5_001):
        tellers.discard(number, ["truce"])
        assert tellers.count("truce", 6_000) == 5_000 - number
    assert not tellers._holders
    assert not tellers._left_out


def test_a_dropped_draft_leaves_no_hole() -> None:
    """Of the minute under way nothing is left out, however much it brings, so it can be taken back."""
    tellers = Tellers()
    for number in range(1, 1_001):
        tellers.add(number, ["truce"], 301)
    for number in range(1_000, 300, -1):
        tellers.discard(number, ["truce"])
    assert list(tellers.newest("truce", 301)) == list(range(101, 301))
    assert tellers.count("truce", 301) == 300
