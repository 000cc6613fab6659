"""The simulator's truth, counted day by day from how each life was made, against `yipanqi supervise` on the life's events."""

import random
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from contract.times import civil_date, format_instant, parse_instant
from producers.simulator.run import Simulation, gather, lives
from yipanqi.supervise import command

FIELDS = ("severity", "due_at", "raised_at", "end_reason", "breach_days")
Key = tuple[str, str, tuple[str, ...], Any]
Row = dict[str, Any]


def by_key(rows: Iterable[Row]) -> dict[Key, Row]:
    """Alerts by rule, subject, key and element; none may stand twice."""
    found: dict[Key, Row] = {}
    for row in rows:
        key = (row["rule"], row["subject"], tuple(row["key"]), row["element"])
        assert key not in found
        found[key] = {field: row[field] for field in FIELDS}
    return found


def supervised(folder: Path, events: Iterable[Row]) -> list[bytes]:
    """The lines that `yipanqi supervise` writes for these events."""
    lines, out = folder / "events.jsonl", folder / "alerts.jsonl"
    lines.write_bytes(b"".join(msgspec.json.encode(event) + b"\n" for event in events))
    result = CliRunner().invoke(command, [str(lines), "--out", str(out)])
    assert result.exit_code == 0, result.output
    return out.read_bytes().splitlines()


def assert_same(alerts: list[bytes], truths: list[Row]) -> None:
    """Every field of the truth is that of the standing alert; nothing is missing and nothing too much."""
    got, expected = by_key(map(msgspec.json.decode, alerts)), by_key(truths)
    missing, extra = expected.keys() - got.keys(), got.keys() - expected.keys()
    assert not missing, f"{len(missing)} alerts are missing, e.g. {sorted(map(str, missing))[:3]}"
    assert not extra, f"{len(extra)} alerts are too many, e.g. {sorted(map(str, extra))[:3]}"
    wrong = [(key, got[key], row) for key, row in expected.items() if got[key] != row]
    assert not wrong, f"{len(wrong)} alerts differ, e.g. (key, engine, truth) {wrong[:3]}"


@pytest.mark.parametrize("seed", [101, 102])
def test_standing_alerts_are_the_truth(tmp_path: Path, seed: int) -> None:
    """Every alert that is owed stands, no other does, and severity, due instant, raising, end and breach agree."""
    made = gather(lives(seed, 2000, 0.25))
    assert len(made.truths) > 1500
    assert_same(supervised(tmp_path, made.events()), made.truths)


@pytest.fixture(scope="module")
def small() -> tuple[list[Row], list[Row], Simulation]:
    """(facts, ticks, simulation) of a smaller nation."""
    made = gather(lives(103, 500, 0.3))
    events = list(made.events())
    ticks = [event for event in events if event["source"] == "/sys/clock"]
    return [event for event in events if event["source"] != "/sys/clock"], ticks, made


def test_no_order_of_arrival_and_no_repeat_changes_the_truth(
    tmp_path: Path, small: tuple[list[Row], list[Row], Simulation]
) -> None:
    """Facts shuffled among the ticks, a third of them sent twice, give the same alerts, evidence and arithmetic included."""
    facts, ticks, made = small
    straight = supervised(tmp_path, [*facts, ticks[-1]])
    assert_same(straight, made.truths)
    rng = random.Random(1)
    mixed = [*facts, *rng.sample(facts, len(facts) // 3), *ticks[:-1]]
    rng.shuffle(mixed)
    assert supervised(tmp_path, [*mixed, ticks[-1]]) == straight


def falsified(rng: random.Random, fact: Row) -> tuple[Row, Row]:
    """The fact as it was first entered, some days off, and the correction that puts it right."""
    shift = timedelta(days=rng.randrange(-25, 26), minutes=rng.randrange(1, 600))
    time = parse_instant(fact["time"]) + shift
    data = dict(fact["data"])
    if "on" in data:
        data["on"] = civil_date(time).isoformat()
    wrong = fact | {"time": format_instant(time), "data": data}
    right = fact | {"id": f"{fact['id']}-right", "correctionof": f"{fact['source']} {fact['id']}"}
    right.pop("sequence")
    return wrong, right


def invented(fact: Row) -> tuple[Row, Row]:
    """An event that never was, beside a fact, and its withdrawal."""
    false = fact | {"id": f"{fact['id']}-false"}
    false.pop("sequence")
    if fact["type"].endswith("case.closed.v1"):
        false["time"] = format_instant(parse_instant(fact["time"]) - timedelta(days=20))
    gone = {name: value for name, value in false.items() if name not in {"data", "datacontenttype"}}
    return false, gone | {"id": f"{fact['id']}-gone", "correctionof": f"{fact['source']} {fact['id']}-false"}


def test_late_corrections_and_withdrawals_restore_the_truth(
    tmp_path: Path, small: tuple[list[Row], list[Row], Simulation]
) -> None:
    """Facts entered some days off and events that never were, all put right before the last tick, leave the same alerts."""
    facts, ticks, made = small
    rng = random.Random(2)
    corrected = {fact["correctionof"].split(" ", 1)[1] for fact in facts if "correctionof" in fact}
    first, late = [], []
    for fact in facts:
        draw = rng.random()
        if draw < 0.2 and fact["id"] not in corrected and "correctionof" not in fact:
            wrong, right = falsified(rng, fact)
            first.append(wrong)
            late.append(right)
        else:
            first.append(fact)
        if draw > 0.9 and "correctionof" not in fact:
            false, gone = invented(fact)
            first.append(false)
            late.append(gone)
    rng.shuffle(late)
    half = len(late) // 2
    assert_same(supervised(tmp_path, [*first, *late[:half], ticks[len(ticks) // 2], *late[half:], ticks[-1]]), made.truths)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_twenty_thousand_lives(tmp_path: Path, seed: int) -> None:
    """The long form: every part and level reached and narrowly missed a hundred times, and no field of any alert differs."""
    made = gather(lives(seed, 20_000, 0.25))
    assert all(reached >= 100 and missed >= 100 for _, _, reached, missed in made.tally.rows())
    assert_same(supervised(tmp_path, made.events()), made.truths)
