"""The joined parts: rule files put in force while it runs, and an end that leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

import monitor.app
from monitor.app import BUTTONS_DOWN, BUTTONS_PATIENCE, App, build
from monitor.demo.loopback import LoopbackServer, Reply
from monitor.demo.slack_standin import SlackStandIn
from monitor.errors import AlreadyRunningError, StateError
from monitor.model import Notice
from monitor.pipeline.leaving import commit_request
from monitor.rules.book import RuleBook
from monitor.rules.files.items import KnownFiles
from monitor.rules.files.load import load_rule_book
from monitor.setting_groups import SlackSettings
from monitor.settings import Settings
from monitor.store.lock import StateLock
from tests.pipeline.flow import DESKS, FEEDS, GIVE_UP_SECONDS, RULES, HandClock, Item, comes_true, rss, write_rules
from tests.slack_socket import SlackSocket

SLOW_RULE = '  - {id: slow, title: Slow, query: "/(?:a|aa)+b/", desks: [south-asia]}\n'
BROKEN = RULES.replace("actor:ttp AND", "actor:nobody AND")


def _settings(folder: Path, **more: Any) -> Settings:
    return Settings(state_dir=folder / "state", rules_dir=folder / "rules", secrets_dir=folder / "secrets", **more)


@asynccontextmanager
async def an_app(folder: Path, **more: Any) -> AsyncIterator[App]:
    """Build an app over a folder whose rule files are written already, and close it."""
    app = build(_settings(folder, **more), clock=HandClock(), chance=random.Random(7).random)
    try:
        yield app
    finally:
        await app.aclose()


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    write_rules(tmp_path / "rules", feeds=FEEDS, rules=RULES, desks=DESKS)
    async with an_app(tmp_path) as built:
        yield built


async def _open(app: App) -> list[Notice]:
    return await app.writer.run(app.store.notices.open)


def _edit(app: App, **texts: str) -> None:
    write_rules(app.settings.rules_dir, **texts)


class TestReload:
    async def test_nothing_is_done_while_nothing_changed(self, app: App) -> None:
        """Files that were touched, or lie beside the rules, are no edit."""
        book = app.book
        _edit(app, rules=RULES)
        (app.settings.rules_dir / "notes.txt").write_text("mind the gap")
        assert not await app.reload_if_changed()
        assert app.book is book

    async def test_a_good_edit_is_in_force_whole(self, app: App) -> None:
        """Book and matcher are swapped together: whoever holds the old pair goes on with a pair that fits."""
        before = app.core.live
        _edit(app, rules=RULES.replace("id: ttp-truce", "id: ttp-peace"))
        assert await app.reload_if_changed()
        assert set(app.book.rules) == {"ttp-peace"}
        assert app.core.live.matcher.book is app.book
        assert before.matcher.book is before.book
        assert set(before.book.rules) == {"ttp-truce"}
        assert not await app.reload_if_changed()

    async def test_a_reload_does_not_read_again_what_has_not_changed(self, app: App) -> None:
        """Of many files one is edited, as a rule; the queries of the others are those that were parsed before."""
        other = "rules:\n  - {id: other, title: Other, query: drone AND strike, desks: [south-asia]}\n"
        _edit(app, others=other)
        assert await app.reload_if_changed()
        before = app.book.rules
        _edit(app, others=other.replace("id: other", "id: another"))
        assert await app.reload_if_changed()
        assert app.book.rules["ttp-truce"].tree is before["ttp-truce"].tree
        assert app.book.rules["another"].tree is not before["other"].tree

    async def test_a_broken_edit_keeps_the_good_book_is_told_once_and_is_over_when_mended(self, app: App) -> None:
        """The departure says file, line and column; looking again at the same mistake tells nothing new."""
        live = app.core.live
        _edit(app, rules=BROKEN)
        for _ in range(3):
            assert not await app.reload_if_changed()
        assert app.core.live is live
        (notice,) = await _open(app)
        assert (notice.event, notice.subject) == ("rules.rejected", str(app.settings.rules_dir))
        assert "rules.yaml:7:" in notice.detail
        _edit(app, rules=RULES.replace("severity: high", "severity: low"))
        assert await app.reload_if_changed()
        assert await _open(app) == []

    async def test_mending_it_back_to_what_is_in_force_ends_the_departure_too(self, app: App) -> None:
        """An editor who undoes the edit has mended it."""
        _edit(app, rules=BROKEN)
        await app.reload_if_changed()
        _edit(app, rules=RULES)
        assert await app.reload_if_changed()
        assert await _open(app) == []

    @pytest.mark.parametrize("loss", ["folder", "files"])
    async def test_rule_files_that_are_gone_are_no_watch_without_rules(self, app: App, loss: str) -> None:
        """A volume that fell off: the last good book goes on, and the operator knows."""
        live, folder = app.core.live, app.settings.rules_dir
        if loss == "folder":
            shutil.move(folder, folder.with_name("away"))
        else:
            for file in folder.glob("*.yaml"):
                file.unlink()
        assert not await app.reload_if_changed()
        assert app.core.live is live
        assert [notice.event for notice in await _open(app)] == ["rules.rejected"]
        _edit(app, feeds=FEEDS, rules=RULES, desks=DESKS)
        assert await app.reload_if_changed()
        assert await _open(app) == []

    async def test_a_file_that_is_no_text_is_rejected_with_its_name(self, app: App) -> None:
        """Half a file of bytes, as a full disk leaves it."""
        (app.settings.rules_dir / "rules.yaml").write_bytes(b"rules:\n  - {id: \xff\xfe")
        assert not await app.reload_if_changed()
        (notice,) = await _open(app)
        assert "rules.yaml:" in notice.detail

    async def test_a_fault_of_the_program_in_a_reload_is_told_like_a_mistake_of_the_file(
        self, app: App, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The edit is not in force, and nobody would know. Only a loader that is replaced can be made to fail so."""

        def fall(folder: Path, known: KnownFiles) -> RuleBook:
            raise RecursionError(f"too deep in {folder}")

        with monkeypatch.context() as patch:
            patch.setattr(monitor.app, "load_rule_book", fall)
            _edit(app, rules=RULES.replace("high", "low"))
            assert not await app.reload_if_changed()
        (notice,) = await _open(app)
        assert notice.detail.startswith("RecursionError: too deep")

    async def test_a_slow_load_does_not_undo_a_later_one(self, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
        """A reload that overtakes another would leave the older book in force for good."""
        began, gate = threading.Event(), threading.Event()

        def slow_once(folder: Path, known: KnownFiles) -> RuleBook:
            book = load_rule_book(folder, known)
            if not began.is_set():
                began.set()
                assert gate.wait(10)
            return book

        monkeypatch.setattr(monitor.app, "load_rule_book", slow_once)
        _edit(app, rules=RULES.replace("id: ttp-truce", "id: older"))
        first = asyncio.create_task(app.reload_if_changed())
        await comes_true(began.is_set)
        _edit(app, rules=RULES.replace("id: ttp-truce", "id: newer"))
        second = asyncio.create_task(app.reload_if_changed())
        done, _ = await asyncio.wait({second}, timeout=0.2)
        gate.set()
        assert await first
        assert await second
        assert set(app.book.rules) == {"newer"}
        assert not done

    async def test_a_new_book_ends_the_mutes_of_the_old_one(self, tmp_path: Path) -> None:
        """The matcher is new, so the rule is tried again; muted once more, it is told once more."""
        write_rules(tmp_path / "rules", feeds=FEEDS, rules=RULES + SLOW_RULE, desks=DESKS)
        async with an_app(tmp_path) as app:
            await app.core.tell("rule.muted", "slow", "took 300 ms on one article")
            await app.core.tell("feed.failing", "hill", "three polls failed")
            _edit(app, rules=RULES)
            assert await app.reload_if_changed()
            assert [notice.event for notice in await _open(app)] == ["feed.failing"]
            await app.core.tell("rule.muted", "slow", "took 300 ms on one article")
        async with an_app(tmp_path) as again:
            await again.recover()
            assert [notice.event for notice in await _open(again)] == ["feed.failing"]

    async def test_who_asked_to_leave_and_is_let_go_is_no_departure_any_more(self, tmp_path: Path) -> None:
        """Whether the rule files were edited under the running monitor, or while it was down."""
        both = DESKS.replace("[{email: desk@example.org}]", "[{email: [desk@example.org, ann@example.org]}]")
        write_rules(tmp_path / "rules", feeds=FEEDS, rules=RULES, desks=both)
        async with an_app(tmp_path) as app:
            for address in ("ann@example.org", "desk@example.org"):
                await app.writer.run(commit_request, app.core, address, "south-asia")
            await app.recover()
            assert len(await _open(app)) == 2
            _edit(app, desks=DESKS)
            assert await app.reload_if_changed()
            assert [notice.subject for notice in await _open(app)] == ["desk@example.org from south-asia"]
        write_rules(tmp_path / "rules", desks=DESKS.replace("desk@", "new@"))
        async with an_app(tmp_path) as app:
            await app.recover()
            assert await _open(app) == []


class TestEnd:
    async def test_one_state_folder_has_one_owner_until_it_is_closed(self, app: App) -> None:
        """The second is refused at once; after the end the folder is free."""
        with pytest.raises(AlreadyRunningError, match=f"pid {os.getpid()}"):
            build(app.settings)
        assert not await app.reload_if_changed()

    async def test_what_cannot_be_opened_leaves_the_folder_free(self, tmp_path: Path) -> None:
        """A database of another program: the error is told, and the lock is not kept."""
        write_rules(tmp_path / "rules", feeds=FEEDS, rules=RULES, desks=DESKS)
        settings = _settings(tmp_path)
        settings.state_dir.mkdir()
        settings.database.write_bytes(b"this is no database, but a letter of more than a hundred bytes. " * 20)
        with pytest.raises(StateError):
            build(settings)
        lock = StateLock(settings.state_dir)
        lock.acquire()
        lock.release()

    async def test_threads_and_child_processes_end_with_it(self, tmp_path: Path) -> None:
        """After a poll that had a document parsed in a child: nothing of it is left."""
        threads, children = set(threading.enumerate()), _children()
        body = rss([Item("1", "Rain")], "http://news.example")
        with LoopbackServer(lambda request: Reply(200, {"Content-Type": "application/rss+xml"}, body)) as web:
            feeds = f'feeds:\n  - {{id: hill, name: Hill, url: "http://{web.host_and_port}/rss"}}\n'
            write_rules(tmp_path / "rules", feeds=feeds, rules=RULES, desks=DESKS)
            async with an_app(tmp_path, fetch={"allow_hosts": web.host_and_port}) as app:
                (report,) = await app.poll_due()
                assert report.entries == 1
                own = {t for t in threading.enumerate() if t.name.startswith(("writer-", "sender-"))} - threads
                assert len(own) == 9
                assert _children() - children
        assert _children() - children == set()
        for thread in own:
            thread.join(5)
            assert not thread.is_alive()

    async def test_a_send_that_hangs_is_left_behind_and_the_folder_is_free(self, tmp_path: Path) -> None:
        """A server that keeps a thread waiting cannot keep the process: what was being sent stays `sending`."""
        write_rules(tmp_path / "rules", feeds=FEEDS, rules=RULES, desks=DESKS)
        release, loop = threading.Event(), asyncio.get_running_loop()
        try:
            async with an_app(tmp_path) as app:
                hanging = app.senders.submit(release.wait)
                began = loop.time()
            assert loop.time() - began < 5
            assert not hanging.done()
            lock = StateLock(app.settings.state_dir)
            lock.acquire()
            lock.release()
        finally:
            release.set()


def _children() -> set[str]:
    """Return the processes that this one started and that are not over."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue  # it ended meanwhile
        if parent == str(os.getpid()) and state != "Z":
            found.add(status.parent.name)
    return found


class TestButtons:
    @pytest.fixture
    async def app(self, tmp_path: Path) -> AsyncIterator[App]:
        """Build an app for a Slack that nobody answers for."""
        write_rules(tmp_path / "rules", feeds=FEEDS, rules=RULES, desks=DESKS)
        with LoopbackServer(lambda _request: Reply(503)) as server:
            slack = SlackSettings(
                token=SecretStr("xoxb-1"), app_token=SecretStr("xapp-1"), base_url=f"http://{server.host_and_port}/api/"
            )
            async with an_app(tmp_path, slack=slack) as built:
                yield built

    async def test_are_not_missed_before_anybody_listens(self, app: App) -> None:
        """`monitor poll` builds the same app and hears nothing."""
        await app.watch_buttons()
        assert await _open(app) == []

    async def test_that_nobody_hears_are_told_once_after_five_minutes(self, app: App) -> None:
        """Slack's own breaks are shorter."""
        clock = app.clock
        assert isinstance(clock, HandClock)
        app.listen()
        await app.watch_buttons()
        assert await _open(app) == []
        for _ in range(3):
            clock.passes(BUTTONS_PATIENCE)
            await app.watch_buttons()
        (notice,) = await _open(app)
        assert notice.event == BUTTONS_DOWN
        assert notice.detail

    async def test_that_they_are_heard_again_ends_the_notice(self, tmp_path: Path) -> None:
        """There was no WebSocket at first, and then there is."""
        write_rules(tmp_path / "rules", feeds=FEEDS, rules=RULES, desks=DESKS)
        with SlackStandIn() as slack:
            tokens = SlackSettings(
                token=SecretStr(slack.token), app_token=SecretStr(slack.app_token), base_url=slack.url
            )
            async with an_app(tmp_path, slack=tokens) as app:
                clock = app.clock
                assert isinstance(clock, HandClock)
                app.listen()
                clock.passes(BUTTONS_PATIENCE)
                await app.watch_buttons()
                assert [notice.event for notice in await _open(app)] == [BUTTONS_DOWN]
                with SlackSocket(slack) as socket:
                    await asyncio.to_thread(socket.comes_up)
                    async with asyncio.timeout(GIVE_UP_SECONDS):
                        while await _open(app):
                            await app.watch_buttons()


async def test_buttons_that_nobody_wants_to_hear_end_their_notice(app: App) -> None:
    """The daemon was started again without the app-level token."""
    await app.core.tell(BUTTONS_DOWN, "Socket Mode", "Slack refused: token_revoked")
    assert [notice.event for notice in await _open(app)] == [BUTTONS_DOWN]
    await app.watch_buttons()
    assert await _open(app) == []
