"""The tests run in two parts that are summed up as one: what the last line and the exit status say."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import two_parts

CONFTEST = """
from two_parts import pytest_addoption, pytest_terminal_summary, select

def pytest_collection_modifyitems(config, items):
    for item in items:
        item.add_marker(item.path.parent.name)
    select(config, items)
"""
INI = "[pytest]\naddopts = --import-mode=importlib\nmarkers =\n unit\n chaos\nfilterwarnings = error\n"
TESTS = {
    "unit/test_a.py": "import os\ndef test_a(): assert 'PYTEST_XDIST_WORKER' in os.environ\ndef test_b(): pass\n",
    "chaos/test_c.py": "import os\ndef test_c(): assert 'PYTEST_XDIST_WORKER' not in os.environ\n",
}
FAILS, WARNS = "def test_x(): assert False\n", "import warnings\ndef test_y(): warnings.warn('late')\n"


def told(folder: Path, *options: str, **more: str) -> tuple[int, str, str]:
    """Exit status, last line and everything that the tests above say, and more of them."""
    for name, text in {"conftest.py": CONFTEST, "pytest.ini": INI, **TESTS, **more}.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    support = str(Path(two_parts.__file__).parent)
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": support, "COLUMNS": "60"}
    command = [sys.executable, two_parts.__file__, "-p", "no:cacheprovider", *options]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()[-1], done.stdout + done.stderr


def test_both_parts_run_and_are_summed_up(tmp_path: Path) -> None:
    """Quick kinds side by side, the others one by one; each prints its summary, and the last line has the sum."""
    status, last, said = told(tmp_path)
    assert status == 0, said
    assert re.fullmatch(r"=+ 3 passed, 0 failed in \d+\.\d\ds =+", last)
    assert re.search(r"2 passed in", said)
    assert re.search(r"1 passed, 2 deselected in", said)


def test_a_failure_in_the_first_part_stops_not_the_second(tmp_path: Path) -> None:
    """A test that fails, and a warning in a process of its own, fail the whole; the second part runs all the same."""
    status, last, said = told(tmp_path, **{"unit/test_x.py": FAILS, "unit/test_y.py": WARNS})
    assert (status, " 3 passed, 2 failed in " in last) == (1, True), said


@pytest.mark.parametrize(
    ("options", "status", "sum_"),
    [
        (("chaos", "-m", "not unit"), 1, " 1 passed, 1 failed in "),
        (("-k", "test_b", "--leave-out=chaos"), 0, " 1 passed, 0 failed in "),
        (("-k", "test_nowhere"), 5, " 0 passed, 0 failed in "),
    ],
)
def test_options_hold_in_both_parts(tmp_path: Path, options: tuple[str, ...], status: int, sum_: str) -> None:
    """A part without any of the wanted tests is no failure if the other has some; if both are empty they are one."""
    got, last, said = told(tmp_path, *options, **{"chaos/test_x.py": FAILS})
    assert (got, sum_ in last) == (status, True), said


@pytest.mark.parametrize(
    ("options", "sum_"), [(("--part", "side-by-side"), " 2 passed, "), (("--part=one-by-one", "-q"), " 1 passed, ")]
)
def test_one_part_alone_runs_once(tmp_path: Path, options: tuple[str, ...], sum_: str) -> None:
    """The other isn't run, nor this one in its place."""
    status, last, said = told(tmp_path, *options)
    assert (status, sum_ in last) == (0, True), said


def test_other_ends_are_named_where_they_occurred() -> None:
    """Skipped and broken tests are not lost."""
    assert (
        two_parts.summed_up(Counter(passed=3, error=1, skipped=2), 61.5) == "3 passed, 0 failed, 1 error, 2 skipped in 61.50s"
    )


@pytest.mark.parametrize(
    ("parts", "whole"), [((0, 5), 0), ((5, 5), 5), ((1, 0), 1), ((4, 4), 4), ((0, 2), 2), ((-9, 0), 137), ((-2,), 130)]
)
def test_the_first_part_that_went_wrong_gives_the_status(parts: tuple[int, ...], whole: int) -> None:
    """A part that a signal ended counts as in a shell."""
    assert two_parts.whole(parts) == whole
