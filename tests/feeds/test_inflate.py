"""Bodies within their limit."""

from __future__ import annotations

import contextlib
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.inflate import BodyReader, BodyTooLargeError, BrokenCompressionError


def read(data: bytes, *, limit: int = 100_000, step: int = 7) -> bytes:
    reader = BodyReader(limit)
    for at in range(0, len(data), step):
        reader.feed(data[at : at + step])
    return reader.body()


@given(st.binary(max_size=3000), st.integers(1, 64))
def test_a_body_is_the_same_however_it_is_cut_into_chunks(body: bytes, step: int) -> None:
    """Plain (unless it begins like gzip) and compressed."""
    assert read(gzip.compress(body), step=step) == body
    if not body.startswith(b"\x1f\x8b"):
        assert read(body, step=step) == body


@given(st.binary(max_size=2000), st.integers(0, 200))
def test_any_bytes_give_a_body_or_one_of_two_faults(tail: bytes, limit: int) -> None:
    """Never more than the limit, never another exception."""
    with contextlib.suppress(BodyTooLargeError, BrokenCompressionError):
        assert len(read(b"\x1f\x8b" + tail, limit=limit)) <= limit


def test_padding_behind_the_last_member_is_dropped() -> None:
    """Some servers fill up with zeros."""
    assert read(gzip.compress(b"text") + b"\0" * 100) == b"text"


def test_a_million_empty_members_are_refused() -> None:
    """Each would cost a copy of its chunk."""
    with pytest.raises(BrokenCompressionError):
        read(gzip.compress(b"") * 2000, step=65_536)
