"""Starts services in the order of their needs, as many at once as may be; restarts what dies; stops all in order.

A state machine that one thread drives by calling `step()`; only the starting of a service happens in a thread of its own.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from threading import Thread

import msgspec

from contract.errors import YipanqiError
from infra.services import Service, ServiceFailed

_WINDOW_S = 60.0
_MOST_RESTARTS = 5  # in a window; one more and the whole stops, for a loop of crashes hides its cause
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 8.0
_RESERVE_S = 1.2  # what a stage gets to stop in, even if those before it took long


class State(Enum):
    """Where a service is in its life."""

    WAITING = "waiting"
    STARTING = "starting"
    RUNNING = "running"
    PAUSING = "pausing"
    STOPPED = "stopped"


class Unit(msgspec.Struct, frozen=True):
    """One service and its place.

    Attributes:
        name: Its name for people.
        service: The thing itself.
        needs: Names of the units that must have come up before it is started the first time.
        stage: Stages are stopped one after another, the lowest first.
    """

    name: str
    service: Service
    needs: tuple[str, ...] = ()
    stage: int = 0


class Change(msgspec.Struct, frozen=True):
    """Something to tell the person in front of the screen.

    Attributes:
        name: Of the unit.
        state: Its new state.
        seconds: How long the start took, or the pause until the next one.
        message: Why it died, if it did.
    """

    name: str
    state: State
    seconds: float = 0.0
    message: str = ""


class GaveUp(YipanqiError):
    """A service cannot be kept running; everything is to be stopped."""


@dataclass
class _Life:
    unit: Unit
    state: State = State.WAITING
    since: float = 0.0
    due: float = 0.0
    was_up: bool = False
    restarts: int = 0
    deaths: deque[float] = field(default_factory=deque)
    starter: Thread | None = None
    failure: BaseException | None = None


class Supervisor:
    """Keeps units running.

    Args:
        units: In any order; needs must name units of this list.
        tell: Called with every change, from the thread that calls `step` or `stop`.
    """

    def __init__(self, units: Sequence[Unit], tell: Callable[[Change], None]) -> None:
        self._lives = {unit.name: _Life(unit) for unit in units}
        self._tell = tell
        for unit in units:
            if unknown := set(unit.needs) - set(self._lives):
                raise ValueError(f"{unit.name} needs {sorted(unknown)}, which nobody starts")

    @property
    def all_up(self) -> bool:
        """Whether every unit runs (or, for a step, is done)."""
        return all(life.state is State.RUNNING for life in self._lives.values())

    def status(self) -> dict[str, dict[str, str | int | None]]:
        """State, process id and number of restarts of each unit."""
        return {
            name: {"state": life.state.value, "pid": life.unit.service.pid, "restarts": life.restarts}
            for name, life in self._lives.items()
        }

    def step(self) -> None:
        """Look at every unit once and do what is due.

        Raises:
            GaveUp: a unit refuses to start, or died too often.
        """
        now = time.monotonic()
        for life in self._lives.values():
            if life.state is State.WAITING and all(self._lives[need].was_up for need in life.unit.needs):
                self._start(life, now)
            elif life.state is State.STARTING and life.starter is not None and not life.starter.is_alive():
                self._started(life, now)
            elif life.state is State.RUNNING:
                try:
                    life.unit.service.check()
                except YipanqiError as death:
                    self._died(life, death, now)
            elif life.state is State.PAUSING and now >= life.due:
                self._start(life, now)

    def stop(self, budget_s: float) -> tuple[str, ...]:
        """Stop all units stage by stage; return the names of those that had to be forced.

        A stage may use all of the budget but a reserve for each later one, since who flushes and commits should be let.
        """
        deadline = time.monotonic() + budget_s
        stages = sorted({life.unit.stage for life in self._lives.values()})
        forced: list[str] = []
        for later, stage in zip(reversed(range(len(stages))), stages, strict=True):
            left = max(_RESERVE_S, deadline - time.monotonic() - later * _RESERVE_S)
            lives = [life for life in self._lives.values() if life.unit.stage == stage]
            threads = [Thread(target=self._stop_one, args=(life, left, forced), daemon=True) for life in lives]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        return tuple(forced)

    def kill(self) -> None:
        """End everything at once, by force."""
        for life in self._lives.values():
            life.unit.service.stop(0)
            life.state = State.STOPPED

    def _stop_one(self, life: _Life, budget_s: float, forced: list[str]) -> None:
        ran = life.unit.service.pid is not None
        if not life.unit.service.stop(budget_s):
            forced.append(life.unit.name)
        life.state = State.STOPPED
        if ran:
            self._tell(Change(life.unit.name, State.STOPPED))

    def _start(self, life: _Life, now: float) -> None:
        life.state, life.since, life.failure = State.STARTING, now, None
        life.starter = Thread(target=self._run_start, args=(life,), name=f"start-{life.unit.name}", daemon=True)
        life.starter.start()
        self._tell(Change(life.unit.name, State.STARTING))

    @staticmethod
    def _run_start(life: _Life) -> None:
        try:
            life.unit.service.start()
        except BaseException as error:  # noqa: BLE001  (handed to the supervisor's thread, which decides)
            life.failure = error

    def _started(self, life: _Life, now: float) -> None:
        if life.failure is None:
            life.state, life.was_up = State.RUNNING, True
            self._tell(Change(life.unit.name, State.RUNNING, now - life.since))
        elif isinstance(life.failure, ServiceFailed) and not life.failure.fatal:
            self._died(life, life.failure, now)
        elif isinstance(life.failure, YipanqiError) and not life.was_up:
            raise GaveUp(f"{life.unit.name}: {life.failure}") from life.failure
        elif isinstance(life.failure, YipanqiError):
            self._died(life, life.failure, now)
        else:
            raise life.failure

    def _died(self, life: _Life, death: YipanqiError, now: float) -> None:
        life.unit.service.stop(0)  # lets go of what it still holds
        while life.deaths and now - life.deaths[0] > _WINDOW_S:
            life.deaths.popleft()
        life.deaths.append(now)
        count = len(life.deaths)
        if count > _MOST_RESTARTS:
            raise GaveUp(f"{life.unit.name} died {count} times in {_WINDOW_S:.0f} s: {death}") from death
        pause = min(_FIRST_PAUSE_S * 2 ** (count - 1), _LONGEST_PAUSE_S)
        life.state, life.due = State.PAUSING, now + pause
        life.restarts += 1
        self._tell(Change(life.unit.name, State.PAUSING, pause, str(death)))
