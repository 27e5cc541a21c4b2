"""What rules did over the archive, as people and programs read it. Owns the layout and counts nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from rich.text import Text

from monitor.cli.output import console, print_table
from monitor.rules.tuning.precision import Precision
from monitor.rules.tuning.stats import Overlap, Statistics, TermUse

OVERLAPS_FROM = 0.5
"""Share of the smaller rule's articles from which two rules are printed as overlapping; `--json` has every pair."""
TERMS_IN_A_LINE = 12


def print_statistics(
    found: Statistics, precision: Mapping[str, Precision], *, since: datetime, all_terms: bool
) -> None:
    """Print rules, dead clauses, terms without a part and overlaps.

    Args:
        found: What was counted.
        precision: What became of what was told, by rule.
        since: When the period began.
        all_terms: Print every term with its numbers, not only those that had no part.
    """
    out = console()
    out.print(Text(f"{found.articles} articles since {since:%Y-%m-%d %H:%M}Z"))
    out.print()
    print_table(
        ("rule", "articles", "stories", "told", "judged", "relevant", "precision", "last hit", "clauses", "dead"),
        [
            (
                rule.rule_id,
                rule.articles,
                rule.stories,
                *_precision_cells(precision.get(rule.rule_id, Precision())),
                rule.last_at,
                len(rule.clauses),
                len(rule.dead) or "",
            )
            for rule in sorted(found.rules, key=lambda rule: -rule.articles)
        ],
        empty="no rules",
    )
    if found.never_fired:
        out.print()
        out.print(Text("never fired: ", style="bold yellow").append(", ".join(found.never_fired), style="not bold"))
    for rule in found.rules:
        for clause in rule.dead:
            out.print(Text(f"dead in {rule.rule_id}: ", style="bold").append(clause, style="not bold"), soft_wrap=True)
    out.print()
    if all_terms:
        print_table(
            ("owner", "term", "stands in", "shown in", "last"),
            [(use.term.owner, use.term.term, use.articles, use.shown, use.last_at) for use in found.terms],
            empty="no terms",
        )
    else:
        _print_idle("never stood in an article", (use for use in found.terms if not use.articles))
        _print_idle("stood there, and no match shows it", (u for u in found.terms if u.articles and not u.shown))
    overlapping = [pair for pair in found.overlaps if max(pair.share_of_one, pair.share_of_other) >= OVERLAPS_FROM]
    for pair in overlapping:
        out.print(Text("overlap: ", style="bold").append(_overlap(pair), style="not bold"), soft_wrap=True)
    for fault in found.muted:
        out.print(Text(f"muted: {fault.rule_id}: {fault.because}", style="bold red"), soft_wrap=True)


def statistics_record(found: Statistics, precision: Mapping[str, Precision], *, since: datetime) -> dict[str, Any]:
    """Return statistics as `rules stats --json` prints them."""
    return {
        "since": since,
        "articles": found.articles,
        "rules": [
            {
                "rule": rule.rule_id,
                "title": rule.title,
                "articles": rule.articles,
                "stories": rule.stories,
                **_precision_record(precision.get(rule.rule_id, Precision())),
                "last_at": rule.last_at,
                "clauses": [{"clause": use.clause, "articles": use.articles} for use in rule.clauses],
                "dead": rule.dead,
            }
            for rule in found.rules
        ],
        "terms": [
            {
                "owner": use.term.owner,
                "term": use.term.term,
                "articles": use.articles,
                "shown": use.shown,
                "last_at": use.last_at,
            }
            for use in found.terms
        ],
        "overlaps": [
            {
                "rules": [pair.one, pair.other],
                "articles": pair.articles,
                "shares": [round(pair.share_of_one, 4), round(pair.share_of_other, 4)],
            }
            for pair in found.overlaps
        ],
        "never_fired": found.never_fired,
        "muted": [{"rule": fault.rule_id, "because": fault.because} for fault in found.muted],
    }


def _precision_cells(precision: Precision) -> tuple[object, ...]:
    if not precision.judged:
        return precision.told or "", "", "", ""
    shown = "too few to say"
    if precision.share is not None and precision.interval is not None:
        low, high = precision.interval
        shown = f"{precision.share:.0%} ({low:.0%} to {high:.0%})"
    disputed = f" ({precision.disputed} disputed)" if precision.disputed else ""
    return precision.told, f"{precision.judged}{disputed}", precision.relevant, shown


def _precision_record(precision: Precision) -> dict[str, Any]:
    interval = precision.interval
    return {
        "told": precision.told,
        "judged": precision.judged,
        "relevant": precision.relevant,
        "disputed": precision.disputed,
        "precision": None if precision.share is None else round(precision.share, 4),
        "interval": None if interval is None else [round(bound, 4) for bound in interval],
    }


def _print_idle(what: str, uses: Iterable[TermUse]) -> None:
    """Print terms by their owner, a line each."""
    by_owner: dict[str, list[str]] = {}
    for use in uses:
        count = f" ({use.articles})" if use.articles else ""
        by_owner.setdefault(use.term.owner, []).append(f"{use.term.term}{count}")
    if not by_owner:
        return
    out = console()
    out.print(Text(f"{what}:", style="bold"))
    for owner, terms in by_owner.items():
        more = f" … and {len(terms) - TERMS_IN_A_LINE} more (--terms)" if len(terms) > TERMS_IN_A_LINE else ""
        shown = ", ".join(terms[:TERMS_IN_A_LINE])
        out.print(Text(f"    {owner}  ", style="cyan").append(shown + more, style="default"), soft_wrap=True)


def _overlap(pair: Overlap) -> str:
    return (
        f"{pair.one} and {pair.other} in {pair.articles} articles: "
        f"{pair.share_of_one:.0%} of {pair.one}, {pair.share_of_other:.0%} of {pair.other}"
    )
