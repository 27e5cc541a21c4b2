"""What operators read of servers that refuse."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.feeds.document import parse_document
from monitor.feeds.refusals import refusal_in_words
from monitor.model import ParseFailed


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        (404, {}, "paper.example answered 404 Not Found"),
        (799, {}, "paper.example answered 799"),
        (403, {"server": "cloudflare"}, "paper.example answered 403 Forbidden by way of Cloudflare"),
        (
            403,
            {"cf-mitigated": "challenge", "server": "cloudflare"},
            "paper.example answered 403 Forbidden: Cloudflare tests for a browser",
        ),
        (404, {"server": "cloudflare"}, "paper.example answered 404 Not Found"),
        (
            511,
            {},
            "paper.example answered 511 Network Authentication Required: a portal on the way asks to sign in",
        ),
        (304, {}, "paper.example answered 304 Not Modified, though it was asked for the whole document"),
    ],
)
def test_a_refusal_names_its_status_and_who_is_in_between(status: int, headers: dict[str, str], said: str) -> None:
    """Cloudflare by its own mark, a portal by its status; a plain refusal names nobody else."""
    assert refusal_in_words("paper.example", status, headers, None) == said


def test_a_wait_is_told() -> None:
    """As the server asked for it, after it was clamped."""
    said = refusal_in_words("paper.example", 429, {}, timedelta(minutes=2))
    assert said == "paper.example answered 429 Too Many Requests and asked to be left alone for 2 min"


@pytest.mark.parametrize(
    ("page", "named"),
    [
        ("<title>Just a moment...</title><script>window._cf_chl_opt={};</script>", "Cloudflare tests for browsers"),
        ("<title>x</title><script src='/cdn-cgi/challenge-platform/h/b'></script>", "Cloudflare tests for browsers"),
        ("<title>Attention Required! | Cloudflare</title>", "Cloudflare tests for browsers"),
        ("<iframe src='/_Incapsula_Resource?x=1'>", "Imperva tests for browsers"),
        ("<script src='https://ct.captcha-delivery.com/c.js'></script>", "DataDome tests for browsers"),
        ("<title>Airport</title><form id='captive-portal'>", "a portal on the way asks to sign in"),
        ("<title>Hotspot Login</title>", "a portal on the way asks to sign in"),
        ("<title>Members</title><input type='password'>", "that asks to sign in"),
    ],
)
def test_a_page_in_between_is_named(page: str, named: str) -> None:
    """By whose it is, where that is known."""
    outcome = parse_document(f"<html>{page}</html>".encode(), {}, "https://paper.example/feed")
    assert isinstance(outcome, ParseFailed)
    assert named in outcome.detail
