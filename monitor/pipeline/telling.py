"""Who is told of a stored article, asked where it came, changed, moved or was let go; in a unit of work.

Reads what a desk was told and what the article says, lets `desks/routing` decide, and writes alerts and reasons. After
articles moved between stories it is asked again for those that stand elsewhere now, and for those that they left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.articles.edits import change_of
from monitor.articles.states import states_of
from monitor.desks.routing import Routing, route, settle
from monitor.model import Alert, Article, Desk, Edit, Match
from monitor.ports import Store


def weigh(
    article: Article,
    matches: Sequence[Match],
    told: Sequence[Alert],
    *,
    desks: Mapping[str, Desk],
    now: datetime,
    came: datetime,
    edit: Edit | None = None,
) -> Routing:
    """Decide who is told of an article, by what its text says; changes nothing.

    Args:
        article: In its story, in the words that are weighed.
        matches: The rules that hold for it.
        told: All alerts of its story.
        desks: Of the rule book.
        now: When this is decided.
        came: When the article came, for the hours that a desk takes.
        edit: The change that made it be looked at again.
    """
    change = None if edit is None else change_of(edit)
    states = states_of(article) if matches else ()
    return route(
        article=article, matches=matches, told=told, desks=desks, now=now, came=came, change=change, states=states
    )


def tell(
    store: Store, article: Article, matches: Sequence[Match], *, desks: Mapping[str, Desk], now: datetime
) -> list[Alert]:
    """Raise the alerts that a stored article means for desks that were not told of its story; none while it is held."""
    return _tell(store, article, matches, undecided=frozenset(), desks=desks, now=now)


def tell_moved(
    store: Store, moved: Collection[int], left: Iterable[int], *, desks: Mapping[str, Desk], now: datetime
) -> list[Alert]:
    """Raise the alerts that it means that articles stand in another story, and take back those that it makes needless.

    They, what was silent in a story that they left, and what waits to be told are judged one after the other, as if
    each had come into its story at once: what a desk was not told of there is news to it, and what waits as news is
    withdrawn where the desk has the story, be it by an alert that waits itself.

    Args:
        store: The state, in which they moved.
        moved: The articles.
        left: Stories that they left, and that have other articles still.
        desks: Of the rule book.
        now: When this is decided.
    """
    if not moved:
        return []
    moved, left = set(moved), set(left)
    stayed = {article_id for own in store.stories.feeds_of(left).values() for article_id in own}
    silent = {each.article_id for each in store.alerts.withheld(stayed) if each.kind.has_story}
    now_in = {each.story_id for each in store.articles.get(moved).values() if each.story_id is not None}
    told = store.alerts.told_of(left | now_in)
    waits = {alert.article_id for own in told.values() for alert in own if alert.digest_id is None}
    articles = store.articles.get(moved | silent | waits)
    matches = store.articles.matches(articles)
    raised: list[Alert] = []
    undecided = set(articles)
    for article_id in sorted(articles):
        own = matches.get(article_id, ())
        raised += _tell(store, articles[article_id], own, undecided=undecided, desks=desks, now=now)
        undecided.discard(article_id)
    return raised


def _tell(
    store: Store,
    article: Article,
    matches: Sequence[Match],
    *,
    undecided: Collection[int],
    desks: Mapping[str, Desk],
    now: datetime,
) -> list[Alert]:
    """Judge a stored article again; alerts that wait of articles that are undecided yet, it too, count for nothing."""
    if article.is_baseline or not matches or article.story_id is None:
        return []
    if article.id in store.alerts.held(article.feed_id):
        return []
    every = store.alerts.told(article.story_id)
    waiting = [alert for alert in every if alert.digest_id is None and alert.article_id in undecided]
    told = [alert for alert in every if alert not in waiting]
    own = [alert for alert in waiting if alert.article_id == article.id]
    routing = weigh(article, matches, told, desks=desks, now=now, came=article.first_seen_at)
    settled = settle(own, routing)
    store.alerts.withdraw(alert.id for alert in settled.needless)
    raised = [replace(alert, id=store.alerts.add(alert)) for alert in settled.raised]
    stay = (alert for alert in (*told, *own) if alert not in settled.needless)
    tells = {alert.desk_id for alert in stay if alert.article_id == article.id}
    store.alerts.withhold(each for each in routing.withheld if each.desk_id not in tells)
    return raised
