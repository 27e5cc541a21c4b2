"""A judged article becomes a test of a rule: which article, what of its text, and whether the rule has it already.

Owns the choice. Of a story the article is taken that showed the rule's match; of its text no more than the rule needs
to answer as it does on the whole: the headline, with the sentences, then the paragraphs, that show the match, then all
of it; and only where that is not enough the feed, language and address it came by. Refuses to write (`files.insertion`)
and to run tests (`selftest`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from monitor.model import Alert, Article, Feedback, FeedbackKind, Match
from monitor.rules.book import Place, Rule, RuleBook, RuleTest
from monitor.rules.matching.matcher import Matcher
from monitor.rules.tuning.precision import last_words
from monitor.rules.tuning.selftest import document_of_test
from monitor.text.document import document_of
from monitor.text.fold import fold
from monitor.text.sentences import sentence_ends

_PARAGRAPH = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Judged:
    """A story that a rule told and people judged."""

    story_id: int
    article_ids: tuple[int, ...]
    """Those people saw and those that raised the alerts, in that order: one of them shows the rule's match."""
    is_relevant: bool | None
    """None where people differ."""


class Standing(StrEnum):
    """Whether an example is new to its rule."""

    NEW = "new"
    KNOWN = "known"
    CONTRARY = "contrary"  # the rule file says the opposite of the same headline


@dataclass(frozen=True, slots=True)
class Example:
    """A test that a judged story gives."""

    story_id: int
    test: RuleTest
    standing: Standing
    place: Place | None = None
    """Where the test stands that has the same headline."""


def judged_stories(rule_id: str, alerts: Iterable[Alert], feedback: Sequence[Feedback]) -> list[Judged]:
    """Return the stories that a rule told and somebody judged since, in the order of their ids.

    Args:
        rule_id: The rule.
        alerts: What desks were told.
        feedback: What was said, in order.
    """
    told = [alert for alert in alerts if rule_id in alert.rule_ids]
    by_trial: dict[tuple[int, str], list[Alert]] = {}
    for alert in told:
        by_trial.setdefault((alert.story_id, alert.desk_id), []).append(alert)
    words: dict[int, list[Feedback]] = {}
    for trial, by_person in last_words(feedback).items():
        since = min((alert.created_at for alert in by_trial.get(trial, ())), default=None)
        if since is not None:
            words.setdefault(trial[0], []).extend(word for word in by_person.values() if word.at >= since)
    found = []
    for story_id, said in words.items():
        kinds = {word.kind for word in said}
        seen = [word.article_id for word in said]
        raised = [alert.article_id for alert in told if alert.story_id == story_id]
        if kinds:
            verdict = kinds == {FeedbackKind.RELEVANT} if len(kinds) == 1 else None
            found.append(Judged(story_id, tuple(dict.fromkeys(seen + raised)), verdict))
    return sorted(found, key=lambda each: each.story_id)


def examples(
    book: RuleBook,
    rule: Rule,
    judged: Iterable[Judged],
    *,
    articles: Mapping[int, Article],
    matches: Mapping[int, Sequence[Match]],
) -> Iterator[Example]:
    """Yield the tests that judged stories give, each headline once.

    Args:
        book: The rules as the files say them now.
        rule: The rule, of this book.
        judged: Its stories; those on which people differ give none.
        articles: What is stored of them, by id.
        matches: The stored matches, by article.
    """
    matcher = Matcher(book)
    known = {
        _headline(document_of_test(test, book).title): test for test in rule.tests if not test.text.startswith("@")
    }
    for each in judged:
        shown = [id_ for id_ in each.article_ids if any(match.rule_id == rule.id for match in matches.get(id_, ()))]
        article = next((articles[id_] for id_ in (*shown, *each.article_ids) if id_ in articles), None)
        if article is None or each.is_relevant is None:
            continue
        stored = [match for match in matches.get(article.id, ()) if match.rule_id == rule.id]
        test = replace(_shortest(book, matcher, rule, article, stored), expect_match=each.is_relevant)
        headline = _headline(document_of_test(test, book).title)
        same = known.setdefault(headline, test)
        if same is test:
            yield Example(each.story_id, test, Standing.NEW)
        else:
            standing = Standing.KNOWN if same.expect_match == test.expect_match else Standing.CONTRARY
            yield Example(each.story_id, test, standing, same.place)


def _shortest(book: RuleBook, matcher: Matcher, rule: Rule, article: Article, stored: Sequence[Match]) -> RuleTest:
    """Take as little of an article as the rule needs to answer as it does on the whole."""
    feed = book.feeds.get(article.feed_id)
    document = document_of(article, tags=feed.tags if feed else ())
    holding = [match for match in matcher.match(document).matches if match.rule_id == rule.id]
    shows = [span for match in holding or stored for span in match.spans if span.field == "body"]
    body = article.body
    shown = [(span.start, span.end) for span in shows if body[span.start : span.end] == span.text]
    texts = [_around(body, shown, _sentences(body)), _around(body, shown, _paragraphs(body)), _lines(body)]
    if holding or not shown:
        texts.insert(0, "")
    candidates = [_test(article, text) for text in dict.fromkeys(texts)]
    feed_id = article.feed_id if feed else None
    came = [replace(test, feed=feed_id, language=article.language, url=article.url) for test in candidates]
    for test in (*candidates, *came):
        found = matcher.match(document_of_test(test, book)).matches
        if any(match.rule_id == rule.id for match in found) == bool(holding):
            return test
    return came[-1]


def _test(article: Article, text: str) -> RuleTest:
    """Make a test of a headline alone, or of a headline with a text; without a headline, of the text."""
    title = _one_line(article.title)
    if text and title:
        return RuleTest(text, expect_match=True, title=title)
    alone = title or text or "(no text)"
    is_like_a_file = alone.startswith("@")
    return RuleTest("" if is_like_a_file else alone, expect_match=True, title=alone if is_like_a_file else None)


def _around(body: str, spans: Sequence[tuple[int, int]], pieces: Sequence[tuple[int, int]]) -> str:
    """Join the pieces of a body in which spans lie; what stood in one paragraph stays in one."""
    kept = [piece for piece in pieces if any(start < piece[1] and piece[0] < end for start, end in spans)]
    paragraphs: list[list[str]] = []
    before = 0
    for start, end in kept:
        if not paragraphs or _PARAGRAPH.search(body, before, start):
            paragraphs.append([])
        paragraphs[-1].append(_one_line(body[start:end]))
        before = end
    return "\n\n".join(" ".join(pieces_of_one) for pieces_of_one in paragraphs)


def _lines(body: str) -> str:
    return "\n\n".join(filter(None, map(_one_line, _PARAGRAPH.split(body))))


def _paragraphs(body: str) -> list[tuple[int, int]]:
    return _between(body, [found.start() for found in _PARAGRAPH.finditer(body)])


def _sentences(body: str) -> list[tuple[int, int]]:
    paragraphs = [found.start() for found in _PARAGRAPH.finditer(body)]
    return _between(body, sorted({*paragraphs, *sentence_ends(body)}))


def _between(body: str, ends: Sequence[int]) -> list[tuple[int, int]]:
    bounds = [0, *ends, len(body)]
    return [(start, end) for start, end in pairwise(bounds) if body[start:end].strip()]


def _one_line(text: str) -> str:
    """Fold white space, and leave out what a rule file cannot hold as it is."""
    return " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in text).split())


def _headline(title: str) -> str:
    return " ".join(fold(title).text.split())
