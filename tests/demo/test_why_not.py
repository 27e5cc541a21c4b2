"""Why an entry is not what it looks like, in one sentence from real explanations."""

import pytest

from monitor.demo.why_not import why_not
from monitor.model import Severity
from monitor.rules.book import Actor, Alias, Lexicon, Rule, RuleBook
from monitor.rules.explaining.explain import explain
from monitor.rules.language.parser import parse
from monitor.text.document import make_document


def book(query: str) -> RuleBook:
    return RuleBook(
        actors={
            "ttp": Actor("ttp", "TTP", (Alias("Pakistani Taliban"),), lookalikes=("Old Pakistani Taliban Museum",)),
            "kabul": Actor("kabul", "Kabul", (Alias("Kabul"),)),
        },
        lexicons={"truce": Lexicon("truce", ("truce", "ceasefire")), "elsewhere": Lexicon("elsewhere", ("Gaza",))},
        rules={"r": Rule("r", "R", query, parse(query), Severity.HIGH)},
    )


@pytest.mark.parametrize(
    ("query", "title", "said"),
    [
        ("actor:ttp AND lexicon:truce", "Pakistani Taliban agree to a truce", ""),
        ("actor:ttp AND lexicon:truce", "A truce in Gaza", "“truce”, but actor:ttp: no alias is there"),
        (
            "actor:ttp AND lexicon:truce",
            "A truce at the Old Pakistani Taliban Museum",
            "“truce”, but actor:ttp: 'Pakistani Taliban' is there, inside the lookalike 'Old Pakistani Taliban Museum'",
        ),
        (
            "(actor:ttp OR actor:kabul) AND lexicon:truce AND tag:asia",
            "A truce in Gaza",
            "“truce”, but actor:ttp, actor:kabul: no alias is there",
        ),
        (
            "actor:ttp AND lexicon:truce AND NOT lexicon:elsewhere",
            "Pakistani Taliban on the Gaza truce",
            "“Pakistani Taliban”, “truce”, but ruled out by lexicon:elsewhere",
        ),
    ],
)
def test_the_sentence_names_what_was_there_and_what_was_not(query: str, title: str, said: str) -> None:
    """Lookalikes before absences, actors before words, filters not at all, and a NOT when nothing else failed."""
    document = make_document(title=title)
    assert why_not(explain(book(query), "r", document).root) == said


def test_words_that_are_too_far_apart_are_said_to_be() -> None:
    """Nothing failed by itself: the words do not stand together."""
    document = make_document(title="Pakistani Taliban", body="One two three four five six seven. A truce.")
    said = why_not(explain(book("SAME_SENTENCE(actor:ttp, lexicon:truce)"), "r", document).root)
    assert said.startswith("“Pakistani Taliban”, “truce”, but ")
