"""Random stories about the supervision core, and what must hold of each: properties of all kinds of rules together."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from contract.control import ticked
from contract.envelope import Event
from streams.cases.packing import due_of, unpack
from streams.cases.partition import PARTITION_KEY

FIRST, LAST = 0, 60  # days of the stories

RULES = (
    """
    id = "FIRST"
    arms = "first"
    stop = ["x.b"]
    cancel = ["x.c"]
    within = "6 calendar_days"
    pause = [{ from = "x.d:on", to = ["x.e:on", "from:until_on"] }]
    extend = ["x.d:due_on"]
    levels = [
      { severity = "yellow", at = "-3 calendar_days", when = "!seen('x.c')" },
      { severity = "orange", at = "100%" },
      { severity = "red", at = "9 calendar_days" },
    ]
    """,
    """
    id = "EVERY"
    arms = "every"
    key = ["k"]
    start = ["x.a", "x.c:on"]
    stop = ["x.b"]
    within = "100 hours"
    pause = [{ from = "x.d", to = "x.e" }]
    extend = ["x.e:due_on"]
    outlives = true
    levels = [{ severity = "orange", at = "80%" }, { severity = "red", at = "+2 calendar_days" }]
    """,
    """
    id = "LAST"
    arms = "last"
    start = "x.b"
    stop = ["x.c:on"]
    match = "stop.data.k == start.data.k"
    within = "8 calendar_days"
    """,
    """
    id = "EACH"
    arms = "every"
    each = "start.data.plan"
    within = "it"
    stop = ["x.b if event.data.k == start.data.k", "x.a:on"]
    """,
    """
    id = "CHAIN"
    scope = "chain"
    arms = "first"
    key = ["k"]
    when = "count('x.a') <= 2 && case.open"
    stop = ["x.e:on"]
    within = "5 calendar_days"
    axis = "received"
    """,
)

OTHER_KINDS = (
    """
    id = "SEQUENCE"
    kind = "sequence"
    key = ["k"]
    before = ["x.b:on", "x.c if event.data.k == start.data.k"]
    after = ["x.a", "x.e:on"]
    exempt = "start.data.fen == 2"
    arms = "every"
    clears = ["x.d:on"]
    cancel = ["x.c"]
    """,
    """
    id = "MATCHED"
    kind = "sequence"
    scope = "chain"
    before = ["x.b"]
    after = ["x.a"]
    match = "stop.data.k == start.data.k"
    clears = ["x.e"]
    outlives = true
    """,
    """
    id = "CHECKS"
    kind = "forbidden"
    at = ["x.a", "x.b:on"]
    key = ["k"]
    each = "[1, 2]"
    arms = "every"
    holds = true
    checks = [
      { id = "count", name = { zh = "数", en = "count" }, fail = "count('x.c') > it", severity = "yellow" },
      { id = "fen", name = { zh = "分", en = "fen" }, fail = "event.data.fen > 0", severity = "red" },
    ]
    """,
    """
    id = "WHEN"
    kind = "forbidden"
    scope = "chain"
    at = ["x.b"]
    when = "!seen('x.a:on') || last('x.a').data.k == event.data.k"
    axis = "received"
    clears = ["x.d"]
    levels = [{ severity = "yellow" }, { severity = "orange", when = "case.open && event.data.fen > 0" }]
    """,
    """
    id = "LEDGER"
    kind = "ledger"
    at = ["x.a", "x.b", "x.c:due_on"]
    balance = "sum('x.a', 'fen') - sum('x.b:on', 'fen')"
    tolerance = 1
    levels = [{ severity = "orange", when = "balance < 3" }, { severity = "red", when = "balance < -1" }]
    """,
)

READERS = (
    """
    id = "ANSWER"
    kind = "deadline"
    start = "alert.raised if event.data.rule in ['EVERY', 'SEQUENCE', 'MONTHLY']"
    arms = "every"
    stop = ["x.c"]
    cancel = ["alert.ended if event.data.rule == 'EVERY' && event.data.key == start.data.key"]
    within = "3 calendar_days"
    levels = [{ severity = "red", at = "100%" }]
    """,
    """
    id = "BACKDATED"
    kind = "forbidden"
    at = ["obligation.fulfilled if event.data.rule in ['FIRST', 'LAST']"]
    when = "timestamp(event.data.received_at) > timestamp(event.data.due_at)"
    arms = "every"
    """,
    """
    id = "CHAINED"
    kind = "forbidden"
    scope = "chain"
    at = ["alert.raised if event.data.rule in ['ANSWER', 'CHAIN', 'LEDGER']"]
    when = '''count("alert.ended if event.data.rule == 'LEDGER'") == 0'''
    clears = ["x.e"]
    """,
    """
    id = "STATE"
    kind = "forbidden"
    at = ["x.b", "x.d"]
    when = "'LEDGER' in case.alerts"
    holds = true
    """,
    """
    id = "MONTHLY"
    kind = "deadline"
    start = "@month"
    arms = "every"
    stop = ["x.e"]
    within = "5 calendar_days"
    levels = [{ severity = "orange", at = "100%" }]
    """,
)

ALL_RULES = (*RULES, *OTHER_KINDS, *READERS)


def fields() -> st.SearchStrategy[dict[str, Any]]:
    """Data of a foreign event; every field may be missing or null."""
    day = st.integers(FIRST, LAST).map(lambda n: (datetime(2024, 3, 1) + timedelta(days=n)).date().isoformat())  # noqa: DTZ001
    return st.fixed_dictionaries(
        {},
        optional={
            "k": st.sampled_from(["1", "2", 3, None]),
            "on": st.one_of(day, st.none(), st.just("no date")),
            "until_on": day,
            "due_on": day,
            "plan": st.lists(day, max_size=2),
            "fen": st.integers(-2, 2),
        },
    )


@st.composite
def stories(draw: st.DrawFn, lab: Any, *, conflicts: bool) -> list[Event]:
    """A set of events of two cases of a chain, some corrected, some of the corrections corrected, some sent twice."""
    grid = st.builds(
        lambda day, hour: f"{(datetime(2024, 3, 1) + timedelta(days=day)).date()} {hour}",  # noqa: DTZ001
        st.integers(FIRST, LAST),
        st.sampled_from(["00:00", "09:00", "16:00"]),
    )
    names = st.sampled_from(["x.a", "x.a", "x.b", "x.b", "x.c", "x.d", "x.e", "x.end", "case.closed"])
    sent: list[Event] = []
    for number in range(draw(st.integers(1, 9))):
        one = lab.event(
            draw(names),
            draw(grid),
            draw(fields()),
            id=f"e{number}",
            case=draw(st.sampled_from(["c1", "c1", "c2"])),
            recorded=draw(grid),
            received=draw(grid),
            source=draw(st.sampled_from([lab.SOURCE, "/court/京0106/test"])),
        )
        sent.append(one)
    for number in range(draw(st.integers(0, 4))):
        target = draw(st.sampled_from(sent))
        data = draw(st.one_of(st.none(), fields()))
        sent.append(
            lab.event(
                target.type,
                draw(grid),
                data,
                id=f"k{number}",
                case=target.subject,
                recorded=draw(grid),
                received=draw(grid),
                source=target.source,
                correctionof=target.ref,
            )
        )
    if conflicts:
        for number in range(draw(st.integers(0, 2))):
            target = draw(st.sampled_from(sent))
            sent.append(msgspec.structs.replace(target, data={"k": f"other {number}"}))
    again = draw(st.lists(st.sampled_from(sent), max_size=4))
    late = timedelta(days=draw(st.integers(0, 30)))
    return sent + [msgspec.structs.replace(one, receivedtime=one.receivedtime + late) for one in again]


def settled(sent: list[Event]) -> list[Event]:
    """The events that count, found by the definition: one body a name, corrections applied, in the order of history."""
    bodies: dict[tuple[str, str], Event] = {}
    for one in sent:
        known = bodies.get(one.ref)
        if known is None or (one.recordedtime, one.digest[:8], one.receivedtime) < (
            known.recordedtime,
            known.digest[:8],
            known.receivedtime,
        ):
            bodies[one.ref] = one

    def corrected(one: Event) -> Event | None:
        """With its last correction that was not itself withdrawn; None if it is withdrawn."""
        held = [
            (c, corrected(c))
            for c in bodies.values()
            if c.correctionof == one.ref and c.subject == one.subject and c.type == one.type
        ]
        standing = [(c.recordedtime, c.id, now) for c, now in held if now is not None]
        if not standing:
            return one
        _, _, last = max(standing, key=lambda item: item[:2])
        if last.data is None:
            return None
        return msgspec.structs.replace(one, time=last.time, data=last.data, courtcode=last.court)

    found = [corrected(one) for one in bodies.values() if one.correctionof is None]
    return sorted((one for one in found if one is not None), key=lambda one: (one.time, one.recordedtime, one.source, one.id))


def comparable(alerts: list[Any]) -> list[Any]:
    """Alerts without the mark of conflicts, which is about what was sent and not about what stands."""
    return [msgspec.structs.replace(alert, incomplete=False) for alert in alerts]


END = "2024-06-15 12:00"


def any_order(data: st.DataObject, lab: Any, pack: Any) -> None:
    """Whatever the order of arrival, resends, second bodies, ticks between and restarts: the same standing alerts."""
    sent = data.draw(stories(lab, conflicts=True))
    straight = lab.Run(pack).take(*settled(sent)).tick(END)
    crooked = lab.Run(pack)
    for one in data.draw(st.permutations(sent)):
        crooked.take(one)
        step = data.draw(st.sampled_from(["", "", "tick", "restart"]))
        if step == "tick":
            crooked.tick(lab.instant(f"2024-0{data.draw(st.integers(3, 5))}-{data.draw(st.integers(10, 28))} 10:00"))
        elif step == "restart":
            crooked.restart()
    crooked.tick(END)
    assert comparable(crooked.alerts) == comparable(straight.alerts)
    assert comparable(crooked.restart().alerts) == comparable(straight.alerts)


def log_of(data: st.DataObject, lab: Any, *, conflicts: bool) -> list[Event]:
    """A story in some order of arrival, with ticks between."""
    sent = data.draw(stories(lab, conflicts=conflicts))
    ticks = sorted(data.draw(st.lists(st.integers(1, 90), max_size=6)))
    log: list[Any] = data.draw(st.permutations([*sent, *(None for _ in ticks)]))
    days = iter(ticks)
    start = lab.instant("2024-03-01 10:00")
    return [one or ticked(number, start + timedelta(days=next(days))) for number, one in enumerate(log)]


def same_journal(data: st.DataObject, lab: Any, pack: Any) -> None:
    """Two runs over one log say the same, byte for byte, wherever one of them was restarted; it folds to what stands."""
    one, other = lab.Run(pack, snapshots=True), lab.Run(pack, snapshots=True)
    for entry in log_of(data, lab, conflicts=True):
        one.take(entry)
        other.take(entry)
        if data.draw(st.booleans()):
            other.restart()
    assert [output.encode() for output in one.outputs] == [output.encode() for output in other.outputs]
    last = {step.alert.id: step.alert for step in one.journal}
    assert sorted((a for a in last.values() if a.end_reason != "retracted"), key=lambda a: a.id) == one.alerts


def reread(data: st.DataObject, lab: Any, pack: Any) -> None:
    """What was read before a position is passed over when it is read again."""
    sent = data.draw(stories(lab, conflicts=False))
    run = lab.Run(pack).take(*sent).tick("2024-06-01")
    said, standing = list(run.outputs), run.alerts
    run.restart()
    run.offset = 0
    run.take(*sent).tick("2024-06-01")
    assert run.outputs == said
    assert run.alerts == standing


def crash(data: st.DataObject, lab: Any, pack: Any) -> None:
    """After a crash the log is read again from its begin: nothing is said twice in two ways, nothing is left out."""
    log = log_of(data, lab, conflicts=True)
    straight = lab.Run(pack).take(*log).tick(END)
    stored = data.draw(st.integers(0, len(log)))
    stopped = data.draw(st.integers(stored, len(log)))
    run = lab.Run(pack).take(*log[:stored]).restart()
    before = len(run.outputs)
    items = dict(run.items)
    run.take(*log[stored:stopped])
    lost = run.outputs[before:]
    run.outputs = run.outputs[:before]
    run.items, run.core, run.offset = items, run.restored(items), 0
    run.take(*log).tick(END)
    assert [output.encode() for output in run.outputs] == [output.encode() for output in straight.outputs]
    assert run.outputs[before : before + len(lost)] == lost
    assert run.alerts == straight.alerts


def of_chain(number: int, event: Event) -> Event:
    """The event as one of another chain: its cases, its name and what it corrects are that chain's own."""
    if event.short == "sys.ticked":
        return event
    correction = event.correctionof and (event.correctionof[0], f"{number}/{event.correctionof[1]}")
    root, subject, name = f"chain-{number}", f"{event.subject}-{number}", f"{number}/{event.id}"
    return msgspec.structs.replace(event, rootid=root, subject=subject, id=name, correctionof=correction)


