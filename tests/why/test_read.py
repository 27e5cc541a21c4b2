"""What became of an article that was read: each verdict through real polls, digests and outbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.model import (
    Ambiguous,
    Match,
    Mute,
    RefusedForGood,
    RefusedForNow,
    Severity,
    Withheld,
    WithheldKind,
)
from monitor.pipeline.core import LiveBook
from monitor.store.sqlite import SqliteStore
from monitor.why.read import OF_KIND
from monitor.why.verdicts import ADVICE, Verdict
from tests.pipeline.flow import RULES as ONE_RULE
from tests.pipeline.flow import START, Flow, Item
from tests.why.asking import COPY, DESKS, MINUTE, RULES, TRUCE, answer, ask, brings, sends, shown

URL = "https://hill.example/truce"


class TestNoRuleHolds:
    async def test_the_nearest_rule_and_the_clause_that_failed(self, flow: Flow) -> None:
        """One clause short of a match."""
        await brings(flow, Item("cairo", "Truce in the river delta holds"))
        given = await answer(flow, "https://hill.example/cairo")
        assert given.verdict is Verdict.MATCHED_NOTHING
        assert given.says == (
            "it was read, and no rule holds; nearest is ttp-truce, where actor:ttp failed: no alias is there"
        )
        assert "near miss ttp-truce None TTP truce: actor:ttp failed, no alias is there" in shown(given)

    async def test_nothing_near_at_all(self, flow: Flow) -> None:
        """No word of any rule."""
        await brings(flow, Item("fog", "Fog on the motorway"))
        assert (await answer(flow, "Fog on the motorway")).says == "it was read, and no rule holds"

    async def test_only_in_boilerplate(self, flow: Flow) -> None:
        """The words stand there, and not in the news."""
        text = (
            "<p>The harvest festival was cancelled for rain, its hosts said on Friday.</p><nav>Cricket | Markets</nav>"
        )
        await brings(flow, Item("rain", "Festival off", text.replace("harvest ", "")))
        given = await answer(flow, "https://hill.example/rain")
        assert given.verdict is Verdict.ONLY_BOILERPLATE
        assert given.says.startswith("'Cricket' would match cricket, but not all of it stands in the news")

    async def test_a_rule_that_was_written_later(self, flow: Flow) -> None:
        """It holds now; it did not exist when the article was read."""
        flow.writes(rules=RULES.replace('query: "cricket"', 'query: "rowing"'))
        await brings(flow, Item("match", "Cricket season begins in the hills"))
        flow.writes(rules=RULES)
        given = await answer(flow, "https://hill.example/match")
        assert given.verdict is Verdict.RULE_IS_NEWER
        assert given.says == "cricket holds now, but did not when it was read at 2026-11-20 06:15 UTC"

    async def test_a_rule_that_is_muted(self, flow: Flow) -> None:
        """A rule that was too slow mutes itself; the fault is on record."""
        flow.writes(rules=RULES.replace('query: "cricket"', 'query: "rowing"'))
        await brings(flow, Item("match", "Cricket season begins in the hills"))
        flow.writes(rules=RULES)

        def mute(store: SqliteStore) -> None:
            with store.unit_of_work():
                store.notices.raise_("rule.muted", "cricket", "took 900 ms on one article", START)

        await flow.asks(mute)
        given = await answer(flow, "https://hill.example/match")
        assert given.verdict is Verdict.RULE_MUTED
        assert given.says == "cricket would hold, but is muted: took 900 ms on one article"


class TestTheDeskWasNotTold:
    async def test_it_stood_there_before_the_feed_was_watched(self, flow: Flow) -> None:
        """A first poll is a baseline and not news."""
        feeds = 'feeds: [{id: new, name: New Post, url: "https://new.example/rss"}]'
        flow.writes(more=feeds)
        flow.publishes("new", TRUCE)
        await flow.poll()
        given = await answer(flow, "https://new.example/truce")
        assert given.verdict is Verdict.BASELINE
        assert given.says == "it stood in the feed new when that was first read, 2026-11-20 06:00 UTC"

    async def test_the_rule_names_no_desk(self, flow: Flow) -> None:
        """A rule may be there for other rules only."""
        await brings(flow, Item("snow", "Avalanche above the pass"))
        given = await answer(flow, "https://hill.example/snow")
        assert given.verdict is Verdict.NO_DESK
        assert given.says == "rule avalanche names no desk, so nobody is told of it"

    async def test_it_concerns_another_desk(self, flow: Flow) -> None:
        """Asked for a desk that no rule names, the answer says who has it."""
        await brings(flow, TRUCE)
        await sends(flow)
        given = await answer(flow, URL, desk="night")
        assert given.verdict is Verdict.OTHER_DESK
        assert given.says == "it concerns south-asia; no rule that holds for it names night"
        assert "sent to desk@example.org" in shown(given)

    async def test_below_the_floor(self, flow: Flow) -> None:
        """One desk is told, the other has a floor: an answer for each."""
        await brings(flow, Item("bat", "Cricket season begins"))
        answers = {given.desk_id: given for given in (await ask(flow, "https://hill.example/bat")).answers}
        assert {desk: given.verdict for desk, given in answers.items()} == {
            "south-asia": Verdict.WAITING,
            "grave": Verdict.BELOW_FLOOR,
        }
        assert answers["grave"].says == "low is below the desk's floor, high"

    async def test_a_reprint(self, flow: Flow) -> None:
        """The same text in another outlet, with what the desk was told when."""
        await brings(flow, TRUCE)
        await sends(flow)
        await brings(flow, COPY, feed_id="bay")
        given = await answer(flow, "https://bay.example/copy")
        assert given.verdict is Verdict.REPRINT
        assert given.says == (
            "a reprint of article 4, “Pakistani Taliban call off truce with Islamabad”;"
            " south-asia was told at 2026-11-20 06:15 UTC in digest 1, by article 4"
        )
        assert "decision reprint" in shown(given)
        assert "sent to desk@example.org" in shown(given)

    async def test_a_further_report_says_which_digest_counted_it(self, flow: Flow) -> None:
        """The next one that the desk got, whatever it told; until then nothing is said of it."""
        await brings(flow, TRUCE)
        await sends(flow)
        await brings(flow, COPY, feed_id="bay")
        await sends(flow)
        assert "counted" not in (await answer(flow, "https://bay.example/copy")).says
        await brings(flow, Item("bat", "Cricket season begins"), TRUCE)
        await sends(flow)
        given = await answer(flow, "https://bay.example/copy")
        assert given.verdict is Verdict.REPRINT
        assert given.says.endswith("; counted in digest 2 as a further report of the story")

    async def test_it_joined_a_story(self, flow: Flow) -> None:
        """Another report of an event that the desk has."""
        await brings(flow, TRUCE)
        await sends(flow)
        other = Item(
            "scrapped",
            "Islamabad: Pakistani Taliban scrap truce",
            "The Pakistani Taliban called off their truce with Islamabad and ordered fighters back to the field.",
        )
        await brings(flow, other, feed_id="bay")
        given = await answer(flow, "https://bay.example/scrapped")
        assert given.verdict is Verdict.JOINED_STORY
        assert "south-asia was told at 2026-11-20 06:15 UTC in digest 1" in given.says

    @pytest.mark.parametrize(
        ("kind", "verdict", "says"),
        [
            (WithheldKind.SAME_STORY, Verdict.JOINED_STORY, "story 2, which it leads, went on; night has the story"),
            (WithheldKind.IMMATERIAL, Verdict.NOTHING_NEW, "the reason on record"),
            (WithheldKind.MISSING_DESK, Verdict.NO_DESK, "the reason on record"),
            (WithheldKind.NOT_TAKEN, Verdict.NOT_TAKEN, "the reason on record"),
            (WithheldKind.BASELINE, Verdict.BASELINE, "the reason on record"),
        ],
    )
    async def test_every_reason_on_record_has_its_verdict(
        self, flow: Flow, kind: WithheldKind, verdict: Verdict, says: str
    ) -> None:
        """What was decided when it was read is what is answered."""
        await brings(flow, Item("bazaar", "Bazaar open late"))

        def withhold(store: SqliteStore) -> None:
            with store.unit_of_work():
                store.alerts.withhold([Withheld(4, "night", kind, "the reason on record", START)])

        await flow.asks(withhold)
        given = await answer(flow, "https://hill.example/bazaar")
        assert (given.verdict, given.says, given.desk_id) == (verdict, says, "night")

    async def test_nothing_on_record_is_said_to_be_a_fault(self, flow: Flow) -> None:
        """A match without an alert or a reason must not happen; if it does, the answer says so."""
        await brings(flow, Item("bazaar", "Bazaar open late"))

        def match(store: SqliteStore) -> None:
            with store.unit_of_work():
                store.articles.add_matches(4, [Match("r", "1", "R", Severity.HIGH, (), ("night",))], START)

        await flow.asks(match)
        assert (await answer(flow, "https://hill.example/bazaar")).verdict is Verdict.UNEXPLAINED

    async def test_a_muted_story(self, flow: Flow) -> None:
        """Held by somebody's decision, until when."""
        await brings(flow, TRUCE)

        def mute(store: SqliteStore) -> None:
            with store.unit_of_work():
                store.mutes.add(Mute(0, 2, "south-asia", flow.clock.now(), START + timedelta(hours=5)))

        await flow.asks(mute)
        await sends(flow)
        given = await answer(flow, URL)
        assert given.verdict is Verdict.MUTED
        assert given.says == "story 2 is muted until Fri 20 Nov, 11:00 for south-asia; its alert is kept"


