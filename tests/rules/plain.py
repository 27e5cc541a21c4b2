"""The plain evaluator: every rule over every word of every document, by definition and without an index.

It is the reference against which the matcher is tried, so it shares with it only what a word is (`monitor.text`) and
the trees that were read. It is quadratic wherever that is simpler.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import regex

from monitor.model import Span
from monitor.rules.book import Actor, Alias, Rule, RuleBook
from monitor.rules.language.tree import (
    And,
    AtLeast,
    FieldName,
    Filter,
    FilterKind,
    Near,
    Node,
    Not,
    Or,
    Reference,
    ReferenceKind,
    Regex,
    Same,
    Term,
    Unit,
    Within,
)
from monitor.text.document import Document
from monitor.text.fold import fold
from monitor.text.words import Words, term_forms


@dataclass(frozen=True, order=True)
class Mark:
    """A term at a place of one text ("text" for title and body, "author", "url")."""

    text: str
    first: int
    last: int
    term: str
    actor: str | None = None
    extent: tuple[int, int] | None = None


Marks = frozenset[Mark]
NOTHING: Marks = frozenset()
Where = frozenset[tuple[str, int]]
"""A scope, as the set of all its words."""


class Plain:
    """One document under one book."""

    def __init__(self, book: RuleBook, document: Document) -> None:
        self.book = book
        self.document = document
        self.texts = {"text": document.words, "author": document.byline, "url": document.address}
        self.readings = {name: list(readings_of(words)) for name, words in self.texts.items()}

    def match(self) -> dict[str, tuple[Span, ...]]:
        """Return the spans of every rule that holds."""
        found = {rule.id: self.rule(rule, None) for rule in self.book.rules.values()}
        return {rule_id: self.spans(marks) for rule_id, marks in found.items() if marks is not None}

    def rule(self, rule: Rule, scope: Where | None) -> Marks | None:
        marks = self.holds(rule.tree, scope) if rule.tree is not None else NOTHING
        if marks is None or rule.min_score is None:
            return marks
        pieces = [(piece.weight, self.holds(piece.tree, scope)) for piece in rule.evidence]
        if sum(weight for weight, found in pieces if found is not None) < rule.min_score:
            return None
        return marks.union(*(found for _, found in pieces if found is not None))

    def holds(self, node: Node, scope: Where | None) -> Marks | None:
        match node:
            case Term():
                return self.inside(self.term(node.text, node.prefix, node.exact), scope) or None
            case Regex():
                return self.inside(self.regex(node), scope) or None
            case And():
                found = [self.holds(child, scope) for child in node.children]
                return None if None in found else NOTHING.union(*(each for each in found if each))
            case Or():
                held = [each for child in node.children if (each := self.holds(child, scope)) is not None]
                return NOTHING.union(*held) if held else None
            case Not():
                return NOTHING if self.holds(node.child, scope) is None else None
            case Near() | AtLeast():
                return self.counted(node, scope)
            case Same():
                return self.same(node, scope)
            case Within():
                return self.holds(node.child, self.field(node.name, scope))
            case Filter():
                return NOTHING if self.filter(node) else None
            case Reference(kind=ReferenceKind.RULE):
                return self.rule(self.book.rules[node.id], scope)
            case Reference(kind=ReferenceKind.LEXICON):
                terms = self.book.lexicons[node.id].terms
                found = [self.starred(term) for term in terms]
                return self.inside(NOTHING.union(*found), scope) or None
            case Reference():
                return self.inside(self.actor(self.book.actors[node.id]), scope) or None

    # --- terms

    def term(self, text: str, prefix: bool, exact: bool, actor: str | None = None) -> Marks:
        shown = f"{text}*" if prefix else text
        shortest: dict[tuple[str, int], int] = {}
        for form in term_forms(text):
            wanted = form.split(" ")
            for name, readings in self.readings.items():
                for reading in readings:
                    for at in range(len(reading) - len(wanted) + 1):
                        window = reading[at : at + len(wanted)]
                        words = [word for word, _, _ in window]
                        last_fits = words[-1].startswith(wanted[-1]) if prefix else words[-1] == wanted[-1]
                        if words[:-1] != wanted[:-1] or not last_fits:
                            continue
                        first, last = window[0][1], window[-1][2]
                        if exact and not self.is_exact(name, first, last, text, prefix):
                            continue
                        shortest[name, first] = min(last, shortest.get((name, first), last))
        return frozenset(Mark(name, first, last, shown, actor) for (name, first), last in shortest.items())

    def starred(self, written: str) -> Marks:
        return self.term(written.removesuffix("*"), written.endswith("*"), False)

    def is_exact(self, name: str, first: int, last: int, text: str, prefix: bool) -> bool:
        words, wanted = self.texts[name], Words(text)
        have = "".join(words.folded_word(at, keep_case=True) for at in range(first, last + 1))
        want = "".join(wanted.folded_word(at, keep_case=True) for at in range(len(wanted)))
        return have.startswith(want) if prefix else have == want

    def regex(self, node: Regex) -> Marks:
        marks = set()
        for name, words in self.texts.items():
            for found in regex.finditer(node.pattern, words.published):
                start, end = found.span()
                border = len(self.document.title) if name == "text" else -1
                if start == end or start < border < end or not len(words):
                    continue
                touched = [at for at in range(len(words)) if words.span(at, at)[1] > start]
                first = touched[0] if touched else len(words) - 1
                last = max([at for at in touched if words.span(at, at)[0] < end], default=first)
                marks.add(Mark(name, first, max(first, last), f"/{node.pattern}/", None, (start, end)))
        return frozenset(marks)

    # --- places

    def inside(self, marks: Marks, scope: Where | None) -> Marks:
        if scope is None:
            return frozenset(mark for mark in marks if mark.text == "text")
        return frozenset(
            mark for mark in marks if all((mark.text, at) in scope for at in range(mark.first, mark.last + 1))
        )

    def field(self, name: FieldName, scope: Where | None) -> Where:
        if name in (FieldName.AUTHOR, FieldName.URL):
            everything = frozenset((name.value, at) for at in range(len(self.texts[name.value])))
            return everything if scope is None else everything & scope
        ranges = {
            FieldName.TITLE: [self.document.title_range],
            FieldName.BODY: [self.document.body_range],
            FieldName.LEAD: self.document.lead_ranges,
        }[name]
        region = frozenset(("text", at) for start, end in ranges for at in range(start, end))
        return region if scope is None else region & scope

    def same(self, node: Same, scope: Where | None) -> Marks | None:
        units = self.document.sentences if node.unit is Unit.SENTENCE else self.document.paragraphs
        held: list[Marks] = []
        for start, end in units:
            inner = frozenset(("text", at) for at in range(start, end))
            inner = inner if scope is None else inner & scope
            found = [self.holds(child, inner) for child in node.children] if inner else [None]
            if None not in found:
                held += [each for each in found if each is not None]
                held.append(NOTHING)
        return NOTHING.union(*held) if held else None

    def counted(self, node: Near | AtLeast, scope: Where | None) -> Marks | None:
        if isinstance(node, Near):
            pairs = self.spots(node, scope)
            return NOTHING.union(*(marks for _, _, _, marks in pairs)) if pairs else None
        spots = self.spots(node.child, scope)
        covered = {(name, at) for name, first, last, _ in spots for at in range(first, last + 1)}
        joined = {
            (name, at) for name, first, last, _ in spots for at in range(first, last)
        }  # words that do not end a place
        count = sum(1 for name, at in covered if (name, at) not in joined)
        return NOTHING.union(*(marks for *_, marks in spots)) if count >= node.count else None

    def spots(self, node: Node, scope: Where | None) -> set[tuple[str, int, int, Marks]]:
        """Return every place at which something stands, each way to stand there by itself."""
        match node:
            case Or():
                return set().union(*(self.spots(child, scope) for child in node.children))
            case Within():
                return self.spots(node.child, self.field(node.name, scope))
            case Near():
                found = set()
                for one in self.spots(node.left, scope):
                    for other in self.spots(node.right, scope):
                        if self.is_near(one, other, node):
                            low, high = min(one[1], other[1]), max(one[2], other[2])
                            found.add((one[0], low, high, one[3] | other[3]))
                return found
        marks = self.holds(node, scope) or NOTHING
        return {(mark.text, mark.first, mark.last, frozenset({mark})) for mark in marks}

    def is_near(self, one: tuple, other: tuple, node: Near) -> bool:
        if one[0] != other[0]:
            return False
        if other[1] < one[1]:
            if node.ordered:
                return False
            one, other = other, one
        breaks = self.texts[one[0]].paragraph_breaks()
        if any(one[2] < at < other[1] for at in breaks):
            return False
        return 1 <= other[1] - one[2] <= node.distance

    # --- filters and actors

    def filter(self, node: Filter) -> bool:
        match node.kind:
            case FilterKind.FEED:
                return self.document.feed_id == node.value
            case FilterKind.TAG:
                return any(fold(tag).text == fold(node.value).text for tag in self.document.tags)
            case FilterKind.LANG:
                language = (self.document.language or "").lower()
                return language == node.value.lower() or language.startswith(node.value.lower() + "-")

    def actor(self, actor: Actor) -> Marks:
        members = {actor.id}
        while True:
            parents = {each for each in members if self.book.actors[each].include_members}
            more = {other.id for other in self.book.actors.values() if parents & set(other.parents)}
            if more <= members:
                break
            members |= more
        return NOTHING.union(*(self.own(self.book.actors[each]) for each in members))

    def own(self, actor: Actor) -> Marks:
        standing = [(alias, mark) for alias in actor.aliases for mark in self.alias(alias, actor.id)]
        alike = [mark for text in actor.lookalikes for mark in self.starred(text)]
        held: set[Mark] = set()
        for alias, mark in sorted(standing, key=lambda pair: pair[1].first - pair[1].last):
            cover = max((other.last - other.first for other in alike if covers(other, mark)), default=-1)
            own = max((other.last - other.first for other in held if covers(other, mark)), default=-1)
            own = own if own > mark.last - mark.first else -1
            if cover >= own and cover >= 0:
                continue
            if own < 0 and self.is_meant(actor, alias, mark):
                held.add(mark)
        return frozenset(held)

    def is_meant(self, actor: Actor, alias: Alias, mark: Mark) -> bool:
        day = self.document.date
        if day and ((alias.valid_from and day < alias.valid_from) or (alias.valid_until and day > alias.valid_until)):
            return False
        mine = self.need(alias, mark)
        if not alias.bare:
            return not alias.needs or mine is not None
        sharing = [
            (other, theirs)
            for other in self.book.actors.values()
            for theirs in other.aliases
            if other.id != actor.id and set(self.patterns(theirs)) == set(self.patterns(alias))
        ]
        for other, _ in sharing:
            for theirs in other.aliases:
                for cover in self.alias(theirs, other.id):
                    if covers(cover, mark) and cover.last - cover.first > mark.last - mark.first:
                        return False
        theirs_near = [near for _, theirs in sharing if theirs.needs and (near := self.need(theirs, mark)) is not None]
        if not alias.needs:
            return not theirs_near
        return mine is not None and all(near >= mine for near in theirs_near)

    def alias(self, alias: Alias, actor_id: str) -> Marks:
        return self.term(alias.text.removesuffix("*"), alias.text.endswith("*"), alias.exact, actor_id)

    def patterns(self, alias: Alias) -> list[tuple[str, bool]]:
        return [(form, alias.text.endswith("*")) for form in term_forms(alias.text.removesuffix("*"))]

    def need(self, alias: Alias, mark: Mark) -> int | None:
        far = 1 << 30
        border = self.document.title_range[1]
        distances = []
        for term in alias.needs:
            for other in self.starred(term):
                overlaps = mark.text == "text" and other.first <= mark.last and mark.first <= other.last
                if other.text != "text" or overlaps:
                    continue
                in_one_field = mark.text == "text" and (mark.first < border) == (other.first < border)
                gap = max(other.first - mark.last, mark.first - other.last)
                distances.append(gap if in_one_field else far)
        allowed = [each for each in distances if alias.within is None or each <= alias.within]
        return min(allowed, default=None)

    # --- spans

    def spans(self, marks: Marks) -> tuple[Span, ...]:
        order = {"title": 0, "body": 1, "author": 2, "url": 3}
        spans = {self.span(mark) for mark in marks}
        return tuple(
            sorted(spans, key=lambda span: (order[span.field], span.start, span.end, span.term, span.actor or ""))
        )

    def span(self, mark: Mark) -> Span:
        start, end = mark.extent or self.texts[mark.text].span(mark.first, mark.last)
        name = mark.text
        source = self.texts[name].published
        text = source[start:end]
        if name == "text":
            name = "title" if start < len(self.document.title) else "body"
            if name == "body":
                start, end = start - len(self.document.title) - 2, end - len(self.document.title) - 2
                text = self.document.body[start:end]
            else:
                text = self.document.title[start:end]
        return Span(name, start, end, text, mark.term, mark.actor)


def readings_of(words: Words):
    """Yield the words with the positions they take: whole, and with soft breaks open."""
    yield list(_reading(words.stream, words.whole_word_positions()))
    if words.parted_stream is not None:
        yield list(_reading(words.parted_stream, None))


def _reading(stream: str, firsts: list[int] | None):
    folded = stream.split()
    firsts = list(range(len(folded) + 1)) if firsts is None else firsts
    for word, (first, following) in zip(folded, pairwise(firsts), strict=False):
        yield word, first, following - 1


def covers(outer: Mark, inner: Mark) -> bool:
    return outer.text == inner.text and outer.first <= inner.first and inner.last <= outer.last
