"""All pages under one roof: which path is which page, behind one guard."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from monitor.pipeline.core import Core
from monitor.web.feedback import FeedbackPages
from monitor.web.guard import Guard, refused
from monitor.web.links import Links
from monitor.web.unsubscribe import UnsubscribePages


def site(core: Core, links: Links) -> Starlette:
    """Join the pages over one core; nothing is written but by POST, on the writer's thread."""
    feedback, unsubscribe = FeedbackPages(core, links), UnsubscribePages(core, links)
    app = Starlette(
        routes=[
            Route("/feedback/{token}", feedback.answer, methods=["GET", "POST"]),
            Route("/unsubscribe/{token}", unsubscribe.answer, methods=["GET", "POST"]),
            Route("/robots.txt", _robots, methods=["GET"]),
        ],
        middleware=[Middleware(Guard, core=core)],
        exception_handlers={HTTPException: refused},
    )
    app.router.redirect_slashes = False
    return app


async def _robots(_request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")
