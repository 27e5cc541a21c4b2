"""Mending what a strict XML reader would refuse."""

from __future__ import annotations

import time
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.formats.mend import (
    end_of_root,
    opening_of,
    with_declared_prefixes,
    with_legal_references,
    without_illegal_characters,
)


@given(st.text(alphabet=st.sampled_from("&#x;ampltgd8300 <![CDATA[]]>é\x00\x1f9")))
def test_references_are_legal_after_mending_and_mending_again_changes_nothing(text: str) -> None:
    """Whatever a title holds, an XML reader accepts its references."""
    mended = with_legal_references(without_illegal_characters(text))
    assert with_legal_references(mended) == mended
    if "<" not in mended and "]]>" not in mended:
        ET.fromstring(f"<t>{mended}</t>")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_a_legal_text_is_not_changed(text: str) -> None:
    """Escaped as it should be, it comes out as it went in."""
    legal = text.replace("&", "&amp;").replace("<", "&lt;").replace("\ufffe", "").replace("\uffff", "")
    assert with_legal_references(without_illegal_characters(legal)) == legal


def test_cdata_sections_are_left_alone() -> None:
    """Inside them an ampersand is an ampersand, even where the section never ends."""
    assert with_legal_references("&<![CDATA[ & &nbsp; ]]>&") == "&amp;<![CDATA[ & &nbsp; ]]>&amp;"
    assert with_legal_references("<![CDATA[ & ") == "<![CDATA[ & "


@pytest.mark.parametrize(
    ("text", "root", "junk"),
    [
        ("<rss>", "rss", False),
        ("<?xml version='1.0'?>\n<!-- <html> -->\n<!DOCTYPE rss [<!ENTITY a '>'>]>\n<rss version='2.0'>", "rss", False),
        ("<atom:feed xmlns:atom='x'>", "feed", False),
        ("<rdf:RDF>", "rdf", False),
        ("Warning: x <b>y</b> <?xml version='1.0'?><rss>", "rss", True),
        ("<!DOCTYPE html><html>", "html", False),
        ("<note>", "note", False),
        ("text", "", False),
        ("<?xml", "", False),
        ("<!-- never closed", "", False),
    ],
)
def test_the_root_is_found(text: str, root: str, junk: bool) -> None:
    """Behind prologs, comments, a DOCTYPE and junk."""
    opening = opening_of(text)
    assert (opening.root, opening.has_junk) == (root, junk)


@pytest.mark.parametrize(
    ("text", "end"),
    [("<rss></rss> x", 11), ("<rss/>", 6), ("<a:feed></a:feed >", 18), ("<rss></channel>", -1), ("<rss", -1)],
)
def test_the_end_of_the_root_is_found(text: str, end: int) -> None:
    """-1 means that the document was cut."""
    assert end_of_root(text, opening_of(text) if end >= 0 else opening_of("<rss>")) == end


@pytest.mark.parametrize("unit", ["<![CDATA[", "&", "&#x", "<!--", "</", "<?", "<!DOCTYPE [", "&#55357;", "<?xml "])
def test_the_cost_is_linear(unit: str) -> None:
    """A megabyte of any half-open construct is done with in far less than the time a document has."""
    text = "<rss>" + unit * (1_000_000 // len(unit))
    started = time.perf_counter()
    opening = opening_of(text)
    end_of_root(text, opening)
    opening_of(unit * (1_000_000 // len(unit)))
    with_legal_references(text)
    assert time.perf_counter() - started < 5


@given(st.text(alphabet=st.sampled_from("a\té\x00\x0b\x0c\x1f\x7f\x85\ufffd\ufffe\uffff\ud800\U0001f600")))
def test_exactly_what_xml_does_not_know_is_dropped(text: str) -> None:
    """XML 1.0 section 2.2: control characters save tab and line ends, surrogates, the last two of the first plane."""
    assert without_illegal_characters(text) == "".join(c for c in text if c not in "\x00\x0b\x0c\x1f\ufffe\uffff\ud800")


@pytest.mark.parametrize(
    "text",
    [
        "<rss><channel><dc:creator>A</dc:creator><odd:thing odd:is='1'/></channel></rss>",
        "<rdf:RDF xmlns:dc='urn:x'><item><dc:date>x</dc:date><a><inner:b xmlns:inner='urn:y'/></a></item></rdf:RDF>",
        "<rss><a xml:lang='en' media:url = 'x'>at 10:30 <![CDATA[<o:p>]]></a></rss>",
    ],
)
def test_prefixes_that_nothing_declares_are_declared(text: str) -> None:
    """An XML reader accepts the document then; what is declared is not declared again."""
    ET.fromstring(with_declared_prefixes(text))


@pytest.mark.parametrize("text", ["<rss xmlns:dc='x'><dc:date/></rss>", "<rss a='xml:lang'/>", "no element", ""])
def test_a_document_that_declares_its_prefixes_is_not_changed(text: str) -> None:
    """Nor is one that has none."""
    assert with_declared_prefixes(text) == text
