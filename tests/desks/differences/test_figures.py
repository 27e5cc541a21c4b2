"""What figures a sentence gives, in the languages of the shipped feeds, and which numbers are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.desks.differences.amounts import amount_at
from monitor.desks.differences.figures import figures_of
from monitor.desks.differences.lexicon import tokens_of
from monitor.desks.differences.measures import measures_of

COUNTS = {
    "en": {
        "12 killed in Bannu blast": "killed 12",
        "Blast kills 12 in Bannu": "killed 12",
        "Death toll rises to 12": "killed 12",
        "The death toll in the Bannu attack has risen from 9 to 14, officials said.": "killed 14",
        "The number of dead in the attack on the police lines in Bannu has climbed to 14.": "killed 14",
        "A toll of 12 was given by the army, which said the search went on.": "killed 12",
        "12 people were killed": "killed 12",
        "12 people, including three children, were killed on Friday": "killed 12",
        "Four persons including three policemen were martyred and 17 others injured": "killed 4, injured 17",
        "Six people, four of them drivers, died on Friday": "killed 6",
        "Nurse among four dead as Uganda races to contain Marburg": "killed 4",
        "The attack on a post near the town of Tank in which a child was hurt killed two soldiers": "soldiers killed 2",
        "12 soldiers and two civilians were killed": "soldiers killed 12, civilians killed 2",
        "Two soldiers, 15 militants killed in clash": "soldiers killed 2, militants killed 15",
        "58 Pakistani soldiers were killed and at least 30 wounded": "soldiers killed 58, soldiers injured at least 30",
        "12 people were killed and 30 wounded": "killed 12, injured 30",
        "23 soldiers, over 200 Taliban killed": "soldiers killed 23, taliban killed more than 200",
        "Army kills 200 Taliban": "taliban killed 200",
        "killing 12 soldiers and two civilians": "soldiers killed 12, civilians killed 2",
        "Three soldiers killed two militants": "militants killed 2",
        "12 killed 30 injured as bus overturns": "killed 12, injured 30",
        "12 killed, 30 injured as bus overturns": "killed 12, injured 30",
        "Twelve of the 40 passengers died": "",
        "Police arrest 14 suspects": "suspects arrested 14",
        "Two engineers were abducted": "engineers kidnapped 2",
        "1,200 people displaced by floods": "displaced 1,200",
        "Twenty-one people were killed and thirty five hurt": "killed 21, injured 35",
        "One hundred and twenty people were killed": "",
        "Two hundred killed": "",
        "Dozens killed, more than 30 hurt in quake": "killed dozens, injured more than 30",
        "12 injured and three critically hurt in crash": "injured 12",
        "12 injured, three of them seriously": "injured 12",
    },
    "es": {
        "Al menos 12 muertos y 30 heridos en un accidente": "killed at least 12, injured 30",
        "Mueren doce personas en un incendio": "killed 12",
        "El número de muertos sube a 45": "killed 45",
        "Un atentado mata a 12 soldados": "soldiers killed 12",
        "Detienen a 14 personas": "arrested 14",
    },
    "fr": {
        "Au moins 12 morts et 30 blessés dans un accident": "killed at least 12, injured 30",
        "Sept personnes au moins ont péri": "killed at least 7",
        "Vingt et une personnes sont mortes": "killed 21",
        "Douze personnes ont été tuées, dont trois enfants": "killed 12",
        "Le nombre de morts passe à 45": "killed 45",
        "Une attaque tue 12 soldats": "soldiers killed 12",
    },
    "de": {
        "Mindestens 14 Tote bei Anschlag in Bannu": "killed at least 14",
        "Zwölf Menschen wurden getötet und 30 verletzt": "killed 12, injured 30",
        "Die Zahl der Toten steigt auf 45": "killed 45",
        "Bei dem Angriff kamen zwölf Soldaten ums Leben": "soldiers killed 12",
    },
    "tr": {
        "Patlamada 12 kişi öldü, 30 kişi yaralandı": "killed 12, injured 30",
        "Ölü sayısı 45'e yükseldi": "killed 45",
        "Saldırıda on iki asker şehit oldu": "soldiers killed 12",
        "3'ü çocuk 12 kişi hayatını kaybetti": "killed 12",
        "40'tan fazla kişi yaralandı": "injured more than 40",
    },
    "ur": {
        "بنوں دھماکے میں 12 افراد جاں بحق، 30 زخمی": "killed 12, injured 30",
        "بنوں میں خودکش حملہ، نو افراد جاں بحق": "killed 9",
        "تین بچوں سمیت 12 افراد ہلاک": "killed 12",
        "ہلاکتوں کی تعداد ۴۵ ہو گئی": "killed 45",
        "کارروائی میں 15 دہشت گرد ہلاک": "militants killed 15",
        "12 سے زائد افراد ہلاک": "killed more than 12",
        "30 کے قریب افراد زخمی": "injured about 30",
        "12 افراد کا علاج کیا جا رہا ہے": "",
        "12 قیدی رہا کر دیے گئے": "قیدی freed 12",
        "نو عمر لڑکا ہلاک": "",
    },
    "ar": {
        "مقتل 12 شخصا وإصابة 30 في انفجار": "killed 12, injured 30",
        "ارتفاع عدد القتلى إلى 45": "killed 45",
        "مقتل ما لا يقل عن 12 جنديا في هجوم": "soldiers killed at least 12",
        "قتيلان بغارة مسيّرة": "killed 2",
        "مقتل خمسة وعشرين شخصا": "killed 25",
        "١٢ قتيلا و٣٠ جريحا في حادث": "killed 12, injured 30",
        "مقتل وإصابة 12 شخصا": "",
        "إصابة 3 أشخاص بجروح خطيرة": "",
        "مقتل ثلاث نساء في غارة": "women killed 3",
        "مقتل ثلاث عشرة امرأة": "women killed 13",
    },
    "fa": {
        "۱۲ کشته و ۳۰ زخمی در انفجار کابل": "killed 12, injured 30",
        "شمار کشته‌شدگان به ۴۵ نفر رسید": "killed 45",
        "۱۲ نفر از جمله سه کودک کشته شدند": "killed 12",
        "چهار تن، به شمول سه پولیس، کشته و هفده تن زخمی شدند": "killed 4, injured 17",
    },
    "ps": {
        "په چاودنه کې ۱۲ کسان وژل شوي او ۳۰ ټپیان دي": "killed 12, injured 30",
        "لږ تر لږه ۱۲ تنه مړه شوي": "killed at least 12",
        "نوي ځواکونه ووژل شول": "",
    },
    "ru": {
        "12 человек погибли, 30 ранены при взрыве": "killed 12, injured 30",
        "Число погибших выросло до 45": "killed 45",
        "При атаке убиты 12 солдат": "soldiers killed 12",
    },
    "hi": {
        "धमाके में १२ लोगों की मौत, 30 घायल": "killed 12, injured 30",
        "मरने वालों की संख्या 45 हुई": "killed 45",
        "मुठभेड़ में 15 आतंकी मारे गए": "militants killed 15",
    },
}


def told(text: str, language: str) -> str:
    """Write the figures of a sentence in one line."""
    figures = figures_of(tokens_of(text, language))
    return ", ".join(f"{figure.party} {figure.kind} {figure.amount.text}".strip() for figure in figures)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [(language, text, figures) for language, cases in COUNTS.items() for text, figures in cases.items()],
)
def test_a_sentence_gives_its_figures(language: str, text: str, expected: str) -> None:
    """Counts stand before or behind their word, in digits of any script or in words, with bounds and parties."""
    assert sorted(told(text, language).split(", ")) == sorted(expected.split(", "))


@pytest.mark.parametrize(
    "text",
    [
        "A 12-year-old boy was killed on Highway 7",
        "Bus crash at 10:30 killed a driver",
        "The blast 12 km from Bannu killed a guard",
        "On 25 November killed fighters were buried",
        "A policeman and three others were killed",
        "A driver and two passengers died",
        "12 killed or injured in crash",
        "12 killed in Khyber; eight in Bajaur",
        "Three critically injured in crash",
        "Three injured in critical condition",
        "Another two people were killed",
        "Two more people died in hospital",
        "Two of the attackers were killed",
        "No one was killed",
        "wounding two dozen",
        "The army denied that 12 people were killed",
        "Last year 12 people were killed there",
        "In a separate attack, three people were killed",
        "12 killed",
    ],
)
def test_other_numbers_are_no_tolls(text: str) -> None:
    """Ages, hours, distances, days, rests, shares, increments, denials and other events count nobody of this one.

    A language that the table does not have gives no figure at all.
    """
    assert told(text, "xx" if text == "12 killed" else "en") == ""


@pytest.mark.parametrize(
    ("first", "second", "agree"),
    [
        ("12 people", "15 people", False),
        ("at least 12 people", "15 people", True),
        ("at least 15 people", "12 people", False),
        ("more than 30 people", "30 people", True),
        ("about 100 people", "97 people", True),
        ("about 100 people", "70 people", False),
        ("1,200 people", "1,240 people", True),
        ("1,200 people", "1,400 people", False),
        ("100 people", "97 people", True),
        ("100 people", "80 people", False),
        ("97 people", "94 people", False),
        ("a dozen people", "12 people", True),
        ("dozens of people", "32 people", True),
        ("dozens of people", "3 people", False),
        ("up to 20 people", "14 people", True),
        ("twelve people", "12 people", True),
    ],
)
def test_a_bound_agrees_with_what_it_allows(first: str, second: str, agree: bool) -> None:
    """Bounds and roundings quarrel only with numbers that they leave out, in either order."""
    amounts = []
    for text in (first, second):
        tokens = tokens_of(text, "en")
        amounts.append(next(amount for place in range(len(tokens)) if (amount := amount_at(tokens, place))))
    assert amounts[0].agrees(amounts[1]) is agree
    assert amounts[1].agrees(amounts[0]) is agree


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "A 6.1-magnitude quake struck", "magnitude 6.1"),
        ("en", "A quake of magnitude 6.1, followed by 7 tremors", "magnitude 6.1"),
        ("de", "Ein Beben der Stärke 6,1", "magnitude 6.1"),
        ("tr", "5,4 büyüklüğünde deprem", "magnitude 5.4"),
        ("fa", "زمین‌لرزه‌ای به قدرت ۶٫۱ درجه", "magnitude 6.1"),
        ("ar", "زلزال بقوة 5.4 درجات", "magnitude 5.4"),
        ("en", "Aftershocks, some above magnitude 5, went on", ""),
        ("en", "IMF approves $7bn loan for Pakistan", "loan $7 billion"),
        ("en", "A fine of Rs 500,000 was imposed", "fine Rs 500,000"),
        ("de", "Ein Kredit von 7 Milliarden Dollar", "loan $7 billion"),
        ("en", "The firm, worth $7bn, hired a cook", ""),
    ],
)
def test_strengths_and_sums_are_read(language: str, text: str, expected: str) -> None:
    """A quake has one strength, and a sum counts only with its purpose beside it."""
    found = measures_of(tokens_of(text, language))
    assert ", ".join(f"{figure.kind} {figure.amount.text}" for figure in found) == expected


_WORDS = [
    *("12", "three", "killed", "dead", "wounded", "toll", "people", "including", "سمیت"),
    *("and", "to", "of", "were", ",", ".", "$", "bn"),
]


@given(
    st.lists(st.sampled_from(_WORDS)),
    st.sampled_from(["en", "ur", "ar", "de", "tr", "xx"]),
)
def test_any_words_give_figures_that_agree_with_themselves(words: list[str], language: str) -> None:
    """Nothing raises, whatever order the words of the table come in, and no kind and party is given twice."""
    tokens = tokens_of(" ".join(words), language)
    figures = [*figures_of(tokens), *measures_of(tokens)]
    assert all(figure.amount.agrees(figure.amount) for figure in figures)
    counted = [(figure.kind, figure.party) for figure in figures_of(tokens)]
    assert len(set(counted)) == len(counted)


@given(st.text(max_size=300), st.sampled_from(["en", "ar", "hi", "fa", ""]))
def test_any_text_is_read(text: str, language: str) -> None:
    """Tokens are never empty, whatever characters a feed has."""
    assert all(token.text for token in tokens_of(text, language))
