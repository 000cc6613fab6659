"""The sentences of the rule format about deadlines, each as a short story. The days are plain unless a story says otherwise."""

from typing import Any

import pytest

from contract.canonical import short_id

HOURS = 'within = "48 hours"'


@pytest.fixture(scope="module")
def plain(lab: Any) -> Any:
    """x.b within ten days of x.a, cancelled by x.c."""
    return lab.pack('cancel = ["x.c"]', pack_id="plain")


def test_the_start_day_is_not_counted_and_a_day_ends_when_the_next_begins(lab: Any, plain: Any) -> None:
    """raised_at is the first instant of the next day, due_at one second before it."""
    run = lab.Run(plain).take(lab.event("x.a", "2024-03-01 09:00")).tick("2024-03-11 23:59")
    assert run.alerts == []
    run.tick("2024-03-12")
    assert lab.beijing(run.alert.raised_at) == "2024-03-12 00:00:00"
    assert lab.beijing(run.alert.due_at) == "2024-03-11 23:59:59"
    assert (run.alert.armed_at, run.alert.ended_at, run.alert.breach_days) == ("2024-03-01T01:00:00Z", None, None)


@pytest.mark.parametrize(
    ("stop", "late"), [("2024-03-11T23:59:59+08:00", None), ("2024-03-12 00:00", 1), ("2024-03-15 12:00", 4)]
)
def test_what_takes_effect_before_the_instant_is_in_time(lab: Any, plain: Any, stop: str, late: int | None) -> None:
    """Civil days after due are told when it is cured."""
    run = lab.Run(plain).take(lab.event("x.a", "2024-03-01 09:00"), lab.event("x.b", stop)).tick("2024-05-01")
    assert [(alert.end_reason, alert.breach_days) for alert in run.alerts] == ([] if late is None else [("cured", late)])


@pytest.mark.parametrize(("stop", "alerts"), [("2024-03-03 09:00", 0), ("2024-03-03T09:00:00.000001+08:00", 1)])
def test_hours_are_in_time_at_their_very_instant(lab: Any, stop: str, alerts: int) -> None:
    """Elapsed seconds, whatever the day; reached when the clock is past the instant."""
    pack = lab.pack(HOURS, pack_id="hours")
    run = lab.Run(pack).take(lab.event("x.a", "2024-03-01 09:00")).tick("2024-03-03 09:00")
    assert run.alerts == []
    assert len(run.take(lab.event("x.b", stop)).tick("2024-04-01").alerts) == alerts


def test_the_clock_is_also_the_receivedtime_of_the_chains_own_events(lab: Any, plain: Any) -> None:
    """Another event of the chain shows that the deadline has passed, before any tick; another chain's doesn't."""
    run = lab.Run(plain).take(lab.event("x.a", "2024-03-01"), lab.event("x.d", "2024-03-20", root="other", case="c9"))
    assert run.alerts == []
    run.take(lab.event("x.d", "2024-03-20"))
    assert run.steps == ["raised"]
    assert run.journal[0].cause == (lab.SOURCE, "x.d@2024-03-20")


def test_ids_are_made_of_their_parts(lab: Any) -> None:
    """hash(["alert", 1, pack, rule, scope:id, key, element, arming]); arming is empty for `first`."""
    pack = lab.pack('id = "F"\nkey = ["k"]', 'id = "E"\narms = "every"\neach = "start.data.n"', pack_id="ids")
    run = lab.Run(pack).take(lab.event("x.a", "2024-03-01", {"k": "1", "n": [2]}, id="one")).tick("2024-05-01")
    assert {alert.id for alert in run.alerts} == {
        short_id("alert", "ids", "F", "case:c1", ["1"], None, None),
        short_id("alert", "ids", "E", "case:c1", [], 2, [lab.SOURCE, "one"]),
    }


@pytest.mark.parametrize(("arms", "alerts"), [("first", 1), ("every", 2), ("last", 1)])
def test_arms(lab: Any, arms: str, alerts: int) -> None:
    """first: one a scope and key; every: one a start; last: a start fulfils and replaces the one before."""
    pack = lab.pack(f'arms = "{arms}"', pack_id=f"arms{arms}")
    run = lab.Run(pack).take(lab.event("x.a", "2024-03-01"), lab.event("x.a", "2024-03-05")).tick("2024-05-01")
    assert len(run.alerts) == alerts
    assert {alert.armed_at for alert in run.alerts} <= {"2024-02-29T16:00:00Z", "2024-03-04T16:00:00Z"}
    if arms == "last":
        assert run.alert.armed_at == "2024-03-04T16:00:00Z"


