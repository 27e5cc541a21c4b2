"""Which article leads its story: the earliest good text, by signs that are named."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.story_set import TUNED_ON, read_set
from monitor.articles.blemishes import Grade, blemish_of
from monitor.articles.lead import choose_lead, shortcomings, takes_over
from monitor.articles.spun import original_of, swaps_between
from monitor.model import Article
from monitor.text.zones import zones_of
from tests.articles.builders import LONG, NOW, OTHER, article

TRUCE = (
    "PESHAWAR: The Pakistani Taliban called off a month-long ceasefire with the government on Thursday, saying that"
    " three of its fighters had been killed in a raid in Bajaur. A spokesman for the group told reporters that attacks"
    " would resume at midnight. The government has not yet commented on the announcement. Talks between the two sides"
    " began in Kabul in October with the help of tribal elders."
)
SPUN = (
    "The Pakistani Taliban cancelled a month-long armistice with the administration on Thursday, stating that three of"
    " its combatants had been slain in an assault in Bajaur. A representative for the gathering told correspondents"
    " that strikes would restart at 12 PM. The administration has not yet remarked on the declaration. Discussions"
    " between the different sides started in Kabul in October with the assistance of ancestral seniors."
)
SECOND_HAND_REPORT = (
    "Militants in Pakistan's north-west have ended the truce that they declared in October. The TTP blames the army for"
    " an operation in Bajaur in which it lost three men, and says it is free to strike again from midnight. Elders who"
    " carried messages between the sides in Kabul say they will try once more."
)
PAIRS = {
    "en": (TRUCE, SPUN),
    "de": (
        "Die Regierung in Islamabad hat am Freitag die Grenzübergänge nach Afghanistan wieder geöffnet. Hunderte"
        " Lastwagen warteten seit zwei Wochen vor dem Tor in Torkham auf die Abfertigung. Ein Sprecher des Zolls sagte,"
        " dass zunächst nur Lebensmittel und Medikamente durchgelassen würden. Händler klagten über hohe Verluste.",
        "Die Führung in Islamabad hat am Freitag die Grenzpassagen nach Afghanistan erneut aufgemacht. Hunderte"
        " Lastkraftwagen harrten seit zwei Wochen vor dem Portal in Torkham auf die Bearbeitung. Ein Wortführer des"
        " Zolls äußerte, dass vorerst bloß Nahrungsmittel und Arzneien durchgelassen würden. Kaufleute jammerten über"
        " hohe Einbußen.",
    ),
    "tr": (
        "Pakistan ile Afganistan arasındaki görüşmelerin ikinci turu perşembe günü İstanbul'da başladı. Heyetler"
        " ateşkesin denetlenmesi için ortak bir komisyon kurulmasını ele alacak. Dışişleri Bakanlığı görüşmelerin üç"
        " gün süreceğini açıkladı.",
        "Pakistan ile Afganistan arasındaki müzakerelerin ikinci raundu perşembe günü İstanbul'da start aldı."
        " Delegasyonlar ateşkesin kontrol edilmesi için müşterek bir kurul oluşturulmasını ele alacak. Hariciye"
        " Bakanlığı müzakerelerin üç gün devam edeceğini duyurdu.",
    ),
    "ur": (
        "پاکستانی طالبان نے جمعرات کو حکومت کے ساتھ ایک ماہ کی جنگ بندی ختم کرنے کا اعلان کیا۔ ترجمان نے کہا کہ باجوڑ"
        " میں کارروائی کے دوران تین جنگجو مارے گئے۔ حکومت نے ابھی تک اس اعلان پر کوئی ردعمل نہیں دیا۔",
        "پاکستانی طالبان نے جمعرات کو سرکار کے ساتھ ایک ماہ کی جنگ بندی منسوخ کرنے کا اظہار کیا۔ نمائندے نے بتایا کہ"
        " باجوڑ میں آپریشن کے دوران تین لڑاکا ہلاک ہوئے۔ سرکار نے ابھی تک اس بیان پر کوئی جواب نہیں دیا۔",
    ),
    "es": (
        "El presidente anunció el jueves un acuerdo con los sindicatos para poner fin a la huelga de transporte que"
        " paralizó la capital durante cinco días. El gobierno aumentará los salarios un 8 por ciento en dos etapas. Los"
        " trabajadores votarán la propuesta el domingo.",
        "El mandatario comunicó el jueves un pacto con los gremios para poner término a la huelga de locomoción que"
        " inmovilizó la capital durante cinco días. El ejecutivo incrementará los sueldos un 8 por ciento en dos fases."
        " Los operarios sufragarán la propuesta el domingo.",
    ),
}
"""By language, a text and the same with its words swapped."""


def report(number: int, body: str, *, minutes: int | None = None, **fields: Any) -> Article:
    at = NOW + timedelta(minutes=number if minutes is None else minutes)
    return article(number, **{"body": body, "first_seen_at": at, "feed_id": f"feed-{number}", **fields})


# --- a text alone -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "note",
    [
        "This article was automatically translated from Urdu.",
        "This story has been translated by AI and may contain mistakes.",
        "(Machine translation)",
        "Dieser Artikel wurde maschinell übersetzt.",
        "Diese Meldung wurde mit KI übersetzt und von der Redaktion geprüft.",
        "Bu haber otomatik olarak çevrilmiştir.",
        "Bu metin yapay zekâ ile çevrilmiştir.",
        "ترجم هذا المقال آليا من الإنجليزية.",
        "یہ خبر مشینی ترجمہ ہے۔",
        "یہ مضمون مصنوعی ذہانت کی مدد سے ترجمہ کیا گیا ہے۔",
        "این مطلب به صورت خودکار ترجمه شده است.",
        "Este artículo ha sido traducido automáticamente del inglés.",
        "Este texto fue traducido con inteligencia artificial.",
        "Cet article a été traduit automatiquement.",
        "Этот текст переведен автоматически.",
        "Это машинный перевод.",
        "Questo articolo è una traduzione automatica dall'inglese.",
    ],
)
def test_a_text_that_says_a_machine_translated_it_is_second_hand(note: str) -> None:
    """Before the report or after it, and however the language says it."""
    for body in (f"{note}\n\n{LONG}", f"{LONG}\n\n{note}"):
        found = blemish_of(article(body=body))
        assert found is not None
        assert found.grade is Grade.SECOND_HAND
        assert note.split(maxsplit=1)[0].strip("(") in found.says


@pytest.mark.parametrize(
    "body",
    [
        "Newsrooms in Karachi test machine translation this winter. Editors say automatic translation of Pashto reports"
        " still needs a reader, and that nothing translated by artificial intelligence goes out unread.",
        "Google said on Monday that reports which were automatically translated would carry a label from next year on,"
        " and that publishers would be asked before. The company named no date.",
        "The driver from Izmir found his way by gestures. “I used Google Translate,” he said. The police offered him a"
        " bed for the night, and a meal of lentils and bread.",
    ],
)
def test_a_report_about_translation_is_none(body: str) -> None:
    """What it tells is not said of itself."""
    assert blemish_of(article(body=body)) is None


@pytest.mark.parametrize(
    ("fields", "grade", "says"),
    [
        ({"tags": ("pakistan", "Translated")}, Grade.SECOND_HAND, "its feed or publisher tags it “translated”"),
        ({"authors": ("Google Translate",)}, Grade.SECOND_HAND, "it is signed “Google Translate”"),
        (
            {"title": "Truce ends [AI translation]"},
            Grade.SECOND_HAND,
            "its headline says “AI translation”",
        ),
        ({"body": ""}, Grade.IN_PART, "it is a headline without a text"),
        ({"title": "", "body": "Kabul"}, Grade.IN_PART, "its text is of a headline's length, 1 word"),
        ({"title": "Truce holds at Torkham", "body": "Truce holds at Torkham - Dawn"}, Grade.IN_PART, "headline again"),
        ({"body": "Truce called off, group says."}, Grade.IN_PART, "a headline's length, 5 words"),
        ({"body": f"{LONG[:150]}…"}, Grade.IN_PART, "its text breaks off: “…”"),
        ({"body": f"{LONG[:150]} [...]"}, Grade.IN_PART, "its text breaks off: “[...]”"),
        ({"body": f"{LONG} Read more »"}, Grade.IN_PART, "its text breaks off: “. Read more »”"),
        ({"body": f"{LONG}\n\nContinue reading"}, Grade.IN_PART, "its text breaks off: “Continue reading”"),
        (
            {"body": f"{LONG} The next round is to be held in the second week of"},
            Grade.IN_PART,
            "its text breaks off in a sentence: “…the second week of”",
        ),
        ({"title": "ProgressPeace talks resume"}, Grade.IN_PART, "its words are glued: “ProgressPeace”"),
        (
            {"body": f"{LONG} They met again.According to both, theTalks went wellAfter noon."},
            Grade.IN_PART,
            "its words are glued: “again.According”",
        ),
        ({"body": f"{LONG} “He said it&#8217;s over&nbsp;now.”"}, Grade.IN_PART, "“&#8217;”"),
        ({"title": "Mayor says itâ€™s over"}, Grade.IN_PART, "another encoding: “â€™”"),
        (
            {"body": f"{LONG} مذاکرات کا اگلا دور اگلے ہفتے ہوگا"},
            Grade.SECOND_HAND,
            "a sentence in it was left in Arabic letters",
        ),
        (
            {"body": f"{LONG} Die Delegationen reisten nach der Sitzung ab und wurden nicht mit dem Bus gebracht."},
            Grade.SECOND_HAND,
            "a sentence in it was left in German",
        ),
    ],
)
def test_what_speaks_against_a_text_is_named(fields: dict[str, Any], grade: Grade, says: str) -> None:
    """Each sign in words that an editor can check."""
    found = blemish_of(article(**fields))
    assert found is not None
    assert (found.grade, says in found.says) == (grade, True), found.says


@pytest.mark.parametrize(
    "body",
    [
        LONG,
        f"ISLAMABAD (AFP) - {LONG}",
        f"{LONG}\n\nReporting by Ahmad Khan in Peshawar and Sara Gul in Kabul, editing by Jan Berg",
        f"{LONG} YouTube and WhatsApp were slow, McDonald and FitzGerald wrote on LinkedIn.",
        f"{LONG} He called it “ein schwerer Tag für die Stadt und nicht nur für die Polizei”.",
        "A polícia disse que não houve feridos e que o trânsito foi liberado ao meio-dia. As obras seguem por mais duas"
        " semanas, como previsto para o trecho entre Lisboa e Sintra, com desvios para camiões.",
        f"{LONG} The daily Jang (جنگ) and the word صلح were on every wall.",
        f"{LONG} The draft stands at example.com/Talks and on Booking.Com.",
        "مذاکرات کا تیسرا دور جمعرات کو استنبول میں ختم ہوا۔ ترجمان نے کہا کہ TTP اور BLA پر بات ہوئی اور Inter"
        " Services Public Relations نے بیان جاری کیا۔",
    ],
)
def test_good_texts_have_no_blemish(body: str) -> None:
    """Datelines, signatures, names of firms, quotations and single foreign words are no signs."""
    assert blemish_of(article(body=body)) is None


def test_the_labelled_reports_are_texts_of_somebodys_own() -> None:
    """No report of the sets that people may read is taken for second hand."""
    wrong = [
        (each.article.title, found.says)
        for part in TUNED_ON
        for each in read_set(part)
        if (found := blemish_of(each.article)) is not None and found.grade is Grade.SECOND_HAND
    ]
    assert wrong == []


@given(title=st.text(max_size=80), body=st.text(max_size=400), tags=st.lists(st.text(max_size=12), max_size=3))
def test_any_text_is_judged(title: str, body: str, tags: list[str]) -> None:
    """Whatever a feed holds, there is a verdict in one line, and the same twice."""
    odd = Article(1, "f", None, title, body, zones_of(body), NOW, tags=tuple(tags))
    found = blemish_of(odd)
    assert found == blemish_of(odd)
    assert choose_lead([odd]).article_id == 1


# --- two texts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", PAIRS)
def test_a_text_with_its_words_swapped_is_seen(language: str) -> None:
    """From either side, with the swaps to show for it."""
    one, other = (report(n, body, language=language) for n, body in enumerate(PAIRS[language]))
    swaps = swaps_between(one, other)
    assert swaps is not None
    assert swaps.sentences >= 3
    assert swaps_between(other, one) is not None


def test_copies_and_reports_of_ones_own_are_no_such_pairs() -> None:
    """A copy swaps nothing, a second report does not run beside the first, and other numbers are other facts."""
    truce = report(1, TRUCE)
    for body in (TRUCE, TRUCE.replace("Thursday", "Friday"), SECOND_HAND_REPORT, LONG, OTHER, ""):
        assert swaps_between(truce, report(2, body)) is None
    assert swaps_between(report(1, TRUCE, language="en"), report(2, SPUN, language="de-AT")) is None


def test_no_two_labelled_reports_are_such_a_pair() -> None:
    """Among all articles of one story and language in the sets that people may read."""
    found = []
    for part in TUNED_ON:
        stories: dict[tuple[str, str | None], list[Article]] = {}
        for each in read_set(part):
            stories.setdefault((each.story, each.article.language), []).append(each.article)
        found += [
            (one.title, other.title)
            for own in stories.values()
            for one, other in combinations(own, 2)
            if swaps_between(one, other)
        ]
    assert found == []


def test_the_original_of_a_pair_is_the_one_that_names_its_source() -> None:
    """An agency or a town in the dateline counts more than who came first."""
    spun, truce = report(1, SPUN), report(2, TRUCE)
    swaps = swaps_between(spun, truce)
    assert swaps is not None
    assert original_of(spun, truce, swaps, lambda word: 0) == (truce, "is dated from a town")
    wired = report(3, TRUCE.replace("PESHAWAR:", "PESHAWAR (AFP) -"))
    assert original_of(spun, wired, swaps, lambda word: 0) == (wired, "credits an agency")


def test_without_a_source_the_usual_words_tell_and_then_who_came_first() -> None:
    """The frequencies are those of other news; where they tell nothing, the earlier of the two is taken for it."""
    spun, plain = report(1, SPUN), report(2, TRUCE.removeprefix("PESHAWAR: "))
    swaps = swaps_between(spun, plain)
    assert swaps is not None
    usual = set(TRUCE.lower().split())
    assert original_of(spun, plain, swaps, lambda word: 900 if word in usual else 3) == (
        plain,
        "has the usual words where they differ",
    )
    assert original_of(spun, plain, swaps, lambda word: 0) == (spun, "came first")


# --- a story ----------------------------------------------------------------------------------------------------------


def test_a_publisher_who_rewords_his_own_report_has_no_copy() -> None:
    """Of two texts of one feed neither is somebody else's."""
    assert shortcomings([report(1, SPUN, feed_id="hill"), report(2, TRUCE, feed_id="hill")]) == {}
    assert shortcomings([report(1, SPUN, feed_id="mill"), report(2, TRUCE, feed_id="hill")]).keys() == {1}


