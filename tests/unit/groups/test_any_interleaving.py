"""Facts of different partitions in any order, repeated, groups restarted anywhere: the same alerts as in one partition."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from contract.envelope import Event

RULES = """
[[rule]]
id = "SILENT"
name = { zh = "静默", en = "silent" }
family = "data"
kind = "silence"
scope = "court"
axis = "received"
expect = ["case.filed", "case.closed", "sys.feed_heartbeat"]
within = "24 hours"
effective = { from = "2024-01-01" }
outlives = true
levels = [{ severity = "yellow", at = "100%" }, { severity = "red", at = "300%" }]

[[rule]]
id = "PILE"
name = { zh = "积", en = "pile" }
family = "inaction"
kind = "rate"
scope = "court"
window = "14 calendar_days"
every = "7 calendar_days"
measures = { filed = "count('case.filed')", closed = "count(\\"case.closed if case.claim_fen > 0\\")" }
num = "filed"
den = "closed"
baseline = { of = "self", windows = 3 }
levels = [
  { severity = "yellow", when = "value > 10000" },
  { severity = "red", when = "value > 10000 && prev(filed, 1) > 0 && median > 0" },
]

[[rule]]
id = "ODD"
name = { zh = "异", en = "odd" }
family = "inaction"
kind = "rate"
scope = "court"
window = "7 calendar_days"
measures = { filed = "count('case.filed')" }
num = "filed"
baseline = { of = "nation", windows = 1 }
levels = [{ severity = "orange", when = "value > median" }]

[[rule]]
id = "MONEY"
name = { zh = "不明款", en = "unmatched" }
family = "inaction"
kind = "deadline"
scope = "receipt_id"
start = "fund.received if !has(event.data.case_no) || event.data.case_no == null"
stop = ["fund.matched"]
within = "3 calendar_days"
outlives = true
levels = [{ severity = "yellow", at = "100%" }]

[[rule]]
id = "DEBTOR"
name = { zh = "同一被执行人", en = "same debtor" }
family = "inaction"
kind = "deadline"
scope = "debtor"
arms = "every"
start = "case.filed"
stop = ["case.closed"]
within = "5 calendar_days"
outlives = true
levels = [{ severity = "yellow", at = "100%" }]
"""
COURTS = ("京0105", "粤0604", "沪01")


def beats(kit: Any, chance: random.Random) -> list[Event]:
    """Heartbeats of the courts, now and then, some sent again: those of a month are a chain, as the gateway makes them."""
    events: list[Event] = []
    for court in COURTS:
        day = 0.0
        while (day := round(day + chance.choice([0.4, 0.9, 1.0, 1.3, 4.0]), 2)) < 44:
            month = kit.at(day).astimezone(kit.at(0).tzinfo).strftime("%Y-%m")
            data = {"court_code": court}
            beat = kit.happened(
                "sys.feed_heartbeat", day, data, case=f"court/{court}", court=court, root=f"court/{court}/{month}"
            )
            events.append(beat)
            if chance.random() < 0.2:
                events.append(kit.replace(beat, receivedtime=beat.receivedtime + timedelta(hours=chance.choice([1, 30]))))
    return events


def story(kit: Any, chance: random.Random) -> list[Event]:
    """Some cases, money that belongs to others, parties, corrections and late entries."""
    events: list[Event] = []
    for number in range(12):
        case, court, day = f"case-{number}", chance.choice(COURTS), round(chance.uniform(0, 30), 2)
        late = day + chance.choice([0, 0, 3, 9])
        event = kit.filed(case, day, court, received=late)
        events.append(event)
        party = {"party_ref": f"p{chance.randrange(3)}", "role": "被执行"}
        after = round(day + chance.uniform(0, 6), 2)
        events.append(kit.happened("party.registered", after, party, case=case, court=court, received=after + 1))
        if chance.random() < 0.6:
            end = round(day + chance.uniform(1, 20), 2)
            closed = {"mode": "执行完毕"}
            events.append(kit.happened("case.closed", end, closed, case=case, court=court))
        if chance.random() < 0.5:
            receipt = {"receipt_id": f"r{number}", "amount_fen": 5}
            events.append(kit.happened("fund.received", after, receipt, case=case, court=court))
            if chance.random() < 0.5:
                other = f"case-{(number + 1) % 12}"
                matched = {"receipt_id": f"r{number}"}
                events.append(kit.happened("fund.matched", after + 2, matched, case=other, court=court, id=f"m{number}"))
        if chance.random() < 0.4:
            moved = kit.at(day + 1)
            again = kit.replace(event, id=f"c{number}", time=moved, recordedtime=moved + timedelta(days=12))
            data = None if chance.random() < 0.5 else event.data
            events.append(kit.replace(again, receivedtime=again.recordedtime, correctionof=event.ref, data=data))
    return events + beats(kit, chance)


@pytest.mark.parametrize("seed", range(30))
def test_every_interleaving_gives_the_same_alerts(kit: Any, few_courts: None, seed: int) -> None:
    """Several partitions in any order, with repeats and restarts, agree with one that reads it all; so does what was told."""
    del few_courts
    chance = random.Random(seed)
    packs = kit.pack(RULES)
    events = story(kit, chance)
    ticks: list[datetime] = [kit.at(day) for day in range(46)]
    expected = kit.offline(packs, events, ticks)
    nation = kit.nation(packs, chance.choice([1, 2, 3]))
    nation.everything(events, ticks, chance)
    assert different(expected, nation.standing()) == []
    assert different(expected, nation.told()) == []
    assert {alert.rule for alert in expected} >= {"SILENT", "DEBTOR"}


def different(expected: list[Any], got: list[Any]) -> list[tuple[Any, Any]]:
    """Pairs of alerts that differ, the first few."""
    one, other = ({alert.id: alert for alert in alerts} for alerts in (expected, got))
    names = [name for name in sorted(one.keys() | other.keys()) if one.get(name) != other.get(name)]
    return [(one.get(name), other.get(name)) for name in names[:3]]
