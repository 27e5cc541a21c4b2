"""A world for the real daemon: feeds, a mail server and Slack on loopback, rule files in a folder, one process.

Everything that users have is real here; only the feeds' contents and the faults are ours.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.demo.loopback import LoopbackServer, Reply, Request
from monitor.demo.mailbox import Mailbox
from monitor.demo.slack_standin import SlackStandIn
from monitor.store.sqlite import SqliteStore, open_store

PATIENCE_SECONDS = 30.0
"""How long anything may take before a test gives up; nothing waits this long when all is well."""

RULES = """
actors:
  ttp: {name: TTP, aliases: [Pakistani Taliban]}
lexicons:
  truce: [ceasefire, truce]
rules:
  - id: ttp-ceasefire
    title: TTP ceasefire
    query: actor:ttp AND lexicon:truce
    severity: high
    desks: [south-asia]
    tests: {match: ["Pakistani Taliban call off truce"], skip: ["Truce in Cairo"]}
"""


def rss(*items: tuple[str, str], url: str = "http://news.example/") -> bytes:
    """Write an RSS document of (id, title) items, newest first as publishers do."""
    entries = "".join(
        f"<item><guid>{name}</guid><link>{url}{name}</link><title>{title}</title></item>" for name, title in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{entries}</channel></rss>'.encode()


@dataclass
class Site:
    """What stands at each path of the local web, and who asked."""

    pages: dict[str, Reply] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def answer(self, request: Request) -> Reply:
        self.requests.append(request)
        page = self.pages.get(request.path)
        if page is None:
            return Reply(404, {"Content-Type": "text/plain"}, b"nothing here")
        if page.headers.get("ETag") and request.headers.get("if-none-match") == page.headers["ETag"]:
            return Reply(304, {"ETag": page.headers["ETag"]})
        return page


@dataclass
class World:
    """The loopback servers and the folders of one daemon."""

    folder: Path
    site: Site
    web: LoopbackServer
    mail: Mailbox
    slack: SlackStandIn
    environment: dict[str, str]

    def publishes(self, *items: tuple[str, str], path: str = "/feed", **headers: str) -> None:
        """Put a feed document at a path."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.site.pages[path] = Reply(200, {"Content-Type": "application/rss+xml", **named}, rss(*items))

    def writes(self, rules: str = RULES, *, feeds: tuple[str, ...] = ("feed",), desk: str = "") -> None:
        """Write the rule files: one feed a path, and one desk that is told at once by mail and Slack."""
        desk = (
            desk
            or '{id: south-asia, name: South Asia, channels: [{email: [desk@example.org]}, {slack: "#south-asia"}]}'
        )
        lines = "".join(f'  - {{id: {name}, name: {name}, url: "{self.url(name)}", every: 1s}}\n' for name in feeds)
        (self.folder / "rules").mkdir(exist_ok=True)
        # One file a time is whole at any moment, as editors and deployments leave them.
        for name, text in {"watch.yaml": rules, "own.yaml": f"feeds:\n{lines}desks:\n  - {desk}\n"}.items():
            part = self.folder / f"{name}.part"
            part.write_text(text)
            part.replace(self.folder / "rules" / name)

    def url(self, path: str) -> str:
        return f"http://{self.web.host_and_port}/{path}"

    @contextmanager
    def daemon(self, **environment: str) -> Iterator[subprocess.Popen[str]]:
        """Run `monitor run` until the block ends; its log is in `log`."""
        with self.log.open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "monitor", "run"],
                env={**os.environ, **self.environment, **environment},
                stderr=log,
                stdout=subprocess.DEVNULL,
                text=True,
            )
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGKILL)
                process.wait()

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def monitor(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command of the monitor in this world."""
        return subprocess.run(
            [sys.executable, "-m", "monitor", *arguments],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def store(self) -> SqliteStore:
        return open_store(self.folder / "state" / "monitor.sqlite3", read_only=True)

    def polled(self, path: str = "/feed") -> int:
        return sum(request.path == path for request in self.site.requests)

    def comes_true(self, claim: Callable[[], Any], what: str) -> None:
        """Wait until a claim holds."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not claim():
            if time.monotonic() > end:
                log = self.log.read_text() if self.log.exists() else ""
                raise AssertionError(f"not within {PATIENCE_SECONDS} s: {what}\n{log[-6000:]}")
            time.sleep(0.02)

    def said(self, event: str) -> int:
        """Count how often the log has an event."""
        return self.log.read_text().count(event) if self.log.exists() else 0


@contextmanager
def a_world(folder: Path, *, mail_takes: Callable[[], float] = lambda: 0.0) -> Iterator[World]:
    """Open the loopback servers for the length of a block; each reply of the mail server takes some seconds."""
    site = Site()
    with LoopbackServer(site.answer) as web, Mailbox(takes=mail_takes) as mail, SlackStandIn() as slack:
        environment = {
            "MONITOR_STATE_DIR": str(folder / "state"),
            "MONITOR_RULES_DIR": str(folder / "rules"),
            "MONITOR_SECRETS_DIR": str(folder / "no-secrets"),
            "MONITOR_SMTP__HOST": mail.host,
            "MONITOR_SMTP__PORT": str(mail.port),
            "MONITOR_SMTP__SENDER": "monitor@example.org",
            "MONITOR_SLACK__TOKEN": slack.token,
            "MONITOR_SLACK__BASE_URL": slack.url,
            "MONITOR_FETCH__ALLOW_HOSTS": web.host_and_port,
            "MONITOR_DIGEST__GATHERING": "1s",
            "MONITOR_OPERATOR__EMAIL": "operator@example.org",
        }
        yield World(folder, site, web, mail, slack, environment)
