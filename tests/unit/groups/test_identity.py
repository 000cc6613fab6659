"""The id of a transition names its bytes, and nothing is said under one id that isn't the same, live or in a file."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from contract.control import ticked
from contract.envelope import Event
from streams.cases.outputs import TransitionOut
from streams.offline import supervise

MONEY = """
[[rule]]
id = "MONEY"
name = { zh = "进账", en = "money in" }
family = "inaction"
kind = "rate"
scope = "court"
window = "7 calendar_days"
measures = { paid = "count('fund.received')" }
num = "paid"
levels = [
  { severity = "yellow", when = "paid > 0" },
  { severity = "orange", when = "paid > 1" },
  { severity = "red", when = "paid > 2" },
]
"""
MONTHS = """
[[rule]]
id = "MONTHS"
name = { zh = "逐月", en = "month by month" }
family = "inaction"
kind = "forbidden"
scope = "court"
at = ["@month", "@quarter"]
when = "seen('case.filed') && !seen('case.closed')"
holds = true
outlives = true
levels = [{ severity = "yellow" }]
"""


def lines(events: Sequence[Event], ticks: Sequence[Any]) -> list[Event]:
    """The lines of a file: events in the order of receipt, and ticks."""
    both = [*events, *(ticked(number, tick) for number, tick in enumerate(ticks))]
    return sorted(both, key=lambda event: (event.receivedtime or event.time, event.short == "sys.ticked"))


def in_a_file(packs: Any, events: Sequence[Event]) -> list[TransitionOut]:
    """What a file gives."""
    _, steps, refusals = supervise(enumerate(events, 1), packs)
    assert not refusals, refusals
    return [step for step in steps if step.alert.scope == "court"]


def alive(kit: Any, packs: Any, events: Sequence[Event]) -> list[TransitionOut]:
    """What one case partition and the groups behind it say of the same."""
    nation = kit.nation(packs, 1)
    for event in events:
        nation.put(0, event)
        while len(nation.logs[0][0]) > nation.facts[0]:
            nation.deliver(0, nation.logs[0][0][nation.facts[0]])
    steps: list[TransitionOut] = nation.steps
    return steps


def chains(steps: Sequence[TransitionOut]) -> dict[str, list[TransitionOut]]:
    """The transitions of each alert, by what they say; each under an id of its own."""
    bodies = {step.id: step for step in steps}
    assert len(bodies) == len(steps), [step.encode() for step in steps if bodies[step.id] is not step]
    found: dict[str, list[TransitionOut]] = {}
    for step in steps:
        found.setdefault(step.alert.id, []).append(msgspec.structs.replace(step, id="", position=""))
    return found


def late_transfer(kit: Any) -> list[Event]:
    """Three sums come in; that the case had been handed over before is entered a fortnight later."""
    sums = [kit.happened("fund.received", day, {"receipt_id": f"r{day}", "amount_fen": 1}, case="c") for day in (2, 3, 4)]
    moved = kit.happened("case.transferred", 1, {"to_court": "粤0604"}, case="c", received=15)
    return [kit.filed("c", 0.5), *sums, moved]


@pytest.mark.usefixtures("few_courts")
def test_facts_of_one_line_make_transitions_of_names_of_their_own(kit: Any) -> None:
    """Three sums leave one court and reach another with one event; a file says of each what a running system says."""
    packs, events = kit.pack(MONEY), lines(late_transfer(kit), [kit.at(0), kit.at(10), kit.at(13)])
    file = chains(in_a_file(packs, events))
    told = [[(step.before, step.after) for step in steps] for steps in file.values()]
    assert told == [
        [(None, "red"), ("red", "orange"), ("orange", "yellow"), ("yellow", None)],
        [(None, "yellow"), ("yellow", "orange"), ("orange", "red")],
    ]
    assert file == chains(alive(kit, packs, events))


@pytest.mark.usefixtures("few_courts")
def test_what_one_tick_changes_is_told_once(kit: Any) -> None:
    """Between two ticks nothing stands: months and quarters that begin in one are in the history before anything is said."""
    packs, ticks = kit.pack(MONTHS), [kit.at(0), kit.at(40), kit.at(100), kit.at(200)]
    events = lines([kit.filed("c", 5)], ticks)
    file = chains(in_a_file(packs, events))
    assert [[step.transition for step in steps] for steps in file.values()] == [["raised", "redated", "redated"]]
    assert file == chains(alive(kit, packs, events))
    last = next(iter(file.values()))[-1].alert
    assert last.arithmetic[0].begin == "2024-06-30T16:00:00Z"
    assert [last] == kit.offline(packs, [kit.filed("c", 5)], ticks)
