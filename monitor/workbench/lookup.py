"""One stored article, by its id or by an address that leads to it."""

from __future__ import annotations

from monitor.articles.address import canonical_url, names_an_article
from monitor.errors import InputError
from monitor.model import Article, ArticleKey, KeyKind
from monitor.ports import Store


def article_by_id(store: Store, article_id: int) -> Article:
    """Return a stored article.

    Raises:
        InputError: There is none of that id.
    """
    found = store.articles.get([article_id]).get(article_id)
    if found is None:
        raise InputError(f"there is no article {article_id} in the archive")
    return found


def article_by_address(store: Store, url: str) -> Article:
    """Return the stored article that an address leads to; tracking parameters and the like do not count.

    Raises:
        InputError: None was seen there, or it was pruned since; or the address names no article.
    """
    canonical = canonical_url(url)
    if not url.lower().startswith(("http://", "https://")) or not names_an_article(canonical):
        raise InputError(f"{url} is no address of one article")
    key = ArticleKey(KeyKind.ADDRESS, canonical)
    article_id = store.articles.find([key]).get(key)
    if article_id is None:
        raise InputError(f"no feed brought an article at {url}")
    found = store.articles.get([article_id]).get(article_id)
    if found is None:
        raise InputError(f"article {article_id} at {url} was known once and has been pruned")
    return found
