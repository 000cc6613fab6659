"""Facts of different partitions in any order, repeated, groups restarted anywhere: the same alerts as in one partition."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.envelope import Event
from streams.cases.facts import Fact
from streams.groups.group import Group
from streams.groups.partition import Groups
from streams.groups.silence import SilenceDocket

Guard = Callable[[pytest.MonkeyPatch], None]

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
    """Some cases, money that belongs to others, parties, corrections and late entries; one case is sure to stay open."""
    debtor = {"party_ref": "p3", "role": "被执行"}
    events: list[Event] = [
        kit.filed("case-12", 1, COURTS[0]),
        kit.happened("party.registered", 2, debtor, case="case-12", court=COURTS[0]),
    ]
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


def agrees(kit: Any, chance: random.Random, break_it: Callable[[], None] = lambda: None) -> None:
    """Several partitions in any order, with repeats and restarts, agree with one that reads it all; so does what was told.

    ``break_it`` is called when what is expected is known.
    """
    packs = kit.pack(RULES)
    events = story(kit, chance)
    ticks: list[datetime] = [kit.at(day) for day in range(46)]
    expected = kit.offline(packs, events, ticks)
    break_it()
    nation = kit.nation(packs, chance.choice([1, 2, 3]))
    nation.everything(events, ticks, chance)
    assert different(expected, nation.standing()) == []
    assert different(expected, nation.told()) == []
    assert nation.repeated == []
    assert {alert.rule for alert in expected} >= {"SILENT", "DEBTOR"}


def different(expected: list[Any], got: list[Any]) -> list[tuple[Any, Any]]:
    """Pairs of alerts that differ, the first few."""
    one, other = ({alert.id: alert for alert in alerts} for alerts in (expected, got))
    names = [name for name in sorted(one.keys() | other.keys()) if one.get(name) != other.get(name)]
    return [(one.get(name), other.get(name)) for name in names[:3]]


def _stories(count: int) -> settings:
    """A story is told and judged several times over, with restarts: more than half a second each."""
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.differing_executors]
    return settings(max_examples=count, suppress_health_check=checks)


@_stories(25)
@given(chance=st.randoms(use_true_random=True))
@pytest.mark.usefixtures("few_courts")
def test_every_interleaving_gives_the_same_alerts(kit: Any, chance: random.Random) -> None:
    """Random stories in random interleavings."""
    agrees(kit, chance)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@_stories(400)
@given(chance=st.randoms(use_true_random=True))
@pytest.mark.usefixtures("few_courts")
def test_every_interleaving_gives_the_same_alerts_at_length(kit: Any, chance: random.Random) -> None:
    """The same, many more."""
    agrees(kit, chance)


def order_of_history(patch: pytest.MonkeyPatch) -> None:
    """Events stand in the order in which they were heard."""
    numbers = count()
    patch.setattr(Fact, "order", property(lambda self: (self.memo.setdefault("heard", next(numbers)),), lambda *_: None))


def repeats(patch: pytest.MonkeyPatch) -> None:
    """How far each case partition was heard is forgotten."""
    patch.setattr(Groups, "_heard", property(lambda _: {}, lambda *_: None), raising=False)


def withdrawals(patch: pytest.MonkeyPatch) -> None:
    """What a group was told once it keeps."""
    take = Group.take

    def keep(self: Group, ref: Any, content: Any, clock: Any, cause: Any) -> Any:
        return [] if content is None else take(self, ref, content, clock, cause)

    patch.setattr(Group, "take", keep)


def timers(patch: pytest.MonkeyPatch) -> None:
    """A watermark wakes nobody."""
    patch.setattr(Groups, "_reached", lambda *_: iter(()))


def stored_changes(patch: pytest.MonkeyPatch) -> None:
    """Of a group that was stored once nothing is stored again."""
    touched = Groups._touched

    def once(self: Groups, group: Group) -> None:
        stored = self.__dict__.setdefault("stored", set())
        stored |= {group.key} & self._packed.keys()
        touched(self, group)
        self._dirty -= stored

    patch.setattr(Groups, "_touched", once)


def entry_in_the_tree(patch: pytest.MonkeyPatch) -> None:
    """A restart forgets when the log began."""
    resume = Groups._resume

    def forgetful(self: Groups, stored: Any) -> None:
        resume(self, stored)
        self._born = None

    patch.setattr(Groups, "_resume", forgetful)


def gap_before(patch: pytest.MonkeyPatch) -> None:
    """An event that comes late is not the end of the silence before it."""
    patch.setattr(SilenceDocket, "_touch", lambda self, start: self._touched.setdefault(start))


GUARDS = [order_of_history, repeats, withdrawals, timers, stored_changes, entry_in_the_tree, gap_before]


@pytest.mark.parametrize("guard", GUARDS)
@pytest.mark.usefixtures("few_courts")
def test_without_its_guard_it_fails(kit: Any, guard: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one guard taken out, one of a few stories doesn't agree."""
    with pytest.raises(AssertionError):
        some_agree(kit, guard, monkeypatch)


def some_agree(kit: Any, guard: Guard, patch: pytest.MonkeyPatch) -> None:
    """A fixed series of stories, each expected with the guard and told without it."""
    for seed in range(20):
        with patch.context() as broken:
            agrees(kit, random.Random(seed), lambda: guard(broken))


def test_a_court_whose_last_case_was_withdrawn_is_none_that_others_are_compared_with(kit: Any) -> None:
    """In this story a restart came between the withdrawal and the end: an alert stood that no later engine knew of."""
    agrees(kit, random.Random(51062818))
