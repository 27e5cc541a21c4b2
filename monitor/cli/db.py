"""`monitor db …`: the database as a file: is it sound, copy it, put a copy back, keep it small."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.output import console, print_fields, print_json, print_table
from monitor.delivery.recovery import settle_restored
from monitor.errors import InputError
from monitor.model import DeliveryState
from monitor.period import parse_period
from monitor.settings import load_settings
from monitor.store.lock import present_holder
from monitor.store.pruning import SHORTEST, prune
from monitor.store.sqlite import SqliteStore, open_store
from monitor.store.upkeep import backup, check, restore

app = typer.Typer(no_args_is_help=True, help="The database: check, backup, restore, prune, stats.")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command("check")
def check_file(
    file: Annotated[Path | None, typer.Argument(help="A database or a backup; the monitor's own by default.")] = None,
    as_json: AsJson = False,
) -> None:
    """Read the whole database and say what is wrong with it. Exit 0 when it is sound, 1 when it is not."""
    path = file or load_settings().database
    problems = check(path)
    if as_json:
        print_json({"file": str(path), "sqlite": sqlite3.sqlite_version, "problems": problems})
    else:
        print_table([str(path)], [[problem] for problem in problems], empty=f"{path} is sound")
    if problems:
        console(stderr=True).print(
            "Stop the monitor, keep a copy of the file, and put back a backup with `monitor db restore FILE`.",
            markup=False,
        )
    raise typer.Exit(1 if problems else 0)


@app.command("backup")
def back_up(
    target: Annotated[
        Path | None, typer.Argument(help="A new file; by default one named by the time, in the state folder's backups.")
    ] = None,
) -> None:
    """Copy the database to a new file, one consistent moment of it. The monitor may run."""
    settings = load_settings()
    named = target or settings.state_dir / "backups" / f"monitor-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.sqlite3"
    size = backup(settings.database, named)
    typer.echo(f"{named}  {size} bytes")


@app.command("restore")
def put_back(
    source: Annotated[Path, typer.Argument(help="A file that `monitor db backup` made.")],
) -> None:
    """Put a backup in the database's place. The monitor must be stopped. What stood there is kept beside it.

    Deliveries that are open in the backup may have been sent since: each goes out at most once more, with the same
    Message-ID, and the operator is told.
    """
    settings, now = load_settings(), datetime.now(UTC)
    open_in_it: list[int] = []

    def settle(store: SqliteStore) -> None:
        detail = f"the database was put back from {source.name}"
        open_in_it.append(settle_restored(store, now=now, detail=detail))

    kept = restore(settings.database, source, now=now, settle=settle)
    typer.echo(f"{settings.database} is {source} now" + (f"; the former one is {kept}" if kept else ""))
    if open_in_it[0]:
        typer.echo(f"deliveries that were open in it, and may arrive a second time: {open_in_it[0]}", err=True)


@app.command("prune")
def take_away(
    older_than: Annotated[
        str, typer.Option(help=f"Such as 90d: what no feed has shown for so long; {SHORTEST.days}d at least.")
    ] = "180d",
    as_json: AsJson = False,
) -> None:
    """Take away old articles and the bytes of old messages. What somebody was told of stays. The monitor may run.

    Keys, alerts, digests and the history of deliveries stay.
    """
    try:
        period = parse_period(older_than)
    except ValueError as error:
        raise InputError(f"--older-than: {error}") from error
    if period < SHORTEST:
        raise InputError(f"--older-than: what is younger than {SHORTEST.days} days is not pruned")
    with open_store(load_settings().database) as store:
        before = store.path.stat().st_size
        pruned = prune(store, older_than=period, now=datetime.now(UTC))
        freed = before - store.path.stat().st_size
    fields = {
        "articles": pruned.articles,
        "stories": pruned.stories,
        "messages emptied": pruned.payloads,
        "digests emptied": pruned.digests,
        "notices": pruned.notices,
        "merges and splits": pruned.decisions,
        "bytes freed": max(freed, 0),
    }
    if as_json:
        print_json(fields)
    else:
        print_fields(fields)


@app.command()
def stats(as_json: AsJson = False) -> None:
    """Print what the database holds, how large it is, and who uses it."""
    settings = load_settings()
    with open_store(settings.database, read_only=True) as store:
        rows = dict(store.counts())
        states = {state.value: len(store.deliveries.in_state(state)) for state in DeliveryState}
        polled = [state.last_polled_at for state in store.feeds.states().values() if state.last_polled_at]
        size = settings.database.stat().st_size
        fields: dict[str, object] = {
            "file": str(settings.database),
            "bytes": size,
            "daemon": present_holder(settings.state_dir) or "none runs",
            "last poll": max(polled, default=None),
        }
    if as_json:
        print_json({**fields, "rows": rows, "deliveries": states})
        return
    print_fields({**fields, **{f"deliveries {name}": count for name, count in states.items() if count}})
    print_table(["table", "rows"], rows.items(), empty="")
