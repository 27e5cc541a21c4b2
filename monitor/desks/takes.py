"""Which articles are a desk's business, by language, feed, tag, actor and hour; and why another is not.

An article is weighed once, when it comes: of its feeds the one that had it first counts, and another that has it later
changes nothing. Owns these conditions and their words. Refuses to know what a desk was told before (`routing`) and when
it is told (`schedule`): what is taken at 23:50 may well be told at 07:00.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.desks.schedule import is_between
from monitor.model import Article, Desk, Match, Takes
from monitor.text.fold import fold


def why_not_taken(desk: Desk, article: Article, matches: Sequence[Match], at: datetime) -> str:
    """Say why an article is not this desk's business, "" when it is.

    Args:
        desk: The desk.
        article: With its feed's tags among its own, and its feed's language where it has none.
        matches: Those of the rules that name the desk.
        at: When the article came.
    """
    shown = {span.actor for match in matches for span in match.spans if span.actor}
    kind = ArticleKind(article.language, article.feed_id, article.tags, tuple(shown))
    return why_kind_not_taken(desk, kind, at, unknown_is_taken=False)


@dataclass(frozen=True, slots=True)
class ArticleKind:
    """What a desk's conditions look at."""

    language: str | None = None
    feed_id: str | None = None
    tags: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()


def why_kind_not_taken(desk: Desk, kind: ArticleKind, at: datetime, *, unknown_is_taken: bool = True) -> str:
    """Say why articles of a kind are not this desk's business, "" when they are.

    Args:
        desk: The desk.
        kind: What is known of the articles.
        at: When they come.
        unknown_is_taken: Whether a feed, tags or actors that are not known meet their conditions, as when somebody
            asks what would be. A language that nobody knows always does.
    """
    takes = desk.takes
    if takes.languages and kind.language and not any(_speaks(kind.language, tag) for tag in takes.languages):
        return f"the article is in {kind.language}; the desk takes {_listed(takes.languages)}"
    if takes.feeds and kind.feed_id not in takes.feeds and not (unknown_is_taken and kind.feed_id is None):
        return (
            f"the article came first by the feed {kind.feed_id}; the desk takes what {_listed(takes.feeds)} had first"
        )
    tags = {fold(tag).text for tag in kind.tags}
    if takes.tags and not {fold(tag).text for tag in takes.tags} & tags and not (unknown_is_taken and not tags):
        return f"neither the article nor its feed has the tag {_listed(takes.tags)}, which the desk takes"
    if takes.actors and not set(takes.actors) & set(kind.actors) and not (unknown_is_taken and not kind.actors):
        return f"no match shows {_listed(takes.actors)}, of whom the desk hears"
    if takes.hours is not None and not is_between(desk, takes.hours, at):
        came = at.astimezone(ZoneInfo(desk.timezone))
        return f"it came at {came:%H:%M}; the desk takes what comes from {_hours(takes)}"
    return ""


def takes_text(desk: Desk) -> str:
    """Write a desk's conditions and its floor in a few words, "" when there are none."""
    takes = desk.takes
    lists = {"language": takes.languages, "feed": takes.feeds, "tag": takes.tags, "actor": takes.actors}
    said = [f"{name} {_listed(names)}" for name, names in lists.items() if names]
    if takes.hours is not None:
        said.append(_hours(takes))
    if desk.floor.rank:
        said.append(f"{desk.floor} and above")
    return ", ".join(said)


def _hours(takes: Takes) -> str:
    assert takes.hours is not None
    return " to ".join(f"{edge:%H:%M}" for edge in takes.hours)


def _speaks(tag: str, wanted: str) -> bool:
    """Compare as RFC 4647 section 3.3.1 does (basic filtering): "pa" holds for "pa-Arab", not the other way."""
    subtags, asked = tag.replace("_", "-").lower().split("-"), wanted.lower().split("-")
    return subtags[: len(asked)] == asked


def _listed(names: Sequence[str]) -> str:
    return " or ".join(names)