def test_first_with_each_is_one_for_each_element(lab: Any) -> None:
    """Every start looks at the list as it stands there, and arms what none before it listed; an empty list takes nothing."""
    run = lab.Run(lab.pack('each = "start.data.n"\nstop = ["x.b if event.data.n == it"]', pack_id="eachfirst"))
    for day, listed in (("01", []), ("04", ["a"]), ("08", ["a", "b", "b"]), ("12", ["c", "a"])):
        run.take(lab.event("x.a", f"2024-03-{day}", {"n": listed}))
        if day == "04":
            run.take(lab.event("x.b", "2024-03-05", {"n": "a"})).restart()
    run.tick("2024-05-01")
    assert {(alert.element, alert.armed_at) for alert in run.alerts} == {
        ("b", "2024-03-07T16:00:00Z"),
        ("c", "2024-03-11T16:00:00Z"),
    }


def test_first_with_each_is_judged_anew_when_a_start_comes_late(lab: Any) -> None:
    """An element's slot belongs to the earliest start that lists it, whenever that was received."""
    run = lab.Run(lab.pack('each = "start.data.n"', pack_id="eachlate"))
    run.take(lab.event("x.a", "2024-03-08", {"n": ["a", "b"]})).tick("2024-04-01")
    run.take(lab.event("x.a", "2024-03-04", {"n": ["a"]}, recorded="2024-04-02")).tick("2024-05-01")
    assert sorted((alert.element, alert.armed_at) for alert in run.alerts) == [
        ("a", "2024-03-03T16:00:00Z"),
        ("b", "2024-03-07T16:00:00Z"),
    ]


def test_last_with_each_replaces_the_whole_list(lab: Any) -> None:
    """A new list fulfils every element of the one before, those that it doesn't name again among them."""
    run = lab.Run(lab.pack('each = "start.data.n"\narms = "last"', pack_id="eachlast"))
    run.take(lab.event("x.a", "2024-03-01", {"n": ["a", "b"]}), lab.event("x.a", "2024-03-05", {"n": ["b", "c"]}))
    assert {alert.element for alert in run.tick("2024-05-01").alerts} == {"b", "c"}


def test_last_that_comes_too_late_cures_and_arms_again(lab: Any) -> None:
    """For `last` the next start ends the obligation before it, late or not."""
    pack = lab.pack('arms = "last"', pack_id="armslate")
    run = lab.Run(pack).take(lab.event("x.a", "2024-03-01"), lab.event("x.a", "2024-03-20")).tick("2024-05-01")
    assert sorted((alert.armed_at, alert.end_reason, alert.breach_days) for alert in run.alerts) == [
        ("2024-02-29T16:00:00Z", "cured", 9),
        ("2024-03-19T16:00:00Z", None, None),
    ]


def test_a_stop_before_the_start_does_not_count_and_at_its_instant_does(lab: Any, plain: Any) -> None:
    """At the same instant in either order."""
    before = lab.Run(plain).take(lab.event("x.b", "2024-03-01 08:59"), lab.event("x.a", "2024-03-01 09:00")).tick("2024-05-01")
    assert len(before.alerts) == 1
    same = (
        lab.Run(plain)
        .take(lab.event("x.b", "2024-03-01 09:00", id="0"), lab.event("x.a", "2024-03-01 09:00", id="1"))
        .tick("2024-05-01")
    )
    assert same.alerts == []


def test_a_stop_that_is_itself_a_start_counts_only_after_the_start(lab: Any) -> None:
    """Two of one kind at one instant: the later in the order of history fulfils the earlier, not the other way round."""
    pack = lab.pack('arms = "every"\nstop = ["x.a"]', pack_id="selfstop")
    run = lab.Run(pack).take(lab.event("x.a", "2024-03-01", id="1"), lab.event("x.a", "2024-03-01", id="2")).tick("2024-05-01")
    assert run.alert.evidence == ((lab.SOURCE, "2"),)


