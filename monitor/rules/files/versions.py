"""What a rule means, as one hash: equal versions match the same articles in the same way.

Owns the choice of what counts. A rule's version covers its tree, severity and weights, and everything its references
lead to: an alias added to an actor changes every rule that names the actor, directly or through another rule. Titles,
desks, tests, comments, white space, redundant brackets, quotes, places in files and the order of alternatives do not
count.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from monitor.rules.book import Actor, Lexicon, Rule, RuleBook
from monitor.rules.language.tree import And, Node, Or, Reference, ReferenceKind, Same, children_of, walk

_SILENT = frozenset(("at", "quoted", "place", "tests", "version", "source"))
"""Fields that say where or how something is written, not what it means."""
_PARTS = frozenset(("children", "child", "left", "right"))
"""Fields of a query's node that hold further nodes."""


def with_versions(book: RuleBook) -> RuleBook:
    """Return a book whose rules, and which itself, carry the hash of their meaning.

    The references of every rule must exist and lead in no circle (`load` sees to both).
    """
    hasher = _Hasher(book)
    rules = {id_: replace(rule, version=hasher.rule(id_)) for id_, rule in book.rules.items()}
    whole = {
        "feeds": _sorted_values(book.feeds),
        "desks": _sorted_values(book.desks),
        "actors": sorted(hasher.actor(id_) for id_ in book.actors),
        "lexicons": sorted(hasher.lexicon(id_) for id_ in book.lexicons),
        "rules": sorted([id_, rule.version, rule.title, *rule.desks] for id_, rule in rules.items()),
    }
    return replace(book, rules=rules, version=_digest(whole))


class _Hasher:
    """Hashes each actor, lexicon and rule of a book once."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._members: dict[str, list[Actor]] = {}
        for actor in book.actors.values():
            for parent in actor.parents:
                self._members.setdefault(parent, []).append(actor)
        self._actors: dict[str, str] = {}
        self._lexicons: dict[str, str] = {}
        self._rules: dict[str, str] = {}

    def actor(self, id_: str) -> str:
        """Hash an actor after the members it holds for, without recursion."""
        waiting = [id_]
        while waiting:
            actor = self._book.actors[waiting[-1]]
            members = self._members.get(actor.id, ()) if actor.include_members else ()
            missing = [member.id for member in members if member.id not in self._actors]
            if missing:
                waiting += missing
                continue
            aliases = sorted(_digest(_meaning(alias)) for alias in actor.aliases)
            held = sorted(self._actors[member.id] for member in members)
            self._actors[waiting.pop()] = _digest(["actor", actor.id, aliases, sorted(actor.lookalikes), held])
        return self._actors[id_]

    def lexicon(self, id_: str) -> str:
        if id_ not in self._lexicons:
            lexicon: Lexicon = self._book.lexicons[id_]
            self._lexicons[id_] = _digest(["lexicon", sorted(lexicon.terms)])
        return self._lexicons[id_]

    def rule(self, id_: str) -> str:
        """Hash a rule after those it refers to, without recursion: chains of rules may be long."""
        waiting = [id_]
        while waiting:
            rule = self._book.rules[waiting[-1]]
            missing = [other for other in _rules_of(rule) if other not in self._rules]
            if missing:
                waiting += missing
                continue
            self._rules[waiting.pop()] = self._hash(rule)
        return self._rules[id_]

    def _hash(self, rule: Rule) -> str:
        weighed = sorted([_digest(self._tree(part.tree)), part.weight] for part in rule.evidence)
        tree = None if rule.tree is None else self._tree(rule.tree)
        return _digest(["rule", tree, str(rule.severity), rule.min_score, weighed])[:16]

    def _tree(self, node: Node) -> Any:
        if isinstance(node, Reference):
            match node.kind:
                case ReferenceKind.ACTOR:
                    return self.actor(node.id)
                case ReferenceKind.LEXICON:
                    return self.lexicon(node.id)
                case ReferenceKind.RULE:
                    return ["rule", self._rules[node.id]]
        children = [self._tree(child) for child in children_of(node)]
        if isinstance(node, And | Or | Same):
            children.sort(key=json.dumps)
        own = {name: _meaning(getattr(node, name)) for name in _telling_fields(type(node)) if name not in _PARTS}
        return [type(node).__name__, own, children]


def _rules_of(rule: Rule) -> list[str]:
    trees = [part.tree for part in rule.evidence] + ([rule.tree] if rule.tree is not None else [])
    return [
        node.id
        for tree in trees
        for node in walk(tree)
        if isinstance(node, Reference) and node.kind is ReferenceKind.RULE
    ]


def _telling_fields(kind: type[Any]) -> tuple[str, ...]:
    """Return the names of a dataclass's fields that are not silent; a large book asks a million times."""
    names = _known_fields.get(kind)
    if names is None:
        names = _known_fields[kind] = tuple(item.name for item in fields(kind) if item.name not in _SILENT)
    return names


_known_fields: dict[type[Any], tuple[str, ...]] = {}


def _meaning(value: Any) -> Any:
    """Return a value as JSON can write it, what is silent left out."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _meaning(getattr(value, name)) for name in _telling_fields(type(value))}
    if isinstance(value, frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, tuple | list):
        return [_meaning(item) for item in value]
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value


def _sorted_values(entries: Mapping[str, Any]) -> list[Any]:
    return [_meaning(entries[id_]) for id_ in sorted(entries)]


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
