"""Which stored articles a headline or a few words mean: candidates from the index of words, then a PURE ranking.

Words that stand in nothing are left aside, so that a headline copied with a misprint is found all the same. Cost is
bounded by the number of questions to the index, not by the number of articles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from monitor.articles.identity import words_of
from monitor.model import Article
from monitor.ports import ArticleStore
from monitor.text.fold import fold

LONGEST = 2_000
"""Code points of a question that are looked at: somebody may paste a whole article."""
WORDS = 32
"""Rarest words that an article is asked to have all of."""
RAREST = 6
"""Words by whose pairs candidates are looked for where no article has all."""
CANDIDATES = 40
FITS = 0.6
"""Share of the words asked for that an article must have."""
AS_GOOD = 0.9
"""Share of the best one's score from which another fits as well."""
_EACH = 50
_OPENING = 600


@dataclass(frozen=True, slots=True)
class Fit:
    """How well an article fits some words."""

    article: Article
    score: float
    """From 0; 2 for an article whose headline is just these words."""
    coverage: float
    """Share of the words that it has, 0 to 1."""


def look_up(articles: ArticleStore, text: str) -> list[Article]:
    """Return articles that may be meant, in no order that means anything."""
    known = articles.frequencies(text[:LONGEST])
    words = sorted(known, key=lambda word: (known[word], word))[:WORDS]
    found: Counter[int] = Counter()
    for article_id in articles.with_words(words, _EACH):
        found[article_id] += len(words) ** 2
    if len(found) < _EACH:
        for pair in combinations(words[:RAREST], 2):
            found.update(articles.with_words(pair, _EACH))
    if not found and words:
        found.update(articles.with_words(words[:1], _EACH))
    return list(articles.get(article_id for article_id, _ in found.most_common(CANDIDATES)).values())


def rank(text: str, articles: Iterable[Article], *, at: datetime | None = None) -> list[Fit]:
    """Order articles by how well they fit some words, best first, without those that do not.

    Args:
        text: A headline, or words of one.
        articles: Candidates.
        at: About when it was published: what was read within two days of it comes first.
    """
    asked = _words(text[:LONGEST])
    fits = []
    for article in articles:
        title = _words(article.title)
        there = title | _words(article.body[:_OPENING])
        coverage = len(asked & there) / len(asked) if asked else 0.0
        alike = len(asked & title) / len(asked | title) if asked | title else 0.0
        fits.append(Fit(article, coverage + alike, coverage))

    def place(fit: Fit) -> tuple[bool, float, bool, int]:
        is_far = at is not None and abs(fit.article.first_seen_at - at) > timedelta(days=2)
        # Of equals an original before its reprints, and the newest first: people ask about today.
        return is_far, -round(fit.score, 3), fit.article.reprint_of is not None, -fit.article.id

    return sorted((fit for fit in fits if fit.coverage >= FITS), key=place)


def others_as_good(fits: list[Fit]) -> list[Article]:
    """Return the articles that fit about as well as the best."""
    return [fit.article for fit in fits[1:] if fit.score >= fits[0].score * AS_GOOD]


def plain_words(text: str) -> list[str]:
    """Return the words of a text, each once, in order, as people write them in lower case."""
    return list(dict.fromkeys(words_of(text)))


def _words(text: str) -> set[str]:
    return set(words_of(fold(text).text))
