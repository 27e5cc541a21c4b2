"""Owns turning the bytes on the wire into a body, within a limit that holds while they are inflated.

A few hundred bytes of compressed data can hold gigabytes, so nothing is decompressed without a bound on what comes out.
"""

from __future__ import annotations

import zlib

GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_MOST_MEMBERS = 1000
"""Gzip streams in one body: each costs a copy of the rest of its chunk, so a million empty ones are refused."""


class BodyTooLargeError(Exception):
    """The body has more bytes than the limit, on the wire or inflated."""


class BrokenCompressionError(Exception):
    """The bytes are not what the server's Content-Encoding says."""


class BodyReader:
    """Collect a body chunk by chunk and stop at the limit.

    `gzip` is recognised by its magic bytes, not by the header alone: servers that compress a file and forget to say so,
    and servers that say so and do not compress, are both common.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._taken = 0
        self._held = b""
        self._parts: list[bytes] = []
        self._size = 0
        self._inflater: zlib._Decompress | None = None
        self._members = 0
        self._decided = False

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes from the wire.

        Raises:
            BodyTooLargeError: the limit is passed.
            BrokenCompressionError: the compressed data is damaged.
        """
        self._taken += len(chunk)
        if self._taken > self._limit:
            raise BodyTooLargeError
        if not self._decided:
            self._held += chunk
            if len(self._held) < len(GZIP_MAGIC):
                return
            chunk, self._held = self._held, b""
            self._decided = True
            if chunk.startswith(GZIP_MAGIC):
                self._inflater = zlib.decompressobj(_GZIP_WINDOW)
        if self._inflater is None:
            self._keep(chunk)
        else:
            self._inflate(chunk)

    def body(self) -> bytes:
        """Return what came; a stream that was cut gives what could be inflated of it."""
        return b"".join(self._parts) + self._held

    def _inflate(self, data: bytes) -> None:
        while data:
            assert self._inflater is not None
            if self._inflater.eof:  # a further member: several gzip streams one after another are one body
                if not data.startswith(GZIP_MAGIC):
                    return  # padding behind the last member
                self._members += 1
                if self._members > _MOST_MEMBERS:
                    raise BrokenCompressionError("too many gzip members")
                self._inflater = zlib.decompressobj(_GZIP_WINDOW)
            try:
                self._keep(self._inflater.decompress(data, self._limit - self._size + 1))
            except zlib.error as error:
                raise BrokenCompressionError(str(error)) from error
            data = self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._limit:
            raise BodyTooLargeError
        self._parts.append(part)
