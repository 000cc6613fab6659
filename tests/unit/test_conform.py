"""What a court learns of its own feed: each kind of trouble is found, told by its line, and nothing else is."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from producers.conform.check import Report, check_file
from producers.conform.coverage import Need
from producers.conform.findings import KINDS, Finding
from producers.conform.pages import html, markdown
from yipanqi.conform import command

OVERDRAWN = {"account_code": "a", "balance_fen": -5, "as_of_at": "2024-03-01T09:30:00+08:00"}
NOW = datetime(2024, 6, 1, tzinfo=UTC)
SOURCE = "/court/京0105/oa"
Event = dict[str, Any]


def filed(number: int, **attributes: Any) -> Event:
    """A good filing, one for each number; attributes set to None are left out."""
    event: Event = {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": SOURCE,
        "type": "case.filed",
        "subject": f"case-{number}",
        "time": "2024-03-01T09:30:00+08:00",
        "sequence": str(number),
        "data": {"case_no": f"（2024）京0105执{number}号"},
    }
    return {name: value for name, value in (event | attributes).items() if value is not None}


def beat(number: int) -> Event:
    """A heartbeat."""
    data = {"court_code": "京0105", "last_seq": number, "backlog": 0, "at": "2024-03-01T09:30:00+08:00"}
    return filed(number, type="sys.feed_heartbeat", subject="court/京0105", data=data)


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., Report]:
    """Check events, or lines as they are: `check(filed(1), …, needs=…)`."""

    def run(*events: Any, court: str | None = "京0105", needs: tuple[Need, ...] = ()) -> Report:
        file = tmp_path / "feed.jsonl"
        lines = [event if isinstance(event, str) else json.dumps(event, ensure_ascii=False) for event in events]
        file.write_text("".join(line + "\n" for line in lines))
        return check_file(file, court=court, needs=needs, now=NOW, progress=lambda _: None)

    return run


def codes(report: Report) -> set[str]:
    """The codes of what was found."""
    return {finding.code for finding in report.findings}


def the(report: Report, code: str) -> Finding:
    """The finding of a code."""
    (found,) = [finding for finding in report.findings if finding.code == code]
    return found


def test_a_good_feed_has_no_findings(check: Callable[..., Report]) -> None:
    """Nothing is found where nothing is wrong; the figures are those of the file."""
    report = check(filed(1), filed(2), beat(3))
    assert report.findings == ()
    assert report.conforms
    assert (report.lines, report.accepted, report.refused, report.events, report.cases) == (3, 3, 0, 3, 2)
    assert report.sources == {SOURCE: 3}


WRONG: dict[str, list[Any]] = {
    "id_conflict": [filed(1), filed(1, subject="case-9"), beat(2)],
    "id_repeated": [filed(1), filed(1), beat(2)],
    "sequence_repeated": [filed(1), filed(7, sequence="1"), beat(2)],
    "sequence_gap": [filed(1), filed(5), beat(6)],
    "sequence_some": [filed(1), filed(7, sequence=None), beat(2)],
    "sequence_none": [filed(1, sequence=None), beat(2) | {"source": "/court/京0105/other"}],
    "rootid_changes": [filed(1), filed(2, subject="case-1", rootid="other", data={"case_no": "（2024）京0105执1号"}), beat(3)],
    "subject_two_numbers": [filed(1), filed(2, subject="case-1"), beat(3)],
    "number_two_subjects": [filed(1), filed(2, data={"case_no": "（2024）京0105执1号"}), beat(3)],
    "correction_void": [filed(1), filed(2), filed(3, subject="case-2", correctionof="e1", data=filed(2)["data"]), beat(4)],
    "correction_alone": [filed(1), filed(2, correctionof="e9"), beat(3)],
    "foreign_feed": [
        filed(1),
        beat(2),
        filed(1, source="/court/京0101/oa", subject="x", data={"case_no": "（2024）京0101执1号"}),
    ],
    "recorded_future": [filed(1, recordedtime="2024-06-01T01:00:00Z"), beat(2)],
    "happened_future": [filed(1, time="2024-06-02T10:00:00+08:00", recordedtime="2024-05-01T00:00:00Z"), beat(2)],
    "recorded_before": [filed(1, recordedtime="2024-02-01T00:00:00Z"), beat(2)],
    "money_negative": [
        filed(1, data={"case_no": "（2024）京0105执1号", "claim_fen": -5}),
        filed(2, type="fund.balance_reported", subject="case-1", data=OVERDRAWN),
        beat(3),
    ],
    "very_old": [filed(1, time="1970-01-01T08:00:00+08:00"), beat(2)],
    "personal_phone": [filed(1, subject="13800000000"), beat(2)],
    "personal_card": [filed(1, rootid="6222020000000000000"), beat(2)],
    "personal_number": [filed(1, subject="x-11010519491231002X"), beat(2)],
    "personal_field": [filed(1), beat(2), filed(3, type="x.entry", data={"当事人姓名": "张三"})],
    "heartbeat_none": [filed(1)],
    "refused.unknown_field": [filed(1), beat(2), filed(3, data={"case_no": "（2024）京0105执3号", "clam_fen": 1})],
    "refused.not_json": [filed(1), beat(2), "{"],
    "refused.bad_instant": [filed(1), beat(2), filed(3, time="2024-03-01T09:30:00")],
    "refused.unknown_court": [filed(1), beat(2), filed(3, courtcode="京9999")],
    "refused.foreign_court": [filed(1), beat(2), filed(3, courtcode="京0101")],
}


@pytest.mark.parametrize("code", WRONG)
def test_each_kind_of_trouble_is_found_alone(check: Callable[..., Report], code: str) -> None:
    """By its code, and nothing else is found in the same file."""
    report = check(*WRONG[code])
    assert codes(report) - ({"foreign_feed"} if code == "sequence_none" else set()) == {code}
    assert report.conforms == (code in KINDS and KINDS[code].severity != "error")


def test_places_are_lines_of_the_file(check: Callable[..., Report]) -> None:
    """Also behind blank lines and refused ones; a finding counts all and shows the first few."""
    report = check(filed(1), "", "{", *[filed(n, type="case.invented") for n in range(2, 22)], beat(22))
    assert [place.line for place in the(report, "refused.not_json").places] == [3]
    unknown = the(report, "refused.unknown_type")
    assert unknown.count == 20
    assert [place.line for place in unknown.places] == list(range(4, 12))
    assert the(report, "sequence_gap").count == 20


def test_shares_of_the_whole_are_looked_at(check: Callable[..., Report]) -> None:
    """Local times sent as if they were UTC; dates without time; entry that is weeks late."""
    shifted = [filed(n, time=f"2024-03-{1 + n % 28:02}T{18 + n % 4}:10:00Z") for n in range(1, 61)]
    assert "nightly" in codes(check(*shifted, beat(61)))
    dates = [filed(n, time=f"2024-03-{1 + n % 28:02}T00:00:00+08:00") for n in range(1, 61)]
    assert codes(check(*dates, beat(61))) == {"midnight"}
    late = [filed(n, recordedtime="2024-04-20T10:00:00+08:00") for n in range(1, 61)]
    report = check(*late, beat(61))
    assert codes(report) == {"late_entry"}
    assert report.rates.entered_within_s is not None
    assert report.rates.entered_within_s[0] > timedelta(days=40).total_seconds()


def test_steps_that_stand_the_wrong_way_round(check: Callable[..., Report]) -> None:
    """Of one matter by its id, whatever the order in the file; a missing step is another finding, and so is a case cut off."""
    received = {"objection_id": "o1", "kind": "行为"}
    one = filed(2, type="objection.received", subject="case-1", time="2024-03-09T09:00:00+08:00", data=received)
    two = filed(3, type="objection.filed", subject="case-1", time="2024-03-05T09:00:00+08:00", data={"objection_id": "o1"})
    for events in ((filed(1), one, two), (filed(1), two, one)):
        assert codes(check(*events, beat(4))) == {"order"}
    another = two | {"data": {"objection_id": "o2"}, "time": "2024-03-10T09:00:00+08:00"}
    assert codes(check(filed(1), one, another, beat(4))) == {"step_missing"}
    assert codes(check(one | {"sequence": "1"}, another | {"sequence": "2", "id": "e9"}, beat(3))) == {"begins_midway"}


def test_rules_that_are_never_or_wrongly_judged(check: Callable[..., Report]) -> None:
    """A rule none of whose beginnings is sent; one whose end never comes; one that nothing of a court ends is no trouble."""
    needs = (
        Need("R-1", "无起算", frozenset({"asset.controlled"}), frozenset({"asset.released"})),
        Need("R-2", "无终点", frozenset({"case.filed"}), frozenset({"case.closed", "case.refused"})),
        Need("R-3", "完整", frozenset({"case.filed"}), frozenset({"sys.feed_heartbeat"})),
        Need("R-4", "无从说起", frozenset(), frozenset()),
    )
    report = check(filed(1), beat(2), needs=needs)
    assert codes(report) == {"rule_unheard", "rule_one_sided"}
    assert the(report, "rule_unheard").places[0].text.startswith("R-1 ")
    assert the(report, "rule_one_sided").places[0].text == "R-2 无终点: case.filed without case.closed / case.refused"


def test_a_number_is_never_repeated(check: Callable[..., Report]) -> None:
    """A report is passed around: what is personal is told by its place and its last two characters."""
    secret = "11010519491231002X"
    report = check(
        filed(1, subject=f"x-{secret}"), beat(2), filed(3, type="x.entry", data={"note": ["a", {"b": f"证号{secret}。"}]})
    )
    assert the(report, "personal_number").count == 3
    assert the(report, "personal_number").places[2].text == "data.note[1].b: …2X"
    for text in (markdown(report), html(report), msgspec.json.encode(report).decode()):
        assert secret not in text


def test_numbers_that_are_none(check: Callable[..., Report]) -> None:
    """A case number, an instant, an id of ours that happens to be long: no false alarm."""
    digits = random.Random(5)
    texts = [f"BJ-{digits.randrange(10**18):018}-1" for _ in range(50)] + [
        "20240301093000",
        "2024-03-01T09:30:00+08:00",
        "138000000001",
    ]
    report = check(*[filed(n, subject=f"s{n}{text}") for n, text in enumerate(texts, 1)], beat(len(texts) + 1))
    assert codes(report) == set()


def run(*arguments: str) -> Result:
    """The command."""
    return CliRunner().invoke(command, list(arguments))


def test_the_command_writes_each_form_of_report_and_says_by_its_status(tmp_path: Path) -> None:
    """0 where a feed can join, 1 where it can't; all three forms hold every finding."""
    file = tmp_path / "feed.jsonl"
    file.write_text("".join(json.dumps(event) + "\n" for event in (filed(1), filed(3), filed(3, subject="<b>"))))
    for form in ("html", "md", "json"):
        out = tmp_path / f"report.{form}"
        done = run(str(file), "--court", "京0105", "--report", str(out))
        assert done.exit_code == 1, done.output
        assert "feed.jsonl:3: " in done.output
        text = out.read_text()
        for code in ("id_conflict", "sequence_gap", "rule_unheard", "heartbeat_none"):
            assert code in text
        assert form != "html" or "<b>" not in text
    file.write_text(json.dumps(filed(1)) + "\n")
    assert run(str(file)).exit_code == 0
    assert run(str(file), "--court", "nowhere").exit_code == 2
    assert run(str(file), "--report", "report.pdf").exit_code == 2


def test_an_empty_file_cant_join(check: Callable[..., Report]) -> None:
    """It proves nothing."""
    assert not check().conforms
