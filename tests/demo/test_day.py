"""The sample day: its script says what it means, its documents are real feeds, its site is a real publisher."""

import gzip
import urllib.request
from collections import Counter
from datetime import datetime, timedelta
from http.client import HTTPResponse
from pathlib import Path
from urllib.error import HTTPError

import pytest

from monitor.demo.documents import CONTENT_TYPES, document, html_of
from monitor.demo.script import DAY, FORMATS, ZONE, load_day
from monitor.demo.site import Site
from monitor.errors import InputError
from monitor.feeds.document import parse_document
from monitor.model import ParsedFeed

THE_DAY = load_day()
FEEDS = {feed.id: feed for feed in THE_DAY.feeds}


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"{DAY}T{clock}:00").replace(tzinfo=ZONE)


# --- the script -------------------------------------------------------------------------------------------------------


def test_the_day_has_the_size_and_variety_it_promises() -> None:
    """About 200 entries, a dozen feeds, every format, the encodings of the region and six languages."""
    assert len(THE_DAY.items) >= 200
    assert len(THE_DAY.feeds) >= 12
    assert {feed.format for feed in THE_DAY.feeds} == FORMATS
    assert {feed.encoding for feed in THE_DAY.feeds} >= {
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "iso-8859-9",
        "windows-1254",
        "windows-1256",
    }
    assert {feed.language for feed in THE_DAY.feeds} >= {"en", "ur", "ar", "tr", "de", "fa"}
    assert sum(bool(item.lookalike) for item in THE_DAY.items) >= 30


def test_entries_have_the_oddities_that_feeds_have() -> None:
    """No id, no date, an id twice, an address twice, text run together: each stands in the day at least once."""
    items = THE_DAY.items
    assert any(item.entry_id is None for item in items)
    assert any(item.dated is None for item in items)
    assert any(item.glued for item in items)
    ids = Counter((item.feed_id, item.entry_id) for item in items if item.entry_id)
    assert max(ids.values()) == 2
    borrowed = THE_DAY.item("strait-observer/wire-truce").url or ""
    assert borrowed.startswith(THE_DAY.item("hindukush-wire/truce-extended").url or "nothing")


def test_an_edit_changes_an_entry_at_its_time() -> None:
    """Bannu's headline reads otherwise from 14:00, under the same id and with the same text."""
    item = THE_DAY.item("indus-courier/bannu-elders")
    before, after = item.as_of(at("13:59")), item.as_of(at("14:00"))
    assert before is not None
    assert after is not None
    assert before.title != after.title
    assert before.paragraphs == after.paragraphs
    assert item.as_of(at("11:19")) is None


def test_a_reprint_has_the_wire_s_paragraphs() -> None:
    """Whole where the script says nothing, its tail cut off where it gives a number."""
    wire = THE_DAY.item("hindukush-wire/truce-extended").versions[0].paragraphs
    whole = THE_DAY.item("indus-courier/truce-extended-hw").versions[0].paragraphs
    cut = THE_DAY.item("margalla-post/truce-prolonged").versions[0].paragraphs
    assert whole[: len(wire)] == wire
    assert cut == wire[:4]
    assert len(wire) > 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("feed: a\nname: A\nsite: s\nformat: gopher\nlanguage: en\n", "a.news:1: format 'gopher'"),
        ("feed: a\nshoe: 9\n", "a.news:2: 'shoe' is none of"),
        ("feed: a\nname: A\nsite: s\nformat: rdf\nlanguage: en\nfault: 09:00-10:00 sulk\n", "fault 'sulk'"),
        (
            "feed: a\nname: A\nsite: s\nformat: rdf\nlanguage: en\n---\nat: noon\nslug: x\ntitle: X\n",
            "a.news:7: 'noon' is no time",
        ),
        ("feed: a\nname: A\nsite: s\nformat: rdf\nlanguage: en\n---\nat: 10:00\nslug: x\n", "'title' is missing"),
        (
            "feed: a\nname: A\nsite: s\nformat: rdf\nlanguage: en\n---\nat: 10:00\nslug: x\ntitle: X\nreprint: b/y\n",
            "a/x reprints b/y",
        ),
    ],
)
def test_a_mistake_in_a_script_is_named(tmp_path: Path, text: str, message: str) -> None:
    """File, line and what was expected."""
    (tmp_path / "a.news").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_day(tmp_path)


