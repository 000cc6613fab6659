"""Signs of life of a worker: what is a standstill, and what becomes of a process that stands still."""

import subprocess
import sys
import textwrap
import time
from collections.abc import Callable

import pytest

from streams.shell.seam import TP, Seam
from streams.shell.vitals import EXIT_STALLED, Vitals

STALL_S = 60.0


@pytest.fixture
def make() -> Callable[[float, float], Vitals]:
    """Vitals of a worker whose fetch loop turned, and which did something, so many seconds ago."""

    def vitals(polled_s: float, progress_s: float) -> Vitals:
        seam, now = Seam.__new__(Seam), time.monotonic()
        seam.failed, seam._restoring, seam.next = None, None, {TP("t", 0): 0}  # a moment that no test can wait for
        seam.polled_at, seam.progress_at = now - polled_s, now - progress_s
        return Vitals(seam, lambda: None, STALL_S)

    return vitals


@pytest.mark.parametrize(
    ("polled_s", "progress_s", "lives"),
    [
        pytest.param(1, 1, True, id="at work"),
        pytest.param(200, 0, True, id="a long restore is just over and the first fetch not yet"),
        pytest.param(70, 5, True, id="a fetch of many partitions is being worked through"),
        pytest.param(1, 70, False, id="polls in vain"),
        pytest.param(70, 70, False, id="the loop hangs"),
    ],
)
def test_a_standstill_is_neither_a_turn_nor_progress(
    make: Callable[[float, float], Vitals],
    polled_s: float,
    progress_s: float,
    lives: bool,  # noqa: FBT001  # a table
) -> None:
    """A restore of minutes must not be killed in the moment when it has succeeded, or a large state is never restored."""
    assert make(polled_s, progress_s).live().good is lives


def test_a_failure_that_nobody_heard_of_ends_the_process() -> None:
    """A fetch task that was cancelled takes the room's error with it; the process would stand still and hold its partitions."""
    program = """
        import time
        from streams.shell.seam import Seam
        from streams.shell.vitals import Vitals, watch

        seam = Seam(None)
        seam.failed = ValueError("lost")
        watch(Vitals(seam, lambda: None, 60.0), falling_s=1.0)
        time.sleep(20)
        """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False, timeout=30, capture_output=True)
    assert ended.returncode == EXIT_STALLED
