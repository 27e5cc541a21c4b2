"""What becomes of a delivery after each attempt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.delivery import policy
from monitor.delivery.states import OPEN, Event
from monitor.model import (
    Accepted,
    Ambiguous,
    ChannelKind,
    Delivery,
    DeliveryState,
    Hold,
    RefusedForGood,
    RefusedForNow,
    SendOutcome,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def pending(number: int = 1, *, recipient: str = "desk@example.org", channel: str = "email") -> Delivery:
    return Delivery(
        id=number,
        digest_id=1,
        channel=ChannelKind(channel),
        recipient=recipient,
        message_id="<1@monitor.example>",
        payload=b"x",
        created_at=NOW,
    )


def sending(**changes: int) -> Delivery:
    return replace(policy.claim(pending(), now=NOW).delivery, **changes)


def after(delivery: Delivery, outcome: SendOutcome, now: datetime = NOW) -> policy.Move:
    return policy.after(delivery, outcome, now=now, jitter=0.0)


def test_a_claim_counts_the_attempt_and_starts_the_five_days() -> None:
    """The days begin with the first attempt, and a second claim does not begin them anew."""
    claimed, event = policy.claim(pending(), now=NOW)
    assert (claimed.state, claimed.attempts, event) == (DeliveryState.SENDING, 1, Event.CLAIMED)
    assert claimed.give_up_at == NOW + timedelta(days=5)
    again, _ = policy.claim(after(claimed, RefusedForNow("451")).delivery, now=NOW + MINUTE)
    assert (again.attempts, again.give_up_at) == (2, claimed.give_up_at)


def test_waits_grow_from_a_minute_to_an_hour() -> None:
    """Doubled each time, then steady, however many attempts."""
    waits = [policy.backoff(attempts, jitter=0.0) / MINUTE for attempts in (1, 2, 3, 4, 5, 6, 7, 8, 10_000)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


@given(attempts=st.integers(0, 10**9), jitter=st.floats(0, 1, exclude_max=True))
def test_waits_stay_within_their_bounds(attempts: int, jitter: float) -> None:
    """Chance only lengthens, by a tenth at most."""
    bare = policy.backoff(attempts, jitter=0.0)
    assert bare <= policy.backoff(attempts, jitter=jitter) <= bare * 1.1


def test_acceptance_keeps_the_receipt() -> None:
    """Sent, with what the other side said, and nothing left of earlier trouble."""
    moved, event = after(replace(sending(), detail="451 later"), Accepted("250 2.0.0 queued as 7"))
    assert (moved.state, event) == (DeliveryState.SENT, Event.ACCEPTED)
    assert (moved.receipt, moved.detail, moved.next_attempt_at) == ("250 2.0.0 queued as 7", "", None)


def test_a_refusal_for_now_is_tried_again() -> None:
    """After the backoff of its attempts, with the reason kept."""
    moved, event = after(sending(attempts=3), RefusedForNow("451 greylisted"))
    assert (moved.state, event) == (DeliveryState.RETRY, Event.REFUSED_FOR_NOW)
    assert (moved.next_attempt_at, moved.detail) == (NOW + 4 * MINUTE, "451 greylisted")


@pytest.mark.parametrize(("asked", "waited"), [(1, 1), (30, 30), (3600, 3600), (10**8, 3600)])
def test_retry_after_is_honoured(asked: int, waited: int) -> None:
    """Shorter or longer than the backoff, and never more than an hour."""
    refused = RefusedForNow("429", retry_after=timedelta(seconds=asked))
    moved, _ = after(sending(attempts=4), refused)
    assert moved.next_attempt_at == NOW + timedelta(seconds=waited)


def test_a_refusal_for_good_is_dead() -> None:
    """No further attempt."""
    moved, event = after(sending(), RefusedForGood("550 no such mailbox"))
    assert (moved.state, event, moved.next_attempt_at) == (DeliveryState.DEAD, Event.REFUSED_FOR_GOOD, None)
    assert moved.detail == "550 no such mailbox"


def test_refusals_for_now_end_after_five_days() -> None:
    """The last attempt is within the five days; what comes then is dead, with the last reason."""
    delivery, now, attempts = pending(), NOW, 0
    while delivery.state in OPEN:
        delivery, _ = policy.claim(delivery, now=now)
        delivery, event = after(delivery, RefusedForNow("451 try later"), now)
        attempts += 1
        now = delivery.next_attempt_at or now
    assert (delivery.state, event) == (DeliveryState.DEAD, Event.EXPIRED)
    assert delivery.detail == "given up after 5 days: 451 try later"
    assert timedelta(days=5) - timedelta(hours=1) <= now - NOW <= timedelta(days=5)
    assert 120 <= attempts <= 130


def test_one_extra_copy_follows_an_ambiguous_failure() -> None:
    """The first doubt is tried again; the second ends in unknown, with no attempt left."""
    first, event = after(sending(), Ambiguous("no reply to the final dot"))
    assert (first.state, event, first.ambiguous) == (DeliveryState.RETRY, Event.LOST, 1)
    assert first.next_attempt_at == NOW + MINUTE
    second, event = after(policy.claim(first, now=NOW).delivery, Ambiguous("no reply again"))
    assert (second.state, event, second.ambiguous) == (DeliveryState.UNKNOWN, Event.LEFT_IN_DOUBT, 2)
    assert (second.next_attempt_at, second.detail) == (None, "no reply again")


def test_a_doubt_that_was_settled_does_not_count() -> None:
    """When the channel looked and found that nothing had arrived, a further doubt is the first one."""
    moved, event = after(sending(ambiguous=1), Ambiguous("timed out", is_first=True))
    assert (moved.state, event, moved.ambiguous) == (DeliveryState.RETRY, Event.LOST, 1)


def test_a_doubt_outlives_a_refusal() -> None:
    """Refused for good, or for too long, after a copy that may have arrived: unknown, not dead."""
    moved, event = after(sending(ambiguous=1), RefusedForGood("550"))
    assert (moved.state, event) == (DeliveryState.UNKNOWN, Event.LEFT_IN_DOUBT)
    moved, event = after(sending(ambiguous=1), RefusedForNow("451"), NOW + timedelta(days=6))
    assert (moved.state, event) == (DeliveryState.UNKNOWN, Event.LEFT_IN_DOUBT)
    assert "an earlier copy may have arrived" in moved.detail


class TestHolds:
    OUTCOME = RefusedForNow("535 wrong password", holds=Hold.CHANNEL)

    def test_use_up_neither_attempts_nor_days(self) -> None:
        """A channel that refuses everything is no fault of this message, for as long as it takes."""
        delivery, now = pending(), NOW
        for _ in range(2000):
            delivery, _ = policy.claim(delivery, now=now)
            delivery, event = after(delivery, self.OUTCOME, now)
            assert event is Event.HELD
            assert delivery.next_attempt_at is not None
            now = delivery.next_attempt_at
        assert (delivery.state, delivery.attempts, delivery.detail) == (DeliveryState.RETRY, 0, "535 wrong password")
        assert delivery.give_up_at == now + timedelta(days=5)

    def test_of_a_channel_concern_all_that_goes_that_way(self) -> None:
        """Others that wait, of the same channel; not what is sent, being sent, or goes another way."""
        refused = sending()
        other = pending(2, recipient="other@example.org")
        assert policy.is_held_by(other, refused, self.OUTCOME)
        assert not policy.is_held_by(refused, refused, self.OUTCOME)
        assert not policy.is_held_by(pending(2, channel="slack"), refused, self.OUTCOME)
        assert not policy.is_held_by(replace(other, state=DeliveryState.SENDING), refused, self.OUTCOME)
        assert not policy.is_held_by(other, refused, RefusedForNow("451"))
        assert not policy.is_held_by(other, refused, Ambiguous("lost"))

    def test_of_a_recipient_concern_that_recipient(self) -> None:
        """A limit on one Slack channel holds what follows there, so that order is kept."""
        limited = RefusedForNow("429", retry_after=timedelta(seconds=30), holds=Hold.RECIPIENT)
        refused = policy.claim(pending(1, recipient="#one", channel="slack"), now=NOW).delivery
        assert policy.is_held_by(pending(2, recipient="#one", channel="slack"), refused, limited)
        assert not policy.is_held_by(pending(2, recipient="#two", channel="slack"), refused, limited)
        moved, event = after(refused, limited)
        assert (event, moved.next_attempt_at) == (Event.REFUSED_FOR_NOW, NOW + timedelta(seconds=30))

    def test_leave_a_pending_delivery_pending(self) -> None:
        """It only waits longer; its days have not begun."""
        moved, event = policy.hold(pending(2), until=NOW + MINUTE, now=NOW, because="535")
        assert (moved.state, event, moved.next_attempt_at) == (DeliveryState.PENDING, Event.HELD, NOW + MINUTE)
        assert moved.give_up_at is None


def test_what_was_being_sent_when_the_process_ended_is_ambiguous() -> None:
    """One extra copy for the first time, none for the second."""
    first, event = policy.interrupted(sending(), now=NOW)
    assert (first.state, event, first.next_attempt_at) == (DeliveryState.RETRY, Event.LOST, NOW + MINUTE)
    assert "ended while" in first.detail
    assert policy.interrupted(sending(ambiguous=1), now=NOW).event is Event.LEFT_IN_DOUBT


def test_what_was_open_in_a_restored_backup_is_ambiguous() -> None:
    """It may have been sent since the backup: one copy may follow, as after a lost reply, and no more."""
    moved, event = policy.restored(pending(), now=NOW)
    assert (moved.state, moved.ambiguous, event) == (DeliveryState.RETRY, 1, Event.RESTORED)
    moved, event = after(policy.claim(moved, now=NOW).delivery, Ambiguous("lost"))
    assert (moved.state, event) == (DeliveryState.UNKNOWN, Event.LEFT_IN_DOUBT)


class TestEdits:
    EDIT = replace(policy.claim(pending(), now=NOW).delivery, is_edit=True, root_id=7)

    def test_are_never_in_doubt(self) -> None:
        """What is made twice is made once: a lost reply, or a process that ended, is tried again like a refusal."""
        delivery = self.EDIT
        for _ in range(5):
            delivery, event = after(delivery, Ambiguous("lost"))
            assert (delivery.state, delivery.ambiguous, event) == (DeliveryState.RETRY, 0, Event.REFUSED_FOR_NOW)
            delivery = policy.claim(delivery, now=NOW).delivery
        assert policy.interrupted(delivery, now=NOW).event is Event.REFUSED_FOR_NOW
        restored = policy.restored(replace(delivery, state=DeliveryState.RETRY), now=NOW).delivery
        refused = policy.claim(restored, now=NOW).delivery
        assert after(refused, RefusedForGood("message_not_found")).event is Event.REFUSED_FOR_GOOD

    def test_give_way_to_later_ones(self) -> None:
        """Over, with the reason; one that is being made already is not stopped."""
        moved, event = policy.supersede(replace(self.EDIT, state=DeliveryState.RETRY))
        assert (moved.state, event, moved.next_attempt_at) == (DeliveryState.SUPERSEDED, Event.SUPERSEDED, None)
        assert "later edit" in moved.detail
        with pytest.raises(ValueError, match="cannot be superseded"):
            policy.supersede(self.EDIT)


def test_what_was_odd_about_an_acceptance_is_kept() -> None:
    """An answer that had to be posted outside of its thread says so where the operator looks."""
    moved, _ = after(sending(), Accepted("ts 1.1 in C1", "posted at top level"))
    assert (moved.state, moved.detail) == (DeliveryState.SENT, "posted at top level")


class TestOperator:
    def test_sends_again_what_was_dead(self) -> None:
        """At once, with five new days."""
        dead, _ = after(sending(attempts=100), RefusedForGood("550"))
        moved, event = policy.retry(dead, now=NOW)
        assert (moved.state, event, moved.next_attempt_at) == (DeliveryState.PENDING, Event.RETRIED, NOW)
        assert (moved.attempts, moved.give_up_at, moved.detail) == (0, None, "")

    def test_sends_one_copy_more_of_what_is_unknown(self) -> None:
        """One more doubt, and it is unknown again."""
        unknown, _ = after(sending(ambiguous=1), Ambiguous("lost"))
        again = policy.claim(policy.retry(unknown, now=NOW).delivery, now=NOW).delivery
        assert after(again, Ambiguous("lost")).event is Event.LEFT_IN_DOUBT

    @pytest.mark.parametrize("state", [DeliveryState.SENT, DeliveryState.SENDING])
    def test_cannot_touch_what_is_sent_or_being_sent(self, state: DeliveryState) -> None:
        """Sending it again would be a repeat; dropping it would be a lie."""
        delivery = replace(pending(), state=state)
        with pytest.raises(ValueError, match="cannot be retried"):
            policy.retry(delivery, now=NOW)
        with pytest.raises(ValueError, match="cannot be dropped"):
            policy.drop(delivery)

    def test_gives_up_what_waits(self) -> None:
        """Dead, with the reason on record."""
        moved, event = policy.drop(pending())
        assert (moved.state, event, moved.detail) == (DeliveryState.DEAD, Event.DROPPED, "dropped by the operator")


OUTCOMES = st.one_of(
    st.builds(Accepted, st.just("250")),
    st.builds(RefusedForGood, st.just("550")),
    st.builds(Ambiguous, st.just("lost")),
    st.builds(
        RefusedForNow,
        st.just("451"),
        st.none() | st.timedeltas(timedelta(), timedelta(days=9)),
        st.sampled_from(Hold),
    ),
)


@given(outcomes=st.lists(OUTCOMES, max_size=12))
def test_any_course_of_events_keeps_the_promises(outcomes: list[SendOutcome]) -> None:
    """At most two copies are ever in doubt, an open delivery always has a next attempt, and a closed one has none."""
    delivery, now, in_doubt = pending(), NOW, 0
    for outcome in outcomes:
        delivery, _ = policy.claim(delivery, now=now)
        delivery, _ = policy.after(delivery, outcome, now=now, jitter=0.5)
        in_doubt += isinstance(outcome, Ambiguous)
        assert in_doubt <= 2
        if delivery.state not in OPEN:
            assert delivery.next_attempt_at is None
            return
        assert delivery.next_attempt_at is not None
        assert delivery.next_attempt_at >= now
        now = delivery.next_attempt_at
