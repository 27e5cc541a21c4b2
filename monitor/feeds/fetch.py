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
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

import httpx
from httpx_secure import SSRFProtectionError, httpx_ssrf_protection

from monitor.feeds.cadence import in_words
from monitor.feeds.guard import AddressGuard, scheme_refusal
from monitor.feeds.headers import redirect_target, retry_after
from monitor.feeds.inflate import BodyReader, BodyTooLargeError, BrokenCompressionError
from monitor.feeds.refusals import certificate_fault, refusal_in_words
from monitor.feeds.turns import HostTurns
from monitor.model import Fetched, FetchFailed, FetchFault, FetchOutcome, FetchRequest, NotModified

DEFAULT_MAX_BODY_BYTES = 15_000_000
MOST_REDIRECTS = 5
_MOST_IDLE = 10
"""Connections kept for another feed of their host. httpcore 1.0 looks at every idle one twice a request."""
_LEAVE_ALONE = frozenset({429, 503})
"""With Retry-After they speak for the host: too many requests (RFC 6585 section 4), overload (RFC 9110, 15.6.4)."""
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
        """Get one document (see `ports.Fetcher`); waiting for a busy host does not count against the deadline.

        A redirect to another host takes a turn with that host. One that asked, by Retry-After, to be left alone is not
        asked for its other addresses until then.
        """
        refusal = scheme_refusal(request.url)
        trail = _Trail(request, request.url)
        if refusal is not None:
            return trail.failed(FetchFault.BLOCKED, refusal)
        outcome: FetchOutcome | None = None
        while outcome is None:
            server, is_own = self._server_of(trail.url)
            came = time.monotonic()
            turn = self._hosts.turn(server, polite=not is_own, who=request.url)
            async with turn as closed_seconds, self._open:
                trail.began += time.monotonic() - came
                if closed_seconds:
                    return trail.held(timedelta(seconds=round(closed_seconds) or 1))
                try:
                    async with asyncio.timeout(self._timeout_seconds - trail.seconds):
                        outcome = await self._visit(server, trail)
                except TimeoutError:
                    detail = f"{_host_of(trail.url)} did not finish its answer within {self._timeout_seconds:g} s"
                    return trail.failed(FetchFault.TIMEOUT, detail)
        return outcome

    async def aclose(self) -> None:
        await self._client.aclose()

    def _may_connect(self, host: str, address: IPv4Address | IPv6Address, port: int) -> bool:
        return self._guard.refusal(host, address, port) is None

    def _server_of(self, url: str) -> tuple[str, bool]:
        """Return whose turn an address takes, and whether it is the operator's own: of those each port is a server."""
        host, port = _host_of(url), _port_of(url)
        is_own = self._guard.allows(host, port)
        return (f"{host}:{port}" if is_own else host), is_own

    async def _visit(self, server: str, trail: _Trail) -> FetchOutcome | None:
        """Ask one server, and follow its redirects as long as they stay with it; None when they lead to another."""
        while True:
            step = await self._step(trail)
            if not isinstance(step, _Redirect):
                if isinstance(step, FetchFailed) and step.retry_after and step.status in _LEAVE_ALONE:
                    self._hosts.close(server, step.retry_after.total_seconds(), told=trail.request.url)
                return step
            refusal = scheme_refusal(step.target)
            if refusal is not None:
                detail = f"it was redirected to an address of another kind: {refusal}"
                return trail.failed(FetchFault.BLOCKED, detail)
            if trail.was_at(step.target) or len(trail.followed) == MOST_REDIRECTS:
                how = "in a circle" if trail.was_at(step.target) else f"more than {MOST_REDIRECTS} times"
                detail = f"{_host_of(trail.request.url)} redirected {how}"
                return trail.failed(FetchFault.REDIRECTS, detail, status=step.status)
            trail.followed.append((step.status, step.target))
            trail.url = step.target
            if self._server_of(step.target)[0] != server:
                return None

    async def _step(self, trail: _Trail, *, is_second_try: bool = False) -> FetchOutcome | _Redirect:
        """Make one request. A body cut on the wire is handed over as far as it came: the parser sees the cut.

        A connection that was kept from an earlier exchange may have been closed by the server meanwhile (over HTTP/2
        httpcore 1.0 does not look). Where it ends before an answer began, the question is put once more, as RFC 9110
        section 9.2.2 allows for GET; one that fails on a connection of its own is not.
        """
        conditional = _conditional_headers(trail.request)
        connection = _Connection()
        host = _host_of(trail.url)
        try:
            async with self._client.stream(
                "GET", trail.url, headers=conditional, extensions={"trace": connection.note}
            ) as response:
                headers = _plain_headers(response)
                target = redirect_target(trail.url, response.status_code, headers)
                if target is not None:
                    return _Redirect(response.status_code, target)
                if response.status_code == HTTPStatus.NOT_MODIFIED and conditional:
                    await response.aread()  # it has no body; an answer that is not read to its end costs the connection
                    return NotModified(trail.url, headers, trail.seconds)
                if response.status_code not in (HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION):
                    return trail.refused(response.status_code, headers)
                encoding = headers.get("content-encoding", "identity").strip().lower()
                if encoding not in ("", "identity", "gzip", "x-gzip", "none", "utf-8"):
                    detail = f"{host} compressed its answer as {encoding[:20]!r}, which was not asked for"
                    return trail.failed(FetchFault.PROTOCOL, detail)
                reader = BodyReader(self._max_body_bytes)
                try:
                    async for chunk in response.aiter_raw():
                        reader.feed(chunk)
                except httpx.RemoteProtocolError:
                    if not reader.body():
                        raise
                return Fetched(trail.url, reader.body(), headers, trail.seconds, tuple(trail.followed))
        except BodyTooLargeError:
            return trail.failed(FetchFault.TOO_LARGE, f"the body is larger than {self._max_body_bytes / 1e6:g} MB")
        except BrokenCompressionError:
            return trail.failed(FetchFault.PROTOCOL, f"the compressed body from {host} is damaged")
        except SSRFProtectionError as error:
            kind = self._guard.refusal(error.hostname, error.ip_addr, error.port) if error.ip_addr else None
            detail = (
                f"{error.hostname} leads to {error.ip_addr} ({kind or 'not public'}), which is not fetched from; "
                f'if it is yours, allow "{error.hostname}:{error.port}"'
            )
            return trail.failed(FetchFault.BLOCKED, detail)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
            if connection.ended_unused(error) and not is_second_try:
                return await self._step(trail, is_second_try=True)
            if connection.has_answered and any(isinstance(cause, httpx.InvalidURL) for cause in _causes(error)):
                # httpx reads Location itself, although it is told not to follow.
                return trail.failed(FetchFault.BLOCKED, f"{host} redirected to what is no web address")
            fault, detail = _explain(error, host)
            return trail.failed(fault, detail)


