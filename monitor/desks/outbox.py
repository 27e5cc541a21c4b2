"""A digest fixed: the record that is kept and one delivery for each recipient and each part, payload bytes and all.

Owns how a digest's messages are named: their ids come from the digest's key and the recipient, so that the same content
gives the same bytes. Refuses to know how deliveries fare (`delivery/`) and how they are kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr

from monitor.desks.answers import ReaderLinks, addressed, answers
from monitor.desks.content import DigestContent, limited
from monitor.desks.mail_threads import NO_THREAD, MailThread
from monitor.desks.render_email import EmailBody, Headers, build_message, clean_header, render_email
from monitor.desks.render_json import render_json, render_message
from monitor.desks.render_slack import POST_ONLY, Payload, SlackWays
from monitor.desks.summary import answering
from monitor.desks.threads import posts_of
from monitor.model import (
    AppriseChannel,
    ChannelKind,
    ChannelSpec,
    Delivery,
    Desk,
    Digest,
    EmailChannel,
    SlackChannel,
    WebhookChannel,
)

KIND_OF: Mapping[type[ChannelSpec], ChannelKind] = {
    EmailChannel: ChannelKind.EMAIL,
    SlackChannel: ChannelKind.SLACK,
    WebhookChannel: ChannelKind.WEBHOOK,
    AppriseChannel: ChannelKind.APPRISE,
}
"""By which way each kind of channel in a rule file is reached."""

METADATA_EVENT = "news_monitor_message"
"""The event type of the metadata on each Slack post; its payload holds the message id."""


@dataclass(frozen=True, slots=True)
class Sender:
    """As whom the monitor writes."""

    address: str
    """The From address, such as "News monitor <monitor@example.org>"."""
    domain: str
    """The right side of message ids and list ids: a name that belongs to the sender."""
    unsubscribe: str = ""
    """An https or mailto address for List-Unsubscribe; "" for that of `links`."""
    links: ReaderLinks | None = None
    """By which readers of an e-mail answer; None where nothing would hear them."""
    slack: SlackWays = POST_ONLY
    """What Slack lets us do beyond posting."""


def sender_of(
    address: str, *, unsubscribe: str = "", links: ReaderLinks | None = None, slack: SlackWays = POST_ONLY
) -> Sender:
    """Take the domain of ids from the From address; "localhost" when it has none.

    Raises:
        ValueError: The domain is no domain name.
    """
    _, at, domain = parseaddr(address)[1].rpartition("@")
    name = domain.encode("idna").decode() if at and domain else "localhost"
    return Sender(address, name, unsubscribe, links, slack)


@dataclass(frozen=True, slots=True)
class Package:
    """A digest as it is stored: what it says, and what goes out."""

    digest: Digest
    deliveries: tuple[Delivery, ...]


Roots = Mapping[str, Mapping[int, int]]
"""By Slack channel, and there by story: the delivery that is the root of the story's thread."""


def package(
    desk: Desk,
    content: DigestContent,
    *,
    sender: Sender,
    thread: MailThread = NO_THREAD,
    roots: Roots | None = None,
) -> Package:
    """Render a digest once for all its recipients.

    Args:
        desk: Who is told.
        content: The digest.
        sender: As whom.
        thread: The mails that its mails answer.
        roots: The Slack threads that its posts go to.

    Returns:
        The digest with id 0 and its deliveries with digest id 0, which the store fills in. The same arguments
        give the same bytes.
    """
    body = render_email(content, links=sender.links)
    return Package(
        digest=Digest(
            id=0,
            desk_id=desk.id,
            at=content.at,
            slot=content.slot,
            subject=clean_header(content.subject),
            alert_ids=content.alert_ids,
            html=body.html,
            text=body.text,
            told=body.told,
        ),
        deliveries=deliveries_of(desk, content, body=body, sender=sender, thread=thread, roots=roots),
    )


