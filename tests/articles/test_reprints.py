"""Is it the same text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.articles.reprints import judge_pair, likeness
from monitor.articles.signature import DENSE_WINDOW, SHINGLE_WORDS, Signature, _least, signature_of, winnow
from tests.articles.builders import LONG, OTHER, article

TEXT = f"{LONG} {OTHER}"


def signature(article_id: int, body: str, title: str = "A headline") -> Signature:
    return signature_of(article(article_id, title=title, body=body))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (TEXT, "100% of both"),
        (TEXT.upper().replace(",", " -"), "100% of both"),
        (TEXT[: len(TEXT) // 2], "100% of it stands"),
        (f"{TEXT} {TEXT.replace('truce', 'calm')[::-1]}", "it holds"),
        (f"KABUL (HW) - {TEXT}\n\nRead more: Something else about Lahore\n\nSubscribe to our newsletter", "of both"),
        (TEXT.replace("another month", "one more month").replace("short", "brief"), "of both"),
    ],
)
def test_copies_are_found_with_the_share_that_shows_it(body: str, says: str) -> None:
    """The same, a cut and a lengthened text, a dateline, boilerplate and a few changed words are one text."""
    found = judge_pair(signature(2, body, "Another headline"), signature(1, TEXT))
    assert found is not None
    assert says in found.because


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LONG, OTHER),
        (
            "A quake of magnitude 4.2 was felt in Swat late on Monday, the met office said. No damage was reported.",
            "A quake of magnitude 5.1 was felt in Quetta late on Friday, the met office said. No damage was reported.",
        ),
        (
            f"{LONG} The group was formed in 2007 by a dozen factions in the tribal districts of the north-west.",
            f"{OTHER} The group was formed in 2007 by a dozen factions in the tribal districts of the north-west.",
        ),
        ("Truce extended", "Truce extended again"),
        ("", ""),
    ],
)
def test_texts_of_one_form_or_with_one_background_are_not_copies(one: str, other: str) -> None:
    """Another text, a template with other numbers and names, and a shared last paragraph are no reprints."""
    assert judge_pair(signature(2, other, ""), signature(1, one, "")) is None


FERRY = (
    "Four bodies were pulled from the sea off Leyte before dawn on Wednesday after a ferry turned over in rough water"
    " with about 160 people on board. Coast guard spokesman Jun Abrera said the Santa Reyna had left Ormoc for Cebu"
    " late on Tuesday and sent a distress call forty minutes into the voyage. Fishing boats had picked up 97 survivors"
    " by sunrise. Merlita Ocampo told local radio that she had held on to a rice sack. The vessel was licensed for 150"
    " passengers, and its owner has 12 others. Two of them were stopped in port last year because of their engines."
)


@pytest.mark.parametrize(
    "body",
    [
        FERRY.replace(" Fishing boats had picked up 97 survivors by sunrise.", ""),
        FERRY.replace("turned over", "capsized").replace(" Coast guard spokesman Jun Abrera said the", " The"),
        f"Families of Palo, Tanauan and Dulag gathered at the pier of Tacloban, 40 km away. {FERRY}",
        " ".join(FERRY.split()[:45]) + " Aid for them came from 3 towns.",
        " ".join("reportedly" if n % 7 == 6 else word for n, word in enumerate(FERRY.split())),
    ],
    ids=["a sentence cut", "reworded", "a local sentence in front", "a summary", "every seventh word"],
)
def test_a_copy_that_a_desk_wrote_over_is_found(body: str) -> None:
    """What it adds of its own, a place or a number too, is not what tells a form from a copy."""
    assert judge_pair(signature(2, body, "Ferry sinks off Leyte"), signature(1, FERRY)) is not None
    assert judge_pair(signature(1, FERRY), signature(2, body, "Ferry sinks off Leyte")) is not None


def test_a_follow_up_in_the_words_of_the_last_report_is_no_copy() -> None:
    """The headline of one tells a deed of which the other says nothing; a desk that changes words does not do that."""
    body = " ".join("reportedly" if n % 6 == 5 else word for n, word in enumerate(FERRY.split()))
    before = signature(1, FERRY, "Ferry sinks off Leyte")
    copied = judge_pair(signature(2, body, "Ferry sinks off Leyte"), before)
    assert copied is not None
    assert copied.because.startswith("its words are the other's")
    assert judge_pair(signature(2, body, "Talks on ferry line extended"), before) is None


def test_a_long_form_filled_otherwise_is_no_copy() -> None:
    """The same sentences with all numbers and towns others, as agencies write of every tremor and every close."""
    numbers = str.maketrans("0123456789", "1234567890")
    other = FERRY.translate(numbers)
    for here, there in (("Leyte", "Bohol"), ("Ormoc", "Iloilo"), ("Cebu", "Jagna"), ("Santa Reyna", "Sea Star")):
        other = other.replace(here, there)
    assert (
        judge_pair(signature(2, other, "Ferry sinks off Bohol"), signature(1, FERRY, "Ferry sinks off Leyte")) is None
    )


def test_a_short_text_under_unlike_headlines_is_a_feeds_own() -> None:
    """It goes with neither headline; a report of some length goes with its own, whatever a desk calls it."""
    stock = "Read the full story on our website and subscribe to our letter for the news of the day from the region."
    one, other = signature(1, stock, "Lahore smog shuts schools"), signature(2, stock, "Quetta bus crash kills nine")
    assert judge_pair(other, one) is None
    renamed = signature(2, FERRY, "Death in the dark"), signature(1, FERRY, "Horror at night")
    assert judge_pair(*renamed) is not None


def test_a_headline_alone_is_compared_by_its_words() -> None:
    """Feeds without text: the same headline of some length is the same text."""
    headline = "Negotiators in Istanbul agree to extend border truce by a month"
    assert judge_pair(signature(2, "", headline), signature(1, "", headline)) is not None
    assert judge_pair(signature(2, "", "Truce talks"), signature(1, "", "Truce talks")) is None


@given(st.lists(st.sampled_from([f"w{n}" for n in range(400)]), min_size=30, max_size=90), st.integers(0, 10))
def test_a_shared_passage_leaves_a_shared_fingerprint(passage: list[str], before: int) -> None:
    """The guarantee of winnowing: what two texts share over window + shingle - 1 words is seen in both."""
    length = DENSE_WINDOW + SHINGLE_WORDS - 1
    shared = passage[:length]
    one = [f"a{n}" for n in range(before)] + shared + ["end"] * 3
    other = ["x", "y"] + shared + [f"b{n}" for n in range(20)]
    assert winnow(one) & winnow(other)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(1, 20))
def test_the_least_of_every_window_is_kept(shingles: list[int], width: int) -> None:
    """And nothing else, whatever stands in a row."""
    windows = range(max(1, len(shingles) - width + 1))
    assert _least(shingles, width) == {min(shingles[start : start + width]) for start in windows}


@given(st.text(max_size=400), st.text(max_size=400))
def test_likeness_is_symmetric_and_a_share(one: str, other: str) -> None:
    """Resemblance never exceeds containment, both lie between 0 and 1, and a text is wholly like itself."""
    left, right = signature(1, one), signature(2, other)
    assert likeness(left, right) == likeness(right, left)
    assert 0.0 <= likeness(left, right).resemblance <= likeness(left, right).containment <= 1.0
    assert likeness(left, left).resemblance == (1.0 if left.fingerprints else 0.0)


@given(st.text(max_size=200), st.text(max_size=200))
def test_which_of_two_came_first_does_not_matter(one: str, other: str) -> None:
    """A copy's original is a copy of it."""
    left, right = signature(1, f"{TEXT} {one}"), signature(2, f"{TEXT} {other}")
    assert (judge_pair(left, right) is None) == (judge_pair(right, left) is None)
