"""An endless nation: lives begin day after day, and what their courts enter is handed out in order, as the clock allows.

Everything follows from the seed and the days, so that a feed taken up again from an old state hands out the very same events
under the same ids and numbers; the state says only which lives are under way and what each has told.
"""

import heapq
import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from contract.errors import YipanqiError
from producers.simulator.beats import Beats
from producers.simulator.case import Fact
from producers.simulator.days import DAY, civil, day_of, midnight
from producers.simulator.lives import facts_of
from producers.simulator.nation import World, courts, intake_on
from producers.simulator.output import attributes

HISTORY_DAYS = 210
"""Lives begin so many days before the clock's first instant: longer than the six-month term, so that all its levels show."""

_KEPT_DAYS = 15
"""Of the lives before the first instant only those are handed out that told something in its last days, or still will
(more than the queries after a termination)."""

_IDLE_DAYS = 40
"""A life that tells nothing for longer is made again when it goes on: terminated cases are queried for five years."""

_NO_END = 2**40
_MOST_A_DAY = 500
_DAY_ZERO = 19_000


class FeedError(YipanqiError):
    """The feed can't go on where it stopped."""


class Model(msgspec.Struct, frozen=True):
    """The parameters of the nation (模拟数据); another model is another nation.

    Attributes:
        seed: Seed of all dice.
        rate: Cases a working day in a month of average intake.
        anomalies: Share of duties seeded around one of their levels.
    """

    seed: int = 1
    rate: float = 32.0
    anomalies: float = 0.02


class Underway(msgspec.Struct, array_like=True, order=True):
    """A life under way: when its next fact is entered, its name, number and first day, and how many facts it has told."""

    recorded: int
    name: str
    number: int
    day: int
    told: int


class State(msgspec.Struct):
    """All that a feed must remember.

    Attributes:
        model: Which nation it is.
        origin: The instant at which the feed first ran.
        next_day: The first day whose lives have not begun.
        sequences: The last number of each court's source.
        underway: Lives with facts to tell.
        beats: How many heartbeats have been handed out or passed over; None: none yet.
    """

    model: Model
    origin: int
    next_day: int
    sequences: dict[str, int]
    underway: list[Underway]
    beats: int | None = None


class Feed:
    """Hands out the events of a nation in the order of their entry.

    Args:
        state: Where it begins (`begin`) or an earlier feed stopped (`load`).
    """

    def __init__(self, state: State) -> None:
        model = state.model
        self._state = state
        self._world = World(
            name=f"live{model.seed}",
            seed=model.seed,
            horizon=_NO_END,
            anomalies=model.anomalies,
            courts=courts(model.seed),
            mended=True,
        )
        self._facts: dict[str, list[Fact]] = {}
        self._beats = Beats(model.seed, state.origin)
        heapq.heapify(self._heap)

    @property
    def _heap(self) -> list[Underway]:
        return self._state.underway

    def take(self, now: int, most: int) -> list[dict[str, Any]]:
        """The next events that have been entered by ``now``, at most so many, as structured CloudEvents objects.

        Heartbeats come first: while a nation makes up its history no court is silent.
        """
        taken = list(islice(self._beaten(now), most))
        while len(taken) < most:
            while midnight(self._state.next_day) <= now and (
                not self._heap or self._heap[0].recorded >= midnight(self._state.next_day)
            ):
                self._begin_day(self._state.next_day)
                self._state.next_day += 1
            if not self._heap or self._heap[0].recorded > now:
                break
            taken.append(self._tell())
        return taken

    @property
    def origin(self) -> int:
        """The instant at which the feed first ran: what was entered before is history."""
        return self._state.origin

    def state(self) -> bytes:
        """What to remember, encoded."""
        return msgspec.json.encode(self._state)

    @property
    def lives(self) -> int:
        """How many lives are under way."""
        return len(self._heap)

    def _beaten(self, now: int) -> Iterator[dict[str, Any]]:
        """The heartbeats that are due by ``now``."""
        number = self._beats.begin if self._state.beats is None else self._state.beats
        while self._beats.at(number) <= now:
            beat = self._beats.beat(number)
            number = self._state.beats = number + 1
            if beat is not None:
                yield beat

    def _begin_day(self, day: int) -> None:
        rng = random.Random(f"day/{self._state.model.seed}/{day}")
        wanted = self._state.model.rate * intake_on(day)
        count = min(int(wanted) + (rng.random() < wanted % 1), _MOST_A_DAY)
        for index in range(count):
            number = (day - _DAY_ZERO) * _MOST_A_DAY + index
            name = f"{self._world.name}-{civil(day):%Y%m%d}-{index:03d}"
            facts = self._made(name, number, day)
            if facts and _last(facts) >= self._state.origin - _KEPT_DAYS * DAY:
                self._facts[name] = facts
                heapq.heappush(self._heap, Underway(facts[0].recorded, name, number, day, 0))

    def _made(self, name: str, number: int, day: int) -> list[Fact]:
        return sorted(facts_of(self._world, number, name, day), key=lambda fact: (fact.recorded, fact.id))

    def _tell(self) -> dict[str, Any]:
        """The next fact of the life that is first in the heap."""
        life = self._heap[0]
        facts = self._facts.get(life.name)
        if facts is None:
            facts = self._facts[life.name] = self._made(life.name, life.number, life.day)
        fact = facts[life.told]
        life.told += 1
        if life.told < len(facts):
            life.recorded = facts[life.told].recorded
            heapq.heapreplace(self._heap, life)
            if life.recorded > fact.recorded + _IDLE_DAYS * DAY:
                del self._facts[life.name]
        else:
            heapq.heappop(self._heap)
            del self._facts[life.name]
        return attributes(fact, self._state.sequences)


def _last(facts: list[Fact]) -> int:
    """When the last fact of a life is entered, the queries of the half-years apart: these alone don't keep a life."""
    return max((fact.recorded for fact in facts if fact.kind != "term.requery_done"), default=0)


def begin(model: Model, now: int) -> State:
    """The state of a feed that runs for the first time when the clock shows ``now``."""
    return State(model, now, day_of(now) - HISTORY_DAYS, {}, [])


def load(path: Path) -> State | None:
    """The state kept in a file, or None if there is none.

    Raises:
        FeedError: There is one, but it can't be read: a feed begun anew would send other events under the same ids.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=State)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise FeedError(f"{path} can't be read ({error}); the feed can't go on in this data folder") from None


def keep(path: Path, state: bytes) -> None:
    """Write a state so that a crash leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(state)
    part.replace(path)
