"""Documents to outcomes: every format, every fault that is mended, every thing that is no feed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.feeds.document import parse_document
from monitor.model import Entry, ParsedFeed, ParseFailed, ParseFault
from tests.feeds.documents import atom, item, rss

URL = "https://news.example/world/feed.xml"


def parsed(body: bytes, content_type: str = "text/xml") -> ParsedFeed:
    outcome = parse_document(body, {"content-type": content_type}, URL)
    assert isinstance(outcome, ParsedFeed), outcome
    return outcome


def only(body: bytes) -> Entry:
    (entry,) = parsed(body).entries
    return entry


def failed(body: bytes) -> ParseFailed:
    outcome = parse_document(body, {}, URL)
    assert isinstance(outcome, ParseFailed), outcome
    return outcome


# --- formats ----------------------------------------------------------------------------------------------------------


def test_rss_with_full_content() -> None:
    """`content:encoded` is longer than the summary and wins; markup stays as published."""
    entry = only(
        rss(
            "<item><guid isPermaLink='false'>tag:1</guid><link>https://news.example/1</link>"
            "<title>Truce &amp; talks</title>"
            "<description>Short.</description><content:encoded><![CDATA[<p>Long <b>text</b>.</p>]]></content:encoded>"
            "<dc:creator>A. Writer</dc:creator><category>Peace</category><category>Peace</category>"
            "<pubDate>Fri, 20 Nov 2026 13:00:00 +0500</pubDate></item>"
        )
    )
    assert entry == Entry(
        id="tag:1",
        url="https://news.example/1",
        title="Truce & talks",
        html="<p>Long <b>text</b>.</p>",
        published=datetime(2026, 11, 20, 8, tzinfo=UTC),
        authors=("A. Writer",),
        tags=("Peace",),
    )


def test_atom_with_types_base_and_authors() -> None:
    """A text that is plain is escaped, XHTML is written out, relative links follow xml:base."""
    feed = parsed(
        atom(
            '<entry xml:base="https://other.example/x/"><id>urn:1</id><link href="one.html"/>'
            '<title type="text">The &lt;b&gt; tag &amp;amp; others</title>'
            '<content type="text">5 &lt; 6</content><author><name>A</name></author><author><name>B</name></author>'
            "<published>2026-11-20T08:00:00Z</published><updated>2026-11-20T09:00:00Z</updated></entry>"
            '<entry><id>urn:2</id><link rel="alternate" href="/two"/><title type="html">&lt;i&gt;Two&lt;/i&gt;</title>'
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Two</p></div></content></entry>'
        )
    )
    one, two = feed.entries
    assert feed.format == "atom10"
    assert (one.title, one.html, one.url) == (
        "The <b> tag &amp; others",
        "5 &lt; 6",
        "https://other.example/x/one.html",
    )
    assert one.authors == ("A", "B")
    assert one.published == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert one.updated == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert (two.title, two.url) == ("Two", "https://news.example/two")
    assert "<p>Two</p>" in two.html


def test_rdf() -> None:
    """RSS 1.0 items stand beside their channel; dates and rhythm come from Dublin Core and Syndication."""
    feed = parsed(
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        b'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
        b'<channel rdf:about="https://news.example/"><title>P</title><dc:language>de</dc:language>'
        b"<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency></channel>"
        b'<item rdf:about="https://news.example/1"><title>Waffenruhe</title><link>https://news.example/1</link>'
        b"<dc:date>2026-11-20T08:00:00Z</dc:date></item></rdf:RDF>"
    )
    assert (feed.format, feed.language) == ("rss10", "de")
    assert feed.hints.update_period == timedelta(minutes=30)
    assert feed.entries[0].id == "https://news.example/1"
    assert feed.entries[0].published == datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_a_json_feed() -> None:
    """Numbers as ids, HTML before text, authors of both versions; fields of a wrong type are left out."""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "P",
        "language": "tr",
        "items": [
            {"id": 7, "url": "/1", "title": "Ateşkes", "content_html": "<p>Metin</p>", "authors": [{"name": "A"}]},
            {"id": "8", "external_url": "https://other.example/", "content_text": "a < b", "author": {"name": "B"}},
            {"id": {}, "url": 5, "title": ["x"], "tags": "no", "authors": "no", "date_published": 3},
            "no item",
        ],
    }
    feed = parsed(json.dumps(document).encode(), "application/feed+json")
    one, two, three = feed.entries
    assert (feed.format, feed.language) == ("json-feed", "tr")
    assert (one.id, one.url, one.title, one.html) == ("7", "https://news.example/1", "Ateşkes", "<p>Metin</p>")
    assert (one.authors, two.authors) == (("A",), ("B",))
    assert (two.url, two.html) == ("https://other.example/", "a &lt; b")
    assert three == Entry(id=None, url=None, title="", html="")


def test_a_cut_json_feed_gives_its_whole_items() -> None:
    """The item that was cut waits for the next poll."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"id": str(n), "url": f"/{n}"} for n in range(5)],
    }
    feed = parsed(json.dumps(document).encode()[:-20])
    assert [entry.id for entry in feed.entries] == ["0", "1", "2", "3"]
    assert not feed.complete