class TestItWaits:
    async def test_held_by_quiet_hours(self, flow: Flow) -> None:
        """Until they are over, on the desk's clock and in UTC."""
        await brings(flow, Item("water", "Flood closes the valley road"))
        await sends(flow)
        given = await answer(flow, "https://hill.example/water")
        assert given.verdict is Verdict.HELD
        assert given.says == ("held for night until 2026-11-20 14:00 Asia/Karachi (09:00 UTC): quiet hours 10:00-14:00")

    async def test_waits_for_its_digest(self, flow: Flow) -> None:
        """Which slot, and why not sooner."""
        await brings(flow, Item("grain", "Harvest begins in the hills"))
        await sends(flow)
        given = await answer(flow, "https://hill.example/grain")
        assert given.verdict is Verdict.WAITING
        assert given.says.startswith("waits for the digest of evening until 2026-11-20 19:00 Asia/Karachi (14:00 UTC)")
        assert "not sooner: normal waits for a digest time" in given.says

    async def test_should_have_left(self, flow: Flow) -> None:
        """The moment is past and nothing was made: the daemon is not running."""
        await brings(flow, Item("grain", "Harvest begins in the hills"))
        flow.clock.passes(timedelta(hours=9))
        given = await answer(flow, "https://hill.example/grain")
        assert given.verdict is Verdict.OVERDUE
        assert given.says == "it was to leave for evening at 2026-11-20 14:00 UTC, and has not"

    async def test_its_desk_is_gone(self, flow: Flow) -> None:
        """An alert waits for a desk that somebody took out of the rule files."""
        await brings(flow, Item("grain", "Harvest begins in the hills"))
        flow.writes(rules=ONE_RULE, desks="\n".join(DESKS.splitlines()[:3]))
        given = await answer(flow, "https://hill.example/grain")
        assert given.verdict is Verdict.DESK_MISSING
        assert "evening, a desk that the rule files do not have" in given.says

    async def test_its_desk_has_no_channel(self, flow: Flow) -> None:
        """A digest was made, and there is nobody to send it to."""
        book = flow.core.live.book
        desks = {**book.desks, "mute": replace(book.desks["mute"], channels=())}
        flow.core.live = LiveBook(replace(book, desks=desks), flow.core.live.matcher)
        await brings(flow, Item("bugs", "Locusts over the plain"))
        await sends(flow)
        given = await answer(flow, "https://hill.example/bugs")
        assert given.verdict is Verdict.NO_RECIPIENT
        assert given.says == "digest 1 was made, but mute has no channel to send it by"


