"""A directive from draft to close: told as stories, with the clock of the room wound forward."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, get_args

import msgspec
import pytest
from national import told

from contract.duty import commands as c
from contract.duty.directives import DirectiveRecord
from contract.duty.people import Principal, Role, part_of_system
from contract.duty.rights import RIGHTS
from contract.envelope import Event
from contract.registry import validate
from contract.times import SHANGHAI
from streams.duty import directives, drafts
from streams.duty.outcome import Outcome, Said

pytestmark = pytest.mark.unit

OWN, UP1, HIGH, SPC = "粤0604", "粤06", "粤", "最高法"
SYSTEM = part_of_system("duty")


def at(text: str) -> datetime:
    """An instant in Shanghai, ``2024-03-01 10:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def person(court: str, role: Role = "president", account: str = "") -> Principal:
    """Somebody of a court; each court has one of each role."""
    return Principal(account=account or f"{court}/{role}", role=role, court=court)


class Story:
    """One directive and the room's clock. What was sent and said is kept."""

    def __init__(self, now: str = "2024-03-01 10:00") -> None:
        """Begin at an instant, with nothing."""
        self.now = at(now)
        self.record: DirectiveRecord | None = None
        self.events: list[Event] = []
        self.tells: list[Any] = []
        self.said: list[Said] = []
        self.count = 0

    def do(self, kind: type[c.Command], who: Principal, **given: Any) -> str:
        """Give a command; what it did in one word, or the code of the refusal."""
        self.count += 1
        command: Any = kind(id=f"{self.count:032x}", target="d", principal=who, at=self.now, **given)
        before = self.record
        done = directives.decide(before, command, self.now)
        if done.refused:
            assert done.record == before
            assert not done.events
            assert not done.tells
        return self.keep(done)

    def keep(self, done: Outcome[DirectiveRecord]) -> str:
        """Take over what was decided."""
        self.record = done.record
        self.events += done.events
        self.tells += done.tells
        self.said += done.said
        assert all(not validate(event) for event in done.events)
        last = done.said[-1] if done.said else None
        return "" if last is None else last.code or last.what

    def wind(self, until: str) -> list[str]:
        """Let time pass; what fell due, with its day."""
        self.now = at(until)
        due: list[str] = []
        while self.record and (step := directives.next_due(self.record)) is not None and step <= self.now:
            due.append(f"{step.astimezone(SHANGHAI):%m-%d %H:%M} {self.keep(directives.due(self.record, self.now))}")
        return due

    def draft(self, who: Principal = SYSTEM, **other: Any) -> str:
        """A 督办 from the intermediate court about one alert of a case, drafted by the engine."""
        given: dict[str, Any] = {"directive_kind": "督办", "from_court": UP1, "to_court": OWN, "subject": "case-1"}
        given |= {"rootid": "root-1", "alert_ids": ("alert-1",), "text": "请依法办理并反馈", "case_no": "（2024）粤0604执1号"}
        return self.do(c.DirectiveDraft, who, **(given | other))

    def issued(self, **other: Any) -> "Story":
        """The same, issued by the president."""
        assert self.draft(**other) == "drafted"
        assert self.record is not None
        assert self.do(c.DirectiveIssue, person(self.record.from_court)) == "issued"
        return self

    def alert(self, what: str, alert: str = "alert-1") -> str:
        """An alert tells the directive what became of it."""
        return self.do(c.LinkTold, SYSTEM, source=alert, what=what)

    def told(self, kind: str, court: str, ref: str = "e-1", when: datetime | None = None, **other: Any) -> str:
        """A court's own system told of an act."""
        said = other.pop("data", {})
        given: dict[str, Any] = {"data": None if said is None else {"directive_id": "d"} | said} | other
        source = (f"/court/{court}/oa", ref)
        return self.do(
            c.CourtTold, SYSTEM, type=kind, court=court, time=when or self.now, subject="case-1", rootid="root-1",
            **({"ref": source} | given),
        )  # fmt: skip

    def echo(self, event: Event) -> str:
        """What was sent comes back round through the log."""
        return self.do(
            c.CourtTold, SYSTEM, type=event.short, ref=event.ref, subject=event.subject, rootid=event.rootid, time=event.time,
            court=event.court, correctionof=event.correctionof, data=event.data,
        )  # fmt: skip

    @property
    def state(self) -> DirectiveRecord:
        """The record, which is there."""
        assert self.record is not None
        return self.record


