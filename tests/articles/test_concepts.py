"""What news is about has one name in every language, and the table of its forms contradicts itself nowhere."""

from __future__ import annotations

import pytest

from monitor.articles.concepts import REGION_OF, TABLE, translate
from monitor.articles.signature import CAPITALS, STANDS_FOR
from monitor.text.words import words_of

SENTENCES = {
    "en": "what of {} was on page one",
    "de": "was von {} auf der Seite stand",
    "fr": "ce que {} dans la page",
    "es": "lo que {} en la página",
    "pt": "o que {} na página",
    "it": "quello che {} nella pagina",
    "nl": "wat van {} op de bladzijde stond",
    "id": "apa yang {} ada di halaman",
    "tr": "bu sayfada {} ile ilgili yazı",
    "ru": "что про {} на странице",
    "ur": "کل کے صفحے پر {} کی بات",
    "ar": "ما قيل عن {} على الصفحة",
    "fa": "آنچه از {} در صفحه نوشتند",
    "ps": "هغه څه چې {} په پاڼه کې",
    "hi": "कल के पन्ने पर {} की बात",
}
CONCEPTS = {f"{kind}:{name}": forms for kind, names in TABLE.items() for name, forms in names.items()}


@pytest.mark.parametrize("language", SENTENCES)
def test_every_form_is_found_in_a_sentence_of_its_language(language: str) -> None:
    """No form of a concept is hidden by a form of another one, nor lost by how the words of its language are read."""
    before, after = (words_of(part) for part in SENTENCES[language].split("{}"))
    lost = []
    for concept, forms in CONCEPTS.items():
        for form in forms:
            only, _, rest = form.rpartition(":")
            told = translate([*before, *words_of(rest.rstrip("*")), *after], language)
            if only in ("", language) and told[len(before) : len(told) - len(after)] != [concept]:
                lost.append((concept, form, told))
    assert not lost


@pytest.mark.parametrize("language", SENTENCES)
def test_a_sentence_that_names_nothing_is_left_as_it_is(language: str) -> None:
    """Common words of a language are forms of nothing in another one that shares its script."""
    words = words_of(SENTENCES[language].replace("{}", ""))
    assert [word for word in translate(words, language) if ":" in word] == []


def test_forms_are_tied_to_languages_that_there_are() -> None:
    """A mistyped language would make a form that no article can have."""
    tied = {form.partition(":")[0] for forms in CONCEPTS.values() for form in forms if ":" in form}
    assert tied <= SENTENCES.keys()


def test_regions_and_capitals_are_of_the_table() -> None:
    """A place lies in a place, and a capital stands for a party, that has forms."""
    assert set(REGION_OF.values()) <= CONCEPTS.keys()
    assert STANDS_FOR.keys() | set(STANDS_FOR.values()) <= CONCEPTS.keys()
    assert CAPITALS.isdisjoint(REGION_OF)


@pytest.mark.parametrize(
    ("word", "concept"),
    [
        ("الزلزال", "event:quake"),
        ("والأفغانية", "party:afghanistan"),
        ("بكابل", "place:kabul"),
        ("لباكستان", "party:pakistan"),
        ("وزير", "role:minister"),
        ("وفد", "role:delegation"),
        ("الأحد", "day:sun"),
        ("والأحد", "day:sun"),
        ("الاثنين", "day:mon"),
    ],
)
def test_arabic_words_are_known_with_what_is_written_onto_them(word: str, concept: str) -> None:
    """The article, "and", "in" and "for" are one word with what follows; days keep the article that makes them so."""
    assert translate(words_of(word), "ar") == [concept]


@pytest.mark.parametrize("word", ["أحد", "هشام", "واحد", "كان", "برها", "فوق", "بحث"])
def test_arabic_words_that_only_look_so_name_nothing(word: str) -> None:
    """One ("أحد") is no Sunday, and a word that begins like a preposition is not one."""
    assert [w for w in translate(words_of(word), "ar") if ":" in w] == []
