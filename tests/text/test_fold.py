"""What one character folds to, and the way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.fold import fold

SCRIPTS = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("aAiIİıéßÆŁ’'‘-–\u00ad\u200b\u200c\u200d\u00a0كيىہھۀآؤئـَّ٣۳塔ガｶﾞกี่नि़йёΣςｔ𝐓ﷺﬁ½"),
    )
)


@given(SCRIPTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    """Folding is idempotent for any text."""
    once = fold(text).text
    assert fold(once).text == once


@given(SCRIPTS, SCRIPTS)
def test_folding_knows_no_neighbours(left: str, right: str) -> None:
    """The folding of two joined texts is the two foldings joined, so a cut changes nothing."""
    assert fold(left + right).text == fold(left).text + fold(right).text


@given(SCRIPTS, st.data())
def test_every_folded_character_has_its_origin(text: str, data: st.DataObject) -> None:
    """A folded range maps to the smallest published range that folds to something holding it."""
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    first, last = folded.span(start, end)
    assert 0 <= first <= last <= len(text)
    if start < end:
        assert folded.text[start:end] in fold(text[first:last]).text
        assert len(fold(text[first + 1 : last]).text) < len(fold(text[first:last]).text)
        assert len(fold(text[first : last - 1]).text) < len(fold(text[first:last]).text)


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_english_keeps_its_offsets(text: str) -> None:
    """ASCII folds character by character, whatever path is taken."""
    folded = fold(text)
    assert folded.text == text.lower().replace("`", "'")
    assert all(folded.span(at, at + 1) == (at, at + 1) for at in range(len(text)))


@pytest.mark.parametrize(
    "spellings",
    [
        ("İSTANBUL", "Istanbul", "ıstanbul", "ISTANBUL", "I\u0307stanbul", "istanbul"),
        ("آتش‌بس", "آتشبس", "اتشبس", "آتـش‌بس"),
        ("کابل", "كابل", "ڪابل"),
        ("طالبانی", "طالباني", "طالبانى"),
        ("معاہدہ", "معاهده", "معاهدة"),
        ("ګوند", "گوند"),
        ("سَلَامٌ", "سلام"),
        ("أفغانستان", "افغانستان"),
        ("۲۰۲۵", "٢٠٢٥", "2025", "２０２５"),
        ("ＴＴＰ", "TTP", "ttp", "𝐓𝐓𝐏"),
        ("Taʿlīm", "Talim"),
        ("Erdoğan", "ERDOGAN"),
        ("Straße", "STRASSE", "strasse"),
        ("Łódź", "Lodz"),
        ("cease\u00adfire", "ceasefire"),
        ("Hay’at", "Hay'at", "Hayʼat", "Hay`at"),
        ("cease–fire", "cease-fire", "cease\u2011fire"),
        ("café", "cafe\u0301", "cafe"),
        ("ガザ", "ｶﾞｻﾞ", "カ\u3099サ\u3099"),
        ("한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"),
        ("Йемен", "И\u0306емен"),
    ],
)
def test_spellings_of_one_word_fold_alike(spellings: tuple[str, ...]) -> None:
    """Case, accents, width, invisible characters and keyboards make no difference."""
    assert {fold(spelling).text for spelling in spellings} == {fold(spellings[0]).text}


@pytest.mark.parametrize(
    ("one", "other"),
    [("ตาลี", "ตาล"), ("तालिबान", "तालबान"), ("か", "が"), ("غني", "عني"), ("پاک", "باک"), ("جنگ", "چنگ"), ("ے", "ی")],
)
def test_marks_and_letters_that_change_the_word_stay(one: str, other: str) -> None:
    """Folding drops what colours a letter, never what makes it another."""
    assert fold(one).text != fold(other).text


def test_range_outside_the_text_is_refused() -> None:
    """A range that is none of the folded text's is a mistake of the caller."""
    for start, end in [(-1, 0), (0, 4), (2, 1)]:
        with pytest.raises(ValueError, match="is not a range of 3 folded characters"):
            fold("TTP").span(start, end)


def test_ligature_maps_to_the_one_character_it_was() -> None:
    """Of a character that folds to several, each has the same origin."""
    folded = fold("aﬁb")
    assert folded.text == "afib"
    assert [folded.span(at, at + 1) for at in range(4)] == [(0, 1), (1, 2), (1, 2), (2, 3)]
