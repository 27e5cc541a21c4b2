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
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, Field, SecretStr, ValidationError
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
from monitor.setting_groups import (
    AppriseSettings,
    DigestSettings,
    DrillSettings,
    FetchSettings,
    HeartbeatSettings,
    LogSettings,
    MetricsSettings,
    OperatorSettings,
    PollSettings,
    SlackSettings,
    SmtpSettings,
    WebhookSettings,
    WebSettings,
)

PREFIX = "MONITOR_"
DEFAULT_SECRETS_DIR = "/run/secrets"


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
