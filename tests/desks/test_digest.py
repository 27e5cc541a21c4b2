"""What a digest says: order, reasons, developments, budget, proof of life."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.desks.content import DigestContent, Health, limited
from monitor.desks.digest import compose, digest_key, link
from monitor.desks.excerpt import Run, plain
from monitor.desks.sample import FEED_NAMES, NOW, sample_content
from monitor.desks.schedule import Due, Held, due
from monitor.model import Alert, AlertKind, Article, Desk, Match, Severity, Span
from tests.desks.build import NOON, alert, article, desk, match, span, story

HEALTH = Health(feeds=3, healthy=3, articles_read=10, newest_at=NOON - timedelta(minutes=4))


def composed(
    *alerts: Alert,
    articles: tuple[Article, ...] = (),
    matches: dict[int, list[Match]] | None = None,
    of: Desk | None = None,
    decision: Due | None = None,
    outlets: int = 1,
    shown_today: int = 0,
    origins: dict[int, int] | None = None,
) -> DigestContent:
    the_desk = of or desk("12:00")
    told = articles or tuple(article(a.article_id, f"Headline {a.article_id}", story=a.story_id) for a in alerts)
    return compose(
        the_desk,
        decision or Due("slot", NOON, alerts, (), "the 12:00 digest", sends=True),
        alerts=alerts,
        stories={a.story_id: story(a.story_id, outlets=outlets) for a in alerts},
        articles={a.id: a for a in told},
        matches=matches if matches is not None else {a.id: [match()] for a in told},
        feed_names={"hill": "The Hill Herald", "sahar": "روزنامہ سحر"},
        health=HEALTH,
        now=NOON,
        shown_today=shown_today,
        origins=origins,
    )


def test_one_story_is_told_whole() -> None:
    """Headline, outlet, local time, age, matched sentence with marks, and the reason with its alias."""
    body = "Traders wait. TTP ended the truce on Friday. More follows."
    found = (span(body, "TTP", actor="ttp", term="TTP"), span(body, "truce", term="Truce"))
    content = composed(
        alert(at=NOON - timedelta(minutes=25)),
        articles=(article(body=body, at=NOON - timedelta(minutes=25), language="en-GB"),),
        matches={1: [match("truce", *found, title="TTP ceasefire")]},
        of=desk("17:00", zone="Asia/Karachi"),
    )
    (item,) = content.items
    assert plain(item.headline) == "Truce holds"
    assert (item.outlet, item.seen, item.age, item.company, item.language) == (
        "The Hill Herald", "16:35", "25 min ago", "", "",
    )  # fmt: skip
    assert [(run.text, run.is_hit) for run in item.sentence] == [
        ("TTP", True), (" ended the ", False), ("truce", True), (" on Friday.", False),
    ]  # fmt: skip
    assert [(w.rule_title, [(f.text, f.note) for f in w.found]) for w in item.why] == [
        ("TTP ceasefire", [("TTP", "actor ttp"), ("truce", "")])
    ]
    assert content.subject == "[NORMAL] TTP ceasefire: Truce holds"
    assert content.top == "Normal: TTP ceasefire (The Hill Herald)"
    assert content.title == "Desk desk · Fri 20 Nov 2026, 17:00"


def test_an_alias_in_another_spelling_is_named() -> None:
    """Where the text differs from the rule file, the reason says which alias found it."""
    body = "The Tehreek-e-Taliban spoke."
    found = span(body, "Tehreek-e-Taliban", actor="ttp", term="Tehrik-i-Taliban Pakistan")
    content = composed(alert(), articles=(article(body=body),), matches={1: [match("truce", found)]})
    assert content.items[0].why[0].found[0].note == "actor ttp, by Tehrik-i-Taliban Pakistan"


def test_a_word_found_twice_is_named_once() -> None:
    """A term that is an actor's alias too is named as the actor; a prefix or a spelling variant needs no note."""
    body = "TTP delegations in İstanbul kept the cease-fire."
    found = (
        span(body, "TTP"),
        span(body, "TTP", actor="ttp"),
        span(body, "delegations", term="delegation*"),
        span(body, "İstanbul", term="istanbul*"),
    )
    (why,) = composed(alert(), articles=(article(body=body),), matches={1: [match("truce", *found)]}).items[0].why
    assert [(f.text, f.note) for f in why.found] == [("TTP", "actor ttp"), ("delegations", ""), ("İstanbul", "")]


