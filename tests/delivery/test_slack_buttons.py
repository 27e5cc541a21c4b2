"""Buttons by Socket Mode: each press handed on and acknowledged in time, whatever comes over the wire."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.delivery.slack_buttons import FAULTY, FOREIGN, SlackButtons, read_envelope
from monitor.demo.slack_standin import OPEN_SOCKET, TEAM, SlackStandIn
from monitor.model import Press
from tests.slack_socket import ACK_WITHIN_SECONDS, GIVE_UP_SECONDS, SlackSocket

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PLACE = "story/42/south-asia"
TS = "1763640000.000001"


@dataclass
class Taker:
    """Takes presses; what it says to them is set by the test, a future that never ends included."""

    presses: list[Press] = field(default_factory=list)
    says: str | Exception | None = "noted"
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, press: Press) -> Future[str]:
        future: Future[str] = Future()
        with self.lock:
            self.presses.append(press)
        if isinstance(self.says, Exception):
            future.set_exception(self.says)
        elif self.says is not None:
            future.set_result(self.says)
        return future


@dataclass
class Wire:
    slack: SlackStandIn
    socket: SlackSocket
    taker: Taker
    buttons: SlackButtons

    def whispers(self, count: int = 1) -> list[str]:
        """Wait for what the presser alone was told."""
        comes_true(lambda: len(self.slack.whispers) >= count)
        return [str(said["text"]) for said in self.slack.whispers]


def comes_true(claim: Callable[[], Any]) -> None:
    end = time.monotonic() + GIVE_UP_SECONDS
    while not claim():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.01)


@pytest.fixture
def wire() -> Iterator[Wire]:
    with SlackStandIn() as slack, SlackSocket(slack) as socket:
        taker = Taker()
        buttons = SlackButtons(
            app_token=slack.app_token, token=slack.token, take=taker.take, now=lambda: NOON, base_url=slack.url
        )
        buttons.start()
        try:
            socket.comes_up()
            yield Wire(slack, socket, taker, buttons)
        finally:
            buttons.close()


def test_a_press_is_handed_on_and_acknowledged(wire: Wire) -> None:
    """With who pressed what under which story, in the words of the message's own receipt."""
    envelope = wire.socket.press("claim", PLACE, TS)
    wire.socket.send(envelope)
    (press,) = wire.taker.presses
    channel = wire.slack.channel_id("#south-asia")
    assert (press.action, press.place, press.who) == ("claim", PLACE, "U0DESK")
    assert (press.receipt, press.at) == (f"ts {TS} in {channel}", NOON)
    assert wire.whispers() == ["noted"]
    assert wire.slack.whispers[0]["response_type"] == "ephemeral"


def test_an_envelope_that_comes_again_is_the_same_press(wire: Wire) -> None:
    """Also under another envelope; another moment, button or person is another press."""
    first = wire.socket.press("claim", PLACE, TS)
    again = {**first, "envelope_id": "another", "retry_attempt": 1}
    others = [
        wire.socket.press("claim", PLACE, TS),
        wire.socket.press("relevant", PLACE, TS),
        wire.socket.press("claim", PLACE, TS, who="U0OTHER"),
    ]
    for envelope in (first, first, again, *others):
        wire.socket.send(envelope)
    ids = [press.id for press in wire.taker.presses]
    assert len(set(ids[:3])) == 1
    assert len(set(ids)) == 4


def test_a_press_that_is_recorded_late_is_acknowledged_in_time(wire: Wire) -> None:
    """The writer may be busy; the presser sees no failure, and is told nothing that is not known."""
    wire.taker.says = None
    envelope = wire.socket.press("claim", PLACE, TS)
    wire.socket.send(envelope)
    assert wire.socket.acknowledged[envelope["envelope_id"]] < ACK_WITHIN_SECONDS
    wire.taker.says = "noted"
    wire.socket.send(wire.socket.press("claim", PLACE, TS))
    assert wire.whispers() == ["noted"]


def test_a_press_that_fails_is_said_to_have_failed(wire: Wire) -> None:
    """Nobody believes that something was recorded which was not; the next press is no worse off."""
    wire.taker.says = OSError("disk full")
    wire.socket.send(wire.socket.press("claim", PLACE, TS))
    assert wire.whispers() == [FAULTY]
    wire.taker.says = ""
    wire.socket.send(wire.socket.press("claim", PLACE, TS))
    assert len(wire.taker.presses) == 2


