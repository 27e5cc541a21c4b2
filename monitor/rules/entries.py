"""What may be written in a rule file: one pydantic model for each kind of entry, and the JSON schema made of them.

Owns the keys, the types, the defaults and the small formats (periods, times of day, addresses). It refuses to know
where an entry stands (`source`), what other entries exist (`load`) and how a query reads (`parser`).

Every message is a sentence for the operator; none repeats a value that could be a secret.
"""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Annotated, Any, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    RootModel,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from monitor.model import Severity
from monitor.rules.guess import did_you_mean

_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_PERIOD = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_TIME_SPAN = re.compile(r"\s*(\S+?)\s*[-–—]\s*(\S+)\s*")
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
"""The grammar that browsers use for `<input type=email>` (WHATWG HTML, section 4.10.5.1.5), with the local part at
most 64.
"""
_SLACK_NAME = re.compile(r"#[^\s#@/:.,A-Z]{1,80}|[CGD][A-Z0-9]{8,20}")
"""A channel name (Slack: lower case, no spaces or periods, at most 80 characters) or a conversation id."""

MIN_PERIOD = timedelta(seconds=1)
MAX_PERIOD = timedelta(days=30)
ID_ERROR = "an id has 1 to 64 letters (a to z), digits, - and _, such as south-asia; no spaces"
MAX_TERM = 500
"""Characters of a term or alias; a longer one is a text that slipped into the wrong place."""


def parse_period(value: object) -> timedelta:
    """Read a period such as "90s", "5m", "1h30m" or "1d".

    Raises:
        ValueError: It is no such text, or not within 1 second and 30 days.
    """
    match value:
        case bool():
            found = None
        case int() | float():
            raise ValueError(f'a period needs a unit: "{value}m" for minutes, "{value}s" for seconds')
        case str() if value.strip():
            found = _PERIOD.fullmatch(value.replace(" ", ""))
        case _:
            found = None
    if found is None:
        raise ValueError('a period is written like "90s", "5m", "1h30m" or "1d"')
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    period = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not MIN_PERIOD <= period <= MAX_PERIOD:
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


def parse_date(value: object) -> date:
    """Read a date such as "2024-07-26".

    Raises:
        ValueError: It is no such text.
    """
    try:
        return date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "")
    except ValueError:
        raise ValueError('a date is written like "2024-07-26"') from None


def _text(value: object) -> object:
    """Refuse what YAML takes for something else than text, and say how to write it."""
    match value:
        case None:
            raise ValueError(
                'nothing is written here (a value that begins with "#" must stand in quotes, or it is a comment)'
            )
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
    _text(value)
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


def _url(value: object) -> object:
    _text(value)
    url = str(value).strip()
    if any(character.isspace() or ord(character) < 32 for character in url) or len(url) > 2048:
        raise ValueError("a feed address has no spaces and at most 2048 characters")
    try:
        parts = urlsplit(url)
        host, user, _ = parts.hostname, parts.username or parts.password, parts.port
    except ValueError:
        raise ValueError("this is not an address: the host or the port cannot be read") from None
    if parts.scheme.lower() not in ("http", "https"):
        raise ValueError("a feed address begins with https:// or http://")
    if not host:
        raise ValueError("the address has no host")
    if user:
        raise ValueError("the address holds a name or password: secrets never stand in rule files")
    return url


def _timezone(value: object) -> object:
    _text(value)
    try:
        ZoneInfo(str(value))
    except (KeyError, ValueError, OSError):
        hint = did_you_mean(str(value), available_timezones())
        raise ValueError(f"there is no time zone of this name{hint or ', such as Asia/Karachi (IANA names)'}") from None
    return value


def _email(value: object) -> object:
    _text(value)
    if not _EMAIL.fullmatch(str(value)):
        raise ValueError("an e-mail address is written like desk@example.org (address alone, ASCII; domains as xn--…)")
    return value


def _slack(value: object) -> object:
    _text(value)
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


def _no_list(value: object) -> object:
    """Take a key without a value for an empty list, as an editor who comments out the last item means it."""
    return [] if value is None else value


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


_SEVERITY_SCHEMA = {"type": "string", "enum": [str(severity) for severity in Severity]}
_PERIOD_SCHEMA = {"type": "string", "pattern": r"^(\d+d)?(\d+h)?(\d+m)?(\d+s)?$", "examples": ["90s", "5m", "1h"]}
_TIME_SCHEMA = {"type": "string", "pattern": r"^([01]?\d|2[0-3]):[0-5]\d$", "examples": ["07:00"]}