def test_an_event_may_stop_through_another_field_what_it_starts(lab: Any) -> None:
    """By its own time it starts, by a date in it it stops."""
    pack = lab.pack('stop = ["x.a:on"]', pack_id="ownfield")
    early, late = {"on": "2024-03-04"}, {"on": "2024-03-14"}
    assert lab.Run(pack).take(lab.event("x.a", "2024-03-01", early)).tick("2024-05-01").alerts == []
    alert = lab.Run(pack).take(lab.event("x.a", "2024-03-01", late)).tick("2024-05-01").alert
    assert (alert.end_reason, alert.breach_days) == ("cured", 3)


def test_what_is_both_is_a_stop(lab: Any) -> None:
    """Stop and cancel, stop and end: cured, not closed."""
    pack = lab.pack('stop = ["x.b"]\ncancel = ["x.b"]', 'stop = ["x.end"]', pack_id="both")
    late = [lab.event("x.b", "2024-03-20"), lab.event("x.end", "2024-03-21")]
    run = lab.Run(pack).take(lab.event("x.a", "2024-03-01"), *late).tick("2024-05-01")
    assert [alert.end_reason for alert in run.alerts] == ["cured", "cured"]


def test_what_cancels_by_one_date_and_stops_by_another_is_a_stop(lab: Any) -> None:
    """Also where the cancel would take effect first: what is both is a stop, at the instant of the stop."""
    pack = lab.pack('stop = ["x.b"]\ncancel = ["x.b:on"]', pack_id="bothdates")
    run = lab.Run(pack).take(lab.event("x.a", "2024-03-01"), lab.event("x.b", "2024-03-20", {"on": "2024-03-05"}))
    alert = run.tick("2024-05-01").alert
    assert (alert.end_reason, alert.breach_days) == ("cured", 9)


@pytest.mark.parametrize(("names", "alerts"), [("0 end", 1), ("2 end", 0)])
def test_at_one_instant_an_end_ends_only_what_stands_before_it_in_history(lab: Any, names: str, alerts: int) -> None:
    """The start has the id 1; an end before it in the order of history lets it live on."""
    number, name = names.split()
    run = lab.Run(lab.pack("", pack_id="sameend")).take(
        lab.event("x.a", "2024-03-01", id="1"), lab.event(f"x.{name}", "2024-03-01", id=number)
    )
    assert len(run.tick("2024-05-01").alerts) == alerts


def test_a_transfer_entered_late_changes_the_court_of_an_alert(lab: Any) -> None:
    """It took effect before the level was reached, so the other court answers; the record is told again."""
    pack = lab.pack('start = "case.filed"\noutlives = true', pack_id="latemove")
    run = lab.Run(pack).take(lab.event("case.filed", "2024-03-01", {"case_no": "x"})).tick("2024-03-13")
    assert run.alert.court == "京0105"
    run.take(lab.event("case.transferred", "2024-03-11", {"to_court": "粤0104"}, recorded="2024-03-14"))
    assert (run.alert.court, run.steps) == ("粤0104", ["raised", "redated"])


def test_a_cancel_ends_without_breach(lab: Any, plain: Any) -> None:
    """In time: no alert. Late: closed, without breach days."""
    start = lab.event("x.a", "2024-03-01")
    assert lab.Run(plain).take(start, lab.event("x.c", "2024-03-05")).tick("2024-05-01").alerts == []
    alert = lab.Run(plain).take(start, lab.event("x.c", "2024-03-20")).tick("2024-05-01").alert
    assert (alert.end_reason, alert.breach_days) == ("closed", None)


def test_an_end_ends_what_was_armed_before_it_and_nothing_else(lab: Any) -> None:
    """What arms after an end lives on; `outlives` is not ended; the end of another case of the chain ends nothing here."""
    pack = lab.pack('id = "E"\narms = "every"', 'id = "O"\noutlives = true', 'id = "C"\nscope = "chain"', pack_id="ends")
    run = (
        lab.Run(pack)
        .take(lab.event("x.a", "2024-03-01"), lab.event("x.end", "2024-03-05"), lab.event("x.a", "2024-03-06"))
        .tick("2024-05-01")
    )
    assert sorted((alert.rule, alert.armed_at) for alert in run.alerts) == [
        ("E", "2024-03-05T16:00:00Z"),
        ("O", "2024-02-29T16:00:00Z"),
    ]
    other = lab.Run(pack).take(lab.event("x.a", "2024-03-01"), lab.event("x.end", "2024-03-05", case="c2")).tick("2024-05-01")
    assert {alert.rule for alert in other.alerts} == {"E", "O", "C"}
    assert {alert.subject for alert in other.alerts if alert.rule == "C"} == {"chain"}


