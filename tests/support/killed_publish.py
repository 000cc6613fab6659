"""A command that publishes a file, ended by a signal once it has noted how far the log has it."""

import json
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def ended_midway(command: Sequence[str], memory: Path, number: signal.Signals) -> tuple[int, str]:
    """Run it until its note is there, then send the signal; returns its exit status and what it said on stderr.

    Tests that a shell started in the background ignore Ctrl-C, and what they start would ignore it too.
    """
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        signal.signal(signal.SIGINT, ours)
        deadline = time.monotonic() + 60
        while not memory.exists() and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(number)
        said = process.communicate()[1]
    return process.returncode, said


def killed_midway(command: Sequence[str], memory: Path) -> dict[str, Any]:
    """Run it until its note is there, then SIGKILL it; returns the one place that the note has."""
    ended_midway(command, memory, signal.SIGKILL)
    return noted(memory)


def noted(memory: Path) -> dict[str, Any]:
    """The one place that a note has."""
    place: dict[str, Any]
    (place,) = json.loads(memory.read_bytes()).values()
    return place
