"""The live book is found in git without touching the tree, or in a folder; what is missing is said."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from monitor.errors import InputError, RuleBookError
from monitor.rules.files.load import load_rule_book
from monitor.workbench.revisions import revision

OLD = "rules:\n  - {id: truce, title: Truce, query: truce}\n"
NEW = "rules:\n  - {id: truce, title: Truce, query: truce OR ceasefire}\n"


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-C", str(folder), "-c", "user.name=T", "-c", "user.email=t@example.org", *arguments],
        check=True,
        capture_output=True,
    )


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A repository with rules in a folder of it: one commit, a tag, and an edit that is not committed."""
    folder = tmp_path / "watch" / "rules"
    (folder / "ترجمہ").mkdir(parents=True)
    (folder / "ترجمہ" / "truce.yaml").write_text(OLD, encoding="utf-8")
    (folder / ".hidden.yaml").write_text("nothing: true\n", encoding="utf-8")
    (folder / "notes.md").write_text("no rules", encoding="utf-8")
    (folder / "link.yaml").symlink_to("notes.md")
    (tmp_path / "other.yaml").write_text("nothing: true\n", encoding="utf-8")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "rules")
    git(tmp_path, "tag", "live")
    (folder / "link.yaml").unlink()
    (folder / "ترجمہ" / "truce.yaml").write_text(NEW, encoding="utf-8")
    return folder


def test_head_is_the_book_before_the_edit(rules: Path) -> None:
    """Files of the folder alone, hidden ones and links left out; the tree keeps the edit."""
    found = revision(rules, None)
    assert found.book.rules["truce"].source == "truce"
    assert found.name.startswith("HEAD (")
    assert load_rule_book(rules).rules["truce"].source == "truce OR ceasefire"


def test_a_revision_is_named_as_git_names_them(rules: Path) -> None:
    """Tags, branches, hashes and steps back."""
    git(rules, "commit", "-q", "-a", "-m", "edit")
    assert revision(rules, None).book.rules["truce"].source == "truce OR ceasefire"
    for name in ("live", "main~1", "HEAD^"):
        assert revision(rules, name).book.rules["truce"].source == "truce"


def test_a_folder_is_a_book_too(rules: Path, tmp_path: Path) -> None:
    """Without git, or where the live rules stand elsewhere."""
    live = tmp_path / "live-rules"
    live.mkdir()
    (live / "a.yaml").write_text(OLD, encoding="utf-8")
    found = revision(rules, str(live))
    assert (found.name, found.book.rules["truce"].source) == (str(live), "truce")


@pytest.mark.parametrize("name", ["no-such", "--output=/tmp/x", "-h", "HEAD:rules", ""])
def test_what_git_does_not_know_is_said(rules: Path, name: str) -> None:
    """Also what would be an option of git's."""
    with pytest.raises(InputError, match=r"neither a folder nor a revision|name another"):
        revision(rules, name or " ")


def test_a_folder_outside_of_git_says_what_to_give(tmp_path: Path) -> None:
    """The way out is in the message."""
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "a.yaml").write_text(OLD, encoding="utf-8")
    with pytest.raises(InputError, match="--against DIR"):
        revision(folder, None)
    with pytest.raises(InputError, match="no such folder"):
        revision(tmp_path / "nowhere", None)


def test_a_folder_that_is_new_in_git_says_so(rules: Path) -> None:
    """An empty book would show everything as gained."""
    new = rules.parent / "new"
    new.mkdir()
    (new / "a.yaml").write_text(NEW, encoding="utf-8")
    with pytest.raises(InputError, match="held no rule file"):
        revision(new, None)


def test_a_broken_revision_is_named_with_its_places(rules: Path) -> None:
    """The mistakes are those of the revision, not of the files as they stand."""
    (rules / "ترجمہ" / "truce.yaml").write_text("rules: [{id: truce}]\n", encoding="utf-8")
    git(rules, "commit", "-q", "-a", "-m", "broken")
    with pytest.raises(RuleBookError, match=r"HEAD:ترجمہ/truce\.yaml:1"):
        revision(rules, None)
