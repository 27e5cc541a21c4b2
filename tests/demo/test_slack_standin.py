"""The stand-in takes what Slack takes from slack-sdk's own client, refuses what Slack refuses, and fails on demand."""

import json
import urllib.request
from collections.abc import Iterator
from http.client import RemoteDisconnected
from typing import Any
from urllib.error import HTTPError

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from monitor.demo import slack_limits
from monitor.demo.slack_limits import refusal, unescaped
from monitor.demo.slack_standin import SlackStandIn


def client_of(slack: SlackStandIn, token: str = "xoxb-demo") -> WebClient:
    return WebClient(token=token, base_url=slack.url, retry_handlers=[], timeout=5)


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def row(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(buttons)}


def button(action_id: str, *, text: str = "Claim", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": text}, **more}


def test_a_post_is_accepted_with_a_ts_and_kept() -> None:
    """The payload is kept as sent; a channel answers to its name and to its id."""
    with SlackStandIn() as slack:
        client = client_of(slack)
        first = client.chat_postMessage(channel="#south-asia", text="truce", blocks=[section("*truce*")])
        second = client.chat_postMessage(channel=slack.channel_id("#south-asia"), text="again")
    assert [post.ts for post in slack.posts] == [first["ts"], second["ts"]]
    assert first["ts"] != second["ts"]
    assert slack.posts[0].payload["blocks"] == [section("*truce*")]
    assert json.loads(slack.posts[0].raw)["text"] == "truce"


@pytest.mark.parametrize(("token", "error"), [("xoxb-other", "invalid_auth"), ("", "not_authed")])
def test_a_wrong_token_is_refused(token: str, error: str) -> None:
    """A wrong token and a missing one have different words."""
    with SlackStandIn() as slack, pytest.raises(SlackApiError) as caught:
        client_of(slack, token).chat_postMessage(channel="#south-asia", text="truce")
    assert caught.value.response["error"] == error
    assert slack.posts == []


def test_an_unknown_channel_is_refused() -> None:
    """As Slack says it: channel_not_found."""
    with SlackStandIn() as slack, pytest.raises(SlackApiError, match="channel_not_found"):
        client_of(slack).chat_postMessage(channel="#nowhere", text="truce")


def test_planned_faults_come_in_order_and_are_used_up() -> None:
    """ok:false, a status, 429 with Retry-After; then all is well. Nothing is accepted meanwhile."""
    with SlackStandIn() as slack:
        client = client_of(slack)
        slack.refuse_next("is_archived")
        slack.fail_next(503)
        slack.limit_next(30)
        with pytest.raises(SlackApiError, match="is_archived"):
            client.chat_postMessage(channel="#south-asia", text="a")
        with pytest.raises(SlackApiError) as failed:
            client.chat_postMessage(channel="#south-asia", text="b")
        assert failed.value.response.status_code == 503
        with pytest.raises(SlackApiError) as limited:
            client.chat_postMessage(channel="#south-asia", text="c")
        assert limited.value.response.status_code == 429
        assert limited.value.response.headers["Retry-After"] == "30"
        assert slack.posts == []
        assert client.chat_postMessage(channel="#south-asia", text="d")["ok"]


def test_a_lost_reply_is_a_post_that_the_history_shows() -> None:
    """The message is there with its metadata, although its sender saw the connection close."""
    metadata = {"event_type": "digest", "event_payload": {"delivery": "7"}}
    with SlackStandIn() as slack:
        client = client_of(slack)
        slack.lose_reply()
        with pytest.raises(RemoteDisconnected):
            client.chat_postMessage(channel="#south-asia", text="truce", metadata=metadata)
        (post,) = slack.posts
        assert post.reply_lost
        channel = slack.channel_id("#south-asia")
        plain = client.conversations_history(channel=channel)
        full = client.conversations_history(channel=channel, include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == metadata


def test_a_webhook_says_ok_or_an_error_with_a_status() -> None:
    """Its answers are plain words with the statuses of Slack's page."""
    with SlackStandIn() as slack:
        hook = WebhookClient(slack.webhook_url, retry_handlers=[])
        accepted = hook.send(text="truce")
        assert (accepted.status_code, accepted.body) == (200, "ok")
        slack.refuse_next("no_service")
        revoked = hook.send(text="truce")
        assert (revoked.status_code, revoked.body) == (404, "no_service")
        bad = urllib.request.Request(slack.webhook_url, data=b"{", headers={"Content-Type": "application/json"})
        with pytest.raises(HTTPError, match="400") as caught:
            urllib.request.urlopen(bad, timeout=5)
        caught.value.close()
    assert [post.via for post in slack.posts] == ["webhook"]


def words(count: int) -> str:
    return "w" * count


AT_THE_LIMIT: dict[str, dict[str, Any]] = {
    "blocks": {"blocks": [section("a")] * slack_limits.BLOCKS},
    "section": {"blocks": [section(words(3000))]},
    "header": {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": words(150)}}]},
    "fields": {"blocks": [{"type": "section", "fields": [{"type": "mrkdwn", "text": words(900)}] * 10}]},
    "field": {"blocks": [{"type": "section", "fields": [{"type": "mrkdwn", "text": words(2000)}]}]},
    "context": {"blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "a"}] * 10}]},
    "block_id": {"blocks": [section("a", block_id=words(255))]},
    "buttons": {"blocks": [row(*[button(str(n)) for n in range(25)])]},
    "button": {"blocks": [row(button(words(255), text=words(75), value=words(2000)))]},
    "total": {"blocks": [section(words(2500))] * 4},
    "text": {"text": words(40_000)},
    "escaped": {"blocks": [section("a &amp; b &lt;c&gt; <https://example.org/?a=1&b=2|d &amp; e> <@U0DEMO>")]},
}

OVER_THE_LIMIT: dict[str, tuple[str, dict[str, Any]]] = {
    "nothing": ("no_text", {"text": ""}),
    "blocks": ("invalid_blocks", {"blocks": [section("a")] * 51}),
    "no blocks": ("invalid_blocks", {"blocks": []}),
    "section": ("invalid_blocks", {"blocks": [section(words(3001))]}),
    "empty section": ("invalid_blocks", {"blocks": [section("")]}),
    "bare section": ("invalid_blocks", {"blocks": [{"type": "section"}]}),
    "header": ("invalid_blocks", {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": words(151)}}]}),
    "mrkdwn header": ("invalid_blocks", {"blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "a"}}]}),
    "fields": ("invalid_blocks", {"blocks": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "a"}] * 11}]}),
    "field": ("invalid_blocks", {"blocks": [{"type": "section", "fields": [{"type": "mrkdwn", "text": words(2001)}]}]}),
    "context": (
        "invalid_blocks",
        {"blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "a"}] * 11}]},
    ),
    "block_id": ("invalid_blocks", {"blocks": [section("a", block_id=words(256))]}),
    "same block_id": ("invalid_blocks", {"blocks": [section("a", block_id="b"), section("c", block_id="b")]}),
    "unknown block": ("invalid_blocks", {"blocks": [{"type": "marquee"}]}),
    "ampersand": ("invalid_blocks", {"blocks": [section("bombs & bullets")]}),
    "angle": ("invalid_blocks", {"blocks": [section("a < b")]}),
    "label": ("invalid_blocks", {"blocks": [section("<https://example.org|a & b>")]}),
    "buttons": ("invalid_blocks", {"blocks": [row(*[button(str(n)) for n in range(26)])]}),
    "button": ("invalid_blocks", {"blocks": [row(button("a", text=words(76)))]}),
    "action_id": ("invalid_blocks", {"blocks": [row(button(words(256)))]}),
    "same action_id": ("invalid_blocks", {"blocks": [row(button("a"), button("a"))]}),
    "value": ("invalid_blocks", {"blocks": [row(button("a", value=words(2001)))]}),
    "not a button": ("invalid_blocks", {"blocks": [row({"type": "lever"})]}),
    "total": ("msg_blocks_too_long", {"blocks": [section(words(2501))] * 4}),
    "text": ("msg_too_long", {"text": words(40_001)}),
    "raw text": ("invalid_arguments", {"text": "a & b"}),
}


@pytest.mark.parametrize("name", AT_THE_LIMIT)
def test_a_message_at_a_limit_is_taken(name: str) -> None:
    """Each documented limit may be reached."""
    assert refusal(AT_THE_LIMIT[name]) is None


@pytest.mark.parametrize("name", OVER_THE_LIMIT)
def test_a_message_over_a_limit_is_refused(name: str) -> None:
    """One more than each limit has Slack's word for it, over the wire too."""
    error, payload = OVER_THE_LIMIT[name]
    refused = refusal(payload)
    assert refused is not None
    assert refused[0] == error
    with SlackStandIn() as slack, pytest.raises(SlackApiError, match=error):
        client_of(slack).api_call("chat.postMessage", json={"channel": "#south-asia", **payload})
    assert slack.posts == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "text", "blocks", "elements", "fields", "x"]), inner, max_size=4)
    ),
    max_leaves=20,
)