class TestItWasDigested:
    async def test_sent(self, flow: Flow) -> None:
        """When, in which digest, to whom, and its Message-ID."""
        await brings(flow, TRUCE)
        await sends(flow)
        given = await answer(flow, f"{URL}?utm_source=feed")
        (delivery,) = flow.mail.arrived
        assert given.verdict is Verdict.SENT
        assert given.says == (
            f"sent at 2026-11-20 06:15 UTC in digest 1 to desk@example.org by email, {delivery.message_id}"
        )
        assert "title 0-17 'Pakistani Taliban' (ttp), title 27-32 'truce'" in shown(given)

    async def test_queued(self, flow: Flow) -> None:
        """Made, and not tried yet."""
        await brings(flow, TRUCE)
        await flow.digests.digest_due()
        given = await answer(flow, URL)
        assert given.verdict is Verdict.QUEUED
        assert given.says == "digest 1 is queued for desk@example.org by email since 2026-11-20 06:15 UTC"

    async def test_failing(self, flow: Flow) -> None:
        """What the server said, and when it is tried again."""
        flow.mail.outcomes = [RefusedForNow("450 mailbox busy")]
        await brings(flow, TRUCE)
        await sends(flow)
        given = await answer(flow, URL)
        assert given.verdict is Verdict.FAILING
        assert given.says.startswith("digest 1 does not reach desk@example.org: 450 mailbox busy (attempt 1, next")

    async def test_dead(self, flow: Flow) -> None:
        """Refused for good."""
        flow.mail.outcomes = [RefusedForGood("550 no such user")]
        await brings(flow, TRUCE)
        await sends(flow)
        given = await answer(flow, URL)
        assert given.verdict is Verdict.DEAD
        assert given.says == "digest 1 does not reach desk@example.org, and is not tried again: 550 no such user"

    async def test_unknown(self, flow: Flow) -> None:
        """Twice nobody knew whether it arrived."""
        flow.mail.outcomes = [Ambiguous("connection lost"), Ambiguous("connection lost")]
        await brings(flow, TRUCE)
        await sends(flow)
        flow.clock.passes(timedelta(hours=2))
        await sends(flow)
        given = await answer(flow, URL)
        assert given.verdict is Verdict.UNKNOWN
        assert given.says.startswith("nobody knows whether digest 1 reached desk@example.org")

    async def test_over_the_budget(self, flow: Flow) -> None:
        """Listed by headline: the other one was told in full."""
        first = Item("port", "Strike closes the southern port", "Dockers walked out over pay on Friday morning.")
        second = Item("mine", "Miners vote to strike in the north", "The ballot on shifts was close, officials said.")
        await brings(flow, first, second)
        await sends(flow)
        verdicts = {}
        for name in ("port", "mine"):
            given = await answer(flow, f"https://hill.example/{name}")
            verdicts[given.verdict] = given.says
        assert set(verdicts) == {Verdict.SENT, Verdict.OVER_BUDGET}
        assert "by headline only" in verdicts[Verdict.OVER_BUDGET]

    async def test_the_recipient_that_fares_worst_gives_the_verdict(self, flow: Flow) -> None:
        """An answer must not hide that one of two did not get it."""
        book = flow.core.live.book
        wide = replace(book.desks["south-asia"], channels=(replace(book.desks["south-asia"].channels[0]),))
        channel = replace(wide.channels[0], recipients=("a@example.org", "b@example.org"))
        desks = {**book.desks, "south-asia": replace(wide, channels=(channel,))}
        flow.core.live = LiveBook(replace(book, desks=desks), flow.core.live.matcher)
        flow.mail.outcomes = [RefusedForGood("550 no such user")]
        await brings(flow, TRUCE)
        await sends(flow)
        given = await answer(flow, URL)
        assert given.verdict is Verdict.DEAD
        assert given.says.endswith("(1 of 2 messages)")
        assert "sent to" in shown(given)


