"""`monitor desks …`: who is told, by which ways, and when an alert would reach them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.cli.output import print_json, print_table
from monitor.desks.foresee import Foretold, foresee
from monitor.desks.schedule import hours_text
from monitor.desks.takes import ArticleKind, takes_text, why_kind_not_taken
from monitor.errors import InputError
from monitor.model import AppriseChannel, ChannelSpec, Desk, EmailChannel, Severity, SlackChannel, WebhookChannel
from monitor.rules.files.load import load_rule_book
from monitor.sender import slack_ways
from monitor.settings import Settings, load_settings

app = typer.Typer(no_args_is_help=True, help="Desks: list, test.")

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command("list")
def list_them(as_json: AsJson = False) -> None:
    """List the desks of the rule files with their schedules."""
    settings = load_settings()
    desks = load_rule_book(settings.rules_dir).desks.values()
    rows = [
        (desk.id, desk.name, desk.timezone, _schedule(desk), ", ".join(sorted(desk.immediate)), hours_text(desk),
         takes_text(desk), ", ".join(_ways(desk, settings)))
        for desk in desks
    ]  # fmt: skip
    columns = ("id", "name", "time zone", "digests", "at once", "quiet hours", "takes", "to")
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table(columns, rows, empty="no desk is configured: add some under `desks:` in the rule files")


@app.command("test")
def try_moment(
    desks: Annotated[list[str] | None, typer.Argument(metavar="[DESK]…", help="All by default.")] = None,
    *,
    severity: Annotated[Severity, typer.Option(help="Of the alert.")] = Severity.NORMAL,
    at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
            help="When it arises, on each desk's own clock, such as 2026-10-25T02:30; now by default.",
        ),
    ] = None,
    language: Annotated[str | None, typer.Option(help="Of the article; a condition without its option holds.")] = None,
    feed: Annotated[str | None, typer.Option(help="By which the article came.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Of the article or its feed; may be repeated.")] = None,
    actor: Annotated[list[str] | None, typer.Option(help="That the match shows; may be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say when each desk would be told of an alert, or why never."""
    settings = load_settings()
    known = load_rule_book(settings.rules_dir).desks
    for desk_id in desks or []:
        if desk_id not in known:
            raise InputError(f"no desk is called {desk_id}; desks are: {', '.join(known) or 'none'}")
    found: list[tuple[Desk, datetime, Foretold]] = []
    for desk in (known[desk_id] for desk_id in desks or known):
        zone = ZoneInfo(desk.timezone)
        arises = (datetime.now(UTC) if at is None else at.replace(tzinfo=zone)).astimezone(UTC)
        kind = ArticleKind(language, feed, tuple(tag or ()), tuple(actor or ()))
        elsewhere = why_kind_not_taken(desk, kind, arises)
        told = foresee(desk, severity, arises, gathering=settings.digest.gathering)
        found.append((desk, arises, Foretold(None, "", elsewhere) if elsewhere else told))
    if as_json:
        print_json(
            [
                {"desk": desk.id, "severity": severity, "arises": arises, "told": told.at, "slot": told.slot,
                 "because": told.because, "to": _ways(desk, settings)}
                for desk, arises, told in found
            ]
        )  # fmt: skip
        return
    print_table(
        ["desk", "arises", "told", "because", "to"],
        [(desk.id, _local(desk, arises), _local(desk, told.at), told.because, ", ".join(_ways(desk, settings)))
         for desk, arises, told in found],
        empty="no desk is configured: add some under `desks:` in the rule files",
    )  # fmt: skip


def _local(desk: Desk, at: datetime | None) -> str:
    return "never" if at is None else f"{at.astimezone(ZoneInfo(desk.timezone)):%Y-%m-%d %H:%M:%S %z}"


def _schedule(desk: Desk) -> str:
    if desk.digest_every is not None:
        return f"every {desk.digest_every}"
    days = "" if len(desk.weekdays) == len(DAYS) else " " + " ".join(DAYS[day] for day in sorted(desk.weekdays))
    return ", ".join(f"{time:%H:%M}" for time in desk.digest_times) + days or "at once"


def _ways(desk: Desk, settings: Settings) -> list[str]:
    return [way for channel in desk.channels for way in _named(channel, settings)]


def _named(channel: ChannelSpec, settings: Settings) -> tuple[str, ...]:
    match channel:
        case EmailChannel():
            return channel.recipients
        case SlackChannel():
            ways = slack_ways(settings)
            told = ", ".join(name for name, is_on in (("threads", ways.threads), ("buttons", ways.buttons)) if is_on)
            return (f"Slack {channel.name}" + (f" ({told})" if told else ""),)
        case WebhookChannel():
            return (channel.url,)
        case AppriseChannel():
            return (f"Apprise {channel.name}",)
