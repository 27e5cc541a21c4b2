"""How many a sentence counts: "12 soldiers were killed", "killing 12", "the death toll rises to 12".

Owns the grammar of numbers beside what they count, in the languages of the table. Every figure is of a kind and a
party; a number that cannot be read for certain is left out. Each reading looks a few tokens to either side, so a
sentence costs what it is long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.desks.differences.amounts import Amount, amount_at
from monitor.desks.differences.lexicon import Token

COUNTED = ("killed", "missing", "kidnapped", "injured", "arrested", "displaced", "freed")
"""Kinds of figures that count people, weightiest first."""
_BEFORE, _AFTER, _TOLL = 8, 4, 20
"""Tokens between a number and the word behind it ("12 people on their way to Quetta were killed"), before it ("killing
at least 12"), and between a toll and its number ("the toll of the attack on the police lines in Bannu rose to 14")."""
_PART = 12
"""Tokens of a stretch between commas that may name a part: "including two girls"."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as one sentence gives it."""

    kind: str
    party: str
    """Who is counted: "soldiers", "" for a plain total. Of a sum its currency."""
    amount: Amount
    rises: bool = False
    """Whether the sentence says that it grew: what was lower before is old."""


def figures_of(tokens: Sequence[Token]) -> list[Figure]:
    """Return how many a sentence counts, in its order; none where it tells of another event or time, or denies."""
    if any(token.has("elsewhere") or token.has("denied") for token in tokens):
        return []
    return _Counting(tokens).figures()


@dataclass(frozen=True, slots=True)
class _Count:
    place: int
    """Of the word that says what was done."""
    kind: str
    party: str
    number: int
    """Place of the number."""


class _Counting:
    """The numbers of one sentence, each given to one kind at most."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.kinds = [next((kind for kind in COUNTED if token.has(kind)), None) for token in tokens]
        self.taken: set[int] = set()
        self.counted: dict[int, str] = {}
        """Parties of what was counted so far, by the place of its word."""

    def figures(self) -> list[Figure]:
        by_key: dict[tuple[str, str], list[_Count]] = {}
        for place, kind in enumerate(self.kinds):
            if kind is not None and not self._is_shared(place, kind):
                for count in self._counts_at(place, kind):
                    by_key.setdefault((kind, count.party), []).append(count)
        parted = {count.kind for counts in by_key.values() for count in counts if self._is_parted(count)}
        told = []
        for (kind, party), counts in by_key.items():
            # Two numbers of one party beside one word are parts of a total that is not given.
            if kind not in parted and len({count.place for count in counts}) == len(counts):
                amount = amount_at(self.tokens, counts[0].number)
                assert amount is not None
                told.append(Figure(kind, party, amount, self._rises(counts[0])))
        return told

    def _counts_at(self, place: int, kind: str) -> list[_Count]:
        number = self._number_of(place, kind)
        if number is None or number in self.taken:
            return []
        self.taken.add(number)
        if self._is_base(number) or self._is_rest(number, kind) or self._is_increment(number):
            return []
        if self._is_severe(number, place):
            return []
        first = _Count(place, kind, self._party(number, place) or self._party_before(number, place), number)
        self.counted[place] = first.party
        return [first, *self._joined_before(first), *self._joined_behind(first)]

    def _number_of(self, place: int, kind: str) -> int | None:
        token = self.tokens[place]
        if token.value is not None:
            return place  # The Arabic dual: "قتيلان" is two dead.
        if f"{kind}.toll" in token.tags:
            return self._of_toll(place)
        before = self._before(place) if f"{kind}.first" in token.tags else None
        after = self._after(place) if f"{kind}.after" in token.tags else None
        if before is not None and after is not None:
            # "Two bombers killed 12" against "12 were killed 30 injured" and "12 killed 30 injured".
            is_passive = any(one.has("passive") for one in self.tokens[before + 1 : place])
            return before if is_passive or self._counts_something_else(after, kind) else after
        return after if before is None else before

    def _counts_something_else(self, number: int, kind: str) -> bool:
        for at in range(number + 1, min(len(self.tokens), number + 5)):
            if self.tokens[at].breaks:
                return False
            if self.kinds[at] is not None:
                return self.kinds[at] != kind and f"{self.kinds[at]}.first" in self.tokens[at].tags
        return False

    def _before(self, place: int) -> int | None:
        """Find the number before a word, past what names a part: "12 people, including two girls, were killed"."""
        at, is_cut = place - 1, self.tokens[place].breaks
        while at >= max(0, place - _BEFORE - _PART):
            part = None
            if is_cut:
                part = self._part_from(at, _PART)
                if part is None:
                    return None
            elif self.kinds[at] is not None:
                return None
            elif self._is_number(at):
                part = at if self._is_part(at, place) else self._part_from(at - 1, 3)
                if part is None:
                    return at
            # A comma that opens a part is passed with it.
            is_cut = part is None and self.tokens[at].breaks
            at = (at if part is None else part) - 1
        return None

    def _part_from(self, end: int, reach: int) -> int | None:
        """Return where a part begins that ends here: at "including", or at the number of "four of them"; None else."""
        for at in range(end, max(-1, end - reach), -1):
            if self.tokens[at].has("part"):
                return at - 1 if at and self.tokens[at - 1].value is not None and not self.tokens[at].breaks else at
            if self.tokens[at].breaks:
                return None
        return None

    def _is_part(self, number: int, place: int) -> bool:
        """Say whether a word behind a number says that it is a part: Urdu "سمیت"."""
        return any(token.has("part_before") for token in self.tokens[number + 1 : min(place, number + 5)])

    def _after(self, place: int) -> int | None:
        for at in range(place + 1, min(len(self.tokens), place + 1 + _AFTER)):
            token = self.tokens[at]
            if token.breaks:
                return None
            if self._is_number(at):
                return at
            if not (token.has("bound") or token.has("filler") or token.has("article")):
                return None
        return None

    def _of_toll(self, place: int) -> int | None:
        """Find the number of a toll: behind it, and not the one that it rose from; else close before it."""
        for at in range(place + 1, min(len(self.tokens), place + 1 + _TOLL)):
            if self.tokens[at].breaks or self.kinds[at] not in (None, "killed"):
                break
            if self._is_number(at) and not self.tokens[at - 1].has("from"):
                return at
        return next((at for at in range(place - 1, max(-1, place - 4), -1) if self._is_number(at)), None)

    def _is_number(self, at: int) -> bool:
        """Say whether a number can count people: no year, age, distance, day of a month or share of others."""
        token = self.tokens[at]
        previous = self.tokens[at - 1] if at else None
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if token.has("range"):
            return previous is None or previous.value is None  # "two dozen" is neither.
        if token.value is None or token.value != int(token.value) or token.value < 1 or at in self.taken:
            return False
        if following is not None and not following.breaks:
            if any(following.has(kind) for kind in _NO_COUNT_BEFORE):
                return False
            if following.hyphened and following.value is None:
                return False
        if previous is not None and (previous.has("month") or previous.has("currency") or token.hyphened):
            return False
        if any(one.has("scale") for one in self.tokens[max(0, at - 2) : at]):
            return False  # "One hundred and twenty" is not twenty.
        return not (1900 <= token.value <= 2100 and token.text.isdigit())

    def _is_shared(self, place: int, kind: str) -> bool:
        """Say whether two kinds share one number: "12 killed and wounded", "مقتل وإصابة 12"."""
        for step in (1, -1):
            at = place + step
            is_joined = 0 <= at < len(self.tokens) and self.tokens[at].has("and")
            at += step if is_joined else 0
            if 0 <= at < len(self.tokens) and self.kinds[at] not in (None, kind):
                first, last = sorted((at, place))
                is_joined = is_joined or self.tokens[last].text.startswith(_ARABIC_AND)
                if is_joined and not any(token.breaks for token in self.tokens[first + 1 : last + 1]):
                    return True
        return False

    def _is_base(self, number: int) -> bool:
        """Say whether a number is what others are a share of: the second of "12 of the 40 passengers"."""
        for at in range(number - 1, max(0, number - 4), -1):
            if self.tokens[at].has("share"):
                return self.tokens[at - 1].value is not None
            if not self.tokens[at].has("article"):
                return False
        return False

    def _is_rest(self, number: int, kind: str) -> bool:
        """Say whether a number counts what is left beside somebody: "a policeman and three others"."""
        behind = self.tokens[number + 1 : number + 3]
        if any(token.has("others") and not token.breaks for token in behind):
            return all(earlier in (None, kind) for earlier in self.kinds[:number])
        if number and self.tokens[number - 1].has("and") and not self._party(number, number):
            return any(token.has("article") for token in self.tokens[max(0, number - 4) : number - 1])
        return False

    def _is_increment(self, number: int) -> bool:
        """Say whether a number comes on top of others: "another two", "two more"; "more than two" does not."""
        near = [*self.tokens[max(0, number - 1) : number], *self.tokens[number + 1 : number + 3]]
        return any(token.has("more") and not (token.has("bound") or token.has("behind")) for token in near)

    def _is_severe(self, number: int, place: int) -> bool:
        """Say whether only the badly hurt are counted: "three critically injured", "three injured seriously"."""
        first, last = sorted((number, place))
        for at in range(first, min(len(self.tokens), last + 4)):
            token = self.tokens[at]
            if at > last and (token.breaks or token.has("and")):
                return False
            if token.has("severe"):
                return True
        return False

    def _is_parted(self, count: _Count) -> bool:
        """Say whether the number is that of one place among several: "two killed in Karachi, three in Lahore"."""
        for at in range(max(count.place, count.number) + 1, len(self.tokens) - 1):
            joins = self.tokens[at].breaks or self.tokens[at - 1].has("and")
            if self.kinds[at] is not None:
                return False
            if joins and self._is_number(at) and self.tokens[at + 1].has("link") and not self.tokens[at + 1].breaks:
                return not any(token.has("site") or token.has("severe") for token in self.tokens[at + 2 : at + 5])
        return False

    def _rises(self, count: _Count) -> bool:
        first, last = sorted((count.place, count.number))
        return any(token.has("rise") for token in self.tokens[max(0, first - 5) : last + 4])

    def _party(self, number: int, place: int) -> str:
        """Name who is counted, by the words behind a number: "soldiers", "" for people, the last word for others."""
        parties: set[str] = set()
        own = self.tokens[number].of("party")
        if own is not None:
            return own
        unknown = named = ""
        for at in range(number + 1, min(len(self.tokens), number + 6)):
            token = self.tokens[at]
            if token.breaks or at == place or token.value is not None:
                break
            party = token.of("party")
            if party is not None:
                parties.add(party)
            elif token.has("people"):
                return ""
            elif not token.tags:
                unknown = token.text
            elif token.has("side") or token.has("body"):
                named = token.text
            else:
                break
        if parties:
            return "+".join(sorted(parties))
        # "200 Taliban killed"; a word that the table does not have names the counted only before what was done.
        return named or (unknown if number < place else "")

    def _party_before(self, number: int, place: int) -> str:
        """Name who is counted on: the soldiers of "12 soldiers were killed and 30 wounded", "" for no such number."""
        at = number - 1
        at -= at > 0 and self.tokens[at].has("bound")
        is_counted_on = at > 0 and self.tokens[at].has("and") and place == number + 1
        return self.counted.get(at - 1, "") if is_counted_on else ""

    def _joined_before(self, first: _Count) -> list[_Count]:
        """Return further numbers before that the same word counts: "12 soldiers and two civilians were killed"."""
        joined: list[_Count] = []
        at = first.number
        while True:
            at -= bool(at) and self.tokens[at - 1].has("bound")
            if not at or not (self.tokens[at - 1].has("and") or self.tokens[at].breaks):
                return joined
            other = next((n for n in range(at - 1, max(-1, at - 6), -1) if self._is_number(n)), None)
            if other is None or any(self.kinds[other + 1 : at]):
                return joined
            party = self._party(other, other)
            if not party and not any(token.has("people") for token in self.tokens[other + 1 : at]):
                return joined
            self.taken.add(other)
            joined.append(_Count(first.place, first.kind, party, other))
            at = other

    def _joined_behind(self, first: _Count) -> list[_Count]:
        """Return a further number behind that the same word counts: "killing 12 soldiers and two civilians"."""
        if first.number < first.place:
            return []
        span = range(first.number + 1, min(len(self.tokens) - 1, first.number + 7))
        joint = next((n for n in span if self.tokens[n].has("and")), None)
        if joint is None or not self._is_number(joint + 1) or any(self.kinds[joint + 2 : joint + 6]):
            return []
        self.taken.add(joint + 1)
        if any(token.has("others") for token in self.tokens[joint + 2 : joint + 6]):
            return []
        return [_Count(first.place, first.kind, self._party(joint + 1, joint + 1), joint + 1)]


_ARABIC_AND = "و"
"""Written as one word with what it joins."""
_NO_COUNT_BEFORE = ("unit", "month", "solar_month", "scale", "range", "share")
"""What a number does not stand before when it counts people: "12 km", "25 November", "two of them"."""
