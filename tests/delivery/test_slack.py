"""Slack by token and by webhook: what each answer means, and one copy where a reply was lost."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.delivery.slack import SlackChannel
from monitor.delivery.slack_errors import Meaning, meaning
from monitor.demo.slack_standin import UPDATE, SlackStandIn
from monitor.model import (
    Accepted,
    Ambiguous,
    ChannelKind,
    Delivery,
    Hold,
    RefusedForGood,
    RefusedForNow,
    SendOutcome,
)
from tests.delivery.raw_http import RawHttp, answer

CREATED = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SHORT = timedelta(seconds=1)


def delivery(number: int = 1, channel: str = "#south-asia") -> Delivery:
    message_id = f"<{number}.south-asia@monitor.example>"
    body = {
        "channel": channel,
        "text": "1 story: truce",
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "جنگ بندی &amp; truce"}}],
        "metadata": {"event_type": "news_monitor_message", "event_payload": {"message_id": message_id}},
        "unfurl_links": False,
    }
    return Delivery(
        id=number,
        digest_id=1,
        channel=ChannelKind.SLACK,
        recipient=channel,
        message_id=message_id,
        payload=json.dumps(body, ensure_ascii=False).encode(),
        created_at=CREATED,
    )


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn(now=lambda: CREATED + timedelta(minutes=5)) as standin:
        yield standin


@pytest.fixture
def by_token(slack: SlackStandIn) -> SlackChannel:
    return SlackChannel(token=slack.token, base_url=slack.url, timeout=SHORT)


@pytest.fixture
def by_webhook(slack: SlackStandIn) -> SlackChannel:
    return SlackChannel(webhook_url=slack.webhook_url, timeout=SHORT)


@pytest.fixture(params=["by_token", "by_webhook"])
def either(request: pytest.FixtureRequest) -> SlackChannel:
    channel: SlackChannel = request.getfixturevalue(request.param)
    return channel


class TestAcceptance:
    def test_by_token_carries_the_payload(self, slack: SlackStandIn, by_token: SlackChannel) -> None:
        """The post is the payload, in the channel it names; the receipt has Slack's name of it."""
        outcome = by_token.send(delivery())
        (post,) = slack.posts
        assert post.payload == json.loads(delivery().payload)
        assert outcome == Accepted(f"ts {post.ts} in {slack.channel_id('#south-asia')}")

    def test_by_webhook_carries_the_payload(self, slack: SlackStandIn, by_webhook: SlackChannel) -> None:
        """All of it but the channel, which the webhook knows, and the metadata, which nobody could look up."""
        assert by_webhook.send(delivery()) == Accepted("ok by webhook")
        (post,) = slack.posts
        body = json.loads(delivery().payload)
        del body["channel"], body["metadata"]
        assert post.payload == body

    def test_is_tried_once(self, slack: SlackStandIn, either: SlackChannel) -> None:
        """No failure makes slack-sdk ask again by itself."""
        for plan in (slack.fail_next, slack.limit_next, slack.lose_reply, slack.refuse_next):
            before = slack.requests
            plan()
            either.send(delivery())
            assert slack.requests == before + 1


@pytest.mark.parametrize(
    ("error", "expected", "holds"),
    [
        ("channel_not_found", RefusedForGood, None),
        ("is_archived", RefusedForGood, None),
        ("not_in_channel", RefusedForGood, None),
        ("msg_too_long", RefusedForGood, None),
        ("a_word_of_next_year", RefusedForGood, None),
        ("ratelimited", RefusedForNow, Hold.DELIVERY),
        ("service_unavailable", RefusedForNow, Hold.DELIVERY),
        ("token_revoked", RefusedForNow, Hold.CHANNEL),
        ("missing_scope", RefusedForNow, Hold.CHANNEL),
        ("fatal_error", Ambiguous, None),
        ("internal_error", Ambiguous, None),
    ],
)
def test_an_error_word_is_sorted(
    slack: SlackStandIn, by_token: SlackChannel, error: str, expected: type[SendOutcome], holds: Hold | None
) -> None:
    """`ok: false` is known not to be accepted, save where Slack itself is not sure; the word is kept."""
    slack.refuse_next(error)
    outcome = by_token.send(delivery())
    assert isinstance(outcome, expected)
    assert not isinstance(outcome, Accepted)
    assert error in outcome.detail
    if isinstance(outcome, RefusedForNow):
        assert outcome.holds is holds