# A busy machine makes no fact false: neither the time of one example nor that of drawing one is judged.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["text", "blocks", "channel", "metadata"]), JSON, max_size=4))
def test_any_payload_is_taken_or_refused(payload: dict[str, Any]) -> None:
    """Whatever JSON a sender makes up, there is a verdict with details, never a traceback."""
    refused = refusal(payload)
    assert refused is None or (refused[0] and refused[1])


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'{"channel": 7, "text": "a"}', b'"text"'])
@pytest.mark.parametrize("path", ["chat.postMessage", "conversations.history", "auth.test", "unheard.of"])
def test_any_bytes_are_answered(path: str, body: bytes) -> None:
    """The stand-in itself does not fail: leaving the block would raise."""
    with SlackStandIn() as slack:
        headers = {"Authorization": "Bearer xoxb-demo", "Content-Type": "application/json"}
        request = urllib.request.Request(slack.url + path, data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=5) as response:
            assert "ok" in json.load(response)


def test_unescaped_characters_are_named_with_their_place() -> None:
    """The first one is told, so that a failing rendering can be found."""
    assert unescaped("Q&amp;A & more") == "unescaped '&' at 8"
    assert unescaped("plain") is None


class TestThreads:
    """As https://docs.slack.dev/messaging#threading has them."""

    @pytest.fixture
    def slack(self) -> Iterator[SlackStandIn]:
        with SlackStandIn() as standin:
            yield standin

    def test_an_answer_stands_under_its_message(self, slack: SlackStandIn) -> None:
        """It is in the thread and not in the channel, unless it is to be shown there too."""
        client, channel = client_of(slack), slack.channel_id("#south-asia")
        root = client.chat_postMessage(channel=channel, text="root")["ts"]
        answer = client.chat_postMessage(channel=channel, text="answer", thread_ts=root)
        shown = client.chat_postMessage(channel=channel, text="shown", thread_ts=root, reply_broadcast=True)
        assert answer["message"]["thread_ts"] == root
        replies = client.conversations_replies(channel=channel, ts=root)["messages"]
        assert [message["text"] for message in replies] == ["root", "answer", "shown"]
        history = client.conversations_history(channel=channel)["messages"]
        assert [message["ts"] for message in history] == [shown["ts"], root]

    def test_an_answer_to_what_is_gone_stands_in_the_channel(self, slack: SlackStandIn) -> None:
        """Without a word: only the missing thread_ts of the reply shows it."""
        client, channel = client_of(slack), slack.channel_id("#south-asia")
        root = client.chat_postMessage(channel=channel, text="root")["ts"]
        slack.workspace.delete(root)
        astray = client.chat_postMessage(channel=channel, text="answer", thread_ts=root)
        assert "thread_ts" not in astray["message"]
        assert client.conversations_history(channel=channel)["messages"][0]["text"] == "answer"
        with pytest.raises(SlackApiError, match="thread_not_found"):
            client.conversations_replies(channel=channel, ts=root)

    @pytest.mark.parametrize("wrong", [{"thread_ts": 7}, {"thread_ts": "soon"}, {"reply_broadcast": True}])
    def test_a_thread_must_be_named_well(self, slack: SlackStandIn, wrong: dict[str, Any]) -> None:
        """By the time of a message, as text; shown in the channel is only what is in a thread."""
        with pytest.raises(SlackApiError, match="invalid_arguments"):
            client_of(slack).api_call("chat.postMessage", json={"channel": "#south-asia", "text": "a", **wrong})

    def test_answers_have_no_answers(self, slack: SlackStandIn) -> None:
        """A thread has one root."""
        client = client_of(slack)
        root = client.chat_postMessage(channel="#south-asia", text="root")["ts"]
        answer = client.chat_postMessage(channel="#south-asia", text="answer", thread_ts=root)["ts"]
        with pytest.raises(SlackApiError, match="cannot_reply_to_message"):
            client.chat_postMessage(channel="#south-asia", text="again", thread_ts=answer)

    def test_an_update_puts_a_message_anew(self, slack: SlackStandIn) -> None:
        """What is not given stays; the message is where it was, and history shows it as it reads now."""
        client, channel = client_of(slack), slack.channel_id("#south-asia")
        posted = {"event_type": "e", "event_payload": {"message_id": "<1>"}}
        root = client.api_call("chat.postMessage", json={"channel": channel, "text": "12", "metadata": posted})["ts"]
        client.chat_update(channel=channel, ts=root, text="15")
        (message,) = client.conversations_history(channel=channel, include_all_metadata=True)["messages"]
        assert (message["ts"], message["text"], message["metadata"]) == (root, "15", posted)
        assert [update.payload["text"] for update in slack.workspace.updates] == ["15"]
        assert "(edited)" in next(slack.workspace.transcript("#south-asia"))

    def test_an_update_is_refused_in_slacks_words(self, slack: SlackStandIn) -> None:
        """A channel's name, a message that is not there, blocks over a limit; planned faults do not touch posts."""
        client, channel = client_of(slack), slack.channel_id("#south-asia")
        root = client.chat_postMessage(channel=channel, text="12")["ts"]
        for error, arguments in (
            ("channel_not_found", {"channel": "#south-asia", "ts": root, "text": "a"}),
            ("message_not_found", {"channel": channel, "ts": "1.000001", "text": "a"}),
            ("no_text", {"channel": channel, "ts": root}),
        ):
            with pytest.raises(SlackApiError, match=error):
                client.api_call("chat.update", json=arguments)
        slack.refuse_next("edit_window_closed", method="chat.update")
        client.chat_postMessage(channel=channel, text="another")
        with pytest.raises(SlackApiError, match="edit_window_closed"):
            client.chat_update(channel=channel, ts=root, text="15")

    def test_a_press_is_answered_five_times_at_most(self, slack: SlackStandIn) -> None:
        """By the address that came with it."""
        client = WebhookClient(slack.response_url(), retry_handlers=[])
        told = [client.send(text="noted", response_type="ephemeral").status_code for _ in range(6)]
        assert told == [200] * 5 + [404]
        assert len(slack.whispers) == 5
