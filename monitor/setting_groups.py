"""The settings of each part, with their defaults and what they are for. Refuses to know where values come from."""

from __future__ import annotations

from datetime import time, timedelta
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from monitor.setting_types import (
    EmailAddress,
    Host,
    Hosts,
    LinkBase,
    Period,
    SecretKey,
    SecretWebAddress,
    TimeZone,
    WebAddress,
)


class TlsMode(StrEnum):
    """How the connection to the mail server is protected."""

    NONE = "none"  # a relay on this machine or on a private network
    STARTTLS = "starttls"  # demanded: no fall back to plain text
    TLS = "tls"  # from the first byte (port 465)


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SmtpSettings(_Group):
    """The mail server that digests are handed to."""

    host: Host | None = Field(default=None, description="mail server; no e-mail is sent without it")
    port: int = Field(default=25, ge=1, le=65535, description="25, 465 with tls, 587 with starttls")
    user: str | None = Field(default=None, description="user name, where the server asks for one")
    password: SecretStr | None = Field(default=None, description="password of the user")
    tls: TlsMode = Field(default=TlsMode.NONE, description="none, starttls or tls")
    sender: EmailAddress = Field(default="News monitor <monitor@localhost>", description="From of every message")
    unsubscribe: str = Field(
        default="",
        pattern=r"^((https://|mailto:)[!-;=?-~]+)?$",
        description="https (one click, RFC 8058) or mailto address for List-Unsubscribe",
    )


class SlackSettings(_Group):
    """How Slack is reached: with a bot token, or with one incoming webhook."""

    token: SecretStr | None = Field(default=None, description="bot token (xoxb-…) with chat:write")
    webhook_url: SecretWebAddress | None = Field(
        default=None, description="incoming webhook, used where there is no token"
    )
    app_token: SecretStr | None = Field(
        default=None, description="app-level token (xapp-…) with connections:write: buttons under stories"
    )
    base_url: WebAddress = Field(default="https://slack.com/api/", description="address of the Web API")

    @model_validator(mode="after")
    def _has_bot(self) -> Self:
        if self.app_token is not None and self.token is None:
            raise ValueError("buttons stand under posts of a bot: set MONITOR_SLACK__TOKEN too")
        return self


class WebhookSettings(_Group):
    """How digests are posted to programs."""

    secret: SecretStr | None = Field(
        default=None, description="what webhooks are signed with: whsec_ and base64, or 24 characters and more"
    )


class AppriseSettings(_Group):
    """Services that the extra Apprise reaches."""

    urls: SecretStr | None = Field(default=None, description="NAME=URL, one a line; rule files say {apprise: NAME}")


class FetchSettings(_Group):
    """How feeds are fetched."""

    timeout: Period = Field(default=timedelta(seconds=30), description="deadline round one whole exchange")
    max_body_bytes: int = Field(default=15_000_000, ge=1_000, description="largest body after decompression")
    user_agent: str = Field(
        default="news-monitor/0.1 (+mailto:operator@localhost)",
        description="who we are to publishers, with a contact address",
    )
    allow_hosts: Hosts = Field(
        default=frozenset(),
        description="host or host:port of your own network that the address guard lets pass, by commas",
    )
    concurrency: int = Field(default=50, ge=1, le=1000, description="feeds fetched at the same time")
    parsers: int = Field(default=2, ge=1, le=32, description="child processes that parse feeds")


class PollSettings(_Group):
    """When feeds are polled."""

    every: Period = Field(default=timedelta(minutes=15), description="period of feeds that name none; from 1s")


class DigestSettings(_Group):
    """When digests are made."""

    every: Period | None = Field(
        default=None, description="period of desks that name no digest times; without it they are told at once"
    )
    gathering: Period = Field(
        default=timedelta(seconds=30), description="how long an immediate alert waits for its like"
    )
    empty: bool = Field(default=False, description="send a digest that only says that nothing matched")


class OperatorSettings(_Group):
    """Who is told when something departs from normal."""

    email: EmailAddress | None = Field(default=None, description="operator's address for notices")
    slack: str | None = Field(default=None, description="operator's Slack channel for notices")
    webhook: WebAddress | None = Field(default=None, description="https address that notices are posted to, signed")
    apprise: str | None = Field(default=None, description="name in MONITOR_APPRISE__URLS for notices")


class DrillSettings(_Group):
    """The daily proof that an alert would arrive: a marked article to recipients of its own."""

    at: time | None = Field(default=None, description="local time of the daily drill, as 06:30; none without it")
    timezone: TimeZone = Field(default="UTC", description="whose local time that is, as Asia/Karachi")
    email: EmailAddress | None = Field(default=None, description="address the drill goes to")
    slack: str | None = Field(default=None, description="Slack channel the drill goes to")
    within: Period = Field(default=timedelta(minutes=15), description="how long it may take to be accepted")

    @model_validator(mode="after")
    def _has_recipient(self) -> Self:
        if self.at is not None and self.email is None and self.slack is None:
            raise ValueError("a drill needs a recipient: set MONITOR_DRILL__EMAIL or MONITOR_DRILL__SLACK")
        return self


class HeartbeatSettings(_Group):
    """Who is told from outside that the monitor lives."""

    url: SecretWebAddress | None = Field(
        default=None, description="address fetched after complete cycles, at most once a minute"
    )


class LogFormat(StrEnum):
    """How log lines look."""

    TEXT = "text"
    JSON = "json"


class LogSettings(_Group):
    """What goes to stderr."""

    format: LogFormat = Field(default=LogFormat.TEXT, description="text or json")
    level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR"
    )


class MetricsSettings(_Group):
    """Where Prometheus may read."""

    port: int | None = Field(default=None, ge=1, le=65535, description="port of /metrics; off without it")
    host: str = Field(default="127.0.0.1", description="address that /metrics listens on")


class WebSettings(_Group):
    """The pages behind the links in e-mails; none of it, or base_url, secret and port together."""

    base_url: LinkBase | None = Field(default=None, description="where readers reach the pages, as links begin")
    secret: SecretKey | None = Field(default=None, description="key that links are signed with, 32 bytes and more")
    port: int | None = Field(default=None, ge=1, le=65535, description="port of the pages; off without it")
    host: str = Field(default="127.0.0.1", description="address that the pages listen on, behind a proxy for TLS")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        given = {"BASE_URL": self.base_url, "SECRET": self.secret, "PORT": self.port}
        missing = [f"MONITOR_WEB__{name}" for name, value in given.items() if value is None]
        if missing and len(missing) < len(given):
            raise ValueError(f"links and the pages behind them go together: set {' and '.join(missing)} too")
        return self
