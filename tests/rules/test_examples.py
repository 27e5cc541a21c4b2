"""Which test a judged story gives: of which article, of how much of it, and when of none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Alert, AlertKind, Article, ChannelKind, Feedback, FeedbackKind, Severity
from monitor.rules.book import RuleBook, RuleTest
from monitor.rules.files.folder import RuleFile
from monitor.rules.files.load import load_files
from monitor.rules.matching.matcher import Matcher
from monitor.rules.tuning.examples import Example, Judged, Standing, examples, judged_stories
from monitor.rules.tuning.selftest import document_of_test
from monitor.text.document import document_of
from monitor.text.zones import zones_of

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
YES, NO = FeedbackKind.RELEVANT, FeedbackKind.NOT_RELEVANT
BODY = (
    "PESHAWAR: Rain fell on Monday. Elders sat with Gen. Khan.\n\n"
    "The army left Swat. It was quiet. Prices rose in Mingora.\n\nOnions cost more."
)


def book_of(query: str, *, tests: str = "{}") -> RuleBook:
    rule = f"{{id: r, title: R, query: '{query}', desks: [d], tests: {tests}}}"
    text = f"""
feeds:
  - {{id: hill, name: Hill Post, url: "https://hill.example/rss", language: en, tags: [local]}}
rules:
  - {rule}
desks:
  - {{id: d, channels: [{{email: d@example.org}}]}}