def test_from_the_engines_draft_to_close() -> None:
    """Drafted with evidence, issued by a person, received, answered, closed once its alert has ended. 16 March: a Saturday."""
    story = Story()
    assert story.draft() == "drafted"
    assert story.do(c.DirectiveIssue, SYSTEM) == "named_person"
    assert story.do(c.DirectiveIssue, person(UP1, "director")) == "issued"
    assert (story.state.due_day, story.state.receive_by) == (
        date(2024, 3, 18),
        at("2024-03-06 00:00"),
    )  # the 16th is a Saturday
    assert story.do(c.DirectiveReceive, person(OWN, "duty_officer")) == "received"
    assert story.do(c.DirectiveAnswer, person(OWN, "director"), result="已纠正", text="已发放案款") == "answered"
    assert story.do(c.DirectiveVerdict, person(UP1), verdict="合格") == "alerts_stand"
    assert story.alert("ended") == "alert_ended"
    assert story.do(c.DirectiveVerdict, person(UP1), verdict="合格") == "closed"
    assert directives.next_due(story.state) is None
    assert [event.short for event in story.events] == [
        "sup.directive_issued",
        "sup.directive_received",
        "sup.feedback_submitted",
        "sup.directive_closed",
    ]
    assert [(link.target, link.what) for link in story.tells] == [
        ("alert-1", "drafted"),
        ("alert-1", "issued"),
        ("alert-1", "closed"),
    ]


def test_what_was_done_here_goes_out_as_the_courts_own_events() -> None:
    """Under the case, from the acting court, with ids made of the directive's, so that rules judge it like any other."""
    story = Story().issued()
    story.do(c.DirectiveReceive, person(OWN))
    issued, received = story.events
    assert issued == Event(
        id="d",
        source=f"/court/{UP1}/yipanqi",
        type="cn.court.enforcement.sup.directive_issued.v1",
        subject="case-1",
        rootid="root-1",
        time=story.now,
        recordedtime=story.now,
        receivedtime=story.now,
        data={
            "directive_id": "d",
            "kind": "督办",
            "from_court": UP1,
            "to_court": OWN,
            "case_no": "（2024）粤0604执1号",
            "alert_ids": ["alert-1"],
            "due_on": "2024-03-18",
            "legal_basis": "执行规定第71条、第74条",
        },
    )
    assert received.time > issued.time  # though the room's clock stood still
    assert (received.court, received.data) == (OWN, {"directive_id": "d", "handler_id": f"{OWN}/president", "on": "2024-03-01"})
    again = Story().issued()
    again.do(c.DirectiveReceive, person(OWN))
    assert again.events == story.events


def test_the_echo_of_what_was_done_here_changes_nothing() -> None:
    """Events come back round through the log."""
    story = Story().issued()
    story.do(c.DirectiveReceive, person(OWN))
    story.do(c.DirectiveAnswer, person(OWN), result="部分", text="一半")
    before = story.state
    assert [story.echo(event) for event in list(story.events)] == ["", "", ""]
    assert story.state == before


def test_the_same_act_in_both_ways_counts_once() -> None:
    """Systems of the courts tell of the receipt, the answer and the verdict that were given in the console."""
    story = Story().issued()
    story.do(c.DirectiveReceive, person(OWN))
    received_at = story.state.received_at
    story.now += timedelta(hours=1)
    assert story.told("sup.directive_received", OWN) == "told"
    story.do(c.DirectiveAnswer, person(OWN), result="已纠正", text="已发放")
    assert story.told("sup.feedback_submitted", OWN, "e-2", data={"result": "已纠正"}) == "told"
    assert (story.state.received_at, len(story.state.answers)) == (received_at, 1)
    story.do(c.DirectiveVerdict, person(UP1), verdict="退回")
    assert story.told("sup.directive_closed", UP1, "e-3", data={"verdict": "退回"}) == "told"
    assert len(story.state.verdicts) == 1


