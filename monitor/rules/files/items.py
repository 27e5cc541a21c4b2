"""What one rule file holds: its entries, each checked by itself, and its mistakes.

Owns what can be said of a file without the others, so that a file whose bytes have not changed need not be read again
(`KnownFiles`): of a reload of 10,000 rules the reading is five sixths. Refuses to know what entries say of each other
(`load`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from collections.abc import Sequence as SequenceType
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from monitor.errors import Problem
from monitor.rules.book import Place
from monitor.rules.files.entries import (
    ActorEntry,
    DeskEntry,
    FeedEntry,
    LexiconEntry,
    RuleEntry,
    RuleFileEntries,
)
from monitor.rules.files.folder import RuleFile
from monitor.rules.files.formats import ID_ERROR, is_id
from monitor.rules.files.mistakes import Location, keys_of, offset_of, problems_of, unknown_key
from monitor.rules.files.source import Mapping, Scalar, Sequence, Source, Tree, plain, read_source, scalars
from monitor.rules.language.parser import QueryError, parse
from monitor.rules.language.tree import Node

_LISTS: dict[str, type[BaseModel]] = {"feeds": FeedEntry, "rules": RuleEntry, "desks": DeskEntry}
_MAPPINGS: dict[str, type[BaseModel]] = {"actors": ActorEntry, "lexicons": LexiconEntry}
SECTIONS = ("feeds", "actors", "lexicons", "rules", "desks")

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
class FileItems:
    """One rule file, read."""

    items: tuple[Item, ...]
    """Right or wrong, in the order of the file."""
    problems: tuple[Problem, ...]


class KnownFiles:
    """The rule files that were read last, for whoever reads a folder again and again."""

    def __init__(self) -> None:
        self._known: dict[bytes, FileItems] = {}

    def read(self, files: SequenceType[RuleFile]) -> list[FileItems]:
        """Read files; those that were among the last ones, byte for byte and by the same name, are not read again."""
        before, self._known = self._known, {}
        return [self._read(file, before) for file in files]

    def _read(self, file: RuleFile, before: dict[bytes, FileItems]) -> FileItems:
        name = file.name.encode("utf-8", "surrogateescape")
        key = hashlib.sha256(b"%d %b%b" % (len(name), name, file.data)).digest()
        found = self._known[key] = before.get(key) or read_items(file)
        return found


def read_items(file: RuleFile) -> FileItems:
    """Read the bytes of one rule file into entries. Nothing is raised: mistakes are among the problems."""
    reader = _Reader()
    reader.read(file)
    return FileItems(tuple(reader.items), tuple(reader.problems))


class _Reader:
    """Collects the entries and problems of one file."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.problems: list[Problem] = []

    def read(self, file: RuleFile) -> None:
        source, problems = read_source(file.name, file.data)
        self.problems += problems
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
            taken = {place_of(problem) for problem in self.problems}
            found = problems_of(error, model, item.source, item.node)
            self.problems += [problem for problem in found if place_of(problem) not in taken]
        if item.section == "rules":
            self._parse_queries(item)
        self.items.append(item)

    def _parse_queries(self, item: Item) -> None:
        for location, scalar in _query_texts(item.node):
            tree: Node | None = None
            try:
                tree = parse(scalar.text)
            except QueryError as error:
                self._complain(item.source, item.source.offset_in(scalar, error.position), error.sentence)
            item.queries[location] = (scalar, tree)

    def _complain(self, source: Source, at: int | Tree, message: str) -> None:
        self.problems.append(source.problem(at, message))


def place_of(problem: Problem) -> tuple[str, int, int]:
    """Return file, line and column of a problem."""
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
