"""Many lives judged three ways, rule by rule: by how they were made, by `yipanqi supervise`, by SQL over the raw events.

Only one rule's alerts are held at a time, whatever the number of lives.
"""

import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from national_sql import FIELDS, Truth, found, truths
from supervised import ROOT, yipanqi

from producers.simulator.case import Label
from producers.simulator.run import gather, lives

DOZEN = 12
Say = Callable[[str], None]


class Made(NamedTuple):
    """A simulation in files, and how often each level of each rule was reached and narrowly missed in it."""

    events_file: Path
    truth_file: Path
    events: int
    labels: list[Label]
    levels: list[tuple[str, str, int, int]]


class Compared(NamedTuple):
    """How many alerts each rule has, and where the three differ, as text."""

    alerts: Counter[str]
    differences: list[str]


def simulated(folder: Path, seed: int, cases: int) -> tuple[Path, Path]:
    """(events of so many lives, the truth about them), as files."""
    events, truth = folder / "events.jsonl", folder / "truth.jsonl"
    yipanqi("simulate", "--seed", str(seed), "--cases", str(cases), "--anomalies", "0.4", "--out", events, "--truth", truth)
    return events, truth


def write_simulation(folder: Path, seed: int, cases: int, anomalies: float) -> Made:
    """The same with what the command doesn't write: the counts of every level."""
    made = gather(lives(seed, cases, anomalies))
    events, truth = folder / "events.jsonl", folder / "truth.jsonl"
    _write(truth, made.truths)
    return Made(events, truth, _write(events, made.events()), made.labels, made.tally.rows())


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    count = 0
    with path.open("wb") as file:
        for row in rows:
            file.write(msgspec.json.encode(row) + b"\n")
            count += 1
    return count


def supervised_files(folder: Path, events: Path) -> list[Path]:
    """The alerts of the national pack that the command finds in the events: of the common rules, of the restricted ones."""
    files = []
    for name, which, read in (("alerts", (), events), ("restricted", ("--restricted",), _restricted(folder, events))):
        out = folder / f"{name}.jsonl"
        command = [sys.executable, "-m", "yipanqi", "supervise", str(read), "--out", str(out), *which]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        refused = [
            line for line in ran.stderr.splitlines() if ".jsonl:" in line and "id_conflict" not in line and "no_key" not in line
        ]
        assert not refused, refused[:DOZEN]
        assert out.exists(), ran.stderr[-1000:]
        files.append(out)
    return files


def _restricted(folder: Path, events: Path) -> Path:
    """The records of interference and the ticks: of other lines the restricted rules see nothing."""
    path = folder / "interference.jsonl"
    with events.open("rb") as lines, path.open("wb") as file:
        file.writelines(line for line in lines if b".pers.interference" in line or b'"/sys/' in line)
    return path


def unequal(one: str, mine: Counter[Truth], other: str, theirs: Counter[Truth]) -> list[str]:
    """Say which alerts only one of the two knows in just this form."""
    said = [f"only {one}: {row}" for row in (mine - theirs)] + [f"only {other}: {row}" for row in (theirs - mine)]
    return sorted(said, key=lambda line: line.split(": ", 1)[1])


def assert_none(differences: list[str]) -> None:
    """Fail with the first dozen."""
    if differences:
        raise AssertionError("\n".join([f"{len(differences)} differences, the first:", *differences[:DOZEN]]))


def compare(folder: Path, port: int, seed: int, cases: int, say: Say) -> Counter[str]:
    """Simulate, supervise and ask the SQL; return how many alerts each rule has.

    Args:
        folder: An empty one.
        port: Of the embedded ClickHouse front.
        seed: Of the lives.
        cases: How many lives.
        say: Is told of each step, with the seconds and the memory that it took.

    Raises:
        AssertionError: In some field of some alert the three differ; it tells the first dozen.
    """
    found = compared(folder, port, simulated(folder, seed, cases), say)
    assert_none(found.differences)
    return found.alerts


def compared(folder: Path, port: int, files: tuple[Path, Path], say: Say) -> Compared:
    """Supervise the events of a simulation, ask the SQL, and lay both beside the truth; files: (events, truth)."""
    step = _Steps(say)
    events, truth = files
    by_engine = _apart(folder / "engine", supervised_files(folder, events))
    step("supervised")
    by_truth = _apart(folder / "truth", [truth])
    differences: list[str] = []
    counts: Counter[str] = Counter()
    with found(port, events) as answer:
        step("SQL")
        for rule in sorted(answer.rules | by_engine.keys() | by_truth.keys()):
            mine = answer.alerts(rule)
            counts[rule] = mine.total()
            for name, files_of in (("the engine", by_engine), ("the truth", by_truth)):
                differences += unequal("the SQL", mine, name, _read(files_of.get(rule)))
    step(f"{counts.total()} alerts of {len(counts)} rules compared, {len(differences)} differences")
    return Compared(counts, differences)


class _Steps:
    """Says each step with its seconds, and the most memory that this process and its largest child had so far."""

    def __init__(self, say: Say) -> None:
        self._say, self._since = say, time.monotonic()

    def __call__(self, what: str) -> None:
        now = time.monotonic()
        own, child = (resource.getrusage(who).ru_maxrss >> 10 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        self._say(f"{what}: {now - self._since:.0f} s; at most {own} MB here, {child} MB in a command")
        self._since = now


def _apart(folder: Path, files: Iterable[Path]) -> dict[str, Path]:
    """The alerts of each rule in a file of its own, with only the fields of the truth."""
    folder.mkdir()
    made: dict[str, Any] = {}
    for file in files:
        with file.open("rb") as lines:
            for line in lines:
                alert = msgspec.json.decode(line)
                if alert["rule"] not in made:
                    made[alert["rule"]] = (folder / f"{alert['rule']}.jsonl").open("wb")
                made[alert["rule"]].write(msgspec.json.encode({name: alert[name] for name in FIELDS}) + b"\n")
    for opened in made.values():
        opened.close()
    return {rule: folder / f"{rule}.jsonl" for rule in made}


def _read(file: Path | None) -> Counter[Truth]:
    if file is None:
        return Counter()
    with file.open("rb") as lines:
        return truths(msgspec.json.decode(line) for line in lines)
