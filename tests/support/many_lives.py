"""Many lives compared three ways, slice by slice: truth, `yipanqi supervise` and SQL, and how often each rule was met.

python tests/support/many_lives.py FOLDER [--seeds 51 52 53 54 55] [--lives 20000] [--slice 4000]

Each slice is a nation of its own, with a seed made of the seed and its number. What a slice came to is kept in FOLDER; slices
found there are not run again. In the end, or after Ctrl-C, the report is written to FOLDER/report.md: what was run, every
difference, and the table of docs/simulator.md. Exit status 1 if anything differs.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from supervised import ROOT
from three_ways import Compared, compared, write_simulation

from infra.processes import free_ports
from streams.rules.load import load_packs

ANOMALIES = 0.25
KINDS_SHOWN = 9
LEAST = 30


class Slice(msgspec.Struct):
    """What one slice came to.

    Attributes:
        levels: (rule, level) → reached, narrowly missed, as one list of rows.
        made: Rule → how it was made → how often.
    """

    seed: int
    number: int
    lives: int
    commit: str
    began: str
    cpu_s: float
    events: int
    alerts: dict[str, int]
    differences: list[str]
    levels: list[tuple[str, str, int, int]]
    made: dict[str, dict[str, int]]


@contextmanager
def front(folder: Path) -> Iterator[int]:
    """An embedded ClickHouse front over a folder; its port."""
    (port,) = free_ports(1)
    folder.mkdir()
    command = [sys.executable, "-m", "yipanqi", "clickhouse-front", "--data", str(folder), "--port", str(port)]
    with (folder / "front.log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT)
    assert process.stdout is not None
    try:
        if not process.stdout.readline():
            raise RuntimeError((folder / "front.log").read_text())
        yield port
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def run_slice(seed: int, number: int, lives: int, say: Callable[[str], None]) -> Slice:
    """Simulate and compare one slice."""
    since, cpu, began = time.monotonic(), _cpu(), time.strftime("%Y-%m-%d %H:%M", time.gmtime())
    with tempfile.TemporaryDirectory(prefix="many-lives-") as name:
        folder = Path(name)
        made = write_simulation(folder, seed * 1000 + number, lives, ANOMALIES)
        say(f"seed {seed}, slice {number}: {made.events} events simulated after {time.monotonic() - since:.0f} s")
        with front(folder / "clickhouse") as port:
            found: Compared = compared(folder, port, (made.events_file, made.truth_file), say)
    kinds: dict[str, Counter[str]] = {}
    for label in made.labels:
        kinds.setdefault(label.rule, Counter())[label.side or label.level] += 1
    return Slice(
        seed=seed,
        number=number,
        lives=lives,
        commit=commit(),
        began=began,
        cpu_s=round(_cpu() - cpu, 1),
        events=made.events,
        alerts=dict(found.alerts),
        differences=found.differences,
        levels=made.levels,
        made={rule: dict(counts) for rule, counts in kinds.items()},
    )


def _cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def commit() -> str:
    """The commit of the programme that runs; a `+` says that files of it were changed."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(ROOT), *arguments]  # whichever git there is
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

    return git("rev-parse", "--short", "HEAD") + ("+" if git("status", "--porcelain", "--untracked-files=no") else "")


def report(slices: list[Slice]) -> str:
    """What was run, what differed, and how often each rule was met, as Markdown."""
    commits = ", ".join(dict.fromkeys(one.commit for one in slices))
    alerts = sum(sum(one.alerts.values()) for one in slices)
    differences = [f"seed {one.seed}, slice {one.number}: {line}" for one in slices for line in one.differences]
    said = (
        f"{sum(one.lives for one in slices):,} lives of {len({one.seed for one in slices})} seeds in {len(slices)} slices,"
        f" {sum(one.events for one in slices):,} events, {alerts:,} alerts of {len(_rules(slices))} rules,"
        f" {len(differences)} differences, {sum(one.cpu_s for one in slices) / 60:.0f} minutes of a core,"
        f" {slices[0].began} to {slices[-1].began} UTC, commit {commits}."
    )
    lines = [
        said,
        "",
        *differences[:100],
        f"Met less than {LEAST} times: {', '.join(seldom(slices)) or 'none'}.",
        "",
        *table(slices),
    ]
    return "\n".join(lines) + "\n"