Text = Annotated[str, BeforeValidator(_text)]
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
ZoneName = Annotated[str, BeforeValidator(_timezone)]
Recipient = Annotated[str, BeforeValidator(_email), WithJsonSchema({"type": "string", "format": "email"})]
SlackName = Annotated[str, BeforeValidator(_slack)]
Period = Annotated[timedelta, BeforeValidator(parse_period), WithJsonSchema(_PERIOD_SCHEMA)]
TimeOfDay = Annotated[time, BeforeValidator(parse_time), WithJsonSchema(_TIME_SCHEMA)]
Day = Annotated[date, BeforeValidator(parse_date), WithJsonSchema({"type": "string", "format": "date"})]
QuietHours = Annotated[
    tuple[time, time],
    BeforeValidator(parse_quiet_hours),
    WithJsonSchema({"type": "string", "examples": ["23:00-06:00"]}),
]
Level = Annotated[Severity, BeforeValidator(_severity), WithJsonSchema(_SEVERITY_SCHEMA)]
Terms = Annotated[list[Term], BeforeValidator(_no_list)]


class Entry(BaseModel):
    """Base of all entries: unknown keys are mistakes and no type is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)


class FeedEntry(Entry):
    """An address that is polled."""

    id: Id = Field(description="How the feed is named in filters (feed:dawn) and tables.")
    url: Address = Field(description="The feed's own address; passwords never stand here.")
    name: Text | None = Field(None, description="The outlet as readers know it; the id where it is left out.")
    language: Language | None = Field(None, description="The main language, such as en or ur.")
    tags: Annotated[list[Id], BeforeValidator(_no_list)] = Field(
        [], description="Names for groups of feeds (tag:pakistan)."
    )
    every: Period | None = Field(None, description="The poll period; left out, the monitor decides.")
    full_text: bool = Field(False, description="Fetch the article's page when the feed carries only a summary.")
    baseline_newest: int = Field(0, ge=0, le=1000, description="Entries of the first poll that count as news.")


class AliasEntry(Entry):
    """One way an actor is written: a text, or a mapping with conditions."""

    text: Term = Field(description="The name as it is written, in any script.")
    case: Annotated[str, Field(pattern="^(exact|any)$")] = Field("any", description="exact: capital letters count.")
    needs: Terms = Field([], description="Terms one of which must stand near; prefix* is allowed.")
    within: int | None = Field(None, ge=1, le=500, description="How many words away a needed term may stand.")
    valid_from: Day | None = Field(None, alias="from", description="The first day on which the name is used.")
    valid_until: Day | None = Field(None, alias="until", description="The last day on which the name is used.")
    bare: bool = Field(False, description="A name that several actors share; context decides.")

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return value
        _text(value)
        return {"text": value}

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.within is not None and not self.needs:
            raise ValueError("'within' says how near a needed term stands, but there is no 'needs'")
        if self.bare and not self.needs:
            raise ValueError("a bare name is told apart by its context: list words in 'needs'")
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("'until' lies before 'from'")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Say that a text alone is an alias too."""
        return {"anyOf": [{"type": "string"}, handler.resolve_ref_schema(handler(core))]}


class ActorEntry(Entry):
    """A person, group or place."""

    name: Text = Field(description="The name that readers see.")
    aliases: Annotated[list[AliasEntry], Field(min_length=1)] = Field(description="Every way the actor is written.")
    lookalikes: Terms = Field([], description="Names of others: text inside one is never this actor.")
    parents: Annotated[list[Id], BeforeValidator(_no_list)] = Field([], description="Actors this one belongs to.")
    members: bool = Field(False, description="true: actor:this also holds for its members.")


class LexiconEntry(RootModel[Annotated[list[Term], Field(min_length=1)]]):
    """A named list of terms."""

    model_config = ConfigDict(strict=True, frozen=True)


