"""Owns handing documents to the parser's child processes, and what is said when one of them fails.

What a document *is* stands in `document`; this module never looks into one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from monitor.feeds.children import ChildLostError, Children, ChildTimeoutError, module_command
from monitor.feeds.wire import decode_outcome, encode_request
from monitor.model import Fetched, ParseFailed, ParseFault, ParseOutcome

_LONG_ANSWER_BYTES = 1_000_000
"""An answer that takes longer to decode than other work should wait (10 MB/s): it is decoded in a thread."""

LONGEST_PARSE_SECONDS = 15.0
"""Of processor time. A hundred thousand entries (9 MB) take 3 to 4 s of it here."""


class FeedParser:
    """Parse documents in child processes with a time and a memory limit (`ports.Parser`). Belongs to one event loop.

    A document that makes the parser spin, or die, costs its feed this poll, and no other feed a second.
    """

    def __init__(
        self,
        *,
        workers: int = 2,
        cpu_seconds: float = LONGEST_PARSE_SECONDS,
        memory_bytes: int = 512 * 1024 * 1024,
        command: Sequence[str] = module_command("monitor.feeds.worker"),
    ) -> None:
        """Remember the limits; a worker is started when the first document needs it.

        Args:
            workers: documents parsed at the same time.
            cpu_seconds: of processor time for one document.
            memory_bytes: of address space for one worker.
            command: what starts a worker; the limits are added to it.
        """
        self._children = Children(command, workers=workers, cpu_seconds=cpu_seconds, memory_bytes=memory_bytes)

    async def parse(self, document: Fetched) -> ParseOutcome:
        if not document.body.strip():
            return ParseFailed(ParseFault.EMPTY, "the answer has no content")
        try:
            answer = await self._children.ask(encode_request(document.headers, document.url), document.body)
            if len(answer) > _LONG_ANSWER_BYTES:
                return await asyncio.to_thread(decode_outcome, answer)
            return decode_outcome(answer)
        except ChildTimeoutError as error:
            return ParseFailed(ParseFault.TIMEOUT, f"the parser took too long: {error}")
        except ChildLostError as error:
            return ParseFailed(ParseFault.CRASHED, f"the parser failed on the document: {error}")
        except ValueError:
            return ParseFailed(ParseFault.CRASHED, "the parser gave an answer that is none")

    async def aclose(self) -> None:
        await self._children.aclose()
