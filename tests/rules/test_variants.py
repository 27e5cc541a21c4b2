"""Spellings that are proposed, with the habit that makes them; what is covered, and what is somebody else's."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rules.book import Actor, Alias
from monitor.rules.tuning.spellings import SPELLINGS
from monitor.rules.tuning.variants import changes, variants_of
from monitor.text.words import fold_term, term_forms

TTP = Actor("ttp", "TTP", (Alias("Tehrik-i-Taliban Pakistan"),))


def because_of(*aliases: str | Alias) -> dict[str, str]:
    """Return what is proposed for some aliases, with the reasons."""
    actor = Actor("a", "A", tuple(each if isinstance(each, Alias) else Alias(each) for each in aliases))
    return {each.alias.text: each.because for each in variants_of(actor).proposed}


@pytest.mark.parametrize(
    ("alias", "spelling", "because"),
    [
        ("Tehrik-i-Taliban Pakistan", "Tehreek-i-Taliban Pakistan", "Tehrik as Tehreek"),
        ("Tehrik-i-Taliban Pakistan", "Tahrik-i-Taliban Pakistan", "Tehrik as Tahrik"),
        ("Tehrik-i-Taliban Pakistan", "Tehrik-e-Taliban Pakistan", "izafat -i- written -e-"),
        ("Tehrik-i-Taliban Pakistan", "Tehrik-ul-Taliban Pakistan", "izafat -i- written -ul-"),
        ("Tehrik-i-Taliban Pakistan", "Tehreek-e-Taliban Pakistan", "Tehrik as Tehreek; izafat -i- written -e-"),
        ("Tehreek-e-Taliban", "TehreekeTaliban", "-e- run together"),
        ("Tehreek e Taliban", "Tehreek Taliban", "izafat -e- left out"),
        ("Tehrik Taliban", "Tehrik-i-Taliban", "izafat -i- put in"),
        ("Fitna al-Khawarij", "Fitna-ul-Khawarij", "al- as ul-"),
        ("Fitna-ul-Khawarij", "Fitnatul Khawarij", "ul- joined to the word before as -ul"),
        ("Jamaat-ul-Ahrar", "Jamaat-e-Ahrar", "ul- as izafat -e-"),
        ("Ahl al-Sunna", "Ahl-us-Sunna", "al- as us-"),
        ("Ansar al-Sharia", "Ansar-ash-Sharia", "al- as ash-"),
        ("Sirajuddin Haqqani", "Siraj al-Din Haqqani", "uddin as al-Din"),
        ("MEHSUD Group", "MAHSUD Group", "MEHSUD as MAHSUD"),
        ("Sipah-e-Gareeb", "Sipah-e-Garib", "ee as i"),
        ("Afghan militant", "Afghan militants", "plural"),
        ("Houthis", "Houthi", "singular"),
        ("TTP", "T.T.P.", "initials with full stops or spaces"),
        ("T.T.P.", "TTP", "initials without full stops"),
        ("ٹی ٹی پی", "ٹی‌ٹی‌پی", "names of letters joined, with or without a space"),
        ("ٹی ٹی پی", "ټی ټی پی", "letters of Pashto"),
        ("تحریک طالبان پاکستان", "تحريك طالبان باكستان", "letters of Arabic"),
        ("جماعت الاحرار", "جماعة الاحرار", "ending ت written ة"),
        ("طالبان الباكستانية", "طالبان باكستانية", "ال left out"),
    ],
)
def test_a_habit_of_spelling_is_named(alias: str, spelling: str, because: str) -> None:
    """Each proposal says by which habit it comes from which alias; folding decides what is one spelling."""
    found = {fold_term(text): reason for text, reason in because_of(alias).items()}
    assert found[fold_term(spelling)] == because


def test_what_folding_makes_equal_is_not_proposed() -> None:
    """Dashes, case, accents and the letters of keyboards are no spelling of their own."""
    spellings = [fold_term(text) for text in because_of("Tehrik-i-Taliban", "تحریک طالبان", "tehreek – e – taliban")]
    assert len(set(spellings)) == len(spellings)
    assert set(spellings).isdisjoint(map(fold_term, ("tehrik i taliban", "تحريك طالبان", "Tehreek-e-Taliban")))


def test_what_a_shorter_alias_covers_is_not_proposed() -> None:
    """An alias that holds without conditions is found inside every longer name."""
    assert not any("Tehrik-e-Taliban" in text for text in because_of("Tehrik-e-Taliban", "Tehrik-e-Taliban Pakistan"))
    found = because_of("Tehrik-e-Taliban", "Tehrik-e-Taliban Pakistan")
    assert "Tehreek-e-Taliban" in found
    assert "Tehreek-e-Taliban Pakistan" not in found


def test_an_alias_with_conditions_covers_nothing() -> None:
    """It may stand there and not count."""
    found = because_of(Alias("Tehreek-e-Taliban", needs=("Peshawar",)), Alias("Tehrik-e-Taliban Pakistan"))
    assert "Tehreek-e-Taliban Pakistan" in found


def test_a_spelling_asks_for_what_its_alias_asks_for() -> None:
    """Case, context and dates go with it: T.T.P. is no more certain than TTP."""
    asked = Alias("TTP", exact=True, needs=("militant*",), within=20, valid_from=date(2007, 12, 1), bare=True)
    proposed = variants_of(Actor("ttp", "TTP", (asked,))).proposed
    assert [each.alias for each in proposed] == [
        Alias("T.T.P.", exact=True, needs=("militant*",), within=20, valid_from=date(2007, 12, 1), bare=True)
    ]


def test_initials_have_no_plural() -> None:
    """TTPs are tactics, techniques and procedures."""
    assert "TTPs" not in because_of("TTP", Alias("TTP", exact=True))


def test_a_prefix_is_left_alone() -> None:
    """Its last word is open already."""
    assert because_of("Tehreek-e-Taliban*") == {}


def test_english_words_are_left_alone() -> None:
    """Rules of romanisation need a romanised word beside them."""
    assert because_of("Greek coalition", "Afghan Green Trend") == {}


def test_a_lookalike_is_refused() -> None:
    """One spelling of an alias may be listed as somebody else's name: it is said, not proposed."""
    actor = Actor("a", "A", (Alias("Tehrik-e-Jihad"),), lookalikes=("Tehreek-e-Jihad",))
    found = variants_of(actor)
    assert "Tehreek-e-Jihad" not in {each.alias.text for each in found.proposed}
    assert [(each.text, each.of, each.because) for each in found.refused] == [
        ("Tehreek-e-Jihad", "Tehrik-e-Jihad", "Tehrik as Tehreek: that is a lookalike of a")
    ]


