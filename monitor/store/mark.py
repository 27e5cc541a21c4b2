"""A mark beside the database by which it is seen that the database went back in time.

Whoever copies an old file over a newer one brings yesterday's outbox back: what was sent since would be sent again. The
mark holds the newest moment that the database was seen to hold. It is written after the database, and never synced, so
it may lag behind and never runs ahead; a database that is older than its mark was put back.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

MARK_FILE = "monitor.mark"


def write_mark(folder: Path, moment: datetime) -> None:
    """Remember a moment that the database holds by now. A mark that cannot be written is no failure of the monitor."""
    new = folder / f"{MARK_FILE}.new"
    try:
        new.write_text(moment.astimezone(UTC).isoformat() + "\n")
        new.replace(folder / MARK_FILE)
    except OSError:
        new.unlink(missing_ok=True)


def forget_mark(folder: Path) -> None:
    """Take the mark away: that the database goes back is known."""
    (folder / MARK_FILE).unlink(missing_ok=True)


def read_mark(folder: Path) -> datetime | None:
    """Return the moment, None where there is no mark or it cannot be read."""
    try:
        moment = datetime.fromisoformat((folder / MARK_FILE).read_text().strip())
    except (OSError, ValueError):
        return None
    return moment if moment.tzinfo else None


def went_back(held: datetime | None, mark: datetime | None) -> bool:
    """Say whether a database that holds a moment is older than its mark.

    Args:
        held: The newest moment in the database; None in one that never held any.
        mark: What `read_mark` returned.
    """
    return mark is not None and (held is None or held < mark)
