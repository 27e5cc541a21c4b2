"""What a line of text is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Zone
from monitor.text.zones import LEAD_AT_MOST, zones_of

BODY = "The two sides met in Istanbul on Thursday for a second round of talks, officials said."


def zone_of_second(line: str) -> Zone:
    text = f"{BODY}\n\n{line}"
    return next(span.zone for span in zones_of(text) if span.start <= len(BODY) + 2 < span.end)


@pytest.mark.parametrize(
    "line",
    [
        "Read more: Pakistani Taliban end truce",
        "READ ALSO | Taliban delegation in Doha",
        "Related: TTP attack kills nine",
        "» Subscribe to our newsletter for more on the TTP",
        "Tags: TTP, Afghanistan, ceasefire",
        "Photo: Reuters",
        "Published in Dawn, November 20th, 2026",
        "Follow us on Facebook, X and WhatsApp",
        "The post TTP ends truce appeared first on Example Times.",
        "مزید پڑھیں: ٹی ٹی پی کا جنگ بندی ختم کرنے کا اعلان",
        "بیشتر بخوانید: گفتگوهای استانبول",
        "اقرأ أيضاً: محادثات إسطنبول",
        "نور ولولئ: د استانبول خبرې",
        "İlgili haberler",
        "Etiketler: Taliban, Pakistan",
        "Lesen Sie auch: Waffenruhe hält",
        "Der Beitrag Waffenruhe erschien zuerst auf Beispielblatt.",
        "À lire aussi : la trêve tient",
        "Читайте также: переговоры в Стамбуле",
        "© 2026 Example Media. All rights reserved.",
    ],
)
def test_lines_about_the_page_are_boilerplate(line: str) -> None:
    """Pointers to other articles, tags, credits and appeals are boilerplate in each language."""
    assert zone_of_second(line) is Zone.BOILERPLATE


@pytest.mark.parametrize(
    "line",
    [
        "Read more than one book about the TTP, he advised.",
        "Related attacks killed nine people in Bannu.",
        "Tags of the dead soldiers were returned.",
        "The group, which first appeared on the battlefield in 2007, denied it.",
        "The post at Torkham reopened on Friday.",
        "Follow-up talks begin on Monday.",
        "For the latest round of talks both sides sent ministers.",
        "Photographs showed damaged houses.",
        "Share prices in Karachi fell after the truce ended.",
        "Source of the fire was a shell, police said.",
    ],
)
def test_sentences_that_begin_like_boilerplate_are_body(line: str) -> None:
    """A reporter's sentence is never boilerplate because of its first word."""
    assert zone_of_second(line) is Zone.BODY


def test_a_list_under_related_ends_at_the_next_sentence() -> None:
    """Headlines under "Related stories" are boilerplate, the paragraph after them is not."""
    text = f"{BODY}\n\nRelated stories\n\nTTP claims attack\nTruce in doubt\n\nThe talks go on, he said."
    kinds = {text[span.start : span.end].strip(): span.zone for span in zones_of(text)}
    assert kinds["Related stories\n\nTTP claims attack\nTruce in doubt"] is Zone.BOILERPLATE
    assert kinds["The talks go on, he said."] is Zone.BODY


def test_a_feed_signature_ends_the_last_line_only() -> None:
    """Of "text. The post … appeared first on …" only the signature is boilerplate."""
    text = f"{BODY} The post Talks appeared first on Example Times."
    spans = zones_of(text)
    assert [span.zone for span in spans] == [Zone.LEAD, Zone.BOILERPLATE]
    assert text[spans[1].start :].startswith("The post")


def test_a_lead_is_more_than_a_dateline_and_less_than_a_long_text() -> None:
    """A short first line is joined by the next; a text in one paragraph has a lead that ends at a word."""
    assert zones_of(f"ISLAMABAD\n\n{BODY}\n\nMore.")[0].end >= len(BODY)
    long = "word " * 400
    lead = zones_of(long)[0]
    assert lead.zone is Zone.LEAD
    assert lead.end <= LEAD_AT_MOST
    assert long[lead.end - 1] == " "


@given(st.text(alphabet="a. \n>:Tags\u0640م", max_size=300))
def test_zones_cover_any_text(text: str) -> None:
    """The spans cover the text in order, without gaps or empty spans."""
    at = 0
    for span in zones_of(text):
        assert span.start == at < span.end
        at = span.end
    assert at == len(text)
