"""HTML to text, zones and the way back."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Zone
from monitor.text.html import to_text


def texts(html: str, zone: Zone) -> list[str]:
    extracted = to_text(html)
    return [extracted.text[span.start : span.end].strip() for span in extracted.zones if span.zone is zone]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Progress</p><p>Peace talks</p>", "Progress\n\nPeace talks"),
        ("<div>country.</div>According to", "country.\n\nAccording to"),
        ("Pak<b>istan</b>i <i>Tali</i>ban", "Pakistani Taliban"),
        ("one<br>two<br><br>three", "one\ntwo\n\nthree"),
        ("<td>Kabul</td><td>Doha</td>", "Kabul Doha"),
        ('<a rel="tag">TTP</a><a rel="tag">Kabul</a>', "TTP Kabul"),
        ("ceasefire<sup>1</sup> on the 10<sup>th</sup>", "ceasefire 1 on the 10th"),
        ("AT&T &amp; &#8216;truce&#x2019; &nbsp; now", "AT&T & ‘truce’ now"),
        ("a <3 b < c & d", "a <3 b < c & d"),
        ("first\n\nsecond\nline", "first\n\nsecond\nline"),
        ("<p>wrapped\n  in the\tsource</p>", "wrapped in the source"),
        ("<pre>kept\nlines</pre>", "kept\nlines"),
        ("&lt;p&gt;Truce &amp;amp; talks&lt;/p&gt;&lt;p&gt;end", "Truce & talks\n\nend"),
        ("<![CDATA[<p>wrapped twice</p>]]>", "wrapped twice"),
        ("آتش‌بس <b>ٹی ٹی پی</b>", "آتش‌بس ٹی ٹی پی"),
        ("", ""),
    ],
)
def test_words_part_where_a_reader_sees_them_part(html: str, text: str) -> None:
    """Block elements, line breaks, cells and neighbouring links part words; inline elements never do."""
    assert to_text(html).text == text


@pytest.mark.parametrize(
    "html",
    [
        "<script>TTP</script>",
        "<style>.TTP{}</style>",
        "<!-- TTP -->",
        "<!-- TTP",
        "<p hidden>TTP</p>",
        '<div style="color:red; display: none"><div>x</div>TTP</div>',
        '<span class="screen-reader-text">TTP</span>',
        '<img alt="TTP" src="http://ttp.example/">',
        "<noscript>TTP</noscript>",
        "<svg><text>TTP</text></svg>",
        '<a href="http://example.org/TTP',
        "<?php TTP ?>",
        "<!DOCTYPE TTP>",
        "<script>TTP",
    ],
)
def test_what_a_reader_does_not_see_is_no_text(html: str) -> None:
    """Scripts, styles, comments, hidden parts, attributes and cut tags never count."""
    assert "TTP" not in to_text(f"<p>seen</p>{html}").text


def test_a_closed_hidden_part_hides_nothing_after_it() -> None:
    """Text behind a hidden element, a self-closed script or an unclosed quote is text."""
    assert to_text("<div hidden><p>no</div>yes").text == "yes"
    assert to_text('<p>a</p><script src="x"/><iframe src="y" /><svg/><p>yes</p>').text == "a\n\nyes"
    assert to_text('<img src="x><p>yes</p>').text == "yes"


def test_boilerplate_is_marked_and_kept() -> None:
    """Caption, related list and feed signature are boilerplate; the paragraphs around them are not."""
    html = (
        "<p>The two sides met in Istanbul on Thursday for a second round of talks, officials said.</p>"
        "<figure><img src=x><figcaption>Fighters of a group</figcaption></figure>"
        "<h3>Related stories</h3><ul><li><a href=1>Other truce collapses</a></li>"
        "<li><a href=2>Talks elsewhere</a></li></ul>"
        "<p>They will meet again.</p><p>Tags: TTP, Kabul</p>"
        "<p>The post Talks resume appeared first on <a href=3>Example Times</a>.</p>"
    )
    assert texts(html, Zone.BOILERPLATE) == [
        "Fighters of a group\n\nRelated stories\n\nOther truce collapses\n\nTalks elsewhere",
        "Tags: TTP, Kabul\n\nThe post Talks resume appeared first on Example Times.",
    ]
    assert texts(html, Zone.BODY) == ["They will meet again."]
    assert texts(html, Zone.LEAD)[0].startswith("The two sides")


def test_a_page_that_calls_its_article_furniture_is_not_believed() -> None:
    """An element that holds most of the text is the article, and one that never closes hides nothing."""
    assert texts("<aside><p>All of the news is in here.</p></aside><p>x</p>", Zone.BOILERPLATE) == []
    assert texts("<p>A long enough body of news.</p><div class='read-more'>More <p>The rest", Zone.BOILERPLATE) == []


def test_a_blockquote_is_a_quote() -> None:
    """Quoted blocks are a zone of their own, however deep they nest."""
    assert texts("<p>He wrote:</p><blockquote>No truce<blockquote>ever</blockquote></blockquote>", Zone.QUOTE) == [
        "No truce\n\never"
    ]


def test_spans_lead_back_to_the_source() -> None:
    """A word's span covers it in the HTML, tags inside and references included."""
    html = "<p>The  Tali<b>ban</b> &amp; others</p><p>Peace</p>"
    extracted = to_text(html)
    for word, source in [("Taliban", "Tali<b>ban"), ("&", "&amp;"), ("others", "others"), ("Peace", "Peace")]:
        start = extracted.text.index(word)
        begin, end = extracted.source_span(start, start + len(word))
        assert html[begin:end] == source


