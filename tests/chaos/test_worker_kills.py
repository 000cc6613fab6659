"""Workers that are killed, paused and joined by others, on a real broker: nothing lost, nothing doubled."""

import random
import signal
import time
from typing import Any

import pytest

from contract.topics import ALERTS

# The state of four partitions is written side by side: the second "state-…" of a checkpoint falls between two of them.
STEPS = ("outputs-sent", "outputs-confirmed", "state-sent", "state-sent:2", "state-confirmed:2", "before-commit", "committed")


def test_kill_between_every_two_steps_of_the_checkpoint(scene: Any) -> None:
    """Killed at each step in turn and started again, it says what an undisturbed run says; repeats have equal bytes."""
    for step in STEPS:
        scene.feed(400)
        worker = scene.worker(instance="a", kill=step)
        assert worker.wait() == -signal.SIGKILL, worker.text()
    scene.feed(400)
    scene.worker(instance="a")
    scene.wait_until_done()
    assert scene.said() == scene.expected()
    assert len(scene.records(ALERTS)) > len(scene.said()), "no kill fell between outputs and state: the test tested nothing"


def test_a_paused_worker_cannot_overwrite_newer_state(scene: Any) -> None:
    """Stopped right before it writes state, overtaken by another, woken: it is fenced, ends, and the newer state stands.

    It holds changes of a few chains only: written, they would stand beside newer states of the others.
    """
    scene.feed(800)
    first = scene.worker()
    scene.wait_until_done()
    first.signal(signal.SIGTERM)
    first.wait()
    scene.feed(20)
    paused = scene.worker(stop="outputs-confirmed")
    paused.wait_until_stopped()
    scene.feed(400)
    successor = scene.worker()
    scene.wait_until_done()
    paused.signal(signal.SIGCONT)
    assert paused.wait() == 1, paused.text()
    assert "ProducerFenced" in paused.text()
    successor.signal(signal.SIGTERM)
    assert successor.wait() == 0, successor.text()
    scene.feed(400)
    scene.worker()  # what it restores is what the successor wrote
    scene.wait_until_done()
    assert scene.said() == scene.expected()


def test_a_worker_joins_while_another_restores(scene: Any) -> None:
    """The restore in progress is given up, the partitions are shared, and everything is said once."""
    scene.feed(800)
    first = scene.worker(restore=3)
    scene.wait_for(lambda: "restoring 4" in first.text(), "the first worker's restore")
    second = scene.worker()
    scene.wait_until_done()
    scene.feed(400)
    scene.wait_until_done()
    first.wait_until_ready()
    second.wait_until_ready()
    held = [worker.text().rpartition("restored ")[2].split()[0] for worker in (first, second)]
    assert held == ["2", "2"], scene.logs()
    assert scene.said() == scene.expected()


def test_sigterm_loses_nothing_and_the_next_worker_repeats_nothing(scene: Any) -> None:
    """A clean stop checkpoints what was processed: the next worker has nothing to say again."""
    scene.feed(800)
    first = scene.worker(interval=3600)
    first.wait_until_ready()
    scene.wait_for(lambda: first.metric("yipanqi_events_total") >= 800, "the events to be applied")
    first.signal(signal.SIGTERM)
    assert first.wait() == 0, first.text()
    assert scene.committed() == scene.ends()
    scene.feed(100)
    scene.worker()
    scene.wait_until_done()
    assert len(scene.records(ALERTS)) == len(scene.said()) == len(scene.expected())


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_forty_kills_at_random_moments_under_load(scene: Any) -> None:
    """Two workers, one of them killed every few seconds while events come in: as if nothing had happened."""
    dice = random.Random(20260105)
    workers = [scene.worker(instance="left"), scene.worker(instance="right")]
    for _ in range(40):
        scene.feed(dice.randrange(100, 2000), chains=300)
        time.sleep(dice.uniform(0.5, 5.0))
        which = dice.randrange(2)
        workers[which].signal(signal.SIGKILL)
        workers[which].wait()
        workers[which] = scene.worker(instance=("left", "right")[which])
    scene.wait_until_done()
    assert scene.said() == scene.expected()
