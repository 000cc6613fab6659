"""Entrustments: where they are, and when they are late, as the courts' own events tell."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from national import at as at_court

from contract.codec import to_kafka
from contract.duty import commands as c
from contract.duty.entrustments import EntrustmentRecord
from contract.duty.people import Principal, part_of_system
from contract.times import SHANGHAI
from streams.duty import entrustments
from streams.rules.load import load_packs
from streams.shell.duty_intake import court_told, court_told_of

pytestmark = pytest.mark.unit

FROM, TO = "粤0604", "湘0102"


def at(text: str) -> datetime:
    """An instant in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


class Matter:
    """One entrustment, sent on Friday 2024-03-01 at 10:00."""

    def __init__(self, **sent: Any) -> None:
        """Send it; ``sent`` stands in the event."""
        self.record: EntrustmentRecord | None = None
        self.count = 0
        given = {"kind": "事项", "matter": "冻结", "from_court": FROM, "to_court": TO} | sent
        assert self.told("sent", FROM, "2024-03-01 10:00", **given) == "sent"

    def told(self, what: str, court: str, when: str, *, corrects: str = "", withdraws: bool = False, **data: Any) -> str:
        """A court's own event."""
        self.count += 1
        source = f"/court/{court}/oa"
        command = c.CourtTold(
            id=f"{self.count:032x}",
            target="entrustment/e",
            principal=part_of_system("duty"),
            at=at(when),
            type=f"entr.{what}",
            ref=(source, f"{self.count}"),
            subject="case-1",
            rootid="root-1",
            time=at(when),
            court=court,
            correctionof=(source, corrects) if corrects else None,
            data=None if withdraws else {"entr_id": "e"} | data,
        )
        done = entrustments.decide(self.record, command, at(when))
        self.record = done.record
        return "" if not done.said else done.said[-1].code or done.said[-1].what

    def wind(self, until: str) -> list[str]:
        """Let time pass; what was said, with its day."""
        found = []
        while (step := entrustments.next_due(self.state)) is not None and step <= at(until):
            done = entrustments.due(self.state, step)
            self.record = done.record
            found += [f"{step.astimezone(SHANGHAI):%m-%d} {one.what}" for one in done.said]
        return found

    @property
    def state(self) -> EntrustmentRecord:
        """The record, which is there."""
        assert self.record is not None
        return self.record


def test_sent_accepted_replied() -> None:
    """Three days to accept, seven for a freezing (over a weekend), as R-ENTR-02 counts; a reply ends it."""
    matter = Matter()
    assert (matter.state.to_court, matter.state.accept_by) == (TO, at("2024-03-05 00:00"))
    assert matter.state.due_day == date(2024, 3, 8)
    assert matter.told("accepted", TO, "2024-03-04 09:00") == "accepted"
    assert matter.told("replied", TO, "2024-03-08 17:00", result="办结") == "replied"
    assert (matter.state.result, entrustments.next_due(matter.state)) == ("办结", None)


def test_what_is_late_is_said_once() -> None:
    """Unaccepted, then overdue."""
    assert Matter().wind("2024-04-01 00:00") == ["03-05 accept_overdue", "03-09 reply_overdue"]


@pytest.mark.parametrize(
    ("sent", "day"),
    [
        ({"matter": "送达"}, date(2024, 3, 18)),
        ({"matter": "腾退"}, date(2024, 4, 1)),
        ({"due_on": "2024-03-12"}, date(2024, 3, 12)),
        ({"kind": "案件"}, None),
    ],
)
def test_the_term_is_that_of_the_letter_or_of_the_matter(sent: dict[str, Any], day: date | None) -> None:
    """An entrusted case has its own rule."""
    assert Matter(**sent).state.due_day == day


