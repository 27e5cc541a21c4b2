"""Owns lists of feeds as OPML 2.0 (opml.org/spec2): reading what other programs write, and writing ours without loss.

Pure. Folders and categories become tags. What OPML has no word for is kept in attributes of our own namespace, so a
list that was written here is read back the same. A damaged file is read as far as it can be, each fault with its line.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from monitor.errors import Problem
from monitor.feeds.guard import scheme_refusal
from monitor.model import Feed
from monitor.period import format_period, parse_period

NAMESPACE = "urn:news-monitor:opml:1"
_OUTLINE = re.compile(r"""<outline\b((?:[^<>"']|"[^"<]{0,8000}"|'[^'<]{0,8000}'){0,400})>|</outline\s*>|<outline\b""")
_ATTRIBUTE = re.compile(r"""([A-Za-z_][\w:.-]{0,60})\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_NOT_IN_ID = re.compile(r"[^a-z0-9]+")
_NOT_NEWLINE = re.compile(r"[^\n]")


@dataclass(frozen=True, slots=True)
class FeedList:
    """What a file held."""

    feeds: tuple[Feed, ...]
    problems: tuple[Problem, ...]
    """What could not be read, by line; the feeds are those that could."""
    paused: frozenset[str] = frozenset()
    """Ids of feeds that were paused where the list was written."""


@dataclass(frozen=True, slots=True)
class _Outline:
    line: int
    column: int
    attributes: dict[str, str]
    folders: tuple[str, ...]


def read_opml(text: str, file: str) -> FeedList:
    """Read a list of feeds.

    Args:
        text: the file's content.
        file: how problems name it.
    """
    problems = [*_not_well_formed(text, file)]
    feeds: list[Feed] = []
    lines_of: dict[str, int] = {}
    ids: set[str] = set()
    paused: set[str] = set()
    for outline in _outlines(text, file, problems):
        url = _get(outline.attributes, "xmlUrl", "xmlurl", "url").strip()
        is_feed = outline.attributes.get("type", "").lower() in ("rss", "atom", "feed")
        if not url:
            if is_feed:
                problems.append(Problem(file, outline.line, outline.column, "the outline names no feed (xmlUrl)"))
            continue
        refusal = scheme_refusal(url)
        if refusal is not None:
            problems.append(Problem(file, outline.line, outline.column, f"{url[:200]}: {refusal}"))
            continue
        if url in lines_of:
            message = f"{url[:200]} stands in line {lines_of[url]} already"
            problems.append(Problem(file, outline.line, outline.column, message))
            continue
        lines_of[url] = outline.line
        feeds.append(_feed(outline, url, ids, file, problems))
        if outline.attributes.get("monitor:paused") == "true":
            paused.add(feeds[-1].id)
    return FeedList(tuple(feeds), tuple(sorted(problems)), frozenset(paused))


def write_opml(feeds: Iterable[Feed], title: str, paused: Collection[str] = ()) -> str:
    """Write a list of feeds, some of them paused; `read_opml` reads the same feeds back."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0" xmlns:monitor="{NAMESPACE}">',
        f"  <head><title>{escape(title)}</title></head>",
        "  <body>",
    ]
    for feed in feeds:
        attributes = {
            "type": "rss",
            "text": feed.name,
            "title": feed.name,
            "xmlUrl": feed.url,
            "category": ",".join(feed.tags),
            "language": feed.language or "",
            "monitor:id": feed.id,
            "monitor:every": format_period(feed.every) if feed.every else "",
            "monitor:fullText": "true" if feed.full_text else "",
            "monitor:baselineNewest": str(feed.baseline_newest) if feed.baseline_newest else "",
            "monitor:paused": "true" if feed.id in paused else "",
        }
        written = " ".join(f"{name}={_quoted(value)}" for name, value in attributes.items() if value)
        lines.append(f"    <outline {written}/>")
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def _outlines(text: str, file: str, problems: list[Problem]) -> Iterator[_Outline]:
    """Find the outlines with the folders they stand in, in a file of any quality."""
    text = _without_comments(text)
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    folders: list[str] = []
    line = 0
    for found in _OUTLINE.finditer(text):
        while line + 1 < len(starts) and starts[line + 1] <= found.start():
            line += 1
        column = found.start() - starts[line] + 1
        if found[0].startswith("</"):
            if folders:
                folders.pop()
            continue
        inside = found[1]
        if inside is None:
            problems.append(Problem(file, line + 1, column, "the outline is not closed, or a quote in it is not"))
            continue
        attributes = {name: html.unescape(double or single) for name, double, single in _ATTRIBUTE.findall(inside)}
        yield _Outline(line + 1, column, attributes, tuple(filter(None, folders)))
        if not inside.rstrip().endswith("/"):
            is_folder = not _get(attributes, "xmlUrl", "xmlurl")
            folders.append(_get(attributes, "title", "text") if is_folder else "")


def _without_comments(text: str) -> str:
    """Blank out comments, so that every line and column stays where it is."""
    parts: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        parts += [text[at:start], _NOT_NEWLINE.sub(" ", text[start : end + 3])]
        at = end + 3
    return "".join([*parts, text[at:]])


def _feed(outline: _Outline, url: str, ids: set[str], file: str, problems: list[Problem]) -> Feed:
    attributes = outline.attributes
    name = " ".join(_get(attributes, "title", "text").split()) or (urlsplit(url).hostname or url)
    categories = [part for entry in attributes.get("category", "").split(",") for part in entry.split("/")]
    tags = [tag for value in (*outline.folders, *categories) if (tag := _id_of(value))]
    every = None
    if wanted := attributes.get("monitor:every"):
        try:
            every = parse_period(wanted)
        except ValueError as error:
            problems.append(Problem(file, outline.line, outline.column, str(error)))
    newest = attributes.get("monitor:baselineNewest", "")
    free = feed_id(attributes.get("monitor:id") or name, url, ids)
    ids.add(free)
    return Feed(
        id=free,
        url=url,
        name=name,
        language=attributes.get("language") or None,
        tags=tuple(dict.fromkeys(tags)),
        every=every,
        full_text=attributes.get("monitor:fullText") == "true",
        baseline_newest=int(newest) if newest.isascii() and newest.isdigit() and len(newest) < 6 else 0,
    )


def _not_well_formed(text: str, file: str) -> Sequence[Problem]:
    parser = expat.ParserCreate()
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        reason = expat.errors.messages.get(error.code, "unreadable")
        return [Problem(file, error.lineno, error.offset + 1, f"not well-formed XML: {reason}")]
    return []


def _get(attributes: dict[str, str], *names: str) -> str:
    return next((attributes[name] for name in names if attributes.get(name)), "")


def _quoted(value: str) -> str:
    return quoteattr(value, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _id_of(text: str) -> str:
    """Make an id of a name: ASCII letters, digits and dashes; "" for a name in another script."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return _NOT_IN_ID.sub("-", plain).strip("-")[:60].strip("-")


def feed_id(name: str, url: str, taken: set[str]) -> str:
    """Make a feed's id of its name, or of its host where the name has no Latin letters; a number makes it free."""
    wanted = _id_of(name) or _id_of(urlsplit(url).hostname or "") or "feed"
    number, free = 2, wanted
    while free in taken:
        free, number = f"{wanted}-{number}", number + 1
    return free
