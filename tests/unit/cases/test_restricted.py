"""Records of interference are judged apart: restricted rules never stand in the common core, nor common ones in theirs."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from contract.codec import to_json
from contract.envelope import Event, full_type
from streams.cases.rulebook import RuleBook
from streams.offline import supervise
from streams.rules.load import load_packs
from yipanqi.supervise import command

BEGIN = datetime(2024, 3, 4, 2, tzinfo=UTC)
UNTIL = BEGIN + timedelta(days=400)


def event(name: str, number: int, after: timedelta, **data: object) -> Event:
    """An event of the one case."""
    at = BEGIN + after
    return Event(
        id=str(number),
        source="/court/京0105/test",
        type=full_type(name),
        subject="c-1",
        rootid="c-1",
        time=at,
        recordedtime=at,
        data=dict(data),
    )


EVENTS = [
    event("case.application_received", 1, timedelta(0), received_on="2024-03-04"),
    event("pers.interference_recorded", 2, timedelta(hours=1), rec_id="interfered-one", affects_case=True),
    event("pers.interference_recorded", 3, timedelta(hours=2), rec_id="interfered-two", affects_case=True),
    event("pers.interference_reported", 4, timedelta(hours=3), rec_id="interfered-two"),
]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The events as a file."""
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(to_json(one)) + b"\n" for one in EVENTS))
    return path


def test_the_common_core_knows_nothing_of_interference() -> None:
    """By default neither restricted events nor restricted rules are there: the case is late, and that is all."""
    alerts, journal, refusals = supervise(enumerate(EVENTS, 1), load_packs(None), UNTIL)
    assert refusals == []
    assert {alert.rule for alert in alerts} >= {"R-INIT-01"}
    told = msgspec.json.encode([alerts, [step.journal() for step in journal]])
    assert b"INTF" not in told
    assert b"interfered-one" not in told


def test_the_restricted_core_knows_nothing_else() -> None:
    """With `restricted` the unreported record alone is alerted, and the late case is not seen."""
    alerts, _, refusals = supervise(enumerate(EVENTS, 1), load_packs(None), UNTIL, restricted=True)
    assert refusals == []
    assert [(alert.rule, alert.key) for alert in alerts] == [("R-INTF-01.a", ("interfered-one",))]
    assert alerts[0].raised_at == "2024-03-05T03:00:00Z"
    assert alerts[0].court == "京0105"


def test_no_book_holds_both() -> None:
    """The books of the national pack share no rule, and a copy of a book is as its original."""
    packs = load_packs(None)
    common, apart = RuleBook(packs, always=True), RuleBook(packs, always=True, restricted=True)
    restricted = {rule.id for pack in packs for rule in pack.rules if rule.restricted}

    def names(book: RuleBook) -> set[str]:
        return {line.rule_id for line in (*book.lines, *book.group_lines)}

    assert names(apart) == restricted
    assert restricted
    assert names(common)
    assert not names(common) & restricted
    assert names(common.copy()) == names(common)
    assert names(apart.copy()) == names(apart)


def test_the_command_says_how_many_lines_it_left_out(log: Path, tmp_path: Path) -> None:
    """`supervise` tells their number, and supervises them alone when asked."""
    common, apart = tmp_path / "common.jsonl", tmp_path / "apart.jsonl"
    options = [str(log), "--until", "2025-04-01T00:00:00Z", "--out"]
    first = CliRunner().invoke(command, [*options, str(common)])
    assert first.exit_code == 0, first.output
    assert "3 restricted lines left out (see --restricted)" in first.output
    second = CliRunner().invoke(command, [*options, str(apart), "--restricted"])
    assert second.exit_code == 0, second.output
    assert "left out" not in second.output
    assert b"interfered-one" not in common.read_bytes()
    assert [json.loads(line)["rule"] for line in apart.read_text("utf-8").splitlines()] == ["R-INTF-01.a"]
