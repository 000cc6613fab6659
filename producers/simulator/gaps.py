"""What is missing in the numbers of a court's systems, number by number.

A system is known from the least number that came first (or else from the last that a heartbeat then said was sent) up to the
greatest that came or was said. A number is lost if it had not come when both ends had passed it: from then on it is looked for.
Those side by side that are looked for from one instant on are one gap, filled when the last of them comes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from producers.simulator.case import SYSTEM, Fact


class Lost(NamedTuple):
    """Numbers of a source that were missing, when that was found, and when the last of them came (None: not all did)."""

    court: str
    source: str
    first: int
    last: int
    found: int
    filled: int | None


def lost(facts: Iterable[Fact], horizon: int) -> list[Lost]:
    """The gaps of all systems but the one that has none, as far as they are known by the horizon."""
    systems: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.system != SYSTEM and fact.recorded < horizon:
            systems[fact.court, fact.source].append(fact)
    return [gap for (court, source), told in systems.items() for gap in _of(court, source, told)]


def _of(court: str, source: str, told: list[Fact]) -> Iterator[Lost]:
    came: dict[int, int] = {}
    said: list[tuple[int, int]] = []
    for fact in sorted(told):
        if fact.number is not None:
            came.setdefault(fact.number, fact.recorded)
        if fact.kind == "sys.feed_heartbeat" and fact.data is not None:
            said.append((fact.data["last_seq"], fact.recorded))
    begun = min([*came.values(), *(at for _, at in said)])
    if begun not in came.values():  # nothing came yet: what was sent by then is not looked for
        came[max(last for last, at in said if at == begun)] = begun
    missing: dict[int, int] = {}
    for number in range(min(came), max([*came, *(last for last, _ in said)]) + 1):
        since = _passed(number, came, said)
        if came.get(number, since + 1) > since:
            missing[number] = since
    for first, since in missing.items():
        if missing.get(first - 1) != since:
            last = next(number for number in range(first, max(missing) + 1) if missing.get(number + 1) != since)
            times = [came.get(number) for number in range(first, last + 1)]
            filled = None if None in times else max(at for at in times if at is not None)
            yield Lost(court, source, first, last, since, filled)


def _passed(number: int, came: dict[int, int], said: list[tuple[int, int]]) -> int:
    """When both ends of what is known had passed a number, or had come to it."""
    below = min(at for other, at in came.items() if other <= number)
    return max(below, min(at for other, at in [*came.items(), *said] if other >= number))
