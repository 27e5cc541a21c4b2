"""A message to the operator: what went wrong or is uncertain, in plain words, several departures in one message.

Owns its words and nothing else: when notices are raised and told is decided where the departures are seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.desks.excerpt import one_line, shorten
from monitor.desks.outbox import Sender, email_recipients, message_id_of, slack_channels, slack_deliveries
from monitor.desks.render_email import EmailBody, Headers, build_message
from monitor.desks.render_json import message_json, render_notices
from monitor.desks.render_slack import plain_message
from monitor.model import AppriseChannel, ChannelKind, ChannelSpec, Delivery, Notice, WebhookChannel

SHOWN = 50
"""Notices told one by one in a message; the rest is counted."""
_DETAIL_LIMIT = 500


def notice_deliveries(
    notices: Sequence[Notice], channels: Sequence[ChannelSpec], *, sender: Sender, now: datetime
) -> tuple[Delivery, ...]:
    """Make the messages that tell the operator of departures; none without notices or channels.

    Returns:
        Deliveries that belong to no digest, with ids that the same notices give again.
    """
    if not notices:
        return ()
    key = hashlib.sha256(
        "\n".join(f"{n.id} {n.event} {n.subject} {n.at}" for n in notices).encode("utf-8", "replace")
    ).hexdigest()
    subject, lines = notice_subject(notices), notice_lines(notices)
    found: list[Delivery] = []
    for recipient in email_recipients(channels):
        message_id = message_id_of(key, ChannelKind.EMAIL, recipient, domain=sender.domain)
        headers = Headers(sender.address, recipient, subject, now, message_id, list_id=f"operator.{sender.domain}")
        payload = build_message(headers, EmailBody(html="", text="\n\n".join([subject, *lines]) + "\n", told=0))
        found.append(Delivery(0, None, ChannelKind.EMAIL, recipient, message_id, payload, now))
    for channel in slack_channels(channels):
        posts = slack_deliveries(plain_message(subject, lines), channel, key=key, domain=sender.domain, at=now)
        found += (replace(post, digest_id=None) for post in posts)
    for kind, recipient, payload in program_payloads(channels, notices, subject, lines):
        message_id = message_id_of(key, kind, recipient, domain=sender.domain)
        found.append(Delivery(0, None, kind, recipient, message_id, payload, now))
    return tuple(found)


def program_payloads(
    channels: Sequence[ChannelSpec], notices: Sequence[Notice], subject: str, lines: Sequence[str]
) -> Iterator[tuple[ChannelKind, str, bytes]]:
    """Yield kind, recipient and body for each webhook and each Apprise name, each once."""
    for spec in dict.fromkeys(channels):
        if isinstance(spec, WebhookChannel):
            yield ChannelKind.WEBHOOK, spec.url, render_notices(notices, subject)
        elif isinstance(spec, AppriseChannel):
            yield ChannelKind.APPRISE, spec.name, message_json(subject, "\n\n".join(lines) + "\n")


def notice_subject(notices: Sequence[Notice]) -> str:
    """Write the line for the lock screen: the first departure, and how many more."""
    more = f" (+{len(notices) - 1})" if len(notices) > 1 else ""
    return f"[MONITOR] {shorten(one_line(f'{notices[0].event}: {notices[0].subject}'), 100)}{more}"


def notice_lines(notices: Sequence[Notice]) -> tuple[str, ...]:
    """Write one line for each departure, oldest first, with its time in UTC and the stable name of its event."""
    ordered = sorted(notices, key=lambda notice: (notice.at, notice.id))
    lines = [
        f"{notice.at:%Y-%m-%d %H:%M} UTC · {one_line(notice.event)} · {shorten(one_line(notice.subject), 120)}: "
        f"{shorten(one_line(notice.detail), _DETAIL_LIMIT)}"
        for notice in ordered[:SHOWN]
    ]
    if len(ordered) > SHOWN:
        lines.append(f"and {len(ordered) - SHOWN} more: see the log and `monitor doctor`")
    return tuple(lines)
