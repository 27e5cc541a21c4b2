"""The whole monitor over the sample day, alert by alert, against a table written by hand from the day's script.

The day is played once for all tests here: real HTTP, feedparser, SQLite, SMTP and Slack's message format, on loopback.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import structlog
from rich.console import Console

from monitor.cli.demo import played
from monitor.cli.demo_report import print_outcome
from monitor.demo.outcome import AlertPlayed, ArticlePlayed, DigestPlayed, Outcome
from monitor.demo.play import OPERATOR
from monitor.demo.script import DAY, ZONE, load_day
from monitor.model import AlertKind, ChannelKind, DeliveryState

EXPECTED = Path(__file__).with_name("demo_day.expected")
NEW = "new story"
SAME = "the same story"

REPRINTS = {
    "indus-courier/truce-extended-hw": "hindukush-wire/truce-extended",
    "margalla-post/truce-prolonged": "hindukush-wire/truce-extended",
    "indus-courier/truce-called-off-hw": "hindukush-wire/truce-called-off",
    "margalla-post/truce-over": "hindukush-wire/truce-called-off",
}


@dataclass(frozen=True, order=True)
class Row:
    """An alert as the table writes it."""

    read: str
    desk: str
    severity: str
    rules: str
    article: str
    told: str


@dataclass(frozen=True)
class Line:
    """A row of the table with what the table says about it."""

    row: Row
    event: str
    because: str
    must: bool


def expected() -> list[Line]:
    lines: list[Line] = []
    event = ""
    for text in EXPECTED.read_text(encoding="utf-8").splitlines():
        if text.startswith("["):
            event = text.strip("[]")
        elif text and not text.startswith("#"):
            *cells, because = (cell.strip() for cell in text.split("|"))
            row = Row(*cells)
            is_first = not any(line.event == event and line.row.desk == row.desk for line in lines)
            lines.append(Line(row, event, because, must=is_first or because not in (NEW, SAME)))
    return lines


def local(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%H:%M}"


def row_of(alert: AlertPlayed, digests: dict[int, DigestPlayed]) -> Row:
    return Row(
        read=local(alert.at),
        desk=alert.desk_id,
        severity=alert.severity.value,
        rules=", ".join(alert.rule_ids),
        article=alert.name,
        told=local(digests[alert.digest_id].at) if alert.digest_id is not None else "-",
    )


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    before = structlog.get_config()
    yield played(tmp_path_factory.mktemp("day") / "digests")
    structlog.configure(**before)


@pytest.fixture(scope="module")
def digests(outcome: Outcome) -> dict[int, DigestPlayed]:
    return {digest.digest_id: digest for digest in outcome.digests}


def article(outcome: Outcome, name: str) -> ArticlePlayed:
    return next(article for article in outcome.matched if article.name == name)


# --- who heard what, when and why -------------------------------------------------------------------------------------


def test_every_alert_is_the_one_the_script_asks_for(outcome: Outcome, digests: dict[int, DigestPlayed]) -> None:
    """None is missing, none is too many: article, desk, rules, severity, when it was read, when it was told."""
    found = Counter(row_of(alert, digests) for alert in outcome.alerts)
    missing = sorted(line.row for line in expected() if line.must and line.row not in found)
    extra = sorted(found - Counter(line.row for line in expected() if line.because != SAME))
    assert [*(f"missing {row}" for row in missing), *(f"extra {row}" for row in extra)] == []


def test_every_alert_says_why(outcome: Outcome, digests: dict[int, DigestPlayed]) -> None:
    """A new story names its rule; a development that the script asks for says what has changed."""
    lines = {line.row: line for line in expected()}
    for alert in outcome.alerts:
        assert alert.because
        line = lines.get(row_of(alert, digests))
        if line is not None and line.because != NEW:
            assert alert.kind is AlertKind.DEVELOPED
            assert line.because in alert.because
        if alert.kind is AlertKind.NEW:
            assert outcome.rule_titles[alert.rule_ids[0]] in alert.because


def test_an_event_is_one_story_in_whatever_language_it_is_reported(outcome: Outcome) -> None:
    """Further reports of one event, in six languages, stand in the story of the first and are not told."""
    first: dict[str, str] = {}
    for line in expected():
        first.setdefault(line.event, line.row.article)
    told = {alert.name for alert in outcome.alerts}
    same = {line.row.article: first[line.event] for line in expected() if line.because == SAME}
    assert len({article(outcome, name).language for name in same}) >= 5
    assert [name for name in same if article(outcome, name).story_id != article(outcome, same[name]).story_id] == []
    assert sorted(told & set(same)) == []


def test_no_event_stands_in_the_story_of_another(outcome: Outcome) -> None:
    """A story holds reports of one event only: what was joined wrongly could hide an alert."""
    event_of = {line.row.article: line.event for line in expected()}
    events: dict[int, set[str]] = {}
    for found in outcome.matched:
        if found.name in event_of:
            events.setdefault(found.story_id, set()).add(event_of[found.name])
    assert [mixed for mixed in events.values() if len(mixed) > 1] == []


def test_every_match_shows_its_evidence(outcome: Outcome) -> None:
    """Each has spans, and each span is the published text at its place."""
    for found in outcome.matched:
        for match in found.matches:
            assert match.spans
        fresh = [span for match in found.matches for span in match.spans if span.field in ("title", "body")]
        if found.name not in ("hindukush-wire/istanbul-thursday", "indus-courier/bannu-elders"):  # edited since
            for span in fresh:
                text = found.title if span.field == "title" else found.body
                assert text[span.start : span.end] == span.text


def test_lookalikes_stay_silent_and_it_is_said_why(outcome: Outcome) -> None:
    """Other groups, other people's ceasefires and talks, other lives of the acronym, boilerplate: none matches."""
    assert len(outcome.lookalikes) == sum(bool(item.lookalike_of) for item in load_day().items)
    assert [judged.name for judged in outcome.lookalikes if not judged.stayed_out] == []
    assert [judged.name for judged in outcome.lookalikes if not judged.because] == []


