"""`yipanqi publish` into a real log: what is sent, what is named, and how a run goes on."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from killed_publish import ended_midway, killed_midway, noted

from contract.envelope import Event
from infra.kafka.connect import WAIT
from producers.publish import Place, Publisher
from yipanqi.__main__ import cli

Make = Callable[..., dict[str, Any]]
Facts = Callable[[str], list[Event]]


def publish(file: Path, bootstrap: str) -> "subprocess.CompletedProcess[str]":
    """Run the command; the data folder lies beside the file."""
    return subprocess.run(command(file, bootstrap), capture_output=True, text=True, timeout=120, check=False)


def command(file: Path, bootstrap: str) -> list[str]:
    """The command line."""
    return [sys.executable, "-m", "yipanqi", "publish", str(file), "--kafka", bootstrap, "--data", str(file.parent / "data")]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write events, or lines as they are, to an event file."""

    def make(*events: Any, to: str = "events.jsonl") -> Path:
        file = tmp_path / to
        lines = [event if isinstance(event, str) else json.dumps(event, ensure_ascii=False) for event in events]
        file.write_text("".join(line + "\n" for line in lines))
        return file

    return make


def test_bad_lines_are_named_and_the_rest_goes_on(
    wall_log: str, write: Callable[..., Path], filed: Make, party: Make, facts: Facts
) -> None:
    """Number and reason of each bad line on stderr, exit status 1; ticks are left to the clock; receivedtime is set anew."""
    tick = {
        "id": "t1",
        "source": "/sys/clock",
        "type": "sys.ticked",
        "subject": "sys",
        "time": "2024-03-01T00:00:00Z",
        "data": {},
    }
    received = filed("e2", receivedtime="2001-01-01T00:00:00Z")
    file = write(filed("e1"), "{", received, filed("e3", type="case.invented"), "", tick, party("e4"))
    result = publish(file, wall_log)
    assert result.returncode == 1
    assert f"{file}:2: " in result.stderr
    assert f"{file}:4: type:" in result.stderr
    assert "3 events are in the log, 1 ticks are left to the clock, 2 lines refused" in result.stderr
    events = facts(wall_log)
    assert sorted(event.id for event in events) == ["e1", "e2", "e4"]
    assert all(event.receivedtime is not None and event.receivedtime.year > 2001 for event in events)
    assert "张三" not in result.stderr


def test_publishing_again_sends_only_what_is_new(wall_log: str, write: Callable[..., Path], filed: Make, facts: Facts) -> None:
    """A finished file is not sent again, a longer one goes on at its end, one that changed is sent from the start."""
    first, more = [filed(f"a{n}") for n in range(600)], [filed(f"b{n}") for n in range(3)]
    assert publish(write(*first), wall_log).returncode == 0
    again = publish(write(*first), wall_log)
    assert again.returncode == 0
    assert "0 events are in the log, the first 600 lines were sent before" in again.stderr
    assert "3 events" in publish(write(*first, *more), wall_log).stderr
    assert len(facts(wall_log)) == 603
    assert "603 events" in publish(write(*more, *first), wall_log).stderr
    assert len({event.ref: event.digest for event in facts(wall_log)}) == 603


def test_a_line_that_is_still_being_written(wall_log: str, write: Callable[..., Path], filed: Make, facts: Facts) -> None:
    """A file that ends within a line goes on there when the rest has come: the line is an event, and none is lost."""
    file = write(filed("e1"), filed("e2"), filed("e3"))
    whole = file.read_bytes()
    file.write_bytes(whole[:-40])
    broken = publish(file, wall_log)
    assert broken.returncode == 1
    assert f"{file}:3: " in broken.stderr
    file.write_bytes(whole)
    again = publish(file, wall_log)
    assert again.returncode == 0, again.stderr
    assert "1 events are in the log, the first 2 lines were sent before, 0 lines refused" in again.stderr
    assert sorted(event.id for event in facts(wall_log)) == ["e1", "e2", "e3"]


def test_a_killed_run_goes_on(wall_log: str, write: Callable[..., Path], filed: Make, facts: Facts, tmp_path: Path) -> None:
    """After SIGKILL in the middle the next run starts at the last acknowledged piece, and every event is in the log."""
    total = 20_000
    file = write(*[filed(f"e{n}", subject=f"case-{n % 97}") for n in range(total)])
    place = killed_midway(command(file, wall_log), tmp_path / "events.jsonl.published")
    assert 0 < place["lines"] < total
    result = publish(file, wall_log)
    assert result.returncode == 0, result.stderr
    assert "lines were sent before" in result.stderr
    events = facts(wall_log)
    assert len({event.id for event in events}) == total
    assert len(events) < 2 * total


def test_a_run_that_is_broken_off_by_hand_says_what_the_log_has(
    wall_log: str, write: Callable[..., Path], filed: Make, facts: Facts, tmp_path: Path
) -> None:
    """How many lines are there for certain, which is no more than is there, and how to go on."""
    total = 20_000
    file = write(*[filed(f"e{n}", subject=f"case-{n % 97}") for n in range(total)])
    memory = tmp_path / "events.jsonl.published"
    status, said = ended_midway(command(file, wall_log), memory, signal.SIGINT)
    assert status == 1
    lines = noted(memory)["lines"]
    assert 0 < lines < total
    assert f"Error: broken off\nThe log has the first {lines} lines for certain ({lines} events)" in said
    assert "Run it again to go on after them: an event that comes twice counts once.\n" in said
    assert "Abort" not in said
    assert {event.id for event in facts(wall_log)} >= {f"e{n}" for n in range(lines)}
    assert publish(file, wall_log).returncode == 0
    assert len({event.id for event in facts(wall_log)}) == total


def test_a_run_that_is_broken_off_between_its_note_and_what_follows(
    wall_log: str, write: Callable[..., Path], filed: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C at the very instant at which the note is there: it is said nevertheless."""
    remember = Publisher._remember

    def noted_then_broken_off(publisher: Publisher, place: Place) -> None:
        remember(publisher, place)
        raise KeyboardInterrupt

    monkeypatch.setattr(Publisher, "_remember", noted_then_broken_off)
    file = write(*[filed(f"e{n}") for n in range(600)])
    result = CliRunner().invoke(cli, ["publish", str(file), "--kafka", wall_log, "--data", str(tmp_path / "data")])
    assert result.exit_code == 1
    assert "Error: broken off\nThe log has the first 500 lines for certain (500 events)" in result.stderr


def test_a_broker_that_is_away(write: Callable[..., Path], filed: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clear text, and the advice to run it again."""
    monkeypatch.setenv(WAIT, "0.5")
    result = publish(write(filed("e1")), "127.0.0.1:9")
    assert result.returncode == 1
    assert "no broker answers at 127.0.0.1:9" in result.stderr
    assert result.stderr.endswith("\nRun it again to go on.\n")
    assert "Traceback" not in result.stderr