def test_stories_go_by_severity_then_by_how_widely_they_are_told() -> None:
    """The reader at 3 a.m. sees the heaviest first, and of equals the one in most outlets."""
    alerts = (
        alert(1, story=1, article=1, severity=Severity.LOW),
        alert(2, story=2, article=2, severity=Severity.URGENT, rules=("raid",)),
        alert(3, story=3, article=3, severity=Severity.LOW),
        alert(4, story=4, article=4, severity=Severity.LOW, rules=("alone",)),
    )
    low = match("truce", severity=Severity.LOW)
    articles = (
        article(1, "One", story=1), article(2, "Two", story=2), article(3, "Three", story=3),
        article(13, "Three", story=3, feed="delta"), article(4, "Four", story=4),
    )  # fmt: skip
    matches = {1: [low], 2: [match("raid", severity=Severity.URGENT)], 3: [low],
               4: [match("alone", severity=Severity.LOW)]}  # fmt: skip
    content = composed(*alerts, articles=articles, matches=matches)
    assert [plain(item.headline) for item in content.items] == ["Two", "Three", "One", "Four"]
    assert [(s.severity, s.title) for s in content.sections] == [
        (Severity.URGENT, "Raid"), (Severity.LOW, "Truce"), (Severity.LOW, "Alone"),
    ]  # fmt: skip
    assert content.subject == "[URGENT] Raid: Two (+3)"
    assert content.top == "4 stories (1 urgent, 3 low). First: Two (The Hill Herald)"


def test_alerts_of_one_story_are_one_item_with_its_development() -> None:
    """A story that is new and developed within one digest is told once, as it stands now."""
    first = alert(1, at=NOON - timedelta(hours=2))
    second = alert(
        2, article=2, kind=AlertKind.DEVELOPED, severity=Severity.HIGH, because="severity rose from normal to high"
    )
    articles = (article(1, "Truce holds"), article(2, "Truce collapses", feed="delta"))
    matches = {1: [match()], 2: [match(severity=Severity.HIGH)]}
    (item,) = composed(first, second, articles=articles, matches=matches).items
    assert (plain(item.headline), item.severity, item.kind) == ("Truce collapses", Severity.HIGH, AlertKind.NEW)
    assert item.developments == ("severity rose from normal to high",)
    assert item.company == "+1 outlet, 2 origins"
    assert item.alert_ids == (1, 2)


def test_a_story_told_before_is_marked_as_an_update() -> None:
    """The subject says that the desk has heard of it."""
    content = composed(alert(kind=AlertKind.DEVELOPED, because="now also Istanbul talks"))
    assert content.subject == "[NORMAL] Truce, update: Headline 1"


def test_reprints_are_outlets_and_not_origins() -> None:
    """Three outlets with one wire text are one origin."""
    articles = (article(1), article(2, feed="b", reprint_of=1), article(3, feed="c", reprint_of=1))
    assert composed(alert(), articles=articles).items[0].company == "+2 outlets, 1 origin"


def test_origins_that_were_counted_by_credits_win() -> None:
    """Three wordings of one agency's report are one origin where the credits say so."""
    articles = (article(1), article(2, feed="b"), article(3, feed="c"))
    assert composed(alert(), articles=articles).items[0].company == "+2 outlets, 3 origins"
    assert composed(alert(), articles=articles, origins={1: 1}).items[0].company == "+2 outlets, 1 origin"


def test_another_day_is_said() -> None:
    """An alert of last night shows its day, and a report dated long before it was seen shows that too."""
    late = replace(article(at=NOON - timedelta(hours=20)), published_at=NOON - timedelta(days=400))
    assert composed(alert(), articles=(late,)).items[0].seen == "19 Nov 16:00 (dated 16 Oct 2025)"


