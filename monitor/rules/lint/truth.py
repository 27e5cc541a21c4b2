"""When a query can hold at all, when it must, and which of its clauses change nothing.

Owns the logic of a tree as truth values: what can be found is an atom (a term, a filter, a reference, a NEAR), and
atoms imply each other where one text is inside another ("truce talks" implies "truce" and `tru*`). It refuses to know
positions: that NEAR/5 and NEAR/9 differ is not seen, that both imply their two sides is.

The answer is by trying every combination of true and false, so trees of more than `MAX_ATOMS` atoms are not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_

from monitor.rules.book import RuleBook
from monitor.rules.language.printer import to_source
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
    Within,
    children_of,
    walk,
)
from monitor.text.words import term_forms

MAX_ATOMS = 12
"""2 to this power combinations are tried for each clause."""

MAX_FOLLOWED = 8
"""References from rule to rule that are looked into; one more is an atom."""

Nodes = tuple[Node, ...]
Atom = tuple[Node, FieldName | None]
"""What can be found, and the field it is held to."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of a query as a whole."""

    can_hold: bool
    must_hold: bool
    holds_of_nothing: bool
    """It holds for an article in which none of its terms stands and no filter fits."""
    idle: tuple[Node, ...]
    """Clauses of an AND or OR that change nothing, outermost first; none inside another."""


def truth_of(tree: Node, book: RuleBook) -> Truth | None:
    """Judge a query; None when it has too many atoms to be tried."""
    table = _table((tree,), book)
    if table is None:
        return None
    value = table.value(tree)
    can_hold, must_hold = value != 0, value == table.possible
    return Truth(
        can_hold=can_hold,
        must_hold=must_hold,
        holds_of_nothing=bool(value & 1),  # world 0: every atom is false
        idle=tuple(_idle(tree, table, value, lambda changed: changed)) if can_hold and not must_hold else (),
    )


def implies(one: Node, other: Node, book: RuleBook) -> bool | None:
    """Say whether wherever one query holds the other does too; None when there are too many atoms to be tried."""
    table = _table((one, other), book)
    return None if table is None else table.value(one) & ~table.value(other) == 0


def _idle(node: Node, table: _Table, value: int, rebuilt: Callable[[Node], Node]) -> Iterator[Node]:
    """Yield the operands of AND and OR without which the whole query is the same in every world.

    Args:
        node: Where to look.
        table: Of the whole query.
        value: The worlds in which the whole query holds.
        rebuilt: Gives the whole query with another node in the place of `node`.
    """
    if isinstance(node, And | Or):
        for index, child in enumerate(node.children):
            rest = node.children[:index] + node.children[index + 1 :]
            if table.value(rebuilt(rest[0] if len(rest) == 1 else replace(node, children=rest))) == value:
                yield child
                return  # of two equal clauses only one can go
        for index, child in enumerate(node.children):
            before, after = node.children[:index], node.children[index + 1 :]

            def put(changed: Node, node: And | Or = node, before: Nodes = before, after: Nodes = after) -> Node:
                return rebuilt(replace(node, children=(*before, changed, *after)))

            yield from _idle(child, table, value, put)
    elif isinstance(node, Not | Within):
        yield from _idle(node.child, table, value, lambda changed: rebuilt(replace(node, child=changed)))


def _table(trees: Nodes, book: RuleBook) -> _Table | None:
    atoms: dict[str, Atom] = {}
    for tree in trees:
        _note(tree, None, book, atoms, 0)
        if len(atoms) > MAX_ATOMS:
            return None
    return _Table(book, atoms)


def _note(node: Node, field: FieldName | None, book: RuleBook, atoms: dict[str, Atom], followed: int) -> None:
    """Note the atoms of a tree."""
    inner = _inside(node, field, book, followed)
    if inner is None:
        atoms.setdefault(_key(node, field), (node, field))
        return
    for child, its_field in inner:
        _note(child, its_field, book, atoms, followed + isinstance(node, Reference))


def _inside(node: Node, field: FieldName | None, book: RuleBook, followed: int) -> list[Atom] | None:
    """Return what a node's truth is made of, with the field each part is held to; None for an atom."""
    match node:
        case And() | Or() | Not() | AtLeast(count=1):
            return [(child, field) for child in children_of(node)]
        case Within(name=name, child=child):
            return [(child, name)]
        case Reference(kind=ReferenceKind.RULE, id=id_) if followed < MAX_FOLLOWED and field is None:
            # Held to a field, a rule is another question than the rule itself, and an atom.
            rule = book.rules.get(id_)
            return None if rule is None or rule.evidence or rule.tree is None else [(rule.tree, None)]
    return None


