"""What may be written in a rule file: one pydantic model for each kind of entry, and the JSON schema made of them.

Owns the keys, their types and defaults, and what must hold between the keys of one entry. It refuses to know where an
entry stands (`source`), what other entries exist (`load`) and how a query reads (`parser`).
"""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, RootModel, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from monitor.model import Severity
from monitor.rules.files.formats import (
    Address,
    Day,
    Hours,
    Id,
    Language,
    Level,
    Maybe,
    Period,
    QuietHours,
    Recipient,
    SlackName,
    Term,
    Terms,
    Text,
    TimeOfDay,
    WebhookAddress,
    Weekdays,
    ZoneName,
    no_list,
    one_or_more,
    plain_text,
)


class Entry(BaseModel):
    """Base of all entries: unknown keys are mistakes and no type is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)


class FeedEntry(Entry):
    """An address that is polled."""

    id: Id = Field(description="How the feed is named in filters (feed:dawn) and tables.")
    url: Address = Field(description="The feed's own address; passwords never stand here.")
    name: Maybe[Text] = Field(None, description="The outlet as readers know it; the id where it is left out.")
    language: Maybe[Language] = Field(None, description="The main language, such as en or ur.")
    tags: Annotated[list[Id], BeforeValidator(no_list)] = Field(
        [], description="Names for groups of feeds (tag:pakistan); translated: its texts are machine translations."
    )
    every: Maybe[Period] = Field(None, description="The poll period; left out, the monitor decides.")
    full_text: bool = Field(False, description="Fetch the article's page when the feed carries only a summary.")
    baseline_newest: int = Field(0, ge=0, le=1000, description="Entries of the first poll that count as news.")


class AliasEntry(Entry):
    """One way an actor is written: a text, or a mapping with conditions."""

    text: Term = Field(description="The name as it is written, in any script.")
    case: Annotated[str, Field(pattern="^(exact|any)$")] = Field("any", description="exact: capital letters count.")
    needs: Terms = Field([], description="Terms one of which must stand near; prefix* is allowed.")
    within: Maybe[int] = Field(None, ge=1, le=500, description="How many words away a needed term may stand.")
    valid_from: Maybe[Day] = Field(None, alias="from", description="The first day on which the name is used.")
    valid_until: Maybe[Day] = Field(None, alias="until", description="The last day on which the name is used.")
    bare: bool = Field(False, description="A name that several actors share; context decides.")

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return value
        plain_text(value)
        return {"text": value}

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.within is not None and not self.needs:
            raise ValueError("'within' says how near a needed term stands, but there is no 'needs'")
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
    parents: Annotated[list[Id], BeforeValidator(no_list)] = Field([], description="Actors this one belongs to.")
    members: bool = Field(False, description="true: actor:this also holds for its members.")


class LexiconEntry(RootModel[Annotated[list[Term], Field(min_length=1)]]):
    """A named list of terms."""

    model_config = ConfigDict(strict=True, frozen=True)


class TestEntry(Entry):
    """An example beside its rule: a text, or a mapping that says more of the article."""

    __test__ = False  # pytest: not a test class

    text: Maybe[Text] = Field(None, description="The article's text; of several lines the first is the title.")
    file: Maybe[Text] = Field(None, description="A file of articles, relative to this rule file, in place of a text.")
    title: Maybe[Text] = Field(None, description="The title, where `text` is the body alone.")
    spans: Terms = Field([], description="Texts that the match must show.")
    feed: Maybe[Id] = Field(None, description="The feed the article came by.")
    language: Maybe[Language] = Field(None, description="The article's language.")
    url: Maybe[Text] = Field(None, description="The article's address.")

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return value
        plain_text(value)
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

    match: Annotated[list[TestEntry], BeforeValidator(no_list)] = Field([], description="Articles the rule must find.")
    skip: Annotated[list[TestEntry], BeforeValidator(no_list)] = Field([], description="Articles it must leave alone.")


class EvidenceEntry(Entry):
    """One weighted query."""

    query: Text = Field(description="What is looked for.")
    weight: int = Field(1, ge=-1000, le=1000, description="What it adds to the score; below zero it speaks against.")


class RuleEntry(Entry):
    """A query with a title, severity, desks and its own tests."""

    id: Id = Field(description="How the rule is named in commands and in rule:id.")
    title: Text = Field(description="What readers see beside a match.")
    query: Maybe[Text] = Field(None, description="What is looked for, in the query language.")
    evidence: Annotated[list[EvidenceEntry], BeforeValidator(no_list)] = Field([], description="Weighted queries.")
    min_score: Maybe[int] = Field(None, ge=1, le=100000, description="The sum of weights from which the rule holds.")
    severity: Level = Field(Severity.NORMAL, description="How much a match matters.")
    desks: Annotated[list[Id], BeforeValidator(no_list)] = Field([], description="Desks that are told.")
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
    """One way to a desk."""

    email: Maybe[Annotated[list[Recipient], BeforeValidator(one_or_more), Field(min_length=1)]] = Field(
        None, description="Recipients; each gets a message of their own."
    )
    slack: Maybe[SlackName] = Field(None, description='A Slack channel, such as "#south-asia"; in quotes.')
    webhook: Maybe[WebhookAddress] = Field(
        None,
        description="Where digests are posted as JSON, signed with MONITOR_WEBHOOK__SECRET; no secret address.",
    )
    apprise: Maybe[Id] = Field(None, description="A name of MONITOR_APPRISE__URLS, where its address stands.")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if sum(way is not None for way in (self.email, self.slack, self.webhook, self.apprise)) != 1:
            raise ValueError("a channel is one of 'email', 'slack', 'webhook' and 'apprise'; write one item for each")
        return self


class TakesEntry(Entry):
    """Which articles are a desk's business; every key that is given must hold, of a list one entry."""

    languages: Annotated[list[Language], BeforeValidator(one_or_more), Field(min_length=1)] = Field(
        [], description="Languages of articles; pa holds for pa-Arab too, an unknown language for all."
    )
    feeds: Annotated[list[Id], BeforeValidator(one_or_more), Field(min_length=1)] = Field(
        [], description="Feeds by which an article came first."
    )
    tags: Annotated[list[Text], BeforeValidator(one_or_more), Field(min_length=1)] = Field(
        [], description="Tags of articles or of their feeds."
    )
    actors: Annotated[list[Id], BeforeValidator(one_or_more), Field(min_length=1)] = Field(
        [], description="Actors of which a match shows one."
    )
    hours: Maybe[Hours] = Field(None, description="Local hours in which an article comes; at others it is not taken.")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("'takes' is empty: leave it out for a desk that takes everything its rules find")
        return self


