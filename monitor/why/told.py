"""How far an alert came: waiting, queued, failing, sent. PURE.

Of several recipients the one that fares worst gives the verdict; the others stand in the evidence.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.desks.schedule import hours_text
from monitor.model import Delivery, DeliveryState
from monitor.why.case import Answer, DeskCase, Evidence, Told
from monitor.why.verdicts import Verdict

LATE = timedelta(minutes=2)
"""How long after its moment a digest is late: the daemon asks every second."""

_WORST_FIRST = (
    (DeliveryState.DEAD, Verdict.DEAD),
    (DeliveryState.UNKNOWN, Verdict.UNKNOWN),
    (DeliveryState.RETRY, Verdict.FAILING),
    (DeliveryState.SENDING, Verdict.QUEUED),
    (DeliveryState.PENDING, Verdict.QUEUED),
    (DeliveryState.SENT, Verdict.SENT),
)


def answer_of_alert(desk: DeskCase, told: Told, now: datetime) -> Answer:
    """Say how far an alert of the article came.

    Args:
        desk: Whose alert it is.
        told: The alert.
        now: The wall clock.
    """
    verdict, says = _judge(desk, told, now)
    return Answer(verdict, says, desk.desk_id, evidence_of_alert(desk, told, now))


def evidence_of_alert(desk: DeskCase, told: Told, now: datetime | None) -> tuple[Evidence, ...]:
    """List an alert, its digest and its deliveries with what the other side said."""
    alert = told.alert
    rules = ", ".join(alert.rule_ids)
    lines = [
        Evidence(
            "alert", f"{alert.severity} for {desk.desk_id} by {rules}: {alert.because}", alert.id, alert.created_at
        )
    ]
    if told.digest is None:
        if now is not None and told.leaves is not None:
            lines.append(Evidence("schedule", told.leaves.because, told.leaves.slot, told.leaves.at))
        return tuple(lines)
    lines.append(Evidence("digest", f"{told.digest.slot}, “{told.digest.subject}”", told.digest.id, told.digest.at))
    if alert.spoken_by not in (None, alert.article_id):
        said = f"raised by article {alert.article_id}, and told in the words of article {alert.spoken_by}"
        lines.append(Evidence("lead", said, alert.spoken_by, told.digest.at))
    if told.listed is not None:
        lines.append(Evidence("decision", told.listed.because, told.listed.kind.value, told.listed.at))
    lines += [
        Evidence("delivery", _of_delivery(delivery), delivery.id, (told.sent_at or {}).get(delivery.id))
        for delivery in told.deliveries
    ]
    return tuple(lines)


def _judge(desk: DeskCase, told: Told, now: datetime) -> tuple[Verdict, str]:
    if told.digest is None:
        return _waits(desk, told, now)
    if not told.deliveries:
        return (
            Verdict.NO_RECIPIENT,
            f"digest {told.digest.id} was made, but {desk.desk_id} has no channel to send it by",
        )
    for state, verdict in _WORST_FIRST:
        found = [delivery for delivery in told.deliveries if delivery.state is state]
        if not found:
            continue
        if verdict is Verdict.SENT and told.listed is not None:
            said = f"digest {told.digest.id} has it by headline only: {told.listed.because}"
            return Verdict.OVER_BUDGET, said
        return verdict, _says(verdict, told, found)
    raise AssertionError("every state of a delivery has a verdict")


def _says(verdict: Verdict, told: Told, found: list[Delivery]) -> str:
    assert told.digest is not None
    first, many = found[0], len(told.deliveries)
    of_all = f" ({len(found)} of {many} messages)" if many > 1 else ""
    digest = f"digest {told.digest.id}"
    match verdict:
        case Verdict.SENT:
            at = (told.sent_at or {}).get(first.id)
            when = f" at {_time(at)}" if at is not None else ""
            return f"sent{when} in {digest} to {first.recipient} by {first.channel}, {first.message_id}{of_all}"
        case Verdict.QUEUED:
            return (
                f"{digest} is queued for {first.recipient} by {first.channel} since {_time(first.created_at)}{of_all}"
            )
        case Verdict.FAILING:
            again = f", next attempt {_time(first.next_attempt_at)}" if first.next_attempt_at else ""
            return (
                f"{digest} does not reach {first.recipient}: {first.detail} (attempt {first.attempts}{again}){of_all}"
            )
        case Verdict.DEAD:
            return f"{digest} does not reach {first.recipient}, and is not tried again: {first.detail}{of_all}"
        case _:
            return f"nobody knows whether {digest} reached {first.recipient}: {first.detail}{of_all}"


def _waits(desk: DeskCase, told: Told, now: datetime) -> tuple[Verdict, str]:
    if desk.desk is None:
        return Verdict.DESK_MISSING, f"its alert waits for {desk.desk_id}, a desk that the rule files do not have"
    if told.muted:
        return Verdict.MUTED, f"story {told.alert.story_id} is {told.muted} for {desk.desk_id}; its alert is kept"
    at = told.leaves.at if told.leaves is not None else None
    if at is not None and at < now - LATE:
        return Verdict.OVERDUE, f"it was to leave for {desk.desk_id} at {_time(at)}, and has not"
    when = f"until {_local(at, desk.desk.timezone)}" if at is not None else "for the desk's next moment"
    if told.is_held:
        return Verdict.HELD, f"held for {desk.desk_id} {when}: quiet hours {hours_text(desk.desk)}"
    reason = f": {told.leaves.because}" if told.leaves is not None else ""
    return Verdict.WAITING, f"waits for the digest of {desk.desk_id} {when}{reason}"


def _of_delivery(delivery: Delivery) -> str:
    part = f", part {delivery.part}/{delivery.parts}" if delivery.parts > 1 else ""
    answers = f", an answer to delivery {delivery.root_id}" if delivery.root_id is not None else ""
    is_sent = delivery.state is DeliveryState.SENT
    said = "; ".join(each for each in (delivery.receipt if is_sent else "", delivery.detail) if each)
    words = f"{delivery.state} to {delivery.recipient} by {delivery.channel}{part}{answers}, {delivery.message_id}"
    return f"{words}: {said}" if said else words


def _local(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%Y-%m-%d %H:%M} {zone}" + (f" ({moment:%H:%M} UTC)" if zone != "UTC" else "")


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