def test_matches_for_rules_of_other_desks_are_not_shown() -> None:
    """A digest explains only the rules that the desk's alert names."""
    content = composed(alert(), matches={1: [match(), match("secret", desks=("west",))]})
    assert [why.rule_title for why in content.items[0].why] == ["Truce"]


def test_a_story_over_the_number_of_the_day_is_listed() -> None:
    """Overflow is counted and named, never dropped; urgent stories are always told."""
    alerts = [alert(n, story=n, article=n) for n in (1, 2, 3)]
    alerts.append(alert(4, story=4, article=4, severity=Severity.URGENT))
    content = composed(*alerts, of=desk("12:00", stories_per_day=3), shown_today=1)
    assert [item.story_id for item in content.items] == [4, 1]
    assert [item.story_id for item in content.cut] == [2, 3]
    assert "2 stories listed by headline only: over the desk's 3 stories a day." in content.notes
    assert content.alert_ids == (1, 2, 3, 4)


def test_what_stays_and_what_was_held_is_said() -> None:
    """Notes count the alerts still waiting with the reason, and those that the night held."""
    night = desk("07:00", quiet="23:00-13:00", immediate=(Severity.URGENT,))
    decision = Due("immediate", None, (), (Held(alert(9), "waits for its digest"),), "…", sends=True)
    content = composed(alert(), of=night, decision=decision)
    assert content.notes == (
        "1 alert held through quiet hours 23:00-13:00, all in this digest.",
        "1 alert still to come: 1 normal (waits for its digest).",
        "Sent at once; the next digest does not repeat it.",
    )
    assert content.items[0].held == "held under a minute through quiet hours 23:00-13:00"


def test_an_empty_digest_is_a_proof_of_life() -> None:
    """Nothing matched, and the monitor shows that it was reading."""
    content = sample_content(empty=True)
    assert content.subject == "[OK] South Asia desk 13:00: no stories, 212 of 215 feeds healthy"
    assert content.top == "Nothing matched since the last digest."
    assert content.life == (
        "0 stories. 212 of 215 feeds healthy, 3 silent (Valley Post, Kıyı Gazetesi, Radio Meridian), "
        "1,904 articles read, newest 4 min old, 1 possible gap."
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/x?y=1&z=2", "https://a.example/x?y=1&z=2"),
        ("HTTPS://a.example/", "HTTPS://a.example/"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//a.example/x", None),
        (None, None),
        ("https://a.example/" + "x" * 3000, None),
        ('https://a.example/"><b>|x y', "https://a.example/%22%3E%3Cb%3E%7Cx%20y"),
        ("https://a.example/\u202egpj", "https://a.example/%E2%80%AEgpj"),
        ("https://a.example/\r\nX: y", "https://a.example/%0D%0AX:%20y"),
        ("https://a.example/\ud800", "https://a.example/"),
        ("https://a.example/خبر", "https://a.example/خبر"),
    ],
)
def test_links_are_http_and_cannot_end_early(url: str | None, expected: str | None) -> None:
    """Only http(s) is linked, and what could end an attribute, a header or a Slack link is encoded."""
    assert link(url) == expected


def test_a_headline_of_nothing_falls_back_to_the_text() -> None:
    """An article with an empty or invisible title is named by how it begins, or plainly as without headline."""
    body = composed(alert(), articles=(article(title="\u200b \n", body="It began. More."),))
    nothing = composed(alert(), articles=(article(title="", body=""),))
    assert plain(body.items[0].headline) == "It began. More."
    assert plain(nothing.items[0].headline) == "(no headline)"


def test_names_from_feeds_cannot_break_lines() -> None:
    """A subject is one line whatever a headline, a rule title or an outlet holds."""
    hostile = "x\r\nBcc: evil@example.org\u2028\u202e"
    content = composed(
        alert(), articles=(article(title=hostile, body=""),), matches={1: [match(title=hostile)]}, of=desk("12:00")
    )
    for text in (content.subject, content.top, content.preheader, content.items[0].rule_title):
        assert not set(text) & set("\r\n\u2028\u202e")


