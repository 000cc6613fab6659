"""Runs the tests in two parts: those of one piece side by side in two processes, then those of the whole system one by one.

The second part starts whole systems and measures or kills them; side by side they would take each other's cores. Each part is
one run of pytest with the given options, and the last line sums up both. ``python two_parts.py [OPTION OF PYTEST]...``
"""

import argparse
import json
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

SIDE_BY_SIDE = ("unit", "contract", "oracle", "component")
"""Kinds of tests of the first part: what they start is one engine or process, their own, and none is late on a busy machine."""

_PARTS = {
    # the tests of a file stay in one process, which makes once what they share
    "side-by-side": ["-n", "2", "--dist", "loadfile"],
    "one-by-one": [],
}
_ENDS = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")
_NOTHING = int(pytest.ExitCode.NO_TESTS_COLLECTED)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options by which a run of pytest is one part of the whole."""
    group = parser.getgroup("one part of the tests")
    group.addoption("--part", choices=list(_PARTS), help="run the tests of one part only")
    group.addoption("--leave-out", action="append", default=[], metavar="MARKER", help="leave out what has this marker")
    group.addoption("--count-into", metavar="FILE", help="write there how many tests ended how")


def select(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of the part that is asked for, whose kinds are marked, without those to be left out."""
    part, left_out = config.getoption("--part"), config.getoption("--leave-out")

    def is_wanted(item: pytest.Item) -> bool:
        first = any(map(item.get_closest_marker, SIDE_BY_SIDE))
        return part in (None, "side-by-side" if first else "one-by-one") and not any(map(item.get_closest_marker, left_out))

    if unwanted := [item for item in items if not is_wanted(item)]:
        config.hook.pytest_deselected(items=unwanted)
        items[:] = [item for item in items if is_wanted(item)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell the whole how many tests of this part ended how."""
    if file := terminalreporter.config.getoption("--count-into"):
        counts = {end: len(terminalreporter.stats.get(end, ())) for end in _ENDS}
        Path(file).write_text(json.dumps(counts), encoding="utf-8")


def run(options: Sequence[str]) -> int:
    """Run both parts, the second whatever came of the first, and sum up; returns the exit status of the whole.

    ``--part`` asks for one of them alone. A part in which nothing was asked for is no failure unless the other is as empty.
    Ctrl-C ends the whole.
    """
    asked, options = _part_of(options)
    begun = time.monotonic()
    counts: Counter[str] = Counter()
    statuses: list[int] = []
    with TemporaryDirectory() as folder:
        for part in asked:
            file = Path(folder) / part
            statuses.append(_pytest([*_PARTS[part], "--part", part, "--count-into", str(file), *options]))
            if file.exists():
                counts.update(json.loads(file.read_text(encoding="utf-8")))
            if statuses[-1] == -signal.SIGINT:
                break
    if left_out := [option.partition("=")[2] for option in options if option.startswith("--leave-out=")]:
        print(
            f"tests: LEFT OUT: everything of {', '.join(left_out)}, which was not found (see above).",
            file=sys.stderr,
            flush=True,
        )
    print(f" {summed_up(counts, time.monotonic() - begun)} ".center(shutil.get_terminal_size().columns, "="), flush=True)
    return whole(statuses)


def _part_of(options: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The parts that are asked for, and the options without that."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--part", choices=list(_PARTS))
    given, others = parser.parse_known_args(options)
    return (list(_PARTS) if given.part is None else [given.part]), others


def summed_up(counts: Counter[str], seconds: float) -> str:
    """``5210 passed, 0 failed in 1500.00s``; other ends are named where they occurred."""
    ends = [f"{counts[end]} {end}" for end in _ENDS if counts[end] or end in ("passed", "failed")]
    return f"{', '.join(ends)} in {seconds:.2f}s"


def whole(statuses: Sequence[int]) -> int:
    """The exit status of the whole: that of the first part that went wrong, as a shell has it."""
    wrong = [status for status in statuses if status not in (0, _NOTHING)]
    if wrong:
        return wrong[0] if wrong[0] > 0 else 128 - wrong[0]
    return min(statuses)


def _pytest(options: Sequence[str]) -> int:
    """Run pytest until its end; a negative status is the signal that ended it, or that Ctrl-C sent to both of us."""
    with subprocess.Popen([sys.executable, "-m", "pytest", *options]) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.wait()
            return -signal.SIGINT
        except SystemExit:
            process.terminate()
            raise


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.exit(run(sys.argv[1:]))
