"""Slack messages that were sent, and what is still to come of them: answers in their threads, edits in place.

Reads what became of each story, lets `desks/marks` write it into the message that told it, and queues the edit. All of
it is called inside a unit of work; sending is the outbox's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from monitor.articles.origins import origins_of
from monitor.desks.content import DigestContent
from monitor.desks.life import count
from monitor.desks.marks import Marks, Since, marked, marks_of
from monitor.desks.outbox import Roots, Sender, edit_of, slack_channels
from monitor.model import ChannelKind, Delivery, Desk
from monitor.ports import Store


def roots_of(desk: Desk, content: DigestContent, *, store: Store, sender: Sender) -> Roots:
    """Return which messages are the roots of the stories' threads in each of the desk's Slack channels."""
    if not sender.slack.threads:
        return {}
    return {
        channel: {
            item.story_id: root.id
            for item in content.items
            if (root := _root(store, desk, item.story_id, channel)) is not None
        }
        for channel in slack_channels(desk.channels)
    }


def queue_edits(desk: Desk, messages: Iterable[int], *, store: Store, sender: Sender, now: datetime) -> list[int]:
    """Queue an edit of each message that says what became of its stories; one whose bytes are gone is left as it is.

    Args:
        desk: Whose messages they are.
        messages: Ids of deliveries.
        store: The state, in a unit of work.
        sender: As whom the monitor writes.
        now: When the edits are made.

    Returns:
        The ids of the edits.
    """
    edits = []
    for message_id in dict.fromkeys(messages):
        message = store.deliveries.get(message_id)
        if message is None or not message.payload or not message.tells:
            continue
        body = marked(json.loads(message.payload), _marks(desk, message, store=store, now=now))
        edits.append(edit_of(message, body, domain=sender.domain, at=now))
    return store.deliveries.queue(edits)


def _root(store: Store, desk: Desk, story_id: int, channel: str) -> Delivery | None:
    return store.deliveries.root(story_id, desk_id=desk.id, channel=ChannelKind.SLACK, recipient=channel)


def _marks(desk: Desk, message: Delivery, *, store: Store, now: datetime) -> dict[int, Marks]:
    articles = store.articles.get(message.tells)
    told_in = message.digest_id or 0
    return {
        article.id: marks_of(desk, _since(desk, article.story_id, told_in, store=store), now=now)
        for article in articles.values()
        if article.story_id is not None
    }


def _since(desk: Desk, story_id: int, told_in: int, *, store: Store) -> Since:
    own = [alert for alert in store.alerts.told(story_id) if alert.desk_id == desk.id]
    return Since(
        alerts=[alert for alert in own if alert.digest_id is not None and alert.digest_id > told_in],
        company=_company(store, story_id),
        said=store.feedback.of_stories([story_id]),
        mutes=[m for m in store.mutes.of_stories([story_id]) if m.ended_at is None and m.desk_id in ("", desk.id)],
    )


def _company(store: Store, story_id: int) -> str:
    outlets = store.stories.get([story_id])[story_id].outlets
    if outlets < 2:
        return ""
    return f"{count(outlets, 'outlet')}, {count(origins_of(store.stories.members(story_id)).origins, 'origin')}"
