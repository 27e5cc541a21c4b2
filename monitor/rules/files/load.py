"""From rule files to a rule book: every problem of every file at once, or a book that holds.

Owns the order of the work and what one entry may refer to in another: `folder` finds the files, `items` reads each by
itself, `assemble` makes nouns, `versions` hashes. It refuses to know what is unwise but allowed (`lint`), and it keeps
nothing: a caller that holds a good book keeps it when this raises.

An entry that is wrong in itself still counts as existing, and what is wrong as YAML is not judged again, so that one
mistake is one message and no avalanche.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from monitor.errors import Problem, RuleBookError
from monitor.rules.book import Place, RuleBook
from monitor.rules.files.assemble import assemble
from monitor.rules.files.folder import RuleFile, read_rule_files
from monitor.rules.files.guess import did_you_mean
from monitor.rules.files.items import SECTIONS, FileItems, Item, KnownFiles, place_of
from monitor.rules.files.source import Mapping, Scalar, Sequence, Source, Tree
from monitor.rules.language.tree import Reference, ReferenceKind, walk

MAX_GUESSES = 50
"""Names that are guessed at: where a file of actors is missing whole, guesses help nobody."""


@dataclass(frozen=True, slots=True, eq=False)
class LoadedBook:
    """A rule book with the places of everything in it, for those who write messages about it."""

    book: RuleBook
    items: dict[str, dict[str, Item]]
    """By section and id."""

    def place(self, section: str, id_: str, *location: int | str) -> Place:
        """Return where an entry, or something in it, stands: `place("actors", "ttp", "aliases", 3)`."""
        return self.items[section][id_].place(*location)


def load_rule_book(folder: Path, known: KnownFiles | None = None) -> RuleBook:
    """Read a folder of rule files into a checked book; see `load`."""
    return load(folder, known).book


def load(folder: Path, known: KnownFiles | None = None) -> LoadedBook:
    """Read a folder of rule files into a checked book that knows where everything stands.

    Args:
        folder: Where the files are.
        known: What was read before, for a folder that is read again.

    Raises:
        RuleBookError: With every problem of every file, sorted by place.
    """
    files, problems = read_rule_files(folder)
    return load_files(files, problems, known)


def load_files(
    files: list[RuleFile], problems: list[Problem] | None = None, known: KnownFiles | None = None
) -> LoadedBook:
    """Make a book of rule files that were read, such as those of an older revision.

    Args:
        files: Names and bytes.
        problems: What went wrong before; reported with the rest.
        known: As for `load`.

    Raises:
        RuleBookError: With every problem of every file, sorted by place.
    """
    with _uncollected():
        loader = _Loader(list(problems or ()))
        for read in (known or KnownFiles()).read(files):
            loader.add(read)
        loader.check_references()
        if loader.problems:
            raise RuleBookError(list(dict.fromkeys(loader.problems)))
        return LoadedBook(assemble(loader.items), loader.items)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector away: it walks all there is, for which every thread waits, and finds no garbage here.

    With it the loading of 10,000 rules stopped the daemon for half a second at a time, and took a fifth longer.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Loader:
    """Collects entries and problems, file by file, then looks at what the entries say of each other."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems: list[Problem] = []
        self._places: set[tuple[str, int, int]] = set()
        self._report(problems)
        self.items: dict[str, dict[str, Item]] = {section: {} for section in SECTIONS}
        self._others: list[Item] = []
        """Those without an id, or with one that is taken."""
        self._guesses = 0

    def add(self, read: FileItems) -> None:
        """Take in one file; an id that another one has already is a problem."""
        self._report(read.problems)
        for item in read.items:
            first = self.items[item.section].setdefault(item.id, item) if item.id else None
            if first is item:
                continue
            self._others.append(item)
            if first is not None:
                place = first.place()
                where = f"{place.file}:{place.line}:{place.column}"
                message = f"{item.id!r} stands twice in {item.section!r}; the first is at {where}"
                self._complain(item.source, item.at, message)

    def check_references(self) -> None:
        """Look at what entries say of each other."""
        rule_edges: dict[str, dict[str, int]] = {}
        actor_edges: dict[str, dict[str, int]] = {}
        everything = [item for items in self.items.values() for item in items.values()] + self._others
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
            self._places.add(place_of(problem))


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
