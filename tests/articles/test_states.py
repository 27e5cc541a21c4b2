"""What headlines say of how affairs stand, and what says nothing."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.articles.states import states_of
from monitor.text.words import words_of
from tests.articles.builders import article

TABLE = tomllib.loads((files("monitor.articles") / "states.toml").read_text(encoding="utf-8"))


def said(title: str, language: str | None = "en", body: str = "") -> list[str]:
    return [str(state) for state in states_of(article(title=title, body=body, language=language))]


@pytest.mark.parametrize(
    ("language", "title", "state"),
    [
        ("en", "TTP announces three-day ceasefire for Eid", "truce announced"),
        ("en", "TTP extends ceasefire by ten days", "truce extended"),
        ("en", "Pakistan, Afghanistan agree to extend border truce", "truce extended"),
        ("en", "Pakistan, Taliban to extend truce by 48 hours", "truce extended"),
        ("en", "TTP calls off truce with Islamabad", "truce ended"),
        ("en", "TTP calls truce off", "truce ended"),
        ("en", "Pakistani Taliban declare truce over after Tank raid", "truce ended"),
        ("en", "Truce ends at midnight", "truce ended"),
        ("en", "Pakistan accuses Kabul of ceasefire violations", "truce violated"),
        ("en", "TTP rejects ceasefire offer", "truce rejected"),
        ("en", "TTP resumes attacks as ceasefire expires", "truce ended"),
        ("en", "Taliban accuse Pakistan of breaking truce", "truce violated"),
        ("en", "Ceasefire no longer in place, minister says", "truce ended"),
        ("en", "UN calls for ceasefire extension", "truce sought"),
        ("en", "Truce talks end without agreement", "talks ended"),
        ("en", "Iran and Europeans end Geneva talks without result", "talks ended"),
        ("en", "Pakistan, Afghanistan to resume talks Monday", "talks announced"),
        ("en", "Istanbul talks resume", "talks resumed"),
        ("en", "Talks on prisoners cancelled", "talks cancelled"),
        ("en", "Pakistan and Afghanistan sign peace deal in Doha", "deal signed"),
        ("en", "Torkham border reopens after 25 days", "crossing opened"),
        ("en", "Trench row shuts Torkham border", "crossing shut"),
        ("en", "Gunmen abduct gas engineers in Lakki Marwat", "captives taken"),
        ("en", "Abducted gas engineers freed", "captives freed"),
        ("en", "Sit-in on Multan Road called off", "protest ended"),
        ("en", "Curfew lifted in Bannu", "restriction lifted"),
        ("en", "Minister's visit to Kabul postponed", "visit postponed"),
        ("de", "Taliban verlängern Waffenruhe um zehn Tage", "truce extended"),
        ("de", "Pakistanische Taliban kündigen Waffenruhe auf", "truce ended"),
        ("de", "Taliban kündigen Waffenruhe an", "truce announced"),
        ("de", "Taliban lehnen Verlängerung der Waffenruhe ab", "truce rejected"),
        ("de", "Taliban rufen Waffenruhe aus", "truce announced"),
        ("de", "Taliban heben Waffenruhe auf", "truce ended"),
        ("de", "Kabul wirft Pakistan Bruch der Waffenruhe vor", "truce violated"),
        ("tr", "Pakistan Talibanı ateşkesi uzattı", "truce extended"),
        ("tr", "Pakistan Talibanı ateşkesin sona erdiğini açıkladı", "truce ended"),
        ("tr", "Ateşkes süresi doldu", "truce ended"),
        ("tr", "Ateşkes anlaşması imzalandı", "truce signed"),
        ("ur", "ٹی ٹی پی نے جنگ بندی میں دس دن کی توسیع کر دی", "truce extended"),
        ("ur", "ٹی ٹی پی نے جنگ بندی ختم کر دی", "truce ended"),
        ("ur", "طورخم بارڈر دوبارہ کھول دیا گیا", "crossing opened"),
        ("ar", "طالبان باكستان تعلن تمديد الهدنة", "truce extended"),
        ("ar", "طالبان باكستان تنهي وقف إطلاق النار", "truce ended"),
        ("fa", "تحریک طالبان پاکستان آتش‌بس را تمدید کرد", "truce extended"),
        ("fa", "پایان آتش‌بس اعلام شد", "truce ended"),
        ("ps", "د پاکستان طالبانو اوربند وغځاوه", "truce extended"),
        ("ru", "Талибы продлили перемирие на десять дней", "truce extended"),
        ("fr", "Les talibans prolongent la trêve de dix jours", "truce extended"),
        ("fr", "Accord de cessez-le-feu signé", "truce signed"),
        ("es", "Los talibanes prorrogan el alto el fuego", "truce extended"),
        ("hi", "टीटीपी ने संघर्ष विराम दस दिन बढ़ाया", "truce extended"),
    ],
)
def test_a_headline_says_how_an_affair_stands(language: str, title: str, state: str) -> None:
    """In the languages of the shipped feeds, in words of its own for each."""
    assert said(title, language) == [state]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "No decision on extension of ceasefire"),
        ("en", "Will the truce hold?"),
        ("en", "Truce ended? What officials say"),
        ("en", "Truce may end on Friday, officials warn"),
        ("en", "Truce won't end, says Kabul"),
        ("en", "Five killed in Khyber after truce ended"),
        ("en", "Ceasefire that ended in 2022 is remembered"),
        ("en", "What we know about the ceasefire"),
        ("en", "Signs of truce fraying"),
        ("en", "Why truces with militants fail"),
        ("en", "Talks on truce extension"),
        ("en", "Deal ends five days of unrest"),
        ("en", "Truce violations"),
        ("en", "Gunmen open fire at Torkham border"),
        ("en", "Kabul denies firing on Chaman post"),
        ("en", "Faction breaks with Pakistani Taliban over truce"),
        ("en", "Kabul accuses Pakistan of undermining truce"),
        ("en", "Islamabad sets deadline to end truce"),
        ("de", "Taliban nehmen Angriffe wieder auf"),
        ("de", "Taliban verlängern Waffenruhe nicht"),
        ("de", "Nach Ende der Waffenruhe: Fünf Tote"),
        ("tr", "Ateşkes uzatılmadı"),
        ("tr", "Bir yıl önce ateşkes sona erdi"),
        ("ur", "ایک سال قبل جنگ بندی ختم ہوئی تھی"),
        ("fa", "یک سال پیش آتش‌بس پایان یافت"),
        ("tr", "Ateşkesin sona ermesinin ardından saldırı"),
        ("ur", "جنگ بندی میں توسیع کا فیصلہ نہیں ہوا"),
        ("ur", "جنگ بندی ختم ہونے کے بعد حملہ، پانچ ہلاک"),
        ("ar", "بعد انتهاء الهدنة هجوم في بيشاور"),
        ("ar", "هل انتهت الهدنة؟"),
        ("fa", "آتش‌بس تمدید نشد"),
        ("ru", "Перемирие не продлено"),
        ("fr", "La trêve n'est pas prolongée"),
        ("xx", "TTP extends ceasefire"),
    ],
)
def test_what_leaves_things_as_they_are_is_no_state(language: str, title: str) -> None:
    """A question, a doubt, a "not", background, another year, another thing that ends, a language without a table."""
    assert said(title, language) == []


@pytest.mark.parametrize(
    ("title", "state"),
    [
        ("TTP denies truce has ended", "truce ended denied"),
        ("Kabul denies violating ceasefire", "truce violated denied"),
        ("Islamabad rejects claims that truce was violated", "truce violated denied"),
        ("Taliban deny talks with Islamabad", "talks  denied"),
    ],
)
def test_a_denial_is_no_claim(title: str, state: str) -> None:
    """It is kept what is denied, so that it can be told from what was claimed."""
    assert said(title) == [state]


def test_the_first_sentence_speaks_where_the_headline_says_nothing() -> None:
    """No sentence after it does, none where the headline asks or doubts, and none of another year."""
    lead = "The Pakistani Taliban extended their truce by ten days. Talks had ended on Sunday."
    assert said("Ten more days", body=lead) == ["truce extended"]
    assert said("Ten more days?", body=lead) == []
    assert said("No decision yet", body=lead) == []
    assert said("Shops reopen", body=f"Shops in Bannu filled. {lead}") == []
    assert said("Ten more days", body="The militants extended their truce in 2022.") == []


def test_of_a_reprint_only_the_headline_speaks() -> None:
    """Its first sentence is its original's."""
    copy = article(title="Ten more days", body="The Pakistani Taliban extended their truce.", reprint_of=7)
    assert states_of(copy) == ()
    assert states_of(replace(copy, title="TTP extends truce"))