def test_a_news_sitemap() -> None:
    """Titles, dates, keywords and languages; pages without news are left out."""
    feed = parsed(
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
        "<url><loc>https://news.example/1</loc><news:news><news:publication><news:name>The Paper</news:name>"
        "<news:language>ur</news:language></news:publication><news:publication_date>2026-11-20T13:00:00+05:00"
        "</news:publication_date><news:title>جنگ بندی &amp; مذاکرات</news:title><news:keywords>a, b</news:keywords>"
        "</news:news></url><url><loc>https://news.example/about</loc></url></urlset>".encode()
    )
    (entry,) = feed.entries
    assert (feed.format, feed.title, feed.language) == ("news-sitemap", "The Paper", "ur")
    assert (entry.url, entry.title, entry.tags) == ("https://news.example/1", "جنگ بندی & مذاکرات", ("a", "b"))
    assert entry.published == datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_a_cut_news_sitemap_gives_its_whole_pages() -> None:
    """As with any document, what is whole is read and the cut is told."""
    page = (
        "<url><loc>https://news.example/{}</loc><n:news><n:title>T</n:title><n:publication_date>2026-11-20"
        "</n:publication_date></n:news></url>"
    )
    text = '<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">' + "".join(map(page.format, range(4)))
    feed = parsed(text[:-30].encode())
    assert (len(feed.entries), feed.complete) == (3, False)


# --- entries that are odd ---------------------------------------------------------------------------------------------


def test_an_entry_without_anything_is_an_entry() -> None:
    """Nothing is invented for it, and it does not cost its neighbours."""
    feed = parsed(rss("<item></item>" + item(2)))
    assert feed.entries[0] == Entry(id=None, url=None, title="", html="")
    assert feed.entries[1].id == "id-2"


def test_two_entries_may_share_an_id() -> None:
    """Which of them is new is not the parser's to say."""
    assert [entry.title for entry in parsed(rss(item(1, "One") + item(1, "Two"))).entries] == ["One", "Two"]


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "mailto:a@b", "ftp://a/"]
)
def test_only_web_addresses_become_links(link: str) -> None:
    """No scheme but http and https passes, however it is spelt."""
    assert only(rss(f"<item><link>{link}</link><title>T</title></item>")).url is None


