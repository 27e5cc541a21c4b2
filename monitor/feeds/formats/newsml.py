"""Owns reading NewsML-G2 (IPTC): news messages, single news items, and packages that name items.

An item's guid is its id: a new version of it is an edit of the same entry, and of several versions in a document the
newest counts. Items whose status is withheld or canceled are no news. Names are those of the NewsML-G2 specification
(IPTC, "NAR" namespace) and of NITF; only what an entry needs is looked at, and any of it may be missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from monitor.feeds.formats.fields import Markup, RawEntry, Text, entry_of
from monitor.feeds.formats.wellformed import inner_markup
from monitor.model import Entry, ParsedFeed

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NO_NEWS = frozenset({"withheld", "canceled", "cancelled"})
"""Of the IPTC Publishing Status NewsCodes (`stat:`); the other one is usable, which is also what none means."""
_SAME_ARTICLE = frozenset({"alternate", "canonical"})
"""Relations of a link whose target is this article on the web; what is only related (`irel:seeAlso`) is another one."""
_AS_HTML = {"hl1": "h1", "hl2": "h2", "block": "div", "nitf-table": "div"}
_NOT_TEXT = frozenset({"media", "body.head", "body.end", "head", "script", "style"})

_Found = tuple[str | None, int, Entry | None]
"""An item's guid, its version, and what it is as an entry; None where it is no news."""


def read_newsml(text: str, url: str) -> ParsedFeed:
    """Read a document; of one that was cut, the items that are whole.

    Args:
        text: from its root on, mended.
        url: where it came from; relative addresses are relative to it.

    Returns:
        What stands before the first fault, `complete` only when there is none.
    """
    parser: XMLPullParser[Element] = XMLPullParser(events=("end",))
    found = _Items(url)
    complete = True
    try:
        parser.feed(text)
        for event in parser.read_events():
            if isinstance(event[-1], Element):
                found.meet(event[-1])
        parser.close()
    except ParseError:
        complete = False
    entries = found.entries()
    language = next((entry.language for entry in entries if entry.language), None)
    return ParsedFeed("newsml-g2", found.sender, language, entries, complete)


class _Items:
    """The items of one document, as they are met."""

    def __init__(self, url: str) -> None:
        self.sender = ""
        self._url = url
        self._items: list[_Found] = []
        self._named: list[_Found] = []

    def meet(self, element: Element) -> None:
        """Take an element that has just ended."""
        name = _local(element)
        if name == "sender":
            self.sender = self.sender or _text(element)
        elif name == "newsItem":
            self._items.append(self._item(element))
            element.clear()
        elif name == "itemRef":
            self._named.append(self._reference(element))

    def entries(self) -> tuple[Entry, ...]:
        """Return what is news, each item in its newest version; what a package only names comes after."""
        newest: dict[str, tuple[int, Entry | None]] = {}
        for number, (guid, version, entry) in enumerate(self._items):
            key = guid or f" {number}"
            if key not in newest or version >= newest[key][0]:
                newest[key] = version, entry
        for number, (guid, version, entry) in enumerate(self._named, start=len(self._items)):
            newest.setdefault(guid or f" {number}", (version, entry))
        return tuple(entry for _, entry in newest.values() if entry is not None)

    def _item(self, item: Element) -> _Found:
        about, content = _child(item, "itemMeta"), _child(item, "contentMeta")
        guid, version = item.get("guid"), _version(item)
        provider = _child(about, "provider")
        self.sender = self.sender or _name_of(provider)
        if not _is_news(about):
            return guid, version, None
        raw = RawEntry(id=guid, base=self._url)
        title = _first(content, "headline") or _first(about, "title") or _headline(item) or _first(content, "slugline")
        raw.title = Text(title, Markup.PLAIN) if title else None
        raw.texts = [*_bodies(_child(item, "contentSet")), *_descriptions(content)]
        raw.links = [*_links(about), *_web_pages(_child(item, "contentSet"))]
        raw.published = _first(about, "firstCreated") or _first(content, "contentCreated")
        raw.updated = _first(content, "contentModified") or _first(about, "versionCreated")
        raw.published = raw.published or raw.updated
        raw.authors = [*_texts(content, "by"), *_texts(content, "creditline")] or [_name_of(provider)]
        raw.language = _language(content) or item.get(_LANG)
        raw.tags = [*_texts(content, "slugline"), *_texts(content, "keyword")]
        raw.tags += [_name_of(subject) for subject in _children(content, "subject")]
        if not raw.title and not raw.texts:
            return guid, version, None
        return guid, version, entry_of(raw)

    def _reference(self, reference: Element) -> _Found:
        """Read what a package says of an item that it only names; without a headline there is nothing to read."""
        guid, version = reference.get("residref"), _version(reference)
        title = _first(reference, "headline") or _first(reference, "title")
        if not title or not _is_news(reference):
            return guid, version, None
        raw = RawEntry(id=guid, base=self._url, title=Text(title, Markup.PLAIN))
        raw.links = [reference.get("href", "")]
        raw.texts = list(_descriptions(reference))
        raw.published = raw.updated = _first(reference, "versionCreated")
        raw.language = _language(reference) or reference.get(_LANG)
        raw.authors = [_name_of(_child(reference, "provider"))]
        raw.tags = list(_texts(reference, "slugline"))
        return guid, version, entry_of(raw)


