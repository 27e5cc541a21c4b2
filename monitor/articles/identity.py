"""Is it the same article: the keys by which an entry is recognised.

Owns what counts as evidence of identity, and nothing of how keys are kept. Three kinds of key, strongest first: the
feed with the id its publisher gave; the canonical address, across feeds; the feed with title and text, for a publisher
who changes all ids and moves all addresses at once. A key that two entries of one document share is evidence of
nothing; `monitor.articles.intake` sees to that.

Keys outlive the articles they name, so the words of a text key are cut here and not by `monitor.text`: a better fold
must not make yesterday's news new.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from hashlib import blake2b

from monitor.articles.address import canonical_url, names_an_article
from monitor.model import ArticleKey, Entry, KeyKind, Zone
from monitor.text.extracted import Extracted

__all__ = ["canonical_url", "content_words", "keys_of", "news_text", "version_keys"]

WORDS_THAT_NAME = 12
"""Words of title and text from which they name an article by themselves; fewer ("Weather update") only do so together
with the publisher's date, or else with the id or address."""

_WORD = re.compile(r"\w+")
_HTTP = ("http://", "https://")


def keys_of(entry: Entry, feed_id: str, text: str) -> tuple[ArticleKey, ...]:
    """Give the keys of an entry, strongest first. An entry that says nothing at all has none.

    Args:
        entry: As the feed gave it.
        feed_id: The feed it stood in; ids and texts are only compared within one feed.
        text: What the entry's markup says, by `news_text`.
    """
    keys = []
    if entry.id:
        keys.append(ArticleKey(KeyKind.FEED_ID, f"{feed_id} {entry.id}"))
    address = entry.url or (entry.id if entry.id and entry.id.startswith(_HTTP) else None)
    if address is not None and names_an_article(canonical := canonical_url(address)):
        keys.append(ArticleKey(KeyKind.ADDRESS, canonical))
    title = words_of(entry.title)
    words = words_of(text)
    if title or words:
        qualifier = ""
        if len(title) + len(words) < WORDS_THAT_NAME:
            qualifier = entry.published.isoformat() if entry.published else entry.id or entry.url or ""
        said = "\n".join((feed_id, " ".join(title), " ".join(words), qualifier))
        digest = blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        keys.append(ArticleKey(KeyKind.TEXT, digest))
    return tuple(keys)


def version_keys(keys: Sequence[ArticleKey]) -> tuple[ArticleKey, ...]:
    """Give the keys that remember an entry's words: title and text, and these together with its id and address.

    The second is for words that are another article's already, such as one notice in the place of two reports.

    Args:
        keys: All of the entry's, by `keys_of`.

    Returns:
        Two keys, the first alone where there is neither id nor address, none where there are no words.
    """
    text = tuple(key for key in keys if key.kind is KeyKind.TEXT)
    names = [key for key in keys if key.kind is not KeyKind.TEXT]
    if not text or not names:
        return text
    said = "\n".join(f"{key.kind} {key.value}" for key in (*names, *text))
    digest = blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16, person=b"own words").hexdigest()
    return *text, ArticleKey(KeyKind.TEXT, digest)


def news_text(extracted: Extracted) -> str:
    """Return a text without its boilerplate: a list of other articles under it changes with every poll."""
    if all(span.zone is not Zone.BOILERPLATE for span in extracted.zones):
        return extracted.text
    return "\n".join(
        extracted.text[span.start : span.end] for span in extracted.zones if span.zone is not Zone.BOILERPLATE
    )


def words_of(text: str) -> list[str]:
    """Cut a text into words that are alike whatever its case, width, punctuation and spacing."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _WORD.findall(text.casefold())


def content_words(text: str) -> frozenset[str]:
    """Return the words of a text that carry its matter: the short ones of Latin script are mostly grammar."""
    return frozenset(word for word in words_of(text) if len(word) > 3 or not word.isascii() or word.isdigit())