@pytest.mark.parametrize(
    "more", [{"team": {"id": "T0OTHER"}}, {"team": None}, {"user": {"id": "U0X", "team_id": "T0OTHER"}}]
)
def test_another_workspace_is_told_so(wire: Wire, more: dict[str, Any]) -> None:
    """A channel may be shared with another company: its people neither mute nor claim here."""
    wire.socket.send(wire.socket.press("claim", PLACE, TS, **more))
    assert wire.whispers() == [FOREIGN]
    assert wire.taker.presses == []


@pytest.mark.parametrize(
    "more",
    [
        {"type": "view_submission"},
        {"actions": None},
        {"actions": "claim"},
        {"container": {"message_ts": 7, "channel_id": "C1"}},
        {"container": None},
        {"user": "U0DESK"},
    ],
)
def test_what_is_no_press_is_acknowledged_and_left(wire: Wire, more: dict[str, Any]) -> None:
    """It ends nothing: the press after it is taken."""
    wire.socket.send(wire.socket.press("claim", PLACE, TS, **more))
    wire.socket.send({"envelope_id": "e", "type": "events_api", "payload": {"type": "event_callback"}})
    for raw in (
        "",
        "{",
        "[]",
        "null",
        '{"type": "interactive"}',
        '{"envelope_id": 7, "payload": []}',
        "[" * 9999,
        "\ud7ff",
    ):
        wire.socket.send(raw)
    wire.socket.send(wire.socket.press("claim", PLACE, TS))
    assert [press.action for press in wire.taker.presses] == ["claim"]


def test_an_answer_goes_to_slack_alone(wire: Wire) -> None:
    """An address that is not Slack's is not called, whoever put it there."""
    with SlackStandIn() as elsewhere:
        wire.socket.send(wire.socket.press("claim", PLACE, TS, response_url=elsewhere.response_url()))
        wire.socket.send(wire.socket.press("claim", PLACE, TS, response_url="file:///etc/passwd"))
        wire.socket.send(wire.socket.press("claim", PLACE, TS))
        assert wire.whispers() == ["noted"]
        assert elsewhere.requests == 0


class TestConnection:
    def test_is_opened_anew_when_slack_refreshes_it(self, wire: Wire) -> None:
        """The next one stands before the old one goes, and hears the next press."""
        wire.socket.refresh()
        wire.socket.comes_up(2)
        wire.socket.send(wire.socket.press("claim", PLACE, TS))
        assert len(wire.taker.presses) == 1
        assert wire.buttons.down_since is None

    def test_is_opened_anew_when_it_breaks(self, wire: Wire) -> None:
        """Within seconds, as long as Slack is there."""
        wire.socket.drop()
        wire.socket.comes_up(2)
        comes_true(lambda: wire.buttons.down_since is None)
        wire.socket.send(wire.socket.press("claim", PLACE, TS))
        assert len(wire.taker.presses) == 1

    def test_is_opened_anew_when_it_is_cut(self, wire: Wire) -> None:
        """Without a word of goodbye too: an ended connection is not read on until a ping fails."""
        wire.socket.cut()
        wire.socket.comes_up(2)
        wire.socket.send(wire.socket.press("claim", PLACE, TS))
        assert len(wire.taker.presses) == 1

    def test_says_since_when_it_is_down_and_why(self, wire: Wire) -> None:
        """A revoked token is Slack's own word; the time is that of the break, and not of the last attempt."""
        wire.slack.refuse_next("token_revoked", method=OPEN_SOCKET)
        wire.slack.refuse_next("internal_error", times=9, method=OPEN_SOCKET)
        wire.socket.drop()
        comes_true(lambda: "token_revoked" in wire.buttons.why_down)
        since = wire.buttons.down_since
        assert since is not None
        comes_true(lambda: "internal_error" in wire.buttons.why_down)
        assert wire.buttons.down_since == since


def test_a_wrong_token_is_down_and_no_crash() -> None:
    """Starting returns at once, and closing ends it; neither token is in what is said."""
    with SlackStandIn() as slack:
        for app_token, token in (("xapp-secret", slack.token), (slack.app_token, "xoxb-secret")):
            buttons = SlackButtons(
                app_token=app_token, token=token, take=Taker().take, now=lambda: NOON, base_url=slack.url
            )
            buttons.start()
            comes_true(lambda made=buttons: "invalid_auth" in made.why_down)
            assert "secret" not in f"{buttons.why_down}{buttons!r}"
            buttons.close()
            assert buttons.down_since is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)
NAMES = st.sampled_from(["type", "user", "team", "container", "actions", "response_url"])


@given(st.dictionaries(NAMES, JSON | st.just("block_actions") | st.just({"id": TEAM, "team_id": 7})))
def test_any_payload_is_read_or_refused(payload: dict[str, Any]) -> None:
    """Whatever is sent, nothing is raised."""
    read_envelope("e", payload, team=TEAM, now=NOON)
