"""An article read for matching."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Article, Zone, ZoneSpan
from monitor.text.document import document_of, make_document
from monitor.text.sentences import sentence_ends


def zones(*parts: tuple[Zone, str]) -> tuple[str, list[ZoneSpan]]:
    """Make a body of zones."""
    body, spans = "", []
    for zone, text in parts:
        spans.append(ZoneSpan(zone, len(body), len(body) + len(text)))
        body += text
    return body, spans


def shown(ranges: tuple[tuple[int, int], ...], document) -> list[str]:
    """Return the text of ranges of positions."""
    words = document.words
    return [document.readable[words.span(a, a)[0] : words.span(b - 1, b - 1)[1]] for a, b in ranges if a < b]


def test_title_and_body_are_read_apart() -> None:
    """No phrase runs from the title into the body, and offsets count in their own field."""
    document = make_document(title="Peace", body="talks begin")
    assert document.words.stream == " peace \x02 talks begin "
    assert document.extent(*document.words.span(0, 0)) == ("title", 0, 5)
    assert document.extent(*document.words.span(2, 3)) == ("body", 0, 11)


def test_boilerplate_is_no_text() -> None:
    """Boilerplate is blanked and parts what stands on its sides; the rest keeps its offsets."""
    body, spans = zones((Zone.BODY, "truce with "), (Zone.BOILERPLATE, "Related: TTP\n"), (Zone.BODY, "Kabul"))
    document = make_document(body=body, zones=spans)
    assert document.words.stream == " truce with \x02 kabul "
    assert document.extent(*document.words.span(3, 3)) == ("body", body.index("Kabul"), len(body))
    assert document.boilerplate.words.stream == " related ttp "


@pytest.mark.parametrize(
    "address",
    [
        "http://ttp.example.org/ttp?ttp=1#ttp",
        "https://ttp.example",
        "www.ttp.example/ttp",
        "ttp@example.org",
        "FTP://ttp",
    ],
)
def test_addresses_are_no_text(address: str) -> None:
    """Web and e-mail addresses hold no word, and the words beside them stay where they were."""
    document = make_document(body=f"See {address} now")
    assert document.words.stream == " see now "
    assert document.extent(*document.words.span(1, 1)) == ("body", 5 + len(address), 8 + len(address))


def test_lead_is_its_zone_or_the_first_paragraph() -> None:
    """The lead zones say what the lead is; without one it is the first paragraph of the body."""
    body, spans = zones((Zone.BODY, "By us\n\n"), (Zone.LEAD, "Truce holds.\n\n"), (Zone.BODY, "More."))
    marked = make_document(title="T", body=body, zones=spans)
    assert shown(marked.lead_ranges, marked) == ["Truce holds"]
    plain = make_document(title="T", body=body)
    assert shown(plain.lead_ranges, plain) == ["By us"]
    assert make_document(title="T").lead_ranges == ()


def test_sentences_stay_inside_paragraphs() -> None:
    """The title is a sentence, and a paragraph ends one that has no full stop."""
    document = make_document(title="Truce holds", body="He came. She left\n\nThey met. Then")
    assert shown(document.sentences, document) == ["Truce holds", "He came", "She left", "They met", "Then"]


@given(st.text(st.sampled_from("aB .!?\n۔。'")), st.text(st.sampled_from("aB .\n")))
def test_sentences_and_paragraphs_divide_all_words(title: str, body: str) -> None:
    """Every word is in one sentence and one paragraph, in order."""
    document = make_document(title=title, body=body)
    breaks = set(document.words.paragraph_breaks())
    words = [at for at in range(len(document.words)) if at not in breaks]
    for ranges in (document.sentences, document.paragraphs):
        assert [at for start, end in ranges for at in range(start, end)] == words


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Gen. A. Khan met U.S. aides. They left.", ["Gen. A. Khan met U.S. aides.", " They left."]),
        ("It rose 3.5 per cent. Then fell.", ["It rose 3.5 per cent.", " Then fell."]),
        ("“It holds.” He left.", ["“It holds.”", " He left."]),
        ("in the country.According to him", ["in the country.", "According to him"]),
        ("یہ جنگ بندی ہے۔ وہ گئے۔", ["یہ جنگ بندی ہے۔", " وہ گئے۔"]),
        ("停火。谈判", ["停火。", "谈判"]),
        ("Why? Because!", ["Why?", " Because!"]),
        ("dawn.com said so", ["dawn.com said so"]),
        ("no end here", ["no end here"]),
    ],
)
def test_where_sentences_end(text: str, parts: list[str]) -> None:
    """Titles, initials and decimals end no sentence; the full stops of other scripts do."""
    edges = [0, *(end for end in sentence_ends(text) if end < len(text)), len(text)]
    assert [text[start:end] for start, end in pairwise(edges)] == parts


def test_an_article_is_read_with_its_day_and_the_tags_of_its_feed() -> None:
    """The day is that of publication, or of the first sighting where there is none."""
    seen = datetime(2025, 11, 8, 23, 0, tzinfo=UTC)
    article = Article(1, "dawn", "https://dawn.example/a", "T", "B", (), seen, "ur", ("A. Khan",), ("news",))
    document = document_of(article, tags=["pakistan"])
    assert document.date == date(2025, 11, 8)
    assert (document.feed_id, document.language, document.tags) == ("dawn", "ur", ("news", "pakistan"))
    assert (document.byline.stream, document.address.stream) == (" a khan ", " https dawn example a ")


def test_many_at_signs_cost_no_more_than_their_length() -> None:
    """The search for addresses does not try every start of a long run."""
    body = "a" * 200_000 + "@ " + "x@" * 50_000
    assert len(make_document(body=body).readable) == len(body) + 2
