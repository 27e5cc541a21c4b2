"""Where the reports of one story differ, with their sources, and where they only seem to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.desks.differences.difference import STALE, differences_of, sentence_of
from monitor.model import Article, Zone, ZoneSpan
from monitor.text.zones import zones_of
from tests.desks.build import NOON, article

NAMES = {"dawn": "Dawn", "geo": "Geo", "ary": "ARY"}


def report(
    number: int,
    feed: str,
    title: str,
    body: str = "",
    *,
    minutes: float = 0,
    language: str = "en",
    reprint_of: int | None = None,
) -> Article:
    """Make a report that came so many minutes after noon of Friday, 20 November 2026."""
    at = NOON + timedelta(minutes=minutes)
    return article(number, title, body, feed=feed, at=at, language=language, reprint_of=reprint_of)


def told(*reports: Article) -> list[str]:
    return [sentence_of(difference) for difference in differences_of(reports, NAMES)]


def test_a_toll_is_told_with_outlets_and_sources() -> None:
    """Each value with who gives it, in order of time, whatever order the reports are handed over in."""
    reports = (
        report(1, "dawn", "12 killed in Bannu", "A blast killed 12 people in Bannu on Friday, police said."),
        report(2, "geo", "Bannu blast kills 15", "Fifteen bodies were brought in, hospital officials said.", minutes=9),
    )
    assert told(*reports) == told(*reversed(reports)) == ["Killed: 12 (Dawn, police), 15 (Geo)"]
    (difference,) = differences_of(reports, NAMES)
    assert difference.kind == "killed"
    assert [(one.value, one.speaker, one.outlets, one.article_ids) for one in difference.sayings] == [
        ("12", "police", ("Dawn",), (1,)),
        ("15", "", ("Geo",), (2,)),
    ]


def test_languages_are_compared() -> None:
    """A figure in Urdu and one in Arabic are of one kind."""
    assert told(
        report(1, "geo", "بنوں دھماکے میں ۱۲ افراد جاں بحق", language="ur"),
        report(2, "ary", "مقتل 15 شخصا في انفجار في بانو", language="ar"),
    ) == ["Killed: 12 (Geo), 15 (ARY)"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("12 killed in raid", "12 killed and 30 injured in raid"),
        ("12 soldiers killed in raid", "15 militants killed in raid"),
        ("15 killed in raid", "12 soldiers killed in raid"),
        ("At least 12 killed in raid", "15 killed in raid"),
        ("Dozens killed in raid", "42 killed in raid"),
        ("1,200 displaced by floods", "1,180 people displaced by floods"),
        ("12 people, including three girls, killed", "Twelve killed in raid"),
        ("Magnitude 6 quake shakes Swat", "6.1-magnitude quake shakes Swat"),
        ("Bank gets $5bn loan", "Loan of $5.2 billion for bank"),
        ("Bank gets $5bn loan", "Bank fined $7bn"),
        ("9 hours ago", "2 hours ago"),
        ("COP 29", "COP 30"),
        ("Talks will start on Sunday", "Talks to start on 22 November"),
        ("Bomb exploded in Bannu today", "Bomb exploded in Bannu on Friday"),
        ("Gaza death toll passes 69,000", "12 killed in Gaza strike"),
        ("Rain death toll 36 nationwide", "Rain kills 12 in Punjab"),
        ("Two killed in Karachi, three in Lahore", "Five killed in rains"),
        ("Israeli strikes kill 24 across Gaza", "Israeli strike kills five in Gaza City"),
        ("17 killed in two operations", "Eight killed in Tank"),
        ("12 injured in blast", "Three injured critically in blast"),
        ("IMF approves $7bn loan", "IMF releases $1.1bn loan tranche"),
    ],
)
def test_what_only_seems_to_differ_is_not_told(first: str, second: str) -> None:
    """Other parties, bounds, roundings, parts, other sums and other words for one day are no quarrel."""
    assert told(report(1, "dawn", first), report(2, "geo", second)) == []


def test_growth_is_no_difference() -> None:
    """An outlet's newest figure counts, a later report may say that a toll grew, and an old toll is old."""
    nine = report(1, "dawn", "9 killed in raid")
    assert told(nine, report(2, "dawn", "15 killed in raid", minutes=5)) == []
    assert told(nine, report(2, "geo", "Death toll rises to 15", minutes=5)) == []
    assert told(nine, report(2, "geo", "Death toll hits 15", minutes=5)) == []
    late = STALE / timedelta(minutes=1) + 1
    assert told(nine, report(2, "geo", "15 killed in raid", minutes=late)) == []
    # A later report that has fewer is not grown, nor one that rose before the lower figure was given.
    assert told(report(1, "dawn", "15 killed in raid"), report(2, "geo", "9 killed", minutes=late)) != []
    assert told(report(1, "geo", "Death toll rises to 15"), report(2, "dawn", "9 killed", minutes=5)) != []


