"""`monitor run` as a process: feeds in, mail and Slack out, through reloads, refusals and signals."""

from __future__ import annotations

import email
import email.policy
import json
import signal
import socket
import time
from email.message import EmailMessage

from monitor.demo.loopback import Reply
from monitor.model import DeliveryState
from tests.daemon.world import RULES, World

OLD = ("1", "Pakistani Taliban keep truce for now")
NEW = ("2", "Pakistani Taliban call off truce with Islamabad")
OTHER = ("3", "Rain expected in Lahore")


def _mails(world: World, recipient: str = "desk@example.org") -> list[EmailMessage]:
    return [
        email.message_from_bytes(mail.content, policy=email.policy.default)
        for mail in world.mail.mails
        if mail.recipients == (recipient,)
    ]


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def _baseline(world: World, *paths: str) -> None:
    for path in paths or ("/feed",):
        world.comes_true(lambda path=path: world.polled(path) >= 2, f"{path} was polled twice")


def test_a_new_article_reaches_mail_and_slack_once(world: World) -> None:
    """What stood in the feed before is not told; what comes is told once through each channel, with its reason."""
    world.publishes(OLD, OTHER, ETag='W/"v1"')
    world.writes()
    with world.daemon():
        _baseline(world)
        world.publishes(NEW, OLD, OTHER, ETag='W/"v2"')
        world.comes_true(lambda: _mails(world) and world.slack.posts, "the digest came by mail and Slack")
        polls = world.polled()
        world.comes_true(lambda: world.polled() >= polls + 3, "polling goes on")
    (mail,) = _mails(world)
    (post,) = world.slack.posts
    text = _text(mail)
    assert NEW[1] in str(mail["Subject"])
    assert "TTP ceasefire" in text
    assert OLD[1] not in text
    assert NEW[1] in json.dumps(post.payload)
    assert post.channel == "#south-asia"
    conditional = [request.headers.get("if-none-match") for request in world.site.requests]
    assert conditional[0] is None
    assert 'W/"v1"' in conditional
    assert conditional[-1] == 'W/"v2"'


def test_a_second_daemon_exits_at_once_and_names_the_first(world: World) -> None:
    """Two daemons on one state folder would tell everything twice."""
    world.publishes(OLD)
    world.writes()
    with world.daemon() as first:
        _baseline(world)
        second = world.monitor("run")
        assert second.returncode == 1
        assert f"pid {first.pid}" in second.stderr
        assert "Traceback" not in second.stderr
        assert world.monitor("healthcheck").returncode == 0


def test_sigterm_ends_it_within_ten_seconds_and_the_next_start_goes_on(world: World) -> None:
    """An alert that was raised before the signal is told after the restart, and nothing is told twice."""
    world.publishes(OLD)
    world.writes()
    with world.daemon(MONITOR_DIGEST__GATHERING="4s") as daemon:
        _baseline(world)
        world.publishes(NEW, OLD)
        world.comes_true(lambda: world.said("alert.raised"), "the alert was raised")
        began = time.monotonic()
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=10) == 0
        assert time.monotonic() - began < 10
        assert not world.mail.mails
    with world.daemon():
        world.comes_true(lambda: _mails(world), "the digest came after the restart")
        polls = world.polled()
        world.comes_true(lambda: world.polled() >= polls + 3, "polling goes on")
    assert len(_mails(world)) == 1
    assert len(world.slack.posts) == 1


def test_a_broken_edit_keeps_the_last_good_book_and_says_so(world: World) -> None:
    """The operator gets one message with the place of the mistake; mending the file puts it in force."""
    world.publishes(OLD)
    world.writes()
    with world.daemon():
        _baseline(world)
        world.writes(RULES.replace("actor:ttp AND", "actor:nobody AND"))
        world.comes_true(lambda: _mails(world, "operator@example.org"), "the operator was told")
        world.publishes(NEW, OLD)
        world.comes_true(lambda: _mails(world), "the last good book still works")
        world.writes(RULES.replace("truce]", "truce, armistice]"))
        world.comes_true(lambda: world.said("rules.reloaded"), "the mended file is in force")
        world.publishes(("4", "Pakistani Taliban sign armistice in Miranshah jirga"), NEW, OLD)
        world.comes_true(lambda: len(_mails(world)) == 2, "the new term matches")
    (notice,) = _mails(world, "operator@example.org")
    assert "rules.rejected" in str(notice["Subject"])
    assert "watch.yaml:9:" in _text(notice)


