"""Owns the parser's child process: reads documents from stdin, writes outcomes to stdout, holds itself to its limits.

Run as `python -m monitor.feeds.worker SECONDS BYTES`. It imports the parser and nothing else of the monitor, ends when
its stdin does, and is killed by its own alarm should the parent be gone while a document makes it spin.
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import sys
from typing import BinaryIO

from monitor.feeds.document import parse_document
from monitor.feeds.wire import LENGTH, decode_request, encode_outcome, frame
from monitor.model import ParseFailed, ParseFault, ParseOutcome

GRACE_SECONDS = 2.0
"""The parent kills a worker at the limit; the worker's own alarm comes so much later, for when there is no parent."""
_LOWER_PRIORITY = 5


def serve(requests: BinaryIO, answers: BinaryIO, timeout_seconds: float) -> None:
    """Answer each document with one outcome, until the requests end or memory is short."""
    while True:
        request = _read_frame(requests)
        body = _read_frame(requests)
        if request is None or body is None:
            return
        signal.setitimer(signal.ITIMER_REAL, timeout_seconds + GRACE_SECONDS)
        headers, url = decode_request(request)
        starved = False
        try:
            answer = encode_outcome(_outcome(body, headers, url))
        except MemoryError:
            starved = True
            answer = encode_outcome(ParseFailed(ParseFault.MEMORY, "the document needs more memory than it may have"))
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(frame(answer))
        answers.flush()
        if starved:
            return  # what is left of this process is not worth keeping
        del request, body, answer


def _outcome(body: bytes, headers: dict[str, str], url: str) -> ParseOutcome:
    try:
        return parse_document(body, headers, url)
    except MemoryError:
        raise
    except Exception as error:  # any fault of a reader costs its document, not the worker, and is told
        return ParseFailed(
            ParseFault.CRASHED, f"the parser failed on the document: {type(error).__name__}: {error}"[:300]
        )


def _read_frame(stream: BinaryIO) -> bytes | None:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    payload = stream.read(length)
    return payload if len(payload) == length else None


def main() -> None:
    """Take the limits from the command line and serve."""
    timeout_seconds, memory_bytes = float(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this process in its own time
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        os.nice(_LOWER_PRIORITY)
    gc.freeze()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print must not end up between the frames
    serve(sys.stdin.buffer, answers, timeout_seconds)


if __name__ == "__main__":
    main()
