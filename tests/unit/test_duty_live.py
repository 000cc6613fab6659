"""The duty view keeps what was decided last of each target, and forgets nothing that is open."""

from datetime import UTC, datetime
from typing import Any

from contract.duty import decisions
from contract.duty.decisions import Decision, decision_id
from contract.duty.people import Principal
from contract.duty.scope import Scope
from dashboards.duty_live import DutyView

AT = datetime(2024, 3, 5, tzinfo=UTC)
WANG = Principal(account="u-1", role="duty_officer", court="京0105")


def decided(view: DutyView, offset: int, target: str, record: dict[str, Any] | None, *, command: str | None = None) -> None:
    """Let the view read one decision, caused by the command at an offset."""
    decision = Decision(
        id=decision_id(target, f"0:{offset}", 0),
        position=f"0:{offset}",
        n=0,
        at=AT,
        target=target,
        what="happened",
        outcome="accepted" if command else "happened",
        command=command,
        principal=WANG if command else None,
        version=offset,
        record=record,
    )
    view.apply(0, offset, decisions.encode(decision))


def alert(court: str = "京0105", **fields: Any) -> dict[str, Any]:
    """The record of an alert on duty; its first values are left out, as the room writes it."""
    return {"id": "a", "rule": "R-OBJ-01.a", "court": court, "subject": "c-1", "due_at": "2024-03-04T15:59:59Z", **fields}


def directive(**fields: Any) -> dict[str, Any]:
    """The record of a directive about a case of 粤01."""
    return {"id": "d", "from_court": "京", "to_court": "京0105", "subject": "c-9", "rootid": "c-9", **fields}


def test_an_open_alert_is_found_by_each_court_that_it_concerns_until_it_is_settled() -> None:
    """Its own court and the desks that it was escalated to; a state that is left out is the first one."""
    view = DutyView()
    decided(view, 1, "a", alert())
    assert [kept.record["state"] for kept in view.open_of("alert", "京0105")] == ["firing"]
    decided(view, 2, "a", alert(state="acked", desks=["京0105", "京03"]))
    assert [kept.version for kept in view.open_of("alert", "京03")] == [2]
    assert [kept.target for kept in view.open_in("alert", Scope("京"))] == ["a"]
    assert view.open_in("alert", Scope("粤")) == []
    decided(view, 3, "a", alert(state="resolved", desks=["京0105", "京03"]))
    assert view.open_in("alert", Scope("最高法")) == []
    assert view.kept["a"].record["state"] == "resolved"


def test_an_open_alert_is_found_by_who_has_it_or_was_given_it() -> None:
    """Until somebody else has it, or nobody needs to."""
    view = DutyView()
    decided(view, 1, "a", alert(state="acked", owner="u-1", assigned="u-2"))
    decided(view, 2, "b", alert(state="acked", owner="u-1", assigned="u-1"))
    assert [kept.target for kept in view.held_by("u-1")] == ["a", "b"]
    assert [kept.target for kept in view.held_by("u-2")] == ["a"]
    decided(view, 3, "a", alert(state="acked", owner="u-2", assigned="u-2"))
    decided(view, 4, "b", alert(state="resolved", owner="u-1", assigned="u-1"))
    assert (view.held_by("u-1"), [kept.target for kept in view.held_by("u-2")]) == ([], ["a"])


def test_a_repeat_after_a_crash_and_a_refusal_without_record_change_nothing() -> None:
    """An older decision that comes again doesn't bring an old record back; positions go on."""
    view = DutyView()
    decided(view, 1, "a", alert())
    decided(view, 2, "a", alert(state="acked"))
    number = view.number
    decided(view, 1, "a", alert())
    assert (view.kept["a"].version, view.number) == (2, number)
    decided(view, 3, "a", None, command="c-3")
    assert view.kept["a"].version == 2
    assert view.positions == {0: 4}
    answer = view.answer("c-3")
    assert answer is not None
    assert answer.principal == WANG


def test_targets_are_told_apart_by_name_and_record() -> None:
    """Rosters, desks and entrustments by the beginning of their names, directives by what they have."""
    view = DutyView()
    for offset, (target, record) in enumerate(
        [("roster/京", {"court": "京"}), ("desk/京", {"court": "京"}), ("d", directive()), ("entrustment/e", directive())], 1
    ):
        decided(view, offset, target, record)
    assert {target: kept.kind for target, kept in view.kept.items()} == {
        "roster/京": "roster",
        "desk/京": "desk",
        "d": "directive",
        "entrustment/e": "entrustment",
    }
    assert [kept.target for kept in view.all_in("directive", Scope("京"))] == ["d"]
    assert view.all_in("directive", Scope("京0105")) == [], "a draft is its giver's"


def test_a_case_is_opened_to_the_other_court_by_what_was_issued_not_by_a_draft() -> None:
    """Withdrawn, it is closed again; an entrustment opens it likewise."""
    view = DutyView()
    decided(view, 1, "d", directive())
    assert view.counterparts("c-9") == frozenset()
    decided(view, 2, "d", directive(state="issued"))
    assert view.counterparts("c-9") == {"京", "京0105"}
    decided(view, 3, "d", directive(state="withdrawn"))
    assert view.counterparts("c-9") == frozenset()
    decided(view, 4, "entrustment/e", directive(state="sent", from_court="粤01"))
    assert view.counterparts("c-9") == {"粤01", "京0105"}
    assert view.counterparts("c-1") == frozenset()


def test_changes_are_told_after_a_number_as_long_as_they_are_kept() -> None:
    """A number of another process, greater than any here, is none."""
    view = DutyView()
    for offset in range(1, 4):
        decided(view, offset, "a", alert(level=offset))
    changes = view.changes_after(1)
    assert changes is not None
    assert [told.number for told in changes] == [2, 3]
    assert view.changes_after(99) is None
