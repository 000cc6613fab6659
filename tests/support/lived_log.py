"""A log that lived through two packs, parameter changes and two calendars, and judges cases and groups."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from contract.calendar import Calendar
from contract.control import calendar_changed, line_started, pack_activated, rule_params_changed, ticked
from contract.envelope import Event
from contract.times import parse_instant
from streams.rules.load import load_packs

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
_GROUP_RULES = """
[[rule]]
id = "G1"
name = "案多"
family = "inaction"
kind = "rate"
scope = "court"
window = "7 calendar_days"
every = "7 calendar_days"
measures = {{ starts = "count('x.a')" }}
num = "starts"
levels = [{{ severity = "yellow", when = "value > 4" }}, {{ severity = "red", when = "value > {most}" }}]

[[rule]]
id = "G2"
name = "逐号"
family = "inaction"
kind = "deadline"
scope = "n"
start = "x.a"
arms = "every"
stop = ["x.b"]
within = "{within}"
outlives = true
levels = [{{ severity = "yellow", at = "3 working_days" }}, {{ severity = "orange", at = "100%" }}]
"""
_BEGIN = parse_instant("2025-11-03T00:00:00Z")


def write_packs(folder: Path, *, groups: bool = False) -> list[Path]:
    """Two versions of a pack; the second gives less time. With ``groups`` they judge a court and single numbers too."""
    paths = []
    for version, within, most in (("1", "20 working_days", 5), ("2", "8 working_days", 6)):
        path = folder / f"t{version}.toml"
        rules = _RULE + (_GROUP_RULES if groups else "")
        path.write_text(_HEAD.format(version=version) + rules.format(within=within, most=most), encoding="utf-8")
        paths.append(path)
    return paths


def control(paths: list[Path], *, groups: bool = False) -> dict[int, list[Event]]:
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
    more_changes = [rule_params_changed(103, at[35], **change | {"rule_id": "G2"})] if groups else []
    return {
        0: [
            line_started(0, _BEGIN, "simulated"),
            calendar_changed(1, _BEGIN, **brought[0]),
            pack_activated(2, _BEGIN, **named[0]),
        ],
        25: [pack_activated(100, at[25], **named[1], from_at=at[15], rejudge=True)],
        35: [rule_params_changed(101, at[35], **change), *more_changes],
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


def life(paths: list[Path], *, groups: bool = False) -> Iterator[Event]:
    """The log: 60 days, events in the order of receipt, a tick each day."""
    lived = control(paths, groups=groups)
    waiting = sorted((event for day in range(60) for event in day_of_events(day)), key=lambda one: (one.receivedtime, one.id))
    for day in range(60):
        noon = _BEGIN + timedelta(days=day, hours=4)
        now = [event for event in waiting if event.receivedtime is not None and event.receivedtime <= noon]
        waiting = waiting[len(now) :]
        yield from (*lived.get(day, ()), *now, ticked(1000 + day, noon))
