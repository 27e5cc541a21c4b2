"""Slack and the daemon as a process: threads, edits, buttons through a real WebSocket, and its silence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.demo.slack_standin import OPEN_SOCKET
from monitor.desks.buttons import place_of
from monitor.model import FeedbackKind
from tests.daemon.world import World, a_world
from tests.slack_socket import SlackSocket

OLD = ("old", "Rain closes the Lowari tunnel road for a night")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        made.environment["MONITOR_SLACK__APP_TOKEN"] = made.slack.app_token
        made.writes()
        made.publishes(OLD)
        yield made


def _shown(world: World, number: int) -> str:
    slack = world.slack
    return str(slack.workspace.shown(slack.posts[number]))


def _mine(world: World) -> list[Any]:
    with world.store() as store:
        return [each for each in store.feedback.of_stories([1, 2]) if each.kind is FeedbackKind.CLAIM]


def test_a_story_lives_in_its_thread_and_hears_its_buttons(world: World) -> None:
    """Told, claimed, developed: one message in the channel with an answer, that says whose it is and the newest."""
    with SlackSocket(world.slack) as socket, world.daemon() as process:
        world.comes_true(lambda: world.polled() > 1, "the feed has its baseline")
        world.publishes(("truce", "Pakistani Taliban call off truce after 12 killed"), OLD)
        world.comes_true(lambda: world.slack.posts, "the story is told")
        socket.comes_up()
        with world.store() as store:
            (alert,) = store.alerts.told(store.articles.get([2])[2].story_id or 0)
        envelope = socket.press("claim", place_of(alert.article_id, "south-asia"), world.slack.posts[0].ts)
        for _ in range(3):
            socket.send(envelope)
        world.comes_true(lambda: "Claimed" in _shown(world, 0), "the message says whose the story is")
        assert len(_mine(world)) == 1
        assert len(world.slack.whispers) == 1
        world.publishes(("truce", "Pakistani Taliban call off truce after 15 killed"), OLD)
        world.comes_true(lambda: len(world.slack.posts) > 1, "the development is told")
        world.comes_true(lambda: "*Updated " in _shown(world, 0), "the first message says the newest")
        root, answer = world.slack.posts
        assert answer.thread_ts == root.ts
        assert "Claimed" in _shown(world, 0)
        process.terminate()
        assert process.wait(timeout=10) == 0


def test_a_slack_without_a_socket_stops_nothing(world: World) -> None:
    """The token was revoked, say: polls, digests and posts go on, and the log has why nobody hears the buttons."""
    world.slack.refuse_next("token_revoked", times=99, method=OPEN_SOCKET)
    with world.daemon() as process:
        world.comes_true(lambda: world.polled() > 1, "the feed has its baseline")
        world.publishes(("truce", "Pakistani Taliban call off truce after 12 killed"), OLD)
        world.comes_true(lambda: world.slack.posts, "the story is told")
        assert world.said("slack.buttons.down")
        assert "token_revoked" in world.log.read_text()
        assert world.slack.app_token not in world.log.read_text()
        process.terminate()
        assert process.wait(timeout=10) == 0