def test_people_who_were_found_are_not_missing_any_more() -> None:
    """The number of the missing falls as well as it rises: an old one is old either way."""
    many, few = "Forty miners missing", "Six miners missing"
    assert told(report(1, "dawn", many), report(2, "geo", few, minutes=5)) == ["Missing: 40 (Dawn), 6 (Geo)"]
    assert told(report(1, "dawn", many), report(2, "geo", few, minutes=600)) == []


def test_reprints_count_as_their_original() -> None:
    """Nine outlets with one text are one source; an outlet's own newer copy replaces what it said."""
    text = "A blast killed 12 people in Bannu, police said."
    copies = [report(number, f"copy{number}", "12 killed", text, reprint_of=1) for number in range(2, 10)]
    other = report(10, "geo", "15 killed in Bannu")
    assert told(report(1, "dawn", "12 killed", text), *copies, other) == ["Killed: 12 (Dawn, police), 15 (Geo)"]
    newer = report(2, "dawn", "15 killed", text.replace("12", "15"), reprint_of=1, minutes=4)
    assert told(report(1, "dawn", "12 killed", text), newer, other) == []


def test_an_agency_is_one_source() -> None:
    """What an agency says anew, in whatever outlet, replaces what it said before."""
    reports = (report(1, "dawn", "12 killed"), report(2, "geo", "15 killed", minutes=20), report(3, "ary", "15 killed"))
    assert differences_of(reports, NAMES, {1: "AFP", 2: "AFP"}) == ()
    assert differences_of(reports, NAMES, {1: "AFP", 2: "AP"}) == differences_of(reports, NAMES) != ()


def test_many_outlets_are_counted() -> None:
    """Four names are enough for one value, those with one source together."""
    reports = [report(number, f"feed{number}", "12 killed in raid") for number in range(1, 7)]
    assert told(*reports, report(7, "geo", "15 killed")) == ["Killed: 12 (feed1, feed2, feed3 and feed4 +2), 15 (Geo)"]


def test_days_that_differ_are_told() -> None:
    """Talks on two days are a difference, and one outlet's two days are not; what was put off has a new day."""
    tuesday = report(1, "dawn", "Talks to resume in Istanbul on Tuesday")
    date = report(2, "geo", "Istanbul talks will be held on 25 November", minutes=3)
    assert told(tuesday, date) == ["Day of the talks: Tue 24 Nov (Dawn), Wed 25 Nov (Geo)"]
    assert told(tuesday, report(2, "geo", "Talks postponed, to be held on 25 November", minutes=3)) == []
    assert told(
        report(1, "dawn", "Bomb exploded in Bannu on Thursday", minutes=0),
        report(2, "geo", "Bannu bomb exploded on Wednesday, killing 12", minutes=1),
    ) == ["Day it happened: Thu 19 Nov (Dawn), Wed 18 Nov (Geo)"]


def test_a_report_that_is_dated_far_off_says_no_day() -> None:
    """Where a feed gives a wrong date, "on Monday" is anybody's Monday."""
    old = replace(report(1, "dawn", "Bomb exploded in Bannu on Monday"), published_at=NOON - timedelta(days=30))
    assert told(old, report(2, "geo", "Bomb exploded in Bannu on Monday")) == []


def test_who_says_one_figure_is_told() -> None:
    """One figure from two sources is named last; an agreeing report that names nobody adds nothing."""
    reports = (
        report(1, "dawn", "12 killed in raid, police say"),
        report(2, "geo", "12 killed in raid: hospital"),
        report(3, "ary", "12 killed in raid"),
    )
    assert told(*reports) == ["Killed, by whom: 12 (Dawn, police; Geo, hospital)"]
    assert told(reports[0], reports[2]) == []


def test_a_denial_is_told_beside_what_it_denies() -> None:
    """One side claims and the other denies; a denial of something that nobody says is none."""
    claim = report(1, "dawn", "TTP claims attack on Tank post", "The TTP claimed the attack in Tank on Friday.")
    denial = report(2, "geo", "Army denies attack on Tank post", "The army denied that a post was attacked.", minutes=2)
    assert told(claim, denial) == ["Disputed: said (Dawn, TTP), denied (Geo, army)"]
    assert told(denial) == []
    assert told(denial, report(3, "dawn", "Army says post in Tank is open")) == []


