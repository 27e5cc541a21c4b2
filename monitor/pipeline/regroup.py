"""What a person's merge or split of stories means: articles and alerts move, and desks hear of what was hidden.

Owns these two steps over a store. The daemon follows the decision before its next commit (`polls`); who hears of a
story that was hidden in another is routing's to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from monitor.errors import InputError
from monitor.model import Alert, DecisionKind, Desk, Story
from monitor.pipeline.surge import tell
from monitor.ports import Store


def merge(store: Store, story_id: int, other_id: int, *, because: str, now: datetime) -> None:
    """Make one story of two, inside a unit of work; what either was told of is not told again.

    Raises:
        InputError: A story that there is not, or one story twice.
    """
    if story_id == other_id:
        raise InputError(f"story {story_id} cannot be merged with itself")
    for asked in (story_id, other_id):
        story_of(store, asked)
    store.stories.merge(story_id, other_id, because, now)


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
        The new story, and the alerts that it means for desks which were not told of one of its articles: what stood
        behind another event until now is news to them.

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
    matches = store.articles.matches(article_ids)
    raised = [
        alert
        for article in store.stories.members(new_id)
        for alert in tell(store, article, matches.get(article.id, []), desks=desks, now=now)
    ]
    return new_id, raised


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
