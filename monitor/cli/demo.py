"""Own `monitor demo`: play the sample day, show progress, print what came of it, leave the digests as files."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from monitor.cli.demo_report import print_outcome
from monitor.cli.output import console, print_json
from monitor.demo.keep import keep, prepare
from monitor.demo.outcome import Outcome, as_json
from monitor.demo.play import Progress as Played
from monitor.demo.play import play
from monitor.demo.script import ZONE
from monitor.rules.files.load import load_rule_book
from monitor.telemetry import set_up_logging

DEFAULT_OUT = Path("demo-digests")


def demo(
    out: Annotated[
        Path, typer.Option(help="Folder for the digests; an earlier play's files are replaced.")
    ] = DEFAULT_OUT,
    rules: Annotated[
        Path | None,
        typer.Option(help="Play the day with the rules and desks of this folder instead of the shipped ones."),
    ] = None,
    as_json_: Annotated[bool, typer.Option("--json", help="Print the outcome as one JSON document.")] = False,
) -> None:
    """Play one day of sample news, offline, in seconds. It goes through the whole monitor; the digests are kept."""
    outcome = played(out, rules)
    if as_json_:
        print_json(as_json(outcome))
    else:
        print_outcome(outcome, console())
    if outcome.faults:
        raise typer.Exit(1)


def played(out: Path, rules: Path | None = None) -> Outcome:
    """Play the day with progress on stderr; leave the digests and the log of the day in a folder.

    Raises:
        InputError: The folder holds something else, or cannot be written.
        RuleBookError: The rules give no book.
    """
    if rules is not None:
        load_rule_book(rules)  # here its mistakes have the places of the operator's own files
    prepare(out)
    log = out / "monitor.log"
    with log.open("w", encoding="utf-8") as stream, _scratch() as folder:
        set_up_logging(stream=stream)
        try:
            with _listener() as listener:
                outcome = asyncio.run(play(Path(folder), watch=rules, listener=listener))
        finally:
            set_up_logging()
    return replace(outcome, files=(*keep(outcome, out), log))


def _scratch() -> tempfile.TemporaryDirectory[str]:
    """Make a folder in memory where there is one: the play commits 1,300 times, and each waits for the disk."""
    memory = "/dev/shm"  # noqa: S108 - a folder that only this user can enter is made inside
    return tempfile.TemporaryDirectory(prefix="monitor-demo-", dir=memory if os.access(memory, os.W_OK) else None)


@contextmanager
def _listener() -> Iterator[Callable[[Played], None]]:
    """Give what shows progress on stderr: a bar on a terminal, a line for every three hours of the day elsewhere."""
    errors = console(stderr=True)
    if not errors.is_terminal:
        yield _lines()
        return
    columns = (
        TextColumn("{task.fields[clock]}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[counts]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("day", total=1.0, clock="00:00", counts="starting")
        yield lambda played: bar.update(task, completed=played.done, clock=_clock(played), counts=_counts(played))


def _lines() -> Callable[[Played], None]:
    shown = -1

    def show(played: Played) -> None:
        nonlocal shown
        eighth = int(played.done * 8)
        if eighth > shown:
            shown = eighth
            typer.echo(f"{_clock(played)}  {_counts(played)}", err=True)

    return show


def _clock(played: Played) -> str:
    return f"{played.at.astimezone(ZONE):%H:%M}" if played.done < 1 else "24:00"


def _counts(played: Played) -> str:
    failed = f" ({played.failed_polls} failed)" if played.failed_polls else ""
    return (
        f"{played.polls} polls{failed}, {played.articles} articles, {played.alerts} alerts, "
        f"{played.digests} digests, {played.sent} messages"
    )
