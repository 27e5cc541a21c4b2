"""Which states of an affair are news to a desk: one that it was not told, a return, a denial of what it was told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.desks.developments import RETURNS_AFTER, developed
from monitor.model import AffairState, Alert
from tests.desks.build import NOON, alert

HOUR = timedelta(hours=1)


def state(text: str) -> AffairState:
    """Read "truce extended", "truce extended denied", "crossing shut again"."""
    affair, name, *more = text.split(" ")
    return AffairState(affair, name, is_denied="denied" in more, again="again" in more)


def told(*each: str) -> list[Alert]:
    """Tell a desk of one state an hour, the last of them at noon."""
    first = NOON - (len(each) - 1) * HOUR
    return [replace(alert(n, at=first + n * HOUR), states=(state(text),)) for n, text in enumerate(each)]


@pytest.mark.parametrize(
    ("before", "now", "because"),
    [
        (["truce announced"], "truce extended", "the truce: extended, was announced"),
        (["truce announced", "truce extended"], "truce ended", "the truce: ended, was extended"),
        (["truce sought"], "truce announced", "the truce: announced, was sought"),
        (["truce sought"], "truce rejected", "the truce: rejected, was sought"),
        (["truce ended"], "truce announced", "the truce: announced, was ended"),
        (["talks announced"], "talks begun", "the talks: begun, were announced"),
        (["talks begun"], "truce announced", "the truce: announced, of which the desk was not told"),
        (["captives taken"], "captives freed", "the captives: freed, were taken"),
        (["crossing shut"], "crossing opened", "the border crossing: opened, was shut"),
        ([], "truce ended", "the truce: ended, of which the desk was not told"),
        (["truce ended"], "truce ended denied", "the truce: denied, was ended"),
        (["truce announced"], "truce  denied", "the truce: denied, was announced"),
        (["crossing shut", "crossing opened"], "crossing shut again", "the border crossing: shut again, was opened"),
        (["truce announced", "truce ended"], "truce announced again", "the truce: announced again, was ended"),
        (["truce ended", "truce ended denied"], "truce ended again", "the truce: ended again, was denied"),
    ],
)
def test_another_state_than_the_desk_was_told_is_a_development(before: list[str], now: str, because: str) -> None:
    """The reason names the affair, how it stands, and how it stood by what the desk was told last."""
    assert developed([state(now)], told(*before), NOON + HOUR).because == because


@pytest.mark.parametrize(
    ("before", "now", "why_not"),
    [
        (["truce extended"], "truce extended", "the truce is extended, as the desk was told"),
        (["truce extended"], "truce extended again", "the truce is extended, as the desk was told"),
        (["truce announced", "truce ended"], "truce announced", "as the desk was told before it heard “ended”"),
        (["truce extended", "truce ended"], "truce extended", "as the desk was told before it heard “ended”"),
        (["truce extended"], "truce announced", "the truce is announced, with which a story begins"),
        (["talks begun"], "talks announced", "the talks are announced, with which a story begins"),
        ([], "truce announced", "the truce is announced, with which a story begins"),
        (["truce ended"], "truce sought", "the truce is sought, with which a story begins"),
        (["truce announced"], "truce ended denied", "that the truce is ended is denied, which the desk was not told"),
        (["truce ended", "truce ended denied"], "truce ended denied", "is denied, as the desk was told"),
        (["truce ended", "truce ended denied"], "truce ended", "before it heard “denied”"),
    ],
)
def test_what_was_told_before_is_not_told_again(before: list[str], now: str, why_not: str) -> None:
    """By the tenth outlet, by a late one, by a denial of what nobody claimed; and the reason says which it is."""
    found = developed([state(now)], told(*before), NOON + HOUR)
    assert found.because == ""
    assert found.why_not.endswith(why_not)


def test_a_state_returns_half_a_day_after_another_was_told() -> None:
    """Before that it is a late outlet, unless it says itself that it is so again; what was published before is late."""
    before = told("crossing shut", "crossing opened")
    for came, is_news in ((NOON + RETURNS_AFTER, True), (NOON + RETURNS_AFTER - HOUR, False), (NOON - HOUR, False)):
        assert bool(developed([state("crossing shut")], before, came).because) is is_news
    after_all = told("truce announced", "truce extended")
    assert developed([state("truce announced")], after_all, NOON + 2 * RETURNS_AFTER).because == ""


def test_a_reprint_counts_where_its_headline_says_the_contrary_of_what_was_told() -> None:
    """A wire's update keeps most of its text. A first state and a return are no headline's of a copy to bring."""

    def because(before: list[Alert], now: str, came: timedelta = HOUR) -> str:
        return developed([state(now)], before, NOON + came, is_reprint=True).because

    assert because(told("truce extended"), "truce ended") == "the truce: ended, was extended"
    assert because(told("truce ended"), "truce ended denied") == "the truce: denied, was ended"
    assert because(told("truce extended"), "truce extended") == ""
    assert because([], "truce ended") == ""
    assert because(told("crossing shut", "crossing opened"), "crossing shut again", 2 * RETURNS_AFTER) == ""


def test_a_report_of_two_affairs_tells_what_is_new_of_them() -> None:
    """What is old beside it is left out; without anything new both reasons are given."""
    before = told("truce extended")
    both = [state("truce extended"), state("talks resumed")]
    assert developed(both, before, NOON).because == "the talks: resumed, of which the desk was not told"
    assert developed(both, [*before, *told("talks resumed")], NOON).why_not.count("as the desk was told") == 2
    assert developed([], before, NOON) == developed([], [], NOON)


STATES = st.builds(
    AffairState,
    st.sampled_from(["truce", "talks"]),
    st.sampled_from(["sought", "announced", "begun", "extended", "ended", "rejected"]),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(st.lists(STATES, max_size=2, unique=True), max_size=8), st.integers(0, 30))
def test_the_same_report_again_is_no_development(reports: list[list[AffairState]], hours: int) -> None:
    """Whatever was told before: what a desk was just told of is not told by the next outlet, and there is a reason."""
    alerts: list[Alert] = []
    for number, said in enumerate(reports):
        at = NOON + number * hours * HOUR
        found = developed(said, alerts, at)
        assert bool(found.because or found.why_not) == bool(said)
        assert not (found.because and found.why_not)
        if found.because or not alerts:
            alerts.append(replace(alert(number, at=at), states=tuple(said)))
            single = [each for each in said if sum(each.affair == other.affair for other in said) == 1]
            assert developed(single, alerts, at).because == ""
