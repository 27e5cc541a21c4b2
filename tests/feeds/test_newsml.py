"""NewsML-G2: messages, items and packages, as agencies write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.feeds.document import parse_document
from monitor.feeds.formats.newsml import read_newsml
from monitor.model import ParsedFeed, ParseFailed, ParseFault
from monitor.text.html import to_text

URL = "https://agency.example/latest"
NAR = 'xmlns="http://iptc.org/std/nar/2006-10-01/" standard="NewsML-G2" standardversion="2.35" conformance="power"'
NITF = "http://iptc.org/std/NITF/2006-10-18/"
XHTML = "http://www.w3.org/1999/xhtml"


def news_item(
    guid: str = "tag:agency.example,2026:1",
    *,
    version: int = 1,
    language: str = "en",
    headline: str = "Talks resume in Istanbul",
    status: str = "usable",
    content: str = "",
    meta: str = "",
    about: str = "",
) -> str:
    head = f"<headline>{headline}</headline>" if headline else ""
    return (
        f'<newsItem {NAR} guid="{guid}" version="{version}" xml:lang="{language}">'
        '<catalogRef href="https://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_41.xml"/>'
        '<itemMeta><itemClass qcode="ninat:text"/><provider qcode="nprov:AGY"><name>The Agency</name></provider>'
        "<versionCreated>2026-11-20T14:30:00+05:00</versionCreated><firstCreated>2026-11-20T13:00:00+05:00</firstCreated>"
        f'<pubStatus qcode="stat:{status}"/>{about}</itemMeta>'
        f"<contentMeta>{head}{meta}</contentMeta><contentSet>{content}</contentSet></newsItem>"
    )


def nitf(paragraphs: str) -> str:
    return (
        f'<inlineXML contenttype="application/nitf+xml"><nitf xmlns="{NITF}"><head><title>Not this</title></head><body>'
        f"<body.head><hedline><hl1>In the text</hl1></hedline></body.head><body.content>{paragraphs}</body.content>"
        "</body></nitf></inlineXML>"
    )


def xhtml(paragraphs: str) -> str:
    return (
        f'<inlineXML contenttype="application/xhtml+xml"><html xmlns="{XHTML}"><head><title>Not this</title></head>'
        f"<body>{paragraphs}</body></html></inlineXML>"
    )


def message(*items: str) -> bytes:
    header = "<header><sent>2026-11-20T10:00:00Z</sent><sender>agency.example</sender></header>"
    return f"<newsMessage {NAR}>{header}<itemSet>{''.join(items)}</itemSet></newsMessage>".encode()


def read(document: bytes) -> ParsedFeed:
    parsed = parse_document(document, {"content-type": "application/vnd.iptc.g2.newsmessage+xml"}, URL)
    assert isinstance(parsed, ParsedFeed), parsed
    return parsed


def test_an_item_in_a_message_is_an_entry() -> None:
    """With its headline, text, dates, authors, language, keywords and address."""
    item = news_item(
        meta=(
            "<urgency>3</urgency><contentModified>2026-11-20T10:00:00Z</contentModified><by>A. Writer</by>"
            "<creditline>The Agency</creditline><language tag='en-GB'/><slugline>TALKS-ISTANBUL/</slugline>"
            "<subject type='cpnat:abstract' qcode='medtop:20000065'><name xml:lang='en'>truce</name></subject>"
        ),
        about='<link rel="irel:alternate" href="/story/1?a=1&amp;b=2"/><link rel="irel:seeAlso" href="/other"/>',
        content=nitf(
            "<p>The <org>TTP</org> agreed.</p><media><media-caption>A photo</media-caption></media><p>More</p>"
        ),
    )
    parsed = read(message(item))
    (entry,) = parsed.entries
    assert (parsed.format, parsed.title, parsed.language, parsed.complete) == (
        "newsml-g2",
        "agency.example",
        "en-GB",
        True,
    )
    assert (entry.id, entry.title) == ("tag:agency.example,2026:1", "Talks resume in Istanbul")
    assert entry.url == "https://agency.example/story/1?a=1&b=2"
    assert entry.html == "<p>The <org>TTP</org> agreed.</p><span></span><p>More</p>"
    assert (entry.published, entry.updated) == (
        datetime(2026, 11, 20, 8, tzinfo=UTC),
        datetime(2026, 11, 20, 10, tzinfo=UTC),
    )
    assert entry.authors == ("A. Writer", "The Agency")
    assert entry.tags == ("TALKS-ISTANBUL/", "truce")


@pytest.mark.parametrize(
    ("language", "headline", "content", "text"),
    [
        ("ur", "استنبول میں مذاکرات", xhtml("<p>جنگ بندی پر <b>اتفاق</b></p>"), "جنگ بندی پر اتفاق"),
        (
            "tr",
            "İstanbul'da görüşmeler",
            "<inlineData contenttype='text/plain'>Ateşkes &amp; barış</inlineData>",
            "Ateşkes & barış",
        ),
        ("ru", "Переговоры в Стамбуле", nitf("<hl2>Перемирие</hl2>"), "Перемирие"),
        (
            "ps",
            "په استانبول کې خبرې",
            "<inlineData contenttype='text/html'>&lt;p&gt;اوربند&lt;/p&gt;</inlineData>",
            "اوربند",
        ),
        ("zh-Hans", "伊斯坦布尔会谈", "", ""),
    ],
)
def test_texts_of_every_language_and_kind_are_read(language: str, headline: str, content: str, text: str) -> None:
    """XHTML, NITF and characters, marked up or not; an item may have a headline only."""
    (entry,) = read(message(news_item(language=language, headline=headline, content=content))).entries
    assert (entry.language, entry.title) == (language, headline)
    assert to_text(entry.html).text.strip() == text


def test_a_single_item_is_a_document_too() -> None:
    """Without a message around it; the provider stands for the sender and the author."""
    parsed = read(news_item().encode())
    assert parsed.title == "The Agency"
    assert parsed.entries[0].authors == ("The Agency",)
    assert parsed.entries[0].updated == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("status", ["canceled", "withheld"])
def test_what_is_withheld_or_canceled_is_no_news(status: str) -> None:
    """Nor is an earlier version of it in the same document; a document without news is a feed nevertheless."""
    gone = news_item(status=status, version=2)
    assert read(message(news_item(), gone)).entries == ()
    assert len(read(message(news_item("tag:2"), gone)).entries) == 1


def test_of_several_versions_the_newest_counts() -> None:
    """In whatever order they stand; the id stays the same, so it is an edit of one entry."""
    first, second = news_item(version=9, headline="Nine"), news_item(version=10, headline="Ten")
    for items in ((first, second), (second, first)):
        (entry,) = read(message(*items)).entries
        assert (entry.id, entry.title) == ("tag:agency.example,2026:1", "Ten")


def test_a_headline_is_looked_for_where_agencies_put_it() -> None:
    """In the text itself where there is none, then the slugline; an item with neither title nor text is none."""
    entries = read(
        message(
            news_item("a", headline="", content=nitf("<p>x</p>")),
            news_item("b", headline="", meta="<slugline>TALKS</slugline>"),
            news_item("c", headline=""),
            news_item("d", headline="", meta="<description>A caption</description>"),
        )
    ).entries
    assert [(entry.id, entry.title) for entry in entries] == [("a", "In the text"), ("b", "TALKS"), ("d", "")]
    assert entries[2].html == "A caption"


def test_a_package_names_items() -> None:
    """Those that are not in the document are entries by their headlines; what has none, or is withheld, is not."""
    references = (
        '<itemRef residref="tag:1" version="2" href="https://agency.example/1"><headline>One</headline>'
        "<description>What it says</description><versionCreated>2026-11-20T10:00:00Z</versionCreated></itemRef>"
        '<itemRef residref="tag:2" contenttype="application/vnd.iptc.g2.newsitem+xml"/>'
        '<itemRef residref="tag:3"><title>Three</title><pubStatus qcode="stat:withheld"/></itemRef>'
        '<itemRef residref="tag:4"><title>Four, named</title></itemRef>'
    )
    package = (
        f'<packageItem {NAR} guid="tag:p" version="1"><itemMeta><itemClass qcode="ninat:composite"/></itemMeta>'
        f'<groupSet root="r"><group id="r" role="group:main">{references}</group></groupSet></packageItem>'
    )
    alone = read(package.encode())
    assert [(entry.id, entry.title, entry.url) for entry in alone.entries] == [
        ("tag:1", "One", "https://agency.example/1"),
        ("tag:4", "Four, named", None),
    ]
    assert alone.entries[0].html == "What it says"
    together = read(message(package, news_item("tag:4", headline="Four, whole")))
    assert [entry.title for entry in together.entries] == ["Four, whole", "One"]


def test_encoded_content_and_links_of_other_schemes_are_left_alone() -> None:
    """Base64 is no text, and `javascript:` no address."""
    (entry,) = read(
        message(
            news_item(
                content='<inlineData encoding="b64" contenttype="text/plain">eA==</inlineData>',
                about='<link rel="irel:alternate" href="javascript:alert(1)"/>',
            )
        )
    ).entries
    assert (entry.html, entry.url) == ("", None)


def test_a_document_that_was_cut_gives_its_whole_items() -> None:
    """And says that it was cut, so that its validators are not kept."""
    whole = message(news_item("a"), news_item("b"))
    parsed = read(whole[: whole.index(b'guid="b"') + 200])
    assert [entry.id for entry in parsed.entries] == ["a"]
    assert not parsed.complete


def test_a_message_that_holds_nothing_readable_is_a_fault() -> None:
    """It is told from a message without items."""
    assert read(message()).entries == ()
    broken = parse_document(b"<newsMessage><itemSet><", {}, URL)
    assert isinstance(broken, ParseFailed)
    assert broken.fault is ParseFault.MALFORMED


def test_entities_of_the_document_are_not_expanded() -> None:
    """What a DOCTYPE declares, files among it, means nothing."""
    trick = (
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname"><!ENTITY b "boom">]>'
        + news_item(headline="Talks &a; &b;").encode()
    )
    assert read(trick).entries[0].title == "Talks &a; &b;"


PIECES = st.sampled_from(
    [news_item(), nitf("<p>x</p>"), "<itemRef><headline>x</headline></itemRef>"]
) | st.sampled_from(
    [
        "<itemSet>",
        "</itemSet>",
        "<newsItem>",
        "</newsItem>",
        "<contentMeta>",
        "<headline/>",
        "&bad;",
        "]]>",
        "<!--",
        "<",
        "\0",
    ]
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join) | st.text())
def test_any_document_has_an_outcome(inside: str) -> None:
    """Whatever stands where items should."""
    document = f"<newsMessage {NAR}>{inside}</newsMessage>".encode("utf-8", "replace")
    assert isinstance(parse_document(document, {}, URL), ParsedFeed | ParseFailed)
    read_newsml(document.decode(), URL)
