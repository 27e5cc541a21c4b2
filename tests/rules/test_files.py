"""Which files are rule files, and when a reload would read something else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from monitor.errors import RuleBookError
from monitor.rules.files.folder import MAX_FILE_BYTES, fingerprint, read_rule_files
from monitor.rules.files.load import load_rule_book


def names(folder: Path) -> list[str]:
    files, problems = read_rule_files(folder)
    assert problems == []
    return [Path(file.name).relative_to(folder).as_posix() for file in files]


def test_yaml_files_at_any_depth_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    """Depth does not matter; other suffixes do not count."""
    for name in ("b.yaml", "a/deep/er/x.yml", "a.yaml", "notes.md", "rules.schema.json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    assert names(tmp_path) == ["a/deep/er/x.yml", "a.yaml", "b.yaml"]


def test_hidden_names_are_left_out(tmp_path: Path) -> None:
    """Swap files of editors, and the versions of a mounted ConfigMap, are no rule files."""
    version = tmp_path / "..2026_11_20"
    version.mkdir()
    (version / "a.yaml").write_text("")
    (tmp_path / "..data").symlink_to(version)
    (tmp_path / "a.yaml").symlink_to(tmp_path / "..data" / "a.yaml")
    (tmp_path / ".a.yaml.swp").write_text("")
    (tmp_path / ".b.yaml").write_text("")
    assert names(tmp_path) == ["a.yaml"]


def test_a_link_in_a_circle_ends(tmp_path: Path) -> None:
    """A link to a folder above is read once."""
    (tmp_path / "a.yaml").write_text("")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert names(tmp_path) == ["a.yaml"]


@pytest.mark.parametrize("make", [False, True])
def test_a_missing_or_empty_folder_is_a_problem(tmp_path: Path, make: bool) -> None:
    """A volume that failed to mount never passes for a watch without rules."""
    folder = tmp_path / "rules"
    if make:
        folder.mkdir()
    with pytest.raises(RuleBookError) as caught:
        load_rule_book(folder)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].file == folder.as_posix()


def test_a_file_that_cannot_be_read_is_a_problem_beside_the_others(tmp_path: Path) -> None:
    """A link to nowhere is named, and the mistake in another file is still found."""
    (tmp_path / "a.yaml").symlink_to(tmp_path / "gone.yaml")
    (tmp_path / "b.yaml").write_text("feedz: []")
    with pytest.raises(RuleBookError) as caught:
        load_rule_book(tmp_path)
    assert [Path(problem.file).name for problem in caught.value.problems] == ["a.yaml", "b.yaml"]


def test_a_file_past_the_limit_is_refused_unread(tmp_path: Path) -> None:
    """A sparse file of any size costs nothing."""
    with (tmp_path / "a.yaml").open("wb") as file:
        os.truncate(file.fileno(), MAX_FILE_BYTES + 1)
    _, problems = read_rule_files(tmp_path)
    assert len(problems) == 1
    assert "limit" in problems[0].message


def test_the_fingerprint_follows_names_and_bytes(tmp_path: Path) -> None:
    """It changes with a byte, a name, a file more and a file less; not with a second look."""
    folder = tmp_path / "rules"
    seen = [fingerprint(folder)]
    folder.mkdir()
    seen.append(fingerprint(folder))
    (folder / "a.yaml").write_text("feeds: []")
    seen.append(fingerprint(folder))
    (folder / "a.yaml").write_text("feeds: [ ]")
    seen.append(fingerprint(folder))
    (folder / "a.yaml").rename(folder / "b.yaml")
    seen.append(fingerprint(folder))
    (folder / "c.yaml").write_text("")
    seen.append(fingerprint(folder))
    assert len(set(seen)) == len(seen)
    assert fingerprint(folder) == seen[-1]


def test_bytes_that_move_between_two_files_change_the_fingerprint(tmp_path: Path) -> None:
    """The border between files counts."""
    (tmp_path / "a.yaml").write_text("ab")
    (tmp_path / "b.yaml").write_text("c")
    before = fingerprint(tmp_path)
    (tmp_path / "a.yaml").write_text("a")
    (tmp_path / "b.yaml").write_text("bc")
    assert fingerprint(tmp_path) != before
