"""The small formats of rule files: ids, periods, times, dates, addresses, and text that YAML must not reinterpret.

Owns what each may look like and what is said when it does not; as pydantic types with their JSON schema (`Period`,
`Id`, …) for `entries`. It refuses to know in which entry a value stands.

Every message is a sentence for the operator; none repeats a value that could be a secret.
"""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Annotated, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, WithJsonSchema

from monitor.model import Severity
from monitor.period import parse_period
from monitor.rules.files.guess import did_you_mean

_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_TIME_SPAN = re.compile(r"\s*(\S+?)\s*[-–—]\s*(\S+)\s*")
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS = re.compile(rf"({'|'.join(_WEEK)})(?:\s*[-–—]\s*({'|'.join(_WEEK)}))?")
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
"""The grammar that browsers use for `<input type=email>` (WHATWG HTML, section 4.10.5.1.5), with the local part at
most 64.
"""
_SLACK_NAME = re.compile(r"#[^\s#@/:.,A-Z]{1,80}|[CGD][A-Z0-9]{8,20}")
"""A channel name (Slack: lower case, no spaces or periods, at most 80 characters) or a conversation id."""

MAX_PERIOD = timedelta(days=30)
ID_ERROR = "an id has 1 to 64 letters (a to z), digits, - and _, such as south-asia; no spaces"
MAX_TERM = 500
"""Characters of a term or alias; a longer one is a text that slipped into the wrong place."""


def read_period(value: object) -> timedelta:
    """Read a period such as "90s", "5m", "1h30m" or "1d"; in a rule file it has a unit.

    Raises:
        ValueError: It is no such text, or not within 1 second and 30 days.
    """
    if str(value).isdigit():
        raise ValueError(f'a period needs a unit: "{value}m" for minutes, "{value}s" for seconds')
    period = parse_period(value)
    if period > MAX_PERIOD:
        raise ValueError("a period lies between 1s and 30d")
    return period


def parse_time(value: object) -> time:
    """Read a local time of day such as "07:00".

    Raises:
        ValueError: It is no such text.
    """
    match = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError('a time of day is written like "07:00", from "00:00" to "23:59"')
    return time(int(match[1]), int(match[2]))


def parse_quiet_hours(value: object) -> tuple[time, time]:
    """Read a stretch of the day such as "23:00-06:00"; it may cross midnight.

    Raises:
        ValueError: It is no such text, or start and end are equal.
    """
    match = _TIME_SPAN.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('quiet hours are written like "23:00-06:00"')
    start, end = parse_time(match[1]), parse_time(match[2])
    if start == end:
        raise ValueError("quiet hours begin and end at the same time: leave the key out for none")
    return start, end


def parse_hours(value: object) -> tuple[time, time]:
    """Read a stretch of the day such as "08:00-20:00", for what happens in it; it may cross midnight.

    Raises:
        ValueError: It is no such text, or start and end are equal.
    """
    match = _TIME_SPAN.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('hours are written like "08:00-20:00"')
    start, end = parse_time(match[1]), parse_time(match[2])
    if start == end:
        raise ValueError("the hours begin and end at the same time: leave the key out for the whole day")
    return start, end


def parse_weekdays(value: object) -> frozenset[int]:
    """Read days of the week such as "mon-fri", "sun" or ["mon", "wed-fri"], 0 for Monday; a stretch may pass Sunday.

    Raises:
        ValueError: It is none of these, or it names no day.
    """
    days: set[int] = set()
    for part in value if isinstance(value, list) else [value]:
        match = _DAYS.fullmatch(part.strip().lower()) if isinstance(part, str) else None
        if match is None:
            raise ValueError('days of the week are written like "mon-fri" or [mon, wed]: mon tue wed thu fri sat sun')
        first, last = _WEEK.index(match[1]), _WEEK.index(match[2] or match[1])
        days |= {(first + count) % 7 for count in range((last - first) % 7 + 1)}
    if not days:
        raise ValueError("no day is named: leave the key out for every day")
    return frozenset(days)


def parse_date(value: object) -> date:
    """Read a date such as "2024-07-26".

    Raises:
        ValueError: It is no such text.
    """
    try:
        return date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "")
    except ValueError:
        raise ValueError('a date is written like "2024-07-26"') from None


def written(value: object) -> object:
    """Refuse a key that is there with nothing behind it."""
    if value is None:
        raise ValueError(
            'nothing is written here (a value that begins with "#" must stand in quotes, or it is a comment)'
        )
    return value


def plain_text(value: object) -> object:
    """Refuse what YAML takes for something else than text, and say how to write it."""
    written(value)
    match value:
        case bool():
            raise ValueError("YAML reads this as true or false: put it in quotes")
        case int() | float():
            raise ValueError("YAML reads this as a number: put it in quotes")
        case str() if value.strip():
            return value
        case str():
            raise ValueError("this must not be empty")
        case list():
            raise ValueError("this must be text, not a list")
        case _:
            raise ValueError("this must be text, not a mapping")


def is_id(value: str) -> bool:
    """Say whether a text may name an entry."""
    return _ID.fullmatch(value) is not None


def _id(value: object) -> object:
    if not isinstance(value, str) or not is_id(value):
        raise ValueError(ID_ERROR)
    return value


def _term(value: object) -> object:
    plain_text(value)
    text = str(value).strip()
    if len(text) > MAX_TERM:
        raise ValueError(f"a term has at most {MAX_TERM} characters")
    if "\n" in text:
        raise ValueError("a term stands in one line")
    if not any(character.isalnum() for character in text):
        raise ValueError("a term needs at least one letter or digit")
    return text


