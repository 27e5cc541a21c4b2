"""What `--help` says, in 80 columns."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli.main import COMMANDS, app

ROOT = Path(__file__).parents[2]


def helped(*command: str) -> str:
    shown = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"})
    assert shown.exit_code == 0, (command, shown.output)
    return shown.stdout


def listed(help_text: str) -> dict[str, str]:
    """Return the commands of a group with their lines."""
    return dict(re.findall(r"^  ([a-z-]+)\s{2,}(.+)$", help_text.partition("\nCommands:\n")[2], re.MULTILINE))


@pytest.mark.parametrize(
    "group", [(), *((name,) for name, place in COMMANDS.items() if place.endswith(":app"))], ids=str
)
def test_a_list_of_commands_says_each_in_a_line(group: tuple[str, ...]) -> None:
    """No sentence is cut off."""
    lines = listed(helped(*group))
    assert lines
    for name, says in lines.items():
        assert says.endswith((".", "…")), (group, name, says)
        assert not says.endswith("..."), (group, name, says)


@pytest.mark.parametrize("document", ["README.md", "CHANGELOG.md"])
def test_every_command_that_a_document_names_is_there(document: str) -> None:
    """With its sub-command, where it has some; so for the targets of make."""
    text = (ROOT / document).read_text(encoding="utf-8")
    for command, below in re.findall(r"(?:`|bin/)monitor ([a-z]+)(?: ([a-z-]+))?", text):
        assert command in COMMANDS, command
        group = listed(helped(command))
        assert not group or not below or below in group, (command, below)
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE)) <= targets