def test_the_right_clause_is_named_for_a_lookalike(outcome: Outcome) -> None:
    """Explanations name the lookalike, or the boilerplate, that kept a term from counting."""
    why = {judged.name: judged.because for judged in outcome.lookalikes}
    assert "Tehreek-e-Jihad Pakistan" in why["hindukush-wire/tjp-not-bound"]
    assert "boilerplate" in why["indus-courier/cricket-squad"]


# --- once -------------------------------------------------------------------------------------------------------------


def test_nothing_is_sent_twice(outcome: Outcome) -> None:
    """No recipient has a message twice, and no story stands in two digests of a desk unless it developed."""
    assert outcome.repeats == ()
    for desk in outcome.desk_names:
        new = Counter(a.story_id for a in outcome.alerts if a.desk_id == desk and a.kind == "new")
        assert {story for story, count in new.items() if count > 1} == set()


def test_reprints_are_in_the_wire_s_story_and_not_told(outcome: Outcome) -> None:
    """Whole, cut, and under another headline."""
    told = {alert.name for alert in outcome.alerts}
    for reprint, wire in REPRINTS.items():
        assert article(outcome, reprint).story_id == article(outcome, wire).story_id
        assert article(outcome, reprint).reprint_of is not None
        assert reprint not in told


def test_one_address_in_two_feeds_is_one_article(outcome: Outcome) -> None:
    """The Strait Observer's link to the wire, tracking parameters and all, is no article of its own."""
    assert "strait-observer/wire-truce" not in outcome.read
    assert outcome.read.count("hindukush-wire/truce-extended") == 1


def test_an_edited_headline_stays_one_story(outcome: Outcome) -> None:
    """A changed headline develops its story; a letter put right is not told at all."""
    bannu = [alert for alert in outcome.alerts if alert.name == "indus-courier/bannu-elders"]
    assert [alert.kind.value for alert in bannu] == ["new", "developed"]
    assert len({alert.story_id for alert in bannu}) == 1
    assert article(outcome, "indus-courier/bannu-elders").title == "Bannu elders fear for truce with Pakistani Taliban"
    fitna = [alert for alert in outcome.alerts if alert.name == "khyber-dispatch/fitna-refuses"]
    assert [alert.kind.value for alert in fitna] == ["new"]
    assert "written" in article(outcome, "khyber-dispatch/fitna-refuses").title


