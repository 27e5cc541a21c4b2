"""`monitor stories mute …` and `unmute`: a story of which a desk does not want to hear for a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.cli.output import print_json, print_table
from monitor.cli.stories_kept import StoryId
from monitor.desks.mutes import muted_until
from monitor.errors import InputError
from monitor.model import Desk, Mute
from monitor.pipeline.muting import end_mute
from monitor.pipeline.regroup import story_of
from monitor.rules.files.load import load_rule_book
from monitor.sender import mail_sender
from monitor.settings import load_settings
from monitor.store.sqlite import open_store

LIFTED = "it was lifted by hand"

ForDesk = Annotated[str | None, typer.Option("--desk", help="Only for this desk; without it, for all.")]


def mute(
    story_id: StoryId,
    desk_id: ForDesk = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            help="Until then: on the desk's clock with --desk, else in UTC; such as 2026-11-21T13:00.",
            formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        ),
    ] = None,
    until_develops: Annotated[
        bool,
        typer.Option(
            "--until-develops",
            help="Until a severity rises, a rule is added, a report changes, or things stand otherwise.",
        ),
    ] = False,
) -> None:
    """Hold the alerts of a story, urgent ones too. None is dropped: they come in a digest when the mute is over."""
    if (until is None) is not until_develops:
        raise typer.BadParameter("say either --until TIME or --until-develops")
    settings, now = load_settings(), datetime.now(UTC)
    desk = _desk(desk_id)
    ends = None if until is None else until.replace(tzinfo=ZoneInfo(desk.timezone)).astimezone(UTC)
    if ends is not None and ends <= now:
        raise InputError(f"{ends:%Y-%m-%d %H:%M} UTC is over already")
    with open_store(settings.database) as store, store.unit_of_work():
        story = story_of(store, story_id)
        made = Mute(0, story_id, desk_id or "", now, ends)
        store.mutes.add(made)
        told = store.alerts.told(story_id)
        waiting = sum(alert.digest_id is None and made.desk_id in ("", alert.desk_id) for alert in told)
    whom = desk_id or "all desks"
    waits = f"{waiting} {'alert waits' if waiting == 1 else 'alerts wait'}"
    typer.echo(f"story {story_id} “{story.title}”, {whom}: {muted_until(desk, [made])}; {waits}")


def unmute(story_id: StoryId, desk_id: ForDesk = None) -> None:
    """Lift the mutes of a story. What they held comes in the next digest. Exit 1 when there is none."""
    settings, now = load_settings(), datetime.now(UTC)
    desks, sender = load_rule_book(settings.rules_dir).desks, mail_sender(settings)
    with open_store(settings.database) as store, store.unit_of_work():
        story_of(store, story_id)
        own = [
            mute
            for mute in store.mutes.of_stories([story_id])
            if mute.ended_at is None and desk_id in (None, mute.desk_id)
        ]
        for mute in own:
            end_mute(store, mute, LIFTED, desks=desks, sender=sender, now=now)
    if not own:
        typer.echo(f"no mute of story {story_id} holds" + (f" for {desk_id} alone" if desk_id else ""), err=True)
        raise typer.Exit(1)
    typer.echo(f"story {story_id}: {len(own)} {'mute' if len(own) == 1 else 'mutes'} lifted")


def list_mutes(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """List the mutes that hold."""
    with open_store(load_settings().database, read_only=True) as store:
        mutes = store.mutes.open()
        stories = store.stories.get({mute.story_id for mute in mutes})
    rows = [
        (mute.story_id, mute.desk_id or "all", mute.at, mute.until or "it develops", stories[mute.story_id].title)
        for mute in mutes
    ]
    columns = ("story", "desk", "since", "until", "title")
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table(columns, rows, empty="no story is muted")


def _desk(desk_id: str | None) -> Desk:
    """Return the desk, or one with the clock of nobody in particular."""
    if desk_id is None:
        return Desk(id="", name="all desks")
    desks = load_rule_book(load_settings().rules_dir).desks
    if desk_id not in desks:
        raise InputError(f"no desk is called {desk_id}; desks are: {', '.join(desks) or 'none'}")
    return desks[desk_id]
