"""A partition: ticks, activations, dead letters, snapshots, and what it stores."""

from typing import Any

import msgspec
import pytest

from contract.control import ticked
from contract.envelope import Event, full_type
from streams.cases.facts import Fact, fact_of
from streams.cases.outputs import CaseSnapshot, TransitionOut, Watermark
from streams.cases.packing import Names, pack, unpack
from streams.cases.partition import PARTITION_KEY, Partition
from streams.cases.rulebook import RuleBook, UnknownPackError
from streams.cases.state import CaseState
from streams.rules.vocabulary import CASE, MAPS


@pytest.fixture(scope="module")
def plain(lab: Any) -> Any:
    """x.b within ten days of x.a."""
    return lab.pack("", pack_id="part")


def test_a_tick_leaves_a_watermark_behind_its_facts(lab: Any, plain: Any) -> None:
    """After what the tick moved comes the mark that says so."""
    run = lab.Run(plain).take(lab.event("x.a", "2024-03-01")).tick("2024-03-12")
    *_, raised, mark = run.outputs
    assert raised.transition == "raised"
    assert isinstance(mark, Watermark)
    assert (mark.tick, mark.partition, mark.position) == ("2024-03-11T16:00:00Z", 0, "0:1")


def test_transitions_of_a_tick_are_told_in_the_order_of_alerts(lab: Any, plain: Any) -> None:
    """Whatever the chain."""
    starts = [lab.event("x.a", "2024-03-01", root=f"r{n}", case=f"c{n}") for n in range(20)]
    run = lab.Run(plain).take(*starts).tick("2024-03-12")
    ids = [step.alert.id for step in run.journal]
    assert len(ids) == 20
    assert ids == sorted(ids)


def test_nothing_judges_before_an_activation(lab: Any, plain: Any) -> None:
    """Live, the log says which packs judge; the first activation holds always, also for what came before it."""
    core = Partition(RuleBook([plain]))
    core.apply((0, 0), lab.event("x.a", "2024-03-01"))
    core.apply((0, 1), ticked(0, lab.instant("2024-03-12")))
    assert core.standing() == []
    said = core.apply((0, 2), lab.activated(plain, 1))
    assert [(out.transition, out.reason) for out in said if isinstance(out, TransitionOut)] == [("raised", "activation part@1")]
    assert not any(isinstance(out, TransitionOut) for out in core.apply((0, 3), lab.activated(plain, 2)))


def test_a_version_judges_what_arms_from_its_instant_on(lab: Any) -> None:
    """An obligation keeps its version, wherever the activation lies in the log and after a restart too."""
    old = lab.pack('arms = "every"', pack_id="versions")
    new = lab.pack('arms = "every"\nwithin = "5 calendar_days"', pack_id="versions")
    new = msgspec.structs.replace(new, version="2")
    core = Partition(RuleBook([old, new]))
    log = [
        lab.activated(old, 1),
        lab.event("x.a", "2024-03-01"),
        lab.event("x.a", "2024-03-10"),
        lab.activated(new, 2, "2024-03-10"),
        ticked(3, lab.instant("2024-05-01")),
    ]
    for offset, one in enumerate(log):
        core.apply((0, offset), one)
    again = Partition.restore(RuleBook([new]), {key: value for key, value in core.drain_dirty().items() if value})
    for partition in (core, again):
        assert sorted((alert.version, lab.beijing(alert.due_at)) for alert in partition.standing()) == [
            ("versions@1", "2024-03-11 23:59:59"),
            ("versions@2", "2024-03-15 23:59:59"),
        ]


def test_an_unknown_pack_stops_the_worker(lab: Any, plain: Any) -> None:
    """It must not go on judging by other rules than the log says."""
    other = lab.pack("", pack_id="other")
    with pytest.raises(UnknownPackError, match="was not given"):
        Partition(RuleBook([plain])).apply((0, 0), lab.activated(other, 1))


def test_a_pack_holds_in_its_courts_and_its_rules_replace_those_it_extends(lab: Any, tmp_path: Any) -> None:
    """Local parameters: the local rule in the courts named and below, the other everywhere else."""
    base = lab.pack('id = "R"', pack_id="base")
    rule = msgspec.structs.replace(base.rules[0], within=("5 calendar_days",))
    local = msgspec.structs.replace(base, id="local", extends=("base",), courts=("京",), rules=(rule,))
    run = lab.Run(base, local).take(
        lab.event("x.a", "2024-03-01", case="c1", source="/court/京0105/test"),
        lab.event("x.a", "2024-03-01", case="c2", source="/court/粤0104/test"),
    )
    run.tick("2024-05-01")
    assert sorted((alert.subject, alert.version) for alert in run.alerts) == [("c1", "local@1"), ("c2", "base@1")]


