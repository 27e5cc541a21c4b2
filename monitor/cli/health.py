"""`monitor healthcheck` and `monitor doctor`: is it alive, and is it well."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from monitor.app import HEARTBEAT
from monitor.cli.output import print_json, print_table
from monitor.errors import MonitorError
from monitor.model import DeliveryState
from monitor.rules.load import load_rule_book
from monitor.settings import Settings, load_settings
from monitor.store.lock import holder
from monitor.store.sqlite import SqliteStore, open_store

STALE = timedelta(seconds=90)
"""A heartbeat is written every 10 s; older than this, the daemon hangs or is gone."""

FIXED_SQLITE = (3, 51, 3)
"""First release without the WAL-reset bug, https://sqlite.org/wal.html#walresetbug."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    is_well: bool
    detail: str


def healthcheck() -> None:
    """Exit 0 when the daemon completed a turn in the last 90 s, else 1 with the reason; made for HEALTHCHECK."""
    settings = load_settings()
    with open_store(settings.database, read_only=True) as store:
        finding = _heartbeat(store)
    typer.echo(finding.detail)
    raise typer.Exit(0 if finding.is_well else 1)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Look at the settings, the rule files, the database, the daemon and the outbox, and say what to do.

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
    yield Finding(
        "sqlite",
        True,
        f"{sqlite3.sqlite_version}"
        + ("" if version >= FIXED_SQLITE else "; before 3.51.3 a rare WAL-reset bug: one writer, as here, avoids it"),
    )
    yield from _rule_files(settings)
    if settings.operator.email is None and settings.operator.slack is None:
        yield Finding("operator", False, "nobody is told of departures: set MONITOR_OPERATOR__EMAIL or …__SLACK")
    if not settings.database.exists():
        yield Finding("database", False, f"{settings.database} does not exist yet: `monitor run` makes it")
        return
    try:
        with open_store(settings.database, read_only=True) as store:
            yield Finding("database", True, str(settings.database))
            yield _heartbeat(store, holder(settings.state_dir))
            yield from _outbox(store)
            for notice in store.notices.open():
                yield Finding(notice.event, False, f"{notice.subject}: {notice.detail}")
    except MonitorError as error:
        yield Finding("database", False, str(error))


def _rule_files(settings: Settings) -> Iterator[Finding]:
    try:
        book = load_rule_book(settings.rules_dir)
    except MonitorError as error:
        yield Finding("rules", False, str(error))
        return
    yield Finding("rules", True, f"{len(book.rules)} rules, {len(book.feeds)} feeds, {len(book.desks)} desks")


def _heartbeat(store: SqliteStore, who: str | None = None) -> Finding:
    beat = store.get_value(HEARTBEAT)
    if beat is None:
        return Finding("daemon", False, "the daemon never ran on this state folder")
    age = datetime.now(UTC) - datetime.fromisoformat(beat)
    named = f" ({who})" if who else ""
    if age > STALE:
        return Finding(
            "daemon", False, f"no turn for {age.total_seconds():.0f} s{named}: the daemon is stopped or hangs"
        )
    return Finding("daemon", True, f"completed a turn {max(age.total_seconds(), 0):.0f} s ago{named}")


def _outbox(store: SqliteStore) -> Iterator[Finding]:
    for state in (DeliveryState.RETRY, DeliveryState.UNKNOWN, DeliveryState.DEAD):
        found = store.deliveries.in_state(state)
        if found:
            newest = found[-1]
            detail = f"{len(found)} {state.value}; newest to {newest.recipient}: {newest.detail}"
            yield Finding("deliveries", False, f"{detail} (`monitor deliveries list`)")
