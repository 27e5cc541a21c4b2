"""A signature as bytes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.story_set import read_set
from monitor.articles.packed import pack, unpack
from monitor.articles.signature import signature_of
from tests.articles.builders import NOW, article


@pytest.mark.parametrize("part", ["tune", "held"])
def test_what_was_packed_is_unpacked(part: str) -> None:
    """Labelled articles of many languages, with actors and without."""
    for item in read_set(part):
        for actors in (frozenset[str](), frozenset({"ttp", "kabul"})):
            signature = replace(signature_of(item.article, actors), length=12.345)
            assert unpack(signature.article_id, signature.at, pack(signature)) == signature


@given(
    st.text(max_size=80),
    st.text(max_size=400),
    st.none() | st.text(max_size=6) | st.sampled_from(["ur", "en-GB", "en\nGB", "en us"]),
)
def test_any_text_comes_through(title: str, body: str, language: str | None) -> None:
    """Surrogates, controls and separators in a text are nothing to the layout."""
    signature = signature_of(article(3, title=title, body=body, language=language))
    assert unpack(3, signature.at, pack(signature)) == signature


def test_an_article_of_three_hundred_words_is_a_thousand_bytes() -> None:
    """What a window of a million holds of each."""
    words = [f"word{number * 7919 % 4000}" for number in range(300)]
    signature = signature_of(article(1, title=" ".join(words[:9]), body=" ".join(words), first_seen_at=NOW))
    assert len(pack(signature)) < 1_100
