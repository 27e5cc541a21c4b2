"""`monitor feeds release` and `drop`: what becomes of the articles of a feed that looked new all at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from monitor.pipeline import surge
from monitor.rules.files.load import load_rule_book
from monitor.settings import load_settings
from monitor.store.sqlite import open_store

FeedId = Annotated[str, typer.Argument(metavar="FEED", help="As `monitor doctor` and `monitor feeds show` name it.")]


def release(feed_id: FeedId) -> None:
    """Tell the desks what is held of a feed. Exit 1 when nothing is."""
    settings = load_settings()
    desks = load_rule_book(settings.rules_dir).desks
    with open_store(settings.database) as store, store.unit_of_work():
        held, raised = surge.release(store, feed_id, desks=desks, now=datetime.now(UTC))
    _say(feed_id, held, f"{len(raised)} alerts wait for their digests now")


def drop(feed_id: FeedId) -> None:
    """Tell nobody of what is held of a feed; `monitor why` says so. Exit 1 when nothing is held."""
    with open_store(load_settings().database) as store, store.unit_of_work():
        held = surge.drop(store, feed_id, now=datetime.now(UTC))
    _say(feed_id, held, "nobody is told of them")


def _say(feed_id: str, held: int, what: str) -> None:
    if not held:
        typer.echo(f"nothing is held of {feed_id}", err=True)
        raise typer.Exit(1)
    typer.echo(f"{feed_id}: {held} articles were held; {what}")
