"""Throughput of `yipanqi supervise` with the national pack: events a second over whole simulated lives, a process for each run.

python bench/supervise.py [--cases 4000] [--seed 5] [--runs 3]
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median


def _yipanqi(*arguments: str) -> tuple[float, float]:
    """Run a subcommand to its end: (wall seconds, CPU seconds); raises CalledProcessError if it fails."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "yipanqi", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - began, cpu


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)


def main() -> None:
    """Simulate once, supervise several times, print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        events, truth, alerts, journal = (Path(folder) / name for name in ("e.jsonl", "t.jsonl", "a.jsonl", "j.jsonl"))
        _yipanqi(
            "simulate", "--seed", str(options.seed), "--cases", str(options.cases), "--out", str(events), "--truth", str(truth)
        )
        runs = [
            _yipanqi("supervise", str(events), "--out", str(alerts), "--journal", str(journal)) for _ in range(options.runs)
        ]
        count, walls = _lines(events), [wall for wall, _ in runs]
        row = {
            "events": count,
            "alerts": _lines(alerts),
            "transitions": _lines(journal),
            "events/s (median)": round(count / median(walls)),
            "slowest": round(count / max(walls)),
            "fastest": round(count / min(walls)),
            "CPU s (median)": round(median(cpu for _, cpu in runs), 2),
        }
        print(json.dumps(row))


if __name__ == "__main__":
    main()
