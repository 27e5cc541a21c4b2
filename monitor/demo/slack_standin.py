"""Stand in for Slack on loopback: take posts as Slack does, refuse what Slack refuses, fail when told to.

It answers `auth.test`, `chat.postMessage`, `chat.update`, `conversations.history`, `conversations.replies`,
`conversations.list`, `apps.connections.open`, an incoming webhook and the `response_url` of a press. It owns the order
of the planned faults; what stands in the channels is `slack_workspace`, what a message may hold is `slack_limits`.
Behaviour and error words follow https://docs.slack.dev/reference/methods/chat.postMessage and chat.update there,
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
from monitor.demo.slack_limits import refusal, thread_refusal
from monitor.demo.slack_workspace import Post, Workspace, message_of

_WEBHOOK_PATH = "/services/T0DEMO/B0DEMO/standin"
_WEBHOOK_STATUS = {"channel_not_found": 404, "no_service": 404, "action_prohibited": 403, "channel_is_archived": 410}
"""Other errors of a webhook are 400. https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks"""


POST, UPDATE, OPEN_SOCKET = "chat.postMessage", "chat.update", "apps.connections.open"
"""The methods whose next calls may be planned to fail."""
TEAM = "T0DEMO"
_WHISPERS_PATH = f"/actions/{TEAM}/"
_WHISPERS_A_URL = 5
"""https://docs.slack.dev/interactivity/handling-user-interaction#message_responses"""


