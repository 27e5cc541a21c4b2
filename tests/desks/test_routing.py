"""Who hears of a story: once when it is new, again when it developed, never for a reprint."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from monitor.desks.routing import Routing, Settled, route, settle
from monitor.model import AffairState, Alert, AlertKind, Article, Change, Match, Severity, WithheldKind
from tests.desks.build import NOON, alert, article, desk, match

DESKS = {name: desk("07:00", desk_id=name) for name in ("desk", "east", "west")}


def routed(
    *matches: Match,
    told: tuple[Alert, ...] = (),
    of: Article | None = None,
    change: Change | None = None,
    states: tuple[AffairState, ...] = (),
) -> Routing:
    return route(
        article=of or article(),
        matches=matches,
        told=told,
        desks=DESKS,
        now=NOON,
        change=change,
        states=states,
    )


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


def test_what_a_changed_report_tells_otherwise_reaches_the_desks_that_were_told() -> None:
    """Each with its sentence before and after; a change that tells nothing else is withheld with its reason."""
    changed = Change(("the headline was “7 die”", "number 7 → 9: “seven died” is now “nine died”"))
    (raised,) = routed(match(), told=(alert(),), change=changed).alerts
    assert raised.because == "; ".join(f"the report was changed: {each}" for each in changed.tells)
    (withheld,) = routed(match(), told=(alert(),), change=Change(because="the headline has the same words")).withheld
    assert withheld.kind is WithheldKind.IMMATERIAL
    assert withheld.because == (
        "the report was changed, but not in what it says (the headline has the same words);"
        " the desk has this story since 2026-11-20 12:00 UTC"
    )


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


def test_a_changed_report_that_the_desk_never_saw_is_no_news_to_it() -> None:
    """Thirty outlets polish their headlines all day; that one of them takes its report back, each desk hears."""
    changed = Change(("the headline was “7 die”",))
    (withheld,) = routed(match(), told=(alert(),), of=article(2), change=changed).withheld
    assert withheld.kind is WithheldKind.SAME_STORY
    assert "by which the desk was not told, changed by now (the headline was “7 die”)" in withheld.because
    spoke = replace(alert(), spoken_by=2)
    assert routed(match(), told=(spoke,), of=article(2), change=changed).alerts
    assert routed(match(), told=(alert(),), of=article(2), change=replace(changed, is_notice=True)).alerts


def test_another_state_of_the_affair_is_a_development() -> None:
    """Than the desk itself was told; the alert keeps the states, so that they are known when the next report comes."""
    extended, announced = AffairState("truce", "extended"), AffairState("truce", "announced")
    told = (replace(alert(), states=(announced,)), replace(alert(2, desk_id="east"), states=(announced, extended)))
    routing = routed(match(desks=("desk", "east")), told=told, of=article(2), states=(extended,))
    assert [(a.desk_id, a.kind, a.states) for a in routing.alerts] == [("desk", AlertKind.DEVELOPED, (extended,))]
    assert routing.alerts[0].because == "the truce: extended, was announced"
    assert routing.withheld[0].because == (
        "another report of the same event, under the same rules; the truce is extended, as the desk was told;"
        " the desk has this story since 2026-11-20 12:00 UTC"
    )


def test_a_reprint_brings_no_state_that_the_desk_has_or_that_is_the_first() -> None:
    """Only a wire's update does, whose headline says the contrary of what the desk was told."""
    ended = AffairState("truce", "ended")
    copy = article(2, reprint_of=1)
    assert routed(match(), told=(alert(),), of=copy, states=(ended,)).alerts == ()
    assert routed(match(), told=(replace(alert(), states=(ended,)),), of=copy, states=(ended,)).alerts == ()
    announced = replace(alert(), states=(AffairState("truce", "announced"),))
    (raised,) = routed(match(), told=(announced,), of=copy, states=(ended,)).alerts
    assert raised.because == "the truce: ended, was announced"


def test_what_waits_as_a_new_story_is_needless_where_the_desk_has_the_story() -> None:
    """A new story that turns out to be one that the desk has, or develops, is withdrawn; a development stays."""
    waiting = [alert(5, article=2), alert(6, article=2, kind=AlertKind.DEVELOPED)]
    has_it = routed(match(), told=(alert(),), of=article(2))
    assert settle(waiting, has_it).needless == (waiting[0],)
    rises = routed(match(severity=Severity.URGENT), told=(alert(),), of=article(2))
    assert settle(waiting, rises).needless == (waiting[0],)
    assert settle(waiting[:1], rises).raised == rises.alerts
    assert settle(waiting, routed(match(), of=article(2))) == Settled()
    other = routed(match(desks=("north",)), told=(alert(),), of=article(2))
    assert settle(waiting, other) == Settled()


def test_what_waits_as_a_development_is_told_as_new_where_the_desk_does_not_have_the_story() -> None:
    """It moved away from what it developed: "now also Raid" explains nothing to who never heard of the story."""
    waiting = [alert(6, article=2, kind=AlertKind.DEVELOPED)]
    new = routed(match(), of=article(2))
    assert settle(waiting, new) == Settled((waiting[0],), new.alerts)


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
