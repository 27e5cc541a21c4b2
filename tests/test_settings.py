"""Settings come from arguments, the environment and secret files, in that order, and say which."""

from __future__ import annotations

import os
import re
from datetime import time, timedelta
from pathlib import Path

import pytest

from monitor.errors import ConfigurationError
from monitor.setting_groups import TlsMode
from monitor.settings import Settings, load_settings, shown


@pytest.fixture(autouse=True)
def _no_settings_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith("MONITOR_"):
            monkeypatch.delenv(name)


def _sources(settings: Settings) -> dict[str, tuple[str, str]]:
    return {row.variable: (row.value, row.source) for row in shown(settings)}


def test_nested_fields_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two underscores lead into a group; periods, lists and choices are read as people write them."""
    monkeypatch.setenv("MONITOR_SMTP__HOST", "mail.example.org")
    monkeypatch.setenv("MONITOR_SMTP__TLS", "starttls")
    monkeypatch.setenv("MONITOR_POLL__EVERY", "1s")
    monkeypatch.setenv("MONITOR_FETCH__ALLOW_HOSTS", "127.0.0.1:8080, feeds.lan")
    settings = load_settings()
    assert settings.smtp.host == "mail.example.org"
    assert settings.smtp.tls is TlsMode.STARTTLS
    assert settings.poll.every == timedelta(seconds=1)
    assert settings.fetch.allow_hosts == {"127.0.0.1:8080", "feeds.lan"}


def test_a_secret_file_is_read_in_any_case_and_never_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A secret keeps its value to itself in `repr`, in `str` and in `config show`, which names the file."""
    file = tmp_path / "monitor_smtp__password"
    file.write_text("correct horse\n")
    (tmp_path / "somebody_elses_secret").write_text("x")
    monkeypatch.setenv("MONITOR_SECRETS_DIR", str(tmp_path))
    settings = load_settings()
    assert settings.smtp.password is not None
    assert settings.smtp.password.get_secret_value() == "correct horse"
    assert "correct horse" not in f"{settings!r} {settings}"
    assert _sources(settings)["MONITOR_SMTP__PASSWORD"] == ("<secret>", str(file))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"PORT": "8080"}, "set MONITOR_WEB__BASE_URL and MONITOR_WEB__SECRET too"),
        ({"BASE_URL": "https://m.example", "SECRET": "s" * 32}, "set MONITOR_WEB__PORT too"),
        ({"SECRET": "s" * 31}, "a key has 32 bytes or more"),
        ({"BASE_URL": "m.example"}, "write https://monitor.example.org"),
        ({"BASE_URL": "https://m.example/?x=1"}, "no ? and no #"),
        ({"BASE_URL": 'https://m.example/"onload="x'}, "links are made from it"),
    ],
)
def test_pages_are_set_whole_or_not_at_all(given: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link that leads nowhere, a page nobody finds, a weak key: each is refused, and no key is repeated."""
    for name, value in given.items():
        monkeypatch.setenv(f"MONITOR_WEB__{name}", value)
    with pytest.raises(ConfigurationError, match=re.escape(said)) as refused:
        load_settings()
    assert "sss" not in str(refused.value)


def test_links_end_in_no_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    """A path may follow the host, and a slash the path: it is left out."""
    for name, value in {"BASE_URL": "https://m.example:8443/news/", "SECRET": "s" * 32, "PORT": "8080"}.items():
        monkeypatch.setenv(f"MONITOR_WEB__{name}", value)
    assert load_settings().web.base_url == "https://m.example:8443/news"


def test_the_environment_wins_over_a_secret_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An operator can try another value without touching the file."""
    (tmp_path / "MONITOR_SMTP__USER").write_text("from-file")
    monkeypatch.setenv("MONITOR_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("MONITOR_SMTP__USER", "from-environment")
    assert _sources(load_settings())["MONITOR_SMTP__USER"] == ("from-environment", "environment")


def test_a_value_nobody_gave_is_a_default() -> None:
    """`config show` tells a default from a choice."""
    assert _sources(load_settings())["MONITOR_POLL__EVERY"] == ("15m", "default")


def test_every_wrong_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One message has all mistakes, each with its variable and what to write."""
    monkeypatch.setenv("MONITOR_SMTP__PORT", "99999")
    monkeypatch.setenv("MONITOR_POLL__EVERY", "soon")
    monkeypatch.setenv("MONITOR_SMTP__SENDER", "nobody")
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    message = str(caught.value)
    assert "MONITOR_SMTP__PORT" in message
    assert "MONITOR_POLL__EVERY: 'soon' is no period; write 30s, 5m" in message
    assert "MONITOR_SMTP__SENDER: 'nobody' is no e-mail address" in message


def test_a_misspelt_variable_is_refused_with_a_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    """A single underscore would silently mean no mail server."""
    monkeypatch.setenv("MONITOR_SMTP_HOST", "mail.example.org")
    with pytest.raises(ConfigurationError, match="did you mean MONITOR_SMTP__HOST"):
        load_settings()


def test_a_drill_has_a_time_a_zone_and_a_recipient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A time is read as people write it; one without a recipient, or in no zone, is a mistake and not a silence."""
    monkeypatch.setenv("MONITOR_DRILL__AT", "06:30")
    with pytest.raises(ConfigurationError, match="set MONITOR_DRILL__EMAIL or MONITOR_DRILL__SLACK"):
        load_settings()
    monkeypatch.setenv("MONITOR_DRILL__SLACK", "#drills")
    monkeypatch.setenv("MONITOR_DRILL__TIMEZONE", "Asia/Karachi")
    drill = load_settings().drill
    assert (drill.at, drill.timezone, drill.slack) == (time(6, 30), "Asia/Karachi", "#drills")
    monkeypatch.setenv("MONITOR_DRILL__TIMEZONE", "Karachi")
    with pytest.raises(ConfigurationError, match="MONITOR_DRILL__TIMEZONE: 'Karachi' is no time zone"):
        load_settings()


def test_the_address_of_the_heartbeat_is_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever knows it can pretend that the monitor lives."""
    monkeypatch.setenv("MONITOR_HEARTBEAT__URL", "https://alive.example/0123456789")
    settings = load_settings()
    assert "0123456789" not in f"{settings!r}"
    assert _sources(settings)["MONITOR_HEARTBEAT__URL"] == ("<secret>", "environment")


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("MONITOR_SLACK__BASE_URL", "banana", "only http and https"),
        ("MONITOR_SLACK__BASE_URL", "https://", "names no host"),
        ("MONITOR_SLACK__WEBHOOK_URL", "https://hooks.example/s3 cret", "a space"),
        ("MONITOR_HEARTBEAT__URL", "s3 cret", "a space"),
        ("MONITOR_OPERATOR__WEBHOOK", "banana", "no web address"),
        ("MONITOR_FETCH__ALLOW_HOSTS", "ba na:na", "write it as host or host:port"),
        ("MONITOR_FETCH__ALLOW_HOSTS", "feeds.lan, ba na", "write it as host or host:port"),
        ("MONITOR_SMTP__HOST", "mail example.org", "no host"),
        ("MONITOR_SMTP", "{json", "is no setting"),
    ],
)
def test_what_cannot_be_right_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    """The variable is named, what to write instead is said, and an address that may be a key is not repeated."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError, match=sentence) as refused:
        load_settings()
    assert variable in str(refused.value)
    assert "s3" not in str(refused.value)
