"""Owns the words for how a feed is, and what the operator should do about each. PURE: a table and a decision.

`feeds list`, `feeds show` and the log use these words. A condition is about now; what led to it stands in the polls.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.feeds.memory import FeedMemory
from monitor.feeds.pause import was_gone
from monitor.model import Feed, FeedState, FetchFault, ParseFault, PollOutcome


class Condition(StrEnum):
    """How a feed is, in one word."""

    NEW = "new"
    OK = "ok"
    QUIET = "quiet"
    GAP = "gap"
    MENDED = "mended"
    CUT = "cut"
    MOVED = "moved"
    LYING_ETAG = "lying-etag"
    OVERDUE = "overdue"
    PAUSED = "paused"
    DORMANT = "dormant"
    MISSING = "missing"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    THROTTLED = "throttled"
    SERVER_ERROR = "server-error"
    PORTAL = "portal"
    REFUSED = "refused"
    DNS = "dns"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    TLS = "tls"
    BLOCKED = "blocked"
    TOO_LARGE = "too-large"
    REDIRECTS = "redirects"
    PROTOCOL = "protocol"
    WEB_PAGE = "web-page"
    EMPTY = "empty"
    NOT_A_FEED = "not-a-feed"
    MALFORMED = "malformed"
    PARSER_LIMIT = "parser-limit"
    PARSER_CRASH = "parser-crash"


ADVICE: dict[Condition, str] = {
    Condition.NEW: "nothing; its first poll is the baseline",
    Condition.OK: "nothing",
    Condition.QUIET: "nothing, unless you know of news there: then open its page and compare",
    Condition.GAP: "nothing if it ends by itself; else shorten its period, or find a feed with more entries",
    Condition.MENDED: "nothing; tell the publisher that the document is not well-formed, if you know them",
    Condition.CUT: "nothing for a few polls; then ask the publisher, or look for a proxy that cuts answers",
    Condition.MOVED: "put the new address into its rule file",
    Condition.LYING_ETAG: "nothing; it is fetched whole each time",
    Condition.OVERDUE: "look at the daemon: `monitor doctor`",
    Condition.PAUSED: "`monitor feeds resume` when it should be polled again",
    Condition.DORMANT: "open its page: a feed that was silent for so long may have been given up",
    Condition.MISSING: "wait a day, feeds do come back; then `monitor feeds discover` on the site",
    Condition.GONE: "`monitor feeds discover` on the site: give it its new address, or remove it; `resume` asks again",
    Condition.FORBIDDEN: "check a user name or token in the address; else write to the publisher with our User-Agent",
    Condition.THROTTLED: "lengthen its period; a wait that the server asks for is kept",
    Condition.SERVER_ERROR: "wait; the publisher's server has a fault",
    Condition.PORTAL: "sign in to the network that this machine is in",
    Condition.REFUSED: "read the status; the server does not want this request",
    Condition.DNS: "check the spelling of the host; when all feeds say so, check this machine's resolver",
    Condition.UNREACHABLE: "wait; when all feeds say so, check this machine's network",
    Condition.TIMEOUT: "wait; when it stays, raise the fetch timeout",
    Condition.TLS: "wait, certificates are renewed; it is never fetched without a valid one",
    Condition.BLOCKED: "if the host is your own, allow it by host:port; else correct the address",
    Condition.TOO_LARGE: "find a smaller feed of the site, or raise the largest body",
    Condition.REDIRECTS: "open the address in a browser and put what it ends at into the rule file",
    Condition.PROTOCOL: "wait; when it stays, the server or a proxy on the way is broken",
    Condition.WEB_PAGE: "put the feed that the page names into the rule file; where it tests for browsers, ask them",
    Condition.EMPTY: "wait; when it stays, ask the publisher",
    Condition.NOT_A_FEED: "correct the address: `monitor feeds discover` on the site",
    Condition.MALFORMED: "tell the publisher; `monitor feeds check` shows what came",
    Condition.PARSER_LIMIT: "keep the document and report it: it makes the parser spin or eat memory",
    Condition.PARSER_CRASH: "keep the document and report it: the parser has a fault",
}
"""What the operator should do, for every condition."""

NOTHING_TO_DO = frozenset(condition for condition, advice in ADVICE.items() if advice.startswith("nothing"))
"""Conditions that the operator may leave alone."""

GIVEN_UP_AFTER = timedelta(days=30)
"""A feed that answers but has had nothing new for so long is called dormant."""
QUIET_AFTER = timedelta(days=2)
_OVERDUE_PERIODS = 3

_OF_STATUS = {
    "304": Condition.PROTOCOL,  # to a question without validators
    "400": Condition.REFUSED,
    "401": Condition.FORBIDDEN,
    "402": Condition.FORBIDDEN,
    "403": Condition.FORBIDDEN,
    "404": Condition.MISSING,
    "410": Condition.GONE,
    "429": Condition.THROTTLED,
    "451": Condition.FORBIDDEN,
    "503": Condition.THROTTLED,
    "511": Condition.PORTAL,
}
_OF_FAULT = {
    FetchFault.UNREACHABLE.value: Condition.UNREACHABLE,
    FetchFault.DNS.value: Condition.DNS,
    FetchFault.TLS.value: Condition.TLS,
    FetchFault.HTTP.value: Condition.REFUSED,
    FetchFault.BLOCKED.value: Condition.BLOCKED,
    FetchFault.TOO_LARGE.value: Condition.TOO_LARGE,
    FetchFault.REDIRECTS.value: Condition.REDIRECTS,
    FetchFault.PROTOCOL.value: Condition.PROTOCOL,
    FetchFault.TIMEOUT.value: Condition.TIMEOUT,
    FetchFault.HELD.value: Condition.THROTTLED,
}
_OF_PARSE_FAULT = {
    ParseFault.EMPTY.value: Condition.EMPTY,
    ParseFault.HTML.value: Condition.WEB_PAGE,
    ParseFault.NOT_A_FEED.value: Condition.NOT_A_FEED,
    ParseFault.MALFORMED.value: Condition.MALFORMED,
    ParseFault.TIMEOUT.value: Condition.PARSER_LIMIT,
    ParseFault.MEMORY.value: Condition.PARSER_LIMIT,
    ParseFault.CRASHED.value: Condition.PARSER_CRASH,
}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How a feed is, why that is said, and what to do."""

    condition: Condition
    because: str
    advice: str


