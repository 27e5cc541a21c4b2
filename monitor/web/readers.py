"""Whose a link is: the desk that still has the reader among its recipients, or the page that says why there is none.

A link names its reader by a keyed hash; here it is found among the e-mail recipients that the rule files name now.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from starlette.responses import Response

from monitor.desks.answers import NOBODY
from monitor.desks.excerpt import one_line
from monitor.desks.outbox import email_recipients
from monitor.model import Desk
from monitor.rules.book import RuleBook
from monitor.web.links import GOOD_FOR, Links, Refusal
from monitor.web.pages import Page, html


@dataclass(frozen=True, slots=True)
class Reader:
    """A recipient of a desk."""

    desk: Desk
    address: str

    @property
    def desk_name(self) -> str:
        """Return the desk's name on one line."""
        return one_line(self.desk.name) or self.desk.id


def reader_of(book: RuleBook, links: Links, desk_id: str, reader: str) -> Reader | Response:
    """Find who a link belongs to, or say why it is nobody's."""
    if reader == links.reader(NOBODY):
        return html(
            Page(
                "This is the copy for the record",
                ("Its links belong to nobody, and record nothing. Use those of the e-mail that you were sent.",),
            ),
            HTTPStatus.FORBIDDEN,
        )
    desk = book.desks.get(desk_id)
    for address in email_recipients(desk.channels) if desk is not None else ():
        if desk is not None and links.reader(address) == reader:
            return Reader(desk, address)
    return html(
        Page(
            "This link has no owner any more",
            (
                "The address that this digest went to is not among the desk's recipients now."
                " Ask whoever runs the monitor, if it should be.",
            ),
        ),
        HTTPStatus.GONE,
    )


def refused_link(refusal: Refusal) -> Response:
    """Return the page for a link that cannot be read."""
    match refusal:
        case Refusal.BROKEN:
            return html(
                Page(
                    "This link is not whole",
                    ("Mail programs sometimes break a long link. Open it again from the digest, or copy all of it.",),
                ),
                HTTPStatus.NOT_FOUND,
            )
        case Refusal.OVER:
            return html(
                Page(
                    "This link is too old",
                    (f"Links in a digest work for {GOOD_FOR.days} days. Use those of a newer one.",),
                ),
                HTTPStatus.GONE,
            )