def test_a_directive_of_a_courts_own_system_is_followed_too() -> None:
    """Issued, received and answered elsewhere; judged here."""
    story = Story()
    data = {"kind": "督办", "from_court": UP1, "to_court": OWN, "due_on": "2024-03-20", "alert_ids": ["alert-1"]}
    assert story.told("sup.directive_issued", UP1, data=data) == "issued"
    assert (story.state.to_court, story.state.due_day, story.state.open_alerts) == (OWN, date(2024, 3, 20), ("alert-1",))
    assert [link.what for link in story.tells] == ["issued", "is_about"]
    assert story.told("sup.directive_received", OWN, "e-2") == "received"
    assert story.told("sup.feedback_submitted", OWN, "e-3", data={"result": "理由说明"}) == "answered"
    assert story.do(c.DirectiveVerdict, person(UP1), verdict="退回") == "returned"
    assert story.events[0].short == "sup.directive_closed"


def test_what_a_court_named_keeps_its_name() -> None:
    """Our acts about it name it as its court does, or the rules would not put them together; on two chains it is two things."""
    one, other = (c.told_target("sup.directive_issued", root, "督2024-7") for root in ("root-1", "root-2"))
    assert one != other
    story = Story()
    issue = {"directive_id": "督2024-7", "kind": "督办", "from_court": UP1, "to_court": OWN}
    assert story.told("sup.directive_issued", UP1, data=issue) == "issued"
    story.do(c.DirectiveReceive, person(OWN))
    assert (story.events[0].data or {})["directive_id"] == "督2024-7"
    assert c.told_target("sup.directive_received", "root-1", "a" * 32) == "a" * 32


def test_acts_may_become_known_in_any_order() -> None:
    """A receipt before its directive waits for it; the state is that of all acts in the order of their time."""
    story = Story()
    issue = {"kind": "督办", "from_court": UP1, "to_court": OWN}
    assert story.told("sup.directive_received", OWN, "e-2", at("2024-03-01 09:00")) == "told"
    assert story.state.state == "unknown"
    assert story.told("sup.directive_issued", UP1, "e-1", at("2024-03-01 08:00"), data=issue) == "received"


def test_a_court_speaks_only_for_itself() -> None:
    """The receiving court's word is no verdict, the issuer's no receipt."""
    story = Story().issued()
    assert story.told("sup.directive_received", UP1, "e-1") == "told"
    assert story.told("sup.directive_closed", OWN, "e-2", data={"verdict": "合格"}) == "told"
    assert story.state.state == "issued"
    due = story.state.due_day
    for number, court in enumerate(("粤0605", UP1)):  # another court's issue, and a second one a day later
        story.now += timedelta(days=1)
        story.told("sup.directive_issued", court, f"e-{number + 3}", data={"due_on": "2024-12-31"})
    assert (story.state.due_day, story.state.issued_by) == (due, person(UP1).account)


def test_what_the_wrong_court_says_of_answers_and_reconsideration_counts_for_nothing() -> None:
    """Nor does an answer after the end; and nothing is due before its instant."""
    story = Story().issued(directive_kind="指令纠正")
    assert directives.due(story.state, story.now).said == ()
    story.told("sup.feedback_submitted", UP1, "e-1", data={"result": "已纠正"})
    story.told("sup.directive_reconsidered", UP1, "e-2", data={"requested_on": "2024-03-01"})
    assert (story.state.answers, story.state.reconsideration) == ((), None)
    story.told("sup.directive_reconsidered", OWN, "e-3", data={"requested_on": "2024-03-01"})
    story.told("sup.directive_reconsidered", OWN, "e-4", data={"decision": "撤销"})
    assert story.state.state == "issued"
    story.do(c.DirectiveWithdraw, person(UP1), reason="重复")