def diagnose(
    feed: Feed, state: FeedState | None, memory: FeedMemory, *, default_every: timedelta, now: datetime
) -> Diagnosis:
    """Say how a feed is.

    Args:
        feed: as its rule file describes it.
        state: None before its first poll.
        memory: what was learnt of it; an empty one is fine.
        default_every: the period of a feed that names none.
        now: the present, aware, in UTC.
    """
    condition, because = _condition(feed, state, memory, default_every, now)
    return Diagnosis(condition, because, ADVICE[condition])


def _condition(
    feed: Feed, state: FeedState | None, memory: FeedMemory, default_every: timedelta, now: datetime
) -> tuple[Condition, str]:
    if state is not None and state.paused:
        if was_gone(state):
            return Condition.GONE, f"{state.last_detail}; it is paused"
        return Condition.PAUSED, state.last_detail or "paused by the operator"
    if state is None or state.last_polled_at is None:
        return Condition.NEW, "not polled yet"
    late = state.next_poll_at is not None and now - state.next_poll_at
    if late and late > (feed.every or default_every) * _OVERDUE_PERIODS:
        return Condition.OVERDUE, f"its poll was due at {state.next_poll_at:%Y-%m-%d %H:%M} UTC"
    if state.last_outcome == PollOutcome.FETCH_FAILED:
        return _failed(memory.status), state.last_detail
    if state.last_outcome == PollOutcome.PARSE_FAILED:
        return _OF_PARSE_FAULT.get(memory.status, Condition.MALFORMED), state.last_detail
    if memory.has_moved:
        return Condition.MOVED, f"it answers at {memory.moved_to}"
    if memory.gaps:
        return Condition.GAP, "its last documents had no entry in common"
    if "the document was cut" in state.last_detail:
        return Condition.CUT, state.last_detail
    if memory.etag_lies:
        return Condition.LYING_ETAG, "its ETag stayed the same while there was news"
    since = state.last_new_at or state.baseline_at or state.last_polled_at
    for length, condition in ((GIVEN_UP_AFTER, Condition.DORMANT), (QUIET_AFTER, Condition.QUIET)):
        if now - since > length:
            return condition, f"nothing new since {since:%Y-%m-%d %H:%M} UTC"
    if state.last_detail:
        return Condition.MENDED, state.last_detail
    return Condition.OK, ""


def _failed(status: str) -> Condition:
    if status in _OF_STATUS:
        return _OF_STATUS[status]
    if status.isdigit():
        if status.startswith("3"):
            return Condition.REDIRECTS
        return Condition.SERVER_ERROR if status.startswith("5") else Condition.REFUSED
    return _OF_FAULT.get(status, Condition.UNREACHABLE)
