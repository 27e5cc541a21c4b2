"""Lint for feeds: the same address twice, secrets in addresses, periods that a publisher will not forgive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

from monitor.rules.files.load import LoadedBook
from monitor.rules.lint.findings import Check, Level, Spot

_POLITE = timedelta(minutes=1)
_SECRET_PARAMETERS = frozenset(
    ("token", "key", "apikey", "api_key", "api-key", "secret", "auth", "access_token", "password")
)


def _same_address(loaded: LoadedBook) -> Iterator[Spot]:
    seen: dict[str, str] = {}
    for id_, feed in loaded.book.feeds.items():
        parts = urlsplit(feed.url)
        host = (parts.hostname or "").removeprefix("www.")
        key = f"{host}:{parts.port or ''}{parts.path.rstrip('/')}?{parts.query}"
        first = seen.setdefault(key, id_)
        if first != id_:
            yield Spot(
                loaded.place("feeds", id_, "url"),
                f"the address is that of the feed {first!r}: it would be polled twice",
            )


def _secret_in_address(loaded: LoadedBook) -> Iterator[Spot]:
    for id_, feed in loaded.book.feeds.items():
        for name, value in parse_qsl(urlsplit(feed.url).query):
            if name.casefold() in _SECRET_PARAMETERS and len(value) >= 8:
                yield Spot(
                    loaded.place("feeds", id_, "url"), f"the parameter {name!r} of the address looks like a secret"
                )


def _impolite(loaded: LoadedBook) -> Iterator[Spot]:
    for id_, feed in loaded.book.feeds.items():
        host = urlsplit(feed.url).hostname or ""
        is_own = host in ("localhost", "::1") or host.startswith("127.")
        if feed.every is not None and feed.every < _POLITE and not is_own:
            seconds = feed.every.total_seconds()
            yield Spot(
                loaded.place("feeds", id_, "every"), f"a poll every {seconds:.0f} s will get this monitor blocked"
            )


def _plain_http(loaded: LoadedBook) -> Iterator[Spot]:
    for id_, feed in loaded.book.feeds.items():
        parts = urlsplit(feed.url)
        if (
            parts.scheme.lower() == "http"
            and "." in (parts.hostname or "")
            and not (parts.hostname or "").startswith("127.")
        ):
            yield Spot(loaded.place("feeds", id_, "url"), "what comes over http:// can be changed on its way")


CHECKS = (
    Check("F101", Level.WARNING, "Two feeds with one address", "Remove one of them.", _same_address),
    Check(
        "F102",
        Level.WARNING,
        "A secret in a feed's address",
        "Ask the publisher for an address without it, or keep this file out of version control.",
        _secret_in_address,
    ),
    Check(
        "F103", Level.WARNING, "A period shorter than a minute", "Write every: 5m or more, or leave it out.", _impolite
    ),
    Check("F104", Level.INFO, "An address without encryption", "Try https://.", _plain_http),
)
