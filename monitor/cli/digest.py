"""`monitor digest …`: what desks were told, what they would be told now, and telling them at once."""

from __future__ import annotations

import json
import sys
import tempfile
import webbrowser
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.cli.output import print_json, print_table
from monitor.cli.screenshot import picture_of
from monitor.desks.content import DigestContent
from monitor.desks.life import count
from monitor.desks.mutes import part, with_muted
from monitor.desks.outbox import package
from monitor.desks.render_email import render_email
from monitor.desks.render_json import render_json
from monitor.desks.render_text import render_text
from monitor.desks.sample import DESK, sample_content
from monitor.desks.schedule import Due, due, next_due
from monitor.desks.threads import posts_of
from monitor.errors import InputError
from monitor.model import ChannelKind, Desk, Digest
from monitor.pipeline.digests import content_of, fix_digest
from monitor.rules.book import RuleBook
from monitor.rules.files.load import load_rule_book
from monitor.sender import links_of, mail_sender, slack_ways
from monitor.settings import Settings, load_settings
from monitor.store.sqlite import SqliteStore, open_store

app = typer.Typer(no_args_is_help=True, help="Digests: list, show, preview, send.")

BOLD = ("\x1b[1m", "\x1b[0m")
BY_HAND = "by hand"
"""The slot of a digest that an operator sent."""

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


class Form(StrEnum):
    """In which form a digest is printed."""

    TEXT = "text"
    HTML = "html"
    SLACK = "slack"
    EML = "eml"
    JSON = "json"
    PNG = "png"


QUEUED_FOR = {
    Form.SLACK: ChannelKind.SLACK,
    Form.EML: ChannelKind.EMAIL,
    Form.JSON: ChannelKind.WEBHOOK,
}
"""The forms that are shown as they were queued for a channel."""


