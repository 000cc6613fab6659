"""Directives, rosters and entrustments inside the room: links to alerts and back, restarts, wrong targets."""

from datetime import date
from typing import Any, get_args

import msgspec
import pytest
from duty_script import BASIC, HIGH, MIDDLE, Script

from contract.duty import commands as c
from contract.duty.people import Principal, part_of_system
from contract.duty.policy import Policies
from contract.duty.roster import Override, Rota, Rotation
from contract.envelope import Event, full_type
from contract.topics import EVENTS, partition_of
from streams.duty.origins import Origin
from streams.rules.load import load_packs
from streams.shell.duty_intake import court_told
from streams.shell.rule_facts import RuleLookup

pytestmark = pytest.mark.unit


def events(duty: Script) -> list[bytes]:
    """The courts' own events that were sent, each once, in order."""
    return list(dict.fromkeys(value for topic, _, value in duty.outputs if topic == EVENTS))


def said(duty: Script) -> list[tuple[str, str, int]]:
    """(target, what, version) of every decision, each once, in order."""
    once = {one.id: one for one in duty.decisions}
    return [(one.target, one.what, one.version) for one in once.values()]


def story(**how: Any) -> Script:
    """A red alert that nobody answers is drafted into a directive, issued, received, answered, cured, closed."""
    duty = Script(**how)
    duty.roster(officer="甲", officer_b="乙", leader="丙")
    duty.raises()
    duty.advance(hours=2)
    directive = duty.drafts[0].target
    duty.does("某局长", c.DirectiveIssue, directive, role="director", court=MIDDLE)
    duty.does("签收人", c.DirectiveReceive, directive, court=BASIC)
    duty.does("受令局长", c.DirectiveAnswer, directive, role="director", court=BASIC, result="已纠正", text="已答复")
    duty.does("某局长", c.DirectiveVerdict, directive, role="director", court=MIDDLE, verdict="合格")
    duty.advance(days=1)
    duty.ends()
    duty.does("某局长", c.DirectiveVerdict, directive, role="director", court=MIDDLE, verdict="合格")
    return duty


def test_the_whole_story_is_readable_from_the_log() -> None:
    """From the sixty minutes that nobody answered to 合格, which waits for the alert's end."""
    duty = story()
    directive = duty.drafts[0].target
    assert (duty.drafts[0].from_court, duty.drafts[0].to_court) == (MIDDLE, BASIC)
    assert duty.said(directive) == [
        "drafted",
        "issued",
        "received",
        "answered",
        "directive.verdict",
        "alert_ended",
        "closed",
    ]
    refused = next(one for one in duty.decisions if one.target == directive and one.outcome == "refused")
    assert (refused.code, refused.detail) == ("alerts_stand", {"open_alerts": (duty.id("a"),)})
    assert [word for word in duty.said() if word.startswith("directive_")] == [
        "directive_drafted",
        "directive_issued",
        "directive_closed",
    ]
    assert duty.record().directives == (directive,)
    assert len(events(duty)) == 4


def test_a_restart_after_every_record_and_records_told_twice_change_nothing() -> None:
    """The same decisions byte by byte; told twice, the same in other places of the log, and the same events."""
    plain = story()
    assert story(restarts=True).outputs == plain.outputs
    twice = story(twice=True)
    assert events(twice) == events(plain)
    assert said(twice) == said(plain)


def test_a_directive_that_names_an_alert_which_has_ended_learns_it_at_once() -> None:
    """Or 合格 would wait for ever."""
    duty = Script()
    duty.raises()
    duty.ends()
    given: dict[str, Any] = {"directive_kind": "督办", "from_court": MIDDLE, "to_court": BASIC, "text": "x"}
    duty.does("拟稿人", c.DirectiveDraft, "d" * 32, court=MIDDLE, alert_ids=(duty.id("a"),), subject="case-1", **given)
    assert duty.said("d" * 32) == ["drafted", "alert_ended"]


def test_an_alert_that_goes_up_the_tree_is_drafted_into_directives() -> None:
    """督办 by the court above, 通报 by the High Court, each for a person to issue or not."""
    duty = Script()
    duty.raises(severity="orange", hours=False)
    duty.advance(days=30)
    found = [(draft.directive_kind, draft.from_court) for draft in duty.drafts]
    assert found[:2] == [("督办", MIDDLE), ("通报", HIGH)]
    assert len(found) == len(set(found))


