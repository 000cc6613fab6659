"""One simulation: many lives over a stretch of days, cut off at a last tick."""

import random
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import msgspec

from producers.simulator.bulletins import bulletins
from producers.simulator.case import Fact, Label
from producers.simulator.days import midnight, number
from producers.simulator.groups import Nation
from producers.simulator.lives import Life, life_of, live, pick_day, short_share
from producers.simulator.nation import World, courts, intake
from producers.simulator.output import Tally, with_ticks

FIRST = date(2024, 1, 2)
LAST = date(2025, 10, 28)
HORIZON = date(2025, 11, 3)
"""Lives begin from the first day up to the last; the last tick is the first instant of the horizon."""

SHORT_MARK = "k"
"""Last letter of the names of short cases."""


class Simulation(msgspec.Struct, frozen=True):
    """What a simulation came to.

    Attributes:
        facts: All facts in the order of their entry.
        truths: The alerts that stand at the last tick, ordered by subject, rule and key.
        labels: What was seeded.
        tally: How often each level was reached and narrowly missed.
        first: The first day.
        horizon: The last tick.
    """

    facts: list[Fact]
    truths: list[dict[str, Any]]
    labels: list[Label]
    tally: Tally
    first: int
    horizon: int

    def events(self) -> Iterator[dict[str, Any]]:
        """The event file: structured CloudEvents with ticks, one a day, in the order of entry."""
        return with_ticks(self.facts, self.first, self.horizon)


def world_of(seed: int, anomalies: float) -> World:
    """The nation of `yipanqi simulate`."""
    return World(
        name=f"s{seed}",
        seed=seed,
        horizon=midnight(number(HORIZON)),
        anomalies=anomalies,
        courts=courts(seed),
    )


def lives(seed: int, cases: int, anomalies: float) -> Iterator[Life]:
    """So many lives, one after another, and what the supreme court tells meanwhile."""
    world = world_of(seed, anomalies)
    days, bounds = intake(number(FIRST), number(LAST))
    yield life_of(world, [bulletins(world, f"{world.name}-{0:07d}{SHORT_MARK}", number(FIRST))])
    rng = random.Random(f"intake/{seed}")
    for index in range(1, cases + 1):
        short = rng.random() < short_share(anomalies)
        name = f"{world.name}-{index:07d}{SHORT_MARK if short else ''}"
        yield live(world, index, name, pick_day(rng, days, bounds), short=short)


def gather(made: Iterable[Life], first: date = FIRST, horizon: date = HORIZON) -> Simulation:
    """Put lives together that were made for the days from ``first`` to the last tick."""
    facts: list[Fact] = []
    truths: list[dict[str, Any]] = []
    labels: list[Label] = []
    tally = Tally()
    nation = Nation(number(first), midnight(number(horizon)))
    for life in made:
        facts += life.facts
        labels += life.labels
        truths += life.found.rows
        nation.take(life.found)
        tally.add(life.found)
    truths += nation.rows()
    tally.add(nation)
    facts.sort(key=lambda fact: (fact.recorded, fact.id))
    truths.sort(key=lambda row: (row["subject"], row["rule"], row["key"], str(row["element"]), row["raised_at"]))
    return Simulation(facts, truths, labels, tally, number(first), midnight(number(horizon)))


def national_lives(seed: int, year: int, scale: int) -> Iterator[Life]:
    """The lives of a year of the nation's traffic, one for each ``scale`` of the real ones, and some bulletins."""
    world = World(
        name=f"n{year}",
        seed=seed,
        horizon=midnight(number(date(year + 1, 1, 1))),
        anomalies=_NATIONAL_ANOMALIES,
        courts=courts(seed),
    )
    days, bounds = intake(number(date(year, 1, 1)), number(date(year + 1, 1, 1)))
    rng = random.Random(f"national/{seed}/{year}")
    yield life_of(world, [bulletins(world, f"{world.name}-{0:08d}{SHORT_MARK}", number(date(year, 1, 1)))])
    for index in range(1, national_count(scale) + 1):
        short = rng.random() < _NATIONAL_SHORT
        name = f"{world.name}-{index:08d}{SHORT_MARK if short else ''}"
        yield live(world, index, name, pick_day(rng, days, bounds), short=short)


def national_count(scale: int) -> int:
    """How many lives a year has at a scale."""
    return max(1, _EVENTS_A_YEAR // _EVENTS_A_LIFE // scale)


_EVENTS_A_YEAR = 760_000_000
_EVENTS_A_LIFE = 20
"""What a life tells within its year, measured."""

_NATIONAL_ANOMALIES = 0.10
_NATIONAL_SHORT = 0.25