def test_spans_lead_back_through_markup_escaped_twice() -> None:
    """Text that was escaped once too often still maps to what was published."""
    html = "&lt;p&gt;Truce &amp;amp; talks&lt;/p&gt;"
    extracted = to_text(html)
    begin, end = extracted.source_span(0, len("Truce & talks"))
    assert html[begin:end] == "Truce &amp;amp; talks"


def test_a_span_outside_the_text_is_an_error() -> None:
    """Only spans inside the text have a source."""
    with pytest.raises(ValueError, match="not inside"):
        to_text("<p>ab</p>").source_span(1, 3)


_TOKENS = [
    *("<p>", "</p>", "<b>", "</b>", "<div hidden>", "</div>", "<aside>", "</aside>", "<blockquote>", "</blockquote>"),
    *(
        "<script>",
        "</script>",
        "<br>",
        "<sup>",
        "<",
        ">",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<a href='",
        '"',
        "'",
        "=",
    ),
    *("&", "&amp;", "&#65;", "&#x110000;", "&lt;p&gt;", "\n", "  ", "\u00a0", "\u200d", "\x00", "\ud800"),
    *("word", "ٹی ٹی پی", "İ", "1", "Tags: ", "Related"),
]
_MARKUP = st.lists(st.sampled_from(_TOKENS), max_size=40).map("".join)


@given(html=_MARKUP | st.text(max_size=200))
def test_any_input_gives_covered_text_and_a_way_back(html: str) -> None:
    """Zones cover the text in order; each character's source lies in the HTML and never runs backwards."""
    extracted = to_text(html)
    at = 0
    for span in extracted.zones:
        assert span.start == at < span.end
        at = span.end
    assert at == len(extracted.text)
    before = 0
    for position, character in enumerate(extracted.text):
        begin, end = extracted.source_span(position, position + 1)
        assert before <= begin <= end <= len(html)
        before = begin
        source = html[begin:end]
        assert character.isspace() or source == character or "&" in source


_HOSTILE = [
    "<",
    "<!--",
    "&",
    '<a b="',
    "<a ",
    "</",
    "<blockquote>",
    '<a b=">" ',
    "<div hidden><b>",
    "&#9999999",
    "<p>read more: x",
]


@pytest.mark.parametrize("unit", _HOSTILE)
def test_hostile_input_costs_linear_time(unit: str) -> None:
    """Eight times the input costs less than thirty times the time; a quadratic scanner would need sixty-four."""

    def seconds(size: int) -> float:
        html = (unit * size)[:size]
        started = time.process_time()
        to_text(html)
        return time.process_time() - started

    small = min(seconds(25_000) for _ in range(3))
    assert min(seconds(200_000) for _ in range(2)) < 30 * max(small, 0.002)
