"""Small feed documents, written for these tests."""

from __future__ import annotations

NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:atom="http://www.w3.org/2005/Atom"'
)


def rss(items: str, *, channel: str = "", encoding: str = "utf-8", declared: str | None = None) -> bytes:
    """Write an RSS 2.0 document around some items, in an encoding, declaring perhaps another."""
    text = (
        f'<?xml version="1.0" encoding="{declared or encoding}"?>\n<rss version="2.0" {NAMESPACES}><channel>'
        f"<title>A paper</title><link>https://news.example/</link>{channel}{items}</channel></rss>\n"
    )
    return text.encode(encoding)


def item(number: int, title: str = "A title", **fields: str) -> str:
    """Write an item; `fields` are further elements."""
    more = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return (
        f"<item><guid isPermaLink='false'>id-{number}</guid><link>https://news.example/{number}</link>"
        f"<title>{title}</title>{more}</item>"
    )


def atom(entries: str, *, feed: str = "") -> bytes:
    """Write an Atom 1.0 document around some entries."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>A paper</title><id>urn:x:1</id><updated>2026-11-20T08:00:00Z</updated>{feed}{entries}</feed>"
    ).encode()