def test_keys_stand_apart_and_an_event_without_one_speaks_for_all_but_as_a_stop(lab: Any) -> None:
    """As a cancel for all keys; as a stop only with a condition that names the start; as a start it is reported."""
    named = 'id = "N"\nkey = ["k"]\nstop = ["x.d if event.data.for == start.data.k"]'
    pack = lab.pack('id = "K"\nkey = ["k"]\ncancel = ["x.c"]', named, pack_id="keys")
    starts = [lab.event("x.a", "2024-03-01", {"k": k}, id=k) for k in ("1", "2")]
    run = (
        lab.Run(pack)
        .take(*starts, lab.event("x.b", "2024-03-02", {"k": "1"}), lab.event("x.b", "2024-03-03"))
        .tick("2024-05-01")
    )
    assert sorted((alert.rule, alert.key) for alert in run.alerts) == [("K", ("2",)), ("N", ("1",)), ("N", ("2",))]
    run.take(lab.event("x.d", "2024-03-04", {"for": "2"}), lab.event("x.c", "2024-03-05"))
    assert sorted((alert.rule, alert.key) for alert in run.alerts) == [("N", ("1",))]
    run.take(lab.event("x.a", "2024-03-06", {"k": None}, id="keyless"))
    assert [(remark.what, remark.rule) for remark in run.core.take_remarks()] == [("no_key", "K"), ("no_key", "N")]


def test_a_key_is_sought_along_references(lab: Any) -> None:
    """auction.sold → auction.announced → asset.discovered: the asset of a sale is that of its announcement."""
    rule = 'start = "asset.discovered"\nkey = ["asset_id"]\nstop = ["auction.sold"]'
    pack = lab.pack(rule, pack_id="sought")
    found = [lab.event("asset.discovered", "2024-03-01", {"asset_id": a}, id=a) for a in ("a1", "a2")]
    sale = [
        lab.event("auction.announced", "2024-03-02", {"auction_id": "s1", "asset_id": "a1"}),
        lab.event("auction.sold", "2024-03-09", {"auction_id": "s1"}),
    ]
    assert lab.Run(pack).take(*found, *sale).tick("2024-05-01").alert.key == ("a2",)
    assert {alert.key for alert in lab.Run(pack).take(*found, sale[1]).tick("2024-05-01").alerts} == {("a1",), ("a2",)}


def test_match_compares_a_stop_with_its_start(lab: Any) -> None:
    """Where names disagree, `match` says what belongs together."""
    pack = lab.pack('arms = "every"\nmatch = "stop.data.of == start.data.k"', pack_id="match")
    starts = [lab.event("x.a", "2024-03-01", {"k": k}, id=k) for k in ("1", "2")]
    run = lab.Run(pack).take(*starts, lab.event("x.b", "2024-03-02", {"of": "2"})).tick("2024-05-01")
    assert run.alert.evidence == ((lab.SOURCE, "1"),)


PAUSED = 'pause = [{ from = "x.d:on", to = ["x.e:on", "from:until_on"] }]'


def test_pauses_move_the_due_date_by_their_union(lab: Any) -> None:
    """Two that overlap count once; the start day and days before it aren't counted; a date named by `from` is included."""
    pack = lab.pack(PAUSED, PAUSED.replace("pause", 'id = "P2"\npause'), pack_id="pauses")
    pauses = [
        lab.event("x.d", "2024-03-03", {"on": "2024-03-03", "until_on": "2024-03-06"}, id="1"),  # 3, 4, 5, 6
        lab.event("x.d", "2024-03-05", {"on": "2024-03-05"}, id="2"),
        lab.event("x.e", "2024-03-08", {"on": "2024-03-08"}, id="3"),  # 5, 6, 7
    ]
    run = lab.Run(pack).take(lab.event("x.a", "2024-03-01 09:00"), *pauses).tick("2024-05-01")
    assert {lab.beijing(alert.due_at) for alert in run.alerts} == {"2024-03-16 23:59:59"}
    assert run.alerts[0].evidence == tuple((lab.SOURCE, name) for name in ("x.a@2024-03-01 09:00", "1", "2", "3"))