def test_what_stood_in_a_feed_before_is_not_told(outcome: Outcome) -> None:
    """The first poll is the baseline: it matched, and nobody hears of it."""
    fifth_week = article(outcome, "hindukush-wire/truce-fifth-week")
    assert fifth_week.is_baseline
    assert fifth_week.matches
    assert fifth_week.name not in {alert.name for alert in outcome.alerts}


# --- nothing is lost --------------------------------------------------------------------------------------------------


def test_every_entry_of_the_day_was_read_once(outcome: Outcome) -> None:
    """Those without id or date, with a shared id, in failing, cut, empty and replaced documents: all of them."""
    names = {item.name for item in load_day().items} - {"strait-observer/wire-truce"}
    assert set(outcome.read) == names
    assert len(outcome.read) == len(names)


def test_the_feed_that_failed_is_caught_up_and_told_of(outcome: Outcome) -> None:
    """Its polls failed between 09:00 and 11:00 only, the operator heard of it once, and its entries came after."""
    feed = next(feed for feed in outcome.feeds if feed.feed_id == "khyber-dispatch")
    times = [local(at) for at, _, _ in feed.troubles]
    assert times == ["09:00", "09:15", "09:45", "10:30"]
    assert {status for _, status, _ in feed.troubles} == {"500"}
    told = [m for m in outcome.received if m.recipient == OPERATOR and "feed.failing" in m.subject]
    assert [(local(m.at), "khyber-dispatch" in m.subject) for m in told] == [("09:45", True)]


@pytest.mark.parametrize(("feed_id", "status"), [("bogaz-postasi", "html"), ("strait-observer", "empty")])
def test_a_document_that_is_no_feed_costs_one_poll(outcome: Outcome, feed_id: str, status: str) -> None:
    """A page instead of the feed, an empty body: said in one word, over with the next good poll."""
    feed = next(feed for feed in outcome.feeds if feed.feed_id == feed_id)
    assert feed.troubles
    assert {found for _, found, _ in feed.troubles} == {status}


def test_validators_save_most_polls(outcome: Outcome) -> None:
    """Feeds with validators are answered with 304; equal bytes of the one without are not parsed again."""
    by_id = {feed.feed_id: feed for feed in outcome.feeds}
    assert by_id["subah-nama"].outcomes["not-modified"] > 60
    assert by_id["margalla-post"].outcomes["not-modified"] > 60
    assert by_id["khyber-dispatch"].outcomes["same-body"] > 50
    assert by_id["khyber-dispatch"].outcomes.get("not-modified", 0) == 0


# --- what went out ----------------------------------------------------------------------------------------------------


def test_digests_leave_at_the_desks_own_times(outcome: Outcome) -> None:
    """Regular ones at each slot that has something to say, urgent ones at once."""
    regular = {(d.desk_id, local(d.at)) for d in outcome.digests if d.slot != "immediate"}
    assert regular == {
        ("south-asia", "07:00"),
        ("south-asia", "13:00"),
        ("south-asia", "19:00"),
        ("istanbul", "11:00"),
        ("istanbul", "20:00"),
    }


def test_everything_was_delivered_also_where_the_servers_asked_to_wait(outcome: Outcome) -> None:
    """One mail met 451 and one post met 429; both went out later, once."""
    deliveries = [delivery for digest in outcome.digests for delivery in digest.deliveries] + list(outcome.notices)
    assert {delivery.state for delivery in deliveries} == {DeliveryState.SENT}
    retried = {delivery.channel for delivery in deliveries if delivery.attempts > 1}
    assert retried == {ChannelKind.EMAIL, ChannelKind.SLACK}
    assert len(outcome.received) == len(deliveries)


