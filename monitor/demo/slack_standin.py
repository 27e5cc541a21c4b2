"""Stand in for Slack on loopback: take posts as Slack does, refuse what Slack refuses, fail when told to.

It answers `auth.test`, `chat.postMessage`, `conversations.history`, `conversations.list` and an incoming webhook. It
owns what was accepted and the order of the planned faults; what a message may hold is `slack_limits`. Behaviour and
error words follow https://docs.slack.dev/reference/methods/chat.postMessage,
https://docs.slack.dev/apis/web-api/rate-limits (429 with Retry-After in whole seconds) and
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

from monitor.demo.loopback import LoopbackServer, Reply, Request
from monitor.demo.slack_limits import refusal

_WEBHOOK_PATH = "/services/T0DEMO/B0DEMO/standin"
_WEBHOOK_STATUS = {"channel_not_found": 404, "no_service": 404, "action_prohibited": 403, "channel_is_archived": 410}
"""Other errors of a webhook are 400. https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks"""


@dataclass(frozen=True, slots=True)
class Post:
    """A message that was accepted."""

    channel: str
    """As the sender named it; "" for a webhook, which knows its own channel."""
    ts: str
    """Slack's name of the message: seconds and a counter, "1763640000.000001"."""
    payload: Mapping[str, Any]
    raw: bytes
    """The request's body, byte for byte."""
    at: datetime
    via: str
    """"api" or "webhook"."""
    reply_lost: bool = False
    """The sender was never told."""


@dataclass(frozen=True, slots=True)
class _Fault:
    kind: str
    """"error", "status", "limit" or "lose"."""
    error: str = ""
    status: int = 500
    seconds: str = ""


