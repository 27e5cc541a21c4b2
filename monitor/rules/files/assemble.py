"""Validated entries as the frozen nouns of a rule book.

Owns the step from what was written to what is meant: defaults that depend on other keys, and order. Everything given
to it holds already; it decides and refuses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from typing import Protocol

from monitor.model import AppriseChannel, ChannelSpec, Desk, EmailChannel, Feed, SlackChannel, Takes, WebhookChannel
from monitor.rules.book import Actor, Alias, Evidence, Lexicon, Place, Rule, RuleBook, RuleTest
from monitor.rules.files.entries import (
    ActorEntry,
    ChannelEntry,
    DeskEntry,
    FeedEntry,
    LexiconEntry,
    RuleEntry,
    TakesEntry,
    TestEntry,
)
from monitor.rules.files.source import Scalar
from monitor.rules.files.versions import with_versions
from monitor.rules.language.tree import Node


class CheckedItem(Protocol):
    """An entry without problems, as `load` holds it."""

    entry: object
    queries: dict[tuple[int | str, ...], tuple[Scalar, Node | None]]

    def place(self, *location: int | str) -> Place: ...


def assemble(items: MappingType[str, MappingType[str, CheckedItem]]) -> RuleBook:
    """Make a book of entries by section and id."""
    book = RuleBook(
        feeds={id_: _feed(item.entry) for id_, item in items["feeds"].items()},
        actors={id_: _actor(id_, item.entry) for id_, item in items["actors"].items()},
        lexicons={id_: _lexicon(id_, item.entry) for id_, item in items["lexicons"].items()},
        rules={id_: _rule(item) for id_, item in items["rules"].items()},
        desks={id_: _desk(item.entry) for id_, item in items["desks"].items()},
    )
    return with_versions(book)


def _feed(entry: object) -> Feed:
    assert isinstance(entry, FeedEntry)
    return Feed(
        id=entry.id,
        url=entry.url,
        name=entry.name or entry.id,
        language=entry.language,
        tags=tuple(entry.tags),
        every=entry.every,
        full_text=entry.full_text,
        baseline_newest=entry.baseline_newest,
    )


def _actor(id_: str, entry: object) -> Actor:
    assert isinstance(entry, ActorEntry)
    aliases = (
        Alias(
            text=alias.text,
            exact=alias.case == "exact",
            needs=tuple(alias.needs),
            within=alias.within,
            valid_from=alias.valid_from,
            valid_until=alias.valid_until,
            bare=alias.bare,
        )
        for alias in entry.aliases
    )
    return Actor(id_, entry.name, tuple(aliases), tuple(entry.lookalikes), tuple(entry.parents), entry.members)


def _lexicon(id_: str, entry: object) -> Lexicon:
    assert isinstance(entry, LexiconEntry)
    return Lexicon(id_, tuple(entry.root))


def _rule(item: CheckedItem) -> Rule:
    entry = item.entry
    assert isinstance(entry, RuleEntry)
    tests = [
        _test(test, expect_match=kind == "match", place=item.place("tests", kind, index))
        for kind, listed in (("match", entry.tests.match), ("skip", entry.tests.skip))
        for index, test in enumerate(listed)
    ]
    evidence = []
    for index, part in enumerate(entry.evidence):
        scalar, tree = item.queries[("evidence", index, "query")]
        assert tree is not None
        evidence.append(Evidence(scalar.text, tree, part.weight))
    query, tree = item.queries.get(("query",), (None, None))
    return Rule(
        id=entry.id,
        title=entry.title,
        source=query.text if query else "",
        tree=tree,
        severity=entry.severity,
        desks=tuple(entry.desks),
        tests=tuple(tests),
        evidence=tuple(evidence),
        min_score=entry.min_score,
        place=item.place("query") if query else item.place("evidence"),
    )


def _test(entry: TestEntry, *, expect_match: bool, place: Place) -> RuleTest:
    return RuleTest(
        text=f"@{entry.file}" if entry.file is not None else entry.text or "",
        expect_match=expect_match,
        spans=tuple(entry.spans),
        title=entry.title,
        feed=entry.feed,
        language=entry.language,
        url=entry.url,
        place=place,
    )


def _desk(entry: object) -> Desk:
    assert isinstance(entry, DeskEntry)
    return Desk(
        id=entry.id,
        name=entry.name or entry.id,
        timezone=entry.timezone,
        digest_times=tuple(sorted(set(entry.digests))),
        digest_every=entry.every,
        immediate=frozenset(entry.immediate),
        quiet_hours=entry.quiet_hours,
        channels=tuple(_channel(channel) for channel in entry.channels),
        floor=entry.floor,
        weekdays=entry.weekdays if entry.weekdays is not None else frozenset(range(7)),
        stories_per_day=entry.stories_per_day,
        takes=_takes(entry.takes),
    )


def _takes(entry: TakesEntry | None) -> Takes:
    if entry is None:
        return Takes()
    return Takes(
        languages=tuple(entry.languages),
        feeds=tuple(entry.feeds),
        tags=tuple(entry.tags),
        actors=tuple(entry.actors),
        hours=entry.hours,
    )


def _channel(entry: ChannelEntry) -> ChannelSpec:
    if entry.slack is not None:
        return SlackChannel(entry.slack)
    if entry.webhook is not None:
        return WebhookChannel(entry.webhook)
    if entry.apprise is not None:
        return AppriseChannel(entry.apprise)
    return EmailChannel(tuple(dict.fromkeys(entry.email or ())))
