"""Owns reading well-formed RSS, RDF and Atom: most documents, at a small part of what feedparser costs.

It builds the tree with expat and looks at an item's own children only. What it does not know for certain (a format of
another kind, base64 content, a document that is not well-formed) it leaves to `syndication`. That both give the same
entries is shown by `tests/feeds/test_readers_agree.py`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, fromstring

from monitor.feeds.formats.fields import (
    Markup,
    RawEntry,
    Text,
    address_of,
    entry_of,
    hints_of,
    is_absolute,
    language_tag,
    repaired,
    title_of,
)
from monitor.model import ParsedFeed

_XML = "{http://www.w3.org/XML/1998/namespace}"
_PREFIXES = {
    "": "",
    "http://backend.userland.com/rss": "",
    "http://backend.userland.com/rss2": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://purl.org/atom/ns#": "",
    "http://www.w3.org/2005/atom": "",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/rss/1.0/modules/syndication/": "sy:",
    "http://purl.org/rss/modules/syndication/": "sy:",  # as Deutsche Welle writes it
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://news.yandex.ru": "yandex:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://search.yahoo.com/mrss": "media:",
}
_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_ATOM_03 = {"0.1": "atom01", "0.2": "atom02", "0.3": "atom03"}
_TEXT_TYPES = {"": Markup.PLAIN, "text": Markup.PLAIN, "text/plain": Markup.PLAIN, "html": Markup.HTML}
_TEXT_TYPES |= {"text/html": Markup.HTML, "xhtml": Markup.HTML, "application/xhtml+xml": Markup.HTML}
_EMAIL = re.compile(r"[\w.+-]{1,80}@[\w.-]{1,80}")
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})

_ROLES = {
    "title": "title",
    "link": "link",
    "guid": "guid",
    "id": "id",
    **dict.fromkeys(("description", "summary", "abstract", "dc:description", "itunes:summary"), "summary"),
    **dict.fromkeys(("content:encoded", "content", "fullitem", "full-text", "yandex:full-text"), "content"),
    **dict.fromkeys(("pubdate", "published", "issued", "dcterms:issued"), "published"),
    **dict.fromkeys(("updated", "modified", "lastbuilddate", "dc:date", "dcterms:modified"), "updated"),
    **dict.fromkeys(("created", "dcterms:created"), "created"),
    **dict.fromkeys(("author", "dc:creator", "dc:author", "itunes:author"), "author"),
    **dict.fromkeys(("category", "dc:subject", "media:category"), "tag"),
    **dict.fromkeys(("itunes:keywords", "media:keywords"), "tags"),
    **dict.fromkeys(("dc:language", "language"), "language"),
}
"""What the children of an item mean, by their short names; all others mean nothing here."""


class _NotForThisReaderError(Exception):
    """The document holds something only the forgiving reader knows."""


def read_wellformed(document: str, url: str, *, complete: bool) -> ParsedFeed | None:
    """Read a document that is well-formed.

    Args:
        document: from its root element on.
        url: where it came from; relative addresses are relative to it.
        complete: what the caller knows of the document's end; it is only handed on.

    Returns:
        None when it is not well-formed, or not certainly understood.
    """
    try:
        root = fromstring(document)  # noqa: S314 - no DOCTYPE is left in it, so there are no entities to expand
        return _Reader(root, url, is_complete=complete).read()
    except (ParseError, _NotForThisReaderError):
        return None


class _Reader:
    """One document's tree, and the short names of its tags as they are met."""

    def __init__(self, root: Element, url: str, *, is_complete: bool) -> None:
        self._root, self._is_complete = root, is_complete
        self._names: dict[str, str] = {}
        self._roles: dict[str, str] = {}
        self._own_namespace = root.tag[1:].partition("}")[0].lower() if root.tag[0] == "{" else ""
        self._is_atom = self._name(root) == "feed"
        self._language = root.get(_XML + "lang") or root.get("lang")
        self._own_base = self._base(url, root)

    def read(self) -> ParsedFeed:
        root = self._root
        channel = root
        if self._name(root) in ("rss", "rdf:rdf"):
            found = next((child for child in root if self._name(child) == "channel"), None)
            if found is None:
                raise _NotForThisReaderError
            channel = found
        heading = {self._name(child): child for child in reversed(channel)}  # the first of each
        title = self._text(heading["title"]) if "title" in heading else None
        skipped = heading.get("skiphours")
        return ParsedFeed(
            format=self._format(),
            title=title_of(title) if title else "",
            language=language_tag(
                self._plain(heading, "language") or self._plain(heading, "dc:language") or self._language
            ),
            entries=tuple(entry_of(self._entry(item)) for item in self._items(channel)),
            complete=self._is_complete,
            hints=hints_of(
                ttl=self._plain(heading, "ttl"),
                skip_hours=[hour.text or "" for hour in skipped] if skipped is not None else (),
                period=self._plain(heading, "sy:updateperiod"),
                frequency=self._plain(heading, "sy:updatefrequency"),
            ),
        )

    def _format(self) -> str:
        root = self._root
        match self._name(root):
            case "rss":
                version = root.get("version", "")
                return _VERSIONS.get(version) or ("rss20" if version.startswith("2.") else "rss")
            case "rdf:rdf":
                return "rss090" if any("netscape" in child.tag for child in root) else "rss10"
            case "feed":
                if root.tag.lower().startswith("{http://www.w3.org/2005/atom}"):
                    return "atom10"
                return _ATOM_03.get(root.get("version", ""), "atom")
            case "channel":
                return "rss"
        raise _NotForThisReaderError

    def _items(self, channel: Element) -> Iterator[Element]:
        """Yield the items in order; RDF has them beside the channel, and some RSS does too."""
        wanted = "entry" if self._is_atom else "item"
        for parent in (channel,) if channel is self._root else (channel, self._root):
            for child in parent:
                if self._name(child) == wanted:
                    yield child

    def _entry(self, item: Element) -> RawEntry:
        raw = RawEntry(base=self._base(self._own_base, item))
        raw.id = item.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")
        language = item.get(_XML + "lang") or self._language
        link = created = permalink = None
        links: list[str] = []
        contents: list[Text] = []
        summaries: list[Text] = []
        for child in item:
            role = self._role(child)
            if not role:
                continue
            if role == "title":
                if raw.title is None or not raw.title.value:
                    raw.title = self._text(child)
                    language = child.get(_XML + "lang") or language
            elif role == "link":
                address = self._link(child, raw.base)
                if address:
                    links.append(address)
                    link = address
            elif role == "summary":
                summaries.append(self._text(child, is_body=True))
            elif role == "content":
                contents.append(self._text(child, is_body=True))
            elif role == "published":
                raw.published = self._value(child)
            elif role in ("guid", "id"):
                raw.id = self._value(child)
                is_link = role == "guid" and _attribute(child, "ispermalink", "true").lower() == "true"
                permalink = raw.id if is_link and is_absolute(raw.id) else None
            elif role == "updated":
                raw.updated = self._value(child)
            elif role == "created":
                created = self._value(child)
            elif role == "author":
                if len(child) and self._name(child) == "author":
                    raw.authors.extend(self._person(child))
                else:
                    raw.authors.append(author_of(self._value(child)))
            elif role == "tag":
                raw.tags.append(child.get("label") or child.get("term") or self._value(child))
            elif role == "tags":
                raw.tags.extend(self._value(child).split(","))
            elif role == "language":
                raw.language = self._value(child)
        raw.links = [address for address in (link, *links, permalink) if address]
        raw.texts = contents + summaries
        raw.published = raw.published or created or raw.updated
        raw.language = raw.language or language
        return raw

    def _link(self, element: Element, base: str) -> str | None:
        """Return the address of an alternate link; one that names another type of document is not the article."""
        href = element.get("href") or element.get("url") or element.get("uri")
        if href is None:
            return self._value(element)
        if (element.get("rel") or "alternate").lower() != "alternate":
            return None
        return address_of(href, self._base(base, element))

    def _person(self, element: Element) -> Iterator[str]:
        parts = {self._name(child): self._value(child) for child in element}
        name = parts.get("name") or parts.get("email")
        if name:
            yield name

    def _text(self, element: Element, *, is_body: bool = False) -> Text:
        """Read a text construct: what kind it is depends on the format, and on whether it really holds elements."""
        if element.get("mode") == "base64":
            raise _NotForThisReaderError
        if len(element):
            return Text(repaired(inner_markup(element).strip()), Markup.HTML)
        value = self._value(element)
        if not self._is_atom:
            return Text(value, Markup.HTML if is_body else Markup.GUESS)
        kind = _TEXT_TYPES.get((element.get("type") or "").lower())
        if kind is None:
            raise _NotForThisReaderError
        return Text(value, kind)

    def _value(self, element: Element) -> str:
        text = element.text if not len(element) else "".join(element.itertext())
        return repaired(text).strip() if text else ""

    def _plain(self, heading: dict[str, Element], name: str) -> str | None:
        element = heading.get(name)
        return self._value(element) if element is not None else None

    def _base(self, base: str, element: Element) -> str:
        own = element.get(_XML + "base")
        return (address_of(own, base) or base) if own else base

    def _role(self, element: Element) -> str:
        """Return what an item's child means, "" for nothing."""
        tag = element.tag
        try:
            return self._roles[tag]
        except KeyError:
            role = self._roles[tag] = _ROLES.get(self._name(element), "")
            return role

    def _name(self, element: Element) -> str:
        """Return the short name of a tag in lower case ("dc:creator"), "" for one of an unknown vocabulary."""
        tag = element.tag
        try:
            return self._names[tag]
        except KeyError:
            namespace, _, local = tag[1:].partition("}") if tag[0] == "{" else ("", "", tag)
            prefix = _PREFIXES.get(namespace.lower(), "" if namespace.lower() == self._own_namespace else None)
            name = self._names[tag] = "" if prefix is None else prefix + local.lower()
            return name


def author_of(text: str) -> str:
    """Return the name in the ways RSS writes an author: "a@b.c (Name)", "Name <a@b.c>", "Name"; else what is there."""
    found = _EMAIL.search(text)
    if not found:
        return text
    name = (text[: found.start()] + text[found.end() :]).replace("<>", "").replace("()", "").strip()
    return name.removeprefix("(").removesuffix(")").strip() or found[0]


def _attribute(element: Element, name: str, default: str) -> str:
    """Return an attribute by its lower-case name, however the document writes it."""
    return next((value for key, value in element.items() if key.lower() == name), default)


def inner_markup(element: Element) -> str:
    """Write what stands inside an element as HTML, without namespaces."""
    parts = [html.escape(element.text or "", quote=False)]
    for child in element:
        tag = child.tag.rpartition("}")[2]
        attributes = "".join(f' {key.rpartition("}")[2]}="{html.escape(value)}"' for key, value in child.items())
        parts.append(f"<{tag}{attributes}>")
        if tag not in _VOID:
            parts.append(inner_markup(child))
            parts.append(f"</{tag}>")
        parts.append(html.escape(child.tail or "", quote=False))
    return "".join(parts)