class TestEntry(Entry):
    """An example beside its rule: a text, or a mapping that says more of the article."""

    __test__ = False  # pytest: not a test class

    text: Text | None = Field(None, description="The article's text; of several lines the first is the title.")
    file: Text | None = Field(None, description="A file of articles, relative to this rule file, in place of a text.")
    title: Text | None = Field(None, description="The title, where `text` is the body alone.")
    spans: Terms = Field([], description="Texts that the match must show.")
    feed: Id | None = Field(None, description="The feed the article came by.")
    language: Language | None = Field(None, description="The article's language.")
    url: Text | None = Field(None, description="The article's address.")

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return value
        _text(value)
        return {"text": value}

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.file is not None and (self.text is not None or self.title is not None):
            raise ValueError("a test has either a text or a file")
        if self.file is None and self.text is None and self.title is None:
            raise ValueError("a test needs 'text', 'title' or 'file'")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Say that a text alone is a test too."""
        return {"anyOf": [{"type": "string"}, handler.resolve_ref_schema(handler(core))]}


class TestsEntry(Entry):
    """A rule's examples."""

    __test__ = False

    match: Annotated[list[TestEntry], BeforeValidator(_no_list)] = Field([], description="Articles the rule must find.")
    skip: Annotated[list[TestEntry], BeforeValidator(_no_list)] = Field([], description="Articles it must leave alone.")


class EvidenceEntry(Entry):
    """One weighted query."""

    query: Text = Field(description="What is looked for.")
    weight: int = Field(1, ge=-1000, le=1000, description="What it adds to the score; below zero it speaks against.")


class RuleEntry(Entry):
    """A query with a title, severity, desks and its own tests."""

    id: Id = Field(description="How the rule is named in commands and in rule:id.")
    title: Text = Field(description="What readers see beside a match.")
    query: Text | None = Field(None, description="What is looked for, in the query language.")
    evidence: Annotated[list[EvidenceEntry], BeforeValidator(_no_list)] = Field([], description="Weighted queries.")
    min_score: int | None = Field(None, ge=1, le=100000, description="The sum of weights from which the rule holds.")
    severity: Level = Field(Severity.NORMAL, description="How much a match matters.")
    desks: Annotated[list[Id], BeforeValidator(_no_list)] = Field([], description="Desks that are told.")
    tests: TestsEntry = Field(TestsEntry(), description="Examples that `monitor rules test` runs.")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.query is None and not self.evidence:
            raise ValueError("a rule needs a 'query', or 'evidence' with 'min_score'")
        if bool(self.evidence) != (self.min_score is not None):
            raise ValueError("'evidence' and 'min_score' belong together")
        if self.evidence and sum(max(item.weight, 0) for item in self.evidence) < (self.min_score or 0):
            raise ValueError("all evidence together does not reach 'min_score': the rule can never hold")
        return self


class ChannelEntry(Entry):
    """One way to a desk: e-mail or Slack."""

    email: Annotated[list[Recipient], BeforeValidator(_one_or_more), Field(min_length=1)] | None = Field(
        None, description="Recipients; each gets a message of their own."
    )
    slack: SlackName | None = Field(None, description='A Slack channel, such as "#south-asia"; in quotes.')

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.email is None) == (self.slack is None):
            raise ValueError("a channel is either 'email' or 'slack'; write one item for each")
        return self


class DeskEntry(Entry):
    """Who is told, where and when."""

    id: Id = Field(description="How rules name the desk.")
    name: Text | None = Field(None, description="The name readers see; the id where it is left out.")
    timezone: ZoneName = Field("UTC", description="An IANA name; times of this desk are local to it.")
    digests: Annotated[list[TimeOfDay], BeforeValidator(_no_list)] = Field([], description="Local times of digests.")
    every: Period | None = Field(None, description="A digest each period, in place of `digests`.")
    immediate: Annotated[list[Level], BeforeValidator(_no_list)] = Field([], description="Severities that do not wait.")
    quiet_hours: QuietHours | None = Field(None, description="Local hours in which alerts are held; urgent passes.")
    channels: Annotated[list[ChannelEntry], Field(min_length=1)] = Field(description="Where the desk is told.")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.digests and self.every:
            raise ValueError("a desk has either 'digests' (times of day) or 'every' (a period)")
        if not self.digests and not self.every and set(self.immediate) != set(Severity):
            raise ValueError(
                "the desk has no digest times: alerts that are not immediate would never leave ('digests' or 'every')"
            )
        return self


class RuleFileEntries(Entry):
    """A rule file of the news monitor: any of five keys, in any number of files."""

    feeds: Annotated[list[FeedEntry], BeforeValidator(_no_list)] = Field([], description="Addresses that are polled.")
    actors: dict[Id, ActorEntry] = Field({}, description="Persons, groups and places, by id.")
    lexicons: dict[Id, LexiconEntry] = Field({}, description="Lists of terms, by id.")
    rules: Annotated[list[RuleEntry], BeforeValidator(_no_list)] = Field([], description="What is watched.")
    desks: Annotated[list[DeskEntry], BeforeValidator(_no_list)] = Field([], description="Who is told.")
