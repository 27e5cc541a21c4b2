"""HTML as feeds carry it, to plain text and zones, with the way back to every character.

Owns what counts as text (never scripts, styles, hidden parts or attributes), where words and paragraphs part, and the
map from the text to the HTML it came from. It knows nothing of feeds or rules; which paragraphs are boilerplate is
decided in `monitor.text.zones`.

No cleaning library is used: trafilatura, readability, justext, html2text, selectolax and lxml give text, but none
keeps the offsets by which a match is shown in the page as published. The standard library's `html.parser` does give
positions, but on Python 3.11.7 it is quadratic (80 kB of `<a b="`: 12 s; of `<!--`: 2 s) and raises on `<![<![`. The
scanner here reads the tokens of the HTML standard (https://html.spec.whatwg.org/multipage/parsing.html#tokenization)
in one pass: every branch either moves on by what it read, or ends a kind of search for the rest of the document.
"""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from typing import NamedTuple

from monitor.text.elements import CELLS, FURNITURE, HIDDEN, INLINE, KNOWN, RAW, SELF_CLOSING, VOID
from monitor.text.extracted import Extracted, Piece, joined
from monitor.text.zones import Paragraph, zones_from

_NAME = r"([a-zA-Z][^\s/>]*+)"
# A quote only opens a value after "="; elsewhere it is part of a name (<p don't>).
_TAG = re.compile(rf"<(/?){_NAME}((?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+'|(?![\"'])))*+)>")
_PLAIN_TAG = re.compile(rf"<(/?){_NAME}([^>]*+)>")
_TAG_OPEN = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]{0,15}+)")
_RAW_END = {name: re.compile(rf"</{name}[^>]*+>", re.IGNORECASE) for name in RAW}
_REFERENCE = re.compile(r"&(?:#[0-9]{1,8};?|#[xX][0-9a-fA-F]{1,7};?|[a-zA-Z][a-zA-Z0-9]{1,31};?)")
_RUN = re.compile(r"\S++(?:\s\S++)*+")
_ODD_SPACE = re.compile(r"[^\S ]")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_LAYOUT = re.compile(r"<(?:p|br|div|li|ul|ol|h[1-6]|table|tr|td|blockquote|section|article|pre)\b", re.IGNORECASE)
_ESCAPED_TAG = re.compile(
    r"&lt;/?(?:p|br|div|a|img|span|strong|em|ul|ol|li|b|i|h[1-6])(?:\s[^&<]*)?/?&gt;", re.IGNORECASE
)
_SWITCHES = re.compile(r"hidden|style|class", re.IGNORECASE)
_HIDING = re.compile(
    r"(?:^|\s)hidden(?![^\s=])|aria-hidden\s*=\s*[\"']?true|display\s*:\s*none|visibility\s*:\s*hidden"
    r"|class\s*=\s*[\"'][^\"']*(?<![\w-])(?:screen-reader-text|sr-only|visually-hidden)(?![\w-])",
    re.IGNORECASE,
)
# Class names that publishing systems give to what stands around an article (WordPress and its Jetpack, Drupal, Arc,
# AddToAny, Taboola, Outbrain); whole names only, since "related" alone also wraps articles.
_FURNITURE_CLASS = re.compile(
    r"class\s*=\s*[\"'][^\"']*(?<![\w-])(?:sharedaddy|sd-sharing|jp-relatedposts|wp-caption-text|caption-text|image-caption"
    r"|photo-caption|post-tags|entry-tags|tags-links|tag-list|tagcloud|related-posts|related-stories|related-articles"
    r"|related-news|read-more|read-also|also-read|newsletter|newsletter-signup|subscribe-box|subscription-box|social-share"
    r"|share-buttons|addtoany_share_save_container|mc4wp-form|author-bio|breadcrumbs?|advertisement|ad-container"
    r"|taboola|outbrain|OUTBRAIN|most-read|comments-area)(?![\w-])",
)

__all__ = ["Extracted", "to_text"]

_SPACE, _LINE, _BREAK = 1, 2, 3
_SEPARATOR = ("", " ", "\n", "\n\n")


def to_text(html: str) -> Extracted:
    """Give the text a reader would see, its zones, and the way back; any input gives an outcome in linear time.

    Text without any layout element is taken as plain text: its empty lines part paragraphs, its line ends lines. Markup
    that was escaped once too often (`&lt;p&gt;`, common in feeds) is read as markup.

    Args:
        html: A fragment or a page, as published.
    """
    if "<" not in html and _ESCAPED_TAG.search(html):
        outer = _unescaped(html)
        inner = _Page(outer.text).read()
        return Extracted(inner.text, inner.zones, inner.pieces, outer)
    return _Page(html).read()


