"""From rule files to a rule book: every problem of every file at once, or a book that holds.

Owns the order of the work and what one entry may refer to in another: `files` reads, `source` gives the tree with
places, `entries` says what may be written, `parser` reads queries, `versions` hashes. It refuses to know what is
unwise but allowed (`lint*`), and it keeps nothing: a caller that holds a good book keeps it when this raises.

An entry that is wrong in itself still counts as existing, and what is wrong as YAML is not judged again, so that one
mistake is one message and no avalanche.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from monitor.errors import Problem, RuleBookError
from monitor.rules.book import Place, RuleBook
from monitor.rules.files.assemble import assemble
from monitor.rules.files.entries import (
    ActorEntry,
    DeskEntry,
    FeedEntry,
    LexiconEntry,
    RuleEntry,
    RuleFileEntries,
)
from monitor.rules.files.folder import RuleFile, read_rule_files
from monitor.rules.files.formats import ID_ERROR, is_id
from monitor.rules.files.guess import did_you_mean
from monitor.rules.files.mistakes import Location, keys_of, offset_of, problems_of, unknown_key
from monitor.rules.files.source import Mapping, Scalar, Sequence, Source, Tree, plain, read_source, scalars
from monitor.rules.language.parser import QueryError, parse
from monitor.rules.language.tree import Node, Reference, ReferenceKind, walk

_LISTS: dict[str, type[BaseModel]] = {"feeds": FeedEntry, "rules": RuleEntry, "desks": DeskEntry}
_MAPPINGS: dict[str, type[BaseModel]] = {"actors": ActorEntry, "lexicons": LexiconEntry}
SECTIONS = ("feeds", "actors", "lexicons", "rules", "desks")

MAX_GUESSES = 50
"""Names that are guessed at: where a file of actors is missing whole, guesses help nobody."""

_SECRET = re.compile(
    r"xox[abeoprs]-[0-9A-Za-z-]{8,}|xapp-[0-9A-Za-z-]{8,}|hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/\S+",
    re.IGNORECASE,
)
"""Slack's token prefixes and webhook addresses (docs.slack.dev, "Tokens" and "Incoming webhooks")."""


@dataclass(slots=True)
class Item:
    """One entry of a rule file, before it is a noun of the book."""

    section: str
    id: str
    source: Source
    node: Tree
    at: int
    """Where its id or key stands in the file's text."""
    entry: Any = None
    """The validated model; None while it has problems."""
    queries: dict[Location, tuple[Scalar, Node | None]] = field(default_factory=dict)
    """Each query by its place in the entry; None for one that does not parse."""

    def place(self, *location: int | str) -> Place:
        """Return where something of the entry stands; the entry's own id or key without arguments."""
        offset = offset_of(self.node, location) if location else self.at
        return Place(self.source.name, *self.source.place(offset))

    def place_in(self, position: int, *location: int | str) -> Place:
        """Return where a character of one of the entry's texts stands."""
        node: Tree | None = self.node
        for part in location:
            if isinstance(node, Mapping):
                node = node.get(str(part))
            elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
                node = node.items[part]
        if not isinstance(node, Scalar):
            return self.place(*location)
        return Place(self.source.name, *self.source.place(self.source.offset_in(node, position)))


@dataclass(frozen=True, slots=True, eq=False)
class LoadedBook:
    """A rule book with the places of everything in it, for those who write messages about it."""

    book: RuleBook
    items: dict[str, dict[str, Item]]
    """By section and id."""

    def place(self, section: str, id_: str, *location: int | str) -> Place:
        """Return where an entry, or something in it, stands: `place("actors", "ttp", "aliases", 3)`."""
        return self.items[section][id_].place(*location)


def load_rule_book(folder: Path) -> RuleBook:
    """Read a folder of rule files into a checked book.

    Raises:
        RuleBookError: With every problem of every file, sorted by place.
    """
    return load(folder).book


def load(folder: Path) -> LoadedBook:
    """Read a folder of rule files into a checked book that knows where everything stands.

    Raises:
        RuleBookError: With every problem of every file, sorted by place.
    """
    files, problems = read_rule_files(folder)
    return load_files(files, problems)


