"""The broker dies, comes back, or falls silent under a worker."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from infra.kafka.embedded import EmbeddedKafka
from infra.kafka.topics import ensure_topics


@pytest.fixture
def own_scene(own_kafka: EmbeddedKafka, scene_on: Callable[[str], Any]) -> Any:
    """A scene on a broker that the test may hurt."""
    ensure_topics(own_kafka.bootstrap)
    scene = scene_on(own_kafka.bootstrap)
    scene.begin("simulated")
    return scene


def test_a_killed_broker_that_comes_back_costs_nothing(own_scene: Any, own_kafka: EmbeddedKafka) -> None:
    """SIGKILL of the broker while the worker is at work: it waits, goes on, and says everything once."""
    own_scene.feed(2000)
    worker = own_scene.worker(interval=0.1)
    worker.wait_until_ready()
    assert own_kafka.pid is not None
    os.kill(own_kafka.pid, signal.SIGKILL)
    own_kafka.stop()
    own_kafka.start()
    own_scene.feed(400)
    own_scene.wait_until_done()
    assert worker.process.poll() is None, worker.text()
    assert own_scene.said() == own_scene.expected()


def test_a_worker_without_broker_ends_instead_of_idling(own_scene: Any, own_kafka: EmbeddedKafka) -> None:
    """A broker that answers nothing any more: live turns bad, the watchdog ends the process, the next one goes on."""
    own_scene.feed(400)
    worker = own_scene.worker(stall=4)
    own_scene.wait_until_done()
    assert worker.health("live") == 200
    assert own_kafka.pid is not None
    os.kill(own_kafka.pid, signal.SIGSTOP)
    try:
        assert worker.wait() == 75, worker.text()
        assert "watchdog" in worker.text()
    finally:
        os.kill(own_kafka.pid, signal.SIGCONT)
    own_scene.feed(400)
    own_scene.worker()
    own_scene.wait_until_done()
    assert own_scene.said() == own_scene.expected()