def _unescaped(html: str) -> Extracted:
    """Undo one layer of character references, with the way back."""
    parts: list[str] = []
    pieces: list[Piece] = []
    length = at = 0
    for reference in _REFERENCE.finditer(html):
        for start, end, text in (
            (at, reference.start(), html[at : reference.start()]),
            (reference.start(), reference.end(), unescape(reference.group())),
        ):
            if text:
                parts.append(text)
                pieces.append(Piece(length, len(text), start, end))
                length += len(text)
        at = reference.end()
    if at < len(html):
        parts.append(html[at:])
        pieces.append(Piece(length, len(html) - at, at, len(html)))
    return Extracted("".join(parts), (), tuple(pieces))


class _Open(NamedTuple):
    """An element that is open and parts text, or changes what its text is."""

    name: str
    is_hidden: bool
    is_quote: bool
    furniture: int
    """Its number when what it holds stands around the article, else 0."""


class _Page:
    """One pass over one piece of HTML."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.is_plain = not _LAYOUT.search(html)
        self.parts: list[str] = []
        self.pieces: list[Piece] = []
        self.length = 0
        self.pending = 0
        self.stack: list[_Open] = []
        self.names: Counter[str] = Counter()
        self.hidden = 0
        self.quotes = 0
        self.furniture: list[int] = []
        self.numbered = 0
        self.items = 0
        self.preformatted = 0
        self.superscript = 0
        self.in_link = False
        self.paragraphs: list[Paragraph] = []
        self.begun: tuple[int, bool, int, bool] | None = None
        self.linked = 0

    def read(self) -> Extracted:
        """Read the page from end to end."""
        html, size = self.html, len(self.html)
        tag = _TAG
        last_close = html.rfind(">")
        at = 0
        while at < size:
            opened = html.find("<", at)
            if opened < 0:
                self.data(at, size)
                break
            self.data(at, opened)
            at = opened
            name = _TAG_OPEN.match(html, at)
            if name is not None and at < last_close:
                found = tag.match(html, at)
                if found is None:
                    tag = _PLAIN_TAG  # a value that never closes: from here on a tag ends at the next ">"
                    found = tag.match(html, at)
                at = self.tag(found) if found is not None else at + 1
            elif html.startswith("<!--", at):
                end = html.find("-->", at + 2)
                at = end + 3 if end >= 0 else size
            elif html.startswith("<![CDATA[", at):
                at += len("<![CDATA[")  # wrapped once too often: its content is content
            elif html.startswith(("<!", "<?", "</>"), at):
                end = html.find(">", at)
                at = end + 1 if end >= 0 else size
            elif name is not None and name[1].lower() in KNOWN:
                following = html.find("<", at + 1)  # no ">" is left: a tag that was cut, with the address in it
                at = following if following >= 0 else size
            else:
                self.literal(at, at + 1)
                at += 1
        return self.finish()

    def finish(self) -> Extracted:
        self.end_paragraph()
        unclosed = {opened.furniture for opened in self.stack if opened.furniture}
        paragraphs = [p._replace(furniture=0) if p.furniture in unclosed else p for p in self.paragraphs]
        text = "".join(self.parts)
        return Extracted(text, zones_from(text, paragraphs), tuple(self.pieces))

    # --- tags ---------------------------------------------------------------------------------------------------------

    def tag(self, found: re.Match[str]) -> int:
        """Apply one tag and return where to read on."""
        name = found[2].lower()
        if found[1]:
            self.end(name)
            return found.end()
        if name in VOID:
            if name == "br":
                self.pending = _BREAK if self.pending == _LINE else max(self.pending, _LINE)
            elif name == "hr":
                self.pending = _BREAK
            elif name != "wbr":
                self.pending = max(self.pending, _SPACE)
            return found.end()
        is_closed = found[3].endswith("/")  # as XHTML does; a browser would hide the rest of the page
        if name in RAW and not is_closed:
            self.pending = max(self.pending, _SPACE)
            closing = _RAW_END[name].search(self.html, found.end())
            return closing.end() if closing else len(self.html)
        if is_closed and name in RAW | HIDDEN:
            return found.end()
        self.start(name, found[3])
        return found.end()

    def start(self, name: str, attributes: str) -> None:
        is_inline = name in INLINE
        if name == "a":
            # Two links side by side are two words, as in lists of tags.
            if self.follows_link:
                self.pending = max(self.pending, _SPACE)
            self.in_link = True
        elif name == "sup":
            self.superscript += 1
        if not is_inline:
            self.pending = max(self.pending, _SPACE if name in CELLS else _LINE if name == "tr" else _BREAK)
            if self.stack and (self.stack[-1].name == "p" or (name in SELF_CLOSING and self.stack[-1].name == name)):
                self.pop()
        is_hidden = name in HIDDEN
        is_furniture = name in FURNITURE
        if attributes and _SWITCHES.search(attributes):
            is_hidden = is_hidden or _HIDING.search(attributes) is not None
            is_furniture = is_furniture or _FURNITURE_CLASS.search(attributes) is not None
        is_furniture = is_furniture and not is_inline
        if is_inline and not is_hidden:
            return
        if is_furniture:
            self.numbered += 1
            self.furniture.append(self.numbered)
        self.stack.append(_Open(name, is_hidden, name == "blockquote", self.numbered if is_furniture else 0))
        self.names[name] += 1
        self.hidden += is_hidden
        self.quotes += name == "blockquote"
        self.items += name == "li"
        self.preformatted += name == "pre"

    @property
    def follows_link(self) -> bool:
        """Say whether the last text stood in a link and nothing came between."""
        return self.linked > 0 and not self.in_link and not self.pending

    def end(self, name: str) -> None:
        if name == "a":
            self.in_link = False
        elif name == "sup":
            self.superscript = max(0, self.superscript - 1)
        elif name == "br":
            self.pending = max(self.pending, _LINE)
        elif name not in INLINE:
            self.pending = max(self.pending, _SPACE if name in CELLS else _LINE if name == "tr" else _BREAK)
        if self.names[name]:
            while self.pop() != name:
                pass

    def pop(self) -> str:
        opened = self.stack.pop()
        self.names[opened.name] -= 1
        self.hidden -= opened.is_hidden
        self.quotes -= opened.is_quote
        self.items -= opened.name == "li"
        self.preformatted -= opened.name == "pre"
        if opened.furniture:
            self.furniture.pop()
        return opened.name

    # --- text ---------------------------------------------------------------------------------------------------------

    def data(self, start: int, end: int) -> None:
        if self.hidden:
            return
        ampersand = self.html.find("&", start, end)
        while ampersand >= 0:
            reference = _REFERENCE.match(self.html, ampersand, end)
            if reference is not None and (said := unescape(reference[0])) != reference[0]:
                self.literal(start, ampersand)
                if said.isspace():
                    self.pending = max(self.pending, _SPACE)
                elif said:
                    self.emit(said, ampersand, reference.end())
                start = reference.end()
            ampersand = self.html.find("&", max(start, ampersand + 1), end)
        self.literal(start, end)

    def literal(self, start: int, end: int) -> None:
        """Copy published characters, each run of white space to one separator."""
        if self.hidden or start >= end:
            return
        keeps_lines = self.is_plain or self.preformatted
        at = start
        for run in _RUN.finditer(self.html, start, end):
            if run.start() > at:
                self.gap(at, run.start(), keeps_lines=bool(keeps_lines))
            text = run[0].replace("]]>", "") if run[0].endswith("]]>") else run[0]
            if _ODD_SPACE.search(text):
                text = _ODD_SPACE.sub(lambda space: "\n" if keeps_lines and space[0] == "\n" else " ", text)
            if text:
                self.emit(text, run.start(), run.start() + len(text))
            at = run.end()
        if at < end:
            self.gap(at, end, keeps_lines=bool(keeps_lines))

    def gap(self, start: int, end: int, *, keeps_lines: bool) -> None:
        wanted = _SPACE
        if keeps_lines and "\n" in (space := self.html[start:end]):
            wanted = _BREAK if _BLANK_LINE.search(space) else _LINE
        self.pending = max(self.pending, wanted)

    def emit(self, text: str, source_start: int, source_end: int) -> None:
        if self.pending == _BREAK:
            self.end_paragraph()
        elif (
            self.superscript
            and not self.pending
            and self.parts
            and self.parts[-1][-1].isalpha()
            and text[0] in "0123456789["
        ):
            self.pending = _SPACE  # a note's number is not part of the word
        if self.pending and self.length:
            self.parts.append(_SEPARATOR[self.pending])
            self.length += len(_SEPARATOR[self.pending])
        self.pending = 0
        if self.begun is None:
            self.begun = (self.length, self.quotes > 0, self.furniture[-1] if self.furniture else 0, self.items > 0)
        self.parts.append(text)
        piece = Piece(self.length, len(text), source_start, source_end)
        if self.pieces and (longer := joined(self.pieces[-1], piece)) is not None:
            self.pieces[-1] = longer
        else:
            self.pieces.append(piece)
        self.length += len(text)
        if self.in_link:
            self.linked += len(text)

    def end_paragraph(self) -> None:
        if self.begun is not None:
            start, is_quote, furniture, is_item = self.begun
            self.paragraphs.append(Paragraph(start, self.length, is_quote, furniture, is_item, self.linked))
        self.begun = None
        self.linked = 0