def test_no_word_has_two_meanings() -> None:
    """Each word of the table stands in one list."""
    from monitor.delivery import slack_errors as table

    lists = [table._FOR_NOW, table._IN_DOUBT, table._ALL_HELD]
    assert sum(map(len, lists)) == len(set().union(*lists))
    assert meaning("") is Meaning.FOR_GOOD


@pytest.mark.parametrize(
    ("error", "holds"),
    [("no_service", Hold.CHANNEL), ("invalid_token", Hold.CHANNEL), ("action_prohibited", Hold.CHANNEL)],
)
def test_a_webhook_that_was_revoked_holds_everything(
    slack: SlackStandIn, by_webhook: SlackChannel, error: str, holds: Hold
) -> None:
    """Nothing goes that way until the operator gives another address."""
    slack.refuse_next(error)
    outcome = by_webhook.send(delivery())
    assert isinstance(outcome, RefusedForNow)
    assert outcome.holds is holds


@pytest.mark.parametrize("error", ["channel_not_found", "invalid_payload", "channel_is_archived"])
def test_other_refusals_of_a_webhook_are_for_good(slack: SlackStandIn, by_webhook: SlackChannel, error: str) -> None:
    """Its words are Slack's words."""
    slack.refuse_next(error)
    assert isinstance(by_webhook.send(delivery()), RefusedForGood)


def test_a_wrong_token_holds_everything(slack: SlackStandIn) -> None:
    """Not this message's fault."""
    outcome = SlackChannel(token="xoxb-wrong", base_url=slack.url).send(delivery())
    assert isinstance(outcome, RefusedForNow)
    assert outcome.holds is Hold.CHANNEL
    assert "invalid_auth" in outcome.detail


def test_slacks_own_words_on_a_bad_block_are_kept(slack: SlackStandIn, by_token: SlackChannel) -> None:
    """What is wrong with a message stands in the notes beside the error; the operator reads it."""
    body = json.loads(delivery().payload)
    body["blocks"] = [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    outcome = by_token.send(replace(delivery(), payload=json.dumps(body).encode()))
    assert isinstance(outcome, RefusedForGood)
    assert "invalid_blocks: " in outcome.detail
    assert slack.posts == []


class TestLimits:
    def test_hold_the_channel_for_the_time_it_says(self, slack: SlackStandIn, either: SlackChannel) -> None:
        """429 with Retry-After: this Slack channel waits that long, so that order is kept."""
        slack.limit_next(30)
        outcome = either.send(delivery())
        assert isinstance(outcome, RefusedForNow)
        assert (outcome.retry_after, outcome.holds) == (timedelta(seconds=30), Hold.RECIPIENT)

    @pytest.mark.parametrize("nonsense", ["soon", "-5", "", "1e9", "99999999999999999999"])
    def test_without_a_number_of_seconds_are_no_advice(
        self, slack: SlackStandIn, either: SlackChannel, nonsense: str
    ) -> None:
        """Whatever stands in the header, it is a refusal for now."""
        slack.limit_next(nonsense)
        outcome = either.send(delivery())
        assert isinstance(outcome, RefusedForNow)
        assert outcome.retry_after is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [(500, RefusedForNow), (503, RefusedForNow), (502, Ambiguous), (504, Ambiguous), (404, RefusedForGood)],
)
def test_a_bare_status_is_sorted(
    slack: SlackStandIn, either: SlackChannel, status: int, expected: type[SendOutcome]
) -> None:
    """A gateway does not know whether Slack posted; who was asked and failed, did not."""
    slack.fail_next(status)
    outcome = either.send(delivery())
    assert isinstance(outcome, expected)
    assert not isinstance(outcome, Accepted)
    assert str(status) in outcome.detail


