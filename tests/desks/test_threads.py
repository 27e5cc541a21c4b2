"""Which Slack messages tell a digest: one digest, or a message a story with a thread of its own."""

from __future__ import annotations

import json
from dataclasses import replace

from monitor.desks.content import DigestContent
from monitor.desks.outbox import edit_of, package, sender_of
from monitor.desks.render_slack import POST_ONLY, SlackWays
from monitor.desks.sample import DESK, NOW, sample_content
from monitor.desks.schedule import IMMEDIATE
from monitor.desks.threads import MOST_ALONE, posts_of
from monitor.model import ChannelKind, Delivery, Severity
from tests.desks.hostile import crowded

THREADS = SlackWays(threads=True)
SENDER = sender_of("monitor@example.org", slack=THREADS)


def at_once(content: DigestContent | None = None) -> DigestContent:
    return replace(content or sample_content(), slot=IMMEDIATE)


def test_an_immediate_digest_is_a_message_a_story() -> None:
    """Each with first words of its own; together they tell every story, once and in order."""
    content = at_once()
    posts = posts_of(DESK, content, THREADS, {})
    assert [post.tells for post in posts] == [(item.article_id,) for item in content.items]
    assert all(post.root_id is None for post in posts)
    subjects = [post.payload["text"] for post in posts]
    assert len(set(subjects)) == len(posts) > 1
    assert not any("(+" in subject or "(1/" in subject for subject in subjects)
    assert content.life.startswith(f"{len(posts)} stories. ")
    feet = [post.payload["blocks"][-1]["elements"][0]["text"] for post in posts]
    assert all(content.life.replace(f"{len(posts)} stories. ", "1 story. ") in foot for foot in feet)


def test_what_is_told_at_its_time_is_one_digest() -> None:
    """Its message tells all its stories, also those that have a thread already."""
    content = sample_content()
    first, *_ = content.items
    (post,) = posts_of(DESK, content, THREADS, {first.story_id: 7})
    assert post.tells == tuple(item.article_id for item in content.items)
    assert post.root_id is None


def test_many_stories_at_once_are_one_digest() -> None:
    """A desk that wakes up to forty held alerts looks through a digest and not through forty messages."""
    few, many = crowded(MOST_ALONE), crowded(MOST_ALONE + 1)
    assert all(len(post.tells) <= 1 for post in posts_of(DESK, at_once(few), THREADS, {}))
    told = [len(post.tells) for post in posts_of(DESK, at_once(many), THREADS, {})]
    assert sum(told) == MOST_ALONE + 1
    assert max(told) > 1


def test_a_webhook_gets_the_digest_as_ever() -> None:
    """No threads, so no message a story, and nothing that could be answered or edited."""
    posts = posts_of(DESK, at_once(), POST_ONLY, {})
    assert len(posts) == 1
    assert posts[0].tells == ()


def test_a_development_is_an_answer_in_the_thread() -> None:
    """Shown in the channel too where its severity does not wait for a digest time at this desk."""
    content = at_once()
    roots = {item.story_id: 70 + item.story_id for item in content.items}
    desk = replace(DESK, immediate=frozenset({Severity.URGENT, Severity.HIGH}))
    posts = posts_of(desk, content, THREADS, roots)
    assert [post.root_id for post in posts] == [roots[item.story_id] for item in content.items]
    shown = [post.payload.get("reply_broadcast", False) for post in posts]
    assert shown == [item.severity in desk.immediate for item in content.items]
    assert True in shown
    assert False in shown


def test_deliveries_carry_what_they_tell_and_their_root() -> None:
    """Each has a number and is whole in itself; other channels are as ever."""
    content = at_once()
    story = content.items[0].story_id
    made = package(DESK, content, sender=SENDER, roots={"#south-asia": {story: 7}, "#other": {story: 8}}).deliveries
    slack = [delivery for delivery in made if delivery.channel is ChannelKind.SLACK]
    assert [d.root_id for d in slack] == [7, *[None] * (len(slack) - 1)]
    assert [d.tells for d in slack] == [(item.article_id,) for item in content.items]
    assert [(d.part, d.parts) for d in slack] == [(n, 1) for n in range(1, len(slack) + 1)]
    assert all(d.tells == () and d.root_id is None for d in made if d.channel is not ChannelKind.SLACK)
    assert "thread_ts" not in json.loads(slack[0].payload)


def test_an_edit_is_a_delivery_beside_all_digests() -> None:
    """The same edit made again after a crash has the same bytes and id; another one has not."""
    root = Delivery(5, 2, ChannelKind.SLACK, "#south-asia", "<a@example.org>", b"{}", NOW)
    made = edit_of(root, {"text": "x"}, domain="example.org", at=NOW)
    assert (made.root_id, made.is_edit, made.digest_id, made.recipient) == (5, True, None, "#south-asia")
    assert made == edit_of(root, {"text": "x"}, domain="example.org", at=NOW)
    assert made.message_id != edit_of(root, {"text": "y"}, domain="example.org", at=NOW).message_id