def test_the_defaults_are_those_of_the_rule() -> None:
    """R-ENTR-02 counts what alerts are raised by; here only the record shows it."""
    rules = {rule.id: str(rule.within) for pack in load_packs() for rule in pack.rules if rule.id.startswith("R-ENTR-02")}
    assert entrustments.ACCEPT_WITHIN in rules["R-ENTR-02.a"]
    for days in (
        "['冻结', '续封', '查封'] ? '7 calendar_days'",
        "['送达', '查询', '调查'] ? '15 calendar_days'",
        "'30 calendar_days'",
    ):
        assert days in rules["R-ENTR-02.b"]


def test_a_return_ends_it_with_its_reason() -> None:
    """Nothing is due afterwards."""
    matter = Matter()
    assert matter.told("returned", TO, "2024-03-04 09:00", reason="材料不全") == "returned"
    assert (matter.state.reason, matter.wind("2024-05-01 00:00")) == ("材料不全", [])


def test_only_the_entrusted_court_accepts_and_replies() -> None:
    """A court speaks only for itself."""
    matter = Matter()
    assert matter.told("accepted", FROM, "2024-03-04 09:00") == "told"
    assert matter.state.state == "sent"


def test_corrections_and_order_need_no_care() -> None:
    """A withdrawn acceptance is none, a withdrawn entrustment is withdrawn, an early acceptance waits."""
    matter = Matter()
    matter.told("accepted", TO, "2024-03-04 09:00")
    assert matter.told("accepted", TO, "2024-03-04 10:00", corrects="2", withdraws=True) == "sent"
    assert matter.told("sent", FROM, "2024-03-04 11:00", corrects="1", withdraws=True) == "withdrawn"
    early = Matter()
    early.record = None
    assert early.told("accepted", TO, "2024-03-04 09:00") == "told"
    assert early.told("sent", FROM, "2024-03-01 10:00", kind="事项", to_court=TO) == "accepted"


def test_nobody_but_the_system_tells_of_an_entrustment() -> None:
    """People act in their court's own system."""
    matter = Matter()
    director = Principal(account="甲", role="director", court=TO)
    told = c.CourtTold(
        id="0" * 32, target="entrustment/e", principal=director, at=at("2024-03-04 09:00"), ref=("s", "i"), court=TO,
        subject="case-1", rootid="root-1", time=at("2024-03-04 09:00"), type="entr.accepted", data={},
    )  # fmt: skip
    assert entrustments.decide(matter.record, told, told.at).said[0].code == "system_only"


def test_the_record_reads_back() -> None:
    """Through JSON."""
    state = Matter().state
    assert msgspec.json.decode(msgspec.json.encode(state), type=EntrustmentRecord) == state


def test_the_intake_gives_it_a_target_of_its_own() -> None:
    """Apart from a directive of the same name, and from the same name on another chain."""
    sent = at_court("2024-03-01 10:00", "entr.sent", {"entr_id": "e1", "kind": "事项"})
    told = court_told(sent)
    assert told is not None
    assert told.target == c.told_target("entr.accepted", sent.rootid, "e1")
    assert told.target.startswith(c.ENTRUSTMENT)
    directive = court_told(at_court("2024-03-01 10:00", "sup.directive_issued", {"directive_id": "e1"}))
    assert directive is not None
    assert directive.target != told.target.removeprefix(c.ENTRUSTMENT)
    assert entrustments.decide(None, told, told.at).said[0].what == "sent"


def test_the_intake_tells_nothing_of_what_is_no_event_of_the_contract() -> None:
    """The cases room buries it; the duty room would stop at a day that is none."""
    for due_on, is_told in (("2024-03-31", True), ("the 31st", False)):
        sent = {"entr_id": "e", "kind": "事项", "matter": "冻结", "from_court": FROM, "to_court": TO, "due_on": due_on}
        _, value, headers = to_kafka(at_court("2024-03-01 10:00", "entr.sent", sent))
        record = SimpleNamespace(value=value, message=SimpleNamespace(headers=headers))
        assert (court_told_of(record) is not None) is is_told
