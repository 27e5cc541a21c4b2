"""Owns what a raw field of any feed format becomes in an `Entry`: plain titles, markup, safe addresses, names.

Pure. The readers of the formats only find the fields; that all of them give the same entries is decided here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from urllib.parse import urljoin, urlsplit

from monitor.feeds.formats.dates import read_date
from monitor.model import Entry, FeedHints

LONGEST_TITLE = 2000
"""Code points; what is longer is a text in the wrong field."""


class Markup(Enum):
    """What the format says a text is."""

    PLAIN = "plain"  # characters mean themselves
    HTML = "html"  # tags and references mean what they mean in HTML
    GUESS = "guess"  # RSS titles: either, and nobody says which


@dataclass(frozen=True, slots=True)
class Text:
    """A text as a field holds it."""

    value: str
    markup: Markup = Markup.HTML


@dataclass(slots=True)
class RawEntry:
    """The fields of one item as a format's reader found them, before any is judged."""

    id: str | None = None
    links: list[str] = field(default_factory=list)
    """Candidates for the article's address, best first, perhaps relative."""
    base: str = ""
    """What relative addresses of this entry are relative to."""
    title: Text | None = None
    texts: list[Text] = field(default_factory=list)
    """Contents first, then summaries."""
    published: str | None = None
    updated: str | None = None
    authors: list[str] = field(default_factory=list)
    language: str | None = None
    tags: list[str] = field(default_factory=list)


_PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(?::[1-9]\d{0,3})?(?:[/?][!-~]*)?")
"""Most addresses: nothing in them needs to be cleaned, completed or judged."""
# HTML Standard section 4, the elements that stand in running text; anything else in a title is what the title says.
_TAG = re.compile(
    r"</?(?:a|abbr|acronym|b|bdi|bdo|big|blockquote|br|center|cite|code|del|dfn|div|em|font|h[1-6]|hr|i|img|ins|kbd|li|"
    r"mark|nobr|ol|p|picture|q|s|samp|script|small|source|span|strike|strong|style|sub|sup|svg|time|tt|u|ul|var|wbr)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"<!--|<(script|style)(?=[\s>])", re.IGNORECASE)
_GAP_TAG = re.compile(r"</?(?:br|p|div|li|h[1-6]|hr|blockquote|ul|ol)\b", re.IGNORECASE)
_ANY_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}$")
_C1 = re.compile("[\x80-\x9f]")
_WINDOWS = {byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0xA0)}
_CONTROLS = re.compile("[\x00-\x20\x7f]+")
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}


def entry_of(raw: RawEntry) -> Entry:
    """Judge the fields of one item."""
    published = read_date(raw.published)
    return Entry(
        id=(raw.id or "").strip() or None,
        url=first_address(raw.links, raw.base),
        title=title_of(raw.title) if raw.title else "",
        html=longest_markup(raw.texts),
        published=published,
        updated=published if raw.updated == raw.published else read_date(raw.updated),
        authors=distinct(raw.authors),
        language=language_tag(raw.language),
        tags=distinct(raw.tags),
    )


def title_of(text: Text) -> str:
    """Turn a title of any kind into plain text on one line, at most `LONGEST_TITLE` long."""
    value = text.value[: LONGEST_TITLE * 8]
    if text.markup is not Markup.PLAIN:
        if "<" in value:
            value = _TAG.sub(lambda tag: " " if _GAP_TAG.match(tag[0]) else "", _without_hidden(value))
        if "&" in value and (text.markup is Markup.HTML or _ANY_REFERENCE.search(value)):
            value = html.unescape(value)
    return " ".join(value.split())[:LONGEST_TITLE]


def _without_hidden(value: str) -> str:
    """Drop comments, scripts and styles that are closed. Linear, which one pattern with a lazy middle is not."""
    parts: list[str] = []
    at = 0
    while found := _HIDDEN.search(value, at):
        mark = f"</{found[1].lower()}" if found[1] else "--"
        end = value.lower().find(mark, found.end())
        close = value.find(">", end) if end >= 0 else -1
        if close < 0:
            break
        parts += [value[at : found.start()], " "]
        at = close + 1
    return "".join([*parts, value[at:]])


def longest_markup(texts: Sequence[Text]) -> str:
    """Choose the longest of an entry's texts, the first of equals, as HTML."""
    if not texts:
        return ""
    best = texts[0] if len(texts) == 1 else max(texts, key=lambda text: len(text.value))
    return html.escape(best.value, quote=False) if best.markup is Markup.PLAIN else best.value


def first_address(candidates: Iterable[str], base: str) -> str | None:
    """Return the first candidate that is, or resolves to, an http(s) address; None when there is none."""
    return next((found for candidate in candidates if (found := address_of(candidate, base))), None)


def address_of(value: str, base: str) -> str | None:
    """Resolve an address; None for any scheme but http and https, so `javascript:` never passes."""
    if _PLAIN_ADDRESS.fullmatch(value):
        return value
    text = _CONTROLS.sub("", value)  # browsers drop these inside an address, which is how schemes are hidden
    if not text:
        return None
    try:
        joined = text if is_absolute(text) else urljoin(base, text)
        parts = urlsplit(joined)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return None
    except ValueError:
        return None
    return joined


def repaired(text: str) -> str:
    """Undo what publishers do to text before it becomes XML: UTF-8 taken for Latin-1 once, C1 controls for quotes.

    Text is taken back only where all of it could be such UTF-8, so a word that merely looks odd is never changed.
    """
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text.translate(_WINDOWS) if _C1.search(text) else text


def is_absolute(address: str) -> bool:
    """Say whether a guid can be an address: many that are called permalinks are bare numbers."""
    return address[:8].lower().startswith(("http://", "https://"))


def language_tag(value: str | None) -> str | None:
    """Return a language tag in the shape of BCP 47 ("ur", "pt-BR"), None for what is none."""
    if value is None:
        return None
    text = value.strip()
    return text.replace("_", "-") if _LANGUAGE.match(text) else None


def distinct(values: Iterable[str]) -> tuple[str, ...]:
    """Return the values cleaned, in order, each once, empty ones left out."""
    return tuple(dict.fromkeys(cleaned for value in values if (cleaned := " ".join(value.split()))))


def hints_of(*, ttl: str | None, skip_hours: Iterable[str], period: str | None, frequency: str | None) -> FeedHints:
    """Read what a feed says of its own rhythm.

    Args:
        ttl: minutes (RSS 2.0).
        skip_hours: hours of the day in GMT, 0 to 23; 24 is read as 0 (RSS 0.91 counted from 1).
        period: `sy:updatePeriod`, a word.
        frequency: `sy:updateFrequency`, how many updates in a period.
    """
    minutes = _whole(ttl)
    hours = frozenset(hour % 24 for value in skip_hours if (hour := _whole(value)) is not None and hour <= 24)
    length = _PERIODS.get((period or "").strip().lower())
    return FeedHints(
        ttl=timedelta(minutes=minutes) if minutes else None,
        skip_hours=hours,
        update_period=length / (_whole(frequency) or 1) if length else None,
    )


def _whole(value: str | None) -> int | None:
    text = (value or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
