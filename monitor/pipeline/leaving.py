"""Requests of recipients to be told no more: a departure that the operator is told of once, and when it is over.

Who is told stands in rule files that only the operator writes, so a request changes nothing by itself. It is over when
the rule files in force do not name the address as a recipient of that desk any more.
"""

from __future__ import annotations

from monitor.desks.outbox import email_recipients
from monitor.pipeline.core import Core

ASKED = "unsubscribe.asked"


def commit_request(core: Core, address: str, desk_id: str) -> None:
    """Record who wants to leave which desk, as a unit of work of its own; nothing where that is open already."""
    detail = (
        f"{address} asks not to be told by desk {desk_id} any more;"
        " take the address out of the rule file that has the desk"
    )
    core.departures.commit(ASKED, _subject(address, desk_id), detail, core.clock.now())


def commit_fulfilled(core: Core) -> None:
    """Record which requests the rule files in force have fulfilled, as a unit of work of its own."""
    desks = core.live.book.desks.values()
    still = {_subject(address, desk.id) for desk in desks for address in email_recipients(desk.channels)}
    with core.store.unit_of_work():
        for notice in core.store.notices.open():
            if notice.event == ASKED and notice.subject not in still:
                core.departures.clear(ASKED, notice.subject, core.clock.now())


def _subject(address: str, desk_id: str) -> str:
    return f"{address} from {desk_id}"