def test_a_slack_channel_reads_as_a_desk_lives_in_it(outcome: Outcome) -> None:
    """An urgent story has a message of its own; what developed later is written into the digest that told it first."""
    channel = outcome.channels["#south-asia"].splitlines()
    messages = [line for line in channel if line[:1].isdigit()]
    assert sum("[URGENT]" in line for line in messages) == 2
    assert any("(edited)" in line for line in messages)
    assert any("*Updated " in line for line in channel)


def test_each_recipient_gets_a_mail_of_their_own(outcome: Outcome) -> None:
    """To names only the recipient; date and sender are the play's."""
    mails = [m for m in outcome.received if m.channel is ChannelKind.EMAIL]
    assert {m.recipient for m in mails} >= {
        "south-asia@example.org",
        "night-editor@example.org",
        "istanbul@example.org",
    }
    for mail in mails:
        message = message_from_bytes(mail.raw, policy=policy.default)
        assert mail.recipient in str(message["To"])
        assert str(message["To"]).count("@") == 1
        assert message["From"].addresses[0].addr_spec == "monitor@example.org"
        assert abs(message["Date"].datetime - mail.at) < timedelta(minutes=30)


def test_a_digest_links_every_story_it_tells(outcome: Outcome) -> None:
    """In the HTML part, in the text part and in the Slack posts; and the letters of every script survive."""
    for digest in outcome.digests:
        told = [alert for alert in outcome.alerts if alert.digest_id == digest.digest_id]
        slack = {d.message_id for d in digest.deliveries if d.channel is ChannelKind.SLACK}
        posts = "".join(m.raw.decode() for m in outcome.received if m.message_id in slack)
        assert told
        for alert in told:
            links = [found.url for found in outcome.matched if found.story_id == alert.story_id and found.url]
            for rendering in (digest.text, digest.html, *([posts] if slack else [])):
                assert any(link in rendering for link in links)
    evening = next(d for d in outcome.digests if d.desk_id == "south-asia" and local(d.at) == "19:00")
    assert "ٹي ٹي پي" in evening.text
    assert "ٹي ٹي پي" in evening.html


def test_the_digests_are_left_as_files(outcome: Outcome) -> None:
    """Each as HTML and text, each message as it was received; a Slack channel and the log of the day beside them."""
    names = {path.name for path in outcome.files}
    assert {"0700-south-asia.html", "0700-south-asia.txt", "0700-south-asia.night-editor.eml"} <= names
    assert {"0700-south-asia.slack.json", "0945-operator.eml", "slack-south-asia.txt", "monitor.log"} <= names
    assert len(names) == 2 * len(outcome.digests) + len(outcome.received) + len(["slack-south-asia.txt", "monitor.log"])
    assert all(path.stat().st_size for path in outcome.files)
    log = next(path for path in outcome.files if path.name == "monitor.log").read_text(encoding="utf-8")
    assert "feed.failing" in log


def test_the_report_shows_every_part_of_the_day(outcome: Outcome) -> None:
    """Feeds, stories with rules, lookalikes with reasons, digests with times, files with paths."""
    out = io.StringIO()
    print_outcome(outcome, Console(file=out, width=160))
    text = out.getvalue()
    for part in (
        *(feed.name for feed in outcome.feeds),
        "500, 09:00 to 10:30",
        "TTP ceasefire: ttp as “Pakistani Taliban”",
        "developed at 16:30, now also TTP ceasefire; the report was changed: now names Pakistani",
        "only the lookalike 'Tehreek-e-Jihad Pakistan' is there",
        "sent at the second attempt",
        "No message was sent twice.",
        "0700-south-asia.html",
    ):
        assert part in text
    assert "NOT AS IT SHOULD BE" not in text


def test_the_clock_of_the_play_is_the_only_one(outcome: Outcome) -> None:
    """Nothing in the outcome bears another day than the script's."""
    midnight = datetime.combine(DAY, time(0), ZONE)
    for at in [alert.at for alert in outcome.alerts] + [message.at for message in outcome.received]:
        assert midnight <= at <= midnight + timedelta(days=1)
        assert at.tzinfo == UTC
