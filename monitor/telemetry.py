"""Logs are events with fields, metrics are counts of the same events; both have stable names.

A line is `time level event key=value …` (or one JSON object) on stderr. The pure rooms log nothing: what they decided
is in the values they return, and the pipeline says it here.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server


def set_up_logging(*, level: str = "INFO", as_json: bool = False, stream: TextIO | None = None) -> None:
    """Send events of `level` and above to `stream` (stderr), one a line."""
    out = stream if stream is not None else sys.stderr
    render: Any
    if as_json:
        render = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        # Without local variables: a traceback through smtplib would show the password.
        traces = (
            structlog.dev.RichTracebackFormatter(show_locals=False) if out.isatty() else structlog.dev.plain_traceback
        )
        render = structlog.dev.ConsoleRenderer(colors=out.isatty(), pad_event_to=0, exception_formatter=traces)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info if as_json else _keep,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    # Libraries speak only when something is wrong; httpx's INFO lines would hold whole addresses, secrets in them too.
    logging.basicConfig(level=logging.WARNING, stream=out, format="%(asctime)s %(levelname)s %(name)s %(message)s")


def _keep(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return event


def logger() -> structlog.typing.FilteringBoundLogger:
    """Return the logger; an event is a dotted name, everything else is a field."""
    log: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return log


class Metrics:
    """The monitor's counters, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.polls = Counter("monitor_polls", "Polls by outcome", ["outcome"], registry=self.registry)
        self.articles = Counter("monitor_articles", "Articles first seen", registry=self.registry)
        self.matches = Counter("monitor_matches", "Matches by rule", ["rule"], registry=self.registry)
        self.alerts = Counter("monitor_alerts", "Alerts by desk", ["desk"], registry=self.registry)
        self.digests = Counter("monitor_digests", "Digests by desk", ["desk"], registry=self.registry)
        self.deliveries = Counter(
            "monitor_deliveries",
            "Moves of deliveries by channel and state",
            ["channel", "state"],
            registry=self.registry,
        )
        self.feedback = Counter(
            "monitor_feedback", "What people said of stories", ["kind", "channel"], registry=self.registry
        )
        self.notices = Counter("monitor_notices", "Departures by event", ["event"], registry=self.registry)
        self.last_wake = Gauge(
            "monitor_last_wake_timestamp_seconds", "When the daemon last woke", registry=self.registry
        )

    def serve(self, host: str, port: int) -> Callable[[], None]:
        """Answer Prometheus on host:port from a thread; return what ends it."""
        server, thread = start_http_server(port, addr=host, registry=self.registry)

        def stop() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return stop
