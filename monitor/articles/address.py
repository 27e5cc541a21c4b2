"""Canonical addresses: two addresses of one article become one string.

Owns what may differ between addresses that lead to one article: scheme, `www`, mobile and AMP editions, tracking
parameters, fragments, the headline in the path. What is true of one publisher only stands in `hosts.toml`. It fetches
nothing and resolves no short links.

Escapes, dot segments, host case and the order of parameters are w3lib's (`canonicalize_url`); courlan was left out
because it adds five packages for a list of parameters that is shorter than ours.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from urllib.parse import parse_qsl, urlencode, urlsplit

from w3lib.url import canonicalize_url

_MOBILE_LABELS = frozenset({"m", "mobile", "amp", "wap", "touch"})
_WWW = re.compile(r"www\d{0,2}$")
_DEFAULT_PORT = re.compile(r":(?:80|443)$")
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)
_AMP_PATH = re.compile(r"(?:/amp(?=/|$)|\.amp(?=\.html?$|$))", re.IGNORECASE)
_AMP_CACHE = re.compile(r"^/(?:c|v|i)/(?:s/)?(.+)$")
_MULTIPLE_SLASHES = re.compile(r"/{2,}")
_NAMED_TWICE_AT_MOST = 3
_LONGEST_KEY = 2_000


@dataclass(frozen=True, slots=True)
class _Host:
    """What is known of one publisher's addresses."""

    keep: frozenset[str] | None = None
    drop: frozenset[str] = frozenset()
    article: re.Pattern[str] | None = None


class _Table:
    """The content of `hosts.toml`, compiled."""

    def __init__(self, source: str) -> None:
        table = tomllib.loads(source)
        general = table["general"]
        self.drop = frozenset(name for name in general["drop"] if not name.endswith("*"))
        self.drop_prefixes = tuple(name[:-1] for name in general["drop"] if name.endswith("*"))
        self.sources = frozenset(general["sources"])
        self.source_values = tuple(general["source_values"])
        self.same_as: dict[str, str] = table["same_as"]
        self.unwrap: dict[str, list[str]] = table["unwrap"]
        self.hosts = {
            host: _Host(
                keep=frozenset(entry["keep"]) if "keep" in entry else None,
                drop=frozenset(entry.get("drop", ())),
                article=re.compile(entry["article"]) if "article" in entry else None,
            )
            for host, entry in table["host"].items()
        }


_TABLE = _Table((files("monitor.articles") / "hosts.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=4096)
def canonical_url(url: str) -> str:
    """Bring an address into the one form that all addresses of its article share.

    The result is for comparing, not for fetching: it has scheme https whatever the publisher serves.

    Args:
        url: An absolute http(s) address as published. One that cannot be read comes back stripped of its fragment.
    """
    for _ in range(_NAMED_TWICE_AT_MOST):
        inner = _unwrapped(url)
        if inner is None:
            break
        url = inner
    try:
        parts = urlsplit(canonicalize_url(url.strip()))
    except (ValueError, UnicodeError):
        return url.strip().partition("#")[0][:_LONGEST_KEY]
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return url.strip().partition("#")[0][:_LONGEST_KEY]
    host = _host_of(parts.netloc)
    known = _TABLE.hosts.get(host, _Host())
    path = _path_of(parts.path)
    if known.article is not None and (named := known.article.search(path)):
        path = "/" + "/".join(group for group in named.groups() if group)
    query = _query_of(parts.query, known)
    return f"https://{host}{path}{'?' + query if query else ''}"[:_LONGEST_KEY]


def names_an_article(canonical: str) -> bool:
    """Say whether a canonical address can be one article's: the front page of a site cannot."""
    parts = urlsplit(canonical)
    return parts.path != "/" or bool(parts.query)


def _host_of(netloc: str) -> str:
    host = _DEFAULT_PORT.sub("", netloc.rpartition("@")[2].lower()).rstrip(".")
    labels = host.split(".")
    while len(labels) > 2 and (_WWW.match(labels[0]) or labels[0] in _MOBILE_LABELS):
        labels = labels[1:]
    # A mobile edition may stand behind the language: en.m.wikipedia.org.
    labels = [label for place, label in enumerate(labels) if label != "m" or place >= len(labels) - 2]
    host = ".".join(labels)
    return _TABLE.same_as.get(host, host)


def _path_of(path: str) -> str:
    """Take editions and index pages off a path, until there is nothing left to take."""
    while True:
        plain = _INDEX.sub("/", _MULTIPLE_SLASHES.sub("/", _AMP_PATH.sub("", path))).rstrip("/")
        if plain == path:
            return plain or "/"
        path = plain


def _unwrapped(url: str) -> str | None:
    """Return the address inside a redirector's or an AMP cache's address, None where there is none."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if host.endswith("cdn.ampproject.org") and (cached := _AMP_CACHE.match(parts.path)):
        return f"https://{cached[1]}{'?' + parts.query if parts.query else ''}"
    if host.startswith("google.") and parts.path.startswith("/amp/"):
        return f"https://{parts.path.removeprefix('/amp/').removeprefix('s/')}"
    names = _TABLE.unwrap.get(host + parts.path) or _TABLE.unwrap.get(host)
    if names:
        given = dict(parse_qsl(parts.query))
        return next((given[name] for name in names if given.get(name, "").startswith(("http://", "https://"))), None)
    return None


def _query_of(query: str, known: _Host) -> str:
    kept: Sequence[tuple[str, str]] = sorted(
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
        if _chooses(name.lower(), value.lower(), known)
    )
    return urlencode(kept, errors="surrogateescape")


def _chooses(name: str, value: str, known: _Host) -> bool:
    """Say whether a query parameter chooses the article."""
    if known.keep is not None:
        return name in known.keep
    if name in known.drop or name in _TABLE.drop or name.startswith(_TABLE.drop_prefixes):
        return False
    return not (name in _TABLE.sources and any(source in value for source in _TABLE.source_values))
