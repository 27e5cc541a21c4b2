"""What kind of change a publisher made to a known article.

Owns the judgement and its words; it neither finds the article nor tells anyone. A change is judged by what differs
between sentences, never by how many characters do: one "not" is material, a page of commas is cosmetic.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.articles.identity import content_words, words_of
from monitor.model import Change, Edit, Zone
from monitor.text.zones import zones_of


class EditKind(StrEnum):
    """How much a change matters to someone who was told of the article."""

    SAME = "same"  # the words are the same
    CUT = "cut"  # only what was known already, less of it
    FULLER = "fuller"  # what was known already, and more of the same text
    COSMETIC = "cosmetic"  # spelling, order, a synonym
    MATERIAL = "material"  # numbers, names, negation, the sense of the headline, new sentences
    CORRECTION = "correction"  # the publisher says that something was wrong
    RETRACTION = "retraction"  # the publisher takes the article back

    @property
    def is_news(self) -> bool:
        """Say whether someone who was told of the article should hear of the change."""
        return self in (EditKind.MATERIAL, EditKind.CORRECTION, EditKind.RETRACTION)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A kind of change, the reason in words, and the sentence that shows it."""

    kind: EditKind
    because: str
    before: str = ""
    """The sentence as it was; "" where one was added."""
    after: str = ""
    """The sentence as it is now; "" where one was taken out."""
    shows: bool = False
    """Whether a reader of the old sentence was told something else: a number, a name, a negation, a notice."""


_NOTICE = r"^[^\w]*(?:updates? and )?"
"""Where a notice begins: at the beginning of a headline or a sentence, "(Corrects …" and "CORRECTION:" too."""
_ITEM = r"(?:this|the|an? (?:earlier|previous)) (?:article|story|report|item|text|version|dispatch|headline)"
# How newspapers say that they take a report back, or what was wrong in it; own collection, in the languages of the
# watch. A minister who retracts a word, and a correction in a market, open no notice.
_RETRACTS = re.compile(
    rf"{_NOTICE}(?:retract(?:ed|s|ion)\b|withdrawn\b|(?:mandatory )?kill notice\b|mandatory kill\b|zurückgezogen\b)"
    rf"|\b{_ITEM} (?:has been|was|is|have been) (?:retracted|withdrawn|taken down|removed|deleted)\b"
    r"|\bwrong and has been (?:withdrawn|taken down|removed)\b|\b(?:story|article|report) (?:withdrawn|retracted)\b"
    r"|\bartikel wurde zurückgezogen\b|\bhaberi? geri çekil(?:di|miştir)\b|خبر واپس لے|تم سحب (?:الخبر|المقال)"
    r"|(?:материал|статья|новость|сообщение) отозван[ао]?\b",
    re.IGNORECASE,
)
_CORRECTS = re.compile(
    rf"{_NOTICE}(?:correct(?:ion|ions|ed|s|ing)|clarification|editor.s note|berichtigung|korrektur|korrigiert"
    r"|richtigstellung|düzeltme|tekzip|correctif|rectificatif|corrección|fe de erratas|تصحیح|تصحيح|اصلاحیه|исправлен\w*"
    r"|уточнение)\b(?! (?:officers?|facilit\w+|cent(?:er|re)s?|of course))"
    rf"|\b{_ITEM} (?:has been|was|is|have been) corrected\b|\b(?:an earlier|previous) version of this\b"
    r"|\bin einer früheren version\b|\bdans une version précédente\b|\ben una versión anterior\b",
    re.IGNORECASE,
)
# Words that turn a statement round, in the languages of the shipped feeds.
_NEGATIONS = frozenset({
    "no", "not", "never", "without", "deny", "denies", "denied", "denial", "reject", "rejects", "rejected", "refuse",
    "refuses", "refused", "nor", "false", "fake",
    "nicht", "kein", "keine", "keinen", "nie", "ohne", "dementiert", "pas", "non", "ne", "sans", "dément", "nunca",
    "değil", "yok", "hayır", "reddetti", "yalanladı", "asla", "sin", "niega", "не", "нет", "без", "отрицает",
    "نہیں", "نہ", "بغیر", "تردید", "مسترد", "لا", "لم", "لن", "ليس", "نفى", "نفت", "رفض", "رفضت", "نیست", "نکرد",
    "تکذیب",
})  # fmt: skip
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_TELLS_TIME = re.compile(
    r"\b\d{1,2}:\d{2}\b|\b\d+ (?:min(?:ute)?s?|hours?) (?:ago|read)\b|\b\d+ (?:comments?|views?|shares?)\b",
    re.IGNORECASE,
)
"""What counts up by itself beside a text: "updated 14:05", "3 hours ago", "12 comments"."""
_SHOWN_AT_MOST = 140
"""Code points of a sentence that is shown: two of them and the reason fit a digest's line."""
_SENTENCE_END = re.compile(r"(?<=[.!?。۔؟।])[\"”’»)]?\s+|\n+")
_COSMETIC_WORDS_AT_MOST = 3
_CHANGED_AT_MOST = 50
"""Changed sentences that are compared with each other; a text that differs in more was written anew."""
_NAME = re.compile(r"(?<!\w)[A-ZÀ-ÖØ-ÞİŞĞ][\w'’-]+")


