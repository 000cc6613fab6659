"""Rules that change while their obligations run: re-judging, parameters, calendars, packs put out of force."""

from datetime import date
from typing import Any

import msgspec
import pytest

from contract.calendar import Calendar
from contract.control import calendar_changed, pack_deactivated, rule_params_changed
from contract.envelope import Event
from streams.offline import supervise


def param(lab: Any, control: int, path: str, old: Any, new: Any, on: str, rule: str = "T1") -> Event:
    """A change of a parameter of pack t."""
    at = lab.instant("2024-01-01")
    words = {"legal_basis": "试行办法第3条", "approver_role": "执行指挥中心主任"}
    return rule_params_changed(
        control, at, pack="t", rule_id=rule, param=path, old=old, new=new, **words, effective_on=date.fromisoformat(on)
    )


def longer(pack: Any, within: str) -> Any:
    """Version 2 of a pack, whose rules have another limit."""
    rules = tuple(msgspec.structs.replace(rule, within=(within,)) for rule in pack.rules)
    return msgspec.structs.replace(pack, version="2", rules=rules)


def calendar(version: str, years: tuple[int, int], rest: dict[str, str] | None = None) -> Calendar:
    """A calendar in which only weekends and some named days are days of rest."""
    return Calendar("cn", version, years, {date.fromisoformat(day): name for day, name in (rest or {}).items()}, {})


def changed(lab: Any, control: int, of: Calendar) -> Event:
    """The control event that brings a calendar."""
    at = lab.instant("2024-01-01")
    return calendar_changed(control, at, calendar=of.name, version=of.version, sha256=of.sha256, days=of.content())


def story(lab: Any, again: bool) -> Any:  # noqa: FBT001  # read at its two calls
    """An alert under a limit of ten days; then a version with thirty takes over from April."""
    old = lab.pack('id = "T1"')
    new = longer(old, "30 calendar_days")
    run = lab.live(old, new).take(lab.activated(old, 1), lab.event("x.a", "2024-03-01 10:00"))
    run.tick("2024-03-20").take(lab.activated(new, 2, "2024-04-01", rejudge=again))
    return run


def test_what_a_rejudging_version_takes_away_is_superseded(lab: Any) -> None:
    """Its end names the activation; it stands no more; the same alert may be raised by the new version later."""
    run = story(lab, again=True)
    assert lab.told(run)[-1] == ("ended", None, "superseded")
    last = run.journal[-1]
    assert (last.reason, last.cause) == ("rejudged t@2", ("/sys/clock", "sys.pack_activated:2"))
    assert last.alert.end_reason == "superseded"
    assert run.alerts == []
    assert run.tick("2024-04-02").alert.version == "t@2"
    assert lab.beijing(run.alert.due_at) == "2024-03-31 23:59:59"


def test_without_rejudge_it_stands_as_it_was(lab: Any) -> None:
    """Only what arms from then on is judged by the new version."""
    run = story(lab, again=False)
    assert lab.told(run) == [("raised", None, "orange")]
    assert run.alert.version == "t@1"


def test_rejudging_survives_a_restart(lab: Any) -> None:
    """What stands after a restore is what stood before."""
    run = story(lab, again=True).tick("2024-04-02")
    before = run.alerts
    assert run.restart().alerts == before


def test_a_rule_new_in_a_rejudging_version_judges_only_from_then_on(lab: Any) -> None:
    """There was no obligation of it that could be judged again."""
    old = lab.pack('id = "T1"')
    new = msgspec.structs.replace(lab.pack('id = "T1"', 'id = "T2"'), version="2")
    run = lab.live(old, new).take(lab.activated(old, 1), lab.event("x.a", "2024-03-01 10:00")).tick("2024-03-20")
    run.take(lab.activated(new, 2, "2024-04-01", rejudge=True))
    assert [(alert.rule, alert.version) for alert in run.alerts] == [("T1", "t@2")]


