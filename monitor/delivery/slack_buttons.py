"""Presses of buttons in Slack, heard through Socket Mode: no address of ours has to be reached from outside.

Reads what comes by the WebSocket (`slack_socket`), hands each press on, and acknowledges it within the 3 seconds that
Slack gives, as soon as it was recorded. Refuses to know what a button means and where presses are kept.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from queue import SimpleQueue
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from monitor.delivery.secret import Redactor, Secret
from monitor.delivery.slack import DEFAULT_BASE_URL, QUIET, receipt_of
from monitor.delivery.slack_socket import Line, SlackSocket
from monitor.model import Press
from monitor.telemetry import logger

ACKNOWLEDGED_WITHIN_SECONDS = 2.0
"""However long the recording takes: Slack shows the presser a failure after 3 seconds."""
ANSWERED_WITHIN_SECONDS = 1.0
"""How much longer the presser's answer is waited for; a press that is recorded later is recorded without a word."""
CALL_SECONDS = 3
CLOSED_WITHIN_SECONDS = 1.0
THREADS = 3
"""Presses that are taken at the same time."""
FOREIGN = "Nothing was recorded: this monitor answers to another workspace."
FAULTY = "Nothing was recorded: the monitor could not do it. Its operator finds the reason in the log."
_RESPONSE_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})

Take = Callable[[Press], "Future[str]"]


@dataclass(frozen=True, slots=True)
class Heard:
    """What an envelope holds."""

    presses: tuple[Press, ...]
    is_foreign: bool
    """It is of another workspace, or by somebody from one."""
    response_url: str
    """Where the presser alone can be told something, "" for nowhere."""


