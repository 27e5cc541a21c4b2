"""Articles that tell of no single new event."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.articles.genres import genre_of
from monitor.articles.stories import Grouper
from monitor.text.words import words_of
from tests.articles.builders import LONG, article
from tests.articles.test_stories import placed


@pytest.mark.parametrize(
    ("title", "genre"),
    [
        ("The day in 90 seconds", "round-up"),
        ("L'essentiel de l'actualité de ce lundi", "round-up"),
        ("آج کی اہم خبریں", "round-up"),
        ("A year on, the lake ferry's widows wait", "look back"),
        ("10 Jahre nach dem Beben von Bam", "look back"),
        ("بم زلزلے کے بیس سال مکمل", "look back"),
        ("Why truces with armed groups fail", "explainer"),
        ("Was wir wissen über den Brand", "explainer"),
        ("Analysis: a truce on paper", "opinion"),
        ("Is the truce over?", "question"),
        ("هل انتهت الهدنة؟", "question"),
        ("Weekend fixtures", "table"),
    ],
)
def test_a_headline_says_what_is_no_report(title: str, genre: str) -> None:
    """In the languages of the feeds and of the wires beside them."""
    assert genre_of(title, words_of(title)) == genre


@pytest.mark.parametrize(
    "title",
    [
        "Drone kills two in southern Lebanon a year into truce",
        "Border gate reopens after 33 years",
        "How army units retook the town",
        "Minister visits Whyteleafe",
        "",
    ],
)
def test_a_report_is_of_no_genre(title: str) -> None:
    """Years and words of the kind stand in headlines of new events too."""
    assert genre_of(title, words_of(title)) == ""


@given(st.text(max_size=80))
def test_any_headline_is_read(title: str) -> None:
    """Nothing in a headline breaks the reading."""
    assert isinstance(genre_of(title, words_of(title)), str)


def test_an_explainer_is_a_story_of_its_own_and_its_copy_is_of_that() -> None:
    """It has the words of the event; a copy of it is told by the text as any other."""
    grouper = Grouper()
    placed(grouper, article(1, title="Truce extended in Istanbul by a month", body=LONG))
    other = "The truce of Istanbul stands on three promises that neither side can keep, and on one that both must keep."
    explained = placed(grouper, article(3, title="Why the Istanbul truce may fail in a month", body=other))
    assert explained.story_id is None
    copy = placed(grouper, article(4, title="Why the Istanbul truce may fail", body=other, feed_id="geo"))
    assert (copy.story_id, copy.reprint_of) == (3, 3)
