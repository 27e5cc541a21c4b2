"""`monitor run`: the daemon in the foreground, as a container or a service manager wants it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from socket import socket

from monitor.app import App, build
from monitor.daemon import Daemon
from monitor.desks.outbox import KIND_OF
from monitor.errors import ConfigurationError
from monitor.model import ChannelKind
from monitor.sender import links_of
from monitor.setting_groups import LogFormat, MetricsSettings, WebSettings
from monitor.settings import Settings, load_settings
from monitor.telemetry import Metrics, logger, set_up_logging
from monitor.web.server import listening, serving


def run() -> None:
    """Poll feeds, make digests and deliver them, until SIGTERM. Rule files are reloaded when they change.

    Settings come from the environment and from secret files; `monitor config show` lists them. A second daemon on the
    same state folder exits at once. Exit 0 after SIGTERM or SIGINT, 1 when the state folder cannot be used, 2 when
    settings or rule files are wrong.
    """
    settings = load_settings()
    set_up_logging(level=settings.log.level, as_json=settings.log.format is LogFormat.JSON)
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    metrics = Metrics()
    with _served(metrics, settings.metrics), _listening(settings.web) as listener:
        app = build(settings, metrics=metrics)
        try:
            _say_unreachable(app)
            async with _pages(app, listener):
                await Daemon(app).run()
        finally:
            await app.aclose()


@contextmanager
def _listening(wanted: WebSettings) -> Iterator[socket | None]:
    """Take the port of the pages for the length of a block, where one is set."""
    if wanted.port is None:
        yield None
        return
    with listening(wanted.host, wanted.port) as listener:
        yield listener


@asynccontextmanager
async def _pages(app: App, listener: socket | None) -> AsyncIterator[None]:
    """Answer readers for the length of a block, where a port was taken."""
    links = links_of(app.settings)
    if links is None or listener is None:
        yield
        return
    async with serving(app.core, links, listener):
        yield


@contextmanager
def _served(metrics: Metrics, wanted: MetricsSettings) -> Iterator[None]:
    """Answer Prometheus for the length of a block, where a port is set."""
    if wanted.port is None:
        yield
        return
    try:
        stop = metrics.serve(wanted.host, wanted.port)
    except OSError as error:
        where = f"{wanted.host}:{wanted.port}"
        raise ConfigurationError(
            f"metrics cannot be served on {where} ({error.strerror}): set MONITOR_METRICS__PORT to a free port"
        ) from error
    try:
        yield
    finally:
        stop()


def _say_unreachable(app: App) -> None:
    """Say at the start, not at the first alert, which channels of which desks have no settings."""
    wanted: dict[ChannelKind, list[str]] = {}
    for desk in app.book.desks.values():
        for spec in desk.channels:
            kind = KIND_OF[type(spec)]
            wanted.setdefault(kind, []).append(desk.id)
    hints = {
        ChannelKind.EMAIL: "set MONITOR_SMTP__HOST",
        ChannelKind.SLACK: "set MONITOR_SLACK__TOKEN or MONITOR_SLACK__WEBHOOK_URL",
        ChannelKind.WEBHOOK: "set MONITOR_WEBHOOK__SECRET",
        ChannelKind.APPRISE: "set MONITOR_APPRISE__URLS",
    }
    for kind in wanted.keys() - app.outbox.reachable:
        logger().warning("channel.missing", channel=kind.value, desks=",".join(wanted[kind]), fix=hints[kind])