def _language(value: object) -> object:
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise ValueError('a language is written like "en" or "ps-AF" (BCP 47)')
    return value


def _url(value: object, what: str = "a feed address") -> object:
    plain_text(value)
    url = str(value).strip()
    if any(character.isspace() or ord(character) < 32 for character in url) or len(url) > 2048:
        raise ValueError(f"{what} has no spaces and at most 2048 characters")
    try:
        parts = urlsplit(url)
        host, user, _ = parts.hostname, parts.username or parts.password, parts.port
    except ValueError:
        raise ValueError("this is not an address: the host or the port cannot be read") from None
    if parts.scheme.lower() not in ("http", "https"):
        raise ValueError(f"{what} begins with https:// or http://")
    if not host:
        raise ValueError("the address has no host")
    if user:
        raise ValueError("the address holds a name or password: secrets never stand in rule files")
    return url


def _webhook(value: object) -> object:
    url = str(_url(value, what="the address of a webhook"))
    parts = urlsplit(url)
    if parts.fragment or not url.isascii():
        raise ValueError("the address of a webhook is ASCII and has no fragment (#…)")
    return url


def _timezone(value: object) -> object:
    plain_text(value)
    try:
        ZoneInfo(str(value))
    except (KeyError, ValueError, OSError):
        hint = did_you_mean(str(value), available_timezones())
        raise ValueError(f"there is no time zone of this name{hint or ', such as Asia/Karachi (IANA names)'}") from None
    return value


def _email(value: object) -> object:
    plain_text(value)
    if not _EMAIL.fullmatch(str(value)):
        raise ValueError("an e-mail address is written like desk@example.org (address alone, ASCII; domains as xn--…)")
    return value


def _slack(value: object) -> object:
    plain_text(value)
    if not _SLACK_NAME.fullmatch(str(value)):
        raise ValueError(
            'a Slack channel is written like "#south-asia" (lower case, no spaces) or by its id, C0123456789'
        )
    return value


def _severity(value: object) -> object:
    try:
        return Severity(value) if isinstance(value, str) else Severity("")
    except ValueError:
        hint = did_you_mean(str(value), [str(severity) for severity in Severity]) if isinstance(value, str) else ""
        raise ValueError(f"a severity is low, normal, high or urgent{hint}") from None


def no_list(value: object) -> object:
    """Take a key without a value for an empty list, as an editor who comments out the last item means it."""
    return [] if value is None else value


def one_or_more(value: object) -> object:
    """Take one text for a list of one."""
    return [value] if isinstance(value, str) else value


_SEVERITY_SCHEMA = {"type": "string", "enum": [str(severity) for severity in Severity]}
_PERIOD_SCHEMA = {"type": "string", "pattern": r"^(\d+d)?(\d+h)?(\d+m)?(\d+s)?$", "examples": ["90s", "5m", "1h"]}
_TIME_SCHEMA = {"type": "string", "pattern": r"^([01]?\d|2[0-3]):[0-5]\d$", "examples": ["07:00"]}

Text = Annotated[str, BeforeValidator(plain_text)]
Id = Annotated[str, BeforeValidator(_id), WithJsonSchema({"type": "string", "pattern": f"^{_ID.pattern}$"})]
Term = Annotated[str, BeforeValidator(_term)]
Language = Annotated[
    str, BeforeValidator(_language), WithJsonSchema({"type": "string", "pattern": f"^{_LANGUAGE.pattern}$"})
]
Address = Annotated[
    str,
    BeforeValidator(_url),
    WithJsonSchema({"type": "string", "format": "uri", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"}),
]
WebhookAddress = Annotated[
    str, BeforeValidator(_webhook), WithJsonSchema({"type": "string", "format": "uri", "pattern": "^https?://"})
]
ZoneName = Annotated[str, BeforeValidator(_timezone)]
Recipient = Annotated[str, BeforeValidator(_email), WithJsonSchema({"type": "string", "format": "email"})]
SlackName = Annotated[str, BeforeValidator(_slack)]
Period = Annotated[timedelta, BeforeValidator(read_period), WithJsonSchema(_PERIOD_SCHEMA)]
TimeOfDay = Annotated[time, BeforeValidator(parse_time), WithJsonSchema(_TIME_SCHEMA)]
Day = Annotated[date, BeforeValidator(parse_date), WithJsonSchema({"type": "string", "format": "date"})]
QuietHours = Annotated[
    tuple[time, time],
    BeforeValidator(parse_quiet_hours),
    WithJsonSchema({"type": "string", "examples": ["23:00-06:00"]}),
]
Hours = Annotated[
    tuple[time, time],
    BeforeValidator(parse_hours),
    WithJsonSchema({"type": "string", "examples": ["08:00-20:00"]}),
]
_DAYS_SCHEMA = {"type": "string", "pattern": f"^{_DAYS.pattern}$", "examples": ["mon-fri", "sun"]}
Weekdays = Annotated[
    frozenset[int],
    BeforeValidator(parse_weekdays),
    WithJsonSchema({"anyOf": [_DAYS_SCHEMA, {"type": "array", "items": _DAYS_SCHEMA, "minItems": 1}]}),
]
Level = Annotated[Severity, BeforeValidator(_severity), WithJsonSchema(_SEVERITY_SCHEMA)]
Terms = Annotated[list[Term], BeforeValidator(no_list)]

Written = TypeVar("Written")
Maybe = Annotated[Written | None, BeforeValidator(written)]
"""A key that may be left out, but not left empty: what a forgotten quote before "#" turns into a comment must not
pass.
"""
