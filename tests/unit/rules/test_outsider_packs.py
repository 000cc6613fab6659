"""Packs as somebody writes them who has only the format's description: foreign events, each construct with its exact meaning.

What is expected was counted by hand with a calendar; times are those of Asia/Shanghai.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from contract.control import ticked
from contract.envelope import Event
from contract.times import SHANGHAI
from streams.offline import numbered, supervise
from streams.rules.load import load_packs

HEAD = '[pack]\nid = "demo"\nversion = "1"\nevents = ["x.a", "x.b", "x.c", "x.p", "x.q", "x.ext"]\n'
ORANGE = '[{ severity = "orange", at = "100%" }]'
Told = tuple[Any, ...]


def rule(**fields: str) -> str:
    """A rule: from x.a to x.b, unless it is of another kind or says otherwise."""
    whole = {"id": '"R"', "name": '"r"', "family": '"inaction"', "kind": '"deadline"'}
    if "kind" not in fields:
        whole |= {"start": '"x.a"', "stop": '["x.b"]', "within": '"3 calendar_days"', "levels": ORANGE}
    return "[[rule]]\n" + "".join(f"{name} = {value}\n" for name, value in {**whole, **fields}.items())


def event(kind: str, when: str, subject: str = "s", court: str = "京0105", **data: Any) -> Event:
    """A foreign event."""
    at = instant(when)
    name = f"{subject}-{kind}-{when}-{sorted(data.items())}"
    source = f"/court/{court}/t"
    return Event(id=name, source=source, type=kind, subject=subject, rootid=subject, time=at, recordedtime=at, data=data)


def instant(when: str) -> datetime:
    """``03-04 10:00`` of 2024, at Shanghai."""
    return datetime.fromisoformat(f"2024-{when}").replace(tzinfo=SHANGHAI)


def short(value: str | None) -> str | None:
    """An instant of a record, as `instant` reads it, without seconds that are 0."""
    if value is None:
        return None
    return datetime.fromisoformat(value).astimezone(SHANGHAI).strftime("%m-%d %H:%M:%S").removesuffix(":00")


def judged(folder: Path, text: str, events: Sequence[Event], end: str) -> list[Told]:
    """(rule, subject, severity, due, raised, ended) of each standing alert, by the instant at which it was raised."""
    path = folder / "pack.toml"
    path.write_text(text, encoding="utf-8")
    found, _, refused = supervise(numbered([*events, ticked(1, instant(end))]), load_packs([path]))
    assert refused == []
    told = [
        (one.rule, one.subject, one.severity, short(one.due_at), short(one.raised_at), short(one.ended_at)) for one in found
    ]
    return sorted(told, key=lambda one: (one[4], one[0], one[1]))


PLAN = [{"no": 1, "due_on": "2024-03-05"}, {"no": 2, "due_on": "2024-03-09"}]

STORIES: list[tuple[str, str, list[Event], str, list[Told]]] = [
    (
        "0 calendar_days: the same day, on a holiday the next working day, here a make-up Sunday",
        HEAD + rule(within='"0 calendar_days"'),
        [event("x.a", "02-09 10:00"), event("x.a", "02-10 10:00", "holiday")],
        "03-01 00:00",
        [
            ("R", "s", "orange", "02-09 23:59:59", "02-10 00:00", None),
            ("R", "holiday", "orange", "02-18 23:59:59", "02-19 00:00", None),
        ],
    ),
    (
        "calendar none: nothing moves",
        HEAD + 'calendar = "none"\n' + rule(within='"1 calendar_days"'),
        [event("x.a", "02-09 10:00")],
        "03-01 00:00",
        [("R", "s", "orange", "02-10 23:59:59", "02-11 00:00", None)],
    ),
    (
        "hours: in time at the instant, late a second after it; percent of the limit",
        HEAD + rule(within='"24 hours"', levels='[{ severity = "yellow", at = "50%" }, { severity = "orange", at = "100%" }]'),
        [
            *(event("x.a", "02-09 10:00", name) for name in ("in", "late")),
            event("x.b", "02-10 10:00", "in"),
            event("x.b", "02-10 10:00:01", "late"),
        ],
        "03-01 00:00",
        [
            ("R", "in", "yellow", "02-10 10:00", "02-09 22:00", "02-10 10:00"),
            ("R", "late", "orange", "02-10 10:00", "02-09 22:00", "02-10 10:00:01"),
        ],
    ),
    (
        "each: an obligation for each part of a plan, its day in the part; a level before it",
        HEAD
        + rule(
            each='"start.data.plan"',
            stop='["x.b if event.data.no == it.no"]',
            within='"it.due_on"',
            levels='[{ severity = "yellow", at = "-3 calendar_days" }, { severity = "orange", at = "100%" }]',
        ),
        [event("x.a", "03-01 10:00", plan=PLAN), event("x.b", "03-05 23:59:59", no=1)],
        "04-01 00:00",
        [
            ("R", "s", "yellow", "03-05 23:59:59", "03-03 00:00", "03-05 23:59:59"),
            ("R", "s", "orange", "03-09 23:59:59", "03-07 00:00", None),
        ],
    ),
    (
        "pauses: the union of two kinds, four days and not six; from:until_on includes that day",
        HEAD
        + rule(
            within='"10 calendar_days"',
            pause='[{ from = "x.p:on", to = "from:until_on" }, { from = "x.q:on", to = ["x.c:on"] }]',
        ),
        [
            event("x.a", "03-01 10:00"),
            event("x.p", "03-04 10:00", on="2024-03-04", until_on="2024-03-06"),
            event("x.q", "03-05 09:00", on="2024-03-05"),
            event("x.c", "03-08 09:00", on="2024-03-08"),
        ],
        "04-01 00:00",
        [("R", "s", "orange", "03-15 23:59:59", "03-16 00:00", None)],
    ),
    (
        "while a pause is open nothing falls due",
        HEAD + rule(pause='[{ from = "x.q:on", to = "x.c:on" }]'),
        [event("x.a", "03-01 10:00"), event("x.q", "03-02 09:00", on="2024-03-02")],
        "12-01 00:00",
        [],
    ),
    (
        "an extension moves levels that lie before the due instant unless they were reached",
        HEAD
        + rule(
            within='"10 calendar_days"',
            extend='["x.ext:due_on"]',
            levels='[{ severity = "yellow", at = "-5 calendar_days" }, { severity = "red", at = "+5 calendar_days" }]',
        ),
        [
            event("x.a", "03-01 10:00", "early"),
            event("x.ext", "03-04 10:00", "early", due_on="2024-03-20"),
            event("x.a", "03-01 10:00", "reached"),
            event("x.ext", "03-09 10:00", "reached", due_on="2024-03-20"),
        ],
        "03-25 00:00",
        [
            ("R", "reached", "yellow", "03-20 23:59:59", "03-07 00:00", None),
            ("R", "early", "yellow", "03-20 23:59:59", "03-16 00:00", None),
        ],
    ),
    (
        "working hours over a weekend; a level in another unit from the start",
        HEAD
        + rule(
            within='"8 working_hours"',
            levels='[{ severity = "yellow", at = "50%" }, { severity = "red", at = "2 working_days" }]',
        ),
        [event("x.a", "03-01 16:30")],
        "04-01 00:00",
        [("R", "s", "red", "03-04 17:30", "03-04 12:00", None)],
    ),
    (
        "a list: each counted from the end of the one before, only the last day moves",
        HEAD + rule(within='["5 working_days", "30 calendar_days"]'),
        [event("x.a", "03-01 16:30")],
        "06-01 00:00",
        [("R", "s", "orange", "04-07 23:59:59", "04-08 00:00", None)],
    ),
    (
        "months end on the month's last day; a level before the start has the start's instant",
        HEAD
        + 'calendar = "none"\n'
        + rule(
            within='"1 months"',
            levels='[{ severity = "yellow", at = "-1 months" }, { severity = "orange", at = "100%" }]',
        ),
        [event("x.a", "01-31 16:30")],
        "06-01 00:00",
        [("R", "s", "orange", "02-29 23:59:59", "01-31 16:30", None)],
    ),
    (
        "a field as scope: over all cases and courts",
        HEAD + rule(scope='"pet_id"'),
        [
            event("x.a", "03-04 10:00", "A", pet_id="P"),
            event("x.a", "03-04 10:00", "A", pet_id="Q"),
            event("x.b", "03-05 10:00", "B", "沪0101", pet_id="P"),
        ],
        "06-01 00:00",
        [("R", "Q", "orange", "03-07 23:59:59", "03-08 00:00", None)],
    ),
    (
        "a key: a cancel without it speaks for all, a stop without it for none, a start without it arms nothing",
        HEAD + rule(key='["k"]', arms='"every"', cancel='["x.c"]'),
        [
            event("x.a", "03-04 10:00", k="1"),
            event("x.b", "03-05 10:00"),
            event("x.a", "03-06 10:00"),
            event("x.c", "03-12 10:00"),
            event("x.a", "03-11 10:00", k="2"),
        ],
        "06-01 00:00",
        [("R", "s", "orange", "03-07 23:59:59", "03-08 00:00", "03-12 10:00")],
    ),
    (
        "checks with holds: one alert, the highest that fails, cured when nothing does, or cleared",
        HEAD
        + rule(
            kind='"forbidden"',
            at='["x.a"]',
            holds="true",
            clears='["x.c"]',
            checks='[{ id = "m", name = "m", fail = "event.data.n > 5", severity = "yellow" },'
            ' { id = "z", name = "z", fail = "event.data.n > 9", severity = "red" }]',
        ),
        [
            event("x.a", "03-04 10:00", n=7),
            event("x.a", "03-05 10:00", n=10),
            event("x.a", "03-06 10:00", n=1),
            event("x.a", "03-06 11:00", "cleared", n=7),
            event("x.c", "03-07 10:00", "cleared"),
        ],
        "06-01 00:00",
        [
            ("R", "s", "red", "03-04 10:00", "03-04 10:00", "03-06 10:00"),
            ("R", "cleared", "yellow", "03-06 11:00", "03-06 11:00", "03-07 10:00"),
        ],
    ),
    (
        "a ledger lets the tolerance pass on both sides, with sign only what is above",
        HEAD
        + rule(
            kind='"ledger"',
            at='["x.a", "x.b"]',
            balance="\"sum('x.a', 'amount_fen') - sum('x.b', 'amount_fen')\"",
            tolerance="10",
        )
        + rule(
            id='"SIGN"',
            kind='"ledger"',
            at='["x.b"]',
            balance="\"sum('x.a', 'amount_fen') - sum('x.b', 'amount_fen')\"",
            sign="true",
        ),
        [
            event("x.a", "03-04 10:00", amount_fen=100),
            event("x.b", "03-05 10:00", amount_fen=90),
            event("x.b", "03-06 10:00", amount_fen=25),
        ],
        "06-01 00:00",
        [
            ("R", "s", "orange", "03-04 10:00", "03-04 10:00", None),
            ("SIGN", "s", "orange", "03-06 10:00", "03-06 10:00", None),
        ],
    ),
    (
        "a sequence is strict; what stands earlier in the log at the same instant is before",
        HEAD + rule(kind='"sequence"', before='["x.a"]', after='["x.b"]', exempt='"event.data.ok"', key='["k"]'),
        [
            event("x.b", "03-04 10:00", k="1"),
            event("x.a", "03-04 11:00", k="1"),
            event("x.b", "03-05 10:00", k="2", ok=True),
            event("x.a", "03-05 10:00", k="3"),
            event("x.b", "03-05 10:00", k="3"),
        ],
        "06-01 00:00",
        [("R", "s", "orange", "03-04 10:00", "03-04 10:00", None)],
    ),
    (
        "rules that read alerts: as a start, a stop and in the state of the case",
        HEAD
        + rule()
        + rule(
            id='"S"',
            start="\"alert.raised if event.data.rule == 'R'\"",
            stop="[\"alert.ended if event.data.rule == 'R'\"]",
            within='"2 calendar_days"',
        )
        + rule(id='"T"', kind='"forbidden"', at='["x.c"]', when="\"case.alerts['R'].severity == 'orange'\""),
        [event("x.a", "03-04 10:00"), event("x.c", "03-09 10:00"), event("x.b", "03-20 10:00")],
        "06-01 00:00",
        [
            ("R", "s", "orange", "03-07 23:59:59", "03-08 00:00", "03-20 10:00"),
            ("T", "s", "orange", "03-09 10:00", "03-09 10:00", None),
            ("S", "s", "orange", "03-11 23:59:59", "03-12 00:00", "03-20 10:00"),
        ],
    ),
    (
        "quarters begin for a case while it lives",
        HEAD + 'ends = ["x.c"]\n' + rule(start='"@quarter"', arms='"every"', within="\"end_of('quarter', start.time)\""),
        [event("x.a", "03-04 10:00"), event("x.b", "05-20 10:00"), event("x.c", "10-05 10:00")],
        "12-31 00:00",
        [("R", "s", "orange", "09-30 23:59:59", "10-01 00:00", "10-05 10:00")],
    ),
    (
        "silence: each event fulfils the one before and begins anew",
        HEAD + rule(kind='"silence"', expect='["x.a"]', within='"2 hours"', levels='[{ severity = "yellow", at = "100%" }]'),
        [event("x.a", "03-04 10:00"), event("x.a", "03-04 11:00"), event("x.a", "03-04 14:00")],
        "03-04 18:00",
        [
            ("R", "s", "yellow", "03-04 13:00", "03-04 13:00", "03-04 14:00"),
            ("R", "s", "yellow", "03-04 16:00", "03-04 16:00", None),
        ],
    ),
    (
        "a pack for some courts and a rule for some days",
        HEAD + 'courts = ["沪"]\n' + rule(arms='"every"', effective="{ from = 2024-03-05, to = 2024-03-06 }"),
        [
            event("x.a", "03-05 10:00", "elsewhere"),
            *(event("x.a", when, "here", "沪0101") for when in ("03-04 23:59:59", "03-05 00:00", "03-07 00:00")),
        ],
        "06-01 00:00",
        [("R", "here", "orange", "03-08 23:59:59", "03-09 00:00", None)],
    ),
]


@pytest.mark.parametrize(("text", "events", "end", "expected"), [story[1:] for story in STORIES], ids=[s[0] for s in STORIES])
def test_a_construct_means_what_the_format_says(
    tmp_path: Path, text: str, events: list[Event], end: str, expected: list[Told]
) -> None:
    """(rule, subject, severity, due, raised, ended)."""
    assert judged(tmp_path, text, events, end) == expected


def test_rates_compare_with_their_own_past(tmp_path: Path) -> None:
    """Months with 1, 2, 3, 4, 4 of 4: above one half yellow; with nine tenths the month before, or far off the usual, red."""
    text = HEAD + rule(
        kind='"rate"',
        scope='"court"',
        window='"1 months"',
        measures="{ a = \"count('x.a')\", b = \"count('x.b')\" }",
        num='"b"',
        den='"a"',
        baseline='{ of = "self", windows = 3 }',
        levels='[{ severity = "yellow", when = "value > 5000" },'
        ' { severity = "red", when = "z > 300 || prev(value, 1) > 9000" }]',
    )
    events = [event("x.a", f"0{month}-05 10:00", f"{month}-{n}") for month in range(1, 6) for n in range(4)]
    events += [event("x.b", f"0{month}-06 10:00", f"{month}-{n}") for month in range(1, 6) for n in range(min(month, 4))]
    assert judged(tmp_path, text, events, "07-15 00:00") == [
        ("R", "京0105", "yellow", "03-31 23:59:59", "04-01 00:00", None),
        ("R", "京0105", "yellow", "04-30 23:59:59", "05-01 00:00", None),
        ("R", "京0105", "red", "05-31 23:59:59", "06-01 00:00", None),
    ]
