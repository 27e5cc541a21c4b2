"""Links are ours and whole, or nothing; and as long for one recipient as for another."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import FeedbackKind
from monitor.web.links import GOOD_FOR, FeedbackLink, Links, Refusal, UnsubscribeLink

LINKS = Links("https://m.example", "a key of these tests that is long enough")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
YES = FeedbackKind.RELEVANT

desks = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=64)
moments = st.integers(1_577_836_800, 4_102_444_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
articles = st.integers(1, 2**63 - 1)


@given(desk=desks, article=articles, at=moments, kind=st.sampled_from(FeedbackKind), recipient=st.text(max_size=80))
def test_what_was_written_is_read(desk: str, article: int, at: datetime, kind: FeedbackKind, recipient: str) -> None:
    """Of each kind; the address of a link needs no escaping and ends in a letter or digit."""
    url = LINKS.feedback(recipient, desk_id=desk, article_id=article, kind=kind, at=at)
    token = url.removeprefix("https://m.example/feedback/")
    reader = LINKS.reader(recipient)
    assert LINKS.read_feedback(token, now=at) == FeedbackLink(desk, article, at, reader, kind)
    leave = LINKS.unsubscribe(recipient, desk_id=desk, at=at)
    assert LINKS.read_unsubscribe(leave.removeprefix("https://m.example/unsubscribe/")) == UnsubscribeLink(
        desk, at, reader
    )
    for each in (url, leave):
        assert set(each) <= set(string.ascii_letters + string.digits + ":/._-")
        assert each[-1].isalnum()


@given(desk=desks, article=articles, one=st.text(max_size=80), other=st.text(max_size=80))
def test_links_of_all_recipients_are_equally_long(desk: str, article: int, one: str, other: str) -> None:
    """A mail that fits for nobody fits for anybody."""
    lengths = {len(LINKS.feedback(who, desk_id=desk, article_id=article, kind=YES, at=NOON)) for who in (one, other)}
    assert len(lengths) == 1


@given(st.data())
def test_a_link_with_one_sign_changed_is_broken(data: st.DataObject) -> None:
    """Wherever it is, whatever it is changed to; save the bits of the signature's last sign that say nothing."""
    token = LINKS.feedback("a@b.example", desk_id="wire", article_id=7, kind=YES, at=NOON).rpartition("/")[2]
    place = data.draw(st.integers(0, len(token) - 1))
    sign = data.draw(st.characters().filter(lambda c: c != token[place]))
    changed = token[:place] + sign + token[place + 1 :]
    read = LINKS.read_feedback(changed, now=NOON)
    if place == token.index(".") - 1:
        assert read in (Refusal.BROKEN, LINKS.read_feedback(token, now=NOON))
    else:
        assert read is Refusal.BROKEN


@given(st.text(max_size=300))
def test_what_is_not_ours_is_broken(text: str) -> None:
    """Any text at all."""
    assert LINKS.read_feedback(text, now=NOON) is Refusal.BROKEN
    assert LINKS.read_unsubscribe(text) is Refusal.BROKEN


def test_another_key_and_another_kind_open_nothing() -> None:
    """A link of one monitor is none of another's, and one to judge is none to leave."""
    token = LINKS.feedback("a@b.example", desk_id="wire", article_id=7, kind=YES, at=NOON).rpartition("/")[2]
    other = Links("https://m.example", "another key of these tests, long enough")
    assert other.read_feedback(token, now=NOON) is Refusal.BROKEN
    assert other.reader("a@b.example") != LINKS.reader("a@b.example")
    assert LINKS.read_unsubscribe(token) is Refusal.BROKEN


def test_a_link_is_over_after_its_time_and_one_to_leave_never() -> None:
    """To the second; a wall clock that went back opens it again."""
    token = LINKS.feedback("a@b.example", desk_id="wire", article_id=7, kind=YES, at=NOON).rpartition("/")[2]
    assert isinstance(LINKS.read_feedback(token, now=NOON + GOOD_FOR), FeedbackLink)
    assert LINKS.read_feedback(token, now=NOON + GOOD_FOR + timedelta(seconds=1)) is Refusal.OVER
    assert isinstance(LINKS.read_feedback(token, now=NOON - timedelta(days=9)), FeedbackLink)
