"""Owns the sentences about servers that refuse: by a status, by who stands in between, by a certificate. Pure.

They are for operators, and hold no address.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

from monitor.feeds.cadence import in_words

_CERTIFICATE_FAULTS = {
    9: "is not valid yet; look at this machine's clock",
    10: "has expired",
    18: "is signed by itself, not by an authority",
    19: "is signed by an authority that is not trusted",
    20: "is signed by an authority that is not trusted, or its chain is not complete",
    21: "is signed by an authority that is not trusted, or its chain is not complete",
    23: "was revoked",
    62: "is for another host",
    64: "is for another address",
}
"""Plain words for what OpenSSL finds (the X509_V_ERR numbers of `openssl/x509_vfy.h`)."""


def refusal_in_words(host: str, status: int, headers: Mapping[str, str], wait: timedelta | None) -> str:
    """Say that a host gave no document.

    Args:
        host: without port, user and path.
        status: of its answer, neither 200 nor a redirect.
        headers: names in lower case.
        wait: what it asked for (Retry-After).
    """
    try:
        phrase = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = str(status)
    said = f"{host} answered {phrase}{_in_between(status, headers)}"
    if status == HTTPStatus.NOT_MODIFIED:
        said += ", though it was asked for the whole document"
    return f"{said} and asked to be left alone for {in_words(wait)}" if wait else said


def certificate_fault(error: ssl.SSLCertVerificationError) -> str:
    """Say what is wrong with a certificate, as the end of a sentence about it."""
    return _CERTIFICATE_FAULTS.get(error.verify_code, f"is not valid ({error.verify_message})")


def _in_between(status: int, headers: Mapping[str, str]) -> str:
    """Name who answered instead of the publisher, where the headers tell; "" where they do not.

    Sources: Cloudflare marks its challenge pages with `cf-mitigated` (its documentation, "Detect a Challenge Page
    response"); 511 is how a portal is to say that it wants a sign-in (RFC 6585 section 6).
    """
    if headers.get("cf-mitigated", "").strip().lower() == "challenge":
        return ": Cloudflare tests for a browser"
    if status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED:
        return ": a portal on the way asks to sign in"
    if headers.get("server", "").strip().lower() == "cloudflare" and status in (403, 429, 503):
        return " by way of Cloudflare"
    return ""
