"""An article as rules see it: its words, its fields and zones, and the way back to the text as published.

Owns which text counts and which does not. Title and body are read as one run of words with a paragraph break between
them; web and e-mail addresses and boilerplate are blanked before words are divided, so nothing can match in them.
Authors and address of the article are words of their own, read only when a rule asks for them. Refuses to know rules.

Places come in two kinds: *positions* count words (see `words`), *offsets* count code points of the field as published.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property

from monitor.model import Article, Zone, ZoneSpan
from monitor.text.sentences import sentence_ends
from monitor.text.words import Words

_BETWEEN = "\n\n"
_ADDRESS = re.compile(
    r"(?:https?|ftp)://[!#-;=?-~]+|\bwww\.[!#-;=?-~]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+\.[\w.-]+", re.IGNORECASE
)

Range = tuple[int, int]
"""A half-open range of positions."""


class Document:
    """One article, read for matching; treat it as frozen. Everything is worked out when it is first asked for."""

    def __init__(
        self,
        *,
        title: str,
        body: str,
        zones: Sequence[ZoneSpan] = (),
        authors: Sequence[str] = (),
        url: str | None = None,
        language: str | None = None,
        feed_id: str = "",
        tags: Sequence[str] = (),
        date: date | None = None,
    ) -> None:
        self.title = title
        self.body = body
        self.zones = tuple(zones)
        self.authors = tuple(authors)
        self.url = url
        self.language = language
        self.feed_id = feed_id
        self.tags = tuple(tags)
        self.date = date
        """The day it was published, or first seen; None: unknown, aliases of any date hold."""

    @cached_property
    def words(self) -> Words:
        """Return the words of title and body, without boilerplate and addresses."""
        return Words(self.readable)

    @cached_property
    def readable(self) -> str:
        """Return title, empty line and body with all that does not count blanked; as long as what was published."""
        pieces = [self.title, _BETWEEN]
        done = 0
        for zone in self.zones:
            if zone.zone is Zone.BOILERPLATE:
                pieces += (self.body[done : zone.start], _blank(zone.end - max(zone.start, done)))
                done = max(done, zone.end)
        pieces.append(self.body[done:])
        return _without_addresses("".join(pieces))

    @cached_property
    def boilerplate(self) -> Document:
        """Return what no rule reads: a document whose body has only the boilerplate, at the same offsets."""
        body = list(_blank(len(self.body)))
        for zone in self.zones:
            if zone.zone is Zone.BOILERPLATE:
                body[zone.start : zone.end] = self.body[zone.start : zone.end]
        return Document(title="", body="".join(body), date=self.date)

    @cached_property
    def byline(self) -> Words:
        """Return the words of the authors, an empty line between two."""
        return Words(_BETWEEN.join(self.authors))

    @cached_property
    def address(self) -> Words:
        """Return the words of the article's own address."""
        return Words(self.url or "")

    @cached_property
    def title_range(self) -> Range:
        """Return the positions of the title."""
        return 0, self.words.at_or_after(len(self.title))

    @cached_property
    def body_range(self) -> Range:
        """Return the positions of the body."""
        return self.title_range[1], len(self.words)

    @cached_property
    def lead_ranges(self) -> tuple[Range, ...]:
        """Return the positions of the lead: the lead zones, or where there are none the first paragraph of the body."""
        shift = len(self.title) + len(_BETWEEN)
        zones = [zone for zone in self.zones if zone.zone is Zone.LEAD]
        if zones:
            at = self.words.at_or_after
            return tuple((at(zone.start + shift), at(zone.end + shift)) for zone in zones)
        start, end = self.body_range
        for first, last in self.paragraphs:
            if first >= start and last > first:
                return ((first, min(last, end)),)
        return ()

    @cached_property
    def paragraphs(self) -> tuple[Range, ...]:
        """Return the positions of each paragraph, the title being one."""
        ranges = []
        start = 0
        for at in (*self.words.paragraph_breaks(), len(self.words)):
            ranges.append((start, at))
            start = at + 1
        return tuple(ranges)

    @cached_property
    def sentences(self) -> tuple[Range, ...]:
        """Return the positions of each sentence; none crosses a paragraph."""
        ends = [self.words.at_or_after(offset) for offset in sentence_ends(self.readable)]
        ranges = []
        for start, end in self.paragraphs:
            here = start
            for at in ends[bisect_left(ends, start + 1) :]:
                if at >= end:
                    break
                if at > here:
                    ranges.append((here, at))
                    here = at
            if here < end:
                ranges.append((here, end))
        return tuple(ranges)

    def extent(self, start: int, end: int) -> tuple[str, int, int]:
        """Return the field and its own offsets for offsets of `readable`."""
        if start < len(self.title):
            return "title", start, end
        shift = len(self.title) + len(_BETWEEN)
        return "body", start - shift, end - shift


def _blank(length: int) -> str:
    """Return as many characters as were there, which end a paragraph and hold no word."""
    return "\n\n" + " " * (length - 2) if length > 1 else "\n" * length


def _without_addresses(text: str) -> str:
    if "://" in text or "@" in text or "www." in text or "WWW." in text:
        return _ADDRESS.sub(lambda found: " " * len(found[0]), text)
    return text


def make_document(
    *,
    title: str = "",
    body: str = "",
    zones: Iterable[ZoneSpan] = (),
    authors: Iterable[str] = (),
    url: str | None = None,
    language: str | None = None,
    feed_id: str = "",
    tags: Iterable[str] = (),
    date: date | None = None,
) -> Document:
    """Make a document from parts.

    Args:
        title: As published, without markup.
        body: Plain text, paragraphs parted by an empty line.
        zones: What each stretch of the body is; stretches that no zone covers are body.
        authors: One string an author.
        url: The article's own address, for `url:` queries only.
        language: A BCP 47 tag, for `lang:` queries.
        feed_id: For `feed:` queries.
        tags: For `tag:` queries.
        date: The day that decides which aliases are valid; None: all are.
    """
    return Document(
        title=title,
        body=body,
        zones=tuple(zones),
        authors=tuple(authors),
        url=url,
        language=language,
        feed_id=feed_id,
        tags=tuple(tags),
        date=date,
    )


def document_of(article: Article, *, tags: Iterable[str] = ()) -> Document:
    """Read an article for matching.

    Args:
        article: As identified; its day is that of its publication, or else of its first sighting, in UTC.
        tags: Further tags, such as those of its feed.
    """
    return Document(
        title=article.title,
        body=article.body,
        zones=article.zones,
        authors=article.authors,
        url=article.url,
        language=article.language,
        feed_id=article.feed_id,
        tags=(*article.tags, *tags),
        date=(article.published_at or article.first_seen_at).date(),
    )