class DeskEntry(Entry):
    """Who is told, where and when."""

    id: Id = Field(description="How rules name the desk.")
    name: Maybe[Text] = Field(None, description="The name readers see; the id where it is left out.")
    timezone: ZoneName = Field("UTC", description="An IANA name; times of this desk are local to it.")
    digests: Annotated[list[TimeOfDay], BeforeValidator(no_list)] = Field([], description="Local times of digests.")
    every: Maybe[Period] = Field(
        None, description="A digest each period, in place of `digests`; with neither, the setting's period or at once."
    )
    immediate: Annotated[list[Level], BeforeValidator(no_list)] = Field([], description="Severities that do not wait.")
    quiet_hours: Maybe[QuietHours] = Field(None, description="Local hours in which alerts are held; urgent passes.")
    weekdays: Maybe[Weekdays] = Field(
        None, description="Local days on which `digests` hold, such as mon-fri or [mon, wed]; every day by default."
    )
    floor: Level = Field(Severity.LOW, description="Matches of a lower severity are not told to this desk.")
    stories_per_day: Maybe[int] = Field(
        None,
        ge=1,
        le=1000,
        description="Stories a local day told in full; the others by headline.",
    )
    takes: Maybe[TakesEntry] = Field(None, description="Which articles are this desk's business; all by default.")
    channels: Annotated[list[ChannelEntry], Field(min_length=1)] = Field(description="Where the desk is told.")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.digests and self.every:
            raise ValueError("a desk has either 'digests' (times of day) or 'every' (a period)")
        if self.weekdays is not None and not self.digests:
            raise ValueError("'weekdays' says on which days 'digests' (times of day) hold, but there are none")
        below = [level for level in self.immediate if level.rank < self.floor.rank]
        if below:
            raise ValueError(f"'immediate' names {below[0]}, which is below the floor, {self.floor}")
        return self


class RuleFileEntries(Entry):
    """A rule file of the news monitor: any of five keys, in any number of files."""

    feeds: Annotated[list[FeedEntry], BeforeValidator(no_list)] = Field([], description="Addresses that are polled.")
    actors: dict[Id, ActorEntry] = Field({}, description="Persons, groups and places, by id.")
    lexicons: dict[Id, LexiconEntry] = Field({}, description="Lists of terms, by id.")
    rules: Annotated[list[RuleEntry], BeforeValidator(no_list)] = Field([], description="What is watched.")
    desks: Annotated[list[DeskEntry], BeforeValidator(no_list)] = Field([], description="Who is told.")
