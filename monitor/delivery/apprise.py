"""Apprise: any of the services it knows, by a name in the rule files and an address in a secret. The extra's only home.

Apprise tells success from failure, and of a failure only what its services write into its log. A status of HTTP there
is an answer, so the message was not taken; without one nobody knows. Refuses to know what a message says.
"""

from __future__ import annotations

import json
import logging
import re
import warnings
from collections.abc import Mapping
from datetime import timedelta
from importlib import import_module
from typing import Any

from monitor.delivery.secret import Redactor, Secret
from monitor.model import Accepted, Ambiguous, ChannelKind, Delivery, RefusedForGood, RefusedForNow, SendOutcome

_STATUS = re.compile(r"\berror=(\d{3})\b")
"""How Apprise's services write what a server answered: "Failed to send X notification: …, error=503."."""
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?")


class MissingExtraError(Exception):
    """Apprise is not installed."""

    def __init__(self) -> None:
        super().__init__("MONITOR_APPRISE__URLS is set, but Apprise is not installed: pip install '.[apprise]'")


def read_urls(text: str) -> dict[str, Secret]:
    """Read "NAME=URL" lines; empty ones and those that begin with # do not count.

    Raises:
        ValueError: naming the line, and nothing of what it holds.
    """
    found: dict[str, Secret] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, _, url = (part.strip() for part in line.partition("="))
        if not _NAME.fullmatch(name) or "://" not in url:
            raise ValueError(f"line {number} is not NAME=URL, such as desk=ntfy://…")
        if name in found:
            raise ValueError(f"line {number} gives {name} a second address")
        found[name] = Secret(url)
    return found


class AppriseChannel:
    """ports.Channel by Apprise; a delivery's recipient is a name. Safe to call from several threads.

    Args:
        urls: Apprise addresses by name.
        timeout: For one message as a whole.

    Raises:
        MissingExtraError: Apprise is not installed.
        ValueError: an address that Apprise does not understand; its name is told, not the address.
    """

    kind: ChannelKind = ChannelKind.APPRISE

    def __init__(self, urls: Mapping[str, Secret], *, timeout: timedelta = timedelta(seconds=30)) -> None:
        self._urls, self._seconds = dict(urls), timeout.total_seconds()
        self._clean = Redactor(self._urls.values())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of services that load here
            try:
                self._apprise: Any = import_module("apprise")
            except ImportError as error:
                raise MissingExtraError from error
            _quieten()
            unknown = [name for name in self._urls if self._service(name) is None]
        if unknown:
            raise ValueError(f"Apprise does not understand the address of {', '.join(unknown)}")

    def __repr__(self) -> str:
        return f"AppriseChannel({', '.join(self._urls)})"

    def send(self, delivery: Delivery) -> SendOutcome:
        """Hand one message over; see ports.Channel. `delivery.payload` is JSON with title and body."""
        if delivery.recipient not in self._urls:
            return RefusedForGood(f"MONITOR_APPRISE__URLS has no address for {delivery.recipient}")
        try:
            message = json.loads(delivery.payload)
            title, body = str(message["title"]), str(message["body"])
        except (ValueError, KeyError, TypeError) as error:
            return RefusedForGood(f"the payload is no message: {error}")
        carrier = self._apprise.Apprise()
        carrier.add(self._service(delivery.recipient))
        try:
            with carrier.notify(
                body=body, title=title, body_format="text", timeout=self._seconds, log_level=logging.INFO
            ) as result:
                lines = [self._clean(entry.message) for entry in result.logs()]
                taken = bool(result)
        except Exception as error:  # any of a hundred services: what they raise is theirs
            return Ambiguous(self._clean(f"Apprise failed: {type(error).__name__}: {error}"))
        return _sorted(delivery.recipient, taken=taken, lines=lines)

    def _service(self, name: str) -> Any:
        """Make the service of a name anew: Apprise's keep state and are not made for several threads."""
        service = self._apprise.Apprise.instantiate(self._urls[name].reveal())
        if service is not None:
            service.overflow_mode = self._apprise.OverflowMode.SPLIT  # a long digest comes in parts and is never cut
        return service


def _quieten() -> None:
    """Keep the libraries' lines to ourselves: hosts, bodies and tokens stand in them; what matters is in the outcome.

    Apprise's own level stays at INFO, because a result's lines are taken from its logger.
    """
    for library, level in (("apprise", logging.INFO), ("urllib3", logging.CRITICAL)):
        log = logging.getLogger(library)
        log.setLevel(level)
        log.propagate = False
        if not log.handlers:
            log.addHandler(logging.NullHandler())


def _sorted(name: str, *, taken: bool, lines: list[str]) -> SendOutcome:
    """Sort what Apprise came to; where a part of a split message went out, nobody may say that none did."""
    if taken:
        return Accepted(f"taken by {name}")
    detail = f"{name}: {lines[-1]}" if lines else f"{name} did not take it"
    status = next((int(found[1]) for line in reversed(lines) if (found := _STATUS.search(line))), None)
    if status is None or status in (502, 504) or any(line.startswith("Sent ") for line in lines):
        return Ambiguous(detail)
    if status in (408, 425, 429) or status >= 500:
        return RefusedForNow(detail)
    return RefusedForGood(detail)
