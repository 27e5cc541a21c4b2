"""Owns the faults of feed documents that can be mended in the text, so that a strict XML reader accepts it.

Pure, linear in the length of the text. It changes only what an XML 1.0 reader would refuse; a well-formed document
comes out as it went in, save for its prolog.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.entities import html5

ROOTS = frozenset(
    {"rss", "feed", "rdf", "channel", "urlset", "sitemapindex", "opml", "html", "head", "body"}
    | {"newsmessage", "newsitem", "packageitem", "newsml"}
)

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # XML 1.0 section 2.2, production Char
_CONTROLS = bytes({*range(0x20)} - {*b"\t\n\r"})
_NAME = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,60})")
_QUALIFIED = re.compile(r"<([A-Za-z_][\w.:-]{0,100})")
_KNOWN_ROOT = re.compile(
    r"<\?xml[\s?]|<(?:[A-Za-z_][\w.-]{0,40}:)?(?:rss|feed|RDF|urlset|sitemapindex|opml|html|newsMessage|newsItem|packageItem)[\s>/]",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(#[xX]?[0-9A-Za-z]{0,12};?|[A-Za-z][A-Za-z0-9]{0,31};)?")
_SURROGATES = re.compile(r"&#(x[dD][89abAB][0-9a-fA-F]{2}|5[5-6]\d{3});&#(x[dD][c-fC-F][0-9a-fA-F]{2}|5[6-7]\d{3});")
_CLOSING = re.compile(r"</(?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,60})\s{0,100}>")
_DECLARED_PREFIX = re.compile(r"\sxmlns:([A-Za-z_][\w.-]{0,40})\s{0,20}=")
_USED_PREFIX = re.compile(r"(?:<|\s)([A-Za-z_][\w.-]{0,40}):[A-Za-z_][\w.-]{0,60}(?=[\s/>=])")
_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
}
_MOST_PREFIXES = 30
_XML_NAMES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_JUNK_SEARCHED = 65_536
"""Characters before the document that are looked through for its beginning (a server's warnings, a stray banner)."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How a text begins."""

    start: int
    """Where its root element begins."""
    root: str
    """The root's local name in lower case; "" when there is none."""
    has_junk: bool = False
    """Something that is no XML stands before the document."""


def opening_of(text: str) -> Opening:
    """Find the root element behind byte order marks, declarations, comments, a DOCTYPE and junk."""
    found = _root_at(text, 0)
    if found is not None and found.root in ROOTS:
        return found
    known = _KNOWN_ROOT.search(text, 0, _JUNK_SEARCHED)
    behind = _root_at(text, known.start()) if known else None
    if behind is not None and behind.root in ROOTS:
        return Opening(behind.start, behind.root, has_junk=True)
    return found or Opening(0, "")


def _root_at(text: str, at: int) -> Opening | None:
    length = len(text)
    while at < length:
        if text[at].isspace() or text[at] == "\ufeff":
            at += 1
        elif text.startswith("<?", at):
            end = text.find("?>", at)
            if end < 0:
                return None
            at = end + 2
        elif text.startswith("<!--", at):
            end = text.find("-->", at)
            if end < 0:
                return None
            at = end + 3
        elif text.startswith("<!", at):
            at = _doctype_end(text, at)
        else:
            name = _NAME.match(text, at)
            return Opening(at, name[1].lower()) if name else None
    return None


def _doctype_end(text: str, at: int) -> int:
    """Return where a DOCTYPE ends, its internal subset included: nothing it declares is used."""
    close, subset = text.find(">", at), text.find("[", at)
    if 0 <= subset < close:
        end = text.find("]", subset)
        close = text.find(">", end) if end >= 0 else -1
    return close + 1 if close >= 0 else len(text)


def without_illegal_characters(text: str) -> str:
    """Drop the characters XML does not know; they are invisible, and one of them makes a document unreadable."""
    try:  # most texts have none, and bytes are looked through for that ten times as fast as by a pattern
        octets = text.encode()
    except UnicodeEncodeError:
        return _ILLEGAL.sub("", text)
    is_clean = len(octets.translate(None, _CONTROLS)) == len(octets) and "\ufffe" not in text and "\uffff" not in text
    return text if is_clean else _ILLEGAL.sub("", text)


def with_legal_references(text: str) -> str:
    """Write references that XML does not know as what they mean in HTML, outside CDATA sections.

    Names of HTML become their characters, bare and unknown ampersands become `&amp;`, numbers that are no character
    become U+FFFD, halves of a surrogate pair one character, and 128 to 159 what windows-1252 shows
    (HTML Standard, "numeric character reference end state").
    """
    if "&" not in text:
        return text
    parts: list[str] = []
    at = 0
    while True:
        section = text.find("<![CDATA[", at)
        plain = text[at:] if section < 0 else text[at:section]
        parts.append(_REFERENCE.sub(_legal_reference, _SURROGATES.sub(_one_character, plain)))
        if section < 0:
            break
        end = text.find("]]>", section)
        at = len(text) if end < 0 else end + 3
        parts.append(text[section:at])
        if end < 0:
            break
    return "".join(parts)


def _one_character(found: re.Match[str]) -> str:
    high, low = (int(half[1:], 16) if half[0] == "x" else int(half) for half in found.groups())
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return found[0]
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def _legal_reference(found: re.Match[str]) -> str:
    name = found[1]
    if name is None:
        return "&amp;"
    if name in _XML_NAMES:
        return found[0]
    if name[0] != "#":
        characters = html5.get(name)
        if characters is None:
            return "&amp;" + name
        return characters.replace("&", "&amp;").replace("<", "&lt;")
    digits = name[1:].rstrip(";")
    try:
        number = int(digits[1:], 16) if digits[:1] in ("x", "X") else int(digits)
    except ValueError:
        return "&amp;" + name
    if 0x80 <= number <= 0x9F:
        character = bytes([number]).decode("cp1252", "replace")
    elif number > 0x10FFFF or number == 0 or _ILLEGAL.match(chr(number)):
        character = "�"
    else:
        return f"&#{number};"
    return character


def end_of_root(text: str, opening: Opening) -> int:
    """Return where the root element ends, -1 when it is never closed: the document was cut."""
    bracket = text.find(">", opening.start)
    if bracket > 0 and text[bracket - 1] == "/":
        return bracket + 1
    return _end_of_last(text, (opening.root,), opening.start)


def _end_of_last(text: str, names: tuple[str, ...], start: int) -> int:
    at = len(text)
    while (at := text.rfind("</", start, at)) >= 0:
        found = _CLOSING.match(text, at)
        if found and found[1].lower() in names:
            return found.end()
    return -1


def closed_behind_last_item(text: str, opening: Opening) -> str:
    """Return a cut document from its root to the end of its last whole item, closed; without one, all there is."""
    end = _end_of_last(text, ("item", "entry"), opening.start)
    root = _QUALIFIED.match(text, opening.start)
    if end < 0 or root is None:
        return text[opening.start :]
    inside = text[opening.start : end]
    channel = "</channel>" if opening.root == "rss" and "</channel>" not in inside else ""
    return f"{inside}{channel}</{root[1]}>"


def with_declared_prefixes(text: str) -> str:
    """Declare at the root the namespace prefixes that a document uses without saying what they mean.

    Known prefixes mean what feeds mean by them; others get a namespace that nobody knows.

    Args:
        text: from its root element on.
    """
    root = _QUALIFIED.match(text)
    if root is None:
        return text
    declared = set(_DECLARED_PREFIX.findall(text, 0, max(text.find(">"), 0)))
    used = dict.fromkeys(_USED_PREFIX.findall(text))
    missing = [prefix for prefix in used if prefix not in declared and prefix.lower() not in ("xml", "xmlns")]
    if not missing or len(missing) > _MOST_PREFIXES:
        return text
    said = "".join(
        f' xmlns:{prefix}="{_NAMESPACES.get(prefix.lower(), f"urn:undeclared:{prefix}")}"' for prefix in missing
    )
    return f"{text[: root.end()]}{said}{text[root.end() :]}"
