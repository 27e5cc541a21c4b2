"""What is quoted: one line, hits marked where they stood, cut where a reader would cut."""

from __future__ import annotations

import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.desks.excerpt import (
    BIDI_CONTROLS,
    Run,
    headline,
    is_rtl,
    isolate,
    matched_sentence,
    one_line,
    plain,
    sentence_bounds,
    shorten,
)
from monitor.model import Span
from tests.desks.build import span


def test_hits_are_marked_where_they_stand() -> None:
    """A title is given as runs, the hits among them."""
    title = "Pakistani Taliban call off truce"
    spans = [span(title, "Pakistani Taliban", field="title"), span(title, "truce", field="title")]
    assert headline(title, spans, limit=200) == (
        Run("Pakistani Taliban", is_hit=True),
        Run(" call off "),
        Run("truce", is_hit=True),
    )


def test_overlapping_hits_are_one() -> None:
    """Two rules that found overlapping words mark one stretch."""
    title = "Pakistani Taliban"
    spans = [span(title, "Pakistani", field="title"), span(title, "Pakistani Taliban", field="title")]
    assert headline(title, spans, limit=200) == (Run("Pakistani Taliban", is_hit=True),)


def test_a_hit_inside_a_glued_word_keeps_it_glued() -> None:
    """No space appears that the published text has not."""
    title = "ProgressPeace talks"
    assert plain(headline(title, [span(title, "Peace talks", field="title")], limit=99)) == title


def test_the_sentence_with_most_terms_is_shown() -> None:
    """Of several sentences the one that holds more of what matched is quoted."""
    body = "The truce was old. The Pakistani Taliban called off the truce. Nobody knows more."
    spans = [span(body, "truce"), span(body, "Pakistani Taliban", actor="ttp"), Span("body", 56, 61, "truce", "truce")]
    assert plain(matched_sentence(body, spans, limit=320)) == "The Pakistani Taliban called off the truce."


def test_a_long_sentence_is_cut_around_its_first_hit() -> None:
    """The hit stands in the quotation however late in the sentence it comes, and cuts show as dots."""
    body = "word " * 200 + "truce " + "word " * 200
    quoted = matched_sentence(body, [span(body, "truce")], limit=100)
    assert Run("truce", is_hit=True) in quoted
    assert plain(quoted).startswith("…word")
    assert plain(quoted).endswith("word…")
    assert len(plain(quoted)) <= 100


def test_without_a_hit_in_the_body_the_first_sentence_is_shown() -> None:
    """A match in the headline is explained by how the report begins."""
    assert plain(matched_sentence("It began. It went on.", [], limit=99)) == "It began."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Gen. Q. Ahmad spoke. He left.", ["Gen. Q. Ahmad spoke.", "He left."]),
        ("کابل میں مذاکرات ہوئے۔ وفد لوٹ گیا۔", ["کابل میں مذاکرات ہوئے۔", "وفد لوٹ گیا۔"]),
        ("Ateşkes mi? Evet!", ["Ateşkes mi?", "Evet!"]),
        ("He said “no.” She left.", ["He said “no.”", "She left."]),
        ("Headline without dot\n\nFirst line", ["Headline without dot", "First line"]),
        ("3.5 km away... perhaps", ["3.5 km away...", "perhaps"]),
        ("", []),
        (" \n\n ", []),
    ],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    """Full stops of several scripts end a sentence; initials, titles and decimal points do not."""
    assert [text[start:end] for start, end in sentence_bounds(text)] == expected


def test_hostile_punctuation_takes_linear_time() -> None:
    """A body of dots, quotes or blank lines does not hold anybody up."""
    for text in ("." * 300_000, '.")' * 100_000, "\n \n" * 100_000, "A. " * 100_000, "a" * 300_000):
        began = time.perf_counter()
        matched_sentence(text, [], limit=320)
        assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nBcc: x\u2028y\x00z\u202e!", "a Bcc: x yz!"),
        ("  spaced\u00a0out\t\n", "spaced out"),
        ("می\u200cخواهد", "می\u200cخواهد"),
        ("x\ud800y\ue000", "xy"),
        ("👩‍🚒", "👩‍🚒"),
    ],
)
def test_one_line_leaves_out_what_could_break_a_line_or_turn_it(text: str, expected: str) -> None:
    """Line breaks become spaces; controls and direction marks go; joiners that shape words stay."""
    assert one_line(text) == expected


def test_direction_is_that_of_the_first_strong_character() -> None:
    """Digits and quotes decide nothing; a letter does."""
    assert is_rtl("“12 طالبان” and English")
    assert not is_rtl("12: İstanbul مذاکرات")
    assert not is_rtl("")


def test_isolates_stand_only_round_right_to_left_text() -> None:
    """English stays as it is."""
    assert isolate("Dawn") == "Dawn"
    assert isolate("سحر") == "\u2068سحر\u2069"


TEXT = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from(list(" .!?۔\n\u200c\u202e\u0301اب12abİ"))), max_size=300
)


@given(TEXT, st.lists(st.tuples(st.integers(-5, 310), st.integers(-5, 310)), max_size=6), st.integers(2, 120))
def test_any_text_and_spans_give_a_clean_line_within_the_limit(
    text: str, bounds: list[tuple[int, int]], limit: int
) -> None:
    """Whatever the text and however wrong the spans: one line, no control, within the limit, nothing invented."""
    spans = [Span(field, start, end, "x", "x") for start, end in bounds for field in ("title", "body")]
    for runs in (headline(text, spans, limit=limit), matched_sentence(text, spans, limit=limit)):
        shown = plain(runs)
        assert len(shown) <= limit
        assert shown == shown.strip()
        assert one_line(shown) == shown
        assert not BIDI_CONTROLS & set(shown)
        assert all(run.text for run in runs)
        assert all(a.is_hit != b.is_hit for a, b in pairwise(runs))
        assert set(shown) <= set(text) | {" ", "…"}


@given(TEXT, st.integers(0, 100))
def test_shortened_text_fits(text: str, limit: int) -> None:
    """It fits, begins as the text does, and never ends before a mark that belongs to its last letter."""
    line = one_line(text)
    short = shorten(line, limit)
    assert len(short) <= limit
    if short != line and len(short) > 1:
        kept = short[:-1]
        assert line.startswith(kept)
        assert not unicodedata.combining((line + "x")[len(kept)])


@given(TEXT)
def test_sentences_rise_and_leave_out_only_space(text: str) -> None:
    """Sentences do not overlap, and between them stands nothing but white space."""
    at = 0
    for start, end in sentence_bounds(text):
        assert at <= start < end
        assert not text[at:start].strip()
        at = end
    assert not text[at:].strip()
