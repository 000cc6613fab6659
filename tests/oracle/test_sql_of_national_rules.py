"""The national rules three ways: the truth by which lives were made, `yipanqi supervise`, and SQL over the raw events.

The SQL (tests/oracle/sql/cn) was written from the text of the rules, not from the programme; the commands are run as a user
runs them.
"""

import random
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from national_sql import SQL, Truth, judged, truths
from supervised import ROOT, yipanqi

from contract.envelope import TYPE_PREFIX
from contract.times import format_instant, parse_instant


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
        refused = [
            line for line in ran.stderr.splitlines() if ".jsonl:" in line and "id_conflict" not in line and "no_key" not in line
        ]
        assert not refused, refused[:20]
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
    for name, theirs in (("engine", supervised(folder, events)), ("truth", truth)):
        found = unequal("the SQL", mine, f"the {name}", truths(theirs))
        assert not found, "\n".join([f"{len(found)} differences:", *found[:20]])
    return Counter({rule: sum(n for row, n in mine.items() if row[0] == rule) for rule in rules})


def test_three_agree(tmp_path: Path, clickhouse_front: Any) -> None:
    """Some lives: in every field of every standing alert of every rule the three say the same."""
    alerts = assert_three_agree(tmp_path, clickhouse_front.port, 31, 400)
    assert sum(n > 0 for n in alerts.values()) > 60


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [41, 42, 43, 44, 45])
def test_three_agree_on_many(tmp_path: Path, clickhouse_front: Any, seed: int) -> None:
    """Twenty thousand lives for each of five seeds, and no rule without an alert."""
    alerts = assert_three_agree(tmp_path, clickhouse_front.port, seed, 20_000)
    assert all(alerts.values()), sorted(rule for rule, n in alerts.items() if not n)


_MOVED = ("objection", "coord", "entr", "term")


def entangled(rng: random.Random, facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The facts with repeats, second bodies under one name, corrections, corrections of these, and withdrawals."""
    made = list(facts)
    for fact in facts:
        draw, entered = rng.random(), parse_instant(fact["recordedtime"])
        if "correctionof" in fact or draw > 0.25 or fact["type"].removeprefix(TYPE_PREFIX).split(".")[0] not in _MOVED:
            continue
        moved = {"time": format_instant(parse_instant(fact["time"]) + timedelta(hours=rng.randrange(-200, 200)))}
        if "on" in fact["data"]:
            moved["time"] = fact["time"]
        if draw < 0.05:
            made.append(fact)
        elif draw < 0.10:
            made.append(fact | moved | {"recordedtime": format_instant(entered + timedelta(hours=rng.choice((-9, 0, 9))))})
        else:
            target = fact
            for turn in range(rng.choice((1, 1, 2))):
                late = {"recordedtime": format_instant(entered + timedelta(hours=turn * 5 + rng.randrange(1, 9)))}
                target = (
                    target | moved | late | {"id": f"{fact['id']}-{turn}", "correctionof": f"{fact['source']} {target['id']}"}
                )
                target.pop("sequence", None)
                made.append(target)
            if draw > 0.22:
                target.pop("data")
                target.pop("datacontenttype", None)
    rng.shuffle(made)
    return made


def test_corrections_repeats_and_conflicts(tmp_path: Path, clickhouse_front: Any) -> None:
    """Facts repeated, named twice, corrected, corrected again and withdrawn, in any order: command and SQL still agree."""
    events, _ = simulated(tmp_path, 33, 120)
    rows = rows_of(events)
    facts = [row for row in rows if row["source"] != "/sys/clock"]
    ticks = [row for row in rows if row["source"] == "/sys/clock"]
    mixed = [ticks[0], *entangled(random.Random(3), facts), *ticks[1:]]
    events.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in mixed))
    _, mine = judged(clickhouse_front.port, events)
    found = unequal("the SQL", mine, "the engine", truths(supervised(tmp_path, events)))
    assert not found, "\n".join([f"{len(found)} differences:", *found[:20]])


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """Events of some lives, and the truth about them."""
    return simulated(tmp_path_factory.mktemp("lives"), 32, 500)


@pytest.mark.parametrize(
    ("rule", "file", "clause", "instead"),
    [
        ("R-OBJ-01.b", "00-history.sql", "h.id != '' ? h.data : n.data", "n.data"),
        ("R-INIT-03.a", "10-init.sql", "'R-INIT-03.a', 'first', 10", "'R-INIT-03.a', 'first', 11"),
        ("R-TIME-01", "20-time.sql", "IN ('院长', '副院长')", "IN ('院长')"),
        ("R-CTRL-02", "32-excess.sql", "state = 'controlled' AND rank = 1", "state = 'controlled'"),
        ("R-FUND-01", "50-fund.sql", "p.paid_fen >= r.amount_fen", "p.paid_fen > 0"),
        ("R-TERM-04", "70-term.sql", "addMonths(filed_on, 3)", "addMonths(filed_on, 9)"),
        ("R-SEQ-01.a", "85-order.sql", "filed = 0 AND asked = 0", "filed = 0"),
        ("R-DATA-01", "89-courts.sql", "+ 8 * hour", "+ 9 * hour"),
        ("R-TIME-01", "90-deadlines.sql", "an ? toInt32(an + 1) : an", "an ? an : an"),
        ("R-TIME-01", "90-deadlines.sql", "until >= instant", "until >= instant + toIntervalDay(1)"),
        ("R-CTRL-03.a", "90-deadlines.sql", "p.at >= a.at", "p.at > a.at + toIntervalDay(9)"),
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
