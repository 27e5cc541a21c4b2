"""How far an alert came, as a decision: every state of a delivery has a verdict, and the worst one is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Alert, AlertKind, ChannelKind, Delivery, DeliveryState, Desk, Digest, Severity
from monitor.why.case import DeskCase, Told
from monitor.why.told import answer_of_alert
from monitor.why.verdicts import Verdict

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ALERT = Alert(7, "south-asia", 3, 4, AlertKind.NEW, Severity.HIGH, ("truce",), "new", NOW, digest_id=5)
DIGEST = Digest(5, "south-asia", NOW, "immediate", "1 story", (7,), "", "")
DESK = DeskCase("south-asia", Desk("south-asia", "South Asia"))
RANK = {Verdict.DEAD: 0, Verdict.UNKNOWN: 1, Verdict.FAILING: 2, Verdict.QUEUED: 3, Verdict.SENT: 4}
OF_STATE = {
    DeliveryState.PENDING: Verdict.QUEUED,
    DeliveryState.SENDING: Verdict.QUEUED,
    DeliveryState.RETRY: Verdict.FAILING,
    DeliveryState.SENT: Verdict.SENT,
    DeliveryState.UNKNOWN: Verdict.UNKNOWN,
    DeliveryState.DEAD: Verdict.DEAD,
}


def delivery(number: int, state: DeliveryState) -> Delivery:
    return Delivery(
        number, 5, ChannelKind.EMAIL, f"r{number}@example.org", f"<{number}@x>", b"", NOW, state=state, detail="said so"
    )


def test_every_state_of_a_delivery_has_its_verdict() -> None:
    """A state that is new in the model shows here; superseded are only edits, and they tell no alert."""
    assert set(OF_STATE) == set(DeliveryState) - {DeliveryState.SUPERSEDED}


@given(states=st.lists(st.sampled_from(sorted(OF_STATE)), min_size=1, max_size=5))
def test_the_worst_of_any_deliveries_is_told(states: list[DeliveryState]) -> None:
    """Whatever the others came to; each one stands in the evidence, and the sentence names one it is true of."""
    deliveries = tuple(delivery(number, state) for number, state in enumerate(states, start=1))
    told = Told(ALERT, DIGEST, deliveries, sent_at={})
    answer = answer_of_alert(DESK, told, NOW + timedelta(hours=1))
    assert answer.verdict is min((OF_STATE[state] for state in states), key=RANK.__getitem__)
    assert sum(line.about == "delivery" for line in answer.evidence) == len(states)
    named = next(each for each in deliveries if each.recipient in answer.says)
    assert OF_STATE[named.state] is answer.verdict