def test_a_roster_set_in_the_room_reaches_every_partition() -> None:
    """Who is paged afterwards is who stands on it."""
    duty = Script()
    people = (Rotation(post="officer", accounts=("甲",), every="week", first_on=date(2024, 3, 4), hand_over_at="00:00"),)
    rota = Rota(id=BASIC, court=BASIC, from_on=date(2024, 3, 4), rotations=people)
    answer = duty.does("局长", c.RotaSet, f"roster/{BASIC}", role="director", court=BASIC, rota=rota)
    assert (answer.outcome, answer.what) == ("accepted", "roster_set")
    duty.raises("b")
    duty.raises("c", subject="case-2")
    duty.advance(minutes=12)
    assert duty.paged() == ["甲", "甲"]


def test_an_entrustment_is_followed() -> None:
    """By what its courts tell; late ones are said by the clock."""
    duty = Script()
    data = {"entr_id": "e", "kind": "事项", "matter": "冻结", "from_court": BASIC, "to_court": HIGH}
    told = c.CourtTold(
        id="e" * 32, target="entrustment/e", principal=part_of_system("intake"), at=duty.now, type="entr.sent",
        subject="case-1", rootid="root-1", ref=(f"/court/{BASIC}/oa", "1"), time=duty.now, court=BASIC, data=data,
    )  # fmt: skip
    duty.put(told)
    duty.advance(days=10)
    assert duty.said("entrustment/e") == ["sent", "accept_overdue", "reply_overdue"]


_SAMPLES: dict[Any, Any] = {str: "x", int: 1, bool: True, Policies: Policies(id="p", version="1", policies=())}


def sample(kind: type[c.Command], principal: Principal, target: str, duty: Script) -> Any:
    """A command of a kind with something in every field that must be filled."""
    given: dict[str, Any] = {
        "id": f"{kind.__name__:0>32}"[:20] + target[:6] + principal.role[:6],
        "target": target,
        "principal": principal,
        "at": duty.now,
        "into_court": BASIC,
        "from_court": MIDDLE,
        "to_court": BASIC,
        "directive_kind": "督办",
        "override": Override(id="0" * 32, rota=BASIC, post="officer", start=duty.now, end=duty.now),
        "rota": Rota(id=BASIC, court=BASIC, from_on=date(2024, 3, 4), rotations=()),
        "window": c.Window(id="w", court=BASIC, start=duty.now, end=duty.now),
        "rule": c.RuleFacts(),
        "alert": duty.facts["a"],
        "ref": ("s", "i"),
        "time": duty.now,
    }
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    made = {name: value for name, value in given.items() if name in fields}
    for name, field in fields.items():
        if field.required and name not in made:
            options = get_args(field.type)
            made[name] = options[0] if options and isinstance(options[0], str) else _SAMPLES.get(field.type, duty.now)
    return kind(**made)


SYSTEM = (c.Ticked, c.Broadcast, c.LinkTold, c.AlertTold, c.CourtTold, c.NoticeTold)
ASKED = [kind for kind in get_args(c.AnyCommand) if kind not in SYSTEM]


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: str(kind.__struct_config__.tag))
def test_any_command_upon_any_target_has_exactly_one_answer(kind: type[c.Command]) -> None:
    """Whatever it is sent to, there or not; the room goes on."""
    duty = Script(count=1)
    duty.raises()
    duty.advance(hours=2)
    directive = duty.drafts[0].target
    duty.does("局长", c.RotaSet, f"roster/{BASIC}", role="director", court=BASIC, rota=_rota())
    for target in (duty.id("a"), directive, f"roster/{BASIC}", f"desk/{BASIC}", "thread/x", "entrustment/e", "nothing"):
        for court in (BASIC, MIDDLE):
            asked = sample(kind, Principal(account="局长", role="director", court=court), target, duty)
            asked = msgspec.structs.replace(asked, id=f"{asked.id}{court}")
            duty.put(asked)
            assert len([one for one in duty.decisions if one.command == asked.id]) == 1, (target, court)


def _rota() -> Rota:
    people = (Rotation(post="officer", accounts=("甲",), every="week", first_on=date(2024, 3, 4)),)
    return Rota(id=BASIC, court=BASIC, from_on=date(2024, 3, 4), rotations=people)


