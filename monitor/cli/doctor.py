"""`monitor doctor`: is all well, and what is to be done if not."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from monitor import heartbeat
from monitor.cli.healthcheck import sign_of_life
from monitor.cli.output import print_json, print_table
from monitor.delivery.states import Event
from monitor.errors import MonitorError
from monitor.model import Delivery, DeliveryState
from monitor.rules.files.load import load_rule_book
from monitor.sender import slack_ways
from monitor.settings import Settings, load_settings
from monitor.store.lock import present_holder
from monitor.store.sqlite import SqliteStore, open_store

FIXED_SQLITE = (3, 51, 3)
"""First release without the WAL-reset bug, https://sqlite.org/wal.html#walresetbug."""

SPARE_BYTES = 200_000_000
SPARE_SHARE = 0.05
"""Free space on the state's disk below which it is time to act: either of the two."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    is_well: bool
    detail: str


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Look whether all is well, and say what to do if not. It looks at settings, rule files, disk, database and outbox.

    Exit 0 when all is well, 1 with a finding.
    """
    findings = list(_examine(load_settings()))
    if as_json:
        print_json([{"subject": f.subject, "well": f.is_well, "detail": f.detail} for f in findings])
    else:
        print_table(
            ["", "subject", "finding"], [("ok" if f.is_well else "!!", f.subject, f.detail) for f in findings], empty=""
        )
    raise typer.Exit(0 if all(finding.is_well for finding in findings) else 1)


def _examine(settings: Settings) -> Iterator[Finding]:
    version = tuple(int(part) for part in sqlite3.sqlite_version.split("."))
    advice = (
        "; before 3.51.3, two programs that write at the same instant can, very rarely, damage the file:"
        " keep backups (`monitor db backup`), or take a newer SQLite"
    )
    yield Finding("sqlite", True, sqlite3.sqlite_version + ("" if version >= FIXED_SQLITE else advice))
    yield from _rule_files(settings)
    operator = settings.operator
    if not any((operator.email, operator.slack, operator.webhook, operator.apprise)):
        yield Finding("operator", False, "nobody is told of departures: set MONITOR_OPERATOR__EMAIL or …__SLACK")
    yield from _slack(settings)
    yield from _pages(settings)
    yield disk(settings.state_dir, *shutil.disk_usage(_existing(settings.state_dir))[::2])
    if not settings.database.exists():
        yield Finding("database", False, f"{settings.database} does not exist yet: `monitor run` makes it")
        return
    try:
        with open_store(settings.database, read_only=True) as store:
            yield Finding("database", True, str(settings.database))
            yield _alive(store, present_holder(settings.state_dir))
            yield from _outbox(store)
            for notice in store.notices.open():
                yield Finding(notice.event, False, f"{notice.subject}: {notice.detail}")
    except MonitorError as error:
        yield Finding("database", False, str(error))


def _slack(settings: Settings) -> Iterator[Finding]:
    """Say what Slack lets us do, by which settings."""
    if settings.slack.token is None and settings.slack.webhook_url is None:
        return
    ways = slack_ways(settings)
    if not ways.threads:
        yield Finding("slack", True, "by webhook: no threads, edits or buttons; MONITOR_SLACK__TOKEN turns them on")
    elif not ways.buttons:
        yield Finding("slack", True, "threads and edits are on; MONITOR_SLACK__APP_TOKEN turns buttons on")
    else:
        yield Finding("slack", True, "threads, edits and buttons are on")


def _pages(settings: Settings) -> Iterator[Finding]:
    """Say where the links of e-mails lead."""
    web = settings.web
    if web.base_url is None:
        return
    plain = "; http can be read on the way, and mail programs offer no one click: put a proxy with https in front"
    advice = "" if web.base_url.startswith("https:") else plain
    yield Finding("pages", True, f"links in e-mails lead to {web.base_url}, served on {web.host}:{web.port}{advice}")


def disk(folder: Path, total: int, free: int) -> Finding:
    """Judge the space that is left for the state.

    Args:
        folder: The state folder.
        total: Size of its disk, in bytes.
        free: What is free of it, in bytes.
    """
    share = free / total if total else 0.0
    said = f"{free / 1e6:,.0f} MB free ({share:.0%}) where {folder} is"
    if free >= SPARE_BYTES and share >= SPARE_SHARE:
        return Finding("disk", True, said)
    return Finding("disk", False, f"{said}: free some, or see what `monitor db prune` takes away")


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that is there."""
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())


def _rule_files(settings: Settings) -> Iterator[Finding]:
    try:
        book = load_rule_book(settings.rules_dir)
    except MonitorError as error:
        yield Finding("rules", False, str(error))
        return
    yield Finding("rules", True, f"{len(book.rules)} rules, {len(book.feeds)} feeds, {len(book.desks)} desks")


def _alive(store: SqliteStore, who: str | None) -> Finding:
    is_alive, detail = sign_of_life(heartbeat.age(store, datetime.now(UTC)))
    return Finding("daemon", is_alive, f"{detail} ({who})" if who else detail)


def _outbox(store: SqliteStore) -> Iterator[Finding]:
    for state in (DeliveryState.RETRY, DeliveryState.UNKNOWN, DeliveryState.DEAD):
        # An edit that failed leaves nobody untold; what the operator gave up is no news to them.
        found = [each for each in store.deliveries.in_state(state) if not (each.is_edit or _is_dropped(store, each))]
        if found:
            newest = found[-1]
            detail = f"{len(found)} {state.value}; newest to {newest.recipient}: {newest.detail}"
            letting_go = "" if state is DeliveryState.RETRY else ", then `retry` or `drop`"
            yield Finding("deliveries", False, f"{detail} (`monitor deliveries list --state {state}`{letting_go})")


def _is_dropped(store: SqliteStore, delivery: Delivery) -> bool:
    return delivery.state is DeliveryState.DEAD and store.deliveries.history(delivery.id)[-1][1] == Event.DROPPED
