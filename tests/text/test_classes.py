"""The quick ways to classify and fold a text say what a look at each single character says."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from monitor.text.classes import Alphabet, classify, fold_words

_SEVERAL = st.text(alphabet="abC1 .\n'’“”\u200c\x00\x01\x02ßﷺéـٹپتکا۱۲يкойЖтอ中か\U0001f600", max_size=80)


def one_by_one(text: str) -> str:
    """Classify each character by itself."""
    return "".join(classify(character)[0] for character in text)


@given(st.text() | _SEVERAL)
@example("".join(map(chr, range(0x0600, 0x0700))))
@example("".join(map(chr, range(0x0370, 0x0570))))
def test_a_text_is_classified_as_its_characters_are(text: str) -> None:
    """Whichever way is taken: few unusual characters, an alphabet, or more than an alphabet holds."""
    assert classify(text)[0] == one_by_one(text)


@given(st.text() | _SEVERAL)
@example("".join(map(chr, range(0x0600, 0x0700))))
@example("".join(map(chr, range(0x0370, 0x0570))))
def test_a_text_folds_as_its_characters_do(text: str) -> None:
    """The same text comes out as from the table of all characters."""
    assert fold_words(text, classify(text)[1]) == fold_words(text, None)


@given(st.text(max_size=60) | _SEVERAL)
def test_an_alphabet_that_fits_says_the_same(text: str) -> None:
    """Also for texts that go another way because they have few unusual characters."""
    alphabet = Alphabet(sorted(set(text)))
    assert alphabet.fits == all(character <= "\uffff" for character in text)
    if alphabet.fits:
        assert alphabet.classify(text) == one_by_one(text)
        assert alphabet.fold_words(text) == fold_words(text, None)


def test_an_alphabet_has_its_limits() -> None:
    """One byte a character, and none beyond the basic plane."""
    assert Alphabet([chr(0x0400 + number) for number in range(100)]).fits
    assert not Alphabet([chr(0x0400 + number) for number in range(256)]).fits
    assert not Alphabet(["a", "\U0001f600"]).fits
