"""Which story an article belongs to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.articles.stories import WINDOW, Grouper
from monitor.model import Article, Placement
from tests.articles.builders import LONG, NOW, OTHER, article


def placed(grouper: Grouper, item: Article) -> Placement:
    placement = grouper.place(item)
    grouper.add(replace(item, story_id=placement.story_id or item.id, reprint_of=placement.reprint_of))
    return placement


def test_a_reprint_joins_the_story_of_its_original_and_names_it() -> None:
    """A copy of a copy is a reprint of the original, and all three are one story."""
    grouper = Grouper()
    placed(grouper, article(1, title="Truce extended", body=LONG))
    second = placed(grouper, article(2, title="Border truce gets a month", body=LONG, feed_id="geo"))
    third = placed(grouper, article(3, title="A month more", body=LONG[:150], feed_id="ary"))
    assert (second.story_id, second.reprint_of) == (1, 1)
    assert (third.story_id, third.reprint_of) == (1, 1)
    assert "reprint of article 1" in third.because


def test_an_unlike_article_starts_a_story_and_says_so() -> None:
    """Nothing in common: a story of its own, with the reason."""
    grouper = Grouper()
    placed(grouper, article(1, body=LONG))
    placement = placed(grouper, article(2, title="Water returns", body=OTHER))
    assert placement.story_id is None
    assert placement.because.startswith("a story of its own")


def test_articles_of_one_draft_are_compared_with_each_other() -> None:
    """The second article of an uncommitted poll is a reprint of the first."""
    grouper = Grouper()
    with grouper.draft() as draft:
        first = article(1, body=LONG)
        assert draft.place(first).story_id is None
        draft.add(replace(first, story_id=7))
        assert draft.place(article(2, body=LONG)).story_id == 7
    assert grouper.place(article(3, body=LONG)).story_id == 7


def test_a_dropped_draft_leaves_nothing() -> None:
    """When the unit of work fails, its articles were never there; earlier ones still are."""
    grouper = Grouper()
    grouper.add(article(1, body=OTHER, story_id=1))

    def fail() -> None:
        with grouper.draft() as draft:
            draft.add(article(2, body=LONG, story_id=2))
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()
    assert len(grouper) == 1
    assert grouper.place(article(3, body=LONG)).story_id is None
    assert grouper.place(article(3, body=OTHER)).story_id == 1


def test_the_window_ends_after_seven_days() -> None:
    """A text that comes back after the window is a story of its own; within it, it is a reprint."""
    grouper = Grouper()
    placed(grouper, article(1, body=LONG))
    assert grouper.place(article(2, body=LONG, first_seen_at=NOW + WINDOW)).reprint_of == 1
    late = article(3, body=OTHER, first_seen_at=NOW + WINDOW + timedelta(minutes=1))
    placed(grouper, late)
    assert len(grouper) == 1
    assert grouper.place(article(4, body=LONG, first_seen_at=late.first_seen_at)).reprint_of is None


def test_a_grouper_built_from_the_store_answers_as_the_live_one() -> None:
    """Stored articles, with their stories, give the same placements after a restart."""
    live = Grouper()
    stored = []
    for number, body in enumerate([LONG, OTHER, LONG[:140], f"{OTHER} More follows."], start=1):
        item = article(number, body=body, first_seen_at=NOW + timedelta(minutes=number))
        placement = live.place(item)
        stored.append(replace(item, story_id=placement.story_id or number, reprint_of=placement.reprint_of))
        live.add(stored[-1])
    again = Grouper(stored)
    for body in (LONG, OTHER, "Something else entirely happened to somebody in Lima on a quiet afternoon"):
        probe = article(9, body=body, first_seen_at=NOW + timedelta(hours=1))
        assert again.place(probe) == live.place(probe)


def test_adding_an_article_twice_changes_nothing() -> None:
    """No article is in two stories: the first placement stays."""
    grouper = Grouper()
    grouper.add(article(1, body=LONG, story_id=1))
    grouper.add(article(1, body=LONG, story_id=2))
    assert len(grouper) == 1
    assert grouper.place(article(2, body=LONG)).story_id == 1