def test_a_corrected_and_a_withdrawn_act_count_no_longer() -> None:
    """A receipt that was withdrawn is none; a withdrawal that is withdrawn neither; an issue withdrawn ends it."""
    story = Story().issued()
    source = f"/court/{OWN}/oa"
    story.told("sup.directive_received", OWN, "e-1")
    assert story.told("sup.directive_received", OWN, "e-2", correctionof=(source, "e-1"), data=None) == "issued"
    assert story.told("sup.directive_received", OWN, "e-3", correctionof=(source, "e-2"), data=None) == "received"
    issue = {"ref": (f"/court/{UP1}/oa", "e-4"), "correctionof": story.events[0].ref, "data": None}
    assert story.told("sup.directive_issued", UP1, **issue) == "withdrawn"
    assert story.state.issued_at == story.events[0].time


def test_one_that_names_no_alert_closes_when_the_courts_own_system_shows_it() -> None:
    """What the reply says isn't enough."""
    story = Story().issued(alert_ids=(), subject=None, rootid=None)
    assert (story.state.subject, story.state.rootid) == (f"court/{OWN}", f"court/{OWN}")
    story.do(c.DirectiveReceive, person(OWN))
    story.do(c.DirectiveAnswer, person(OWN), result="已纠正", text="已整改")
    assert story.do(c.DirectiveVerdict, person(UP1), verdict="合格") == "not_shown"
    assert story.told("sup.feedback_submitted", OWN, data={"result": "已纠正"}) == "told"
    assert story.do(c.DirectiveVerdict, person(UP1), verdict="合格") == "closed"


def test_an_alert_that_stands_again_keeps_it_open() -> None:
    """Ended, reopened: 合格 is refused again, with the alerts by name."""
    story = Story().issued(alert_ids=("alert-1", "alert-2"))
    story.do(c.DirectiveReceive, person(OWN))
    story.do(c.DirectiveAnswer, person(OWN), result="已纠正", text="已发放")
    assert [story.alert("ended"), story.alert("retracted", "alert-2"), story.alert("reopened")] == [
        "alert_ended",
        "alert_retracted",
        "alert_reopened",
    ]
    assert story.alert("ended", "alert-9") == ""
    assert story.do(c.DirectiveVerdict, person(UP1), verdict="合格") == "alerts_stand"
    assert story.said[-1].detail == {"open_alerts": ("alert-1",)}


def test_unreceived_and_unanswered_are_told_once_each() -> None:
    """Two working days to sign for it, the issuer's term to answer; then the next step of the ladder is drafted."""
    story = Story().issued()
    assert story.wind("2024-03-05 23:59") == []
    assert story.wind("2024-03-06 00:00") == ["03-06 00:00 receive_overdue"]
    assert story.wind("2024-04-30 00:00") == ["03-19 00:00 answer_overdue"]
    draft = story.tells[-1]
    assert (draft.directive_kind, draft.from_court, draft.to_court) == ("督促执行令", UP1, OWN)
    assert (draft.subject, draft.rootid, draft.alert_ids, draft.target) == (
        "case-1",
        "root-1",
        ("alert-1",),
        story.state.followed_by,
    )
    assert "期满未办结" in draft.text


def test_a_restart_between_two_steps_changes_nothing() -> None:
    """The record alone, through its JSON, leads to the same."""
    whole, broken = Story().issued(), Story().issued()
    broken.wind("2024-03-06 00:00")
    broken.record = msgspec.json.decode(msgspec.json.encode(broken.record), type=DirectiveRecord)
    broken.wind("2024-03-20 00:00")
    whole.wind("2024-03-06 00:00")
    whole.wind("2024-03-20 00:00")
    assert (whole.record, whole.tells) == (broken.record, broken.tells)


def test_sent_back_restarts_seven_days() -> None:
    """退回 on a Friday: the seventh day is the Friday after it."""
    story = Story().issued()
    story.do(c.DirectiveReceive, person(OWN))
    story.do(c.DirectiveAnswer, person(OWN), result="部分", text="一半")
    assert story.do(c.DirectiveVerdict, person(UP1), verdict="退回", reason="没有附凭证") == "returned"
    assert (story.state.state, story.state.due_day) == ("returned", date(2024, 3, 8))
    assert story.wind("2024-03-09 00:00") == ["03-09 00:00 answer_overdue"]
    assert story.do(c.DirectiveAnswer, person(OWN), result="已纠正", text="全部") == "answered"