def _rules(slices: list[Slice]) -> set[str]:
    return {rule for one in slices for rule, count in one.alerts.items() if count}


def _levels(slices: list[Slice]) -> dict[str, dict[str, tuple[int, int]]]:
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for rule, level, reached, missed in (row for one in slices for row in one.levels):
        before = found.setdefault(rule, {}).get(level, (0, 0))
        found[rule][level] = before[0] + reached, before[1] + missed
    return found


def seldom(slices: list[Slice]) -> list[str]:
    """The parts of the pack of which some level was reached, or narrowly missed, too seldom."""
    levels = _levels(slices)
    said = []
    for rule in sorted({rule.id for pack in load_packs() for rule in pack.rules} | levels.keys()):
        few = [
            f"{rule} {level} {reached:,}/{missed:,}"
            for level, (reached, missed) in sorted(levels.get(rule, {"–": (0, 0)}).items())
            if min(reached, missed) < LEAST
        ]
        said += few
    return said


def table(slices: list[Slice]) -> list[str]:
    """A line for each part: how often each level was reached and narrowly missed, and how it was made."""
    made: dict[str, Counter[str]] = {}
    for one in slices:
        for rule, counts in one.made.items():
            made.setdefault(rule, Counter()).update(counts)
    levels = _levels(slices)
    lines = ["| Rule | Level: broken / nearly | Made so (short cases and seeded duties) |", "|---|---|---|"]
    for rule in sorted(levels):
        met = " · ".join(f"{level} {reached:,} / {missed:,}" for level, (reached, missed) in sorted(levels[rule].items()))
        lines.append(f"| {rule} | {met} | {_kinds(made.get(rule, Counter()))} |")
    lines += [f"| {rule}, all parts | | {_kinds(made[rule])} |" for rule in sorted(made.keys() - levels.keys())]
    return lines


def _kinds(counts: Counter[str]) -> str:
    shown = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:KINDS_SHOWN]
    return ", ".join(f"{kind} {count:,}" for kind, count in shown)


def kept(folder: Path) -> list[Slice]:
    """The slices that were run, in order."""
    found = [msgspec.json.decode(path.read_bytes(), type=Slice) for path in folder.glob("slice-*.json")]
    return sorted(found, key=lambda one: (one.began, one.seed, one.number))


def main() -> int:
    """Run what is not yet there, and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[51, 52, 53, 54, 55])
    parser.add_argument("--lives", type=int, default=20_000, help="for each seed")
    parser.add_argument("--slice", type=int, default=4_000)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    os.nice(max(0, 10 - os.nice(0)))
    numbers = range(1, -(-options.lives // options.slice) + 1)
    wanted = [(seed, number) for number in numbers for seed in options.seeds]
    try:
        for place, (seed, number) in enumerate(wanted, 1):
            path = options.folder / f"slice-{seed}-{number}.json"
            if not path.exists():
                lives = min(options.slice, options.lives - (number - 1) * options.slice)
                print(f"── {place} of {len(wanted)}", flush=True)
                one = run_slice(seed, number, lives, lambda line: print(f"   {line}", flush=True))
                path.write_bytes(msgspec.json.encode(one))
    except KeyboardInterrupt:
        print("stopped; the same command goes on", flush=True)
    slices = kept(options.folder)
    if slices:
        (options.folder / "report.md").write_text(report(slices), encoding="utf-8")
        print(report(slices).splitlines()[0])
    return any(one.differences for one in slices)


if __name__ == "__main__":
    sys.exit(main())
