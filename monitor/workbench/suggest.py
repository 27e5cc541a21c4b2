"""What could be added to the rules, found in stories of which some reports match and others nearly do.

Owns the rounds over the archive; what is a candidate and which are good is `rules.suggest`. Round one matches every
article, and keeps of it only its id, where it matched. Then the stories with a match are read one by one. Round two
counts the candidates in other articles.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from monitor.desks.excerpt import Runs, headline, matched_sentence
from monitor.model import Article, Span
from monitor.ports import Store
from monitor.rules.book import RuleBook
from monitor.rules.explaining.explain import Explainer
from monitor.rules.matching.matcher import Matcher
from monitor.rules.tuning.census import Census
from monitor.rules.tuning.phrases import phrases_of
from monitor.rules.tuning.suggest import Elsewhere, Gathering, Miss, Proof, Suggestion, miss_of
from monitor.text.document import document_of
from monitor.workbench.history import stored_articles

ROUNDS = 2
"""How often the whole archive is read."""
REPORTS_AT_MOST = 60
"""Reports of one story that are looked at, earliest first: more say nothing new, and cost stays bounded."""
SAMPLE = 20_000
"""Articles by which the rarity of candidates is told, spread evenly over the period; rarity of 2 % needs no more."""
EXCERPT = 200


@dataclass(frozen=True, slots=True)
class Quoted:
    """A sentence in which a candidate stands."""

    article_id: int
    feed_id: str
    at: datetime
    url: str | None
    runs: Runs


@dataclass(frozen=True, slots=True)
class Proposal:
    """A suggestion with the sentences that speak for it."""

    suggestion: Suggestion
    evidence: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class NearMisses:
    """Articles of matched stories that one rule misses by the same clause for the same reason."""

    miss: Miss
    articles: tuple[int, ...]
    headline: str
    """Of the first."""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """All that came of it."""

    articles: int
    stories: int
    """Stories of which some reports match and others do not."""
    proposals: tuple[Proposal, ...]
    near_misses: tuple[NearMisses, ...]
    """The most frequent first."""


def suggest(
    store: Store, book: RuleBook, *, since: datetime, passed: Callable[[int], None] = lambda articles: None
) -> Suggestions:
    """Look for words that a book lacks.

    Args:
        store: Only read.
        book: The rules as they are.
        since: Articles first seen earlier are left out.
        passed: Told after each batch how many articles it had; the archive is read `ROUNDS` times.
    """
    matched, articles = _matched(store, book, since, passed)
    gathering, explainer = Gathering(book), Explainer(book)
    near: dict[Miss, list[Article]] = {}
    divided = 0
    for story_id, by_rule in matched.items():
        members = store.stories.members(story_id)[:REPORTS_AT_MOST]
        missing = [rule_id for rule_id, ids in by_rule.items() if any(m.id not in ids for m in members)]
        divided += bool(missing)
        documents = {member.id: document_of(member) for member in members} if missing else {}
        inquiries = {id_: explainer.read(document) for id_, document in documents.items()}
        for rule_id in missing:
            ids = by_rule[rule_id]
            companions = {phrase.folded for id_ in documents.keys() & ids for phrase in phrases_of(documents[id_])}
            for member in members:
                miss = miss_of(inquiries[member.id].explain(rule_id)) if member.id not in ids else None
                if miss is not None:
                    near.setdefault(miss, []).append(member)
                    gathering.add(
                        miss, documents[member.id], article_id=member.id, story_id=story_id, companions=companions
                    )
    found = gathering.suggestions(_elsewhere(store, gathering, matched.keys(), since, passed))
    proofs = store.articles.get({proof.article_id for suggestion in found for proof in suggestion.proofs})
    return Suggestions(
        articles=articles,
        stories=divided,
        proposals=tuple(
            Proposal(each, tuple(_quote(proofs[proof.article_id], proof) for proof in each.proofs)) for each in found
        ),
        near_misses=tuple(
            NearMisses(miss, tuple(member.id for member in members), members[0].title)
            for miss, members in sorted(near.items(), key=lambda pair: (-len(pair[1]), pair[0].rule_id))
        ),
    )


def _matched(
    store: Store, book: RuleBook, since: datetime, passed: Callable[[int], None]
) -> tuple[dict[int, dict[str, set[int]]], int]:
    """Return the matching articles by story and rule, and how many articles there are."""
    matcher = Matcher(book)
    matched: dict[int, dict[str, set[int]]] = {}
    articles = 0
    for article in stored_articles(store, since, passed=passed):
        articles += 1
        for match in matcher.match(document_of(article)).matches:
            if article.story_id is not None:
                matched.setdefault(article.story_id, {}).setdefault(match.rule_id, set()).add(article.id)
    return matched, articles


def _elsewhere(
    store: Store, gathering: Gathering, concerned: Collection[int], since: datetime, passed: Callable[[int], None]
) -> Elsewhere:
    """Count the candidates in the articles of stories that no rule matches."""
    census = Census(gathering.book())
    elsewhere = Elsewhere()
    start = store.archive.first_since(since)
    every = 1 if start is None else max(1, store.archive.count(start) // SAMPLE)
    for article in stored_articles(store, since, passed=passed):
        if article.story_id not in concerned and article.id % every == 0:
            standing = census.standing(document_of(article))
            elsewhere.add(article.language, (census.terms[number].term for number in standing))
    return elsewhere


def _quote(article: Article, proof: Proof) -> Quoted:
    phrase = proof.phrase
    span = Span(phrase.field, phrase.start, phrase.end, phrase.text, phrase.text)
    if phrase.field == "title":
        runs = headline(article.title, [span], limit=EXCERPT)
    else:
        runs = matched_sentence(article.body, [span], limit=EXCERPT)
    return Quoted(article.id, article.feed_id, article.first_seen_at, article.url, runs)