def test_a_denial_of_another_matter_is_none() -> None:
    """Who speaks, and of whom, is no matter; a denial that speaks of a claim answers the other side's."""
    claim = report(
        1, "dawn", "TTP claims attack on Tank post", "The TTP claimed responsibility for the attack in Tank."
    )
    assert told(claim, report(2, "geo", "Army denies deaths", "The army denied that civilians died in Bajaur.")) == []
    said = report(1, "dawn", "Post shelled", "Pakistan's army said 12 militants were killed near the Afghan border.")
    harbour = "The Afghan government denied that militants use Afghan soil against Pakistan."
    assert told(said, report(2, "geo", "Denial", harbour)) == []
    accuses = report(1, "dawn", "Border", "Pakistan accused Kabul of sheltering fighters.")
    assert told(accuses, report(2, "geo", "Reply", "Kabul denied the claims.")) == [
        "Disputed: said (Dawn, Pakistan), denied (Geo, Afghanistan)"
    ]


def test_a_denial_among_countries_needs_two_of_them() -> None:
    """What Kabul denies is beside what Pakistan says; whose "army" it is nobody knows."""
    denial = report(1, "geo", "Kabul denies firing at Chaman", "Afghan officials denied that shells hit the post.")
    said = "{} said shells from across the border hit the post at Chaman."
    assert told(denial, report(2, "dawn", "Post shelled", said.format("Pakistan's army"))) == [
        "Disputed: denied (Geo, Afghanistan officials), said (Dawn, Pakistan army)"
    ]
    assert told(denial, report(2, "dawn", "Post shelled", said.format("The army"))) == []
    assert told(denial, report(2, "dawn", "Tea is dear", "Pakistan's army said that tea had become dear.")) == []


def test_sums_differ_where_no_rounding_explains_it() -> None:
    """1.1 and 1.2 billion are two sums, 5 and 5.2 billion may be one."""
    assert told(report(1, "dawn", "IMF approves $1.2bn loan"), report(2, "geo", "IMF clears $1.1 billion loan")) == [
        "Loan: $1.2 billion (Dawn), $1.1 billion (Geo)"
    ]


def test_a_part_is_no_other_total() -> None:
    """Who tells of two blasts gives the toll of each: a report of one of them has no other figure."""
    both = "At least 28 people were killed in two blasts. The first in Pishin killed 16 people, the second 12."
    assert told(report(1, "dawn", "Twin blasts kill 28", both), report(2, "geo", "16 killed in Pishin blast")) == []


def test_a_total_of_one_party_is_no_plain_total() -> None:
    """Two "men" who are soldiers are not compared with five people hurt."""
    first = report(1, "dawn", "Two men injured", "Two soldiers were injured in the firing.")
    assert told(first, report(2, "geo", "Five injured in firing")) == []


def test_only_the_beginning_of_a_report_is_read() -> None:
    """Background that follows, boilerplate, and another year's toll tell of other events."""
    filler = "The road was shut. Traders waited. Rain fell. "
    background = f"A blast killed 12 people in Bannu. {filler}In Quetta 40 people were killed."
    other = report(2, "geo", "Bannu blast", "Twelve people were killed.")
    assert told(report(1, "dawn", "Bannu blast", background), other) == []
    past = "A blast killed 12 people. An attack in 2014 killed 140 people."
    assert told(report(1, "dawn", "Bannu blast", past), other) == []
    footer = "Related: 40 killed in Quetta"
    body = f"{footer}\n\nRain fell."
    marked = (ZoneSpan(Zone.BOILERPLATE, 0, len(footer)), ZoneSpan(Zone.BODY, len(footer), len(body)))
    hidden = Article(1, "dawn", None, "Bannu blast", body, marked, NOON, language="en")
    assert told(hidden, other) == []


def test_a_later_sentence_may_say_more_exactly() -> None:
    """The text's "at least 14" qualifies the headline's 14, and names its source."""
    careful = report(1, "dawn", "14 killed in raid", "At least 14 people were killed, police said.")
    assert told(careful, report(2, "geo", "16 killed in raid")) == []
    assert told(careful, report(2, "geo", "9 killed in raid")) == ["Killed: at least 14 (Dawn, police), 9 (Geo)"]


@pytest.mark.parametrize(
    "piece", ["12 people, including 3, ", "killed ", "12 and ", "police said ", ", ", "1.1.", "\n", "قتل "]
)
def test_an_endless_text_is_read_by_its_beginning(piece: str) -> None:
    """300,000 code points say what their first thousand say."""
    text = piece * (300_000 // len(piece))
    long = Article(1, "dawn", None, text, text, zones_of(text), NOON, language="en")
    short = Article(1, "dawn", None, text[:2_000], text[:2_000], zones_of(text[:2_000]), NOON, language="en")
    other = report(2, "geo", "15 killed in raid")
    assert told(long, other) == told(short, other)


def test_hostile_names_stay_on_one_line() -> None:
    """The name of an outlet cannot break the line or turn it around."""
    reports = (report(1, "x\r\nBcc: y", "12 killed"), report(2, "روزنامہ", "15 killed"))
    (line,) = told(*reports)
    assert line == "Killed: 12 (x Bcc: y), 15 (\u2068روزنامہ\u2069)"
    assert told(report(1, "dawn", ""), report(2, "geo", "")) == []