def judge(old_title: str, old_text: str, new_title: str, new_text: str) -> Judgement:
    """Say what kind of change lies between two versions of one article.

    Args:
        old_title: Headline as it was known.
        old_text: Text as it was known, without boilerplate.
        new_title: Headline now.
        new_text: Text now, without boilerplate.
    """
    if words_of(old_title) == words_of(new_title) and words_of(old_text) == words_of(new_text):
        return Judgement(EditKind.SAME, "the words are the same")
    old, new = _sentences(old_title, old_text), _sentences(new_title, new_text)
    old_said, new_said = {" ".join(words_of(s)): s for s in old}, {" ".join(words_of(s)): s for s in new}
    gone = [s for words, s in old_said.items() if words not in new_said][:_CHANGED_AT_MOST]
    come = [s for words, s in new_said.items() if words not in old_said][:_CHANGED_AT_MOST]
    for pattern, kind, what in (
        (_RETRACTS, EditKind.RETRACTION, "the publisher takes it back"),
        (_CORRECTS, EditKind.CORRECTION, "the publisher corrects it"),
    ):
        notice = next((s for s in come if pattern.search(s)), None)
        if notice is not None and not any(map(pattern.search, old)):
            return Judgement(kind, f"{kind}: {what}", _partner(notice, gone), notice, shows=True)
    same_title = words_of(old_title) == words_of(new_title)
    if same_title and _is_inside(new_text, old_text):
        return Judgement(EditKind.CUT, "cut: a shorter version of the text that is known")
    if same_title and _is_inside(old_text, new_text):
        return Judgement(EditKind.FULLER, "fuller: the known text and more of it")
    return _of_sentences(gone, come)


def change_of(edit: Edit) -> Change:
    """Say for an editor what a changed report tells otherwise, each with what stood there before.

    Other words in the headline do (more than the spelling of one word), another number, name or negation in a sentence,
    a notice of correction or withdrawal. Sentences that are only added or left out do not: reports grow all day.
    """
    judgement = judge(edit.old_title, _news(edit.old_body), edit.new_title, _news(edit.new_body))
    shown = _shown(judgement, edit)
    headline, because = _headline_change(edit)
    is_notice = judgement.kind in (EditKind.CORRECTION, EditKind.RETRACTION)
    if headline and not (shown and _shortened(edit.old_title) in shown):
        return Change(tuple(filter(None, (headline, shown))), is_notice=is_notice)
    return Change((shown,), is_notice=is_notice) if shown else Change(because=because)


def _shown(judgement: Judgement, edit: Edit) -> str:
    """Write what shows a change: "number 7 → 9: “seven were killed” is now “nine were killed”"."""
    before, after = (_shortened(sentence) for sentence in (judgement.before, judgement.after))
    is_notice = judgement.kind in (EditKind.CORRECTION, EditKind.RETRACTION)
    if not judgement.shows or (not is_notice and _TELLS_TIME.search(after)):
        return ""
    what = judgement.because.removeprefix(f"{EditKind.MATERIAL}: ")
    if not before:
        return f"{what}: “{after}”"
    if judgement.before == edit.old_title:
        return f"{what}: the headline was “{before}”"
    return f"{what}: “{before}” is now “{after}”"


def _headline_change(edit: Edit) -> tuple[str, str]:
    """Say what the headline was where it says something else now, or why it says the same; the other is ""."""
    old, new = words_of(edit.old_title), words_of(edit.new_title)
    if old == new:
        return "", "the headline has the same words as before"
    was = _shortened(edit.old_title)
    if _numbers(edit.old_title) != _numbers(edit.new_title):
        return f"a figure in the headline, which was “{was}”", ""
    gone, come = list((Counter(old) - Counter(new)).elements()), list((Counter(new) - Counter(old)).elements())
    if len(gone) == len(come) == 1 and _is_respelling(gone[0], come[0]):
        return "", f"the headline only spells “{gone[0]}” as “{come[0]}”"
    return f"the headline was “{was}”", ""


