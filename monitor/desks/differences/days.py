"""On what day a sentence says that something happened or will be held, as days of the calendar.

Owns the reading of weekdays, dates (also of the solar Hijri calendar) and words such as "today" against the day of
the report, and which of them belongs to the event: "officials said on Thursday that talks will resume on Saturday" says
Saturday. Only incidents that happened and meetings to come are read; a sentence with two days for one event says none,
nor does one of two incidents.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from monitor.desks.differences.lexicon import Token

_NEAR = 9
"""Tokens between a day and the verb that it belongs to."""
_COMMA = 4
"""Tokens that a comma is worth between them."""
_EARLY, _LATE = 5, 18
"""Hours of UTC between which it is one day from the Americas' east to Pakistan; outside, "today" may be a day more."""
_A_DAY, _A_WEEK = timedelta(days=1), timedelta(days=7)
_DAYS_OFF = 60
"""A date without a year is the nearest one to the report; one further off than this is not of its event."""


@dataclass(frozen=True, slots=True)
class DaySaid:
    """A day that a sentence gives to an event."""

    event: str
    """Such as "talks"; incidents, which reports name by many words, are all "it happened"."""
    is_to_come: bool
    days: frozenset[date]
    """The days that can be meant; more than one where night or a time zone leaves it open."""
    shown: date
    moved: bool = False
    """Whether the sentence says that it was put off: days said before are old."""


@dataclass(frozen=True, slots=True)
class _Mention:
    place: int
    days: frozenset[date]
    shown: date


def days_said(tokens: Sequence[Token], at: datetime) -> list[DaySaid]:
    """Return the day that a sentence gives to its event: one or none.

    Args:
        tokens: Of one sentence.
        at: When the report was published, aware; it resolves weekdays and "today".
    """
    if any(token.has("elsewhere") or token.has("denied") for token in tokens):
        return []
    is_to_come = any(token.has("future") for token in tokens)
    events = {e for token in tokens if (e := token.of("meeting" if is_to_come else "incident"))}
    if not events or (not is_to_come and _has_sequel(tokens)):
        return []
    verb = "held" if is_to_come else "happened"
    own = [one for one in _mentions(tokens, at, is_to_come) if _belongs(tokens, one.place, verb)]
    if len(own) != 1 or not _can_be(own[0].shown, at.date(), is_to_come):
        return []
    moved = any(token.has("moved") for token in tokens)
    event = "talks" if "talks" in events else sorted(events)[0] if is_to_come else "it happened"
    return [DaySaid(event, is_to_come, own[0].days, own[0].shown, moved)]


def _can_be(day: date, today: date, is_to_come: bool) -> bool:
    """Say whether a day is on its side of the report's: what happened was not after it, what is to come not before.

    A day more, because the publisher's day may be another than that of UTC.
    """
    return day >= today - _A_DAY if is_to_come else day <= today + _A_DAY


def _has_sequel(tokens: Sequence[Token]) -> bool:
    """Say whether a sentence tells of two incidents, one "after" the other."""
    incidents = [place for place, token in enumerate(tokens) if token.has("incident")]
    between = tokens[incidents[0] + 1 : incidents[-1]]
    return any(token.has("sequel") for token in between)


def _belongs(tokens: Sequence[Token], place: int, verb: str) -> bool:
    """Say whether the verb nearest to a day is one of the event and not one of saying."""
    nearest: list[tuple[int, str]] = []
    for n, token in enumerate(tokens):
        between = tokens[min(n, place) + 1 : max(n, place) + 1]
        distance = abs(n - place) + _COMMA * sum(one.breaks for one in between)
        if n != place and distance <= _NEAR + _COMMA:
            nearest += [(distance, kind) for kind in (verb, "future", "said", "by") if token.has(kind)]
    if not nearest:
        return False
    least = min(nearest)[0]
    kinds = {kind for distance, kind in nearest if distance == least}
    return not kinds & {"said", "by"}


