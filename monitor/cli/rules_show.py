"""Matches, explanations and near misses as people and programs read them.

Owns the layout: a clause a line with its verdict, and the article with what was found marked in it, in colour on a
terminal and between « and » elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from monitor.cli.article_files import FileArticle
from monitor.cli.output import console, harmless
from monitor.desks.excerpt import one_line
from monitor.model import Match, Span
from monitor.rules.explaining.explain import Explanation, NearMiss, Verdict
from monitor.text.document import Document

_CLAUSE = 72
"""Code points of a clause whose parts are printed beneath it."""
_QUOTED = 12
"""Different texts of one clause that are printed."""
_CONTEXT = 160
"""Code points of the body shown before and after what was found."""


def match_record(found: FileArticle, match: Match) -> dict[str, Any]:
    """Return a match as `rules match --json` prints it, with offsets in what was given."""
    spans = []
    for span in match.spans:
        start, end, text = found.given(span.field, span.start, span.end)
        record = {"field": span.field, "start": start, "end": end, "text": text, "term": span.term}
        if span.actor is not None:
            record["actor"] = span.actor
        spans.append(record)
    return {"id": found.id, "rule": match.rule_id, "severity": str(match.severity), "spans": spans}


def print_match(out: Console, found: FileArticle, match: Match) -> None:
    """Print a match on one line: article, rule, severity, and each span with its place."""
    line = Text(f"{one_line(str(found.id))}  ")
    line.append(match.rule_id, style="bold")
    line.append(f"  {match.severity}  ")
    parts = []
    for span in match.spans:
        start, end, text = found.given(span.field, span.start, span.end)
        named = f" ({span.actor})" if span.actor else ""
        parts.append(f"{span.field} {start}-{end} «{one_line(text)}»{named}")
    line.append("; ".join(parts))
    out.print(line, soft_wrap=True)


def record_of(name: str, explanations: Iterable[Explanation], misses: Iterable[NearMiss]) -> dict[str, Any]:
    """Return what `rules explain --json` prints for one article."""
    return {
        "id": name,
        "explanations": [
            {
                "rule": each.rule_id,
                "title": each.title,
                "holds": each.holds,
                "because": each.because,
                "failed": None if each.failed is None else each.failed.source,
                "score": each.score,
                "min_score": each.min_score,
                "spans": [_span_record(span) for span in each.spans],
                "tree": _verdict_record(each.root),
            }
            for each in explanations
        ],
        "nearest": [
            {"rule": miss.rule_id, "title": miss.title, "failed": miss.failed.source, "because": miss.failed.because}
            for miss in misses
        ],
    }


def print_explanation(name: str, explanation: Explanation, document: Document, *, in_full: bool = False) -> None:
    """Print why a rule holds or not: a clause a line, then the article with what was found.

    Args:
        name: The article's; "" for a test.
        explanation: Of one rule.
        document: What was explained.
        in_full: Every clause, also the alternatives that did not matter.
    """
    out = console()
    head = Text(f"{one_line(name)}: " if name else "    ", style="bold")
    head.append(explanation.rule_id, style="bold")
    head.append(
        " holds" if explanation.holds else " does not hold", style="bold green" if explanation.holds else "bold red"
    )
    if explanation.min_score is not None:
        head.append(f", score {explanation.score} of {explanation.min_score}")
    out.print(head, soft_wrap=True)
    for depth, verdict in _telling(explanation.root) if not in_full else explanation.root.walk():
        line = Text("    " + "  " * depth)
        line.append("✓ " if verdict.holds else "✗ ", style="green" if verdict.holds else "red")
        line.append(verdict.source if in_full or not verdict.parts else shortened(verdict.source))
        if verdict.spans and not verdict.parts:
            line.append(f"  {_quoted(verdict)}", style="bold")
        if verdict.because and not (verdict.parts and verdict.holds):
            line.append(f"  {one_line(verdict.because)}", style="dim")
        out.print(line, soft_wrap=True)
    for clause in explanation.root.missing:
        because = f", since {one_line(clause.because)}" if clause.because else ""
        out.print(Text(f"    failed: {clause.source}{because}", style="bold"), soft_wrap=True)
    spans = explanation.spans or [span for verdict in explanation.root.missing for span in verdict.spans]
    for field, text in (("title", document.title), ("body", document.body)):
        marked = _marked(text, [span for span in spans if span.field == field])
        if text and (field == "title" or marked.spans or not document.title):
            out.print(Text("    ").append_text(marked), soft_wrap=True)


def _quoted(verdict: Verdict) -> str:
    """Return the different texts of a clause's places, and how many places are not among them."""
    texts = list(dict.fromkeys(one_line(span.text) for span in verdict.spans))
    shown = ", ".join(f"«{text}»" for text in texts[:_QUOTED])
    further = len(texts) - _QUOTED
    return (
        shown
        + (f" and {further} more" if further > 0 else "")
        + (f", in {len(verdict.spans) + verdict.more} places" if verdict.more else "")
    )


def print_near_misses(misses: Sequence[NearMiss]) -> None:
    """Print the rules that fail by one clause, with that clause."""
    if not misses:
        return
    out = console()
    out.print(Text("nearest rules:", style="bold"))
    for miss in misses:
        because = f"  {one_line(miss.failed.because)}" if miss.failed.because else ""
        out.print(Text(f"    {miss.rule_id}  ✗ {miss.failed.source}{because}"), soft_wrap=True)


def _telling(verdict: Verdict, depth: int = 0) -> Iterator[tuple[int, Verdict]]:
    """Yield the clauses that decided: not the failed alternatives of what holds, and nothing under a NOT that holds."""
    yield depth, verdict
    if verdict.holds and verdict.source.startswith("NOT "):
        return
    for part in verdict.parts:
        if part.holds or not verdict.holds:
            yield from _telling(part, depth + 1)


def shortened(source: str) -> str:
    """Return a clause cut to what fits on a line beside its verdict."""
    return source if len(source) <= _CLAUSE else source[: _CLAUSE - 1] + "…"


def _marked(text: str, spans: Sequence[Span]) -> Text:
    """Return a text with what was found marked, cut to what stands around it."""
    places = sorted({(span.start, span.end) for span in spans})
    if not places:
        return Text(harmless(text[: 2 * _CONTEXT]) + ("…" if len(text) > 2 * _CONTEXT else ""))
    begin = max(0, places[0][0] - _CONTEXT)
    finish = min(len(text), places[-1][1] + _CONTEXT, begin + 12 * _CONTEXT)
    opening, closing = ("", "") if console().is_terminal else ("«", "»")
    marked = Text("…" if begin else "")
    here = begin
    for start, end in places:
        if start < here or end > finish:
            continue
        marked.append(harmless(text[here:start]))
        marked.append(opening + harmless(text[start:end]) + closing, style="black on yellow")
        here = end
    marked.append(harmless(text[here:finish]) + ("…" if finish < len(text) else ""))
    return marked


def _span_record(span: Span) -> dict[str, Any]:
    record = {"field": span.field, "start": span.start, "end": span.end, "text": span.text, "term": span.term}
    return record if span.actor is None else {**record, "actor": span.actor}


def _verdict_record(verdict: Verdict) -> dict[str, Any]:
    return {
        "clause": verdict.source,
        "holds": verdict.holds,
        "because": verdict.because,
        "spans": [_span_record(span) for span in verdict.spans],
        "more": verdict.more,
        "parts": [_verdict_record(part) for part in verdict.parts],
    }