def _is_respelling(old: str, new: str) -> bool:
    """Say whether two words of five letters or more are one insertion, deletion, change or swap of letters apart."""
    if min(len(old), len(new)) < 5 or abs(len(old) - len(new)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    old_rest, new_rest = old[start:], new[start:]
    return (
        old_rest[1:] == new_rest[1:]
        or old_rest[1:] == new_rest
        or old_rest == new_rest[1:]
        or (old_rest[:2] == new_rest[:2][::-1] and old_rest[2:] == new_rest[2:])
    )


def _news(body: str) -> str:
    return "\n".join(body[span.start : span.end] for span in zones_of(body) if span.zone is not Zone.BOILERPLATE)


def _shortened(sentence: str) -> str:
    return sentence if len(sentence) <= _SHOWN_AT_MOST else f"{sentence[: _SHOWN_AT_MOST - 1].rstrip()}…"


def _of_sentences(gone: Sequence[str], come: Sequence[str]) -> Judgement:
    """Judge by the first sentence pair whose sense differs, headline first."""
    added = None
    for after in come:
        before = _partner(after, gone)
        if not before:
            added = added or after
            continue
        if (number := _changed_number(before, after)) is not None:
            return Judgement(EditKind.MATERIAL, f"material: number {number}", before, after, shows=True)
        if _negations(before) != _negations(after):
            return Judgement(EditKind.MATERIAL, "material: a statement was turned round", before, after, shows=True)
        if names := _names(after) - _names(before):
            return Judgement(EditKind.MATERIAL, f"material: now names {min(names)}", before, after, shows=True)
        if len(content_words(after) ^ content_words(before)) > 2 * _COSMETIC_WORDS_AT_MOST:
            return Judgement(EditKind.MATERIAL, "material: a sentence says something else", before, after)
    if added is not None:
        return Judgement(EditKind.MATERIAL, "material: a sentence was added", "", added)
    lost = next((s for s in gone if not _partner(s, come)), None)
    if lost is not None:
        return Judgement(EditKind.MATERIAL, "material: a sentence was taken out", lost, "")
    return Judgement(EditKind.COSMETIC, "cosmetic: no number, name, negation or sentence changed")


def _sentences(title: str, text: str) -> list[str]:
    return [s.strip() for s in (title, *_SENTENCE_END.split(text)) if s and s.strip()]


def _partner(sentence: str, others: Sequence[str]) -> str:
    """Return the sentence of the other version that this one was made from, "" where there is none."""
    words = content_words(sentence)

    def likeness(other: str) -> float:
        there = content_words(other)
        return len(words & there) / max(1, min(len(words), len(there)))

    best = max(others, key=likeness, default="")
    return best if best and likeness(best) >= 0.5 else ""


def _is_inside(part: str, whole: str) -> bool:
    """Say whether the words of one text stand in the other in the same order; an ellipsis at the end does not count."""
    wanted, there = words_of(part), words_of(whole)
    if not wanted:
        return True
    if f" {' '.join(wanted)} " in f" {' '.join(there)} ":
        return True
    # A summary is often cut in the middle of its last word.
    return len(wanted) > 3 and " ".join(there).startswith(" ".join(wanted))


def _changed_number(before: str, after: str) -> str | None:
    old, new = _numbers(before), _numbers(after)
    if old == new:
        return None
    return f"{', '.join(sorted(old - new)) or 'none'} → {', '.join(sorted(new - old)) or 'none'}"


def _numbers(text: str) -> frozenset[str]:
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return frozenset(number.replace(",", "") for number in _NUMBER.findall(plain))


def _negations(text: str) -> int:
    folded = text.casefold()
    return sum(word in _NEGATIONS for word in words_of(text)) + folded.count("n't") + folded.count("n’t")


def _names(text: str) -> frozenset[str]:
    """Return capitalised words other than the first of the sentence; headlines in title case have no names here."""
    words = text.split()
    capitals = _NAME.findall(text)
    if len(capitals) > max(4, 0.6 * len(words)):
        return frozenset()
    return frozenset(name for name in capitals if not text.startswith(name))
