"""Rule files written for a test, and what loading them says."""

from __future__ import annotations

import textwrap
from pathlib import Path

from monitor.errors import Problem, RuleBookError
from monitor.rules.files.folder import RuleFile
from monitor.rules.files.load import LoadedBook, load_files

DESK = """\
desks:
  - id: south-asia
    digests: ["07:00"]
    channels: [{email: desk@example.org}]
"""


def loaded(*texts: str) -> LoadedBook:
    """Load rule files given as texts; they are named a.yaml, b.yaml and so on."""
    files = [RuleFile(f"{chr(97 + index)}.yaml", textwrap.dedent(text).encode()) for index, text in enumerate(texts)]
    return load_files(files)


def problems_of(*texts: str | bytes) -> list[Problem]:
    """Return what is wrong with rule files, [] for good ones."""
    files = [
        RuleFile(f"{chr(97 + index)}.yaml", text if isinstance(text, bytes) else textwrap.dedent(text).encode())
        for index, text in enumerate(texts)
    ]
    try:
        load_files(files)
    except RuleBookError as error:
        return list(error.problems)
    return []


def written(folder: Path, **texts: str) -> Path:
    """Write rule files (name without suffix = text) into a folder and return the folder."""
    for name, text in texts.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    return folder
