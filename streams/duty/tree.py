"""The ladder up the court tree: by working days, ended only by the court's events, not by an acknowledgement.

An alert that nobody handled goes one court up, level by level to the Supreme People's Court. Orange ones after five working
days, red ones after two (the policy says how many).
"""

from datetime import date, datetime

from contract.calendar import Calendar
from contract.courts import COURTS
from contract.duty.alerts import AlertDuty
from contract.times import civil_date, day_start
from streams.duty.deed import Deed
from streams.duty.drafts import for_court
from streams.duty.ladders import list_for_digest


def begin_tree(deed: Deed[AlertDuty]) -> None:
    """The working days in which somebody must handle it begin; a shorter span of a higher severity may cut a running one."""
    record = deed.record
    tree = deed.desks.policy(record.policy, record.severity).tree
    if tree is None or _next_court(record) is None:
        return
    due = after_workdays(civil_date(deed.now).toordinal(), tree.working_days, deed.desks.calendar)
    record.tree_at = due if record.tree_at is None else min(due, record.tree_at)


def climb_tree(deed: Deed[AlertDuty], due: datetime) -> None:
    """Its working days are over: the court above has it too, and hears of it in its next digest."""
    record = deed.record
    court = _next_court(record)
    record.tree_at = None
    if court is None:
        return
    record.tree_level += 1
    if court not in record.desks:
        record.desks = (*record.desks, court)
    deed.change("escalated_up", court=court, tree_level=record.tree_level, due=due)
    list_for_digest(deed, "tree", court)
    draft = for_court(record, court, deed.now)
    # Each court is reached once; 督办 may have been drafted by the desk's ladder before.
    if draft is not None and (draft.directive_kind == "通报" or draft.directive_kind not in record.drafted):
        record.drafted = (*record.drafted, draft.directive_kind)
        deed.draft(draft)
    tree = deed.desks.policy(record.policy, record.severity).tree
    if tree is not None and _next_court(record) is not None:
        record.tree_at = after_workdays(civil_date(due).toordinal() - 1, tree.working_days, deed.desks.calendar)


def _next_court(record: AlertDuty) -> str | None:
    line = COURTS.ancestors(record.home)
    return line[record.tree_level].code if record.tree_level < len(line) else None


def after_workdays(day: int, working_days: int, calendar: Calendar) -> datetime:
    """The first instant after the so-manieth working day; the day of the beginning isn't counted."""
    return day_start(date.fromordinal(calendar.add_workdays(day, working_days) + 1))
