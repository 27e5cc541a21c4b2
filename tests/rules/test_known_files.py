"""A folder that is read again and again: what has not changed is not read twice, and the book is the same."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import RuleBookError
from monitor.rules.files.folder import RuleFile
from monitor.rules.files.items import KnownFiles
from monitor.rules.files.load import LoadedBook, load_files, load_rule_book

TEXTS = [
    "rules:\n  - {id: a, title: A, query: truce}\n",
    "rules:\n  - {id: a, title: A, query: rule:b}\n",
    "rules:\n  - {id: b, title: B, query: 'actor:x AND truce'}\n",
    "rules:\n  - {id: b, title: B, query: rule:a}\n",
    "rules:\n  - {id: c, title: C, query: 'truce AND'}\n",
    "actors:\n  x: {name: X, aliases: [X Group]}\n",
    "actors:\n  x: {name: X, aliases: [X Group, XG]}\n",
    "",
    "rules: [",
]
FOLDERS = st.dictionaries(st.sampled_from(["a.yaml", "b.yaml", "c.yaml"]), st.sampled_from(TEXTS))


def loaded(texts: dict[str, str], known: KnownFiles | None = None) -> LoadedBook | list[str]:
    """Return the book of some files, or what is wrong with them."""
    files = [RuleFile(name, text.encode()) for name, text in sorted(texts.items())]
    try:
        return load_files(files, known=known)
    except RuleBookError as error:
        return [str(problem) for problem in error.problems]


@given(st.lists(FOLDERS, max_size=6))
def test_after_any_edits_the_book_and_its_problems_are_those_of_a_first_reading(folders: list[dict[str, str]]) -> None:
    """Ids that stand twice and references that lead nowhere are seen anew each time."""
    known = KnownFiles()
    for texts in folders:
        again, first = loaded(texts, known), loaded(texts)
        if isinstance(first, list):
            assert again == first
        else:
            assert isinstance(again, LoadedBook)
            assert again.book == first.book
            assert {id_: item.place() for id_, item in again.items["rules"].items()} == {
                id_: item.place() for id_, item in first.items["rules"].items()
            }


def test_a_file_whose_bytes_have_not_changed_is_not_read_again() -> None:
    """Only what was edited is; and of a file that is gone nothing is kept."""
    known = KnownFiles()
    one, two = RuleFile("one.yaml", TEXTS[0].encode()), RuleFile("two.yaml", TEXTS[5].encode())
    first = known.read([one, two])
    edited = known.read([one, RuleFile("two.yaml", TEXTS[6].encode())])
    assert edited[0] is first[0]
    assert edited[1] is not first[1]
    assert known.read([two])[0] is not first[1]


def test_a_file_under_another_name_is_read_for_its_own_places() -> None:
    """A mistake names the file that it stands in."""
    known = KnownFiles()
    assert str(loaded({"a.yaml": TEXTS[4]}, known)).count("a.yaml") == 1
    assert str(loaded({"b.yaml": TEXTS[4]}, known)).count("b.yaml") == 1


@pytest.mark.parametrize("text", [TEXTS[0], TEXTS[4]])
def test_the_collector_works_again_when_the_files_are_read(tmp_path: Path, text: str) -> None:
    """Whatever became of them; and one that somebody had turned off stays off."""
    (tmp_path / "a.yaml").write_text(text)
    for was_enabled in (True, False):
        (gc.enable if was_enabled else gc.disable)()
        try:
            try:
                load_rule_book(tmp_path)
            except RuleBookError:
                assert text == TEXTS[4]
            assert gc.isenabled() == was_enabled
        finally:
            gc.enable()
