"""How the cases of a debtor or an officer stand, told to its group: ``debtor.cases``, ``officer.cases``.

A group is told only of the events that its rules read; what a case owes, and whether it is open, changes with others too. So a
case tells how it stands after each event that changes it, as a mark beside its events: to everybody who is 被执行 in it, at any
time; and to the officer whose case it then is, and to the one whose case it no longer is.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from contract.times import format_instant
from streams.cases.facts import Fact
from streams.cases.states import states_of
from streams.cases.telling import Told, debtors_of, officer_of
from streams.cases.timeline import Timeline
from streams.rules.vocabulary import GROUP_CASE

CASES = "#cases"
"""The source of what says no more than how a case stands; no sender's source begins so."""

_Row = dict[str, Any] | None


def standing_told(timeline: Timeline, root: str, scopes: frozenset[str]) -> Told:
    """How a case stands after each event that changes it, for the groups of some scopes."""
    told: Told = {}
    if not scopes:
        return told
    debtors = list(dict.fromkeys(debtors_of(timeline))) if "debtor" in scopes else []
    last: dict[str, _Row] = {}
    states = states_of(timeline, root)
    for fact in timeline.facts:
        state = states.after(fact.subject, fact.order)
        row = {name: state[name] for name in GROUP_CASE}
        mine: dict[str, _Row] = {f"debtor:{debtor}": row for debtor in debtors}
        if "officer" in scopes:
            mine |= dict(_of_officers(state, row, last))
        for group, stands in mine.items():
            if last.get(group) != stands:
                last[group] = stands
                told[group, CASES, f"{fact.source} {fact.id}"] = _mark(fact, stands)
    return told


def _of_officers(state: Mapping[str, Any], row: dict[str, Any], last: Mapping[str, _Row]) -> Iterator[tuple[str, _Row]]:
    """The officer's group with the case, and those that had it without."""
    officer = officer_of(state)
    for group in last:
        if group.startswith("officer:"):
            yield group, None
    if officer:
        yield f"officer:{officer}", row


def _mark(fact: Fact, row: _Row) -> dict[str, Any]:
    place = [format_instant(fact.time), format_instant(fact.recorded), fact.source, fact.sequence, fact.id]
    return {"what": "case", "ref": [CASES, f"{fact.source} {fact.id}"], "case": fact.subject, "place": place, "row": row}
