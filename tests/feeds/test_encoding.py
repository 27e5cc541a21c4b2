"""Bytes to text, against every lie."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.encoding import decode

URDU = "<?xml version='1.0' encoding='{}'?><rss>جنگ بندی پر مذاکرات استنبول میں جاری ہیں، ترجمان کا بیان</rss>"


def test_one_bad_byte_does_not_cost_an_urdu_feed() -> None:
    """It becomes one bad character; the rest stays what it is, and the problem is told."""
    body = URDU.format("utf-8").encode().replace("مذاکرات".encode(), "مذاکرات".encode()[:-1])
    decoded = decode(body, {"content-type": "text/xml; charset=utf-8"})
    assert decoded.encoding == "utf-8"
    assert decoded.text.count("�") == 1
    assert "استنبول" in decoded.text
    assert decoded.problems


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1256", "us-ascii", "utf-16", "nonsense"])
@pytest.mark.parametrize("served", ["", "text/xml; charset=iso-8859-1", "text/xml; charset=windows-1252"])
def test_utf8_is_utf8_whatever_is_declared(declared: str, served: str) -> None:
    """Bytes that are valid UTF-8 are hardly ever anything else."""
    assert "استنبول" in decode(URDU.format(declared).encode(), {"content-type": served}).text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("windows-1256", "هدنة في إسطنبول"),
        ("windows-1251", "перемирие в Стамбуле"),
        ("koi8-r", "перемирие в Стамбуле"),
        ("iso-8859-9", "İstanbul'da ateşkes görüşmeleri"),
        ("iso-8859-1", "Gespräche über eine Waffenruhe"),
        ("windows-1252", "“truce” – it’s on"),
        ("gb2312", "停火谈判"),
        ("big5", "停火談判"),
        ("shift_jis", "停戦協議"),
        ("euc-jp", "停戦協議"),
        ("iso-2022-jp", "停戦協議"),
        ("euc-kr", "휴전 회담"),
    ],
)
def test_an_honest_declaration_is_believed(encoding: str, text: str) -> None:
    """In the document or in the header."""
    body = f"<?xml version='1.0' encoding='{encoding}'?><rss>{text}</rss>".encode(encoding)
    assert text in decode(body, {}).text
    bare = f"<rss>{text}</rss>".encode(encoding)
    assert text in decode(bare, {"content-type": f'application/xml; charset="{encoding}"'}).text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_marks_and_wide_encodings_are_seen(encoding: str) -> None:
    """A byte order mark wins over what is declared; UTF-16 without one is known by its first bytes."""
    decoded = decode(URDU.format("iso-8859-1").encode(encoding), {"content-type": "text/xml; charset=latin1"})
    assert "استنبول" in decoded.text
    assert not decoded.text.startswith("\ufeff")


def test_latin1_means_windows_1252() -> None:
    """As the WHATWG Encoding Standard says: its quotation marks are no control characters."""
    assert "“" in decode(b"<?xml version='1.0' encoding='iso-8859-1'?><rss>\x93a\x94</rss>", {}).text


def test_without_any_claim_windows_1252_is_read_and_told() -> None:
    """One byte is enough to see that it is not UTF-8."""
    decoded = decode(b"<rss>caf\xe9</rss>", {})
    assert "café" in decoded.text
    assert decoded.problems == ("not valid UTF-8, read as windows-1252 for want of a claim",)


def test_a_claim_that_the_bytes_refute_is_told() -> None:
    """A document that says UTF-8 and is none did make a claim."""
    decoded = decode(b"<?xml version='1.0' encoding='utf-8'?><rss>caf\xe9</rss>", {})
    assert decoded.problems == ("not valid UTF-8, read as windows-1252 though declared as utf-8",)


@pytest.mark.parametrize(
    ("codec", "words"),
    [
        ("windows-1256", "المحادثات في إسطنبول بين باكستان وأفغانستان"),
        ("windows-1256", "هدنة"),
        ("windows-1251", "Переговоры в Стамбуле между Пакистаном и Афганистаном"),
        ("windows-1252", "Gespräche über eine Waffenruhe größerer Verbände, déjà vu"),
    ],
)
@pytest.mark.parametrize("claim", ["", " encoding='utf-8'"])
def test_a_false_or_missing_claim_costs_no_script(codec: str, words: str, claim: str) -> None:
    """An Arabic feed that says UTF-8 and is windows-1256 is not read as Latin letters, which no rule would find."""
    body = f"<?xml version='1.0'{claim}?><rss><title>{words}</title></rss>".encode(codec)
    decoded = decode(body, {})
    assert words in decoded.text
    assert decoded.encoding == codec
    assert codec in decoded.problems[0]


@pytest.mark.parametrize("codec", ["utf-7", "unicode_escape", "idna", "base64", "rot13", "zlib", "punycode", "\0"])
def test_codecs_that_are_no_character_encodings_are_not_used(codec: str) -> None:
    """A document cannot choose a transformation for itself."""
    body = f"<?xml version='1.0' encoding='{codec}'?><rss>+ADw-b+AD4- \\u003c \xe9</rss>".encode("latin-1")
    assert "+ADw-" in decode(body, {}).text


@given(st.binary(), st.sampled_from(["", "utf-8", "utf-16", "gbk", "x", "shift_jis"]))
def test_any_bytes_become_text(body: bytes, charset: str) -> None:
    """Whatever the claim; and no lone surrogate, which could not be stored."""
    text = decode(body, {"content-type": f"text/xml; charset={charset}"}).text
    text.encode("utf-8")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_utf8_text_comes_back_as_it_is(text: str) -> None:
    """But for the mark at its beginning."""
    body = text.encode()
    if not body.startswith((codecs.BOM_UTF8, b"\0", b"<\0", b"{\0")):
        assert decode(body, {}).text == text
