"""`monitor demo` refuses what it cannot play before it begins."""

from pathlib import Path

import pytest

from monitor.cli.demo import played
from monitor.errors import InputError, RuleBookError


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    """Nothing of it is touched."""
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="holds other files"):
        played(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_mistake_in_the_operator_s_rules_has_its_own_place(tmp_path: Path) -> None:
    """File and line are those of the folder that was named, and no digest folder is made."""
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "mine.yaml").write_text("rules:\n  - {id: x, title: X, query: truce AND}\n")
    with pytest.raises(RuleBookError, match=r"watch/mine\.yaml:2:"):
        played(tmp_path / "out", tmp_path / "watch")
    assert not (tmp_path / "out").exists()


def test_a_missing_rules_folder_is_named(tmp_path: Path) -> None:
    """A typing error in --rules is not a day without matches."""
    with pytest.raises(RuleBookError, match="nowhere"):
        played(tmp_path / "out", tmp_path / "nowhere")