def test_raised_ends_it_and_drafts_the_next_step() -> None:
    """升级 after an answer, or without one when the term has passed."""
    story = Story().issued(directive_kind="督促执行令", due_on=date(2024, 4, 1))
    story.do(c.DirectiveReceive, person(OWN))
    assert story.do(c.DirectiveVerdict, person(UP1), verdict="升级") == "not_answered"
    story.now = at("2024-04-02 00:00")
    assert story.do(c.DirectiveVerdict, person(UP1), verdict="升级") == "raised"
    assert (story.tells[-1].directive_kind, story.tells[-1].from_court) == ("提级", UP1)
    assert story.do(c.DirectiveAnswer, person(OWN), result="已纠正", text="x") == "not_issued"


def test_an_expired_order_to_finish_must_be_followed_by_taking_up() -> None:
    """Even if it was answered in part; not if a reason was given (执行程序解释第12条)."""
    story = Story().issued(directive_kind="督促执行令", due_on=date(2024, 4, 1))
    story.do(c.DirectiveReceive, person(OWN))
    story.do(c.DirectiveAnswer, person(OWN), result="部分", text="一半")
    assert story.wind("2024-04-02 00:00") == ["04-02 00:00 answer_overdue"]
    assert "执行程序解释第12条" in story.tells[-1].text
    reasoned = Story().issued(directive_kind="督促执行令", due_on=date(2024, 4, 1))
    reasoned.do(c.DirectiveReceive, person(OWN))
    reasoned.do(c.DirectiveAnswer, person(OWN), result="理由说明", text="案外人异议")
    assert reasoned.wind("2024-05-01 00:00") == []


def test_the_ladder_ends_with_the_supreme_courts_bulletin() -> None:
    """督办 → 督促执行令 → 提级 → 通报 of the High Court → 通报 of the Supreme Court → nothing."""
    steps = []
    given: dict[str, Any] = {"directive_kind": "督办", "due_on": date(2024, 4, 1)}
    while given:
        story = Story().issued(**given)
        story.now = at("2024-04-02 00:00")
        story.do(c.DirectiveVerdict, person(story.state.from_court), verdict="升级")
        drafted = [one for one in story.tells if isinstance(one, c.DirectiveDraft)]
        given = {"directive_kind": drafted[0].directive_kind, "from_court": drafted[0].from_court} if drafted else {}
        given |= {"due_on": date(2024, 4, 1)} if given else {}
        steps.append((given.get("directive_kind"), given.get("from_court")))
    assert steps == [("督促执行令", UP1), ("提级", UP1), ("通报", HIGH), ("通报", SPC), (None, None)]


def test_reconsideration_of_an_order_to_correct() -> None:
    """Within five days, by the court that got it; the issuer decides, once (执行规定第72条)."""
    story = Story().issued(directive_kind="指令纠正")
    assert story.do(c.DirectiveReconsider, person(UP1)) == "other_side"
    assert story.do(c.DirectiveReconsider, person(UP1), decision="维持") == "nothing_to_reconsider"
    assert story.do(c.DirectiveReconsider, person(OWN), reason="事实不同") == "reconsider_asked"
    assert story.do(c.DirectiveReconsider, person(OWN)) == "already_asked"
    assert story.do(c.DirectiveReconsider, person(OWN), decision="撤销") == "self_approval"
    assert story.do(c.DirectiveReconsider, person(UP1), decision="维持", reason="于法有据") == "reconsidered"
    assert story.state.reconsideration is not None
    assert (story.state.reconsideration.decision, story.state.state) == ("维持", "issued")


def test_reconsideration_has_its_time_and_its_kind() -> None:
    """The fifth day is the last; a 督办 can't be reconsidered."""
    late = Story().issued(directive_kind="指令纠正")
    late.now = at("2024-03-06 23:59")
    assert late.do(c.DirectiveReconsider, person(OWN)) == "reconsider_asked"
    later = Story().issued(directive_kind="指令纠正")
    later.now = at("2024-03-07 00:00")
    assert later.do(c.DirectiveReconsider, person(OWN)) == "too_late"
    assert Story().issued().do(c.DirectiveReconsider, person(OWN)) == "not_reconsiderable"


