"""Owns the one way anything is fetched: a single HTTP client, guarded, bounded and polite. The only home of httpx.

What the network or a server does comes back as a value. It knows nothing of feeds: it hands over bytes and headers.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urljoin, urlsplit

import httpx
from httpx_secure import SSRFProtectionError, httpx_ssrf_protection

from monitor.feeds.guard import AddressGuard, scheme_refusal
from monitor.feeds.headers import retry_after
from monitor.feeds.inflate import BodyReader, BodyTooLargeError, BrokenCompressionError
from monitor.feeds.refusals import certificate_fault, refusal_in_words
from monitor.feeds.turns import HostTurns
from monitor.model import Fetched, FetchFailed, FetchFault, FetchOutcome, FetchRequest, NotModified

DEFAULT_MAX_BODY_BYTES = 15_000_000
MOST_REDIRECTS = 5
_MOST_IDLE = 10
"""Connections kept for another feed of their host. httpcore 1.0 looks at every idle one twice a request."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, "
    "application/json;q=0.8, */*;q=0.5"
)


class HttpFetcher:
    """Fetch documents over HTTP/1.1 and 2, each within one deadline. Belongs to one event loop.

    Addresses are judged after resolution, again for every redirect, and the connection goes to the very address that
    was judged. Cookies are not kept, proxies of the environment are not used, TLS is never relaxed.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allow_hosts: Iterable[str] = (),
        timeout_seconds: float = 30.0,
        max_body_bytes: int = DEFAULT_MAX_BODY_BYTES,
        per_host: int = 2,
        polite_seconds: float = 1.0,
        most_connections: int = 100,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """Build the client; nothing is opened yet.

        Args:
            user_agent: what the monitor calls itself, with a way to reach its operator.
            allow_hosts: "host" or "host:port" of the operator's own network, exempt from the guard and from the polite
                distance.
            timeout_seconds: for a whole exchange, redirects and body included, from the moment a connection is free.
            max_body_bytes: of a body, on the wire and inflated.
            per_host: exchanges with one host at the same time.
            polite_seconds: between the starts of two exchanges with one host.
            most_connections: open at the same time, over all hosts.
            trust: The certificates that are believed; the public authorities by default.

        Raises:
            ConfigurationError: an allowed host is not written as host or host:port.
        """
        self._guard = AddressGuard(allow_hosts)
        self._timeout_seconds = timeout_seconds
        self._max_body_bytes = max_body_bytes
        self._hosts = HostTurns(per_host=per_host, distance_seconds=polite_seconds)
        self._open = asyncio.Semaphore(most_connections)
        for name in ("httpx", "httpcore"):  # at INFO they write whole addresses, with the secrets in them
            logging.getLogger(name).setLevel(logging.WARNING)
        client = httpx.AsyncClient(
            http2=True,
            verify=trust or True,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(timeout_seconds),
            limits=httpx.Limits(
                max_connections=most_connections, max_keepalive_connections=_MOST_IDLE, keepalive_expiry=30
            ),
            headers={"user-agent": user_agent, "accept": _ACCEPT, "accept-encoding": "gzip"},
        )
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._client = httpx_ssrf_protection(
            client, check_globally_reachable=False, custom_validator=self._may_connect, dns_cache_ttl=60
        )

    async def fetch(self, request: FetchRequest) -> FetchOutcome:
        """Get one document (see `ports.Fetcher`); waiting for a busy host does not count against the deadline."""
        started = time.monotonic()
        host = _host_of(request.url)
        polite = not self._guard.allows(host, _port_of(request.url))
        async with self._hosts.turn(host, polite=polite), self._open:
            began = time.monotonic()
            try:
                async with asyncio.timeout(self._timeout_seconds):
                    return await self._exchange(request, began)
            except TimeoutError:
                detail = f"{host} did not finish its answer within {self._timeout_seconds:g} s"
                return FetchFailed(request.url, FetchFault.TIMEOUT, detail, time.monotonic() - started)

    async def aclose(self) -> None:
        await self._client.aclose()

    def _may_connect(self, host: str, address: IPv4Address | IPv6Address, port: int) -> bool:
        return self._guard.refusal(host, address, port) is None

    async def _exchange(self, request: FetchRequest, began: float) -> FetchOutcome:
        """Follow redirects until a document, a refusal or a fault; every step meets the guard."""
        url = request.url
        followed: list[tuple[int, str]] = []
        seen = {url}
        while True:
            refusal = scheme_refusal(url)
            if refusal is not None:
                where = f"it was redirected to an address of another kind: {refusal}" if followed else refusal
                return FetchFailed(request.url, FetchFault.BLOCKED, where, time.monotonic() - began)
            step = await self._step(url, request, tuple(followed), began)
            if not isinstance(step, _Redirect):
                return step
            url = step.target
            followed.append((step.status, url))
            if url in seen or len(followed) > MOST_REDIRECTS:
                how = "in a circle" if url in seen else f"more than {MOST_REDIRECTS} times"
                detail = f"{_host_of(request.url)} redirected {how}"
                return FetchFailed(
                    request.url, FetchFault.REDIRECTS, detail, time.monotonic() - began, status=step.status
                )
            seen.add(url)

    async def _step(
        self,
        url: str,
        request: FetchRequest,
        followed: tuple[tuple[int, str], ...],
        began: float,
        *,
        is_second_try: bool = False,
    ) -> FetchOutcome | _Redirect:
        """Make one request. A body cut on the wire is handed over as far as it came: the parser sees the cut.

        A connection that was kept from an earlier exchange may have been closed by the server meanwhile (over HTTP/2
        httpcore 1.0 does not look). Where it ends before an answer began, the question is put once more, as RFC 9110
        section 9.2.2 allows for GET; one that fails on a connection of its own is not.
        """
        conditional = _conditional_headers(request)
        connection = _Connection()
        try:
            async with self._client.stream(
                "GET", url, headers=conditional, extensions={"trace": connection.note}
            ) as response:
                connection.has_answered = True
                headers = _plain_headers(response)
                target = _redirect_target(url, response.status_code, headers)
                if target is not None:
                    return _Redirect(response.status_code, target)
                if response.status_code == HTTPStatus.NOT_MODIFIED and conditional:
                    await response.aread()  # it has no body; an answer that is not read to its end costs the connection
                    return NotModified(url, headers, time.monotonic() - began)
                if response.status_code not in (HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION):
                    return _refused(url, response.status_code, headers, time.monotonic() - began)
                encoding = headers.get("content-encoding", "identity").strip().lower()
                if encoding not in ("", "identity", "gzip", "x-gzip", "none", "utf-8"):
                    detail = f"{_host_of(url)} compressed its answer as {encoding[:20]!r}, which was not asked for"
                    return FetchFailed(url, FetchFault.PROTOCOL, detail, time.monotonic() - began)
                reader = BodyReader(self._max_body_bytes)
                try:
                    async for chunk in response.aiter_raw():
                        reader.feed(chunk)
                except httpx.RemoteProtocolError:
                    if not reader.body():
                        raise
                return Fetched(url, reader.body(), headers, time.monotonic() - began, followed)
        except BodyTooLargeError:
            detail = f"the body is larger than {self._max_body_bytes / 1e6:g} MB"
            return FetchFailed(url, FetchFault.TOO_LARGE, detail, time.monotonic() - began)
        except BrokenCompressionError:
            detail = f"the compressed body from {_host_of(url)} is damaged"
            return FetchFailed(url, FetchFault.PROTOCOL, detail, time.monotonic() - began)
        except SSRFProtectionError as error:
            kind = self._guard.refusal(error.hostname, error.ip_addr, error.port) if error.ip_addr else None
            detail = (
                f"{error.hostname} leads to {error.ip_addr} ({kind or 'not public'}), which is not fetched from; "
                f'if it is yours, allow "{error.hostname}:{error.port}"'
            )
            return FetchFailed(url, FetchFault.BLOCKED, detail, time.monotonic() - began)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
            if connection.ended_unused(error) and not is_second_try:
                return await self._step(url, request, followed, began, is_second_try=True)
            fault, detail = _explain(error, _host_of(url))
            return FetchFailed(url, fault, detail, time.monotonic() - began)


@dataclass(frozen=True, slots=True)
class _Redirect:
    status: int
    target: str


@dataclass(slots=True)
class _Connection:
    """What is known of the connection that one request went over."""

    is_new: bool = False
    has_answered: bool = False

    async def note(self, event: str, _: Mapping[str, object]) -> None:
        """Hear what httpcore does (its `trace` extension)."""
        if event == "connection.connect_tcp.started":
            self.is_new = True

    def ended_unused(self, error: Exception) -> bool:
        """Say whether a kept connection was found closed, so that the server never saw the request, or dropped it."""
        return isinstance(error, httpx.NetworkError | httpx.ProtocolError) and not self.is_new and not self.has_answered


def _conditional_headers(request: FetchRequest) -> list[tuple[bytes, bytes]]:
    """Give validators back byte for byte; one that cannot have come from a header is left out."""
    headers = []
    for name, value in ((b"if-none-match", request.etag), (b"if-modified-since", request.last_modified)):
        try:
            if value:
                headers.append((name, value.encode("latin-1")))
        except UnicodeEncodeError:
            continue
    return headers


def _plain_headers(response: httpx.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _redirect_target(url: str, status: int, headers: dict[str, str]) -> str | None:
    location = headers.get("location", "").strip()
    if status not in _REDIRECTS or not location:
        return None
    try:
        # A Location is often raw UTF-8, which arrived here as Latin-1.
        location = location.encode("latin-1").decode("utf-8", "replace")
        return urljoin(url, location).partition("#")[0]
    except ValueError:
        return "invalid:"  # refused by the scheme, with a reason


def _refused(url: str, status: int, headers: Mapping[str, str], seconds: float) -> FetchFailed:
    wait = retry_after(headers, now=datetime.now(UTC))
    detail = refusal_in_words(_host_of(url), status, headers, wait)
    return FetchFailed(url, FetchFault.HTTP, detail, seconds, status=status, retry_after=wait)


def _explain(error: Exception, host: str) -> tuple[FetchFault, str]:
    """Turn a library's exception into a fault and a sentence; its own text is not shown, as it may hold the address."""
    causes = list(_causes(error))
    certificate = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
    if certificate is not None:
        return FetchFault.TLS, f"the certificate of {host} {certificate_fault(certificate)}"
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return FetchFault.TLS, f"no secure connection to {host} could be agreed"
    if any(isinstance(cause, socket.gaierror | UnicodeError) for cause in causes):
        return FetchFault.DNS, f"the name {host} does not resolve"
    if isinstance(error, httpx.TimeoutException):
        return FetchFault.TIMEOUT, f"{host} did not answer in time"
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return FetchFault.BLOCKED, "the address is not well formed"
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return FetchFault.UNREACHABLE, f"{host} refused the connection"
    if isinstance(error, httpx.ProtocolError | httpx.DecodingError | httpx.StreamError | ValueError):
        return FetchFault.PROTOCOL, f"{host} broke off or did not speak HTTP"
    return FetchFault.UNREACHABLE, f"{host} cannot be reached"


def _causes(error: BaseException) -> Iterable[BaseException]:
    """Walk an exception, what caused it, and the members of groups."""
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
        waiting.extend(cause for cause in (current.__cause__, current.__context__) if cause is not None)


def _host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "the address").lower()
    except ValueError:
        return "the address"


def _port_of(url: str) -> int:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return 0
    return port or (443 if parts.scheme == "https" else 80)