@dataclass(slots=True)
class _Trail:
    """One fetch on its way: what was asked for, where it is, and what it took to get there."""

    request: FetchRequest
    url: str
    followed: list[tuple[int, str]] = field(default_factory=list)
    """(status, address it pointed to) of each redirect."""
    began: float = field(default_factory=time.monotonic)
    """On the monotonic clock, moved on by what was spent waiting for turns."""

    @property
    def seconds(self) -> float:
        """Return how long it has taken, without the waiting for turns."""
        return time.monotonic() - self.began

    def was_at(self, url: str) -> bool:
        """Say whether an address was asked before."""
        return url == self.request.url or any(url == address for _, address in self.followed)

    def failed(self, fault: FetchFault, detail: str, *, status: int | None = None) -> FetchFailed:
        """End it without a document."""
        return FetchFailed(self.url, fault, detail, self.seconds, status=status)

    def refused(self, status: int, headers: Mapping[str, str]) -> FetchFailed:
        """End it with the server's refusal."""
        wait = retry_after(headers, now=datetime.now(UTC))
        detail = refusal_in_words(_host_of(self.url), status, headers, wait)
        return FetchFailed(self.url, FetchFault.HTTP, detail, self.seconds, status=status, retry_after=wait)

    def held(self, wait: timedelta) -> FetchFailed:
        """End it unasked."""
        detail = f"{_host_of(self.url)} asked to be left alone, for {in_words(wait)} more"
        return FetchFailed(self.url, FetchFault.HELD, detail, self.seconds, retry_after=wait)


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
        elif event.endswith(".receive_response_headers.complete"):
            self.has_answered = True

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
