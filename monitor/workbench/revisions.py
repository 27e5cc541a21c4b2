"""The rule book to compare with: as a folder has it, or as the rule files stood at a revision of git.

Owns the calls to git. It reads objects by name and changes nothing: no checkout, no index, no working tree.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from monitor.errors import InputError
from monitor.rules.book import RuleBook
from monitor.rules.files.folder import SUFFIXES, RuleFile
from monitor.rules.files.load import load_files, load_rule_book

HEAD = "HEAD"
GIT_SECONDS = 60.0
"""A git that takes longer waits for something that will not come."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A rule book and where it came from."""

    book: RuleBook
    name: str
    """For people: "HEAD (3f2a91c)" or the folder."""


def revision(folder: Path, against: str | None) -> Revision:
    """Load the book that the rule files of a folder are compared with.

    Args:
        folder: Where the edited files are.
        against: A folder, or a revision as git names them; None: HEAD. A folder wins over a revision of that name.

    Raises:
        InputError: The folder is not in git, or git has no such revision of it; the message says what to give instead.
        RuleBookError: The files give no book.
    """
    if against is not None and Path(against).is_dir():
        return Revision(load_rule_book(Path(against)), against)
    wanted = against or HEAD
    commit = _commit(folder, wanted)
    files = _files(folder, wanted, commit)
    if not files:
        raise InputError(f"{folder} held no rule file at {wanted}; name another revision or a folder with --against")
    return Revision(load_files(files).book, f"{wanted} ({commit[:7]})")


def _commit(folder: Path, wanted: str) -> str:
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder")
    inside = _git(folder, "rev-parse", "--is-inside-work-tree")
    if inside.returncode != 0 or inside.stdout.strip() != b"true":
        said = inside.stderr.decode(errors="replace").strip().splitlines()
        raise InputError(
            f"{folder} is not in git, so there is no book to compare with; name a folder that holds the live rules: "
            f"--against DIR" + (f" (git says: {said[0]})" if said else "")
        )
    found = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{wanted}^{{commit}}")
    if found.returncode != 0:
        raise InputError(f"{wanted!r} is neither a folder nor a revision that git knows in {folder}")
    return found.stdout.decode().strip()


def _files(folder: Path, wanted: str, commit: str) -> list[RuleFile]:
    """Read the rule files under a folder at a commit: the same names that `rules.files` would read from it."""
    listed = _git(folder, "ls-tree", "-r", "-z", commit)
    if listed.returncode != 0:
        raise InputError(f"git cannot list {folder} at {wanted}: {listed.stderr.decode(errors='replace').strip()}")
    blobs: list[tuple[str, str]] = []
    for line in listed.stdout.split(b"\0"):
        described, _, name = line.decode("utf-8", "surrogateescape").partition("\t")
        mode, kind, blob = described.split() if described else ("", "", "")
        if kind == "blob" and mode != "120000" and _is_rule_file(name):
            blobs.append((blob, name))
    blobs.sort(key=lambda pair: pair[1])
    read = _git(folder, "cat-file", "--batch", given="".join(f"{blob}\n" for blob, _ in blobs).encode())
    files = []
    rest = read.stdout
    for _, name in blobs:
        # "<object> blob <size>", a line feed, so many bytes, a line feed (git-cat-file(1), "Batch output").
        head, _, rest = rest.partition(b"\n")
        size = int(head.rpartition(b" ")[2])
        files.append(RuleFile(f"{wanted}:{name}", rest[:size]))
        rest = rest[size + 1 :]
    return files


def _is_rule_file(name: str) -> bool:
    path = PurePosixPath(name)
    return path.name.endswith(SUFFIXES) and not any(part.startswith(".") for part in path.parts)


def _git(folder: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("git")
    if program is None:
        raise InputError("git is not installed here; name a folder that holds the live rules: --against DIR")
    try:
        return subprocess.run(  # noqa: S603 - a fixed program; its arguments are ours but for a revision, after a guard
            [program, "-C", str(folder), *arguments],
            input=given,
            capture_output=True,
            timeout=GIT_SECONDS,
            check=False,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(f"git did not answer within {GIT_SECONDS:.0f} s in {folder}") from error
