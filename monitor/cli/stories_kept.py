"""`monitor stories list`, `merge` and `split`: the stories of the database, and what a person decides of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from monitor.articles.lead import THE_FIRST
from monitor.articles.origins import origins_of
from monitor.cli.output import print_json, print_lines, print_table
from monitor.errors import InputError
from monitor.model import Alert, Article, Story
from monitor.period import parse_period
from monitor.pipeline import regroup
from monitor.rules.files.load import load_rule_book
from monitor.settings import load_settings
from monitor.store.sqlite import open_store

StoryId = Annotated[int, typer.Argument(metavar="STORY", help="As `monitor stories list` and `monitor why` name it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Because = Annotated[str, typer.Option("--because", help="Why, for those who look at the story later.")]
_BY_HAND = "by hand"


def list_stories(
    since: Annotated[str, typer.Option(help="Stories that an article joined in this time, such as 24h or 7d.")] = "24h",
    desk_id: Annotated[
        str | None, typer.Option("--desk", help="Only stories that this desk was told of or will be.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="How many, newest first; 0: all.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List stories, newest first, with their outlets and origins."""
    try:
        period = parse_period(since)
    except ValueError as error:
        raise InputError(f"--since: {error}") from error
    with open_store(load_settings().database, read_only=True) as store:
        stories = store.stories.since(datetime.now(UTC) - period)
        told = store.alerts.told_of(story.id for story in stories)
        if desk_id is not None:
            told = {id_: mine for id_, all_ in told.items() if (mine := [a for a in all_ if a.desk_id == desk_id])}
            stories = [story for story in stories if story.id in told]
        shown = stories[: limit or None]
        members = store.stories.members_of(story.id for story in shown)
    rows = [_row(story, members[story.id], told.get(story.id, ())) for story in shown]
    columns = ("story", "first", "articles", "outlets", "origins", "severity", "desks", "title")
    if as_json:
        print_json(
            [
                {
                    **dict(zip(columns, row, strict=True)),
                    "lead": story.lead_article_id,
                    "lead_because": story.lead_because or THE_FIRST,
                }
                for story, row in zip(shown, rows, strict=True)
            ]
        )
        return
    which = "no story" if desk_id is None else f"no story of desk {desk_id}"
    print_table(columns, rows, empty=f"{which} had a new article in {since}", right=columns[2:5])
    if len(stories) > len(shown):
        print_lines([f"… and {len(stories) - len(shown)} more (--limit 0 shows all)"])


def _row(story: Story, members: Sequence[Article], alerts: Sequence[Alert]) -> tuple[object, ...]:
    return (
        story.id,
        members[0].first_seen_at,
        len(members),
        story.outlets,
        origins_of(members).origins,
        max((alert.severity for alert in alerts), key=lambda severity: severity.rank, default=None),
        len({alert.desk_id for alert in alerts}),
        story.title,
    )


def merge(
    story_id: StoryId,
    other_ids: Annotated[list[int], typer.Argument(metavar="OTHER…", help="Stories that become part of it.")],
    because: Because = _BY_HAND,
) -> None:
    """Make one story of several. A daemon that runs follows at its next poll. What was told is not told again."""
    now, settings = datetime.now(UTC), load_settings()
    desks = load_rule_book(settings.rules_dir).desks
    with open_store(settings.database) as store, store.unit_of_work():
        for other_id in dict.fromkeys(other_ids):
            regroup.merge(store, story_id, other_id, desks=desks, because=because, now=now)
        members = len(store.stories.members(story_id))
    typer.echo(f"story {story_id} has {members} articles now")


def split(
    story_id: StoryId,
    article_ids: Annotated[list[int], typer.Argument(metavar="ARTICLE…", help="As `stories show` names them.")],
    because: Because = _BY_HAND,
) -> None:
    """Make articles of a story a story of their own. Desks that were not told of one of them will be."""
    settings = load_settings()
    desks = load_rule_book(settings.rules_dir).desks
    with open_store(settings.database) as store, store.unit_of_work():
        new_id, raised = regroup.split(
            store, story_id, article_ids, desks=desks, because=because, now=datetime.now(UTC)
        )
    told = ", ".join(alert.desk_id for alert in raised) or "nobody"
    number = len(set(article_ids))
    of = "1 article" if number == 1 else f"{number} articles"
    typer.echo(f"story {new_id} is made of {of} of story {story_id}; to be told: {told}")
