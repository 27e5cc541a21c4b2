"""A rule book to plans: references followed, terms numbered, rules that cannot be resolved named with the reason.

Owns what a reference stands for. Refuses to judge whether it makes sense; that is lint's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import regex

from monitor.rules.book import Actor, Alias, Rule, RuleBook
from monitor.rules.language.tree import (
    And,
    AtLeast,
    FieldName,
    Filter,
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
)
from monitor.rules.matching.actors import ActorPlan, AliasPlan, Named, Rival, literals_of
from monitor.rules.matching.evaluate import (
    All,
    Any,
    AnyTerm,
    Inside,
    Judgement,
    Leaf,
    Pattern,
    Plan,
    Property,
    Weighed,
    Without,
)
from monitor.rules.matching.index import Vocabulary
from monitor.rules.matching.proximity import Close, Often, Together
from monitor.text.words import Words, term_forms


class UnresolvedError(Exception):
    """A rule refers to something that is not there, or to itself. Caught by whoever compiles the book."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A rule with its plan, or with the reason why it has none."""

    rule: Rule
    plan: Judgement | None
    because: str = ""


def resolve_book(
    book: RuleBook,
    vocabulary: Vocabulary,
    *,
    pattern_limit: timedelta,
    only: str | None = None,
    merge: bool = True,
) -> list[Resolved]:
    """Resolve the rules of a book, in its order.

    Args:
        book: Checked or not; what cannot be resolved comes back with a reason.
        vocabulary: Gets the literals of all terms.
        pattern_limit: Time that one regular expression has for one text.
        only: The id of the one rule to resolve; None: all.
        merge: Make one node of an OR of nothing but terms; False keeps the tree as it was written.
    """
    resolver = _Resolver(book, vocabulary, pattern_limit, merge=merge)
    resolved = []
    for rule in book.rules.values() if only is None else [book.rules[only]]:
        try:
            resolved.append(Resolved(rule, resolver.rule(rule)))
        except UnresolvedError as error:
            resolved.append(Resolved(rule, None, str(error)))
    return resolved


def asks_for_margins(plans: Iterable[Plan]) -> bool:
    """Say whether some plan reads authors or the article's address."""
    margins = {FieldName.AUTHOR, FieldName.URL}
    seen: set[int] = set()
    waiting: list[Plan] = list(plans)
    while waiting:
        plan = waiting.pop()
        if id(plan) in seen:
            continue
        seen.add(id(plan))
        if isinstance(plan, Inside) and plan.name in margins:
            return True
        waiting.extend(parts_of(plan))
    return False


def parts_of(plan: Plan) -> Sequence[Plan]:
    """Return the direct parts of a plan."""
    match plan:
        case All(children=children) | Any(children=children) | Together(children=children):
            return children
        case Close(left=left, right=right):
            return (left, right)
        case Without(child=child) | Often(child=child) | Inside(child=child):
            return (child,)
        case Judgement(query=query, evidence=evidence):
            return (*((query,) if query is not None else ()), *(piece.plan for piece in evidence))
    return ()


