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
from monitor.desks.routing import Routing, no_longer_news, route
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
    if not _is_to_be_told(store, article, matches):
        return []
    assert article.story_id is not None
    routing = weigh(
        article, matches, store.alerts.told(article.story_id), desks=desks, now=now, came=article.first_seen_at
    )
    return _add(store, routing.alerts)


def tell_moved(
    store: Store, moved: Collection[int], left: Iterable[int], *, desks: Mapping[str, Desk], now: datetime
) -> list[Alert]:
    """Raise the alerts that it means that articles stand in another story, and take back those that it makes needless.

    What a desk was not told of in the new story is news to it; what waits as a new story, and stands in one now that
    the desk has, is withdrawn. A report that was silent because of an article that went is told in its place.

    Args:
        store: The state, in which they moved.
        moved: The articles.
        left: Stories that they left, and that have other articles still.
        desks: Of the rule book.
        now: When this is decided.
    """
    if not moved:
        return []
    raised: list[Alert] = []
    articles, matches = store.articles.get(moved), store.articles.matches(moved)
    for article_id in sorted(articles):
        raised += _tell_anew(store, articles[article_id], matches.get(article_id, ()), desks=desks, now=now)
    first = min(moved)  # only what came later was silent because of it
    for members in store.stories.members_of(left).values():
        later = [article for article in members if article.id > first]
        found = store.articles.matches(article.id for article in later)
        for article in later:
            raised += tell(store, article, found.get(article.id, ()), desks=desks, now=now)
    return raised


def _tell_anew(
    store: Store, article: Article, matches: Sequence[Match], *, desks: Mapping[str, Desk], now: datetime
) -> list[Alert]:
    """Judge an article again as if it had come into its story at once."""
    if not _is_to_be_told(store, article, matches):
        return []
    assert article.story_id is not None
    told = store.alerts.told(article.story_id)
    waiting = [alert for alert in told if alert.article_id == article.id and alert.digest_id is None]
    others = [alert for alert in told if alert not in waiting]
    routing = weigh(article, matches, others, desks=desks, now=now, came=article.first_seen_at)
    needless = no_longer_news(waiting, routing)
    store.alerts.withdraw(alert.id for alert in needless)
    store.alerts.withhold(each for each in routing.withheld if each.desk_id in {alert.desk_id for alert in needless})
    stay = {alert.desk_id for alert in waiting} - {alert.desk_id for alert in needless}
    return _add(store, [alert for alert in routing.alerts if alert.desk_id not in stay])


def _is_to_be_told(store: Store, article: Article, matches: Sequence[Match]) -> bool:
    if article.is_baseline or not matches or article.story_id is None:
        return False
    return article.id not in store.alerts.held(article.feed_id)


def _add(store: Store, alerts: Iterable[Alert]) -> list[Alert]:
    return [replace(alert, id=store.alerts.add(alert)) for alert in alerts]
