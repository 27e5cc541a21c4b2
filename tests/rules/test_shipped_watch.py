"""The watch that is shipped in rules/: it loads, its own tests hold, and it keeps what its comments promise."""

from pathlib import Path

import pytest

from monitor.model import EmailChannel
from monitor.rules.book import Rule, RuleBook, RuleTest
from monitor.rules.files.load import load
from monitor.rules.lint.checks import lint
from monitor.rules.lint.findings import Level
from monitor.rules.matching.matcher import Matcher
from monitor.text.document import Document, make_document

RULES = Path(__file__).resolve().parents[2] / "rules"
LOADED = load(RULES)
BOOK: RuleBook = LOADED.book
MATCHER = Matcher(BOOK)
EXAMPLES = [
    pytest.param(rule, test, id=f"{rule.id}:{number}")
    for rule in BOOK.rules.values()
    for number, test in enumerate(rule.tests)
]


def document_of_test(test: RuleTest) -> Document:
    feed = BOOK.feeds[test.feed] if test.feed else None
    title, body = (test.title, test.text) if test.title is not None else ("", test.text)
    return make_document(title=title, body=body, feed_id=feed.id if feed else "", tags=feed.tags if feed else ())


@pytest.mark.parametrize(("rule", "test"), EXAMPLES)
def test_each_example_beside_a_rule_holds(rule: Rule, test: RuleTest) -> None:
    """A rule finds what it must, leaves alone what it must, and shows the spans that its example names."""
    result = MATCHER.match(document_of_test(test))
    assert not result.faults
    match = next((match for match in result.matches if match.rule_id == rule.id), None)
    assert (match is not None) == test.expect_match, test.text
    shown = {span.text for span in match.spans} if match else set()
    assert set(test.spans) <= shown


@pytest.mark.parametrize("rule", BOOK.rules.values(), ids=lambda rule: rule.id)
def test_each_rule_brings_enough_examples_of_both_kinds(rule: Rule) -> None:
    """Eight that match and eight that do not, in several scripts."""
    match = [test for test in rule.tests if test.expect_match]
    skip = [test for test in rule.tests if not test.expect_match]
    assert len(match) >= 8
    assert len(skip) >= 8
    scripts = {"Arabic" for test in rule.tests if any("\u0600" <= character <= "\u06ff" for character in test.text)} | {
        "Latin" for test in rule.tests if test.text.isascii()
    }
    assert scripts == {"Arabic", "Latin"}


def test_nothing_in_the_watch_is_unwise() -> None:
    """Lint has no warning for the shipped files; a deliberate exception says why in a comment beside it."""
    assert [str(finding) for finding in lint(LOADED) if finding.level is not Level.INFO] == []


def test_the_watch_has_what_the_design_names() -> None:
    """Two rules, the lexicon and the actors that other parts of the project speak of by id."""
    assert {"ttp-ceasefire", "istanbul-talks"} <= BOOK.rules.keys()
    assert "truce" in BOOK.lexicons
    assert {"ttp", "afghan-taliban", "tjp", "haqqani-network", "isis-k"} <= BOOK.actors.keys()
    assert len(BOOK.feeds) >= 24


def test_nobody_real_is_written_to() -> None:
    """Recipients of the shipped desks are of the domain that RFC 2606 keeps for examples."""
    recipients = [
        address
        for desk in BOOK.desks.values()
        for channel in desk.channels
        if isinstance(channel, EmailChannel)
        for address in channel.recipients
    ]
    assert recipients
    assert all(address.endswith("@example.org") for address in recipients)


@pytest.mark.parametrize(
    "name",
    [
        "Tehrik-e-Taliban Pakistan",
        "Tehreek-e-Taliban Pakistan",
        "TEHREEK–E–TALIBAN PAKISTAN",
        "Pakistani Taliban",
        "Movement of the Taliban in Pakistan",
        "Fitna al-Khawarij",
        "فتنۃ الخوارج",
        "ٹی ٹی پی",
        "تحریک طالبان پاکستان",
        "تحريك طالبان باكستان",
        "Pakistan Talibanı'nın",
        "pakistanischer Taliban",
        "the TTP, say militants in Peshawar, and its",
    ],
)
def test_the_group_is_known_under_each_of_its_names(name: str) -> None:
    """One actor, a dozen spellings, several scripts."""
    matches = MATCHER.match(make_document(body=f"{name} ceasefire")).matches
    assert "ttp-ceasefire" in {match.rule_id for match in matches}


@pytest.mark.parametrize(
    "name",
    [
        "Afghan Taliban",
        "Taliban",
        "Tehreek-e-Taliban Afghanistan",
        "Tehreek-e-Jihad Pakistan",
        "Tehreek-e-Labbaik Pakistan",
        "Pakistan Tehreek-e-Insaf",
        "Fitna al-Hindustan",
        "TTPs",
        "tactics, techniques and procedures (TTP)",
        "http://example.org/ttp-pakistan-taliban",
        "Tech Transparency Project (TTP)",
    ],
)
def test_a_lookalike_is_never_the_group(name: str) -> None:
    """A name that begins alike, the letters in another life, and letters inside an address."""
    matches = MATCHER.match(make_document(body=f"{name} ceasefire with Pakistan")).matches
    assert "ttp-ceasefire" not in {match.rule_id for match in matches}