def test_a_revoked_directive_is_taken_back() -> None:
    """撤销: decided, and its issue withdrawn, so that nothing falls due by it."""
    story = Story().issued(directive_kind="指令纠正")
    story.do(c.DirectiveReconsider, person(OWN))
    assert story.do(c.DirectiveReconsider, person(UP1), decision="撤销") == "reconsidered"
    assert (story.state.state, directives.next_due(story.state)) == ("withdrawn", None)
    *_, decided, taken_back = story.events
    assert (decided.short, taken_back.correctionof, taken_back.data) == (
        "sup.directive_reconsidered",
        story.events[0].ref,
        None,
    )
    assert story.tells[-1].what == "withdrawn"


def test_a_deferral_is_three_months_at_most_and_lapses() -> None:
    """暂缓: its end is set by the issuer; it ends by law, and the issuer may put it away afterwards."""
    story = Story()
    story.draft(directive_kind="暂缓", due_on=date(2024, 6, 4))
    assert story.do(c.DirectiveIssue, person(UP1)) == "too_long"  # 2024-06-01 is a Saturday: the last day is the 3rd
    story.draft(person(UP1, "director"), directive_kind="暂缓", due_on=date(2024, 6, 3))
    assert story.do(c.DirectiveIssue, person(UP1)) == "issued"
    story.do(c.DirectiveReceive, person(OWN))
    assert story.wind("2024-06-04 00:00") == ["06-04 00:00 answer_overdue", "06-04 00:00 lapsed"]
    assert story.do(c.DirectiveAnswer, person(OWN), result="已纠正", text="x") == "not_issued"
    assert story.do(c.DirectiveVerdict, person(UP1), verdict="退回") == "not_answered"
    assert story.do(c.DirectiveVerdict, person(UP1), verdict="合格") == "closed"


@pytest.mark.parametrize(
    ("field", "value"),
    [("case_no", "号" * 4001), ("legal_basis", "条" * 4001), ("subject", "案" * 43), ("subject", "")],
)
def test_a_draft_whose_issue_could_not_be_sent_is_refused(field: str, value: str) -> None:
    """The cases room would bury the event, and no rule would ever judge the directive."""
    story = Story()
    assert story.draft(person(UP1, "duty_officer"), **{field: value}) == "not_sendable"
    assert story.record is None


def test_a_draft_can_be_changed_until_it_is_issued() -> None:
    """By people of the issuing court; who changed it is one of its drafters. Alerts hear that they are named, or no longer."""
    story = Story()
    story.draft()
    officer = person(UP1, "duty_officer")
    assert story.draft(officer, alert_ids=("alert-2",), text="改") == "drafted"
    assert story.state.drafted_by == ("/sys/duty", officer.account)
    assert [(link.target, link.what) for link in story.tells[1:]] == [("alert-2", "drafted"), ("alert-1", "withdrawn")]
    assert story.draft() == ""  # the engine asks again: what people made of it stays
    assert story.state.text == "改"
    assert story.do(c.DirectiveIssue, person(UP1)) == "issued"
    assert story.draft(officer) == "already_issued"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"text": " "}, "text_missing"),
        ({"directive_kind": "督促执行令"}, "due_missing"),
        ({"due_on": date(2024, 2, 29)}, "due_past"),
    ],
)
def test_what_is_missing_is_named_before_it_goes_out(given: dict[str, Any], code: str) -> None:
    """Text, a term where the law leaves it to the issuer, a term that isn't over."""
    story = Story()
    story.draft(**given)
    assert story.do(c.DirectiveIssue, person(UP1)) == code


def test_an_urgent_one_has_three_days() -> None:
    """管理参数; over a weekend the last day moves."""
    assert Story().issued(urgent=True).state.due_day == date(2024, 3, 4)