class TestLostReplies:
    def test_are_ambiguous(self, slack: SlackStandIn, either: SlackChannel) -> None:
        """The post is there, and nobody was told."""
        slack.lose_reply()
        assert isinstance(either.send(delivery()), Ambiguous)
        assert len(slack.posts) == 1

    @pytest.mark.parametrize(
        "reply",
        [
            b"",
            b"HTTP/1.1 200 OK\r\nContent-",
            answer("200 OK", b'{"ok": tr', length=900),
            answer("200 OK", b'{"ok": tr'),
            answer("200 OK", b"<html>log in to this hotel's network</html>"),
            b"SSH-2.0-OpenSSH_9.2\r\n",
        ],
    )
    @pytest.mark.parametrize("by", ["token", "webhook"])
    def test_may_be_cut_or_anybodys(self, reply: bytes, by: str) -> None:
        """A reply that is cut, or is none of Slack's, says nothing of the post."""
        with RawHttp(reply) as server:
            channel = (
                SlackChannel(token="xoxb-1", base_url=server.address, timeout=SHORT)
                if by == "token"
                else SlackChannel(webhook_url=server.address + "hook", timeout=SHORT)
            )
            outcome = channel.send(delivery())
        assert isinstance(outcome, Ambiguous)
        assert len(server.requests) == 1

    def test_may_never_come(self) -> None:
        """A server that takes the post and stays silent is left after the timeout."""
        with socket.create_server(("127.0.0.1", 0)) as silent:
            address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
            outcome = SlackChannel(token="xoxb-1", base_url=address, timeout=SHORT).send(delivery())
        assert isinstance(outcome, Ambiguous)

    @pytest.mark.parametrize("name", ["#south-asia", "an id"])
    def test_are_looked_up_by_token(self, slack: SlackStandIn, by_token: SlackChannel, name: str) -> None:
        """The second attempt finds the first post in the channel's history, and posts nothing."""
        message = delivery(channel=slack.channel_id("#south-asia") if name == "an id" else name)
        slack.lose_reply()
        assert isinstance(by_token.send(message), Ambiguous)
        outcome = by_token.send(replace(message, ambiguous=1))
        assert len(slack.posts) == 1
        assert isinstance(outcome, Accepted)
        assert slack.posts[0].ts in outcome.receipt

    def test_of_posts_that_never_arrived_are_sent(self, slack: SlackStandIn, by_token: SlackChannel) -> None:
        """Another message's post is not taken for it, and a further doubt is the first one."""
        by_token.send(delivery(2))
        assert isinstance(by_token.send(replace(delivery(), ambiguous=1)), Accepted)
        assert len(slack.posts) == 2
        slack.lose_reply()
        assert by_token.send(replace(delivery(3), ambiguous=1)) == Ambiguous(
            "no reply to the post: Remote end closed connection without response", is_first=True
        )

    def test_wait_while_slack_cannot_look(self, by_token: SlackChannel) -> None:
        """No second copy is risked while the history cannot be read for now."""
        with RawHttp(answer("200 OK", b'{"ok": false, "error": "service_unavailable"}')) as server:
            channel = SlackChannel(token="xoxb-1", base_url=server.address)
            outcome = channel.send(replace(delivery(channel="C0123456789"), ambiguous=1))
        assert isinstance(outcome, RefusedForNow)
        assert "could not look" in outcome.detail
        assert len(server.requests) == 1

    def test_are_sent_once_more_where_looking_is_not_allowed(self) -> None:
        """A token without channels:history: one extra copy is what is promised."""
        with RawHttp(answer("200 OK", b'{"ok": false, "error": "missing_scope"}')) as server:
            channel = SlackChannel(token="xoxb-1", base_url=server.address)
            channel.send(replace(delivery(channel="C0123456789"), ambiguous=1))
        paths = [request.split(b" ")[1] for request in server.requests]
        assert paths == [b"/conversations.history", b"/chat.postMessage"]

    def test_by_webhook_are_sent_once_more(self, slack: SlackStandIn, by_webhook: SlackChannel) -> None:
        """A webhook cannot look; the policy allows one extra copy."""
        slack.lose_reply()
        by_webhook.send(delivery())
        assert isinstance(by_webhook.send(replace(delivery(), ambiguous=1)), Accepted)
        assert len(slack.posts) == 2


