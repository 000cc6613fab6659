"""A command that publishes a file, killed once it has noted how far the log has it."""

import json
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def killed_midway(command: Sequence[str], memory: Path) -> dict[str, Any]:
    """Run it until its note is there, then SIGKILL it; returns the one place that the note has."""
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while not memory.exists() and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    place: dict[str, Any]
    (place,) = json.loads(memory.read_bytes()).values()
    return place
