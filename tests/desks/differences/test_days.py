"""On what day a sentence says that something was or will be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.desks.differences.days import days_said, from_solar_hijri
from monitor.desks.differences.lexicon import tokens_of

SATURDAY = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def said(text: str, language: str = "en", at: datetime = SATURDAY) -> list[str]:
    return [f"{one.event} {one.shown}" for one in days_said(tokens_of(text, language), at)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Officials said on Thursday that talks will resume in Istanbul on Tuesday", "talks 2026-11-24"),
        ("en", "Talks to be held on 25 November, foreign office says", "talks 2026-11-25"),
        ("en", "They will meet on November 26 for talks, the ministry said on Saturday.", "talks 2026-11-26"),
        ("en", "The election will be held on Sunday", "election 2026-11-22"),
        ("en", "A bomb exploded in Bannu on Friday, killing 12, police said on Saturday", "it happened 2026-11-20"),
        ("en", "A bomb exploded in Bannu yesterday", "it happened 2026-11-20"),
        ("es", "Las conversaciones se celebrarán el 25 de noviembre en Estambul", "talks 2026-11-25"),
        ("fr", "Les pourparlers auront lieu mardi à Istanbul", "talks 2026-11-24"),
        ("de", "Die Gespräche sollen am 25. November in Istanbul beginnen", "talks 2026-11-25"),
        ("tr", "Görüşmeler 25 Kasım'da İstanbul'da yapılacak", "talks 2026-11-25"),
        ("ur", "مذاکرات کا تیسرا دور پیر کو استنبول میں شروع ہوگا", "talks 2026-11-23"),
        ("ar", "ستعقد المحادثات يوم الثلاثاء في إسطنبول", "talks 2026-11-24"),
        ("fa", "مذاکرات ۴ آذر در استانبول برگزار خواهد شد", "talks 2026-11-25"),
        ("fa", "قرار است مذاکرات در ۴ قوس آغاز شود", "talks 2026-11-25"),
        ("ps", "خبرې اترې به د سې شنبې په ورځ پیل شي", "talks 2026-11-24"),
        ("ru", "Переговоры пройдут во вторник в Стамбуле", "talks 2026-11-24"),
        ("hi", "वार्ता मंगलवार को इस्तांबुल में होगी", "talks 2026-11-24"),
    ],
)
def test_the_day_of_the_event_is_found(language: str, text: str, expected: str) -> None:
    """Weekdays and dates of any calendar are days; the day on which somebody spoke is not the event's."""
    assert said(text, language) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "The ministry said on Friday the attack had been repelled",
        "Talks will be held on Monday and on Tuesday",
        "A similar blast struck the town on Friday",
        "The minister landed on Friday",
        "The army denied that the attack happened on Friday",
        "Talks will be held on 31 February",
        "Air strikes hit Khost on Friday after the attack in Bannu",
        "Talks will be held on 3 November",
        "A bomb exploded on 25 November",
    ],
)
def test_doubtful_days_are_left_out(text: str) -> None:
    """Two days or events, another event or none, a denial, no such day or one on the wrong side: nothing is said."""
    assert said(text) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Am Morgen explodierte in Bannu eine Bombe"),
        ("fa", "قرار است در مذاکرات به میزان ۱۲ کمک آغاز شود"),
        ("ur", "پیر صاحب نے کہا دھماکہ ہوا"),
    ],
)
def test_words_that_only_look_like_days_are_none(language: str, text: str) -> None:
    """German "Morgen" is the morning too, Persian "میزان" an amount, Urdu "پیر" an elder."""
    assert said(text, language) == []


def test_a_month_without_a_day_says_none() -> None:
    """Nor does it hide the day that stands beside it."""
    assert said("Talks will be held in December") == []
    assert said("Talks in Istanbul will be held on Tuesday, the last of November") == ["talks 2026-11-24"]


def test_names_of_days_hold_for_the_report() -> None:
    """Its own weekday and "today" are one day; of the past the last one is meant, of the future the next."""
    assert said("The bomb exploded on Saturday") == said("The bomb exploded today") == ["it happened 2026-11-21"]
    assert said("The bomb exploded on Monday") == ["it happened 2026-11-16"]
    assert said("Talks will start on Monday") == ["talks 2026-11-23"]


def test_a_weekday_at_the_edge_of_the_week_leaves_the_week_open() -> None:
    """On a Saturday "to be held on Friday" is six days off, unless it is still Friday where it was written."""
    morning = days_said(tokens_of("Talks will be held on Friday", "en"), SATURDAY)
    early = days_said(tokens_of("Talks will be held on Friday", "en"), SATURDAY.replace(hour=2))
    assert [one.shown.day for one in (*morning, *early)] == [27, 20]
    (day,) = days_said(tokens_of("The bomb exploded on Sunday", "en"), SATURDAY)
    assert (day.shown.day, sorted(one.day for one in day.days)) == (15, [15, 22])


@pytest.mark.parametrize(
    ("text", "at"),
    [("The bomb exploded late on Friday", SATURDAY), ("The bomb exploded today", SATURDAY.replace(hour=21))],
)
def test_night_leaves_the_day_open(text: str, at: datetime) -> None:
    """Late on Friday may be Saturday, and "today" of a late hour in UTC the next day elsewhere."""
    (one,) = days_said(tokens_of(text, "en"), at)
    assert one.days == {one.shown - timedelta(days=1), one.shown, one.shown + timedelta(days=1)}


def test_solar_hijri_dates_are_days() -> None:
    """New years, a leap day, and a day that every Iranian knows; no date beyond the calendar's."""
    assert from_solar_hijri(1404, 1, 1) == date(2025, 3, 21)
    assert from_solar_hijri(1403, 12, 30) == date(2025, 3, 20)
    assert from_solar_hijri(1357, 11, 22) == date(1979, 2, 11)
    assert from_solar_hijri(1404, 12, 30) is None
    assert from_solar_hijri(1404, 13, 1) is None
    assert from_solar_hijri(20, 1, 1) is None


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_each_day_has_one_solar_hijri_date(day: date) -> None:
    """Counted on from the new year, every Gregorian day comes out once."""
    year = day.year - 621
    new_years = [from_solar_hijri(one, 1, 1) for one in (year, year - 1)]
    start, first = next((s, y) for s, y in zip(new_years, (year, year - 1), strict=True) if s is not None and s <= day)
    passed = (day - start).days
    month, rest = (passed // 31 + 1, passed % 31) if passed < 186 else ((passed - 186) // 30 + 7, (passed - 186) % 30)
    assert from_solar_hijri(first, month, rest + 1) == day
