"""`monitor feeds add|remove|import|export`: the list itself. What is added stands in one rule file of its own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.feeds_look import discovered
from monitor.cli.feeds_state import keep_paused, paused_feeds
from monitor.errors import InputError, RuleBookError
from monitor.feeds.encoding import decode
from monitor.feeds.formats.opml import feed_id, read_opml, write_opml
from monitor.model import Feed
from monitor.period import format_period
from monitor.rules.files.load import load_rule_book
from monitor.settings import load_settings

ADDED = Path("feeds", "added.yaml")
"""The rule file, under the rules folder, that `add` and `remove` write; all others are only read."""
_HEAD = "# Written by `monitor feeds add`; edit it as you like.\nfeeds:\n"


def add(
    site: Annotated[str, typer.Argument(metavar="URL|SITE", help="A feed, or a page that names one.")],
    yes: Annotated[bool, typer.Option("--yes", help="Take the first feed that is found, without asking.")] = False,
) -> None:
    """Find a site's feed, show it, and add it to the rule files."""
    folder = load_settings().rules_dir
    feeds = load_rule_book(folder).feeds
    listed = {feed.url: feed.id for feed in feeds.values()}
    for found in discovered(site):
        typer.echo(f"{found['url']}  ({found['format']}, {found['entries']} entries; {found['because']})")
        for title in found["newest"]:
            typer.echo(f"    - {title}")
        if found["url"] in listed:
            typer.echo(f"    is {listed[found['url']]} already")
            continue
        if not yes and not typer.confirm("Add this feed?"):
            continue
        feed = Feed(
            id=feed_id(found["title"], found["url"], set(feeds)),
            url=found["url"],
            name=found["title"] or found["url"],
            language=found["language"].partition("-")[0].lower() if found["language"] else None,
        )
        _write(folder, _lines(folder) + _as_yaml([feed]))
        typer.echo(f"{feed.id} stands in {folder / ADDED}; its first poll is its baseline")
        return
    raise InputError(f"{site}: nothing was added")


def remove(feed: Annotated[str, typer.Argument(metavar="FEED")]) -> None:
    """Take out of the rule files a feed that `add` wrote. Its articles stay."""
    folder = load_settings().rules_dir
    if feed not in load_rule_book(folder).feeds:
        raise InputError(f"no feed is called {feed}; `monitor feeds list` names them all")
    lines = _lines(folder)
    kept = [line for line in lines if not line.startswith(f"  - {{id: {feed}, ")]
    if len(kept) == len(lines):
        raise InputError(f"{feed} does not stand in {folder / ADDED}: take it out of the rule file where it stands")
    _write(folder, kept)
    typer.echo(f"{feed} is no longer polled; its articles stay")


def import_opml(file: Path) -> None:
    """Print the feeds of an OPML list as a rule file. Those that are in the rule files already are left out."""
    try:
        text = decode(file.read_bytes(), {}).text
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}") from error
    found = read_opml(text, str(file))
    settings = load_settings()
    feeds = load_rule_book(settings.rules_dir).feeds
    listed, taken = {feed.url for feed in feeds.values()}, set(feeds)
    new, paused = list[Feed](), list[Feed]()
    for feed in found.feeds:
        if feed.url not in listed:
            free = feed_id(feed.id, feed.url, taken)
            taken.add(free)
            new.append(replace(feed, id=free))
            if feed.id in found.paused:
                paused.append(new[-1])
    typer.echo("feeds:" + ("" if new else " []"))
    for line in _as_yaml(new):
        typer.echo(line)
    for problem in found.problems:
        typer.echo(str(problem), err=True)
    typer.echo(f"{len(new)} new feeds, {len(found.feeds) - len(new)} known, {len(found.problems)} problems", err=True)
    if paused:
        keep_paused(settings, paused)
        typer.echo(f"paused, as they were there: {', '.join(feed.id for feed in paused)}", err=True)
    if found.problems:
        raise typer.Exit(1)


def export_opml(title: Annotated[str, typer.Option(help="The list's title.")] = "News monitor") -> None:
    """Print all feeds as an OPML list. Other programs read it, and `import` does without loss."""
    settings = load_settings()
    feeds = load_rule_book(settings.rules_dir).feeds
    typer.echo(write_opml(feeds.values(), title, paused_feeds(settings, list(feeds))), nl=False)


def _lines(folder: Path) -> list[str]:
    path = folder / ADDED
    return path.read_text("utf-8").splitlines() if path.exists() else _HEAD.splitlines()


def _write(folder: Path, lines: list[str]) -> None:
    """Write the file whole, and take it back when the rule files are no longer a book with it."""
    path = folder / ADDED
    before = path.read_bytes() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    if any(line.startswith("  - ") for line in lines):
        path.write_text("\n".join([*lines, ""]), "utf-8")
    else:
        path.unlink(missing_ok=True)
    try:
        load_rule_book(folder)
    except RuleBookError:
        if before is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(before)
        raise


def _as_yaml(feeds: Iterable[Feed]) -> list[str]:
    """Write each feed on a line; a JSON string is a YAML string."""
    lines = []
    for feed in feeds:
        parts = [
            f"id: {feed.id}",
            f"name: {_quoted(feed.name)}",
            f"url: {_quoted(feed.url)}",
            f"language: {feed.language}" if feed.language else "",
            f"tags: [{', '.join(feed.tags)}]" if feed.tags else "",
            f"every: {format_period(feed.every)}" if feed.every else "",
            "full_text: true" if feed.full_text else "",
            f"baseline_newest: {feed.baseline_newest}" if feed.baseline_newest else "",
        ]
        lines.append(f"  - {{{', '.join(filter(None, parts))}}}")
    return lines


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
