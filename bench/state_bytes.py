"""Bytes of packed state a chain, over whole simulated lives cut at a day: the mean and the largest, open chains and all.

python bench/state_bytes.py [--cases 2000] [--seed 5] [--at 0.5]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from statistics import mean, median

from contract.codec import from_json
from contract.envelope import Event
from contract.registry import RESTRICTED_TYPES
from streams.cases.partition import PARTITION_KEY, Partition
from streams.cases.rulebook import RuleBook
from streams.rules.load import load_packs

_ENDS = frozenset({"case.closed", "case.refused", "case.transferred"})
_BEGINS = frozenset({"case.application_received", "case.filed", "case.restored"})


def _sizes(events: Iterable[Event]) -> tuple[dict[str, int], set[str], int]:
    """(bytes by chain, chains with an open case, events)."""
    book = RuleBook(load_packs(), always=True)
    core = Partition(book, snapshots=False)
    open_cases: dict[str, set[str]] = {}
    offset = -1
    for offset, event in enumerate(events):
        core.apply((0, offset), event)
        cases = open_cases.setdefault(event.rootid, set())
        if event.short in _BEGINS:
            cases.add(event.subject)
        elif event.short in _ENDS:
            cases.discard(event.subject)
    sizes = {key: len(value) for key, value in core.drain_dirty().items() if value is not None and key != PARTITION_KEY}
    return sizes, {key for key, cases in open_cases.items() if cases}, offset + 1


def _report(sizes: list[int]) -> dict[str, int]:
    ordered = sorted(sizes)
    return {
        "number": len(ordered),
        "mean": round(mean(ordered)),
        "median": round(median(ordered)),
        "p99": ordered[len(ordered) * 99 // 100],
        "largest": ordered[-1],
    }


def main() -> None:
    """Simulate, judge up to a share of the lines, print two lines of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--at", type=float, default=0.5, help="share of the lines after which state is measured")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out, truth = Path(folder) / "e.jsonl", Path(folder) / "t.jsonl"
        arguments = ["--seed", str(options.seed), "--cases", str(options.cases), "--out", str(out), "--truth", str(truth)]
        subprocess.run([sys.executable, "-m", "yipanqi", "simulate", *arguments], check=True, stdout=subprocess.DEVNULL)
        lines = out.read_bytes().splitlines()
    events = (from_json(line) for line in lines[: int(len(lines) * options.at)])
    sizes, alive, count = _sizes(event for event in events if event.short not in RESTRICTED_TYPES)
    for which, found in (("with an open case", [sizes[key] for key in alive]), ("all", list(sizes.values()))):
        print(json.dumps({"chains": which, "events": count} | _report(found)))


if __name__ == "__main__":
    main()
