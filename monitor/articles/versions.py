"""Whether two versions of headline and text are one article's, by the words that they share.

Owns these shares. What follows for an id or an address that comes back with other words is `intake`'s to say.
"""

from __future__ import annotations

from monitor.articles.identity import content_words

ALIKE_TITLE = 0.34
ALIKE_TEXT = 0.4
"""Shares of the smaller text's content words from which two versions are one article's. Below both, an id or address
that comes back was given to another story. Unrelated reports from one region share up to 0.25 of their words."""
STOCK_WORDS = 40
"""Content words of the longest text that may be a stock description: under headlines that neither it nor the other
version has a word of, it says nothing of the article, however alike it is."""
REPEATED = 0.8
"""Share of title and of text from which two entries of one document with one id or address are one item twice."""


def alike(title: str, text: str, other_title: str, other_text: str, *, both: bool = False) -> bool:
    """Say whether two versions share enough words; `both` asks it of title and of text, as far as there are any."""
    titles = _likeness(title, other_title)
    texts = _likeness(text, other_text)
    if titles is None and texts is None:
        # No words to compare: the key decides, unless both have a headline and these differ ("A one", "B two").
        return not (title and other_title) or title.casefold() == other_title.casefold()
    if both:
        return (titles is None or titles >= REPEATED) and (texts is None or texts >= REPEATED)
    if (titles or 0.0) >= ALIKE_TITLE:
        return True
    return (texts or 0.0) >= ALIKE_TEXT and not _is_stock(title, text, other_title, other_text)


def _is_stock(title: str, text: str, other_title: str, other_text: str) -> bool:
    """Say whether two short texts are alike only as descriptions that fit any headline are."""
    mine, other = content_words(title), content_words(other_title)
    said, other_said = content_words(text), content_words(other_text)
    if not mine or not other or min(len(said), len(other_said)) > STOCK_WORDS:
        return False
    return mine.isdisjoint(other | other_said) and other.isdisjoint(said)


def shared(words: frozenset[str], others: frozenset[str]) -> float:
    """Return how much of the smaller of two sets of words, neither empty, stands in the other."""
    return len(words & others) / min(len(words), len(others))


def _likeness(left: str, right: str) -> float | None:
    mine, other = content_words(left), content_words(right)
    return shared(mine, other) if mine and other else None