class SlackStandIn:
    """Keep a stand-in open for the length of a `with` block.

    Args:
        token: The bot token that is right; any other is `invalid_auth`.
        channels: Names ("#south-asia") that exist and that the bot is in.
        now: Gives the wall clock's time for `ts`; the player of the demo hands in its fast clock.
        port: 0 for any free one.
    """

    def __init__(
        self,
        token: str = "xoxb-demo",  # noqa: S107 - opens nothing but this stand-in
        channels: Collection[str] = ("#south-asia",),
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        port: int = 0,
    ) -> None:
        self.token = token
        self.posts: list[Post] = []
        self.requests = 0
        """Requests of any outcome."""
        self._ids = {name: f"C{number:010d}" for number, name in enumerate(sorted(channels), start=1)}
        self._now = now
        self._faults: deque[_Fault] = deque()
        self._lock = threading.Lock()
        self._counter = 0
        self._server = LoopbackServer(self._answer, port=port)

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.__exit__(kind, error, trace)

    @property
    def url(self) -> str:
        """Return the API's base address, ending in "/api/" as slack-sdk wants it."""
        return f"http://{self.host_and_port}/api/"

    @property
    def webhook_url(self) -> str:
        """Return the address of an incoming webhook."""
        return f"http://{self.host_and_port}{_WEBHOOK_PATH}"

    @property
    def host_and_port(self) -> str:
        """Return "127.0.0.1:PORT"."""
        return self._server.host_and_port

    def channel_id(self, name: str) -> str:
        """Return Slack's id of a channel that exists."""
        return self._ids[name]

    def add_channels(self, names: Iterable[str]) -> None:
        """Let further channels exist, with the bot in them."""
        with self._lock:
            for name in names:
                self._ids.setdefault(name, f"C{len(self._ids) + 1:010d}")

    # --- faults, used up in the order they were planned ---------------------------------------------------------------

    def refuse_next(self, error: str = "channel_not_found", *, times: int = 1) -> None:
        """Answer the next posts with `ok: false` and this error; nothing is accepted."""
        self._plan(_Fault("error", error=error), times)

    def fail_next(self, status: int = 500, *, times: int = 1) -> None:
        """Answer the next posts with a bare HTTP status; nothing is accepted."""
        self._plan(_Fault("status", status=status), times)

    def limit_next(self, retry_after: int | str = 30, *, times: int = 1) -> None:
        """Answer the next posts with 429 and a Retry-After, in seconds or whatever is given."""
        self._plan(_Fault("limit", seconds=str(retry_after)), times)

    def lose_reply(self, *, times: int = 1) -> None:
        """Accept the next posts and close the connection without a word."""
        self._plan(_Fault("lose"), times)

    def _plan(self, fault: _Fault, times: int) -> None:
        with self._lock:
            self._faults.extend([fault] * times)

    # --- answers ------------------------------------------------------------------------------------------------------

    def _answer(self, request: Request) -> Reply:
        with self._lock:
            self.requests += 1
            if request.path == _WEBHOOK_PATH:
                return self._webhook(request)
            method = request.path.removeprefix("/api/")
            if request.headers.get("authorization") != f"Bearer {self.token}":
                known = "authorization" in request.headers
                return _api({"ok": False, "error": "invalid_auth" if known else "not_authed"})
            if method == "auth.test":
                return _api({"ok": True, "team": "Demo", "user": "monitor", "bot_id": "B0DEMO", "user_id": "U0DEMO"})
            if method == "chat.postMessage":
                return self._post_message(request)
            if method == "conversations.history":
                return self._history(request)
            if method == "conversations.list":
                channels = [{"id": found, "name": name.removeprefix("#")} for name, found in self._ids.items()]
                return _api({"ok": True, "channels": channels, "response_metadata": {"next_cursor": ""}})
            return _api({"ok": False, "error": "unknown_method"})

    def _post_message(self, request: Request) -> Reply:
        payload = _arguments(request)
        if payload is None:
            return _api({"ok": False, "error": "invalid_json"})
        fault = self._faults.popleft() if self._faults else None
        if fault is not None and fault.kind == "status":
            return Reply(status=fault.status, body=b"upstream failure")
        if fault is not None and fault.kind == "limit":
            return _api({"ok": False, "error": "ratelimited"}, status=429, retry_after=fault.seconds)
        if fault is not None and fault.kind == "error":
            return _api({"ok": False, "error": fault.error})
        name = str(payload.get("channel", ""))
        channel = self._ids.get(name) or next((i for i in self._ids.values() if i == name), None)
        if channel is None:
            return _api({"ok": False, "error": "channel_not_found"})
        refused = refusal(payload)
        if refused is not None:
            error, details = refused
            messages = [f"[ERROR] {detail}" for detail in details]
            response = {"ok": False, "error": error, "errors": details, "response_metadata": {"messages": messages}}
            return _api(response)
        lost = fault is not None and fault.kind == "lose"
        post = self._accept(name, payload, request.body, via="api", lost=lost)
        if lost:
            return Reply(hang_up=True)
        message = {"type": "message", "ts": post.ts, "text": payload.get("text", ""), "bot_id": "B0DEMO"}
        return _api({"ok": True, "channel": channel, "ts": post.ts, "message": message})

    def _webhook(self, request: Request) -> Reply:
        payload = _arguments(request)
        if payload is None or request.method != "POST":
            return Reply(status=400, body=b"invalid_payload")
        fault = self._faults.popleft() if self._faults else None
        if fault is not None and fault.kind == "status":
            return Reply(status=fault.status, body=b"upstream failure")
        if fault is not None and fault.kind == "limit":
            return Reply(status=429, headers={"Retry-After": fault.seconds}, body=b"rate_limited")
        if fault is not None and fault.kind == "error":
            return Reply(status=_WEBHOOK_STATUS.get(fault.error, 400), body=fault.error.encode())
        refused = refusal(payload)
        if refused is not None:
            return Reply(status=400, body=refused[0].encode())
        lost = fault is not None and fault.kind == "lose"
        self._accept("", payload, request.body, via="webhook", lost=lost)
        return Reply(hang_up=True) if lost else Reply(headers={"Content-Type": "text/html"}, body=b"ok")

    def _history(self, request: Request) -> Reply:
        """Answer with the channel's messages, newest first; metadata only where it was asked for.

        https://docs.slack.dev/reference/methods/conversations.history
        """
        arguments = _arguments(request) or {}
        wanted = str(arguments.get("channel", ""))
        if wanted not in self._ids.values():
            return _api({"ok": False, "error": "channel_not_found"})
        with_metadata = str(arguments.get("include_all_metadata", "")).lower() in ("1", "true")
        messages = []
        for post in reversed(self.posts):
            if post.via == "api" and wanted in (post.channel, self._ids.get(post.channel)):
                message = {"type": "message", "ts": post.ts, "text": post.payload.get("text", "")}
                if with_metadata and "metadata" in post.payload:
                    message["metadata"] = post.payload["metadata"]
                messages.append(message)
        asked = str(arguments.get("limit", 100))
        if not asked.isdecimal():
            return _api({"ok": False, "error": "invalid_limit"})
        limit = int(asked)
        return _api({"ok": True, "messages": messages[:limit], "has_more": len(messages) > limit})

    def _accept(self, channel: str, payload: Mapping[str, Any], raw: bytes, *, via: str, lost: bool) -> Post:
        self._counter += 1
        at = self._now()
        post = Post(
            channel=channel,
            ts=f"{int(at.timestamp())}.{self._counter:06d}",
            payload=payload,
            raw=raw,
            at=at,
            via=via,
            reply_lost=lost,
        )
        self.posts.append(post)
        return post


def _arguments(request: Request) -> dict[str, Any] | None:
    """Return a call's arguments from JSON, a form or the query; None for a body that is not what it says."""
    if request.method == "GET" or not request.headers.get("content-type", "").startswith("application/json"):
        pairs = parse_qs(request.query or request.body.decode("utf-8", "replace"))
        form: dict[str, Any] = {name: values[-1] for name, values in pairs.items()}
        try:
            # In a form, structured arguments are JSON texts.
            return {n: json.loads(v) if n in ("blocks", "attachments", "metadata") else v for n, v in form.items()}
        except ValueError:
            return None
    try:
        document = json.loads(request.body)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _api(response: Mapping[str, Any], *, status: int = 200, retry_after: str | None = None) -> Reply:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if retry_after is not None:
        headers["Retry-After"] = retry_after
    return Reply(status=status, headers=headers, body=json.dumps(response).encode())
