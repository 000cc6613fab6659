"""`yipanqi supervise` and `yipanqi rules` on files."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from contract.codec import encode_line, from_json
from contract.control import ticked
from contract.errors import InvalidEvent
from producers.checks import check
from streams.rules.load import load_packs
from yipanqi.rules import command as rules
from yipanqi.supervise import command as supervise


def run(folder: Path, lines: list[bytes], *options: str) -> tuple[int, list[Any], list[Any], str]:
    """(exit status, alerts, journal, stderr) of a file of lines, those about silent courts left out."""
    (folder / "events.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    out, journal = folder / "alerts.jsonl", folder / "journal.jsonl"
    arguments = [str(folder / "events.jsonl"), "--out", str(out), "--journal", str(journal), *options]
    result = CliRunner().invoke(supervise, arguments)
    alerts, steps = [[json.loads(line) for line in path.read_text().splitlines()] for path in (out, journal)]
    silent = {alert["id"] for alert in alerts if alert["rule"] == "R-DATA-01.a"}
    alerts = [alert for alert in alerts if alert["id"] not in silent]
    return result.exit_code, alerts, [step for step in steps if step["alert"] not in silent], result.stderr


@pytest.fixture
def story(lab: Any) -> list[bytes]:
    """A case that is late with its notice and its closing."""
    events = [
        lab.event("case.application_received", "2024-03-01 09:00", {}),
        lab.event("case.filed", "2024-03-02 09:00", {"case_no": "（2024）京0105执1号"}),
        lab.event("case.notice_issued", "2024-03-20 09:00", {}),
    ]
    return [encode_line(event) for event in events]


def test_a_file_without_ticks_ends_at_its_last_recordedtime(tmp_path: Path, story: list[bytes]) -> None:
    """The notice of 20 March is nine days late; nothing is known of later."""
    status, alerts, journal, _ = run(tmp_path, story)
    assert status == 0
    assert [(a["rule"], a["severity"], a["end_reason"], a["breach_days"]) for a in alerts] == [
        ("R-INIT-03.a", "red", "cured", 9)
    ]
    assert [(line["transition"], line["position"]) for line in journal] == [("raised", "0:2"), ("ended", "0:2")]


def test_until_is_the_clock_where_there_are_no_ticks(tmp_path: Path, story: list[bytes]) -> None:
    """Six months later the case is still open."""
    _, alerts, _, _ = run(tmp_path, story, "--until", "2024-09-10T00:00:00+08:00")
    assert {a["rule"]: a["severity"] for a in alerts} == {"R-INIT-03.a": "red", "R-TIME-01": "orange"}


def test_what_counts_for_nothing_is_told(tmp_path: Path, story: list[bytes], lab: Any) -> None:
    """Events after the end, and foreign ones of which no pack knows, as after an import with the national pack."""
    lines = [*story, encode_line(lab.event("x.create_fine", "2024-03-04", {}))]
    status, _, _, said = run(tmp_path, lines, "--until", "2024-03-10T00:00:00+08:00")
    assert status == 0
    assert ", 1 events later than --until not read, 1 foreign events (x.…) that no pack lists" in said
    assert "foreign" not in run(tmp_path, lines, "--rules", "docs/tutorial/packs/road_fines.toml")[3]


def test_until_cuts_ticks_and_events(tmp_path: Path, story: list[bytes], lab: Any) -> None:
    """With ticks in the file, what is later is not read and the last tick before it is the clock."""
    ticks = [encode_line(ticked(n, lab.instant(at))) for n, at in enumerate(("2024-03-13", "2024-09-10"))]
    lines = [story[0], story[1], ticks[0], story[2], ticks[1]]
    _, alerts, journal, _ = run(tmp_path, lines, "--until", "2024-03-15T00:00:00+08:00")
    assert [(a["severity"], a["ended_at"]) for a in alerts] == [("orange", None)]
    assert [line["position"] for line in journal] == ["0:2"]


def test_lines_that_cannot_be_accepted_are_named_and_the_rest_goes_on(tmp_path: Path, story: list[bytes]) -> None:
    """Number and reason on stderr, exit status 1."""
    wrong = [b"{", story[1].replace(b"case.filed", b"case.fried"), story[1].replace(b'"case_no"', b'"colour"')]
    status, alerts, _, stderr = run(tmp_path, [story[0], *wrong, *story[1:]])
    assert status == 1
    assert len(alerts) == 1
    for number, reason in ((2, "events.jsonl:2: no JSON"), (3, "no type of this version"), (4, "colour")):
        assert any(f"events.jsonl:{number}: " in line and reason in line for line in stderr.splitlines()), (number, stderr)


MOVED = {"to_court": "粤9999"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"source": "/court/京9999/oa"}, "source: '京9999' is no 法院代字 of the court tree"),
        ({"courtcode": "火0105"}, "courtcode: '火0105' is no 法院代字 of the court tree"),
        ({"courtcode": "粤0604"}, "courtcode: 粤0604 is neither 京0105, the court of this feed, nor below it"),
        (
            {"type": "case.transferred", "data": {"to_court": "粤9999"}},
            "data.to_court: '粤9999' is no 法院代字 of the court tree",
        ),
    ],
)
def test_courts_outside_the_tree_are_refused_as_at_the_gateway(
    tmp_path: Path, story: list[bytes], line: dict[str, Any], reason: str
) -> None:
    """The line is named and the rest goes on; what a gateway has taken is not asked again: the tree may have changed since."""
    base = {"id": "far", "source": "/court/京0105/oa", "subject": "c9", "time": "2024-03-03T09:00:00+08:00"}
    far = base | {"type": "case.suspended", "data": {"ground": "267-1", "on": "2024-03-03"}} | line
    with pytest.raises(InvalidEvent, match=re.escape(reason)):
        check(from_json(far))
    status, alerts, _, stderr = run(tmp_path, [*story, json.dumps(far).encode()])
    assert (status, len(alerts)) == (1, 1)
    assert f"events.jsonl:4: {reason} [" in stderr
    taken = far | {"receivedtime": "2024-03-03T10:00:00+08:00"}
    assert run(tmp_path, [*story, json.dumps(taken).encode()])[0] == 0


def test_of_two_bodies_under_one_name_one_is_refused_in_either_order(tmp_path: Path, lab: Any) -> None:
    """The lesser counts, the second line is named, and the exit status is 1."""
    lab.pack("", pack_id="own")
    bodies = [encode_line(lab.event("x.a", day, {}, id="s", recorded="2024-03-10")) for day in ("2024-03-01", "2024-03-09")]
    options = ("--rules", str(lab._folder / "own.toml"), "--until", "2024-05-01T00:00:00Z")
    runs = [run(tmp_path, lines, *options) for lines in (bodies, bodies[::-1])]
    assert [status for status, _, _, _ in runs] == [1, 1]
    assert runs[0][1] == runs[1][1]
    for _, _, _, stderr in runs:
        assert "events.jsonl:2: id_conflict: " in stderr


def test_a_pack_of_ones_own_replaces_the_national_one(tmp_path: Path, lab: Any) -> None:
    """Foreign events, nothing to program."""
    lab.pack("", pack_id="own")
    lines = [encode_line(lab.event("x.a", "2024-03-01"))]
    _, alerts, _, _ = run(tmp_path, lines, "--rules", str(lab._folder / "own.toml"), "--until", "2024-05-01T00:00:00Z")
    assert [(a["version"], a["subject"]) for a in alerts] == [("own@1", "c1")]


def test_the_record_has_the_fields_of_the_format(tmp_path: Path, story: list[bytes]) -> None:
    """In this order; whoever reads the file may rely on them."""
    _, (alert, *_), _, _ = run(tmp_path, story)
    names = "id rule version scope subject key element court severity basis checks armed_at due_at raised_at ended_at"
    assert list(alert) == [
        *names.split(),
        *["end_reason", "breach_days", "levels", "evidence", "citation", "arithmetic", "incomplete"],
    ]


def test_rules_check_and_show(tmp_path: Path) -> None:
    """A sound pack is told, a wrong one refused with its place; a rule is shown whole."""
    assert f"cn@1: {len(load_packs()[0].rules)} rules" in CliRunner().invoke(rules, ["check", "streams/rules/cn"]).output
    (tmp_path / "bad.toml").write_text('[pack]\nid = "bad"\n', encoding="utf-8")
    result = CliRunner().invoke(rules, ["check", str(tmp_path / "bad.toml")])
    assert result.exit_code == 1
    assert "bad.toml: pack.version: required" in result.output
    shown = json.loads(CliRunner().invoke(rules, ["show", "R-FUND-01", "--json"]).output)
    assert shown["outlives"] is True
