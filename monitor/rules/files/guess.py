"""What a misspelt name was probably meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(written: str, known: Iterable[str]) -> str:
    """Return "; did you mean 'aliases'?" for the known name nearest to what was written, "" where none is near.

    Case does not count. A known name that begins with what was written is near as well.
    """
    by_fold = {name.casefold().replace("_", "-"): name for name in sorted(known)}
    key = written.casefold().replace("_", "-")
    near = difflib.get_close_matches(key, by_fold, n=1, cutoff=0.6)
    if not near and len(key) >= 3:
        near = [name for name in by_fold if name.startswith(key) or key.startswith(name)][:1]
    return f"; did you mean {by_fold[near[0]]!r}?" if near else ""
