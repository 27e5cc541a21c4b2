"""A window that is built again from what is kept goes on as if it had never ended, in the middle of a minute too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache

from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.eval_stories import actors_by_rules
from benchmarks.story_set import read_set
from monitor.articles.minute import AT_LEAST, TOGETHER
from monitor.articles.stories import Grouper
from monitor.model import Article, Placement, Sketch
from tests.articles.builders import LONG, article

NEWS = [item.article for item in read_set("tune")]


@cache
def actors(title: str) -> frozenset[str]:
    return actors_by_rules(next(news for news in NEWS if news.title == title))


@dataclass
class Kept:
    """What a store keeps of articles that are placed one by one, and the window of a process that may end."""

    grouper: Grouper = field(default_factory=Grouper)
    sketches: dict[int, Sketch] = field(default_factory=dict)
    placements: list[Placement] = field(default_factory=list)

    def take(self, news: Article) -> None:
        """Place an article, as a poll does."""
        who = actors(news.title) if news.feed_id != "crowd" else frozenset()
        placement = self.grouper.place(news, who)
        self.placements.append(placement)
        story_id = placement.story_id or news.id
        stored = replace(news, story_id=story_id, reprint_of=placement.reprint_of)
        sketch = self.grouper.add(stored, who, placement.gathers)
        assert sketch is not None
        self.sketches[news.id] = sketch
        for moved in placement.gathers:
            self.sketches[moved] = replace(self.sketches[moved], story_id=story_id)
        if placement.gathers:
            self.sketches.update((each.article_id, each) for each in list(self._parted()))

    def _parted(self) -> Iterator[Sketch]:
        """Copies that are now in another story than their original are none, as in the store."""
        for each in self.sketches.values():
            original = self.sketches.get(each.reprint_of or 0)
            if original is not None and original.story_id != each.story_id:
                yield replace(each, reprint_of=None)

    def starts_again(self) -> None:
        self.grouper = Grouper()
        self.grouper.load(self.sketches[article_id] for article_id in sorted(self.sketches))


def course(start: int, minutes: Sequence[int], crowd: int, copies: int) -> list[Article]:
    """Make labelled articles arrive so many a minute; in the second one a crowd and copies of one text come first."""
    at = NEWS[start].first_seen_at
    arrived: list[Article] = []
    labelled = iter(NEWS[start:])
    for number, many in enumerate(minutes):
        others = crowd + copies if number == 1 else 0
        for place in range(others):
            told = {"body": LONG, "title": "Dam"} if place >= crowd else {"body": "", "title": f"Report{place} {place}"}
            arrived.append(article(feed_id="crowd", first_seen_at=at, **told))
        arrived += [replace(news, first_seen_at=at) for news in (next(labelled) for _ in range(many))]
        at += timedelta(minutes=1)
    return [replace(news, id=number) for number, news in enumerate(arrived, start=1)]


COURSES = st.builds(
    course,
    st.integers(0, len(NEWS) - 40),
    st.lists(st.integers(1, 12), min_size=2, max_size=3),
    st.sampled_from([0, 0, 0, AT_LEAST - 8, AT_LEAST]),
    st.just(0),
)


@settings(max_examples=25, deadline=None)
@given(COURSES, st.data())
@example(course(30, [4, 6], 0, TOGETHER - 2), None)
def test_a_restart_anywhere_changes_nothing(arrived: list[Article], data: st.DataObject | None) -> None:
    """Every later article is placed as it would have been, with the same reason and the same moves."""
    place = len(arrived) - 3 if data is None else data.draw(st.integers(1, len(arrived) - 1))
    live, restarted = Kept(), Kept()
    for number, news in enumerate(arrived):
        live.take(news)
        if number == place:
            restarted.starts_again()
        restarted.take(news)
    assert restarted.placements == live.placements
    assert {i: s.story_id for i, s in restarted.sketches.items()} == {i: s.story_id for i, s in live.sketches.items()}


@settings(max_examples=25, deadline=None)
@given(COURSES)
def test_no_article_is_ever_in_two_stories(arrived: list[Article]) -> None:
    """At each step what is kept and the window name one story for each article, that of its original among them."""
    kept = Kept()
    for news in arrived:
        kept.take(news)
        placement = kept.placements[-1]
        assert news.id not in placement.gathers
        for sketch in kept.sketches.values() if placement.gathers else [kept.sketches[news.id]]:
            assert kept.grouper._window.story_of(sketch.article_id) == sketch.story_id
            if sketch.reprint_of is not None:
                assert kept.sketches[sketch.reprint_of].story_id == sketch.story_id
    assert all(sketch.story_id in kept.sketches for sketch in kept.sketches.values())