@pytest.mark.parametrize(("again", "standing"), [(False, ["c1"]), (True, [])])
def test_a_pack_out_of_force_arms_nothing(lab: Any, *, again: bool, standing: list[str]) -> None:
    """What it armed before lives on, unless the end of the pack is re-judging."""
    pack = lab.pack('id = "T1"')
    run = lab.live(pack).take(lab.activated(pack, 1), lab.event("x.a", "2024-03-01 10:00")).tick("2024-03-20")
    run.take(pack_deactivated(2, lab.instant("2024-03-20"), pack="t", from_at=lab.instant("2024-03-20"), rejudge=again))
    run.take(lab.event("x.a", "2024-03-21 10:00", case="c2", root="other")).tick("2024-06-01")
    assert [alert.subject for alert in run.alerts] == standing


def test_a_parameter_holds_for_what_arms_from_its_date_on(lab: Any) -> None:
    """From the first instant of that day in the pack's zone; the version of the alert says under which change."""
    pack = lab.pack('id = "T1"')
    run = lab.live(pack).take(
        lab.activated(pack, 1), param(lab, 5, "within", "10 calendar_days", "3 calendar_days", "2024-04-01")
    )
    run.take(lab.event("x.a", "2024-03-31 23:59", case="c1"), lab.event("x.a", "2024-04-01 00:00", case="c2"))
    found = [(alert.subject, alert.version, lab.beijing(alert.due_at)) for alert in run.tick("2024-06-20").alerts]
    assert sorted(found) == [("c1", "t@1", "2024-04-10 23:59:59"), ("c2", "t@1+p5", "2024-04-04 23:59:59")]
    before = run.alerts
    assert run.restart().alerts == before


def test_a_change_of_what_has_armed_says_so(lab: Any) -> None:
    """A date in the past judges again what armed since; what it takes away is superseded."""
    pack = lab.pack('id = "T1"')
    run = lab.live(pack).take(lab.activated(pack, 1), lab.event("x.a", "2024-03-01 10:00")).tick("2024-03-20")
    run.take(param(lab, 2, "levels.0.at", "100%", "+20 calendar_days", "2024-02-01"))
    assert (lab.told(run)[-1], run.journal[-1].reason) == (("ended", None, "superseded"), "parameter T1 levels.0.at")


def test_changes_add_up_and_the_last_of_a_parameter_holds(lab: Any) -> None:
    """Each under the number of its control event."""
    pack = lab.pack('id = "T1"\nparams = { n = 1 }\nwhen = "p.n > 0"')
    run = lab.live(pack).take(lab.activated(pack, 1), lab.event("x.a", "2024-05-01 10:00"))
    run.take(
        param(lab, 2, "params.n", 1, 2, "2024-02-01"),
        param(lab, 3, "within", ["10 calendar_days"], "5 calendar_days", "2024-03-01"),
    )
    run.take(param(lab, 4, "params.n", 2, 3, "2024-04-01"))
    assert run.tick("2024-06-01").alert.version == "t@1+p3+p4"


@pytest.mark.parametrize(
    ("path", "old", "new", "rule", "why"),
    [
        ("within", None, "5 calendar_days", "T9", "unknown_rule"),
        ("stop", None, "x.c", "T1", "bad_parameter"),
        ("levels.3.at", None, "80%", "T1", "bad_parameter"),
        ("params.n", None, 3, "T1", "bad_parameter"),
        ("within", None, "5 moons", "T1", "bad_parameter"),
        ("within", "9 calendar_days", "5 calendar_days", "T1", "other_value"),
    ],
)
def test_what_would_not_load_is_refused(lab: Any, path: str, old: Any, new: Any, rule: str, why: str) -> None:
    """With its reason; the rules stay as they are."""
    pack = lab.pack('id = "T1"')
    run = lab.live(pack).take(lab.activated(pack, 1), param(lab, 2, path, old, new, "2024-02-01", rule))
    assert run.poisons == [why]
    assert run.take(lab.event("x.a", "2024-03-01 10:00")).tick("2024-03-20").alert.version == "t@1"


