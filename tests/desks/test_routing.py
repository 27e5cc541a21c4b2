"""Who hears of a story: once when it is new, again when it developed, never for a reprint."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.desks.routing import Routing, is_material, route
from monitor.model import Alert, AlertKind, Article, Edit, Match, Severity
from tests.desks.build import NOON, alert, article, desk, edit, match, story

DESKS = {name: desk("07:00", desk_id=name) for name in ("desk", "east", "west")}


def routed(
    *matches: Match, told: tuple[Alert, ...] = (), of: Article | None = None, edited: Edit | None = None
) -> Routing:
    return route(article=of or article(), story=story(), matches=matches, told=told, desks=DESKS, now=NOON, edit=edited)


def test_a_new_story_is_one_alert_for_each_desk_named() -> None:
    """Two rules of one desk make one alert with the higher severity and both rules, the heavier first."""
    routing = routed(match("truce", desks=("desk", "east")), match("raid", severity=Severity.HIGH))
    assert [(a.desk_id, a.severity, a.rule_ids) for a in routing.alerts] == [
        ("desk", Severity.HIGH, ("raid", "truce")),
        ("east", Severity.NORMAL, ("truce",)),
    ]
    assert {a.kind for a in routing.alerts} == {AlertKind.NEW}
    assert routing.alerts[0].because == "a new story for this desk: Raid, Truce"
    assert routing.withheld == ()


def test_a_second_outlet_is_no_alert() -> None:
    """The same rules on another report of a story the desk has are withheld, and the reason says since when."""
    routing = routed(match(), told=(alert(),), of=article(2, feed="delta"))
    assert routing.alerts == ()
    assert routing.withheld[0].because == (
        "another report of the same event, under the same rules; the desk has this story since 2026-11-20 12:00 UTC"
    )


def test_a_reprint_is_no_alert() -> None:
    """A reprint of a told story names the article it repeats."""
    routing = routed(match(), told=(alert(),), of=article(2, reprint_of=1))
    assert routing.withheld[0].because.startswith("a reprint of article 1")


def test_a_reprint_of_a_story_the_desk_does_not_have_is_new_to_it() -> None:
    """Only what a desk was told silences a reprint; the alerts of other desks do not."""
    routing = routed(match(), told=(alert(desk_id="east"),), of=article(2, reprint_of=1))
    assert [a.kind for a in routing.alerts] == [AlertKind.NEW]


def test_a_changed_figure_reaches_the_desks_that_were_told() -> None:
    """The sentence before and after is the reason; a headline that changed is given once; without either, nothing."""
    changed = "number 7 → 9: “seven died” is now “nine died”"

    def told_again(old: str, new: str, changed: str) -> list[str]:
        routing = route(
            article=article(),
            story=story(),
            matches=[match()],
            told=(alert(),),
            desks=DESKS,
            now=NOON,
            edit=edit(old, new),
            changed=changed,
        )
        return [raised.because for raised in routing.alerts]

    assert told_again("Raid", "Raid", changed) == [f"the report was changed: {changed}"]
    assert told_again("7 die", "9 die", "number 7 → 9: the headline was “7 die”") == [
        "the report was changed: number 7 → 9: the headline was “7 die”"
    ]
    assert told_again("Raid", "Raid", "") == []


def test_a_higher_severity_is_a_development() -> None:
    """The story rose: the desk hears of it again, and why."""
    routing = routed(match(severity=Severity.URGENT), told=(alert(),))
    assert routing.alerts[0].kind is AlertKind.DEVELOPED
    assert routing.alerts[0].because == "severity rose from normal to urgent"


def test_a_lower_severity_is_not() -> None:
    """A story told as high does not come back as normal."""
    assert routed(match(), told=(alert(severity=Severity.HIGH),)).alerts == ()


def test_a_further_rule_is_a_development() -> None:
    """A rule that the desk was not told of is news about the story."""
    routing = routed(match(), match("talks", title="Istanbul talks"), told=(alert(),))
    assert routing.alerts[0].because == "now also Istanbul talks"


def test_a_rule_told_to_another_desk_is_still_news_to_this_one() -> None:
    """What east was told does not count for west."""
    told = (alert(desk_id="west"), alert(2, desk_id="east", rules=("talks",)))
    routing = routed(match("talks", desks=("east", "west")), told=told)
    assert [(a.desk_id, a.kind) for a in routing.alerts] == [("west", AlertKind.DEVELOPED)]


def test_a_changed_headline_is_a_development() -> None:
    """An edit that says something else comes again, with the headline it had."""
    routing = routed(match(), told=(alert(),), edited=edit("Truce holds", "Truce collapses"))
    assert routing.alerts[0].because == "the report was changed: the headline was “Truce holds”"


def test_a_mended_spelling_is_not() -> None:
    """An edit of one letter is withheld with the reason."""
    routing = routed(match(), told=(alert(),), edited=edit("Ceasfire holds", "Ceasefire holds"))
    assert "only spells “ceasfire” as “ceasefire”" in routing.withheld[0].because


def test_a_desk_that_is_not_in_the_book_is_named() -> None:
    """A rule that names an unknown desk does not vanish silently."""
    assert routed(match(desks=("north",))).withheld[0].because == "there is no desk north in the rule files"


def test_a_rule_without_desks_is_named() -> None:
    """A match nobody is told of has its reason too."""
    assert "names no desk" in routed(match(desks=())).withheld[0].because


def test_below_the_floor_is_withheld() -> None:
    """A desk's floor keeps out weaker matches and says so."""
    routing = route(
        article=article(),
        story=story(),
        matches=[match()],
        told=(),
        desks={"desk": desk(floor=Severity.HIGH)},
        now=NOON,
    )
    assert routing.alerts == ()
    assert routing.withheld[0].because == "normal is below the desk's floor, high"


