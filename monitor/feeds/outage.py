"""Owns telling one cause from many failures: this machine's network, a portal in between, a whole family gone blind.

PURE. When no feed can be heard, one notice says so, and not one a feed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model import Feed, FeedState, FetchFault, ParseFault, PollReport

FEWEST = 3
"""Feeds that must fail alike before a common cause is named."""
BLIND_AFTER_PERIODS = 4
BLIND_AFTER = timedelta(hours=1)
FEWEST_OF_FAMILY = 2
"""One feed alone is no family: its own failures say it all."""

_NETWORK = frozenset({FetchFault.DNS.value, FetchFault.UNREACHABLE.value, FetchFault.TIMEOUT.value})

_PORTAL = frozenset({ParseFault.HTML.value, "511"})
"""A page instead of a feed, or the status by which a portal asks to sign in (RFC 6585 section 6)."""


@dataclass(frozen=True, slots=True)
class Outage:
    """One cause of many failures."""

    event: str
    """"network.down", "network.portal" or "feeds.blind"."""
    subject: str
    """What went dark: "all feeds", "language:ur", "tag:pakistan"."""
    detail: str


def shared_fault(reports: Sequence[PollReport]) -> Outage | None:
    """Name the common cause of a cycle of polls, None where any feed was heard or the failures differ.

    Args:
        reports: of different feeds, polled at about the same time.
    """
    if len(reports) < FEWEST or any(report.outcome.is_good for report in reports):
        return None
    statuses = {report.status for report in reports}
    count = len(reports)
    if statuses == {FetchFault.DNS.value}:
        return Outage("network.down", "all feeds", f"no name resolves ({count} feeds): look at this machine's resolver")
    if statuses <= _NETWORK:
        return Outage(
            "network.down", "all feeds", f"none of {count} feeds can be reached: look at this machine's network"
        )
    if statuses <= _PORTAL | {FetchFault.TLS.value} and statuses & _PORTAL:
        return Outage(
            "network.portal", "all feeds", f"all {count} feeds answer with a web page: a portal stands in between"
        )
    return None


def blind_families(
    feeds: Iterable[Feed], states: Mapping[str, FeedState], *, default_every: timedelta, now: datetime
) -> list[Outage]:
    """Find languages and tags none of whose feeds was heard for long, largest first.

    Paused feeds and feeds that were never heard count for no family: an operator knows of them.

    Args:
        feeds: of the rule files.
        states: by feed id.
        default_every: the period of feeds that name none.
        now: the present, aware, in UTC.
    """
    families: dict[str, list[tuple[Feed, datetime]]] = {}
    for feed in feeds:
        state = states.get(feed.id)
        if state is None or state.paused or state.last_ok_at is None:
            continue
        for family in (*(f"tag:{tag}" for tag in feed.tags), *([f"language:{feed.language}"] if feed.language else ())):
            families.setdefault(family, []).append((feed, state.last_ok_at))
    found = []
    for family, members in families.items():
        heard = max(at for _, at in members)
        period = max((feed.every or default_every for feed, _ in members), default=default_every)
        if len(members) >= FEWEST_OF_FAMILY and now - heard > max(BLIND_AFTER, period * BLIND_AFTER_PERIODS):
            detail = f"none of its {len(members)} feeds was heard since {heard:%Y-%m-%d %H:%M} UTC"
            found.append((len(members), Outage("feeds.blind", family, detail)))
    return [outage for _, outage in sorted(found, key=lambda pair: (-pair[0], pair[1].subject))]
