"""Starting in order, restarting, giving up and stopping, with real processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract.errors import YipanqiError
from infra.processes import spawn, stop
from infra.services import ServiceFailed, Step
from infra.supervisor import Change, GaveUp, State, Supervisor, Unit

_SLEEPER = "import time; time.sleep(600)"
_DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"


class Script:
    """A Python script as a service; it is up as soon as it runs, or has printed something if that is asked for."""

    def __init__(self, log: Path, code: str, *, prints: bool = False) -> None:
        self._log = log
        self._code = code
        self._prints = prints
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self.process.pid if self.process and self.process.poll() is None else None

    def start(self) -> None:
        """Start the script."""
        self.process = spawn([sys.executable, "-c", self._code], self._log)
        while self._prints and not self._log.read_bytes():
            time.sleep(0.02)

    def check(self) -> None:
        """Raise when it has ended."""
        if self.process is not None and self.process.poll() is not None:
            raise ServiceFailed(f"ended with status {self.process.returncode}")

    def stop(self, budget_s: float) -> bool:
        """End it."""
        process, self.process = self.process, None
        return stop([process], budget_s) if process else True


class Refusing(Step):
    """A service that cannot be started, and starting it again would not help."""

    def __init__(self) -> None:
        super().__init__(lambda: None)

    def start(self) -> None:
        """Refuse."""
        raise ServiceFailed("no such option", fatal=True)


@contextmanager
def _supervised(*units: Unit) -> Iterator[tuple[Supervisor, list[Change]]]:
    changes: list[Change] = []
    supervisor = Supervisor(units, changes.append)
    try:
        yield supervisor, changes
    finally:
        supervisor.kill()


def _until(supervisor: Supervisor, reached: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "not reached in time"
        supervisor.step()
        time.sleep(0.01)


def test_a_unit_waits_for_what_it_needs(tmp_path: Path) -> None:
    """A unit is started only when all that it needs is up; units without needs start at once."""
    first = Script(tmp_path / "first.log", _SLEEPER)
    units = (
        Unit("last", Step(lambda: None), ("step",)),
        Unit("step", Step(lambda: time.sleep(0.2)), ("first",)),
        Unit("first", first),
    )
    with _supervised(*units) as (supervisor, changes):
        _until(supervisor, lambda: supervisor.all_up)
        assert [c.name for c in changes if c.state is State.STARTING] == ["first", "step", "last"]
        assert supervisor.status()["first"] == {"state": "running", "pid": first.pid, "restarts": 0}


def test_a_process_that_dies_is_started_again(tmp_path: Path) -> None:
    """A killed process is reported with its end, comes back after a short pause, and the others run on."""
    killed, other = Script(tmp_path / "killed.log", _SLEEPER), Script(tmp_path / "other.log", _SLEEPER)
    with _supervised(Unit("killed", killed), Unit("other", other)) as (supervisor, changes):
        _until(supervisor, lambda: supervisor.all_up)
        before, untouched = killed.pid, other.pid
        assert before is not None
        os.kill(before, signal.SIGKILL)
        _until(supervisor, lambda: any(c.state is State.PAUSING for c in changes))
        assert "ended with status -9" in changes[-1].message
        _until(supervisor, lambda: supervisor.all_up)
        assert killed.pid not in {None, before}
        assert other.pid == untouched
        assert supervisor.status()["killed"]["restarts"] == 1


def test_a_process_that_keeps_dying_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After five restarts in a minute the next death ends the whole, with its name and its last end; pauses grow."""
    monkeypatch.setattr("infra.supervisor._FIRST_PAUSE_S", 0.01)
    unit = Unit("loop", Script(tmp_path / "loop.log", "raise SystemExit(3)"))
    with _supervised(unit) as (supervisor, changes):
        with pytest.raises(GaveUp, match=r"loop died 6 times in 60 s: ended with status 3"):
            _until(supervisor, lambda: False)
        pauses = [change.seconds for change in changes if change.state is State.PAUSING]
        assert pauses == [0.01, 0.02, 0.04, 0.08, 0.16]


def test_what_refuses_to_start_is_not_tried_again() -> None:
    """A refusal that another start cannot help ends the whole at once, with its reason."""

    def refuse() -> None:
        raise YipanqiError("the port is taken")

    for service in (Refusing(), Step(refuse)):
        with (
            _supervised(Unit("refusing", service)) as (supervisor, _),
            pytest.raises(GaveUp, match=r"^refusing: (no such option|the port is taken)$"),
        ):
            _until(supervisor, lambda: False)


def test_stages_stop_in_order_and_the_deaf_by_force(tmp_path: Path) -> None:
    """The lowest stage ends first; who does not listen to SIGTERM is killed in time; nothing runs afterwards."""
    deaf = Script(tmp_path / "deaf.log", _DEAF, prints=True)
    engine = Script(tmp_path / "engine.log", _SLEEPER)
    with _supervised(Unit("engine", engine, stage=2), Unit("deaf", deaf, stage=1)) as (supervisor, changes):
        _until(supervisor, lambda: supervisor.all_up)
        began = time.monotonic()
        assert supervisor.stop(1.5) == ("deaf",)
        assert time.monotonic() - began < 2
        assert [change.name for change in changes if change.state is State.STOPPED] == ["deaf", "engine"]
        assert deaf.pid is None
        assert engine.pid is None


def test_a_need_that_nobody_meets_is_a_fault() -> None:
    """A plan that names an unknown unit is refused when it is made."""
    with pytest.raises(ValueError, match="needs"):
        Supervisor([Unit("a", Step(lambda: None), ("b",))], lambda _: None)
