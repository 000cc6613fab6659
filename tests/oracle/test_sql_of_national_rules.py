"""The national rules three ways: the truth by which lives were made, `yipanqi supervise`, and SQL over the raw events.

The SQL (tests/oracle/sql/cn) was written from the text of the rules, not from the programme; the commands are run as a user
runs them.
"""

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from national_sql import SQL, Truth, judged, truths
from supervised import ROOT, yipanqi


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The JSON objects of a file."""
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]


def simulated(folder: Path, seed: int, cases: int) -> tuple[Path, list[dict[str, Any]]]:
    """Events of so many lives, and the truth about them."""
    events, truth = folder / "events.jsonl", folder / "truth.jsonl"
    yipanqi("simulate", "--seed", str(seed), "--cases", str(cases), "--anomalies", "0.4", "--out", events, "--truth", truth)
    return events, rows_of(truth)


def supervised(folder: Path, events: Path) -> list[dict[str, Any]]:
    """The alerts of the national pack that the command finds in the events, the restricted ones with them."""
    rows = []
    for which in ((), ("--restricted",)):
        out = folder / "alerts.jsonl"
        command = [sys.executable, "-m", "yipanqi", "supervise", str(events), "--out", str(out), *which]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert ", 0 lines refused" in ran.stderr, ran.stderr[-2000:]
        rows += rows_of(out)
    return rows


def unequal(one: str, mine: Counter[Truth], other: str, theirs: Counter[Truth]) -> list[str]:
    """Say which alerts only one of the two knows in just this form."""
    said = [f"only {one}: {row}" for row in (mine - theirs)] + [f"only {other}: {row}" for row in (theirs - mine)]
    return sorted(said, key=lambda line: line.split(": ", 1)[1])


def assert_three_agree(folder: Path, port: int, seed: int, cases: int) -> Counter[str]:
    """Simulate, supervise and ask the SQL; return how many alerts each rule has."""
    events, truth = simulated(folder, seed, cases)
    rules, mine = judged(port, events)
    engine = truths(supervised(folder, events), rules)
    found = unequal("the SQL", mine, "the engine", engine)
    assert not found, "\n".join([f"{len(found)} differences:", *found[:20]])
    found = unequal("the SQL", mine, "the truth", truths(truth, rules))
    assert not found, "\n".join([f"{len(found)} differences:", *found[:20]])
    return Counter({rule: sum(n for row, n in mine.items() if row[0] == rule) for rule in rules})


def test_three_agree(tmp_path: Path, clickhouse_front: Any) -> None:
    """A thousand lives: in every field of every standing alert the three say the same."""
    assert assert_three_agree(tmp_path, clickhouse_front.port, 31, 1000).total() > 1000


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [41, 42, 43, 44, 45])
def test_three_agree_on_many(tmp_path: Path, clickhouse_front: Any, seed: int) -> None:
    """Twenty thousand lives for each of five seeds."""
    assert assert_three_agree(tmp_path, clickhouse_front.port, seed, 20_000).total() > 20_000


@pytest.mark.parametrize(
    ("file", "clause", "instead"),
    [
        ("00-history.sql", "ORDER BY entered DESC, by DESC", "ORDER BY entered, by"),
        ("10-init.sql", "'R-INIT-03.a', 'first', 10", "'R-INIT-03.a', 'first', 11"),
        ("20-time.sql", "IN ('院长', '副院长')", "IN ('院长')"),
        ("50-fund.sql", "p.paid_fen >= r.amount_fen", "p.paid_fen > 0"),
        ("90-deadlines.sql", "p.at >= a.at", "p.at > a.at + toIntervalDay(9)"),
        ("90-deadlines.sql", "an ? toInt32(an + 1) : an", "an ? an : an"),
        ("90-deadlines.sql", "? s.2 : t, d.standing", "? t : t, d.standing"),
        ("90-deadlines.sql", "until >= instant", "until >= instant + toIntervalDay(1)"),
    ],
)
def test_no_clause_is_idle(
    tmp_path_factory: pytest.TempPathFactory, clickhouse_front: Any, file: str, clause: str, instead: str
) -> None:
    """With a clause of the SQL changed the comparison with the truth fails: it would see such an error."""
    folder = tmp_path_factory.mktemp("idle")
    events, truth = simulated(folder, 32, 1000)
    files = {path.name: path.read_text() for path in SQL.glob("*.sql")}
    assert clause in files[file]
    files[file] = files[file].replace(clause, instead)
    rules, mine = judged(clickhouse_front.port, events, files)
    assert unequal("the SQL", mine, "the truth", truths(truth, rules))
