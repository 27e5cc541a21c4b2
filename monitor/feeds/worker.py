"""Owns the child's side of `children`: reads questions from stdin, answers on stdout, keeps itself to its limits.

Run as `python -m monitor.feeds.worker SECONDS BYTES` it parses feed documents. It imports the parser and nothing else
of the monitor, ends when its stdin does, and the kernel ends it when one answer takes more processor time than it may,
whether the parent is still there or not.
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import BinaryIO

from monitor.feeds.document import parse_document
from monitor.feeds.wire import KEEP, LENGTH, READY, REPLACE, decode_request, encode_outcome, frame
from monitor.model import ParseFailed, ParseFault

_LOWER_PRIORITY = 5

Answerer = Callable[[bytes, dict[str, str], str], bytes]
"""Takes a body, its headers and its address, and returns the answer."""


def serve(answer_of: Answerer, when_starved: bytes) -> None:
    """Take the limits from the command line and answer questions until they end.

    Args:
        answer_of: must not raise but for want of memory.
        when_starved: the answer to a question that needs more memory than there may be; the child ends after it.
    """
    cpu_seconds, memory_bytes = float(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this process in its own time
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends the process, whatever the parent does with it
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        os.nice(_LOWER_PRIORITY)
    gc.freeze()  # what was imported is not searched for garbage with each document: that was a third of its time
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print must not end up between the frames
    answers.write(READY)
    answers.flush()
    while True:
        head, body = _read_frame(sys.stdin.buffer), _read_frame(sys.stdin.buffer)
        if head is None or body is None:
            return
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        headers, url = decode_request(head)
        starved = False
        try:
            answer = answer_of(body, headers, url)
        except MemoryError:
            starved, answer = True, when_starved
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write((REPLACE if starved else KEEP) + frame(answer))
        answers.flush()
        if starved:
            return  # what is left of this process is not worth keeping
        del head, body, answer


def _read_frame(stream: BinaryIO) -> bytes | None:
    size = stream.read(LENGTH.size)
    if len(size) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(size)
    payload = stream.read(length)
    return payload if len(payload) == length else None


def parsed(body: bytes, headers: dict[str, str], url: str) -> bytes:
    """Parse one document and write the outcome; a fault of a reader costs its document, not the child, and is told."""
    try:
        outcome = parse_document(body, headers, url)
    except MemoryError:
        raise
    except Exception as error:
        detail = f"the parser failed on the document: {type(error).__name__}: {error}"
        outcome = ParseFailed(ParseFault.CRASHED, detail[:300])
    return encode_outcome(outcome)


def main() -> None:
    """Parse documents until there are no more."""
    starved = ParseFailed(ParseFault.MEMORY, "the document needs more memory than it may have")
    serve(parsed, encode_outcome(starved))


if __name__ == "__main__":
    main()
