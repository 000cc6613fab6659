"""``debtor.cases`` and ``officer.cases``: the same for every order of arrival, changed by what comes late or is corrected."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from contract.envelope import Event
from streams.cases import gossip
from streams.groups.group import Group

RULES = """
[[rule]]
id = "DEEP"
name = { zh = "多案", en = "deep in debt" }
family = "evasion"
kind = "forbidden"
scope = "debtor"
arms = "every"
at = ["case.notice_issued"]
when = "debtor.cases.exists(c, c.open && c.id != event.subject && c.owed_fen > 5000)"
outlives = true
levels = [
  { severity = "yellow" },
  { severity = "red", when = "debtor.cases.exists(c, c.alive && c.court != '京0105')" },
]

[[rule]]
id = "BUSY"
name = { zh = "积案", en = "busy" }
family = "inaction"
kind = "deadline"
scope = "officer"
arms = "every"
start = "case.notice_issued"
stop = ["case.closed"]
within = "3 calendar_days"
outlives = true
levels = [
  { severity = "yellow", at = "100%" },
  { severity = "orange", at = "200%", when = "officer.cases.filter(c, c.open).size() >= 2" },
]
"""
COURTS = ("京0105", "粤0604", "沪01")
PEOPLE, OFFICERS = ("p0", "p1", "p2"), ("o0", "o1")
END = 30


def party(kit: Any, case: str, day: float, who: str, court: str, **more: Any) -> Event:
    """Somebody is 被执行 in a case."""
    event: Event = kit.happened(
        "party.registered", day, {"party_ref": who, "role": "被执行"}, case=case, court=court, id=f"{case}-{who}", **more
    )
    return event


def assigned(kit: Any, case: str, day: float, who: str, court: str, **more: Any) -> Event:
    """A case is somebody's from then on."""
    data = {"judge_id": "j", "officer_id": who}
    event: Event = kit.happened("case.officer_assigned", day, data, case=case, court=court, id=f"{case}-{who}-{day}", **more)
    return event


def judged(kit: Any, events: list[Event], rule: str) -> list[tuple[str, str, str]]:
    """(subject, armed at, severity) of a rule's alerts."""
    ticks = [kit.at(day) for day in range(END)]
    alerts = [alert for alert in kit.offline(kit.pack(RULES), events, ticks) if alert.rule == rule]
    return sorted((alert.subject, alert.evidence[0][1], alert.severity) for alert in alerts)


@pytest.mark.usefixtures("few_courts")
def test_what_another_case_owes_is_known_though_no_rule_reads_the_payment(kit: Any) -> None:
    """The other case owes 100 yuan and is open; paid off it doesn't count; a withdrawn payment, told late, counts no more."""
    events = [kit.filed("a", 1), party(kit, "a", 1.1, "p0", "京0105"), kit.filed("b", 1), party(kit, "b", 1.1, "p0", "京0105")]
    notice = kit.happened("case.notice_issued", 3, {}, case="b", id="notice")
    assert judged(kit, [*events, notice], "DEEP") == [("p0", "notice", "yellow")]
    data = {"payment_id": "f", "amount_fen": 100_00, "kind": "案款", "receipt_ids": ["r"]}
    paid = kit.happened("fund.disbursed", 2, data, case="a", id="paid")
    assert judged(kit, [*events, notice, paid], "DEEP") == []
    later = kit.at(10)
    withdrawn = kit.replace(paid, id="w", data=None, correctionof=paid.ref, recordedtime=later, receivedtime=later)
    assert judged(kit, [*events, notice, paid, withdrawn], "DEEP") == [("p0", "notice", "yellow")]
    closed = kit.happened("case.closed", 2.5, {"mode": "执行完毕"}, case="a", received=12)
    assert judged(kit, [*events, notice, closed], "DEEP") == []


@pytest.mark.usefixtures("few_courts")
def test_a_case_that_was_handed_over_is_no_longer_the_officers(kit: Any) -> None:
    """Two open cases of one officer at the sixth day: orange; one of them handed over before, also if told late: yellow."""
    events = [kit.filed("a", 1), kit.filed("b", 1), *(assigned(kit, case, 1.2, "o0", "京0105") for case in ("a", "b"))]
    notice = kit.happened("case.notice_issued", 3, {}, case="b", id="notice")
    assert judged(kit, [*events, notice], "BUSY") == [("o0", "notice", "orange")]
    over = assigned(kit, "a", 5, "o1", "京0105", received=15)
    assert judged(kit, [*events, notice, over], "BUSY") == [("o0", "notice", "yellow")]