def test_withdrawal() -> None:
    """With a reason; a draft leaves no trace in the stream, an issue is taken back."""
    story = Story()
    story.draft()
    assert story.do(c.DirectiveWithdraw, person(UP1), reason=" ") == "reason_missing"
    assert story.do(c.DirectiveWithdraw, person(UP1), reason="重复") == "withdrawn"
    assert story.events == []
    assert story.do(c.DirectiveIssue, person(UP1)) == "already_issued"
    story = Story().issued()
    assert story.do(c.DirectiveWithdraw, person(UP1), reason="重复") == "withdrawn"
    assert story.events[1].correctionof == story.events[0].ref
    assert (story.state.state, story.state.issued_by) == ("withdrawn", person(UP1).account)
    assert story.do(c.DirectiveWithdraw, person(UP1), reason="重复") == "ended"
    assert story.echo(story.events[1]) == ""


def test_an_answer_needs_a_receipt_and_something_in_it() -> None:
    """In the console the steps are taken one after another; evidence names events."""
    story = Story().issued()
    assert story.do(c.DirectiveAnswer, person(OWN), result="已纠正", text="x") == "not_received"
    story.do(c.DirectiveReceive, person(OWN))
    assert story.do(c.DirectiveReceive, person(OWN)) == "already_received"
    assert story.do(c.DirectiveAnswer, person(OWN), result="已纠正") == "empty_answer"
    assert story.do(c.DirectiveAnswer, person(OWN), result="已纠正", evidence=(("s", "x" * 200),)) == "evidence_too_long"
    assert story.do(c.DirectiveAnswer, person(OWN), result="已纠正", evidence=((f"/court/{OWN}/case", "e-7"),)) == "answered"
    assert (story.events[-1].data or {})["evidence_refs"] == [f"/court/{OWN}/case e-7"]


def test_a_request_goes_up_and_is_answered_there() -> None:
    """请示: the court above receives and answers; that ends it."""
    story = Story()
    assert story.draft(person(OWN, "duty_officer"), directive_kind="请示", from_court=OWN, to_court=UP1) == "drafted"
    assert story.do(c.DirectiveIssue, person(OWN)) == "issued"
    assert story.do(c.DirectiveReceive, person(UP1)) == "received"
    assert story.do(c.DirectiveAnswer, person(UP1), result="理由说明", text="同意") == "answered"
    assert (story.state.state, story.tells[-1].what) == ("closed", "closed")


def test_a_stale_command_is_told_what_happened_meanwhile() -> None:
    """Two directors open the same draft."""
    story = Story()
    story.draft()
    seen = story.state.version
    story.draft(person(UP1, "duty_officer"), text="改")
    assert story.do(c.DirectiveIssue, person(UP1), expected=seen) == "stale_version"
    assert story.said[-1].reason == f"记录已变更：您看到的是第1版，现在是第2版（{UP1}/duty_officer drafted）"
    assert story.do(c.DirectiveIssue, person(UP1), expected=seen + 1) == "issued"


def test_who_may_not_is_refused_before_anything_else() -> None:
    """Strangers learn nothing, not even that the version changed."""
    story = Story().issued()
    for name in (c.DirectiveReceive, c.DirectiveIssue):
        assert story.do(name, person("粤0605"), expected=9) == "unknown_target"
    assert story.do(c.DirectiveVerdict, person(OWN), verdict="合格") == "self_approval"
    assert story.do(c.DirectiveReceive, person(OWN, "case_officer")) == "role_may_not"


def test_the_record_reads_back_and_history_is_bounded() -> None:
    """All of it through JSON; twenty changes are remembered."""
    story = Story().issued()
    for _ in range(15):
        story.alert("ended")
        story.alert("reopened")
    assert (len(story.state.history), story.state.version) == (20, 32)
    assert msgspec.json.decode(msgspec.json.encode(story.state), type=DirectiveRecord) == story.state


def alert(**other: Any) -> Any:
    """An alert, as far as drafts read it."""
    base = {"id": "alert-1", "rule": "R-FUND-01", "name_zh": "案款逾期未发放", "court": OWN, "subject": "case-1"}
    return SimpleNamespace(**(base | {"rootid": "root-1", "severity": "red", "due_at": at("2024-03-01 23:59")} | other))


