"""`monitor drill`: a marked article through everything, to a recipient of its own, now."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from monitor.app import build, drill_of
from monitor.cli.output import print_json
from monitor.desks.drill import DrillOutcome
from monitor.desks.outbox import sender_of
from monitor.errors import AlreadyRunningError, ConfigurationError
from monitor.feeds.parse import FeedParser
from monitor.model import Delivery
from monitor.period import parse_period
from monitor.pipeline.drill import Drill, Prepared, health_now, outcome, prepare, read_last, record
from monitor.rules.book import RuleBook
from monitor.rules.files.load import load_rule_book
from monitor.setting_groups import LogFormat
from monitor.settings import Settings, load_settings
from monitor.store.sqlite import SqliteStore, open_store
from monitor.telemetry import set_up_logging

_LOOK_EVERY_SECONDS = 0.5


def drill(
    wait: Annotated[str, typer.Option(metavar="PERIOD", help="How long to wait until it is accepted.")] = "2m",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Send a marked article through the whole monitor. Parser, matcher, digest, channel; wait until it is accepted.

    It goes to MONITOR_DRILL__EMAIL and MONITOR_DRILL__SLACK, never to a desk, and counts nowhere. A daemon that runs
    sends it; without one this command does, with whatever else is due. Exit 0 when every recipient's server accepted
    it, 1 when not.
    """
    settings = load_settings()
    set_up_logging(level="ERROR", as_json=settings.log.format is LogFormat.JSON)
    plan = drill_of(settings)
    if plan is None:
        raise ConfigurationError("a drill has no recipient: set MONITOR_DRILL__EMAIL or MONITOR_DRILL__SLACK")
    patience = _period(wait)
    try:
        found, deliveries = asyncio.run(_alone(settings, patience))
    except AlreadyRunningError:
        found, deliveries = _beside_the_daemon(settings, plan, patience)
    if as_json:
        print_json(
            {
                "arrived": found.has_arrived,
                "detail": found.detail,
                "deliveries": [
                    {"id": d.id, "to": d.recipient, "by": d.channel, "state": d.state, "message_id": d.message_id}
                    for d in deliveries
                ],
            }
        )
    else:
        typer.echo(f"the drill {'arrived' if found.has_arrived else 'did not arrive'}: {found.detail}")
        for delivery in deliveries:
            typer.echo(f"  delivery {delivery.id} {delivery.state.value} {delivery.message_id}")
    raise typer.Exit(0 if found.has_arrived else 1)


async def _alone(settings: Settings, patience: timedelta) -> tuple[DrillOutcome, list[Delivery]]:
    """Be the daemon for as long as the drill takes."""
    app = build(settings)
    sending: asyncio.Task[list[Delivery]] | None = None
    try:
        fault = await app.drills.begin()
        end = time.monotonic() + patience.total_seconds()
        while not fault:
            if sending is None or sending.done():  # a recipient that hangs must not outlast the patience
                sending = asyncio.create_task(app.deliver_due())
            await asyncio.wait({sending}, timeout=_LOOK_EVERY_SECONDS)
            found = await app.drills.look()
            if found is not None and (found.is_over or time.monotonic() > end):
                return found, await app.writer.run(_deliveries, app.store)
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
        return _faulty(fault), []
    finally:
        if sending is not None:
            sending.cancel()
        await app.aclose()


def _beside_the_daemon(settings: Settings, plan: Drill, patience: timedelta) -> tuple[DrillOutcome, list[Delivery]]:
    """Queue the drill for the daemon, and watch what it does with it."""
    book = load_rule_book(settings.rules_dir)
    with open_store(settings.database) as store:
        prepared = asyncio.run(_prepare(settings, plan, store, book))
        now = datetime.now(UTC)
        with store.unit_of_work():
            record(store, prepared, slot_at=now, now=now)
        if prepared.fault:
            return _faulty(prepared.fault), []
        end = time.monotonic() + patience.total_seconds()
        while True:
            found = outcome(store, patience, datetime.now(UTC))
            if found is not None and (found.is_over or time.monotonic() > end):
                return found, _deliveries(store)
            time.sleep(_LOOK_EVERY_SECONDS)


async def _prepare(settings: Settings, plan: Drill, store: SqliteStore, book: RuleBook) -> Prepared:
    parser = FeedParser(workers=1)
    try:
        health = health_now(store, book)
        sender = sender_of(settings.smtp.sender)
        return await prepare(parser, plan.desk, sender=sender, health=health, now=datetime.now(UTC))
    finally:
        await parser.aclose()


def _deliveries(store: SqliteStore) -> list[Delivery]:
    last = read_last(store)
    ids = last.delivery_ids if last is not None else ()
    return [delivery for each in ids if (delivery := store.deliveries.get(each)) is not None]


def _faulty(detail: str) -> DrillOutcome:
    return DrillOutcome(is_over=False, failed=frozenset(), detail=detail)


def _period(text: str) -> timedelta:
    try:
        return parse_period(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--wait") from error