def test_a_guid_is_the_link_only_where_it_says_so() -> None:
    """RSS 2.0: a guid is a permalink unless isPermaLink is false."""
    assert only(rss("<item><guid>https://news.example/1</guid></item>")).url == "https://news.example/1"
    assert only(rss("<item><guid isPermaLink='false'>https://news.example/1</guid></item>")).url is None


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("Talks &amp;amp; truce", "Talks & truce"),
        ("&lt;b&gt;Truce&lt;/b&gt; holds", "Truce holds"),
        ("<![CDATA[<em>Truce</em> &amp; talks]]>", "Truce & talks"),
        ("One&lt;br/&gt;Two", "One Two"),
        ("5 &lt; 6 &gt; 4", "5 < 6 > 4"),
        ("The &lt;Taliban&gt; question", "The <Taliban> question"),
        ("AT&amp;T &amp; Q&amp;A", "AT&T & Q&A"),
        ("  spread \n over\tlines ", "spread over lines"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Safe", "Safe"),
        ("A&lt;!-- b --&gt;&lt;STYLE type='x'&gt;p{}&lt;/Style &gt;C &lt;!-- open", "A C <!-- open"),
        ("&#8216;Truce&#8217; &#x1F54A;", "‘Truce’ 🕊"),
        ("caf&#233; caf&amp;eacute;", "café café"),
    ],
)
def test_titles_are_plain_text(raw: str, title: str) -> None:
    """No markup and no references are left; what only looks like markup stays."""
    assert only(rss(f"<item><title>{raw}</title></item>")).title == title


# --- faults that are mended -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("AT&T & Co", "AT&T & Co"),
        ("caf&eacute; &nbsp;&hellip;", "café …"),
        ("bad &#0; &#xFFFF; &#99999999999; &#xZZ; end", "bad � � � &#xZZ; end"),
        ("&#55357;&#56906; pair &#55357; half", "\U0001f64a pair � half"),
        ("&#147;quoted&#148;", "“quoted”"),
        ("a\x0bb\x00c", "abc"),
        ("unknown &foo; name", "unknown &foo; name"),
    ],
)
def test_bad_references_and_characters_are_mended(raw: str, title: str) -> None:
    """None of them costs an entry, and its neighbour is untouched."""
    feed = parsed(rss(f"<item><title>{raw}</title></item>" + item(2, "Next")))
    assert [entry.title for entry in feed.entries] == [title, "Next"]


def test_a_bare_angle_bracket_does_not_cost_the_entries() -> None:
    """What is not well-formed is read by the forgiving reader."""
    feed = parsed(rss("<item><title>a < b</title><link>https://news.example/1</link></item>" + item(2)))
    assert [entry.url for entry in feed.entries] == ["https://news.example/1", "https://news.example/2"]


@pytest.mark.parametrize(
    "before", [b"\n\n  ", b"<br />\n<b>Warning</b>: mysql in /x.php<br />\n", b"\xef\xbb\xbf\n", b"<!-- cached -->\n"]
)
def test_what_stands_before_the_document_is_skipped(before: bytes) -> None:
    """Blank lines, warnings of the server, comments."""
    assert len(parsed(before + rss(item(1))).entries) == 1


def test_what_stands_behind_the_document_is_skipped() -> None:
    """Counters and scripts that hosts append."""
    feed = parsed(rss(item(1)) + b"<script>count()</script><!-- 0.3 s -->")
    assert len(feed.entries) == 1
    assert feed.complete


def test_a_doctype_and_its_entities_are_not_used() -> None:
    """An entity that grows without end is not expanded; one that names a file is not read."""
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        b'<!ENTITY c SYSTEM "file:///etc/passwd">]>'
    )
    feed = parsed(bomb + rss("<item><title>&b;&c;</title></item>").partition(b"?>")[2])
    assert feed.entries[0].title == "&b;&c;"


@pytest.mark.parametrize("cut", [1, 10, 60, 120, 200])
def test_a_cut_document_gives_its_whole_entries_only(cut: int) -> None:
    """The entry that was being written waits; the document is marked as incomplete."""
    whole = rss("".join(item(n, f"Title {n}", description="Words " * 5) for n in range(6)))
    feed = parsed(whole[:-cut])
    ids = [entry.id for entry in feed.entries]
    assert ids == [f"id-{n}" for n in range(len(ids))]
    assert len(ids) >= 4
    assert all(entry.title == f"Title {n}" and "Words" in entry.html for n, entry in enumerate(feed.entries))
    assert feed.complete is (cut == 1)