def test_one_headline_may_tell_of_two_affairs() -> None:
    """Each deed belongs to the affair that it stands nearest to, and of one affair the first deed counts."""
    assert said("Truce extended as talks resume in Istanbul") == ["truce extended", "talks resumed"]
    assert said("Truce extended, talks ended") == ["truce extended", "talks ended"]


def test_that_something_is_so_again_is_kept_beside_the_state() -> None:
    """A crossing closed again stands like a closed one, and is news to who was told so before; so is a confirmation."""
    (state,) = states_of(article(title="Torkham closed again after firing", body=""))
    assert state.again
    (confirmed,) = states_of(article(title="Kabul confirms truce has ended", body=""))
    assert confirmed.again
    assert state == replace(state, again=False)


def test_the_year_of_the_report_is_no_other_year() -> None:
    """An anniversary names its year; so do reports of this one."""
    report = article(title="Truce of 2026 extended", body="", first_seen_at=datetime(2026, 11, 20, tzinfo=UTC))
    assert states_of(report)
    assert not states_of(replace(report, title="Truce of 2022 extended"))


def test_no_form_of_a_language_stands_for_two_things() -> None:
    """The table is read as it is written: each form once in a language, and none without a word."""
    for language, kinds in TABLE.items():
        forms = [
            (tuple(words_of(form)), form.endswith("*"))
            for names in kinds.values()
            for own in names.values()
            for form in own
        ]
        assert len(forms) == len(set(forms)), language
        assert all(words for words, _ in forms), language


@given(st.text(max_size=400), st.text(max_size=400), st.sampled_from([*TABLE, None, "", "en-GB"]))
def test_any_text_is_read(title: str, body: str, language: str | None) -> None:
    """Whatever a feed gives, there is an answer, and no state of a headline that asks."""
    found = states_of(article(title=title, body=body, language=language))
    assert not found or "?" not in title


def test_only_the_beginning_of_an_endless_headline_is_read() -> None:
    """A megabyte costs what its first letters cost."""
    assert said("rain, " * 50 + "TTP extends truce") == []
    assert said("", body="rain " * 60 + "TTP extends truce") == []