def _mentions(tokens: Sequence[Token], at: datetime, is_to_come: bool) -> Iterator[_Mention]:
    today = at.date()
    is_clear = _EARLY <= at.hour < _LATE
    is_night = any(token.has("night") for token in tokens)
    used: set[int] = set()
    for place, token in enumerate(tokens):
        if place in used:
            continue
        month = token.of("month") or token.of("solar_month")
        if month is not None:
            is_solar = token.has("solar_month")
            # The names of solar months are words too ("میزان" is an amount): only "۴ آذر" is one for certain.
            near = (place - 1,) if is_solar else (place - 1, place + 1, place - 2)
            number = next((n for n in near if _is_day(tokens, n, place)), None)
            if number is None:
                continue
            used.add(number)
            value = tokens[number].value
            assert value is not None
            year = next(
                (int(t.value) for t in tokens[place + 1 : place + 3] if t.value and 1300 <= t.value < 2200), None
            )
            dated = _dated(int(value), int(month), year, today, is_solar=is_solar)
            if dated is not None:
                yield _mention(place, dated, is_night, slack=False)
            continue
        offset = 0 if token.has("today") else -1 if token.has("yesterday") else 1 if token.has("tomorrow") else None
        if offset is not None:
            yield _mention(place, today + timedelta(days=offset), is_night, slack=not is_clear)
        elif (weekday := token.of("weekday")) is not None:
            dates = tokens[place + 1 : place + 4]
            if any(one.has("month") for one in dates):
                continue  # "Tuesday, 25 November": the date says more.
            day, days = _weekday(int(weekday), at, is_to_come)
            found = _mention(place, day, is_night, slack=False)
            yield replace(found, days=found.days | days)


def _is_day(tokens: Sequence[Token], number: int, month: int) -> bool:
    if not 0 <= number < len(tokens):
        return False
    value = tokens[number].value
    if value is None or not tokens[number].text.isdigit() or not 1 <= value <= 31:
        return False
    return number != month - 2 or tokens[month - 1].text in ("de", "of", "th", "st", "nd", "rd")


def _mention(place: int, day: date, is_night: bool, *, slack: bool) -> _Mention:
    near = {day}
    if is_night or slack:
        near |= {day - _A_DAY, day + _A_DAY}
    return _Mention(place, frozenset(near), day)


def _weekday(weekday: int, at: datetime, is_to_come: bool) -> tuple[date, frozenset[date]]:
    """Return the day that a weekday's name most likely means, and all that it can mean.

    What happened was on the last one, what is to come will be on the next. At the edge it may be a week off: where the
    publisher is, it may be tomorrow already, or yesterday still.
    """
    today = at.date()
    if is_to_come:
        near, edge = today + timedelta(days=(weekday - today.isoweekday()) % 7), today - _A_DAY
        far, is_edge = near - _A_WEEK, at.hour < _EARLY
    else:
        near, edge = today - timedelta(days=(today.isoweekday() - weekday) % 7), today + _A_DAY
        far, is_edge = near + _A_WEEK, at.hour >= _LATE
    if far != edge:
        return near, frozenset({near})
    return (far if is_edge else near), frozenset({near, far})


def _dated(day: int, month: int, year: int | None, today: date, *, is_solar: bool) -> date | None:
    """Return a date that is near enough to the report to be its event's, None for others and for none."""
    if is_solar:
        own = today.year - 621
        years: Sequence[int] = (own - 1, own, own + 1) if year is None else (year,)
        found = [from_solar_hijri(one, month, day) for one in years]
    else:
        years = (today.year - 1, today.year, today.year + 1) if year is None else (year,)
        found = [_date(one, month, day) for one in years]
    near = [one for one in found if one is not None and abs((one - today).days) <= _DAYS_OFF]
    return min(near, key=lambda one: abs((one - today).days), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def from_solar_hijri(year: int, month: int, day: int) -> date | None:
    """Return the Gregorian day of a date of the solar Hijri calendar, None where there is no such date.

    The first six months have 31 days, the next five 30. Leap years by the 33-year cycle, in which the years 1, 5, 9,
    13, 17, 22, 26 and 30 are long: the rule of ICU's Persian calendar, which ICU4X first corrects for 1502. The years
    1206 to 1498 are those of the leap years that the calendar centre of the University of Tehran publishes. 1 Farvardin
    1400 was 21 March 2021.
    """
    if not (1206 <= year <= 1498 and 1 <= month <= 12):
        return None
    length = 31 if month <= 6 else 30 if month <= 11 or _is_long(year) else 29
    if not 1 <= day <= length:
        return None
    first, last = sorted((year, 1400))
    days = sum(366 if _is_long(one) else 365 for one in range(first, last))
    new_year = date(2021, 3, 21) + timedelta(days=days if year > 1400 else -days)
    return new_year + timedelta(days=min(month - 1, 6) * 31 + max(0, month - 7) * 30 + day - 1)


def _is_long(year: int) -> bool:
    return year % 33 in (1, 5, 9, 13, 17, 22, 26, 30)
