"""The page behind List-Unsubscribe, and its one click (RFC 8058): a request to the operator, who edits the rule files.

The pages say that a request changes nothing by itself. A GET records nothing (RFC 8058 section 3.2); the POST, from a
person or from their mail program, is answered with a page and never a redirect (3.1).
"""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from monitor.pipeline.core import Core
from monitor.pipeline.leaving import commit_request
from monitor.web.guard import on_writer
from monitor.web.links import Links, Refusal
from monitor.web.pages import Button, Page, html
from monitor.web.readers import reader_of, refused_link


class UnsubscribePages:
    """GET asks, POST records."""

    def __init__(self, core: Core, links: Links) -> None:
        self._core, self._links = core, links

    async def answer(self, request: Request) -> Response:
        """Answer a request for a link; a POST tells the operator, once, who asks to leave which desk."""
        token: str = request.path_params["token"]
        link = self._links.read_unsubscribe(token)
        if isinstance(link, Refusal):
            return refused_link(link)
        reader = reader_of(self._core.live.book, self._links, link.desk_id, link.reader)
        if isinstance(reader, Response):
            return reader
        page = Page(
            heading=f"Leave the digests of {reader.desk_name}?",
            kicker=reader.desk_name,
            sentences=(
                f"Whoever runs the monitor is asked to take {reader.address} off the list of this desk."
                " Digests may still come until that is done.",
            ),
            button=Button("Ask to be taken off", token),
        )
        if request.method != "POST":
            return html(page)
        await on_writer(self._core, commit_request, self._core, reader.address, reader.desk.id)
        return html(replace(page, heading="Your request is recorded", button=None))
