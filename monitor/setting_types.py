"""What the value of a setting may be: each kind is read from text as people write it, or refused with a sentence.

It knows no setting by name. No sentence repeats a value that may be secret.
"""

from __future__ import annotations

import re
from datetime import timedelta
from email.utils import parseaddr
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, SecretStr
from pydantic_settings import NoDecode

from monitor.errors import ConfigurationError
from monitor.feeds.guard import AddressGuard, scheme_refusal
from monitor.period import format_period, parse_period

Period = Annotated[timedelta, BeforeValidator(parse_period), PlainSerializer(format_period)]


def _split(value: object) -> object:
    """Take "a, b" for a set of names."""
    return frozenset(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _hosts(names: frozenset[str]) -> frozenset[str]:
    try:
        AddressGuard(names)
    except ConfigurationError as error:
        raise ValueError(str(error)) from error
    return names


Hosts = Annotated[
    frozenset[str],
    NoDecode,
    BeforeValidator(_split),
    AfterValidator(_hosts),
    PlainSerializer(lambda names: ", ".join(sorted(names))),
]
"""Hosts, or host:port, by commas."""


def _address(value: object) -> object:
    if isinstance(value, str) and value and "@" not in parseaddr(value)[1]:
        raise ValueError(f"{value!r} is no e-mail address; write desk@example.org or Desk <desk@example.org>")
    return value


EmailAddress = Annotated[str, BeforeValidator(_address)]


def _zone(value: object) -> object:
    try:
        ZoneInfo(str(value))
    except (KeyError, ValueError, OSError) as error:  # not there; not a name; a folder of names
        raise ValueError(f"{value!r} is no time zone; write Asia/Karachi") from error
    return value


TimeZone = Annotated[str, BeforeValidator(_zone)]


def _web(value: str) -> str:
    refusal = "it holds a space" if any(map(str.isspace, value)) else scheme_refusal(value)
    if refusal is not None:
        raise ValueError(f"this is no web address ({refusal}); write https://example.org/path")
    return value


def _secret_web(value: SecretStr) -> SecretStr:
    _web(value.get_secret_value())
    return value


WebAddress = Annotated[str, AfterValidator(_web)]
SecretWebAddress = Annotated[SecretStr, AfterValidator(_secret_web)]
"""An address that is a key as well: whoever has it may post."""


_LINK_BASE = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*/?")


def _link_base(value: str) -> str:
    if not _LINK_BASE.fullmatch(value):
        raise ValueError("links are made from it: write https://monitor.example.org, or with a path; no ? and no #")
    return value.rstrip("/")


LinkBase = Annotated[str, AfterValidator(_link_base)]
"""What links of ours begin with; it needs no escaping in a header, in a page or in text, and ends in no slash."""

KEY_BYTES = 32


def _key(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value().encode()) < KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes or more; `openssl rand -hex 32` makes one")
    return value


SecretKey = Annotated[SecretStr, AfterValidator(_key)]


def _host(value: str) -> str:
    if not value or any(character.isspace() or character in "/@" for character in value):
        raise ValueError(f"{value!r} is no host; write mail.example.org")
    return value


Host = Annotated[str, AfterValidator(_host)]