class _Table:
    """The worlds of some atoms: every combination of true and false that their meaning allows.

    A set of worlds is an integer with one bit a world; world number w gives atom i the truth of bit i of w.
    """

    def __init__(self, book: RuleBook, atoms: dict[str, Atom]) -> None:
        self._book = book
        self._atoms = atoms
        everything = (1 << (1 << len(atoms))) - 1
        self._columns = {
            key: everything // ((1 << (2 << index)) - 1) * (((1 << (1 << index)) - 1) << (1 << index))
            for index, key in enumerate(atoms)
        }
        self.possible = everything
        self.possible = self._worlds(everything)

    def value(self, node: Node, field: FieldName | None = None, followed: int = 0) -> int:
        """Return the possible worlds in which a tree over these atoms holds."""
        inner = _inside(node, field, self._book, followed)
        if inner is None:
            return self._columns[_key(node, field)] & self.possible
        values = [self.value(child, its, followed + isinstance(node, Reference)) for child, its in inner]
        if isinstance(node, Or):
            return reduce(or_, values)
        joined = reduce(and_, values)
        return self.possible & ~joined if isinstance(node, Not) else joined

    def _worlds(self, possible: int) -> int:
        for one, first in self._columns.items():
            for other, second in self._columns.items():
                if one != other and self._implies(one, other):
                    possible &= ~first | second
                if one < other and self._excludes(one, other):
                    possible &= ~(first & second)
        for key, (node, field) in self._atoms.items():
            if isinstance(node, Near | Same | AtLeast):
                possible &= ~self._columns[key] | self._necessary(node, field)
        return possible

    def _implies(self, one: str, other: str) -> bool:
        (first, first_field), (second, second_field) = self._atoms[one], self._atoms[other]
        if second_field is not None and second_field != first_field:
            return False
        if first_field in (FieldName.AUTHOR, FieldName.URL) and second_field is None:
            return False  # a query without a field reads title and body
        return _node_implies(first, second, self._book)

    def _excludes(self, one: str, other: str) -> bool:
        first, second = self._atoms[one][0], self._atoms[other][0]
        return (
            isinstance(first, Filter)
            and isinstance(second, Filter)
            and first.kind is second.kind
            and first.kind in (FilterKind.FEED, FilterKind.LANG)
            and first.value != second.value
            and not (first.kind is FilterKind.LANG and _same_language(first.value, second.value))
        )

    def _necessary(self, node: Node, field: FieldName | None) -> int:
        """Return the worlds that hold what must be true of the noted atoms where a NEAR, SAME or ATLEAST holds."""
        worlds = self.possible
        for child in children_of(node):
            if any(isinstance(below, Not) for below in walk(child)):
                continue  # what one sentence lacks may stand in another
            needed: dict[str, Atom] = {}
            _note(child, field, self._book, needed, 0)
            if needed.keys() <= self._atoms.keys():
                worlds &= self.value(child, field)
        return worlds


def _key(node: Node, field: FieldName | None) -> str:
    """Return one text for atoms that find the same."""
    return f"{field or ''}:{_form(node)}"


def _form(node: Node) -> str:
    if isinstance(node, Term) and not node.exact:
        forms = term_forms(node.text)
        return f"{forms[0] if forms else node.text}{'*' if node.prefix else ''}"
    return to_source(node)


def _node_implies(first: Node, second: Node, book: RuleBook) -> bool:
    match first, second:
        case Term(), Term():
            return _term_implies(first, second)
        case Term(), Reference(kind=ReferenceKind.LEXICON, id=id_) if id_ in book.lexicons:
            return any(
                _term_implies(first, Term(term.removesuffix("*"), prefix=term.endswith("*")))
                for term in book.lexicons[id_].terms
            )
        case Regex(), Regex():
            return first == second
    return False


def _term_implies(first: Term, second: Term) -> bool:
    """Say whether every place of one term holds a place of the other."""
    if second.exact:
        return first.exact and second.text == first.text
    one, other = _words(first), _words(second)
    if not one or not other or len(other) > len(one):
        return False
    for start in range(len(one) - len(other) + 1):
        part = one[start : start + len(other)]
        reaches_open_end = first.prefix and start + len(other) == len(one)
        if part[:-1] != other[:-1]:
            continue
        if second.prefix and part[-1].startswith(other[-1]):
            return True
        if part[-1] == other[-1] and not reaches_open_end:
            return True
    return False


def _words(term: Term) -> list[str]:
    forms = term_forms(term.text)
    return forms[0].split(" ") if forms else []


def _same_language(one: str, other: str) -> bool:
    shorter, longer = sorted((one.casefold(), other.casefold()), key=len)
    return longer == shorter or longer.startswith(shorter + "-")
