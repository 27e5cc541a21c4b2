"""What each stretch of a body is: lead, body, quote or boilerplate.

Owns the decision, by the words of a line (`monitor.text.boilerplate`) and by what the page said of it. It never
removes anything: zones cover the text, so that "the term was there, but only in boilerplate" can be shown. In doubt a
line is body, because a rule never matches boilerplate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from monitor.model import Zone, ZoneSpan
from monitor.text.boilerplate import LABELS, LISTS, OPENERS, RELATED, TAILS

LEAD_AT_LEAST = 80
"""Code points a lead has before the next paragraph is no longer part of it; a dateline alone is no lead."""
LEAD_AT_MOST = 700
"""Code points after which a lead ends at a word's end, for texts in one paragraph."""
LINE_AT_MOST = 300
"""Code points of the longest line that its first words alone can make boilerplate."""
_LISTED_AT_MOST = 160


class Paragraph(NamedTuple):
    """What the page said of one paragraph of a text."""

    start: int
    end: int
    is_quote: bool = False
    furniture: int = 0
    """Not 0 when an element that stands around articles held it (navigation, caption, list of links)."""
    is_item: bool = False
    linked: int = 0
    """Code points that are links."""


def _phrases(phrases: Sequence[str]) -> str:
    ordered = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    return "|".join(re.escape(phrase).replace(r"\ ", r"\s+").replace("'", "['’]") for phrase in ordered)


_BULLETS = r"[\s\W]{0,8}?"
_NOTHING_ELSE = r"[\s\W]{0,8}$"
_LIST_OPENS = re.compile(rf"{_BULLETS}(?:{_phrases(RELATED + LISTS)}){_NOTHING_ELSE}", re.IGNORECASE)
_POINTS = re.compile(rf"{_BULLETS}(?:{_phrases(RELATED)})\s*(?:[:：|»›>→؛]|\s[-–—]|[-–—]\s|\.\.\.|…)", re.IGNORECASE)
_LABELLED = re.compile(rf"{_BULLETS}(?:{_phrases(LABELS)})(?:\s*[:：|]|{_NOTHING_ELSE})", re.IGNORECASE)
_OPENED = re.compile(rf"{_BULLETS}(?:{_phrases(OPENERS)})", re.IGNORECASE)
_TAILS = tuple((cue, re.compile(rf"(?:^|(?<=[\s.…\])])){pattern}", re.IGNORECASE)) for cue, pattern in TAILS)
_ENDS_SENTENCE = re.compile(r"[.!?。！？۔؟।][\"'”’»)\]]{0,3}$")
_QUOTED_LINE = re.compile(r"\s*>")
_TAIL_LOOKS_BACK = 700
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")


def zones_of(text: str) -> tuple[ZoneSpan, ...]:
    """Part plain text into zones; empty lines part paragraphs. The spans cover the text in order."""
    paragraphs: list[Paragraph] = []
    start = 0
    for gap in _PARAGRAPH.finditer(text):
        paragraphs.append(Paragraph(start, gap.start(), _QUOTED_LINE.match(text, start) is not None))
        start = gap.end()
    paragraphs.append(Paragraph(start, len(text), _QUOTED_LINE.match(text, start) is not None))
    return zones_from(text, paragraphs)


def zones_from(text: str, paragraphs: Sequence[Paragraph]) -> tuple[ZoneSpan, ...]:
    """Part a text into zones by its words and by what its page said.

    Elements that hold more than half of the text are the article, whatever the page calls them.

    Args:
        text: The whole text.
        paragraphs: Its paragraphs in order, without overlap; what lies between them belongs to the one before.
    """
    furniture = sum(p.end - p.start for p in paragraphs if p.furniture)
    believes_page = 2 * furniture <= len(text)
    judged: list[tuple[int, int, Zone]] = []
    is_listing = False
    for paragraph in paragraphs:
        for start, end in _lines(text, paragraph):
            line = text[start:end]
            is_listing = _opens_list(line) or (is_listing and _is_listed(line, paragraph))
            if (paragraph.furniture and believes_page) or is_listing or _is_boilerplate(line):
                judged.append((start, end, Zone.BOILERPLATE))
            else:
                zone = Zone.QUOTE if paragraph.is_quote else Zone.BODY
                tail = _tail_at(line)
                judged.append((start, end if tail is None else start + tail, zone))
                if tail is not None:
                    judged.append((start + tail, end, Zone.BOILERPLATE))
    return _covering(text, list(_with_lead(text, judged)))


def _lines(text: str, paragraph: Paragraph) -> Iterator[tuple[int, int]]:
    start = paragraph.start
    while start < paragraph.end:
        end = text.find("\n", start, paragraph.end)
        end = paragraph.end if end < 0 else end
        if end > start:
            yield start, end
        start = end + 1


def _opens_list(line: str) -> bool:
    return len(line) <= LINE_AT_MOST and _LIST_OPENS.match(line) is not None


def _is_listed(line: str, paragraph: Paragraph) -> bool:
    """Say whether a line under "Related stories" is one of them: a link, or a headline by its looks."""
    if len(line) > _LISTED_AT_MOST:
        return False
    return paragraph.linked >= paragraph.end - paragraph.start or not _ENDS_SENTENCE.search(line[-8:])


def _is_boilerplate(line: str) -> bool:
    if len(line) > LINE_AT_MOST:
        return False
    return any(pattern.match(line) for pattern in (_POINTS, _LABELLED, _OPENED))


def _tail_at(line: str) -> int | None:
    """Return where a line turns into what the feed's software appended, None when it does not."""
    ending = max(0, len(line) - _TAIL_LOOKS_BACK)
    lowered = line[ending:].casefold()
    for cue, pattern in _TAILS:
        if cue in lowered and (found := pattern.search(line, ending)):
            return found.start()
    return None


def _with_lead(text: str, judged: Sequence[tuple[int, int, Zone]]) -> Iterator[tuple[int, int, Zone]]:
    """Make the first lines of the body the lead: at least 80 code points of it if they stand together."""
    missing = LEAD_AT_LEAST
    for start, end, zone in judged:
        if zone is not Zone.BODY or missing <= 0:
            missing = missing if missing == LEAD_AT_LEAST else 0
            yield start, end, zone
            continue
        if end - start > LEAD_AT_MOST:
            cut = text.rfind(" ", start, start + LEAD_AT_MOST) + 1 or start + LEAD_AT_MOST
            yield start, cut, Zone.LEAD
            yield cut, end, zone
        else:
            yield start, end, Zone.LEAD
        missing -= end - start


def _covering(text: str, judged: Sequence[tuple[int, int, Zone]]) -> tuple[ZoneSpan, ...]:
    """Join neighbours of one kind and give each gap to the stretch before it."""
    spans: list[ZoneSpan] = []
    for start, end, zone in judged:
        if start >= end:
            continue
        if spans and spans[-1].zone is zone:
            spans[-1] = ZoneSpan(zone, spans[-1].start, end)
        else:
            begin = start if spans else 0
            if spans:
                spans[-1] = ZoneSpan(spans[-1].zone, spans[-1].start, start)
            spans.append(ZoneSpan(zone, begin, end))
    if spans:
        spans[-1] = ZoneSpan(spans[-1].zone, spans[-1].start, len(text))
    elif text:
        spans.append(ZoneSpan(Zone.BODY, 0, len(text)))
    return tuple(spans)
