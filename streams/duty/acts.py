"""What courts did about a directive, read in the order of its time: the state is always that of all acts known.

An act done here and the same act told by the court's own system (same court, kind of act, day, and answer or verdict) count
once. A court speaks only for itself: an issue or a verdict counts from the issuing court, a receipt or an answer from the
receiving one. Late, corrected and withdrawn events need no case of their own.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import msgspec

from contract.calendar import Calendar
from contract.duty.directive_kinds import RECEIVE_WORKING_DAYS, RETURNED_DAYS, kind_of
from contract.duty.directives import (
    ENDED,
    UPWARD,
    Act,
    Answer,
    DirectiveRecord,
    DirectiveState,
    Reconsideration,
    Verdict,
)
from contract.envelope import Ref, court_of_source
from contract.limits import Term, parse_limit
from contract.periods import Deadline, Reckoner
from contract.times import civil_date

SYSTEM = "yipanqi"
"""The name of this system in the source of the events that it sends for a court."""

_SHIFT: dict[str, DirectiveState] = {"合格": "closed", "退回": "returned", "升级": "raised"}


def source_of(court: str) -> str:
    """The source of the events that this system sends for a court."""
    return f"/court/{court}/{SYSTEM}"


def is_ours(act: Act) -> bool:
    """Whether an act was done in this system, not told by a system of the court's own."""
    court = court_of_source(act.ref[0])
    return court is not None and act.ref[0] == source_of(court)


@lru_cache(maxsize=8)
def reckoner(calendar: Calendar) -> Reckoner:
    """Counts limits by a calendar, in the time of Asia/Shanghai, as the national rules do."""
    return Reckoner(calendar)


def deadline(calendar: Calendar, start: datetime, *limit: str | date) -> Deadline:
    """When a limit ends, counted as the national rules count it; its ``reached_at`` is the first instant that is too late."""
    term: Term = tuple(one if isinstance(one, date) else parse_limit(one) for one in limit)
    end = reckoner(calendar).deadline(start, term)
    assert end is not None  # only an open pause gives none
    return end


def default_due(record: DirectiveRecord, start: datetime, calendar: Calendar) -> date | None:
    """The day on which an answer is due if the directive doesn't say, counted from an instant; None = it must say."""
    kind = kind_of(record.kind)
    days = kind.urgent_days if record.urgent and kind.urgent_days is not None else kind.due_days
    return None if days is None else deadline(calendar, start, f"{days} calendar_days").due_on


def reread(record: DirectiveRecord, calendar: Calendar) -> DirectiveRecord:
    """The record with everything that follows from its acts read anew; one that lapsed by time stays so.

    One whose issue was taken back is withdrawn, and still tells what was done about it.
    """
    blank = msgspec.structs.replace(
        record,
        state="drafted" if record.drafted_by else "unknown",
        issued_by="",
        issued_at=None,
        receive_by=None,
        received_at=None,
        due_day=None,
        due_at=None,
        lapses_at=None,
        answers=(),
        reconsideration=None,
        verdicts=(),
        shown_by=None,
    )
    standing = standing_acts(record.acts)
    taken_back = _has_issue(record.acts) and not _has_issue(standing)
    for act in once([one for one in record.acts if not one.withdraws] if taken_back else standing):
        blank = _READERS[act.type](blank, act, calendar)
    if not blank.alert_ids:
        blank = msgspec.structs.replace(blank, shown_by=_shown(standing, blank.to_court))
    if taken_back or record.state == "lapsed":
        return msgspec.structs.replace(blank, state="withdrawn" if taken_back else "lapsed")
    return blank


def with_act(acts: tuple[Act, ...], act: Act) -> tuple[Act, ...]:
    """The acts and one more, in the order of their time; at one instant, in that in which they became known."""
    return tuple(sorted((*acts, act), key=lambda one: one.time))


def standing_acts(acts: tuple[Act, ...]) -> list[Act]:
    """The acts that neither were corrected nor take another back. A correction counts until it is corrected itself."""
    by: dict[Ref, list[Act]] = {}
    for act in acts:
        if act.correctionof is not None:
            by.setdefault(act.correctionof, []).append(act)

    def counts(act: Act, above: frozenset[Ref] = frozenset()) -> bool:
        return act.ref not in above and not any(counts(one, above | {act.ref}) for one in by.get(act.ref, ()))

    return [act for act in acts if not act.withdraws and counts(act)]


def once(acts: list[Act]) -> list[Act]:
    """The acts without those of a court's own system that were done here as well."""
    here = [_meaning(act) for act in acts if is_ours(act)]
    left: list[Act] = []
    for act in acts:
        if not is_ours(act) and (meaning := _meaning(act)) in here:
            here.remove(meaning)
        else:
            left.append(act)
    return left


def _meaning(act: Act) -> tuple[Any, ...]:
    said = [act.data.get(field) for field in ("result", "verdict", "decision")]
    return act.type, act.court, civil_date(act.time), *said


