"""Lint for queries: clauses that never or always hold, filters that name nothing, patterns that cost too much."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from monitor.rules.book import Place
from monitor.rules.files.items import Item
from monitor.rules.files.load import LoadedBook
from monitor.rules.files.mistakes import Location
from monitor.rules.language.printer import to_source
from monitor.rules.language.tree import (
    And,
    AtLeast,
    Filter,
    FilterKind,
    Near,
    Node,
    Not,
    Regex,
    Term,
    children_of,
    walk,
)
from monitor.rules.lint.findings import Check, Level, Site, Spot
from monitor.rules.lint.truth import Truth, truth_of

WIDE_DISTANCE = 100
"""Words; a paragraph of a news report has 30 to 60."""

_ACRONYM = re.compile(r"[A-Z]{2,5}")
_NESTED = re.compile(r"\((?:[^()\\+*}]|\\.)*[+*}](?:[^()\\]|\\.)*\)(?:[+*]|\{\d+,\d*\})")
"""A repeated group that repeats inside: `(a+)+`, the classic cause of exponential matching (OWASP, "ReDoS")."""
_ADJACENT = re.compile(r"(\.[*+]).{0,3}\1|(\\w[*+]).{0,2}\2|(\\s[*+])\3")
_OPEN_END = re.compile(r"^\.[*+]|(?<!\\)\.[*+]$")
_PLAIN_PATTERN = re.compile(r"(?:\\b)?[\w\s'-]+(?:\\b)?")


def _nodes(loaded: LoadedBook) -> Iterator[tuple[Node, Site]]:
    """Yield every node of every query with its site, parents first."""
    for item in loaded.items["rules"].values():
        for location, (_, tree) in item.queries.items():
            for node in walk(tree) if tree is not None else ():
                yield node, Site(item, location, node.at.start)


@lru_cache(maxsize=1)
def _truths(loaded: LoadedBook) -> tuple[tuple[Truth, Item, Location, Node], ...]:
    """Judge every query once for all checks."""
    found = []
    for item in loaded.items["rules"].values():
        for location, (_, tree) in item.queries.items():
            truth = truth_of(tree, loaded.book) if tree is not None else None
            if tree is not None and truth is not None:
                found.append((truth, item, location, tree))
    return tuple(found)


def _never(loaded: LoadedBook) -> Iterator[Spot]:
    for truth, item, location, tree in _truths(loaded):
        if not truth.can_hold:
            place = item.place_in(tree.at.start, *location)
            yield Spot(place, "the query can never hold: what it asks for it also excludes")


def _always(loaded: LoadedBook) -> Iterator[Spot]:
    for truth, item, location, tree in _truths(loaded):
        if truth.must_hold:
            yield Spot(item.place_in(tree.at.start, *location), "the query holds for every article")


def _holds_of_nothing(loaded: LoadedBook) -> Iterator[Spot]:
    for truth, item, location, tree in _truths(loaded):
        if truth.holds_of_nothing and not truth.must_hold:
            place = item.place_in(tree.at.start, *location)
            yield Spot(place, "the query holds for articles in which nothing of it stands")


def _idle_clause(loaded: LoadedBook) -> Iterator[Spot]:
    for node, place in _idle(loaded):
        if not isinstance(node, Not):
            yield Spot(place, f"the clause {_shown(node)} changes nothing: the rest of the query decides alone")


def _idle_not(loaded: LoadedBook) -> Iterator[Spot]:
    for node, place in _idle(loaded):
        if isinstance(node, Not):
            yield Spot(place, f"{_shown(node)} excludes nothing that the rest of the query lets in")


def _idle(loaded: LoadedBook) -> Iterator[tuple[Node, Place]]:
    for truth, item, location, _ in _truths(loaded):
        for node in truth.idle:
            yield node, item.place_in(node.at.start, *location)


def _shown(node: Node) -> str:
    text = to_source(node)
    return text if len(text) <= 60 else text[:59] + "…"  # a line of a terminal


def _explosive(loaded: LoadedBook) -> Iterator[Spot]:
    for node, site in _nodes(loaded):
        if isinstance(node, Regex) and (_NESTED.search(node.pattern) or _ADJACENT.search(node.pattern)):
            yield Spot(site.place, f"/{node.pattern}/ can take exponential time: a repetition repeats, or two meet")


def _open_pattern(loaded: LoadedBook) -> Iterator[Spot]:
    for node, site in _nodes(loaded):
        if isinstance(node, Regex) and _OPEN_END.search(node.pattern):
            yield Spot(site.place, f"/{node.pattern}/ takes in the whole line: the match shows nothing in particular")


def _plain_pattern(loaded: LoadedBook) -> Iterator[Spot]:
    for node, site in _nodes(loaded):
        if isinstance(node, Regex) and _PLAIN_PATTERN.fullmatch(node.pattern):
            words = node.pattern.removeprefix("\\b").removesuffix("\\b")
            yield Spot(
                site.place, f"/{node.pattern}/ holds no pattern", f'Write "{words}": faster, and case and accents fold.'
            )


def _wide_near(loaded: LoadedBook) -> Iterator[Spot]:
    for node, site in _nodes(loaded):
        if isinstance(node, Near) and node.distance > WIDE_DISTANCE:
            yield Spot(
                site.place, f"{node.distance} words are more than a paragraph: NEAR is hardly more than AND here"
            )


def _feed_filter(loaded: LoadedBook) -> Iterator[Spot]:
    for node, site in _nodes(loaded):
        if isinstance(node, Filter) and node.kind is FilterKind.FEED and node.value not in loaded.book.feeds:
            yield Spot(site.place, f"no feed has the id {node.value!r}: the filter never holds")


def _tag_filter(loaded: LoadedBook) -> Iterator[Spot]:
    tags = {tag.casefold() for feed in loaded.book.feeds.values() for tag in feed.tags}
    for node, site in _nodes(loaded):
        if isinstance(node, Filter) and node.kind is FilterKind.TAG and node.value.casefold() not in tags:
            yield Spot(site.place, f"no feed has the tag {node.value!r}")


def _language_filter(loaded: LoadedBook) -> Iterator[Spot]:
    languages = {feed.language.casefold() for feed in loaded.book.feeds.values() if feed.language}
    prefixes = {language.split("-")[0] for language in languages}
    for node, site in _nodes(loaded):
        if not isinstance(node, Filter) or node.kind is not FilterKind.LANG:
            continue
        wanted = node.value.casefold()
        if wanted not in languages and wanted not in prefixes:
            yield Spot(site.place, f"no feed has the language {node.value!r}")


def _exact_without_case(loaded: LoadedBook) -> Iterator[Spot]:
    for node, site in _nodes(loaded):
        if isinstance(node, Term) and node.exact and node.text.upper() == node.text.lower():
            yield Spot(site.place, f"{node.text!r} has no capital letters: exact: changes nothing")


def _at_least_one(loaded: LoadedBook) -> Iterator[Spot]:
    for node, site in _nodes(loaded):
        if isinstance(node, AtLeast) and node.count == 1:
            yield Spot(site.place, "ATLEAST/1 is what every term means anyway")


def _bare_acronym(loaded: LoadedBook) -> Iterator[Spot]:
    for node, site in _nodes(loaded):
        if isinstance(node, Term) and not node.exact and not node.prefix and _ACRONYM.fullmatch(node.text):
            yield Spot(site.place, f"{node.text} also holds for {node.text.lower()!r}", f'Write exact:"{node.text}".')


def _lone_acronym(loaded: LoadedBook) -> Iterator[Spot]:
    for item in loaded.items["rules"].values():
        for location, (_, tree) in item.queries.items():
            waiting = [tree] if tree is not None and location == ("query",) else []
            while waiting:
                node = waiting.pop()
                if isinstance(node, Term) and _ACRONYM.fullmatch(node.text):
                    yield Spot(
                        item.place_in(node.at.start, *location),
                        f"the acronym {node.text} alone makes the rule hold, whatever it means in the article",
                    )
                elif not isinstance(node, And | Near | Not):
                    waiting += reversed(children_of(node))


CHECKS = (
    Check("Q101", Level.ERROR, "A query that can never hold", "Remove the clause that excludes the others.", _never),
    Check("Q102", Level.ERROR, "A query that always holds", "Say what must stand in the article.", _always),
    Check("Q103", Level.WARNING, "A query that holds of nothing", "Join NOT to something with AND.", _holds_of_nothing),
    Check("Q104", Level.WARNING, "A clause that changes nothing", "Remove it, or mend what it repeats.", _idle_clause),
    Check(
        "Q105", Level.WARNING, "A NOT that excludes nothing", "Remove it, or widen what it stands beside.", _idle_not
    ),
    Check(
        "Q106",
        Level.WARNING,
        "A pattern that can blow up",
        "Repeat single characters only, with a limit: {1,20}.",
        _explosive,
    ),
    Check("Q107", Level.WARNING, "A pattern that takes in the whole line", "Remove the .* at its end.", _open_pattern),
    Check("Q108", Level.INFO, "A pattern without a pattern", "Write the words.", _plain_pattern),
    Check(
        "Q109",
        Level.INFO,
        "A distance beyond a paragraph",
        "Write AND, SAME_PARAGRAPH(a, b) or a smaller number.",
        _wide_near,
    ),
    Check("Q110", Level.WARNING, "A filter that names no feed", "Write the id of a feed.", _feed_filter),
    Check("Q111", Level.WARNING, "A filter that names no tag", "Give the tag to a feed, or mend it.", _tag_filter),
    Check(
        "Q112",
        Level.INFO,
        "A filter for a language of no feed",
        "Give feeds their language, or mend it.",
        _language_filter,
    ),
    Check("Q113", Level.INFO, "exact: without case", "Write the term without exact:.", _exact_without_case),
    Check("Q114", Level.INFO, "ATLEAST/1", "Leave it out, or write a higher number.", _at_least_one),
    Check("Q115", Level.INFO, "An acronym whose case does not count", 'Write exact:"…".', _bare_acronym),
    Check(
        "Q116", Level.WARNING, "An acronym without context", "Join it to other words with AND or NEAR.", _lone_acronym
    ),
)
