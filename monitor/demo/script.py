"""Read the script of the sample day: which outlet publishes, changes or fails to serve what, and when.

One `.news` file an outlet in `day/`: a head of `name: value` lines, then entries parted by a line `---`, each a head of
its own, an empty line and paragraphs parted by empty lines. A paragraph that begins with "<" is markup as it stands. A
slug that stands again later in the file is the same entry, edited at that time. Times are local to the day's zone;
`yesterday HH:MM` is before the day. All outlets, people and events are invented.

This module refuses to know how a document is written (`documents`) or served (`site`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.errors import InputError

DAY_FOLDER = Path(__file__).parent / "day"
DAY = date(2026, 11, 18)
ZONE = ZoneInfo("Asia/Karachi")

FORMATS = frozenset({"rss20", "atom10", "rdf", "json-feed", "news-sitemap"})
FAULTS = frozenset({"status", "html", "cut", "empty"})
_FEED_KEYS = frozenset(
    {
        "feed",
        "name",
        "site",
        "format",
        "encoding",
        "language",
        "tags",
        "every",
        "window",
        "validators",
        "fault",
        "footer",
    }
)
_ENTRY_KEYS = frozenset(
    {"at", "slug", "title", "by", "id", "url", "dated", "reprint", "paragraphs", "glued", "lookalike", "note"}
)


@dataclass(frozen=True, slots=True)
class Version:
    """An entry as it reads from a moment on."""

    at: datetime
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the day, with its edits."""

    feed_id: str
    slug: str
    versions: tuple[Version, ...]
    entry_id: str | None
    url: str | None
    by: str | None
    dated: datetime | None
    """What the publisher claims; None where the entry bears no date."""
    glued: bool
    """Paragraphs run into one another without a space, as bad conversions leave them."""
    lookalike_of: str
    """The rule whose business it looks like and is not; "" for entries that do not."""
    lookalike: str
    """What it is instead."""
    note: str
    """What the entry is there for."""

    @property
    def name(self) -> str:
        """Return "feed/slug", the name by which other entries and tests mean it."""
        return f"{self.feed_id}/{self.slug}"

    @property
    def published_at(self) -> datetime:
        """Return when it first stood in the feed."""
        return self.versions[0].at

    def as_of(self, now: datetime) -> Version | None:
        """Return what a reader finds at a time, None before it was published."""
        found = [version for version in self.versions if version.at <= now]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Fault:
    """What the outlet's server does instead of serving, in [start, end)."""

    start: datetime
    end: datetime
    kind: str
    """One of `FAULTS`."""
    status: int = 500


@dataclass(frozen=True, slots=True)
class SampleFeed:
    """An outlet's feed and everything it publishes on the day."""

    id: str
    name: str
    site: str
    """Address of the invented outlet, under .example (RFC 2606)."""
    format: str
    encoding: str
    """As the document declares it; "utf-8-sig" is UTF-8 behind a byte order mark."""
    language: str
    tags: tuple[str, ...]
    every: str
    """The period in which it is polled, as a rule file writes it."""
    window: int
    """How many of the newest entries the document holds."""
    validators: str
    """"etag", "last-modified", "odd-etag" or "none"."""
    footer: tuple[str, ...] = ()
    """Paragraphs that this outlet puts under every text."""
    faults: tuple[Fault, ...] = ()
    items: tuple[Item, ...] = ()

    def standing(self, now: datetime) -> list[tuple[Item, Version]]:
        """Return what the document holds at a time, newest entry first, edits where they stood."""
        found = [(item, version) for item in self.items if (version := item.as_of(now)) is not None]
        found.sort(key=lambda pair: (pair[0].published_at, pair[0].slug), reverse=True)
        return found[: self.window]

    def fault(self, now: datetime) -> Fault | None:
        """Return what is wrong with the outlet's server at a time."""
        return next((fault for fault in self.faults if fault.start <= now < fault.end), None)


@dataclass(frozen=True, slots=True)
class Day:
    """The whole script."""

    start: datetime
    feeds: tuple[SampleFeed, ...]
    _by_name: Mapping[str, Item] = field(default_factory=dict, repr=False)

    @property
    def end(self) -> datetime:
        """Return the next midnight."""
        return self.start + timedelta(days=1)

    @property
    def items(self) -> tuple[Item, ...]:
        """Return every entry of every outlet."""
        return tuple(self._by_name.values())

    def item(self, name: str) -> Item:
        """Return the entry called "feed/slug"."""
        return self._by_name[name]


def load_day(folder: Path = DAY_FOLDER, *, day: date = DAY, zone: ZoneInfo = ZONE) -> Day:
    """Read every `.news` file of a folder.

    Raises:
        InputError: naming the file and line of the first mistake.
    """
    start = datetime.combine(day, time(0), zone)
    feeds = [_read_feed(path, start) for path in sorted(folder.glob("*.news"))]
    items = {item.name: item for feed in feeds for item in feed.items}
    whole = [replace(feed, items=tuple(_with_reprint(item, items) for item in feed.items)) for feed in feeds]
    return Day(start=start, feeds=tuple(whole), _by_name={item.name: item for feed in whole for item in feed.items})


# --- reading ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Block:
    path: Path
    line: int
    head: Mapping[str, tuple[str, ...]]
    paragraphs: tuple[str, ...]

    def fail(self, message: str) -> InputError:
        return InputError(f"{self.path.name}:{self.line}: {message}")

    def one(self, key: str, default: str | None = None) -> str:
        values = self.head.get(key, ())
        if len(values) > 1:
            raise self.fail(f"{key!r} stands twice")
        if values:
            return values[0]
        if default is None:
            raise self.fail(f"{key!r} is missing")
        return default