def interleaved(data: st.DataObject, lab: Any, pack: Any) -> None:
    """Chains side by side in one partition, one at most of them decoded: each says what it says alone."""
    chains = [[of_chain(number, one) for one in data.draw(stories(lab, conflicts=True))] for number in range(3)]
    together = lab.Run(pack, hot=1)
    alone = [lab.Run(pack) for _ in chains]
    for number in data.draw(st.permutations([number for number, sent in enumerate(chains) for _ in sent])):
        one = chains[number].pop(0)
        alone[number].take(one)
        together.take(one)
        if data.draw(st.integers(0, 5)) == 0:
            at = lab.instant(f"2024-0{data.draw(st.integers(3, 5))}-{data.draw(st.integers(10, 28))} 10:00")
            for run in (together, *alone):
                run.tick(at)
    for run in (together, *alone):
        run.tick(END)
    assert together.alerts == sorted((alert for run in alone for alert in run.alerts), key=lambda alert: alert.id)
    assert said_by_alert(together) == {name: steps for run in alone for name, steps in said_by_alert(run).items()}


def said_by_alert(run: Any) -> dict[str, list[Any]]:
    """What was said of each alert, in order; where in the log it was said differs with what else stands there."""
    found: dict[str, list[Any]] = {}
    for step in run.journal:
        found.setdefault(step.alert.id, []).append((step.transition, step.before, step.after, step.clock, step.alert))
    return found


