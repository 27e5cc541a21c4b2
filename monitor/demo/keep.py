"""Leave the day's digests as files that a person can open: `.html`, `.txt`, `.eml` and Slack's `.json`.

File names sort by time and say the desk: `0700-south-asia.html`; `slack-south-asia.txt` is a channel at the end of the
day. Only files of an earlier play are replaced.
"""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.demo.outcome import DeliveryPlayed, Outcome, Received
from monitor.errors import InputError
from monitor.model import ChannelKind

_MARK = ".monitor-demo"
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
        for path in folder.iterdir():
            if path.suffix in _SUFFIXES:
                path.unlink()
    except OSError as error:
        raise InputError(f"{folder}: {error.strerror or error}") from error


def keep(outcome: Outcome, folder: Path) -> tuple[Path, ...]:
    """Write the digests and what was received into a prepared folder; return the paths in order of time."""
    zone = outcome.start.tzinfo
    assert isinstance(zone, ZoneInfo)
    names = _Names()
    by_message = {(message.message_id, message.recipient): message for message in outcome.received}
    files: list[tuple[str, bytes]] = []
    for digest in outcome.digests:
        stem = names.free(f"{digest.at.astimezone(zone):%H%M}-{digest.desk_id}")
        files += [(f"{stem}.html", digest.html.encode()), (f"{stem}.txt", digest.text.encode())]
        for delivery in digest.deliveries:
            message = by_message.get((delivery.message_id, delivery.recipient))
            if message is not None:
                files.append((names.free(*_message_name(stem, message, delivery)), message.raw))
    for notice in outcome.notices:
        message = by_message.get((notice.message_id, notice.recipient))
        if message is not None:
            stem = names.free(f"{message.at.astimezone(zone):%H%M}-operator")
            files.append((f"{stem}.{_suffix(message)}", message.raw))
    for channel, text in outcome.channels.items():
        files.append((f"{names.free('slack-' + _UNSAFE.sub('-', channel.lower()).strip('-'))}.txt", text.encode()))
    for name, content in files:
        (folder / name).write_bytes(content)
    return tuple(folder / name for name, _ in sorted(files))


class _Names:
    """File names, numbered where two would be equal: two digests of a minute, two recipients of one name."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def free(self, stem: str, suffix: str = "") -> str:
        free, number = f"{stem}{suffix}", 2
        while free in self._taken:
            free, number = f"{stem}-{number}{suffix}", number + 1
        self._taken.add(free)
        return free


def _message_name(stem: str, message: Received, delivery: DeliveryPlayed) -> tuple[str, str]:
    if message.channel is ChannelKind.SLACK:
        part = f"-{delivery.part}of{delivery.parts}" if delivery.parts > 1 else ""
        return f"{stem}.slack{part}", f".{_suffix(message)}"
    local_part = _UNSAFE.sub("-", message.recipient.lower().partition("@")[0]).strip("-")
    return f"{stem}.{local_part}", f".{_suffix(message)}"


def _suffix(message: Received) -> str:
    return "eml" if message.channel is ChannelKind.EMAIL else "json"
