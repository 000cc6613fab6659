"""The prover's loop: what it does when a proof holds, fails, or can't be made."""

import signal
import threading
import time
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from kafka.errors import KafkaTimeoutError

from infra.processes import free_ports
from streams.shell.proof_metrics import ProofMetrics
from yipanqi import prover
from yipanqi.prover import keep_proving


def proving(proof: Callable[[], bool], until: Callable[[ProofMetrics], bool]) -> ProofMetrics:
    """Run the loop with short pauses until something is seen."""
    metrics, stop = ProofMetrics(), threading.Event()
    thread = threading.Thread(target=keep_proving, args=(proof, metrics, 0.01, stop), kwargs={"again_s": 0.01})
    thread.start()
    deadline = time.monotonic() + 20
    while not until(metrics) and time.monotonic() < deadline:
        time.sleep(0.01)
    stop.set()
    thread.join(20)
    assert until(metrics)
    return metrics


def value(metrics: ProofMetrics, name: str) -> float:
    """A sample."""
    found = metrics.registry.get_sample_value(name)
    assert found is not None
    return found


def test_it_goes_on_after_a_proof_that_could_not_be_made() -> None:
    """A broker that is away proves nothing and fails nothing; the next proof counts."""
    answers = iter([KafkaTimeoutError(), True])

    def proof() -> bool:
        answer = next(answers, True)
        if isinstance(answer, Exception):
            raise answer
        return answer

    metrics = proving(proof, lambda seen: seen.registry.get_sample_value("yipanqi_proof_holds") == 1)
    assert value(metrics, "yipanqi_proofs_unmade_total") == 1
    assert value(metrics, "yipanqi_proof_timestamp_seconds") > 0


def test_a_proof_that_fails_is_said_and_its_age_goes_on() -> None:
    """The time of the last that held stays what it was."""
    metrics = proving(lambda: False, lambda seen: seen.registry.get_sample_value("yipanqi_proof_holds") == 0)
    assert value(metrics, "yipanqi_proof_timestamp_seconds") == 0
    assert value(metrics, "yipanqi_proofs_unmade_total") == 0


def test_what_a_proof_does_not_expect_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would prove nothing any more and look well; ended, it is started again."""

    def broken(*_: object) -> bool:
        raise AssertionError("a fault of ours")

    monkeypatch.setattr(prover, "_proof", broken)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    done = CliRunner().invoke(prover.command, ["--port", str(free_ports(1)[0])])
    assert done.exit_code == 1
    assert "a fault of ours" in str(done.exception)