@dataclass(frozen=True, slots=True)
class _Fault:
    method: str
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
        self.token, self.app_token = token, token.replace("xoxb-", "xapp-")
        self.workspace = Workspace(channels, now)
        self.whispers: list[Mapping[str, Any]] = []
        """What was said to one person alone, as an answer to a press."""
        self.open_socket: Callable[[], str] | None = None
        """Gives the address of a WebSocket, where somebody serves one for Socket Mode."""
        self.requests = 0
        """Requests of any outcome."""
        self._faults: deque[_Fault] = deque()
        self._whispers_left: dict[str, int] = {}
        self._lock = threading.Lock()
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

    @property
    def posts(self) -> list[Post]:
        """Return what was accepted, in order, also by a webhook."""
        return self.workspace.posts

    def channel_id(self, name: str) -> str:
        """Return Slack's id of a channel that exists."""
        return self.workspace.ids[name]

    def add_channels(self, names: Iterable[str]) -> None:
        """Let further channels exist, with the bot in them."""
        with self._lock:
            self.workspace.add_channels(names)

    def response_url(self) -> str:
        """Return an address by which one press may be answered, five times."""
        with self._lock:
            path = f"{_WHISPERS_PATH}{len(self._whispers_left) + 1}"
            self._whispers_left[path] = _WHISPERS_A_URL
        return f"http://{self.host_and_port}{path}"

    # --- faults, used up in the order they were planned ---------------------------------------------------------------

    def refuse_next(self, error: str = "channel_not_found", *, times: int = 1, method: str = POST) -> None:
        """Answer the next posts, or calls of another method, with `ok: false` and this error; nothing is accepted."""
        self._plan(_Fault(method, "error", error=error), times)

    def fail_next(self, status: int = 500, *, times: int = 1, method: str = POST) -> None:
        """Answer the next posts with a bare HTTP status; nothing is accepted."""
        self._plan(_Fault(method, "status", status=status), times)

    def limit_next(self, retry_after: int | str = 30, *, times: int = 1, method: str = POST) -> None:
        """Answer the next posts with 429 and a Retry-After, in seconds or whatever is given."""
        self._plan(_Fault(method, "limit", seconds=str(retry_after)), times)

    def lose_reply(self, *, times: int = 1, method: str = POST) -> None:
        """Accept the next posts and close the connection without a word."""
        self._plan(_Fault(method, "lose"), times)

    def _plan(self, fault: _Fault, times: int) -> None:
        with self._lock:
            self._faults.extend([fault] * times)

    def _next_fault(self, method: str) -> _Fault | None:
        fault = next((fault for fault in self._faults if fault.method == method), None)
        if fault is not None:
            self._faults.remove(fault)
        return fault

    # --- answers ------------------------------------------------------------------------------------------------------

    def _answer(self, request: Request) -> Reply:
        with self._lock:
            self.requests += 1
            if request.path == _WEBHOOK_PATH:
                return self._webhook(request)
            if request.path in self._whispers_left:
                return self._whisper(request)
            method = request.path.removeprefix("/api/")
            token = self.app_token if method == OPEN_SOCKET else self.token
            if request.headers.get("authorization") != f"Bearer {token}":
                known = "authorization" in request.headers
                return _api({"ok": False, "error": "invalid_auth" if known else "not_authed"})
            return self._called(method, request)

    def _called(self, method: str, request: Request) -> Reply:
        arguments = _arguments(request)
        if method in (POST, UPDATE, OPEN_SOCKET):
            if arguments is None and method == OPEN_SOCKET:
                arguments = {}  # it takes none, and slack-sdk sends no body
            if arguments is None:
                return _api({"ok": False, "error": "invalid_json"})
            fault = self._next_fault(method)
            if fault is not None and fault.kind != "lose":
                return _failure(fault)
            taken = {POST: self._post_message, UPDATE: self._update, OPEN_SOCKET: self._open_socket}[method](
                arguments, request.body, lost=fault is not None
            )
            return Reply(hang_up=True) if fault is not None and taken.get("ok") else _api(taken)
        if method == "auth.test":
            who = {"team": "Demo", "team_id": TEAM, "user": "monitor", "bot_id": "B0DEMO", "user_id": "U0DEMO"}
            return _api({"ok": True, **who})
        if method in ("conversations.history", "conversations.replies"):
            return _api(self._read(method, arguments or {}))
        if method == "conversations.list":
            channels = [{"id": found, "name": name.removeprefix("#")} for name, found in self.workspace.ids.items()]
            return _api({"ok": True, "channels": channels, "response_metadata": {"next_cursor": ""}})
        return _api({"ok": False, "error": "unknown_method"})

    def _post_message(self, payload: dict[str, Any], raw: bytes, *, lost: bool) -> dict[str, Any]:
        name = str(payload.get("channel", ""))
        channel_id = self.workspace.id_of(name)
        if channel_id is None:
            return {"ok": False, "error": "channel_not_found"}
        if refused := thread_refusal(payload) or refusal(payload):
            return _refused(*refused)
        root = self.workspace.find(channel_id, str(payload.get("thread_ts", "")))
        if root is not None and root.thread_ts:
            return {"ok": False, "error": "cannot_reply_to_message"}
        post = self.workspace.accept(name, payload, raw, via="api", lost=lost)
        message = {**message_of(post, payload, with_metadata=False), "bot_id": "B0DEMO"}
        return {"ok": True, "channel": channel_id, "ts": post.ts, "message": message}

    def _update(self, payload: dict[str, Any], raw: bytes, *, lost: bool) -> dict[str, Any]:
        """Put a message anew; the channel is known by its id alone."""
        channel_id, ts = str(payload.get("channel", "")), str(payload.get("ts", ""))
        if channel_id not in self.workspace.ids.values():
            return {"ok": False, "error": "channel_not_found"}
        post = self.workspace.find(channel_id, ts)
        if post is None:
            return {"ok": False, "error": "message_not_found"}
        if refused := refusal(payload):
            return _refused(*refused)
        self.workspace.update(post, {n: v for n, v in payload.items() if n not in ("channel", "ts")})
        return {"ok": True, "channel": channel_id, "ts": ts, "text": payload.get("text", "")}

    def _open_socket(self, _payload: dict[str, Any], _raw: bytes, *, lost: bool) -> dict[str, Any]:
        if self.open_socket is None:
            return {"ok": False, "error": "unknown_method"}
        return {"ok": True, "url": self.open_socket()}

    def _read(self, method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Answer with the messages of a channel, newest first, or of a thread; metadata only where it was asked for.

        https://docs.slack.dev/reference/methods/conversations.history and conversations.replies there
        """
        wanted, asked = str(arguments.get("channel", "")), str(arguments.get("limit", 100))
        if wanted not in self.workspace.ids.values():
            return {"ok": False, "error": "channel_not_found"}
        if not asked.isdecimal():
            return {"ok": False, "error": "invalid_limit"}
        if method == "conversations.history":
            posts = self.workspace.history(wanted)
        elif not (posts := self.workspace.replies(wanted, str(arguments.get("ts", "")))):
            return {"ok": False, "error": "thread_not_found"}
        has_metadata = str(arguments.get("include_all_metadata", "")).lower() in ("1", "true")
        messages = [message_of(post, self.workspace.shown(post), with_metadata=has_metadata) for post in posts]
        return {"ok": True, "messages": messages[: int(asked)], "has_more": len(messages) > int(asked)}

    def _whisper(self, request: Request) -> Reply:
        payload = _arguments(request)
        if payload is None or request.method != "POST" or refusal(payload) is not None:
            return Reply(status=400, body=b"invalid_payload")
        if self._whispers_left[request.path] == 0:
            return Reply(status=404, body=b"used_url")
        self._whispers_left[request.path] -= 1
        self.whispers.append(payload)
        return Reply(body=b"ok")

    def _webhook(self, request: Request) -> Reply:
        payload = _arguments(request)
        if payload is None or request.method != "POST":
            return Reply(status=400, body=b"invalid_payload")
        fault = self._next_fault(POST)
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
        self.workspace.accept("", payload, request.body, via="webhook", lost=lost)
        return Reply(hang_up=True) if lost else Reply(headers={"Content-Type": "text/html"}, body=b"ok")


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


def _refused(error: str, details: tuple[str, ...]) -> dict[str, Any]:
    notes = [f"[ERROR] {detail}" for detail in details]
    return {"ok": False, "error": error, "errors": details, "response_metadata": {"messages": notes}}


def _failure(fault: _Fault) -> Reply:
    if fault.kind == "status":
        return Reply(status=fault.status, body=b"upstream failure")
    if fault.kind == "limit":
        return _api({"ok": False, "error": "ratelimited"}, status=429, retry_after=fault.seconds)
    return _api({"ok": False, "error": fault.error})


def _api(response: Mapping[str, Any], *, status: int = 200, retry_after: str | None = None) -> Reply:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if retry_after is not None:
        headers["Retry-After"] = retry_after
    return Reply(status=status, headers=headers, body=json.dumps(response).encode())
