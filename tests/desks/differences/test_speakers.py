"""Who says so: the source that a sentence names."""

from __future__ import annotations

import pytest

from monitor.desks.differences.lexicon import tokens_of
from monitor.desks.differences.speakers import are_opposed, are_others, speaker_of, subject_of


@pytest.mark.parametrize(
    ("language", "text", "speaker"),
    [
        ("en", "12 people were killed, police said", "police"),
        ("en", "According to the health ministry, 12 people died", "health ministry"),
        ("en", "The military's media wing said 15 fighters were killed", "army"),
        ("en", "A Taliban spokesman said three people died", "Taliban"),
        ("en", "Two men were killed, the health ministry in Beirut said", "health ministry"),
        ("en", "Police: 12 killed in attack", "police"),
        ("en", "12 killed in attack: police", "police"),
        ("en", "Afghan officials said 10 people were killed", "Afghanistan officials"),
        ("en", "Drone strikes kill three in Khost, Kabul says", "Afghanistan"),
        ("en", "12 police were killed, an old man said", ""),
        ("en", "12 people were killed in Kabul", ""),
        ("en", "He told us that 12 people were killed", ""),
        ("en", "US officials said 12 people were killed", "United States officials"),
        ("en", "The injured were moved to Lady Reading Hospital, an elder said", ""),
        ("en", "12 people died, the hospital said", "hospital"),
        ("ur", "زخمیوں کو ہسپتال منتقل کر دیا گیا، بزرگ نے بتایا", ""),
        ("de", "Die Verletzten kamen ins Krankenhaus, sagte ein Nachbar", ""),
        ("es", "Mueren 12 personas en un incendio, según la policía", "police"),
        ("fr", "L'attaque a fait douze morts, a indiqué la police.", "police"),
        ("de", "Zwölf Menschen starben, teilte die Polizei mit.", "police"),
        ("tr", "Polise göre 12 kişi öldü", "police"),
        ("ur", "پولیس کے مطابق 20 افراد زخمی", "police"),
        ("ar", "قتل شخصان السبت في غارة، بحسب وزارة الصحة", "health ministry"),
        ("fa", "دوازده نفر کشته شدند، پلیس گفت", "police"),
        ("ps", "د پولیسو په وینا ۱۲ کسان وژل شوي", "police"),
        ("ru", "Погибли не менее 12 человек, сообщила полиция", "police"),
        ("hi", "पुलिस ने कहा कि 12 लोग मारे गए", "police"),
    ],
)
def test_the_source_of_a_sentence_is_named(language: str, text: str, speaker: str) -> None:
    """The source beside a verb of saying, or "according to"; who is counted, and where it was, says nothing."""
    assert speaker_of(tokens_of(text, language)) == speaker


@pytest.mark.parametrize(
    ("language", "text", "subject"),
    [
        ("en", "Kabul denies firing on Pakistan's post", "Afghanistan"),
        ("en", "A bank denied links to the Taliban", ""),
        ("ar", "نفت وزارة الخارجية ما نشرته صحيفة عن مكتب طالبان", "foreign ministry"),
        ("ar", "مصرف ينفي أي صلة له بحركة طالبان", ""),
    ],
)
def test_who_denies_stands_before_the_verb(language: str, text: str, subject: str) -> None:
    """In Arabic right behind it; who stands on the other side is what is denied."""
    tokens = tokens_of(text, language)
    assert subject_of(tokens, [n for n, one in enumerate(tokens) if one.has("denied")], language) == subject


def test_sides_and_sources_are_told_apart() -> None:
    """Two countries are opposed, a group and anybody; nobody knows whose "army" it is. Officials may be anybody's."""
    assert are_opposed("Afghanistan", "Pakistan army")
    assert are_opposed("TTP", "army")
    assert not are_opposed("Pakistan", "army")
    assert not are_opposed("Taliban", "Afghanistan officials")
    assert are_others("police", "hospital")
    assert are_others("Pakistan army", "Afghanistan army")
    assert not are_others("police", "officials")
    assert not are_others("army", "Pakistan")
    assert not are_others("health ministry", "Lebanon health ministry")