def _blocks(path: Path, keys: tuple[frozenset[str], frozenset[str]]) -> Iterable[_Block]:
    lines = path.read_text(encoding="utf-8").splitlines()
    begin = 0
    known = keys[0]
    for number in range(len(lines) + 1):
        if number == len(lines) or lines[number] == "---":
            yield _block(path, begin, lines[begin:number], known)
            begin, known = number + 1, keys[1]


def _block(path: Path, begin: int, lines: list[str], known: frozenset[str]) -> _Block:
    head: dict[str, tuple[str, ...]] = {}
    body_at = len(lines)
    for offset, line in enumerate(lines):
        if not line.strip():
            if head:
                body_at = offset
                break
            continue
        key, colon, value = line.partition(":")
        if not colon or key not in known:
            raise InputError(f"{path.name}:{begin + offset + 1}: {key!r} is none of {', '.join(sorted(known))}")
        head[key] = (*head.get(key, ()), value.strip())
    paragraphs = "\n".join(lines[body_at:]).split("\n\n")
    text = tuple(joined for paragraph in paragraphs if (joined := " ".join(paragraph.split())))
    return _Block(path, begin + 1, head, text)


def _read_feed(path: Path, start: datetime) -> SampleFeed:
    head, *entries = _blocks(path, (_FEED_KEYS, _ENTRY_KEYS))
    feed = SampleFeed(
        id=head.one("feed"),
        name=head.one("name"),
        site=head.one("site"),
        format=head.one("format"),
        encoding=head.one("encoding", "utf-8"),
        language=head.one("language"),
        tags=tuple(head.one("tags", "").split()),
        every=head.one("every", "15m"),
        window=int(head.one("window", "20")),
        validators=head.one("validators", "etag"),
        footer=head.head.get("footer", ()),
        faults=tuple(_fault(head, text, start) for text in head.head.get("fault", ())),
    )
    if feed.format not in FORMATS:
        raise head.fail(f"format {feed.format!r} is none of {', '.join(sorted(FORMATS))}")
    items: dict[str, Item] = {}
    for block in entries:
        slug = block.one("slug")
        items[slug] = _edited(items[slug], block, start) if slug in items else _item(feed, block, start)
    return replace(feed, items=tuple(items.values()))


def _item(feed: SampleFeed, block: _Block, start: datetime) -> Item:
    slug = block.one("slug")
    at = _time(block, block.one("at"), start)
    dated = block.one("dated", "as published")
    url = block.one("url", f"{feed.site}/{at:%Y/%m/%d}/{slug}")
    # An id is the address unless the entry says otherwise; "none" leaves it out.
    entry_id = block.one("id", url if feed.format in ("rss20", "rdf") else f"tag:{feed.id},2026:{slug}")
    paragraphs = block.paragraphs
    if "reprint" in block.head:
        paragraphs = (f"\0{block.one('reprint')}\0{block.one('paragraphs', '')}", *paragraphs)
    return Item(
        feed_id=feed.id,
        slug=slug,
        versions=(Version(at, block.one("title"), paragraphs),),
        entry_id=None if entry_id == "none" else entry_id,
        url=None if url == "none" else url,
        by=block.one("by", "") or None,
        dated=None if dated == "none" else at if dated == "as published" else _time(block, dated, start),
        glued=block.one("glued", "no") == "yes",
        lookalike_of=block.one("lookalike", "").partition(":")[0],
        lookalike=block.one("lookalike", "").partition(":")[2].strip(),
        note=block.one("note", ""),
    )


def _edited(item: Item, block: _Block, start: datetime) -> Item:
    old = item.versions[-1]
    at = _time(block, block.one("at"), start)
    if at <= old.at:
        raise block.fail(f"{item.slug!r} stands twice, and not later")
    edit = Version(at, block.one("title", old.title), block.paragraphs or old.paragraphs)
    return replace(item, versions=(*item.versions, edit))


def _with_reprint(item: Item, items: Mapping[str, Item]) -> Item:
    """Put the wire's paragraphs where an entry says it prints them."""
    return replace(item, versions=tuple(_reprinted(version, item, items) for version in item.versions))


def _reprinted(version: Version, item: Item, items: Mapping[str, Item]) -> Version:
    if not version.paragraphs or not version.paragraphs[0].startswith("\0"):
        return version
    _, name, count = version.paragraphs[0].split("\0")
    if name not in items:
        raise InputError(f"{item.name} reprints {name}, which no outlet publishes")
    wire = items[name].versions[0].paragraphs
    return replace(version, paragraphs=(*wire[: int(count) if count else None], *version.paragraphs[1:]))


def _time(block: _Block, text: str, start: datetime) -> datetime:
    day, _, clock = text.rpartition(" ")
    try:
        hour, minute = (int(part) for part in clock.split(":"))
        days = (
            {"": 0, "yesterday": -1}[day] if day in ("", "yesterday") else (date.fromisoformat(day) - start.date()).days
        )
        return start + timedelta(days=days, hours=hour, minutes=minute)
    except ValueError as error:
        raise block.fail(f"{text!r} is no time; write 14:05, yesterday 21:30 or 2026-11-18 14:05") from error


def _fault(block: _Block, text: str, start: datetime) -> Fault:
    span, kind, *status = text.split()
    begin, _, end = span.partition("-")
    if kind not in FAULTS:
        raise block.fail(f"fault {kind!r} is none of {', '.join(sorted(FAULTS))}")
    return Fault(_time(block, begin, start), _time(block, end, start), kind, *(int(code) for code in status))
