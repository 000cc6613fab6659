"""`yipanqi backtest`: what a draft would add, remove and change, on files of events."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from contract.codec import encode_line
from contract.control import line_started, pack_activated, pack_deactivated, rule_params_changed, ticked
from contract.envelope import Event
from infra.kafka.connect import WAIT
from streams.backtest import touched
from streams.rules.load import NATIONAL, load_packs
from streams.rules.model import Pack
from streams.shell.cores import put_on_shelf, shelf_of
from yipanqi.backtest import command
from yipanqi.supervise import command as supervise

HEAD = '[pack]\nid = "{name}"\nversion = "{version}"\ncalendar = "none"\nevents = ["x.a", "x.b"]\n{more}\n'
RULE = """
[[rule]]
id = "{name}"
name = "{name}"
family = "inaction"
kind = "deadline"
{field} = "{start}"
stop = ["x.b"]
within = "{within} calendar_days"
levels = [{{ severity = "yellow", at = "100%" }}, {{ severity = "red", at = "20 calendar_days" }}]
"""
ZERO = datetime(2024, 3, 1, 2, tzinfo=UTC)


def rule(name: str = "A", within: int = 10, start: str = "x.a") -> str:
    """A rule of a pack."""
    return RULE.format(name=name, within=within, start=start, field="start")


def pack(folder: Path, *rules: str, name: str = "demo", version: str = "1", more: str = "") -> Path:
    """A pack's file."""
    path = folder / f"{name}-{version}.toml"
    path.write_text(HEAD.format(name=name, version=version, more=more) + "".join(rules), encoding="utf-8")
    return path


def event(subject: str, kind: str, day: int, court: str = "京0105") -> Event:
    """A foreign event of a case."""
    at = ZERO + timedelta(days=day)
    name = f"{subject}-{kind}"
    return Event(
        id=name, source=f"/court/{court}/t", type=kind, subject=subject, rootid=subject, time=at, recordedtime=at, data={}
    )


CASES = [event("late", "x.a", 0), event("late", "x.b", 8), event("never", "x.a", 0, "沪0101"), event("soon", "x.a", 0)]
CASES += [event("soon", "x.b", 2)]
END = ticked(900, ZERO + timedelta(days=15))


def log(folder: Path, events: Iterable[Event]) -> Path:
    """An event file."""
    path = folder / "events.jsonl"
    path.write_bytes(b"".join(encode_line(one) + b"\n" for one in events))
    return path


def activated(number: int, found: Pack, begin: datetime | None = None) -> Event:
    """The activation of a pack at the beginning of a log."""
    return pack_activated(number, ZERO, pack=found.id, version=found.version, sha256=found.sha256, from_at=begin)


class Told:
    """What the command said."""

    def __init__(self, folder: Path, *arguments: object, code: int = 0) -> None:
        out = folder / "out.jsonl"
        result = CliRunner().invoke(command, [*map(str, arguments), "--data", str(folder / "data"), "--out", str(out)])
        assert result.exit_code == code, result.output
        self.output, self.stderr = result.stdout, result.stderr
        lines = [json.loads(line) for line in out.read_bytes().splitlines()] if out.exists() else []
        self.found = {_about(line): line["changes"] for line in lines}
        self.lines: list[dict[str, Any]] = lines


def _about(line: dict[str, Any]) -> tuple[str, str]:
    alert = line["after"] or line["before"]
    return alert["rule"], alert["subject"]


def test_two_texts_are_compared_alert_by_alert(tmp_path: Path) -> None:
    """A shorter limit adds an alert and moves the due day and the levels of another; what is in time on both isn't told."""
    draft, old = pack(tmp_path, rule(within=5), version="2"), pack(tmp_path, rule())
    told = Told(tmp_path, draft, "--against", old, "--events", log(tmp_path, [*CASES, END]))
    assert told.found == {("A", "late"): ["added"], ("A", "never"): ["due", "levels"]}
    rows = [line.split() for line in told.output.splitlines()]
    assert ["A", "yellow", "all", "2", "courts", "1", "1", "1"] in rows
    assert ["A", "yellow", "京0105", "1"] in rows
    assert ["A", "yellow", "沪0101", "1", "1"] in rows
    assert told.output.startswith("compared with demo@1\n")
    assert told.stderr == "2 alerts differ, 0 lines refused\n"
    (changed,) = (line for line in told.lines if line["changes"] != ["added"])
    assert (changed["before"]["due_at"], changed["after"]["due_at"]) == ("2024-03-11T15:59:59Z", "2024-03-06T15:59:59Z")


