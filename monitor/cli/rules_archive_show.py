"""What the archive says of the rules, as people and programs read it. Owns the layout and decides nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.text import Text

from monitor.cli.output import console, counted, print_table
from monitor.desks.excerpt import Runs, one_line, plain
from monitor.model import Alert
from monitor.rules.matching.matcher import RuleFault
from monitor.rules.tuning.backtest import RuleChange
from monitor.workbench.effects import Backtest, DeskEffect, Outcome, RuleEffect, Shown, StoryEffect

_SIGNS = {Outcome.GAINED: "+", Outcome.LOST: "−", Outcome.CHANGED: "~", Outcome.KEPT: "="}
_STYLES = {Outcome.GAINED: "bold green", Outcome.LOST: "bold red", Outcome.CHANGED: "bold yellow", Outcome.KEPT: "dim"}
_CHANGES = {
    RuleChange.ADDED: "added",
    RuleChange.REMOVED: "removed",
    RuleChange.MEANING: "edited",
    RuleChange.WORDING: "title or desks edited",
    RuleChange.SAME: "same words",
}


def print_backtest(found: Backtest, *, before: str, after: str, limit: int, is_same: bool) -> None:
    """Print rules, then stories by outcome, then desks, then one line that sums it up.

    Args:
        found: The comparison.
        before: Where the live book is from.
        after: Where the edited one is from.
        limit: How many stories of each outcome; 0 for all.
        is_same: Both books mean the same.
    """
    out = console()
    days = f"{found.days:.1f}".rstrip("0").rstrip(".")
    articles = counted(found.articles, "article")
    out.print(Text(f"{articles} of {days} {'day' if days == '1' else 'days'}, since {found.since:%Y-%m-%d %H:%M}Z"))
    out.print(Text(f"before: {before}    after: {after}"), soft_wrap=True)
    if found.feeds_gained or found.feeds_lost:
        told = f"{len(found.feeds_lost)} only before, {len(found.feeds_gained)} only after"
        out.print(Text(f"feeds: {told}; what they alone brought counts for that book alone", style="dim"))
    if is_same:
        out.print(Text("both books mean the same; name what the live rules are with --against", style="bold"))
    out.print()
    print_table(
        ("rule", "edit", "articles", "gained", "lost", "stories", "gained", "lost"),
        [_rule_row(rule) for rule in found.rules],
        empty="no rule means another thing",
    )
    for outcome in (Outcome.GAINED, Outcome.LOST, Outcome.CHANGED):
        stories = found.of(outcome)
        if stories:
            out.print()
            out.print(Text(f"{outcome}: {counted(len(stories), 'story', 'stories')}", style=_STYLES[outcome]))
            for story in stories[: limit or None]:
                _print_story(out, story)
            if limit and len(stories) > limit:
                out.print(Text(f"  … and {len(stories) - limit} more (--limit 0 shows all)", style="dim"))
    out.print()
    print_table(
        ("desk", "alerts a day", "in all", "at once a day", "in all", "stories gained", "stories lost"),
        [_desk_row(desk, found.days) for desk in found.desks],
        empty="no desks",
    )
    for which, faults in (("before", found.muted_before), ("after", found.muted_after)):
        _print_faults(which, faults)
    if found.held_before or found.held_after:
        told = f"held, until somebody releases or drops it: {counted(found.held_before, 'article', 'articles')} before"
        out.print(Text(f"{told}, {found.held_after} after", style="dim"), soft_wrap=True)
    counts = Counter(story.outcome for story in found.stories)
    out.print()
    said = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome)
    felt = [desk.name for desk in found.desks if _is_felt(desk)]
    out.print(Text(f"stories: {said}; {'felt by ' + ', '.join(felt) if felt else 'no desk feels it'}", style="bold"))


def backtest_record(found: Backtest, *, before: str, after: str) -> dict[str, Any]:
    """Return a comparison as `rules backtest --json` prints it."""
    return {
        "before": before,
        "after": after,
        "since": found.since,
        "until": found.until,
        "days": found.days,
        "articles": found.articles,
        "feeds_gained": found.feeds_gained,
        "feeds_lost": found.feeds_lost,
        "held_before": found.held_before,
        "held_after": found.held_after,
        "rules": [asdict(rule) for rule in found.rules],
        "stories": [
            {
                "story": story.story_id,
                "title": story.title,
                "outcome": story.outcome,
                "stories_before": story.stories_before,
                "stories_after": story.stories_after,
                "rules_before": story.rules_before,
                "rules_after": story.rules_after,
                "alerts_before": [_alert_record(alert) for alert in story.alerts_before],
                "alerts_after": [_alert_record(alert) for alert in story.alerts_after],
                "shown": None if story.shown is None else _shown_record(story.shown),
            }
            for story in found.stories
        ],
        "desks": [
            {
                **asdict(desk),
                "alerts_a_day_before": round(desk.alerts_before / found.days, 2),
                "alerts_a_day_after": round(desk.alerts_after / found.days, 2),
            }
            for desk in found.desks
        ],
        "muted_before": [asdict(fault) for fault in found.muted_before],
        "muted_after": [asdict(fault) for fault in found.muted_after],
    }


def marked(runs: Runs) -> Text:
    """Return quoted text with its hits marked: in colour on a terminal, between « and » elsewhere."""
    opening, closing = ("", "") if console().is_terminal else ("«", "»")
    text = Text()
    for run in runs:
        if run.is_hit:
            text.append(opening + run.text + closing, style="black on yellow")
        else:
            text.append(run.text)
    return text


def _print_story(out: Console, story: StoryEffect) -> None:
    line = Text().append(f"  {_SIGNS[story.outcome]} ", style=_STYLES[story.outcome])
    line.append(one_line(story.title), style="bold")
    line.append(f"  (story {story.story_id}; {_rules(story)})", style="dim")
    out.print(line, soft_wrap=True)
    shown = story.shown
    if shown is not None:
        place = f"      {shown.feed_id} {shown.at:%d %b %H:%M}Z, article {shown.article_id}: "
        out.print(Text().append(place, style="dim").append_text(marked(shown.headline)), soft_wrap=True)
        if any(run.is_hit for run in shown.sentence):
            out.print(Text("      ").append_text(marked(shown.sentence)), soft_wrap=True)
    if story.stories_before and story.stories_after and story.stories_before != story.stories_after:
        were = counted(story.stories_before, "story", "stories")
        out.print(Text(f"      grouped as {were} before, as {story.stories_after} after"), soft_wrap=True)
    told = _told(story)
    if told:
        out.print(Text(f"      {told}"), soft_wrap=True)


def _rules(story: StoryEffect) -> str:
    was, now = set(story.rules_before), set(story.rules_after)
    parts = [f"+{rule}" for rule in sorted(now - was)]
    parts += [f"−{rule}" for rule in sorted(was - now)]
    parts += sorted(now & was)
    return ", ".join(parts)


def _told(story: StoryEffect) -> str:
    """Say which alerts come and which go; those that both books raise are left out."""
    was, now = Counter(map(_in_short, story.alerts_before)), Counter(map(_in_short, story.alerts_after))
    come, gone = (sorted(more.elements(), key=_desk_of) for more in (now - was, was - now))  # of a desk by time
    if come or gone:
        said = [f"told: {', '.join(come)}"] if come else []
        said += [f"no longer told: {', '.join(gone)}"] if gone else []
        return "; ".join(said)
    if story.outcome is Outcome.GAINED:
        return "nobody is told: it stood in the feed before it was watched, or the rule names no desk"
    return ""


def _in_short(alert: Alert) -> str:
    return f"{alert.desk_id} ({alert.kind}, {alert.severity})"


def _desk_of(in_short: str) -> str:
    return in_short.partition(" ")[0]


def _rule_row(rule: RuleEffect) -> Sequence[object]:
    return (
        rule.rule_id,
        _CHANGES[rule.change],
        rule.articles_before,
        _signed(rule.articles_gained),
        _signed(-rule.articles_lost),
        rule.stories_before,
        _signed(rule.stories_gained),
        _signed(-rule.stories_lost),
    )


def _desk_row(desk: DeskEffect, days: float) -> Sequence[object]:
    return (
        desk.name,
        f"{desk.alerts_before / days:.1f} → {desk.alerts_after / days:.1f}",
        _signed(desk.alerts_after - desk.alerts_before),
        f"{desk.at_once_before / days:.1f} → {desk.at_once_after / days:.1f}",
        _signed(desk.at_once_after - desk.at_once_before),
        _signed(desk.stories_gained),
        _signed(-desk.stories_lost),
    )


def _is_felt(desk: DeskEffect) -> bool:
    return bool(
        desk.alerts_after != desk.alerts_before
        or desk.at_once_after != desk.at_once_before
        or desk.stories_gained
        or desk.stories_lost
    )


def _print_faults(which: str, faults: Iterable[RuleFault]) -> None:
    for fault in faults:
        console().print(Text(f"muted {which}: {fault.rule_id}: {fault.because}", style="bold red"), soft_wrap=True)


def _alert_record(alert: Alert) -> dict[str, Any]:
    return {
        "desk": alert.desk_id,
        "kind": alert.kind,
        "severity": alert.severity,
        "rules": alert.rule_ids,
        "article": alert.article_id,
        "at": alert.created_at,
        "because": alert.because,
    }


def _shown_record(shown: Shown) -> dict[str, Any]:
    return {
        "article": shown.article_id,
        "feed": shown.feed_id,
        "url": shown.url,
        "at": shown.at,
        "headline": plain(shown.headline),
        "sentence": plain(shown.sentence),
        "hits": [run.text for run in (*shown.headline, *shown.sentence) if run.is_hit],
    }


def _signed(count: int) -> str:
    return f"+{count}" if count > 0 else f"−{-count}" if count < 0 else ""