# What a court's own system takes back.


def tells_event(
    duty: Script, number: int, short: str, court: str, *, corrects: int | None = None, name: str = "内部1", **data: Any
) -> None:
    """A court's event as the intake tells it; without data it withdraws."""
    about = "entr_id" if short.startswith("entr.") else "directive_id"
    source = f"/court/{court}/cms"
    event = Event(
        id=f"e{number}",
        source=source,
        type=full_type(short),
        subject="case-1",
        rootid="root-1",
        time=duty.now,
        recordedtime=duty.now,
        receivedtime=duty.now,
        correctionof=None if corrects is None else (source, f"e{corrects}"),
        data={about: name, **data} if data or corrects is None else None,
    )
    told = court_told(event)
    assert told is not None
    duty.put(told)


def directive_of(duty: Script, name: str = "内部1", kind: str = "sup.directive_issued") -> Any:
    """The record of what a court calls so."""
    target = c.told_target(kind, "root-1", name)
    return duty.rooms[partition_of(target, duty.count)].record(target)


HOW = [{}, {"restarts": True}, {"twice": True}]


@pytest.mark.parametrize("how", HOW)
def test_a_withdrawn_receipt_and_a_withdrawn_issue_reach_their_directive(how: dict[str, bool]) -> None:
    """A withdrawal names no directive; the event that it takes back knows which."""
    duty = Script(**how)
    issue = {"kind": "督办", "from_court": MIDDLE, "to_court": BASIC, "due_on": "2024-03-20"}
    tells_event(duty, 1, "sup.directive_issued", MIDDLE, **issue)
    tells_event(duty, 2, "sup.directive_received", BASIC)
    assert directive_of(duty).state == "received"
    tells_event(duty, 3, "sup.directive_received", BASIC, corrects=2)
    assert directive_of(duty).state == "issued"
    tells_event(duty, 5, "sup.directive_received", BASIC, corrects=3)
    assert directive_of(duty).state == "received"  # the withdrawal was withdrawn
    tells_event(duty, 4, "sup.directive_issued", MIDDLE, corrects=1)
    assert directive_of(duty).state == "withdrawn"
    duty.advance(days=60, jump=True)
    assert not [one for one in duty.decisions if one.what.endswith("_overdue")]


@pytest.mark.parametrize("how", HOW)
def test_a_withdrawal_that_comes_before_what_it_withdraws_waits_for_it(how: dict[str, bool]) -> None:
    """Events of one chain may come in any order."""
    duty = Script(**how)
    tells_event(duty, 4, "sup.directive_issued", MIDDLE, corrects=1)
    issue = {"kind": "督办", "from_court": MIDDLE, "to_court": BASIC, "due_on": "2024-03-20"}
    tells_event(duty, 1, "sup.directive_issued", MIDDLE, **issue)
    assert directive_of(duty).state == "withdrawn"


def test_a_correction_that_names_another_directive_takes_the_act_from_the_first() -> None:
    """It was received, but not this one."""
    duty = Script()
    issue = {"kind": "督办", "from_court": MIDDLE, "to_court": BASIC, "due_on": "2024-03-20"}
    tells_event(duty, 1, "sup.directive_issued", MIDDLE, **issue)
    tells_event(duty, 2, "sup.directive_issued", MIDDLE, name="内部2", **issue)
    tells_event(duty, 3, "sup.directive_received", BASIC)
    tells_event(duty, 4, "sup.directive_received", BASIC, corrects=3, name="内部2", receiver="u1")
    assert (directive_of(duty).state, directive_of(duty, "内部2").state) == ("issued", "received")
    tells_event(duty, 5, "sup.directive_received", BASIC, corrects=4)
    assert directive_of(duty, "内部2").state == "issued"


def test_a_withdrawn_acceptance_reaches_its_entrustment_and_what_it_was_about_is_forgotten_in_the_end() -> None:
    """After four hundred days without news."""
    duty = Script()
    sent = {"kind": "事项", "matter": "查询", "from_court": MIDDLE, "to_court": BASIC}
    tells_event(duty, 1, "entr.sent", MIDDLE, name="委1", **sent)
    tells_event(duty, 2, "entr.accepted", BASIC, name="委1")
    assert directive_of(duty, "委1", "entr.sent").state == "accepted"
    tells_event(duty, 3, "entr.accepted", BASIC, corrects=2, name="委1")
    assert directive_of(duty, "委1", "entr.sent").state == "sent"
    duty.advance(days=401, jump=True)
    assert not [one for room in duty.rooms for one in room.records() if isinstance(one, Origin)]


