"""Which files of a folder are rule files, their bytes, and one fingerprint of them all.

Owns the walk through the folder and the limits on size. It refuses to know what stands in a file (`source`, `load`).

A rule file ends in `.yaml` or `.yml`, at any depth. Names that begin with a dot are left out: editors keep their swap
files so, and a mounted Kubernetes ConfigMap keeps each version of all its files in a folder `..2026_11_20_…` beside
the links that name them, which would give every id twice.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import Problem

SUFFIXES = (".yaml", ".yml")

MAX_FILE_BYTES = 32 * 1024 * 1024
"""Past this a file is no rule file: 100,000 rules with a test each take about 25 MB."""


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One rule file as it stood when it was read."""

    name: str
    """The folder as it was given, then the path inside it, with forward slashes: what messages print."""
    data: bytes


def read_rule_files(folder: Path) -> tuple[list[RuleFile], list[Problem]]:
    """Read every rule file of a folder.

    Returns:
        The files in the order of their names, and a problem for each that cannot be read. A folder that is missing, or
        that holds no rule file, is a problem too: a volume that failed to mount must never pass for a watch without
        rules.
    """
    if not folder.is_dir():
        why = "this is a file: name the folder of rule files" if folder.is_file() else "there is no such folder"
        return [], [Problem(folder.as_posix(), 1, 1, why)]
    files: list[RuleFile] = []
    problems: list[Problem] = []
    paths = _rule_paths(folder)
    if not paths:
        problems.append(Problem(folder.as_posix(), 1, 1, "the folder holds no *.yaml file"))
    for path in paths:
        name = path.as_posix()
        try:
            size = path.stat().st_size
            if size > MAX_FILE_BYTES:
                problems.append(Problem(name, 1, 1, f"the file has {size} bytes; the limit is {MAX_FILE_BYTES}"))
                continue
            files.append(RuleFile(name, path.read_bytes()))
        except OSError as error:
            problems.append(Problem(name, 1, 1, f"the file cannot be read: {error.strerror or error}"))
    return files, problems


def fingerprint(folder: Path) -> str:
    """Hash the names and bytes of all rule files of a folder: equal as long as a reload would read the same.

    Returns:
        64 hexadecimal digits (SHA-256). What cannot be read counts by the reason it cannot, so that a file that comes
        back changes the fingerprint; nothing is raised.
    """
    files, problems = read_rule_files(folder)
    digest = hashlib.sha256()
    for file in files:
        name = file.name.encode("utf-8", "surrogateescape")
        digest.update(b"file %d %d\n" % (len(name), len(file.data)))
        digest.update(name)
        digest.update(file.data)
    for problem in problems:
        digest.update(b"problem " + str(problem).encode("utf-8", "surrogateescape") + b"\n")
    return digest.hexdigest()


def _rule_paths(folder: Path) -> list[Path]:
    """List the rule files under a folder by name; links to folders are followed, each real folder once."""
    found: list[Path] = []
    seen: set[str] = set()
    for root, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(root)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        here = Path(root)
        found += [here / name for name in names if name.endswith(SUFFIXES) and not name.startswith(".")]
    return sorted(path for path in found if not path.is_dir())