def test_the_other_way_round_the_alert_goes(tmp_path: Path) -> None:
    """What only the old text says is removed; an alert that ends otherwise says so."""
    draft, old = pack(tmp_path, rule(within=12), version="2"), pack(tmp_path, rule(within=5))
    told = Told(tmp_path, draft, "--against", old, "--events", log(tmp_path, [*CASES, END]))
    assert told.found == {("A", "late"): ["removed"], ("A", "never"): ["due", "levels"]}
    (gone,) = (line for line in told.lines if line["changes"] == ["removed"])
    assert gone["after"] is None


def test_a_new_rule_shows_what_it_would_add_and_the_same_text_shows_nothing(tmp_path: Path) -> None:
    """Rules that both texts have alike aren't judged at all."""
    old = pack(tmp_path, rule())
    draft = pack(tmp_path, rule(), rule("B", 1), version="2")
    events = log(tmp_path, [*CASES, END])
    assert Told(tmp_path, draft, "--against", old, "--events", events).found == {
        ("B", name): ["added"] for name in ("late", "never", "soon")
    }
    assert Told(tmp_path, old, "--against", old, "--events", events).found == {}
    (new,), (was,) = load_packs([draft]), load_packs([old])
    assert touched(new, [was]) == {"B"}


def test_a_foreign_pack_is_compared_with_nothing(tmp_path: Path) -> None:
    """The national pack has nothing to do with it; the alerts are those of `supervise`."""
    draft, events = pack(tmp_path, rule(within=5)), log(tmp_path, [*CASES, END])
    told = Told(tmp_path, draft, "--events", events)
    assert told.output.startswith("compared with nothing")
    out = tmp_path / "alerts.jsonl"
    assert CliRunner().invoke(supervise, [str(events), "--rules", str(draft), "--out", str(out)]).exit_code == 0
    assert [line["after"] for line in told.lines] == sorted(
        map(json.loads, out.read_bytes().splitlines()), key=lambda alert: (alert["court"], alert["subject"])
    )


def test_by_default_a_draft_is_compared_with_what_the_log_has_in_force(tmp_path: Path) -> None:
    """With the log's versions from their instants, deactivation and parameters; packs on the shelf are at hand."""
    (first,), (second,) = (load_packs([pack(tmp_path, rule(within=n), version=v)]) for n, v in ((10, "1"), (5, "2")))
    for one in (first, second):
        put_on_shelf(shelf_of(tmp_path / "data"), one)
    later = [event("second", "x.a", 6), event("second", "x.b", 14)]
    begin = [line_started(1, ZERO, "simulated"), activated(2, first)]
    middle = [activated(3, second, ZERO + timedelta(days=3))]
    draft = pack(tmp_path, rule(within=5), version="3")
    events = [*begin, *CASES[:1], *middle, *CASES[1:], *later, END]
    told = Told(tmp_path, draft, "--events", log(tmp_path, events))
    assert told.output.startswith("compared with demo@1, demo@2\n")
    assert told.found == {("A", "late"): ["added"], ("A", "never"): ["due", "levels"]}  # "second" is judged by demo@2
    words = {"legal_basis": "b", "approver_role": "r", "effective_on": ZERO.date()}
    change = rule_params_changed(
        4, ZERO, pack="demo", rule_id="A", param="within", old="10 calendar_days", new="5 calendar_days", **words
    )
    assert Told(tmp_path, draft, "--events", log(tmp_path, [*begin, change, *CASES, END])).found == {}
    off = pack_deactivated(4, ZERO, pack="demo", from_at=ZERO - timedelta(days=1))
    told = Told(tmp_path, draft, "--events", log(tmp_path, [*begin, off, *CASES, END]))
    assert told.found == {("A", "late"): ["added"], ("A", "never"): ["added"]}