@app.command("list")
def list_them(
    desk: Annotated[str | None, typer.Option(help="Only this desk's.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List digests, newest first, with the state of their deliveries."""
    with open_store(load_settings().database, read_only=True) as store:
        digests = store.digests.newest(limit, desk)
        states = {d.id: [delivery.state.value for delivery in store.deliveries.of_digest(d.id)] for d in digests}
    if as_json:
        print_json([{**_fields(d), "deliveries": states[d.id]} for d in digests])
        return
    print_table(
        ["id", "desk", "at", "slot", "alerts", "deliveries", "subject"],
        [(d.id, d.desk_id, d.at, d.slot, len(d.alert_ids), _counted(states[d.id]), d.subject) for d in digests],
        empty="no digests yet",
    )


@app.command()
def show(
    digest_id: Annotated[int, typer.Argument(metavar="ID", help="As `monitor digest list` shows it.")],
    form: Annotated[
        Form, typer.Option("--format", help="Text, HTML and its picture as sent; slack, eml, json as queued.")
    ] = Form.TEXT,
    as_json: AsJson = False,
) -> None:
    """Print a digest as it was fixed."""
    with open_store(load_settings().database, read_only=True) as store:
        digest = store.digests.get(digest_id)
        deliveries = store.deliveries.of_digest(digest_id)
    if digest is None:
        raise InputError(f"there is no digest {digest_id}")
    if as_json:
        print_json({**_fields(digest), "text": digest.text, "deliveries": [
            {"id": d.id, "to": d.recipient, "by": d.channel, "part": d.part, "state": d.state} for d in deliveries
        ]})  # fmt: skip
        return
    if form in (Form.TEXT, Form.HTML):
        sys.stdout.write(digest.html if form is Form.HTML else digest.text)
        return
    if form is Form.PNG:
        sys.stdout.buffer.write(picture_of(digest.html))
        return
    kind = QUEUED_FOR[form]
    payloads = [delivery.payload for delivery in deliveries if delivery.channel is kind]
    if not payloads:
        raise InputError(f"digest {digest_id} went to no {kind.value} channel")
    for payload in payloads if kind is ChannelKind.SLACK else payloads[:1]:
        sys.stdout.buffer.write(payload + b"\n")


@app.command()
def preview(
    desk_id: Annotated[str | None, typer.Argument(metavar="[DESK]", help="Without it, a made-up digest.")] = None,
    at: Annotated[
        datetime | None,
        typer.Option(
            help="As if it were then: a time on the desk's clock, such as 2026-11-20T13:00.",
            formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        ),
    ] = None,
    form: Annotated[
        Form, typer.Option("--format", help="In which form; png goes to a file, and needs Chromium.")
    ] = Form.TEXT,
    out: Annotated[Path | None, typer.Option(help="Write to this file instead.")] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open the page in the browser of this machine.")] = False,
) -> None:
    """Show what a desk would be told, now or at another time. It goes by what waits now; sends and stores nothing."""
    settings = load_settings()
    if desk_id is None:
        desk, content = DESK, sample_content()
    else:
        book = load_rule_book(settings.rules_dir)
        desk = _desk(book, desk_id)
        now = datetime.now(UTC) if at is None else _on_the_desks_clock(desk, at)
        with open_store(settings.database, read_only=True) as store:
            decision = _decision(desk, store, now, settings)
            content = content_of(desk, decision, book=book, store=store, now=now)
    if open_it:
        form, out = Form.HTML, out or Path(tempfile.mkdtemp(prefix="monitor-")) / "digest.html"
    if form is Form.PNG and out is None:
        out = Path(f"digest-{desk.id}.png")
    shown = _rendered(desk, content, form, settings)
    if out is None:
        sys.stdout.buffer.write(shown)
    else:
        out.write_bytes(shown)
        typer.echo(str(out))
    if open_it and out is not None:
        webbrowser.open(out.absolute().as_uri())


@app.command()
def send(
    desk_id: Annotated[str, typer.Argument(metavar="DESK", help="The desk to tell.")],
    if_empty: Annotated[bool, typer.Option("--empty", help="Send the proof of life even if nothing waits.")] = False,
) -> None:
    """Fix a digest of all that waits for a desk, at once. Its schedule is passed over; the daemon sends it.

    Muted stories stay muted, and the desk's next slot is as it was. Exit 1 when nothing waits.
    """
    settings = load_settings()
    book = load_rule_book(settings.rules_dir)
    desk, now = _desk(book, desk_id), datetime.now(UTC)
    with open_store(settings.database) as store, store.unit_of_work():
        waiting, muted = part(desk, store.alerts.waiting(desk.id), store.mutes.open(), now=now)
        if not waiting and not if_empty:
            typer.echo(f"nothing waits for {desk.id}" + (f" but {len(muted)} muted" if muted else ""), err=True)
            raise typer.Exit(1)
        slot = f"{BY_HAND} {now:%Y-%m-%dT%H:%M:%SZ}"
        decision = with_muted(Due(slot, None, waiting, (), "an operator sent it", sends=True), muted)
        content = content_of(desk, decision, book=book, store=store, now=now)
        digest = fix_digest(desk, decision, content, store=store, sender=mail_sender(settings))
        queued = len(store.deliveries.of_digest(digest.id))
    typer.echo(f"digest {digest.id}: {count(len(waiting), 'alert')}, {count(queued, 'delivery', 'deliveries')} queued")


def _decision(desk: Desk, store: SqliteStore, now: datetime, settings: Settings) -> Due:
    """Decide as the daemon would; where it would do nothing yet, show all that waits and when it will leave."""
    waiting, muted = part(desk, store.alerts.waiting(desk.id), store.mutes.open(), now=now)
    last_slot_at = store.digests.last_slot_at(desk.id)
    gathering = settings.digest.gathering
    found = due(desk, waiting=waiting, last_slot_at=last_slot_at, now=now, gathering=gathering)
    if found is not None and found.sends:
        return with_muted(found, muted)
    at = next_due(desk, waiting=waiting, last_slot_at=last_slot_at or now, now=now, gathering=gathering)
    when = f"not before {at:%Y-%m-%d %H:%M} UTC" if at is not None else "with the first alert"
    because = f"a preview; the next moment for this desk is {when}"
    return with_muted(Due("preview", None, waiting, (), because, sends=False), muted)


def _rendered(desk: Desk, content: DigestContent, form: Form, settings: Settings) -> bytes:
    match form:
        case Form.TEXT:
            return render_text(content, mark=BOLD if sys.stdout.isatty() else ("*", "*")).encode()
        case Form.HTML:
            return render_email(content, links=links_of(settings)).html.encode()
        case Form.PNG:
            return picture_of(render_email(content, links=links_of(settings)).html)
        case Form.JSON:
            return json.dumps(json.loads(render_json(content)), ensure_ascii=False, indent=2).encode() + b"\n"
        case Form.SLACK:
            posts = posts_of(desk, content, slack_ways(settings), roots={})
            return json.dumps([post.payload for post in posts], ensure_ascii=False, indent=2).encode() + b"\n"
        case Form.EML:
            made = package(desk, content, sender=mail_sender(settings)).deliveries
            mails: Sequence[bytes] = [d.payload for d in made if d.channel is ChannelKind.EMAIL]
            if not mails:
                raise InputError(f"desk {desk.id} has no e-mail channel")
            return mails[0]


def _desk(book: RuleBook, desk_id: str) -> Desk:
    if desk_id not in book.desks:
        raise InputError(f"no desk is called {desk_id}; desks are: {', '.join(book.desks) or 'none'}")
    return book.desks[desk_id]


def _on_the_desks_clock(desk: Desk, at: datetime) -> datetime:
    return at.replace(tzinfo=ZoneInfo(desk.timezone)).astimezone(UTC)


def _fields(digest: Digest) -> dict[str, object]:
    return {"id": digest.id, "desk": digest.desk_id, "at": digest.at, "slot": digest.slot, "subject": digest.subject,
            "alerts": list(digest.alert_ids)}  # fmt: skip


def _counted(states: Sequence[str]) -> str:
    return ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states)) or "none"