def _shown(acts: list[Act], court: str) -> Ref | None:
    """The receiving court's own event that says that the matter was put right; what was answered here is a reply only."""
    return next(
        (act.ref for act in acts if not is_ours(act) and act.court == court and act.data.get("result") == "已纠正"), None
    )


def _has_issue(acts: Iterable[Act]) -> bool:
    return any(act.type == "sup.directive_issued" and not act.withdraws for act in acts)


def _issued(record: DirectiveRecord, act: Act, calendar: Calendar) -> DirectiveRecord:
    if record.issued_at is not None or not _from(act, record.from_court):
        return record
    told = {} if record.drafted_by else _as_told(record, act)
    record = msgspec.structs.replace(record, **told)
    due_on = _day(act.data.get("due_on")) or default_due(record, act.time, calendar)
    months = kind_of(record.kind).at_most_months
    due_at = None if due_on is None else deadline(calendar, act.time, due_on).reached_at
    lapses = None
    if months is not None:
        longest = deadline(calendar, act.time, f"{months} months").reached_at
        lapses = longest if due_at is None else min(due_at, longest)
    return msgspec.structs.replace(
        record,
        state="issued",
        issued_by=act.by,
        issued_at=act.time,
        receive_by=deadline(calendar, act.time, f"{RECEIVE_WORKING_DAYS} working_days").reached_at,
        due_day=due_on,
        due_at=due_at,
        lapses_at=lapses,
    )


def _as_told(record: DirectiveRecord, act: Act) -> dict[str, Any]:
    """What a directive says that was issued in a court's own system: its event's data."""
    alert_ids = tuple(act.data.get("alert_ids") or ())
    return {
        "kind": act.data.get("kind"),
        "from_court": act.data.get("from_court") or act.court,
        "to_court": act.data.get("to_court") or "",
        "case_no": act.data.get("case_no"),
        "legal_basis": act.data.get("legal_basis") or "",
        "due_on": _day(act.data.get("due_on")),
        "alert_ids": alert_ids,
        "open_alerts": tuple(one for one in alert_ids if one in record.open_alerts or one not in record.alert_ids),
    }


def _received(record: DirectiveRecord, act: Act, _: Calendar) -> DirectiveRecord:
    if record.received_at is not None or not _from(act, record.to_court):
        return record
    state: DirectiveState = "received" if record.state == "issued" else record.state
    return msgspec.structs.replace(record, state=state, received_at=act.time)


def _answered(record: DirectiveRecord, act: Act, _: Calendar) -> DirectiveRecord:
    if record.state in {"drafted", "unknown", *ENDED} or not _from(act, record.to_court):
        return record
    answer = Answer(
        result=act.data.get("result"),
        at=act.time,
        evidence=tuple(act.data.get("evidence_refs") or ()),
        text=act.data.get("text", ""),
        by=act.by,
    )
    # A request is answered by the court above: nobody below judges that.
    state: DirectiveState = "closed" if record.kind in UPWARD else "answered"
    return msgspec.structs.replace(record, state=state, answers=(*record.answers, answer))


def _reconsidered(record: DirectiveRecord, act: Act, _: Calendar) -> DirectiveRecord:
    decision, before = act.data.get("decision"), record.reconsideration
    if decision is None:
        if before is not None or not _from(act, record.to_court):
            return record
        asked = Reconsideration(asked_at=act.time, reason=act.data.get("text", ""))
    else:
        if before is None or before.decision is not None or not _from(act, record.from_court):
            return record
        asked = msgspec.structs.replace(before, decision=decision, decided_at=act.time)
    state: DirectiveState = "withdrawn" if decision == "撤销" else record.state
    return msgspec.structs.replace(record, reconsideration=asked, state=state)


def _closed(record: DirectiveRecord, act: Act, calendar: Calendar) -> DirectiveRecord:
    verdict = act.data.get("verdict")
    if verdict not in _SHIFT or record.state in {"drafted", "unknown", *ENDED} or not _from(act, record.from_court):
        return record
    if record.state == _SHIFT[verdict]:
        return record  # the same verdict, told twice
    said = Verdict(verdict=verdict, at=act.time, reason=act.data.get("text", ""), by=act.by)
    record = msgspec.structs.replace(record, state=_SHIFT[verdict], verdicts=(*record.verdicts, said))
    if verdict != "退回":
        return record
    again = deadline(calendar, act.time, f"{RETURNED_DAYS} calendar_days")
    return msgspec.structs.replace(record, due_day=again.due_on, due_at=again.reached_at)


_READERS: dict[str, Callable[[DirectiveRecord, Act, Calendar], DirectiveRecord]] = {
    "sup.directive_issued": _issued,
    "sup.directive_received": _received,
    "sup.feedback_submitted": _answered,
    "sup.directive_reconsidered": _reconsidered,
    "sup.directive_closed": _closed,
}
TYPES = frozenset(_READERS)
"""Short types of the events that are acts about a directive."""


def _from(act: Act, court: str) -> bool:
    return not court or act.court == court


def _day(text: object) -> date | None:
    """A civil date as events carry it, None if there is none."""
    return date.fromisoformat(text) if isinstance(text, str) and text else None