def test_what_this_system_withdrew_itself_is_not_told_again() -> None:
    """The room did it."""
    ref = ("/court/京03/yipanqi", "x")
    event = Event(
        id="y", source=ref[0], type=full_type("sup.directive_issued"), subject="case-1", rootid="root-1",
        time=Script().now, recordedtime=Script().now, receivedtime=None, correctionof=ref, data=None,
    )  # fmt: skip
    assert court_told(event) is None


# Which court must react, where the rule names a court of the start's data.

TO = ("own:start.data.to_court",)


@pytest.mark.parametrize("how", HOW)
def test_an_alert_about_a_directive_calls_the_desk_of_the_court_that_it_names(how: dict[str, bool]) -> None:
    """Not that of the case's owner; when red, that of the issuer."""
    duty = Script(**how)
    duty.roster(BASIC, officer="甲", leader="丙")
    duty.roster(MIDDLE, officer="丁", leader="戊")
    duty.roster("京0106", officer="壬", leader="癸")
    issue = {"kind": "督办", "from_court": MIDDLE, "to_court": "京0106", "due_on": "2024-03-20"}
    tells_event(duty, 1, "sup.directive_issued", MIDDLE, **issue)
    duty.raises("a", "orange", rule="R-DIR-01.b", hours=True, react=TO, about="directive", key=["内部1"])
    assert duty.record().home == "京0106"
    duty.paged()
    duty.advance(minutes=10)
    assert duty.paged() == ["壬"]
    duty.tells("a", "severity", severity="red", react=("own:start.data.from_court",))
    assert duty.record().home == MIDDLE
    duty.advance(minutes=10)
    assert duty.paged() == ["丁"]


def test_an_alert_without_a_key_finds_its_directive_by_the_event_that_armed_it() -> None:
    """One of a court's own system, and one that was issued here."""
    duty = Script()
    tells_event(
        duty, 1, "sup.directive_issued", MIDDLE, kind="督促执行令", from_court=MIDDLE, to_court=BASIC, due_on="2024-03-20"
    )
    how = {"rule": "R-DIR-02", "react": ("own:start.data.from_court",), "about": "directive"}
    duty.raises("a", "red", evidence=[[f"/court/{MIDDLE}/cms", "e1"]], **how)
    assert duty.record("a").home == MIDDLE
    ours = story()
    directive = ours.drafts[0].target
    ours.raises("b", "red", subject="x", evidence=[[f"/court/{MIDDLE}/yipanqi", directive]], **how)
    assert ours.record("b").home == MIDDLE


def test_an_entrusted_court_and_the_one_above_it_are_called() -> None:
    """``own:`` and ``up1:`` of the court that the entrustment names."""
    duty = Script()
    tells_event(duty, 1, "entr.sent", "粤01", name="委1", matter="查询", from_court="粤01", to_court=BASIC, kind="事项")
    both = ("own:start.data.to_court+up1:start.data.to_court",)
    duty.raises("a", "yellow", rule="R-ENTR-02.a", court="粤01", react=both, about="entrustment", key=["委1"])
    assert duty.record().desks[:2] == (BASIC, MIDDLE)


def test_a_directive_that_nobody_knows_leaves_the_alert_with_its_own_court() -> None:
    """There is nobody to ask; somebody must have it."""
    duty = Script()
    duty.raises("a", "red", rule="R-DIR-01.a", react=TO, about="directive", key=["unknown"])
    assert duty.record().home == BASIC


def test_what_is_told_of_national_rules_says_what_names_their_courts() -> None:
    """Only of those whose courts stand in the start's data."""
    lookup = RuleLookup(load_packs())
    pack = load_packs()[0].label
    facts = {
        rule: lookup.facts({"rule": rule, "version": pack, "severity": "red"})
        for rule in ("R-DIR-01.a", "R-DIR-02", "R-ENTR-02.a", "R-OBJ-01.a")
    }
    assert [one.about for one in facts.values()] == ["directive", "directive", "entrustment", ""]