class TestWords:
    async def test_the_best_fit_is_answered_and_the_others_are_named(self, flow: Flow) -> None:
        """A headline that several outlets ran: the original answers."""
        await brings(flow, TRUCE)
        await brings(flow, COPY, feed_id="bay")
        found = await ask(flow, "pakistani taliban call off truce with islamabad")
        assert found.article is not None
        assert found.article.feed_id == "hill"
        assert [other.feed_id for other in found.case.others] == ["bay"]

    async def test_a_misprint_is_forgiven(self, flow: Flow) -> None:
        """A word that stands nowhere is left aside."""
        await brings(flow, TRUCE)
        found = await ask(flow, "Pakistani Talibann call off truce with Islamabad")
        assert found.article is not None
        assert found.article.title == TRUCE.title

    @pytest.mark.parametrize(
        "asked",
        [
            '"truce',
            "truce AND NOT (",
            "title:truce*",
            "\x00truce",
            "NEAR(truce, 3) ^ -",
            "' OR 1=1 --",
            "?",
            "http:",
            "٪",
        ],
    )
    async def test_no_words_are_an_error(self, flow: Flow, asked: str) -> None:
        """What means something to the index, or nothing to anybody, is words all the same."""
        await brings(flow, TRUCE)
        assert (await ask(flow, asked)).answers

    async def test_a_whole_article_may_be_pasted(self, flow: Flow) -> None:
        """Its beginning names it."""
        long = Item("long", "The year in the valley", " ".join(f"word{number}" for number in range(40_000)))
        await brings(flow, long)
        found = await ask(flow, long.text)
        assert found.answers
        found = await ask(flow, f"{long.title} {' '.join(f'word{number}' for number in range(60))}")
        assert found.article is not None
        assert found.article.title == long.title

    async def test_a_time_chooses_between_equals(self, flow: Flow) -> None:
        """What is asked for with a time is what was read about then."""
        await brings(flow, Item("w1", "Weekly weather for the valley", "Rain on Sunday"))
        flow.clock.passes(timedelta(days=14))
        await brings(flow, Item("w2", "Weekly weather for the valley", "Sun on Sunday"))
        newest = await ask(flow, "Weekly weather for the valley")
        oldest = await ask(flow, "Weekly weather for the valley", at=START + 20 * MINUTE)
        assert newest.article is not None
        assert oldest.article is not None
        assert newest.article.id > oldest.article.id


def test_every_verdict_has_advice() -> None:
    """The list is closed, and none of it leaves the reader alone."""
    assert set(ADVICE) == set(Verdict)
    assert set(OF_KIND) == set(WithheldKind) - {WithheldKind.LISTED}
