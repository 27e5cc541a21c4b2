"""Names, and what of them survives a change of script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.articles.names import CONSONANTS_AT_MOST, consonants_of, names_in_text, names_in_title
from monitor.text.words import words_of


@pytest.mark.parametrize(
    ("latin", "other"),
    [
        ("Peshawar", "پشاور"),
        ("Karachi", "کراچی"),
        ("Kandahar", "قندهار"),
        ("Baghdad", "بغداد"),
        ("Netanyahu", "نتنياهو"),
        ("Grozny", "Грозный"),
        ("Kharkiv", "Харьков"),
        ("Srinagar", "श्रीनगर"),
        ("Kolkata", "কলকাতা"),
        ("Mogadiscio", "Mogadishu"),
        ("Korfu", "Corfu"),
    ],
)
def test_a_name_has_the_same_consonants_in_another_script_or_language(latin: str, other: str) -> None:
    """Vowels and what scripts tell apart differently are left out."""
    assert consonants_of(words_of(latin)[0]) == consonants_of(words_of(other)[0]) != ""


@pytest.mark.parametrize("word", ["aden", "leyte", "عدن", "۱۴", "a"])
def test_too_few_consonants_are_nobodys(word: str) -> None:
    """Two consonants are those of too many words."""
    assert consonants_of(word) == ""


@given(st.text(max_size=60))
def test_any_word_has_few_plain_consonants_or_none(word: str) -> None:
    """Whatever script, sign or half a character it is."""
    found = consonants_of(word)
    assert len(found) <= CONSONANTS_AT_MOST
    assert found == "" or (found.isascii() and found.isalpha())


def test_a_name_is_a_capitalised_word_that_opens_no_sentence() -> None:
    """A word that opens one may be any word; grammar is no name wherever it stands."""
    assert names_in_text("Rescuers met Yosef Lado. Divers of The Hague came to Ormoc.") == {
        "yosef",
        "lado",
        "hague",
        "ormoc",
    }


def test_a_headline_in_title_case_names_nobody_and_one_that_shouts_only_its_acronyms() -> None:
    """Capitals tell names only where other words have none."""
    assert names_in_title("Ferry Sinks Off Leyte Island As Rescuers Search") == frozenset()
    assert names_in_title("HORROR on board as NATO ship leaves Corfu") == {"nato", "corfu"}
