"""Whether two versions of headline and text are one article's, by the words that they share.

Owns these shares. What follows for an id or an address that comes back with other words is `intake`'s to say.
"""

from __future__ import annotations

from monitor.articles.identity import content_words

ALIKE_TITLE = 0.34
ALIKE_TEXT = 0.4
"""Shares of the smaller text's content words from which two versions are one article's. Below both, an id or address
that comes back was given to another story. Unrelated reports from one region share up to 0.25 of their words."""
REPEATED = 0.8
"""Share of title and of text from which two entries of one document with one id or address are one item twice."""


def alike(title: str, text: str, other_title: str, other_text: str, *, both: bool = False) -> bool:
    """Say whether two versions share enough words; `both` asks it of title and of text, as far as there are any."""
    titles = _shared(title, other_title)
    texts = _shared(text, other_text)
    if titles is None and texts is None:
        # No words to compare: the key decides, unless both have a headline and these differ ("A one", "B two").
        return not (title and other_title) or title.casefold() == other_title.casefold()
    if both:
        return (titles is None or titles >= REPEATED) and (texts is None or texts >= REPEATED)
    return (titles or 0.0) >= ALIKE_TITLE or (texts or 0.0) >= ALIKE_TEXT


def _shared(left: str, right: str) -> float | None:
    mine, other = content_words(left), content_words(right)
    return len(mine & other) / min(len(mine), len(other)) if mine and other else None
