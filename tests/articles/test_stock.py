"""Sentences that a feed puts under every headline."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitor.articles.readings import read_entries
from monitor.articles.stock import UNLIKE_HEADLINES, stock_of, without_stock
from monitor.model import Entry, Zone
from monitor.text.extracted import Extracted
from monitor.text.html import to_text
from tests.articles.builders import NOW, entry

HEADLINES = (
    "Port strike halts ships",
    "Bus crash kills nine",
    "Smog shuts schools",
    "Museum opens in Baghdad",
    "Delhi air worst in years",
    "Mayor resigns",
)
STOCK = "Your paper for all the news of the province."


def news(number: int) -> str:
    return f"Report {number} tells of matter {number}. It has {number + 2} sides to it."


def document(html: str, headlines: tuple[str, ...] = HEADLINES) -> list[Entry]:
    """Give entries whose markup is a form with the news of each put in."""
    return [entry(number, title=title, html=html.format(news=news(number))) for number, title in enumerate(headlines)]


def told(entries: list[Entry]) -> list[str]:
    return [reading.text.strip() for reading in read_entries(entries, "dawn", now=NOW).each]


def test_what_stands_under_every_headline_is_boilerplate() -> None:
    """In front of the text, behind it in one paragraph, or as a paragraph of its own."""
    for form in (f"<p>{STOCK} {{news}}</p>", f"<p>{{news}} {STOCK}</p>", f"<p>{{news}}</p><p>{STOCK}</p>"):
        assert told(document(form)) == [news(number) for number in range(len(HEADLINES))], form


def test_a_feed_with_one_text_for_all_has_headlines_only() -> None:
    """A description that says nothing of the article leaves no text to compare."""
    assert told(document(f"<p>{STOCK}</p>")) == [""] * len(HEADLINES)


def test_a_fact_that_reports_of_one_event_repeat_is_news() -> None:
    """Their headlines share its words, however many there are."""
    headlines = tuple(f"Truce {word}, TTP says" for word in ("ends", "over", "is off", "collapses", "dead", "broken"))
    assert all(STOCK in text for text in told(document(f"<p>{{news}} {STOCK}</p>", headlines)))


def test_a_sentence_of_a_few_of_many_entries_is_news() -> None:
    """Five unlike reports of fifty may give one fact; what all carry is in half of them at least."""
    few = document(f"<p>{{news}} {STOCK}</p>")
    others = [entry(number, title=f"Matter {number} alone", html=f"<p>{news(number)}</p>") for number in range(10, 30)]
    assert STOCK in told([*few, *others])[0]


def test_four_headlines_are_too_few_to_tell() -> None:
    """In doubt a sentence is news, because a rule never matches boilerplate."""
    assert all(STOCK in text for text in told(document(f"<p>{STOCK}</p>", HEADLINES[: UNLIKE_HEADLINES - 1])))


def test_a_new_entry_is_read_by_what_the_whole_document_showed() -> None:
    """A poll that looks at the one new entry knows the feed's stock sentences from the poll that looked at all."""
    entries = document(f"<p>{{news}} {STOCK}</p>")
    first = read_entries(entries, "dawn", now=NOW)
    new = entry(9, title="Bridge washed away", html=f"<p>{news(9)} {STOCK}</p>")
    second = read_entries([new, *entries], "dawn", before=first.glimpse, now=NOW + timedelta(minutes=5))
    assert second.familiar == len(entries)
    assert [reading.text.strip() for reading in second.each] == [news(9)]


def test_keys_do_not_depend_on_the_other_entries() -> None:
    """An article that moves with new id and address is known by its words, whatever stands in the document with it."""
    among = document(f"<p>{{news}} {STOCK}</p>")
    alone = read_entries(among[:1], "dawn", now=NOW).each[0]
    assert read_entries(among, "dawn", now=NOW).each[0].keys == alone.keys


@given(
    st.lists(st.tuples(st.text(max_size=30), st.text("ab. \n<p>Ä", max_size=80)), max_size=12),
    st.text("ab. \nÄ", max_size=700),
)
def test_zones_cover_the_text_in_order(entries: list[tuple[str, str]], footer: str) -> None:
    """Whatever is stock, every character is in one zone, neighbours differ, and the text is as it was."""
    texts = [(title, to_text(html + footer)) for title, html in entries]
    stock = stock_of(texts)
    for _, before in texts:
        after = without_stock(before, stock | {hash(" ".join(footer.split()))})
        assert after.text == before.text
        assert _covers(after)
        kept = {span.zone for span in before.zones} | {Zone.BOILERPLATE}
        assert {span.zone for span in after.zones} <= kept


def _covers(extracted: Extracted) -> bool:
    spans = extracted.zones
    if not extracted.text:
        return not spans
    meets = all(left.end == right.start and left.zone is not right.zone for left, right in pairwise(spans))
    return meets and spans[0].start == 0 and spans[-1].end == len(extracted.text)
