"""Articles of one minute: the same stories in whatever order they come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.eval_stories import actors_by_rules
from benchmarks.story_set import read_set
from monitor.articles.minute import AT_LEAST, AT_MOST, COPIES_FROM, TOGETHER, Minute
from monitor.articles.stories import Grouper
from monitor.model import DecisionKind, StoryDecision
from tests.articles.builders import LONG, NOW, OTHER, article

NEWS = [item.article for item in read_set("tune")]


@cache
def actors(number: int) -> frozenset[str]:
    return actors_by_rules(NEWS[number])


def stories(older: Sequence[int], same: Sequence[int]) -> set[frozenset[int]]:
    """Place labelled articles: some in their own time, then others within one minute; return them by story."""
    grouper = Grouper()
    story_of: dict[int, int] = {}
    began = NEWS[max(older)].first_seen_at + timedelta(minutes=5)
    for place, number in enumerate((*older, *same), start=1):
        at = NEWS[number].first_seen_at if place <= len(older) else began.replace(second=place % 60)
        news = replace(NEWS[number], id=place, first_seen_at=at)
        placement = grouper.place(news, actors(number))
        story_id = placement.story_id or place
        grouper.add(
            replace(news, story_id=story_id, reprint_of=placement.reprint_of), actors(number), placement.gathers
        )
        story_of.update(dict.fromkeys((place, *placement.gathers), story_id))
    found = defaultdict(set)
    for place, number in enumerate((*older, *same), start=1):
        found[story_of[place]].add(number)
    return {frozenset(members) for members in found.values()}


@settings(max_examples=40, deadline=None)
@given(st.integers(12, len(NEWS) - 16), st.data())
def test_any_order_within_a_minute_gives_the_same_stories(start: int, data: st.DataObject) -> None:
    """Reports, copies, lookalikes and forms of many languages, over older ones of the same events."""
    older, same = range(start - 12, start), range(start, start + 14)
    order = data.draw(st.permutations(same))
    assert stories(older, order) == stories(older, same)


def test_hundreds_of_one_minute_come_in_any_order() -> None:
    """As after an outage: as many as there are older articles are settled together, and those alike are compared."""
    many = NEWS[: AT_LEAST + 60]
    found = []
    for order in (many, many[::-1]):
        grouper = a_crowd(0, older=len(many))
        story_of: dict[int, int] = {}
        for article_id, news in enumerate(order, start=len(many) + 1):
            placement = grouper.place(replace(news, id=article_id, first_seen_at=NOW))
            story_id = placement.story_id or article_id
            stored = replace(news, id=article_id, first_seen_at=NOW, story_id=story_id, reprint_of=placement.reprint_of)
            grouper.add(stored, gathers=placement.gathers)
            story_of.update(dict.fromkeys((article_id, *placement.gathers), story_id))
        members = defaultdict(set)
        for article_id, story_id in story_of.items():
            members[story_id].add(order[article_id - len(many) - 1].id)
        assert not grouper.is_settled(len(many) + 1)
        found.append({frozenset(each) for each in members.values()})
    assert found[0] == found[1]
    assert max(map(len, found[0])) > 5


def test_one_that_belongs_to_two_makes_them_one() -> None:
    """Two cut copies with nothing in common are each a story, until the whole text comes in the same minute."""
    grouper = Grouper()
    first, second = article(1, body=LONG, title="", story_id=1), article(2, body=OTHER, title="", story_id=2)
    for each in (first, second):
        assert grouper.place(each).story_id is None
        grouper.add(each)
    whole = article(3, body=f"{LONG} {OTHER}", title="")
    placement = grouper.place(whole)
    assert (placement.story_id, placement.gathers) == (1, (2,))
    grouper.add(replace(whole, story_id=1, reprint_of=placement.reprint_of), gathers=placement.gathers)
    later = article(4, body=OTHER, title="", first_seen_at=NOW + timedelta(minutes=1))
    assert grouper.place(later).story_id == 1


def test_one_may_follow_another_of_its_minute_into_an_older_story() -> None:
    """The end of a text joins its middle, and with it the story of the day before that the middle belongs to."""
    head, middle, tail = LONG, "Bakers in Bannu sold out of bread by noon and closed. " * 3, OTHER
    grouper = Grouper()
    grouper.add(article(1, body=head, title="", story_id=1, first_seen_at=NOW - timedelta(hours=3)))
    grouper.add(article(2, body=f"{middle} {tail}", title="", story_id=2))
    bridge = article(3, body=f"{head} {middle}", title="")
    placement = grouper.place(bridge)
    assert (placement.story_id, placement.gathers) == (1, (2,))
    grouper.add(replace(bridge, story_id=1, reprint_of=placement.reprint_of), gathers=placement.gathers)
    assert grouper.place(article(4, body=tail, title="")).story_id == 1


def test_a_minute_later_nothing_moves() -> None:
    """Desks may have been told: an older story is never taken apart or joined to another."""
    grouper = Grouper()
    grouper.add(article(1, body=LONG, title="", story_id=1))
    grouper.add(article(2, body=OTHER, title="", story_id=2))
    whole = article(3, body=f"{LONG} {OTHER}", title="", first_seen_at=NOW + timedelta(minutes=1))
    assert grouper.place(whole).gathers == ()


def test_what_a_person_split_stays_apart() -> None:
    """Copies of one minute that a person made two stories are not gathered again."""
    grouper = Grouper()
    for number in (1, 2):
        grouper.add(article(number, body=LONG, story_id=1))
    grouper.follow(StoryDecision(1, DecisionKind.SPLIT, 1, 9, (2,), NOW, "two"))
    assert grouper.place(article(3, body=LONG)).gathers == ()


def test_a_dropped_draft_moves_nothing() -> None:
    """Articles that an uncommitted one gathered are back in their stories."""
    grouper = Grouper()
    grouper.add(article(1, body=LONG, title="", story_id=1))
    grouper.add(article(2, body=OTHER, title="", story_id=2))
    whole = article(3, body=f"{LONG} {OTHER}", title="", story_id=1)

    def fail() -> None:
        with grouper.draft() as draft:
            sketch = draft.add(whole, gathers=draft.place(replace(whole, story_id=None)).gathers)
            assert sketch is not None
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()
    later = article(3, body=OTHER, title="", first_seen_at=NOW + timedelta(minutes=1))
    assert grouper.place(later).story_id == 2


def linked(*links: tuple[int, int, float], older: dict[int, tuple[float, int]]) -> Minute:
    """Make a minute of articles 1 to 5 with links of some strength."""
    minute = Minute()
    for number in range(1, 6):
        others = {low: strength for low, high, strength in links if high == number}
        minute.add(number, older.get(number), others, ())
    return minute


def test_copies_go_with_the_likest_older_story() -> None:
    """One text is one story, that of the copy with the strongest link; a report goes with the likest that has one."""
    minute = linked((1, 2, COPIES_FROM + 0.9), (2, 3, 0.3), older={1: (0.3, 71), 2: (0.5, 72)})
    stories = {71: 7, 72: 8, 3: 3}
    assert minute.settle(3, stories.get) == {1: 8, 2: 8, 3: 8}


def test_a_report_parts_no_older_stories() -> None:
    """Reports that each have an older story keep it, though they are of one event to a third."""
    minute = linked((1, 3, 0.3), (2, 3, 0.4), older={1: (0.3, 71), 2: (0.3, 72)})
    assert minute.settle(3, {71: 7, 72: 8}.get) == {1: 7, 2: 8, 3: 8}


def a_crowd(size: int, older: int = 0) -> Grouper:
    """Take in articles with nothing in common: older ones, and then many in one minute."""
    grouper = Grouper()
    for number in range(1, older + size + 1):
        at = NOW - timedelta(hours=1) + timedelta(seconds=number % 7) if number <= older else NOW
        grouper.add(article(number, title=f"Report{number}", body="", story_id=number, first_seen_at=at))
    return grouper


@pytest.mark.parametrize(
    ("older", "most"), [(0, AT_LEAST), (AT_LEAST + 1, AT_LEAST + 1), (AT_MOST, AT_MOST), (AT_MOST + 1, AT_MOST)]
)
def test_more_are_settled_together_the_more_there_are_to_judge_them_by(older: int, most: int) -> None:
    """Up to two thousand, which a minute of many feeds brings after an outage."""
    minute = Minute(older=older)
    for number in range(most):
        assert not minute.is_full
        minute.add(number, None, {}, ())
    assert minute.is_full
    minute.discard(most - 1)
    assert not minute.is_full


@pytest.mark.parametrize(("older", "most"), [(0, AT_LEAST), (250, 250)])
def test_a_crowd_begins_anew(older: int, most: int) -> None:
    """What came before in a minute is as if it were older, once it is as much as the older ones can be a measure of."""
    grouper = a_crowd(most, older)
    assert not grouper.is_settled(older + 1)
    grouper.add(article(older + most + 1, body=LONG, story_id=older + most + 1))
    assert grouper.is_settled(older + 1)
    assert not grouper.is_settled(older + most + 1)
    assert grouper.place(article(older + most + 2, body=LONG)).reprint_of == older + most + 1


def test_many_that_hang_together_begin_anew() -> None:
    """What one more copy of a minute costs is bounded, and it is a copy all the same."""
    grouper = Grouper()
    for number in range(1, TOGETHER + 1):
        grouper.add(article(number, body=LONG, story_id=1))
        assert not grouper.is_settled(1)
    assert grouper.place(article(TOGETHER + 1, body=LONG)).story_id == 1
    assert grouper.is_settled(1)
