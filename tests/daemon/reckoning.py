"""The reckoning at the end of a course of events: what was published, against what the servers accepted.

It trusts the database in nothing but what it says of doubts.
"""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor.model import ChannelKind, Delivery, DeliveryState
from tests.daemon.course import CHANNEL, OPERATOR, RECIPIENTS, Course


@dataclass
class Reckoning:
    """What came of a course."""

    articles: int
    messages: int = 0
    """Different ones that were accepted, of all recipients."""
    lost: list[str] = field(default_factory=list)
    """Articles that a recipient was not told of, and of which the operator does not know."""
    extra: int = 0
    """Messages of which a second copy was accepted."""
    unknown: int = 0
    """Deliveries left in doubt, as when they were killed twice while being sent; the operator was told of each."""
    wrong: list[str] = field(default_factory=list)
    """Whatever breaks a promise: a third copy, other bytes, a copy without doubt, an article told twice."""


@dataclass(frozen=True)
class _Copy:
    """A message that a server accepted."""

    message_id: str
    content: bytes
    text: str


def reckoning(course: Course, *, times: int = 1) -> Reckoning:
    """Compare what was published with what the servers accepted.

    Args:
        course: At rest.
        times: In how many messages an article may be told to a recipient: two where the first is forgotten.
    """
    accepted: dict[str, list[_Copy]] = {}
    for mail in course.world.mail.mails:
        message_id, text = _read_mail(mail.content)
        accepted.setdefault(mail.recipients[0], []).append(_Copy(message_id, mail.content, text))
    for post in course.world.slack.posts:
        message_id = post.payload["metadata"]["event_payload"]["message_id"]
        accepted.setdefault(post.channel, []).append(_Copy(message_id, post.raw, _read_post(post.raw)))
    told = " ".join(copy.text for copy in accepted.pop(OPERATOR, []))
    result = Reckoning(articles=len(course.published))
    stored = course.deliveries()
    with course.world.store() as store:
        shown = {notice.subject for notice in store.notices.open() if notice.event == "delivery.unknown"}
    # A notice that was itself killed twice is told to nobody else; `monitor doctor` and the metrics still have it.
    is_told_in_doubt = any(d.recipient == OPERATOR and d.state is DeliveryState.UNKNOWN for d in stored)
    for who in (*RECIPIENTS, CHANNEL):
        own = [delivery for delivery in stored if delivery.recipient == who and not delivery.is_edit]
        _reckon(who, own, accepted.get(who, []), course.published, result, most=times)
        for delivery in own:
            if delivery.state is DeliveryState.SENT:
                continue
            result.unknown += 1
            is_told = delivery.message_id in told or is_told_in_doubt
            if delivery.state is not DeliveryState.UNKNOWN or str(delivery.id) not in shown or not is_told:
                result.wrong.append(f"{delivery.message_id} is {delivery.state}, and nobody was told")
    return result


def _reckon(
    who: str,
    own: Sequence[Delivery],
    accepted: Sequence[_Copy],
    published: Sequence[str],
    result: Reckoning,
    *,
    most: int,
) -> None:
    copies: dict[str, list[_Copy]] = {}
    for copy in accepted:
        copies.setdefault(copy.message_id, []).append(copy)
    result.messages += len(copies)
    for delivery in own:
        same = copies.get(delivery.message_id, [])
        is_unknown = delivery.state is DeliveryState.UNKNOWN
        result.extra += max(0, len(same) - 1)
        if len(same) > 2 or len({copy.content for copy in same}) > 1:
            result.wrong.append(f"{len(same)} copies of {delivery.message_id} to {who}")
        if len(same) > 1 and not delivery.ambiguous:
            result.wrong.append(f"two copies of {delivery.message_id} to {who}, which was never in doubt")
        if not same and not is_unknown:
            result.wrong.append(f"no copy of {delivery.message_id} to {who}, which is {delivery.state}")
    in_doubt = " ".join(_read(delivery) for delivery in own if delivery.state is DeliveryState.UNKNOWN)
    digests = {delivery.message_id: delivery.digest_id for delivery in own}
    texts: dict[int | None, str] = {}  # of a digest; each of its parts names its first story
    for message_id, same in copies.items():
        digest_id = digests.get(message_id)
        texts[digest_id] = texts.get(digest_id, "") + same[0].text
    for word in published:
        times = sum(word in text for text in texts.values())
        if times == 0 and word not in in_doubt:
            result.lost.append(f"{word} for {who}")
        if times > most:
            result.wrong.append(f"{word} was told to {who} in {times} messages")


def _read(delivery: Delivery) -> str:
    return _read_mail(delivery.payload)[1] if delivery.channel is ChannelKind.EMAIL else _read_post(delivery.payload)


def _read_mail(content: bytes) -> tuple[str, str]:
    message = email.message_from_bytes(content, policy=email.policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    return str(message["Message-ID"]), str(body.get_content()).casefold()


def _read_post(body: bytes) -> str:
    return json.dumps(json.loads(body)).casefold()
