"""The end of a mute: on record, and out of the Slack messages that show it; in a unit of work.

When a mute is over is `desks/mutes` to say; the alerts that it held leave with the desk's next digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from monitor.desks.outbox import Sender
from monitor.model import Desk, Mute
from monitor.pipeline.threads import queue_edits
from monitor.ports import Store


def end_mute(
    store: Store, mute: Mute, because: str, *, desks: Mapping[str, Desk], sender: Sender, now: datetime
) -> None:
    """Record that a mute is over, and queue edits of the messages that were edited while it held.

    Args:
        store: The state.
        mute: One that holds.
        because: Why it is over.
        desks: Of the rule book.
        sender: As whom the monitor writes.
        now: When it is over.
    """
    store.mutes.end(mute.id, now, because)
    for desk in desks.values():
        if mute.desk_id in ("", desk.id):
            edited = store.deliveries.edited(mute.story_id, desk_id=desk.id, since=mute.at)
            queue_edits(desk, edited, store=store, sender=sender, now=now)
