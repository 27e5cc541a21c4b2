"""What could be added to the rules, as people and programs read it. Owns the layout and proposes nothing itself."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from rich.text import Text

from monitor.cli.output import console, counted
from monitor.cli.rules_archive_show import marked
from monitor.cli.rules_show import shortened
from monitor.desks.excerpt import one_line, plain
from monitor.rules.book import Place
from monitor.rules.files.load import LoadedBook
from monitor.rules.tuning.suggest import Suggestion
from monitor.workbench.suggest import Suggestions


def print_suggestions(found: Suggestions, loaded: LoadedBook, *, limit: int) -> None:
    """Print proposals by the list they would stand in, then near misses.

    Args:
        found: What came of the search.
        loaded: The book with the places of its lists.
        limit: How many near misses; 0 for all.
    """
    out = console()
    out.print(
        Text(
            f"{counted(found.articles, 'article')}; {counted(found.stories, 'story', 'stories')} of which some reports"
            " match and others do not"
        )
    )
    for _, group in groupby(
        found.proposals, key=lambda proposal: (proposal.suggestion.owner, proposal.suggestion.clause)
    ):
        proposals = list(group)
        first = proposals[0].suggestion
        place = place_of(first, loaded)
        out.print()
        head = Text().append(f"{place.file}:{place.line}:{place.column}: ", style="bold")
        head.append(
            f"{shortened(first.clause)} is what {first.misses} report{'' if first.misses == 1 else 's'} lack"
            f"{'s' if first.misses == 1 else ''} of {', '.join(first.rule_ids)}; they say instead",
            style="default",
        )
        out.print(head, soft_wrap=True)
        for proposal in proposals:
            suggestion = proposal.suggestion
            line = Text("    ").append(suggestion.yaml, style="bold green")
            line.append(
                f"    # {suggestion.articles} of {suggestion.misses} reports,"
                f" {counted(suggestion.stories, 'story', 'stories')};"
                f" elsewhere {suggestion.elsewhere} of {suggestion.others}",
                style="dim",
            )
            out.print(line, soft_wrap=True)
            for quoted in proposal.evidence:
                where = f"        {quoted.feed_id} {quoted.at:%d %b %H:%M}Z, article {quoted.article_id}: "
                out.print(Text().append(where, style="dim").append_text(marked(quoted.runs)), soft_wrap=True)
    if not found.proposals:
        out.print(Text("nothing to propose"))
    if found.near_misses:
        out.print()
        out.print(Text("missed by one clause, in stories that matched:", style="bold"))
        for near in found.near_misses[: limit or None]:
            because = f"  {near.miss.because}" if near.miss.because else ""
            line = Text(f"    {near.miss.rule_id}  ✗ {shortened(near.miss.clause)}{because}")
            line.append(f"  ({len(near.articles)}× as in article {near.articles[0]}: {one_line(near.headline)})", "dim")
            out.print(line, soft_wrap=True)
        if limit and len(found.near_misses) > limit:
            out.print(Text(f"    … and {len(found.near_misses) - limit} more (--limit 0 shows all)", style="dim"))


def suggestions_record(found: Suggestions, loaded: LoadedBook) -> dict[str, Any]:
    """Return suggestions as `rules suggest --json` prints them."""
    proposals = []
    for proposal in found.proposals:
        suggestion, place = proposal.suggestion, place_of(proposal.suggestion, loaded)
        proposals.append(
            {
                "owner": suggestion.owner,
                "clause": suggestion.clause,
                "rules": suggestion.rule_ids,
                "term": suggestion.term,
                "yaml": suggestion.yaml,
                "file": place.file,
                "line": place.line,
                "column": place.column,
                "articles": suggestion.articles,
                "stories": suggestion.stories,
                "misses": suggestion.misses,
                "elsewhere": suggestion.elsewhere,
                "others": suggestion.others,
                "evidence": [
                    {"article": each.article_id, "feed": each.feed_id, "url": each.url, "text": plain(each.runs)}
                    for each in proposal.evidence
                ],
            }
        )
    return {
        "articles": found.articles,
        "stories": found.stories,
        "proposals": proposals,
        "near_misses": [
            {
                "rule": near.miss.rule_id,
                "clause": near.miss.clause,
                "because": near.miss.because,
                "articles": near.articles,
                "headline": near.headline,
            }
            for near in found.near_misses
        ],
    }


def place_of(suggestion: Suggestion, loaded: LoadedBook) -> Place:
    """Return where the list stands that would get the term."""
    kind, _, id_ = suggestion.owner.partition(":")
    if kind == "actor":
        return loaded.place("actors", id_, "aliases")
    return loaded.place("lexicons", id_) if kind == "lexicon" else loaded.place("rules", id_, "query")