def test_what_reports_differ_on_is_told_in_three_lines_at_most() -> None:
    """The weightiest difference comes first, with the desk's names of the outlets; agreement tells nothing."""
    raid = "{} killed, {} injured, {} missing and {} arrested in raid"
    first = article(1, raid.format(12, 30, 3, 7), feed="hill")
    other = article(2, raid.format(15, 40, 4, 9), feed="sahar")
    assert composed(alert(), articles=(first, other)).items[0].conflicts == (
        "Killed: 12 (The Hill Herald), 15 (\u2068روزنامہ سحر\u2069)",
        "Missing: 3 (The Hill Herald), 4 (\u2068روزنامہ سحر\u2069)",
        "Injured: 30 (The Hill Herald), 40 (\u2068روزنامہ سحر\u2069)",
    )
    assert composed(alert(), articles=(first, replace(other, title=first.title))).items[0].conflicts == ()


def test_the_key_names_the_digest() -> None:
    """The same alerts at the same moment have one key, in any order; another slot, desk or moment has another.

    A restored database gives the ids of alerts again, and not the moment.
    """
    assert digest_key("a", "s", [1, 2], NOON) == digest_key("a", "s", [2, 1], NOON)
    others = [("a", "s", [1], NOON), ("b", "s", [1], NOON), ("a", "t", [1], NOON), ("a", "s", [11], NOON)]
    restored = ("a", "s", [1], NOON + timedelta(hours=1))
    assert len({digest_key(*each) for each in [*others, restored]}) == 5


def test_composing_is_repeatable() -> None:
    """The same arguments give the same content, whatever the order in which alerts and articles are handed over."""
    assert sample_content() == sample_content()


def test_limiting_names_what_it_leaves_out() -> None:
    """Every story is told or named, in order, for any limit."""
    content = sample_content()
    for stories in range(6):
        part = limited(content, stories)
        assert [i.story_id for i in part.items] + [c.story_id for c in part.cut] == [i.story_id for i in content.items]
        assert all(section.items for section in part.sections)


def test_the_sample_shows_every_direction_and_language() -> None:
    """The preview has right-to-left and left-to-right stories, and a digest time of the sample desk is a slot."""
    content = sample_content()
    assert {(item.language, item.is_headline_rtl) for item in content.items} == {
        ("", False), ("Urdu", True), ("Turkish", False),
    }  # fmt: skip
    assert content.slot == "2026-11-20T13:00+05:00"
    assert set(FEED_NAMES.values()) >= {item.outlet for item in content.items}
    assert content.at == NOW


def test_a_span_outside_the_text_is_left_out() -> None:
    """A match that was stored for an older text of the article does not break the digest."""
    stale = (Span("body", 900, 910, "gone", "gone"), Span("body", 0, 5, "truce", "truce"))
    sentence = composed(alert(), matches={1: [match("truce", *stale)]}).items[0].sentence
    assert sentence == (Run("The truce holds along the border."),)


def test_an_alert_whose_article_is_gone_is_told() -> None:
    """A pruned article does not hold up the others of the digest."""
    content = composed(alert(1), alert(2, story=2, article=2), articles=(article(1),))
    assert [plain(item.headline) for item in content.items] == [
        "Truce holds", "(the article is not stored any more: truce)",
    ]  # fmt: skip


def test_due_and_compose_fit_together() -> None:
    """What the schedule lets go is what the digest tells."""
    the_desk = desk("12:00")
    waiting = (alert(1, story=1), alert(2, story=2, article=2))
    decision = due(the_desk, waiting=waiting, last_slot_at=NOON - timedelta(days=1), now=NOON)
    assert decision is not None
    content = composed(*decision.alerts, decision=decision, of=the_desk)
    assert content.alert_ids == (1, 2)
    assert content.because == "the 12:00 digest"