class TestThreads:
    ROOT, ANSWER = 1, 2

    @pytest.fixture
    def root(self, slack: SlackStandIn, by_token: SlackChannel) -> Delivery:
        """Let a message be posted that is the root of a thread."""
        sent = by_token.send(delivery(self.ROOT))
        assert isinstance(sent, Accepted)
        return replace(delivery(self.ROOT), receipt=sent.receipt)

    def answer(self, root: Delivery, *, number: int = ANSWER, is_shown: bool = False, **changes: Any) -> Delivery:
        plain = delivery(number)
        body = {**json.loads(plain.payload), "text": "answer", **({"reply_broadcast": True} if is_shown else {})}
        return replace(plain, payload=json.dumps(body).encode(), root_id=root.id, root_receipt=root.receipt, **changes)

    @pytest.mark.parametrize("is_shown", [False, True])
    def test_an_answer_stands_in_the_thread(
        self, slack: SlackStandIn, by_token: SlackChannel, root: Delivery, is_shown: bool
    ) -> None:
        """Where the receipt of the root says it is; shown in the channel where it is to be."""
        outcome = by_token.send(self.answer(root, is_shown=is_shown))
        first, second = slack.posts
        assert isinstance(outcome, Accepted)
        assert (outcome.receipt, outcome.detail) == (f"ts {second.ts} in {slack.channel_id('#south-asia')}", "")
        assert second.thread_ts == first.ts
        assert bool(second.payload.get("reply_broadcast")) is is_shown

    def test_without_a_root_an_answer_is_a_message_of_its_own(
        self, slack: SlackStandIn, by_token: SlackChannel, root: Delivery
    ) -> None:
        """Nobody is left untold because a root died; only the delivery says so."""
        for receipt in ("", "ok by webhook"):
            outcome = by_token.send(self.answer(replace(root, receipt=receipt), is_shown=True))
            assert isinstance(outcome, Accepted)
            assert "top level" in outcome.detail
        assert [post.thread_ts for post in slack.posts] == ["", "", ""]
        assert "reply_broadcast" not in slack.posts[-1].payload

    def test_a_root_that_was_deleted_is_noticed(
        self, slack: SlackStandIn, by_token: SlackChannel, root: Delivery
    ) -> None:
        """Slack puts the answer into the channel and says nothing; its reply shows it."""
        slack.workspace.delete(slack.posts[0].ts)
        outcome = by_token.send(self.answer(root))
        assert isinstance(outcome, Accepted)
        assert "top level" in outcome.detail

    @pytest.mark.parametrize("word", ["thread_not_found", "cannot_reply_to_message"])
    def test_a_thread_that_is_refused_is_left(
        self, slack: SlackStandIn, by_token: SlackChannel, root: Delivery, word: str
    ) -> None:
        """The same message goes to the channel itself, at once and once."""
        slack.refuse_next(word)
        outcome = by_token.send(self.answer(root, is_shown=True))
        assert isinstance(outcome, Accepted)
        assert "top level" in outcome.detail
        assert [post.thread_ts for post in slack.posts] == ["", ""]

    def test_a_lost_answer_is_looked_for_in_its_thread(
        self, slack: SlackStandIn, by_token: SlackChannel, root: Delivery
    ) -> None:
        """The channel's history does not hold it."""
        slack.lose_reply()
        answer = self.answer(root)
        assert isinstance(by_token.send(answer), Ambiguous)
        outcome = by_token.send(replace(answer, ambiguous=1))
        assert isinstance(outcome, Accepted)
        assert len(slack.posts) == 2
        assert slack.posts[1].ts in outcome.receipt

    def test_a_lost_answer_may_have_gone_astray(
        self, slack: SlackStandIn, by_token: SlackChannel, root: Delivery
    ) -> None:
        """The root was deleted meanwhile: the answer is found in the channel."""
        slack.workspace.delete(slack.posts[0].ts)
        slack.lose_reply()
        answer = self.answer(root)
        by_token.send(answer)
        assert isinstance(by_token.send(replace(answer, ambiguous=1)), Accepted)
        assert len(slack.posts) == 2

    def test_a_lost_answer_that_never_came_is_sent(
        self, slack: SlackStandIn, by_token: SlackChannel, root: Delivery
    ) -> None:
        """And a further doubt is the first one."""
        slack.lose_reply()
        assert by_token.send(self.answer(root, ambiguous=1)) == Ambiguous(
            "no reply to the post: Remote end closed connection without response", is_first=True
        )

    def test_a_webhook_posts_answers_to_its_channel(self, slack: SlackStandIn, by_webhook: SlackChannel) -> None:
        """It knows no threads; a desk that changed its way is told all the same."""
        answer = self.answer(replace(delivery(1), receipt="ts 1.000001 in C0000000001"), is_shown=True)
        assert isinstance(by_webhook.send(answer), Accepted)
        assert "reply_broadcast" not in slack.posts[0].payload