def test_while_a_pause_is_open_nothing_falls_due(lab: Any) -> None:
    """However long; then the rest of the days is still there."""
    pack = lab.pack(PAUSED, pack_id="open")
    run = lab.Run(pack).take(lab.event("x.a", "2024-03-01"), lab.event("x.d", "2024-03-05", {"on": "2024-03-05"}))
    assert run.tick("2024-09-01").alerts == []
    run.take(lab.event("x.e", "2024-09-02", {"on": "2024-09-02"})).tick("2024-09-08 12:00")
    assert run.alerts == []
    assert lab.beijing(run.tick("2024-10-01").alert.due_at) == "2024-09-08 23:59:59"


THREE = """
levels = [
  { severity = "yellow", at = "-3 calendar_days" },
  { severity = "orange", at = "100%" },
  { severity = "red", at = "20 calendar_days" },
]"""


def test_a_level_reached_stays_and_a_later_pause_moves_what_is_to_come(lab: Any) -> None:
    """The yellow of day 7 stays; due date and red move by the pause."""
    pack = lab.pack(PAUSED + "\n" + THREE, pack_id="stays")
    run = lab.Run(pack).take(lab.event("x.a", "2024-03-01")).tick("2024-03-09")
    run.take(lab.event("x.d", "2024-03-09 10:00", {"on": "2024-03-09", "until_on": "2024-03-13"})).tick("2024-05-01")
    assert [lab.beijing(level.reached_at) for level in run.alert.levels] == [
        "2024-03-09 00:00:00",
        "2024-03-17 00:00:00",
        "2024-03-27 00:00:00",
    ]
    assert lab.told(run) == [
        ("raised", None, "yellow"),
        ("redated", "2024-03-11T15:59:59Z", "2024-03-11T15:59:59Z"),  # the open pause is evidence now
        ("severity", "yellow", "red"),
        ("redated", "2024-03-11T15:59:59Z", "2024-03-16T15:59:59Z"),
    ]


def test_an_extension_keeps_the_distances(lab: Any) -> None:
    """Levels not yet reached keep their distance in civil days to the new due date; what was reached stays."""
    pack = lab.pack('extend = ["x.d:due_on"]\n' + THREE, pack_id="extends")
    grant = lab.event("x.d", "2024-03-05", {"due_on": "2024-03-31"})
    alert = lab.Run(pack).take(lab.event("x.a", "2024-03-01"), grant).tick("2024-05-01").alert
    assert [lab.beijing(level.at) for level in alert.levels] == [
        "2024-03-29 00:00:00",
        "2024-04-01 00:00:00",
        "2024-04-11 00:00:00",
    ]
    late = lab.event("x.d", "2024-03-13", {"due_on": "2024-03-31"})
    run = lab.Run(pack).take(lab.event("x.a", "2024-03-01"), late).tick("2024-03-25")
    assert (run.alert.severity, lab.beijing(run.alert.due_at)) == ("orange", "2024-03-31 23:59:59")
    assert lab.beijing(run.alert.levels[2].at) == "2024-04-11 00:00:00"


def test_a_levels_condition_is_judged_at_its_instant_once(lab: Any) -> None:
    """What happens later doesn't undo it; what is entered late but happened before does."""
    level = 'levels = [{ severity = "orange", at = "100%", when = "!seen(\'x.d\')" }]'
    pack = lab.pack(level, pack_id="when")
    run = lab.Run(pack).take(lab.event("x.a", "2024-03-01"), lab.event("x.d", "2024-03-12")).tick("2024-05-01")
    assert run.alert.severity == "orange"
    run.take(lab.event("x.d", "2024-03-11 12:00", recorded="2024-05-02"))
    assert run.steps[-1] == "retracted"
    assert run.journal[-1].cause == (lab.SOURCE, "x.d@2024-03-11 12:00")
    assert (run.journal[-1].reason, run.journal[-1].alert.end_reason, run.alerts) == ("late entry", "retracted", [])