def batches(data: st.DataObject, lab: Any, pack: Any) -> None:
    """However a log is cut into batches, each stored at its end: the same is said, and the same is stored in the end."""
    log = log_of(data, lab, conflicts=True)
    one, other = lab.Run(pack, snapshots=True).take(*log).tick(END), lab.Run(pack, snapshots=True)
    for entry in log:
        other.take(entry)
        if data.draw(st.booleans()):
            other.store()
    other.tick(END)
    assert [output.encode() for output in one.outputs] == [output.encode() for output in other.outputs]
    assert stored(one.store().items) == stored(other.store().items)
    assert other.restored(other.items).standing() == one.alerts


def stored(items: Mapping[str, bytes]) -> dict[str, Any]:
    """What stored bytes say, but for the order of the names, which is that in which they were first written."""
    chains = {key: value for key, value in items.items() if key != PARTITION_KEY}
    found: dict[str, Any] = {PARTITION_KEY: items[PARTITION_KEY]}
    for key, value in chains.items():
        _, incomplete, facts = unpack(value)
        found[key] = due_of(value), incomplete, [(fact.order, fact.digest, fact.received, fact.data) for fact in facts]
    return found


def withdrawn_again(data: st.DataObject, lab: Any, pack: Any) -> None:
    """An event corrected, and the correction withdrawn, stands as it did."""
    sent = [one for one in data.draw(stories(lab, conflicts=False)) if one.correctionof is None]
    target = data.draw(st.sampled_from(sent))
    about = {"case": target.subject, "source": target.source}
    data_of = data.draw(fields())
    wrong = lab.event(target.type, "2024-03-20 09:00", data_of, id="wrong", correctionof=target.ref, **about)
    back = lab.event(target.type, "2024-03-21 09:00", None, id="back", correctionof=wrong.ref, **about)
    plain = lab.Run(pack).take(*sent).tick(END)
    both = lab.Run(pack).take(*data.draw(st.permutations([*sent, wrong, back]))).tick(END)
    assert both.alerts == plain.alerts
