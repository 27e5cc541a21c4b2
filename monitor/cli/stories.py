"""`monitor stories …`: which articles are one story, and why."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from monitor.articles.signature import actors_of
from monitor.articles.stories import Grouper
from monitor.cli import mutes, stories_kept, stories_show
from monitor.cli.article_files import BadLine, read_articles
from monitor.cli.output import harmless
from monitor.model import Placement
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

    Each article is printed with its story (named by the story's first article), the article it reprints and the reason,
    as soon as nothing that comes can change them: when its minute is over. A bad line is reported with its place and
    the rest goes on; the exit code is then 1.
    """
    folder = rules or load_settings().rules_dir
    matcher = Matcher(load_rule_book(folder)) if rules is not None or folder.is_dir() else None
    grouper = Grouper()
    names: dict[int, str | int] = {}
    waiting: dict[int, Placement] = {}
    bad = 0

    def say(article_id: int) -> None:
        _print(article_id, waiting.pop(article_id), names, as_json=as_json)

    for found in read_articles(files):
        if isinstance(found, BadLine):
            sys.stderr.write(f"{found.place}: {found.why}\n")
            bad += 1
            continue
        article = found.article
        names[article.id] = found.id
        matches = matcher.match(document_of(article)).matches if matcher is not None else ()
        actors = actors_of(matches)
        placement = grouper.place(article, actors)
        story_id = placement.story_id or article.id
        grouper.add(replace(article, story_id=story_id, reprint_of=placement.reprint_of), actors, placement.gathers)
        waiting[article.id] = replace(placement, story_id=story_id)
        for moved in placement.gathers:
            because = f"as article {article.id} shows, which came in the same minute"
            waiting[moved] = replace(waiting[moved], story_id=story_id, because=because)
        for settled in [each for each in waiting if grouper.is_settled(each)]:
            say(settled)
    for left in list(waiting):
        say(left)
    raise typer.Exit(1 if bad else 0)


_ARTICLE = re.compile(r"\barticle (\d+)")


def _print(article_id: int, placement: Placement, names: Mapping[int, str | int], *, as_json: bool) -> None:
    """Print a line, in which articles have the names that the file gave them."""
    assert placement.story_id is not None
    reprint_of = None if placement.reprint_of is None else names[placement.reprint_of]
    reason = _ARTICLE.sub(lambda found: f"article {names.get(int(found[1]), found[1])}", placement.because)
    article, story = names[article_id], names[placement.story_id]
    if as_json:
        line = {"id": article, "story": story, "reprint_of": reprint_of, "reason": reason}
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    else:
        reprinted = "" if reprint_of is None else f"  (reprint of {reprint_of})"
        sys.stdout.write(harmless(f"{article}  story {story}{reprinted}  {reason}") + "\n")
