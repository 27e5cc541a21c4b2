"""Leave the day's digests as files that a person can open: `.html`, `.txt`, `.eml` and Slack's `.json`.

File names sort by time and say the desk: `0700-south-asia.html`. Only files of an earlier play are replaced.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.demo.outcome import Outcome, Received
from monitor.errors import InputError
from monitor.model import ChannelKind

_MARK = ".monitor-demo"
FOLDERS = ("state", "rules")
"""What the play itself leaves: the database and the rule files it was played with."""
_SUFFIXES = frozenset({".html", ".txt", ".eml", ".json", ".log"})
_UNSAFE = re.compile(r"[^a-z0-9]+")


def prepare(folder: Path) -> None:
    """Make the folder ready: new, empty, or one that an earlier play left.

    Raises:
        InputError: The folder holds something else, which stays as it is.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        mark = folder / _MARK
        if not mark.exists() and any(folder.iterdir()):
            raise InputError(f"{folder} holds other files; name an empty folder with --out")
        mark.write_text("The files beside this one were left by `monitor demo` and are replaced by the next play.\n")
        for name in FOLDERS:
            shutil.rmtree(folder / name, ignore_errors=True)
        for path in folder.iterdir():
            if path.suffix in _SUFFIXES:
                path.unlink()
    except OSError as error:
        raise InputError(f"{folder}: {error.strerror or error}") from error


def keep(outcome: Outcome, folder: Path) -> tuple[Path, ...]:
    """Write the digests and what was received into a prepared folder; return the paths in order of time."""
    zone = outcome.start.tzinfo
    assert isinstance(zone, ZoneInfo)
    by_message = {(message.message_id, message.recipient): message for message in outcome.received}
    written: list[Path] = []
    taken: set[str] = set()
    for digest in outcome.digests:
        stem = _free(f"{digest.at.astimezone(zone):%H%M}-{digest.desk_id}", taken)
        written.append(_write(folder / f"{stem}.html", digest.html.encode()))
        written.append(_write(folder / f"{stem}.txt", digest.text.encode()))
        for delivery in digest.deliveries:
            message = by_message.get((delivery.message_id, delivery.recipient))
            if message is not None:
                written.append(
                    _write(folder / _message_name(stem, message, delivery.part, delivery.parts), message.raw)
                )
    for notice in outcome.notices:
        message = by_message.get((notice.message_id, notice.recipient))
        if message is not None:
            stem = _free(f"{message.at.astimezone(zone):%H%M}-operator", taken)
            suffix = "eml" if message.channel is ChannelKind.EMAIL else "json"
            written.append(_write(folder / f"{stem}.{suffix}", message.raw))
    return tuple(written)


def _message_name(stem: str, message: Received, part: int, parts: int) -> str:
    to = _UNSAFE.sub("-", message.recipient.lower()).strip("-")
    number = f"-{part}of{parts}" if parts > 1 else ""
    return f"{stem}-{to}{number}.{'eml' if message.channel is ChannelKind.EMAIL else 'slack.json'}"


def _free(stem: str, taken: set[str]) -> str:
    """Return the stem, numbered where two digests left in one minute."""
    free, number = stem, 2
    while free in taken:
        free, number = f"{stem}-{number}", number + 1
    taken.add(free)
    return free


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
