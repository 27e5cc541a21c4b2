"""What kind of change a publisher made."""

from __future__ import annotations

import time

import pytest

from monitor.articles.edits import EditKind, change_of, judge
from monitor.model import Edit
from tests.articles.builders import LONG, NOW, OTHER

TITLE = "Truce extended after talks"


@pytest.mark.parametrize(
    ("new_title", "new_text", "kind"),
    [
        (TITLE, LONG, EditKind.SAME),
        ("Truce  extended, after talks", LONG.replace(",", " -"), EditKind.SAME),
        (TITLE, LONG[:90], EditKind.CUT),
        (TITLE, LONG + " " + OTHER, EditKind.FULLER),
        (TITLE, LONG.replace("verify", "check"), EditKind.COSMETIC),
        (TITLE, LONG.replace("another month", "another 2 months"), EditKind.MATERIAL),
        (TITLE, LONG.replace("agreed to keep", "did not agree to keep"), EditKind.MATERIAL),
        (TITLE, LONG.replace("Istanbul", "Doha"), EditKind.MATERIAL),
        ("Truce not extended after talks", LONG, EditKind.MATERIAL),
        (TITLE, LONG + " Correction: the talks were on Wednesday.", EditKind.CORRECTION),
        ("RETRACTED: " + TITLE, LONG, EditKind.RETRACTION),
    ],
)
def test_changes_are_told_apart(new_title: str, new_text: str, kind: EditKind) -> None:
    """Punctuation is nothing, a synonym is cosmetic, a number, name or "not" is material, a notice is what it says."""
    assert judge(TITLE, LONG, new_title, new_text).kind is kind


def test_a_material_change_shows_the_sentence_before_and_after() -> None:
    """The reason names the number, the sentences show it."""
    old = "Nine soldiers died. Others were hurt in the 14-hour fight."
    judgement = judge("Attack", old, "Attack", old.replace("14-hour", "15-hour"))
    assert judgement.because == "material: number 14 → 15"
    assert judgement.before == "Others were hurt in the 14-hour fight."
    assert judgement.after == "Others were hurt in the 15-hour fight."


def said(old: str, new: str, *, titles: tuple[str, str] = (TITLE, TITLE)) -> str:
    return "; ".join(change_of(Edit(1, NOW, *titles, old, new, "")).tells)


def test_a_desk_reads_the_changed_sentence_before_and_after() -> None:
    """A figure, a name, a "not", a correction; a changed headline is given as it was."""
    old = "Seven of its men were killed in the raid. Shops in Bannu stayed open."
    assert said(old, old.replace("Seven", "7").replace("raid", "raid of 9 hours")) == (
        "number none → 7, 9: “Seven of its men were killed in the raid.” is now"
        " “7 of its men were killed in the raid of 9 hours.”"
    )
    assert "is now “Shops in Bannu did not stay open.”" in said(old, old.replace("stayed", "did not stay"))
    assert said(old, f"{old} Correction: the raid was on Tuesday.") == (
        "correction: the publisher corrects it: “Correction: the raid was on Tuesday.”"
    )
    assert said(old, old, titles=("Truce holds for 5 weeks", "Truce holds for 6 weeks")) == (
        "number 5 → 6: the headline was “Truce holds for 5 weeks”"
    )


@pytest.mark.parametrize(
    ("titles", "bodies", "tells"),
    [
        (("Truce holds", "TRUCE HOLDS!"), ("", ""), ""),
        (("9 killed in raid", "12 killed in raid"), ("", ""), "number 9 → 12: the headline was “9 killed in raid”"),
        (("۹ ہلاک", "۱۲ ہلاک"), ("", ""), "number 9 → 12: the headline was “۹ ہلاک”"),
        (("Taliban accuse army", "Army accuse Taliban"), ("", ""), "the headline was “Taliban accuse army”"),
        (("Truce talks open", "Truce talk opens"), ("", ""), "the headline was “Truce talks open”"),
        (("War", "Wax"), ("", ""), "the headline was “War”"),
        (("Ceasfire holds", "Ceasefire holds"), ("", ""), ""),
        (("Truce", "Truce"), ("Body.", "Body. And much more of it, all day long."), ""),
        (("Truce", "Truce"), ("Body.", "Body. A correction of course was ruled out."), ""),
        (("Truce", "Truce"), ("Body.", "Body. The minister retracted what he had said."), ""),
        (("Truce", "Truce"), ("Body.", "Body. Corrections officers joined the march."), ""),
        (("Truce", "Truce"), ("Correction: a.", "Correction: b."), ""),
        (("Raid", "Raid"), ("Body.", "Body. (Corrects day in first paragraph)"), "correction: the publisher"),
        (("Raid", "Raid"), ("Body.", "Body. Correction: it was at 14:05."), "correction: the publisher"),
        (("Raid", "Raid"), ("Body.", "Body. This story has been withdrawn."), "retraction: the publisher"),
        (("Anlaşma imzalandı", "Düzeltme: anlaşma imzalanmadı"), ("", ""), "correction: the publisher"),
    ],
)
def test_what_a_change_tells_otherwise(titles: tuple[str, str], bodies: tuple[str, str], tells: str) -> None:
    """Other words, figures and notices do; case, spelling, growth and what only looks like a notice do not."""
    change = change_of(Edit(1, NOW, *titles, *bodies, ""))
    assert [tells in each for each in change.tells] == ([True] if tells else [])
    assert bool(change.because) != bool(change.tells)


@pytest.mark.parametrize(
    "new",
    [
        f"{LONG} {OTHER}",
        LONG.replace("verify", "check"),
        f"{LONG} The governor spoke as well.",
        f"Updated at 15:10. {LONG}",
    ],
)
def test_a_report_that_only_grows_or_counts_time_tells_nothing_otherwise(new: str) -> None:
    """More of the same, a synonym, a sentence more, a new time of day: no desk is called back for these."""
    assert said(f"Updated at 14:05. {LONG}" if "Updated" in new else LONG, new) == ""


def test_endless_sentences_are_shown_shortened() -> None:
    """What is shown fits a line of a digest, however long the sentence is."""
    old = f"Seven men were killed {'and others fled ' * 50}in 2025."
    assert len(said(old, old.replace("2025", "2026"))) < 320


def test_numbers_compare_in_any_script() -> None:
    """Digits of the Arabic script are numbers; the same number in another script is no change of it."""
    assert judge("حملہ", "حملے میں ۹ افراد مارے گئے", "حملہ", "حملے میں ۱۲ افراد مارے گئے").kind is EditKind.MATERIAL


def test_an_endless_text_written_anew_is_judged_in_little_time() -> None:
    """Twenty thousand sentences, all of them changed: material, in seconds of work and not in hours."""
    old = " ".join(f"Sentence number {n} says something old." for n in range(20_000))
    new = " ".join(f"Paragraph {n} tells another thing entirely." for n in range(20_000))
    started = time.process_time()
    assert judge("A", old, "B", new).kind is EditKind.MATERIAL
    assert time.process_time() - started < 10
