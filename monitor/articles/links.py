"""What a new article is to the recent ones: a copy of one, a report of the same event, or nothing.

Owns which of the likeliest articles it is compared with and in which order; `reprints` and `events` judge each pair,
and `minute` says what follows for stories.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.articles import events, reprints
from monitor.articles.minute import COPIES_FROM, Minute
from monitor.articles.rarity import Weights
from monitor.articles.signature import Signature
from monitor.articles.window import SHARED_AT_LEAST, WINDOW, YOUNG, Window, affairs_of, telling_of

_AFFAIRS = 32
"""Newest reports of a deed of an actor that are compared."""


@dataclass(frozen=True, slots=True)
class Link:
    """That an article belongs to the story of another, and why."""

    to: int
    strength: float
    """A copy's is above every report's."""
    verdict: events.Verdict | reprints.Reprint


@dataclass(frozen=True, slots=True)
class Finding:
    """What an article is to those that came before it."""

    signature: Signature
    older: Link | None
    """The likest of earlier minutes."""
    others: tuple[Link, ...]
    """Of the same minute."""
    telling: tuple[str, ...]
    nearest: str
    """Why it is not the story of the likest that it is not; "" where nothing is like it."""

    @property
    def links(self) -> tuple[Link, ...]:
        """Return all of them."""
        return self.others if self.older is None else (*self.others, self.older)


def look(signature: Signature, window: Window, minute: Minute, first: int) -> Finding:
    """Compare an article with the likeliest of the window.

    Args:
        signature: The article's, without its length; it may be in the window itself.
        window: What came before.
        minute: What came in the same minute.
        first: The least article id of that minute, or one above all.
    """
    weights = window.weights(first, len(minute))
    signature = replace(signature, length=weights.length(signature.features))
    telling = telling_of(signature, weights)
    old_copies, young_copies = window.copies(signature, first)
    older, nearest = _copy(signature, old_copies, window), ""
    if older is None:
        older, nearest = _report(signature, window.reports(telling, first), window, weights)
    if older is None:
        older = _same_deed(signature, window, first)
    others = (
        _among_young(signature, young_copies, telling, window, minute, first=first, weights=weights) if minute else ()
    )
    return Finding(signature, older, tuple(others), tuple(telling), nearest)


def _copy(signature: Signature, candidates: Sequence[int], window: Window) -> Link | None:
    for article_id in candidates:
        found = reprints.judge_pair(signature, window.signature(article_id))
        if found is not None and abs(signature.at - found.of.at) <= WINDOW:
            return Link(article_id, COPIES_FROM + found.likeness.resemblance, found)
    return None


def _report(
    signature: Signature, candidates: Sequence[int], window: Window, weights: Weights
) -> tuple[Link | None, str]:
    """Find the likest report of the same event; with none, say why the nearest is not."""
    best: Link | None = None
    nearest = ""
    for article_id in candidates:
        verdict = _judge(signature, window.signature(article_id), weights)
        if verdict.joins and (best is None or verdict.score > best.strength):
            best = Link(article_id, verdict.score, verdict)
        elif best is None and verdict.score >= events.WORTH_A_REASON:
            nearest = f"not the story of article {article_id}: {verdict.because}"
    return best, nearest


def _same_deed(signature: Signature, window: Window, first: int) -> Link | None:
    """Find the newest report of the same deed of the same actor, in whatever words."""
    told = {i for key in affairs_of(signature) for i in window.with_affair(key, first, _AFFAIRS)}
    for article_id in sorted(told - {signature.article_id}, reverse=True):
        candidate = window.signature(article_id)
        verdict = events.judge_affair(signature, candidate)
        if verdict.joins and not reprints.is_template(signature, candidate):
            return Link(article_id, verdict.score, verdict)
    return None


def _judge(signature: Signature, candidate: Signature, weights: Weights) -> events.Verdict:
    verdict = events.judge_pair(signature, candidate, weights)
    if verdict.joins and reprints.is_template(signature, candidate):
        return events.Verdict(False, verdict.score, "one form with other facts")
    return verdict


def _among_young(
    signature: Signature,
    copies: Sequence[int],
    telling: Mapping[str, float],
    window: Window,
    minute: Minute,
    *,
    first: int,
    weights: Weights,
) -> Iterator[Link]:
    """Give the articles of the same minute that are of one story with it, whichever came first.

    Each may have the words that the other is looked for by.
    """
    mine = window.young_reports(telling, first)
    theirs = minute.telling(signature.features)
    least = min(SHARED_AT_LEAST, len(telling))
    alike = {i: number for i, number in theirs.items() if number >= least}
    alike.update((i, max(number, alike.get(i, 0))) for i, number in mine.items() if number >= least)
    affairs = {i for key in affairs_of(signature) for i in window.young_with_affair(key, first)}
    reports = sorted(alike, key=lambda i: (-alike[i], i))[:YOUNG]
    for article_id in dict.fromkeys((*copies, *reports, *sorted(affairs))):
        if article_id == signature.article_id:
            continue
        candidate = window.signature(article_id)
        if (copied := reprints.judge_pair(signature, candidate)) is not None:
            yield Link(article_id, COPIES_FROM + copied.likeness.resemblance, copied)
            continue
        verdict = _judge(signature, candidate, weights)
        if verdict.joins:
            yield Link(article_id, verdict.score, verdict)
            continue
        verdict = events.judge_affair(signature, candidate)
        if verdict.joins and not reprints.is_template(signature, candidate):
            yield Link(article_id, verdict.score, verdict)