def _language(about: Element | None) -> str | None:
    language = _child(about, "language")
    return None if language is None else language.get("tag")


def _is_news(about: Element | None) -> bool:
    status = _child(about, "pubStatus")
    return status is None or _code(status).lower() not in _NO_NEWS


def _bodies(content: Element | None) -> Iterator[Text]:
    """Yield the texts that stand in the item: NITF, XHTML, or characters. What is encoded is left alone."""
    for rendition in _children(content, "inlineXML"):
        for root in rendition:
            body = next((e for e in root.iter() if _local(e) in ("body.content", "body")), root)
            body = next((e for e in body.iter() if _local(e) == "body.content"), body)
            yield Text(inner_markup(_as_html(body)).strip(), Markup.HTML)
    for rendition in _children(content, "inlineData"):
        if rendition.get("encoding") is None and rendition.get("encodinguri") is None:
            kind = rendition.get("contenttype", "text/plain").partition(";")[0].strip().lower()
            if kind.startswith("text/"):
                yield Text(_text(rendition), Markup.HTML if kind == "text/html" else Markup.PLAIN)


def _as_html(body: Element) -> Element:
    """Give NITF's own elements the names that HTML has for them, and empty those that hold no running text."""
    for element in list(body.iter()):
        name = _local(element)
        if name in _NOT_TEXT:
            behind = element.tail
            element.clear()
            element.tag, element.tail = "span", behind
        elif name in _AS_HTML:
            element.tag = _AS_HTML[name]
    return body


def _headline(item: Element) -> str:
    """Return the headline that stands in the text itself (NITF `hl1`, or the title of a page)."""
    return next((" ".join("".join(e.itertext()).split()) for e in item.iter() if _local(e) in ("hl1", "h1")), "")


def _descriptions(about: Element | None) -> Iterator[Text]:
    for description in _texts(about, "description"):
        yield Text(description, Markup.PLAIN)


def _links(about: Element | None) -> Iterator[str]:
    for link in _children(about, "link"):
        if link.get("rel", "").rpartition(":")[2].lower() in _SAME_ARTICLE:
            yield link.get("href", "")


def _web_pages(content: Element | None) -> Iterator[str]:
    for remote in _children(content, "remoteContent"):
        if remote.get("contenttype", "").startswith(("text/html", "application/xhtml")):
            yield remote.get("href", "")


def _name_of(concept: Element | None) -> str:
    """Return what people call a concept: its name, its literal value, or its code without the scheme."""
    if concept is None:
        return ""
    return _first(concept, "name") or concept.get("literal") or _code(concept)


def _code(concept: Element) -> str:
    return concept.get("qcode", "").rpartition(":")[2] or concept.get("uri", "").rpartition("/")[2]


def _version(element: Element) -> int:
    version = element.get("version", "")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 1


def _first(parent: Element | None, name: str) -> str:
    return next((text for text in _texts(parent, name) if text), "")


def _texts(parent: Element | None, name: str) -> Iterator[str]:
    return (_text(child) for child in _children(parent, name))


def _text(element: Element) -> str:
    return "".join(element.itertext()).strip()


def _child(parent: Element | None, name: str) -> Element | None:
    return next(iter(_children(parent, name)), None)


def _children(parent: Element | None, name: str) -> Iterable[Element]:
    return () if parent is None else (child for child in parent if _local(child) == name)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]