def test_a_withdrawn_stop_reopens_and_a_late_one_cures(lab: Any, plain: Any) -> None:
    """Closing ends duty, not truth."""
    stop = lab.event("x.b", "2024-03-20", id="stop")
    run = lab.Run(plain).take(lab.event("x.a", "2024-03-01"), stop).tick("2024-04-01")
    run.take(lab.event("x.b", "2024-04-02", None, id="back", correctionof=stop.ref))
    run.take(lab.event("x.b", "2024-03-15", id="other", recorded="2024-04-03"))
    assert lab.told(run) == [
        ("raised", None, "orange"),
        ("ended", None, "cured"),
        ("reopened", "cured", None),
        ("ended", None, "cured"),
    ]
    assert run.alert.breach_days == 4


def test_a_reference_without_its_field_matches_when_a_correction_fills_it(lab: Any) -> None:
    """Missing and null are the same; the arming stays the first event of the chain of corrections."""
    pack = lab.pack('start = "x.a:on"\narms = "every"', pack_id="fills")
    first = lab.event("x.a", "2024-03-01", {"on": None}, id="first")
    run = lab.Run(pack).take(first).tick("2024-05-01")
    assert run.alerts == []
    run.take(lab.event("x.a", "2024-03-01", {"on": "2024-03-04"}, id="again", correctionof=first.ref, recorded="2024-05-02"))
    assert run.alert.id == short_id("alert", "fills", "T1", "case:c1", [], None, [lab.SOURCE, "first"])
    assert lab.beijing(run.alert.due_at) == "2024-03-14 23:59:59"


def test_a_correction_of_another_kind_or_case_is_void(lab: Any, plain: Any) -> None:
    """A changed case is a withdrawal and a new event."""
    start = lab.event("x.a", "2024-03-01", id="s")
    run = lab.Run(plain).take(
        start,
        lab.event("x.b", "2024-03-02", {}, id="k1", correctionof=start.ref),
        lab.event("x.a", "2024-03-02", None, id="k2", case="c2", correctionof=start.ref),
    )
    assert len(run.tick("2024-05-01").alerts) == 1


def test_two_bodies_under_one_name(lab: Any, plain: Any) -> None:
    """The lesser by (recordedtime, digest) counts in both orders; the chain says that something is missing."""
    one = lab.event("x.a", "2024-03-01", {}, id="s")
    other = lab.event("x.a", "2024-03-09", {}, id="s")
    runs = [lab.Run(plain).take(*order).tick("2024-05-01") for order in ((one, other), (other, one))]
    assert [run.alert.armed_at for run in runs] == ["2024-02-29T16:00:00Z"] * 2
    assert [run.alert.incomplete for run in runs] == [True, True]
    assert runs[0].poisons == ["id_conflict"]
    assert [remark.what for remark in runs[1].core.take_remarks()] == ["id_conflict"]


def test_a_source_corrects_only_its_own(lab: Any, plain: Any) -> None:
    """A correction of another court's event is poison; the case goes on."""
    start = lab.event("x.a", "2024-03-01", id="s")
    foreign = lab.event("x.a", "2024-03-02", None, id="k", source="/court/京0106/test", correctionof=start.ref)
    run = lab.Run(plain).take(start, foreign).tick("2024-05-01")
    assert run.poisons == ["foreign_correction"]
    assert (run.alert.severity, run.alert.incomplete) == ("orange", True)


def test_severity_only_rises_and_one_alert_tells_it(lab: Any) -> None:
    """Each level is told when it is reached, also a second one of the same severity."""
    levels = 'levels = [{severity="yellow", at="50%"}, {severity="yellow", at="80%"}, {severity="red", at="100%"}]'
    run = lab.Run(lab.pack(levels, pack_id="rises")).take(lab.event("x.a", "2024-03-01"))
    for day in ("2024-03-07", "2024-03-10", "2024-03-12"):
        run.tick(day)
    assert lab.told(run) == [("raised", None, "yellow"), ("severity", "yellow", "yellow"), ("severity", "yellow", "red")]
    assert lab.beijing(run.alert.raised_at) == "2024-03-07 00:00:00"