def test_a_baseline_article_is_no_alert() -> None:
    """What stood in a feed before it was watched is recorded, not told."""
    assert "before it was watched" in routed(match(), of=article(is_baseline=True)).withheld[0].because


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (edit("Truce holds", "TRUCE HOLDS!"), False),
        (edit("9 killed in raid", "12 killed in raid"), True),
        (edit("۹ ہلاک", "۱۲ ہلاک"), True),
        (edit("Taliban accuse army", "Army accuse Taliban"), True),
        (edit("Truce", "Truce", new_body="Body. And much more of it, all day long."), False),
        (edit("Truce", "Truce", new_body="Body.\n\nCorrection: the raid was on Monday."), True),
        (edit("Truce", "Truce", new_body="Body. A correction of course was ruled out."), False),
        (edit("Truce", "Truce", old_body="Correction: a.", new_body="Correction: b."), False),
        (edit("Anlaşma imzalandı", "Düzeltme: anlaşma imzalanmadı"), True),
        (edit("Truce talks open", "Truce talk opens"), True),
        (edit("War", "Wax"), True),
    ],
)
def test_what_counts_as_a_material_edit(change: Edit, expected: bool) -> None:
    """Other words, other figures and announced corrections do; case, punctuation, growth and spelling do not."""
    verdict, because = is_material(change)
    assert verdict is expected
    assert because


RULES = ("truce", "raid", "talks")
MATCHES = st.lists(
    st.builds(
        lambda rule, severity, desks: match(rule, severity=severity, desks=tuple(desks)),
        st.sampled_from(RULES),
        st.sampled_from(Severity),
        st.lists(st.sampled_from(["desk", "east", "north"]), unique=True),
    ),
    max_size=5,
)


@given(st.lists(MATCHES, max_size=8))
def test_every_desk_is_answered_and_nothing_is_told_twice(polls: list[list[Match]]) -> None:
    """Each desk that a rule names is in exactly one of alerts and withheld; the same article again is no alert."""
    told: list[Alert] = []
    for matches in polls:
        routing = routed(*matches, told=tuple(told))
        named = {name for m in matches for name in m.desks}
        answered = [a.desk_id for a in routing.alerts] + [w.desk_id for w in routing.withheld if w.desk_id]
        assert sorted(answered) == sorted(named)
        assert all(w.because for w in routing.withheld)
        told.extend(routing.alerts)
        assert routed(*matches, told=tuple(told)).alerts == ()
