"""The channels that settings reach: what is joined, and what is refused at the start."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from monitor.app import SystemClock
from monitor.channels import channels_of
from monitor.errors import ConfigurationError
from monitor.model import ChannelKind
from monitor.settings import load_settings


@pytest.fixture(autouse=True)
def _no_other_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_SECRETS_DIR", str(tmp_path))


def test_each_kind_is_there_when_it_has_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """And no other."""
    assert channels_of(load_settings(), SystemClock()) == {}
    monkeypatch.setenv("MONITOR_SMTP__HOST", "127.0.0.1")
    monkeypatch.setenv("MONITOR_SLACK__TOKEN", "xoxb-1")
    monkeypatch.setenv("MONITOR_WEBHOOK__SECRET", "a secret of some length, for tests")
    found = channels_of(load_settings(), SystemClock())
    assert {kind: channel.kind for kind, channel in found.items()} == {
        kind: kind for kind in (ChannelKind.EMAIL, ChannelKind.SLACK, ChannelKind.WEBHOOK)
    }


def test_apprise_takes_several_names_from_a_secret_file(tmp_path: Path) -> None:
    """One a line, as `/run/secrets` holds it."""
    (tmp_path / "MONITOR_APPRISE__URLS").write_text("desk=json://one.example/\nnight=json://two.example/\n")
    found = channels_of(load_settings(), SystemClock())
    assert repr(found[ChannelKind.APPRISE]) == "AppriseChannel(desk, night)"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        (
            "MONITOR_WEBHOOK__SECRET",
            "hunter2",
            "MONITOR_WEBHOOK__SECRET: the secret of webhooks makes a key of 7 bytes",
        ),
        ("MONITOR_APPRISE__URLS", "hunter2", "MONITOR_APPRISE__URLS: line 1 is not NAME=URL"),
        ("MONITOR_APPRISE__URLS", "desk=json://hunter2/", r"Apprise is not installed: pip install '\.\[apprise\]'"),
    ],
)
def test_what_cannot_work_is_said_at_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    """As wrong configuration, without the secret."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=words) as raised:
        channels_of(load_settings(), SystemClock())
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("value", ["https://lists.example/u?d=1", "mailto:leave@example.org", ""])
def test_an_address_to_unsubscribe_is_https_or_mail(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """As RFC 2369 and RFC 8058 have it."""
    monkeypatch.setenv("MONITOR_SMTP__UNSUBSCRIBE", value)
    assert load_settings().smtp.unsubscribe == value


@pytest.mark.parametrize(
    "value", ["http://lists.example/", "https://x/>\r\nBcc: a@b.c", "mailto:a b", "leave@example.org"]
)
def test_what_cannot_stand_in_the_header_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """Before anything is sent."""
    monkeypatch.setenv("MONITOR_SMTP__UNSUBSCRIBE", value)
    with pytest.raises(ConfigurationError, match="MONITOR_SMTP__UNSUBSCRIBE"):
        load_settings()