class TestEdits:
    @pytest.fixture
    def edit(self, slack: SlackStandIn, by_token: SlackChannel) -> Delivery:
        """Let a message be posted, and an edit of it wait."""
        sent = by_token.send(delivery())
        assert isinstance(sent, Accepted)
        payload = json.dumps({"text": "toll 15"}).encode()
        return replace(delivery(2), digest_id=None, payload=payload, is_edit=True, root_id=1, root_receipt=sent.receipt)

    def test_put_the_message_anew(self, slack: SlackStandIn, by_token: SlackChannel, edit: Delivery) -> None:
        """By its time and its channel's id, which the root's receipt has; twice is once."""
        outcomes = [by_token.send(edit), by_token.send(edit)]
        assert outcomes == [Accepted(edit.root_receipt)] * 2
        assert slack.workspace.shown(slack.posts[0])["text"] == "toll 15"
        assert {update.payload["parse"] for update in slack.workspace.updates} == {"none"}
        assert len(slack.posts) == 1

    @pytest.mark.parametrize("word", ["message_not_found", "cant_update_message", "edit_window_closed", "is_archived"])
    def test_that_slack_does_not_allow_are_over(
        self, slack: SlackStandIn, by_token: SlackChannel, edit: Delivery, word: str
    ) -> None:
        """With Slack's word for it; the story was told all the same."""
        slack.refuse_next(word, method=UPDATE)
        outcome = by_token.send(edit)
        assert isinstance(outcome, RefusedForGood)
        assert word in outcome.detail

    def test_that_are_limited_hold_up_no_post(
        self, slack: SlackStandIn, by_token: SlackChannel, edit: Delivery
    ) -> None:
        """Slack counts edits for themselves: chat.update is Tier 3."""
        slack.limit_next(30, method=UPDATE)
        outcome = by_token.send(edit)
        assert isinstance(outcome, RefusedForNow)
        assert (outcome.retry_after, outcome.holds) == (timedelta(seconds=30), Hold.DELIVERY)

    def test_with_a_revoked_token_hold_everything(
        self, slack: SlackStandIn, by_token: SlackChannel, edit: Delivery
    ) -> None:
        """The token is as revoked for posts."""
        slack.refuse_next("token_revoked", method=UPDATE)
        outcome = by_token.send(edit)
        assert isinstance(outcome, RefusedForNow)
        assert outcome.holds is Hold.CHANNEL

    def test_whose_reply_is_lost_are_made_again(
        self, slack: SlackStandIn, by_token: SlackChannel, edit: Delivery
    ) -> None:
        """Nothing is looked for: the policy makes them again, and that changes nothing more."""
        slack.lose_reply(method=UPDATE)
        before = slack.requests
        assert isinstance(by_token.send(edit), Ambiguous)
        assert isinstance(by_token.send(edit), Accepted)
        assert slack.requests == before + 2

    @pytest.mark.parametrize("receipt", ["", "ok by webhook", "250 2.0.0 queued"])
    def test_of_nothing_are_over(
        self, slack: SlackStandIn, by_token: SlackChannel, edit: Delivery, receipt: str
    ) -> None:
        """What was never sent, or by a webhook, cannot be edited; Slack is not asked."""
        before = slack.requests
        assert isinstance(by_token.send(replace(edit, root_receipt=receipt)), RefusedForGood)
        assert slack.requests == before

    def test_are_not_to_be_had_by_webhook(self, slack: SlackStandIn, by_webhook: SlackChannel, edit: Delivery) -> None:
        """Nothing is posted instead."""
        assert isinstance(by_webhook.send(edit), RefusedForGood)
        assert len(slack.posts) == 1


@pytest.mark.parametrize("by", ["token", "webhook"])
def test_nobody_listening_is_for_now(by: str) -> None:
    """The request never left, so nothing was accepted."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    channel = (
        SlackChannel(token="xoxb-1", base_url=address) if by == "token" else SlackChannel(webhook_url=address + "hook")
    )
    outcome = channel.send(delivery())
    assert isinstance(outcome, RefusedForNow)
    assert "not reached" in outcome.detail


@pytest.mark.parametrize("payload", [b"", b"\xff", b"[]", b"{"])
def test_a_payload_that_is_no_object_reaches_no_server(
    slack: SlackStandIn, either: SlackChannel, payload: bytes
) -> None:
    """Refused for good, not sent as something else."""
    assert isinstance(either.send(replace(delivery(), payload=payload)), RefusedForGood)
    assert slack.requests == 0


def test_needs_a_token_or_a_webhook() -> None:
    """Neither is a mistake of the settings."""
    with pytest.raises(ValueError, match="token or a webhook"):
        SlackChannel()
