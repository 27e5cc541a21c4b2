"""`monitor poll`: one cycle now, with a table of what each feed gave."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from monitor.app import build
from monitor.cli.output import counted, print_json, print_table
from monitor.model import FetchFault, PollOutcome, PollReport
from monitor.setting_groups import LogFormat
from monitor.settings import Settings, load_settings
from monitor.telemetry import set_up_logging


def poll(
    feeds: Annotated[list[str] | None, typer.Argument(metavar="[FEED]…", help="Ids of feeds; all by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Poll the configured feeds once, now, and say what each gave.

    Alerts that this raises wait for their digest, which `monitor run` makes and sends. Not while a daemon owns the
    state folder. Exit 0 when every feed was heard, 1 when one was not.
    """
    settings = load_settings()
    # The table says what a log line at WARNING would say again.
    level = "DEBUG" if settings.log.level == "DEBUG" else "ERROR"
    set_up_logging(level=level, as_json=settings.log.format is LogFormat.JSON)
    reports = asyncio.run(_poll(settings, feeds or []))
    if as_json:
        print_json([_fields(report) for report in reports])
    else:
        print_table(
            ["feed", "status", "outcome", "entries", "new", "matched", "seconds", "next poll", "because"],
            [_row(report) for report in reports],
            empty="No feed is configured: add some under `feeds:` in the rule files.",
            right=("entries", "new", "matched", "seconds"),
        )
    if reports:
        typer.echo(_summary(reports), err=True)
    raise typer.Exit(0 if all(report.outcome.is_good for report in reports) else 1)


def _summary(reports: Sequence[PollReport]) -> str:
    heard = sum(report.outcome.is_good for report in reports)
    new, matched = sum(report.new for report in reports), sum(report.matched for report in reports)
    text = f"{heard} of {counted(len(reports), 'feed')} heard, {counted(new, 'new article')}, {matched} matched."
    if not heard and all(report.status in (FetchFault.DNS, FetchFault.UNREACHABLE) for report in reports):
        text += " No feed can be reached: is this machine on the network? Nothing is lost; the next poll asks again."
    elif any(report.outcome is PollOutcome.BASELINE for report in reports):
        text += " A first poll is a feed's baseline: what it holds is recorded and not told."
    return text


async def _poll(settings: Settings, feeds: Sequence[str]) -> list[PollReport]:
    app = build(settings)
    try:
        return await app.poll(feeds)
    finally:
        await app.aclose()


def _fields(report: PollReport) -> dict[str, object]:
    return {
        "feed": report.feed_id,
        "at": report.at,
        "outcome": report.outcome.value,
        "status": report.status,
        "detail": report.detail,
        "entries": report.entries,
        "new": report.new,
        "matched": report.matched,
        "alerts": report.alerts,
        "seconds": round(report.seconds, 3),
        "next_poll": report.next_poll.at,
        "because": report.next_poll.because,
    }


def _row(report: PollReport) -> list[object]:
    outcome = f"{report.outcome.value}: {report.detail}" if report.detail else report.outcome.value
    return [
        report.feed_id,
        report.status,
        outcome,
        report.entries,
        report.new,
        report.matched,
        f"{report.seconds:.2f}",
        f"{report.next_poll.at:%H:%M:%S}Z",
        report.next_poll.because,
    ]
