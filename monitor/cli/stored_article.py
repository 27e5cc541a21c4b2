"""An article of the archive as a command asks for it: by its id, or by an address."""

from __future__ import annotations

from monitor.settings import load_settings
from monitor.store.sqlite import open_store
from monitor.text.document import Document, document_of
from monitor.workbench.lookup import article_by_address, article_by_id


def stored_document(article_id: int | None, url: str | None) -> tuple[str, Document]:
    """Return a name for people and the newest text of a stored article. An id wins over an address.

    Raises:
        InputError: There is no such article; the message says why.
        StateError: The database cannot be read.
    """
    with open_store(load_settings().database, read_only=True) as store:
        found = article_by_id(store, article_id) if article_id is not None else article_by_address(store, url or "")
    return f"article {found.id} ({found.feed_id}, {found.first_seen_at:%Y-%m-%d %H:%M}Z)", document_of(found)
