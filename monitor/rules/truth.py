"""When a query can hold at all, when it must, and which of its clauses change nothing.

Owns the logic of a tree as truth values: what can be found is an atom (a term, a filter, a reference, a NEAR), and
atoms imply each other where one text is inside another ("truce talks" implies "truce" and `tru*`). It refuses to know
positions: that NEAR/5 and NEAR/9 differ is not seen, that both imply their two sides is.

The answer is by trying every combination of true and false, so trees of more than `MAX_ATOMS` atoms are not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

from monitor.rules.book import RuleBook
from monitor.rules.printer import to_source
from monitor.rules.tree import (
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

MAX_ATOMS = 10
"""2 to this power combinations are tried for each clause."""

Formula = Callable[[Mapping[str, bool]], bool]
Nodes = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a query as a whole."""

    can_hold: bool
    must_hold: bool
    holds_of_nothing: bool
    """It holds for an article in which none of its terms stands and no filter fits."""
    idle: tuple[Node, ...]
    """Clauses of an AND or OR that change nothing, outermost first; none inside another."""


def judge(tree: Node, book: RuleBook) -> Verdict | None:
    """Judge a query; None when it has too many atoms to be tried."""
    atoms = _Atoms(book)
    formula = atoms.formula(tree, None)
    if len(atoms.nodes) > MAX_ATOMS:
        return None
    worlds = atoms.worlds()
    values = [formula(world) for world in worlds]
    can_hold, must_hold = any(values), all(values)
    is_open = can_hold and not must_hold
    return Verdict(
        can_hold=can_hold,
        must_hold=must_hold,
        holds_of_nothing=formula(dict.fromkeys(atoms.nodes, False)),
        idle=tuple(_idle(tree, _Whole(atoms, worlds, values), lambda changed: changed)) if is_open else (),
    )


def implies(one: Node, other: Node, book: RuleBook) -> bool | None:
    """Say whether wherever one query holds the other does too; None when there are too many atoms to be tried."""
    atoms = _Atoms(book)
    first, second = atoms.formula(one, None), atoms.formula(other, None)
    if len(atoms.nodes) > MAX_ATOMS:
        return None
    return all(second(world) for world in atoms.worlds() if first(world))


def _idle(node: Node, whole: _Whole, rebuilt: Callable[[Node], Node]) -> Iterator[Node]:
    """Yield the operands of AND and OR without which the whole query is the same in every world.

    Args:
        node: Where to look.
        whole: The query it belongs to.
        rebuilt: Gives the query with another node in the place of `node`.
    """
    if isinstance(node, And | Or):
        for index, child in enumerate(node.children):
            rest = node.children[:index] + node.children[index + 1 :]
            if whole.is_same(rebuilt(rest[0] if len(rest) == 1 else replace(node, children=rest))):
                yield child
                return  # of two equal clauses only one can go
        for index, child in enumerate(node.children):
            before, after = node.children[:index], node.children[index + 1 :]

            def put(changed: Node, node: And | Or = node, before: Nodes = before, after: Nodes = after) -> Node:
                return rebuilt(replace(node, children=(*before, changed, *after)))

            yield from _idle(child, whole, put)
    elif isinstance(node, Not | Within):
        yield from _idle(node.child, whole, lambda changed: rebuilt(replace(node, child=changed)))


class _Whole:
    """A query and its truth in every world."""

    def __init__(self, atoms: _Atoms, worlds: list[dict[str, bool]], values: list[bool]) -> None:
        self._atoms = atoms
        self._worlds = worlds
        self._values = values

    def is_same(self, other: Node) -> bool:
        """Say whether another tree over the same atoms is true in the same worlds."""
        formula = self._atoms.formula(other, None)
        return all(formula(world) == value for world, value in zip(self._worlds, self._values, strict=True))


class _Atoms:
    """The atoms of one or more trees, and the worlds in which their truth values agree."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self.nodes: dict[str, tuple[Node, FieldName | None]] = {}

    def formula(self, node: Node, field: FieldName | None) -> Formula:
        """Return a tree as a function of its atoms' truth, and note the atoms."""
        match node:
            case And(children=children):
                parts = [self.formula(child, field) for child in children]
                return lambda world: all(part(world) for part in parts)
            case Or(children=children):
                parts = [self.formula(child, field) for child in children]
                return lambda world: any(part(world) for part in parts)
            case Not(child=child):
                inner = self.formula(child, field)
                return lambda world: not inner(world)
            case Within(name=name, child=child):
                return self.formula(child, name)
            case AtLeast(count=1, child=child):
                return self.formula(child, field)
            case Reference(kind=ReferenceKind.RULE, id=id_) if self._tree_of(id_) is not None:
                tree = self._tree_of(id_)
                assert tree is not None
                return self.formula(tree, None)
            case _:
                key = f"{field or ''}:{_key(node)}"
                self.nodes.setdefault(key, (node, field))
                return lambda world: world[key]

    def worlds(self) -> list[dict[str, bool]]:
        """Return every combination of truth values that the atoms' meaning allows."""
        keys = list(self.nodes)
        implications = [(one, other) for one in keys for other in keys if one != other and self._implies(one, other)]
        exclusions = [(one, other) for one in keys for other in keys if one < other and self._excludes(one, other)]
        composed = [
            (key, self._necessary(node, field))
            for key, (node, field) in list(self.nodes.items())
            if isinstance(node, Near | Same | AtLeast)
        ]
        worlds = []
        for values in product((False, True), repeat=len(keys)):
            world = dict(zip(keys, values, strict=True))
            if any(world[one] and not world[other] for one, other in implications):
                continue
            if any(world[one] and world[other] for one, other in exclusions):
                continue
            if any(world[key] and not necessary(world) for key, necessary in composed):
                continue
            worlds.append(world)
        return worlds

    def _tree_of(self, rule_id: str) -> Node | None:
        rule = self._book.rules.get(rule_id)
        return None if rule is None or rule.evidence else rule.tree

    def _implies(self, one: str, other: str) -> bool:
        (first, first_field), (second, second_field) = self.nodes[one], self.nodes[other]
        if second_field is not None and second_field != first_field:
            return False
        if first_field in (FieldName.AUTHOR, FieldName.URL) and second_field is None:
            return False  # a query without a field reads title and body
        return _node_implies(first, second, self._book)

    def _excludes(self, one: str, other: str) -> bool:
        first, second = self.nodes[one][0], self.nodes[other][0]
        return (
            isinstance(first, Filter)
            and isinstance(second, Filter)
            and first.kind is second.kind
            and first.kind in (FilterKind.FEED, FilterKind.LANG)
            and first.value != second.value
            and not (first.kind is FilterKind.LANG and _same_language(first.value, second.value))
        )

    def _necessary(self, node: Node, field: FieldName | None) -> Formula:
        """Return what must be true of the noted atoms where a NEAR, SAME or ATLEAST holds."""
        parts: list[Formula] = []
        for child in children_of(node):
            if any(isinstance(below, Not) for below in walk(child)):
                continue  # what one sentence lacks may stand in another
            probe = _Atoms(self._book)
            formula = probe.formula(child, field)
            if set(probe.nodes) <= set(self.nodes):
                parts.append(formula)
        return lambda world: all(part(world) for part in parts)


def _key(node: Node) -> str:
    """Return one text for nodes that find the same."""
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