class SlackButtons:
    """Listens from `start` to `close`, in threads of its own; whatever fails there ends nothing.

    Args:
        app_token: An app-level token (xapp-…) with connections:write.
        token: The bot token, by which our own workspace is known.
        take: Records a press and gives what the presser is to be told; called from several threads, must not block.
        now: The wall clock.
        base_url: Of the Web API, ending in "/".
        monotonic: Seconds that never go back.
    """

    def __init__(
        self,
        *,
        app_token: str | Secret,
        token: str | Secret,
        take: Take,
        now: Callable[[], datetime],
        base_url: str = DEFAULT_BASE_URL,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app_token = Secret(app_token) if isinstance(app_token, str) else app_token
        self._token = Secret(token) if isinstance(token, str) else token
        self._take, self._now, self._monotonic, self._base_url = take, now, monotonic, base_url
        self._clean = Redactor([self._app_token, self._token])
        self._log = logger()
        self._team = ""
        self._envelopes: SimpleQueue[tuple[Line, Mapping[str, Any]] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._socket = SlackSocket(self._address, self._queue, told=self._told, monotonic=monotonic)

    def __repr__(self) -> str:
        return f"SlackButtons({self._base_url})"

    @property
    def down_since(self) -> float | None:
        """Return since when, on the monotonic clock, there is no connection; None while there is or need be none."""
        return self._socket.down_since

    @property
    def why_down(self) -> str:
        """Return what stands against a connection."""
        return self._socket.why_down

    def start(self) -> None:
        """Begin to listen; returns at once, connected or not."""
        for number in range(THREADS):
            thread = threading.Thread(target=self._work, name=f"slack-buttons-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._socket.start()

    def close(self) -> None:
        """Stop listening; waits a moment for what is being answered."""
        self._socket.close()
        for _ in self._threads:
            self._envelopes.put(None)
        for thread in self._threads:
            thread.join(CLOSED_WITHIN_SECONDS)

    # --- the connection -----------------------------------------------------------------------------------------------

    def _address(self) -> str:
        """Ask for the address of a WebSocket, and once for the workspace that we are of."""
        if not self._team:
            self._team = str(self._api(self._token).auth_test()["team_id"])
        opened = self._api(self._app_token).apps_connections_open(app_token=self._app_token.reveal())
        return str(opened["url"])

    def _api(self, token: Secret) -> WebClient:
        return WebClient(
            token=token.reveal(), base_url=self._base_url, timeout=CALL_SECONDS, retry_handlers=[], logger=QUIET
        )

    def _told(self, error: Exception) -> str:
        if isinstance(error, SlackApiError):
            return self._clean(f"Slack refused: {error.response.get('error')} (HTTP {error.response.status_code})")
        return self._clean(f"Slack was not reached: {str(error) or type(error).__name__}")

    # --- what is heard ------------------------------------------------------------------------------------------------

    def _queue(self, line: Line, envelope: Mapping[str, Any]) -> None:
        """Let the line be read on at once: pings want their answers while presses are recorded."""
        self._envelopes.put((line, envelope))

    def _work(self) -> None:
        while (heard := self._envelopes.get()) is not None:
            try:
                self._hear(*heard)
            except Exception as error:
                self._log.error("slack.buttons.crashed", detail=self._clean(f"{type(error).__name__}: {error}"))

    def _hear(self, line: Line, envelope: Mapping[str, Any]) -> None:
        """Take what one envelope holds, acknowledge it, and answer whoever pressed."""
        envelope_id, payload = _text(envelope, "envelope_id"), _mapping(envelope, "payload")
        heard = read_envelope(envelope_id, payload, team=self._team, now=self._now())
        if _text(envelope, "type") != "interactive" or heard is None:
            self._log.warning("slack.buttons.unreadable", type=_text(envelope, "type"))
            self._acknowledge(line, envelope_id)
            return
        began = time.monotonic()
        taken = [] if heard.is_foreign else [self._take(press) for press in heard.presses]
        answers = [_answer(future, ACKNOWLEDGED_WITHIN_SECONDS - (time.monotonic() - began)) for future in taken]
        self._acknowledge(line, envelope_id)
        for future, answer in zip(taken, answers, strict=True):
            said = _answer(future, ANSWERED_WITHIN_SECONDS) if answer is None else answer
            if said is FAULTY:
                self._log.error("slack.buttons.failed", detail=str(future.exception()))
            if said:
                self._whisper(heard.response_url, said)
        if heard.is_foreign:
            self._log.warning("slack.buttons.foreign", presses=len(heard.presses))
            self._whisper(heard.response_url, FOREIGN)

    def _acknowledge(self, line: Line, envelope_id: str) -> None:
        if not envelope_id:
            return
        try:
            line.send(json.dumps({"envelope_id": envelope_id}))
        except (SlackClientError, OSError) as error:
            # Slack may send it once more, and it is known by then.
            self._log.warning("slack.buttons.unacknowledged", detail=self._clean(str(error)))

    def _whisper(self, response_url: str, text: str) -> None:
        """Tell the presser alone; that it cannot be told is no fault of the press."""
        if not self._is_slacks(response_url):
            return
        client = WebhookClient(response_url, timeout=CALL_SECONDS, retry_handlers=[], logger=QUIET)
        try:
            client.send(text=text, response_type="ephemeral", replace_original=False)
        except (SlackClientError, OSError, ValueError) as error:
            self._log.warning("slack.buttons.unanswered", detail=type(error).__name__)

    def _is_slacks(self, url: str) -> bool:
        """Say whether an address is Slack's: what comes in over the wire sends us nowhere else."""
        asked, api = urlsplit(url), urlsplit(self._base_url)
        return (asked.scheme, asked.netloc) == (api.scheme, api.netloc) or (
            asked.scheme == "https" and asked.netloc in _RESPONSE_HOSTS
        )


def read_envelope(envelope_id: str, payload: Mapping[str, Any], *, team: str, now: datetime) -> Heard | None:
    """Read what was pressed where and by whom; None for anything but buttons of a message.

    Shape: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload

    Args:
        envelope_id: Names a press that has no time of its own.
        payload: Of the envelope.
        team: Id of our own workspace.
        now: The wall clock.
    """
    user, container = _mapping(payload, "user"), _mapping(payload, "container")
    who, ts, channel = _text(user, "id"), _text(container, "message_ts"), _text(container, "channel_id")
    actions = payload.get("actions")
    if payload.get("type") != "block_actions" or not (who and ts and channel) or not isinstance(actions, list):
        return None
    url = _text(payload, "response_url")
    home = _text(_mapping(payload, "team"), "id")
    is_foreign = home != team or _text(user, "team_id") not in ("", team)

    def presses() -> Iterator[Press]:
        for number, action in enumerate(each for each in actions if isinstance(each, Mapping)):
            name, place = _text(action, "action_id"), _text(action, "block_id")
            moment = _text(action, "action_ts") or f"{envelope_id}/{number}"
            words = json.dumps([home, who, channel, ts, place, name, moment])
            press_id = hashlib.sha256(words.encode()).hexdigest()
            yield Press(press_id, name, place, who, receipt_of(ts, channel), now)

    return Heard(tuple(presses()), is_foreign, url)


def _answer(future: Future[str], seconds: float) -> str | None:
    """Return what a press came to, None where that is not known in time."""
    try:
        return future.result(max(0.0, seconds))
    except TimeoutError:
        return None
    except Exception:
        return FAULTY


def _mapping(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = holder.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(holder: Mapping[str, Any], name: str) -> str:
    found = holder.get(name)
    return found if isinstance(found, str) else ""