def load_files(files: list[RuleFile], problems: list[Problem] | None = None) -> LoadedBook:
    """Make a book of rule files that were read, such as those of an older revision.

    Args:
        files: Names and bytes.
        problems: What went wrong before; reported with the rest.

    Raises:
        RuleBookError: With every problem of every file, sorted by place.
    """
    loader = _Loader(list(problems or ()))
    for file in files:
        loader.read(file)
    loader.check_references()
    if loader.problems:
        raise RuleBookError(list(dict.fromkeys(loader.problems)))
    return LoadedBook(assemble(loader.items), loader.items)


class _Loader:
    """Collects entries and problems, file by file, then looks at what the entries say of each other."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems: list[Problem] = []
        self._places: set[tuple[str, int, int]] = set()
        self._report(problems)
        self.items: dict[str, dict[str, Item]] = {section: {} for section in SECTIONS}
        self._unnamed: list[Item] = []
        self._guesses = 0

    def read(self, file: RuleFile) -> None:
        source, problems = read_source(file.name, file.data)
        self._report(problems)
        root = source.root
        if root is None or (isinstance(root, Scalar) and root.value is None):
            return
        if not isinstance(root, Mapping):
            self._complain(source, root, "a rule file is a mapping with any of the keys " + ", ".join(SECTIONS))
            return
        for scalar in scalars(root):
            found = _SECRET.search(scalar.text) if len(scalar.text) > 8 else None
            if found:
                self._complain(
                    source,
                    scalar,
                    "this looks like a Slack token or webhook: secrets never stand in rule files; "
                    "use an environment variable or a secret file (MONITOR_SLACK__TOKEN, /run/secrets/…)",
                )
        for key, (name, value) in root.entries.items():
            if key not in SECTIONS:
                self._complain(source, name, unknown_key(key, keys_of(RuleFileEntries)))
            elif isinstance(value, Scalar) and value.value is None:
                continue
            elif key in _LISTS:
                self._read_list(key, source, value)
            else:
                self._read_mapping(key, source, value)

    def _read_list(self, section: str, source: Source, value: Tree) -> None:
        if not isinstance(value, Sequence):
            self._complain(source, value, f"{section!r} must be a list: a line with '- id: …' for each")
            return
        for node in value.items:
            id_node = node.get("id") if isinstance(node, Mapping) else None
            named = isinstance(id_node, Scalar) and isinstance(id_node.value, str)
            id_ = id_node.text if isinstance(id_node, Scalar) and named else ""
            at = id_node.start if id_node is not None else node.start
            self._add(Item(section, id_, source, node, at), _LISTS[section])

    def _read_mapping(self, section: str, source: Source, value: Tree) -> None:
        if not isinstance(value, Mapping):
            self._complain(source, value, f"{section!r} must be a mapping: each id with what belongs to it")
            return
        for id_, (key, node) in value.entries.items():
            if not is_id(id_):
                self._complain(source, key, ID_ERROR)
            self._add(Item(section, id_, source, node, key.start), _MAPPINGS[section])

    def _add(self, item: Item, model: type[BaseModel]) -> None:
        try:
            item.entry = model.model_validate(plain(item.node))
        except ValidationError as error:
            taken = frozenset(self._places)
            self._report(
                problem for problem in problems_of(error, model, item.source, item.node) if _at(problem) not in taken
            )
        if item.section == "rules":
            self._parse_queries(item)
        if not item.id:
            self._unnamed.append(item)
            return
        first = self.items[item.section].setdefault(item.id, item)
        if first is not item:
            self._unnamed.append(item)
            place = first.place()
            where = f"{place.file}:{place.line}:{place.column}"
            self._complain(
                item.source, item.at, f"{item.id!r} stands twice in {item.section!r}; the first is at {where}"
            )

    def _parse_queries(self, item: Item) -> None:
        for location, scalar in _query_texts(item.node):
            tree: Node | None = None
            try:
                tree = parse(scalar.text)
            except QueryError as error:
                self._complain(item.source, item.source.offset_in(scalar, error.position), error.sentence)
            item.queries[location] = (scalar, tree)

    def check_references(self) -> None:
        """Look at what entries say of each other."""
        rule_edges: dict[str, dict[str, int]] = {}
        actor_edges: dict[str, dict[str, int]] = {}
        everything = [item for items in self.items.values() for item in items.values()] + self._unnamed
        for item in everything:
            if item.section == "rules":
                self._expect(item, _texts(item.node, "desks"), "desks", "desk")
                for tests in _tests(item.node):
                    self._expect(item, _texts(tests, "feed"), "feeds", "feed")
                edges = self._check_queries(item)
                rule_edges.setdefault(item.id, edges)
            elif item.section == "desks":
                takes = item.node.get("takes") if isinstance(item.node, Mapping) else None
                if takes is not None:
                    self._expect(item, _texts(takes, "feeds"), "feeds", "feed")
                    self._expect(item, _texts(takes, "actors"), "actors", "actor")
            elif item.section == "actors":
                parents = _texts(item.node, "parents")
                self._expect(item, parents, "actors", "actor")
                actor_edges.setdefault(item.id, {parent.text: parent.start for parent in parents})
        self._check_circles("rules", rule_edges, "refers back to itself")
        self._check_circles("actors", actor_edges, "is its own parent")

    def _check_queries(self, item: Item) -> dict[str, int]:
        edges: dict[str, int] = {}
        for scalar, tree in item.queries.values():
            for node in walk(tree) if tree is not None else ():
                if not isinstance(node, Reference):
                    continue
                section = f"{node.kind}s"
                offset = item.source.offset_in(scalar, node.at.start)
                if node.id not in self.items[section]:
                    hint = self._guess(node.id, section)
                    self._complain(item.source, offset, f"there is no {node.kind} {node.id!r}{hint}")
                elif node.kind is ReferenceKind.RULE:
                    edges.setdefault(node.id, offset)
        return edges

    def _expect(self, item: Item, names: list[Scalar], section: str, noun: str) -> None:
        for name in names:
            place = (item.source.name, *item.source.place(name.start))
            if name.text not in self.items[section] and place not in self._places:
                hint = self._guess(name.text, section)
                self._complain(item.source, name, f"there is no {noun} {name.text!r}{hint}")

    def _guess(self, written: str, section: str) -> str:
        """Guess what was meant; after many guesses no more, since each one looks at every known name."""
        self._guesses += 1
        return did_you_mean(written, self.items[section]) if self._guesses <= MAX_GUESSES else ""

    def _check_circles(self, section: str, edges: dict[str, dict[str, int]], what: str) -> None:
        """Report each circle once, at the reference that closes it; cut it there and look for the next."""
        items = self.items[section]
        edges = {id_: {to: at for to, at in out.items() if to in items} for id_, out in edges.items() if id_ in items}
        while True:
            try:
                TopologicalSorter(edges).prepare()
            except CycleError as error:
                circle = list(reversed(error.args[1]))
                start, target = circle[0], circle[1]
                way = " → ".join(circle)
                self._complain(items[start].source, edges[start].pop(target), f"{start!r} {what}: {way}")
            else:
                return

    def _complain(self, source: Source, at: int | Tree, message: str) -> None:
        self._report([source.problem(at, message)])

    def _report(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self.problems.append(problem)
            self._places.add(_at(problem))


def _at(problem: Problem) -> tuple[str, int, int]:
    return problem.file, problem.line, problem.column


def _query_texts(node: Tree) -> Iterator[tuple[Location, Scalar]]:
    """Yield the queries of a rule entry, right or wrong in the rest."""
    if not isinstance(node, Mapping):
        return
    query = node.get("query")
    if isinstance(query, Scalar) and isinstance(query.value, str) and query.text.strip():
        yield ("query",), query
    evidence = node.get("evidence")
    for index, part in enumerate(evidence.items if isinstance(evidence, Sequence) else ()):
        query = part.get("query") if isinstance(part, Mapping) else None
        if isinstance(query, Scalar) and isinstance(query.value, str) and query.text.strip():
            yield ("evidence", index, "query"), query


def _texts(node: Tree, key: str) -> list[Scalar]:
    """Return the texts of a list, or the one text, under a key."""
    value = node.get(key) if isinstance(node, Mapping) else None
    found = value.items if isinstance(value, Sequence) else [value]
    return [item for item in found if isinstance(item, Scalar) and isinstance(item.value, str)]


def _tests(node: Tree) -> Iterator[Tree]:
    """Yield the tests of a rule entry."""
    tests = node.get("tests") if isinstance(node, Mapping) else None
    for kind in ("match", "skip"):
        listed = tests.get(kind) if isinstance(tests, Mapping) else None
        yield from listed.items if isinstance(listed, Sequence) else ()
