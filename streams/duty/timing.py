"""What time does to an alert: one timer at a time, in the order of their instants."""

from contract.duty.alerts import AlertDuty
from streams.duty import alerts, ladders, pages, tree
from streams.duty.deed import Deed
from streams.duty.record import next_timer
from streams.duty.told import tell_merged


def time_passed(deed: Deed[AlertDuty]) -> None:
    """Let the first timer do its work; there is one."""
    first = next_timer(deed.record)
    assert first is not None
    due, timer = first
    if timer == "wake":
        breached = deed.record.stands and deed.record.due_at <= due
        alerts.woken(deed, "breach" if breached else "over")
    elif timer == "ack":
        _ack_expired(deed)
    elif timer == "page":
        ladders.page_due(deed)
    elif timer == "step":
        ladders.step_due(deed)
    elif timer == "pages":
        pages.time_is_up(deed, due)
    elif timer == "dispute":
        _dispute_lapsed(deed)
    elif timer == "tree":
        tree.climb_tree(deed, due)
    elif timer == "close":
        alerts.closed(deed, "seven_days")
    else:
        deed.leave()


def _ack_expired(deed: Deed[AlertDuty]) -> None:
    """Acknowledged and forgotten: it fires again at the same level, and the step is paged once more."""
    record = deed.record
    owner, record.owner, record.ack_until, record.state = record.owner, "", None, "firing"
    deed.change("ack_expired", owner=owner, level=record.level)
    tell_merged(deed)
    if deed.desks.window(record.court, record.rule, deed.now) is not None:
        record.page_at, record.page_why = deed.now, "ack_expired"
        ladders.page_due(deed)
    else:
        ladders.page_again(deed, "ack_expired")


def _dispute_lapsed(deed: Deed[AlertDuty]) -> None:
    """Nobody answered in five working days: penalty statistics count again, and the record says why."""
    record = deed.record
    record.disputed_until = None
    if record.dispute is not None:
        record.dispute.answer = "lapsed"
    deed.change("dispute_lapsed")