def test_a_local_pack_is_compared_with_the_national_rules_that_it_replaces(tmp_path: Path) -> None:
    """The same obligation under the local pack's id is the same alert; in other courts nothing changes."""
    path = tmp_path / "local.toml"
    path.write_text(
        '[pack]\nid = "local"\nversion = "1"\nextends = ["cn"]\ncourts = ["京"]\n'
        '[[rule]]\nid = "R-OBJ-01.a"\nwithin = "5 calendar_days"\n',
        encoding="utf-8",
    )
    received = [
        Event(
            id=subject,
            source=f"/court/{court}/t",
            type="cn.court.enforcement.objection.received.v1",
            subject=subject,
            rootid=subject,
            time=ZERO,
            recordedtime=ZERO,
            data={"objection_id": "o1", "kind": "行为"},
        )
        for subject, court in (("here", "京0105"), ("there", "沪0101"))
    ]
    told = Told(tmp_path, path, "--events", log(tmp_path, [*received, END]))
    assert told.output.startswith("compared with cn@1\n")
    assert told.found == {("R-OBJ-01.a", "here"): ["due", "levels"]}
    (line,) = told.lines
    assert (line["before"]["version"], line["after"]["version"]) == ("cn@1", "local@1")


def test_rules_that_read_alerts_of_a_changed_rule_are_judged_too() -> None:
    """And those that these read; the rest is the same on both sides."""
    (national,) = load_packs([NATIONAL])
    rules = tuple(rule for rule in national.rules if rule.id != "R-LIST-02.a")
    changed = Pack(**{name: getattr(national, name) for name in ("id", "ends")}, version="2", rules=rules)
    found = touched(changed, [national])
    assert {"R-LIST-02.a", "R-LIST-02.b"} <= found
    assert "R-TIME-01" not in found


@pytest.mark.parametrize("options", [(), ("--against",)])
def test_refused_lines_are_named_and_make_the_status_1(tmp_path: Path, options: tuple[str, ...]) -> None:
    """The rest is judged."""
    draft = pack(tmp_path, rule(within=5))
    events = log(tmp_path, [*CASES, END])
    events.write_bytes(b'{"specversion": "1.0"}\n' + events.read_bytes())
    against = [*options, pack(tmp_path, rule(), version="0")] if options else []
    told = Told(tmp_path, draft, *against, "--events", events, code=1)
    assert told.stderr.startswith(f"{events}:1: ")
    assert told.stderr.endswith(", 1 lines refused\n")
    assert ("A", "late") in told.found


def test_what_cannot_be_compared_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pack that is refused, a pack in force that isn't at hand, a broker that isn't there."""
    draft, events = pack(tmp_path, rule()), log(tmp_path, CASES)
    bad = pack(tmp_path, rule(start="x.nobody"), version="bad")
    assert "start: unknown event type 'x.nobody'" in Told(tmp_path, bad, "--events", events, code=1).stderr
    (other,) = load_packs([pack(tmp_path, rule(within=7), version="7")])
    events = log(tmp_path, [line_started(1, ZERO, "wall"), activated(2, other), *CASES])
    told = Told(tmp_path, draft, "--events", events, code=1)
    assert "the log has pack 'demo' version '7' in force" in told.stderr
    assert "give it with --rules, or say with --against what to compare with" in told.stderr
    monkeypatch.setenv(WAIT, "0.2")
    away = Told(tmp_path, draft, "--kafka", "127.0.0.1:9", code=1).stderr
    assert "no broker answers at 127.0.0.1:9" in away
    assert away.endswith(", or give a file of events: --events\n")


def test_until_cuts_and_gives_the_clock(tmp_path: Path) -> None:
    """As for `supervise`."""
    draft = pack(tmp_path, rule(within=5))
    events = log(tmp_path, CASES)
    until = (ZERO + timedelta(days=7)).isoformat()
    told = Told(tmp_path, draft, "--events", events, "--until", until)
    assert told.found == {("A", name): ["added"] for name in ("late", "never")}
    assert all(line["after"]["ended_at"] is None for line in told.lines)
