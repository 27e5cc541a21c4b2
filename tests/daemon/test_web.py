"""The pages of a real daemon: they answer, they end with it, and a taken port is said before anything begins."""

from __future__ import annotations

import email
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import policy

import httpx

from monitor.model import FeedbackKind
from tests.daemon.world import PATIENCE_SECONDS, World

SECRET = "0123456789abcdef0123456789abcdef"


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@contextmanager
def a_browser() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, follow_redirects=True, timeout=PATIENCE_SECONDS) as browser:
        yield browser


def pages_at(port: int) -> dict[str, str]:
    return {
        "MONITOR_WEB__PORT": str(port),
        "MONITOR_WEB__BASE_URL": f"http://127.0.0.1:{port}",
        "MONITOR_WEB__SECRET": SECRET,
    }


def test_from_a_feed_to_a_word_on_record(world: World) -> None:
    """An article becomes a mail with links; a button pressed is on record, and SIGTERM ends all of it within 10 s."""
    world.writes()
    world.publishes(("old", "Old news"))
    with world.daemon(**pages_at(a_free_port())) as process, a_browser() as browser:
        world.comes_true(lambda: world.said("web.started"), "the pages are served")
        world.comes_true(lambda: world.polled() >= 2, "the baseline was polled")
        world.publishes(("new", "Pakistani Taliban call off truce"), ("old", "Old news"))
        world.comes_true(lambda: world.mail.mails, "the mail comes")
        message = email.message_from_bytes(world.mail.mails[0].content, policy=policy.default)
        assert message["List-Unsubscribe"].startswith("<http://127.0.0.1")
        assert message["List-Unsubscribe-Post"] is None  # for https alone
        body = message.get_body(("plain",))
        assert body is not None
        link = re.search(r"Not relevant: (\S+)", body.get_content())
        assert link is not None
        assert "Is this story not relevant?" in browser.get(link[1]).text
        assert "You said: not relevant" in browser.post(link[1]).text
        with world.store() as store:
            (said,) = store.feedback.since(datetime(2000, 1, 1, tzinfo=UTC))
            assert (said.kind, said.who) == (FeedbackKind.NOT_RELEVANT, "desk@example.org")
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE_SECONDS) == 0
        assert time.monotonic() - begun < 10  # though the browser keeps its connection


def test_a_port_that_is_taken_is_said_at_the_start(world: World) -> None:
    """Exit 2, with the setting to change; no state folder was made."""
    world.writes()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        world.environment.update(pages_at(port))
        ended = world.monitor("run")
    assert ended.returncode == 2
    assert f"pages cannot be served on 127.0.0.1:{port}" in ended.stderr
    assert "MONITOR_WEB__PORT" in ended.stderr
    assert not (world.folder / "state").exists()


def test_without_pages_a_mail_has_no_links(world: World) -> None:
    """Nothing listens, and nothing in the mail leads to nowhere."""
    world.writes()
    world.publishes(("old", "Old news"))
    with world.daemon():
        world.comes_true(lambda: world.polled() >= 2, "the baseline was polled")
        world.publishes(("new", "Pakistani Taliban call off truce"), ("old", "Old news"))
        world.comes_true(lambda: world.mail.mails, "the mail comes")
    message = email.message_from_bytes(world.mail.mails[0].content, policy=policy.default)
    assert message["List-Unsubscribe"] is None
    assert "elevant" not in message.as_string()
    assert not world.said("web.started")