# --- the documents ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clock", ["00:00", "08:45", "16:30", "23:55"])
@pytest.mark.parametrize("feed_id", FEEDS)
def test_a_document_parses_to_the_entries_that_stand_then(feed_id: str, clock: str) -> None:
    """Every format and encoding gives titles, links, ids and dates back as the script has them, newest first."""
    feed = FEEDS[feed_id]
    parsed = parse_document(document(feed, at(clock)), {"content-type": CONTENT_TYPES[feed.format]}, "http://site/feed")
    assert isinstance(parsed, ParsedFeed)
    assert parsed.complete
    standing = feed.standing(at(clock))
    assert [entry.title for entry in parsed.entries] == [version.title for _, version in standing]
    assert [entry.published for entry in parsed.entries] == [item.dated for item, _ in standing]
    if feed.format not in ("news-sitemap", "rdf"):
        assert [entry.id for entry in parsed.entries] == [item.entry_id for item, _ in standing]
    for entry, (item, version) in zip(parsed.entries, standing, strict=True):
        assert entry.url == item.url
        if version.paragraphs and feed.format != "news-sitemap":
            assert version.paragraphs[0] in entry.html or item.glued


def test_glued_text_has_no_space_where_paragraphs_met() -> None:
    """As bad conversions leave it: the trap is "ProgressPeace"."""
    item = THE_DAY.item("khyber-dispatch/glued-progress")
    assert "ProgressPeace talks" in html_of(FEEDS["khyber-dispatch"], item, item.versions[0])


# --- the site ---------------------------------------------------------------------------------------------------------


class Hands:
    """A clock that a test sets."""

    def __init__(self, clock: str) -> None:
        self.time = at(clock)

    def now(self) -> datetime:
        return self.time


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        response: HTTPResponse = urllib.request.urlopen(request, timeout=5)
    except HTTPError as error:
        with error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()
    with response:
        return response.status, {k.lower(): v for k, v in response.headers.items()}, response.read()


def test_a_feed_moves_with_the_clock() -> None:
    """An hour later the newest entry is on top, and the old validator does not hold any more."""
    hands = Hands("04:00")
    with Site(THE_DAY, now=hands.now) as site:
        _, headers, before = get(site.url("hindukush-wire"))
        assert get(site.url("hindukush-wire"), If_None_Match=headers["etag"])[0] == 304
        hands.time += timedelta(hours=1)
        status, _, after = get(site.url("hindukush-wire"), If_None_Match=headers["etag"])
    assert status == 200
    assert b"truce-extended" in after
    assert b"truce-extended" not in before


@pytest.mark.parametrize(
    ("feed_id", "name", "header"),
    [
        ("indus-courier", "etag", "If_None_Match"),
        ("subah-nama", "etag", "If_None_Match"),
        ("margalla-post", "last-modified", "If_Modified_Since"),
    ],
)
def test_validators_are_honoured_byte_for_byte(feed_id: str, name: str, header: str) -> None:
    """304 for what was given, 200 for anything else; also for an ETag beyond ASCII."""
    with Site(THE_DAY, now=Hands("12:00").now) as site:
        _, headers, _ = get(site.url(feed_id))
        status, _, body = get(site.url(feed_id), **{header: headers[name]})
        assert (status, body) == (304, b"")
        assert get(site.url(feed_id), **{header: headers[name][:-3] + "xyz"})[0] == 200


def test_a_client_that_takes_gzip_gets_it() -> None:
    """Compressed and not, the document is the same."""
    with Site(THE_DAY, now=Hands("12:00").now) as site:
        plain = get(site.url("al-marfa"))
        packed = get(site.url("al-marfa"), Accept_Encoding="gzip")
    assert packed[1]["content-encoding"] == "gzip"
    assert gzip.decompress(packed[2]) == plain[2]


@pytest.mark.parametrize(
    ("feed_id", "clock", "status", "begins"),
    [
        ("khyber-dispatch", "08:59", 200, b"<?xml"),
        ("khyber-dispatch", "09:00", 500, b"the database"),
        ("khyber-dispatch", "10:59", 500, b"the database"),
        ("khyber-dispatch", "11:00", 200, b"<?xml"),
        ("bogaz-postasi", "12:35", 200, b"<!doctype html>"),
        ("strait-observer", "14:40", 200, b""),
    ],
)
def test_a_server_has_its_bad_hours(feed_id: str, clock: str, status: int, begins: bytes) -> None:
    """The failures stand at the times of the script, and end."""
    with Site(THE_DAY, now=Hands(clock).now) as site:
        found = get(site.url(feed_id))
    assert found[0] == status
    assert found[2][:15].startswith(begins)
    assert begins or not found[2]


def test_a_cut_document_is_read_as_cut() -> None:
    """Its entries come but for the last, and it is not complete."""
    feed = FEEDS["kabul-ledger"]
    with Site(THE_DAY, now=Hands("16:10").now) as site:
        _, headers, body = get(site.url(feed.id))
    parsed = parse_document(body, headers, "http://site/feed")
    assert isinstance(parsed, ParsedFeed)
    assert not parsed.complete
    assert 0 < len(parsed.entries) < len(feed.standing(at("16:10")))


def test_an_unknown_path_is_not_found() -> None:
    """404, and the count says so."""
    with Site(THE_DAY, now=Hands("12:00").now) as site:
        assert get(site.url("nobody"))[0] == 404
        assert site.statuses[404] == 1