@pytest.mark.parametrize(
    "document", [rss(item(1))[:-90], b"<rss><channel><title>x</title></rss", b"<newsMessage><item"]
)
def test_a_document_cut_before_its_first_entry_ended_is_no_feed(document: bytes) -> None:
    """It says nothing of what the feed holds, so it may not become its baseline."""
    outcome = parse_document(document, {}, URL)
    assert isinstance(outcome, ParseFailed)
    assert outcome.fault is ParseFault.MALFORMED
    assert "cut before its first entry" in outcome.detail


# --- what is no feed --------------------------------------------------------------------------------------------------


def test_a_page_is_told_with_the_feed_it_names() -> None:
    """The operator learns where the feed is."""
    page = (
        b"<!DOCTYPE html><html><head><title>The Paper</title>"
        b'<link rel="alternate" type="application/rss+xml" title="All" href="/feeds/all.xml"></head></html>'
    )
    failure = failed(page)
    assert failure.fault is ParseFault.HTML
    assert "https://news.example/feeds/all.xml" in failure.detail
    assert "The Paper" in failure.detail


@pytest.mark.parametrize(
    ("body", "fault", "word"),
    [
        (b"", ParseFault.EMPTY, "no content"),
        (b"<html><title>Just a moment...</title><script>cf-chl</script></html>", ParseFault.HTML, "tests for browsers"),
        (b"<html><form><input type='password'></form></html>", ParseFault.HTML, "sign in"),
        (b"<html><body>hello", ParseFault.HTML, "names none"),
        (b"<opml><body/></opml>", ParseFault.NOT_A_FEED, "OPML"),
        (b"<sitemapindex/>", ParseFault.NOT_A_FEED, "index of sitemaps"),
        (b"<urlset><url><loc>https://a/</loc></url></urlset>", ParseFault.NOT_A_FEED, "without news"),
        (b"<note><to>x</to></note>", ParseFault.NOT_A_FEED, "<note>"),
        (b'{"error": "rate limited"}', ParseFault.NOT_A_FEED, "JSON"),
        (b"%PDF-1.7", ParseFault.NOT_A_FEED, "neither XML nor JSON"),
        (b"[" * 100_000, ParseFault.NOT_A_FEED, "JSON"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, fault: ParseFault, word: str) -> None:
    """One word for the machine, a sentence for the operator."""
    failure = failed(body)
    assert failure.fault is fault
    assert word in failure.detail


# --- anything ---------------------------------------------------------------------------------------------------------

PIECES = [
    piece.replace("_", " ").encode("latin-1")
    for piece in [
        "<rss>",
        "</rss>",
        "<channel>",
        "<item>",
        "</item>",
        "<title>",
        "</title>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<entry>",
        "&#xD800;",
        "&#99999999999;",
        "&amp",
        "<feed_xmlns='http://www.w3.org/2005/Atom'>",
        "<?xml_version='1.0'_encoding='utf-16'?>",
        "<!DOCTYPE_x_[",
        "<link>",
        "<guid>",
        "ÿþ",
        "\x00",
        '{"items":[',
        "<urlset>",
        "<url>",
        "<content:encoded>",
        "<html>",
        "<link_rel=alternate_href='",
        "<svg:svg>",
        "<media:content_url='x'/>",
        "<author>",
        "a@b.c_(",
        "<dc:date>",
        "2026",
        "<source>",
        "<image>",
        "<div>",
        "http://[",
    ]
]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES) | st.binary(max_size=12), max_size=30).map(b"".join),
    st.sampled_from(["", "text/xml; charset=gbk"]),
)
def test_any_bytes_give_an_outcome(body: bytes, content_type: str) -> None:
    """Never an exception; and every entry keeps what the model promises."""
    outcome = parse_document(body, {"content-type": content_type}, URL)
    if isinstance(outcome, ParsedFeed):
        for entry in outcome.entries:
            assert entry.url is None or entry.url.startswith(("http://", "https://"))
            assert "\n" not in entry.title
            for moment in (entry.published, entry.updated):
                assert moment is None or moment.tzinfo is UTC
    else:
        assert outcome.detail