def test_a_dead_letter_marks_the_chain_until_it_is_resolved(lab: Any, plain: Any) -> None:
    """Every alert of it says so, across a restart, and hears when it is over."""
    run = lab.Run(plain).take(lab.event("x.a", "2024-03-01")).tick("2024-03-12")
    run.outputs += run.core.mark_incomplete("chain", (0, run.offset))
    lost, run.offset = run.offset, run.offset + 1
    assert run.restart().alert.incomplete
    resolved = {"topic": "court.events.v1", "partition": 0, "offset": lost, "how": "dismissed", "why": "seen"}
    run.take(
        Event(
            id="r",
            source="/sys/dlq",
            type=full_type("sys.dead_letter_resolved"),
            subject="chain",
            rootid="chain",
            time=lab.instant("2024-03-13"),
            recordedtime=lab.instant("2024-03-13"),
            data=resolved,
        )
    )
    assert not run.alert.incomplete
    assert [(step.transition, step.reason) for step in run.journal[-2:]] == [
        ("redated", "an event of the chain could not be applied"),
        ("redated", "dismissed"),
    ]


def test_a_snapshot_tells_how_a_case_stands_when_that_changes(lab: Any, plain: Any) -> None:
    """Owner, number, stage, money; a resend says nothing."""
    run = lab.Run(plain, snapshots=True)
    filed = lab.event(
        "case.filed", "2024-03-01", {"case_no": "（2024）京0105执1号", "claim_fen": 500, "filed_on": "2024-03-01"}
    )
    closed = lab.event("case.closed", "2024-04-01", {"mode": "执行完毕", "closed_on": "2024-04-01"})
    run.take(filed, filed, closed)
    first, last = (out for out in run.outputs if isinstance(out, CaseSnapshot))
    assert (first.court, first.case_no, first.stage, first.claim_fen, first.open) == (
        "京0105",
        "（2024）京0105执1号",
        "FILED",
        500,
        True,
    )
    assert (last.stage, last.mode, last.open, last.closed_on, last.last_type) == (
        "CLOSED",
        "执行完毕",
        False,
        "2024-04-01",
        "case.closed",
    )
    assert msgspec.json.decode(last.encode())["kind"] == "case"
    assert last.key == "case:c1"


def test_the_state_of_a_case_has_the_names_of_the_vocabulary() -> None:
    """What the loader lets CEL read is what the fold makes, no more and no less."""
    assert set(CaseState("c", "r").view()) == set(CASE) | set(MAPS)


def test_a_restore_decodes_nothing_but_the_timers(lab: Any, plain: Any) -> None:
    """The next due instant stands in front of a packed chain; only chains that are due are opened."""
    run = lab.Run(plain)
    for n in range(5):
        run.take(lab.event("x.a", f"2024-03-0{n + 1}", root=f"r{n}", case=f"c{n}"))
    run.restart().tick("2024-03-12")
    assert list(run.core._hot) == ["r0"]
    assert set(run.items) == {PARTITION_KEY, *(f"r{n}" for n in range(5))}


def test_a_packed_event_comes_back_whole(lab: Any) -> None:
    """Everything that orders it, names it or is read of it."""
    events = [
        lab.event("x.a", "2024-03-01 09:00", {"k": [1, {"n": None}]}, recorded="2024-03-02", received="2024-03-03", sequence=7),
        lab.event("case.filed", "2024-03-01", {"case_no": "x"}, case="c2", courtcode="粤0104", source="/import/" + "0" * 64),
        lab.event("x.a", "2024-03-04", None, id="k", correctionof=(lab.SOURCE, "x.a@2024-03-01 09:00")),
    ]
    facts = [fact_of(event, {event.short: None}, frozenset()) for event in events]
    _, missing, back = unpack(pack(None, Names(), ["0:9"], facts))
    assert missing == ["0:9"]
    names = [name for name in Fact.__slots__ if not name.startswith("_") and name != "memo"]
    for fact, again in zip(facts, back, strict=True):
        assert again.digest == fact.digest
        assert {name: getattr(again, name) for name in names} == {name: getattr(fact, name) for name in names}


def test_chains_that_are_put_away_come_back_as_they_were(lab: Any, plain: Any) -> None:
    """With room for one chain only, everything is as with room for all."""
    narrow, wide = Partition(RuleBook([plain], always=True), hot=1), Partition(RuleBook([plain], always=True))
    log = [lab.event("x.a", f"2024-03-0{n % 9 + 1}", root=f"r{n % 4}", case=f"c{n % 4}", id=str(n)) for n in range(30)]
    said = [[out.encode() for at, one in enumerate(log) for out in core.apply((0, at), one)] for core in (narrow, wide)]
    assert said[0] == said[1]
    assert narrow.standing() == wide.standing()