def test_the_earliest_good_text_leads() -> None:
    """A machine's translation, a flash and a cut text that came before are passed over, with the reason."""
    translated = report(1, f"This article was automatically translated.\n\n{LONG}")
    flash = report(2, "")
    first, second = report(3, TRUCE), report(4, SECOND_HAND_REPORT)
    lead = choose_lead([second, flash, first, translated])
    assert lead.article_id == 3
    assert lead.because == (
        "the earliest good text; article 1 came before, but it says “This article was automatically translated.”;"
        " article 2 came before, but it is a headline without a text"
    )
    assert shortcomings([second, flash, first, translated]).keys() == {1, 2}


def test_a_flash_leads_until_a_whole_text_is_there() -> None:
    """What is somebody's own leads before what is not, be it ever so short."""
    flash, translated = report(2, ""), report(1, LONG, tags=("translated",))
    assert choose_lead([translated, flash]).article_id == 2
    assert takes_over(flash, translated)
    assert not takes_over(translated, flash)
    assert takes_over(report(3, LONG), flash)


def test_what_is_alone_leads_whatever_it_is() -> None:
    """An editor is told of a translation that nobody else has."""
    lead = choose_lead([report(1, LONG, tags=("translated",))])
    assert lead.because == "the only report, though its feed or publisher tags it “translated”"
    two = choose_lead([report(1, LONG, tags=("translated",)), report(2, OTHER, tags=("translated",))])
    assert (two.article_id, two.because.startswith("the first report, though")) == (1, True)


