"""Why says which article leads a story, and by whose words a desk was told of it."""

from __future__ import annotations

from datetime import timedelta

from monitor.why.verdicts import Verdict
from tests.pipeline.flow import Flow, Item
from tests.why.asking import ask, brings, sends

TEXT = (
    "The harvest failed in three valleys of the north after a summer without rain, the farmers' union said on Thursday."
    " It asked the government for seed and for a delay of all debts until the spring."
)
TRANSLATED = Item("word", "The harvest makes failure", f"This article was automatically translated.\n\n{TEXT}")
ORIGINAL = Item("own", "Harvest fails in three valleys", TEXT)


async def test_the_article_that_told_the_desk_was_sent_and_the_first_one_in_its_words(flow: Flow) -> None:
    """The translation raised the alert, the original spoke: each is told what became of it, and who leads, and why."""
    await brings(flow, TRANSLATED, feed_id="bay")
    await brings(flow, ORIGINAL, feed_id="hill")
    flow.clock.passes(timedelta(hours=8))
    await sends(flow)
    (first,) = (await ask(flow, "https://bay.example/word")).answers
    (own,) = (await ask(flow, "https://hill.example/own")).answers
    assert (first.verdict, own.verdict) == (Verdict.SENT, Verdict.SENT)
    said = [line.says for line in (*first.evidence, *own.evidence) if line.about == "lead"]
    because = "the earliest good text; article 4 came before, but it says “This article was automatically translated.”"
    told = "raised by article 4, and told in the words of article 5"
    assert said == [f"article 5 leads its story: {because}", told, f"it leads its story: {because}", told]


async def test_what_joins_a_story_is_told_by_whose_words_the_desk_has_it(flow: Flow) -> None:
    """Not by the article that raised the alert and was not shown."""
    await brings(flow, TRANSLATED, feed_id="bay")
    await brings(flow, ORIGINAL, feed_id="hill")
    flow.clock.passes(timedelta(hours=8))
    await sends(flow)
    await brings(flow, Item("late", ORIGINAL.title, ORIGINAL.text), feed_id="moor")
    (answer,) = (await ask(flow, "https://moor.example/late")).answers
    assert answer.verdict is Verdict.REPRINT
    assert answer.says.endswith("in digest 1, by article 5")
