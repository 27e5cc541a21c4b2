"""Where a sentence ends, in the scripts the news comes in.

Owns one decision: whether a full stop, question mark or its like ends a sentence. Rules ask it for SAME_SENTENCE;
nothing is summarised or cut by it, so a doubtful case may go either way. A new line inside a paragraph does not end a
sentence (feeds wrap lines), a paragraph does.

A sign ends a sentence where what follows can begin one: space before a capital, a digit, a quotation mark or a letter
without case; or a capital at once, as glued text has it (`country.According`). A full stop does not end one after an
initial (`A. Khan`, `U.S.`), after the titles and shortenings of newspaper English, German and Turkish listed here, nor
between digits. Signs of scripts that have no other use (`۔` `؟` `。` `！` `？` `।`) always do.
"""

from __future__ import annotations

import re

_SHORTENINGS_TEXT = """
    mr mrs ms dr prof gen lt col maj brig capt cmdr adm sgt cpl pvt gov sen rep pres hon rev st mt ft no nos vs etc inc
    ltd co corp dept est approx ca cf al op vol pp fig jan feb mar apr jun jul aug sept sep oct nov dec mon tue wed thu
    fri sat sun eg ie dipl ing bzw usw evtl vgl nr str abs bd hrsg jh mio mrd ggf inkl sog tel zb av doç yrd alb bkz vb
    vd örn sn
"""
_SHORTENINGS = frozenset(_SHORTENINGS_TEXT.split())
_ALWAYS = "۔؟。！？।॥…"
_END = re.compile(
    rf"""[{_ALWAYS}]+[\"'’”»)\]」』]*          # a sign that ends whatever follows
      | [.!?]+[\"'’”»)\]]*(?=\s|$)            # an ordinary sign before space
      | (?<=[^\W\d_][^\W\d_])[.!?](?=[^\W\d_a-z])   # glued: two letters, the sign, a letter that is no small ASCII one
    """,
    re.VERBOSE,
)
_LAST_WORD = re.compile(r"[^\W\d_]+\Z")
_LONGEST_WORD = 40


def sentence_ends(text: str) -> list[int]:
    """Return the offsets in code points at which sentences end, rising; the end of the text is not among them.

    The offset is after the sign and the quotation marks that close with it.
    """
    ends = []
    for found in _END.finditer(text):
        start, end = found.span()
        if text[start] in _ALWAYS or _is_end(text, start, end):
            ends.append(end)
    return ends


def _is_end(text: str, start: int, end: int) -> bool:
    following = text[end : end + 8].lstrip()
    if following and following[0].islower():
        return False
    if text[start] != "." or end - start > 1:
        return True
    word = _LAST_WORD.search(text, max(0, start - _LONGEST_WORD), start)
    if word is None:
        return True
    is_initial = len(word[0]) == 1 and word[0].isupper()
    return not is_initial and word[0].casefold() not in _SHORTENINGS
