"""What a raw field becomes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.formats.fields import address_of

BASE = "https://news.example/world/"
PARTS = st.sampled_from(["http", "https", "news.example", "javascript", ":80", ":99999", "//"]) | st.sampled_from(
    "HS:/?#@[].%\\é~ \t"
)


@given(st.lists(PARTS, max_size=8).map("".join) | st.lists(PARTS, max_size=5).map(lambda p: "https://n" + "".join(p)))
def test_the_short_way_for_common_addresses_gives_what_the_long_way_gives(value: str) -> None:
    """A blank before an address means nothing, and has it judged the long way."""
    assert address_of(value, BASE) == address_of(" " + value, BASE)
