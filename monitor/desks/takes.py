"""Which articles are a desk's business, by language, feed, tag, actor and hour; and why another is not.

Owns these conditions and their words. Refuses to know what a desk was told before (`routing`) and when it is told
(`schedule`): what is taken at 23:50 may well be told at 07:00.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.desks.schedule import is_between
from monitor.model import Article, Desk, Match
from monitor.text.fold import fold


def why_not_taken(desk: Desk, article: Article, matches: Sequence[Match], at: datetime) -> str:
    """Say why an article is not this desk's business, "" when it is.

    Args:
        desk: The desk.
        article: With its feed's tags among its own, and its feed's language where it has none.
        matches: Those of the rules that name the desk.
        at: When the article came.
    """
    takes = desk.takes
    if takes.languages and article.language and not any(_speaks(article.language, tag) for tag in takes.languages):
        return f"the article is in {article.language}; the desk takes {_listed(takes.languages)}"
    if takes.feeds and article.feed_id not in takes.feeds:
        return f"the article came by the feed {article.feed_id}; the desk takes {_listed(takes.feeds)}"
    if takes.tags and not {fold(tag).text for tag in takes.tags} & {fold(tag).text for tag in article.tags}:
        return f"neither the article nor its feed has the tag {_listed(takes.tags)}, which the desk takes"
    shown = {span.actor for match in matches for span in match.spans if span.actor}
    if takes.actors and not shown & set(takes.actors):
        return f"no match shows {_listed(takes.actors)}, of whom the desk hears"
    if takes.hours is not None and not is_between(desk, takes.hours, at):
        start, end = takes.hours
        came = at.astimezone(ZoneInfo(desk.timezone))
        return f"it came at {came:%H:%M}; the desk takes what comes from {start:%H:%M} to {end:%H:%M}"
    return ""


def _speaks(tag: str, wanted: str) -> bool:
    """Compare as RFC 4647 section 3.3.1 does (basic filtering): "pa" holds for "pa-Arab", not the other way."""
    subtags, asked = tag.replace("_", "-").lower().split("-"), wanted.lower().split("-")
    return subtags[: len(asked)] == asked


def _listed(names: Sequence[str]) -> str:
    return " or ".join(names)
