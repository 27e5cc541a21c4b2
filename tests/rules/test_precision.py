"""What people said becomes a rule's precision, with how sure one may be of it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Alert, AlertKind, ChannelKind, Feedback, FeedbackKind, Severity
from monitor.rules.tuning.precision import FEWEST, Precision, is_relevant, precision_by_rule, wilson

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
YES, NO, CLAIM = FeedbackKind.RELEVANT, FeedbackKind.NOT_RELEVANT, FeedbackKind.CLAIM


def told(story: int, *rules: str, desk: str = "south-asia", after: float = 0) -> Alert:
    at = NOON + timedelta(minutes=after)
    return Alert(0, desk, story, story, AlertKind.NEW, Severity.HIGH, rules, "", at, digest_id=1)


def said(story: int, kind: FeedbackKind, who: str = "ed", desk: str = "south-asia", after: float = 1) -> Feedback:
    at = NOON + timedelta(minutes=after)
    return Feedback(0, story, desk, kind, who, ChannelKind.EMAIL, at, story_id=story)


def test_a_story_counts_for_every_rule_that_told_it() -> None:
    """Two rules told it and one word judges both; a rule that told nothing is not there."""
    found = precision_by_rule([told(1, "truce", "talks"), told(2, "truce")], [said(1, NO)])
    assert found == {"truce": Precision(2, 1, 0), "talks": Precision(1, 1, 0)}


def test_a_story_told_again_is_one_trial() -> None:
    """A development of a story told before adds nothing, but for the rule that is new in it."""
    alerts = [told(1, "truce"), told(1, "truce", "attack", after=60)]
    assert precision_by_rule(alerts, [said(1, YES)]) == {"truce": Precision(1, 1, 1), "attack": Precision(1, 0, 0)}
    later = [said(1, YES), said(1, NO, after=90)]
    assert precision_by_rule(alerts, later) == {"truce": Precision(1, 1, 0), "attack": Precision(1, 1, 0)}


def test_each_desk_is_a_trial_of_its_own() -> None:
    """What is news to one desk may be none to another."""
    alerts = [told(1, "truce"), told(1, "truce", desk="wire")]
    found = precision_by_rule(alerts, [said(1, YES), said(1, NO, desk="wire")])
    assert found == {"truce": Precision(told=2, judged=2, relevant=1)}


def test_the_last_word_of_each_person_counts() -> None:
    """Who changed their mind is one voice; a claim is none."""
    words = [said(1, NO), said(1, CLAIM, "eve"), said(1, YES, after=2)]
    assert precision_by_rule([told(1, "truce")], words) == {"truce": Precision(1, 1, 1)}
    assert precision_by_rule([told(1, "truce")], [said(1, CLAIM)]) == {"truce": Precision(1, 0, 0)}


@pytest.mark.parametrize(("kinds", "verdict"), [([YES, NO], True), ([YES, NO, NO], False), ([], None), ([NO], False)])
def test_a_desk_that_differs_was_told_rightly_from_half_on(kinds: list[FeedbackKind], verdict: bool | None) -> None:
    """It is one trial all the same, and counted as disputed."""
    assert is_relevant(kinds) is verdict
    words = [said(1, kind, f"reader {number}") for number, kind in enumerate(kinds)]
    (found,) = precision_by_rule([told(1, "truce")], words).values()
    assert found == Precision(1, bool(kinds), verdict is True, disputed=len(set(kinds)) > 1)


def test_what_was_said_of_other_stories_counts_for_nothing() -> None:
    """Feedback on stories that are not among the alerts is left out."""
    assert precision_by_rule([told(1, "truce")], [said(2, YES)]) == {"truce": Precision(1, 0, 0)}


def test_few_trials_are_too_few_to_say() -> None:
    """One less than needed gives no number."""
    few, enough = Precision(9, FEWEST - 1, FEWEST - 1), Precision(9, FEWEST, FEWEST)
    assert (few.share, few.interval) == (None, None)
    assert enough.share == 1
    assert enough.interval is not None


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"), [(0, 10, 0, 0.2775), (8, 10, 0.4902, 0.9433), (4, 4, 0.5101, 1)]
)
def test_the_interval_is_wide_where_little_is_known(successes: int, trials: int, low: float, high: float) -> None:
    """Eight of ten may be half; nothing of ten is not nothing."""
    assert wilson(successes, trials) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_bound_is_the_share_that_the_count_just_does_not_refute(counted: tuple[int, int]) -> None:
    """Wilson's definition: a bound p is 1.96 of its own standard deviations from what was counted, or 0 or 1."""
    successes, trials = counted
    for bound in wilson(successes, trials):
        if 1e-9 < bound < 1 - 1e-9:
            distance = abs(successes / trials - bound) / math.sqrt(bound * (1 - bound) / trials)
            assert distance == pytest.approx(1.96, abs=1e-3)


@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share_and_mirrors(counted: tuple[int, int]) -> None:
    """It stays within 0 and 1, has the share inside, and failures have the mirror of it."""
    successes, trials = counted
    low, high = wilson(successes, trials)
    assert 0 <= low <= Fraction(successes, trials) + 1e-9
    assert Fraction(successes, trials) - 1e-9 <= high <= 1
    assert wilson(trials - successes, trials) == pytest.approx((1 - high, 1 - low))


def test_no_trial_is_no_share() -> None:
    """Nor are more successes than trials."""
    for successes, trials in ((0, 0), (2, 1), (-1, 1)):
        with pytest.raises(ValueError, match="is no share"):
            wilson(successes, trials)
