"""A header's text: the lines RFC 5322 and RFC 2047 allow, and the same text again for whoever reads them."""

from __future__ import annotations

import email
import re
from email import policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.desks.header_text import header_line
from monitor.desks.render_email import clean_header

URDU = "[URGENT] TTP ceasefire: تحریک طالبان پاکستان نے جنگ بندی ختم کرنے کا اعلان کر دیا، مذاکرات معطل"
TURKISH = "[HIGH] İstanbul görüşmeleri: Pakistan ve Afganistan heyetleri üçüncü turda sınır geçişlerini görüştü (+4)"
ENGLISH = "[HIGH] TTP ceasefire: Pakistani Taliban call off the truce with Islamabad after talks in Istanbul fail (+3)"
ANY_LINE = st.one_of(
    st.text(max_size=200), st.text(alphabet='aé \t=?_.,:;<>()[]"@جنگ\u200c😀', max_size=160), st.just("x" * 300)
).map(clean_header)


def read(line: bytes) -> str:
    """Return the subject as the standard library's parser reads it."""
    return str(email.message_from_bytes(line + b"From: a@example.org\r\n\r\n", policy=policy.default)["Subject"])


@given(ANY_LINE)
def test_any_text_comes_back_from_lines_that_any_relay_takes(text: str) -> None:
    """Parsed again it is the same; lines are ASCII of at most 78 characters unless one word alone is longer."""
    raw = header_line("Subject", text)
    assert read(raw) == text
    assert raw.isascii()
    assert raw.endswith(b"\r\n")
    for line in raw.decode().removesuffix("\r\n").split("\r\n"):
        assert "\r" not in line
        assert "\n" not in line
        assert len(line) <= 78 or " " not in line.removeprefix("Subject: ").strip()
        assert len(line) <= 76 or "=?utf-8?" not in line
        assert all(len(word) <= 75 for word in re.findall(r"=\?utf-8\?\S+", line))


@pytest.mark.parametrize("subject", [URDU, TURKISH, ENGLISH])
def test_a_long_subject_begins_beside_its_name(subject: str) -> None:
    """No mail program has a line break to show in front of the first word, and each encoded word is whole by itself."""
    lines = header_line("Subject", subject).decode().split("\r\n")
    assert len(lines) > 2
    assert re.match(r"Subject: \S", lines[0])
    for line in lines[1:-1]:
        assert re.match(r" \S", line)
    for word in re.findall(r"=\?utf-8\?\S+", "\r\n".join(lines)):
        assert read(f"Subject: {word}\r\n".encode()) in subject


def test_the_shorter_encoding_is_taken() -> None:
    """Letters with a few accents stay readable in the raw message; Arabic script takes a third less in base64."""
    assert b"=?utf-8?q?" in header_line("Subject", "[HIGH] Truce: Außenminister reist zu Gesprächen nach Istanbul")
    assert b"=?utf-8?b?" in header_line("Subject", URDU)
