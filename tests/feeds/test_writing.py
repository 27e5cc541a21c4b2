"""Which reading of bytes is writing, over headlines in twenty-one languages and the encodings they were written in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.encoding import decode
from monitor.feeds.writing import FAMILY, cost
from tests.feeds.headlines import HEADLINES

WRITTEN = [
    pytest.param(headlines, encoding, id=f"{language}-{encoding}")
    for language, (encodings, headlines) in HEADLINES.items()
    for encoding in encodings
]
FALSE_LATIN = {"hungarian"}
"""Languages of which too few letters differ in Latin-1 for a claim of it to be clearly false."""


def _feed(headlines: tuple[str, ...], encoding: str, claim: str = "") -> bytes:
    says = f" encoding='{claim}'" if claim else ""
    items = "".join(f"<item><title>{words}</title><link>https://news.example/a</link></item>" for words in headlines)
    return f"<?xml version='1.0'{says}?><rss><channel>{items}</channel></rss>".encode(encoding, "ignore")


@pytest.mark.parametrize(("headlines", "encoding"), WRITTEN)
@pytest.mark.parametrize("claim", ["", "utf-8"])
def test_a_missing_or_false_utf8_claim_costs_nothing(headlines: tuple[str, ...], encoding: str, claim: str) -> None:
    """Three headlines, and each alone, are read as they were written; the choice is told.

    A single one of Czech or Hungarian may be too little, and is then read as windows-1252.
    """
    few = headlines in (HEADLINES["czech"][1], HEADLINES["hungarian"][1])
    for some in (headlines, *((one,) for one in headlines)):
        body = _feed(some, encoding, claim)
        decoded = decode(body, {})
        allowed = {body.decode(encoding)} | ({body.decode("cp1252", "replace")} if few and len(some) == 1 else set())
        assert decoded.text in allowed
        assert decoded.problems or body.isascii()


@pytest.mark.parametrize(("headlines", "encoding"), WRITTEN)
def test_a_true_claim_is_never_overruled(headlines: tuple[str, ...], encoding: str) -> None:
    """Neither for three headlines nor for one, in the document or the header, and there is nothing to tell."""
    for some in (headlines, *((one,) for one in headlines)):
        body = _feed(some, encoding, encoding)
        assert decode(body, {}).text == body.decode(encoding)
        assert decode(body, {}).problems == ()
        bare = _feed(some, encoding)
        assert decode(bare, {"content-type": f"text/xml; charset={encoding}"}).text == bare.decode(encoding)


@pytest.mark.parametrize(("headlines", "encoding"), WRITTEN)
@pytest.mark.parametrize("claim", ["iso-8859-1", "windows-1252", "us-ascii"])
def test_a_false_claim_of_latin_letters_is_overruled(headlines: tuple[str, ...], encoding: str, claim: str) -> None:
    """It is what programs write that know nothing of encodings."""
    body = _feed(headlines * 4, encoding, claim)
    decoded = decode(body, {})
    language = next(name for name, (_, known) in HEADLINES.items() if known == headlines)
    if language in FALSE_LATIN:
        assert decoded.text in (body.decode(encoding), body.decode("cp1252"))
    else:
        assert decoded.text == body.decode(encoding)


@pytest.mark.parametrize(("headlines", "encoding"), WRITTEN)
@pytest.mark.parametrize("claim", ["", "utf-8", "iso-8859-1", "true"])
def test_one_bad_byte_costs_one_place(headlines: tuple[str, ...], encoding: str, claim: str) -> None:
    """The other headlines are read as they were written, whatever was claimed."""
    language = next(name for name, (_, known) in HEADLINES.items() if known == headlines)
    if claim == "iso-8859-1" and language in FALSE_LATIN:
        return
    whole = _feed(headlines * 4, encoding, encoding if claim == "true" else claim)
    body = whole.replace(b"</title>", b"\xff</title>", 1)
    decoded = decode(body, {})
    assert decoded.text.split("</title>")[2:] == whole.decode(encoding).split("</title>")[2:]


@pytest.mark.parametrize("headlines", [known for encodings, known in HEADLINES.values()], ids=list(HEADLINES))
@pytest.mark.parametrize("claim", ["", "utf-8", "iso-8859-1", "gbk", "windows-1256"])
def test_utf8_with_a_bad_byte_stays_utf8(headlines: tuple[str, ...], claim: str) -> None:
    """Whatever was claimed."""
    body = _feed(headlines * 4, "utf-8", claim).replace(b"</title>", b"\xff</title>", 1)
    assert decode(body, {}).text == body.decode("utf-8", "replace")


@given(
    st.text(alphabet="éèàêçâîôûüäößóíáéñúãõåøæðþý“”‘’–£©½°abcdefghij ABC.,1", min_size=1, max_size=60),
    st.sampled_from(["iso-8859-1", "windows-1252", "iso-8859-15"]),
)
def test_latin_letters_between_others_are_never_taken_from_a_claim(letters: str, claim: str) -> None:
    """However odd a name is: a claim that fits its words holds."""
    words = " ".join(f"word{letter}word" for letter in letters)
    body = f"<?xml version='1.0' encoding='{claim}'?><rss>{words}</rss>".encode("cp1252")
    expected = "iso8859-15" if claim.endswith("15") else "cp1252"
    assert decode(body, {}).text in (body.decode(expected), body.decode("utf-8", "replace"))


def test_a_claim_that_fails_gives_way_to_one_that_holds() -> None:
    """A document that says Shift_JIS, a header that says Latin-1, and words of French."""
    body = _feed(HEADLINES["french"][1], "cp1252", "shift_jis")
    assert decode(body, {"content-type": "text/xml; charset=iso-8859-1"}).text == body.decode("cp1252")


def test_a_bad_byte_does_not_hand_a_document_to_the_second_claim() -> None:
    """Latin-1 can hold any bytes, which says nothing for it."""
    body = _feed(HEADLINES["korean"][1], "euc-kr", "euc-kr").replace(b"</title>", b"\xff</title>", 1)
    assert "국제 유가 회의" in decode(body, {"content-type": "text/xml; charset=iso-8859-1"}).text


def test_only_a_part_of_a_long_document_is_weighed() -> None:
    """Also where it has no tags at all, and where letters come late; the answer is the same."""
    words = " ".join(HEADLINES["russian"][1]).encode("cp1251")
    assert decode(words * 4000, {}).encoding == "windows-1251"
    assert decode(b"<i>plain</i>" * 50_000 + words, {}).encoding == "windows-1251"
    assert decode(b"x" * 500_000 + b" " + words, {}).encoding == "windows-1251"


@given(st.text(), st.sampled_from(sorted(FAMILY)))
def test_any_text_has_a_cost(text: str, encoding: str) -> None:
    """None for ASCII, never below none."""
    assert cost(text, encoding) >= 0
    assert cost("plain words", encoding) == 0
