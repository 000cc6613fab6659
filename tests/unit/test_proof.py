"""A log that lived through two packs, a parameter change and a calendar gives the stored digest again."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from contract.calendar import Calendar
from contract.codec import to_kafka
from contract.control import calendar_changed, line_started, pack_activated, rule_params_changed, ticked
from contract.envelope import Event
from contract.times import parse_instant
from contract.topics import EVENTS
from streams.cases.outputs import TransitionOut
from streams.rules.load import load_packs
from streams.shell.cores import core_factory
from streams.shell.lane import Lane
from streams.shell.proof import JournalDigest, LogDigest, note
from streams.shell.reread import applied

LOG = "27ed21e1b1fd32653b799e7bb0345ee03fb0a0ea585c566cb3e73dbdfb779177"
JOURNAL = "0d18e05e15870f9ed3ccc676f795fca61480bdd9468907ccd758a513f5552907"

_HEAD = '[pack]\nid = "t"\nversion = "{version}"\ncalendar = "cn"\nevents = ["x.a", "x.b"]\n'
_RULE = """
[[rule]]
id = "T1"
name = "试"
family = "inaction"
kind = "deadline"
start = "x.a"
arms = "every"
stop = ["x.b"]
within = "{within}"
levels = [{{ severity = "yellow", at = "3 working_days" }}, {{ severity = "red", at = "100%" }}]
"""
_BEGIN = parse_instant("2025-11-03T00:00:00Z")


class Fetched(NamedTuple):
    """A record as a client fetches it."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]
    topic: str = EVENTS
    partition: int = 0
    timestamp: int = 1_700_000_000_000


def write_packs(folder: Path) -> list[Path]:
    """Two versions of a pack; the second gives less time."""
    paths = []
    for version, within in (("1", "20 working_days"), ("2", "8 working_days")):
        path = folder / f"t{version}.toml"
        path.write_text(_HEAD.format(version=version) + _RULE.format(within=within), encoding="utf-8")
        paths.append(path)
    return paths


def control(paths: list[Path]) -> dict[int, list[Event]]:
    """Control events by the day of the log on which they come."""
    first, second = (load_packs([path])[0] for path in paths)
    named: list[dict[str, Any]] = [
        {"pack": pack.id, "version": pack.version, "sha256": pack.sha256} for pack in (first, second)
    ]
    known = Calendar("cn", "made up 2025", (2025, 2025), {date(2025, 11, 20): "试"}, {date(2025, 11, 22): "试"})
    more = Calendar(
        "cn", "made up 2026", (2025, 2026), {date(2025, 11, 20): "试", date(2026, 1, 1): "元旦"}, {date(2025, 11, 22): "试"}
    )
    at = [_BEGIN + timedelta(days=day) for day in range(60)]
    brought: list[dict[str, Any]] = [
        {"calendar": one.name, "version": one.version, "sha256": one.sha256, "days": one.content()} for one in (known, more)
    ]
    change: dict[str, Any] = {"pack": "t", "rule_id": "T1", "param": "within", "old": "8 working_days", "new": "5 working_days"}
    change |= {"legal_basis": "试行办法", "approver_role": "主任", "effective_on": date(2025, 11, 28)}
    return {
        0: [
            line_started(0, _BEGIN, "simulated"),
            calendar_changed(1, _BEGIN, **brought[0]),
            pack_activated(2, _BEGIN, **named[0]),
        ],
        25: [pack_activated(100, at[25], **named[1], from_at=at[15], rejudge=True)],
        35: [rule_params_changed(101, at[35], **change)],
        59: [calendar_changed(102, at[59], **brought[1])],
    }


def day_of_events(day: int) -> Iterator[Event]:
    """A start each day; every third is fulfilled after six days, every fifth entered four days late."""
    for number, kind in ((day, "x.a"), (day - 6, "x.b")):
        if number < 0 or (kind == "x.b" and number % 3):
            continue
        at = _BEGIN + timedelta(days=day, hours=3)
        late = at + timedelta(days=4 if number % 5 == 0 else 0)
        name = f"case-{number}"
        times: dict[str, Any] = {"time": at, "recordedtime": late, "receivedtime": late}
        yield Event(
            id=f"{kind}-{number}", source="/court/京0105/cms", type=kind, subject=name, rootid=name, data={"n": number}, **times
        )


def records(paths: list[Path]) -> Iterator[Fetched]:
    """The log: 60 days, events in the order of receipt, a tick each day."""
    life, offset = control(paths), 0
    waiting = sorted((event for day in range(60) for event in day_of_events(day)), key=lambda one: (one.receivedtime, one.id))
    for day in range(60):
        noon = _BEGIN + timedelta(days=day, hours=4)
        now = [event for event in waiting if event.receivedtime is not None and event.receivedtime <= noon]
        waiting = waiting[len(now) :]
        for event in [*life.get(day, ()), *now, ticked(1000 + day, noon)]:
            key, value, headers = to_kafka(event)
            yield Fetched(offset, key, value, [*headers])
            offset += 1


def run(paths: list[Path], at_hand: list[Path]) -> tuple[str, str, list[TransitionOut]]:
    """(digest of the log, digest of the journal, transitions)."""
    log, journal, told = LogDigest(), JournalDigest(), []
    lane = Lane(0, core_factory(at_hand), {})
    for record in records(paths):
        log.add(record)
        outputs = applied(lane, record)
        note(journal, outputs)
        told += [out for out in outputs if isinstance(out, TransitionOut)]
    return log.hex(), journal.hex(), told


def test_the_stored_digest_comes_again(tmp_path: Path) -> None:
    """Log and journal, to the last byte; the log has something of everything in it."""
    paths = write_packs(tmp_path)
    log, journal, told = run(paths, paths)
    reasons = {out.reason.split(" ")[0] for out in told}
    assert {"clock", "event", "rejudged", "parameter", "calendar"} <= reasons
    assert {out.transition for out in told} >= {"raised", "severity", "redated", "ended"}
    assert {out.alert.version for out in told} == {"t@1", "t@2", "t@2+p101"}
    assert (log, journal) == (LOG, JOURNAL)


def test_repeats_and_order_of_arrival_change_no_digest(tmp_path: Path) -> None:
    """What a crash says twice counts once; partitions of the topic may be read in any order."""
    paths = write_packs(tmp_path)
    told = run(paths, paths)[2]
    again = JournalDigest()
    note(again, told[:40])
    note(again, told[20:])
    assert (again.hex(), again.repeats) == (JOURNAL, 20)


@pytest.mark.parametrize("field", ["offset", "timestamp", "key", "value", "headers"])
def test_every_part_of_a_record_counts(tmp_path: Path, field: str) -> None:
    """Another offset, append time, key, value or header is another log."""
    first = next(records(write_packs(tmp_path)))
    other: dict[str, Any] = {"offset": 1, "timestamp": 1, "key": None, "value": b"", "headers": first.headers[1:]}
    digests = []
    for record in (first, first._replace(**{field: other[field]})):
        digest = LogDigest()
        digest.add(record)
        digests.append(digest.hex())
    assert digests[0] != digests[1]
