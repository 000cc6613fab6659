"""The timers of an alert's record. The record itself is the contract's, for the wall reads it too: ``contract.duty.alerts``.

It is stored packed, with the instant at which it is next due before it, so that 100,000 of them are bytes until something
happens to one and a restore builds the timers without decoding any.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from contract.duty.alerts import AlertDuty

Timer = Literal["wake", "ack", "page", "step", "pages", "dispute", "tree", "close", "leave"]


def timers(record: AlertDuty) -> Iterator[tuple[datetime, Timer]]:
    """What waits for an instant, with that instant; of several at one instant the first of this order comes first."""
    if record.snoozed_until is not None:
        yield min(record.snoozed_until, record.due_at) if record.stands else record.snoozed_until, "wake"
    elif record.state == "acked" and record.ack_until is not None and not record.merged_into:
        yield record.ack_until, "ack"
    if record.climbs:
        if record.page_at is not None:
            yield record.page_at, "page"
        elif record.step_at is not None:
            yield record.step_at, "step"
    yield from ((at, "pages") for page in record.pages if (at := page.due_at) is not None)
    if record.disputed_until is not None:
        yield record.disputed_until, "dispute"
    if record.tree_at is not None and record.stands:
        yield record.tree_at, "tree"
    if record.close_at is not None and record.state == "resolved":
        yield max(record.close_at, record.disputed_until or record.close_at), "close"
    if record.leave_at is not None and record.state == "closed" and not record.stands:
        yield record.leave_at, "leave"


def next_timer(record: AlertDuty) -> tuple[datetime, Timer] | None:
    """The first of the timers."""
    return min(timers(record), key=lambda one: one[0], default=None)


def next_due(record: AlertDuty) -> datetime | None:
    """The instant at which something is next due."""
    first = next_timer(record)
    return None if first is None else first[0]
