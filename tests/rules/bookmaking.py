"""Rule books and documents for tests: by hand in one line, and generated."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import strategies as st

from monitor.model import Zone, ZoneSpan
from monitor.rules.book import Actor, Alias, Evidence, Lexicon, Rule, RuleBook
from monitor.rules.language.parser import parse
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
from monitor.text.document import Document, make_document


def make_book(
    queries: dict[str, str] | None = None,
    *,
    actors: Sequence[Actor] = (),
    lexicons: dict[str, Sequence[str]] | None = None,
    rules: Sequence[Rule] = (),
) -> RuleBook:
    """Make a book of queries by rule id, with actors and lexicons."""
    made = [Rule(id_, f"Rule {id_}", query, parse(query)) for id_, query in (queries or {}).items()]
    return RuleBook(
        actors={actor.id: actor for actor in actors},
        lexicons={id_: Lexicon(id_, tuple(terms)) for id_, terms in (lexicons or {}).items()},
        rules={rule.id: rule for rule in (*made, *rules)},
    )


def boilerplate(body: str, marker: str) -> list[ZoneSpan]:
    """Make zones for a body whose boilerplate begins at a marker."""
    at = body.index(marker)
    return [ZoneSpan(Zone.BODY, 0, at), ZoneSpan(Zone.BOILERPLATE, at, len(body))]


# --- generated: few words in several scripts, so that they meet often

WORDS = [
    "truce", "Truce", "cease", "fire", "ceasefire", "TTP", "ttp", "Taliban", "Afghan", "peace", "talks",
    "جنگ", "بندی", "آتش‌بس", "آتش", "بس", "كلمة", "کلمه", "塔利班", "塔", "İstanbul", "istanbul", "Ankara",
    "ProgressPeace", "TTPکے", "O'Neil", "TTP's", "сейчас", "तालिबान", "ตาลีบัน",
]  # fmt: skip
PUNCTUATION = [", ", "-", "\n", "\n\n", ". ", "! ", "۔ ", "\u00ad", "'", "", "\u200b"]
SEPARATORS = [" ", " ", " ", "  ", *PUNCTUATION, " http://ttp.example/talks "]
IDS = ["one", "two", "three"]


@st.composite
def texts(draw: st.DrawFn, max_words: int = 14) -> str:
    """Make a text of known words and awkward separators."""
    words = draw(st.lists(st.sampled_from(WORDS), max_size=max_words))
    return "".join(word + draw(st.sampled_from(SEPARATORS)) for word in words)


def written_terms() -> st.SearchStrategy[str]:
    """Make terms of one to three words, without a star."""
    return st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)


def starred_terms() -> st.SearchStrategy[str]:
    """Make terms as lexicons write them, some with a star."""
    return st.tuples(written_terms(), st.sampled_from(["", "", "", "*"])).map("".join)


def terms() -> st.SearchStrategy[Term]:
    """Make terms of a tree."""
    return st.builds(Term, written_terms(), prefix=st.booleans(), quoted=st.just(True), exact=st.booleans())


@st.composite
def standing(draw: st.DrawFn, depth: int = 2) -> Node:
    """Make what stands at places: the operands of NEAR and ATLEAST."""
    joins = ["or", "near", "within"] if depth else []
    kind = draw(st.sampled_from(["term", "term", "lexicon", "actor", "regex", *joins]))
    inner = standing(depth - 1)
    match kind:
        case "term":
            return draw(terms())
        case "lexicon":
            return Reference(ReferenceKind.LEXICON, draw(st.sampled_from(IDS)))
        case "actor":
            return Reference(ReferenceKind.ACTOR, draw(st.sampled_from(IDS)))
        case "regex":
            return Regex(draw(st.sampled_from(["T+P", "[Tt]ruce", r"\w+fire", "جنگ.*?ی", r"[,.]\s"])))
        case "or":
            return Or(tuple(draw(st.lists(inner, min_size=2, max_size=3))))
        case "near":
            return Near(draw(inner), draw(inner), draw(st.integers(1, 6)), ordered=draw(st.booleans()))
        case _:
            return Within(draw(st.sampled_from(FieldName)), draw(inner))


@st.composite
def queries(draw: st.DrawFn, depth: int = 3, *, filters: bool = True) -> Node:
    """Make any query."""
    kinds = ["standing", "standing"]
    if depth:
        kinds += ["and", "or", "not", "atleast", "same", "within", "rule"]
    if filters:
        kinds.append("filter")
    inner = queries(depth - 1, filters=filters) if depth else st.nothing()
    match draw(st.sampled_from(kinds)):
        case "standing":
            return draw(standing())
        case "and":
            return And(tuple(draw(st.lists(inner, min_size=2, max_size=3))))
        case "or":
            return Or(tuple(draw(st.lists(inner, min_size=2, max_size=3))))
        case "not":
            return Not(draw(inner))
        case "atleast":
            return AtLeast(draw(st.integers(1, 3)), draw(standing()))
        case "same":
            children = draw(st.lists(queries(depth - 1, filters=False), min_size=2, max_size=3))
            return Same(draw(st.sampled_from(Unit)), tuple(children))
        case "within":
            return Within(draw(st.sampled_from(FieldName)), draw(inner))
        case "rule":
            return Reference(ReferenceKind.RULE, "base")
        case _:
            kind, value = draw(
                st.sampled_from([(FilterKind.FEED, "dawn"), (FilterKind.TAG, "Pakistan"), (FilterKind.LANG, "ur")])
            )
            return Filter(kind, value)


@st.composite
def aliases(draw: st.DrawFn) -> Alias:
    """Make an alias."""
    return Alias(
        draw(st.one_of(starred_terms(), st.sampled_from(["Taliban", "TTP"]))),
        exact=draw(st.booleans()),
        needs=tuple(draw(st.lists(starred_terms(), max_size=2))),
        within=draw(st.none() | st.integers(1, 5)),
        bare=draw(st.booleans()),
    )


@st.composite
def books(draw: st.DrawFn) -> RuleBook:
    """Make a book of three actors, three lexicons and some rules."""
    actors = [
        Actor(
            id_,
            id_,
            tuple(draw(st.lists(aliases(), min_size=1, max_size=3))),
            tuple(draw(st.lists(starred_terms(), max_size=2))),
            parents=("three",) if draw(st.booleans()) else (),
            include_members=draw(st.booleans()),
        )
        for id_ in IDS
    ]
    lexicons = {id_: draw(st.lists(starred_terms(), min_size=1, max_size=3)) for id_ in IDS}
    base = Rule("base", "Base", "", draw(queries(1).filter(lambda node: "rule:" not in repr_of(node))))
    rules = [Rule(f"rule-{number}", "Rule", "", draw(queries())) for number in range(draw(st.integers(1, 5)))]
    pieces = draw(st.lists(st.tuples(queries(1), st.integers(-2, 3)), max_size=3))
    evidence = tuple(Evidence("", tree, weight) for tree, weight in pieces)
    weighing = Rule("weighing", "Weighing", "", None, evidence=evidence, min_score=draw(st.integers(-1, 4)))
    return make_book(actors=actors, lexicons=lexicons, rules=[base, *rules, weighing])


def repr_of(node: Node) -> str:
    """Show a tree as source."""
    from monitor.rules.language.parser import to_source

    return to_source(node)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Make a document, some with boilerplate and a lead."""
    body = draw(texts())
    cuts = sorted(draw(st.lists(st.integers(0, len(body)), min_size=2, max_size=2)))
    kinds = [draw(st.sampled_from(Zone)) for _ in range(3)]
    edges = pairwise([0, *cuts, len(body)])
    zones = [ZoneSpan(kind, start, end) for kind, (start, end) in zip(kinds, edges, strict=True) if start < end]
    return make_document(
        title=draw(texts(5)),
        body=body,
        zones=zones if draw(st.booleans()) else (),
        authors=draw(st.lists(texts(2), max_size=2)),
        url=draw(st.none() | st.just("https://example.org/ttp/truce-talks")),
        language=draw(st.sampled_from([None, "ur", "ur-PK", "en"])),
        feed_id=draw(st.sampled_from(["dawn", ""])),
        tags=draw(st.lists(st.sampled_from(["pakistan", "PAKISTAN", "x"]), max_size=1)),
    )
