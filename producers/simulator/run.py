"""One simulation: many lives over a stretch of days, cut off at a last tick."""

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from producers.simulator.case import Fact, Label
from producers.simulator.days import midnight, number
from producers.simulator.groups import Nation
from producers.simulator.lives import Life, live, pick_day
from producers.simulator.nation import World, courts, intake
from producers.simulator.output import Tally, with_ticks

FIRST = date(2024, 1, 2)
LAST = date(2025, 10, 28)
HORIZON = date(2025, 11, 3)
"""Lives begin from the first day up to the last; the last tick is the first instant of the horizon."""

SHORT_MARK = "k"
"""Last letter of the names of short cases."""

_SHORT = 0.5
"""Share of lives that are short cases, made for one rule."""


class Simulation(msgspec.Struct, frozen=True):
    """What a simulation came to.

    Attributes:
        facts: All facts in the order of their entry.
        truths: The alerts that stand at the last tick, ordered by subject, rule and key.
        labels: What was seeded.
        tally: How often each level was reached and narrowly missed.
    """

    facts: list[Fact]
    truths: list[dict[str, Any]]
    labels: list[Label]
    tally: Tally

    def events(self) -> Iterator[dict[str, Any]]:
        """The event file: structured CloudEvents with ticks, one a day, in the order of entry."""
        return with_ticks(self.facts, number(FIRST), midnight(number(HORIZON)))


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
    """So many lives, one after another."""
    world = world_of(seed, anomalies)
    days, bounds = intake(number(FIRST), number(LAST))
    rng = random.Random(f"intake/{seed}")
    for index in range(1, cases + 1):
        short = rng.random() < _SHORT
        name = f"{world.name}-{index:07d}{SHORT_MARK if short else ''}"
        yield live(world, index, name, pick_day(rng, days, bounds), short=short)


def gather(made: Iterator[Life] | list[Life]) -> Simulation:
    """Put lives together."""
    facts: list[Fact] = []
    truths: list[dict[str, Any]] = []
    labels: list[Label] = []
    tally = Tally()
    nation = Nation(number(FIRST), midnight(number(HORIZON)))
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
    return Simulation(facts, truths, labels, tally)
