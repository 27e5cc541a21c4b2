"""The outcome of a play: what it calls a fault, its JSON, its files and its print."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from monitor.cli.demo_report import print_outcome
from monitor.demo.keep import keep, prepare
from monitor.demo.outcome import (
    AlertPlayed,
    ArticlePlayed,
    DeliveryPlayed,
    DigestPlayed,
    FeedPlayed,
    LookalikeJudged,
    Outcome,
    Received,
    as_json,
)
from monitor.demo.script import DAY, ZONE
from monitor.errors import InputError
from monitor.model import AlertKind, ChannelKind, DeliveryState, Match, Severity, Span

START = datetime.combine(DAY, datetime.min.time(), ZONE)
AT = START + timedelta(hours=7)
MAIL = b"Subject: truce\r\nMessage-ID: <1@example.org>\r\n\r\nbody\r\n"

DELIVERY = DeliveryPlayed(
    delivery_id=1,
    digest_id=1,
    channel=ChannelKind.EMAIL,
    recipient="desk@example.org",
    message_id="<1@example.org>",
    part=1,
    parts=1,
    state=DeliveryState.SENT,
    attempts=2,
    detail="",
    history=((AT, "claimed", ""), (AT, "refused-for-now", "451 try later"), (AT, "accepted", "250 ok")),
)
MATCH = Match(
    "ttp-ceasefire",
    "v1",
    "TTP ceasefire",
    Severity.HIGH,
    (Span("title", 0, 17, "Pakistani Taliban", "Pakistani Taliban", "ttp"),),
)
ARTICLE = ArticlePlayed(
    article_id=1,
    name="wire/a",
    feed_id="wire",
    outlet="Wire [bold]",
    title="Pakistani Taliban extend [red]truce[/red]",
    body="The truce holds.\n\nNothing else.",
    url="https://wire.example/a",
    language="en",
    first_seen_at=AT,
    is_baseline=False,
    story_id=1,
    reprint_of=None,
    matches=(MATCH,),
)
OUTCOME = Outcome(
    start=START,
    end=START + timedelta(days=1),
    entries=2,
    articles=2,
    read=("wire/a", "wire/b"),
    feeds=(
        FeedPlayed("wire", "Wire", "rss20", "utf-8", "en", 9, {"new": 2, "fetch-failed": 1}, 2, 1, ((AT, "500", "x"),)),
    ),
    matched=(ARTICLE,),
    lookalikes=(LookalikeJudged("wire/b", "Gaza", "ttp-ceasefire", "Gaza", True, "no actor:ttp", ("other",)),),
    alerts=(
        AlertPlayed(
            "south-asia", AT, AlertKind.NEW, Severity.HIGH, ("ttp-ceasefire",), "a new story", "wire/a", "t", 1, 1
        ),
    ),
    digests=(DigestPlayed(1, "south-asia", AT, "2026", "[HIGH] truce", 1, "<p>html</p>", "text", (DELIVERY,)),),
    notices=(),
    received=(Received(ChannelKind.EMAIL, "desk@example.org", AT, "<1@example.org>", "[HIGH] truce", MAIL),),
    rule_titles={"ttp-ceasefire": "TTP ceasefire"},
    desk_names={"south-asia": "South Asia desk"},
    seconds=1.0,
)


def printed(outcome: Outcome) -> str:
    out = io.StringIO()
    print_outcome(outcome, Console(file=out, width=200))
    return out.getvalue()


def test_a_day_that_went_well_has_no_faults() -> None:
    """Nothing twice, no lookalike matched, everything sent."""
    assert OUTCOME.faults == ()


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda o: replace(o, received=o.received * 2), "sent twice: <1@example.org> to desk@example.org"),
        (
            lambda o: replace(o, lookalikes=(replace(o.lookalikes[0], stayed_out=False),)),
            "wire/b matched ttp-ceasefire",
        ),
        (lambda o: replace(o, matched=()), "nothing matched"),
        (
            lambda o: replace(
                o,
                digests=(
                    replace(o.digests[0], deliveries=(replace(DELIVERY, state=DeliveryState.DEAD, detail="550"),)),
                ),
            ),
            "delivery 1 to desk@example.org is dead: 550",
        ),
    ],
)
def test_each_fault_is_said(spoil: Callable[[Outcome], Outcome], fault: str) -> None:
    """In the outcome and on the terminal."""
    spoilt = spoil(OUTCOME)
    assert fault in spoilt.faults
    assert f"NOT AS IT SHOULD BE: {fault}" in printed(spoilt)


def test_the_json_holds_spans_and_times_but_no_bodies() -> None:
    """It survives a round trip, and a message is its size."""
    document = json.loads(json.dumps(as_json(OUTCOME)))
    assert document["matched"][0]["matches"][0]["spans"][0]["actor"] == "ttp"
    assert document["alerts"][0]["at"] == AT.isoformat()
    assert document["received"][0]["raw"] == len(MAIL)
    assert "html" not in document["digests"][0]
    assert document["faults"] == []


def test_the_print_says_why_and_takes_no_markup_from_feeds() -> None:
    """Rule, alias, desk, retry and reason are there; brackets of a headline stay brackets."""
    text = printed(OUTCOME)
    assert "[red]truce[/red]" in text
    assert "Wire [bold]" in text
    assert "ttp as “Pakistani Taliban”" in text
    assert "→ new at 07:00, a new story; South Asia desk told at 07:00" in text
    assert "no actor:ttp" in text
    assert "451 try later" in text
    assert "No message was sent twice." in text


def test_files_are_kept_with_names_that_sort_by_time(tmp_path: Path) -> None:
    """HTML, text and the message as it was received; two digests in one minute do not overwrite each other."""
    prepare(tmp_path / "out")
    other = replace(DELIVERY, delivery_id=2, recipient="desk@example.net")
    message = replace(OUTCOME.received[0], recipient="desk@example.net")
    first = replace(OUTCOME.digests[0], deliveries=(DELIVERY, other))
    second = replace(OUTCOME.digests[0], digest_id=2, deliveries=())
    busy = replace(OUTCOME, digests=(first, second), received=(*OUTCOME.received, message))
    paths = keep(busy, tmp_path / "out")
    assert [path.name for path in paths] == [
        "0700-south-asia-2.html",
        "0700-south-asia-2.txt",
        "0700-south-asia.desk-2.eml",
        "0700-south-asia.desk.eml",
        "0700-south-asia.html",
        "0700-south-asia.txt",
    ]
    assert paths[3].read_bytes() == MAIL
    assert all(path.is_file() for path in paths)


def test_only_a_folder_of_an_earlier_play_is_cleared(tmp_path: Path) -> None:
    """Other people's files stay; another play's digests go."""
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "thesis.html").write_text("years of work")
    with pytest.raises(InputError, match="holds other files"):
        prepare(tmp_path / "theirs")
    assert (tmp_path / "theirs" / "thesis.html").exists()
    prepare(tmp_path / "ours")
    (tmp_path / "ours" / "0700-old.html").write_text("old")
    (tmp_path / "ours" / "notes.md").write_text("kept")
    prepare(tmp_path / "ours")
    assert not (tmp_path / "ours" / "0700-old.html").exists()
    assert (tmp_path / "ours" / "notes.md").exists()
