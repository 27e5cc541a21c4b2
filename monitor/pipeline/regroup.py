"""What a person's merge or split of stories means, and the window of recent articles built again from the store.

Owns these steps over a store: articles and alerts move, and desks hear of what was hidden. The daemon follows the
decision before its next commit (`commits`); who hears of a story that was hidden in another is routing's to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from monitor.articles.packed import VERSION
from monitor.articles.signature import actors_of
from monitor.articles.stories import Grouper
from monitor.articles.window import WINDOW
from monitor.errors import InputError
from monitor.model import Alert, DecisionKind, DecisionMaker, Desk, Sketch, Story
from monitor.pipeline.leads import choose_leads
from monitor.pipeline.telling import tell_moved
from monitor.ports import Store

_DRAWN_AT_ONCE = 500
"""Articles whose texts are held at once while sketches are made anew."""


def window_of(store: Store, now: datetime) -> Grouper:
    """Build the window of recent articles again; sketches of another version are made anew, and kept."""
    decisions = store.stories.decisions()
    grouper = Grouper()
    drawn: list[Sketch] = []
    minute = now.replace(second=0, microsecond=0)
    grouper.load(_current(store, store.sketches.since(minute - WINDOW), grouper, drawn))
    for decision in decisions:
        grouper.followed = decision.id
        if decision.maker is DecisionMaker.PERSON and decision.at >= minute - timedelta(minutes=1):
            touched = store.stories.members_of([decision.story_id, decision.other_id])
            there = (article for members in touched.values() for article in members)
            grouper.decide(article.id for article in there if article.first_seen_at <= decision.at)
    if drawn:
        with store.unit_of_work():
            store.sketches.keep(drawn)
    return grouper


def _current(store: Store, sketches: Iterator[Sketch], grouper: Grouper, drawn: list[Sketch]) -> Iterator[Sketch]:
    """Give sketches in order, those of another version drawn from the text; these are added to `drawn`."""
    while batch := list(islice(sketches, _DRAWN_AT_ONCE)):
        stale = [sketch.article_id for sketch in batch if sketch.version != VERSION]
        articles = store.articles.get(stale) if stale else {}
        matches = store.articles.matches(stale) if stale else {}
        for sketch in batch:
            if sketch.version == VERSION:
                yield sketch
                continue
            article = articles[sketch.article_id]
            drawn.append(grouper.draw(article, actors_of(matches.get(article.id, ()))))
            yield drawn[-1]


def merge(
    store: Store, story_id: int, other_id: int, *, desks: Mapping[str, Desk], because: str, now: datetime
) -> list[Alert]:
    """Make one story of two, inside a unit of work; what either was told of is not told again.

    Returns:
        The alerts that take the place of withdrawn ones: what waited as a new story may be a development of one.

    Raises:
        InputError: A story that there is not, or one story twice.
    """
    if story_id == other_id:
        raise InputError(f"story {story_id} cannot be merged with itself")
    for asked in (story_id, other_id):
        story_of(store, asked)
    moved = [article.id for article in store.stories.members(other_id)]
    store.stories.merge(story_id, other_id, because, now)
    choose_leads(store, [story_id])
    return tell_moved(store, moved, [], desks=desks, now=now)


def split(
    store: Store,
    story_id: int,
    article_ids: Sequence[int],
    *,
    desks: Mapping[str, Desk],
    because: str,
    now: datetime,
) -> tuple[int, list[Alert]]:
    """Make articles of a story a story of their own, inside a unit of work.

    Returns:
        The new story, and the alerts that it means for desks which were not told of one of its articles, or of one of
        those that stay: what stood behind another event until now is news to them.

    Raises:
        InputError: A story that there is not, articles that are not in it, or all of them.
    """
    story_of(store, story_id)
    members = {article.id for article in store.stories.members(story_id)}
    if strangers := sorted(set(article_ids) - members):
        raise InputError(f"not in story {story_id}: {', '.join(map(str, strangers))}")
    if not article_ids or members <= set(article_ids):
        raise InputError(f"name some, and not all, of the {len(members)} articles of story {story_id}")
    new_id = store.stories.split(story_id, article_ids, because, now)
    choose_leads(store, [story_id, new_id])
    return new_id, tell_moved(store, article_ids, [story_id], desks=desks, now=now)


def story_of(store: Store, story_id: int) -> Story:
    """Return a story.

    Raises:
        InputError: There is none; where it was merged into another, the message says into which.
    """
    found = store.stories.get([story_id]).get(story_id)
    if found is not None:
        return found
    gone = next((d for d in store.stories.decisions() if d.kind is DecisionKind.MERGE and d.other_id == story_id), None)
    where = f": it is part of story {gone.story_id} since {gone.at:%Y-%m-%d %H:%M} UTC" if gone is not None else ""
    raise InputError(f"there is no story {story_id}{where}")