def test_a_reprint_leads_where_it_is_better_than_what_it_copies() -> None:
    """The agency's flash, then its text in full; a copy of the full text never."""
    flash = report(1, TRUCE[:90] + "…")
    full, copy = report(2, TRUCE, reprint_of=1), report(3, TRUCE, reprint_of=1)
    assert choose_lead([flash, full, copy]).article_id == 2


def test_a_spun_copy_that_came_first_gives_way_to_its_original() -> None:
    """Also to another good text that came before the original, which only the original shows."""
    spun, own, original = report(1, SPUN), report(2, SECOND_HAND_REPORT), report(3, TRUCE)
    assert choose_lead([spun, own]).article_id == 1
    assert takes_over(original, spun)
    lead = choose_lead([spun, own, original])
    assert lead.article_id == 2
    assert "it is the text of article 3, which is dated from a town, in other words: " in lead.because


def test_a_copy_is_looked_for_among_the_reports_around_it() -> None:
    """In a story of hundreds a text is compared with those that came shortly before and after it, not with all."""
    spun = report(1, SPUN)
    near = [spun, *(report(number, "") for number in range(2, 40)), report(40, TRUCE)]
    far = [spun, *(report(number, "") for number in range(2, 400)), report(400, TRUCE)]
    assert "it is the text of article 40" in shortcomings(near)[1]
    assert choose_lead(near).article_id == 40
    assert 1 not in shortcomings(far)


_BODIES = [LONG, TRUCE, SPUN, SECOND_HAND_REPORT, "", f"{OTHER[:100]}…", f"Machine translation.\n\n{OTHER}"]


@given(st.lists(st.sampled_from(_BODIES), min_size=1, max_size=6))
def test_the_lead_does_not_depend_on_the_order_in_which_members_are_given(bodies: list[str]) -> None:
    """And comparing each newcomer with the lead alone comes to a text as good as asking all of them."""
    members = [report(number, body) for number, body in enumerate(bodies, start=1)]
    chosen = choose_lead(members)
    assert all(choose_lead(order) == chosen for order in list(permutations(members))[:20])
    lead = members[0]
    for number, newcomer in enumerate(members[1:], start=2):
        if takes_over(newcomer, lead):
            after = choose_lead(members[:number]).article_id
            lead = next(member for member in members if member.id == after)
    assert lead.id == chosen.article_id