def story(kit: Any, chance: random.Random) -> list[Event]:
    """Cases of a few people and officers in several courts: paid, closed, handed over, corrected, entered late."""
    events: list[Event] = []
    for number in range(10):
        case, court, day = f"case-{number}", chance.choice(COURTS), round(chance.uniform(0, 8), 2)

        def late(when: float) -> float:
            return when + chance.choice([0.0, 0.0, 2.0, 7.0])

        events.append(kit.filed(case, day, court, received=late(day)))
        who = chance.choice(PEOPLE)
        events.append(party(kit, case, day + 0.1, who, court, received=late(day + 0.1)))
        for _ in range(2):
            when = round(day + chance.uniform(0.2, 9), 2)
            events.append(assigned(kit, case, when, chance.choice(OFFICERS), court, received=late(when)))
        when = round(day + chance.uniform(1, 9), 2)
        events.append(kit.happened("case.notice_issued", when, {}, case=case, court=court, received=late(when)))
        when = round(day + chance.uniform(1, 9), 2)
        data = {"payment_id": "f", "amount_fen": chance.choice([10_00, 100_00]), "kind": "案款", "receipt_ids": ["r"]}
        events.append(kit.happened("fund.disbursed", when, data, case=case, court=court, received=late(when)))
        if chance.random() < 0.6:
            when = round(day + chance.uniform(1, 12), 2)
            events.append(kit.happened("case.closed", when, {"mode": "执行完毕"}, case=case, court=court, received=late(when)))
        if chance.random() < 0.6:
            event = chance.choice(events[-4:])
            moved = event.receivedtime + timedelta(days=chance.choice([1, 5]))
            data = None if chance.random() < 0.5 else event.data
            again = kit.replace(event, id=f"c{number}", time=event.time - timedelta(days=1), data=data, correctionof=event.ref)
            events.append(kit.replace(again, recordedtime=moved, receivedtime=moved))
    return events


def same_as_a_file(kit: Any, number: int) -> set[tuple[str, str]]:
    """Several partitions in any order agree with one that reads it all; returns rules and severities of the alerts."""
    chance = random.Random(number)
    packs, events = kit.pack(RULES), story(kit, chance)
    ticks: list[datetime] = [kit.at(day) for day in range(END)]
    expected = kit.offline(packs, events, ticks)
    nation = kit.nation(packs, chance.choice([1, 2, 3]))
    nation.everything(events, ticks, chance)
    assert nation.standing() == expected
    assert nation.told() == expected
    shuffled = list(events)
    chance.shuffle(shuffled)
    again = [kit.replace(event, receivedtime=kit.at(0)) for event in shuffled]
    first, second = kit.offline(packs, again, ticks[-1:]), kit.offline(packs, again[::-1], ticks[-1:])
    assert first == second
    return {(alert.rule, alert.severity) for alert in expected}


@pytest.mark.usefixtures("few_courts")
@pytest.mark.parametrize("number", range(20))
def test_every_interleaving_gives_the_same_alerts(kit: Any, number: int) -> None:
    """With repeats, restarts, corrections and late entries."""
    assert same_as_a_file(kit, number)


@pytest.mark.usefixtures("few_courts")
def test_the_stories_reach_every_level(kit: Any) -> None:
    """Both sides of each condition are met, so that the tests above compare something."""
    found = {name for number in range(5) for name in same_as_a_file(kit, number)}
    assert found == {("DEEP", "yellow"), ("DEEP", "red"), ("BUSY", "yellow"), ("BUSY", "orange")}


def without_marks(patch: pytest.MonkeyPatch) -> None:
    """Only the events that rules read are told."""
    patch.setattr(gossip, "standing_told", lambda *_: {})


def without_looking_again(patch: pytest.MonkeyPatch) -> None:
    """How another case stands is noted and nothing judged again for it."""
    patch.setattr(Group, "_look_at_cases", lambda *_: None)


@pytest.mark.usefixtures("few_courts")
@pytest.mark.parametrize("guard", [without_marks, without_looking_again])
def test_without_its_guard_it_fails(
    guard: Callable[[pytest.MonkeyPatch], None], kit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each guard is needed."""
    guard(monkeypatch)

    def everything() -> None:
        test_what_another_case_owes_is_known_though_no_rule_reads_the_payment(kit)
        for number in range(20):
            same_as_a_file(kit, number)

    with pytest.raises(AssertionError):
        everything()
