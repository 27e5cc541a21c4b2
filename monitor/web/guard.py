"""What stands between the server and the pages: small bodies, headers on every response, and no failure shown.

Owns the limits and the pages of failures. Refuses to know what is asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import ParamSpec, TypeVar

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.errors import StateError
from monitor.pipeline.core import Core
from monitor.web.pages import Page, html, protection

BODY_LIMIT = 4_000
"""Bytes. The forms of these pages are empty; a mail program's one click is 26 bytes, or a few hundred in parts."""

PATIENCE = timedelta(seconds=10)
"""How long a reader waits for the writer before the page says to try again."""

P = ParamSpec("P")
R = TypeVar("R")

_FAILURES = {
    HTTPStatus.NOT_FOUND: Page("There is nothing here", ("Open the link again from the digest it came with.",)),
    HTTPStatus.METHOD_NOT_ALLOWED: Page("That cannot be done here"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Page("That is too long", ("Nothing was recorded.",)),
    HTTPStatus.SERVICE_UNAVAILABLE: Page(
        "Not at the moment", ("The monitor cannot record anything now. Try again in a few minutes.",)
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: Page(
        "That did not work", ("It is the monitor's fault, and its operator is told. Try again later.",)
    ),
}


class Guard:
    """ASGI middleware round all pages."""

    def __init__(self, app: ASGIApp, core: Core) -> None:
        self._app, self._core = app, core

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens behind."""
        if scope["type"] != "http":
            return
        begun = False

        async def protected(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                MutableHeaders(scope=message).update(protection())
            await send(message)

        try:
            if await _is_too_long(Request(scope, receive)):
                await failure(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)(scope, receive, protected)
                return
            await self._app(scope, receive, protected)
        except ClientDisconnect:
            return
        except Exception as error:
            status = await self._report(error)
            if not begun:
                await failure(status)(scope, receive, protected)

    async def _report(self, error: Exception) -> HTTPStatus:
        """Log a failure and return what the reader is told; the operator is told of what nobody foresaw."""
        if isinstance(error, TimeoutError):
            self._core.log.warning("web.busy", detail="the writer did not come to it in time")
            return HTTPStatus.SERVICE_UNAVAILABLE
        self._core.say_failed("web.failed", error)
        if isinstance(error, StateError):
            return HTTPStatus.SERVICE_UNAVAILABLE
        await self._core.tell("web.failed", "pages", f"{type(error).__name__}: {error}")
        return HTTPStatus.INTERNAL_SERVER_ERROR


async def on_writer(core: Core, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a call on the thread that owns the store, or say that it is busy; what did not begin is not done later.

    Raises:
        TimeoutError: It did not end in time.
    """
    async with asyncio.timeout(PATIENCE.total_seconds()):
        return await core.writer.run(call, *args, **kwargs)


async def refused(_request: Request, error: Exception) -> Response:
    """Answer what Starlette refuses: an unknown path, a method that a page does not know."""
    if not isinstance(error, HTTPException):
        raise error
    return failure(HTTPStatus(error.status_code), error.headers)


def failure(status: HTTPStatus, headers: Mapping[str, str] | None = None) -> Response:
    """Return the page of a failure."""
    response = html(_FAILURES.get(status, Page(status.phrase)), status)
    response.headers.update(headers or {})
    return response


async def _is_too_long(request: Request) -> bool:
    """Read a body and throw it away, since no page needs one; stop where it is longer than it may be."""
    if request.method != "POST":
        return False
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > BODY_LIMIT:
            return True
    return False
