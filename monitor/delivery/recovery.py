"""What the age of a restored database means for its outbox. Works on ports alone."""

from __future__ import annotations

from datetime import datetime

from monitor.delivery import policy
from monitor.delivery.states import OPEN
from monitor.ports import Store

RESTORED = "state.restored"
"""The departure's event; its subject is "database"."""


def settle_restored(store: Store, *, now: datetime, detail: str) -> int:
    """Mark open deliveries of a database that was put back as possibly sent, and tell the operator.

    Each may have been sent after the backup was made, so each may go out at most once more, with its Message-ID. Called
    inside a unit of work.

    Returns:
        How many were open.
    """
    found = [delivery for state in sorted(OPEN) for delivery in store.deliveries.in_state(state)]
    for delivery in found:
        move = policy.restored(delivery, now=now)
        store.deliveries.move(move.delivery, event=move.event, at=now)
    waiting = (
        f"{len(found)} of its deliveries were open and may arrive a second time" if found else "nothing was open in it"
    )
    store.notices.clear(RESTORED, "database", now)  # an earlier restore is another departure
    store.notices.raise_(RESTORED, "database", f"{detail}; {waiting}", now)
    return len(found)
