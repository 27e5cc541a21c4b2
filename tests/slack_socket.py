"""Socket Mode on loopback, beside the Slack stand-in: a real WebSocket that sends envelopes and demands their acks.

Shapes: https://docs.slack.dev/apis/events-api/using-socket-mode and
https://docs.slack.dev/reference/interaction-payloads/block_actions-payload.
"""

from __future__ import annotations

import itertools
import json
import logging
import socket
import threading
import time
from types import TracebackType
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from monitor.demo.slack_standin import TEAM, SlackStandIn

ACK_WITHIN_SECONDS = 3.0
GIVE_UP_SECONDS = 10.0

_QUIET = logging.getLogger("tests.slack_socket")
_QUIET.setLevel(logging.CRITICAL)


class SlackSocket:
    """Serves WebSockets for a stand-in while the context is open."""

    def __init__(self, slack: SlackStandIn) -> None:
        self._slack = slack
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._open: list[ServerConnection] = []
        self._changed = threading.Condition()
        self._numbers = itertools.count(1)
        self.acknowledged: dict[str, float] = {}
        """Seconds from sending to acknowledgement, by envelope."""
        self.connections = 0
        """Opened in all."""

    def __enter__(self) -> Self:
        self._server = serve(self._serve, "127.0.0.1", 0, logger=_QUIET, close_timeout=1, compression=None)
        self._thread = threading.Thread(target=self._server.serve_forever, name="slack-socket")
        self._thread.start()
        port = self._server.socket.getsockname()[1]
        self._slack.open_socket = lambda: f"ws://127.0.0.1:{port}/link/?ticket=t{next(self._numbers)}&app_id=A0DEMO"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._slack.open_socket = None
        assert self._server is not None
        assert self._thread is not None
        self._server.shutdown()
        for connection in list(self._open):
            connection.close()
        self._thread.join()

    def comes_up(self, connections: int = 1) -> None:
        """Wait until so many connections were opened in all, and one is open."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._open and self.connections >= connections, GIVE_UP_SECONDS)

    def press(
        self, action: str, place: str, ts: str, *, channel: str = "#south-asia", who: str = "U0DESK", **more: Any
    ) -> dict[str, Any]:
        """Return the envelope of somebody pressing a button; `more` replaces parts of its payload."""
        number = next(self._numbers)
        payload = {
            "type": "block_actions",
            "team": {"id": TEAM, "domain": "demo"},
            "user": {"id": who, "username": "desk", "team_id": TEAM},
            "api_app_id": "A0DEMO",
            "container": {"type": "message", "message_ts": ts, "channel_id": self._slack.channel_id(channel)},
            "response_url": self._slack.response_url(),
            "actions": [
                {"type": "button", "action_id": action, "block_id": place, "action_ts": f"1763640000.{number:06d}"}
            ],
            **more,
        }
        return {
            "envelope_id": f"envelope-{number}",
            "type": "interactive",
            "accepts_response_payload": True,
            "payload": payload,
        }

    def send(self, envelope: dict[str, Any] | str) -> None:
        """Send an envelope by the newest connection; one that asks for it must be acknowledged in time."""
        if isinstance(envelope, str):
            self._newest().send(envelope)
            return
        envelope_id = str(envelope.get("envelope_id"))
        self.acknowledged.pop(envelope_id, None)
        began = time.monotonic()
        self._newest().send(json.dumps(envelope))
        with self._changed:
            assert self._changed.wait_for(lambda: envelope_id in self.acknowledged, ACK_WITHIN_SECONDS), "no ack"
            self.acknowledged[envelope_id] -= began

    def refresh(self) -> None:
        """Announce that the newest connection will be closed, as Slack does some times a day."""
        self._newest().send(json.dumps({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}}))

    def drop(self) -> None:
        """Close all connections."""
        for connection in list(self._open):
            connection.close()

    def cut(self) -> None:
        """End all connections without a word."""
        for connection in list(self._open):
            connection.socket.shutdown(socket.SHUT_RDWR)

    def _newest(self) -> ServerConnection:
        self.comes_up()
        return self._open[-1]

    def _serve(self, connection: ServerConnection) -> None:
        connection.send(json.dumps({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0DEMO"}}))
        with self._changed:
            self._open.append(connection)
            self.connections += 1
            self._changed.notify_all()
        try:
            for message in connection:
                acknowledged = json.loads(message)
                with self._changed:
                    self.acknowledged[acknowledged["envelope_id"]] = time.monotonic()
                    self._changed.notify_all()
        except ConnectionClosed:
            pass
        finally:
            with self._changed:
                self._open.remove(connection)
