"""Independent origins behind the outlets of a story."""

from __future__ import annotations

import pytest

from monitor.articles.origins import origins_of, wire_of
from tests.articles.builders import LONG, OTHER, article


@pytest.mark.parametrize(
    ("body", "wire"),
    [
        (f"ISLAMABAD (Reuters) - {LONG}", "Reuters"),
        (f"KABUL, Nov 20 (AFP) — {LONG}", "AFP"),
        (f"{LONG}\n\n(AP)", "AP"),
        (f"{LONG} — AFP", "AFP"),
        (f"{LONG}\n\nThe Associated Press contributed to this report.", "AP"),
        (f"{LONG}\n\nWith input from APP", "APP"),
        (LONG, None),
        ("The app (beta) is free. He said so on AP radio and then left.", None),
        ("", None),
    ],
)
def test_credits_are_read_where_agencies_stand(body: str, wire: str | None) -> None:
    """A dateline and a last line credit an agency; the same letters inside a sentence do not."""
    assert wire_of(article(1, body=body)) == wire


def test_outlets_are_counted_apart_from_origins() -> None:
    """Three copies and one rewrite of an agency's text and one report of its own: five outlets, two origins."""
    members = [
        article(1, body=f"KABUL (AFP) - {LONG}", feed_id="a"),
        article(2, body=LONG, feed_id="b", reprint_of=1),
        article(3, body=LONG[:120], feed_id="c", reprint_of=1),
        article(4, body=f"{LONG[::-1]} — AFP", feed_id="d"),
        article(5, body=OTHER, feed_id="e"),
    ]
    found = origins_of(members)
    assert str(found) == "5 outlets, 2 origins"
    assert found.wires == ("AFP",)


def test_a_credit_on_a_copy_names_the_origin_of_its_original() -> None:
    """The first outlet left the credit out, a later copy has it: still one origin."""
    members = [article(1, body=LONG, feed_id="a"), article(2, body=f"{LONG} (AP)", feed_id="b", reprint_of=1)]
    assert str(origins_of(members)) == "2 outlets, 1 origin"