def test_one_refused_recipient_does_not_cost_the_other_its_mail(world: World) -> None:
    """The refused one is dead and told to the operator; the other and Slack have the digest once."""
    world.publishes(OLD)
    world.writes(
        desk="{id: south-asia, name: S, channels: "
        '[{email: [gone@example.org, desk@example.org]}, {slack: "#south-asia"}]}'
    )
    world.mail.refuse("gone@example.org", code=550)
    with world.daemon():
        _baseline(world)
        world.publishes(NEW, OLD)
        world.comes_true(lambda: _mails(world) and world.slack.posts, "the others have it")
        world.comes_true(lambda: _mails(world, "operator@example.org"), "the operator was told")
    with world.store() as store:
        (dead,) = store.deliveries.in_state(DeliveryState.DEAD)
        assert dead.recipient == "gone@example.org"
        assert "550" in dead.detail
    assert len(_mails(world)) == 1
    (notice,) = _mails(world, "operator@example.org")
    assert "gone@example.org" in _text(notice)


def test_slack_saying_no_is_seen_and_the_mail_still_goes(world: World) -> None:
    """`ok: false` with an error that will not pass makes the delivery dead, with Slack's word for it."""
    world.publishes(OLD)
    world.writes()
    world.slack.refuse_next("channel_not_found")
    with world.daemon():
        _baseline(world)
        world.publishes(NEW, OLD)
        world.comes_true(lambda: _mails(world) and _mails(world, "operator@example.org"), "mail and notice came")
    with world.store() as store:
        (dead,) = store.deliveries.in_state(DeliveryState.DEAD)
        assert "channel_not_found" in dead.detail
    assert not world.slack.posts


def test_a_failing_feed_does_not_keep_the_others(world: World) -> None:
    """An unreachable host, a 404 and a page of HTML cost themselves their polls; the operator hears of each once."""
    world.publishes(OLD)
    world.site.pages["/page"] = Reply(200, {"Content-Type": "text/html"}, b"<html>hi</html>")
    world.writes(feeds=("feed", "missing", "page"))
    with world.daemon():
        _baseline(world)
        world.publishes(NEW, OLD)
        world.comes_true(lambda: _mails(world), "the good feed's article was told")
        world.comes_true(lambda: world.log.read_text().count("feed.failing") >= 2, "both failures were told")
    text = "".join(_text(mail) for mail in _mails(world, "operator@example.org"))
    assert text.count("feed.failing") == 2


def test_sixty_hanging_feeds_of_one_host_keep_no_other_host_waiting(world: World) -> None:
    """Who waits for its turn at a busy host holds nothing that another host's feed needs."""
    world.publishes(OLD)
    world.writes()
    with socket.create_server(("127.0.0.1", 0), backlog=200) as mute:
        port = mute.getsockname()[1]
        lines = "".join(
            f"  - {{id: mute-{n}, name: M, url: 'http://localhost:{port}/{n}', every: 1s}}\n" for n in range(60)
        )
        (world.folder / "rules" / "mute.yaml").write_text(f"feeds:\n{lines}")
        allowed = f"{world.web.host_and_port},localhost:{port}"
        with world.daemon(MONITOR_FETCH__ALLOW_HOSTS=allowed):
            world.comes_true(lambda: world.polled() >= 6, "the feed of the other host was polled on and on")


def test_a_metrics_port_in_use_is_said_in_a_sentence(world: World) -> None:
    """Exit 2 with what to do, and no state is touched."""
    world.writes()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        world.environment["MONITOR_METRICS__PORT"] = str(taken.getsockname()[1])
        done = world.monitor("run")
    assert done.returncode == 2
    assert "set MONITOR_METRICS__PORT to a free port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_rejection_is_over_when_a_mended_file_is_started_with(world: World) -> None:
    """The next broken edit is told again: each rejection is one message."""
    world.publishes(OLD)
    world.writes()
    for count in (1, 2):
        world.writes()
        with world.daemon():
            world.comes_true(lambda: world.log.read_text().count("monitor.started") == count, "it has the rules")  # noqa: B023
            world.writes(RULES.replace("actor:ttp AND", f"actor:nobody-{count} AND"))
            world.comes_true(lambda: len(_mails(world, "operator@example.org")) == count, "the operator was told")  # noqa: B023
