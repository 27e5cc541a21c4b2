"""What a word is, and where it stood."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.words import PARAGRAPH, Words, fold_term, term_forms, words_of

AWKWARD = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("aAbBT1'’ \n\n.,-_\u200b\u200c\u00ad\u0301éßİ塔ガﾞกี่کےسَ٣ʿ½\x01\x02\x10\x11\r\tǅم\u0640😀 st"),
    )
)
FEW = st.text(st.sampled_from("aAbT' \n.-\u200c’é塔کm"))
"""So few different characters that the short way is taken."""


def pieces(text: str) -> list[str]:
    """Return the published text of each position, "" for a paragraph break."""
    words = Words(text)
    return [text[slice(*words.span(at, at))] for at in range(len(words))]


@given(AWKWARD | FEW)
def test_every_position_is_the_word_of_the_parted_stream(text: str) -> None:
    """Each word of the stream stands in the text where its position says, and folds to itself there."""
    words = Words(text)
    stream = (words.parted_stream or words.stream).split()
    assert len(words) == len(stream)
    for at, word in enumerate(stream):
        if word == PARAGRAPH:
            assert at in words.paragraph_breaks()
        else:
            assert words.folded_word(at) == word


@given(AWKWARD | FEW)
def test_whole_words_are_their_parts_joined(text: str) -> None:
    """The two readings of a text differ only in that soft breaks are closed or open."""
    words = Words(text)
    if words.parted_stream is None:
        assert words.whole_word_positions() is None
        return
    firsts = words.whole_word_positions()
    assert firsts is not None
    parted = words.parted_stream.split()
    whole = ["".join(parted[start:end]) for start, end in pairwise(firsts)]
    assert whole == words.stream.split()


@given(AWKWARD | FEW)
def test_places_rise_and_do_not_overlap(text: str) -> None:
    """Words stand one after another inside the text."""
    words = Words(text)
    done = 0
    for at in range(len(words)):
        start, end = words.span(at, at)
        assert done <= start <= end <= len(text)
        done = end


@given(FEW)
def test_both_ways_to_fold_agree(text: str) -> None:
    """A text with few unusual characters and one with many are divided alike."""
    many = "".join(map(chr, range(0x561, 0x580)))
    stream = Words(f"{text}\n\n{many}").stream
    assert stream.removesuffix(f"{many} ").removesuffix(f"{PARAGRAPH} ") == Words(text).stream


@given(AWKWARD)
def test_folding_a_folded_term_changes_nothing(text: str) -> None:
    """A term's folding is a term that folds to itself."""
    assert fold_term(fold_term(text)) == fold_term(text)


@given(AWKWARD, st.integers(0, 40))
def test_the_position_after_an_offset_is_the_first_word_that_ends_later(text: str, offset: int) -> None:
    """`at_or_after` is what a search through all words would find."""
    words = Words(text)
    later = [at for at in range(len(words)) if words.span(at, at)[1] > offset]
    assert words.at_or_after(offset) == (later[0] if later else len(words))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cease-fire, cease–fire", ["cease", "fire", "cease", "fire"]),
        ("country.According to U.S. aides", ["country", "According", "to", "U", "S", "aides"]),
        ("#TTP_Pakistan @ttp", ["TTP", "Pakistan", "ttp"]),
        ("TTP's TTP’s TTPs", ["TTP", "s", "TTP", "s", "TTPs"]),
        ("don't we'll", ["don", "t", "we", "ll"]),
        ("İstanbul'da", ["İstanbul", "da"]),
        ("Qur'an", ["Qur", "an"]),
        ("ProgressPeace talks", ["Progress", "Peace", "talks"]),
        ("TTPTalks MPs YouTube", ["TTP", "Talks", "MPs", "You", "Tube"]),
        ("آتش‌بس", ["آتش", "بس"]),
        ("TTPکے ساتھ", ["TTP", "کے", "ساتھ"]),
        ("塔利班TTP", ["塔", "利", "班", "TTP"]),
        ("ガザ", ["ガ", "ザ"]),
        ("ที่นี่", ["ที่", "นี่"]),
        ("तालिबान के", ["तालिबान", "के"]),
        ("1,000 F-16", ["1", "000", "F", "16"]),
        ("TTP² ½", ["TTP"]),
        ("سَلَامٌ", ["سَلَامٌ"]),
        ("a\n \nb\nc\n\n\n", ["a", "", "b", "c"]),
        ("", []),
        ("— …", []),
    ],
)
def test_division_into_words(text: str, expected: list[str]) -> None:
    """The policy that the module states, case by case."""
    assert pieces(text) == expected


@pytest.mark.parametrize(
    ("term", "forms"),
    [
        ("cease-fire", ("cease fire",)),
        ("ceasefire", ("ceasefire",)),
        ("Qur'an", ("quran", "qur an")),
        ("YouTube", ("youtube", "you tube")),
        ("آتش‌بس", ("اتشبس", "اتش بس")),
        ("آتش بس", ("اتش بس",)),
        ("TTP's", ("ttp s",)),
        ("塔利班", ("塔 利 班",)),
        ("…", ()),
    ],
)
def test_readings_of_a_term(term: str, forms: tuple[str, ...]) -> None:
    """A term with a soft break stands for both readings, one without does not."""
    assert term_forms(term) == forms


def test_words_of_a_text_for_other_rooms() -> None:
    """Whole words, folded, without paragraph breaks."""
    assert words_of("Qur’an\n\nand TRUCE") == ["quran", "and", "truce"]


def test_a_hostile_text_costs_no_more_than_its_length() -> None:
    """Runs of what could be soft breaks, marks or apostrophes are read once."""
    for piece in ("'", "a'", "aA", "\u200c", "\u0301", "ガ\u3099", "a\u00ad", "\n", "塔"):
        length = 60_000 // len(piece)
        words = Words(piece * length)
        assert len(words) <= 2 * length
