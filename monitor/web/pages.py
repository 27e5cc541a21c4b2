"""A page: one heading, a story, a few sentences and at most one button, as bytes with the headers that protect it.

Owns the template, its style and what a browser is allowed to do with a page, which is next to nothing: no script, no
other resource, no frame, no referrer (https://www.w3.org/TR/CSP3/), no copy in a cache or in a search engine. Refuses
to know why a page is shown. Everything is escaped; the style is one element that the policy names by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup
from starlette.responses import HTMLResponse


@dataclass(frozen=True, slots=True)
class Story:
    """The story that a page is about; text on one line, not escaped."""

    headline: str
    url: str | None
    """http or https, as `desks.digest.link` lets it pass."""
    is_rtl: bool
    language: str
    """A language code, "" when unknown."""
    outlet: str


@dataclass(frozen=True, slots=True)
class Button:
    """The only thing one can do on a page: send an empty form."""

    label: str
    token: str
    """The last part of the address it goes to, beside the page's own."""
    is_quiet: bool = False
    """Whether it is not what most came for."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says."""

    heading: str
    sentences: tuple[str, ...] = ()
    kicker: str = ""
    """Whose page it is, above the heading."""
    story: Story | None = None
    button: Button | None = None
    note: str = ""
    """In small letters, under the button."""


def html(page: Page, status: int = 200) -> HTMLResponse:
    """Write a page as a response; `protected` adds its headers."""
    template, css, _ = _template()
    return HTMLResponse(template.render(page=page, css=css), status_code=status)


def protection() -> dict[str, str]:
    """Return the headers that every response carries, pages or not."""
    _, _, style = _template()
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src '{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


@cache
def _template() -> tuple[Template, Markup, str]:
    """Load the template and its style, once, with the style's name in a policy (CSP3 section 2.3.1, hash-source)."""
    loader = PackageLoader("monitor.web")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    css, _, _ = loader.get_source(environment, "page.css")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return environment.get_template("page.html.j2"), Markup(css), f"sha256-{digest}"  # noqa: S704 - our own file