def test_a_due_date_without_a_calendar_is_provisional_until_it_comes(lab: Any) -> None:
    """Then it is re-dated and says so; one that rests on days that did not change is not told again."""
    levels = '[{ severity = "yellow", at = "1 working_days" }, { severity = "orange", at = "100%" }]'
    rule = f'id = "T1"\nwithin = "10 working_days"\nlevels = {levels}'
    pack = lab.pack(rule, head='calendar = "cn"')
    run = lab.live(pack).take(changed(lab, 0, calendar("2025", (2024, 2025))), lab.activated(pack, 1))
    run.take(lab.event("x.a", "2025-12-22 10:00", case="c1"), lab.event("x.a", "2025-12-01 10:00", case="c2"))
    run.tick("2025-12-31")
    first = {alert.subject: alert for alert in run.alerts}
    assert [first[case].arithmetic[-1].provisional for case in ("c1", "c2")] == [True, False]
    told = len(run.journal)
    run.take(changed(lab, 2, calendar("2026", (2024, 2026), {"2026-01-01": "元旦", "2026-01-02": "元旦"})))
    assert [(step.alert.subject, step.transition, step.reason) for step in run.journal[told:]] == [
        ("c1", "redated", "calendar cn 2026")
    ]
    last = {alert.subject: alert for alert in run.alerts}
    assert (lab.beijing(first["c1"].due_at), lab.beijing(last["c1"].due_at)) == ("2026-01-05 23:59:59", "2026-01-07 23:59:59")
    assert [last["c1"].arithmetic[-1].provisional, last["c1"].arithmetic[0].calendar] == [False, "2026"]
    assert last["c2"] == first["c2"]
    before = run.alerts
    assert run.restart().alerts == before


def test_days_that_do_not_give_their_hash_are_refused(lab: Any) -> None:
    """The log names a calendar by its content."""
    event = changed(lab, 2, calendar("2026", (2024, 2026)))
    assert event.data is not None
    forged = msgspec.structs.replace(event, data=event.data | {"sha256": "0" * 64})
    assert lab.live(lab.pack('id = "T1"')).take(forged).poisons == ["bad_calendar"]


def journal_of(lab: Any, packs: list[Any], *events: Event) -> tuple[list[str], list[str]]:
    """(versions of the standing alerts, refusals) of a file with these lines."""
    alerts, _, refusals = supervise(enumerate(events, 1), packs, lab.instant("2024-06-01"))
    return [alert.version for alert in alerts], [refusal.reason for refusal in refusals]


def test_a_file_that_activates_packs_says_itself_which_judge(lab: Any) -> None:
    """Others that are given don't; in a file without activations all of them judge always."""
    old = lab.pack('id = "T1"')
    new = longer(old, "5 calendar_days")
    start = lab.event("x.a", "2024-03-01 10:00")
    assert journal_of(lab, [old], start) == (["t@1"], [])
    assert journal_of(lab, [old, new], lab.activated(old, 1), start) == (["t@1"], [])
    assert journal_of(lab, [old, new], lab.activated(old, 1), lab.activated(new, 2, "2024-02-01"), start) == (["t@2"], [])


def test_a_file_is_judged_under_its_parameters(lab: Any) -> None:
    """As it would be live; the same control event twice, as of two partitions, is one."""
    pack = lab.pack('id = "T1"')
    change = param(lab, 5, "within", "10 calendar_days", "3 calendar_days", "2024-02-01")
    assert journal_of(lab, [pack], change, change, lab.event("x.a", "2024-03-01 10:00")) == (["t@1+p5"], [])


def test_a_file_that_activates_an_unknown_pack_says_so(lab: Any) -> None:
    """The line is refused; the packs that are given judge."""
    old = lab.pack('id = "T1"')
    versions, refusals = journal_of(
        lab, [old], lab.activated(longer(old, "5 calendar_days"), 1), lab.event("x.a", "2024-03-01")
    )
    assert versions == ["t@1"]
    assert "was not given" in refusals[0]
