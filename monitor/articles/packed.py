"""A signature as bytes: what the window holds of an article in memory, and the store beside it.

Owns the layout and its version. It refuses to know what a signature is for. About 900 bytes an article of 300 words,
where the objects of a signature take ten thousand.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from zlib import crc32

from monitor.articles import concepts, genres, signature, stems
from monitor.articles.signature import Affair, Signature, by_kind

_LAYOUT = 5
"""Raised with every change of this module, of `signature.py` or of what a word is."""
VERSION = crc32(
    repr(
        (
            _LAYOUT,
            concepts.TABLE,
            genres.TABLE,
            signature.SHINGLE_WORDS,
            signature.DENSE_WINDOW,
            signature.SPARSE_WINDOW,
            signature.DENSE_WORDS,
            signature.EVENT_WORDS,
            signature.TITLE_WEIGHT,
            signature.TAIL_WEIGHT,
            signature.LEAD_WORDS,
            signature.NAME_WEIGHT,
            signature.CONCEPT_WEIGHT,
            stems.STEM_LETTERS,
            hash((1, 2, 3, 4)),  # shingles are hashed as tuples, which another Python may do otherwise
            unicodedata.unidata_version,
        )
    ).encode()
)
"""Names the way from a text to its signature: what was packed under another version is made from the text again."""
_HEAD = struct.Struct("<dIH")
"""Length of the features, words of the text, number of fingerprints."""


def pack(item: Signature) -> bytes:
    """Write a signature without the article's id and time, which stand beside it wherever it is kept."""
    fingerprints = sorted(item.fingerprints)
    head = _HEAD.pack(item.length, item.words, len(fingerprints)) + struct.pack(f"<{len(fingerprints)}I", *fingerprints)
    by_weight: dict[tuple[bool, float], list[str]] = {}
    for feature, weight in item.features.items():
        by_weight.setdefault((":" in feature, weight), []).append(feature)
    lines = [item.language, item.script, "1" if item.is_known else "", item.focus, item.deed, item.genre]
    lines += [" ".join(item.headline), " ".join(item.names), " ".join(item.numbers)]
    lines.append("" if item.affair is None else _affair_line(item.affair))
    lines += [f"{':' * named}{weight} {' '.join(told)}" for (named, weight), told in by_weight.items()]
    return head + "\n".join(lines).encode("utf-8", "surrogatepass")


def unpack(article_id: int, at: datetime, packed: bytes) -> Signature:
    """Read what `pack` wrote."""
    length, words, count = _HEAD.unpack_from(packed)
    fingerprints = frozenset(struct.unpack_from(f"<{count}I", packed, _HEAD.size))
    text = packed[_HEAD.size + 4 * count :].decode("utf-8", "surrogatepass")
    language, script, known, focus, deed, genre, headline, names, numbers, affair, *weighed = text.split("\n")
    features: dict[str, float] = {}
    named: list[str] = []
    for line in weighed:
        weight, _, joined = line.partition(" ")
        told = joined.split(" ")
        if weight[0] == ":":
            named += told
            weight = weight[1:]
        features.update(dict.fromkeys(told, float(weight)))
    return Signature(
        article_id=article_id,
        at=at,
        language=language,
        script=script,
        is_known=bool(known),
        words=words,
        fingerprints=fingerprints,
        features=features,
        concepts=by_kind(named),
        focus=focus,
        deed=deed,
        genre=genre,
        headline=frozenset(headline.split()),
        names=frozenset(names.split()),
        numbers=frozenset(numbers.split()),
        affair=_affair(affair) if affair else None,
        length=length,
    )


def _affair_line(affair: Affair) -> str:
    told: Iterable[Iterable[str]] = (affair.actors, [affair.event], [affair.deed], affair.said, affair.places)
    return "\t".join(" ".join(each) for each in told)


def _affair(line: str) -> Affair:
    actors, event, deed, said, places = line.split("\t")
    return Affair(frozenset(actors.split(" ")), event, deed, frozenset(said.split()), frozenset(places.split()))
