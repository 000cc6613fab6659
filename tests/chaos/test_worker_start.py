"""What the worker says when it cannot start."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.kafka.connect import WAIT
from infra.kafka.embedded import EmbeddedKafka
from infra.kafka.topics import delete_topics
from infra.processes import free_ports


def start(kafka: str, data: Path) -> "subprocess.CompletedProcess[str]":
    """Run `yipanqi worker cases` until it ends."""
    (port,) = free_ports(1)
    options = ["--kafka", kafka, "--data", str(data), "--port", str(port)]
    command = [sys.executable, "-m", "yipanqi", "worker", "cases", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_topics_that_differ_from_the_declaration_are_refused_by_name(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    """Every difference is told, and nothing is started."""
    delete_topics(kafka.bootstrap)
    done = start(kafka.bootstrap, tmp_path)
    assert done.returncode == 1
    assert "court.events.v1: is missing" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broker_that_does_not_answer_is_told_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence with the address."""
    monkeypatch.setenv(WAIT, "0.5")
    (port,) = free_ports(1)
    done = start(f"127.0.0.1:{port}", tmp_path)
    assert done.returncode == 1
    assert f"no broker answers at 127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr
