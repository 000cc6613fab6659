"""The national rules three ways: the truth by which lives were made, `yipanqi supervise`, and SQL over the raw events.

The SQL (tests/oracle/sql/cn) was written from the text of the rules, not from the programme; the commands are run as a user
runs them.
"""

import random
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from disturbed import disturbed
from national_sql import SQL, judged, truths
from three_ways import assert_none, compare, simulated, supervised_files, unequal

from contract.times import format_instant, parse_instant


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The JSON objects of a file."""
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]


def test_three_agree(tmp_path: Path, clickhouse_front: Any) -> None:
    """Some lives: in every field of every standing alert of every rule the three say the same."""
    alerts = compare(tmp_path, clickhouse_front.port, 31, 400, print)
    assert sum(n > 0 for n in alerts.values()) > 60


@pytest.mark.nightly
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("seed", [41, 42, 43, 44, 45])
def test_three_agree_on_many(tmp_path: Path, clickhouse_front: Any, seed: int) -> None:
    """Twenty thousand lives for each of five seeds, and no rule without an alert. One seed: -k "many and 41" -s."""
    alerts = compare(tmp_path, clickhouse_front.port, seed, 20_000, print)
    assert all(alerts.values()), sorted(rule for rule, n in alerts.items() if not n)


def assert_agreed_when_disturbed(folder: Path, port: int, seed: int, cases: int, share: float) -> int:
    """Simulate, disturb such a share of the facts, supervise and ask the SQL; return how many alerts there are."""
    events, _ = simulated(folder, seed, cases)
    rows = rows_of(events)
    facts = [row for row in rows if row["source"] != "/sys/clock"]
    ticks = [row for row in rows if row["source"] == "/sys/clock"]
    told = [row for row in disturbed(random.Random(seed), facts, share) if row["recordedtime"] < ticks[-1]["time"]]
    events.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in [ticks[0], *told, ticks[-1]]))
    _, mine = judged(port, events)
    alerts = [row for file in supervised_files(folder, events) for row in rows_of(file)]
    assert_none(unequal("the SQL", mine, "the engine", truths(alerts)))
    return len(alerts)


def test_corrections_repeats_and_conflicts(tmp_path: Path, clickhouse_front: Any) -> None:
    """Facts of every kind late, repeated, named twice, corrected, corrected again and withdrawn: the two still agree."""
    assert assert_agreed_when_disturbed(tmp_path, clickhouse_front.port, 222, 300, 0.15) > 5000


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [211, 212, 213, 214, 215, 216])
def test_corrections_repeats_and_conflicts_of_many(tmp_path: Path, clickhouse_front: Any, seed: int) -> None:
    """The same for more lives, more of them disturbed."""
    assert assert_agreed_when_disturbed(tmp_path, clickhouse_front.port, seed, 2_000, 0.25) > 20_000


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """Events of some lives, and the truth about them."""
    events, truth = simulated(tmp_path_factory.mktemp("lives"), 32, 500)
    return events, rows_of(truth)


@pytest.mark.parametrize(
    ("rule", "file", "clause", "instead"),
    [
        ("R-OBJ-01.b", "00-history.sql", "h.id != '' ? h.data : n.data", "n.data"),
        ("R-INIT-03.a", "10-init.sql", "'R-INIT-03.a', 'first', 10", "'R-INIT-03.a', 'first', 11"),
        ("R-TIME-01", "20-time.sql", "IN ('院长', '副院长')", "IN ('院长')"),
        ("R-CTRL-02", "32-excess.sql", "state = 'controlled' AND rank = 1", "state = 'controlled'"),
        ("R-FUND-01", "50-fund.sql", "left_fen <= 0 AND type", "left_fen < brought AND type"),
        ("R-TERM-04", "70-term.sql", "addMonths(filed_on, 3)", "addMonths(filed_on, 9)"),
        ("R-SEQ-01.a", "85-order.sql", "filed = 0 AND asked = 0", "filed = 0"),
        ("R-DATA-01.a", "89-courts.sql", "+ 8 * hour", "+ 9 * hour"),
        ("R-DATA-01.c", "89-courts.sql", "'R-DATA-01.c', 1,", "'R-DATA-01.c', 2,"),
        ("R-DATA-01.c", "89-courts.sql", "[greatest(reach, high) + 1]", "[high + 1]"),
        ("R-TIME-01", "90-deadlines.sql", "an ? toInt32(an + 1) : an", "an ? an : an"),
        ("R-TIME-01", "90-deadlines.sql", "until >= comes_at", "until >= comes_at + toIntervalDay(1)"),
        ("R-CTRL-03.a", "90-deadlines.sql", "p.at >= a.at", "p.at > a.at + toIntervalDay(9)"),
        (
            "R-TERM-01",
            "70-term.sql",
            "countIf(named AND type = 'party.report_checked')",
            "countIf(type = 'party.report_checked')",
        ),
        ("R-AUC-01", "91-points.sql", "p.severity = '' AND", "p.severity = 'none' AND"),
    ],
)
def test_no_clause_is_idle(
    lives: tuple[Path, list[dict[str, Any]]], clickhouse_front: Any, rule: str, file: str, clause: str, instead: str
) -> None:
    """With a clause of the SQL changed the comparison of this rule with the truth fails: it would see such an error."""
    events, truth = lives
    files = {path.name: path.read_text() for path in SQL.glob("*.sql")}
    assert clause in files[file]
    files[file] = files[file].replace(clause, instead)
    _, mine = judged(clickhouse_front.port, events, files)
    of_rule = Counter({row: n for row, n in mine.items() if row[0] == rule})
    assert unequal("the SQL", of_rule, "the truth", truths(truth, {rule}))


def test_a_filing_that_tells_no_day_counts_by_its_own(
    lives: tuple[Path, list[dict[str, Any]]], clickhouse_front: Any, tmp_path: Path
) -> None:
    """Filings without a day, about three months before the termination: engine and SQL say the same of R-TERM-04."""
    rows, rng = rows_of(lives[0]), random.Random(4)
    ruled = {_chain(row): row["time"] for row in rows if row["type"].endswith("term.ruled.v1")}
    kept = [row for row in rows if _chain(row) in ruled or row["source"] == "/sys/clock"]
    for row in kept:
        if row["type"].endswith("case.filed.v1"):
            del row["data"]["filed_on"]
            filed = parse_instant(ruled[_chain(row)]) - timedelta(days=rng.randint(88, 94))
            row |= {"time": format_instant(filed), "recordedtime": format_instant(filed + timedelta(hours=1))}
    file = tmp_path / "bare.jsonl"
    file.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in kept))
    mine = Counter({row: n for row, n in judged(clickhouse_front.port, file)[1].items() if row[0] == "R-TERM-04"})
    theirs = truths((row for one in supervised_files(tmp_path, file) for row in rows_of(one)), {"R-TERM-04"})
    assert 0 < theirs.total() < len(ruled)
    assert_none(unequal("the SQL", mine, "the engine", theirs))


def _chain(row: dict[str, Any]) -> str:
    return str(row.get("rootid", row["subject"]))
