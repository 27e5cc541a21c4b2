"""`monitor stories …`: which articles are one story, and why."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from monitor.articles.signature import actors_of
from monitor.articles.stories import Grouper
from monitor.cli import mutes, stories_kept, stories_show
from monitor.cli.article_files import BadLine, read_articles
from monitor.cli.output import harmless
from monitor.rules.files.load import load_rule_book
from monitor.rules.matching.matcher import Matcher
from monitor.settings import load_settings
from monitor.text.document import document_of

app = typer.Typer(help="Stories: articles about one event, reprints included.", no_args_is_help=True)
app.command("list")(stories_kept.list_stories)
app.command()(stories_show.show)
app.command()(stories_kept.merge)
app.command()(stories_kept.split)
app.command()(mutes.mute)
app.command()(mutes.unmute)
app.command("mutes")(mutes.list_mutes)


@app.callback()
def stories() -> None:
    """Hold the commands of this group."""


@app.command()
def group(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…|-", help="Articles in order of arrival: JSON lines or text.")
    ],
    rules: Annotated[
        Path | None,
        typer.Option(help="Rule files whose actors join reports in other languages; by default the setting's."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON lines.")] = False,
) -> None:
    """Group the articles of plain files, without a database. They are taken in order of arrival.

    Each article is printed as soon as it is placed, with its story (named by the story's first article), the article it
    reprints and the reason. A bad line is reported with its place and the rest goes on; the exit code is then 1.
    """
    folder = rules or load_settings().rules_dir
    matcher = Matcher(load_rule_book(folder)) if rules is not None or folder.is_dir() else None
    grouper = Grouper()
    names: dict[int, str | int] = {}
    bad = 0
    for found in read_articles(files):
        if isinstance(found, BadLine):
            sys.stderr.write(f"{found.place}: {found.why}\n")
            bad += 1
            continue
        matches = matcher.match(document_of(found.article)).matches if matcher is not None else ()
        actors = actors_of(matches)
        placement = grouper.place(found.article, actors)
        story_id = placement.story_id or found.article.id
        names[found.article.id] = found.id
        grouper.add(replace(found.article, story_id=story_id, reprint_of=placement.reprint_of), actors)
        _print(
            found.id,
            names[story_id],
            None if placement.reprint_of is None else names[placement.reprint_of],
            placement.because,
            as_json=as_json,
        )
    raise typer.Exit(1 if bad else 0)


def _print(article: str | int, story: str | int, reprint_of: str | int | None, reason: str, *, as_json: bool) -> None:
    if as_json:
        line = {"id": article, "story": story, "reprint_of": reprint_of, "reason": reason}
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    else:
        reprinted = "" if reprint_of is None else f"  (reprint of {reprint_of})"
        sys.stdout.write(harmless(f"{article}  story {story}{reprinted}  {reason}") + "\n")