"""
    return load_files([RuleFile("r.yaml", text.encode())]).book


def article_of(title: str, body: str = "", number: int = 1) -> Article:
    url = "https://hill.example/news/1"
    return Article(number, "hill", url, title, body, zones_of(body), NOON, language="en", story_id=number)


def made(
    book: RuleBook, *articles: Article, relevant: bool | None = True, stored: RuleBook | None = None
) -> list[Example]:
    matcher = Matcher(stored or book)
    matches = {each.id: matcher.match(document_of(each, tags=("local",))).matches for each in articles}
    judged = [Judged(each.id, (each.id,), relevant) for each in articles]
    by_id = {each.id: each for each in articles}
    return list(examples(book, book.rules["r"], judged, articles=by_id, matches=matches))


def the_test(query: str, title: str, body: str = BODY) -> RuleTest:
    (example,) = made(book_of(query), article_of(title, body))
    return example.test


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("quiet", None),
        ("army", "The army left Swat."),
        ("SAME_SENTENCE(army, Swat)", "The army left Swat."),
        ("army AND Mingora", "The army left Swat. Prices rose in Mingora."),
        ("rain AND onions", "PESHAWAR: Rain fell on Monday.\n\nOnions cost more."),
        ("army NEAR/9 prices", "The army left Swat. Prices rose in Mingora."),
        ("khan", "Elders sat with Gen. Khan."),
    ],
)
def test_no_more_is_taken_than_the_rule_needs(query: str, text: str | None) -> None:
    """The headline where it is enough, else the sentences that show the match, in their paragraphs."""
    found = the_test(query, "A quiet day")
    assert (found.title, found.text) == (("A quiet day", text) if text else (None, "A quiet day"))


def test_what_sentences_do_not_show_paragraphs_do() -> None:
    """Words between two that are looked for count, where a rule counts them."""
    body = "The army came. It left. It came again and left, and Swat slept.\n\nOnions."
    found = the_test("army AND Swat AND NOT army NEAR/9 Swat", "A day", body)
    assert found.text == "The army came. It left. It came again and left, and Swat slept."


@pytest.mark.parametrize(
    ("query", "field"),
    [("feed:hill AND quiet", "feed"), ("tag:local AND quiet", "feed"), ("url:news AND quiet", "url")],
)
def test_a_rule_that_asks_where_from_gets_it(query: str, field: str) -> None:
    """Feed, language and address are there only where the text alone does not do."""
    found = the_test(query, "A quiet day")
    assert getattr(found, field)
    assert (the_test("quiet", "A quiet day").feed, the_test("quiet", "A quiet day").url) == (None, None)


def test_a_test_answers_as_the_article_does() -> None:
    """What the rule finds in the whole, it finds in the test; that is asked of each candidate."""
    for query in ("rain AND army AND onions", "ATLEAST/2 (army OR Swat OR Mingora)", "body:army", "lead:rain"):
        book = book_of(query)
        test = the_test(query, "A day")
        assert [match.rule_id for match in Matcher(book).match(document_of_test(test, book)).matches] == ["r"]


def test_of_an_article_that_the_rule_has_let_go_what_it_once_showed_is_kept() -> None:
    """Not relevant, and mended since: the test holds the words that had been found."""
    (example,) = made(book_of("flood"), article_of("A day", BODY), relevant=False, stored=book_of("army"))
    assert example.test.text == "The army left Swat."
    assert not example.test.expect_match


def test_white_space_and_signs_that_cannot_be_written_are_folded() -> None:
    """A headline of a feed is one line in a rule file."""
    assert the_test("quiet", "A\u00a0quiet\n\tday\x07 \u202etoo").text == "A quiet day too"


def test_a_headline_that_looks_like_a_file_is_a_title() -> None:
    """A text that begins with an at sign names a file of articles."""
    found = the_test("quiet", "@quiet says so")
    assert (found.title, found.text) == ("@quiet says so", "")


def test_what_stands_there_is_known_by_its_headline() -> None:
    """In other letters too; with the opposite expectation it is contrary; and of two new ones there is one."""
    book = book_of("quiet", tests='{match: ["A Quiet Day"], skip: ["No quiet night"]}')
    titles = ("A quiet day", "No quiet night", "Quiet again", "QUIET again")
    found = made(book, *(article_of(title, number=number) for number, title in enumerate(titles, start=1)))
    assert [each.standing for each in found] == [Standing.KNOWN, Standing.CONTRARY, Standing.NEW, Standing.KNOWN]
    assert [each.place.line if each.place else 0 for each in found] == [5, 5, 0, 0]


def test_where_people_differ_or_nothing_is_stored_there_is_none() -> None:
    """A test is a single truth, of an article that can be read."""
    book = book_of("quiet")
    assert made(book, article_of("A quiet day"), relevant=None) == []
    assert list(examples(book, book.rules["r"], [Judged(9, (9,), True)], articles={}, matches={})) == []


def alert(story: int, article: int, rule: str = "r", desk: str = "d", after: float = 0) -> Alert:
    at = NOON + timedelta(minutes=after)
    return Alert(0, desk, story, article, AlertKind.NEW, Severity.HIGH, (rule,), "", at, digest_id=1)


def word(story: int, article: int, kind: FeedbackKind, who: str = "ed", desk: str = "d", after: float = 5) -> Feedback:
    return Feedback(0, article, desk, kind, who, ChannelKind.EMAIL, NOON + timedelta(minutes=after), story_id=story)


def test_stories_of_other_rules_and_words_from_before_are_left_out() -> None:
    """What was said before the rule told the story, or by another desk, is not about what it told."""
    alerts = [alert(1, 10), alert(2, 20, "other"), alert(3, 30, after=60)]
    said = [word(1, 10, YES), word(2, 20, YES), word(3, 30, YES), word(1, 10, NO, desk="wire")]
    assert judged_stories("r", alerts, said) == [Judged(1, (10,), True)]


def test_people_agree_over_desks_or_give_nothing() -> None:
    """A rule has one test for all desks: one dissent is a difference, and so is a tie; minds may come together."""
    alerts = [alert(1, 10), alert(1, 11, desk="wire", after=1)]
    said = [word(1, 10, NO), word(1, 12, YES, "eve", desk="wire", after=6)]
    assert judged_stories("r", alerts, said) == [Judged(1, (10, 12, 11), None)]
    agreed = [*said, word(1, 10, YES, after=7)]
    (found,) = judged_stories("r", alerts, agreed)
    assert found.is_relevant is True


def test_the_article_that_shows_the_match_is_taken() -> None:
    """People saw one report, the rule found another of the same story."""
    book = book_of("quiet")
    seen, matched = article_of("Day of onions", number=1), article_of("A quiet day", number=2)
    match = {2: Matcher(book).match(document_of(matched)).matches}
    judged = [Judged(1, (1, 2), True)]
    (example,) = examples(book, book.rules["r"], judged, articles={1: seen, 2: matched}, matches=match)
    assert example.test.text == "A quiet day"