def deliveries_of(
    desk: Desk,
    content: DigestContent,
    *,
    sender: Sender,
    body: EmailBody | None = None,
    thread: MailThread = NO_THREAD,
    roots: Roots | None = None,
) -> tuple[Delivery, ...]:
    """Make a delivery for each e-mail recipient, alone in To, each Slack part, each webhook and each Apprise name.

    One that the desk names twice gets one.
    """
    email = body or render_email(content, links=sender.links)
    in_full = limited(content, email.told)
    nobodys = answers(in_full, sender.links)
    found: list[Delivery] = []
    for recipient in email_recipients(desk.channels):
        message_id = message_id_of(content.key, ChannelKind.EMAIL, recipient, domain=sender.domain)
        references = thread.references(recipient)
        headers = Headers(
            sender=sender.address,
            recipient=recipient,
            subject=answering(content.subject) if references and thread.is_storys else content.subject,
            at=content.at,
            message_id=message_id,
            list_id=f"{desk.id}.{sender.domain}",
            list_name=desk.name,
            references=references,
            unsubscribe=_unsubscribe(sender, desk.id, recipient, content.at),
        )
        own = answers(in_full, sender.links, recipient)
        theirs = EmailBody(addressed(email.html, nobodys, own), addressed(email.text, nobodys, own), email.told)
        found.append(_delivery(ChannelKind.EMAIL, recipient, message_id, build_message(headers, theirs), content.at))
    for channel in slack_channels(desk.channels):
        posts = posts_of(desk, content, sender.slack, (roots or {}).get(channel, {}))
        bodies = [post.payload for post in posts]
        made = slack_deliveries(bodies, channel, key=content.key, domain=sender.domain, at=content.at)
        found += (
            replace(delivery, tells=post.tells, root_id=post.root_id, parts=1 if post.is_whole else delivery.parts)
            for delivery, post in zip(made, posts, strict=True)
        )
    for url in dict.fromkeys(way.url for way in desk.channels if isinstance(way, WebhookChannel)):
        message_id = message_id_of(content.key, ChannelKind.WEBHOOK, url, domain=sender.domain)
        found.append(_delivery(ChannelKind.WEBHOOK, url, message_id, render_json(content), content.at))
    for name in dict.fromkeys(way.name for way in desk.channels if isinstance(way, AppriseChannel)):
        message_id = message_id_of(content.key, ChannelKind.APPRISE, name, domain=sender.domain)
        found.append(_delivery(ChannelKind.APPRISE, name, message_id, render_message(content), content.at))
    return tuple(found)


def slack_deliveries(
    payloads: Sequence[Payload], channel: str, *, key: str, domain: str, at: datetime
) -> Iterator[Delivery]:
    """Address Slack payloads to a channel: one delivery a part, found again by the message id in its metadata."""
    for part, payload in enumerate(payloads, start=1):
        message_id = message_id_of(f"{key}/{part}", ChannelKind.SLACK, channel, domain=domain)
        metadata = {"event_type": METADATA_EVENT, "event_payload": {"message_id": message_id}}
        body = json.dumps({"channel": channel, **payload, "metadata": metadata}, ensure_ascii=False)
        yield _delivery(ChannelKind.SLACK, channel, message_id, body.encode(), at, part=part, parts=len(payloads))


def edit_of(root: Delivery, payload: Payload, *, domain: str, at: datetime) -> Delivery:
    """Make the delivery that puts a message anew; the same payload has the same id."""
    body = json.dumps(payload, ensure_ascii=False)
    message_id = message_id_of(f"{root.message_id}\n{body}", root.channel, root.recipient, domain=domain)
    edit = _delivery(root.channel, root.recipient, message_id, body.encode(), at)
    return replace(edit, digest_id=None, root_id=root.id, is_edit=True)


def message_id_of(key: str, channel: ChannelKind, recipient: str, *, domain: str) -> str:
    """Name a message by digest and recipient, in angle brackets (RFC 5322 section 3.6.4)."""
    name = hashlib.sha256(f"{key}\n{channel}\n{recipient}".encode()).hexdigest()[:32]
    return f"<{name}@{domain}>"


def email_recipients(channels: Sequence[ChannelSpec]) -> tuple[str, ...]:
    """Return the addresses of all e-mail channels in order, each once; only the domain is compared without case."""
    unique: dict[tuple[str, str], str] = {}
    for channel in channels:
        for address in channel.recipients if isinstance(channel, EmailChannel) else ():
            local, _, host = address.rpartition("@")
            unique.setdefault((local, host.lower()), address)
    return tuple(unique.values())


def slack_channels(channels: Sequence[ChannelSpec]) -> tuple[str, ...]:
    """Return the names of all Slack channels in order, each once."""
    return tuple(dict.fromkeys(channel.name for channel in channels if isinstance(channel, SlackChannel)))


def _unsubscribe(sender: Sender, desk_id: str, recipient: str, at: datetime) -> str:
    if sender.unsubscribe or sender.links is None:
        return sender.unsubscribe
    return sender.links.unsubscribe(recipient, desk_id=desk_id, at=at)


def _delivery(
    channel: ChannelKind,
    recipient: str,
    message_id: str,
    payload: bytes,
    at: datetime,
    *,
    part: int = 1,
    parts: int = 1,
) -> Delivery:
    return Delivery(
        id=0,
        digest_id=0,
        channel=channel,
        recipient=recipient,
        message_id=message_id,
        payload=payload,
        created_at=at,
        part=part,
        parts=parts,
    )
