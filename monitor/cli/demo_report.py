"""Print the outcome of the sample day for people: what was polled, what matched and why, what did not, who was told.

It reads `monitor.demo.outcome` and decides nothing. Text from feeds is data here: it is never read as markup.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from monitor.cli.output import write_table
from monitor.demo.outcome import (
    AlertPlayed,
    ArticlePlayed,
    DeliveryPlayed,
    DigestPlayed,
    FeedPlayed,
    LookalikeJudged,
    Outcome,
)
from monitor.desks.excerpt import Runs, headline, isolate, matched_sentence
from monitor.model import AlertKind, ChannelKind, DeliveryState, Severity, Span

_SEVERITY_STYLE = {
    Severity.URGENT: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.NORMAL: "bold yellow",
    Severity.LOW: "bold cyan",
}
_Row = tuple[str, str, str, Text, Text]
_HIT = "bold black on yellow"
_SENTENCE = 220
_TITLE = 110


def print_outcome(outcome: Outcome, console: Console) -> None:
    """Print the whole report."""
    console.print(_summary(outcome))
    _heading(console, "What was polled")
    _print_polled(console, outcome)
    _heading(console, "What matched, and why")
    for alerts, articles in _stories(outcome):
        _print_story(console, outcome, alerts, articles)
    _heading(console, "What looks like it and did not match, and why")
    _print_lookalikes(console, outcome)
    _heading(console, "What each desk got, and when")
    _print_told(console, outcome)
    _print_waiting(console, outcome)
    _print_files(console, outcome)
    for fault in outcome.faults:
        console.print(Text(f"NOT AS IT SHOULD BE: {fault}", style="bold red"))


def _heading(console: Console, text: str) -> None:
    console.print()
    console.print(Text(text, style="bold"))


def _summary(outcome: Outcome) -> Text:
    polls = sum(feed.polls for feed in outcome.feeds)
    told = len({alert.story_id for alert in outcome.alerts})
    return Text(
        f"{outcome.start:%A, %d %B %Y} in {outcome.seconds:.1f} s: {len(outcome.feeds)} feeds, {polls} polls, "
        f"{outcome.entries} entries published, {outcome.articles} articles; {len(outcome.matched)} matched in "
        f"{told} stories that were told, in {len(outcome.digests)} digests and {len(outcome.received)} messages; "
        f"nothing left this machine.",
        style="bold",
    )


# --- polls ------------------------------------------------------------------------------------------------------------


def _print_polled(console: Console, outcome: Outcome) -> None:
    numbers = ("polls", "304", "same", "read", "failed", "articles", "matched")
    columns = ("feed", *numbers, "format", "language", "trouble")
    write_table(console, columns, (_feed_row(feed, outcome) for feed in outcome.feeds), right=numbers)


def _feed_row(feed: FeedPlayed, outcome: Outcome) -> Sequence[object]:
    return (
        Text(isolate(feed.name)),
        feed.polls,
        _count(feed.outcomes.get("not-modified", 0)),
        _count(feed.outcomes.get("same-body", 0)),
        _count(sum(feed.outcomes.get(word, 0) for word in ("new", "baseline", "unchanged"))),
        _count(len(feed.troubles)),
        feed.new,
        _count(feed.matched),
        f"{feed.format}, {feed.encoding.removesuffix('-sig')}",
        feed.language,
        Text(_trouble(feed, outcome.start), style="red"),
    )


def _count(number: int) -> str:
    return str(number) if number else "·"


def _trouble(feed: FeedPlayed, start: datetime) -> str:
    if not feed.troubles:
        return ""
    times = [_local(at, start) for at, _, _ in feed.troubles]
    words = ", ".join(dict.fromkeys(status for _, status, _ in feed.troubles))
    return f"{words} at {times[0]}" if len(times) == 1 else f"{words}, {times[0]} to {times[-1]}"


# --- matches ----------------------------------------------------------------------------------------------------------


def _stories(outcome: Outcome) -> Iterable[tuple[Sequence[AlertPlayed], Sequence[ArticlePlayed]]]:
    """Give each story that matched with its alerts and its articles, in order of arrival."""
    order = dict.fromkeys(article.story_id for article in outcome.matched)
    for story_id in order:
        yield (
            [alert for alert in outcome.alerts if alert.story_id == story_id],
            [article for article in outcome.matched if article.story_id == story_id],
        )


def _print_story(
    console: Console, outcome: Outcome, alerts: Sequence[AlertPlayed], articles: Sequence[ArticlePlayed]
) -> None:
    lead = articles[0]
    spans = [
        span
        for match in lead.matches
        for span in match.spans
        if (lead.title if span.field == "title" else lead.body)[span.start : span.end] == span.text
    ]
    severity = max((match.severity for match in lead.matches), key=lambda severity: severity.rank)
    first = Text()
    first.append(f" {severity.value.upper()} ", _SEVERITY_STYLE[severity])
    first.append(" ")
    first.append_text(_marked(headline(lead.title, spans, limit=_TITLE)) or Text(lead.title))
    console.print(first)
    lines = []
    quoted = _marked(matched_sentence(lead.body, spans, limit=_SENTENCE))
    if quoted:
        lines.append(quoted)
    lines.append(Text(f"{_local(lead.first_seen_at, outcome.start)} {isolate(lead.outlet)}; {_company(articles)}"))
    lines += [Text(f"{match.title}: {_evidence(match.spans)}", style="green") for match in lead.matches]
    lines += [Text(line, style="cyan") for line in _why_told(alerts, outcome)]
    if lead.is_baseline:
        lines.append(Text("not told: it stood in the feed before the first poll (baseline)", style="dim"))
    for line in lines:
        console.print(Padding(line, (0, 0, 0, 4)))
    console.print()


def _marked(runs: Runs) -> Text:
    text = Text()
    for run in runs:
        text.append(run.text, _HIT if run.is_hit else "")
    return text


def _company(articles: Sequence[ArticlePlayed]) -> str:
    others = articles[1:]
    if not others:
        return "one outlet"
    named = ", ".join(
        f"{isolate(article.outlet)} ({'reprint' if article.reprint_of is not None else 'same event'})"
        for article in others
    )
    return f"also in {named}"


def _evidence(spans: Iterable[Span]) -> str:
    """Name each term once, with what stands in the text where that differs."""
    found: dict[str, None] = {}
    for span in spans:
        term = f"{span.actor} as “{span.term}”" if span.actor else f"“{span.term}”"
        found[isolate(term)] = None
    return ", ".join(found)


def _why_told(alerts: Sequence[AlertPlayed], outcome: Outcome) -> Iterable[str]:
    """Say who was told when and why; desks that were told for one reason stand in one line."""
    told: dict[tuple[datetime, str, str], list[str]] = {}
    for alert in alerts:
        kind = "developed" if alert.kind is AlertKind.DEVELOPED else "new"
        digest = next((digest for digest in outcome.digests if digest.digest_id == alert.digest_id), None)
        when = f"told at {_local(digest.at, outcome.start)}" if digest else "waits for the next digest"
        desk = outcome.desk_names.get(alert.desk_id, alert.desk_id)
        told.setdefault((alert.at, kind, alert.because), []).append(f"{desk} {when}")
    for (at, kind, because), desks in told.items():
        yield f"→ {kind} at {_local(at, outcome.start)}, {because}; {', '.join(desks)}"


def _print_lookalikes(console: Console, outcome: Outcome) -> None:
    for rule_id in dict.fromkeys(judged.rule_id for judged in outcome.lookalikes):
        console.print(Text(f"  not “{outcome.rule_titles.get(rule_id, rule_id)}”:", style="bold green"))
        for judged in outcome.lookalikes:
            if judged.rule_id == rule_id:
                _print_lookalike(console, outcome, judged)


def _print_lookalike(console: Console, outcome: Outcome, judged: LookalikeJudged) -> None:
    console.print(Padding(Text(isolate(judged.title)), (0, 0, 0, 2)))
    line = Text(f"{judged.is_what}: ", style="dim")
    line.append(judged.because, "not dim" if judged.stayed_out else "not dim bold red")
    for other in judged.other_rules:
        line.append(f"; it is “{outcome.rule_titles.get(other, other)}”", "not dim cyan")
    console.print(Padding(line, (0, 0, 0, 6)))


# --- desks ------------------------------------------------------------------------------------------------------------


def _print_told(console: Console, outcome: Outcome) -> None:
    rows = [(digest.at, _digest_row(digest, outcome)) for digest in outcome.digests]
    rows += [row for notice in outcome.notices for row in _notice_row(notice, outcome)]
    rows.sort(key=lambda row: row[0])
    write_table(console, ("at", "desk", "stories", "subject", "to"), (row for _, row in rows), right=("stories",))


def _digest_row(digest: DigestPlayed, outcome: Outcome) -> _Row:
    return (
        _local(digest.at, outcome.start),
        outcome.desk_names.get(digest.desk_id, digest.desk_id),
        str(digest.stories),
        Text(isolate(digest.subject)),
        _recipients(digest, outcome.start),
    )


def _notice_row(notice: DeliveryPlayed, outcome: Outcome) -> Iterable[tuple[datetime, _Row]]:
    for received in outcome.received:
        if received.message_id == notice.message_id:
            subject = Text(received.subject, style="magenta")
            at = _local(received.at, outcome.start)
            yield received.at, (at, "operator", "", subject, _recipient(notice, outcome.start))


def _recipients(digest: DigestPlayed, start: datetime) -> Text:
    return Text("\n").join(_recipient(delivery, start) for delivery in digest.deliveries)


def _recipient(delivery: DeliveryPlayed, start: datetime) -> Text:
    name = delivery.recipient if delivery.channel is ChannelKind.EMAIL else f"Slack {delivery.recipient}"
    part = f" {delivery.part}/{delivery.parts}" if delivery.parts > 1 else ""
    line = Text(f"{name}{part} ")
    if delivery.state is DeliveryState.SENT:
        line.append("sent", "green")
    else:
        line.append(f"{delivery.state.value}: {delivery.detail}", "bold red")
    if delivery.attempts > 1:
        at, _, detail = next(
            (entry for entry in delivery.history if entry[2] and entry[1] not in ("claimed", "accepted")),
            (delivery.history[-1] if delivery.history else (start, "", "")),
        )
        line.append(f" at the {_ordinal(delivery.attempts)} attempt ({detail} at {_local(at, start)})", "yellow")
    return line


def _ordinal(number: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th")


def _print_waiting(console: Console, outcome: Outcome) -> None:
    waiting = [alert for alert in outcome.alerts if alert.digest_id is None]
    for alert in waiting:
        desk = outcome.desk_names.get(alert.desk_id, alert.desk_id)
        console.print(Text(f"waits for the next digest of the {desk}: {alert.title}", style="cyan"))
    if not outcome.repeats:
        console.print(Text("No message was sent twice.", style="green"))


# --- files ------------------------------------------------------------------------------------------------------------


def _print_files(console: Console, outcome: Outcome) -> None:
    if not outcome.files:
        return
    _heading(console, "Files to open")
    for _, paths in groupby(outcome.files, key=lambda path: path.name.partition(".")[0]):
        names = Text("  ".join(_shown(path) for path in paths))
        console.print(names, overflow="ignore", soft_wrap=not console.is_terminal)


def _shown(path: Path) -> str:
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def _local(at: datetime, start: datetime) -> str:
    assert isinstance(start.tzinfo, ZoneInfo)
    local = at.astimezone(start.tzinfo)
    return f"{local:%H:%M}" if local.date() == start.date() else "24:00" if local.hour == 0 else f"{local:%d %b %H:%M}"
