"""What is the same for all lives: the clock's end, the courts and how cases fall on them, sizes, seasons, numbers."""

import random
from bisect import bisect
from itertools import accumulate

import msgspec

from contract.courts import COURTS
from producers.simulator.days import civil, is_open

_MONTHS = (0.75, 0.55, 1.30, 1.05, 1.0, 1.0, 1.0, 1.0, 1.05, 0.95, 1.10, 1.15)
"""Intake by month: a dip around the spring festival, a peak in March, a surge at the year's end (docs/simulator.md)."""

_REST = 0.25
"""Intake of a day of rest beside that of a working day (online filing)."""

_MEDIAN_CLAIM_FEN = 6_000_000
_SPREAD = 1.95
"""Sigma of the logarithm: the mean claim is some seven times the median (docs/simulator.md)."""

_MOST_FEN = 500_000_000_000
_FEE_STEPS = ((1_000_000, 0), (50_000_000, 150), (500_000_000, 100), (1_000_000_000, 50), (2**62, 10))


class Courts(msgspec.Struct, frozen=True):
    """Courts that enforce, and how much of the nation's intake falls on each (Pareto: docs/simulator.md)."""

    codes: list[str]
    bounds: list[float]

    def pick(self, rng: random.Random) -> str:
        """A court by its share of the intake."""
        return self.codes[bisect(self.bounds, rng.random() * self.bounds[-1])]


class World(msgspec.Struct, frozen=True, kw_only=True):
    """One simulated nation.

    Attributes:
        name: Prefix of its subjects.
        seed: Seed of all its dice.
        horizon: The last tick: what is entered at or after it is not told.
        anomalies: Share of duties seeded with an anomaly or a near miss.
        courts: Where cases fall.
        mended: Whether everything seeded is done in the end, some weeks late: a nation that goes on for years is supervised.
    """

    name: str
    seed: int
    horizon: int
    anomalies: float
    courts: Courts
    mended: bool = False


def courts(seed: int) -> Courts:
    """All courts of the tree that enforce, the largest drawn by the seed: the first tenth bears more than a third."""
    rng = random.Random(f"courts/{seed}")
    codes: list[str] = []
    weights: list[float] = []
    for court in COURTS:
        share = {"BASIC": 1.0, "MID": 0.9, "HIGH": 0.4}.get(court.tier, 0.0)
        if share:
            codes.append(court.code)
            weights.append(share * min(rng.paretovariate(1.6), 40.0))
    return Courts(codes, list(accumulate(weights)))


def intake(first: int, last: int) -> tuple[list[int], list[float]]:
    """The days from ``first`` up to ``last``, and the running sum of their intake."""
    days = list(range(first, last))
    return days, list(accumulate(map(intake_on, days)))


def intake_on(day: int) -> float:
    """The intake of a day beside that of an average working day; on days of rest applications come online only."""
    return _MONTHS[civil(day).month - 1] * (1.0 if is_open(day) else _REST)


def claim_fen(rng: random.Random) -> int:
    """A sum to be enforced, lognormal."""
    return min(int(_MEDIAN_CLAIM_FEN * rng.lognormvariate(0.0, _SPREAD)) + 10_000, _MOST_FEN)


def fee_fen(claim: int) -> int:
    """The enforcement fee (诉讼费用交纳办法第14条), in fen."""
    fee, floor = 5_000, 1_000_000
    for ceiling, rate in _FEE_STEPS[1:]:
        fee += max(0, min(claim, ceiling) - floor) * rate // 10_000
        floor = ceiling
    return fee