def test_the_court_is_the_owner_when_the_level_was_reached(lab: Any) -> None:
    """Filed by one court, transferred to another before the deadline: the other answers; after it: the first."""
    pack = lab.pack('start = "case.filed"\noutlives = true', pack_id="owner")
    filed = lab.event("case.filed", "2024-03-01", {"case_no": "x"})
    assert lab.Run(pack).take(filed).tick("2024-05-01").alert.court == "京0105"
    for day, court in (("2024-03-11", "粤0104"), ("2024-03-13", "京0105")):
        moved = lab.event("case.transferred", day, {"to_court": "粤0104"})
        assert lab.Run(pack).take(filed, moved).tick("2024-05-01").alert.court == court
    foreign = lab.event("x.a", "2024-03-01", source="/import/" + "0" * 64)
    assert lab.Run(lab.pack("", pack_id="nobody")).take(foreign).tick("2024-05-01").alert.court == "-"


def test_received_axis_counts_from_receipt(lab: Any) -> None:
    """Feed watchdogs run on when the gateway got it."""
    pack = lab.pack('axis = "received"', pack_id="axis")
    run = lab.Run(pack).take(lab.event("x.a", "2024-03-01", received="2024-03-08 09:00")).tick("2024-05-01")
    assert lab.beijing(run.alert.due_at) == "2024-03-18 23:59:59"


def test_effective_days(lab: Any) -> None:
    """A rule judges what arms within its days, both included."""
    pack = lab.pack('arms = "every"\neffective = { from = 2024-03-02, to = 2024-03-03 }', pack_id="effective")
    days = ["2024-03-01 23:59", "2024-03-02", "2024-03-03 23:59", "2024-03-04"]
    run = lab.Run(pack).take(*(lab.event("x.a", day) for day in days)).tick("2024-05-01")
    assert {name for alert in run.alerts for _, name in alert.evidence} == {"x.a@2024-03-02", "x.a@2024-03-03 23:59"}


def test_a_list_counts_each_from_the_end_of_the_one_before(lab: Any) -> None:
    """Seven days, then a month."""
    pack = lab.pack('within = ["7 calendar_days", "1 months"]', pack_id="list")
    run = lab.Run(pack).take(lab.event("x.a", "2024-03-01")).tick("2024-06-01")
    assert lab.beijing(run.alert.due_at) == "2024-04-08 23:59:59"


def test_each_element_is_an_obligation(lab: Any) -> None:
    """A plan of instalments: one deadline for each, the limit read from the element."""
    rule = 'each = "start.data.plan"\nwithin = "it.due_on"\nstop = ["x.b if event.data.n == it.n"]'
    plan = [{"n": 1, "due_on": "2024-03-05"}, {"n": 2, "due_on": "2024-04-05"}]
    run = lab.Run(lab.pack(rule, pack_id="each")).take(
        lab.event("x.a", "2024-03-01", {"plan": plan}), lab.event("x.b", "2024-03-04", {"n": 1})
    )
    assert [alert.element for alert in run.tick("2024-06-01").alerts] == [plan[1]]


def test_a_level_before_the_start_has_the_starts_instant(lab: Any) -> None:
    """Thirty days before a due date ten days off."""
    level = 'levels = [{ severity = "yellow", at = "-30 calendar_days" }]'
    run = lab.Run(lab.pack(level, pack_id="before")).take(lab.event("x.a", "2024-03-01 09:00"))
    assert lab.beijing(run.alert.raised_at) == "2024-03-01 09:00:00"


def test_a_journal_line_names_position_and_cause(lab: Any, plain: Any) -> None:
    """What moved the alert is named, and where in the log it stands."""
    run = lab.Run(plain).take(lab.event("x.a", "2024-03-01")).tick("2024-03-12")
    assert run.journal[0].journal() == {
        "position": "0:1",
        "clock": "2024-03-11T16:00:00Z",
        "alert": run.alert.id,
        "transition": "raised",
        "from": None,
        "to": "orange",
        "cause": ("/sys/clock", "sys.ticked:1"),
        "reason": "clock",
    }
    assert run.journal[0].id == short_id("transition", run.alert.id, "raised", "0:1")