class _Resolver:
    def __init__(self, book: RuleBook, vocabulary: Vocabulary, pattern_limit: timedelta, *, merge: bool) -> None:
        self.merge = merge
        self.book = book
        self.vocabulary = vocabulary
        self.pattern_seconds = pattern_limit.total_seconds()
        self.actors: dict[str, ActorPlan] = {}
        self.lexicons: dict[str, tuple[Leaf, ...]] = {}
        self.rules: dict[str, Judgement] = {}
        self.lists: dict[tuple[Leaf, ...], tuple[dict[int, tuple[Leaf, ...]], frozenset[int]]] = {}
        """What is the same for every use of a lexicon, and for every OR of the same terms."""
        self.leaves: dict[tuple[str, bool, bool, str | None], Leaf] = {}
        self.under_way: list[str] = []

    # --- rules

    def rule(self, rule: Rule) -> Judgement:
        known = self.rules.get(rule.id)
        if known is not None:
            return known
        if rule.id in self.under_way:
            circle = " → ".join([*self.under_way[self.under_way.index(rule.id) :], rule.id])
            raise UnresolvedError(f"the rule refers to itself: {circle}")
        self.under_way.append(rule.id)
        try:
            query = self.plan(rule.tree) if rule.tree is not None else None
            evidence = tuple(Weighed(piece.source, piece.weight, self.plan(piece.tree)) for piece in rule.evidence)
        finally:
            self.under_way.pop()
        if query is None and rule.min_score is None:
            raise UnresolvedError("the rule has no query and weighs no evidence")
        node: Node = rule.tree if rule.tree is not None else Reference(ReferenceKind.RULE, rule.id)
        judgement = self.rules[rule.id] = Judgement(node, query, evidence, rule.min_score)
        return judgement

    # --- queries

    def plan(self, node: Node) -> Plan:
        match node:
            case Term():
                return self.any_term(node, (self.leaf(node.text, node.prefix, node.exact),))
            case Regex(pattern=pattern):
                return Pattern(node, Leaf(f"/{pattern}/", ()), regex.compile(pattern), self.pattern_seconds)
            case And(children=children):
                return All(node, tuple(self.plan(child) for child in children))
            case Or(children=children):
                return self.either(node, children)
            case Not(child=child):
                return Without(node, self.plan(child))
            case Near(left=left, right=right, distance=distance, ordered=ordered):
                return Close(node, self.plan(left), self.plan(right), distance, ordered)
            case Same(unit=unit, children=children):
                plans = tuple(self.plan(child) for child in children)
                return Together(node, unit, plans, next((each for each in plans if _shows_itself(each)), None))
            case AtLeast(count=count, child=child):
                return Often(node, count, self.plan(child))
            case Within(name=name, child=child):
                return Inside(node, name, self.plan(child))
            case Filter():
                return Property(node)
            case Reference():
                return self.reference(node)

    def either(self, node: Node, children: Sequence[Node]) -> Plan:
        """Join an OR of nothing but terms and lexicons into one node."""
        leaves: list[Leaf] = []
        if self.merge:
            for child in children:
                match child:
                    case Term():
                        leaves.append(self.leaf(child.text, child.prefix, child.exact))
                    case Reference(kind=ReferenceKind.LEXICON):
                        leaves += self.lexicon(child.id)
                    case _:
                        break
            else:
                return self.any_term(node, tuple(leaves))
        return Any(node, tuple(self.plan(child) for child in children))

    def any_term(self, node: Node, leaves: tuple[Leaf, ...]) -> AnyTerm:
        known = self.lists.get(leaves)
        if known is None:
            by_literal: dict[int, tuple[Leaf, ...]] = {}
            for leaf in dict.fromkeys(leaves):
                for literal in leaf.literals:
                    by_literal[literal] = (*by_literal.get(literal, ()), leaf)
            known = self.lists[leaves] = (by_literal, frozenset(by_literal))
        return AnyTerm(node, *known)

    def reference(self, node: Reference) -> Plan:
        match node.kind:
            case ReferenceKind.ACTOR:
                actor = self.actor(node.id)
                return Named(node, actor, literals_of(actor))
            case ReferenceKind.LEXICON:
                return self.any_term(node, self.lexicon(node.id))
            case ReferenceKind.RULE:
                rule = self.book.rules.get(node.id)
                if rule is None:
                    raise UnresolvedError(f"there is no rule '{node.id}'")
                return self.rule(rule)

    # --- terms

    def leaf(self, text: str, prefix: bool, exact: bool, actor: str | None = None) -> Leaf:
        """Make a leaf, or return the one made before: what one rule worked out for it then serves all."""
        known = self.leaves.get((text, prefix, exact, actor))
        if known is None:
            known = self.leaves[text, prefix, exact, actor] = self.new_leaf(text, prefix, exact, actor)
        return known

    def new_leaf(self, text: str, prefix: bool, exact: bool, actor: str | None) -> Leaf:
        literals = tuple(self.vocabulary.number(form, prefix=prefix) for form in term_forms(text))
        return Leaf(
            term=f"{text}*" if prefix else text,
            literals=literals,
            exact=_with_case(text) if exact else None,
            prefix=prefix,
            actor=actor,
        )

    def written(self, term: str) -> Leaf:
        """Make a leaf of a term as lexicons and needs write it, with an optional star."""
        return self.leaf(term.removesuffix("*"), term.endswith("*"), exact=False)

    def lexicon(self, id_: str) -> tuple[Leaf, ...]:
        if id_ not in self.lexicons:
            if id_ not in self.book.lexicons:
                raise UnresolvedError(f"there is no lexicon '{id_}'")
            self.lexicons[id_] = tuple(self.written(term) for term in self.book.lexicons[id_].terms)
        return self.lexicons[id_]

    # --- actors

    def actor(self, id_: str) -> ActorPlan:
        if id_ not in self.actors:
            if id_ not in self.book.actors:
                raise UnresolvedError(f"there is no actor '{id_}'")
            self.all_actors()
        return self.actors[id_]

    def all_actors(self) -> None:
        for actor in self.book.actors.values():
            self.actors[actor.id] = ActorPlan(
                actor.id,
                tuple(self.alias(actor, alias) for alias in actor.aliases),
                tuple(self.written(text) for text in actor.lookalikes),
            )
        for actor in self.book.actors.values():
            plan = self.actors[actor.id]
            if actor.include_members:
                plan.members = tuple(
                    self.actors[other.id] for other in self.book.actors.values() if actor.id in other.parents
                )
        self.link_rivals()

    def alias(self, actor: Actor, alias: Alias) -> AliasPlan:
        text = alias.text.removesuffix("*")
        leaf = self.leaf(text, alias.text.endswith("*"), alias.exact, actor.id)
        return AliasPlan(alias, leaf, tuple(self.written(term) for term in alias.needs))

    def link_rivals(self) -> None:
        """Tell bare aliases which other actors have an alias of the same text."""
        owners: dict[tuple[int, ...], list[tuple[ActorPlan, AliasPlan]]] = {}
        for actor in self.actors.values():
            for alias in actor.aliases:
                owners.setdefault(alias.leaf.literals, []).append((actor, alias))
        for actor in self.actors.values():
            for alias in actor.aliases:
                if alias.alias.bare:
                    sharing = owners[alias.leaf.literals]
                    actor.rivals[alias] = tuple(
                        Rival(other.id, other.aliases, shared) for other, shared in sharing if other is not actor
                    )


def _with_case(text: str) -> str:
    words = Words(text)
    return "".join(words.folded_word(position, keep_case=True) for position in range(len(words)))


def _shows_itself(plan: Plan) -> bool:
    """Say whether a plan can hold only where one of its hits stands: no NOT and no filter anywhere in it."""
    waiting: list[Plan] = [plan]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Without | Property | Judgement):
            return False
        waiting.extend(parts_of(here))
    return True