def test_another_actors_alias_is_refused() -> None:
    """Its own aliases are no reason, though it stands among the others."""
    other = Actor("ansar", "B", (Alias("TEHREEK E TALIBAN PAKISTAN"),))
    found = variants_of(TTP, [TTP, other])
    assert "Tehreek-e-Taliban Pakistan" not in {each.alias.text for each in found.proposed}
    assert any(each.because.endswith("that is an alias of ansar") for each in found.refused)


def test_what_another_actor_lists_as_a_lookalike_may_be_proposed() -> None:
    """It stands there because it is this actor's."""
    other = Actor("afghan", "B", (Alias("Taliban"),), lookalikes=("Tehreek-i-Taliban Pakistan",))
    assert "Tehreek-i-Taliban Pakistan" in {each.alias.text for each in variants_of(TTP, [other]).proposed}


def test_the_spellings_of_a_word_fold_apart() -> None:
    """No spelling stands in two lines, and none of a line equals another of it."""
    folded = [fold_term(spelling) for family in SPELLINGS for spelling in family]
    assert len(set(folded)) == len(folded)


@given(st.text(alphabet="TtPpeiulna -'.٬ٹیپال\u200c", max_size=24) | st.text(max_size=12))
def test_any_alias_gives_proposals_that_are_new(text: str) -> None:
    """Whatever the alias: every proposal has a word and a reason, and folds like no alias and no other proposal."""
    actor = Actor("a", "A", (Alias(text), Alias("Tehrik-i-Taliban")))
    known = {form for alias in actor.aliases for form in term_forms(alias.text)}
    found = variants_of(actor).proposed
    forms = [fold_term(each.alias.text) for each in found]
    assert all(forms)
    assert all(each.because for each in found)
    assert len(set(forms)) == len(forms)
    assert known.isdisjoint(forms)


@given(st.sampled_from([spelling for family in SPELLINGS for spelling in family]))
def test_each_spelling_leads_to_the_others_of_its_line(spelling: str) -> None:
    """Which of them the operator wrote makes no difference."""
    family = next(family for family in SPELLINGS if spelling in family)
    reached = {fold_term(text) for text, _ in changes(f"{spelling} group")}
    assert {fold_term(f"{other} group") for other in family if other != spelling} <= reached
