"""Owns the child process that finds an article's text in its page. The only home of trafilatura, which is an extra.

Run as `python -m monitor.feeds.extract SECONDS BYTES` (see `worker`). Without the extra every answer says so.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

from monitor.feeds.worker import serve

try:
    trafilatura: Any = import_module("trafilatura")
except ImportError:
    trafilatura = None

MISSING = "full text needs the extra: pip install news-monitor[full-text]"


def extracted(body: bytes, headers: dict[str, str], url: str) -> bytes:
    """Answer with the text of an article, paragraphs parted by an empty line, or with why there is none."""
    answer: dict[str, Any] = {"text": "", "because": ""}
    if trafilatura is None:
        answer["because"] = MISSING
    else:
        try:
            text = trafilatura.extract(
                body, url=url, include_comments=False, include_tables=False, favor_precision=True
            )
            answer["text"] = "\n\n".join(line for line in (text or "").splitlines() if line.strip())
            answer["because"] = "" if answer["text"] else "no article was found on its page"
        except MemoryError:
            raise
        except Exception as error:
            answer["because"] = f"its page could not be read ({type(error).__name__})"
    return json.dumps(answer).encode("ascii")


def main() -> None:
    """Extract texts until there are no more pages."""
    serve(extracted, json.dumps({"text": "", "because": "its page needs more memory than it may have"}).encode("ascii"))


if __name__ == "__main__":
    main()
