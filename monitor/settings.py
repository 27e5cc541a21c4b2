"""Settings from the environment and from secret files, each with the place it came from.

Names are `MONITOR_` and the field, nested fields after two underscores: `MONITOR_SMTP__HOST`. A secret file has the
same name (`/run/secrets/MONITOR_SMTP__PASSWORD`, any case); the environment wins over a file. What operators tune
stands in the rule files, not here; and no secret stands in a rule file.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from monitor.errors import ConfigurationError
from monitor.period import format_period
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

PREFIX = "MONITOR_"
DEFAULT_SECRETS_DIR = "/run/secrets"


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


class Settings(BaseSettings):
    """Everything that is not a rule file."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="ignore", secrets_dir_missing="ok"
    )

    state_dir: Path = Field(default=Path("state"), description="folder of the database and the lock")
    rules_dir: Path = Field(default=Path("rules"), description="folder of the rule files")
    secrets_dir: Path = Field(default=Path(DEFAULT_SECRETS_DIR), description="folder of the secret files")
    smtp: SmtpSettings = SmtpSettings()
    slack: SlackSettings = SlackSettings()
    webhook: WebhookSettings = WebhookSettings()
    apprise: AppriseSettings = AppriseSettings()
    fetch: FetchSettings = FetchSettings()
    poll: PollSettings = PollSettings()
    digest: DigestSettings = DigestSettings()
    operator: OperatorSettings = OperatorSettings()
    drill: DrillSettings = DrillSettings()
    heartbeat: HeartbeatSettings = HeartbeatSettings()
    log: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()
    web: WebSettings = WebSettings()

    DATABASE: ClassVar[str] = "monitor.sqlite3"

    @property
    def database(self) -> Path:
        """Return where the database is."""
        return self.state_dir / self.DATABASE

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments before the environment, and the environment before files."""
        return init_settings, env_settings, _secret_files(settings_cls)


def _secret_files(settings_cls: type[BaseSettings]) -> NestedSecretsSettingsSource:
    """Read secret files by their full name; other files in the folder are somebody else's."""
    folder = os.environ.get(f"{PREFIX}SECRETS_DIR", DEFAULT_SECRETS_DIR)
    default = SecretsSettingsSource(settings_cls)
    return NestedSecretsSettingsSource(default, secrets_dir=folder, secrets_dir_max_size=64 * 1024 * 1024)


def load_settings(**given: Any) -> Settings:
    """Read the settings, arguments first.

    Raises:
        ConfigurationError: naming every variable that is wrong or not known.
    """
    _refuse_unknown(os.environ)
    try:
        return Settings(**given)
    except (SettingsError, OSError) as error:
        raise ConfigurationError(f"settings: {error}") from error
    except ValidationError as error:
        lines = [f"{_variable(problem['loc'])}: {_plain(problem['msg'])}" for problem in error.errors()]
        raise ConfigurationError("\n".join(["settings:", *(f"  {line}" for line in lines)])) from None


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")


def _variable(path: tuple[int | str, ...]) -> str:
    return PREFIX + "__".join(str(part) for part in path).upper()


def _fields(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _fields(field.annotation, (*path, name))
        else:
            yield (*path, name), field.description or ""


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    """Refuse a variable that looks like ours and is none: a typing error here is a mail that never comes."""
    known = {_variable(path) for path, _ in _fields(Settings)}
    problems = []
    for name in sorted(environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), sorted(known), n=1)
            problems.append(f"{name} is no setting" + (f"; did you mean {near[0]}?" if near else ""))
    if problems:
        raise ConfigurationError(
            "\n".join(["settings:", *(f"  {p}" for p in problems), "  `monitor config show` lists them."])
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting as `monitor config show` prints it; a secret's value is masked."""

    variable: str
    value: str
    source: str
    """"default", "environment" or the secret file's path."""
    description: str


def shown(settings: Settings) -> list[Shown]:
    """Return every setting with its value and where it came from."""
    in_environment = EnvSettingsSource(Settings)()
    in_files = _secret_files(Settings)()
    rows = []
    for path, description in _fields(Settings):
        value: Any = settings
        for name in path:
            value = getattr(value, name)
        if _has(in_environment, path):
            source = "environment"
        elif _has(in_files, path):
            source = str(_secret_path(settings.secrets_dir, _variable(path)))
        else:
            source = "default"
        rows.append(Shown(_variable(path), _show(value), source, description))
    return rows


def _secret_path(folder: Path, variable: str) -> Path:
    found = [path for path in folder.iterdir() if path.name.upper() == variable]
    return found[0] if found else folder / variable


def _has(values: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    value: Any = values
    for name in path:
        if not isinstance(value, Mapping) or name not in value:
            return False
        value = value[name]
    return True


def _show(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, SecretStr):
        return "<secret>"
    if isinstance(value, timedelta):
        return format_period(value)
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "-"
    return str(value)
