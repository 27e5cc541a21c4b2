"""A feed that looks new all at once: what it would tell is held, with one notice, until a person releases or drops it.

Owns the holding and its end. Articles are stored, matched and grouped as ever; only who is told of them waits, so that
another feed's report of the same event is told at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.model import Alert, Desk, Feed, Withheld, WithheldKind
from monitor.pipeline.departures import Departures
from monitor.pipeline.telling import tell
from monitor.ports import Store

EVENT = "feed.surge"


def hold_back(store: Store, alerts: Sequence[Alert], surge: str) -> None:
    """Keep an article's alerts from their desks, inside the unit of work of its poll; each desk's reason is kept."""
    for alert in alerts:
        store.alerts.hold(alert.article_id, alert.created_at)
    store.alerts.withhold(
        Withheld(alert.article_id, alert.desk_id, WithheldKind.SURGE, f"held: {surge}", alert.created_at)
        for alert in alerts
    )


def tell_of_surge(store: Store, departures: Departures, feed: Feed, surge: str, *, now: datetime) -> None:
    """Tell the operator once of what is held of a feed that surged; nothing where nothing is."""
    held = len(store.alerts.held(feed.id))
    if held:
        choice = f"`monitor feeds release {feed.id}` tells the desks, `monitor feeds drop {feed.id}` does not"
        departures.raise_(EVENT, feed.id, f"{feed.name}: {surge}; {held} articles are held: {choice}", now)


def release(store: Store, feed_id: str, *, desks: Mapping[str, Desk], now: datetime) -> tuple[int, list[Alert]]:
    """Tell the desks what was held of a feed, as far as they were not told of it since; inside a unit of work.

    Returns:
        How many articles were held, and the alerts that they mean now.
    """
    held = _let_go(store, feed_id, now, told=True)
    matches = store.articles.matches(held)
    articles = store.articles.get(held)
    raised = [
        alert
        for article_id in held
        if article_id in articles
        for alert in tell(store, articles[article_id], matches.get(article_id, []), desks=desks, now=now)
    ]
    return len(held), raised


def drop(store: Store, feed_id: str, *, now: datetime) -> int:
    """Let nobody be told of what is held of a feed, and record it; inside a unit of work. Returns how many articles."""
    held = _let_go(store, feed_id, now, told=False)
    reasons = [each for each in store.alerts.withheld(held) if each.kind is WithheldKind.SURGE]
    store.alerts.withhold(replace(each, because="held, and dropped by hand", at=now) for each in reasons)
    return len(held)


def _let_go(store: Store, feed_id: str, now: datetime, *, told: bool) -> list[int]:
    held = store.alerts.held(feed_id)
    store.feeds.end_surges(feed_id, now, told=told)
    store.alerts.let_go(held)
    store.notices.clear(EVENT, feed_id, now)
    return held
