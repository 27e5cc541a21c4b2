"""The sentences at the foot of a digest: what was held, what waits, what was cut. Nothing is left out uncounted.

Owns their words. Refuses to decide any of it: `schedule` and `mutes` hold, `digest` cuts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from monitor.desks.life import count
from monitor.desks.mutes import was_muted
from monitor.desks.schedule import IMMEDIATE, Due, Held, hours_text, is_held
from monitor.model import Alert, Desk, Mute


def notes_of(desk: Desk, due: Due, alerts: Sequence[Alert], *, mutes: Sequence[Mute], cut: int) -> tuple[str, ...]:
    """Say what was held until now, what waits on, and what is listed by headline only; a sentence each.

    Args:
        desk: Who is told.
        due: The decision that the digest carries out.
        alerts: Those in the digest.
        mutes: Those of the alerts' stories, ended ones too.
        cut: Stories over the desk's number a day.
    """
    notes = []
    late = sum(is_held(desk, alert.severity, alert.created_at) for alert in alerts)
    if late:
        notes.append(f"{count(late, 'alert')} held through quiet hours {hours_text(desk)}, all in this digest.")
    unmuted = sum(bool(was_muted(alert, mutes)) for alert in alerts)
    if unmuted:
        notes.append(f"{count(unmuted, 'alert')} of muted stories, held until the mute was over.")
    if due.held:
        notes.append(_waiting(due.held))
    if cut:
        limit = f"over the desk's {desk.stories_per_day} stories a day"
        notes.append(f"{count(cut, 'story', 'stories')} listed by headline only: {limit}.")
    if due.slot == IMMEDIATE:
        notes.append("Sent at once; the next digest does not repeat it.")
    return tuple(notes)


def _waiting(held: Sequence[Held]) -> str:
    counts = Counter((item.because, item.alert.severity) for item in held)
    parts = [f"{count} {severity} ({because})" for (because, severity), count in sorted(counts.items())]
    return f"{count(len(held), 'alert')} still to come: {', '.join(parts)}."
