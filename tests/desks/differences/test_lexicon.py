"""The table of words, and how a sentence is read by it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import pytest

from monitor.desks.differences.lexicon import tokens_of

TABLE = tomllib.loads((files("monitor.desks.differences") / "words.toml").read_text(encoding="utf-8"))
LANGUAGES = {"en", "es", "fr", "de", "tr", "ur", "ar", "fa", "ps", "ru", "hi"}


def lists(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str, list[str]]]:
    """Give each list of the table with its path and language."""
    for name, inside in table.items():
        if isinstance(inside, dict):
            yield from lists(inside, f"{path}.{name}" if path else name)
        else:
            yield path, name, inside


def test_every_form_is_found_in_its_language() -> None:
    """A form is one token of its own tag, whichever other forms begin like it; none is empty or of another language."""
    for path, language, forms in lists(TABLE):
        assert language in LANGUAGES | {"any"}, path
        for form in (form for place in forms for form in place.split("|") if form):
            (token,) = tokens_of(form.removesuffix("*"), "en" if language == "any" else language)
            assert token.has(path.partition(".")[0]), (path, language, form)


def test_lists_that_count_places_are_whole() -> None:
    """Twelve months, and numbers from one to twenty and by tens to ninety."""
    for language, months in (TABLE["month"] | TABLE["solar_month"]).items():
        assert len(months) == 12, language
    assert {language: len(numbers) for language, numbers in TABLE["number"].items()} == dict.fromkeys(LANGUAGES, 27)


def test_open_forms_have_three_letters() -> None:
    """Shorter ones would not be found, and would open every other word."""
    opened = [form for _, _, forms in lists(TABLE) for form in forms if form.endswith("*")]
    assert opened
    assert all(len(form.split()[0].rstrip("*")) >= 3 for form in opened)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,200 and 1.200 and 12", [1200, 1200, 12]),
        ("6.1 and 6,1", [6.1, 6.1]),
        ("۱۲ and ١٢ and १२", [12, 12, 12]),
        ("10:30, 1.2.3, 3-1", [3, 1]),
        ("twenty-one, thirty five, twenty", [21, 35, 20]),
        ("9" * 400, []),
    ],
)
def test_numbers_are_read_in_any_writing(text: str, values: list[float]) -> None:
    """Separators of thousands, decimals and digits of any script; clock times and versions are no numbers."""
    assert [token.value for token in tokens_of(text, "en") if token.value is not None] == values


def test_breaks_and_hyphens_are_kept() -> None:
    """A comma, a colon and a dash break; a hyphen inside a word joins."""
    tokens = tokens_of("Police: 12-year-old, hurt - again", "en")
    assert [(token.text, token.breaks, token.hyphened) for token in tokens] == [
        ("police", False, False),
        ("12", True, False),
        ("year", False, True),
        ("old", False, True),
        ("hurt", True, False),
        ("again", True, False),
    ]
