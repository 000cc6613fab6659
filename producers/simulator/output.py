"""From lives to files: events in the order of their entry, with ticks, and the truth about the alerts that stand."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from contract.control import ticked
from contract.envelope import full_type, to_attributes
from contract.registry import RESTRICTED_TYPES
from contract.times import parse_instant
from producers.simulator.case import SYSTEM, Fact
from producers.simulator.days import day_of, instant_text, midnight
from producers.simulator.dues import Duty, Verdict
from producers.simulator.parts import RANK

_FULL: dict[str, str] = {}


def attributes(fact: Fact, counters: dict[str, int]) -> dict[str, Any]:
    """The fact as a structured CloudEvents object, with the next number of its source.

    Records of interference have none: whoever hears the common log alone would miss it.
    """
    kind = _FULL.get(fact.kind) or _FULL.setdefault(fact.kind, full_type(fact.kind))
    out: dict[str, Any] = {
        "specversion": "1.0",
        "id": fact.id,
        "source": fact.source,
        "type": kind,
        "subject": fact.subject,
        "time": instant_text(fact.at),
        "recordedtime": instant_text(fact.recorded),
    }
    if fact.root != fact.subject:
        out["rootid"] = fact.root
    if fact.system != SYSTEM:
        if fact.number is not None:
            out["sequence"] = str(fact.number)
    elif fact.kind not in RESTRICTED_TYPES:
        counters[fact.court] = counters.get(fact.court, 0) + 1
        out["sequence"] = str(counters[fact.court])
    if fact.corrects is not None:
        out["correctionof"] = f"{fact.source} {fact.corrects}"
    if fact.data is not None:
        out["datacontenttype"] = "application/json"
        out["data"] = fact.data
    return out


def tick(control: int, at: int) -> dict[str, Any]:
    """A tick as a structured CloudEvents object."""
    return to_attributes(ticked(control, parse_instant(instant_text(at))))


def numbered(facts: Iterable[Fact], counters: dict[str, int] | None = None) -> Iterator[dict[str, Any]]:
    """Facts in the order of their entry, each with the next number of its source."""
    last: dict[str, int] = counters if counters is not None else {}
    for fact in facts:
        yield attributes(fact, last)


def with_ticks(facts: Sequence[Fact], first: int, horizon: int) -> Iterator[dict[str, Any]]:
    """All facts in the order of their entry, a tick at the start of each day, and a last one at the horizon."""
    control = 0
    day = first
    counters: dict[str, int] = {}
    for fact in facts:
        while midnight(day) <= fact.recorded:
            control += 1
            yield tick(control, midnight(day))
            day += 1
        yield from numbered((fact,), counters)
    while day <= day_of(horizon):
        control += 1
        yield tick(control, midnight(day))
        day += 1


def truth(duty: Duty, verdict: Verdict) -> dict[str, Any] | None:
    """The alert that stands for a duty, or None if no level was reached."""
    standing = [
        (RANK[level.severity], level.severity, at)
        for level, at in zip(duty.part.levels, verdict.reached, strict=True)
        if at is not None
    ]
    if not standing:
        return None
    ending = verdict.ending
    breach = None
    if ending is not None and ending.reason == "cured":
        breach = max(day_of(ending.at) - verdict.owed, 0)
    return {
        "rule": duty.part.rule,
        "subject": duty.subject,
        "key": list(duty.key),
        "element": None,
        "severity": max(standing)[1],
        "due_at": instant_text(midnight(verdict.due + 1) - 1),
        "raised_at": instant_text(min(at for _, _, at in standing)),
        "end_reason": None if ending is None else ending.reason,
        "breach_days": breach,
    }


class Counted(Protocol):
    """What counts (rule, level) reached and narrowly missed."""

    reached: Counter[tuple[str, str]]
    missed: Counter[tuple[str, str]]


class Tally:
    """How often each level of each part was reached, and how often it was missed by a day or less."""

    def __init__(self) -> None:
        self.reached: Counter[tuple[str, str]] = Counter()
        self.missed: Counter[tuple[str, str]] = Counter()

    def add(self, found: Counted) -> None:
        """Count what was found in a life, or by courts."""
        self.reached += found.reached
        self.missed += found.missed

    def rows(self) -> list[tuple[str, str, int, int]]:
        """(rule, level, reached, near misses) for every level of every rule that was met; ``!`` is a rule without a clock."""
        names = sorted(self.reached.keys() | self.missed.keys())
        return [(rule, level, self.reached[rule, level], self.missed[rule, level]) for rule, level in names]
