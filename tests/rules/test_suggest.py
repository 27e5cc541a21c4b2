"""Phrases, the lines of YAML that propose them, and by which clause a rule is missed."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from monitor.rules.book import Actor, Alias
from monitor.rules.explaining.explain import explain
from monitor.rules.tuning.phrases import LONGEST, phrases_of
from monitor.rules.tuning.suggest import miss_of, yaml_text
from monitor.text.document import Document, make_document
from tests.rules.bookmaking import documents, make_book

TTP = Actor("ttp", "TTP", (Alias("Pakistani Taliban"), Alias("TTP", exact=True, needs=("peshawar",))))


def names(document: Document) -> set[str]:
    return {phrase.text for phrase in phrases_of(document) if phrase.is_name}


@given(documents())
def test_a_phrase_is_what_stands_at_its_place(document: Document) -> None:
    """Whatever the text: offsets are those of the field as published, and words are few."""
    for phrase in phrases_of(document):
        field = document.title if phrase.field == "title" else document.body
        assert " ".join(field[phrase.start : phrase.end].split()) == phrase.text
        assert 1 <= len(phrase.folded.split(" ")) <= LONGEST
        assert phrase.place[1] - phrase.place[0] + 1 == len(phrase.folded.split(" "))


def test_a_name_has_capitals_at_both_ends() -> None:
    """Small words inside it are part of it; the first word of a sentence alone is none, unless all in capitals."""
    document = make_document(
        body="Elders spoke of the Fitna al-Khawarij and the Bank of Khyber. FAK agreed. Others did."
    )
    found = names(document)
    assert {"Fitna al-Khawarij", "Bank of Khyber", "FAK"} <= found
    assert found.isdisjoint({"Elders", "Others", "Khawarij and", "spoke of"})


def test_a_headline_in_capitals_names_nobody() -> None:
    """Where nearly every word has a capital they say nothing."""
    assert names(make_document(title="Truce Talks To Begin In Istanbul Soon")) == set()


def test_a_phrase_crosses_no_comma_and_ends_inside_no_word() -> None:
    """A zero-width joint is inside a word; a comma is between two phrases."""
    texts = {phrase.text for phrase in phrases_of(make_document(body="طالبان، آتش‌بس کابل"))}
    assert "طالبان" in texts
    assert "آتش‌بس کابل" in texts
    assert not any("،" in text or text.startswith("بس") or text.endswith("آتش") for text in texts)


@given(st.text(min_size=1, max_size=30).filter(lambda text: text.strip() == text and "\x85" not in text))
def test_yaml_reads_a_term_back_as_the_same_text(term: str) -> None:
    """Signs, numbers, "no" and dates are quoted where YAML would take them for something else."""
    try:
        read = YAML(typ="safe").load(io.StringIO(f"- {yaml_text(term)}\n"))
    except Exception:
        # what no YAML stream may hold cannot be written either: control characters, lone surrogates
        assert not term.isprintable()
        return
    assert read == [term]


@pytest.mark.parametrize(
    "term", ["no", "Null", "12", "2026-11-20", "a: b", "#x", "- y", "Fitna al-Khawarij", "ٹی ٹی پی"]
)
def test_terms_that_yaml_would_take_for_something_else(term: str) -> None:
    """Each is text when it is read back."""
    assert YAML(typ="safe").load(f"- {yaml_text(term)}") == [term]


@pytest.mark.parametrize(
    ("query", "title", "owner", "was_there"),
    [
        ("actor:ttp AND lexicon:truce", "A truce in Bannu", "actor:ttp", False),
        ("actor:ttp AND lexicon:truce", "Pakistani Taliban lay down arms", "lexicon:truce", False),
        ("actor:ttp AND (title:lexicon:truce OR actor:ttp NEAR/3 lexicon:truce)", "Truce in Bannu", "actor:ttp", False),
        ("SAME_SENTENCE(actor:ttp, lexicon:truce)", "Truce in Bannu", "actor:ttp", False),
        ("actor:ttp AND lexicon:truce", "The TTP and the truce", "rule:r", True),
        ("actor:ttp AND (attack OR raid)", "Pakistani Taliban in Bannu", "rule:r", False),
    ],
)
def test_a_miss_is_put_down_to_what_is_nowhere_in_the_article(
    query: str, title: str, owner: str, was_there: bool
) -> None:
    """The one actor or lexicon that is absent gets the term, however deep it stands."""
    book = make_book({"r": query}, actors=[TTP], lexicons={"truce": ["truce"]})
    miss = miss_of(explain(book, "r", make_document(title=title)))
    assert miss is not None
    assert (miss.owner, miss.was_there) == (owner, was_there)


@pytest.mark.parametrize("title", ["Pakistani Taliban truce", "Rain", "Pakistani Taliban truce in Cairo"])
def test_what_holds_fails_wholly_or_is_kept_out_is_no_miss(title: str) -> None:
    """By a word that must not be there nothing is missing."""
    book = make_book({"r": "actor:ttp AND lexicon:truce AND NOT cairo"}, actors=[TTP], lexicons={"truce": ["truce"]})
    assert miss_of(explain(book, "r", make_document(title=title))) is None