def test_an_alert_that_goes_up_drafts_by_the_court_that_it_reached() -> None:
    """督办 by the court right above, 通报 by the High Court and the Supreme Court; each once."""
    now = at("2024-03-08 10:00")
    found = [drafts.for_court(alert(), court, now) for court in (UP1, HIGH, SPC, OWN, "粤07")]
    assert [one and one.directive_kind for one in found] == ["督办", "通报", "通报", None, None]
    assert len({one.target for one in found if one}) == 3
    assert drafts.for_court(alert(), UP1, now) == found[0]
    assert found[0] is not None
    assert found[0].text == "案款逾期未发放（R-FUND-01，特急）：期限至2024-03-01，至今未消除。请依法办理，并按期反馈。"


def test_a_draft_about_many_cases_is_about_the_court() -> None:
    """A group's alert has no case."""
    story = Story()
    story.draft(subject=OWN, rootid=f"court:{OWN}")
    assert (story.state.subject, story.state.rootid) == (f"court/{OWN}", f"court/{OWN}")


def test_what_is_no_directives_command_is_refused() -> None:
    """Even from a part of the system; and nobody signs for a draft, or for what was taken back."""
    story = Story()
    story.draft()
    assert story.do(c.PageClaim, part_of_system("notifier"), page="p", channel="call") == "unknown_target"
    assert story.do(c.DirectiveReceive, person(OWN)) == "unknown_target"
    story = Story().issued()
    assert story.do(c.DirectiveWithdraw, person(UP1), reason="误发") == "withdrawn"
    assert story.do(c.DirectiveReceive, person(OWN)) == "not_issued"


def test_every_command_about_directives_is_decided() -> None:
    """None falls through."""
    names = {kind.__struct_config__.tag for kind in get_args(c.DirectiveCommand)}
    assert names == {name for name in RIGHTS if name.startswith("directive.")} | {"court.told"}


def judged(rule: str, story: Story, until: str) -> list[str]:
    """What a rule of the national pack says of the events that were sent for the courts."""
    return told(rule, story.events, until)


def test_the_rules_judge_what_was_done_here_as_what_courts_tell() -> None:
    """R-DIR-01: signed for in two working days, closed in time, sent back: seven days; the record's days are the rule's."""
    idle = Story().issued()
    assert judged("R-DIR-01.a", idle, "2024-03-06") == ["d: orange, due 2024-03-05, since 2024-03-06, open"]
    assert judged("R-DIR-01.b", idle, "2024-03-19") == [f"d: orange, due {idle.state.due_day}, since 2024-03-16, open"]
    story = Story().issued()
    story.do(c.DirectiveReceive, person(OWN))
    story.do(c.DirectiveAnswer, person(OWN), result="部分", text="一半")
    story.do(c.DirectiveVerdict, person(UP1), verdict="退回")
    assert judged("R-DIR-01.a", story, "2024-04-01") == []
    assert judged("R-DIR-01.c", story, "2024-03-09") == [f"d: orange, due {story.state.due_day}, since 2024-03-09, open"]
    story.do(c.DirectiveAnswer, person(OWN), result="已纠正", text="全部")
    story.alert("ended")
    story.do(c.DirectiveVerdict, person(UP1), verdict="合格")
    assert [judged(rule, story, "2024-06-01") for rule in ("R-DIR-01.a", "R-DIR-01.b", "R-DIR-01.c")] == [[], [], []]


def test_nothing_falls_due_by_what_was_taken_back() -> None:
    """A withdrawn issue arms no rule."""
    story = Story().issued()
    story.do(c.DirectiveWithdraw, person(UP1), reason="重复")
    assert judged("R-DIR-01.a", story, "2024-06-01") == []


def test_an_expired_order_to_finish_is_judged_until_the_next_step_is_issued() -> None:
    """R-DIR-02 asks for 提级 or 指令执行, which the engine drafts the same day."""
    story = Story().issued(directive_kind="督促执行令", due_on=date(2024, 4, 1))
    assert len(judged("R-DIR-02", story, "2024-04-02")) == 1
    story.wind("2024-04-02 00:00")
    draft = story.tells[-1]
    following = Story("2024-04-02 09:00")
    following.keep(directives.decide(None, draft, following.now))
    following.do(c.DirectiveIssue, person(UP1))
    story.events += [msgspec.structs.replace(one, id="d2") for one in following.events]
    assert "cured" in judged("R-DIR-02", story, "2024-05-01")[0]
